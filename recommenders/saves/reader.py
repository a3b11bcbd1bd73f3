"""Reads a wish from a text: what each value and each word of degree means where it stands."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from recommenders.saves import cues
from recommenders.saves.degrees import WORDS, Degrees, Found
from recommenders.saves.options import OptionSpace
from recommenders.saves.reading import Reading
from recommenders.saves.scales import number_of
from recommenders.saves.spotting import PLAIN, Spotter, Value
from recommenders.saves.wish import Step, Wish
from recommenders.text.words import stems

_SHORT = 4  # words that may stand before a colon as a heading
_BE = frozenset(("be", "have", "get", "become"))
_ARTICLES = frozenset(("the", "a", "an", "in", "it", "them", "one", "this"))
Owner = Callable[[int, int], bool]


def read_wish(
    text: Reading, space: OptionSpace, current: Mapping[str, str], mine: Owner, aside: Collection[int] = ()
) -> Wish:
    """The wish for the item with `current` options.

    Args:
        text: what the customer wrote.
        space: the options of the item's product.
        current: those that the item has.
        mine: whether the words [start, end) are about the item.
        aside: words that only say which item is meant.
    """
    reader = _Reader(text, space, current)
    for amount in reader.degrees.amounts():
        if mine(amount.start, amount.end):
            reader.take_amount(amount)
    measured = frozenset(reader.used)
    for found in reader.spotter.values():
        span = range(found.start, found.end)
        if mine(found.start, found.end) and not (measured.intersection(span) or set(span) <= set(aside)):
            reader.take(found)
    turns = {start for cue in (cues.UP, cues.DOWN) for start, _ in text.cues.places(cue)}
    for i, word in enumerate(text.words.stems):
        if (i in turns or word in WORDS or cues.adjectives(word)) and i not in aside and mine(i, i + 1):
            reader.take_degree(i)
    return reader.finish(mine)


class _Reader:
    """Collects a wish while it walks over the words once."""

    def __init__(self, text: Reading, space: OptionSpace, current: Mapping[str, str]) -> None:
        self.text, self.spotter = text, Spotter(text, space, current)
        self.words, self.cues = text.words, text.cues
        self.degrees = Degrees(text, self.spotter, space, current)
        self.space, self.current = space, current
        self.wish = Wish()
        self.title = frozenset(stems(f"{space.product.title} {space.product.type}"))
        self.weak: list[Value] = []
        self.at: dict[str, list[int]] = {}  # where the targets of an option stand
        self.step_at: dict[str, int] = {}
        self.used: set[int] = set()
        self.others: set[str] = set()  # options of which anything but what was refused will do

    def take(self, found: Value) -> None:
        """Files one place under what it means there."""
        wish = self.wish
        self.used.update(range(found.start, found.end))
        option, value = found.option, found.value
        spelt_no = value.casefold() in ("no", "none", "without")
        start = found.start
        conditional, verdict = self.text.condition(start)
        besides = self.cues.before(start, cues.EXCEPT, 3)
        if self.text.whatever(start) and not besides:
            wish.free.add(option)
            return
        denied = not spelt_no and not conditional and self._denied(start)
        if denied or besides or self.cues.before(start, cues.INSTEAD_OF, 3) or self._disliked(start):
            wish.rejected.setdefault(option, set()).add(value)
            if besides or (denied and self._asked(start)):
                self.others.add(option)
                wish.outright = wish.outright or self._asked(start)
            return
        if value == self.current.get(option):
            if self.cues.before(start, cues.SAME, 3) or verdict == "fallback":
                self._add(wish.fallbacks if verdict == "fallback" else wish.targets, found)
            elif not self._was_got(start) and self.cues.places(cues.CHANGE) and self._after_change(start):
                wish.kept.add(option)
            return
        if conditional:
            if verdict == "primary":
                self._add(wish.targets, found)
            return
        if verdict == "fallback":
            self._add(wish.fallbacks, found)
        elif self._describes_another(found) or self._was_got(start):
            self.weak.append(found)
        else:
            self._add(wish.targets, found)

    def _add(self, where: dict[str, list[str]], found: Value) -> None:
        values = where.setdefault(found.option, [])
        if found.value not in values:
            values.append(found.value)
            if where is self.wish.targets:
                self.at.setdefault(found.option, []).append(found.start)
                if found not in self.weak and found.value != self.current.get(found.option):
                    self.wish.outright = self.wish.outright or self._asked(found.start)

    def _asked(self, i: int) -> bool:
        """Whether the sentence asks for a change, or names the item and what it should be: "Trousers: navy"."""
        low, high = self.text.sentences[i]
        low = self.text.sentences[low - 1][0] if low else low  # "I'd like two changes. The lamp in red."
        got = any(self.cues.first(cue, low, high) is not None for cue in (cues.FROM, cues.ARRIVED))
        if got and self.cues.first(cues.ASKING, low, high) is None:
            return False
        return (
            self.cues.first(cues.CHANGE, low, high) is not None
            or self.cues.first(cues.PLEASE, max(low, i - 2), min(high, i + 4)) is not None
            or self._may_be(low, i)
            or self._listed(self.text.sentences[i][0], i)
            or (high < len(self.words) and self.cues.first(cues.EXCHANGE, *self.text.sentences[high]) is not None)
        )

    def _listed(self, low: int, i: int) -> bool:
        """Whether the item's name or one of an option stands before a colon: "Trousers: navy, leg: 32"."""
        names = self.title.union(*(o.words for o in self.space.options))
        return any(
            ":" in self.words.gap(k)
            and (k - low < _SHORT or self.words.stems[k - 1] in names)
            and self.words.stems[k - 1].isalpha()
            for k in range(low + 1, i + 1)
        )

    def _may_be(self, low: int, i: int) -> bool:
        """ "Can it be the blue one?", "could I have it in red?", but not "can the red one be washed?"."""
        said = self.words.stems
        return any(
            said[k] in _BE
            and (k + 1 == i or said[k + 1] in _ARTICLES)
            and cues.CAN.intersection(said[max(low, k - 6) : k])
            for k in range(max(low, i - 6), i)
        )

    def _disliked(self, i: int) -> bool:
        """ "I prefer the battery over USB": what follows "over" is what is not wanted."""
        low, _ = self.text.sentences[i]
        return self.cues.before(i, cues.OVER, 3) and self.cues.first(cues.LIKING, low, i) is not None

    def _denied(self, i: int) -> bool:
        """Whether a negation reaches the value: "not red", "no red one", "don't want the red one"."""
        for k in range(i - 1, max(-1, i - 5), -1):
            if self.text.sentences[k] != self.text.sentences[i] or any(c in self.words.gap(k + 1) for c in ",;:("):
                return False
            if k in self.used and not {"or", "nor", "and", "oder", "ou", "o"} & set(self.words.stems[k:i]):
                return False
            if self.words.stems[k] in cues.NEGATION:
                # "not sure whether", "doesn't fit, need" deny something else.
                between = self.words.stems[k + 1 : i]
                return not any(
                    w in ("fit", "sure", "work", "but", "only", "just", "suit", "passt", "sondern") for w in between
                )
            if self.words.stems[k] in ("but", "want", "prefer", "need", "to", "for", "sondern", "lieber") and k < i - 1:
                return (
                    any(w in cues.NEGATION for w in self.words.stems[max(0, k - 2) : k])
                    and self.words.stems[k] == "want"
                )
        return False

    def _describes_another(self, found: Value) -> bool:
        """Whether a value belongs to a noun that is neither the item nor one of its options: "my black desk"."""
        nxt = found.end
        if nxt >= len(self.words) or self.words.gap(nxt).strip(" '\"-’") or self.words.gap(nxt) == "":
            return False
        word = self.words.stems[nxt]
        known = word in PLAIN or word in self.space.forms or any(word in o.words for o in self.space.options)
        if known or word in self.title or number_of(word) is not None or len(word) < 3 or word in cues.ADJECTIVES:
            return False
        before = self.words.stems[found.start - 1] if found.start else ""
        return before in ("my", "our", "his", "her", "their", "mein", "meine", "mon", "ma", "mi", "mijn")

    def _after_change(self, i: int) -> bool:
        """Whether it follows the wish to change and a word such as "to" or "for": "change to a red leather one"."""
        low, _ = self.text.sentences[i]
        start = self.cues.first(cues.CHANGE, low, i)
        return start is not None and any(
            w in ("to", "for", "with", "by", "contre", "gegen", "por", "con", "voor", "in", "and", "prefer")
            for w in self.words.stems[start + 1 : i]
        )

    def _was_got(self, i: int) -> bool:
        return self.cues.before(i, cues.FROM, 3)

    # ------------------------------------------------------------ degrees

    def take_amount(self, found: Found) -> None:
        """Files a step of a given size."""
        self.used.update(range(found.start, found.end))
        if not self.text.whatever(found.start):
            self._file(found.step, found.start)

    def take_degree(self, i: int) -> None:
        """Reads "bigger", "too small", "not bright enough", "less storage", "next size up" at word `i`."""
        if i in self.used or self.text.whatever(i):
            return
        step = self.degrees.at(i)
        if step is not None:
            self._file(step, i)

    def _file(self, step: Step, i: int) -> None:
        conditional, role = self.text.condition(i)
        if role == "fallback":
            self.wish.second_steps.setdefault(step.option, step)
            return
        if conditional and role != "primary":
            return
        steps = self.wish.steps
        old = steps.get(step.option)
        if old is None or step.extreme or (old.to is None and (step.to is not None or step.count > old.count)):
            steps[step.option] = step
            self.step_at.setdefault(step.option, i)
            self.wish.outright = self.wish.outright or self._asked(i)

    # ------------------------------------------------------------ the whole

    def finish(self, mine: Owner) -> Wish:
        """Applies changes of mind, prices and what is left open, and drops what the current item already has."""
        wish = self.wish
        for phrases, kind in ((cues.CHEAPEST, "cheapest"), (cues.DEAREST, "dearest"), (cues.CHEAPER, "cheaper")):
            if not wish.price and any(mine(start, start + 1) for start, _ in self.cues.places(phrases)):
                wish.price = kind
        for option in self.space.options:
            places = [i for i in self.spotter.places_of(option) if mine(i, i + 1)]
            if any(self.text.whatever(i) for i in places):
                wish.free.add(option.name)
            elif any(self._stays(i) for i in places):
                wish.kept.add(option.name)
                wish.steps.pop(option.name, None)
        self._anything_else(mine)
        self._between(mine)
        self._change_of_mind(mine)
        if not wish and self.weak:
            for found in self.weak:
                self._add(wish.targets, found)
        wish.kept -= wish.targets.keys() | wish.steps.keys() | wish.free | wish.second_steps.keys()
        for name in wish.targets:
            wish.free.discard(name)
            wish.steps.pop(name, None)
        self._spelt_out()
        for name, values in list(wish.targets.items()):
            rejected = wish.rejected.get(name, set())
            wish.targets[name] = [v for v in values if v not in rejected] if len(values) > 1 else values
            if not wish.targets[name]:
                del wish.targets[name]
        # What is only confirmed ("the same size") is no change.
        if all(v == [self.current.get(n)] for n, v in wish.targets.items()) and not (
            wish.fallbacks or wish.steps or wish.second_steps
        ):
            wish.targets.clear()
        return wish

    def _stays(self, i: int) -> bool:
        """Whether the option named at word `i` is to stay: "same length", "the length is fine"."""
        if self.cues.before(i, cues.SAME, 2):
            return True
        start = self.cues.first(cues.STAYS, i + 1, self.text.clauses[i][1])
        return start is not None and start < i + 4 and not cues.NEGATION.intersection(self.words.stems[i + 1 : start])

    def _anything_else(self, mine: Owner) -> None:
        """Takes every other value of an option for a target where the customer only said what it must not be.

        "Not the black one, the other colour please" refuses a value that the item does not have, and leaves the rest.
        """
        for option in self.space.options:
            refused = self.wish.rejected.get(option.name, set())
            here = self.current.get(option.name, "")
            places = [i for i in self.spotter.places_of(option) if i and mine(i - 1, i + 1)]
            if refused - {here} and any(self.words.stems[i - 1] in cues.OTHER and self._asked(i) for i in places):
                self.wish.rejected.setdefault(option.name, set()).add(here)
                self.others.add(option.name)
        for name in self.others - self.wish.targets.keys() - self.wish.steps.keys():
            refused = self.wish.rejected.get(name, set())
            if self.current.get(name) in refused:
                option = self.space.option(name)
                self.wish.targets[name] = [v for v in option.values if v not in refused]
                self.wish.even.add(name)

    def _between(self, mine: Owner) -> None:
        """Reads "the one in between": the values between those that were named, else the middle of the scale."""
        places = [start for start, _ in self.cues.places(cues.BETWEEN) if mine(start, start + 1)]
        for option in self.space.options if places else ():
            if any(v != self.current.get(option.name) for v in self.wish.targets.get(option.name, ())):
                continue
            refused = self.wish.rejected.get(option.name, set())
            here = self.current.get(option.name, "")
            if here not in option.rank or not (refused or "size" in option.notions):
                continue
            ends = [option.rank[v] for v in {here, *refused} if v in option.rank]
            if len(set(ends)) < 2:
                ends = list(option.rank.values())
            low, high = min(ends), max(ends)
            inside = [v for v in sorted(option.rank, key=option.rank.__getitem__) if low < option.rank[v] < high]
            if inside:
                self.wish.targets[option.name] = [inside[len(inside) // 2]]
                self.wish.rejected.pop(option.name, None)
                self.wish.outright = True
                return

    def _forget_before(self, i: int) -> None:
        """Drops what was wished in the sentence of word `i` before it: "I wanted it in red, but never mind"."""
        low, _ = self.text.sentences[i]
        wish = self.wish
        for name in [n for n, places in self.at.items() if all(low <= p < i for p in places)]:
            wish.targets.pop(name, None)
            self.at.pop(name)
        for name in [n for n, p in self.step_at.items() if low <= p < i]:
            wish.steps.pop(name, None)

    def _spelt_out(self) -> None:
        """Drops a word of degree that a target of the same kind spells out: "a smaller set with 4" is one wish."""
        for name, step in list(self.wish.steps.items()):
            for target, values in self.wish.targets.items():
                option = self.space.option(target)
                old, new = option.rank.get(self.current.get(target, "")), option.rank.get(values[0])
                moved = old is not None and new is not None and step.sign * (new - old) > 0
                if moved and step.notion and step.notion in option.notions:
                    self.wish.steps.pop(name, None)

    def _change_of_mind(self, mine: Owner) -> None:
        """Drops what was wished before a change of mind, or all of it when the customer gave up."""
        wish = self.wish
        for start, _ in self.cues.places(cues.GIVE_UP):
            if mine(start, start + 1) or mine(max(0, start - 1), start):
                self._forget_before(start)
        turns = [(start, True) for start, _ in self.cues.places(cues.SWITCH)]
        turns += [(start, False) for start, _ in self.cues.places(cues.CORRECTION)]
        for i, whole in sorted(turns):
            if not mine(i, i + 1):
                continue
            if whole:
                _, last = self.text.sentences[i]
                if self.cues.first(cues.GIVE_UP, i, last) is not None:
                    wish.targets.clear()
                    wish.steps.clear()
                    wish.price = ""
                    return
                later = {n for n, places in self.at.items() if any(p > i for p in places)}
                if later:
                    for name in list(wish.targets):
                        kept = [v for v, p in zip(wish.targets[name], self.at[name], strict=True) if p > i]
                        wish.targets[name] = kept
                        self.at[name] = [p for p in self.at[name] if p > i]
                        if not kept:
                            del wish.targets[name]
            else:
                for name, places in self.at.items():
                    if name in wish.targets and any(p > i for p in places) and any(p < i for p in places):
                        pairs = list(zip(wish.targets[name], places, strict=True))
                        wish.targets[name] = [v for v, p in pairs if p > i]
                        self.at[name] = [p for p in places if p > i]
