"""Every broken playbook is told what is wrong with it: the lines of its header, to the letter and nothing else.

A header line is `# LINE:COLUMN SEVERITY CODE`. The shop is the one of five products, the day is the fixtures' day.
"""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from recommenders.playbooks import PlaybookError, Problem, check_files, load_files
from recommenders.playbooks.words import NEVER_LIFTED, REASONS
from tests.playbooks.fixtures import NOW, catalog, code

FOLDER = Path(__file__).parent / "broken"
BROKEN = sorted(FOLDER.glob("*.yaml"))
EXPECTED = re.compile(r"^# (\d+):(\d+) (error|warning) ([a-z0-9-]+)$", re.MULTILINE)
SHOP = catalog(
    code("CARE15"),
    code("TEN"),
    code("SUMMER", ends_at=datetime(2025, 8, 31, tzinfo=UTC)),
    code("NEWS", purposes=frozenset({"marketing"})),
    code("SOCKS5", handles=frozenset({"wool-sock"})),
)
RULE = "rules:\n  - id: {}\n    when: {{intents: [{}]}}\n    then: {{warn: Call the carrier.}}\n"


def problems_of(files: dict[str, str]) -> list[Problem]:
    return check_files(files, SHOP, today=NOW.date())


def test_there_are_enough_of_them() -> None:
    assert len(BROKEN) >= 100
    codes = {code for path in BROKEN for *_, code in EXPECTED.findall(path.read_text("utf-8"))}
    assert len(codes) >= 40


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_what_is_wrong_is_said_where_it_is_wrong(path: Path) -> None:
    text = path.read_text("utf-8")
    expected = [(int(line), int(col), severity, code) for line, col, severity, code in EXPECTED.findall(text)]
    found = problems_of({path.name: text})
    assert [(p.line, p.col, p.severity, p.code) for p in found] == expected
    assert expected
    for problem in found:
        assert problem.file == path.name
        assert not re.search(r"pydantic|Traceback|<class|loc=|None\b", problem.message)  # in plain words
    if any(problem.severity == "error" for problem in found):
        with pytest.raises(PlaybookError, match=re.escape(str(next(p for p in found if p.severity == "error")))):
            load_files({path.name: text}, SHOP, today=NOW.date())
    else:
        load_files({path.name: text}, SHOP, today=NOW.date())


def test_all_files_are_told_of_at_once() -> None:
    """A syntax error in one hides nothing of another."""
    found = problems_of(
        {
            "a.yaml": "rules:\n\t- id: x\n",
            "b.yaml": RULE.format("late", "order_statis") + "owner: 3\n",
            "c.yaml": RULE.format("late", "order_status") + RULE.format("Late", "praise").replace("rules:\n", ""),
        }
    )
    assert [(p.file, p.line, p.code) for p in found] == [
        ("a.yaml", 2, "yaml-syntax"),
        ("b.yaml", 3, "unknown-id"),
        ("b.yaml", 5, "wrong-type"),
        ("c.yaml", 2, "duplicate-id"),
        ("c.yaml", 5, "wrong-form"),
    ]


def test_what_an_unreadable_file_may_define_is_not_missed() -> None:
    rule = "rules:\n  - id: a\n    when: {tier: [vip]}\n    then: {gesture: card, tags: [fit]}\n"
    assert [p.code for p in problems_of({"a.yaml": rule, "b.yaml": "gestures: [\n"})] == ["yaml-syntax"]
    whole = problems_of({"a.yaml": rule, "b.yaml": "gestures: []\ntaxonomy: [size]\n"})
    assert [p.code for p in whole] == ["unknown-gesture", "unknown-tag"]


def test_what_stands_beside_a_broken_rule_is_still_checked() -> None:
    text = RULE.format("one", "order_statis") + "  - id: two\n    when: {tier: [vip]}\n    then: {code: TEM}\n"
    assert [(p.rule_id, p.code) for p in problems_of({"a.yaml": text})] == [
        ("one", "unknown-id"),
        ("two", "unknown-code"),
    ]


def test_contradictions_and_shadows_are_seen_over_files() -> None:
    stop = RULE.format("all-late", "order_status").replace("    when", "    stop: true\n    when")
    found = problems_of({"1.yaml": stop, "2.yaml": RULE.format("late", "order_status")})
    assert [(p.file, p.code) for p in found] == [("2.yaml", "unreachable")]
    assert '"all-late" (1.yaml:2)' in found[0].message
    assert problems_of({"2.yaml": stop, "1.yaml": RULE.format("late", "praise")}) == []


