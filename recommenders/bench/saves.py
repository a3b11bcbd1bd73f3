"""Task `saves`: does a shop's agent get the offer that a good agent would make, and nothing where nothing fits?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from recommenders.bench.cases import Label, LabelledShop, ShopCase, labelled_shops
from recommenders.bench.metrics import estimate, ratio
from recommenders.bench.outcome import About, Answerer, Figure, Outcome, Setup
from recommenders.bench.packages import MissingPackage
from recommenders.domain import Catalog, Product
from recommenders.protocols import Encoder
from recommenders.retrieval.encoder import load_encoder

BASELINE = "dense"
SHOWN = 3
# Kinds that put something else into the basket; a fix or the same item again is service, not an offer.
OFFERS = frozenset({"alternative", "exchange", "upsell"})
ABOUT = About(
    "Does an agent get the offer that a good agent would make, and nothing where there is nothing to offer?",
    "The products that the author of the case would accept as an offer; 'silence' is right where no save of any kind "
    "should be shown; 'selling' is whether one may sell at all. A fix or the same item again is no offer. The peers "
    "know which item is complained of, and always show three products.",
    "Shops written for this purpose, each with its catalogue, codes, orders, resolved tickets and cases. Who wrote "
    "them had not seen the recommenders.",
)


@dataclass(frozen=True, slots=True)
class Offer:
    """A save by its kind and what it names."""

    kind: str
    handle: str
    sku: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered to a case: each save that names something, whether there was any save, whether one may sell."""

    saves: tuple[Offer, ...]
    silent: bool
    selling: bool

    def right(self, label: Label) -> list[bool]:
        """Of each offer, whether a good agent could make it; service counts where it is wanted, and is never wrong."""
        judged = [(save.kind, not label.offers.isdisjoint((save.handle, save.sku))) for save in self.saves]
        return [right for kind, right in judged if right or kind in OFFERS]


def saves(setup: Setup) -> Outcome:
    """Cases of shops, asked of the whole `engine`; peers are `popular` within the type and `dense` similarity."""
    shops, digest = labelled_shops(setup.data)
    if setup.engine_of is None:
        raise MissingPackage("it asks the whole engine; run it with `copilot bench`")
    encoder = load_encoder(setup.model)
    labels: list[tuple[str, Label]] = []
    answers: dict[str, list[Answered]] = {"popular": [], BASELINE: [], "engine": []}
    for shop in shops:
        asked = [(case, case.label) for case in shop.cases if case.label is not None]
        labels += [(shop.name, label) for _, label in asked]
        with setup.engine_of(shop.folder) as engine:
            peers = Peers(shop, engine.catalog, encoder)
            for case, _ in setup.watched(asked, f"saves: {shop.name}"):
                answers["popular"].append(_always(peers.popular(case)))
                answers[BASELINE].append(_always(peers.dense(case, engine)))
                answers["engine"].append(read_answer(engine.suggest(case.request)))
    figures = [
        figure
        for name, given in answers.items()
        for shop_name in (None, *(shop.name for shop in shops))
        for figure in judged(name, given, labels, shop_name, setup.seed)
    ]
    config = {"shown": SHOWN, "shops": {shop.name: len(shop.cases) for shop in shops}}
    return Outcome("shops", digest, config, tuple(figures), BASELINE, about=ABOUT, ours="engine", headline="hit@1")


def judged(
    name: str, answers: Sequence[Answered], labels: Sequence[tuple[str, Label]], only: str | None, seed: int
) -> list[Figure]:
    """The figures of one recommender over all shops, or over `only` one of them, which are details.

    Args:
        name: the recommender's.
        answers: what it answered to each case.
        labels: the shop of each case, and what is right, in the same order.
        only: the name of a shop.
        seed: of the intervals.
    """
    chosen = [(a, label) for a, (shop, label) in zip(answers, labels, strict=True) if only in (None, shop)]
    end = "" if only is None else f" {only}"
    told = [(a.right(label), a.silent, label) for a, label in chosen]
    found: list[Figure] = []
    wanted = [right for right, _, label in told if label.offers]
    means = {
        "hit@1": [float(any(right[:1])) for right in wanted],
        "recall": [float(any(right)) for right in wanted],
        "silence recall": [float(silent) for _, silent, label in told if label.silent],
        "selling accuracy": [float(a.selling == label.selling) for a, label in chosen if label.selling is not None],
    }
    for metric, values in means.items():
        if values:
            made = estimate(values, seed=seed)
            found.append(Figure(name, metric + end, made, tuple(values), detail=only is not None))
    ratios: dict[str, tuple[list[float], list[float]]] = {
        "precision": ([sum(right) for right, _, _ in told], [len(right) for right, _, _ in told]),
        "silence precision": (
            [silent and (label.silent or not label.offers) for _, silent, label in told],
            [silent for _, silent, _ in told],
        ),
    }
    for metric, (part, whole) in ratios.items():
        if sum(whole):
            made, draws = ratio(part, whole, seed=seed)
            found.append(Figure(name, metric + end, made, draws=draws, detail=only is not None))
    return found


def read_answer(answer: Mapping[str, Any]) -> Answered:
    """What an answer offers."""
    named = (Offer(s["kind"], s["handle"] or "", s["sku"] or "") for s in answer["saves"] if s["handle"] or s["sku"])
    return Answered(tuple(named), not answer["saves"], bool(answer["selling"]["allowed"]))


class Peers:
    """What a shop has without a recommender: what sells best of the same type, and what sounds most alike."""

    def __init__(self, shop: LabelledShop, catalog: Catalog, encoder: Encoder) -> None:
        self._catalog = catalog
        self._encoder = encoder
        self._products = [p for p in catalog.products if p.active and any(v.in_stock for v in p.variants)]
        self._pages = encoder.encode([f"{p.title}. {p.type}. {p.body}" for p in self._products])
        sold = Counter(catalog.by_sku[sku][0].handle for sku in shop.sold() if sku in catalog.by_sku)
        self._by_sales = sorted(self._products, key=lambda p: (-sold[p.handle], p.handle))

    def popular(self, case: ShopCase) -> list[Product]:
        """What was sold most of the type of the item complained of, or at all; ties by handle."""
        item = self._complained(case)
        alike = [p for p in self._by_sales if p is not item and (item is None or p.type == item.type)]
        return alike[:SHOWN]

    def dense(self, case: ShopCase, engine: Answerer) -> list[Product]:
        """The products whose pages are nearest to what the customer wrote."""
        item = self._complained(case)
        near = self._pages @ self._encoder.encode([engine.encoded(case.request)])[0]
        order = np.argsort(-near, kind="stable").tolist()
        return [self._products[i] for i in order if self._products[i] is not item][:SHOWN]

    def _complained(self, case: ShopCase) -> Product | None:
        found = self._catalog.by_sku.get(case.complained or "")
        return found[0] if found else None


def _always(products: Sequence[Product]) -> Answered:
    """A recommender that knows no restraint: each product with its first variant in stock."""
    offers = (Offer("alternative", p.handle, next(v.sku for v in p.variants if v.in_stock)) for p in products)
    return Answered(tuple(offers), not products, True)
