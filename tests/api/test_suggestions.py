"""`POST /v1/suggestions`: what is taken, and what comes out."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from copilot.answer_schema import SuggestionsAnswer
from tests.api.conftest import NOW, TICKET, Service, error_of


def test_the_whole_answer_has_the_contract_s_form(service: Service) -> None:
    answer = service.suggest()
    SuggestionsAnswer.model_validate(answer, strict=True)
    assert list(answer) == [
        "request_id", "ticket_id", "revision", "signals", "customer", "selling", "similar", "saves", "codes", "drafts",
        "delights", "recovery", "tags", "permissions", "warnings", "summary", "currency", "degraded", "timings_ms",
    ]  # fmt: skip
    assert answer["ticket_id"] is None
    assert answer["similar"][0] == {
        "ticket_id": "t-1",
        "score": 0.8235,
        "subject": "Too thin",
        "excerpt": "It is too thin.",
        "reply": "Take the thick one.",
        "resolution": {"kind": "exchange", "sku": "B-2", "code": None, "amount": 4.0},
        "outcome": {"csat": 5, "ces": None, "nps": None, "reopened": False, "kept_revenue": 39.5},
        "tags": ["fit"],
        "why": "Same problem",
    }
    assert answer["codes"][0] == {
        "code": "KEEP10",
        "title": "Ten off",
        "value": {"type": "percentage", "amount": 10.0},
        "applies_to": {"handles": [], "product_types": ["Mat", "Rug"], "tags": []},
        "ends_at": "2026-03-01T09:00:00+00:00",
        "reason": "Fits rugs",
        "evidence": [{"type": "product", "id": "B-2"}, {"type": "rule", "id": "a.yaml#thin", "line": 12}],
    }
    assert answer["delights"][0]["budget"] == {"scope": "agent:maria", "remaining": 50.0}
    assert answer["timings_ms"]["retrieve"] == 0.12
    assert answer["timings_ms"]["total"] > 0


def test_the_same_request_gives_the_same_bytes_but_for_id_and_timings(service: Service) -> None:
    first, second = service.suggest(), service.suggest()
    assert first.pop("request_id") != second.pop("request_id")
    first.pop("timings_ms"), second.pop("timings_ms")
    assert json.dumps(first) == json.dumps(second)


def test_what_is_asked_reaches_the_engine(service: Service) -> None:
    service.suggest(
        ticket={
            "id": " zd-1 ",
            "helpdesk": "zendesk",
            "subject": "Thin",
            "channel": "chat",
            "tags": ["vip"],
            "order_ids": ["#1001", ""],
            "unheard_of": {"ignored": True},
            "messages": [
                {"author": "customer", "name": "Ana", "html": "<p>Thin</p>", "sent_at": "2026-03-02T09:14:00Z"},
                {"author": "note", "text": "VIP", "html": "<b>VIP</b>"},
            ],
        },
        customer={"id": "c-17", "email": "ana@example.com"},
        agent={"id": "maria"},
        now="2026-03-02T10:20:00+01:00",
        sections=["drafts", "codes", "drafts"],
        limit=5.0,
    )
    ask = service.engine.asked[0]
    assert (ask.ticket.id, ask.ticket.channel, ask.ticket.order_ids) == ("zd-1", "chat", ("#1001",))
    assert [(m.author, m.name, m.text) for m in ask.ticket.messages] == [
        ("customer", "Ana", "<p>Thin</p>"),
        ("note", None, "VIP"),
    ]
    assert ask.ticket.messages[0].sent_at == datetime(2026, 3, 2, 9, 14, tzinfo=UTC)
    assert (ask.customer_id, ask.customer_email, ask.agent_id) == ("c-17", "ana@example.com", "maria")
    assert ask.now == datetime(2026, 3, 2, 10, 20, tzinfo=timezone(timedelta(hours=1)))
    assert (ask.sections, ask.limit) == (frozenset({"drafts", "codes"}), 5)


def test_only_messages_are_needed_and_null_counts_as_absent(service: Service) -> None:
    message = {**TICKET["ticket"]["messages"][0], "name": None, "sent_at": None, "html": None}
    ticket = dict.fromkeys(("id", "helpdesk", "subject", "channel", "tags", "order_ids"), None)
    service.suggest(
        ticket={**ticket, "messages": [message]}, customer=None, agent=None, now=None, sections=None, limit=None
    )
    ask = service.engine.asked[0]
    assert (ask.now, ask.limit, ask.ticket.channel, ask.ticket.subject) == (NOW, 3, "email", "")
    assert ask.agent_id == "Kim", "without an agent the token's name is the agent"
    assert len(ask.sections) == 5


def test_sections_that_were_not_asked_for_are_empty(service: Service) -> None:
    answer = service.suggest(sections=["codes"])
    assert answer["codes"]
    assert [answer[s] for s in ("similar", "saves", "drafts", "delights")] == [[], [], [], []]


def test_the_revision_names_the_content_of_the_ticket(service: Service) -> None:
    def of(**ticket: Any) -> str:
        revision: str = service.suggest(ticket={**TICKET["ticket"], **ticket})["revision"]
        return revision

    base = of()
    assert base == of(unheard_of=1)
    changed = [
        of(id="x"),
        of(subject="x"),
        of(tags=["x"]),
        of(order_ids=["x"]),
        of(messages=[{"author": "customer", "text": "It is too thick."}]),
        of(messages=[{"author": "agent", "text": "It is too thin."}]),
    ]
    assert len({base, *changed}) == 7


@pytest.mark.parametrize(
    ("change", "path", "words"),
    [
        ({"ticket": None}, "ticket", "object"),
        ({"ticket": {}}, "ticket.messages", "required"),
        ({"ticket": {"messages": []}}, "ticket.messages", "empty"),
        ({"ticket": {"messages": {}}}, "ticket.messages", "list"),
        ({"ticket": {"messages": ["x"]}}, "ticket.messages.0", "object"),
        ({"ticket": {"messages": [{"text": "x"}]}}, "ticket.messages.0.author", "required"),
        ({"ticket": {"messages": [{"author": "boss", "text": "x"}]}}, "ticket.messages.0.author", "'customer'"),
        ({"ticket": {"messages": [{"author": "customer"}]}}, "ticket.messages.0.text", "required"),
        ({"ticket": {"messages": [{"author": "customer", "text": 5}]}}, "ticket.messages.0.text", "string"),
        (
            {"ticket": {"messages": [{"author": "customer", "text": "x", "sent_at": "yesterday"}]}},
            "ticket.messages.0.sent_at",
            "ISO 8601",
        ),
        ({"ticket": {"messages": [TICKET] * 1001}}, "ticket.messages", "at most 1000"),
        ({"ticket": {**TICKET["ticket"], "channel": "pigeon"}}, "ticket.channel", "'voice'"),
        ({"ticket": {**TICKET["ticket"], "id": "x" * 256}}, "ticket.id", "255"),
        ({"ticket": {**TICKET["ticket"], "tags": ["a", 1]}}, "ticket.tags.1", "string"),
        ({"customer": {"id": 7}}, "customer.id", "string"),
        ({"customer": {"email": "x" * 321}}, "customer.email", "320"),
        ({"ticket": {**TICKET["ticket"], "order_ids": ["1"] * 101}}, "ticket.order_ids", "at most 100"),
        ({"agent": {"id": 7}}, "agent", "string"),
        ({"now": "2026-03-02T09:20:00"}, "now", "offset"),
        ({"now": 1772443200}, "now", "ISO 8601"),
        ({"now": "9999-12-31T23:59:59-12:00"}, "now", "between"),
        ({"sections": ["similar", "weather"]}, "sections.1", "'delights'"),
        ({"limit": 0}, "limit", "at least 1"),
        ({"limit": 21}, "limit", "at most 20"),
        ({"limit": 10**300}, "limit", "at most 20"),
        ({"limit": "3"}, "limit", "whole number"),
        ({"limit": True}, "limit", "whole number"),
        ({"limit": 2.5}, "limit", "whole number"),
    ],
)
def test_what_does_not_fit_is_named_by_its_path(service: Service, change: Any, path: str, words: str) -> None:
    error = error_of(service.post("/v1/suggestions", {**TICKET, **change}), 422, "invalid_request")
    assert [d["path"] for d in error["details"]] == [path]
    assert words in error["details"][0]["message"]
    assert service.engine.asked == []


def test_many_mistakes_are_told_at_once_but_not_endlessly(service: Service) -> None:
    body = {"ticket": {"messages": [{"author": "boss"}] * 900}, "limit": "x"}
    assert len(error_of(service.post("/v1/suggestions", body), 422, "invalid_request")["details"]) == 50


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "line 1 column 1"),
        (b"{", "line 1"),
        (b'{"limit": NaN}', "number"),
        (b'{"limit": -Infinity}', "number"),
        (b'{"limit": ' + b"9" * 5000 + b"}", "number"),
        (b"[" * 200_000, "deep"),
        (b'{"a":' * 100_000, "deep"),
        (b'"\xff"', "UTF-8: byte 1"),
    ],
)
def test_a_body_that_is_no_json_is_malformed(service: Service, body: bytes, words: str) -> None:
    response = service.client.post(
        "/v1/suggestions", data=body, content_type="application/json", headers=service.auth()
    )
    assert words in error_of(response, 400, "malformed_request")["message"]


@pytest.mark.parametrize("body", ["null", "[]", '"x"', "1", "1e999"])
def test_json_that_is_no_object_does_not_fit(service: Service, body: str) -> None:
    response = service.client.post(
        "/v1/suggestions", data=body, content_type="application/json", headers=service.auth()
    )
    error_of(response, 422, "invalid_request")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", None, "application/jsonx"])
def test_only_json_is_taken(service: Service, kind: str | None) -> None:
    response = service.client.post("/v1/suggestions", data="{}", content_type=kind, headers=service.auth())
    error_of(response, 415, "unsupported_media_type")


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "application/ld+json"])
def test_kinds_of_json(service: Service, kind: str) -> None:
    response = service.client.post(
        "/v1/suggestions", data="\ufeff" + json.dumps(TICKET), content_type=kind, headers=service.auth()
    )
    assert response.status_code == 200


def test_a_body_of_exactly_the_limit_is_taken_and_one_byte_more_is_not(service: Service) -> None:
    limit = service.settings.max_request_bytes
    body = json.dumps(TICKET).encode()
    for size, status in ((limit, 200), (limit + 1, 413)):
        response = service.client.post(
            "/v1/suggestions", data=body.ljust(size), content_type="application/json", headers=service.auth()
        )
        assert response.status_code == status
    error = error_of(response, 413, "payload_too_large")
    assert "1048576" in error["message"]


def test_halves_of_characters_and_nul_are_replaced(service: Service) -> None:
    body = '{"ticket": {"id": "a\\u0000", "messages": [{"author": "customer", "text": "cut \\ud83d", "\\ud800": 1}]}}'
    response = service.client.post(
        "/v1/suggestions", data=body, content_type="application/json", headers=service.auth()
    )
    assert response.status_code == 200
    ticket = service.engine.asked[0].ticket
    assert (ticket.id, ticket.messages[0].text) == ("a\ufffd", "cut \ufffd")
    assert response.json["ticket_id"] == "a\ufffd"


def test_a_fault_tells_the_client_nothing(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    response = service.post("/v1/suggestions", {"ticket": {**TICKET["ticket"], "subject": "explode"}})
    error = error_of(response, 500, "internal_error")
    assert "secret" not in response.text
    assert error["request_id"] in caplog.text
    assert "Traceback" in caplog.text
