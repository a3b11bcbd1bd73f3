"""Warnings on a product page that speak against this customer: "too heavy for oily skin", "
""not for use in pregnancy"."""

from __future__ import annotations

import re

from recommenders.domain import Product
from recommenders.text.words import stems

_AGAINST = re.compile(
    r"\b(?:too (?:\w+ )?(?:for|on)(?: most| many)?|not (?:\w+ ){0,4}?(?:for|in|on|with|while|during|under|"
    "suitable for|recommended for)"
    r"|unsuitable for|avoid (?:if|in|during|on)|not (?:the )?first choice for|nicht (?:\w+ ){0,2}(?:f[uü]r|bei|"
    "in|w[aä]hrend)"
    r"|ungeeignet f[uü]r|zu (?:\w+ )f[uü]r|ne convient pas (?:aux?|à|pendant)|trop (?:\w+ )pour|"
    r"d[eé]conseill[eé]\w* (?:aux?|à|pendant|en)"
    r"|no (?:\w+ ){0,2}(?:para|en|durante)|demasiado (?:\w+ )para)\s+([^.;()]*)",
    re.IGNORECASE,
)  # fmt: skip
_PLAIN = frozenset(stems(
    "skin the a an most many and or use while of with your is it to in on for who that people anyone someone "
    "very all every day "
    "days days' not are be haut peau piel pour fur para die der das und et y indoor only first week"
))  # fmt: skip
_SHORTEST = 4


def warnings_of(product: Product) -> tuple[frozenset[str], ...]:
    """For each warning on the page, the words for whom or what the product is not."""
    found = (frozenset(stems(m[1])) - _PLAIN for m in _AGAINST.finditer(". ".join((product.body, *product.tags))))
    return tuple(words for words in found if words)


def speaks_against(warnings: tuple[frozenset[str], ...], said: frozenset[str]) -> bool:
    """Whether the customer names what one of the warnings names, in any form of the word ("pregnant", "
    ""pregnancy")."""
    return any(_same(w, s) for words in warnings for w in words for s in said)


def _same(word: str, said: str) -> bool:
    if word == said:
        return True
    size = min(len(word), len(said))
    return (
        size > _SHORTEST + 1
        and word[: size - 2 if size > 7 else size - 1] == said[: size - 2 if size > 7 else size - 1]
    )
