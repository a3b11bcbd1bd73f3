"""`GET /v1/playbooks/schema.json`: the JSON Schema of playbook files, for editors to complete from. Open to all."""

from __future__ import annotations

from flask import Blueprint, Response

from copilot.api.body import json_response
from recommenders.playbooks.schema import json_schema


def blueprint() -> Blueprint:
    """The resource; the schema is made once."""
    views = Blueprint("playbook_schema", __name__)
    written = json_response(json_schema()).get_data()

    @views.get("/v1/playbooks/schema.json")
    def show() -> Response:
        answer = Response(written, content_type="application/schema+json")
        answer.headers["Access-Control-Allow-Origin"] = "*"  # editors in a browser read it from anywhere
        answer.headers["Cache-Control"] = "public, max-age=300"
        return answer

    return views
