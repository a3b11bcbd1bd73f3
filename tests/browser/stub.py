"""A scripted service: the real demo pages, canned answers, and whatever trouble a test asks for."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, Response, jsonify, request
from werkzeug.serving import WSGIRequestHandler, make_server

from copilot.api.demo import blueprint as demo
from copilot.errors import ApiError, Forbidden, error_body
from tests.browser import answers

Json = dict[str, Any]
TOKEN = "cp_good"
NO_HEADERS: Mapping[str, str] = {}
BY_SUBJECT: Mapping[str, Callable[[Json, int], Json]] = {
    "Low Tide just isn't doing it for me": answers.rich,
    "Red, itchy patches since Tuesday": answers.fix_first,
    "You lot are lovely": answers.silent,
}


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nobody reads it."""


class Stub:
    """What the service was asked and told, and how it should behave."""

    def __init__(self) -> None:
        self.asked: list[Json] = []
        self.feedback: list[Json] = []
        self.delays: dict[str, float] = {}  # seconds, by ticket id
        self.answers: dict[str, Callable[[Json, int], Json]] = {}  # by ticket id; else by subject
        self.trouble: tuple[int, Mapping[str, str]] | None = None  # status and headers of every answer
        self.refuse_spends: tuple[int, str, str] | None = None  # status, code, message
        self.drop_spends = 0  # so many are booked, but their answers are lost on the way
        self.spends: list[Json] = []  # every call
        self.ledger: dict[str, Json] = {}  # what was booked, by key
        self.limits = {"agent:nuala": 50.0, "team": 250.0}
        self.spent = 6.5
        self.count = 0
        self.app = self._app()
        self.server = make_server("127.0.0.1", 0, self.app, threaded=True, request_handler=_Quiet)
        self.port = self.server.server_port
        self.address = f"http://127.0.0.1:{self.port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def reset(self) -> None:
        """As if nothing had happened."""
        self.asked.clear()
        self.feedback.clear()
        self.delays.clear()
        self.answers.clear()
        self.trouble = self.refuse_spends = None
        self.drop_spends, self.spent = 0, 6.5
        self.spends.clear()
        self.ledger.clear()
        self.limits = {"agent:nuala": 50.0, "team": 250.0}

    def stop(self) -> None:
        """Frees the port."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(timeout=5)

    def events(self, event: str) -> list[tuple[str, str]]:
        """(request id, suggestion id) of each feedback of a kind, in order of arrival."""
        return [(f["request_id"], f["suggestion_id"]) for f in self.feedback if f["event"] == event]

    def _levels(self) -> list[Json]:
        return [
            {
                "scope": scope,
                "limit": limit,
                "spent": self.spent,
                "remaining": max(0.0, limit - self.spent),
                "warning": "spent" if self.spent >= limit else "near" if self.spent >= 0.8 * limit else None,
            }
            for scope, limit in self.limits.items()
        ]

    def _booked(self, path: str, body: Json, amount: float) -> Response:
        self.spends.append({"path": path, **body})
        if self.refuse_spends:
            status, code, message = self.refuse_spends
            response = jsonify(error_body(status, message, "x", code=code))
            response.status_code = status
            return response
        key, fresh = body["idempotency_key"], body["idempotency_key"] not in self.ledger
        if fresh:
            self.spent += amount
            remaining = [{"scope": one["scope"], "remaining": one["remaining"]} for one in self._levels()]
            until = {"reversible_until": "2099-01-01T00:00:00+00:00"} if amount > 0 else {}
            self.ledger[key] = {"spend_id": len(self.ledger) + 1, "amount": amount, "currency": "EUR", **until}
            self.ledger[key] |= {"remaining": remaining, "warning": None}
        if self.drop_spends:
            self.drop_spends -= 1
            return self._refusal(503, "The answer was lost.")
        return Response(json.dumps(self.ledger[key]), 201 if fresh else 200, content_type="application/json")

    def _refusal(self, status: int, message: str, headers: Mapping[str, str] = NO_HEADERS) -> Response:
        response = jsonify(error_body(status, message, "x"))
        response.status_code = status
        response.headers.update(headers)
        return response

    def _turned_away(self) -> Response | None:
        if self.trouble:
            status, headers = self.trouble
            return self._refusal(status, f"scripted {status}", headers)
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self._refusal(401, "This token is not known.")
        return None

    def _app(self) -> Flask:
        app = Flask(__name__, static_folder=None)
        app.extensions["copilot"] = {"issue_demo_token": lambda: TOKEN}
        app.register_blueprint(demo)

        def forbidden(error: ApiError) -> Response:
            return self._refusal(403, str(error))

        app.register_error_handler(Forbidden, forbidden)

        @app.get("/v1/health")
        def health() -> Response:
            return jsonify(status="ok", tickets=7, model="stub", version="0.1.0", degraded=[])

        @app.post("/v1/suggestions")
        def suggestions() -> Response:
            if refusal := self._turned_away():
                return refusal
            asked = request.get_json()
            if "ticket" not in asked:
                return self._refusal(422, "ticket: is required")
            self.asked.append(asked)
            self.count += 1
            number, ticket = self.count, asked["ticket"]
            time.sleep(self.delays.get(ticket["id"], 0.0))
            make = self.answers.get(ticket["id"]) or BY_SUBJECT.get(ticket["subject"], answers.plain)
            return jsonify(make(asked, number))

        @app.post("/v1/feedback")
        def feedback() -> Response:
            if refusal := self._turned_away():
                return refusal
            self.feedback.append(request.get_json())
            return Response(status=202, response="{}", content_type="application/json")

        @app.get("/v1/budgets")
        def budgets() -> Response:
            if refusal := self._turned_away():
                return refusal
            return jsonify(currency="EUR", budgets=self._levels())

        @app.post("/v1/spends")
        def spend() -> Response:
            if refusal := self._turned_away():
                return refusal
            given = request.get_json()
            return self._booked("/v1/spends", given, given["amount"])

        @app.post("/v1/spends/<int:spend_id>/reversal")
        def reverse(spend_id: int) -> Response:
            if refusal := self._turned_away():
                return refusal
            entry = next(entry for entry in self.ledger.values() if entry["spend_id"] == spend_id)
            return self._booked(f"/v1/spends/{spend_id}/reversal", request.get_json(), -entry["amount"])

        return app
