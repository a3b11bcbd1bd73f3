"""Every condition of the language: where it holds, where it does not, and where nothing is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from recommenders.domain import Budget, ChurnRisk, Context, Return
from recommenders.playbooks import load_files
from recommenders.playbooks.matcher import Advice, advise
from recommenders.playbooks.rules import Match
from tests.playbooks.fixtures import ANA, NOW, ORDER, context

MONDAY = NOW  # 2026-03-02, 10:00 UTC


def matches(when: str, ctx: Context, *, head: str = "", tier: Any = "loyal", left: list[Budget] | None = None) -> bool:
    return bool(advised(when, ctx, head=head, tier=tier, left=left).matches)


def advised(
    when: str, ctx: Context, *, head: str = "", tier: Any = "loyal", left: list[Budget] | None = None
) -> Advice:
    book = load_files({"x.yaml": f"{head}\nrules:\n  - id: r\n    when: {when}\n    then: {{warn: x}}\n"})
    return advise(book, ctx, tier, budgets=None if left is None else lambda: left)


def only(when: str, ctx: Context) -> Match:
    (match,) = advised(when, ctx).matches
    return match


def ordered(**changes: Any) -> Context:
    return context(order=replace(ORDER, **changes))


def risky(score: float) -> Context:
    ctx = context()
    return replace(ctx, signals=replace(ctx.signals, churn_risk=ChurnRisk(score, ())))


def at(moment: datetime) -> Context:
    return replace(context(), now=moment)


NOBODY = context(customer=None)

TABLE: list[tuple[str, Context, bool]] = [
    # the customer
    ("{tier: [loyal]}", context(), True),
    ("{tier: [vip]}", context(), False),
    ("{customer_tags: [VIP]}", context(), True),
    ("{customer_tags: [wholesale]}", context(), False),
    ("{consent: true}", context(), True),
    ("{consent: false}", context(), False),
    ("{consent: true}", NOBODY, False),
    ("{consent: false}", NOBODY, True),
    ("{orders_at_least: 3, orders_at_most: 3}", context(), True),
    ("{orders_at_least: 4}", context(), False),
    ("{orders_at_most: 2}", context(), False),
    ("{orders_at_most: 2}", NOBODY, False),  # not known is not few
    ("{spent_at_least: 300}", context(), True),
    ("{spent_at_most: 299.99}", context(), False),
    ("{lifetime_value_at_least: 300, lifetime_value_at_most: 300}", context(), True),
    ("{lifetime_value_at_least: 300}", context(customer=replace(ANA, predicted_clv=120.0)), False),
    ("{churn_at_least: 0.6}", risky(0.61), True),
    ("{churn_at_least: 0.6}", risky(0.59), False),
    ("{churn_at_most: 0.3}", risky(0.3), True),
    # the order
    ("{order_value_at_least: 135, order_value_at_most: 135}", context(), True),
    ("{order_value_at_least: 135.01}", context(), False),
    ("{order_value_at_most: 1000}", context(order=None), False),
    ("{order_items_at_least: 2}", context(), True),
    ("{order_items_at_most: 1}", context(), False),
    ("{days_since_order_at_least: 10, days_since_order_at_most: 10}", context(), True),  # ten days and ten hours
    ("{days_since_order_at_least: 11}", context(), False),
    ("{days_since_delivery_at_most: 7}", context(), True),
    ("{days_since_delivery_at_most: 6}", context(), False),
    ("{days_since_delivery_at_most: 30}", ordered(delivered_at=None), False),
    ("{order_has: {handles: [FELL-boot]}}", context(), True),
    ("{order_has: {types: [socks]}}", context(), True),
    ("{order_has: {tags: [waterproof]}}", context(), False),
    ("{order_has: {handles: [fell-boot]}}", context(order=None), False),
    ("{order_status: [delivered]}", context(), True),
    ("{order_status: [paid, late]}", context(), True),
    ("{order_status: [late]}", context(), False),
    ("{order_status: [late]}", ordered(delivered_at=None, created_at=NOW - timedelta(days=13)), True),
    ("{order_status: [late]}", ordered(delivered_at=None, created_at=NOW - timedelta(days=12)), False),
    ("{order_status: [not_sent]}", ordered(delivered_at=None, fulfillment_status="unfulfilled"), True),
    ("{order_status: [not_sent]}", ordered(delivered_at=None, fulfillment_status="", financial_status="voided"), False),
    ("{order_status: [cancelled]}", ordered(financial_status="voided"), True),
    ("{order_status: [partly_sent]}", ordered(fulfillment_status="partial"), True),
    ("{order_status: [sent]}", context(), True),
    ("{order_status: [unpaid]}", ordered(financial_status="pending"), True),
    ("{order_status: [unpaid]}", context(), False),
    ("{order_status: [partly_refunded]}", ordered(financial_status="partially_refunded"), True),
    ("{order_status: [refunded]}", ordered(financial_status="refunded"), True),
    ("{order_status: [returned]}", ordered(returns=(Return("WS", 1, "too warm", None),)), True),
    ("{order_status: [returned]}", context(), False),
    # the ticket
    ("{channel: [chat]}", context(channel="chat"), True),
    ("{channel: [sms, voice]}", context(channel="chat"), False),
    ("{language: [de]}", context(language="de"), True),
    ("{language: [de]}", context(), False),
    ("{sentiment: [angry]}", context(mood=-0.9), True),
    ("{sentiment: [angry]}", context(mood=-0.4), False),
    ("{says: [too tight]}", context(), True),
    ("{says: ['#1001 is']}", context(), True),
    ("{says: [tigh, too]}", context(), True),
    ("{says: [tigh]}", context(), False),
    ("{says: [größe]}", context("Die GRÖSSE passt, Größe 41."), True),
    ("{says: ['!!']}", context("Now !!"), True),
    # time
    ("{date_from: 2026-03-02, date_until: 2026-03-02}", at(MONDAY), True),
    ("{date_from: 2026-03-03}", at(MONDAY), False),
    ("{date_until: 2026-03-01}", at(MONDAY), False),
    ("{weekdays: [monday]}", at(MONDAY), True),
    ("{weekdays: [saturday, sunday]}", at(MONDAY), False),
    ("{hours: '10:00-12:00'}", at(MONDAY), True),
    ("{hours: '08:00-10:00'}", at(MONDAY), False),  # the end is exclusive
    ("{hours: '22:00-06:00'}", at(MONDAY.replace(hour=23)), True),
    ("{hours: '22:00-06:00'}", at(MONDAY.replace(hour=5, minute=59)), True),
    ("{hours: '22:00-06:00'}", at(MONDAY.replace(hour=6)), False),
    # what we may do
    ("{selling: true}", context(), True),
    ("{selling: true}", context(reasons=["safety"]), False),
    ("{cautions: [high_anger]}", context(reasons=["high_anger"]), True),
]  # fmt: skip


@pytest.mark.parametrize(("when", "ctx", "holds"), TABLE, ids=[f"{n}:{when}" for n, (when, *_) in enumerate(TABLE)])
def test_a_condition_holds_or_not(when: str, ctx: Context, holds: bool) -> None:
    assert matches(when, ctx) is holds


@pytest.mark.parametrize(
    ("zone", "when", "holds"),
    [
        ("Europe/Dublin", "{weekdays: [monday], date_until: 2026-03-02}", True),  # UTC in March
        ("Pacific/Auckland", "{weekdays: [tuesday], date_from: 2026-03-03}", True),  # twelve hours later it is Tuesday
        ("America/Los_Angeles", "{hours: '14:00-15:00'}", True),
        ("America/Los_Angeles", "{hours: '22:00-23:00'}", False),
    ],
)
def test_days_and_hours_count_in_the_playbooks_time_zone(zone: str, when: str, holds: bool) -> None:
    moment = MONDAY.replace(hour=22, minute=30)
    assert matches(when, at(moment), head=f"timezone: {zone}") is holds


@pytest.mark.parametrize(
    ("left", "holds"),
    [
        ([Budget("agent:maria", 10.0), Budget("team", 50.0)], True),
        ([Budget("agent:maria", 9.99), Budget("team", 50.0)], False),
        ([Budget("agent:maria", 40.0), Budget("team", 3.0)], False),
        ([Budget("agent:maria", 40.0), Budget("team", 50.0), Budget("customer", 0.0)], True),  # not the agent's
        (None, False),
    ],
)
def test_what_is_left_of_the_budget(left: list[Budget] | None, holds: bool) -> None:
    assert matches("{budget_left_at_least: 10}", context(), left=left) is holds


def test_the_budget_is_not_asked_for_where_another_condition_fails() -> None:
    asked: list[str] = []

    def budgets() -> list[Budget]:
        asked.append("now")
        return [Budget("team", 1.0)]

    rules = "".join(
        f"  - id: r{n}\n    when: {{budget_left_at_least: 1, language: [{language}]}}\n    then: {{warn: x}}\n"
        for n, language in enumerate(("de", "en", "en"))
    )
    found = advise(load_files({"x.yaml": "rules:\n" + rules}), context(), budgets=budgets)
    assert [match.rule.id for match in found.matches] == ["r1", "r2"]
    assert asked == ["now"]  # once for all rules


GROUPS = "{tier: [loyal], all: [{consent: true}, {channel: [email]}], \
any: [{weekdays: [sunday]}, {orders_at_least: 3}], none: [{language: [de]}]}"


@pytest.mark.parametrize(
    ("old", "new", "holds"),
    [
        ("", "", True),
        ("[email]", "[chat]", False),  # one of `all` fails
        ("orders_at_least: 3", "orders_at_least: 4", False),  # nothing of `any` holds
        ("[de]", "[en]", False),  # what `none` names holds
        ("[loyal]", "[vip]", False),  # the rule's own condition fails
    ],
)
def test_groups_together(old: str, new: str, holds: bool) -> None:
    found = advised(GROUPS.replace(old, new) if old else GROUPS, context()).matches
    assert bool(found) is holds
    if holds:
        assert found[0].because == ("tier: loyal", "consent: true", "channel: email", "orders: 3")


def test_the_words_that_a_condition_rests_on() -> None:
    text = "Good morning.  The Fell Boot pinches my toes! Please swap it."
    ctx = context(text, intents=["exchange_request"], occasions=["wedding"])
    assert only("{says: [pinches]}", ctx).quotes == ("The Fell Boot pinches my toes!",)
    assert only("{intents: [exchange_request]}", ctx).quotes == (text,)
    assert only("{occasions: [wedding], tier: [loyal]}", ctx).quotes == ("about a wedding",)
    assert only("{occasions: [wedding]}", ctx).occasion == "wedding"
    assert only("{orders_at_least: 3}", ctx).records == ("3 orders",)


def test_a_window_of_days_is_inclusive() -> None:
    book = load_files(
        {
            "x.yaml": """