def test_what_is_for_all_files_is_said_once() -> None:
    found = problems_of(
        {
            "a.yaml": "timezone: Europe/Dublin\nbudgets: {agent: 40, team: 100}\n",
            "b.yaml": "timezone: Europe/Paris\nbudgets: {agent: 50, team: 100}\n",
        }
    )
    assert [(p.file, p.line, p.col, p.code) for p in found] == [
        ("b.yaml", 1, 1, "said-twice"),
        ("b.yaml", 2, 11, "said-twice"),
    ]
    assert "a.yaml:2" in found[1].message


@pytest.mark.parametrize(
    ("earlier", "later", "hidden"),
    [
        ("{tier: [vip, loyal]}", "{tier: [vip]}", True),
        ("{tier: [vip]}", "{tier: [vip, loyal]}", False),
        ("{orders_at_least: 2}", "{orders_at_least: 3, intents: [praise]}", True),
        ("{orders_at_least: 3}", "{orders_at_least: 2}", False),
        ("{any: [{tier: [vip]}, {orders_at_least: 5}]}", "{orders_at_least: 9}", True),
        ("{any: [{tier: [vip]}, {orders_at_least: 5}]}", "{any: [{orders_at_least: 9}, {tier: [vip]}]}", True),
        ("{any: [{tier: [vip]}]}", "{any: [{orders_at_least: 9}, {tier: [vip]}]}", False),
        ("{intents: [praise], none: [{tier: [new]}]}", "{intents: [praise]}", False),
        ("{intents: [praise], none: [{tier: [new]}]}", "{intents: [praise], tier: [vip]}", True),
        ("{intents: [praise], none: [{tier: [new]}]}", "{intents: [praise], none: [{tier: [new, vip]}]}", True),
        ("{intents: [praise], none: [{tier: [new, vip]}]}", "{intents: [praise], none: [{tier: [new]}]}", False),
        ("{all: [{intents: [praise]}, {tier: [vip]}]}", "{tier: [vip], intents: [praise]}", True),
        ("{hours: 08:00-18:00}", "{hours: 09:00-17:00}", True),
        ("{hours: 22:00-06:00}", "{hours: 05:00-07:00}", False),
        ("{date_from: 2026-03-01}", "{date_from: 2026-04-01, date_until: 2026-05-01}", True),
        ("{order_has: {types: [Boots, Socks]}}", "{order_has: {types: [socks]}}", True),
        ("{order_has: {types: [Boots]}}", "{order_has: {handles: [fell-boot]}}", False),
        ("{selling: true}", "{selling: false}", False),
    ],
)
def test_a_rule_is_hidden_where_an_earlier_one_holds_whenever_it_does(earlier: str, later: str, hidden: bool) -> None:
    rules = (
        "rules:\n  - {{id: a, stop: true, when: {}, then: {{warn: x}}}}\n  - {{id: b, when: {}, then: {{warn: x}}}}\n"
    )
    found = [p.code for p in problems_of({"a.yaml": rules.format(earlier, later)})]
    assert found == (["unreachable"] if hidden else [])


@pytest.mark.parametrize("extra", ["share: 50", "enabled: false", "valid_from: 2026-06-01", "priority: -1"])
def test_a_rule_that_does_not_always_stop_hides_nothing(extra: str) -> None:
    stop = RULE.format("a", "praise").replace("    when", f"    stop: true\n    {extra}\n    when")
    assert problems_of({"a.yaml": stop, "b.yaml": RULE.format("b", "praise")}) == []


@pytest.mark.parametrize("reason", REASONS)
def test_what_may_be_lifted(reason: str) -> None:
    text = f"rules:\n  - id: a\n    when: {{tier: [vip]}}\n    then: {{lift: [{reason}], because: It was solved.}}\n"
    found = [p.code for p in problems_of({"a.yaml": text})]
    assert found == (["never-lifted"] if reason in NEVER_LIFTED else [])


def test_a_problem_is_data_and_a_line() -> None:
    (problem,) = problems_of({"playbooks/returns.yaml": RULE.format("a", "praise").replace("warn", "wran")})
    assert str(problem) == (
        'playbooks/returns.yaml:4:12: error: unknown key "wran"; did you mean "warn"? (unknown-key)'
    )
    assert problem.as_data() == {
        "file": "playbooks/returns.yaml",
        "line": 4,
        "col": 12,
        "severity": "error",
        "message": 'unknown key "wran"; did you mean "warn"?',
        "code": "unknown-key",
        "rule_id": "a",
    }
