"""Money, shares and dates as each language writes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£"}
_NBSP = "\u00a0"  # keeps "3,50 €" on one line
_DAY = {
    "en": "{day} {month} {year}", "de": "{day}. {month} {year}", "es": "{day} de {month} de {year}",
    "pt": "{day} de {month} de {year}",
}  # fmt: skip
_FIRST = {"fr": "1er", "it": "1º"}  # the first of a month is an ordinal there


def money(amount: float, currency: str, language: str) -> str:
    """An amount without its sign: "€3.50" in English, "3,50 €" elsewhere; "" when the currency is unknown."""
    if not currency:
        return ""
    number = f"{abs(amount):,.2f}"
    sign = _SIGNS.get(currency)
    if language == "en":
        return f"{sign}{number}" if sign else f"{number}{_NBSP}{currency}"
    number = number.translate(str.maketrans(",.", ".,"))
    if language == "nl" and sign:
        return f"{sign}{_NBSP}{number}"
    return f"{number}{_NBSP}{sign or currency}"


def share(amount: float, language: str) -> str:
    """A percentage: "15%" in English, "15 %" in German, French and Spanish."""
    number = f"{amount:g}" if language == "en" else f"{amount:g}".replace(".", ",")
    return f"{number}{_NBSP}%" if language in ("de", "es", "fr") else f"{number}%"


def day(moment: datetime, months: Sequence[str], language: str) -> str:
    """A date with the month in words, so that 3/4 is never read as 4/3; needs the twelve months."""
    if len(months) != 12:
        return ""
    pattern = _DAY.get(language, "{day} {month} {year}")
    number = _FIRST.get(language, "1") if moment.day == 1 else str(moment.day)
    return pattern.format(day=number, month=months[moment.month - 1], year=moment.year)
