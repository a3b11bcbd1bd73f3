"""What worked before: how often customers who complained of X kept Y, from resolved cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from recommenders.domain import Case, Catalog, Order, Outcome, Product, SimilarCase
from recommenders.text.mentions import MentionFinder

_PRIOR = 0.5  # before anything was tried
_PRIOR_WEIGHT = 2.0  # in cases
_KEPT_KINDS = ("exchange", "save", "upsell", "replacement")


def went_well(outcome: Outcome | None) -> bool | None:
    """True: the customer kept it and was content; False: reopened or unhappy; None: nobody knows."""
    if outcome is None:
        return None
    if outcome.reopened or (outcome.csat is not None and outcome.csat <= 2):
        return False
    if outcome.kept_revenue is None and outcome.csat is None:
        return None
    return (outcome.kept_revenue or 0.0) > 0 or (outcome.csat or 0) >= 4


@dataclass(frozen=True, slots=True)
class Record:
    """What became of customers who complained of one product and got another: exact counts, and the cases behind them.

    What they paid is not told: it was somebody else's money, and an amount in the panel must be this customer's.
    """

    tried: int
    kept: int
    cases: tuple[str, ...] = ()  # in which it was kept, newest first


@dataclass(frozen=True)
class Outcomes:
    """Counts over cases by (product complained of, product that it ended with), as handles; "" where unknown."""

    kept: Mapping[tuple[str, str], int]
    tried: Mapping[tuple[str, str], int]
    products: Mapping[str, frozenset[str]] = field(default_factory=dict)  # case id -> handles that it names
    kept_in: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)  # ids of the cases

    def products_of(self, case_id: str) -> frozenset[str]:
        """Handles of the products that a case is about."""
        return self.products.get(case_id, frozenset())

    @classmethod
    def build(cls, cases: Iterable[Case], catalog: Catalog, orders: Sequence[Order] = ()) -> Outcomes:
        """Reads each case's complaint for products; cases without a product in their resolution count for nothing."""
        finder = MentionFinder(catalog)
        by_id = {o.id: o for o in orders} | {o.name: o for o in orders}
        kept: Counter[tuple[str, str]] = Counter()
        tried: Counter[tuple[str, str]] = Counter()
        products: dict[str, frozenset[str]] = {}
        kept_in: dict[tuple[str, str], list[str]] = {}
        for case in cases:
            text = "\n".join([case.subject, *(m.text for m in case.messages if m.author == "customer")])
            own = [by_id[i] for i in case.order_ids if i in by_id]
            named = {m.id for m in finder.find(text, own) if m.kind == "product"}
            products[case.id] = frozenset(named)
            if case.resolution is None or (case.resolution.sku or "") not in catalog.by_sku:
                continue
            good = went_well(case.outcome)
            if case.resolution.kind not in _KEPT_KINDS or good is None:
                continue
            target = catalog.by_sku[case.resolution.sku or ""][0].handle
            for handle in sorted(named - {target}) or [""]:
                tried[handle, target] += 1
                kept[handle, target] += good
                if good:
                    kept_in.setdefault((handle, target), []).append(case.id)
        return cls(
            dict(kept),
            dict(tried),
            products,
            {pair: tuple(ids) for pair, ids in kept_in.items()},
        )

    def record(self, complained: str | None, target: str) -> Record | None:
        """What is known of this very pair; None where nobody tried it."""
        pair = (complained or "", target)
        if not complained or not self.tried.get(pair):
            return None
        return Record(self.tried[pair], self.kept.get(pair, 0), self.kept_in.get(pair, ()))

    def p_kept(self, complained: str | None, target: str) -> float:
        """Smoothed share of such cases in which the customer kept it (a beta prior worth two cases at one half)."""
        kept = tried = 0.0
        for source, weight in ((complained or "", 1.0), ("", 0.5)):
            kept += weight * self.kept.get((source, target), 0)
            tried += weight * self.tried.get((source, target), 0)
        return (kept + _PRIOR * _PRIOR_WEIGHT) / (tried + _PRIOR_WEIGHT)


def proofs(similar: Sequence[SimilarCase], catalog: Catalog, handle: str) -> list[SimilarCase]:
    """Similar cases that ended well with this product, best first."""
    return [s for s in similar if (p := kept_product(s, catalog)) is not None and p.handle == handle]


def worked_products(similar: Sequence[SimilarCase], catalog: Catalog) -> list[Product]:
    """Products that these cases ended well with."""
    return [p for s in similar if (p := kept_product(s, catalog)) is not None]


def kept_product(similar: SimilarCase, catalog: Catalog) -> Product | None:
    """The product that the case ended well with, if it ended with one."""
    resolution = similar.case.resolution
    known = catalog.by_sku.get(resolution.sku or "") if resolution else None
    if resolution is None or known is None or resolution.kind not in _KEPT_KINDS:
        return None
    return known[0] if went_well(similar.case.outcome) is not False else None