rules:
  - id: spring
    valid_from: 2026-03-02
    valid_until: 2026-03-04
    when: {selling: true}
    then: {warn: x}
"""
        }
    )
    held = [bool(advise(book, at(datetime(2026, 3, day, 23, 59, tzinfo=UTC))).matches) for day in (1, 2, 4, 5)]
    assert held == [False, True, True, False]


PRIORITIES = """
rules:
  - {id: last, when: {selling: true}, then: {warn: c}}
  - {id: off, enabled: false, priority: 9, stop: true, when: {channel: [email]}, then: {warn: x}}
  - {id: first, priority: 5, when: {language: [en]}, then: {warn: a}}
  - {id: second, priority: 2, stop: STOP, when: {channel: [email]}, then: {warn: b}}
"""


@pytest.mark.parametrize(("stop", "fired"), [("false", ["first", "second", "last"]), ("true", ["first", "second"])])
def test_priority_and_stop(stop: str, fired: list[str]) -> None:
    book = load_files({"x.yaml": PRIORITIES.replace("STOP", stop)})
    assert [match.rule.id for match in advise(book, context()).matches] == fired


def test_a_share_is_the_same_customers_every_time() -> None:
    book = load_files(
        {
            "x.yaml": """
rules:
  - {id: half, share: 50, stop: true, when: {selling: true}, then: {warn: a}}
  - {id: rest, when: {selling: true}, then: {warn: b}}
