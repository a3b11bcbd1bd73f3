"""The pages as one blueprint, and the files that they load."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, g, request, send_from_directory
from jinja2 import StrictUndefined
from werkzeug.exceptions import NotFound

from copilot.pages import failures, playbooks, sign_in
from copilot.pages.playbooks import Desk
from copilot.pages.sign_in import SignIn

EXTENSION = Path(__file__).resolve().parents[2] / "static/extension"
STATIC = Path(__file__).with_name("static")
# The pages look like the panel because they load the panel's own design system, and are built like it.
SHARED = {"theme.css": EXTENSION / "panel", "icon.svg": EXTENSION / "icons", "dom.js": EXTENSION / "lib"}


def blueprint(doorway: SignIn, desk: Desk) -> Blueprint:
    """The resource, over what it needs."""
    views = Blueprint("pages", __name__, template_folder="templates")

    @views.before_request
    def demand_meant() -> None:
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            desk.doorway.demand_meant()

    failures.add_handlers(views)
    sign_in.add_views(views, doorway)
    playbooks.add_views(views, desk)

    @views.get("/playbooks/static/<path:name>")
    def asset(name: str) -> Response:
        response = send_from_directory(SHARED.get(name, STATIC), name)  # never above it, whatever `name` says
        response.headers["Cache-Control"] = "no-cache"
        return response

    @views.get("/playbooks/<path:rest>")
    def nothing(rest: str) -> Response:  # noqa: ARG001 - whatever it is, it is not there
        raise NotFound

    @views.after_request
    def harden(response: Response) -> Response:
        desk.doorway.harden(response)
        return response

    @views.context_processor
    def shared() -> dict[str, Any]:
        token = g.get("token")
        return {"csrf": desk.doorway.csrf, "me": token}

    return views


def register(app: Flask, views: Blueprint) -> None:
    """Adds the pages to an app. A name that a template misspells is an error, not an empty place."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.filters["day"] = _day
    app.jinja_env.filters["amount"] = _amount
    app.register_blueprint(views)


def _day(moment: datetime) -> str:
    return f"{moment:%-d %b %Y, %H:%M} UTC"


def _amount(value: float | None) -> str:
    return "–" if not value else f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"
