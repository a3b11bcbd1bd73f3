"""Metrics of one query, their mean over many with an interval, and whether two recommenders differ.

Ranking metrics are those of trec_eval, through the library ir-measures.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from recommenders.bench.packages import needed

ROUNDS = 1000  # of the bootstrap
SWAPS = 9999  # of the permutation test
LEVEL = 0.95
Draws = npt.NDArray[np.float64]
# Our names, and those of ir-measures.
_MEASURES = {"hit": "Success", "mrr": "RR", "p": "P", "recall": "R", "ndcg": "nDCG"}


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over `n` values, and the interval in which it lies in 95 % of resamples."""

    value: float
    low: float
    high: float
    n: int


def ranking(
    found: Sequence[Sequence[str]], relevant: Sequence[Collection[str]], metrics: Sequence[str]
) -> dict[str, tuple[float, ...]]:
    """The values of ranking metrics, one a query.

    Args:
        found: what was found for each query, best first, without repeats.
        relevant: what is right for each query: ids, or a mapping of ids to grades from 1. Where nothing is right,
            every metric is 0.
        metrics: "hit@k", "mrr@k", "p@k", "recall@k", "ndcg@k" for any k.

    Raises:
        ValueError: a metric is not known.
        MissingPackage: ir-measures is not installed.
    """
    library: Any = needed("ir_measures")
    measures = {library.parse_measure(_measure(metric)): metric for metric in metrics}
    values = {metric: [0.0] * len(found) for metric in metrics}
    judged = [
        library.Qrel(str(query), item, items[item] if isinstance(items, Mapping) else 1)
        for query, items in enumerate(relevant)
        for item in sorted(items)
    ]
    # trec_eval ranks by score and knows no order beside it, so the score is the place itself
    run = [
        library.ScoredDoc(str(query), item, float(-place))
        for query, items in enumerate(found)
        for place, item in enumerate(items)
    ]
    if judged and run:
        for each in library.iter_calc(list(measures), judged, run):
            values[measures[each.measure]][int(each.query_id)] = float(each.value)
    return {metric: tuple(each) for metric, each in values.items()}


def _measure(metric: str) -> str:
    parts = re.fullmatch(r"([a-z]+)@([1-9]\d*)", metric)
    if parts is None or parts[1] not in _MEASURES:
        raise ValueError(f"{metric}: no such metric; there are {', '.join(f'{name}@k' for name in _MEASURES)}")
    return f"{_MEASURES[parts[1]]}@{parts[2]}"


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
    sums, counts = _by_group(values, groups)
    drawn = np.random.default_rng(seed).integers(0, len(sums), (ROUNDS, len(sums)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    return interval(float(sums.sum() / counts.sum()), means, len(values))


def ratio(part: Sequence[float], whole: Sequence[float], *, seed: int = 0) -> tuple[Estimate, Draws]:
    """A share of counts over all queries (of what was shown, what was right), with its values over resamples.

    Args:
        part: the count of a query that is right.
        whole: the count of a query; they must not all be 0.
        seed: of the resamples.
    """
    some, all_ = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    drawn = resamples(len(some), seed=seed)
    with np.errstate(invalid="ignore", divide="ignore"):
        draws: Draws = (drawn @ some) / (drawn @ all_)
    return interval(float(some.sum() / all_.sum()), draws, int(all_.sum())), draws


def interval(value: float, draws: Draws, n: int) -> Estimate:
    """An estimate of a number by its values over resamples; those in which it was not defined (NaN) are left out."""
    known = draws[~np.isnan(draws)]
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]) if len(known) else (np.nan, np.nan)
    return Estimate(value, float(low), float(high), n)


def resamples(count: int, *, seed: int = 0) -> Draws:
    """(ROUNDS, count): how often each of `count` texts is drawn in each bootstrap resample."""
    drawn = np.random.default_rng(seed).integers(0, count, (ROUNDS, count))
    return np.stack([np.bincount(row, minlength=count) for row in drawn]).astype(np.float64)


def _by_group(values: Sequence[float], groups: Sequence[Hashable] | None) -> tuple[Draws, Draws]:
    """The sum of each group and how many values it has."""
    number: dict[Hashable, int] = {}
    member = [number.setdefault(group, len(number)) for group in (groups or range(len(values)))]
    sums = np.bincount(member, weights=np.asarray(values, dtype=np.float64)).astype(np.float64)
    return sums, np.bincount(member).astype(np.float64)


# ---------------------------------------------------------------- does it differ from the baseline?


def permutation_p(
    values: Sequence[float], baseline: Sequence[float], groups: Sequence[Hashable] | None = None, *, seed: int = 0
) -> float:
    """Two-sided p-value of a difference of means: a paired permutation test (Fisher 1935; Smucker et al. 2007).

    Under the null hypothesis it does not matter which of the two gave which value, so the sign of every group's
    difference is turned at random.

    Args:
        values: of one recommender, one a query.
        baseline: of the other, for the same queries.
        groups: what belongs together; its sign is turned as a whole.
        seed: of the turns.

    Raises:
        MissingPackage: scipy is not installed.
    """
    stats: Any = needed("scipy.stats")
    differences, _ = _by_group([a - b for a, b in zip(values, baseline, strict=True)], groups)
    differences = differences[differences != 0]  # they stay 0 whatever their sign
    if len(differences) < 2:  # one of them may be either way
        return 1.0
    found = stats.permutation_test(
        (differences,), np.sum, permutation_type="samples", vectorized=True, n_resamples=SWAPS, batch=500,
        rng=np.random.default_rng(seed),
    )  # fmt: skip
    return float(found.pvalue)


def bootstrap_p(draws: Draws, baseline: Draws) -> float:
    """Two-sided p-value of a difference of numbers that are no means: a paired bootstrap (Efron and Tibshirani 1993).

    Args:
        draws: of one recommender, its number over each resample.
        baseline: of the other over the same resamples.
    """
    difference = draws - baseline
    difference = difference[~np.isnan(difference)]
    if not len(difference):
        return float("nan")
    less, more = float((difference <= 0).sum()), float((difference >= 0).sum())
    return min(1.0, 2 * (1 + min(less, more)) / (1 + len(difference)))


def holm(values: Sequence[float]) -> list[float]:
    """p-values corrected for being many (Holm 1979); NaN stays NaN and is not counted."""
    known = sorted((i for i, value in enumerate(values) if not np.isnan(value)), key=lambda i: values[i])
    corrected = list(values)
    highest = 0.0
    for place, i in enumerate(known):
        highest = max(highest, min(1.0, (len(known) - place) * values[i]))
        corrected[i] = highest
    return corrected
