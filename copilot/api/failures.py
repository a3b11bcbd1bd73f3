"""Every failure as the one error shape, and the headers that every response carries."""

from __future__ import annotations

import logging
import os
import random

from flask import Flask, Response, g, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from copilot.api.body import json_response
from copilot.errors import ApiError, NotReady, error_body

log = logging.getLogger(__name__)
# Ids must be unique, not secret; asking the system for randomness costs more than the rest of the bookkeeping.
_ids = random.Random()
os.register_at_fork(after_in_child=_ids.seed)
SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
SAID = {
    400: "The request cannot be read.",
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: "The body is too large.",
}


def request_id() -> str:
    """The current request's id; it stands in the answer, in the log and in `X-Request-Id`."""
    made: str = g.get("request_id") or f"{_ids.getrandbits(128):032x}"
    g.request_id = made
    return made


def refuse(error: ApiError) -> Response:
    """An error of ours as a response."""
    body = error_body(error.status, error.message, request_id(), error.details, error.code)
    response = json_response(body, error.status)
    response.headers.update(error.headers)
    return response


def register(app: Flask) -> None:
    """Hooks error handlers and headers into an app."""

    def refuse_http(error: HTTPException) -> Response:
        status = error.code or 500
        message = SAID.get(status) or error.description or error.name
        if status == 413:
            message = f"The body is larger than {app.config['MAX_CONTENT_LENGTH']} bytes."
        response = json_response(error_body(status, message, request_id()), status)
        for name, value in error.get_headers():
            if name.lower() not in ("content-type", "content-length"):
                response.headers[name] = value
        return response

    def unavailable(error: OperationalError) -> Response:
        log.error("request %s: the database does not answer: %s", request_id(), error.orig)
        return refuse(NotReady("The database does not answer; try again in a moment."))

    def fail(error: Exception) -> Response:
        log.error("request %s failed: %s %s", request_id(), request.method, request.path, exc_info=error)
        return json_response(error_body(500, ApiError.default_message, request_id()), 500)

    def finish(response: Response) -> Response:
        for name, value in SAFE_HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers["X-Request-Id"] = request_id()
        if response.mimetype == "application/json":
            response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    app.register_error_handler(ApiError, refuse)
    app.register_error_handler(HTTPException, refuse_http)
    app.register_error_handler(OperationalError, unavailable)
    app.register_error_handler(Exception, fail)
    app.after_request(finish)
