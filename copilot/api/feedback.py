"""`POST /v1/feedback`: what an agent did with a suggestion."""

from __future__ import annotations

from flask import Blueprint, Response

from copilot.api.auth import caller
from copilot.api.body import json_response, read_json
from copilot.schemas import parse_feedback
from copilot.store.feedback import FeedbackStore


def blueprint(feedback: FeedbackStore) -> Blueprint:
    """The resource, over what it needs."""
    views = Blueprint("feedback", __name__)

    @views.post("/v1/feedback")
    def create() -> Response:
        counted = feedback.record(parse_feedback(read_json()), caller().name)
        return json_response({"status": "accepted", "counted": counted}, 202)

    return views
