"""A message as it arrives, HTML or plain, down to what its author wrote in it."""

from __future__ import annotations

import re
from html import unescape

from recommenders.text.markup import html_to_text
from recommenders.text.quotes import drop_quotes
from recommenders.text.signatures import drop_signature

LONGEST = 120_000  # characters of plain text that are read; nobody reads on, and every step stays in bounded time
_LONGEST_HTML = 600_000

# A tag that mail programs and editors write; "<3", "<-" and "a < b" are none.
_TAG = re.compile(
    r"</?(?:html|head|body|meta|style|p|br|div|span|table|tbody|tr|td|ul|ol|li|blockquote|pre|hr|h[1-6]|img|font"
    r"|center|strong|em|a|b|i|u|s)(?:\s[^<>]{0,2000})?/?>|<!doctype html|<!--",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,10}|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});")
# Zero-width spaces, soft hyphens, byte order marks, bidirectional controls, the filler of hidden preheaders.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]"
)
# A joiner is a letter's or an emoji's part only between two characters.
_LOOSE_JOINER = re.compile("(?<!\\S)[\u200c\u200d]+|[\u200c\u200d]+(?!\\S)")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_BREAK = re.compile("\r\n?|[\x0b\x0c\u2028\u2029\u0085]")
_SPACES = re.compile("[^\\S\n]+")
_QUOTE_MARKS = re.compile("^(?:> ?)+", re.MULTILINE)
_BLANK = re.compile("\n(?: ?\n){2,}")


def clean_message(text: str, html: bool | None = None) -> str:
    """What the author wrote: plain text without markup, quoted replies, signature and disclaimer.

    `html` says how to read it; None looks for tags. Line breaks that mean something stay. A message of which nothing
    would be left (a bare forward, a lone "Best regards") comes back whole, as text. Works in time linear in the
    message; past 120,000 characters it is cut.
    """
    if html is None:
        html = "<" in text and _TAG.search(text, 0, _LONGEST_HTML) is not None
    plain = normalize((html_to_text(text[:_LONGEST_HTML]) if html else text)[:LONGEST])
    if "\n" not in plain and len(plain) < 40 and not html:
        return plain
    own = drop_signature(drop_quotes(plain))
    if own:
        return _BLANK.sub("\n\n", own)
    whole = normalize(html_to_text(text[:_LONGEST_HTML], quotes=True)[:LONGEST]) if html else plain
    return _QUOTE_MARKS.sub("", whole).strip() or whole


def normalize(text: str) -> str:
    """One form of line break and space, no invisible or control characters, no character references."""
    if text.isascii() and text.isprintable() and "&" not in text and "  " not in text:
        return text.strip()
    text = _BREAK.sub("\n", text)
    if "&" in text and _ENTITY.search(text):
        text = unescape(text)
    text = _CONTROL.sub("", _INVISIBLE.sub("", text))
    if "\u200c" in text or "\u200d" in text:
        text = _LOOSE_JOINER.sub("", text)
    text = _SPACES.sub(" ", text)
    text = "\n".join([line.strip() for line in text.split("\n")])
    return _BLANK.sub("\n\n", text).strip()
