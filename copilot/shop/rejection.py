"""What a load has to say about single rows: those that it left out, and oddities that it could live with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from copilot.errors import InputError


class LoadError(InputError):
    """The shop directory as a whole cannot be loaded."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that is left out. `line` counts from 1; `field` is a dotted path, or "line" for the row as a whole."""

    file: str
    line: int
    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.reason}"


class Notes:
    """Collects rejections, and counts oddities so that each is told once and not once a row."""

    def __init__(self, warn: Callable[[str], None]) -> None:
        self.rejections: list[Rejection] = []
        self._warn = warn
        self._unknown: Counter[tuple[str, str]] = Counter()
        self._repeated: dict[tuple[str, str], tuple[int, str, int]] = {}

    def reject(self, file: str, line: int, field: str, reason: str) -> None:
        """Leaves a row out."""
        self.rejections.append(Rejection(file, line, field, reason))

    def unknown(self, file: str, field: str) -> None:
        """A field that is not read."""
        self._unknown[file, field] += 1

    def repeated(self, file: str, line: int, field: str, value: str) -> None:
        """A key that an earlier row had; this later row wins."""
        count, *_ = self._repeated.get((file, field), (0,))
        self._repeated[file, field] = (count + 1, value, line)

    def say(self) -> None:
        """Warns of what was counted since the last time."""
        for (file, field), count in sorted(self._unknown.items()):
            self._warn(f"{file}: unknown field {field!r} in {_rows(count)}, not read")
        for (file, field), (count, value, line) in sorted(self._repeated.items()):
            self._warn(f"{file}:{line}: {field} {value!r} stands here again; the last wins ({_rows(count)} repeated)")
        self._unknown.clear()
        self._repeated.clear()


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"
