"""Headlines and reasons for the agent: short English sentences made of facts only."""

from __future__ import annotations

import re
from collections.abc import Sequence

from recommenders.domain import Need, OrderLine, Product, Variant
from recommenders.saves.outcomes import Record

_ODD = re.compile(r"[{}<>\[\]]|\b(?:null|undefined|None|TODO|lorem|Lorem)\b")
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "CAD": "$", "AUD": "$"}


def money(amount: float, currency: str) -> str:
    """ "€11.00", or "11.00 CHF" where the currency has no sign of its own."""
    sign = _SIGNS.get(currency)
    return f"{sign}{amount:.2f}" if sign else f"{amount:.2f} {currency}".strip()


def variant_name(variant: Variant) -> str:
    """The option values in the product's order; empty when there is nothing to tell."""
    values = [v for v in variant.options.values() if v and v.casefold() != "default title"]
    return " / ".join(values)


def full_name(product: Product, variant: Variant) -> str:
    """Title and option values."""
    name = variant_name(variant)
    return f"{product.title} ({name})" if name else product.title


def difference(amount: float, currency: str) -> str:
    """What a change costs the customer."""
    if abs(amount) < 0.005:
        return "no price difference"
    return f"{money(abs(amount), currency)} {'more' if amount > 0 else 'less'} than was paid"


def exchange_headline(product: Product, current: Variant, variant: Variant, names: Sequence[str]) -> str:
    """ "Exchange for Size L (was M)": only what changes."""
    parts = [f"{n} {variant.options[n]} (was {current.options.get(n, '-')})" for n in names if n in variant.options]
    return f"{product.title}: {', '.join(parts)}" if parts else f"{product.title}: {variant_name(variant)}"


def exchange_reason(
    line: OrderLine,
    variant: Variant,
    asked: Sequence[str],
    also: Sequence[str],
    sold_out: Variant | None,
    currency: str,
    names: Sequence[str],
) -> str:
    """What was asked, what stays, what it costs."""
    said = []
    if asked:
        said.append(
            "Changes " + ", ".join(f"{n} to {variant.options[n]}" for n in asked if n in variant.options) + " as asked"
        )
    if sold_out is not None:
        said.append(f"{variant_name(sold_out)} is sold out")
    if also:
        said.append("differs in " + ", ".join(f"{n} ({variant.options.get(n, '-')})" for n in also))
    kept = [n for n in names if n not in asked and n not in also]
    if kept:
        said.append("keeps " + ", ".join(f"{n} {variant.options[n]}" for n in kept if n in variant.options))
    said.append("in stock")
    said.append(difference(variant.price - line.price, currency))
    text = "; ".join(said)
    return text[0].upper() + text[1:] + "."


def alternative_headline(product: Product, variant: Variant, need: Need | None) -> str:
    """The thing and what it is for."""
    name = full_name(product, variant)
    return f"{name}: {need.text}" if need is not None and need.text else name


def alternative_reason(
    product: Product, variant: Variant, need: Need | None, paid_difference: float | None,
    currency: str, worked: int, record: Record | None = None, complained: str = "",
) -> str:  # fmt: skip
    """Why it answers what was said, in the customer's and the product's words, and what it costs."""
    said = []
    quote = quotable(need.quote) if need is not None else ""
    if quote:
        said.append(f"The customer wrote \u201c{quote.rstrip('.')}\u201d.")
    elif need is not None:
        said.append(f"The customer misses {need.text}.")
    page = first_sentence(product.body)
    if page:
        said.append(f"{product.title}: {page}")
    if record is not None and record.kept:
        said.append(kept(record, complained))
    elif worked:
        said.append("It ended well in a similar case." if worked == 1 else f"It ended well in {worked} similar cases.")
    price = money(variant.price, currency)
    if paid_difference is None:
        said.append(f"In stock at {price}.")
    else:
        said.append(f"In stock at {price}, {difference(paid_difference, currency)}.")
    return " ".join(said)


def kept(record: Record, complained: str) -> str:
    """How often it was kept before, counted over cases; for the agent alone."""
    cases = "1 case" if record.tried == 1 else f"{record.tried} cases"
    return f"Kept in {record.kept} of {cases} about {complained}."


def quotable(text: str) -> str:
    """The text as a quote, or nothing where it looks like markup or a template: a panel must not seem broken."""
    return "" if _ODD.search(text) else short(text)


def short(text: str, most: int = 110) -> str:
    """One line of a quote, cut at a word."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[:most].rsplit(" ", 1)[0] + " …"


def first_sentence(body: str) -> str:
    """The first sentence of a product's page, when it is short enough to quote."""
    text = " ".join(body.split())
    for i, c in enumerate(text):
        if c in ".!?" and (i + 1 == len(text) or text[i + 1] == " ") and i > 15:
            return text[: i + 1] if i < 180 else ""
    return ""
