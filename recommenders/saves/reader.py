"""Reads a wish from a text: what each value and each word of degree means where it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from recommenders.saves import cues
from recommenders.saves.options import Option, OptionSpace
from recommenders.saves.reading import Reading
from recommenders.saves.scales import number_of
from recommenders.saves.spotting import PLAIN, Spotter, Value
from recommenders.saves.wish import Step, Wish
from recommenders.text.words import stems

Owner = Callable[[int, int], bool]
_FEWER = frozenset(stems("less fewer menos meno weniger minder least fewest minimum lowest"))
_GREATER = frozenset(stems("more mas mehr meer most maximum highest"))
_DEGREES = frozenset(cues.ADJECTIVES) | _FEWER | _GREATER
_UTMOST = frozenset(stems("most least fewest maximum minimum highest lowest"))


def read_wish(text: Reading, space: OptionSpace, current: Mapping[str, str], mine: Owner) -> Wish:
    """The wish for the item with `current` options; `mine(start, end)` says whether words are about it."""
    reader = _Reader(text, space, current)
    for found in reader.spotter.values():
        if mine(found.start, found.end):
            reader.take(found)
    turns = {start for cue in (cues.UP, cues.DOWN) for start, _ in text.cues.places(cue)}
    for i, word in enumerate(text.words.stems):
        if (word in _DEGREES or i in turns) and mine(i, i + 1):
            reader.take_degree(i)
    return reader.finish(mine)


class _Reader:
    """Collects a wish while it walks over the words once."""

    def __init__(self, text: Reading, space: OptionSpace, current: Mapping[str, str]) -> None:
        self.text, self.spotter = text, Spotter(text, space, current)
        self.words, self.cues = text.words, text.cues
        self.space, self.current = space, current
        self.wish = Wish()
        self.weak: list[Value] = []
        self.at: dict[str, list[int]] = {}
        self.used: set[int] = set()

    def take(self, found: Value) -> None:
        """Files one place under what it means there."""
        wish = self.wish
        self.used.update(range(found.start, found.end))
        option, value = found.option, found.value
        spelt_no = value.casefold() in ("no", "none", "without")
        start = found.start
        conditional, verdict = self.text.condition(start)
        if self.text.whatever(start):
            wish.free.add(option)
            return
        denied = not spelt_no and not conditional and self._denied(start)
        if denied or self.cues.before(start, cues.INSTEAD_OF, 3):
            wish.rejected.setdefault(option, set()).add(value)
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
        title = set(stems(self.space.product.title + " " + self.space.product.type))
        if known or word in title or number_of(word) is not None or len(word) < 3 or word in cues.ADJECTIVES:
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

    def take_degree(self, i: int) -> None:
        """Reads "bigger", "too small", "not bright enough", "less storage", "next size up" at word `i`."""
        words, wish = self.words, self.wish
        if i in self.used or (self.text.whatever(i)):
            return
        for phrases, sign in ((cues.UP, 1), (cues.DOWN, -1)):
            if self.cues.first(phrases, i, min(len(words), i + 4)) == i:
                option = self._option_for(i, ("size", "capacity", "length"))
                count = 2 if (i and number_of(words.stems[i - 1]) == 2) or number_of(words.stems[i]) == 2 else 1
                if option:
                    wish.steps[option.name] = Step(option.name, sign, False, count)
                return
        word = words.stems[i]
        if word in _FEWER or word in _GREATER:
            nxt = words.stems[i + 1] if i + 1 < len(words) else ""
            option_here = next((o for o in self.space.options if o.rank and self.spotter.named_at(o, i + 1)), None)
            if option_here is not None and nxt not in cues.ADJECTIVES:
                sign = -1 if word in _FEWER else 1
                extreme = word in _UTMOST
                self._step(option_here, sign, extreme, i)
                return
        for adjective in cues.ADJECTIVES.get(word, ()):
            sign, extreme = adjective.sign, adjective.degree == "most"
            if adjective.degree == "base":
                enough = any(w in ("enough", "genug", "genoeg") for w in words.stems[i + 1 : i + 2])
                enough = enough or self.cues.before(i, cues.ENOUGH, 1)
                if enough:
                    if not any(w in cues.NEGATION for w in words.stems[max(0, i - 5) : i + 1]):
                        return
                elif self.cues.before(i, cues.LESS, 1) or self.cues.before(i, cues.TOO, 1):
                    sign = -sign
                elif not self.cues.before(i, cues.MORE, 1):
                    return
            option = self._option_for(i, adjective.notions)
            if option:
                named = any(self.spotter.named_at(option, k) for k in range(i - 4, i + 4))
                notion = next((n for n in adjective.notions if n in option.notions), "")
                self._step(option, sign, extreme, i, "" if named else notion)
                return

    def _step(self, option: Option, sign: int, extreme: bool, i: int, notion: str = "") -> None:
        old = self.wish.steps.get(option.name)
        if old is None or extreme:
            count = 1
            if (
                i > 1
                and self.words.stems[i - 1] in ("size", "step", "shade", "grosse", "number")
                and number_of(self.words.stems[i - 2]) in (2.0, 3.0)
            ):
                count = int(number_of(self.words.stems[i - 2]) or 1)
            self.wish.steps[option.name] = Step(option.name, sign, extreme, count, notion)

    def _option_for(self, i: int, notions: tuple[str, ...]) -> Option | None:
        """The ordered option that a word of degree is about: named beside it, else the likeliest by its notion."""
        ordered = [o for o in self.space.options if len(o.rank) > 1 and self.current.get(o.name) in o.rank]
        after = [
            o for k in (1, 2, 3) for o in ordered if self.spotter.named_at(o, i + k) and self.text.same_clause(i, i + k)
        ]
        before = [
            o
            for k in (1, 2, 3, 4)
            for o in ordered
            if self.spotter.named_at(o, i - k) and self.text.same_clause(i - k, i)
        ]
        for option in (*after, *before):
            return option
        named = [
            o
            for o in self.space.options
            if o not in ordered and (self.spotter.named_at(o, i + 1) or self.spotter.named_at(o, i + 2))
        ]
        if named:
            return None  # "a lighter colour", where colours have no order
        for notion in notions:
            fitting = [o for o in ordered if notion in o.notions]
            if fitting:
                # An option that is only a size by its unit gives way to the one that is called so.
                return next((o for o in fitting if notion in o.words or o.scale == notion), fitting[0])
        return None

    # ------------------------------------------------------------ the whole

    def finish(self, mine: Owner) -> Wish:
        """Applies changes of mind, prices and what is left open, and drops what the current item already has."""
        wish = self.wish
        for phrases, kind in ((cues.CHEAPEST, "cheapest"), (cues.DEAREST, "dearest"), (cues.CHEAPER, "cheaper")):
            if not wish.price and any(mine(start, start + 1) for start, _ in self.cues.places(phrases)):
                wish.price = kind
        for option in self.space.options:
            if any(self.text.whatever(i) and mine(i, i + 1) for i in self.spotter.places_of(option)):
                wish.free.add(option.name)
        self._change_of_mind(mine)
        if not wish and self.weak:
            for found in self.weak:
                self._add(wish.targets, found)
        wish.kept -= wish.targets.keys() | wish.steps.keys() | wish.free
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
        if all(v == [self.current.get(n)] for n, v in wish.targets.items()) and not (wish.fallbacks or wish.steps):
            wish.targets.clear()
        return wish

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
