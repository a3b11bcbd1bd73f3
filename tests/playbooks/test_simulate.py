"""The report on four tickets that were played, counted by hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from recommenders.domain import Outcome, Resolution
from recommenders.playbooks.loader import Playbook, load_files
from recommenders.playbooks.matcher import advise
from recommenders.playbooks.nearest import Missed
from recommenders.playbooks.played import Firing, Played, Seen, firings_of
from recommenders.playbooks.simulate import Group, Report, Sets, report
from recommenders.playbooks.told import told
from recommenders.text.redact import Facts
from tests.playbooks.fixtures import catalog, code, context

DRAFT = """\
budgets: {team: 20, agent: 10, currency: EUR}
rules:
  - id: tight
    when: {says: [tight]}
    then: {code: TEN, gesture: card}
  - id: other
    when: {tier: [vip]}
    then: {code: FIVE, gesture: cake, avoid: {types: [Boots]}}
  - id: never
    when: {says: [nobody says this]}
    then: {prefer: {handles: [fell-boot]}, warn: "Look twice."}
gestures:
  - {id: card, occasions: [loyalty], gesture: A card, cost: 4}
  - {id: cake, occasions: [loyalty], gesture: A cake, cost: 16}
"""
PUBLISHED = """\
rules:
  - id: tight
    when: {says: [tight]}
    then: {code: FIVE}
  - id: old
    when: {says: [old]}
    then: {warn: Old.}
