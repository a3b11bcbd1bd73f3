"""The demo shop's playbooks: clean against its own catalogue, and no rule that its tickets never need."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from copilot.cli import execute
from copilot.settings import read_settings
from copilot.store.database import open_database
from copilot.store.shop import ShopStore
from recommenders.playbooks import check_files, load_files
from recommenders.playbooks.loader import files_of

ROOT = Path(__file__).parents[2]
FILES = {path.name: path.read_text("utf-8") for path in files_of(ROOT / "playbooks")}
A_DAY = date(2026, 11, 20)  # when its campaigns run
Streams = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo shop, loaded."""
    folder = tmp_path_factory.mktemp("demo")
    assert execute(["load", str(ROOT / "demo/shop"), "--data", str(folder)]) == 0
    return folder


def test_there_are_five_files_of_many_rules_each_with_a_name_and_an_owner() -> None:
    book = load_files(FILES, today=A_DAY)
    assert len(FILES) >= 5
    assert len(book.rules) >= 25
    assert all(info.owner and info.description for info in book.files)
    assert all(text.startswith("# yaml-language-server: $schema=playbook.schema.json\n") for text in FILES.values())


def test_the_shop_has_every_code_and_product_that_they_name(data: Path) -> None:
    database = open_database(read_settings({"data": str(data)}).data, None)
    try:
        catalog = ShopStore(database).catalog()
    finally:
        database.dispose()
    assert check_files(FILES, catalog, today=A_DAY) == []


def test_the_check_knows_the_shop_that_was_loaded(data: Path, tmp_path: Path, capsys: Streams) -> None:
    (tmp_path / "a.yaml").write_text(
        "rules:\n  - id: a\n    when: {tier: [vip]}\n    then: {code: FACESWAP2}\n", "utf-8"
    )
    assert execute(["playbooks", "check", str(tmp_path), "--data", str(data)]) == 0
    message = 'the shop has no code "FACESWAP2"; did you mean "FACESWAP20"?'
    assert capsys.readouterr().out == f"{tmp_path}/a.yaml:4:12: warning: {message} (unknown-code)\n"
    assert execute(["playbooks", "check", str(tmp_path), "--data", str(tmp_path / "nothing")]) == 0
    assert capsys.readouterr().out == ""
    assert not (tmp_path / "nothing").exists()


def test_every_rule_fires_on_a_resolved_ticket(data: Path, capsys: Streams) -> None:
    capsys.readouterr()
    assert execute(["playbooks", "simulate", str(ROOT / "playbooks"), "--data", str(data), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    rules = {f"{rule.file}#{rule.item.id}" for rule in load_files(FILES, today=A_DAY).rules}
    assert set(report["counts"]) == rules
    assert {rule for rule, count in report["counts"].items() if count == 0} == set()
