"""Good playbooks have no problem at all, and use every key of the language."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from recommenders.playbooks import check_files, load_files
from recommenders.playbooks.schema import (
    Budgets,
    Conditions,
    Example,
    Gesture,
    InlineGesture,
    Offer,
    PlaybookFile,
    Recovery,
    Rule,
    Scope,
    Then,
    When,
    WhiteGlove,
)
from tests.playbooks.fixtures import NOW, catalog, code

GOOD = sorted((Path(__file__).parent / "good").glob("*.yaml"))
SHOP = catalog(code("TEN"), code("CARE15"))
MODELS = (
    PlaybookFile, Rule, When, Conditions, Then, Offer, InlineGesture, Recovery, WhiteGlove, Scope, Budgets, Gesture,
    Example,
)  # fmt: skip


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_nothing_is_wrong_with_it(path: Path) -> None:
    files = {path.name: path.read_text("utf-8-sig" if path.stem != "other-scripts-and-signs" else "utf-8")}
    shop = None if path.stem.startswith("version-1") else SHOP  # those are of another shop
    assert [str(problem) for problem in check_files(files, shop, today=NOW.date())] == []
    load_files(files, shop, today=NOW.date())


def test_there_are_enough_and_every_key_is_used() -> None:
    assert len(GOOD) >= 20
    used: set[str] = set()

    def look(node: Any) -> None:
        if isinstance(node, dict):
            used.update(map(str, node))
        for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            look(value)

    for path in GOOD:
        look(YAML(typ="safe", pure=True).load(path.read_text("utf-8-sig")))
    assert {key for model in MODELS for key in model.model_fields} - used == set()


def test_all_of_them_together_are_one_playbook() -> None:
    files = {path.name: path.read_text("utf-8-sig") for path in GOOD if not path.stem.startswith("version-1")}
    codes = {problem.code for problem in check_files(files, SHOP, today=NOW.date())}
    # What is said twice, and what a rule of one file hides or forbids in another, is told; nothing else.
    assert codes <= {"said-twice", "duplicate-id", "contradiction", "unreachable", "unknown-tag"}


def test_rules_come_in_the_order_in_which_they_are_tried() -> None:
    text = (Path(__file__).parent / "good/priority-and-stop.yaml").read_text("utf-8")
    other = text.replace("id: ", "id: b-").replace("tier: [vip]", "tier: [new]")
    book = load_files({"a.yaml": text, "b.yaml": other})
    assert [rule.item.id for rule in book.rules] == [
        "vip-first", "b-vip-first", "everybody-else", "b-everybody-else", "not-vip", "b-not-vip",
    ]  # fmt: skip
    assert [rule.line for rule in book.rules[:2]] == [5, 5]


def test_a_rule_counts_within_its_file_s_window_and_its_own() -> None:
    text = "valid_from: 2026-02-01\nvalid_until: 2026-04-30\nrules:\n  - id: a\n    valid_until: 2026-12-31\n"
    (rule,) = load_files({"a.yaml": text + "    when: {tier: [vip]}\n    then: {warn: x}\n"}).rules
    assert (str(rule.valid_from), str(rule.valid_until)) == ("2026-02-01", "2026-04-30")
    assert [rule.in_window(NOW.date().replace(month=month)) for month in (1, 2, 4, 5)] == [False, True, True, False]


def test_what_a_file_says_of_itself_is_kept() -> None:
    path = Path(__file__).parent / "good/header.yaml"
    book = load_files({"folder/boots.yaml": path.read_text("utf-8"), "plain-one.yaml": "gestures: []\n"})
    assert [(info.file, info.name, info.owner) for info in book.files] == [
        ("boots.yaml", "Boots that do not fit", "Maria"),
        ("plain-one.yaml", "plain one", ""),
    ]
    assert (book.timezone, book.taxonomy) == ("Europe/Vienna", ("fit", "warmth"))
    assert book.rules[0].item.then.offer is not None
