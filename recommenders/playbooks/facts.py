"""What the conditions of rules are compared with: the facts of one ticket, each worked out at most once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import cached_property
from typing import NamedTuple

from recommenders.domain import Caution, Context, Intent, Need, Occasion, Order, Product, Tier
from recommenders.playbooks.meanings import Heard, Listener

_UNPAID = frozenset({"authorized", "pending", "partially_paid", "unpaid"})
_CANCELLED = frozenset({"voided", "cancelled", "canceled"})
_NOT_SENT = frozenset({"", "unfulfilled", "scheduled", "on_hold", "open", "pending"})
_PARTLY_SENT = frozenset({"partial", "partially_fulfilled", "partially_shipped"})
_SENT = frozenset({"fulfilled", "shipped", "in_transit", "delivered"})
_WORD = re.compile(r"\w+")
_DAY = timedelta(days=1)


class Reason(NamedTuple):
    """Why a condition holds ("needs: more_moisture").

    `quote` are the customer's words that it rests on; `record` is what the shop's records say, where they decided.
    """

    text: str
    quote: str = ""
    record: str = ""


@dataclass(frozen=True, slots=True)
class Goods:
    """Products as conditions name them, case-folded."""

    products: frozenset[str] = frozenset()
    product_types: frozenset[str] = frozenset()
    product_tags: frozenset[str] = frozenset()

    @classmethod
    def of(cls, products: list[Product]) -> Goods:
        """Their handles, types and tags."""
        return cls(
            frozenset(p.handle.casefold() for p in products),
            frozenset(p.type.casefold() for p in products),
            frozenset(t.casefold() for p in products for t in p.tags),
        )


class Facts:
    """The facts of one ticket. `budget_left` is only asked when a rule's other conditions hold."""

    def __init__(
        self, context: Context, tier: Tier, listener: Listener, zone: tzinfo, budget_left: Callable[[], float | None]
    ) -> None:
        signals, customer = context.signals, context.customer
        self.context = context
        self._listener = listener
        self._zone = zone
        self._budget_left = budget_left
        self.selling = context.selling.allowed
        self.consent = customer is not None and customer.marketing_consent
        skus = context.catalog.by_sku
        handles = context.catalog.by_handle
        about = [skus[sku][0] for sku in context.about if sku in skus]
        about += [handles[m.id] for m in context.mentions if m.kind == "product" and m.id in handles]
        goods = Goods.of(about)
        self.values: Mapping[str, frozenset[str]] = {
            "intents": frozenset(i.id for i in signals.intents),
            "needs": frozenset(n.id for n in signals.needs),
            "occasions": frozenset(o.id for o in signals.occasions),
            "cautions": frozenset([*(c.id for c in signals.cautions), *context.selling.reasons]),
            "sentiment": frozenset([signals.sentiment.label]),
            "channel": frozenset([context.ticket.channel]),
            "language": frozenset([signals.language]),
            "tier": frozenset([tier]),
            "tags": frozenset(t.casefold() for t in context.ticket.tags),
            "customer_tags": frozenset(t.casefold() for t in customer.tags) if customer else frozenset(),
            "products": goods.products,
            "product_types": goods.product_types,
            "product_tags": goods.product_tags,
        }

    # ------------------------------------------------------------ what was read

    def quote(self, key: str, word: str) -> str:
        """The customer's words from which an intent, need, occasion or caution was read."""
        read: tuple[Intent | Need | Occasion | Caution, ...]
        signals = self.context.signals
        if key == "intents":
            read = signals.intents
        elif key == "needs":
            read = signals.needs
        else:
            read = signals.occasions if key == "occasions" else signals.cautions
        quote = next((found.quote for found in read if found.id == word and found.quote), "")
        return quote or (self.context.selling.quotes.get(word, "") if key == "cautions" else "")

    @cached_property
    def text(self) -> str:
        """The newest concern, case-folded."""
        return self.context.concern.text.casefold()

    @cached_property
    def words(self) -> frozenset[str]:
        """Its words."""
        return frozenset(_WORD.findall(self.text))

    def sentence_with(self, pattern: re.Pattern[str]) -> str:
        """The first sentence in which the pattern stands."""
        return next((sentence for sentence, folded in self._sentences if pattern.search(folded)), "")

    @cached_property
    def _sentences(self) -> list[tuple[str, str]]:
        lines = (" ".join(sentence.text.split()) for sentence in self.context.concern.sentences)
        return [(line, line.casefold()) for line in lines]

    def nearest(self, phrases: tuple[str, ...]) -> Heard | None:
        """The phrase whose meaning the ticket has most surely, or None."""
        return self._listener.nearest(phrases)

    # ------------------------------------------------------------ records

    @cached_property
    def order_goods(self) -> Goods:
        """What the ticket's order contains."""
        order, skus = self.context.order, self.context.catalog.by_sku
        return Goods.of([skus[line.sku][0] for line in order.lines if line.sku in skus] if order else [])

    @cached_property
    def order_status(self) -> frozenset[str]:
        """Everything that holds of how the ticket's order stands; empty where no order is known."""
        return _statuses(self.context.order, self.context.now) if self.context.order else frozenset()

    def number(self, name: str) -> float | None:
        """A fact that is a number; None where nobody knows it."""
        return _NUMBERS[name](self)

    @cached_property
    def budget_left(self) -> float | None:
        """What this agent may still spend this month; None where no budget is known."""
        return self._budget_left()

    # ------------------------------------------------------------ time

    @cached_property
    def local(self) -> datetime:
        """Now in the playbook's time zone."""
        return self.context.now.astimezone(self._zone)

    @cached_property
    def today(self) -> date:
        """The day there."""
        return self.local.date()

    @cached_property
    def weekday(self) -> int:
        """The day of the week there, Monday is 0."""
        return self.local.weekday()

    @cached_property
    def minute(self) -> int:
        """The minute of the day there."""
        return self.local.hour * 60 + self.local.minute


