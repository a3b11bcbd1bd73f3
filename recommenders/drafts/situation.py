"""What a reply has to deal with: the topic, the item, the order, and what is not known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from recommenders.domain import Context, Evidence, Order, Product

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
STRONG = 0.8  # of the strongest score: below it nothing is promised
FRESH = timedelta(days=120)  # an order that arrived longer ago is not what "my parcel" means
# What is wrong with a parcel that is there; one that is waited for has none of it yet.
ARRIVED = ("damaged_item", "wrong_item", "missing_item")
GOING_ON = 12  # words
PLAINLY = 0.95  # of a reading: from here on thanks are meant as thanks
POLITE = frozenset({"praise", "small_talk"})
_ASKS = re.compile(
    r"\b(?:please (?:let|tell|send|confirm|provide)|bitte|merci de|por favor|graag|per favore|por gentileza)\b",
    re.IGNORECASE,
)
FEW_WORDS = 6  # "Thanks!" is no letter of praise
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
LETTERS = frozenset({"email", "form"})
_REFERENCE = re.compile(r"#\s?([A-Za-z]{0,6}-?\d[\w-]{2,})")


@dataclass(frozen=True)
class Situation:
    """The reading of a context that every part of a draft shares.

    `topic` is a caution or an intent, `intents` the intents near the strongest, most urgent first. `order` is only
    set when it belongs to this customer. `stranger`: an order is named that we may not speak of with this person.
    `strong` are the intents on which a reply may act.
    """

    topic: str
    intents: tuple[str, ...]
    strong: tuple[str, ...]
    order: Order | None
    products: tuple[Product, ...]
    stranger: bool
    lacks_order: bool
    lacks_item: bool
    window: int = 0  # days in which things could be sent back, where they are over for the order
    window_source: tuple[Evidence, ...] = ()

    def goes_on(self, context: Context) -> bool:
        """Whether a short answer goes on with a talk that an agent is in already: nothing needs to be opened again."""
        spoken = [message for message in context.ticket.messages if message.author in ("customer", "agent")]
        replied = any(message.author == "agent" for message in spoken)
        return replied and bool(spoken) and len(spoken[-1].text.split()) <= GOING_ON

    def writes_again(self, context: Context) -> bool:
        """Whether the customer had to write more than once since we last wrote; in a chat that is only a pause."""
        if context.ticket.channel not in LETTERS:
            return False
        authors = [message.author for message in context.ticket.messages if message.author in ("customer", "agent")]
        since = authors[::-1].index("agent") if "agent" in authors else len(authors)
        return since > 1

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
    known = _own_order(context)
    intents = _agreeing(intents, scores, there=known is not None and known.delivered_at is not None)
    if len(intents) > 1:  # a thank-you at the end of a question is politeness
        intents = tuple(name for name in intents if name not in ("small_talk", "praise", "off_topic")) or intents
    polite = bool(intents) and set(intents) <= POLITE and top < PLAINLY
    if polite and len(context.concern.text.split()) > FEW_WORDS and _was_asked(context):
        intents = ()  # an answer to our question that begins with thanks
    elif "small_talk" in intents and len(context.concern.text.split()) <= FEW_WORDS:
        intents = ("small_talk",)
    strong = tuple(name for name in intents if scores[name] >= STRONG * top)
    caution = next((name for name in GRAVE if name in reasons), "")
    stranger = known is None and _names_foreign_order(context)
    topic = caution or (strong[0] if strong else "general")
    wants = {topic, *strong}
    order = None if stranger else known or _meant_order(context, wants)
    products = _products(context) or (_only_line(context, order) if wants & NEEDS_ITEM else ())
    lacks_order = order is None and bool(wants & NEEDS_ORDER) and topic not in SOLEMN
    settled = order is not None and order.financial_status.casefold() == "refunded"
    several = order is not None and len(order.lines) > 1 and not settled
    lacks_item = not products and bool(wants & NEEDS_ITEM) and (order is None or several) and topic not in SOLEMN
    return Situation(topic, intents, strong, order, products, stranger, lacks_order, lacks_item)


def _was_asked(context: Context) -> bool:
    """Whether the last reply asked the customer something."""
    replies = [message.text for message in context.ticket.messages if message.author == "agent"]
    return bool(replies) and ("?" in replies[-1] or _ASKS.search(replies[-1]) is not None)


def _agreeing(intents: tuple[str, ...], scores: Mapping[str, float], *, there: bool) -> tuple[str, ...]:
    """Without the weaker of readings that cannot both be meant: a parcel is on its way, or it came and was wrong.

    `there`: the record says that it came.
    """
    rivals = [name for name in ("order_status", *ARRIVED) if name in intents]
    if there and len(rivals) > 1 and "order_status" in rivals:
        rivals.remove("order_status")
        intents = tuple(name for name in intents if name != "order_status")
    best = max(rivals, key=lambda name: scores[name], default="")
    return tuple(name for name in intents if name == best or name not in rivals)


def _own_order(context: Context) -> Order | None:
    """The ticket's order, if this customer placed it."""
    order, customer = context.order, context.customer
    if order is None or customer is None or order.customer_id != customer.id:
        return None
    return order


def _meant_order(context: Context, wants: set[str]) -> Order | None:
    """The one order of this customer that can be meant though none is named: a single candidate, or none.

    It is the only one with the item that the ticket is about; else the only one that is still on its way, where that
    is what is asked about; else the only recent one there is.
    """
    if context.customer is None or not wants & NEEDS_ORDER:
        return None
    own = [order for order in context.orders if order.customer_id == context.customer.id]
    skus = {sku for sku, line in context.about.items() if line is not None}
    if skus:
        found = [order for order in own if skus <= {line.sku for line in order.lines}]
    elif wants & {"order_status", "cancel_order", "change_order"}:
        found = [order for order in own if order.delivered_at is None and order.created_at >= context.now - FRESH]
    else:
        found = own if len(own) == 1 and own[0].created_at >= context.now - FRESH else []
    return found[0] if len(found) == 1 else None


def _only_line(context: Context, order: Order | None) -> tuple[Product, ...]:
    """The product of an order that holds nothing else."""
    handles = (
        [context.catalog.by_sku[line.sku][0] for line in order.lines if line.sku in context.catalog.by_sku]
        if (order is not None)
        else []
    )
    return tuple(handles) if order is not None and len(order.lines) == 1 else ()


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


def first_name(context: Context) -> str:
    """By which the customer is greeted: of their record, else the one under which an unknown customer writes."""
    if context.customer is not None:
        return context.customer.first_name
    for message in reversed(context.ticket.messages):
        if message.author == "customer" and message.name:
            first = message.name.split()[0].strip(",.")
            return first if re.fullmatch(r"[^\W\d_][^\W\d_'’-]{1,29}", first) else ""
    return ""
