"""The playbook language as pydantic models: what a team lead may write in a YAML file, and nothing else.

Every key and every id is closed, so that a typo is an error with a place, never a rule that silently does nothing.
Nothing is evaluated: a rule is data, and the only thing that is ever put into a text is one of SLOTS.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from recommenders.playbooks.words import (
    GESTURE_OCCASIONS,
    PLACEHOLDERS,
    SLOTS,
    Caution,
    ChannelName,
    CodeName,
    Day,
    Days,
    GestureId,
    GestureOccasion,
    Handle,
    Hours,
    Id,
    Intent,
    Language,
    LongText,
    Money,
    Need,
    Occasion,
    OneOf,
    OrderStatus,
    ProductTag,
    ProductType,
    Purpose,
    Reason,
    SentimentLabel,
    TagName,
    Text,
    TierName,
    Weekday,
    Word,
    Zone,
    did_you_mean,
    need_ids,
)

__all__ = [
    "GESTURE_OCCASIONS", "NUMBERS", "PLACEHOLDERS", "RELATIONS", "SLOTS", "Budgets", "Conditions", "Example",
    "Gesture", "InlineGesture", "Offer", "OneOf", "PlaybookFile", "Recovery", "Rule", "Scope", "Then", "When",
    "WhiteGlove", "did_you_mean", "json_schema", "need_ids", "window",
]  # fmt: skip

# Relations of an offer and the need whose direction each one goes.
RELATIONS = {
    "richer_than": "more_moisture",
    "lighter_than": "less_greasy",
    "gentler_than": "gentler",
    "quieter_than": "quieter",
    "warmer_than": "warmer",
    "cooler_than": "cooler",
    "softer_than": "softer",
    "firmer_than": "firmer",
    "sturdier_than": "sturdier",
    "bigger_than": "bigger_capacity",
    "smaller_than": "smaller_footprint",
    "cheaper_than": "cheaper",
    "better_than": "better_quality",
}
# Facts that are numbers: a condition bounds each by `…_at_least` and `…_at_most`.
NUMBERS = (
    "orders", "spent", "lifetime_value", "churn", "order_value", "order_items", "days_since_order",
    "days_since_delivery", "budget_left",
)  # fmt: skip


class Strict(BaseModel):
    """Refuses unknown keys; instances are read-only."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Scope(Strict):
    """Products by handle, type or tag; a union."""

    handles: list[Handle] = Field(default=[], description="Products by their handle.")
    types: list[ProductType] = Field(default=[], description="Products of these types.")
    tags: list[ProductTag] = Field(default=[], description="Products with one of these tags.")


Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Conditions(Strict):
    """What must hold: every key that is given; of a list, one entry is enough."""

    # what the ticket says
    intents: list[Intent] = Field(default=[], description="What the customer wants done.")
    needs: list[Need] = Field(default=[], description="What the customer misses.")
    occasions: list[Occasion] = Field(default=[], description="A life event that the ticket tells of.")
    cautions: list[Caution] = Field(default=[], description="A reason for restraint that was found.")
    sentiment: list[SentimentLabel] = Field(default=[], description="How the customer feels.")
    says: list[Word] = Field(default=[], description="Words that stand in the ticket, whole, in any case.")
    means: list[Text] = Field(
        default=[], max_length=50, description="Example phrases; holds when a sentence of the ticket means the same."
    )
    channel: list[ChannelName] = Field(default=[], description="Where the ticket came in.")
    language: list[Language] = Field(default=[], description="The customer's language, ISO 639-1.")
    tags: list[TagName] = Field(default=[], description="Tags of the ticket.")
    # what it is about
    products: list[Handle] = Field(default=[], description="Handles of products that the ticket is about.")
    product_types: list[ProductType] = Field(default=[], description="Types of products that the ticket is about.")
    product_tags: list[ProductTag] = Field(default=[], description="Tags of products that the ticket is about.")
    # the customer
    tier: list[TierName] = Field(default=[], description="The customer's tier.")
    customer_tags: list[Word] = Field(default=[], description="Tags of the customer.")
    consent: bool | None = Field(default=None, description="Whether the customer agreed to marketing.")
    orders_at_least: int | None = Field(default=None, ge=0, description="Orders of this customer so far, or more.")
    orders_at_most: int | None = Field(default=None, ge=0, description="Orders of this customer so far, or fewer.")
    spent_at_least: Money | None = Field(default=None, description="What the customer paid so far, in the currency.")
    spent_at_most: Money | None = Field(default=None, description="What the customer paid so far, in the currency.")
    lifetime_value_at_least: Money | None = Field(default=None, description="In the shop's currency.")
    lifetime_value_at_most: Money | None = Field(default=None, description="In the shop's currency.")
    churn_at_least: Share | None = Field(default=None, description="Risk of losing the customer, from 0 to 1.")
    churn_at_most: Share | None = Field(default=None, description="Risk of losing the customer, from 0 to 1.")
    # the order
    order_status: list[OrderStatus] = Field(default=[], description="How the ticket's order stands.")
    order_has: Scope | None = Field(default=None, description="The ticket's order contains one of these products.")
    order_value_at_least: Money | None = Field(default=None, description="Total of the ticket's order.")
    order_value_at_most: Money | None = Field(default=None, description="Total of the ticket's order.")
    order_items_at_least: int | None = Field(default=None, ge=0, description="Pieces in the ticket's order.")
    order_items_at_most: int | None = Field(default=None, ge=0, description="Pieces in the ticket's order.")
    days_since_order_at_least: Days | None = Field(default=None, description="Whole days since the order was placed.")
    days_since_order_at_most: Days | None = Field(default=None, description="Whole days since the order was placed.")
    days_since_delivery_at_least: Days | None = Field(default=None, description="Whole days since it was delivered.")
    days_since_delivery_at_most: Days | None = Field(default=None, description="Whole days since it was delivered.")
    # time, in the playbook's time zone
    date_from: Day | None = Field(default=None, description="Today is this day or later.")
    date_until: Day | None = Field(default=None, description="Today is this day or earlier.")
    weekdays: list[Weekday] = Field(default=[], description="Today is one of these days of the week.")
    hours: Hours | None = Field(default=None, description="The time of day is within; 22:00-06:00 goes over midnight.")
    # what we may do
    selling: bool | None = Field(default=None, description="Whether restraint lets us sell.")
    budget_left_at_least: Money | None = Field(
        default=None, description="What this agent may still spend this month, or more."
    )
    budget_left_at_most: Money | None = Field(
        default=None, description="What this agent may still spend this month, or less."
    )


