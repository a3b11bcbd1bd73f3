"""Every error that the service raises on purpose.

    CopilotError                    exit code 3 unless said otherwise
    ├── InputError                  1: what was given to a command is wrong; the message says what and why
    ├── UsageError                  2: a command was called wrongly
    │   └── SettingError            2: a setting has a value that it cannot have
    └── ApiError                    an answer over HTTP, with its status and code
        ├── MalformedRequest        400
        ├── Unauthorized            401
        ├── Forbidden               403
        ├── NotFound                404
        ├── Conflict                409
        │   ├── BudgetExhausted     409
        │   │   └── CustomerLimit   409
        │   ├── KeyReused           409
        │   ├── AlreadySpent        409
        │   └── NotReversible       409
        ├── UnsupportedMediaType    415
        ├── InvalidRequest          422
        ├── TooManyRequests         429
        └── NotReady                503

Over HTTP every error has one shape, whoever raised it:
{"error": {"code", "message", "details": [{"path", "message"}], "request_id"}}.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# Status -> code, for errors that have none of their own. A status that is not listed takes the code
# of its class: `bad_request` or `internal_error`.
CODES: Mapping[int, str] = {
    400: "malformed_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "payload_too_large",
    415: "unsupported_media_type",
    422: "invalid_request",
    429: "too_many_requests",
    431: "headers_too_large",
    500: "internal_error",
    503: "not_ready",
}


# Conflicts that a program tells apart; each has the status 409. Code -> when.
CONFLICTS: Mapping[str, str] = {
    "budget_exhausted": "The month's budget does not cover the delight.",
    "customer_limit": "This customer had a gesture not long ago.",
    "idempotency_conflict": "The idempotency key was used for something else.",
    "already_spent": "The delight was spent with another amount.",
    "not_reversible": "The entry is a reversal, or is reversed already.",
}


def code_of(status: int) -> str:
    """The error code of a status."""
    return CODES.get(status) or ("bad_request" if status < 500 else "internal_error")


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing that is wrong: where, as a dotted path into the request (or a header), and what is expected."""

    path: str
    message: str


def error_body(
    status: int, message: str, request_id: str, details: Sequence[Detail] = (), code: str = ""
) -> dict[str, object]:
    """The one shape of an error, ready for JSON; without a `code` it is that of the status."""
    return {
        "error": {
            "code": code or code_of(status),
            "message": message,
            "details": [{"path": d.path, "message": d.message} for d in details],
            "request_id": request_id,
        }
    }


class CopilotError(Exception):
    """Something went wrong that has a name; `exit_code` is what a command ends with."""

    exit_code = 3


class InputError(CopilotError):
    """What was given to a command is wrong."""

    exit_code = 1


class UsageError(CopilotError):
    """A command was called wrongly."""

    exit_code = 2


class SettingError(UsageError):
    """A setting has a value that it cannot have; says which, where it was set and what is allowed."""

    def __init__(self, source: str, value: object, allowed: str) -> None:
        super().__init__(f"{source}={value}: {allowed}")
        self.source = source


class ApiError(CopilotError):
    """An answer over HTTP that is not a success. `headers` are added to the response."""

    status = 500
    code = ""  # that of the status
    default_message = "The service failed; the log has the request id."

    def __init__(
        self, message: str = "", details: Sequence[Detail] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message or self.default_message)
        self.message = message or self.default_message
        self.details = tuple(details)
        self.headers = dict(headers or {})


class MalformedRequest(ApiError):
    """The body is not JSON."""

    status = 400
    default_message = "The body is not JSON."


class Unauthorized(ApiError):
    """No token, or none that we know."""

    status = 401
    default_message = "Send a valid token: Authorization: Bearer cp_…"

    def __init__(self, message: str = "") -> None:
        super().__init__(message, headers={"WWW-Authenticate": 'Bearer realm="copilot"'})


class Forbidden(ApiError):
    """The token's role does not reach that far."""

    status = 403
    default_message = "This token's role may not do that."


class NotFound(ApiError):
    """There is no such thing."""

    status = 404
    default_message = "There is nothing at this address."


class Conflict(ApiError):
    """What was asked does not go with what is there."""

    status = 409
    code = "conflict"
    default_message = "This does not go with what is there."


class BudgetExhausted(Conflict):
    """A delight costs more than is left this month; nothing was booked."""

    code = "budget_exhausted"
    default_message = "The budget of this month does not cover it; nothing was booked."


class CustomerLimit(BudgetExhausted):
    """This customer had a gesture not long ago; nothing was booked."""

    code = "customer_limit"
    default_message = "This customer had a gesture not long ago; nothing was booked."


class KeyReused(Conflict):
    """The same idempotency key came with another body."""

    code = "idempotency_conflict"
    default_message = "This idempotency key was used for something else; nothing was booked."


class AlreadySpent(Conflict):
    """The delight is booked already, with another amount."""

    code = "already_spent"
    default_message = "This delight is booked already."


class NotReversible(Conflict):
    """An entry that is a reversal, or that is reversed already."""

    code = "not_reversible"
    default_message = "This entry cannot be reversed."


class UnsupportedMediaType(ApiError):
    """The body is not declared as JSON."""

    status = 415
    default_message = "Send JSON, with Content-Type: application/json."


class InvalidRequest(ApiError):
    """The body is JSON but does not fit the schema; the details say where."""

    status = 422
    default_message = "The request does not fit the schema."


class TooManyRequests(ApiError):
    """More requests than a token (or, without one, an address) may make a minute."""

    status = 429
    default_message = "Too many requests; wait as long as Retry-After says."


class NotReady(ApiError):
    """A dependency without which there is no answer at all does not answer; trying again helps."""

    status = 503
    default_message = "The service is not ready; try again in a moment."

    def __init__(self, message: str = "") -> None:
        super().__init__(message, headers={"Retry-After": "1"})
