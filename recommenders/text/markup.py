"""HTML mail to text: hidden parts and signatures go, what is quoted becomes a line that begins with >."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import lxml.html
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.html_engine import Inscriptis
from inscriptis.model.config import ParserConfig
from lxml import etree

_CONFIG = ParserConfig(css=CSS_PROFILES["relaxed"], display_links=False, display_images=False)
_NEVER_SHOWN = ("script", "style", "head", "title", "template", "noscript", "object", "svg", "math", "iframe")
# Class names and ids by which mail programs mark what they add; compared whole, case-folded.
_ADDED = frozenset(
    (
        "gmail_attr",
        "moz-cite-prefix",
        "gmail_signature",
        "gmail_signature_prefix",
        "moz-signature",
        "signature",
        "protonmail_signature_block",
        "email-signature",
        "ms-outlook-mobile-signature",
        "front-signature",
        "zmail_signature",
        "tutanota_signature",
        "yahoo-signature",
        "iwc-signature",
        "mail-signature",
        "ms-outlook-ios-reference",
    )
)
_QUOTES = frozenset(
    (
        "yahoo_quoted",
        "protonmail_quote",
        "tutanota_quote",
        "moz-forward-container",
        "zmail_extra",
        "freshdesk_quote",
        "front-quote",
        "isreplycontent",
        "gmail_extra",
        "hs_reply_quoted",
        "mail-editor-reference-message-container",
        "quoted-text",
    )
)
# From here on everything is an earlier message.
_CUTS = frozenset(
    (
        "divrplyfwdmsg",
        "appendonsend",
        "stopspelling",
        "outlookmessageheader",
        "reply-intro",
    )
)
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?:px|pt|em|%)?\s*(?:;|$|!)"
    r"|(?:max-height|opacity)\s*:\s*0(?:px|pt)?\s*(?:;|$|!)",
    re.IGNORECASE,
)
_DATA = re.compile(r"data:[^\"'\s>]{200,}")
_ANY_TAG = re.compile(r"<[^<>]{0,4000}>")
_DEEPEST = 200  # levels; beyond it the tree is not walked (libxml2 itself stops at 256)


def html_to_text(html: str, quotes: bool = False) -> str:
    """The text a reader sees, with block breaks as line breaks. Broken, hostile or endless markup still gives text.

    Each quoted part becomes one line `>`; with `quotes` it stays as it is.
    """
    html = _DATA.sub("", html.replace("\x00", ""))
    try:
        root = lxml.html.document_fromstring(html, parser=_parser())
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return _without_tags(html)
    if _too_deep(root):
        return _without_tags(html)
    _mark(root, quotes)
    return str(Inscriptis(root, _CONFIG).get_text())


def _parser() -> lxml.html.HTMLParser:
    return lxml.html.HTMLParser(remove_comments=True, remove_pis=True, no_network=True, encoding=None)


def _without_tags(html: str) -> str:
    return unescape(_ANY_TAG.sub("\n", html))


def _too_deep(root: etree._Element) -> bool:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > _DEEPEST:
            return True
    return False


def _names(element: etree._Element) -> Iterator[str]:
    for name in (element.get("class") or "").split():
        yield name.casefold()
    identity = (element.get("id") or "").casefold().removeprefix("x_")
    if identity:
        yield identity
        if "yahoo_quoted" in identity:  # Yahoo prefixes its ids with digits
            yield "yahoo_quoted"


def _mark(root: etree._Element, quotes: bool) -> None:
    for element in list(root.iter(etree.Element)):
        if element is root or element.getparent() is None:
            continue
        names = set(_names(element))
        if element.tag in _NEVER_SHOWN or names & _ADDED or _hidden(element):
            _remove(element, "")
        elif quotes:
            continue
        elif element.tag == "blockquote" or element.get("type") == "cite" or names & _QUOTES:
            _remove(element, ">")
        elif "gmail_quote" in names and element.find(".//blockquote") is None:
            _remove(element, ">")  # a forward; replies hold a blockquote, and answers may stand between several
        elif names & _CUTS:
            for later in list(element.itersiblings()):
                _remove(later, "")
            _remove(element, ">")


def _hidden(element: etree._Element) -> bool:
    style = element.get("style")
    return element.get("hidden") is not None or bool(style and _HIDDEN.search(style))


def _remove(element: etree._Element, mark: str) -> None:
    """Takes the element out, keeps the text after it, and leaves a paragraph with `mark` where something was said."""
    parent = element.getparent()
    if parent is None:
        return
    tail, element.tail = element.tail, None
    stand_in = etree.Element("p" if mark else "span")
    stand_in.text, stand_in.tail = mark, tail
    parent.replace(element, stand_in)
