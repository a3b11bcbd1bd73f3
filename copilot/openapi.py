"""The OpenAPI 3.1 document, made from the models of requests and answers; a test holds it to the routes that exist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from copilot.answer_schema import (
    BudgetReportAnswer,
    BudgetsAnswer,
    ErrorAnswer,
    FeedbackAnswer,
    HealthAnswer,
    ReversalAnswer,
    SpendAnswer,
    SuggestionsAnswer,
)
from copilot.errors import CODES
from copilot.schemas import FeedbackRequest, ReversalRequest, SpendRequest, SuggestionsRequest

Json = dict[str, Any]
WHEN: Mapping[int, str] = {
    400: "The body is not JSON.",
    401: "No token, or one that is not valid.",
    403: "The token's role may not do that.",
    404: "There is nothing at this address.",
    405: "This address does not take that method; Allow says which it takes.",
    409: "It does not go with what is there; the code says why, and nothing was stored.",
    413: "The body is too large.",
    415: "The body is not declared as JSON.",
    422: "The body does not fit the schema; the details say where.",
    429: "Too many requests; Retry-After says how many seconds to wait.",
    431: "The headers are too large.",
    500: "The service failed; its log has the request id.",
    503: "Not ready, or a dependency does not answer; try again.",
}
OPEN = (405, 429, 500, 503)
READING = (400, 401, 403, 405, 413, 415, 422, 429, 500, 503)


@dataclass(frozen=True)
class Operation:
    """One row of the table of routes. `answer` None: any JSON object."""

    method: str
    path: str
    id: str
    summary: str
    errors: tuple[int, ...]
    request: type[BaseModel] | None = None
    answer: type[BaseModel] | None = None
    status: int = 200
    public: bool = False
    repeated: int | None = None  # the status of the same answer to the same call again
    parameters: tuple[Json, ...] = ()
    media: str = "application/json"


MONTH = {
    "name": "month",
    "in": "query",
    "required": False,
    "description": "YYYY-MM in UTC; without it the current one.",
    "schema": {"type": "string", "pattern": "^(19[7-9][0-9]|[2-8][0-9]{3})-(0[1-9]|1[0-2])$"},
}
AGENT = {
    "name": "agent",
    "in": "query",
    "required": False,
    "description": "Whose budget, where a team shares one token; without it the token's name.",
    "schema": {"type": "string", "maxLength": 255},
}
SPEND_ID = {"name": "spend_id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
LOOKING = (401, 403, 405, 422, 429, 500, 503)

OPERATIONS = (
    Operation(
        "post", "/v1/suggestions", "createSuggestions", "Advice for an open ticket",
        READING, SuggestionsRequest, SuggestionsAnswer,
    ),
    Operation(
        "post", "/v1/feedback", "createFeedback", "What an agent did with a suggestion",
        (*READING, 409), FeedbackRequest, FeedbackAnswer, 202,
    ),
    Operation(
        "get", "/v1/budgets", "showBudgets", "What is left to spend on gestures this month",
        (401, 403, 405, 429, 500, 503), None, BudgetsAnswer, parameters=(AGENT,),
    ),
    Operation(
        "post", "/v1/spends", "createSpend", "Spend on a delight that an answer offered",
        (*READING, 404, 409), SpendRequest, SpendAnswer, 201, repeated=200,
    ),
    Operation(
        "post", "/v1/spends/{spend_id}/reversal", "createReversal", "Take a spend back",
        (*READING, 404, 409), ReversalRequest, ReversalAnswer, 201, repeated=200, parameters=(SPEND_ID,),
    ),
    Operation(
        "get", "/v1/spends.csv", "exportSpends", "The ledger of a month for a spreadsheet",
        LOOKING, parameters=(MONTH,), media="text/csv",
    ),
    Operation(
        "get", "/v1/budgets/report", "showBudgetReport", "What the gestures of a month led to",
        LOOKING, None, BudgetReportAnswer, parameters=(MONTH,),
    ),
    Operation("get", "/v1/health", "showHealth", "How the service is", OPEN, None, HealthAnswer, public=True),
    Operation(
        "get", "/v1/playbooks/schema.json", "showPlaybookSchema", "The JSON Schema of playbook files",
        OPEN, public=True, media="application/schema+json",
    ),
    Operation("get", "/v1/openapi.json", "showOpenapi", "This document", OPEN, public=True),
)  # fmt: skip


def document(version: str) -> Json:
    """The whole document."""
    models = [(o.request, "validation") for o in OPERATIONS if o.request]
    models += [(o.answer, "serialization") for o in OPERATIONS if o.answer]
    models.append((ErrorAnswer, "serialization"))
    _, schemas = models_json_schema(models, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    paths: dict[str, Json] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation)
    used = sorted({status for o in OPERATIONS for status in o.errors})
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Copilot",
            "version": version,
            "description": "Advice for the support teams of online shops. Nothing is ever sent to a customer.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "responses": {f"Error{status}": _error(status) for status in used},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "Made by `copilot token create`."}
            },
        },
    }


def _operation(operation: Operation) -> Json:
    answer = _ref(operation.answer) if operation.answer else {"type": "object"}
    content = {operation.media: {"schema": answer if "json" in operation.media else {"type": "string"}}}
    done = {operation.status: {"description": "Done.", "content": content}}
    if operation.repeated:
        done[operation.repeated] = {"description": "Done by an earlier call; said again.", "content": content}
    described: Json = {
        "operationId": operation.id,
        "summary": operation.summary,
        "security": [] if operation.public else [{"token": []}],
        "responses": {
            **{str(status): response for status, response in sorted(done.items())},
            **{str(s): {"$ref": f"#/components/responses/Error{s}"} for s in sorted(operation.errors)},
        },
    }
    if operation.parameters:
        described["parameters"] = list(operation.parameters)
    if operation.request:
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _ref(operation.request)}},
        }
    return described


def _ref(model: type[BaseModel]) -> Json:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _error(status: int) -> Json:
    example = {"error": {"code": CODES[status], "message": WHEN[status], "details": [], "request_id": "5f1c2a"}}
    return {
        "description": WHEN[status],
        "content": {"application/json": {"schema": _ref(ErrorAnswer), "example": example}},
    }
