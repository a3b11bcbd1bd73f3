"""A row is new when its bytes are, or when they would read differently."""

from pathlib import Path

import pytest

from copilot.shop.fingerprint import row_digest, source_digest


def test_digest_of_a_row_is_that_of_its_bytes() -> None:
    assert row_digest(b"a") == row_digest(b"a") != row_digest(b"b")
    assert len(row_digest(b"")) == 64


def test_any_change_of_the_code_changes_the_digest(tmp_path: Path) -> None:
    (tmp_path / "text").mkdir()
    (tmp_path / "text/clean.py").write_text("a")
    (tmp_path / "domain.py").write_text("b")
    parts = ("text", "domain.py")
    digests = [source_digest(tmp_path, parts)]
    (tmp_path / "text/clean.py").write_text("a2")
    digests.append(source_digest(tmp_path, parts))
    (tmp_path / "domain.py").write_text("b2")
    digests.append(source_digest(tmp_path, parts))
    (tmp_path / "text/quotes.py").write_text("")
    digests.append(source_digest(tmp_path, parts))
    (tmp_path / "text/quotes.py").rename(tmp_path / "text/signatures.py")
    digests.append(source_digest(tmp_path, parts))
    assert len(set(digests)) == 5
    (tmp_path / "text/clean.pyc").write_text("compiled")
    (tmp_path / "other.py").write_text("elsewhere")
    assert source_digest(tmp_path, parts) == digests[-1]


def test_file_that_is_named_and_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        source_digest(tmp_path, ("gone.py",))
