"""Rows of a CSV file that somebody else wrote: each knows the line that it began on, and a bad one costs itself."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from copilot.shop.rejection import LoadError, Notes

MAX_CELL_CHARACTERS = 4 * 1024 * 1024
DELIMITERS = ",;\t"
# How undecodable bytes look after `surrogateescape`: they may stand in no valid text.
LOW, HIGH = "\udc80", "\udcff"


@dataclass(frozen=True, slots=True)
class Row:
    """A row: the line that it begins on, from 1; the headers of its file; its cells by header, without empty ones."""

    line: int
    headers: frozenset[str]
    cells: dict[str, str]


class _Rewindable:
    """Lines with a way back to just after the line that a broken row began on."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._again: deque[str] = deque()
        self._taken: list[str] = []
        self.number = 0  # of the line given last

    def __iter__(self) -> _Rewindable:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self._taken.append(line)
        self.number += 1
        return line

    def begin(self) -> int:
        """A row begins with the next line; its number."""
        self._taken.clear()
        return self.number + 1

    def back(self) -> None:
        """Gives all but the first line of this row once more."""
        self.number -= len(self._taken) - 1
        self._again.extendleft(reversed(self._taken[1:]))
        del self._taken[1:]


def read_rows(path: Path, notes: Notes) -> Iterator[Row]:
    """The rows of a file with headers; headers are case-folded, with single spaces.

    The delimiter is whichever of comma, semicolon and tab the first line has most of. A row that cannot be read (an
    open quote, bytes that are not UTF-8, more cells than headers) is noted as rejected. Of two columns with one
    header, the first that is filled counts.

    Raises:
        LoadError: the file cannot be read.
    """
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    try:
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            delimiter = max(DELIMITERS, key=next((line for line in file if line.strip()), "").count)
            file.seek(0)
            rows = _cells(path.name, _Rewindable(file), delimiter, notes)
            headers = [" ".join(cell.split()).casefold() for cell in next(rows, (0, []))[1]]
            known = frozenset(headers)
            for number, cells in rows:
                if any(cell.strip() for cell in cells[len(headers) :]):
                    reason = f"has {len(cells)} cells, but there are {len(headers)} headers; quote a cell with a comma"
                    notes.reject(path.name, number, "line", reason)
                    continue
                filled: dict[str, str] = {}
                for header, cell in zip(headers, cells, strict=False):
                    if text := cell.replace("\x00", "").strip():
                        filled.setdefault(header, text)
                yield Row(number, known, filled)
    except OSError as error:
        raise LoadError(f"{path}: cannot be read: {error.strerror}") from error


def _cells(file: str, lines: _Rewindable, delimiter: str, notes: Notes) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of every row that holds anything."""
    while True:
        number = lines.begin()
        try:
            # A reader for each row: it remembers nothing of a row that broke.
            cells = next(csv.reader(lines, delimiter=delimiter, strict=True))
        except StopIteration:
            return
        except csv.Error as error:
            unclosed = "unexpected end" in str(error)
            notes.reject(file, number, "line", f"is not CSV: {'a quote is never closed' if unclosed else error}")
            lines.back()
            continue
        if (wrong := next((c for cell in cells for c in cell if LOW <= c <= HIGH), None)) is not None:
            notes.reject(
                file, number, "line", f"is not UTF-8: byte 0x{ord(wrong) - 0xDC00:02x}; save the file as UTF-8"
            )
        elif any(cell.strip() for cell in cells):
            yield number, cells
