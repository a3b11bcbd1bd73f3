"""Which condition keeps a rule from firing: three tickets, counted by hand."""

from __future__ import annotations

from recommenders.playbooks.loader import load_files
from recommenders.playbooks.matcher import advise, matching
from recommenders.playbooks.nearest import HELD_BACK, Missed, Probes
from tests.playbooks.fixtures import context

BOOK = """\
rules:
  - id: fires
    when: {says: [tight]}
    then: {warn: x}
    stop: true
  - id: far
    when:
      says: [nothing]
      tier: [vip]
      all: [{channel: [chat]}, {language: [en]}]
      none: [{says: [never]}]
    then: {warn: x}
  - id: stopped
    when: {says: [tight, snug]}
    then: {warn: x}
  - id: later
    valid_from: 2099-01-01
    when: {language: [en]}
    then: {warn: x}
"""


def test_each_condition_is_counted_where_it_fails() -> None:
    book = load_files({"x.yaml": BOOK})
    probes = Probes(book)
    for number, (text, tier) in enumerate([("Too tight", "vip"), ("Too tight", "new"), ("nothing tight", "vip")], 1):
        ctx = context(text)
        fired = [rule.id for rule in advise(book, ctx, tier).fired]  # type: ignore[arg-type]
        held = [match.evidence.id for match in matching(probes.playbook, ctx, tier)]  # type: ignore[arg-type]
        probes.note(fired, held, f"t-{number}", text)
    assert set(probes.missed) == {"x.yaml#far", "x.yaml#stopped", "x.yaml#later"}
    far = probes.missed["x.yaml#far"]
    assert dict(far.fails) == {"all: channel": 3, "says": 2, "tier": 1}
    assert dict(far.only) == {"all: channel": 1}
    assert [(near.case_id, near.fails) for near in far.nearest] == [
        ("t-3", ("all: channel",)), ("t-1", ("says", "all: channel")), ("t-2", ("says", "tier", "all: channel")),
    ]  # fmt: skip
    assert dict(probes.missed["x.yaml#stopped"].fails) == {HELD_BACK: 3}
    assert dict(probes.missed["x.yaml#later"].fails) == {HELD_BACK: 3}


def test_counts_of_several_processes_add_up() -> None:
    one, other = Missed(), Missed()
    one.add(("a", "b"), "t-2", "")
    other.add(("a",), "t-1", "")
    one.merge(other)
    assert (dict(one.fails), dict(one.only)) == ({"a": 2, "b": 1}, {"a": 1})
    assert [near.case_id for near in one.nearest] == ["t-1", "t-2"]
