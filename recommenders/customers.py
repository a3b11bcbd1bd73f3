"""The top of the panel: who this customer is, what they are worth to the shop, and what is still open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from recommenders.domain import Case, ChurnRisk, Context, Customer, CustomerView, Order, Tier

RECENT = timedelta(days=30)
VIP_TAGS = frozenset({"vip", "platinum", "white glove", "white-glove"})


@dataclass(frozen=True, slots=True)
class TierPolicy:
    """Where the tiers begin. Lifetime values are in the shop's currency."""

    vip_value: float = 1000.0
    loyal_orders: int = 5
    loyal_value: float = 350.0
    standard_orders: int = 2

    def tier(self, customer: Customer | None) -> Tier:
        """A tag of the shop's own decides first; then value, then the number of orders."""
        if customer is None:
            return "unknown"
        if VIP_TAGS & {tag.casefold() for tag in customer.tags} or customer.lifetime_value >= self.vip_value:
            return "vip"
        if customer.orders_count >= self.loyal_orders or (
            customer.orders_count >= self.standard_orders and customer.lifetime_value >= self.loyal_value
        ):
            return "loyal"
        return "standard" if customer.orders_count >= self.standard_orders else "new"


def is_late(order: Order, now: datetime) -> bool:
    """Whether the order should have arrived; see `Order.is_late`."""
    return order.is_late(now)


def recent_cases(history: Sequence[Case], now: datetime) -> list[Case]:
    """Earlier contacts of the last 30 days, newest first."""
    return [case for case in history if timedelta(0) <= now - case.created_at <= RECENT]


def churn_risk(
    customer: Customer | None, history: Sequence[Case], orders: Sequence[Order], sentiment: float, now: datetime
) -> ChurnRisk:
    """How likely this customer is to leave, from the shop's own prediction and what happened lately.

    The score starts at the shop's prediction (else 0.2) and moves a fixed share of the way to 1 for every reason;
    it is a ranking aid, not a probability that was measured.
    """
    score = 0.2 if customer is None or customer.churn_probability is None else customer.churn_probability
    reasons: list[tuple[str, float]] = []
    recent = recent_cases(history, now)
    if recent:
        days = max((now - min(case.created_at for case in recent)).days, 1)
        reasons.append(
            (
                f"{_ordinal(len(recent) + 1)} contact in {days} day{'s' if days != 1 else ''}",
                0.2 if len(recent) == 1 else 0.35,
            )
        )
    if any(case.outcome and case.outcome.csat is not None and case.outcome.csat <= 2 for case in history):
        reasons.append(("was unhappy with an earlier reply", 0.2))
    if any(is_late(order, now) for order in orders):
        reasons.append(("an order has not arrived", 0.25))
    if any(order.returns for order in orders):
        reasons.append(("has returned something before", 0.1))
    if sentiment <= -0.5:
        reasons.append(("is upset in this ticket", 0.25))
    if customer is not None and customer.orders_count == 1:
        reasons.append(("first order", 0.1))
    for _, share in reasons:
        score += (1 - score) * share
    return ChurnRisk(round(min(score, 0.99), 2), tuple(text for text, _ in reasons))


def view(context: Context, policy: TierPolicy) -> CustomerView:
    """The customer as the panel shows them; an unknown one has no id and no facts."""
    customer = context.customer
    if customer is None:
        return CustomerView(None, "unknown", None, 0, "Unknown customer: no record matches this ticket.")
    concerns = [
        f"Order {order.name} of {_day(order.created_at)} has not arrived"
        for order in context.orders
        if is_late(order, context.now)
    ]
    concerns += [
        f"{_day(case.created_at)}: {case.subject or 'earlier contact'} ({case.id})"
        for case in recent_cases(context.history, context.now)
        if _unsettled(case, context.order)
    ]
    return CustomerView(
        customer.id,
        policy.tier(customer),
        round(customer.lifetime_value, 2),
        customer.orders_count,
        _summary(customer, context),
        tuple(concerns[:5]),
    )


def _unsettled(case: Case, order: Order | None) -> bool:
    """Whether an earlier contact may still weigh: reopened, badly rated, never resolved, or about the same order."""
    outcome = case.outcome
    if case.resolution is None or (outcome and (outcome.reopened or (outcome.csat is not None and outcome.csat <= 2))):
        return True
    return order is not None and bool({order.id, order.name} & set(case.order_ids))


def _summary(customer: Customer, context: Context) -> str:
    name = " ".join(part for part in (customer.first_name, customer.last_name) if part) or "Customer"
    parts = [f"{name}, customer since {customer.created_at:%B %Y}" if customer.created_at else name]
    count = customer.orders_count
    parts.append("no orders yet" if not count else f"{count} order{'s' if count != 1 else ''}")
    if context.orders:
        last = context.orders[0]
        parts.append(f"last one {last.name} on {_day(last.created_at)}")
    returned = sum(piece.quantity for order in context.orders for piece in order.returns)
    if returned:
        parts.append(f"{returned} item{'s' if returned != 1 else ''} returned")
    if context.history:
        count = len(context.history)
        last_contact = f", the last on {_day(context.history[0].created_at)}"
        parts.append(f"{count} earlier contact{'s' if count != 1 else ''}{last_contact}")
    if not customer.marketing_consent:
        parts.append("no marketing consent")
    return "; ".join(parts) + "."


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %Y}"


def _ordinal(number: int) -> str:
    suffix = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return {2: "second", 3: "third", 4: "fourth"}.get(number, f"{number}{suffix}")
