"""Exchanges that spell both sides out: Kettle {'color': 'black'} to {'color': 'red'}."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_PAIR = re.compile(
    r"['\"“”‘’]?([\w /&+-]{1,60}?)['\"“”‘’]?\s*[:=]\s*(?:'([^']{0,80})'|\"([^\"]{0,80})\"|([^,{}]{0,80}))"
)
_FROM_TO = re.compile(
    r"(?P<title>[^{};:\n]{0,80})\{(?P<old>[^{}]{0,600})\}\s*(?:to|->|→|=>|for|into|in|gegen|zu|por|contre|en|voor)\s*"
    r"\{(?P<new>[^{}]{0,600})\}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Explicit:
    """One such exchange: the words before it (which end in the product's title), the options it has and should have."""

    before: str
    old: Mapping[str, str]
    new: Mapping[str, str]
    start: int
    end: int


def explicit_exchanges(text: str) -> Iterator[Explicit]:
    """Every exchange in braces, in the order of the text."""
    if "{" not in text:
        return
    for match in _FROM_TO.finditer(text):
        yield Explicit(match["title"].strip(), _pairs(match["old"]), _pairs(match["new"]), match.start(), match.end())


def _pairs(inside: str) -> dict[str, str]:
    return {
        m[1].strip().casefold(): next((v for v in m.groups()[1:] if v is not None), "").strip()
        for m in _PAIR.finditer(inside)
    }
