"""Lines of JSON from a file that somebody else wrote: each line is read alone, and a bad one costs only itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)
from pydantic_core import from_json

from copilot.shop.rejection import LoadError, Notes

MAX_LINE_BYTES = 16 * 1024 * 1024
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Line:
    """A line that holds a JSON object: its number from 1, its bytes and the object."""

    number: int
    raw: bytes
    data: dict[str, Any]


class Record(BaseModel):
    """The base of every row that is read from JSON: unknown fields stay out, numbers must be numbers."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False, coerce_numbers_to_str=True, frozen=True)


def _aware(value: Any) -> Any:
    # pydantic would also take a bare number for seconds since 1970; the contract says ISO 8601.
    if isinstance(value, str):
        return value
    raise ValueError("a time is text in ISO 8601 with an offset, such as 2026-03-02T09:14:00Z")


def _or(default: Any) -> BeforeValidator:
    return BeforeValidator(lambda value: default if value is None else value)


Id = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
Time = Annotated[AwareDatetime, BeforeValidator(_aware)]
# A field that may be absent may also be null: both read as the default.
Text = Annotated[str, _or("")]
Flag = Annotated[bool, _or(False)]
Number = Annotated[float, Field(ge=0), _or(0.0)]
Count = Annotated[int, Field(ge=0), _or(0)]
Texts = Annotated[
    tuple[str, ...],
    _or(()),
    AfterValidator(lambda texts: tuple(dict.fromkeys(t.strip() for t in texts if t.strip()))),
]

R = TypeVar("R", bound=Record)


def read_lines(
    path: Path, notes: Notes, advance: Callable[[int], object] = lambda _: None, limit: int = MAX_LINE_BYTES
) -> Iterator[Line]:
    """The objects of a file, line by line; what is none is noted as rejected. `advance` hears of every byte read.

    Raises:
        LoadError: the file cannot be read at all.
    """
    try:
        with path.open("rb") as file:
            number = 0
            while raw := file.readline(limit + 1):
                number += 1
                size = len(raw)
                if size > limit and not raw.endswith(b"\n"):
                    while (rest := file.readline(limit)) and not rest.endswith(b"\n"):
                        size += len(rest)
                    notes.reject(path.name, number, "line", f"longer than {limit} bytes")
                else:
                    line = _line(path.name, number, raw.removeprefix(BOM) if number == 1 else raw, notes)
                    if line is not None:
                        yield line
                advance(size)
    except OSError as error:
        raise LoadError(f"{path}: cannot be read: {error.strerror}") from error


def _line(file: str, number: int, raw: bytes, notes: Notes) -> Line | None:
    raw = raw.strip()
    if not raw:
        return None
    try:
        # A NUL is legal in JSON and in no text column of PostgreSQL.
        data = from_json(raw.replace(b"\\u0000", b""), allow_inf_nan=False)
    except ValueError as error:
        notes.reject(file, number, "line", _why_not_json(raw, error))
        return None
    if not isinstance(data, dict):
        notes.reject(file, number, "line", f"is not a JSON object but {type(data).__name__}")
        return None
    return Line(number, raw, data)


def _why_not_json(raw: bytes, error: ValueError) -> str:
    try:
        raw.decode()
    except UnicodeDecodeError as wrong:
        return f"is not UTF-8: byte {wrong.start + 1} is 0x{raw[wrong.start]:02x}; save the file as UTF-8"
    return f"is not JSON: {error}"


def validate(model: type[R], line: Line, file: str, notes: Notes) -> R | None:
    """The line as a record; None when it does not fit, with its first fault noted."""
    try:
        return model.model_validate(line.data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(x) for x in first["loc"]) or "line"
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        notes.reject(file, line.number, field, _reason(first["type"], first["msg"], first["input"]) + more)
        return None


_REASONS = {
    "missing": "is missing",
    "timezone_aware": "has no offset; write the time as 2026-03-02T09:14:00Z or 2026-03-02T10:14:00+01:00",
    "string_too_short": "is empty",
}


def _reason(kind: str, message: str, value: Any) -> str:
    said = _REASONS.get(kind) or message.removeprefix("Value error, ")
    if kind == "missing" or isinstance(value, dict | list):  # nobody finds a fault in half of an object
        return said
    shown = repr(value)
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    return f"{shown}: {said}"


def note_unknown(model: type[Record], data: dict[str, Any], file: str, notes: Notes) -> None:
    """Counts the fields that the model does not know, also inside of lists and objects."""
    _walk(_known(model), data, "", file, notes)


def _walk(known: dict[str, Any], data: dict[str, Any], prefix: str, file: str, notes: Notes) -> None:
    for key, value in data.items():
        if key not in known:
            notes.unknown(file, (prefix + key)[:80])
        elif (inner := known[key]) is not None:
            for item in value if isinstance(value, list) else (value,):
                if isinstance(item, dict):
                    _walk(inner, item, f"{prefix}{key}.", file, notes)


@cache
def _known(model: type[Record]) -> dict[str, Any]:
    """Field name -> the fields inside of it, or None."""
    return {
        field.alias or name: _known(inner) if (inner := _record_in(field.annotation)) else None
        for name, field in model.model_fields.items()
    }


def _record_in(annotation: Any) -> type[Record] | None:
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return annotation
    if get_origin(annotation) in (Union, UnionType, tuple, Annotated):
        parts = (_record_in(part) for part in get_args(annotation) if part not in (NoneType, ...))
        return next((part for part in parts if part), None)
    return None
