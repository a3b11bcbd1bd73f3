"""The words of the domain as frozen dataclasses: what a shop knows, what a ticket says, what an answer holds.

Everything here is plain data. Money is a float in the shop's currency, rounded to cents where it is shown; times are
timezone-aware datetimes; collections are tuples, so that a snapshot can be shared between threads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Literal

import numpy as np
import numpy.typing as npt

Author = Literal["customer", "agent", "system", "note"]
Channel = Literal["email", "chat", "social", "sms", "voice", "form"]
SaveKind = Literal["alternative", "exchange", "fix", "upsell", "replacement"]
Stance = Literal["resolve", "save", "decline", "ask"]
Tier = Literal["vip", "loyal", "standard", "new", "unknown"]
Arm = Literal["treated", "control"]
EvidenceType = Literal["ticket", "product", "order", "article", "rule"]
LATE_AFTER = timedelta(days=12)  # a parcel that is out this long without an arrival is late anywhere we know of
FORGOTTEN_AFTER = timedelta(days=180)  # whoever misses a parcel has written by then; many shops record no arrivals
ARRIVED = frozenset({"delivered", "restocked", "returned", "cancelled", "canceled"})
SETTLED = frozenset({"refunded", "voided", "cancelled", "canceled"})

# ---------------------------------------------------------------- what the shop knows


@dataclass(frozen=True, slots=True)
class Variant:
    """One thing that can be bought. `options` keeps the product's option order: {"Size": "50 ml"}."""

    sku: str
    options: Mapping[str, str]
    price: float
    compare_at_price: float | None = None
    cost: float | None = None
    stock: int | None = None  # None: not tracked
    sell_when_out_of_stock: bool = False

    @property
    def in_stock(self) -> bool:
        """Whether checkout would take it now."""
        return self.stock is None or self.stock > 0 or self.sell_when_out_of_stock


@dataclass(frozen=True, slots=True)
class Product:
    """A product with its variants; `body` is plain text, `status` is active, draft or archived."""

    handle: str
    title: str
    body: str = ""
    vendor: str = ""
    type: str = ""
    tags: tuple[str, ...] = ()
    status: str = "active"
    variants: tuple[Variant, ...] = ()

    @property
    def active(self) -> bool:
        """Whether customers may know of it."""
        return self.status == "active"


@dataclass(frozen=True, slots=True)
class Code:
    """A discount code with the rules that checkout applies. Empty scopes mean: everything."""

    code: str
    title: str
    status: Literal["active", "scheduled", "expired", "disabled"]
    starts_at: datetime | None
    ends_at: datetime | None
    value_type: Literal["percentage", "fixed_amount", "free_shipping"]
    amount: float
    handles: frozenset[str] = frozenset()
    product_types: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    minimum_subtotal: float | None = None
    minimum_quantity: int | None = None
    customer_tags: frozenset[str] = frozenset()
    first_order_only: bool = False
    once_per_customer: bool = False
    usage_limit: int | None = None
    used: int = 0
    purposes: frozenset[str] = frozenset()  # of save, recovery, delight, marketing; empty means marketing
    stacks: bool = False


@dataclass(frozen=True, slots=True)
class Customer:
    """Who buys; `lifetime_value` is the shop's prediction, else what was spent so far."""

    id: str
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    locale: str = ""
    tags: frozenset[str] = frozenset()
    created_at: datetime | None = None
    marketing_consent: bool = False
    orders_count: int = 0
    total_spent: float = 0.0
    currency: str = ""
    predicted_clv: float | None = None
    churn_probability: float | None = None

    @property
    def lifetime_value(self) -> float:
        """In the customer's currency."""
        return self.total_spent if self.predicted_clv is None else self.predicted_clv


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line of an order; `price` is what was paid for one piece."""

    sku: str
    title: str
    quantity: int
    price: float


@dataclass(frozen=True, slots=True)
class Return:
    """A piece that came back, and why, in the words of whoever entered it."""

    sku: str
    quantity: int
    reason: str
    created_at: datetime | None


@dataclass(frozen=True, slots=True)
class Order:
    """An order with its lines and what was returned of it."""

    id: str
    name: str
    customer_id: str | None
    created_at: datetime
    delivered_at: datetime | None
    financial_status: str
    fulfillment_status: str
    currency: str
    total: float
    discount_codes: tuple[str, ...] = ()
    lines: tuple[OrderLine, ...] = ()
    returns: tuple[Return, ...] = ()

    def is_late(self, now: datetime) -> bool:
        """Whether it should have arrived: paid, sent or due to be, and neither delivered nor cancelled.

        What came back has arrived, too.
        """
        if self.delivered_at is not None or self.returns or self.fulfillment_status.casefold() in ARRIVED:
            return False
        if self.financial_status.casefold() in SETTLED:
            return False
        return LATE_AFTER < now - self.created_at <= FORGOTTEN_AFTER


@dataclass(frozen=True, slots=True)
class Article:
    """A page of the help centre as plain text; `id` is its file name without the suffix."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a ticket. `text` is plain and clean: no HTML, no quoted reply, no signature."""

    author: Author
    text: str
    name: str | None = None
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Resolution:
    """How a case ended."""

    kind: str
    sku: str | None = None
    code: str | None = None
    amount: float | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it; None: nobody asked."""

    csat: int | None = None
    ces: int | None = None
    nps: int | None = None
    reopened: bool = False
    kept_revenue: float | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A resolved ticket with its outcome."""

    id: str
    subject: str
    channel: str
    language: str
    customer_id: str | None
    order_ids: tuple[str, ...]
    created_at: datetime
    resolved_at: datetime
    tags: tuple[str, ...]
    messages: tuple[Message, ...]
    resolution: Resolution | None = None
    outcome: Outcome | None = None


