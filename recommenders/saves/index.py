"""CatalogIndex: what is worked out once for a catalogue, so that a request needs no encoder for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

import numpy as np

from recommenders.domain import Catalog, Product, Variant
from recommenders.protocols import Encoder, FloatArray
from recommenders.saves.amounts import amounts_of
from recommenders.saves.contents import Contents, read_contents
from recommenders.saves.glossary import meanings
from recommenders.saves.needs import NeedSpace, statements
from recommenders.saves.options import OptionSpace
from recommenders.saves.pages import Pages
from recommenders.saves.suits import warnings_of
from recommenders.text.mentions import MentionFinder
from recommenders.text.words import stems

_VALUE_GAP = 0.12  # how much further along a need another option value must lie than the current one
_PEOPLE = frozenset({"=men", "=women", "=child", "=baby"})
_GENERIC = frozenset(stems("set pack kit pair piece size new product item no with and for the of de la mit pour"))


@dataclass(frozen=True)
class CatalogIndex:
    """Read-only. Rows of the arrays follow `catalog.products`.

    profile (products, dimension): mean of the product's statements, unit length; role (products, dimension): its type
    and title; positions (products, needs): see NeedSpace. statements (n, dimension) are all products' in one; those of
    row i are statements[starts[i] : starts[i + 1]]. stated (products, needs), -1 to 1: what the page says outright.
    """

    catalog: Catalog
    needs: NeedSpace
    profile: FloatArray
    role: FloatArray
    positions: FloatArray
    statements: FloatArray
    starts: tuple[int, ...]
    stated: FloatArray
    pages: Pages = field(repr=False)
    amounts: Mapping[str, Mapping[str, float]]  # by handle
    of_type: Mapping[str, tuple[int, ...]]  # rows by case-folded type
    type_words: Mapping[str, tuple[str, ...]]  # stems of the type, by handle
    plain: frozenset[str]  # words of types and tags: what any shop calls a thing or its features
    people: Mapping[str, frozenset[str]]  # for whom a product says that it is, by handle
    cheapest: FloatArray  # (products,): the lowest price of a variant
    row: Mapping[str, int]  # by handle
    facts: Mapping[str, frozenset[str]]  # stems of everything that a product says of itself, by handle
    tags: Mapping[str, frozenset[tuple[str, ...]]]
    finder: MentionFinder = field(repr=False)
    _warnings: Mapping[str, tuple[frozenset[str], ...]] = field(repr=False)
    _spaces: Mapping[str, OptionSpace] = field(repr=False)
    _contents: Mapping[str, Contents] = field(repr=False)  # by sku
    _values: Mapping[str, FloatArray] = field(repr=False)  # option value -> (needs,)

    @classmethod
    def build(cls, catalog: Catalog, encoder: Encoder, needs: NeedSpace) -> CatalogIndex:
        """Embeds what the products say; equal texts are embedded once."""
        said = [statements(p.title, p.type, p.tags, p.body) for p in catalog.products]
        roles = [pieces[0] for pieces in said]
        values = [x for p in catalog.products for v in p.variants for x in v.options.values() if x[:1].isalpha()]
        texts = list(dict.fromkeys([*(t for s in said for t in s), *values]))
        vectors = encoder.encode(texts) if texts else np.zeros((0, encoder.dimension), dtype=np.float32)
        at = {t: i for i, t in enumerate(texts)}
        sides = needs.sides(vectors) if texts else np.zeros((0, len(needs.ids)), dtype=np.float32)
        profile = np.zeros((len(said), encoder.dimension), dtype=np.float32)
        positions = np.zeros((len(said), len(needs.ids)), dtype=np.float32)
        for i, pieces in enumerate(said):
            rows = [at[t] for t in pieces]
            mean = vectors[rows].mean(0)
            profile[i] = mean / max(float(np.linalg.norm(mean)), 1e-9)
            # Projection of the profile, and the mean nearness of its statements (sides minus their projection).
            near = sides[rows] - vectors[rows] @ needs.axes.T
            positions[i] = needs.axes @ profile[i] + (near[1:] if len(rows) > 1 else near).mean(0)
        pages = Pages.read(catalog)
        rows = [at[t] for pieces in said for t in pieces]
        return cls(
            catalog,
            needs,
            profile,
            vectors[[at[r] for r in roles]] if roles else np.zeros((0, encoder.dimension), dtype=np.float32),
            positions,
            vectors[rows] if rows else np.zeros((0, encoder.dimension), dtype=np.float32),
            tuple(accumulate((len(pieces) for pieces in said), initial=0)),
            _stated(pages, needs, len(said)),
            pages,
            {p.handle: amounts_of(p) for p in catalog.products},
            {t: tuple(i for i, p in enumerate(catalog.products) if p.type.casefold() == t)
             for t in dict.fromkeys(p.type.casefold() for p in catalog.products)},
            {p.handle: stems(p.type) for p in catalog.products},
            frozenset(w for p in catalog.products for text in (p.type, *p.tags) for w in stems(text)),
            {p.handle: _people(p) for p in catalog.products},
            np.array([min((v.price for v in p.variants), default=0.0) for p in catalog.products], dtype=np.float32),
            {p.handle: i for i, p in enumerate(catalog.products)},
            {p.handle: frozenset(w for s in said[i] for w in stems(s)) | frozenset(stems(p.body))
             for i, p in enumerate(catalog.products)},
            {p.handle: frozenset(stems(t) for t in p.tags) for p in catalog.products},
            MentionFinder(catalog),
            {p.handle: warnings_of(p) for p in catalog.products},
            {p.handle: OptionSpace.of(p) for p in catalog.products},
            {v.sku: read_contents(p, v) for p in catalog.products for v in p.variants},
            {x: sides[at[x]] for x in dict.fromkeys(values)},
        )  # fmt: skip

    def space_of(self, sku: str) -> OptionSpace | None:
        """The options of the product that has this sku."""
        known = self.catalog.by_sku.get(sku)
        return self._spaces[known[0].handle] if known else None

    def warnings(self, handle: str) -> tuple[frozenset[str], ...]:
        """The warnings on the product's page."""
        return self._warnings[handle]

    def contents(self, sku: str) -> Contents:
        """What the variant contains."""
        return self._contents[sku]

    def nouns(self, product: Product) -> frozenset[str]:
        """Words that may stand for the product within an order: the heads of its title and of its type."""
        words = [[w for w in stems(t) if w.isalpha() and len(w) > 2] for t in (product.title, product.type)]
        return frozenset(w[-1] for w in words if w) - _GENERIC or frozenset(w[-1] for w in words if w)

    def position(self, handle: str, need: str) -> float:
        """Where the product lies on a need; 0 when either is unknown."""
        if need not in self.needs.ids or handle not in self.row:
            return 0.0
        return float(self.positions[self.row[handle], self.needs.ids.index(need)])

    def kinship(self, a: Product, b: Product) -> float:
        """How much one can play the other's part: 1 for the same type, else the cosine of their roles."""
        if a.type and a.type.casefold() == b.type.casefold():
            return 1.0
        return float(self.role[self.row[a.handle]] @ self.role[self.row[b.handle]])

    def values_for(self, need: str, space: OptionSpace, variant: Variant) -> dict[str, list[str]]:
        """Other values of the product's options that satisfy a need clearly better than the variant's own."""
        if need not in self.needs.kinds:
            return {}
        at = self.needs.ids.index(need)
        more, _ = self.needs.phrases(need)
        spoken = {pair for phrase in more for pair in (phrase, *((w,) for w in phrase), *pairwise(phrase))}
        found = {}
        for option in space.options:
            current = variant.options.get(option.name, "")
            if current not in self._values:
                continue
            own = float(self._values[current][at])
            sure = [v for v in option.values if v != current and stems(v) in more and stems(current) not in spoken]
            scores = {v: float(self._values[v][at]) for v in option.values if v in self._values and v != current}
            best = max(scores.values(), default=own)
            near = [v for v, s in scores.items() if s >= best - 0.03 and s - own >= _VALUE_GAP]
            if sure or (near and self.needs.kinds[need].options):
                found[option.name] = sure or near
        return found


def _people(product: Product) -> frozenset[str]:
    words = [w for text in (product.title, product.type, *product.tags) for w in stems(text)]
    return frozenset(m for w in words for m in meanings(w) if m in _PEOPLE)


def _stated(pages: Pages, needs: NeedSpace, products: int) -> FloatArray:
    """1 where a page says what satisfies a need, -1 where it denies it or says the opposite, 0 where it is silent."""
    found = np.zeros((products, len(needs.ids)), dtype=np.float32)
    for column, kind in enumerate(needs.kinds.values()):
        for phrases, sign in ((kind.more, 1.0), (kind.less, -1.0)):
            for phrase in phrases:
                found[:, column] += sign * pages.says(phrase)
    clipped: FloatArray = np.clip(found, -1.0, 1.0)
    return clipped
