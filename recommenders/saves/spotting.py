"""Finds where a text names values of a product's options: as written, by alias, as a quantity, by the option's "
"name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from recommenders.saves import cues
from recommenders.saves.options import Option, OptionSpace
from recommenders.saves.reading import Reading
from recommenders.saves.scales import TENS, number_of, unit_of
from recommenders.text.words import stems

# Words that may follow a value or a bare number without making it part of another thing.
PLAIN = frozenset(
    stems(
        "one colour color size version model option variant kind type style instead please for in and or but "
        "with if as to "
        "of the a an that which i we it is are was would because since so if than thanks thank at on by from "
        "not this these "
        "those ones material edition shade scent flavour format um und oder mit bitte ist sind et ou avec est y "
        "o con es e "
        "da en"
    )
)
_NOTHING = (("not",), ("no",), ("none",), ("non",), ("nicht",), ("kein",), ("sin",), ("sans",), ("without",), ("geen",))
_NECESSARY = frozenset(stems("have need must necessarily muss mussen brauche besoin hace devo hoeft"))
_A_WHOLE = frozenset(stems("a the full whole ganzer ganzen den ein einen un une le plein la el entero il een"))
_HAVING = frozenset(stems("with need want have has some mit brauche avec besoin con necesito met nodig com"))
_NOWHERE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Value:
    """The words [start, end) name a value of an option."""

    start: int
    end: int
    option: str
    value: str


class Spotter:
    """Looks at one text with the options of one product in mind."""

    def __init__(self, text: Reading, space: OptionSpace, current: Mapping[str, str]) -> None:
        self.words, self.cues = text.words, text.cues
        self.space, self.current = space, current
        distinct = set(self.words.stems)
        self._numbers = {number_of(w) for w in distinct if w[0].isdigit()}
        self._named: dict[str, frozenset[int]] = {}
        title = frozenset(stems(space.product.title))
        for option in space.options:
            # "The kit is too light" does not name the "kit size" of a kit.
            names = [w for w in option.words if len(w) > 2 and w not in ("type", "set") and w not in title]
            alike = {s for s in distinct if any(_alike(s, w) for w in names)}
            self._named[option.name] = (
                frozenset(i for i, s in enumerate(self.words.stems) if s in alike) if alike else _NOWHERE
            )

    def values(self) -> list[Value]:
        """Every place that names a value, longest names first, then the options that are named by themselves."""
        found: list[Value] = []
        i = 0
        while i < len(self.words):
            here = self._literal_at(i) or self._number_at(i) or self._form_at(i)
            if here:
                found += here
                i = here[0].end
            else:
                i += 1
        taken = {i for v in found for i in range(v.start, v.end)}
        found += self._misspelt(taken)
        taken |= {i for v in found for i in range(v.start, v.end)}
        for option in self.space.options:
            found += [v for v in self._by_name(option) if not taken & set(range(v.start, v.end))]
        return sorted(found, key=lambda v: (v.start, v.option))

    def _literal_at(self, i: int) -> list[Value]:
        """A value of letters and numbers, or of several numbers, as the catalogue writes it: "EU 38", "9-42", "1/2"."""
        said = self.words.stems
        for form in self.space.forms.get(said[i], ()):
            size = len(form.words)
            several = sum(w[:1].isdigit() for w in form.words) > 1
            if size < 2 or not (several or (form.exact and form.words[-1][:1].isdigit())):
                continue
            if said[i : i + size] == form.words and not any(c in self.words.gap(k) for k in range(i + 1, i + size)
                                                            for c in ",;:!?\n"):  # fmt: skip
                unit = i + size < len(said) and form.words[-1][:1].isdigit() and unit_of(said[i + size]) is not None
                return [Value(i, i + size + unit, form.option, form.value)]
        return []

    def _misspelt(self, taken: set[int]) -> list[Value]:
        """Values with a letter missing, doubled or transposed, right before or behind their option's name."""
        found = []
        for i, word in enumerate(self.words.stems):
            if i in taken or len(word) < 4 or not word.isalpha() or word in cues.ADJECTIVES or word in PLAIN:
                continue
            for option in self.space.options:
                named = self._named[option.name]
                if i + 1 not in named and i - 1 not in named and i - 2 not in named:
                    continue
                for value in option.values:
                    spelt = stems(value)
                    if len(spelt) == 1 and len(spelt[0]) > 4 and word[0] == spelt[0][0] and _slip(word, spelt[0]):
                        found.append(Value(i, i + 1, option.name, value))
        return found

    def _form_at(self, i: int) -> list[Value]:
        said = self.words.stems
        here = [
            f for f in self.space.forms.get(said[i], ())
            if said[i : i + len(f.words)] == f.words and not f.words[-1][:1].isdigit()
        ]  # fmt: skip
        if not here:
            return []
        size = len(here[0].words)
        if size == 1 and len(here[0].words[0]) == 1 and not self._letter_is_value(i):
            return []
        if size == 1 and here[0].words[0] in cues.ADJECTIVES and (
            self.cues.before(i, cues.TOO_MUCH) or self.cues.before(i, cues.MORE) or self.cues.before(i, cues.LESS)
            or self.cues.first(cues.ENOUGH, i + 1, i + 2) is not None
            or said[i + 1 : i + 2] == ("enough",)
        ):  # fmt: skip
            return []  # "too light", "not wide enough" are complaints about the value that one has
        same = [f for f in here if len(f.words) == size]
        # A word that is a value of several options ("red" frame, "red" lens) is told apart by the option's name.
        if len({f.option for f in same}) > 1:
            near = [f for f in same if self.named_near(self.space.option(f.option), i, i + size)]
            same = near or [f for f in same if self.current.get(f.option) != f.value][:1] or same[:1]
        return [Value(i, i + size, f.option, f.value) for f in same[:1]]

    def _letter_is_value(self, i: int) -> bool:
        """A single letter is a size when it is a capital, or when the word size stands before it."""
        raw = self.words.raw(i)
        if raw.isupper() and raw not in ("I", "A"):
            return "'" not in self.words.text[self.words.ends[i] : self.words.ends[i] + 1]
        return any("size" in o.notions and self.named_near(o, i, i + 1) for o in self.space.options)

    def _number_at(self, i: int) -> list[Value]:
        """A number with its unit, or a bare one that only one option can mean."""
        words = self.words
        amount = number_of(words.stems[i])
        if amount is None:
            return self._one_of(i)
        width = 1
        ones = number_of(words.stems[i + 1]) if words.stems[i] in TENS and i + 1 < len(words) else None
        if ones is not None and ones < 10 and words.gap(i + 1) in ("-", " ") and words.stems[i + 1].isalpha():
            amount, width = amount + ones, 2
        before = words.text[max(0, words.starts[i] - 2) : words.starts[i]]
        if before[-1:] in ("$", "€", "£", "#", "_", "@"):
            return []
        digits = words.stems[i][0].isdigit()
        after = words.text[words.ends[i] : words.ends[i] + 2].strip()[:1]
        nxt = i + width
        unit = unit_of(words.stems[nxt]) if nxt < len(words) and len(words.gap(nxt)) <= 1 else None
        kind, factor, size = "", 1.0, width
        if unit is not None and digits and words.stems[nxt] == "k" and amount >= 1000:
            kind, size = "kelvin", width + 1
        elif unit is not None and not (digits and words.stems[nxt] in ("in", "a", "x", "set", "k")
                                       and words.gap(nxt) == " "):  # fmt: skip
            (kind, factor), size = unit, width + 1
        elif after in ('"', "″"):
            kind, factor = "length", 25.4
        elif after == "%":
            kind = "%"
        found = []
        for option in self.space.options:
            for value, place in option.rank.items():
                fits = abs(abs(place) - amount * factor) <= 0.006 * max(1.0, abs(place))
                if not fits or (not value[:1].isdigit() and option.scale != "series"):
                    continue
                named = self.named_near(option, i, i + size)
                if option.scale == kind or (option.scale == "number" and kind and named):
                    found.append(Value(i, i + size, option.name, value))
                elif not kind and digits and self._bare(option, value, named, i):
                    found.append(Value(i, i + 1, option.name, value))
                elif not digits and not kind and amount > 1 and self._name_distance(option, i, i + size) <= 1:
                    found.append(Value(i, i + size, option.name, value))
        if not found and not kind and digits:
            # "the 32": without its unit, when one option alone knows the number.
            found = [
                Value(i, i + 1, o.name, v) for o in self.space.options for v in o.values
                if v[:1].isdigit() and _leading(v) == amount
                and (self._alone(i) or self._name_distance(o, i, i + 1) < 2)
            ]  # fmt: skip
            # Of several, the one whose present number is in the text too: "8 are too many, the set with 4".
            now = [v for v in found if _leading(self.current.get(v.option, "")) in self._numbers - {None, amount}]
            found = now if len(now) == 1 else found if len(found) == 1 else []
        found.sort(key=lambda v: self._name_distance(self.space.option(v.option), v.start, v.end))
        return found[:1]

    def _bare(self, option: Option, value: str, named: bool, i: int) -> bool:
        """Whether a number without a unit may mean the value: beside the option's name, or where all values "
        "are bare."""
        if option.scale in ("number", "series"):
            return named or self._alone(i)
        return named and not value.isdigit()

    def _alone(self, i: int) -> bool:
        """Whether the number is no part of an address, a date, an order number or a count of something else."""
        following = self.words.stems[i + 1] if i + 1 < len(self.words) else ""
        digits = self.words.stems[i]
        glued = i + 1 < len(self.words) and self.words.gap(i + 1) == ""
        stopped = i + 1 >= len(self.words) or any(c in self.words.gap(i + 1) for c in ",.;:!?)\n'\"")
        return (
            len(digits) < 5
            and not glued
            and (stopped or not following.isalpha() or following in PLAIN or len(following) < 3)
        )

    def _by_name(self, option: Option) -> list[Value]:
        """Values said by the option's own name: "waterproof" for yes, "no backlight" for none."""
        yes = next((v for v in option.values if v.casefold() in ("yes", "with", "included")), None)
        no = next((v for v in option.values if v.casefold() in ("no", "none", "without", "not included")), None)
        if yes is None and no is None:
            return self._some(option)
        name = tuple(w for w in stems(option.name) if len(w) > 2) or stems(option.name)
        found = []
        for i in range(len(self.words) - len(name) + 1):
            if all(_alike(self.words.stems[i + k], w) for k, w in enumerate(name)):
                end = i + len(name)
                denied = (i and self.words.stems[i - 1] in cues.NEGATION) or (
                    i > 1 and self.words.stems[i - 2] in cues.NEGATION and self.words.stems[i - 1] not in ("if", "only")
                )
                lacking = end < len(self.words) and self.words.stems[end] in ("less", "free")
                value = no if denied or lacking else yes
                before = self.words.stems[max(0, i - 6) : i]
                if not denied and cues.NEGATION.intersection(before) and _NECESSARY.intersection(before):
                    continue  # "it doesn't have to be waterproof" asks for neither
                if value is not None:
                    found.append(Value(i - bool(denied), end, option.name, value))
        return found

    def _one_of(self, i: int) -> list[Value]:
        """ "A litre", "the kilo bag": one of the unit."""
        unit = unit_of(self.words.stems[i]) if len(self.words.stems[i]) > 3 and i else None
        if unit is None or unit[0] not in ("volume", "mass", "length") or self.words.stems[i - 1] not in _A_WHOLE:
            return []
        return [
            Value(i, i + 1, option.name, value)
            for option in self.space.options if option.scale == unit[0]
            for value, place in option.rank.items() if abs(place - unit[1]) <= 0.006 * unit[1]
        ][:1]  # fmt: skip

    def _some(self, option: Option) -> list[Value]:
        """ "With water resistance", said of a thing whose value is "not resistant": any other, the least first."""
        current = self.current.get(option.name, "")
        if stems(current)[:1] not in _NOTHING:
            return []
        others = sorted((v for v in option.values if v != current), key=lambda v: option.rank.get(v, 0.0))
        named = sorted(self._named[option.name])
        wanted = [
            i for i in named
            if _HAVING.intersection(self.words.stems[max(0, i - 3) : i])
            and not cues.NEGATION.intersection(self.words.stems[max(0, i - 4) : i])
        ]  # fmt: skip
        return [Value(wanted[0], wanted[0] + 1, option.name, v) for v in others] if wanted else []

    def _name_distance(self, option: Option, start: int, end: int) -> int:
        """How many words lie between [start, end) and the option's name; 9 when it is not near."""
        named = self._named[option.name]
        away = [k for k in range(4) if end + k in named or start - 1 - k in named]
        return away[0] if away else 9

    def places_of(self, option: Option) -> frozenset[int]:
        """The words that are of the option's name."""
        return self._named[option.name]

    def named_at(self, option: Option, i: int) -> bool:
        """Whether word `i` is of the option's name."""
        return i in self._named[option.name]

    def named_near(self, option: Option, start: int, end: int) -> bool:
        """Whether the option's name stands within three words of [start, end)."""
        named = self._named[option.name]
        return bool(named) and any(k in named for k in range(start - 3, end + 3))


def _leading(value: str) -> float | None:
    digits = ""
    for c in value:
        if not (c.isdigit() or c in ".,"):
            break
        digits += c
    return number_of(digits.rstrip(".,")) if digits else None


def _alike(said: str, word: str) -> bool:
    """The same word, or one that is made of the same stem ("resistant", "resistance")."""
    if said == word:
        return True
    size = min(len(said), len(word))
    return size >= 6 and abs(len(said) - len(word)) <= 3 and said[: max(6, size - 2)] == word[: max(6, size - 2)]


def _slip(said: str, word: str) -> bool:
    """Whether one is the other with a letter left out, put in or two exchanged; a wrong letter may be another word."""
    if len(said) == len(word):
        at = next((k for k, (a, b) in enumerate(zip(said, word, strict=True)) if a != b), len(word))
        return said[at : at + 2] == word[at : at + 2][::-1] and said[at + 2 :] == word[at + 2 :] and at < len(word) - 1
    longer, shorter = (said, word) if len(said) > len(word) else (word, said)
    return len(longer) == len(shorter) + 1 and any(
        longer[:k] + longer[k + 1 :] == shorter for k in range(1, len(longer))
    )
