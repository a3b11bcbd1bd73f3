"""The playbook language as pydantic models: what a team lead may write in a YAML file, and nothing else.

A file holds up to five sections: `rules`, `budgets`, `gestures`, `examples`, `phrases`. Every key and every id is
closed, so that a typo is an error with a place, never a rule that silently does nothing. Nothing is evaluated: a rule
is data, and the only thing that is ever put into a text is one of PLACEHOLDERS.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema
from rapidfuzz import process

from recommenders.domain import Channel, Tier
from recommenders.signals import CAUTIONS, INTENTS, OCCASIONS
from recommenders.signals.needs import need_kinds

PLACEHOLDERS = ("first_name", "order", "product")
GESTURE_OCCASIONS = (*OCCASIONS, "apology")
SENTIMENTS = ("angry", "negative", "neutral", "positive")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def did_you_mean(word: str, allowed: Sequence[str]) -> str:
    """A hint such as ` (did you mean "wedding"?)`, or nothing when no allowed word is close."""
    best = process.extractOne(word, allowed, score_cutoff=60)
    return f' (did you mean "{best[0]}"?)' if best else ""


def need_ids() -> tuple[str, ...]:
    """The ids of signals/needs.yaml, in the order of the file."""
    return tuple(need_kinds())


@dataclass(frozen=True)
class OneOf:
    """Metadata of a string type with a closed list, for validation and for the JSON Schema."""

    what: str
    allowed: Callable[[], Sequence[str]]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A string that is checked against the list."""
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The list as an enum."""
        return {**handler(schema), "enum": list(self.allowed())}

    def _check(self, word: str) -> str:
        allowed = self.allowed()
        if word not in allowed:
            values = {"what": self.what, "word": json.dumps(word), "hint": did_you_mean(word, allowed)}
            raise PydanticCustomError("unknown_id", "unknown {what} {word}{hint}", values)
        return word


def _text(value: str) -> str:
    """No empty text, and no placeholder but the known ones."""
    if not value.strip():
        raise PydanticCustomError("empty_text", "the text is empty")
    for name in _PLACEHOLDER.findall(value):
        if name not in PLACEHOLDERS:
            raise PydanticCustomError(
                "unknown_placeholder",
                "unknown placeholder {name}{hint}; known are {known}",
                {
                    "name": "{" + name + "}",
                    "hint": did_you_mean(name, PLACEHOLDERS),
                    "known": ", ".join("{" + known + "}" for known in PLACEHOLDERS),
                },
            )
    return value


Intent = Annotated[str, OneOf("intent", lambda: INTENTS)]
Need = Annotated[str, OneOf("need", need_ids)]
Occasion = Annotated[str, OneOf("occasion", lambda: OCCASIONS)]
GestureOccasion = Annotated[str, OneOf("occasion", lambda: GESTURE_OCCASIONS)]
Caution = Annotated[str, OneOf("caution", lambda: CAUTIONS)]
ChannelName = Annotated[str, OneOf("channel", lambda: get_args(Channel))]
TierName = Annotated[str, OneOf("tier", lambda: get_args(Tier))]
SentimentLabel = Annotated[str, OneOf("sentiment", lambda: SENTIMENTS)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]
Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:[-_][a-z0-9]+)*$", max_length=80)]
Text = Annotated[str, AfterValidator(_text), Field(max_length=1000)]
Word = Annotated[str, Field(min_length=1, max_length=200)]
Money = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Strict(BaseModel):
    """Refuses unknown keys; instances are read-only."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Conditions(Strict):
    """What must hold: every key that is given; of a list, one entry is enough."""

    intents: list[Intent] = Field(default=[], description="What the customer wants done.")
    needs: list[Need] = Field(default=[], description="What the customer misses.")
    occasions: list[Occasion] = Field(default=[], description="A life event that the ticket tells of.")
    cautions: list[Caution] = Field(default=[], description="A reason for restraint that was found.")
    sentiment: list[SentimentLabel] = Field(default=[], description="How the customer feels.")
    channel: list[ChannelName] = Field(default=[], description="Where the ticket came in.")
    language: list[Language] = Field(default=[], description="The customer's language, ISO 639-1.")
    tier: list[TierName] = Field(default=[], description="The customer's tier.")
    tags: list[Word] = Field(default=[], description="Tags of the ticket.")
    customer_tags: list[Word] = Field(default=[], description="Tags of the customer.")
    products: list[Word] = Field(default=[], description="Handles of products that the ticket is about.")
    product_types: list[Word] = Field(default=[], description="Types of products that the ticket is about.")
    product_tags: list[Word] = Field(default=[], description="Tags of products that the ticket is about.")
    says: list[Word] = Field(default=[], description="Words that stand in the ticket, whole, in any case.")
    orders_at_least: int | None = Field(default=None, ge=0, description="Orders of this customer so far.")
    lifetime_value_at_least: float | None = Field(default=None, ge=0, description="In the shop's currency.")
    selling: bool | None = Field(default=None, description="Whether restraint lets us sell.")


