"""The words of the playbook language: closed lists, texts with slots, days and hours, with their checks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, get_args
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue, WithJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError, core_schema
from rapidfuzz import process

from recommenders.domain import Channel, Tier
from recommenders.signals import CAUTIONS, INTENTS, OCCASIONS
from recommenders.signals.needs import need_kinds

# A slot stands in braces in a text; what fills it is a fact of the ticket or of the rule.
SLOTS = {
    "first_name": "the customer's first name",
    "order": "the order that the ticket is about, as the shop names it (#1001)",
    "product": "the title of the item that the ticket is about",
    "offer": "the title of what the rule offers",
    "price": "the price of what the rule offers",
    "code": "the code that the rule prefers, where it would work",
    "code_end": "the last day of that code",
    "amount": "what the agent may refund or give by this rule",
    "date": "the day of the follow-up, counted from today",
}
PLACEHOLDERS = tuple(SLOTS)
CARD_SLOTS = ("first_name",)  # what a handwritten card may name
GESTURE_OCCASIONS = (*OCCASIONS, "apology")
SENTIMENTS = ("angry", "negative", "neutral", "positive")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ORDER_STATUSES = (
    "unpaid",  # authorized, pending or partly paid
    "paid",
    "partly_refunded",
    "refunded",
    "cancelled",  # voided
    "not_sent",
    "partly_sent",
    "sent",  # fulfilled, whether it has arrived or not
    "delivered",
    "late",  # it should have arrived by now
    "returned",  # something of it came back
)
PURPOSES = ("save", "recovery", "delight")  # what a code may be given for by an agent
REASONS = (*CAUTIONS, "no_marketing_consent_for_upsell")
# Whoever sells here harms somebody: no rule may ask for it.
NEVER_LIFTED = (
    "adverse_reaction", "safety", "bereavement", "legal_threat", "chargeback", "fraud_or_security",
    "privacy_request", "harassment", "asked_not_to_sell",
)  # fmt: skip
SLOT = re.compile(r"\{([^{}]*)\}")
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]|24):([0-5]\d)")


def closest(word: str, allowed: Sequence[str]) -> str | None:
    """The allowed word that was probably meant, if any is close."""
    best = process.extractOne(word, allowed, score_cutoff=75)
    return best[0] if best else None


def did_you_mean(word: str, allowed: Sequence[str]) -> str:
    """A hint such as `; did you mean "wedding"?`, or nothing when no allowed word is close."""
    best = closest(word, allowed)
    return f'; did you mean "{best}"?' if best is not None else ""


@cache
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
            hint = did_you_mean(word, allowed)
            if not hint and len(allowed) <= 20:
                hint = "; it is one of " + ", ".join(allowed)
            values = {"what": self.what, "word": json.dumps(word, ensure_ascii=False), "hint": hint}
            raise PydanticCustomError("unknown_id", "unknown {what} {word}{hint}", values)
        return word


def slots_in(text: str) -> list[str]:
    """The names of the slots of a text, in its order."""
    return SLOT.findall(text)


def _text(value: str) -> str:
    """No empty text, and no slot but the known ones."""
    if not value.strip():
        raise PydanticCustomError("empty_text", "the text is empty; write it, or leave the key out")
    for name in slots_in(value):
        if name not in SLOTS:
            hint = did_you_mean(name, PLACEHOLDERS)
            known = ", ".join("{" + slot + "}" for slot in SLOTS)
            values = {"name": "{" + name + "}", "hint": hint or f"; known are {known}"}
            raise PydanticCustomError("unknown_slot", "unknown slot {name}{hint}", values)
    return value


def _day(value: Any) -> Any:
    """A day as YAML reads it, or the same in quotes."""
    if isinstance(value, datetime) or not isinstance(value, (date, str)):
        raise PydanticCustomError("not_a_day", "must be a day, as in 2026-12-24")
    if isinstance(value, str):
        try:
            return date.fromisoformat(value) if len(value) == len("2026-12-24") else date(0, 0, 0)
        except ValueError as error:
            raise PydanticCustomError("not_a_day", "must be a day, as in 2026-12-24") from error
    return value


def _hours(value: str) -> str:
    if not (found := _HOURS.fullmatch(value)) or (found[3] == "24" and found[4] != "00"):
        raise PydanticCustomError("not_hours", "must be hours of the day, as in 09:00-17:30")
    if value[:5] == value[6:]:
        raise PydanticCustomError("empty_hours", "the hours end where they begin; 00:00-24:00 is the whole day")
    return value


@cache
def _zones() -> tuple[str, ...]:
    return tuple(sorted(available_timezones()))


def _zone(value: str) -> str:
    if value not in _zones():
        hint = did_you_mean(value, _zones())
        raise PydanticCustomError(
            "unknown_id",
            "unknown time zone {word}{hint}",
            {"word": json.dumps(value, ensure_ascii=False), "hint": hint},
        )
    return value


Intent = Annotated[str, OneOf("intent", lambda: INTENTS)]
Need = Annotated[str, OneOf("need", need_ids)]
Occasion = Annotated[str, OneOf("occasion", lambda: OCCASIONS)]
GestureOccasion = Annotated[str, OneOf("occasion", lambda: GESTURE_OCCASIONS)]
Caution = Annotated[str, OneOf("caution", lambda: CAUTIONS)]
Reason = Annotated[str, OneOf("reason", lambda: REASONS)]
ChannelName = Annotated[str, OneOf("channel", lambda: get_args(Channel))]
TierName = Annotated[str, OneOf("tier", lambda: get_args(Tier))]
SentimentLabel = Annotated[str, OneOf("sentiment", lambda: SENTIMENTS)]
Weekday = Annotated[str, OneOf("weekday", lambda: WEEKDAYS)]
OrderStatus = Annotated[str, OneOf("order status", lambda: ORDER_STATUSES)]
Purpose = Annotated[str, OneOf("purpose", lambda: PURPOSES)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}$", description="ISO 639-1, such as en or de.")]
Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:[-_][a-z0-9]+)*$", max_length=80)]
GestureId = Annotated[
    str,
    Field(pattern=r"^[a-z0-9]+(?:[-_][a-z0-9]+)*$", max_length=80, json_schema_extra={"x-from": "gestures"}),
]
Text = Annotated[str, AfterValidator(_text), Field(max_length=1000)]
LongText = Annotated[str, AfterValidator(_text), Field(max_length=4000)]
Word = Annotated[str, Field(min_length=1, max_length=200)]
# Words of the shop or of the playbook itself; "x-from" tells an editor where to complete them from.
Handle = Annotated[str, Field(min_length=1, max_length=200, json_schema_extra={"x-from": "handles"})]
ProductType = Annotated[str, Field(min_length=1, max_length=200, json_schema_extra={"x-from": "product_types"})]
ProductTag = Annotated[str, Field(min_length=1, max_length=200, json_schema_extra={"x-from": "product_tags"})]
CodeName = Annotated[str, Field(min_length=1, max_length=200, json_schema_extra={"x-from": "codes"})]
TagName = Annotated[str, Field(min_length=1, max_length=200, json_schema_extra={"x-from": "tags"})]
Money = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]
Days = Annotated[int, Field(ge=0, le=3650)]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Hours = Annotated[str, AfterValidator(_hours), WithJsonSchema({"type": "string", "pattern": f"^{_HOURS.pattern}$"})]
Zone = Annotated[str, AfterValidator(_zone)]
