"""A share is the same customers every time, and nobody is in two rules of one experiment."""

from recommenders.playbooks import load_files
from recommenders.playbooks.share import drawn, percent_of

RULE = "  - {{id: {}, share: {}, {} when: {{tier: [vip]}}, then: {{warn: x}}}}\n"
UNITS = [f"c-{n}" for n in range(2000)]


def test_the_share_is_about_what_was_asked_for_and_always_the_same() -> None:
    (rule,) = load_files({"a.yaml": "rules:\n" + RULE.format("a", 30, "")}).rules
    chosen = [unit for unit in UNITS if drawn(rule.draw, unit)]
    assert 0.26 < len(chosen) / len(UNITS) < 0.34
    assert chosen == [unit for unit in UNITS if drawn(("a", 0.0, 30.0), unit)]


def test_two_rules_draw_apart_and_an_experiment_draws_once() -> None:
    apart = load_files({"a.yaml": "rules:\n" + RULE.format("a", 50, "") + RULE.format("b", 50, "")}).rules
    both = sum(drawn(apart[0].draw, unit) and drawn(apart[1].draw, unit) for unit in UNITS)
    assert 0.2 < both / len(UNITS) < 0.3
    text = "rules:\n" + "".join(RULE.format(name, 50, "experiment: e,") for name in "ab")
    once = load_files({"a.yaml": text}).rules
    assert all(drawn(once[0].draw, unit) != drawn(once[1].draw, unit) for unit in UNITS)
    assert [rule.draw for rule in once] == [("e", 0.0, 50.0), ("e", 50.0, 100.0)]


def test_without_a_share_everybody_is_in() -> None:
    (rule,) = load_files({"a.yaml": "rules:\n  - {id: a, when: {tier: [vip]}, then: {warn: x}}\n"}).rules
    assert rule.draw is None
    assert drawn(rule.draw, "c-1")
    assert 0 <= percent_of("a", "\ud800") < 100
