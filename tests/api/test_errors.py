"""One error shape at every route and status, and the headers of every response."""

from __future__ import annotations

import inspect
import sqlite3
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from copilot import errors
from copilot.errors import CODES, ApiError, CopilotError, code_of
from tests.api.conftest import TICKET, Service, build, error_of
from tests.api.fake_engine import FakeEngine


def check_headers(response: TestResponse) -> None:
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert "Access-Control-Allow-Origin" not in response.headers
    assert len(response.headers["X-Request-Id"]) == 32


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/", "/v1/suggestions/", "/v1/nothing", "/v1/../etc", "/%00", "/%ff"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_nothing_there(service: Service, path: str, method: str) -> None:
    response = service.client.open(path, method=method)
    error_of(response, 404, "not_found")
    check_headers(response)


def test_a_method_that_a_route_does_not_take(service: Service) -> None:
    addresses = service.app.url_map.bind("localhost")
    for rule in service.app.url_map.iter_rules():
        taken = set(addresses.allowed_methods(rule.rule))  # of all rules that this address fits
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"} - taken:
            response = service.client.open(rule.rule, method=method, headers=service.auth())
            error_of(response, 405, "method_not_allowed")
            assert set(response.headers["Allow"].split(", ")) == taken
            check_headers(response)


@pytest.mark.parametrize("path", ["/v1/suggestions", "/v1/feedback"])
@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        ("{", "application/json", 400, "malformed_request"),
        (" " * (1024 * 1024 + 1), "application/json", 413, "payload_too_large"),
        ("{}", "text/xml", 415, "unsupported_media_type"),
        ("{}", "application/json", 422, "invalid_request"),
    ],
)
def test_every_resource_with_a_body(service: Service, path: str, body: str, kind: str, status: int, code: str) -> None:
    response = service.client.post(path, data=body, content_type=kind, headers=service.auth())
    error_of(response, status, code)
    check_headers(response)


def test_a_success_has_the_headers_too(service: Service) -> None:
    check_headers(service.post("/v1/suggestions", TICKET))
    check_headers(service.client.get("/v1/health"))


def test_the_request_id_is_the_one_of_the_answer(service: Service) -> None:
    response = service.post("/v1/suggestions", TICKET)
    assert response.json["request_id"] == response.headers["X-Request-Id"]


def test_a_database_that_does_not_answer_is_not_ready(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    with sqlite3.connect(service.folder / "copilot.sqlite3") as other:
        other.execute("DROP TABLE spends")
        other.execute("DROP TABLE feedback")
    response = service.feedback("r", "s", "shown", "k")
    error = error_of(response, 503, "not_ready")
    assert response.headers["Retry-After"] == "1"
    assert "feedback" not in response.text, "what the database said stays in the log"
    assert error["request_id"] in caplog.text


def test_health(service: Service) -> None:
    answer = service.client.get("/v1/health").json
    assert list(answer) == ["status", "tickets", "model", "version", "degraded"]
    assert (answer["status"], answer["tickets"], answer["model"], answer["degraded"]) == ("ok", 3, "fake", [])


def test_health_names_what_is_degraded_and_so_does_the_answer(tmp_path: Path) -> None:
    service = build(tmp_path, FakeEngine(degraded=("index",)))
    answer = service.client.get("/v1/health").json
    assert (answer["status"], answer["degraded"]) == ("degraded", ["index"])
    assert service.suggest()["degraded"] == ["index"]


def test_closing_closes_the_engine(service: Service) -> None:
    service.app.extensions["copilot"]["close"]()
    assert service.engine.closed


def kinds() -> list[type[CopilotError]]:
    found = [k for _, k in inspect.getmembers(errors, inspect.isclass) if issubclass(k, CopilotError)]
    return sorted(found, key=lambda k: k.__name__)


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    lines = [line for line in (errors.__doc__ or "").split("\n") if "──" in line or line.startswith("    CopilotError")]
    drawn = {line.split("── ")[-1].split()[0]: line.split()[-1].rstrip(":") for line in lines}
    assert set(drawn) == {k.__name__ for k in kinds()}
    for line in lines:
        kind = getattr(errors, line.split("── ")[-1].split()[0])
        depth = len(kind.__mro__) - len(CopilotError.__mro__)
        assert (line.index(kind.__name__) - 4) // 4 == depth, line
        if issubclass(kind, ApiError) and kind is not ApiError:
            assert line.endswith(str(kind.status))


def test_every_status_has_its_own_code() -> None:
    assert len(set(CODES.values())) == len(CODES)
    for kind in kinds():
        if issubclass(kind, ApiError):
            assert kind.status in CODES
    assert (code_of(418), code_of(502)) == ("bad_request", "internal_error")
