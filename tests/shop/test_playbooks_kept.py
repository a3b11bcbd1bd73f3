"""A shop directory's playbooks: checked, kept, and left alone where there are none."""

from __future__ import annotations

from pathlib import Path

from copilot.shop.playbooks import FOLDER, check_playbooks, keep_playbooks

GOOD = "rules:\n  - id: thanks\n    when: {intents: [praise]}\n    then: {warn: Say thank you.}\n"


def shop(tmp_path: Path, **files: str) -> Path:
    folder = tmp_path / "shop" / FOLDER
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return tmp_path / "shop"


def kept(data: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in (data / FOLDER).glob("*")}


def test_an_error_is_named_by_file_and_line(tmp_path: Path) -> None:
    wrong = check_playbooks(shop(tmp_path, good=GOOD, bad=GOOD.replace("warn", "wran").replace("thanks", "more")))
    assert [(row.file, row.line) for row in wrong] == [("playbooks/bad.yaml", 4)]
    assert "warn" in wrong[0].reason


def test_files_are_kept_and_replaced_as_a_whole(tmp_path: Path) -> None:
    source, data = shop(tmp_path, one=GOOD, two=GOOD.replace("thanks", "more")), tmp_path / "data"
    assert check_playbooks(source) == []
    assert keep_playbooks(source, data)
    assert set(kept(data)) == {"one.yaml", "two.yaml"}
    assert not keep_playbooks(source, data)  # nothing changed
    (source / FOLDER / "two.yaml").unlink()
    assert keep_playbooks(source, data)
    assert kept(data) == {"one.yaml": GOOD}
    assert len(list(data.iterdir())) == 3  # the link, what it leads to, and the note of what was loaded


def test_a_load_that_was_killed_half_way_leaves_the_old_files(tmp_path: Path) -> None:
    source, data = shop(tmp_path, one=GOOD), tmp_path / "data"
    keep_playbooks(source, data)
    (data / ".playbooks-killed").mkdir()  # written, but the link was not moved yet
    assert kept(data) == {"one.yaml": GOOD}
    (source / FOLDER / "one.yaml").write_text(GOOD.replace("thanks", "more"), "utf-8")
    assert keep_playbooks(source, data)
    assert "more" in kept(data)["one.yaml"]


def test_a_shop_without_playbooks_leaves_what_is_there(tmp_path: Path) -> None:
    data = tmp_path / "data"
    keep_playbooks(shop(tmp_path, one=GOOD), data)
    bare = tmp_path / "bare"
    bare.mkdir()
    assert check_playbooks(bare) == []
    assert not keep_playbooks(bare, data)
    assert set(kept(data)) == {"one.yaml"}
