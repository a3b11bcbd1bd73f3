"""Errors of the pages: as a page for people, in the one JSON shape for scripts."""

from __future__ import annotations

import logging
from urllib.parse import quote

from flask import Blueprint, redirect, render_template, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from copilot.api.body import json_response
from copilot.api.failures import request_id
from copilot.errors import ApiError, Unauthorized, error_body
from copilot.store.locks import LockTimeout

log = logging.getLogger(__name__)
TITLES = {
    400: "That could not be read",
    403: "Not for you to change",
    404: "There is nothing here",
    405: "Not that way",
    409: "Somebody was faster",
    413: "Too large",
    422: "That does not fit",
    429: "Too many requests",
    503: "Not now",
}
Answer = Response | tuple[str, int] | tuple[str, int, dict[str, str]]


def wants_json() -> bool:
    """Whether a script asked."""
    return request.mimetype == "application/json" or request.accept_mimetypes.best == "application/json"


def add_handlers(views: Blueprint) -> None:
    """Every failure of a page's request."""

    def shown(status: int, message: str, headers: dict[str, str] | None = None) -> Answer:
        if wants_json():
            response = json_response(error_body(status, message, request_id()), status)
            response.headers.update(headers or {})
            return response
        title = TITLES.get(status, "That went wrong")
        page = render_template("error.html", title=title, message=message, status=status, id=request_id())
        return page, status, headers or {}

    def refuse(error: ApiError) -> Answer:
        if isinstance(error, Unauthorized):
            if wants_json():
                return shown(401, "You are signed out. Sign in again; what you wrote is kept in this browser.")
            # A form that was sent without a session comes back to a page that it can be sent from again.
            back = request.full_path.rstrip("?") if request.method == "GET" else "/playbooks"
            return redirect(f"/sign-in?next={quote(back)}", 303)
        return shown(error.status, error.message, error.headers)

    def refuse_http(error: HTTPException) -> Answer:
        status = error.code or 500
        said = {404: "There is no page at this address.", 405: "This address does not take that."}
        headers = {n: v for n, v in error.get_headers() if n.lower() not in ("content-type", "content-length")}
        return shown(status, said.get(status) or error.description or error.name, headers)

    def unavailable(error: OperationalError) -> Answer:
        log.error("request %s: the database does not answer: %s", request_id(), error.orig)
        return shown(503, "The database does not answer; try again in a moment.", {"Retry-After": "1"})

    def busy(error: LockTimeout) -> Answer:
        log.warning("request %s: %s", request_id(), error)
        return shown(503, "Somebody is publishing just now; try again in a moment.", {"Retry-After": "5"})

    def fail(error: Exception) -> Answer:
        log.error("request %s failed: %s %s", request_id(), request.method, request.path, exc_info=error)
        return shown(500, ApiError.default_message)

    views.register_error_handler(ApiError, refuse)
    views.register_error_handler(HTTPException, refuse_http)
    views.register_error_handler(OperationalError, unavailable)
    views.register_error_handler(LockTimeout, busy)
    views.register_error_handler(Exception, fail)
