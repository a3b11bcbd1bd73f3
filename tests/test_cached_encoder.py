"""The encoder that remembers on disk: nothing is embedded twice, and a bad file is only a slow start."""

import logging
from pathlib import Path

import numpy as np
import pytest

from copilot.cached_encoder import CachedEncoder
from tests.fakes import HashEncoder

TEXTS = ["the kettle drips", "a warm sock", "the kettle drips"]


def kept(file: Path, texts: list[str]) -> list[str]:
    """Embeds texts, saves, and says what the encoder within was asked for."""
    inner = HashEncoder()
    cached = CachedEncoder(inner, file)
    assert np.array_equal(cached.encode(texts), HashEncoder().encode(texts))
    cached.save()
    return inner.encoded


def test_each_text_is_embedded_once_ever(tmp_path: Path) -> None:
    file = tmp_path / "cache" / "texts.npz"
    assert kept(file, TEXTS) == TEXTS[:2]
    assert kept(file, TEXTS) == []
    assert kept(file, [*TEXTS, "new"]) == ["new"]


def test_what_is_no_longer_used_is_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "texts.npz"
    kept(file, TEXTS)
    kept(file, TEXTS[:1])
    assert kept(file, TEXTS) == ["a warm sock"]


def test_nothing_is_written_when_nothing_changed(tmp_path: Path) -> None:
    file = tmp_path / "texts.npz"
    kept(file, TEXTS)
    before = file.stat().st_mtime_ns
    kept(file, TEXTS)
    assert file.stat().st_mtime_ns == before
    assert [path.name for path in tmp_path.iterdir()] == ["texts.npz"]


def test_no_texts(tmp_path: Path) -> None:
    cached = CachedEncoder(HashEncoder(), tmp_path / "texts.npz")
    assert cached.encode([]).shape == (0, 64)
    cached.save()
    assert list(tmp_path.iterdir()) == []


def test_another_model_starts_anew(tmp_path: Path) -> None:
    file = tmp_path / "texts.npz"
    kept(file, TEXTS)
    for other in (HashEncoder(name="other"), HashEncoder(dimension=32)):
        assert CachedEncoder(other, file).encode(TEXTS).shape == (3, other.dimension)
        assert other.encoded == TEXTS[:2]


def test_it_answers_for_the_encoder_within(tmp_path: Path) -> None:
    inner = HashEncoder(name="inner")
    cached = CachedEncoder(inner, tmp_path / "texts.npz")
    assert (cached.name, cached.dimension) == ("inner", 64)
    whole, spans = cached.encode_spans("so cold", [(0, 2)])
    assert np.array_equal(whole, inner.encode(["so cold"])[0])
    assert np.array_equal(spans, inner.encode(["so"]))


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_damaged_file_is_made_anew(share: float, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "texts.npz"
    kept(file, TEXTS)
    data = file.read_bytes()
    file.write_bytes(data[: int(len(data) * share)])
    with caplog.at_level(logging.WARNING):
        assert kept(file, TEXTS) == TEXTS[:2]
    assert "is made anew" in caplog.text
    assert kept(file, TEXTS) == []


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    with caplog.at_level(logging.WARNING):
        assert kept(tmp_path / "cache" / "texts.npz", TEXTS) == TEXTS[:2]
    assert "was not written" in caplog.text


def test_text_with_half_a_surrogate(tmp_path: Path) -> None:
    assert CachedEncoder(HashEncoder(), tmp_path / "texts.npz").encode(["\ud83d drips"]).shape == (1, 64)
