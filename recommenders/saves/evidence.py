"""What speaks for a product: needs as directions, numbers and plain statements; cases that it solved; the "
"asked words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from recommenders.domain import Context, Need, Product
from recommenders.protocols import FloatArray
from recommenders.saves.amounts import difference
from recommenders.saves.index import CatalogIndex
from recommenders.saves.outcomes import Outcomes, kept_product

CLOSE = 0.5  # kinship from which another type of product may play the part
_STATED = 0.06  # what a plain statement on the page adds to a position, and its opposite takes away
_MORE = 0.14  # what twice as much of the right quantity adds
_LESS = 0.06  # and half as much takes away: pages name numbers of many things
_ENOUGH = 0.35  # of the price: what is cheaper still answers no better
_CHEAPER = 0.4  # a third off the price counts like a clear difference
_BEHIND = 0.8  # of the score of the nearest case: what lies further back proves nothing
_SETTLED = 0.5  # of that is left where a case nearer to this one was settled without another product
_PER_CASE = 0.7  # how much a case at a score of 1 proves


def need_gaps(
    index: CatalogIndex,
    needs: Sequence[Need],
    complained: Product | None,
    base: Mapping[str, float],
    price: float | None,
) -> FloatArray:
    """How much further every product lies along each need than `base`, weighted by the need, (products, needs).

    Args:
        index: the catalogue's.
        needs: those that the index knows.
        complained: what numbers and statements are compared with, if anything.
        base: where the thing complained of lies, by need.
        price: what was paid for it, for "cheaper".
    """
    columns = [index.needs.ids.index(n.id) for n in needs]
    gaps = index.positions[:, columns] - np.array([base[n.id] for n in needs], dtype=np.float32)
    stated = index.stated[:, columns]
    if complained is not None:
        stated = stated - stated[index.row[complained.handle]]
    gaps = gaps + _STATED * stated
    for place, need in enumerate(needs):
        if need.id == "cheaper" and price:
            gaps[:, place] = _CHEAPER * np.minimum(1 - index.cheapest / price, _ENOUGH)
        elif complained is not None:
            own = index.amounts[complained.handle]
            for row in index.of_type[complained.type.casefold()] if own else ():
                apart = difference(need.id, own, index.amounts[index.catalog.products[row].handle])
                if apart is not None:
                    gaps[row, place] += (_MORE if apart.value > 0 else _LESS) * apart.value
    weighted: FloatArray = gaps * np.array([n.score for n in needs], dtype=np.float32)
    return weighted


def from_cases(
    context: Context, index: CatalogIndex, outcomes: Outcomes, complained: Product | None, rows: Collection[int]
) -> dict[str, float]:
    """handle -> how surely similar cases show that it helps here, 0..1.

    A case counts that was about the same product, or that ended with a thing of the same kind: what helped a face says
    nothing of legs.

    Args:
        context: with its similar cases.
        index: the catalogue's.
        outcomes: which products each case named.
        complained: the thing complained of, if any.
        rows: of the kind asked for, where nothing is complained of.
    """
    doubt: dict[str, float] = {}
    best: dict[str, float] = {}
    settled = 0.0  # the best score of a case that needed no other product, about this one or about none in particular
    for similar in context.similar:
        product = kept_product(similar, context.catalog)
        about = outcomes.products_of(similar.case.id)
        if product is None and complained is not None and (not about or complained.handle in about):
            settled = max(settled, similar.score)
        if similar.score < _BEHIND * context.similar[0].score:
            continue
        if product is None or (complained is not None and product.handle == complained.handle):
            continue
        weight = 0.0
        if complained is not None:
            weight = 1.0 if complained.handle in about else _alike(index, complained, product)
        elif index.row[product.handle] in rows:
            weight = 1.0
        if weight:
            doubt[product.handle] = doubt.get(product.handle, 1.0) * (1 - _PER_CASE * weight * min(1.0, similar.score))
            best[product.handle] = max(best.get(product.handle, 0.0), similar.score)
    return {h: (1 - rest) * (_SETTLED if settled > best[h] else 1.0) for h, rest in doubt.items()}


def _alike(index: CatalogIndex, complained: Product, product: Product) -> float:
    if complained.type and complained.type.casefold() == product.type.casefold():
        return 0.85
    return 0.6 if same_head(index, complained, product) or index.kinship(complained, product) >= CLOSE else 0.0


def same_head(index: CatalogIndex, a: Product, b: Product) -> bool:
    """Whether the types end in the same noun: a "walking boot" and a "rain boot"."""
    own, other = index.type_words[a.handle], index.type_words[b.handle]
    return bool(own) and own[-1:] == other[-1:]


def nearness(index: CatalogIndex, vectors: FloatArray, rows: Sequence[int]) -> FloatArray:
    """The highest cosine of any of the vectors with any statement of each of the rows, (rows,)."""
    best = np.zeros(len(rows), dtype=np.float32)
    for place, row in enumerate(rows):
        best[place] = (index.statements[index.starts[row] : index.starts[row + 1]] @ vectors.T).max()
    return best
