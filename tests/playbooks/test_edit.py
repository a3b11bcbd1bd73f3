"""Edits from a form leave everything else as it was typed, however it was typed."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from copilot.playbooks.edit import EditError, edited
from recommenders.playbooks.loader import DEFAULT_FOLDER

ROOT = Path(__file__).parents[2]
NASTY = """\
# top
---
version:   1     # v

rules:
# first
-   id: a
    note:   "quoted"   # why
    when: {needs: [x,y],tags: [ 'a' ]}   # flow
    # inner comment
    then:
        code:    K10
        say:
            en: >-
               folded text
               goes on
        tags:
        - one   # 1
        # about two
        - two


# about b
- id: b
  when:
        sentiment: negative
  then: {warn: "x"}

  # end of b

# section
gestures:
      - id: g
        cost: 4.00
"""


def data_of(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def changed(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that went, and those that came."""
    import difflib

    lines = list(difflib.ndiff(before.split("\n"), after.split("\n")))
    return [x[2:] for x in lines if x.startswith("- ")], [x[2:] for x in lines if x.startswith("+ ")]


@pytest.mark.parametrize(
    ("path", "value", "went", "came"),
    [
        (["rules", 0, "note"], "new", ['    note:   "quoted"   # why'], ['    note:   "new"   # why']),
        (["rules", 0, "note"], 'a "b" # c', ['    note:   "quoted"   # why'], ['    note:   "a \\"b\\" # c"   # why']),
        (["rules", 0, "then", "code"], "K20", ["        code:    K10"], ["        code:    K20"]),
        (["rules", 0, "then", "code"], "true", ["        code:    K10"], ["        code:    'true'"]),
        (["rules", 0, "then", "code"], "a: b", ["        code:    K10"], ["        code:    'a: b'"]),
        (["rules", 0, "when", "needs", 0], "z, w", None, ["    when: {needs: ['z, w',y],tags: [ 'a' ]}   # flow"]),
        (["rules", 0, "then", "tags", 1], "zwei", ["        - two"], ["        - zwei"]),
        (["rules", 0, "then", "tags", 0], None, ["        - one   # 1"], []),
        (["rules", 1, "when", "intents"], ["a", "b"], [], ["        intents: [a, b]"]),
        (["rules", 1, "then", "code"], "C", ['  then: {warn: "x"}'], ['  then: {warn: "x", code: C}']),
        (["gestures", 0, "cost"], 4.5, ["        cost: 4.00"], ["        cost: 4.5"]),
        (["gestures", 0, "note", "en"], "Hi", [], ["        note:", "          en: Hi"]),
        (["budgets", "agent"], 40, [], ["budgets:", "  agent: 40"]),
        (["name"], "what: it is # no", [], ["name: 'what: it is # no'"]),
        (["version"], None, ["version:   1     # v"], []),
    ],
)  # fmt: skip
def test_only_what_was_edited_changes(path: list[Any], value: Any, went: list[str] | None, came: list[str]) -> None:
    after = edited(NASTY, [{"path": path, "value": value}])
    lost, new = changed(NASTY, after)
    assert [line for line in new if line.strip()] == came
    if went is not None:
        assert [line for line in lost if line.strip()] == went


def comments(text: str) -> list[str]:
    return sorted(line.partition("#")[2] for line in text.split("\n") if "#" in line)


def test_deleting_a_key_takes_no_comment_of_another() -> None:
    after = edited(NASTY, [{"path": ["rules", 0, "then", "tags"], "value": None}])
    assert set(comments(NASTY)) - set(comments(after)) == {" 1"}
    assert "# about b\n- id: b" in after


def test_an_entry_goes_with_the_comment_above_it() -> None:
    after = edited(NASTY, [{"path": ["rules", 1], "value": None}])
    assert "about b" not in after
    assert "end of b" not in after
    assert "# section\ngestures:" in after
    assert after.startswith(NASTY.split("\n\n\n# about b")[0])


def test_an_entry_moves_with_its_comments_and_the_space_stays() -> None:
    after = edited(NASTY, [{"path": ["rules", 1], "move": 0}])
    assert after.index("# about b\n- id: b") < after.index("# first\n-   id: a")
    assert comments(after) == comments(NASTY)
    assert [rule["id"] for rule in data_of(after)["rules"]] == ["b", "a"]
    assert edited(after, [{"path": ["rules", 1], "move": 0}]) == NASTY


@pytest.mark.parametrize(("place", "ids"), [(0, "cab"), (1, "acb"), (2, "abc")])
def test_an_entry_is_put_where_it_is_said(place: int, ids: str) -> None:
    rule = {"id": "c", "when": {"needs": ["m"]}, "then": {"say": {"en": "Hello\nyou\n"}}}
    after = edited(NASTY, [{"path": ["rules", place], "insert": rule}])
    assert "".join(rule["id"] for rule in data_of(after)["rules"]) == ids
    assert comments(after) == comments(NASTY)
    went, _ = changed(NASTY, after)
    assert went == []
    assert "\n    needs: [m]\n" in after


