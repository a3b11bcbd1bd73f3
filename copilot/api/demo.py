"""The demo helpdesk: static pages, the extension's own panel in a frame, and a passing token for this machine only.

Registered only with the setting `demo`. What it serves lies in two fixed folders; what a page may load and who may
frame it is said in its Content-Security-Policy.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, jsonify, redirect, request, send_from_directory
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from copilot.errors import Forbidden

ROOT = Path(__file__).resolve().parents[2]
HELPDESK = ROOT / "demo/helpdesk"
EXTENSION = ROOT / "static/extension"
# The parts of the extension that run on a page too; the rest of it is nobody's business here.
SHARED = frozenset({"panel", "lib", "hosts"})
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "frame-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
    ),
    "Cache-Control": "no-cache",
    "Cross-Origin-Resource-Policy": "same-origin",
}

blueprint = Blueprint("demo", __name__)


@blueprint.before_request
def only_for_this_machine() -> None:
    """Refuses whoever is not on this machine, or was sent here under another name.

    The second guards against DNS rebinding: a foreign page whose name is made to point here keeps that name in `Host`.
    A forwarding proxy makes every caller look local, so its traces are refused too.
    """
    name = urlsplit(f"//{request.host}").hostname or ""
    try:
        local = ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        local = False
    if not local or name not in LOCAL_NAMES or any(header in request.headers for header in FORWARDED):
        raise Forbidden("The demo is open to this machine only, at http://127.0.0.1.")


@blueprint.after_request
def harden(response: Response) -> Response:
    """Adds the headers of the demo's pages, unless a view has set its own."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


@blueprint.get("/")
def start() -> AnyResponse:
    """Leads from the service's address to the demo."""
    return redirect("/demo/")


@blueprint.get("/demo/")
@blueprint.get("/demo/tickets/<ticket>")
def page(ticket: str = "") -> Response:  # noqa: ARG001 - the page reads its own address
    """The helpdesk's one page, for every ticket's address."""
    return send_from_directory(HELPDESK, "index.html")


@blueprint.get("/demo/<path:name>")
def file(name: str) -> Response:
    """A file of the helpdesk, or one that it shares with the extension."""
    part, slash, rest = name.partition("/")
    if not slash:
        return send_from_directory(HELPDESK, name)
    if part not in SHARED:
        raise NotFound
    return send_from_directory(EXTENSION / part, rest)  # never above the part, whatever `rest` says


@blueprint.post("/demo/session")
def session() -> Response:
    """A passing agent's token for the page that this very service served."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise Forbidden("Only the demo's own page may ask for a session.")
    token = current_app.extensions["copilot"]["issue_demo_token"]()
    response = jsonify(token=token)
    response.headers["Cache-Control"] = "no-store"
    return response
