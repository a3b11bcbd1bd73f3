"""Every problem has its place, and a playbook is the sum of its files."""

import json
import os
import re
from datetime import date
from pathlib import Path

import pytest

from recommenders.playbooks import PlaybookError, check, check_files, load, load_default
from recommenders.playbooks.loader import DEFAULT_FOLDER, check_text, files_of
from recommenders.playbooks.schema import (
    Budgets,
    Conditions,
    Example,
    Gesture,
    PlaybookFile,
    Rule,
    Then,
    When,
    json_schema,
)
from tests.playbooks.fixtures import catalog, code

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("text", "line", "col", "message"),
    [
        ("rules:\n  - id: a\n   when: 3", 3, 4, "not YAML: not indented like"),
        ("rules:\n  - id: a\n    id: b", 3, 5, 'duplicate key "id"'),
        ("gesturs: []", 1, 1, 'unknown key "gesturs"; did you mean "gestures"?'),
        ("rules:\n  - id: a\n    when: {intent: [praise]}\n    then: {warn: x}", 3, 12, 'did you mean "intents"?'),
        ("rules:\n  - id: a\n    when: {intents: [prais]}\n    then: {warn: x}", 3, 22, 'unknown intent "prais"'),
        ("rules:\n  - id: a\n    when: {needs: [moisture]}\n    then: {warn: x}", 3, 20, 'did you mean "more_mois'),
        ("rules:\n  - id: a\n    when: {}\n    then: {warn: x}", 3, 5, "no condition"),
        ("rules:\n  - id: A b\n    when: {tier: [vip]}\n    then: {warn: x}", 2, 5, '"id" must be small letters'),
        ("rules:\n  - when: {tier: [vip]}\n    then: {warn: x}", 2, 5, '"id" is missing'),
        ("rules:\n  - id: a\n    when: {tier: [vip]}\n    then: {gesture: cake}", 4, 12, 'no gesture "cake"'),
        ("rules:\n  - id: a\n    when: {tier: [vip]}\n    then: {say: {en: '{nme}'}}", 4, 18, "unknown slot"),
        ("rules:\n  - id: a\n    when: {tier: [vip]}\n    then: {allowance: -1}", 4, 12, "must be at least 0"),
        ("budgets: {agent: .inf}", 1, 11, "ordinary number"),
        ("- a\n- b", 1, 1, "a playbook is a mapping"),
    ],
)  # fmt: skip
def test_a_problem_has_line_column_and_a_remedy(tmp_path: Path, text: str, line: int, col: int, message: str) -> None:
    (tmp_path / "x.yaml").write_text(text)
    (problem, *_) = (p for p in check(tmp_path) if (p.line, p.col) == (line, col) and message in p.message)
    assert problem.severity == "error"


def test_every_problem_of_a_file_is_told_at_once_with_its_rule() -> None:
    problems = check_text(
        "x.yaml",
        "rules:\n- id: one\n  when: {occasions: [weding]}\n  then: {code: 3}\n"
        "- id: two\n  when: {tier: [gold]}\n  then: {warn: ''}",
    )
    assert [(p.line, p.rule_id) for p in problems] == [(3, "one"), (4, "one"), (6, "two"), (7, "two")]
    assert str(problems[0]) == ('x.yaml:3:22: error: unknown occasion "weding"; did you mean "wedding"? (unknown-id)')


def test_hostile_files_are_refused_in_bounded_time(tmp_path: Path) -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
    )
    assert "aliases" in check_text("bomb.yaml", bomb)[0].message
    assert check_text("deep.yaml", "version: 1\nrules: " + "[" * 5000)[0].line == 2
    assert "larger" in check_text("long.yaml", "#" * 300_000)[0].message
    assert "longer" in check_text("lines.yaml", "a:\n" * 20_000)[0].message
    tagged = check_text("tag.yaml", "budgets: !!python/object/apply:os.system ['true']")
    assert tagged[0].severity == "error"
    (tmp_path / "latin.yaml").write_bytes(b"version: 1\n# caf\xe9\n")
    assert [(p.line, p.message[:9]) for p in check(tmp_path)] == [(2, "not UTF-8")]


def test_an_id_is_used_once_in_the_whole_folder(tmp_path: Path) -> None:
    rule = "rules:\n  - id: same\n    when: {tier: [vip]}\n    then: {warn: x}\n"
    (tmp_path / "a.yaml").write_text(rule)
    (tmp_path / "b.yml").write_text("version: 1\n" + rule)
    (problem,) = check(tmp_path)
    assert (Path(problem.file).name, problem.line) == ("b.yml", 3)
    assert problem.message == '"same" is used already at a.yaml:2; give this one another id'
    with pytest.raises(PlaybookError, match="used already"):
        load([tmp_path])


def test_sections_that_no_file_has_come_from_the_default(tmp_path: Path) -> None:
    default = load_default()
    assert load([]) == default
    (tmp_path / "a.yaml").write_text("rules:\n  - id: mine\n    when: {tier: [vip]}\n    then: {warn: x}\n")
    own = load([tmp_path])
    assert [(r.item.id, r.line, r.evidence(r.item.id).id) for r in own.rules] == [("mine", 2, "a.yaml#mine")]
    assert own.gestures == default.gestures
    (tmp_path / "b.yaml").write_text("gestures: []\nbudgets: {agent: 5}\n")
    own = load([tmp_path])
    assert (own.gestures, own.budgets) == ((), Budgets(agent=5))


def test_codes_and_products_that_the_shop_lacks_are_warnings(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "rules:\n  - id: a\n    when: {product_types: [Bots]}\n"
        "    then: {code: CARE51, avoid: {handles: [fell-boot]}}\n"
    )
    shop = catalog(code("CARE15"))
    problems = check(tmp_path, shop)
    assert [(p.line, p.severity) for p in problems] == [(3, "warning"), (4, "warning")]
    assert 'no code "CARE51"; did you mean "CARE15"?' in problems[1].message
    assert load([tmp_path], shop).rules[0].item.then.code == "CARE51"


def test_packaged_and_demo_playbooks_are_clean() -> None:
    assert check(DEFAULT_FOLDER) == []
    demo = {path.name: path.read_text("utf-8") for path in files_of(ROOT / "playbooks")}
    assert check_files(demo, today=date(2026, 11, 20)) == []  # before its campaigns end
    languages = {"en", "fr", "de", "es"}
    for gesture in load_default().gestures:
        assert languages <= set(gesture.item.note), gesture.item.id
    occasions = {o for g in load_default().gestures for o in g.item.occasions}
    assert len(occasions) == 17  # every occasion of the contract


def test_missing_folder_is_a_problem(tmp_path: Path) -> None:
    (problem,) = check(tmp_path / "nowhere")
    assert problem.message.startswith("no such directory")


def test_json_schema_on_disk_is_the_one_of_the_models() -> None:
    written = json.loads((ROOT / "playbooks/playbook.schema.json").read_text("utf-8"))
    assert written == json_schema(), "run: python -m recommenders.playbooks > playbooks/playbook.schema.json"


def test_every_key_is_documented() -> None:
    text = (ROOT / "docs/playbooks.md").read_text("utf-8")
    models = (PlaybookFile, Rule, When, Conditions, Then, Budgets, Gesture, Example)
    documented = set(re.findall(r"`([a-z_]+)`", text))
    assert {key for model in models for key in model.model_fields} - documented == set()
    assert os.linesep not in "".join(documented)