def test_a_first_rule_makes_the_list() -> None:
    rule = {"id": "c", "when": {"needs": ["m"]}, "then": {"warn": "x"}}
    for before in ("version: 1\n", "version: 1 # one\nrules: []\n", "# only this\nversion: 1\nrules:\n"):
        after = edited(before, [{"path": ["rules", 0], "insert": rule}])
        assert data_of(after) == {"version": 1, "rules": [rule]}
        assert comments(after) == comments(before)
    assert data_of(edited("", [{"path": ["rules", 0], "insert": rule}])) == {"rules": [rule]}


def test_what_is_left_empty_goes_too_but_never_when_and_then() -> None:
    text = "rules:\n  - id: a\n    when: {needs: [x]}\n    then:\n      say: {en: Hi}\n"
    after = edited(text, [{"path": ["rules", 0, "then", "say", "en"], "value": None}])
    assert data_of(after) == {"rules": [{"id": "a", "when": {"needs": ["x"]}, "then": {}}]}
    after = edited(after, [{"path": ["rules", 0, "when", "needs", 0], "value": None}])
    assert data_of(after) == {"rules": [{"id": "a", "when": {}, "then": {}}]}
    assert data_of(edited(after, [{"path": ["rules", 0], "value": None}])) == {"rules": []}


def test_windows_lines_and_the_mark_stay() -> None:
    text = "\ufeff" + NASTY.replace("\n", "\r\n")
    after = edited(text, [{"path": ["rules", 0, "note"], "value": "new"}])
    assert after == text.replace("quoted", "new")


def test_several_edits_are_done_in_order() -> None:
    edits = [
        {"path": ["rules", 2], "insert": {"id": "c", "when": {}, "then": {}}},
        {"path": ["rules", 2, "note"], "value": "third"},
        {"path": ["rules", 2], "move": 0},
        {"path": ["rules", 1], "value": None},
    ]
    assert [(rule["id"], rule.get("note")) for rule in data_of(edited(NASTY, edits))["rules"]] == [
        ("c", "third"),
        ("b", None),
    ]


def test_an_edit_that_changes_nothing_changes_nothing() -> None:
    assert edited(NASTY, [{"path": ["rules", 0, "note"], "value": "quoted"}]) == NASTY
    assert edited(NASTY, [{"path": ["rules", 0, "when", "nothing"], "value": None}]) == NASTY


def test_anchors_are_kept() -> None:
    text = "a: &x [1, 2] # shared\nb: *x\nc: 3\n"
    assert edited(text, [{"path": ["c"], "value": 4}]) == text.replace("3", "4")


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("rules: [", {"path": ["a"], "value": 1}),
        ("- a\n", {"path": ["a"], "value": 1}),
        ("a: 1\n", {"path": ["a", "b"], "value": 1}),
        ("a: [1]\n", {"path": ["a", 3], "value": 1}),
        ("a: [1]\n", {"path": ["a", 3], "insert": 1}),
        ("a: [1]\n", {"path": ["a", 0], "move": 1}),
        ("a: [1]\n", {"path": ["a", "x"], "insert": 1}),
        ("a: 1\n", {"path": [], "value": 1}),
        ("a: 1\n", {"path": "a", "value": 1}),
        ("a: 1\n", {"path": [None], "value": 1}),
        ("a: 1\n", {"path": ["a"]}),
        ("a: 1\n", {"value": 1}),
        ("a: [" * 60, {"path": ["a"], "value": 1}),
    ],
)
def test_what_cannot_be_edited_is_said(text: str, edit: dict[str, Any]) -> None:
    with pytest.raises(EditError):
        edited(text, [edit])


FILES = [*(ROOT / "playbooks").glob("*.yaml"), *DEFAULT_FOLDER.glob("*.yaml")]


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_every_rule_of_the_demo_can_be_edited_without_losing_a_comment(file: Path) -> None:
    text = file.read_text("utf-8")
    for at in range(len(data_of(text).get("rules", []))):
        after = edited(text, [{"path": ["rules", at, "note"], "value": "Another note: with a colon"}])
        went, came = changed(text, after)
        assert len(came) == 1
        assert len(went) <= 3
        assert comments(after) == comments(text)


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)
values = st.one_of(words, st.integers(-99, 99), st.booleans(), st.lists(words, max_size=3), st.just("two\nlines"))
paths = st.sampled_from(
    [
        ["name"],
        ["rules", 0, "note"],
        ["rules", 1, "then", "warn"],
        ["rules", 0, "then", "tags"],
        ["rules", 1, "when", "x"],
    ]
)


@settings(max_examples=40, deadline=None)
@given(paths, values)
def test_what_is_set_is_what_is_read(path: list[Any], value: Any) -> None:
    expected = data_of(NASTY)
    node = expected
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    after = edited(NASTY, [{"path": path, "value": value}])
    assert data_of(io.StringIO(after)) == expected
    for comment in (" top", " first", " about b", " end of b", " section"):
        assert f"#{comment}\n" in after
