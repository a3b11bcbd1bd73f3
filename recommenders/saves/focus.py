"""Which of several items a word of the ticket is about."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from recommenders.domain import OrderLine
from recommenders.saves.options import OptionSpace
from recommenders.saves.reading import Reading
from recommenders.text.words import stems

_NEIGHBOURS = 8  # mentions on either side that are compared
_FAR = 6.0  # beyond it another item's name has no say


@dataclass(frozen=True, slots=True)
class Item:
    """An order line that can be exchanged: its product's options and those it has."""

    line: OrderLine
    space: OptionSpace
    nouns: frozenset[str]


class Focus:
    """Assigns words to items by nearness to the words that name them."""

    def __init__(self, reading: Reading, items: Sequence[Item]) -> None:
        self._reading, self._words, self._items = reading, reading.words, items
        self._known = [frozenset(item.space.forms) | {w for o in item.space.options for w in o.words} for item in items]
        self._owners: dict[tuple[int, int], int | None] = {}
        self._mentions = self._find_mentions()  # (first, last exclusive, item index), by place

    def _find_mentions(self) -> list[tuple[int, int, int]]:
        """Runs of title words; a word that several items share needs more of the title beside it."""
        titles = [frozenset(stems(item.space.product.title)) | item.nouns for item in self._items]
        found: list[tuple[int, int, int]] = []
        i = 0
        while i < len(self._words):
            spans = []
            for k, title in enumerate(titles):
                end = i
                while end < len(self._words) and self._words.stems[end] in title and (end == i or self._close(end)):
                    end += 1
                said = set(self._words.stems[i:end])
                if said & self._items[k].nouns or len(said) > 1:
                    spans.append((end - i, k))
            if spans:
                longest = max(n for n, _ in spans)
                best = [k for n, k in spans if n == longest]
                owners = best if len(best) == 1 else self._told_apart(best, i, i + longest)
                found += [(i, i + longest, k) for k in owners]
                i += longest
            else:
                i += 1
        return found

    def _close(self, i: int) -> bool:
        return not self._words.gap(i).strip(" -'’\"")

    def _told_apart(self, items: list[int], start: int, end: int) -> list[int]:
        """Two of the same product: the one whose own option values stand around the name."""
        around = set(self._words.stems[max(0, start - 5) : end + 8])
        scores = []
        for k in items:
            variant = self._items[k].space.variant(self._items[k].line.sku)
            values = [set(stems(v)) for v in (variant.options if variant else {}).values()]
            scores.append(sum(v <= around for v in values))
        best = max(scores)
        return [k for k, s in zip(items, scores, strict=True) if s == best]

    def mine(self, index: int) -> _Mine:
        """A predicate: are these words about item `index`?"""
        return _Mine(self, index)

    def owner_of(self, start: int, end: int) -> int | None:
        """The item that the words [start, end) are about."""
        if (start, end) not in self._owners:
            self._owners[start, end] = self.owner(start, end, self.items_knowing(start))
        return self._owners[start, end]

    def owner(self, start: int, end: int, holders: Sequence[int]) -> int | None:
        """The item among `holders` that the words [start, end) are about."""
        if not holders:
            return None
        if len(self._items) == 1:
            return 0
        low, high = self._reading.sentences[start]
        at = bisect_left(self._mentions, (start, 0, 0))
        near = [m for m in self._mentions[max(0, at - _NEIGHBOURS) : at + _NEIGHBOURS] if low <= m[0] < high]
        best = min(((self._cost(m, start, end, holders), n) for n, m in enumerate(near)), default=None)
        if best is not None:
            cost, n = best
            if near[n][2] in holders:
                return near[n][2]
            return holders[0] if len(holders) == 1 and cost > _FAR else None
        if at and self._mentions[at - 1][2] in holders:
            return self._mentions[at - 1][2]
        if len(holders) == 1:
            return holders[0]
        earlier = self._mentions[max(0, at - _NEIGHBOURS) : at]
        return next((k for *_, k in reversed(earlier) if k in holders), None)

    def _cost(self, mention: tuple[int, int, int], start: int, end: int, holders: Sequence[int]) -> float:
        """How far words are from a mention: a noun right behind its adjective is nearest, then the one before."""
        first, last, item = mention
        cost = 0.0
        if first >= end:
            distance = first - end
            cost = (2.0 + distance if distance else 0.0) + (6.0 if self._stop_between(end, first) else 0.0)
        elif last <= start:
            cost = 0.6 + 0.5 * (start - last) + (1.5 if self._stop_between(last, start) else 0.0)
        return cost + (0.0 if item in holders else 2.5)

    def _stop_between(self, low: int, high: int) -> bool:
        return not self._reading.same_clause(low, min(high, len(self._words) - 1))

    def items_knowing(self, start: int) -> list[int]:
        """Items one of whose options has the word in a value or in its name."""
        said = self._words.stems[start]
        known = [k for k, vocabulary in enumerate(self._known) if said in vocabulary]
        return known or list(range(len(self._items)))


@dataclass(frozen=True, slots=True)
class _Mine:
    """Whether words are about one item."""

    focus: Focus
    index: int

    def __call__(self, start: int, end: int) -> bool:
        return self.focus.owner_of(start, end) == self.index
