"""Rules against contexts: every condition holds and fails once."""

from pathlib import Path

import pytest

from recommenders.playbooks import Playbook, advise, load, matching
from tests.playbooks.fixtures import catalog, context, save


def playbook(tmp_path: Path, rules: str) -> Playbook:
    (tmp_path / "x.yaml").write_text("rules:\n" + rules)
    return load([tmp_path])


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ("{intents: [praise, return_request]}", True),
        ("{intents: [praise]}", False),
        ("{needs: [bigger_size], intents: [return_request]}", True),
        ("{needs: [bigger_size], intents: [praise]}", False),
        ("{says: [TOO TIGHT]}", True),
        ("{says: [tigh]}", False),  # whole words
        ("{says: ['.*']}", False),  # no pattern
        ("{product_types: [boots]}", True),
        ("{product_tags: [wool]}", False),
        ("{products: [fell-boot]}", True),
        ("{customer_tags: [VIP]}", True),
        ("{tier: [vip]}", True),
        ("{channel: [chat]}", False),
        ("{language: [en]}", True),
        ("{orders_at_least: 3}", True),
        ("{orders_at_least: 4}", False),
        ("{lifetime_value_at_least: 300}", True),
        ("{lifetime_value_at_least: 300.5}", False),
        ("{selling: true}", True),
        ("{selling: false}", False),
        ("{sentiment: [neutral]}", True),
        ("{cautions: [safety]}", False),
        ("{any: [{intents: [praise]}, {tier: [vip]}]}", True),
        ("{any: [{intents: [praise]}, {tier: [loyal]}]}", False),
        ("{all: [{intents: [return_request]}, {tier: [vip]}]}", True),
        ("{all: [{intents: [return_request]}, {tier: [loyal]}]}", False),
        ("{tier: [vip], none: [{intents: [praise]}]}", True),
        ("{tier: [vip], none: [{intents: [return_request]}]}", False),
    ],
)
def test_conditions(tmp_path: Path, when: str, holds: bool) -> None:
    book = playbook(tmp_path, f"  - id: r\n    when: {when}\n    then: {{warn: x}}\n")
    ctx = context(intents=["return_request"], needs=["bigger_size"], about=["FB-42"])
    assert bool(matching(book, ctx, "vip")) is holds


def test_a_match_says_why_and_where(tmp_path: Path) -> None:
    book = playbook(tmp_path, "  - id: r\n    when: {intents: [return_request], says: [tight]}\n    then: {warn: x}\n")
    (match,) = matching(book, context(intents=["return_request"]))
    assert match.because == ("intents: return_request", "says: tight")
    assert (match.evidence.id, match.evidence.line) == ("x.yaml#r", 2)


def test_a_disabled_rule_is_silent(tmp_path: Path) -> None:
    book = playbook(tmp_path, "  - id: r\n    enabled: false\n    when: {selling: true}\n    then: {warn: x}\n")
    assert matching(book, context()) == ()


RULES = """\
  - id: dry
    when: {selling: true}
    then: {prefer: {types: [Jackets]}, avoid: {tags: [waterproof]}, code: TEN, tags: [wet, cold], allowance: 10}
  - id: loud
    when: {selling: true}
    then: {tags: [cold], allowance: 25, follow_up_days: 3, say: {en: Mind the rain.}, restrain: [high_anger]}
"""


def test_advice_of_all_rules_together(tmp_path: Path) -> None:
    advice = advise(playbook(tmp_path, RULES), context())
    assert advice.tags == ("wet", "cold")
    assert advice.allowance is not None
    assert advice.allowance[0] == 25
    assert advice.follow_up_days == 3
    assert [code for code, _ in advice.codes] == ["TEN"]
    assert [reason for reason, _ in advice.restrain] == ["high_anger"]
    assert advice.say("en")[0][0] == "Mind the rain."
    assert advice.say("de") == ()


def test_saves_are_moved_and_dropped_but_never_what_was_asked_for(tmp_path: Path) -> None:
    advice = advise(playbook(tmp_path, RULES), context())
    saves = (save("WS"), save("FB-41", "exchange", "FB-42"), save("RS-M"), save("WI-M"))
    ordered = advice.order_saves(saves, catalog())
    assert [s.sku for s in ordered] == ["WI-M", "FB-41", "WS"]
    assert ordered[0].evidence[-1].id == "x.yaml#dry"
