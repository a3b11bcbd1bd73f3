"""Whatever is sent, the answer is one of the contract's: never a 5xx, always the one shape."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.conftest import Service, build

STATUSES = {200, 201, 202, 400, 401, 404, 405, 409, 413, 415, 422}
ANY_TEXT = st.text(st.characters(codec=None), max_size=40) | st.sampled_from(
    [
        "\x00", "\ud800", "\U0010ffff", "\u202edrow", "\u200b", "9" * 400, "a" * 3000, "NaN", "' OR 1=1 --", "{{7*7}}",
        "${jndi:ldap://x}", "%s%n", "../../etc/passwd", "<script>alert(1)</script>", "\r\nSet-Cookie: x=1",
        "2026-02-30T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
        "2026-03-02T09:20:00+23:59:59.999999",
    ]
)  # fmt: skip
NUMBER = st.integers() | st.sampled_from([10**400, -(2**63) - 1, 0, 1, 20]) | st.floats(allow_nan=False)
LEAF = st.none() | st.booleans() | NUMBER | ANY_TEXT
ANY_JSON = st.recursive(
    LEAF, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4), max_leaves=12
)


def nearly(real: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly what fits, sometimes anything."""
    return st.one_of(real, real, real, ANY_JSON)


def fields(**known: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return nearly(st.fixed_dictionaries({}, optional={name: nearly(kind) for name, kind in known.items()}))


MESSAGE = fields(
    author=st.sampled_from(["customer", "agent", "system", "note"]),
    name=ANY_TEXT,
    text=ANY_TEXT,
    html=ANY_TEXT,
    sent_at=st.datetimes(timezones=st.timezones()).map(lambda t: t.isoformat()) | ANY_TEXT,
)
SUGGESTIONS = fields(
    ticket=fields(
        id=ANY_TEXT,
        helpdesk=ANY_TEXT,
        subject=ANY_TEXT,
        channel=st.sampled_from(["email", "chat", "sms"]),
        tags=st.lists(ANY_TEXT, max_size=3),
        order_ids=st.lists(ANY_TEXT, max_size=3),
        messages=st.lists(MESSAGE, min_size=1, max_size=3),
    ),
    customer=fields(id=ANY_TEXT, email=ANY_TEXT),
    agent=fields(id=ANY_TEXT),
    now=st.datetimes(timezones=st.timezones()).map(lambda t: t.isoformat()) | ANY_TEXT,
    sections=st.lists(st.sampled_from(["similar", "codes", "delights"]), max_size=4),
    limit=st.integers(1, 20),
)
FEEDBACK = fields(
    request_id=ANY_TEXT,
    suggestion_id=ANY_TEXT,
    event=st.sampled_from(["shown", "accepted", "sent"]),
    final_text=ANY_TEXT,
    reason=ANY_TEXT,
    agent=ANY_TEXT | fields(id=ANY_TEXT),
    idempotency_key=ANY_TEXT,
)
SPEND = fields(request_id=ANY_TEXT, delight_id=ANY_TEXT, amount=NUMBER, idempotency_key=ANY_TEXT)
REVERSAL = fields(reason=ANY_TEXT, idempotency_key=ANY_TEXT)
BODY = {
    "/v1/suggestions": SUGGESTIONS,
    "/v1/feedback": FEEDBACK,
    "/v1/spends": SPEND,
    "/v1/spends/1/reversal": REVERSAL,
}
many = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    made = build(tmp_path_factory.mktemp("hostile"), rate_limit=1_000_000)
    made.app.testing = False
    yield made
    made.app.extensions["copilot"]["close"]()


def check(client: FlaskClient, method: str, path: str, **more: Any) -> int:
    response = client.open(path, method=method, **more)
    assert response.status_code in STATUSES, response.text
    if response.status_code >= 400 and method != "HEAD":
        error = json.loads(response.get_data())["error"]
        assert set(error) == {"code", "message", "details", "request_id"}
        assert len(response.get_data()) < 20_000, "an error does not echo what was sent"
    return response.status_code


@pytest.mark.parametrize("path", list(BODY))
@many
@given(data=st.data())
def test_bodies_that_nearly_fit(running: Service, path: str, data: st.DataObject) -> None:
    body = json.dumps(data.draw(BODY[path]), ensure_ascii=data.draw(st.booleans()))
    raw = body.encode("utf-8", "surrogatepass")
    check(running.client, "POST", path, data=raw, content_type="application/json", headers=running.auth())


@pytest.mark.parametrize("path", list(BODY))
@many
@given(raw=st.binary(max_size=200) | ANY_JSON.map(lambda x: json.dumps(x).encode()))
def test_bodies_of_anything(running: Service, path: str, raw: bytes) -> None:
    check(running.client, "POST", path, data=raw, content_type="application/json", headers=running.auth())


@many
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"]),
    path=st.sampled_from(["/", "/v1/", "/v1/suggestions", "/v1/feedback", "/v1/health", "/v1/openapi.json"]),
    tail=st.text(max_size=20),
    kind=st.none() | st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=30),
    token=st.none() | st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=60),
)
def test_addresses_and_headers_of_anything(
    running: Service, method: str, path: str, tail: str, kind: str | None, token: str | None
) -> None:
    headers = {k: v for k, v in (("Authorization", token), ("Content-Type", kind)) if v is not None}
    check(running.client, method, path + tail, headers=headers, data=b"{}")


