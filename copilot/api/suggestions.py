"""`POST /v1/suggestions`: the open ticket in, the advice out."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from flask import Blueprint, Response

from copilot.api.auth import caller
from copilot.api.body import json_response, read_json
from copilot.api.failures import request_id
from copilot.ports import Engine
from copilot.render import render
from copilot.schemas import parse_ask, revision
from copilot.store.answers import Answer, AnswerLog, offers_of


def blueprint(engine: Engine, answers: AnswerLog, clock: Callable[[], datetime]) -> Blueprint:
    """The resource, over what it needs."""
    views = Blueprint("suggestions", __name__)

    @views.post("/v1/suggestions")
    def create() -> Response:
        started = time.perf_counter()
        ask = parse_ask(read_json(), clock)
        if not ask.agent_id:
            ask = replace(ask, agent_id=caller().name)
        suggestion = engine.suggest(ask)
        of, content = request_id(), revision(ask.ticket)
        answers.add(
            Answer(
                request_id=of,
                created_at=clock(),
                ticket_id=ask.ticket.id or None,
                revision=content,
                agent=ask.agent_id,
                offers=offers_of(suggestion, ask.sections, ask.now),
            )
        )
        total = (time.perf_counter() - started) * 1000
        return json_response(
            render(
                suggestion,
                request_id=of,
                revision=content,
                sections=ask.sections,
                timings_ms={**suggestion.timings_ms, "total": total},
            )
        )

    return views
