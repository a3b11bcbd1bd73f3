"""What answers look like: the models from which the OpenAPI document is made, and to which tests hold `render`."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from recommenders.domain import EvidenceType, SaveKind, Stance, Tier

OccasionId = Literal[
    "wedding", "engagement", "birthday", "anniversary", "new_baby", "graduation", "new_home", "new_job", "retirement",
    "gift", "holiday", "get_well", "condolence", "milestone_order", "first_order", "loyalty", "apology",
]  # fmt: skip


class _Out(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EvidenceOut(_Out):
    """Where a statement stands."""

    type: EvidenceType
    id: str
    line: int | None = Field(default=None, description="The line of a rule in its file; absent otherwise.")


class IntentOut(_Out):
    """What the customer wants, with the words that say so."""

    id: str
    score: float
    quote: str


class NeedOut(_Out):
    """What the customer misses; `about` is a sku."""

    text: str
    about: str | None
    quote: str


class SentimentOut(_Out):
    """From -1 to 1."""

    label: str
    score: float


class OccasionOut(_Out):
    """A life event, quoted."""

    id: OccasionId
    quote: str


class ChurnRiskOut(_Out):
    """From 0 to 1, and why."""

    score: float
    reasons: list[str]


class SignalsOut(_Out):
    """What was read from the ticket."""

    language: str
    intents: list[IntentOut]
    needs: list[NeedOut]
    sentiment: SentimentOut
    occasions: list[OccasionOut]
    churn_risk: ChurnRiskOut


class CustomerOut(_Out):
    """Who this is; `id` is null for somebody unknown."""

    id: str | None
    tier: Tier
    lifetime_value: float | None
    orders_count: int
    summary: str
    open_concerns: list[str]


class SellingOut(_Out):
    """Whether selling is service here; `reasons` are ids."""

    allowed: bool
    reasons: list[str]


class ResolutionOut(_Out):
    """How a case ended."""

    kind: str
    sku: str | None
    code: str | None
    amount: float | None


class OutcomeOut(_Out):
    """What came of a case."""

    csat: int | None
    ces: int | None
    nps: int | None
    reopened: bool
    kept_revenue: float | None


class SimilarOut(_Out):
    """A resolved ticket and the reply that worked."""

    ticket_id: str
    score: float
    subject: str
    excerpt: str
    reply: str
    resolution: ResolutionOut | None
    outcome: OutcomeOut | None
    tags: list[str]
    why: str


class SaveOut(_Out):
    """What would keep this customer; `replaces` is the sku of the order line that it stands in for."""

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
    evidence: list[EvidenceOut]


class ValueOut(_Out):
    """What a code takes off: a percentage or an amount."""

    type: Literal["percentage", "fixed_amount", "free_shipping"]
    amount: float


class AppliesToOut(_Out):
    """What a code is for: any of these."""

    handles: list[str]
    product_types: list[str]
    tags: list[str]


class CodeOut(_Out):
    """A code that would work now; `applies_to` is null when it is for everything."""

    code: str
    title: str
    value: ValueOut
    applies_to: AppliesToOut | None
    ends_at: str | None
    reason: str
    evidence: list[EvidenceOut]


class GapOut(_Out):
    """What nobody knows; it stands in the text as [[placeholder]]."""

    name: str
    placeholder: str


class DraftOut(_Out):
    """A reply that an agent may insert, edit and send."""

    id: str
    stance: Stance
    language: str
    text: str
    gaps: list[GapOut]
    evidence: list[EvidenceOut]


class BudgetOut(_Out):
    """What is left this month without asking anybody."""

    scope: str
    remaining: float


class DelightOut(_Out):
    """A gesture and a note to write by hand."""

    id: str
    occasion: OccasionId
    gesture: str
    note: str | None
    cost: float | None
    currency: str
    budget: BudgetOut | None
    quote: str
    evidence: list[EvidenceOut]


class WarningOut(_Out):
    """Something to know before replying."""

    id: str
    text: str


class RecoveryOut(_Out):
    """What puts a failure right, before anything else; `steps` is empty where there is only a day to write again."""

    steps: list[str]
    follow_up_on: str | None = Field(description="The day on which to write again, YYYY-MM-DD.")
    evidence: list[EvidenceOut]


class TagOut(_Out):
    """A tag that a playbook suggests and the ticket does not have yet."""

    id: str
    evidence: list[EvidenceOut]


class PermissionOut(_Out):
    """What the agent may do for this customer without asking anybody, up to an amount."""

    id: Literal["returnless_refund", "allowance"]
    up_to: float
    currency: str | None
    evidence: list[EvidenceOut]


class SourceOut(_Out):
    """Where a line of the summary stands; a message is named by its index in the ticket, from 0."""

    type: Literal["message", "order", "ticket"]
    id: str


class SummaryOut(_Out):
    """One line on a long thread or a customer's history."""

    text: str
    evidence: list[SourceOut]


