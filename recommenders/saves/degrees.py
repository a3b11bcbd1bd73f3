"""Words of degree: "bigger", "two sizes down", "the second smallest", "twice as long", "10 cm more"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from recommenders.saves import cues
from recommenders.saves.options import Option, OptionSpace
from recommenders.saves.reading import Reading
from recommenders.saves.scales import number_of, unit_of
from recommenders.saves.spotting import Spotter
from recommenders.saves.wish import Step
from recommenders.text.words import stems

_FEWER = frozenset(stems("less fewer menos meno weniger minder least fewest minimum lowest")) | {"moins"}
_GREATER = frozenset(stems("more extra mas mehr meer piu most maximum highest")) | {"plus"}
_UTMOST = frozenset(stems("most least fewest maximum minimum highest lowest"))
_FACTORS = {
    w: factor
    for factor, names in (
        (2.0, "twice double doppelt doppelte doppelten doble dobro doppio doppia dubbel dubbele deux-fois"),
        (3.0, "thrice triple dreifach dreifache tripla triplo"),
        (0.5, "half halb halbe halben halbso moitie mitad meta helft halve metade"),
    )
    for w in stems(names)
}
_OF = frozenset(stems("the as of so de del la le das die der van size o dos per"))
_A = frozenset(stems("a an un une una uno ein eine einen einem een um uma"))
_THE = frozenset(("the", "le", "la", "les", "el", "il", "lo", "los", "las", "al", "du", "o", "a", "os", "as"))
_DEFINITE = frozenset(
    ("the", "le", "la", "les", "el", "los", "las", "die", "das", "den", "der", "il", "lo", "de", "het")
)
_TOWARDS = frozenset(("for", "to", "want", "prefer", "gegen", "contre", "por", "con", "voor", "have", "get", "like"))
_ORDINALS = {
    w: n
    for n, names in ((2, "second deuxieme segundo segunda secondo seconda tweede zweit"),
                     (3, "third troisieme tercer tercera terzo terza derde dritt"))
    for w in stems(names)
}  # fmt: skip
_ORDINAL_PREFIXES = (("zweit", 2), ("dritt", 3))
_MANY = {"many": ("count", "size"), "viele": ("count",), "much": ("capacity", "count", "size")}
_USUAL = ("size", "capacity", "length", "count", "time")

WORDS = frozenset(cues.ADJECTIVES) | _FEWER | _GREATER | cues.BEST | cues.BETTER


@dataclass(frozen=True, slots=True)
class Found:
    """The words [start, end) ask for a step."""

    start: int
    end: int
    step: Step


class Degrees:
    """Looks at one text with the ordered options of one item in mind."""

    def __init__(self, text: Reading, spotter: Spotter, space: OptionSpace, current: Mapping[str, str]) -> None:
        self.text, self.words, self.cues, self.spotter = text, text.words, text.cues, spotter
        self.space, self.current = space, current
        self.ordered = [o for o in space.options if len(o.rank) > 1 and current.get(o.name) in o.rank]

    # ------------------------------------------------------------ by how much

    def amounts(self) -> Iterator[Found]:
        """ "Twice the volume", "half as many", "one foot taller", "10 cm longer", "one more piece"."""
        if not self.ordered:
            return
        for i, word in enumerate(self.words.stems):
            found = self._factor(i) if word in _FACTORS else self._difference(i)
            if found:
                yield found

    def _factor(self, i: int) -> Found | None:
        said, factor = self.words.stems, _FACTORS[self.words.stems[i]]
        if any(form.words == (said[i],) for form in self.space.forms.get(said[i], ())):
            return None  # a bed that comes as "Single" and "Double"
        if i + 1 >= len(said) or said[i + 1] not in _OF or cues.STEP_NOUNS & set(said[i + 2 : i + 3]) - {"size"}:
            return None
        last = min(self.text.clauses[i][1], i + 6)
        for k in range(i + 1, last):
            option = next((o for o in self.ordered if self.spotter.named_at(o, k)), None)
            unit = unit_of(said[k])
            option = option or next((o for o in self.ordered if unit and o.scale == unit[0]), None)
            for notions in (*(a.notions for a in cues.adjectives(said[k])), *filter(None, (_MANY.get(said[k]),))):
                option = option or self._by_notion(notions)
            if option:
                return self._to(option, option.rank[self.current[option.name]] * factor, i, k + 1)
        option = self._by_notion(_USUAL)
        return self._to(option, option.rank[self.current[option.name]] * factor, i, i + 2) if option else None

    def _difference(self, i: int) -> Found | None:
        said = self.words.stems
        amount = number_of(said[i]) or (1.0 if said[i] in _A else None)
        if amount is None or i + 2 >= len(said):
            return None
        unit = unit_of(said[i + 1]) if said[i + 1] not in ("in", "x") else None
        if unit is not None:
            kind, factor = unit
            behind = range(i + 2, min(i + 4, self.text.clauses[i][1]))
        else:  # "one more piece"
            kind, factor, behind = "", 1.0, range(i + 1, i + 2)
        for k in behind:
            sign = self._direction(k)
            if not sign:
                continue
            if not kind:
                noun = said[i + 2]
                of = unit_of(noun)
                option = next((o for o in self.ordered if self.spotter.named_at(o, i + 2)), None)
                option = option or next((o for o in self.ordered if of and o.scale == of[0]), None)
                if option is None or noun in cues.STEP_NOUNS or said[k] in cues.ADJECTIVES:
                    return None
            else:
                option = next((o for o in self.ordered if o.scale == kind), None)
                named = next((o for o in self.ordered if self.spotter.named_at(o, i + 1) and o.scale == "number"), None)
                option, factor = (option, factor) if option else (named, 1.0)
            if option is None:
                return None
            place = option.rank[self.current[option.name]] + sign * amount * factor
            return self._to(option, place, i, max(k + 1, i + 2))
        return None

    def _direction(self, k: int) -> int:
        word = self.words.stems[k]
        if word in _GREATER:
            return 1
        if word in _FEWER:
            return -1
        return next((a.sign for a in cues.adjectives(word) if a.degree == "more"), 0)

    def _to(self, option: Option, place: float, start: int, end: int) -> Found:
        sign = 1 if place > option.rank[self.current[option.name]] else -1
        return Found(start, end, Step(option.name, sign, to=place))

    # ------------------------------------------------------------ which way

    def at(self, i: int) -> Step | None:
        """What word `i` asks for: "bigger", "too small", "not bright enough", "next size up", "the lightest"."""
        said = self.words.stems
        turns = [(end, sign) for cue, sign in ((cues.UP, 1), (cues.DOWN, -1)) for end in self.cues.ends_of(cue, i)]
        if turns and cues.adjectives(said[max(turns)[0]] if max(turns)[0] < len(said) else ""):
            return None  # "una talla más" turns into its opposite with "pequeña" behind it
        if turns:  # "next size down" says more than the "next size" in it
            option = self.option_for(i, ("size", "capacity", "length"))
            return self._step(option, max(turns)[1], i) if option else None
        word = said[i]
        nxt = said[i + 1] if i + 1 < len(said) else ""
        if word in _FEWER or word in _GREATER or word in cues.BEST or word in cues.BETTER:
            here = next((o for o in self.ordered if self.spotter.named_at(o, i + 1)), None)
            if here is not None and not cues.adjectives(nxt):
                return self._step(here, -1 if word in _FEWER else 1, i, word in _UTMOST or word in cues.BEST)
        for adjective in cues.adjectives(word):
            sign, extreme = adjective.sign, adjective.degree == "most"
            if adjective.degree == "base":
                pull = self._pull(i)
                if pull is None:
                    return None
                turn, extreme = pull
                sign *= turn
            option = self.option_for(i, adjective.notions)
            if option is None and adjective.degree != "base" and len(self.ordered) == 1 and not self._of_another(i):
                option = self.ordered[0]
            if option:
                named = any(self.spotter.named_at(option, k) for k in range(i - 4, i + 4))
                notion = next((n for n in adjective.notions if n in option.notions), "")
                return self._step(option, sign, i, extreme, "" if named else notion)
        return None

    def _pull(self, i: int) -> tuple[int, bool] | None:
        """(turn, utmost) of a base form: "too small" turns it round, "plus grand" does not, "small" alone is no "
        "wish."""
        said = self.words.stems
        enough = said[i + 1 : i + 2] and said[i + 1] in ("enough", "genug", "genoeg")
        if enough or self.cues.before(i, cues.ENOUGH, 1):
            denied = any(w in cues.NEGATION for w in said[max(0, i - 5) : i + 1])
            return (1, False) if denied else None
        if self.cues.before(i, cues.MORE, 1):
            return 1, i > 1 and said[i - 2] in _THE
        if self.cues.before(i, cues.LESS, 1):
            return -1, i > 1 and said[i - 2] in _THE and said[i - 2] not in ("a", "as")
        if self.cues.before(i, cues.TOO, 1):
            return -1, False
        # "For the small one", "gegen die große", "contre le petit": that end of the scale.
        towards = i > 1 and said[i - 1] in _DEFINITE and said[i - 2] in _TOWARDS
        return (1, True) if towards else None

    def _of_another(self, i: int) -> bool:
        """Whether the word stands before a noun that is neither the item nor an option: "a bigger problem"."""
        nxt = i + 1
        return (
            nxt < len(self.words)
            and self.words.gap(nxt) == " "
            and self.words.stems[nxt] in ("problem", "deal", "issue", "mistake", "question")
        )

    def _step(self, option: Option, sign: int, i: int, extreme: bool = False, notion: str = "") -> Step:
        said = self.words.stems
        before = said[max(0, i - 3) : i]
        if extreme:
            count = next((_ORDINALS[w] for w in before if w in _ORDINALS), 1)
            count = next((n for prefix, n in _ORDINAL_PREFIXES if said[i].startswith(prefix)), count)
            return Step(option.name, sign, True, count, notion)
        if cues.HALF_STEP & set(before) and option.scale in ("number", "series", "size"):
            return Step(option.name, sign, notion=notion, to=option.rank[self.current[option.name]] + sign * 0.5)
        return Step(option.name, sign, False, self._count(option, i), notion)

    def _count(self, option: Option, i: int) -> int:
        """How many steps: the number before "sizes", "notches" or the option's name, or before the phrase itself."""
        said = self.words.stems
        for k in range(i, max(-1, i - 3), -1):
            if k != i and not (said[k] in cues.STEP_NOUNS or self.spotter.named_at(option, k)):
                continue
            number = number_of(said[k - 1]) if k else None
            if number is None and k == i:
                number = number_of(said[i])
            if number is not None and 1 < number < 6:
                return int(number)
        return 1

    def option_for(self, i: int, notions: tuple[str, ...]) -> Option | None:
        """The ordered option that a word of degree is about: named beside it, else the likeliest by its notion."""
        for k in (0, 1, 2, 3, -1, -2, -3, -4):
            low, high = min(i, i + k), max(i, i + k)
            if self.text.same_clause(low, high):
                named = next((o for o in self.ordered if self.spotter.named_at(o, i + k)), None)
                if named:
                    return named
        unordered = [o for o in self.space.options if o not in self.ordered]
        if any(self.spotter.named_at(o, i + k) for o in unordered for k in (1, 2)):
            return None  # "a lighter colour", where colours have no order
        return self._by_notion(notions)

    def _by_notion(self, notions: tuple[str, ...]) -> Option | None:
        for notion in notions:
            fitting = [o for o in self.ordered if notion in o.notions]
            if fitting:
                # An option that is only a size by its unit gives way to the one that is called so.
                return next((o for o in fitting if notion in o.words or o.scale == notion), fitting[0])
        return None