"""
TIGHT = Firing("d.yaml#tight", 3, ("says: tight",), ("would have preferred TEN",), "too tight, call +44 20 7946 0958")
OTHER = Firing("d.yaml#other", 6, ("tier: vip",), (), "hello")
HELD = Firing("d.yaml#other", 6, ("tier: vip",), (), "hello", "control")
WAS = Firing("p.yaml#tight", 2, ("says: tight",), (), "too tight")


def played(
    number: int,
    before: Seen = Seen(),  # noqa: B008 - it is frozen
    after: Seen = Seen(),  # noqa: B008
    *,
    resolution: Resolution | None = None,
    outcome: Outcome | None = None,
    month: int = 1,
) -> Played:
    moment = datetime(2026, month, number, tzinfo=UTC)
    facts = Facts(("Ana",))
    return Played(f"t-{number}", "Ana asks", "Ana asks", moment, facts, resolution, outcome, before, after)


def books() -> tuple[Playbook, Playbook]:
    return load_files({"p.yaml": PUBLISHED}), load_files({"d.yaml": DRAFT})


def four() -> Report:
    """t-1: both rules of the draft; t-2: one; t-3: a control; t-4: nothing."""
    both = Seen((TIGHT, OTHER), {"codes": ("TEN", "FIVE"), "delights": ("A card (4.00)",)},
                frozenset({("codes", "d.yaml#tight"), ("codes", "d.yaml#other"), ("delights", "d.yaml#tight")}), 4.0,
                "d.yaml#tight", frozenset({"FB-43"}), frozenset({"ten", "five"}))  # fmt: skip
    one = Seen((TIGHT,), {"codes": ("TEN",), "delights": ("A cake (16.00)",)}, frozenset({("codes", "d.yaml#tight")}),
               16.0, "", frozenset(), frozenset({"ten"}))  # fmt: skip
    was = Seen((WAS,), {"codes": ("FIVE",)}, frozenset({("codes", "p.yaml#tight")}), 0.0, "", frozenset(),
               frozenset({"five"}))  # fmt: skip
    tickets = [
        played(1, was, both, resolution=Resolution("exchange", "FB-43", "ten"), outcome=Outcome(5, kept_revenue=100.0)),
        played(2, was, one, resolution=Resolution("refund", None, None, 30.0), outcome=Outcome(2, reopened=True),
               month=2),
        played(3, Seen(), Seen((HELD,)), outcome=Outcome(4)),
        played(4, outcome=Outcome(None, kept_revenue=10.0)),
    ]  # fmt: skip
    missed = {"d.yaml#never": Missed()}
    for number in (1, 2, 3, 4):
        missed["d.yaml#never"].add(("says",), f"t-{number}", "Ana asks")
    before, after = books()
    return report(list(reversed(tickets)), missed, Sets(before, after), catalog=catalog(code("TEN"), code("FIVE")))


def rule(data: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(row for row in data["rules"] if row["rule"] == name)
    return found


def test_how_often_rules_fire_and_what_they_show() -> None:
    data = four().as_data()
    tight, other = rule(data, "d.yaml#tight"), rule(data, "d.yaml#other")
    assert data["counts"] == {"d.yaml#tight": 2, "d.yaml#other": 2, "d.yaml#never": 0}
    assert (tight["fires"], tight["before"], tight["share"]) == (2, 2, 0.5)
    assert (other["fires"], other["before"], other["arms"]) == (2, 0, {"treated": 1, "control": 1})
    assert (tight["shows"], other["shows"]) == ({"codes": 2, "delights": 1}, {"codes": 1})
    assert data["coverage"] == {"tickets": 2, "share": 0.5, "before_tickets": 2, "before_share": 0.5}
    assert (data["from"], data["until"], data["silent"]) == ("2026-01-01", "2026-02-02", ["d.yaml#never"])
    assert data["gone"] == ["p.yaml#old"]


def test_examples_are_the_newest_and_hold_no_personal_facts() -> None:
    first, second = rule(four().as_data(), "d.yaml#tight")["examples"]
    assert (first["ticket_id"], second["ticket_id"]) == ("t-2", "t-1")
    assert (first["quote"], first["subject"]) == ("too tight, call", "asks")
    assert first["changes"] == ["would have preferred TEN"]


def test_what_agents_did_and_how_it_ended() -> None:
    data = four().as_data()
    tight = rule(data, "d.yaml#tight")
    assert tight["agents"] == {
        "tickets": 2, "kinds": {"exchange": 1, "refund": 1}, "amount": 30.0, "gave_product": 1, "same_product": 1,
        "gave_code": 1, "same_code": 1, "this_code": 1,
    }  # fmt: skip
    assert tight["outcomes"]["fires"] == {
        "tickets": 2, "csat": 3.5, "rated": 2, "kept_revenue": 100.0, "kept": 1, "reopened": 0.5,
    }  # fmt: skip
    assert tight["outcomes"]["else"] == {
        "tickets": 2, "csat": 4.0, "rated": 1, "kept_revenue": 10.0, "kept": 1, "reopened": 0.0,
    }  # fmt: skip
    assert Group.of([None]).as_data()["reopened"] is None


def test_what_changes_by_ticket() -> None:
    data = four().as_data()
    assert data["changed"] == {"tickets": 2, "shown": 2}
    first = data["changes"][0]
    assert (first["before"], first["after"]) == ([], ["codes: TEN", "delights: A card (4.00)"])
    assert first["rules_after"] == ["d.yaml#tight", "d.yaml#other"]
    assert data["changes"][1]["before"] == ["codes: FIVE"]
    assert four().as_data(1)["changed"] == {"tickets": 2, "shown": 1}


def test_spend_by_month_against_the_budget() -> None:
    spend = four().as_data()["spend"]
    assert spend["months"] == [
        {"month": "2026-01", "before": 0.0, "after": 4.0}, {"month": "2026-02", "before": 0.0, "after": 16.0},
    ]  # fmt: skip
    assert (spend["budget"], spend["agent_budget"], spend["currency"], spend["over"]) == (20.0, 10.0, "EUR", [])
    assert (spend["before"], spend["after"]) == (0.0, 18.45)  # 20 in 33 days, of 30.4375 in a month


def test_rules_that_collide_and_rules_that_never_fire() -> None:
    data = four().as_data()
    assert [(row["kind"], row["tickets"], row["examples"]) for row in data["collisions"]] == [
        ("codes", 1, ["t-1"]), ("gestures", 1, ["t-1"]),
    ]  # fmt: skip
    assert data["collisions"][0]["why"] == "other asks for FIVE, tight for TEN"
    (never,) = data["never"]
    assert never["why"] == "says fails; on 4 of 4 tickets it is all that is missing"
    assert [near["ticket_id"] for near in never["nearest"]] == ["t-1", "t-2", "t-3"]
    assert never["nearest"][0]["quote"] == "asks"


def test_the_same_in_any_order_and_as_json() -> None:
    assert json.dumps(four().as_data()) == json.dumps(four().as_data())
    assert Report.as_data(four(), None)["firings_total"] == 4


def test_it_can_be_read() -> None:
    lines = list(told(four().as_data()))
    assert lines[0] == "t-1  d.yaml#tight:3  says: tight  ->  would have preferred TEN"
    assert lines[-4:] == [
        "4 tickets, 4 firings",
        "     2  d.yaml#tight",
        "     2  d.yaml#other",
        "     0  d.yaml#never",
    ]
    text = "\n".join(lines)
    for part in ("Collisions", "Rules that never fire", "Against what is published, 2 tickets change", "budget 20.00",
                 "in the control group", "    - codes: FIVE", "    + codes: TEN"):  # fmt: skip
        assert part in text


def test_nothing_was_played() -> None:
    before, after = books()
    data = report([], {}, Sets(before, after)).as_data()
    assert (data["tickets"], data["from"], data["spend"]["after"]) == (0, None, 0.0)
    assert list(told(data))


def test_answers_are_the_same_where_the_same_rules_fire_and_all_else_is_alike() -> None:
    before, after = books()
    ctx = context("Too tight")
    assert Sets(after, after).same(advise(after, ctx), advise(after, ctx))
    assert not Sets(after, after).same(advise(after, ctx), advise(after, context("Fine")))
    assert not Sets(before, after).same(advise(after, ctx), advise(after, ctx))  # other gestures


def test_a_firing_says_what_it_would_have_changed() -> None:
    _, after = books()
    ctx = context("It is too tight.")
    (tight,) = firings_of(ctx, advise(after, ctx), Resolution("refund", code="FIVE"))
    assert tight.changes == ("would have preferred TEN to FIVE", "would have proposed card")
    assert (tight.quote, tight.because) == ("It is too tight.", ("says: tight",))
    (same,) = firings_of(ctx, advise(after, ctx), Resolution("save", code="ten"))
    assert same.changes == ("would have proposed card",)
