"""JSON to the domain's words: what requests may hold.

Requests are strict about types (a number is no string), lenient about what they do not need: unknown fields are
ignored, null counts as absent, and characters that no database keeps (NUL, half of a surrogate pair, as a helpdesk
leaves behind when it cuts a text) are replaced. Every error names its dotted path: `ticket.messages.0.text`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema
from pydantic_core import PydanticCustomError

from copilot.engine import Ask
from copilot.errors import Detail, InvalidRequest
from copilot.store.feedback import Feedback
from copilot.store.spending import ReversalOrder, SpendOrder
from recommenders.domain import Author, Channel, Message, Ticket

Section = Literal["similar", "saves", "codes", "drafts", "delights"]
Event = Literal["shown", "inserted", "copied", "edited", "dismissed", "sent", "accepted", "declined"]
MAX_DETAILS = 50
_UNKEPT = re.compile("[\x00\ud800-\udfff]")
M = TypeVar("M", bound=BaseModel)


def _kept(value: object) -> object:
    return _UNKEPT.sub("\N{REPLACEMENT CHARACTER}", value) if isinstance(value, str) else value


def _moment(value: object) -> object:
    if not isinstance(value, str):
        raise PydanticCustomError("moment", "must be a string with a time in ISO 8601")
    try:
        moment = datetime.fromisoformat(value.upper())  # RFC 3339 allows t and z
    except ValueError:
        raise PydanticCustomError("moment", "must be a time in ISO 8601, like 2026-03-02T09:20:00Z") from None
    if moment.tzinfo is None:
        raise PydanticCustomError("moment", "must have an offset, like 2026-03-02T09:20:00Z")
    if not 1970 <= moment.year <= 9000:  # far from where a conversion to another time zone overflows
        raise PydanticCustomError("moment", "must lie between the years 1970 and 9000")
    return moment


def _whole(value: object) -> object:
    """JSON has one kind of number: 5.0 is 5."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _at_most(limit: int) -> BeforeValidator:
    """Checked before the entries are, so that a million wrong ones cost nothing."""

    def check(value: object) -> object:
        if isinstance(value, list) and len(value) > limit:
            raise PydanticCustomError("too_long", "must have at most {limit} entries", {"limit": limit})
        return value

    return BeforeValidator(check)


def _agent_id(value: object) -> object:
    """An agent is an object with an id in one resource and a plain id in the other; both are taken in both."""
    return value.get("id") if isinstance(value, dict) else value


Text = Annotated[str, BeforeValidator(_kept)]
Line = Annotated[Text, Field(max_length=2000)]
Id = Annotated[Text, Field(max_length=255), AfterValidator(str.strip)]
Key = Annotated[Text, Field(min_length=1, max_length=255)]
Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema(
        {"type": "string", "format": "date-time", "pattern": "^(19[7-9][0-9]|[2-8][0-9]{3}|9000)-"},
    ),
]
AgentId = Annotated[
    Id | None,
    BeforeValidator(_agent_id),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "maxLength": 255},
                {"type": "object", "properties": {"id": {"type": "string", "maxLength": 255}}},
                {"type": "null"},
            ]
        }
    ),
]


class _In(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class MessageIn(_In):
    """A message as the helpdesk shows it; one of `text` and `html` is needed, and `text` may carry HTML."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [{"required": [name], "properties": {name: {"type": "string"}}} for name in ("text", "html")]
        }
    )

    author: Author
    name: Line | None = None
    text: Text | None = None
    html: Text | None = None
    sent_at: Moment | None = None


class TicketIn(_In):
    """The open ticket. Only the messages are required."""

    id: Id | None = None
    helpdesk: Id | None = None
    subject: Annotated[Text, Field(max_length=10_000)] | None = None
    channel: Channel | None = None
    tags: Annotated[list[Id], Field(max_length=200), _at_most(200)] | None = None
    messages: Annotated[list[MessageIn], Field(min_length=1, max_length=1000), _at_most(1000)]
    order_ids: Annotated[list[Id], Field(max_length=100), _at_most(100)] | None = None


class CustomerIn(_In):
    """Who asks: found by id, else by e-mail."""

    id: Id | None = None
    email: Annotated[Text, Field(max_length=320), AfterValidator(str.strip)] | None = None


class SuggestionsRequest(_In):
    """What `POST /v1/suggestions` takes."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "ticket": {
                        "id": "t-1",
                        "subject": "Too small",
                        "channel": "email",
                        "messages": [{"author": "customer", "name": "Ana", "text": "Order #1001 is too small for me."}],
                    },
                    "customer": {"email": "ana@example.com"},
                    "agent": {"id": "maria"},
                    "limit": 3,
                }
            ]
        }
    )

    ticket: TicketIn
    customer: CustomerIn | None = None
    agent: AgentId = None
    now: Moment | None = None
    sections: Annotated[list[Section], Field(max_length=50), _at_most(50)] | None = None
    limit: Annotated[int, Field(ge=1, le=20), BeforeValidator(_whole)] | None = None


