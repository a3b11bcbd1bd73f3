"""Which of several items a word of the ticket is about."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from recommenders.domain import OrderLine
from recommenders.saves import cues
from recommenders.saves.glossary import meanings
from recommenders.saves.options import OptionSpace
from recommenders.saves.reading import Reading
from recommenders.saves.scales import number_of
from recommenders.saves.spotting import PLAIN
from recommenders.text.words import stems

_NEIGHBOURS = 8  # mentions on either side that are compared
_FAR = 6.0  # beyond it another item's name has no say
_ASIDE = 4  # words of description before and behind a name

_POINTING = frozenset(stems(
    "the my this that these those both other der die das den dem meine mein meinen beide beiden le la les mon ma mes "
    "ce cette el los las mi mis este esta il lo gli mio mia questo questa de het mijn o meu minha"
))  # fmt: skip
_BOTH = frozenset(stems("both beide beiden ambos ambas entrambi entrambe deux"))
_ONE = frozenset(stems("one item version size"))
_TOWARDS = frozenset(stems(
    "to for into against instead than like want prefer need gegen fur zu statt contre par pour por para con per voor "
    "but rather"
))  # fmt: skip
_LINK = frozenset(stems("in with for fur pour para de mit aus en of di van em size"))

Mention = tuple[int, int, tuple[int, ...]]  # words [first, last), and the items


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
        self._values = [self._values_of(item) for item in items]
        self._owners: dict[tuple[int, int], tuple[int, ...]] = {}
        self.identifying: set[int] = set()  # words that only tell two of the same product apart
        self._mentions = sorted([*self._find_mentions(), *self._find_described()])
        self._hints = self._find_hints() if len(items) > 1 else []

    @staticmethod
    def _values_of(item: Item) -> list[tuple[str, ...]]:
        """Every way in which a text may name one of the values that the item has."""
        variant = item.space.variant(item.line.sku)
        own = variant.options if variant else {}
        forms = [f.words for fs in item.space.forms.values() for f in fs if own.get(f.option) == f.value]
        values = [stems(v) for v in own.values()]
        bare = [v[:1] for v in values if v and v[0][0].isdigit() and sum(w[0].isdigit() for w in v) == 1]
        return sorted({*forms, *values, *bare} - {()}, key=len, reverse=True)

    # ------------------------------------------------------------ names

    def _find_mentions(self) -> list[Mention]:
        """Runs of title words; a word that several items share needs more of the title beside it."""
        titles = [frozenset(stems(item.space.product.title)) | item.nouns for item in self._items]
        senses = [frozenset().union(*(meanings(n) for n in item.nouns)) for item in self._items]
        alone = self._telling(titles)
        found: list[Mention] = []
        i = 0
        while i < len(self._words):
            spans = []
            for k, title in enumerate(titles):
                end = i
                while end < len(self._words) and self._words.stems[end] in title and (end == i or self._close(end)):
                    end += 1
                said = set(self._words.stems[i:end])
                if said & (self._items[k].nouns | alone) or len(said) > 1:
                    spans.append((end - i, k))
                elif end == i and len(self._words.stems[i]) > 3 and self._means(self._words.stems[i], k, senses[k]):
                    spans.append((1, k))
            if spans:
                longest = max(n for n, _ in spans)
                best = [k for n, k in spans if n == longest]
                owners = tuple(best) if len(best) == 1 else self._told_apart(best, i, i + longest)
                if owners:
                    found.append((i, i + longest, owners))
                i += longest
            else:
                i += 1
        return found

    def _means(self, word: str, k: int, senses: frozenset[str]) -> bool:
        """Whether a word is an item's noun in another language, or the end of it: "shelf" of "bookshelf"."""
        nouns = self._items[k].nouns
        if word.endswith("ve") and {word[:-2] + "f", word[:-2] + "fe"} & nouns:
            return True  # "shelves", "knives"
        return bool(meanings(word) & senses) or any(n.endswith(word) and n != word for n in nouns)

    def _telling(self, titles: Sequence[frozenset[str]]) -> frozenset[str]:
        """Title words that only one of the products has, and that mean nothing else here: names such as "Tempest"."""
        handles: dict[str, set[str]] = {}
        for item, title in zip(self._items, titles, strict=True):
            for word in title:
                handles.setdefault(word, set()).add(item.space.product.handle)
        common = PLAIN.union(cues.ADJECTIVES, *self._known)
        telling = {w for w, of in handles.items() if len(of) == 1 and len(w) > 2 and w.isalpha()}
        return frozenset(telling - common)

    def _close(self, i: int) -> bool:
        return not self._words.gap(i).strip(" -'’\"")

    def _told_apart(self, items: list[int], start: int, end: int) -> tuple[int, ...]:
        """Several of a name: those whose own option values describe it, all of them where nothing does."""
        low = start
        while low and start - low < _ASIDE + 2 and self._reading.same_clause(low - 1, start):
            low -= 1
            if self._words.stems[low] in _POINTING:
                break
        before = range(low, start)
        if any(self._words.stems[k] in _BOTH for k in before):
            return tuple(items)
        chosen = self._described(items, before)
        if not chosen:
            chosen = self._by_extent(items, before)
        if not chosen and end < len(self._words):
            behind = []
            for k in range(end, min(len(self._words), end + _ASIDE)):
                if not self._reading.same_clause(end - 1, k) or self._words.stems[k] in _TOWARDS:
                    break
                behind.append(k)
            chosen = self._described(items, behind)
        return tuple(chosen or items)

    def _described(self, items: Sequence[int], words: Sequence[int]) -> list[int]:
        """The items most of whose values are among the words, where that singles some out; the words count as such."""
        said = [self._words.stems[k] for k in words]
        hits: list[set[int]] = []
        for item in items:
            own: set[int] = set()
            for value in self._values[item]:
                for at in range(len(said) - len(value) + 1):
                    if tuple(said[at : at + len(value)]) == value:
                        own.update(words[at + n] for n in range(len(value)))
            hits.append(own)
        best = max(len(h) for h in hits)
        chosen = [k for k, h in zip(items, hits, strict=True) if len(h) == best]
        if not best or len(chosen) == len(items):
            return []
        self.identifying.update(*hits)
        return chosen

    def _by_extent(self, items: Sequence[int], words: Sequence[int]) -> list[int]:
        """ "The big one", "the small frame": the item at that end of the scale."""
        for k in words:
            for adjective in cues.adjectives(self._words.stems[k]):
                if adjective.degree == "more" or any(
                    c.before(k, cue) for c in (self._reading.cues,) for cue in (cues.TOO, cues.MORE, cues.LESS)
                ):
                    continue
                places = [self._place(item, adjective.notions) for item in items]
                known = [p for p in places if p is not None]
                if len(known) == len(items) and len(set(known)) > 1:
                    end = max(known) if adjective.sign > 0 else min(known)
                    self.identifying.add(k)
                    return [i for i, p in zip(items, places, strict=True) if p == end]
        return []

    def _place(self, index: int, notions: Sequence[str]) -> float | None:
        item = self._items[index]
        variant = item.space.variant(item.line.sku)
        for notion in notions:
            for option in item.space.options:
                place = option.rank.get(variant.options.get(option.name, "")) if variant else None
                if notion in option.notions and place is not None:
                    return place
        return None

    def _find_described(self) -> list[Mention]:
        """ "The black one", "el de Foxes", "das kleine": no name, but what one of several of a product is."""
        siblings: dict[str, list[int]] = {}
        for k, item in enumerate(self._items):
            siblings.setdefault(item.space.product.handle, []).append(k)
        groups = [g for g in siblings.values() if len(g) > 1]
        found: list[Mention] = []
        said = self._words.stems
        for i, word in enumerate(said if groups else ()):
            if word not in _POINTING or (i and said[i - 1] in _TOWARDS):
                continue
            high = i + 1
            while high < len(said) and high < i + 1 + _ASIDE and self._reading.same_clause(i, high):
                if said[high] in _ONE:
                    break
                high += 1
            for group in groups:
                head = self._description(group, i + 1, high)
                if head is None:
                    continue
                chosen = self._described(group, head) or self._by_extent(group, head)
                if chosen:
                    found.append((i, head[-1] + 1, tuple(chosen)))
        return found

    def _description(self, group: Sequence[int], start: int, high: int) -> list[int] | None:
        """The words from `start` that are values of the group's items, or an adjective before "one"."""
        said, words, k = self._words.stems, [], start
        if k + 1 < len(said) and said[k] in _ONE and said[k + 1] in _LINK:
            k, high = k + 1, min(len(said), k + 2 + _ASIDE)  # "the one for travelling"
        if k < high and said[k] in _LINK:
            k += 1
        while k < high:
            size = next(
                (len(v) for g in group for v in self._values[g] if said[k : k + len(v)] == v and v), 0
            )  # fmt: skip
            if not size:
                break
            words += list(range(k, k + size))
            k += size
        one = k < len(said) and said[k] in _ONE
        if not words and start + 1 < len(said) and said[start + 1] in _ONE and cues.adjectives(said[start]):
            return [start]
        if words and not one and k < len(said) and said[k].isalpha() and self._words.gap(k) == " " and k < high:
            # "the black handle" describes something else; "the 31 stays" does not.
            following = said[k] in PLAIN or any(s == k for s, _ in self._reading.cues.places(cues.STAYS))
            return words if following else None
        return words or None

    def _find_hints(self) -> list[Mention]:
        """Words that no name stands beside, but that only one item can be meant by: its options, or a value it has."""
        named = {k for first, last, _ in self._mentions for k in range(first, last)}
        owners: dict[str, set[int]] = {}
        for k, item in enumerate(self._items):
            variant = item.space.variant(item.line.sku)
            has = {w for v in (variant.options.values() if variant else ()) for w in stems(v) if w.isalpha()}
            for word in has | {w for o in item.space.options for w in o.words}:
                owners.setdefault(word, set()).add(k)
        said = self._words.stems
        return [
            (i, i + 1, tuple(owners[w]))
            for i, w in enumerate(said)
            if len(w) > 2
            and i not in named
            and len(owners.get(w, ())) == 1
            and not _TOWARDS.intersection(said[max(0, i - 2) : i])
        ]

    # ------------------------------------------------------------ owners

    def mine(self, index: int) -> _Mine:
        """A predicate: are these words about item `index`?"""
        return _Mine(self, index)

    def owner_of(self, start: int, end: int) -> tuple[int, ...]:
        """The items that the words [start, end) are about."""
        if (start, end) not in self._owners:
            self._owners[start, end] = self.owner(start, end, self.items_knowing(start))
        return self._owners[start, end]

    def owner(self, start: int, end: int, holders: Sequence[int]) -> tuple[int, ...]:
        """The items among `holders` that the words [start, end) are about."""
        if not holders:
            return ()
        if len(self._items) == 1:
            return (0,)
        low, high = self._reading.sentences[start]
        at = bisect_left(self._mentions, (start, 0, ()))
        near = [m for m in self._mentions[max(0, at - _NEIGHBOURS) : at + _NEIGHBOURS] if low <= m[0] < high]
        best = min(((self._cost(m, start, end, holders), n) for n, m in enumerate(near)), default=None)
        if best is not None:
            cost, n = best
            chosen = tuple(k for k in near[n][2] if k in holders)
            if chosen:
                return chosen
            return (holders[0],) if len(holders) == 1 and cost > _FAR else ()
        if at:
            chosen = tuple(k for k in self._mentions[at - 1][2] if k in holders)
            if chosen:
                return chosen
        if len(holders) == 1:
            return (holders[0],)
        hints = [h for h in self._hints if h[0] < high and set(h[2]) & set(holders)]
        if hints and not at:
            return min(hints, key=lambda h: (h[0] < low, abs(h[0] - start)))[2]
        earlier = self._mentions[max(0, at - _NEIGHBOURS) : at]
        return next((c for *_, ks in reversed(earlier) if (c := tuple(k for k in ks if k in holders))), ())

    def _cost(self, mention: Mention, start: int, end: int, holders: Sequence[int]) -> float:
        """How far words are from a mention: a noun right behind its adjective is nearest, then the one before."""
        first, last, items = mention
        cost = 0.0
        if first >= end:
            distance = first - end
            cost = (2.0 + distance if distance else 0.0) + (6.0 if self._stop_between(end - 1, first) else 0.0)
        elif last <= start:
            cost = 0.6 + 0.5 * (start - last) + (1.5 if self._stop_between(last - 1, start) else 0.0)
        return cost + (0.0 if set(items) & set(holders) else 2.5)

    def _stop_between(self, low: int, high: int) -> bool:
        return not self._reading.same_clause(low, min(high, len(self._words) - 1))

    def items_knowing(self, start: int) -> list[int]:
        """Items one of whose options has the word in a value or in its name."""
        said = self._words.stems[start]
        if number_of(said) is not None:
            return list(range(len(self._items)))
        known = [k for k, vocabulary in enumerate(self._known) if said in vocabulary]
        if cues.adjectives(said):  # "heavy" may be another word for some item's "high", and is said of any
            known = [k for k in known if any(f.exact for f in self._items[k].space.forms.get(said, ()))]
        return known or list(range(len(self._items)))

    def content(self, index: int) -> bool:
        """Whether the text says that the item is right as it is: "the red one fits", "keep the glass one"."""
        if len(self._items) < 2:
            return False
        for start, end in self._reading.cues.places(cues.STAYS):
            low, _ = self._reading.sentences[start]
            at = bisect_left(self._mentions, (start, 0, ()))
            before = [m for m in self._mentions[max(0, at - 1) : at] if m[0] >= low]
            behind = [
                m for m in self._mentions[at : at + 1] if m[0] - end < 3 and self._reading.same_clause(start, m[0])
            ]
            told = before or behind
            near = behind or (told and self._reading.same_clause(told[0][1] - 1, start))
            if told and near and index in told[0][2] and abs(told[0][1] - start) < 5:
                return True
        return False


@dataclass(frozen=True, slots=True)
class _Mine:
    """Whether words are about one item."""

    focus: Focus
    index: int

    def __call__(self, start: int, end: int) -> bool:
        return self.index in self.focus.owner_of(start, end)