@dataclass(frozen=True)
class Catalog:
    """What may be sold and quoted: one consistent snapshot of products, codes and articles."""

    products: tuple[Product, ...] = ()
    codes: tuple[Code, ...] = ()
    articles: tuple[Article, ...] = ()
    currency: str = ""
    by_handle: Mapping[str, Product] = field(init=False, repr=False, compare=False)
    by_sku: Mapping[str, tuple[Product, Variant]] = field(init=False, repr=False, compare=False)
    by_code: Mapping[str, Code] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_handle", {p.handle: p for p in self.products})
        object.__setattr__(self, "by_sku", {v.sku: (p, v) for p in self.products for v in p.variants})
        object.__setattr__(self, "by_code", {c.code.casefold(): c for c in self.codes})


# ---------------------------------------------------------------- what the ticket says


@dataclass(frozen=True, slots=True)
class Ticket:
    """The open ticket as the helpdesk shows it, with clean messages."""

    id: str
    messages: tuple[Message, ...]
    subject: str = ""
    channel: str = "email"
    helpdesk: str = ""
    tags: tuple[str, ...] = ()
    order_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a statement stands: a ticket, product (sku or handle), order, article or rule (FILE.yaml#RULE, line)."""

    type: EvidenceType
    id: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Intent:
    """What the customer wants done, one of signals.INTENTS, with the words that say so."""

    id: str
    score: float
    quote: str


@dataclass(frozen=True, slots=True)
class Need:
    """What the customer misses: an id of signals/needs.yaml, its plain words, the sku it is about, the quote."""

    id: str
    text: str
    about: str | None
    quote: str
    score: float


@dataclass(frozen=True, slots=True)
class Sentiment:
    """`score` from -1 (furious) to 1 (delighted); label is angry, negative, neutral or positive."""

    label: str
    score: float


@dataclass(frozen=True, slots=True)
class Occasion:
    """A life event, one of the contract's ids, with the quote."""

    id: str
    score: float
    quote: str


@dataclass(frozen=True, slots=True)
class ChurnRisk:
    """`score` from 0 to 1 and, in plain words, why."""

    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Caution:
    """A reading that may stop selling: an id of the contract's reasons, its probability and the quote."""

    id: str
    score: float
    quote: str


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Something the customer must not or will not have ("lanolin", "wool", "perfume"), in their words."""

    term: str
    quote: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A product, variant or code found in the text. `start`/`end` index the concern's text; `score` is 0..1.

    kind "product": `id` is a handle; "variant": a sku; "code": the shop's code; "order": the order's id.
    """

    kind: Literal["product", "variant", "code", "order"]
    id: str
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the concern with its place in `Concern.text`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Concern:
    """The newest open concern: subject and the customer's messages since it was raised, as one clean text.

    `text` is what is embedded and read; the sentences point into it.
    """

    text: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class Signals:
    """Everything that was read from the ticket, each with its words."""

    language: str
    intents: tuple[Intent, ...] = ()
    needs: tuple[Need, ...] = ()
    sentiment: Sentiment = Sentiment("neutral", 0.0)
    occasions: tuple[Occasion, ...] = ()
    churn_risk: ChurnRisk = ChurnRisk(0.0, ())
    cautions: tuple[Caution, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    probability: npt.NDArray[np.float32] | None = field(default=None, compare=False, repr=False)  # of every label

    def intent(self, *ids: str) -> Intent | None:
        """The strongest intent among `ids`, if any was read."""
        return next((i for i in self.intents if i.id in ids), None)


# ---------------------------------------------------------------- the context in which we advise


@dataclass(frozen=True)
class Context:
    """All that recommenders may draw on for one ticket. They read it and return suggestions; nothing else.

    `orders` are this customer's own, newest first. `order` is the one that the ticket is about, if known.
    `about` are the order lines or skus complained of or asked about, in the order of the text: sku -> the line, or
    None when the product is only mentioned and in no order of this customer.
    `history` are this customer's earlier cases, newest first.
    """

    ticket: Ticket
    concern: Concern
    signals: Signals
    catalog: Catalog
    now: datetime
    customer: Customer | None = None
    orders: tuple[Order, ...] = ()
    order: Order | None = None
    about: Mapping[str, OrderLine | None] = field(default_factory=dict)
    mentions: tuple[Mention, ...] = ()
    history: tuple[Case, ...] = ()
    vector: npt.NDArray[np.float32] | None = None  # (dimension,), of concern.text
    sentence_vectors: npt.NDArray[np.float32] | None = None  # (len(concern.sentences), dimension)
    probability: npt.NDArray[np.float32] | None = None  # (labels,), what the heads read of concern.text
    selling: Selling = field(default_factory=lambda: Selling(True, ()))
    similar: tuple[SimilarCase, ...] = ()
    agent_id: str = ""
    limit: int = 3


@dataclass(frozen=True, slots=True)
class Selling:
    """Restraint's verdict; `reasons` are ids of the contract, empty when selling is allowed."""

    allowed: bool
    reasons: tuple[str, ...]
    quotes: Mapping[str, str] = field(default_factory=dict)


# ---------------------------------------------------------------- the answer


@dataclass(frozen=True, slots=True)
class SimilarCase:
    """A case that was found, with the reply that worked, cleaned of the other customer's facts."""

    case: Case
    score: float
    excerpt: str
    reply: str
    why: str


@dataclass(frozen=True, slots=True)
class Save:
    """What would keep this customer. `price_difference` is to what was paid for `replaces`, else to its list price."""

    id: str
    kind: SaveKind
    replaces: str | None
    sku: str | None
    handle: str | None
    title: str | None
    variant: str | None
    price: float | None
    price_difference: float | None
    code: str | None
    headline: str
    reason: str
    score: float
    evidence: tuple[Evidence, ...]

    def proven(self, evidence: Evidence | None) -> Save:
        """The save with one more evidence, unless it is None or known."""
        return (
            self
            if evidence is None or evidence in self.evidence
            else replace(self, evidence=(*self.evidence, evidence))
        )


@dataclass(frozen=True, slots=True)
class CodeOffer:
    """A code that would work now, and why it fits."""

    code: Code
    reason: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Something a draft needs and nobody knows; `placeholder` stands in the text as [[placeholder]]."""

    name: str
    placeholder: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply that an agent may insert, edit and send."""

    id: str
    stance: Stance
    language: str
    text: str
    gaps: tuple[Gap, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Budget:
    """What may still be spent this month in a scope ("agent:maria", "team") without asking anybody."""

    scope: str
    remaining: float


@dataclass(frozen=True, slots=True)
class Delight:
    """A gesture with a note by hand, paid from a budget that needs no approval."""

    id: str
    occasion: str
    gesture: str
    note: str | None
    cost: float | None
    currency: str
    budget: Budget | None
    quote: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Warning:
    """Something the agent should know before replying."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class SuggestedTag:
    """A tag for the ticket, with the rules that suggest it."""

    id: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Recovery:
    """What puts a failure right, in order, before anything else; `follow_up_on` is the day to write again."""

    steps: tuple[str, ...]
    follow_up_on: date | None
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Permission:
    """What the agent may do for this customer without asking: "returnless_refund" or "allowance", up to an amount."""

    id: Literal["returnless_refund", "allowance"]
    up_to: float
    currency: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class FiredRule:
    """A playbook rule whose conditions held; one that is tried on a share of tickets may have done nothing here.

    `id` is FILE.yaml#RULE, `probability` that of the arm which this ticket is in, `sections` are those of the answer
    that the rule can change.
    """

    id: str
    line: int
    arm: Arm = "treated"
    probability: float = 1.0
    sections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where a line of a summary stands: a message by its index in the ticket, an order or an earlier ticket."""

    type: Literal["message", "order", "ticket"]
    id: str


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """One line on a long thread or a customer's history, in words that were written or facts of the records."""

    text: str
    evidence: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class CustomerView:
    """The top of the panel: who this is and what is still open."""

    id: str | None
    tier: Tier
    lifetime_value: float | None
    orders_count: int
    summary: str
    open_concerns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Suggestion:
    """One answer, before it becomes JSON."""

    ticket_id: str | None
    signals: Signals
    customer: CustomerView
    selling: Selling
    similar: tuple[SimilarCase, ...] = ()
    saves: tuple[Save, ...] = ()
    codes: tuple[CodeOffer, ...] = ()
    drafts: tuple[Draft, ...] = ()
    delights: tuple[Delight, ...] = ()
    warnings: tuple[Warning, ...] = ()
    summary: tuple[SummaryLine, ...] = ()
    recovery: Recovery | None = None
    tags: tuple[SuggestedTag, ...] = ()
    permissions: tuple[Permission, ...] = ()
    rules: tuple[FiredRule, ...] = ()  # for the log; not part of the answer's JSON
    currency: str = ""  # of every amount
    degraded: tuple[str, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)
