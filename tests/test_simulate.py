"""`copilot playbooks simulate` over a small shop, with the real model; one process and several say the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from copilot.building import build_engine
from copilot.cli import execute
from copilot.replay import simulate_draft
from copilot.settings import Settings
from copilot.store.budgets import BudgetStore, Limits
from copilot.store.database import open_database
from recommenders.playbooks.loader import load_files
from tests.shop_of_coats import write_coats

Streams = pytest.CaptureFixture[str]
RULES = """\
rules:
  - id: swaps
    when: {intents: [exchange_request]}
    then: {warn: "Ask for the size first.", say: {en: "Both ways are free."}}
  - id: vip
    when: {intents: [exchange_request], tier: [vip]}
    then: {code: KEEP10}
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulate")
    for name, text in (("new", RULES), ("old", RULES.replace("Ask for the size first.", "Ask."))):
        (folder / name).mkdir()
        (folder / name / "mine.yaml").write_text(text)
    assert execute(["load", str(write_coats(folder / "shop")), "--data", str(folder / "data")]) == 0
    return folder


def test_the_command_in_words(data: Path, capsys: Streams) -> None:
    arguments = ["playbooks", "simulate", str(data / "new"), "--data", str(data / "data")]
    assert execute([*arguments, "--against", str(data / "old")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("t-1  mine.yaml#swaps:2  intents: exchange_request  ->  ")
    assert "    - warnings: Ask." in lines
    assert "    + warnings: Ask for the size first." in lines
    assert "  mine.yaml#vip:5: tier fails; on 1 of 4 tickets it is all that is missing" in lines
    assert lines[-3:] == ["4 tickets, 1 firings", "     1  mine.yaml#swaps", "     0  mine.yaml#vip"]


def test_the_command_for_programs(data: Path, capsys: Streams) -> None:
    arguments = ["playbooks", "simulate", str(data / "new"), "--data", str(data / "data"), "--json"]
    assert execute(arguments) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["cases"] == found["tickets"] == 4
    assert found["counts"] == {"mine.yaml#swaps": 1, "mine.yaml#vip": 0}
    assert found["silent"] == ["mine.yaml#vip"]
    assert [(f["case_id"], f["rule"], f["line"]) for f in found["firings"]] == [("t-1", "mine.yaml#swaps", 2)]
    assert execute([*arguments, "--newest", "2"]) == 0
    assert json.loads(capsys.readouterr().out)["tickets"] == 2


def test_a_wrong_playbook_is_shown_where_it_is_wrong(data: Path, capsys: Streams) -> None:
    (data / "bad").mkdir()
    (data / "bad" / "mine.yaml").write_text(RULES.replace("warn:", "wran:"))
    assert execute(["playbooks", "simulate", str(data / "bad"), "--data", str(data / "data")]) == 1
    assert "mine.yaml:4:" in capsys.readouterr().err


def test_several_processes_say_what_one_says(data: Path) -> None:
    settings = Settings(data=data / "data", playbooks=data / "old")
    database = open_database(settings.data)
    budgets = BudgetStore(database, Limits(settings.agent_monthly_budget, settings.team_monthly_budget))
    engine = build_engine(settings, database, budgets)
    draft = load_files({"mine.yaml": RULES})
    try:
        alone = simulate_draft(engine, draft, processes=1).as_data()
        shared = simulate_draft(engine, draft, processes=2).as_data()
    finally:
        engine.close()
        database.dispose()
    assert alone == shared
    assert alone["changed"]["tickets"] == 1
