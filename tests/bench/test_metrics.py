"""Metrics against what a pencil gives."""

from __future__ import annotations

import pytest

from recommenders.bench.metrics import Estimate, estimate, hit_at, reciprocal_rank, share_above

RANKED = ["e", "b", "d", "a", "c"]


@pytest.mark.parametrize(
    ("relevant", "k", "hit", "rank"),
    [
        ({"e"}, 1, 1.0, 1.0),
        ({"b"}, 1, 0.0, 0.0),
        ({"b"}, 3, 1.0, 1 / 2),
        ({"d", "a"}, 3, 1.0, 1 / 3),
        ({"c"}, 3, 0.0, 0.0),
        ({"c"}, 10, 1.0, 1 / 5),
        ({"x"}, 10, 0.0, 0.0),
        (set(), 3, 0.0, 0.0),
    ],
)
def test_five_ranked(relevant, k, hit, rank):
    assert hit_at(RANKED, relevant, k) == hit
    assert reciprocal_rank(RANKED, relevant, k) == rank


def test_nothing_found():
    assert hit_at([], {"a"}, 3) == 0.0
    assert reciprocal_rank([], {"a"}, 3) == 0.0


def test_share_above_is_a_part_of_the_roc_area():
    # of 1, 2, 2, 5: above 2 is one, equal are two, which count half each
    assert share_above(2.0, [1.0, 2.0, 2.0, 5.0]) == (1 + 0.5 * 2) / 4
    assert share_above(0.0, [1.0, 2.0]) == 1.0
    assert share_above(9.0, [1.0, 2.0]) == 0.0


def test_values_without_spread_have_no_interval():
    assert estimate([1.0, 1.0, 1.0]) == Estimate(1.0, 1.0, 1.0, 3)


def test_the_interval_of_a_coin_is_that_of_the_binomial():
    # 50 of 100: the standard error is 0.05, so 95 % lie within about 0.098
    found = estimate([1.0] * 50 + [0.0] * 50, seed=1)
    assert found.value == 0.5
    assert found.low == pytest.approx(0.402, abs=0.015)
    assert found.high == pytest.approx(0.598, abs=0.015)


def test_the_same_seed_gives_the_same_interval_and_another_another():
    values = [0.0, 0.2, 0.5, 1.0, 1.0, 0.3]
    assert estimate(values, seed=3) == estimate(values, seed=3)
    assert estimate(values, seed=3) != estimate(values, seed=4)


def test_values_of_one_group_are_drawn_together():
    # two tickets of 50 equal pairs are two observations: every draw is 0, 1/2 or 1
    values, groups = [1.0] * 50 + [0.0] * 50, ["a"] * 50 + ["b"] * 50
    assert estimate(values, groups) == Estimate(0.5, 0.0, 1.0, 100)


def test_groups_of_different_size_count_by_their_values():
    assert estimate([1.0, 1.0, 1.0, 0.0], ["a", "a", "a", "b"]).value == 0.75


def test_nothing_cannot_be_estimated():
    with pytest.raises(ValueError, match="no values"):
        estimate([])
