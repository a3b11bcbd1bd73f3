"""Facts of a text that somebody must vouch for, and which of them nobody does: a checker that knows no composer.

Numbers, sums, dates, orders, e-mail addresses, codes and people's names are facts. A fact is supported when it stands
in the thread, in the customer's own records, in the catalogue's rows of the products that are named, or is the
difference of two prices that do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from recommenders.domain import Catalog, Customer, Order

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_REFERENCE = re.compile(r"#[A-Za-z]*\d[\w-]*")
_CODE = re.compile(r"(?<![\w#-])(?=[A-Z0-9]*[A-Z])(?=[A-Z0-9]*\d)[A-Z0-9]{4,}(?![\w-])")
_NUMBER = re.compile(r"(?<![\w.,#-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w-])")


@dataclass(frozen=True)
class Known:
    """What may be said: tokens case-folded, numbers as values."""

    text: str
    numbers: frozenset[float]
    names: frozenset[str]


@dataclass(frozen=True)
class Records:
    """What the checker reads: the shop's rows, and which of them are this customer's."""

    catalog: Catalog
    customers: Sequence[Customer]
    orders: Sequence[Order]
    everyone: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        names = {name for one in self.customers for name in (one.first_name, one.last_name) if len(name) > 2}
        object.__setattr__(self, "everyone", frozenset(names))

    def known(self, thread: Iterable[str], customer: Customer | None, draft: str) -> Known:
        """What may be said to this customer in this thread.

        Args:
            thread: the messages so far.
            customer: who writes; None for somebody unknown, who may be told of nobody's orders.
            draft: of the catalogue only rows of products whose title it names count.
        """
        parts = list(thread)
        prices: set[float] = set()
        if customer is not None:
            parts += [customer.first_name, customer.last_name, customer.email]
            for order in self.orders:
                if order.customer_id == customer.id:
                    days = [moment for moment in (order.created_at, order.delivered_at) if moment]
                    parts += [order.name, order.id, *order.discount_codes]
                    parts += [f"{day.day} {day:%B %Y}" for day in days]
                    prices |= {order.total, *(line.price for line in order.lines)}
                    parts += [str(line.quantity) for line in order.lines]
        for product in self.catalog.products:
            if product.title.casefold() in draft.casefold():
                parts += [product.title, product.body]
                for variant in product.variants:
                    prices.add(variant.price)
                    parts += [variant.sku, *variant.options.values()]
        parts += [f"{code.code} {code.amount:g} {code.ends_at or ''}" for code in self.catalog.codes]
        text = "\n".join(parts)
        numbers = {_value(found) for found in re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", text)} | prices
        numbers |= {round(abs(a - b), 2) for a, b in combinations(sorted(prices), 2)}
        return Known(text.casefold(), frozenset(round(number, 2) for number in numbers), self.everyone)


def unsupported(draft: str, known: Known) -> list[str]:
    """The facts of a draft that nothing vouches for, in its order; what stands in a gap ([[order number]]) is none."""
    said = re.sub(r"\[\[.*?\]\]", " ", draft)
    missing = [found for found in _EMAIL.findall(said) if found.casefold() not in known.text]
    said = _EMAIL.sub(" ", said)
    for pattern in (_REFERENCE, _CODE):
        missing += [found for found in pattern.findall(said) if not _stands(found.lstrip("#"), known.text)]
        said = pattern.sub(" ", said)
    missing += [found for found in _NUMBER.findall(said) if round(_value(found), 2) not in known.numbers]
    words = set(re.findall(r"\b[A-Z][\w'’-]+", said))
    missing += sorted(name for name in known.names & words if not _stands(name, known.text))
    return missing


def _stands(piece: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(piece.casefold())}(?!\w)", text) is not None


def _value(number: str) -> float:
    return float(number.replace(",", ""))
