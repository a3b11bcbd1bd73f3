"""Metrics of one question, and their mean over many with a confidence interval."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass

import numpy as np

ROUNDS = 1000  # of the bootstrap
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over `n` values, and the interval in which it lies in 95 % of resamples."""

    value: float
    low: float
    high: float
    n: int


def hit_at(ranked: Sequence[str], relevant: Collection[str], k: int) -> float:
    """1.0 when any of the first k is relevant, else 0.0."""
    return float(any(item in relevant for item in ranked[:k]))


def reciprocal_rank(ranked: Sequence[str], relevant: Collection[str], k: int) -> float:
    """1 / rank of the first relevant among the first k (ranks from 1), else 0.0."""
    return next((1.0 / rank for rank, item in enumerate(ranked[:k], 1) if item in relevant), 0.0)


def share_above(score: float, others: Sequence[float]) -> float:
    """The share of `others` that are higher; equal ones count half.

    Its mean over all scores of one kind is the area under the ROC curve (Hanley and McNeil 1982).
    """
    values = np.asarray(others, dtype=np.float64)
    return float(np.mean((values > score) + 0.5 * (values == score)))


def estimate(values: Sequence[float], groups: Sequence[Hashable] | None = None, *, seed: int = 0) -> Estimate:
    """The mean with its percentile bootstrap interval (Efron 1979).

    Args:
        values: one a question.
        groups: what belongs together, one a value: groups are drawn as a whole, because the values of one ticket are
            not independent. Without it every value stands for itself.
        seed: of the draws; the same values and seed give the same interval.

    Raises:
        ValueError: there is nothing to estimate from.
    """
    if not len(values):
        raise ValueError("no values")
    number: dict[Hashable, int] = {}
    member = [number.setdefault(group, len(number)) for group in (groups or range(len(values)))]
    sums = np.bincount(member, weights=np.asarray(values, dtype=np.float64))
    counts = np.bincount(member)
    drawn = np.random.default_rng(seed).integers(0, len(sums), (ROUNDS, len(sums)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(float(sums.sum() / counts.sum()), float(low), float(high), len(values))
