"""How the word before a fact changes with it: "qu'Oat Balm", "fino all'8 agosto", "té e infusión"."""

from __future__ import annotations

import re
from collections.abc import Mapping

# Per language: the last words before the fact, how the fact must begin, and what becomes of them.
_RULES: Mapping[str, tuple[tuple[re.Pattern[str], re.Pattern[str], str], ...]] = {
    "fr": (
        (re.compile(r"\b([Qq]u|[Dd])e $"), re.compile(r"[aeiouâàéèêëîïôöûüœ]", re.IGNORECASE), r"\1'"),
    ),
    "it": (
        (re.compile(r"\b([Aa]l|[Dd]el|[Dd]al|[Nn]el|[Ss]ul) $"), re.compile(r"(?:8|11)\b"), r"\1l'"),
        (re.compile(r"\bil $"), re.compile(r"(?:8|11)\b"), "l'"),
    ),
    "es": ((re.compile(r"\by $"), re.compile(r"h?i(?!e)", re.IGNORECASE), "e "),
           (re.compile(r"\bo $"), re.compile(r"h?o", re.IGNORECASE), "u ")),
}  # fmt: skip


def joined(language: str, before: str, value: str) -> str:
    """`before` and `value` as one text, with the last word of `before` elided or changed where it must be.

    French "que" and "de" lose their vowel before one, Italian articles before the days 8 and 11, Spanish "y" and "o"
    change before their own sound.
    """
    for last, begins, instead in _RULES.get(language, ()):
        if begins.match(value) and last.search(before):
            return last.sub(instead, before) + value
    return before + value