class When(Conditions):
    """Conditions, with groups: each of `all`, one of `any`, none of `none`."""

    all: list[Conditions] = Field(default=[], description="Each of these groups must hold.")
    any: list[Conditions] = Field(default=[], description="At least one of these groups must hold.")
    none: list[Conditions] = Field(default=[], description="None of these groups may hold.")


Than = Annotated[
    str, Field(min_length=1, max_length=200, json_schema_extra={"x-from": "handles", "examples": ["this"]})
]


def _than(what: str) -> Any:
    return Field(default=None, description=f'{what} than "this" (the item of the ticket), or than the product named.')


class Offer(Strict):
    """What to offer: one product, a direction from an item, or an exchange. Only what can be bought is ever shown."""

    product: Handle | None = Field(default=None, description="The handle of a product.")
    need: Need | None = Field(default=None, description="What meets this need better than the item of the ticket does.")
    richer_than: Than | None = _than("Richer")
    lighter_than: Than | None = _than("Lighter and less greasy")
    gentler_than: Than | None = _than("Gentler")
    quieter_than: Than | None = _than("Less noisy")
    warmer_than: Than | None = _than("Warmer")
    cooler_than: Than | None = _than("Cooler and airier")
    softer_than: Than | None = _than("Softer")
    firmer_than: Than | None = _than("Firmer")
    sturdier_than: Than | None = _than("Sturdier")
    bigger_than: Than | None = _than("With more room")
    smaller_than: Than | None = _than("Taking less space")
    cheaper_than: Than | None = _than("At a lower price")
    better_than: Than | None = _than("Of better quality")
    exchange: Literal["as_asked", "bigger", "smaller", "same"] | None = Field(
        default=None,
        description="The same product in the variant asked for, the next size up or down, or the same again.",
    )
    within: Scope | None = Field(default=None, description="Only these products come into question.")

    @property
    def direction(self) -> tuple[str, str] | None:
        """The need to go towards and from where: "this" or a handle; None where nothing is compared."""
        if self.need is not None:
            return self.need, "this"
        found = ((need, getattr(self, relation)) for relation, need in RELATIONS.items())
        return next(((need, than) for need, than in found if than is not None), None)


