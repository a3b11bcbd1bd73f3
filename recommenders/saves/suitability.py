"""Who may have what: buyable, within the price that was named, free of what is excluded, not sent back before."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from recommenders.domain import Context, Product, Variant
from recommenders.saves.contents import excluded, unwanted
from recommenders.saves.index import CatalogIndex
from recommenders.saves.outcomes import Outcomes
from recommenders.saves.past import barred
from recommenders.saves.prices import PriceLimit, find_limit
from recommenders.saves.scales import quantity
from recommenders.saves.suits import speaks_against
from recommenders.text.words import stems

_UNHAPPY = ("return_request", "refund_request", "exchange_request", "product_dissatisfaction")
_SAME_BRAND = re.compile(
    r"\b(?:(?:the )?same (?:brand|maker|make)|m[eê]me marque|gleiche[nr]? marke|derselben marke|misma marca"
    r"|stessa marca"
    r"|zelfde merk|mesma marca)\b",
    re.IGNORECASE,
)
_OTHER_BRAND = re.compile(
    r"\b(?:(?:an)?other (?:brand|maker|make)|different (?:brand|maker|make)|autre marque|andere[nr]? marke|otra marca"
    r"|altra marca|ander merk|outra marca)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Suitability:
    """Worked out once for a ticket."""

    context: Context
    index: CatalogIndex
    said: frozenset[str]
    barred: frozenset[str]
    complained: frozenset[str]
    limit: PriceLimit
    outcomes: Outcomes

    @classmethod
    def of(cls, context: Context, index: CatalogIndex, outcomes: Outcomes) -> Suitability:
        """From the ticket's words and the customer's past; `outcomes` are those of the shop's cases."""
        said = frozenset(stems(context.concern.text))
        asks = asks_only(context)
        complained = frozenset(s for s, line in context.about.items() if line is not None or not asks)
        sent_back = barred(context.orders, context.catalog)
        return cls(context, index, said, sent_back, complained, find_limit(context.concern.text), outcomes)

    @cached_property
    def _terms(self) -> list[str]:
        return unwanted(self.context)

    def variant(self, product: Product, like: Variant | None, paid: float | None = None) -> Variant | None:
        """The variant to offer, most like the one that the customer has; None where none may be offered."""
        if not product.active:
            return None
        fine = [
            v for v in product.variants
            if v.in_stock and v.sku not in self.barred and v.sku not in self.complained
            and self.limit.allows(v.price, paid) and excluded(self.index.contents(v.sku), self._terms) is None
        ]  # fmt: skip
        if not fine:
            return None
        place = {v.sku: i for i, v in enumerate(product.variants)}
        return min(fine, key=lambda v: (*_unlike(v, like, self.said), place[v.sku]))

    def suits(self, product: Product) -> bool:
        """Whether no warning on its page speaks against this customer."""
        return not speaks_against(self.index.warnings(product.handle), self.said)

    def of_brand(self, product: Product, complained: Product | None) -> bool:
        """Whether it is of the brand that was asked for: "the same brand", "another brand"."""
        if complained is None or not complained.vendor:
            return True
        same = product.vendor.casefold() == complained.vendor.casefold()
        text = self.context.concern.text
        return not ((_SAME_BRAND.search(text) and not same) or (_OTHER_BRAND.search(text) and same))

    def lacks_named(self, product: Product, variant: Variant) -> bool:
        """Whether a sibling has more of the option values that the customer names, and cannot be had."""
        return _named(variant, self.said) < max(_named(v, self.said) for v in product.variants)


def asks_only(context: Context) -> bool:
    """A question, not a complaint: what it names may be the very thing to offer."""
    return context.signals.intent(*_UNHAPPY) is None


_amount = lru_cache(maxsize=8192)(quantity)


def _named(variant: Variant, said: frozenset[str]) -> int:
    return sum(1 for x in variant.options.values() if stems(x) and set(stems(x)) <= said)


def _unlike(variant: Variant, like: Variant | None, said: frozenset[str]) -> tuple[int, float]:
    """(options that differ, how far the sizes are apart), less the values that the customer named."""
    named = _named(variant, said)
    if like is None:
        return -named, 0.0
    same = sum(1 for n, x in variant.options.items() if like.options.get(n) == x)
    sizes = [_amount(x) for x in variant.options.values()], [_amount(x) for x in like.options.values()]
    apart = min(
        (abs(float(np.log(max(a.amount, 1e-6) / max(b.amount, 1e-6)))) for a in sizes[0] if a for b in sizes[1]
         if b and a.kind == b.kind),
        default=0.0,
    )  # fmt: skip
    return -(same + named), apart
