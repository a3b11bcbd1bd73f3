"""The ledger as CSV for a spreadsheet, row by row, with nothing in it that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from copilot.store.ledger import Entry

COLUMNS = (
    "spend_id", "spent_at", "month", "agent", "amount", "currency", "gesture", "delight_id", "ticket_id", "customer_id",
    "request_id", "booked_by", "reverses", "reason",
)  # fmt: skip
BYTES_AT_ONCE = 16 * 1024
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# What makes a cell a formula, also in its full-width form; also after a separator, because a spreadsheet of another
# locale may part the line there.
_FORMULA = re.compile(r"(^|[;,|])(\s*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")


def harmless(text: str) -> str:
    """A text that stays one: no line breaks, and an apostrophe before what would begin a formula."""
    return _FORMULA.sub(r"\1\2'", _CONTROL.sub(" ", text))


def ledger_csv(entries: Iterable[Entry]) -> Iterator[bytes]:
    """The lines in pieces of some kilobytes: UTF-8 with a mark at the beginning, by which spreadsheets know it."""
    buffer = io.StringIO()
    lines = csv.writer(buffer, lineterminator="\r\n")
    buffer.write("\ufeff")
    lines.writerow(COLUMNS)
    for entry in entries:
        lines.writerow(_cells(entry))
        if buffer.tell() >= BYTES_AT_ONCE:
            yield _taken(buffer)
    yield _taken(buffer)


def _cells(entry: Entry) -> list[str]:
    values = {**entry._mapping, "spend_id": entry.id, "month": entry.booked_month}
    return [_cell(values[name]) for name in COLUMNS]


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    if isinstance(value, str):
        return harmless(value)
    return "" if value is None else str(value)  # numbers of ours: a reversal's amount must stay a number


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode("utf-8", "replace")
