"""What differs between two sets of files, in rows that a page can set side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

CONTEXT = 3
WORDS = re.compile(r"\w+|\s+|.")
Sign = Literal["same", "changed", "added", "removed", "gap"]
Part = tuple[bool, str]  # whether it differs from the other side, and the words


@dataclass(frozen=True, slots=True)
class Row:
    """A line on the left, on the right or on both, with numbers from 1; a gap stands for `left` lines left out."""

    sign: Sign
    left: int | None = None
    right: int | None = None
    before: tuple[Part, ...] = ()
    after: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class FileDiff:
    """A file that differs. `kind` is what happened to the file as a whole."""

    name: str
    kind: Literal["new", "removed", "changed"]
    added: int
    removed: int
    rows: tuple[Row, ...]


def compare(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[FileDiff, ...]:
    """Every file that differs, by name."""
    names = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    return tuple(_file(name, before.get(name), after.get(name)) for name in names)


def _file(name: str, before: str | None, after: str | None) -> FileDiff:
    old, new = (before or "").splitlines(), (after or "").splitlines()
    rows = tuple(_rows(old, new))
    added = sum(row.sign in ("added", "changed") for row in rows)
    removed = sum(row.sign in ("removed", "changed") for row in rows)
    return FileDiff(name, "new" if before is None else "removed" if after is None else "changed", added, removed, rows)


def _rows(old: Sequence[str], new: Sequence[str]) -> Iterator[Row]:
    shown = 0  # lines of `old` that were shown or counted in a gap
    for group in SequenceMatcher(None, old, new, autojunk=len(old) + len(new) > 4000).get_grouped_opcodes(CONTEXT):
        if group[0][1] > shown:
            yield Row("gap", left=group[0][1] - shown)
        for tag, a, b, c, d in group:
            if tag == "equal":
                for left, right in zip(range(a, b), range(c, d), strict=True):
                    yield Row("same", left + 1, right + 1, ((False, old[left]),), ((False, new[right]),))
                continue
            both = min(b - a, d - c)
            for step in range(both):
                before, after = _words(old[a + step], new[c + step])
                yield Row("changed", a + step + 1, c + step + 1, before, after)
            for left in range(a + both, b):
                yield Row("removed", left + 1, None, ((False, old[left]),))
            for right in range(c + both, d):
                yield Row("added", None, right + 1, (), ((False, new[right]),))
        shown = group[-1][2]
    if len(old) > shown:
        yield Row("gap", left=len(old) - shown)


def _words(before: str, after: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Two lines in parts that are the same and parts that are not; one part each where little is the same."""
    if len(before) + len(after) > 2000:
        return ((False, before),), ((False, after),)
    left, right = WORDS.findall(before), WORDS.findall(after)
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    if matcher.ratio() < 0.4:
        return ((False, before),), ((False, after),)
    parts: tuple[list[Part], list[Part]] = ([], [])
    for tag, a, b, c, d in matcher.get_opcodes():
        for side, words in ((parts[0], left[a:b]), (parts[1], right[c:d])):
            if words:
                side.append((tag != "equal", "".join(words)))
    return tuple(parts[0]), tuple(parts[1])