SHAPES: dict[str, Callable[[], bytes]] = {
    "many messages": lambda: json.dumps(
        {"ticket": {"messages": [{"author": "customer", "text": "x"}] * 1000}}
    ).encode(),
    "too many messages": lambda: b'{"ticket": {"messages": [' + b",".join([b"1"] * 400_000) + b"]}}",
    "one long message": lambda: json.dumps(
        {"ticket": {"messages": [{"author": "customer", "text": "<" * 1_000_000}]}}
    ).encode(),
    "many keys": lambda: json.dumps({str(n): n for n in range(60_000)}).encode(),
    "one key many times": lambda: b"{" + b",".join([b'"ticket": 1'] * 80_000) + b"}",
    "deep in a field": lambda: b'{"ticket": ' + b'{"messages": ' * 60_000,
    "deep and closed": lambda: b'{"now": ' + b"[" * 900 + b"]" * 900 + b"}",
    "many tags": lambda: json.dumps({"ticket": {"messages": [], "tags": ["x"] * 200_000}}).encode(),
    "a number of 4000 digits": lambda: b'{"limit": ' + b"9" * 4000 + b"}",
    "a float of many digits": lambda: b'{"limit": 0.' + b"9" * 500_000 + b"}",
    "a long escape": lambda: b'{"now": "' + b"\\ud800" * 150_000 + b'"}',
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("path", list(BODY))
def test_large_shapes_are_answered_in_time(running: Service, path: str, shape: str) -> None:
    raw = SHAPES[shape]()
    assert len(raw) <= 1024 * 1024
    started = time.perf_counter()
    check(running.client, "POST", path, data=raw, content_type="application/json", headers=running.auth())
    assert time.perf_counter() - started < 2


def test_engine_never_saw_what_no_database_keeps(running: Service) -> None:
    for ask in running.engine.asked:
        text = repr(ask)
        text.encode("utf-8")
        assert "\\x00" not in text
        assert ask.now.tzinfo is not None


@pytest.mark.slow
def test_schemathesis_finds_nothing(running: Service) -> None:
    """Requests made from the OpenAPI document, right and wrong ones, judged by the document."""
    import schemathesis
    from schemathesis.specs.openapi.checks import ignored_auth

    schema = schemathesis.openapi.from_wsgi("/v1/openapi.json", running.app)
    everything = running.auth(running.tokens.create("admin", "Ada"))

    for operation in schema.get_all_operations():

        @given(case=operation.ok().as_strategy())
        @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
        def call(case: schemathesis.Case) -> None:
            response = case.call(headers=everything)
            assert response.status_code in STATUSES
            case.validate_response(response, excluded_checks=[ignored_auth])  # every request has a token here

        call()
