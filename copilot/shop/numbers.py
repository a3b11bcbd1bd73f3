"""Amounts and quantities as spreadsheets write them."""

from __future__ import annotations

import re

_SPACE = re.compile(r"[\s\u00a0\u202f'’]+")
_CURRENCY = r"(?:[A-Z]{3}|[A-Z]{0,2}[$€£¥₹₺₩₽₫฿₴₪₱]|kr\.?|zł|Kč|Ft)"
_AT_AN_END = re.compile(rf"^{_CURRENCY}|{_CURRENCY}$")
_PLAIN = re.compile(r"\d{1,12}(?:\.\d{0,6})?|\.\d{1,6}")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
_INTEGER = re.compile(r"[+-]?\d{1,12}(?:[.,]0*)?")


def read_amount(text: str) -> float | None:
    """A price as people and spreadsheets write it; None when it is none.

    "1,234.50", "1.234,50", "1 234.50" and "1'234.50" are 1234.5; "34,50" is 34.5; "1,234" is a thousand and "1.234"
    is not, since a comma in threes groups and Shopify's own mark is the point. A currency may stand at either end.
    """
    text = _AT_AN_END.sub("", _SPACE.sub("", text))
    comma, point = text.rfind(","), text.rfind(".")
    if comma >= 0 and point >= 0:
        group, mark = (",", ".") if point > comma else (".", ",")
        text = text.replace(group, "").replace(mark, ".")
    elif comma >= 0:
        text = text.replace(",", "") if _THOUSANDS.fullmatch(text) else text.replace(",", ".")
    elif text.count(".") > 1 and _THOUSANDS.fullmatch(text.replace(".", ",")):
        text = text.replace(".", "")
    return float(text) if _PLAIN.fullmatch(text) else None


def read_quantity(text: str) -> int | None:
    """A whole number, perhaps negative (sold before it came in) or written "10.0"; None when it is none."""
    text = _SPACE.sub("", text)
    if _THOUSANDS.fullmatch(text.lstrip("+-")):
        text = text.replace(",", "")
    return int(re.split("[.,]", text)[0]) if _INTEGER.fullmatch(text) else None
