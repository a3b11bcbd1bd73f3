"""docs/playbooks.md: every example is a playbook without a problem, and every key, slot and check stands in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from ruamel.yaml import YAML

import recommenders.playbooks
from recommenders.playbooks import check_files, load_files
from recommenders.playbooks.schema import (
    Budgets,
    Example,
    Gesture,
    InlineGesture,
    Offer,
    PlaybookFile,
    Recovery,
    Rule,
    Then,
    When,
    WhiteGlove,
)
from recommenders.playbooks.words import NEVER_LIFTED, ORDER_STATUSES, SLOTS
from tests.playbooks.fixtures import NOW, catalog, code
from tests.test_docs import rows

PAGE = "docs/playbooks.md"
TEXT = (Path(__file__).parents[2] / PAGE).read_text("utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
SECTIONS: dict[str, type[BaseModel]] = {
    "## Sections": PlaybookFile,
    "## Rules": Rule,
    "### when": When,
    "### then": Then,
    "### offer": Offer,
    "### delight": InlineGesture,
    "### recovery": Recovery,
    "### white_glove": WhiteGlove,
    "## Budgets": Budgets,
    "## Gestures": Gesture,
    "## Examples": Example,
}
SHOP = catalog(code("TEN", purposes=frozenset({"save", "recovery"})))
# Gestures that examples name and other examples define.
CARDS = """\
gestures:
  - {id: wedding-card, occasions: [wedding], gesture: A card}
  - {id: apology-card, occasions: [apology], gesture: A card}
"""


def section(heading: str) -> str:
    _, _, rest = TEXT.partition(f"\n{heading}\n")
    assert rest, heading
    return re.split(r"^#+ ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def keys_in(node: Any) -> set[str]:
    """Every key of a tree."""
    if isinstance(node, dict):
        return set(map(str, node)) | {key for value in node.values() for key in keys_in(value)}
    return {key for value in node for key in keys_in(value)} if isinstance(node, list) else set()


@pytest.mark.parametrize("text", EXAMPLES, ids=range(len(EXAMPLES)))
def test_every_example_is_a_playbook_without_a_problem(text: str) -> None:
    files = {"example.yaml": text, **({} if "gestures:" in text else {"cards.yaml": CARDS})}
    assert [str(problem) for problem in check_files(files, SHOP, today=NOW.date())] == []
    load_files(files, SHOP, today=NOW.date())


@pytest.mark.parametrize(("heading", "model"), SECTIONS.items(), ids=SECTIONS)
def test_every_key_stands_in_its_table_and_in_an_example(heading: str, model: type[BaseModel]) -> None:
    keys = set(model.model_fields)
    # Words in the second cell (`angry`, `en`) are values.
    first_cells = re.findall(r"^\| (`.*?) \|", section(heading), re.MULTILINE)
    assert {word for cell in first_cells for word in re.findall(r"`([a-z_]+)`", cell)} == keys
    shown = {key for text in EXAMPLES for key in keys_in(YAML(typ="safe", pure=True).load(text))}
    assert keys - shown == set()


def test_every_slot_and_every_status_is_documented() -> None:
    assert rows(PAGE, "## Slots") == [*SLOTS]
    assert [word for word in (*ORDER_STATUSES, *NEVER_LIFTED) if f"`{word}`" not in TEXT] == []


def test_every_check_is_documented_and_no_other() -> None:
    folder = Path(recommenders.playbooks.__file__).parent
    sources = [*folder.glob("checks/*.py"), *(folder / name for name in ("parse.py", "source.py", "loader.py"))]
    written = {
        word
        for source in sources
        for word in re.findall(r'"([a-z0-9]+(?:-[a-z0-9]+)+)"', source.read_text("utf-8"))
        if word not in ("utf-8", "utf-8-sig")
    }
    single = {"contradiction", "ended", "unreachable", "unreadable"}
    documented = set(rows(PAGE, "## What the checker finds"))
    assert documented == written | single
    headers = (Path(__file__).parent / "broken").glob("*.yaml")
    tested = {word for path in headers for word in re.findall(r"^# \d+:\d+ \w+ (\S+)$", path.read_text(), re.MULTILINE)}
    # What one text alone cannot show is tested in test_loader and test_broken.
    assert documented - tested == {"not-utf8", "unreadable", "no-folder", "too-large", "said-twice", "wrong-value"}
