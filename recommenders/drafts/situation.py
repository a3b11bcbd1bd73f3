"""What a reply has to deal with: the topic, the item, the order, and what is not known."""

from __future__ import annotations

import re
from dataclasses import dataclass

from recommenders.domain import Context, Order, Product

# A caution that decides the whole reply, the gravest first.
GRAVE = (
    "harassment", "adverse_reaction", "safety", "bereavement", "fraud_or_security", "legal_threat", "chargeback",
    "privacy_request", "vulnerable_customer", "repeat_contact", "high_anger", "service_failure_open",
)  # fmt: skip
# Where nothing may sound like business as usual: only the plan for the caution itself.
SOLEMN = frozenset(GRAVE[:9])
# Among intents that are about equally strong, what must not be overlooked comes first.
URGENCY = (
    "damaged_item", "wrong_item", "missing_item", "order_status", "cancel_order", "change_order", "refund_request",
    "return_request", "replacement_request", "exchange_request", "code_question", "payment_question", "gift_request",
    "subscription", "complaint_service", "product_dissatisfaction", "how_to", "advice_request", "stock_question",
    "price_question", "shipping_question", "product_question", "account", "praise", "off_topic", "small_talk",
)  # fmt: skip
NEAR = 0.6  # of the strongest score: intents below it are asides
NEEDS_ORDER = frozenset(
    {
        "return_request", "refund_request", "exchange_request", "replacement_request", "cancel_order", "change_order",
        "order_status", "wrong_item", "missing_item", "damaged_item",
    }
)  # fmt: skip
NEEDS_ITEM = frozenset(
    {"return_request", "refund_request", "exchange_request", "replacement_request", "damaged_item",
     "product_dissatisfaction", "adverse_reaction", "safety"}
)  # fmt: skip
_REFERENCE = re.compile(r"#\s?([A-Za-z]{0,6}-?\d[\w-]{2,})")


@dataclass(frozen=True)
class Situation:
    """The reading of a context that every part of a draft shares.

    `topic` is a caution or an intent, `intents` the intents near the strongest, most urgent first. `order` is only
    set when it belongs to this customer. `stranger`: an order is named that we may not speak of with this person.
    """

    topic: str
    intents: tuple[str, ...]
    order: Order | None
    products: tuple[Product, ...]
    stranger: bool
    lacks_order: bool
    lacks_item: bool

    @property
    def solemn(self) -> bool:
        """Whether the topic forbids everything but help."""
        return self.topic in SOLEMN


def read_situation(context: Context) -> Situation:
    """Reads restraint's verdict, the intents and what is known of order and item."""
    reasons = frozenset(context.selling.reasons)
    scores = {intent.id: intent.score for intent in context.signals.intents}
    top = max(scores.values(), default=0.0)
    intents = tuple(name for name in URGENCY if scores.get(name, 0.0) >= NEAR * top and name in scores)
    if len(intents) > 1:  # a thank-you at the end of a question is politeness
        intents = tuple(name for name in intents if name not in ("small_talk", "praise", "off_topic")) or intents
    caution = next((name for name in GRAVE if name in reasons), "")
    order = _own_order(context)
    products = _products(context)
    stranger = order is None and _names_foreign_order(context)
    topic = caution or (intents[0] if intents else "general")
    wants = {topic, *intents}
    lacks_order = order is None and bool(wants & NEEDS_ORDER) and topic not in SOLEMN
    several = order is not None and len(order.lines) > 1
    lacks_item = not products and bool(wants & NEEDS_ITEM) and (order is None or several) and topic not in SOLEMN
    return Situation(topic, intents, order, products, stranger, lacks_order, lacks_item)


def _own_order(context: Context) -> Order | None:
    """The ticket's order, if this customer placed it."""
    order, customer = context.order, context.customer
    if order is None or customer is None or order.customer_id != customer.id:
        return None
    return order


def _products(context: Context) -> tuple[Product, ...]:
    """What the ticket is about, as far as this person may be told: own order lines, and what they name themselves."""
    catalog = context.catalog
    found: dict[str, Product] = {}
    named = {mention.id for mention in context.mentions if mention.kind in ("product", "variant")}
    for sku in context.about:
        pair = catalog.by_sku.get(sku)
        if pair is not None and (context.customer is not None or not named.isdisjoint({sku, pair[0].handle})):
            found.setdefault(pair[0].handle, pair[0])
    return tuple(found.values())


def _names_foreign_order(context: Context) -> bool:
    """Whether an order is named that is none of this customer's."""
    own = {reference for order in context.orders for reference in (_bare(order.name), _bare(order.id))}
    named = {_bare(match[1]) for match in _REFERENCE.finditer(context.concern.text)}
    named |= {_bare(reference) for reference in context.ticket.order_ids}
    return bool(named) and named.isdisjoint(own)


def _bare(reference: str) -> str:
    return reference.strip().lstrip("#").casefold()