"""
        }
    )
    found = {}
    for number in range(200):
        ctx = context(customer=replace(ANA, id=f"c-{number}"))
        advice = advise(book, ctx)
        assert advise(book, replace(ctx, ticket=replace(ctx.ticket, id="another"))) == advice  # by customer, not ticket
        found[number] = [match.rule.id for match in advice.matches]
        control = [match.rule.id for match in advice.controls]
        # In its control group a rule does nothing, so it stops nothing.
        assert (found[number], control) in ((["half"], []), (["rest"], ["half"]))
        assert {rule.probability for rule in advice.fired if rule.id.endswith("half")} == {0.5}
    assert 80 <= sum(rules == ["half"] for rules in found.values()) <= 120


def test_without_a_customer_the_ticket_is_drawn() -> None:
    book = load_files({"x.yaml": "rules: [{id: half, share: 50, when: {selling: true}, then: {warn: a}}]\n"})
    ctx = context(customer=None)
    arms = {bool(advise(book, replace(ctx, ticket=replace(ctx.ticket, id=f"t-{n}"))).matches) for n in range(40)}
    assert arms == {True, False}


def test_rules_of_one_experiment_never_share_a_customer() -> None:
    book = load_files(
        {
            "x.yaml": """
rules:
  - {id: a, share: 30, experiment: cards, when: {selling: true}, then: {warn: a}}
  - {id: b, share: 40, experiment: cards, when: {selling: true}, then: {warn: b}}
"""
        }
    )
    counts = {"a": 0, "b": 0, "": 0}
    for number in range(500):
        fired = [m.rule.id for m in advise(book, context(customer=replace(ANA, id=f"c-{number}"))).matches]
        assert len(fired) <= 1
        counts["".join(fired)] += 1
    assert 110 <= counts["a"] <= 190
    assert 160 <= counts["b"] <= 240
