"""The OpenAPI document describes what is there, and all of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from copilot.errors import CODES, CONFLICTS
from copilot.openapi import OPERATIONS, WHEN
from tests.api.conftest import TICKET, Service


@pytest.fixture
def document(service: Service) -> dict[str, Any]:
    found: dict[str, Any] = service.client.get("/v1/openapi.json").json
    return found


def schema(document: dict[str, Any], name: str) -> Any:
    text = json.dumps({"$ref": f"#/components/schemas/{name}", "components": document["components"]})
    return jsonschema_rs.validator_for(text)


def test_every_route_is_described_and_every_description_has_a_route(service: Service, document: Any) -> None:
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    there = {
        (method, re.sub(r"<(\w+)>", r"{\1}", rule.rule))
        for rule in service.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/v1/")
    }
    assert described == there
    assert document["openapi"].startswith("3.1")


def test_every_reference_leads_somewhere(document: Any) -> None:
    def references(node: Any) -> list[str]:
        if isinstance(node, dict):
            own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
            return own + [r for value in node.values() for r in references(value)]
        return [r for value in node for r in references(value)] if isinstance(node, list) else []

    found = references(document)
    assert found
    for reference in found:
        node = document
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]


def test_what_the_service_says_fits_what_the_document_says(service: Service, document: Any) -> None:
    answer = service.suggest()
    assert schema(document, "SuggestionsAnswer").is_valid(answer)
    assert not schema(document, "SuggestionsAnswer").is_valid({**answer, "more": 1})
    assert schema(document, "HealthAnswer").is_valid(service.client.get("/v1/health").json)
    assert schema(document, "ErrorAnswer").is_valid(service.client.get("/nothing").json)
    response = service.feedback(answer["request_id"], "d-1", "shown", "k")
    assert schema(document, "FeedbackAnswer").is_valid(response.json)


def test_requests_fit_the_document_as_they_fit_the_service(service: Service, document: Any) -> None:
    request = schema(document, "SuggestionsRequest")
    assert request.is_valid(TICKET)
    assert not request.is_valid({"ticket": {"messages": []}})
    for name, path in (("SuggestionsRequest", "/v1/suggestions"), ("FeedbackRequest", "/v1/feedback")):
        for example in document["components"]["schemas"][name]["examples"]:
            assert schema(document, name).is_valid(example)
            assert service.post(path, example).status_code < 300


def test_every_error_is_described(document: Any) -> None:
    assert set(WHEN) == set(CODES)
    for operation in OPERATIONS:
        described = document["paths"][operation.path][operation.method]
        assert {401, 403, 429} <= set(operation.errors) or operation.public
        assert described["security"] == ([] if operation.public else [{"token": []}])
        done = {operation.status, operation.repeated} - {None}
        assert set(described["responses"]) == {*map(str, done), *map(str, operation.errors)}


def test_every_error_code_is_on_the_page() -> None:
    page = (Path(__file__).parents[2] / "docs/api.md").read_text("utf-8")
    written = [line for line in page.split("\n") if re.match(r"\| \d", line)]
    assert written == [f"| {status} | `{code}` | {WHEN[status]} |" for status, code in CODES.items()]


def test_what_budgets_and_spends_say_fits_the_document(service: Service, document: Any) -> None:
    of = service.suggest()["request_id"]
    body = {"request_id": of, "delight_id": "g-1", "idempotency_key": "k"}
    made = service.post("/v1/spends", body)
    assert (made.status_code, schema(document, "SpendAnswer").is_valid(made.json)) == (201, True)
    back = service.post(f"/v1/spends/{made.json['spend_id']}/reversal", {"reason": "r", "idempotency_key": "u"})
    assert (back.status_code, schema(document, "ReversalAnswer").is_valid(back.json)) == (201, True)
    lead = service.auth(service.tokens.create("lead", "Lea"))
    for path, name in (("/v1/budgets", "BudgetsAnswer"), ("/v1/budgets/report", "BudgetReportAnswer")):
        answer = service.client.get(path, headers=lead).json
        assert schema(document, name).is_valid(answer)
        assert not schema(document, name).is_valid({**answer, "more": 1})


def test_every_conflict_is_on_the_page() -> None:
    page = (Path(__file__).parents[2] / "docs/api.md").read_text("utf-8")
    written = re.findall(r"^\| `([a-z_]+)` \| (.+) \|$", page, re.MULTILINE)
    assert written == list(CONFLICTS.items())
