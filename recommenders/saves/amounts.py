"""Numbers on product pages that a need is about: lumens, litres, grams, hours, degrees; compared as numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from recommenders.domain import Product
from recommenders.saves.scales import quantity, unit_of
from recommenders.text.words import fold, stem

# need -> (kinds of quantity that it is about, and 1 where more of it is better, -1 where less is)
_ABOUT: dict[str, tuple[tuple[str, int], ...]] = {
    "bigger_capacity": (("volume", 1), ("memory", 1), ("person", 1)),
    "smaller_footprint": (("volume", -1), ("width", -1)),
    "lighter_weight": (("mass", -1),),
    "brighter": (("light", 1),),
    "dimmer": (("light", -1),),
    "longer_battery": (("time", 1), ("charge", 1)),
    "more_powerful": (("power", 1),),
    "faster": (("power", 1),),
    "warmer": (("degree", -1), ("tog", 1)),
    "cooler": (("degree", 1), ("tog", -1)),
    "quieter": (("decibel", -1),),
    "louder": (("decibel", 1),),
    "waterproof": (("column", 1),),
    "bigger_pack": (("count", 1), ("mass", 1), ("volume", 1)),
    "smaller_pack": (("count", -1), ("mass", -1), ("volume", -1)),
    "longer_lasting": (("time", 1),),
    "older_age": (("month", 1),),
    "younger_age": (("month", -1),),
}
_MOST = frozenset({"light", "time", "charge", "power", "memory", "column", "tog", "person", "count"})
_NUMBER = r"[-−–]?\d{1,3}(?:[,.]\d{3})+|[-−–]?\d{1,6}(?:[.,]\d{1,2})?"
_AMOUNT = re.compile(rf"(?<![\w.,])(?P<number>{_NUMBER})\s?(?P<unit>°\s?[CF]\b|[^\W\d_]{{1,12}}\b)")
_CARE = re.compile(
    r"\b(?:wash\w*|w[aä]sch\w*|lav\w*|machine|iron|tumble|store|oven|four|ofen|dishwasher)\b", re.IGNORECASE
)
_COLUMN = re.compile(
    r"\b(?:water column|hydrostatic|wassers[aä]ule|colonne d['’]eau|columna de agua|colonna d['’]acqua)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"(?<=[.;!?])\s+|\n+")
_SAME = 0.02  # of a logarithm, or tenths of a degree: no difference


@dataclass(frozen=True, slots=True)
class Difference:
    """How far two products lie apart in what a need is about; above 0 is better, and 1 is about double."""

    value: float
    kind: str


def amounts_of(product: Product) -> dict[str, float]:
    """kind of quantity -> the product's amount, in the kind's base unit; degrees in Celsius, the coldest."""
    found: dict[str, list[float]] = {}
    for clause in _CLAUSE.split(product.body):
        care = _CARE.search(clause) is not None
        column = _COLUMN.search(clause) is not None
        for match in _AMOUNT.finditer(clause):
            read = _read(match["number"], match["unit"], column)
            if read is not None and not (care and read[0] == "degree"):
                found.setdefault(read[0], []).append(read[1])
    for word in (product.title, *product.tags):
        for match in _AMOUNT.finditer(word):
            read = _read(match["number"], match["unit"], False)
            if read is not None:
                found.setdefault(read[0], []).insert(0, read[1])
    for value in [v for x in product.variants for v in x.options.values()]:
        known = quantity(value)
        if known is not None and known.kind in ("volume", "mass", "memory", "count", "power", "light", "charge"):
            found.setdefault(known.kind, []).append(known.amount)
    chosen = {}
    for kind, values in found.items():
        chosen[kind] = max(values) if kind in _MOST else min(values) if kind == "degree" else values[0]
    return chosen


def _read(number: str, unit: str, column: bool) -> tuple[str, float] | None:
    amount = _number(number)
    if unit.startswith("°"):
        return "degree", (amount - 32) / 1.8 if unit.endswith("F") else amount
    if amount < 0:
        return None
    known = unit_of(stem(unit)) or unit_of(fold(unit))
    if known is None:
        return None
    kind, factor = known
    if kind == "length" and (column or amount * factor >= 1000) and fold(unit) == "mm":
        return "column", amount
    return kind, amount * factor


def _number(text: str) -> float:
    sign = -1.0 if text[:1] in "-−–" else 1.0
    digits = text.lstrip("-−–")
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", digits):
        return sign * float(re.sub(r"[.,]", "", digits))
    return sign * float(digits.replace(",", "."))


_DEGREES = r"(?:°\s?c?\b|°|degrees?\b|grad\b|grados\b|degr[eé]s\b|gradi\b|graden\b|graus\b)"
_COLD = re.compile(
    rf"(?P<degrees>[-−–]?\d{{1,2}}(?:[.,]\d)?)\s?{_DEGREES}"
    r"|\b(?P<below>below|under|unter|sous|bajo|sotto|onder|abaixo de)?\s?\b"
    r"(?P<zero>zero|null|z[eé]ro|cero|nul|freezing)\b",
    re.IGNORECASE,
)


def coldest(text: str) -> float | None:
    """The lowest temperature that a text names, in degrees Celsius: "around zero", "at 3 degrees", "bei -5 Grad"."""
    named = [
        -1.0 if m["below"] else 0.0 if m["zero"] else _number(m["degrees"])
        for m in _COLD.finditer(text)
        if m["zero"] is None or m["zero"].casefold() != "null" or "grad" in text.casefold()
    ]
    cold = [n for n in named if n < 25]
    return min(cold) if cold else None


def difference(need: str, own: Mapping[str, float], other: Mapping[str, float]) -> Difference | None:
    """How much better `other` is than `own` in what the need is about; None where one of them names no such amount."""
    for kind, sign in _ABOUT.get(need, ()):
        if kind not in own or kind not in other:
            continue
        if kind == "degree":
            apart = sign * (other[kind] - own[kind]) / 10
        else:
            apart = sign * math.log2(max(other[kind], 1e-6) / max(own[kind], 1e-6))
        return Difference(0.0 if abs(apart) < _SAME else max(-1.0, min(1.0, apart)), kind)
    return None
