"""`GET /v1/health` and `GET /v1/openapi.json`: how the service is, and how to talk to it. Open to everybody."""

from __future__ import annotations

from flask import Blueprint, Response

from copilot.api.body import json_response
from copilot.openapi import document
from copilot.ports import Engine


def blueprint(engine: Engine, version: str) -> Blueprint:
    """The resource, over what it needs."""
    views = Blueprint("health", __name__)
    described = json_response(document(version)).get_data()

    @views.get("/v1/health")
    def show() -> Response:
        health = engine.health()
        return json_response(
            {
                "status": "degraded" if health.degraded else "ok",
                "tickets": health.tickets,
                "model": health.model,
                "version": version,
                "degraded": list(health.degraded),
            }
        )

    @views.get("/v1/openapi.json")
    def openapi() -> Response:
        return Response(described, content_type="application/json")

    return views
