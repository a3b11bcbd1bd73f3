"""A service over a fresh database and a fake engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine as Database
from werkzeug.test import TestResponse

from copilot import create_app
from copilot.settings import Settings
from copilot.store.database import open_database
from copilot.store.tokens import TokenStore
from tests.api.fake_engine import FakeEngine

NOW = datetime(2026, 3, 2, 9, 20, tzinfo=UTC)
TICKET: dict[str, Any] = {"ticket": {"messages": [{"author": "customer", "text": "It is too thin."}]}}


@dataclass
class Service:
    """The app with all that a test may want to look at."""

    app: Flask
    client: FlaskClient
    database: Database
    tokens: TokenStore
    engine: FakeEngine
    token: str
    folder: Path
    settings: Settings
    calls: int = field(default=0)

    def auth(self, token: str | None = None) -> dict[str, str]:
        return {"Authorization": f"Bearer {token or self.token}"}

    def post(self, path: str, body: Any, **more: Any) -> TestResponse:
        return self.client.post(path, json=body, headers=self.auth(), **more)

    def suggest(self, **more: Any) -> dict[str, Any]:
        response = self.post("/v1/suggestions", {**TICKET, **more})
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json
        return answer

    def feedback(self, request_id: str, suggestion_id: str, event: str, key: str, **more: Any) -> TestResponse:
        body = {"request_id": request_id, "suggestion_id": suggestion_id, "event": event, "idempotency_key": key}
        return self.post("/v1/feedback", {**body, **more})


def build(folder: Path, engine: FakeEngine | None = None, **settings: Any) -> Service:
    chosen = Settings(data=folder, **{"agent_monthly_budget": Decimal(30), **settings})
    database = open_database(folder)
    engine = engine or FakeEngine()
    app = create_app(chosen, engine=engine, clock=lambda: NOW, database=database)
    tokens = TokenStore(database)
    return Service(app, app.test_client(), database, tokens, engine, tokens.create("agent", "Kim"), folder, chosen)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    made = build(tmp_path)
    yield made
    made.app.extensions["copilot"]["close"]()


def error_of(response: TestResponse, status: int, code: str) -> dict[str, Any]:
    """Asserts the one error shape; the error."""
    assert response.status_code == status, response.text
    assert response.mimetype == "application/json"
    assert set(response.json) == {"error"}
    error: dict[str, Any] = response.json["error"]
    assert set(error) == {"code", "message", "details", "request_id"}
    assert error["code"] == code
    assert error["message"]
    assert error["request_id"] == response.headers["X-Request-Id"]
    assert all(set(d) == {"path", "message"} and d["message"] for d in error["details"])
    return error
