"""What rules of a playbook offer, as candidates: a product, a direction from an item, or an exchange.

A rule says what to think of first. Whether it can be bought, fits what the customer wrote and is not the very thing
complained of is asked here as of every other save, and restraint has the last word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from recommenders.domain import Context, Evidence, Need, OrderLine, Product, Save, Variant
from recommenders.playbooks.matcher import in_scope
from recommenders.playbooks.schema import Offer
from recommenders.saves.asked import refuses
from recommenders.saves.candidate import Candidate
from recommenders.saves.evidence import need_gaps
from recommenders.saves.exchange import exchanges, next_along
from recommenders.saves.fit import CLEARLY, near_kind
from recommenders.saves.fixes import again
from recommenders.saves.index import CatalogIndex
from recommenders.saves.outcomes import Outcomes
from recommenders.saves.suitability import Suitability
from recommenders.saves.telling import Told, alternative

Asked = tuple[Offer, Evidence]  # what a rule offers, and the rule
_FIT = 0.9  # of a product that a rule names
_NEAREST = 0.8  # of one that was found in its direction
_BROUGHT = "The playbook offers it here."
_MOVABLE = ("alternative", "upsell")


@dataclass(frozen=True, slots=True)
class _Item:
    """What the ticket is about: its product and variant, and the line where it was bought."""

    product: Product
    variant: Variant
    line: OrderLine | None


def offered(
    asked: Sequence[Asked], context: Context, index: CatalogIndex, outcomes: Outcomes
) -> list[tuple[Candidate, Evidence]]:
    """A candidate for each offer that something answers, in the order of the rules, with the rule."""
    if not asked or refuses(context.concern.text):
        return []
    suitable = Suitability.of(context, index, outcomes)
    items = _items(context)
    found: list[tuple[Candidate, Evidence]] = []
    for offer, rule in asked:
        if offer.exchange is not None:
            candidates = [c for item in items for c in _exchange(offer, item, context, index)[:1]]
        elif offer.product is not None:
            candidates = _named(offer, items, suitable)
        else:
            candidates = [c for item in _meant(offer, items, context) for c in _towards(offer, item, suitable)]
            candidates = candidates or ([] if items else _towards(offer, None, suitable))
        found += [(replace(c, evidence=(*c.evidence, rule)), rule) for c in candidates if _within(c, offer)]
    return found


def placed(saves: Sequence[Save], ruled: Sequence[tuple[Save, Evidence]], most: int = 10) -> tuple[Save, ...]:
    """The saves with what rules offer before other alternatives; what is there already only gets the rule's evidence.

    A repair or an exchange that the customer asked for stays first: it is the answer to what was said.
    """
    own = list(saves)
    fresh: list[Save] = []
    for save, rule in ruled:
        same = next((i for i, s in enumerate(own) if s.sku == save.sku and s.replaces in (save.replaces, None)), None)
        if same is not None and own[same].kind not in _MOVABLE:
            own[same] = own[same].proven(rule)
            continue
        known = own.pop(same).proven(rule) if same is not None else save
        if not any(other.sku == known.sku and other.replaces == known.replaces for other in fresh):
            fresh.append(known)
    swaps = [save for save in fresh if save.kind not in _MOVABLE]
    offers = [save for save in fresh if save.kind in _MOVABLE]
    place = next((i for i, save in enumerate(own) if save.kind in _MOVABLE), len(own))
    return (*own[:place], *swaps, *offers, *own[place:])[:most]


def _items(context: Context) -> list[_Item]:
    """What is complained of or asked about; without any the only line of the ticket's order."""
    skus, order = context.catalog.by_sku, context.order
    about = [_Item(*skus[sku], line) for sku, line in context.about.items() if sku in skus]
    if not about and order is not None and len(order.lines) == 1 and order.lines[0].sku in skus:
        about = [_Item(*skus[order.lines[0].sku], order.lines[0])]
    return about


def _meant(offer: Offer, items: Sequence[_Item], context: Context) -> Sequence[_Item]:
    """Of several items those of which the need was read; where it was read of none, all."""
    needs = [n for n in context.signals.needs if offer.direction is not None and n.id == offer.direction[0]]
    return [item for item in items if any(_about(need, item) for need in needs)] or items[:3]