class InlineGesture(Strict):
    """A gesture that stands in the rule itself."""

    gesture: Text = Field(description="What the agent does, in the team's language.")
    note: dict[Language, list[Text]] = Field(default={}, description="The words of the card, by language.")
    cost: Money = Field(default=0.0, description="What it costs, in the shop's currency; paid from the budget.")
    occasion: GestureOccasion | None = Field(
        default=None, description="What it is for; without it, the occasion that the rule's conditions name."
    )
    up_to: Money | None = Field(default=None, description="The most it may cost, where it is dearer than `cost`.")
    greet: bool = Field(default=False, description="Whether the card begins with the customer's first name.")


def _kind_of_delight(value: Any) -> str:
    return "<gesture>" if isinstance(value, (dict, InlineGesture)) else "<id>"


_Delight = Annotated[
    Annotated[GestureId, Tag("<id>")] | Annotated[InlineGesture, Tag("<gesture>")], Discriminator(_kind_of_delight)
]


class Recovery(Strict):
    """A plan that puts a failure right, before anything else."""

    steps: list[Text] = Field(min_length=1, max_length=20, description="What to do, in order, in the team's language.")
    follow_up_days: int | None = Field(default=None, ge=1, le=365, description="Write again after so many days.")


class WhiteGlove(Strict):
    """What the agent may do for this customer without asking."""

    returnless_refund_up_to: Money | None = Field(
        default=None, description="Refund up to so much without having the item sent back."
    )
    allowance: Money | None = Field(default=None, description="Give so much without asking.")


class Then(Strict):
    """What follows: every key that is given."""

    offer: Offer | None = Field(default=None, description="Offer this, where it can be bought and fits.")
    prefer: Scope | None = Field(default=None, description="Put these products first among the saves.")
    avoid: Scope | None = Field(default=None, description="Never put these products to the customer.")
    code: CodeName | None = Field(default=None, description="Prefer this code where it would work.")
    code_for: Purpose | None = Field(default=None, description="Prefer the best working code with this purpose.")
    draft: dict[Language, LongText] = Field(default={}, description="A whole reply, by language.")
    stance: Literal["resolve", "save", "ask", "decline"] | None = Field(
        default=None, description="What the draft does; without it: save where the rule offers something, else resolve."
    )
    say: dict[Language, Text] = Field(default={}, description="A sentence for the draft, by language.")
    delight: _Delight | None = Field(
        default=None, description="Propose this gesture: the id of one, or a gesture right here."
    )
    gesture: GestureId | None = Field(
        default=None, description="Propose this gesture; the same as `delight` with an id."
    )
    tags: list[TagName] = Field(default=[], description="Tags to suggest; of the taxonomy, where there is one.")
    warn: Text | None = Field(default=None, description="What the agent should know before replying.")
    restrain: list[Caution] = Field(default=[], description="Stop selling, for these reasons.")
    lift: list[Reason] = Field(default=[], description="Let us sell although these reasons were found.")
    because: Text | None = Field(default=None, description="Why restraint is added or lifted; a lift needs it.")
    recovery: Recovery | None = Field(default=None, description="A plan that puts a failure right.")
    follow_up_days: int | None = Field(default=None, ge=1, le=365, description="Write again after so many days.")
    white_glove: WhiteGlove | None = Field(default=None, description="What the agent may do without asking.")
    allowance: Money | None = Field(default=None, description="What the agent may give without asking.")

    @property
    def gesture_id(self) -> str | None:
        """The gesture that is asked for by its id, by either key."""
        return self.delight if isinstance(self.delight, str) else self.gesture


class Rule(Strict):
    """When this holds, then that."""

    id: Id = Field(description="Small letters, digits and hyphens; used once in the whole playbook.")
    note: str = Field(default="", max_length=4000, description="Why this rule is here; for people.")
    enabled: bool = Field(default=True, description="false switches the rule off without deleting it.")
    priority: int = Field(default=0, ge=-1000, le=1000, description="Rules with a higher one are looked at first.")
    stop: bool = Field(default=False, description="When this rule holds, no later rule is looked at.")
    valid_from: Day | None = Field(default=None, description="The first day on which the rule counts.")
    valid_until: Day | None = Field(default=None, description="The last day on which the rule counts.")
    share: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)] = Field(
        default=100, description="Percent of customers for whom the rule counts; the same ones every time."
    )
    experiment: Id | None = Field(
        default=None, description="Rules with the same name here share one draw: nobody is in two of them."
    )
    when: When = Field(description="The conditions.")
    then: Then = Field(description="What follows when they hold.")


