"""Resolved tickets as cases."""

from datetime import UTC, datetime
from typing import Any

import pytest

from copilot.shop.jsonl import Line, validate
from copilot.shop.rejection import Notes
from copilot.shop.tickets import TicketReader, TicketRecord, standard_reader
from recommenders.domain import Case, Message, Outcome, Resolution

TICKET: dict[str, Any] = {
    "id": "t-1",
    "subject": "Too  small\n",
    "channel": "chat",
    "language": "EN",
    "customer_id": "c-1",
    "order_ids": ["#1001"],
    "created_at": "2026-03-01T10:00:00Z",
    "resolved_at": "2026-03-01T11:00:00Z",
    "tags": ["fit"],
    "messages": [
        {"author": "customer", "name": " Ana ", "text": "The sleeves are tight.", "sent_at": "2026-03-01T10:00:00Z"},
        {"author": "agent", "name": None, "html": "<p>Take the <b>M</b>.</p>"},
        {"author": "customer", "text": "  "},
    ],
    "resolution": {"kind": "exchange", "sku": "A-M"},
    "outcome": {"csat": 5, "reopened": None, "kept_revenue": 40},
}
READER = TicketReader(
    clean=lambda text, html: f"{text.strip()}|{html}" if text.strip() else "",
    detect=lambda text: f"language of {text}",
    case_text=lambda case: case.subject,
)


def case(change: dict[str, Any]) -> Case:
    return READER.case(TicketRecord.model_validate(TICKET | change))


def test_whole_ticket() -> None:
    ten, eleven = (datetime(2026, 3, 1, hour, tzinfo=UTC) for hour in (10, 11))
    assert case({}) == Case(
        id="t-1",
        subject="Too small",
        channel="chat",
        language="en",
        customer_id="c-1",
        order_ids=("#1001",),
        created_at=ten,
        resolved_at=eleven,
        tags=("fit",),
        messages=(
            Message("customer", "The sleeves are tight.|None", "Ana", ten),
            Message("agent", "<p>Take the <b>M</b>.</p>|True"),
        ),
        resolution=Resolution("exchange", "A-M"),
        outcome=Outcome(csat=5, reopened=False, kept_revenue=40.0),
    )


def test_plain_text_goes_before_html_unless_it_is_empty() -> None:
    both = {"author": "customer", "text": "plain", "html": "<p>rich</p>"}
    messages = case({"messages": [both, both | {"text": " "}]}).messages
    assert [m.text for m in messages] == ["plain|None", "<p>rich</p>|True"]


def test_language_is_asked_of_what_the_customer_wrote_when_the_ticket_does_not_say() -> None:
    assert case({"language": None}).language == "language of Too small\nThe sleeves are tight.|None"


@pytest.mark.parametrize(("said", "language"), [("EN", "en"), (" pt-BR ", "pt"), ("zh_Hant", "zh")])
def test_language_without_its_region(said: str, language: str) -> None:
    assert case({"language": said}).language == language


def test_what_nobody_asked_is_unknown() -> None:
    bare = case({"resolution": None, "outcome": None, "customer_id": None, "tags": None})
    assert (bare.resolution, bare.outcome, bare.customer_id, bare.tags) == (None, None, None, ())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"resolved_at": None}, "resolved_at: None: "),
        ({"created_at": "2026-03-01 10:00"}, "created_at: '2026-03-01 10:00': has no offset"),
        ({"channel": "fax"}, "channel: 'fax': Input should be 'email', 'chat', 'social', 'sms', 'voice' or 'form'"),
        ({"messages": []}, "messages: "),
        ({"messages": [{"author": "bot", "text": "x"}]}, "messages.0.author: 'bot': "),
        ({"messages": [{"author": "agent"}]}, "messages.0: a message has text or html"),
        ({"messages": [{"author": "agent", "text": 5.5j}]}, "messages.0.text: "),
        ({"resolution": {"kind": "magic"}}, "resolution.kind: 'magic': "),
        ({"outcome": {"csat": 6}}, "outcome.csat: 6: "),
        ({"outcome": {"nps": 10.5}}, "outcome.nps: 10.5: "),
    ],
)
def test_faults(change: dict[str, Any], reason: str) -> None:
    notes = Notes(lambda warning: None)
    assert validate(TicketRecord, Line(1, b"", TICKET | change), "f", notes) is None
    (rejection,) = notes.rejections
    assert f"{rejection.field}: {rejection.reason}".startswith(reason)


def test_with_the_librarys_own_cleaning_quotes_and_markup_go() -> None:
    quote = "On Mon, 2 Mar 2026 at 09:14, Bo &lt;bo@shop.example&gt; wrote:<blockquote>Did it fit?</blockquote>"
    mail = f"<div>They are too tight.</div><br><div class='gmail_quote'>{quote}</div>"
    ticket = TICKET | {"language": None, "messages": [{"author": "customer", "html": mail}]}
    reader = standard_reader()
    read = reader.case(TicketRecord.model_validate(ticket))
    assert [m.text for m in read.messages] == ["They are too tight."]
    assert read.language == "en"
    assert "too tight" in reader.case_text(read)