class SuggestionsAnswer(_Out):
    """What `POST /v1/suggestions` answers. A section is empty when nothing is good enough or it was not asked for."""

    request_id: str
    ticket_id: str | None
    revision: str
    signals: SignalsOut
    customer: CustomerOut
    selling: SellingOut
    similar: list[SimilarOut]
    saves: list[SaveOut]
    codes: list[CodeOut]
    drafts: list[DraftOut]
    delights: list[DelightOut]
    recovery: RecoveryOut | None
    tags: list[TagOut]
    permissions: list[PermissionOut]
    warnings: list[WarningOut]
    summary: list[SummaryOut] = Field(
        description="At most three lines; none for a thread of fewer than three messages of a customer without history."
    )
    currency: str | None
    degraded: list[str]
    timings_ms: dict[str, float]


class FeedbackAnswer(_Out):
    """The event is stored for good; `counted` is false when its key had been stored before."""

    status: Literal["accepted"]
    counted: bool


class BudgetLevelOut(_Out):
    """How far a budget is spent; the warning is "near" from 80 % of the limit on and "spent" from 100 % on."""

    scope: str
    limit: float
    spent: float
    remaining: float
    warning: Literal["near", "spent"] | None


class BudgetWarningOut(_Out):
    """The budget that is nearest to its limit, once 80 % of it are spent."""

    scope: str
    level: Literal["near", "spent"]
    percent: int
    text: str


class CustomerLimitOut(_Out):
    """What bounds gestures for one customer; null where nothing does."""

    days: int | None
    amount: float | None


class BudgetsAnswer(_Out):
    """What `GET /v1/budgets` answers."""

    month: str
    currency: str | None
    budgets: list[BudgetLevelOut] = Field(description="The agent's own and the team's.")
    warning: BudgetWarningOut | None
    customer: CustomerLimitOut
    agents: list[BudgetLevelOut] | None = Field(description="Everybody who has spent this month; null but for leads.")


class SpendAnswer(_Out):
    """A spend that is in the ledger, and what was left after it."""

    spend_id: int
    amount: float
    currency: str
    reversible_until: str = Field(description="Until then its agent may reverse it; a lead may at any time.")
    remaining: list[BudgetOut]
    warning: BudgetWarningOut | None


class ReversalAnswer(_Out):
    """An entry that takes a spend back; its amount is negative."""

    spend_id: int
    reverses: int
    amount: float
    currency: str
    remaining: list[BudgetOut]
    warning: BudgetWarningOut | None


class GestureOutcomeOut(_Out):
    """What customers did within 60 days; rates of nobody are null, the interval is that of 95 %."""

    customers: int
    repeat_customers: int
    repeat_orders: int
    repeat_rate: float | None
    repeat_rate_interval: list[float] | None
    ratings: int
    csat: float | None


class GestureOut(GestureOutcomeOut):
    """One gesture in a month; `count` is without those that were reversed, `spend` is net of them."""

    gesture: str
    count: int
    reversed: int
    spend: float
    currency: str | None


class BudgetReportAnswer(_Out):
    """What a month's gestures led to, beside customers who had a case in the month and got none."""

    month: str
    window_days: int
    complete: bool = Field(description="Whether everybody's 60 days are over.")
    watched_until: str
    gestures: list[GestureOut]
    with_gesture: GestureOutcomeOut
    without_gesture: GestureOutcomeOut


class HealthAnswer(_Out):
    """Whether the service is well, and over what it answers."""

    status: Literal["ok", "degraded"]
    tickets: int
    model: str
    version: str
    degraded: list[str]


class DetailOut(_Out):
    """One thing that is wrong, by its dotted path."""

    path: str
    message: str


class ErrorOut(_Out):
    """What went wrong."""

    code: str
    message: str
    details: list[DetailOut]
    request_id: str


class ErrorAnswer(_Out):
    """The one shape of every error."""

    error: ErrorOut