class Budgets(Strict):
    """What may be spent on gestures a month without asking anybody."""

    agent: Money | None = Field(default=None, description="For each agent, a month.")
    team: Money | None = Field(default=None, description="For all agents together, a month.")
    agents: dict[Word, Money] = Field(default={}, description="For single agents by name, in place of `agent`.")
    customer_days: Annotated[int, Field(ge=0, le=3650)] | None = Field(
        default=None, description="After a paid gesture, none for the same customer for so many days."
    )
    customer_amount: Money | None = Field(
        default=None, description="For one customer, a month; with customer_days, in any so many days."
    )
    alert_at: Annotated[int, Field(ge=1, le=100)] | None = Field(
        default=None, description="Tell the leads when so many percent of a budget are spent."
    )
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = Field(
        default=None, description="ISO 4217; default: the shop's."
    )


class Gesture(Strict):
    """A small thing done for a customer, with words to write by hand."""

    id: Id = Field(description="Small letters, digits and hyphens; used once in the whole playbook.")
    occasions: list[GestureOccasion] = Field(min_length=1, description="The occasions it is for.")
    gesture: Text = Field(description="What the agent does, in the team's language.")
    note: dict[Language, list[Text]] = Field(default={}, description="The words of the card, by language.")
    cost: Money = Field(default=0.0, description="What it costs, in the shop's currency; paid from the budget.")
    up_to: Money | None = Field(default=None, description="The most it may cost, where it is dearer than `cost`.")
    greet: bool = Field(default=False, description="Whether the card begins with the customer's first name.")
    tier: list[TierName] = Field(default=[], description="Only for these tiers; empty: for all.")


class Example(Strict):
    """A text of this shop's customers with everything that holds of it; teaches the reading of tickets."""

    text: Text = Field(description="What a customer wrote; take names out.")
    language: Language = "en"
    intents: list[Intent] = Field(default=[], description="What the customer wants done.")
    needs: list[Need] = Field(default=[], description="What the customer misses.")
    occasions: list[Occasion] = Field(default=[], description="Life events it tells of.")
    cautions: list[Caution] = Field(default=[], description="Reasons for restraint.")
    sentiment: float | None = Field(default=None, ge=-1, le=1, description="From -1 (furious) to 1 (delighted).")


class PlaybookFile(Strict):
    """One YAML file of a playbook."""

    version: Literal[1] = Field(default=1, description="Of the language.")
    name: Annotated[str, Field(min_length=1, max_length=120)] | None = Field(
        default=None, description="What people call this playbook."
    )
    description: str = Field(default="", max_length=4000, description="What it is for.")
    owner: str = Field(default="", max_length=120, description="Whom to ask about it.")
    valid_from: Day | None = Field(default=None, description="The first day on which this file's rules count.")
    valid_until: Day | None = Field(default=None, description="The last day on which this file's rules count.")
    timezone: Zone | None = Field(default=None, description="Of days and hours, such as Europe/Dublin; default: UTC.")
    taxonomy: list[Word] | None = Field(default=None, description="The tags that rules may suggest, and no others.")
    rules: list[Rule] | None = Field(default=None, description="When this holds, then that.")
    budgets: Budgets | None = Field(default=None, description="What may be spent on gestures a month.")
    gestures: list[Gesture] | None = Field(default=None, description="Small things done for a customer.")
    examples: list[Example] | None = Field(default=None, description="Texts of your customers and how to read them.")
    phrases: dict[Language, dict[str, list[str]]] | None = Field(
        default=None, description="The shop's own phrases by language and key; they replace the packaged ones."
    )


def window(*bounds: tuple[date | None, date | None]) -> tuple[date | None, date | None]:
    """The days that lie within all of these windows; open ends are None."""
    starts = [start for start, _ in bounds if start is not None]
    ends = [end for _, end in bounds if end is not None]
    return max(starts, default=None), min(ends, default=None)


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a playbook file, for editors to complete from."""
    schema = PlaybookFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Playbook"}
