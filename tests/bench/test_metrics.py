"""Metrics against what a pencil gives."""

from __future__ import annotations

import math

import numpy as np
import pytest

from recommenders.bench.metrics import (
    Estimate,
    bootstrap_p,
    estimate,
    hit_at,
    holm,
    interval,
    permutation_p,
    ranking,
    ratio,
    reciprocal_rank,
    resamples,
    share_above,
)

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


# ---------------------------------------------------------------- ranking metrics, as the library gives them


def test_one_right_at_rank_two():
    made = ranking([["e", "b", "d"]], [{"b"}], ["hit@1", "hit@3", "mrr@10", "p@2", "recall@3", "ndcg@3"])
    assert made == {
        "hit@1": (0.0,),
        "hit@3": (1.0,),
        "mrr@10": (1 / 2,),
        "p@2": (1 / 2,),
        "recall@3": (1.0,),
        "ndcg@3": (pytest.approx(1 / math.log2(3)),),
    }


def test_two_of_three_right_at_ranks_one_and_three():
    made = ranking([["a", "x", "b", "y"]], [{"a", "b", "c"}], ["hit@1", "mrr@10", "p@3", "recall@3", "ndcg@3"])
    best = 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert {metric: values[0] for metric, values in made.items()} == {
        "hit@1": 1.0,
        "mrr@10": 1.0,
        "p@3": pytest.approx(2 / 3),
        "recall@3": pytest.approx(2 / 3),
        "ndcg@3": pytest.approx((1 + 1 / math.log2(4)) / best),
    }


def test_grades_count_in_ndcg_alone():
    # 1 at the first place and 3 at the second, where 3 first would have been best
    made = ranking([["a", "b"]], [{"a": 1, "b": 3}], ["ndcg@2", "hit@1"])
    assert made["ndcg@2"] == (pytest.approx((1 + 3 / math.log2(3)) / (3 + 1 / math.log2(3))),)
    assert made["hit@1"] == (1.0,)


def test_queries_keep_their_places_where_nothing_is_found_or_nothing_is_right():
    found, right = [["a"], [], ["b"], ["c"]], [{"a"}, {"a"}, set(), {"d"}]
    assert ranking(found, right, ["hit@1", "mrr@3"]) == {"hit@1": (1.0, 0.0, 0.0, 0.0), "mrr@3": (1.0, 0.0, 0.0, 0.0)}
    assert ranking([], [], ["hit@1"]) == {"hit@1": ()}


def test_past_the_cutoff_nothing_counts():
    assert ranking([["x", "y", "a"]], [{"a"}], ["mrr@2", "hit@2", "recall@2"]) == {
        "mrr@2": (0.0,),
        "hit@2": (0.0,),
        "recall@2": (0.0,),
    }


@pytest.mark.parametrize("metric", ["hits@1", "hit", "hit@0", "map@3", ""])
def test_an_unknown_metric_is_named_with_those_that_are(metric):
    with pytest.raises(ValueError, match="no such metric; there are hit@k, mrr@k, p@k, recall@k, ndcg@k"):
        ranking([["a"]], [{"a"}], [metric])


# ---------------------------------------------------------------- shares of counts, and tests


def test_a_ratio_is_of_sums_and_not_a_mean_of_ratios():
    made, draws = ratio([1, 0, 3], [1, 0, 4])
    assert (made.value, made.n) == (4 / 5, 5)
    assert np.nanmin(draws) == 0.75, "all that was drawn was the last, or a silent one with it"
    assert np.nanmax(draws) == 1.0


def test_what_is_not_defined_in_a_resample_is_left_out():
    assert interval(0.5, np.array([0.2, np.nan, 0.2]), 3) == Estimate(0.5, 0.2, 0.2, 3)
    assert math.isnan(interval(0.5, np.array([np.nan]), 3).low)


def test_resamples_draw_as_many_as_there_are():
    drawn = resamples(5, seed=3)
    assert drawn.shape == (1000, 5)
    assert set(drawn.sum(axis=1).tolist()) == {5.0}
    assert (drawn == resamples(5, seed=3)).all()


def test_the_permutation_test_of_three_differences_by_hand():
    # of the 8 ways to give signs to 1, 1, 1 two are as far from 0 as all the same
    assert permutation_p([1.0, 1.0, 1.0], [0.0, 0.0, 0.0]) == pytest.approx(2 / 8)
    # sums of 1, 1, -1: +-1 or +-3, all of them at least 1 from 0
    assert permutation_p([1.0, 1.0, 0.0], [0.0, 0.0, 1.0]) == pytest.approx(1.0)


def test_values_of_one_group_turn_their_sign_together():
    # six values of two tickets are two differences, and of 4 ways 2 are as extreme
    values, groups = [1.0] * 6, ["a"] * 3 + ["b"] * 3
    assert permutation_p(values, [0.0] * 6, groups) == pytest.approx(2 / 4)
    assert permutation_p(values, [0.0] * 6) == pytest.approx(2 / 64)


def test_equal_recommenders_do_not_differ():
    assert permutation_p([0.0, 1.0, 0.5], [0.0, 1.0, 0.5]) == 1.0
    assert permutation_p([1.0, 1.0], [0.0, 1.0]) == 1.0, "one difference may be either way"
    assert bootstrap_p(np.array([0.5, 0.6]), np.array([0.5, 0.6])) == 1.0


def test_the_bootstrap_counts_resamples_on_the_other_side():
    base = np.zeros(99)
    assert bootstrap_p(np.full(99, 0.1), base) == pytest.approx(2 * 1 / 100)
    some = np.full(99, 0.1)
    some[:4] = -0.1
    assert bootstrap_p(some, base) == pytest.approx(2 * 5 / 100)
    assert math.isnan(bootstrap_p(np.array([np.nan]), np.array([0.0])))


def test_holm_by_hand():
    # 0.01 * 3, then 0.03 * 2, then 0.04 * 1, which may not be below the one before
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert math.isnan(holm([math.nan, 0.02])[0])
    assert holm([math.nan, 0.02])[1] == 0.02