class FeedbackRequest(_In):
    """What `POST /v1/feedback` takes: one event on one suggestion."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "request_id": "5f1c2a",
                    "suggestion_id": "draft-1",
                    "event": "inserted",
                    "idempotency_key": "5f1c2a/draft-1/inserted",
                }
            ]
        }
    )

    request_id: Annotated[Text, Field(min_length=1, max_length=64)]
    suggestion_id: Key
    event: Event
    final_text: Annotated[Text, Field(max_length=200_000)] | None = None
    reason: Annotated[Text, Field(max_length=10_000)] | None = None
    agent: AgentId = None
    idempotency_key: Key


def _amount(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("amount", "must be a number")
    if not 0 < value <= 1_000_000:
        raise PydanticCustomError("amount", "must be more than 0 and at most 1000000")
    exact = Decimal(str(value))
    amount = exact.quantize(Decimal("0.01"))
    if not amount or abs(exact - amount) > Decimal("1e-9"):  # 57 * 0.01 is not quite 0.57 to those who count in floats
        raise PydanticCustomError("amount", "must have at most two decimals")
    return amount


SpendKey = Annotated[Text, Field(min_length=1, max_length=240)]


class SpendRequest(_In):
    """What `POST /v1/spends` takes: a delight of an answer, and how much of its cost to spend."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"request_id": "5f1c2a", "delight_id": "delight-wedding-card", "idempotency_key": "5f1c2a/card"}
            ]
        }
    )

    request_id: Annotated[Text, Field(min_length=1, max_length=64)]
    delight_id: Key
    amount: (
        Annotated[
            Decimal,
            BeforeValidator(_amount),
            WithJsonSchema({"type": "number", "minimum": 0.01, "maximum": 1_000_000, "multipleOf": 0.01}),
        ]
        | None
    ) = Field(default=None, description="At most two decimals; without it the delight's cost.")
    idempotency_key: SpendKey


class ReversalRequest(_In):
    """What `POST /v1/spends/{spend_id}/reversal` takes."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "Sold out", "idempotency_key": "5f1c2a/card/undo"}]}
    )

    reason: Annotated[Text, Field(min_length=1, max_length=500), AfterValidator(str.strip)]
    idempotency_key: SpendKey


MESSAGES: Mapping[str, str] = {
    "missing": "is required",
    "string_type": "must be a string",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "list_type": "must be a list",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "dict_type": "must be an object",
    "literal_error": "must be one of {expected}",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must not be empty",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
}


def _details(error: ValidationError) -> list[Detail]:
    found = []
    for line in error.errors(include_url=False, include_input=False)[:MAX_DETAILS]:
        said = MESSAGES.get(line["type"])
        message = said.format_map(line.get("ctx") or {}) if said else line["msg"]
        found.append(Detail(".".join(str(step) for step in line["loc"]), message))
    return found


def validate(model: type[M], body: object) -> M:
    """The body as a model.

    Raises:
        InvalidRequest: with a path and a message for each thing that does not fit (the first 50).
    """
    try:
        return model.model_validate(body)
    except ValidationError as error:
        raise InvalidRequest(details=_details(error)) from None


def parse_ask(body: object, clock: Callable[[], datetime]) -> Ask:
    """A decoded body of `POST /v1/suggestions` as an Ask; without `now` the clock says when.

    Raises:
        InvalidRequest: what does not fit, by path.
    """
    asked = validate(SuggestionsRequest, body)
    ticket, customer = asked.ticket, asked.customer or CustomerIn()
    wordless = [i for i, m in enumerate(ticket.messages) if m.text is None and m.html is None]
    if wordless:
        details = [Detail(f"ticket.messages.{i}.text", "text or html is required") for i in wordless[:MAX_DETAILS]]
        raise InvalidRequest(details=details)
    return Ask(
        ticket=Ticket(
            id=ticket.id or "",
            subject=ticket.subject or "",
            channel=ticket.channel or "email",
            helpdesk=ticket.helpdesk or "",
            tags=tuple(ticket.tags or ()),
            order_ids=tuple(x for x in ticket.order_ids or () if x),
            messages=tuple(
                # the plain part is what its sender's program made for reading; the HTML is there for want of it
                Message(author=m.author, name=m.name, sent_at=m.sent_at, text=(m.text or "").strip() or m.html or "")
                for m in ticket.messages
            ),
        ),
        now=asked.now or clock(),
        customer_id=customer.id or None,
        customer_email=customer.email or None,
        agent_id=asked.agent or "",
        **({} if asked.sections is None else {"sections": frozenset(asked.sections)}),
        limit=asked.limit or 3,
    )


def parse_feedback(body: object) -> Feedback:
    """A decoded body of `POST /v1/feedback`.

    Raises:
        InvalidRequest: what does not fit, by path.
    """
    given = validate(FeedbackRequest, body)
    return Feedback(
        request_id=given.request_id,
        suggestion_id=given.suggestion_id,
        event=given.event,
        idempotency_key=given.idempotency_key,
        agent=given.agent or None,
        final_text=given.final_text,
        reason=given.reason,
    )


def parse_spend(body: object) -> SpendOrder:
    """A decoded body of `POST /v1/spends`.

    Raises:
        InvalidRequest: what does not fit, by path.
    """
    given = validate(SpendRequest, body)
    return SpendOrder(given.request_id, given.delight_id, given.idempotency_key, given.amount)


def parse_reversal(body: object, spend_id: int) -> ReversalOrder:
    """A decoded body of `POST /v1/spends/{spend_id}/reversal`.

    Raises:
        InvalidRequest: what does not fit, by path.
    """
    given = validate(ReversalRequest, body)
    return ReversalOrder(spend_id, given.reason, given.idempotency_key)


def revision(ticket: Ticket) -> str:
    """Names the content of a ticket: 16 hex digits that change whenever anything an agent could see in it does."""
    content = [
        ticket.id, ticket.helpdesk, ticket.subject, ticket.channel, ticket.tags, ticket.order_ids,
        [[m.author, m.name, m.text, m.sent_at.isoformat() if m.sent_at else None] for m in ticket.messages],
    ]  # fmt: skip
    canonical = json.dumps(content, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()[:16]
