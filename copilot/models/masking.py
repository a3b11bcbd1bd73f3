"""A draft with its facts replaced by numbered marks, and the facts put back into what came of it.

What a model does not see it cannot change or tell: prices, dates, codes, order numbers, links, names, titles, gaps.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

MARK = re.compile(r"\[\[(?:gap|link|code|number|name) \d{1,3}\]\]")
_GAP = r"\[\[.{1,80}?\]\]"
_LINK = r"(?:https?://|www\.)[^\s<>\"']{1,300}[^\s<>\"'.,;:!?)]|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"
_CODE = r"\b(?=[A-Z0-9_-]*[A-Z])[A-Z0-9][A-Z0-9_-]{2,39}\b"
# A number with what hangs on it ("€3.50", "#1001", "15 %"), or a date with its month in words.
_DATE = r"\b\d{1,2}\.? (?:de )?[^\W\d_]{3,12} (?:de )?\d{4}\b"
_NUMBER = (
    r"[^\s\w\[\]()\"'“”„«»]{0,3}[^\W_]{0,4}\d(?:[^\s\[\]]{0,40}[^\s\[\].,;:!?)\"'”“»])?"
    r"(?:[ \u00a0\u202f](?:[€$£%]|[A-Z]{3}\b))?"
)


@dataclass(frozen=True)
class Masked:
    """`text` has marks like `[[number 2]]`, numbered in their order; `facts` are what they stand for."""

    text: str
    marks: tuple[str, ...]
    facts: tuple[str, ...]

    def unmask(self, text: str) -> str:
        """The text with the facts back in their places."""
        facts = dict(zip(self.marks, self.facts, strict=True))
        return MARK.sub(lambda found: facts.get(found[0], found[0]), text)


def mask(text: str, names: Iterable[str]) -> Masked:
    """The draft without its facts.

    Args:
        text: a finished draft; its gaps stand in double brackets.
        names: persons, products, variants, orders: whatever is to be kept as it is written.
    """
    known = sorted({name.strip() for name in names if len(name.strip()) > 1}, key=lambda name: (-len(name), name))
    parts = [f"(?P<gap>{_GAP})", f"(?P<link>{_LINK})"]
    if known:
        parts.append(rf"(?P<name>(?<!\w)(?:{'|'.join(re.escape(name) for name in known)})(?!\w))")
    parts += [f"(?P<code>{_CODE})", f"(?P<number>{_DATE}|{_NUMBER})"]
    marks: list[str] = []
    facts: list[str] = []

    def put(found: re.Match[str]) -> str:
        marks.append(f"[[{found.lastgroup} {len(marks) + 1}]]")
        facts.append(found[0])
        return marks[-1]

    masked = re.sub("|".join(parts), put, text)
    return Masked(masked, tuple(marks), tuple(facts))
