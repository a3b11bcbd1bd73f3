"""HTML of a catalogue as plain text."""

from __future__ import annotations

import re
from html import unescape

from inscriptis import get_text
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig

MAX_CHARACTERS = 200_000
_CONFIG = ParserConfig(css=CSS_PROFILES["strict"])
_MARKED_UP = re.compile(r"[<&]")
_TAG = re.compile(r"<[^<>]*>")
_SPACE = re.compile(r"[^\S\n]+")
_BLANK = re.compile(r"\n{3,}")


def html_text(source: str) -> str:
    """The text that a reader would see, a block a line; markup of any depth or brokenness is survived."""
    text = source[:MAX_CHARACTERS].replace("\x00", "")
    if _MARKED_UP.search(text):
        # libxml2 gives up on what is nested some hundred levels deep, and then there is no text at all.
        text = get_text(text, _CONFIG) or unescape(_TAG.sub(" ", text))
    lines = (line.strip() for line in _SPACE.sub(" ", text).splitlines())
    return _BLANK.sub("\n\n", "\n".join(lines)).strip()
