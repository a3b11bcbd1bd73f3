"""How much more one recommender has than another, over the same queries."""

from __future__ import annotations

from collections.abc import Sequence

from recommenders.bench.metrics import estimate
from recommenders.bench.outcome import Figure


def gain(figures: Sequence[Figure], name: str, peer: str, metric: str, *, seed: int, detail: bool = False) -> Figure:
    """The mean difference; an interval without 0 is a difference by more than chance (paired bootstrap).

    Args:
        figures: among them the metric of both, with their values.
        name: the recommender.
        peer: what it is held against.
        metric: which one.
        seed: of the resamples.
        detail: whether the table of the terminal leaves it out.
    """
    ours, theirs = (next(f for f in figures if (f.recommender, f.metric) == (who, metric)) for who in (name, peer))
    values = tuple(a - b for a, b in zip(ours.values, theirs.values, strict=True))
    made = estimate(values, ours.groups or None, seed=seed)
    return Figure(name, f"{metric} more than {peer}", made, values, ours.groups, detail=detail)
