"""Affinity on a shop of four products, worked out by hand."""

from __future__ import annotations

from math import log, log1p

import pytest

from recommenders.affinity import HALF_LIFE, PRIOR, WEIGHTS, Affinity

KINDS = {"cream": "skin", "serum": "skin", "soap": "wash", "brush": "tool"}
SHOP = Affinity(KINDS, {"cream": 6, "serum": 2, "soap": 2})  # nobody bought the brush


def test_a_scope_knows_its_share_and_its_kinds() -> None:
    scope = SHOP.scope(["cream", "soap", "gone"])
    assert scope.items == {"cream", "soap"}
    assert scope.share == pytest.approx(8 / 10)
    assert scope.kinds == {"skin": 1 / 2, "wash": 1 / 2}


def test_without_counts_all_products_are_equally_popular() -> None:
    assert Affinity(KINDS).scope(["cream", "soap"]).share == pytest.approx(2 / 4)


def test_a_purchase_counts_half_after_its_half_life_and_none_is_in_the_future() -> None:
    profile = SHOP.profile(
        [("cream", 0.0), ("cream", HALF_LIFE), ("serum", 2 * HALF_LIFE), ("soap", -3.0), ("gone", 0)]
    )
    assert profile.items == pytest.approx({"cream": 1.5, "serum": 0.25, "soap": 1.0, "gone": 1.0})
    assert profile.kinds == pytest.approx({"skin": 1.75, "wash": 1.0})
    assert profile.total == pytest.approx(3.75)


def test_parts_by_hand() -> None:
    profile = SHOP.profile([("serum", 0.0), ("serum", 0.0), ("soap", 0.0)])
    lift, share, kind = SHOP.parts(profile, SHOP.scope(["serum"]))
    assert lift == pytest.approx(log((2 + PRIOR) / (3 * 0.2 + PRIOR)))  # 3 purchases, a fifth of all are serum
    assert share == pytest.approx(log(0.2), abs=1e-6)
    assert kind == pytest.approx(log1p(2.0))
    parts = zip(WEIGHTS, (lift, share, kind), strict=True)
    assert SHOP.score(profile, SHOP.scope(["serum"])) == pytest.approx(sum(w * p for w, p in parts))


def test_what_one_buys_wins_over_what_all_buy() -> None:
    profile = SHOP.profile([("soap", 10.0), ("soap", 40.0), ("soap", 70.0)])
    scores = {name: SHOP.score(profile, SHOP.scope([name])) for name in KINDS}
    assert max(scores, key=lambda name: scores[name]) == "soap"


def test_another_product_of_a_kind_that_one_buys_wins_over_an_equally_popular_stranger() -> None:
    shop = Affinity(KINDS)
    profile = shop.profile([("cream", 5.0), ("cream", 9.0)])
    assert shop.score(profile, shop.scope(["serum"])) > shop.score(profile, shop.scope(["soap"]))


def test_an_empty_scope_and_an_empty_profile_have_finite_scores() -> None:
    nothing = SHOP.profile([])
    assert SHOP.score(nothing, SHOP.scope([])) < SHOP.score(nothing, SHOP.scope(["cream"]))
