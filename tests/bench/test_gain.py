"""The difference of two recommenders, by hand."""

from __future__ import annotations

import pytest

from recommenders.bench.gain import gain
from recommenders.bench.metrics import estimate
from recommenders.bench.outcome import Figure


def figure(name: str, metric: str, values: tuple[float, ...]) -> Figure:
    return Figure(name, metric, estimate(values), values, ("t1", "t1", "t2"))


def test_a_gain_is_the_mean_of_paired_differences() -> None:
    figures = [figure("ours", "hit@1", (1.0, 0.0, 1.0)), figure("peer", "hit@1", (1.0, 1.0, 0.0)),
               figure("peer", "mrr@10", (0.0, 0.0, 0.0))]  # fmt: skip
    made = gain(figures, "ours", "peer", "hit@1", seed=1)
    assert (made.recommender, made.metric) == ("ours", "hit@1 more than peer")
    assert made.values == (0.0, -1.0, 1.0)
    assert made.estimate.value == pytest.approx(0.0)
    assert (made.estimate.low, made.estimate.high) == (-0.5, 1.0), "tickets are drawn as a whole"


def test_the_same_is_no_gain() -> None:
    figures = [figure(name, "hit@1", (1.0, 0.0, 1.0)) for name in ("ours", "peer")]
    made = gain(figures, "ours", "peer", "hit@1", seed=1).estimate
    assert (made.low, made.value, made.high) == (0.0, 0.0, 0.0)
