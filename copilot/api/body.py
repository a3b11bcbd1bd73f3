"""Bodies in and out: a request's JSON, and JSON as a response."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, request

from copilot.errors import MalformedRequest, UnsupportedMediaType


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def read_json() -> Any:
    """The decoded body of the current request.

    Raises:
        UnsupportedMediaType: it is not declared as JSON.
        MalformedRequest: it is not JSON, or nested so deeply that nobody can mean it.
        werkzeug's RequestEntityTooLarge: it is larger than the service takes, whether or not it said so.
    """
    if request.mimetype != "application/json" and not request.mimetype.endswith("+json"):
        raise UnsupportedMediaType
    raw = request.get_data(cache=False)
    try:
        return json.loads(raw.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise MalformedRequest(f"The body is not UTF-8: byte {error.start} cannot be read.") from None
    except json.JSONDecodeError as error:
        said = f"The body is not JSON: {error.msg}, line {error.lineno} column {error.colno}."
        raise MalformedRequest(said) from None
    except ValueError:  # NaN, Infinity, or an integer of thousands of digits
        raise MalformedRequest("The body is not JSON: it holds a number that JSON does not have.") from None
    except RecursionError:
        raise MalformedRequest("The body is nested too deeply.") from None


def json_response(body: Any, status: int = 200) -> Response:
    """Compact JSON in the order of the keys. Half a surrogate pair becomes "?", since UTF-8 cannot hold it."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Response(text.encode("utf-8", "replace"), status, content_type="application/json")
