"""tickets.jsonl: the resolved tickets, cleaned as they are read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from copilot.shop.jsonl import Flag, Id, Record, Text, Texts, Time
from recommenders.domain import Case, Channel, Message, Outcome, Resolution

FILE = "tickets.jsonl"
ResolutionKind = Literal["refund", "return", "exchange", "replacement", "save", "upsell", "goodwill", "answer", "other"]


class MessageRecord(Record):
    """One message, as plain text or as HTML."""

    author: Literal["customer", "agent", "system", "note"]
    name: str | None = None
    text: str | None = None
    html: str | None = None
    sent_at: Time | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.text is None and self.html is None:
            raise ValueError("a message has text or html")
        return self


class ResolutionRecord(Record):
    """How a ticket ended."""

    kind: ResolutionKind
    sku: str | None = None
    code: str | None = None
    amount: float | None = None

    def resolution(self) -> Resolution:
        """In the domain's words."""
        return Resolution(self.kind, self.sku, self.code, self.amount)


class OutcomeRecord(Record):
    """What came of it."""

    csat: Annotated[int, Field(ge=1, le=5)] | None = None
    ces: Annotated[int, Field(ge=1, le=7)] | None = None
    nps: Annotated[int, Field(ge=0, le=10)] | None = None
    reopened: Flag = False
    kept_revenue: float | None = None

    def outcome(self) -> Outcome:
        """In the domain's words."""
        return Outcome(self.csat, self.ces, self.nps, self.reopened, self.kept_revenue)


class TicketRecord(Record):
    """A line of tickets.jsonl; id, both times and the messages are required."""

    id: Id
    subject: Text = ""
    channel: Channel = "email"
    language: Text = ""
    customer_id: Id | None = None
    order_ids: Texts = ()
    created_at: Time
    resolved_at: Time
    tags: Texts = ()
    messages: Annotated[tuple[MessageRecord, ...], Field(min_length=1)]
    resolution: ResolutionRecord | None = None
    outcome: OutcomeRecord | None = None


@dataclass(frozen=True)
class TicketReader:
    """Turns a ticket into a case and into the text that is embedded for it.

    clean(text, html) gives a message without HTML, quoted replies and signatures; html None means: look for yourself.
    detect(text) names the language; it is asked only when the ticket does not say.
    """

    clean: Callable[[str, bool | None], str]
    detect: Callable[[str], str]
    case_text: Callable[[Case], str]

    def case(self, record: TicketRecord) -> Case:
        """In the domain's words, with clean messages; those that hold nothing are left out."""
        subject = " ".join(record.subject.split())
        messages = tuple(
            Message(m.author, text, m.name.strip() or None if m.name else None, m.sent_at)
            for m in record.messages
            if (text := self._text(m))
        )
        language = re.split("[-_]", record.language.strip().lower())[0]
        if not language:
            said = [m.text for m in messages if m.author == "customer"] or [m.text for m in messages]
            language = self.detect("\n".join([subject, *said]))
        return Case(
            id=record.id,
            subject=subject,
            channel=record.channel,
            language=language,
            customer_id=record.customer_id,
            order_ids=record.order_ids,
            created_at=record.created_at,
            resolved_at=record.resolved_at,
            tags=record.tags,
            messages=messages,
            resolution=record.resolution.resolution() if record.resolution else None,
            outcome=record.outcome.outcome() if record.outcome else None,
        )

    def _text(self, message: MessageRecord) -> str:
        if message.html is not None and not (message.text or "").strip():
            return self.clean(message.html, True)
        return self.clean(message.text or "", None)


def standard_reader() -> TicketReader:
    """The reader with the library's own cleaning, language detection and choice of words to embed."""
    from recommenders.retrieval.documents import case_text
    from recommenders.text.clean import clean_message
    from recommenders.text.language import LanguageDetector

    return TicketReader(clean_message, LanguageDetector().detect, case_text)