def _statuses(order: Order, now: datetime) -> frozenset[str]:
    paid, sent = order.financial_status.casefold().strip(), order.fulfillment_status.casefold().strip()
    cancelled = paid in _CANCELLED or sent in _CANCELLED
    holds = {
        "unpaid": paid in _UNPAID,
        "paid": paid == "paid",
        "partly_refunded": paid == "partially_refunded",
        "refunded": paid == "refunded",
        "cancelled": cancelled,
        "not_sent": sent in _NOT_SENT and not cancelled and order.delivered_at is None,
        "partly_sent": sent in _PARTLY_SENT,
        "sent": sent in _SENT,
        "delivered": order.delivered_at is not None or sent == "delivered",
        "late": order.is_late(now),
        "returned": bool(order.returns),
    }
    return frozenset(status for status, held in holds.items() if held)


def _orders(facts: Facts) -> float | None:
    context = facts.context
    return max(context.customer.orders_count, len(context.orders)) if context.customer else None


def _days_since(moment: datetime | None, now: datetime) -> float | None:
    return None if moment is None or moment > now else float((now - moment) // _DAY)


_NUMBERS: Mapping[str, Callable[[Facts], float | None]] = {
    "orders": _orders,
    "spent": lambda f: f.context.customer.total_spent if f.context.customer else None,
    "lifetime_value": lambda f: f.context.customer.lifetime_value if f.context.customer else None,
    "churn": lambda f: f.context.signals.churn_risk.score,
    "order_value": lambda f: f.context.order.total if f.context.order else None,
    "order_items": lambda f: sum(line.quantity for line in f.context.order.lines) if f.context.order else None,
    "days_since_order": lambda f: _days_since(f.context.order.created_at, f.context.now) if f.context.order else None,
    "days_since_delivery": lambda f: (
        _days_since(f.context.order.delivered_at, f.context.now) if f.context.order else None
    ),
    "budget_left": lambda f: f.budget_left,
}