class When(Conditions):
    """Conditions, with groups: each of `all`, one of `any`, none of `none`."""

    all: list[Conditions] = Field(default=[], description="Each of these groups must hold.")
    any: list[Conditions] = Field(default=[], description="At least one of these groups must hold.")
    none: list[Conditions] = Field(default=[], description="None of these groups may hold.")


class Scope(Strict):
    """Products by handle, type or tag; a union."""

    handles: list[Word] = []
    types: list[Word] = []
    tags: list[Word] = []


class Then(Strict):
    """What follows: every key that is given."""

    restrain: list[Caution] = Field(default=[], description="Stop selling, for these reasons.")
    prefer: Scope | None = Field(default=None, description="Put these products first among the saves.")
    avoid: Scope | None = Field(default=None, description="Never put these products to the customer.")
    code: Word | None = Field(default=None, description="Prefer this code where it would work.")
    gesture: Id | None = Field(default=None, description="Propose this gesture.")
    say: dict[Language, Text] = Field(default={}, description="A sentence for the draft, by language.")
    warn: Text | None = Field(default=None, description="What the agent should know before replying.")
    tags: list[Word] = Field(default=[], description="Tags to suggest.")
    allowance: Money | None = Field(default=None, description="What the agent may give without asking.")
    follow_up_days: int | None = Field(default=None, ge=1, le=365, description="Write again after so many days.")


class Rule(Strict):
    """When this holds, then that."""

    id: Id
    note: str = Field(default="", description="Why this rule is here; for people.")
    enabled: bool = True
    when: When
    then: Then


class Budgets(Strict):
    """What may be spent on gestures a month without asking anybody."""

    agent: Money | None = Field(default=None, description="For each agent, a month.")
    team: Money | None = Field(default=None, description="For all agents together, a month.")
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = Field(
        default=None, description="ISO 4217; default: the shop's."
    )


class Gesture(Strict):
    """A small thing done for a customer, with words to write by hand."""

    id: Id
    occasions: list[GestureOccasion] = Field(min_length=1)
    gesture: Text = Field(description="What the agent does, in the team's language.")
    note: dict[Language, list[Text]] = Field(default={}, description="The words of the card, by language.")
    cost: Money = 0.0
    greet: bool = Field(default=False, description="Whether the card begins with the customer's first name.")
    tier: list[TierName] = Field(default=[], description="Only for these tiers; empty: for all.")


class Example(Strict):
    """A text of this shop's customers with everything that holds of it; teaches the reading of tickets."""

    text: Text
    language: Language = "en"
    intents: list[Intent] = []
    needs: list[Need] = []
    occasions: list[Occasion] = []
    cautions: list[Caution] = []
    sentiment: float | None = Field(default=None, ge=-1, le=1)


class PlaybookFile(Strict):
    """One YAML file of a playbook."""

    version: Literal[1] = 1
    rules: list[Rule] | None = None
    budgets: Budgets | None = None
    gestures: list[Gesture] | None = None
    examples: list[Example] | None = None
    phrases: dict[Language, dict[str, list[str]]] | None = Field(
        default=None, description="The shop's own phrases by language and key; they replace the packaged ones."
    )


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a playbook file, for editors to complete from."""
    schema = PlaybookFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Playbook"}