def _exchange(offer: Offer, item: _Item, context: Context, index: CatalogIndex) -> list[Candidate]:
    if item.line is None:
        return []
    if offer.exchange == "same":
        made = again(context, item.line, "replacement_request")
        return [made] if made.kind == "replacement" else []
    if offer.exchange == "as_asked":
        return [c for c in exchanges(context, index) if c.line == item.line]
    return next_along(context, index, item.line, 1 if offer.exchange == "bigger" else -1)


def _named(offer: Offer, items: Sequence[_Item], suitable: Suitability) -> list[Candidate]:
    """The product that the rule names, for the item that it can stand in for best: one of its type, else the first."""
    product = suitable.context.catalog.by_handle.get(offer.product or "")
    own = [item for item in items if product is not None and item.product.handle == product.handle]
    if product is None or any(item.variant.sku in suitable.complained for item in own):
        return []
    kin = [item for item in items if item.product.type.casefold() == product.type.casefold()]
    item = next(iter([*kin, *items]), None) if not own else None  # who only asks about it may have it
    made = _made(product, item, suitable, "", _FIT)
    return [made] if made is not None else []


def _towards(offer: Offer, item: _Item | None, suitable: Suitability) -> list[Candidate]:
    """The product that lies clearly further along the need, of the same kind or of those that the rule allows."""
    index, catalog = suitable.index, suitable.context.catalog
    if offer.direction is None or offer.direction[0] not in index.needs.ids:
        return []
    need, than = offer.direction
    start = catalog.by_handle.get(than) if than != "this" else item.product if item is not None else None
    if start is None or (item is not None and any(_about(n, item) for n in _needs(suitable, need, other=True))):
        return []
    price = _cheapest(start)
    if item is not None and than == "this":
        price = item.line.price if item.line is not None else item.variant.price
    wanted = Need(need, index.needs.kinds[need].text["en"], None, "", 1.0)
    gaps = need_gaps(index, [wanted], start, {need: index.position(start.handle, need)}, price)[:, 0]
    ranked: list[tuple[int, float, int]] = []
    for row in np.flatnonzero(gaps >= CLEARLY).tolist():
        product = catalog.products[row]
        kind = 0 if offer.within is not None else near_kind(index, start, product, [wanted])
        if kind is None or product.handle == start.handle or not in_scope_of(offer, product):
            continue
        ranked.append((kind, -float(gaps[row]), row))
    for _, _, row in sorted(ranked):
        made = _made(catalog.products[row], item, suitable, need, _NEAREST)
        if made is None or (
            need == "cheaper" and (made.variant is None or price is None or made.variant.price >= price)
        ):
            continue
        return [made]
    return []


def _made(product: Product, item: _Item | None, suitable: Suitability, need: str, fit: float) -> Candidate | None:
    """The product as a candidate, where this customer may have it."""
    line = item.line if item is not None else None
    if item is not None and product.handle == item.product.handle:
        return None
    variant = suitable.variant(product, item.variant if item is not None else None, line.price if line else None)
    complained = item.product if item is not None and line is not None else None
    if variant is None or not suitable.suits(product) or not suitable.of_brand(product, complained):
        return None
    said = next((n for n in _needs(suitable, need) if item is None or _about(n, item)), None)
    told = Told(line, complained, (said,) if said is not None else (), said)
    made = alternative(suitable, told, product, variant, fit)
    return made if said is not None else replace(made, reason=f"{_BROUGHT} {made.reason}")


def _needs(suitable: Suitability, need: str, *, other: bool = False) -> list[Need]:
    """What was read of this need; with `other`, of its opposite: then the rule is not meant for this ticket."""
    kinds, signals = suitable.index.needs.kinds, suitable.context.signals
    if not other:
        return [n for n in signals.needs if n.id == need or (not need and n.id in kinds)]
    own = kinds[need]
    return [n for n in signals.needs if n.id in kinds and n.id != need and set(kinds[n.id].more) & set(own.less)]


def _about(need: Need, item: _Item) -> bool:
    return need.about in (None, item.variant.sku)


def _cheapest(product: Product) -> float | None:
    return min((variant.price for variant in product.variants), default=None)


def _within(candidate: Candidate, offer: Offer) -> bool:
    return candidate.product is not None and in_scope_of(offer, candidate.product)


def in_scope_of(offer: Offer, product: Product) -> bool:
    """Whether the rule allows this product."""
    return offer.within is None or in_scope(product, offer.within)
