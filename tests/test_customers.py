"""Who this is: tiers, late orders, and why somebody may leave, worked out by hand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from recommenders.customers import TierPolicy, churn_risk, is_late, view
from recommenders.domain import Case, Customer, Order, Outcome, Resolution, Return
from tests.playbooks.fixtures import ANA, NOW, ORDER, context

OUT = replace(ORDER, delivered_at=None)  # sent, and no arrival is known


def case(id: str, days: float, *, lasted: float = 1, csat: int | None = None, subject: str = "Late") -> Case:
    """An earlier contact of so many days ago."""
    then = NOW - timedelta(days=days)
    outcome = None if csat is None else Outcome(csat=csat)
    return Case(
        id, subject, "email", "en", "c-1", (), then, then + timedelta(days=lasted), (), (), None, outcome
    )  # fmt: skip


def placed(days: float, **change: object) -> Order:
    return replace(OUT, created_at=NOW - timedelta(days=days), **change)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("customer", "tier"),
    [
        (None, "unknown"),
        (Customer("c", tags=frozenset({"VIP"})), "vip"),
        (Customer("c", tags=frozenset({"White Glove"})), "vip"),
        (Customer("c", orders_count=1, total_spent=1000.0), "vip"),
        (Customer("c", orders_count=9, total_spent=5000.0, predicted_clv=10.0), "loyal"),  # the prediction stands first
        (Customer("c", orders_count=5), "loyal"),
        (Customer("c", orders_count=2, total_spent=350.0), "loyal"),
        (Customer("c", orders_count=1, total_spent=999.99), "new"),
        (Customer("c", orders_count=2, total_spent=349.99), "standard"),
        (Customer("c", orders_count=4, total_spent=0.0), "standard"),
        (Customer("c", tags=frozenset({"newsletter"})), "new"),
    ],
)
def test_tier(customer: Customer | None, tier: str) -> None:
    assert TierPolicy().tier(customer) == tier


def test_a_shop_may_draw_the_lines_elsewhere() -> None:
    assert TierPolicy(vip_value=50.0).tier(Customer("c", total_spent=50.0)) == "vip"


@pytest.mark.parametrize(
    ("order", "late"),
    [
        (placed(12), False),
        (placed(12.01), True),
        (placed(180), True),
        (placed(181), False),  # nobody waits for this any more
        (placed(20, delivered_at=NOW), False),
        (placed(20, financial_status="Refunded"), False),
        (placed(20, financial_status="voided"), False),
        (placed(20, fulfillment_status="Cancelled"), False),
        (placed(20, fulfillment_status="delivered"), False),
        (placed(20, fulfillment_status=""), True),
        (placed(20, returns=(Return("FB-42", 1, "too tight", None),)), False),  # what came back has arrived
    ],
)
def test_lateness(order: Order, late: bool) -> None:
    assert is_late(order, NOW) is late


def test_churn_starts_at_the_shops_prediction() -> None:
    assert churn_risk(None, (), (), 0.0, NOW).score == 0.2
    assert churn_risk(replace(ANA, churn_probability=0.4), (), (), 0.0, NOW).score == 0.4


@pytest.mark.parametrize(
    ("history", "orders", "sentiment", "count", "score", "reasons"),
    [
        ((), (), 0.0, 3, 0.2, ()),
        ((case("a", 14),), (), 0.0, 3, 0.36, ("second contact in 14 days",)),
        ((case("a", 0.5),), (), 0.0, 3, 0.36, ("second contact in 1 day",)),
        ((case("a", 31),), (), 0.0, 3, 0.2, ()),
        # newest resolved first: the one that lasted long began first
        ((case("b", 20, lasted=19), case("a", 3)), (), 0.0, 3, 0.48, ("third contact in 20 days",)),
        ((case("a", 300, csat=2),), (), 0.0, 3, 0.36, ("was unhappy with an earlier reply",)),
        ((case("a", 300, csat=3),), (), 0.0, 3, 0.2, ()),
        ((), (placed(20),), 0.0, 3, 0.4, ("an order has not arrived",)),
        ((), (replace(ORDER, returns=(Return("WS", 1, "scratchy", None),)),), 0.0, 3, 0.28,
         ("has returned something before",)),
        ((), (), -0.5, 3, 0.4, ("is upset in this ticket",)),
        ((), (), -0.49, 3, 0.2, ()),
        ((), (), 0.0, 1, 0.28, ("first order",)),
        ((), (), 0.0, 0, 0.2, ()),
        ((case("a", 5),), (placed(20),), -0.9, 1, 0.68,
         ("second contact in 5 days", "an order has not arrived", "is upset in this ticket", "first order")),
    ],
)  # fmt: skip
def test_each_reason_moves_its_share_of_the_way_to_one(
    history: tuple[Case, ...], orders: tuple[Order, ...], sentiment: float, count: int, score: float,
    reasons: tuple[str, ...],
) -> None:  # fmt: skip
    risk = churn_risk(replace(ANA, orders_count=count), history, orders, sentiment, NOW)
    assert (risk.score, risk.reasons) == (score, reasons)


def test_churn_stays_below_one() -> None:
    assert churn_risk(replace(ANA, churn_probability=1.0), (case("a", 5),), (), -1.0, NOW).score == 0.99


@pytest.mark.parametrize(
    ("contacts", "word"), [(3, "fourth"), (9, "10th"), (10, "11th"), (20, "21st"), (21, "22nd"), (22, "23rd")]
)
def test_ordinals(contacts: int, word: str) -> None:
    history = [case(str(i), 2) for i in range(contacts)]
    assert churn_risk(ANA, history, (), 0.0, NOW).reasons[0].startswith(f"{word} contact")


def test_the_panels_top_line() -> None:
    returned = replace(ORDER, returns=(Return("WS", 2, "scratchy", datetime(2026, 2, 26, tzinfo=UTC)),))
    late = replace(placed(20), name="#0999")
    shown = view(replace(context(), orders=(returned, late), history=(case("t-0", 4),)), TierPolicy())
    assert (shown.id, shown.tier, shown.lifetime_value, shown.orders_count) == ("c-1", "vip", 300.0, 3)
    assert shown.summary == (
        "Ana Silva, customer since January 2022; 3 orders; last one #1001 on 20 Feb 2026; 2 items returned; "
        "1 earlier contact, the last on 26 Feb 2026."
    )
    assert shown.open_concerns == ("Order #0999 of 10 Feb 2026 has not arrived", "26 Feb 2026: Late (t-0)")


@pytest.mark.parametrize(
    ("change", "open_"),
    [
        ({}, True),  # nobody wrote down how it ended
        ({"resolution": Resolution("answer"), "outcome": Outcome(csat=5)}, False),
        ({"resolution": Resolution("answer"), "outcome": None}, False),
        ({"resolution": Resolution("answer"), "outcome": Outcome(csat=2)}, True),
        ({"resolution": Resolution("refund"), "outcome": Outcome(reopened=True)}, True),
        ({"resolution": Resolution("answer"), "order_ids": ("#1001",)}, True),  # the order of this ticket
        ({"resolution": Resolution("answer"), "order_ids": ("#0500",)}, False),
    ],
)
def test_an_earlier_contact_stays_open_until_it_ended_well(change: dict[str, Any], open_: bool) -> None:
    earlier = replace(case("t-0", 4), **{"resolution": None, "outcome": None, "order_ids": (), **change})
    shown = view(replace(context(), order=ORDER, history=(earlier,)), TierPolicy())
    assert bool(shown.open_concerns) is open_


def test_someone_who_never_bought() -> None:
    stranger = Customer("c-9", email="x@example.com")
    assert view(replace(context(), customer=stranger, orders=()), TierPolicy()).summary == (
        "Customer; no orders yet; no marketing consent."
    )


def test_an_unknown_customer_has_no_facts() -> None:
    shown = view(context(customer=None), TierPolicy())
    assert (shown.id, shown.tier, shown.lifetime_value, shown.orders_count) == (None, "unknown", None, 0)
    assert shown.open_concerns == ()


def test_at_most_five_concerns() -> None:
    history = tuple(case(str(i), i + 1) for i in range(9))
    assert len(view(replace(context(), history=history), TierPolicy()).open_concerns) == 5
