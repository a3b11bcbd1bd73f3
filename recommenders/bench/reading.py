"""Task `reading`: how well labels were read from texts that training had not seen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from recommenders.bench.metrics import Estimate
from recommenders.bench.outcome import Figure, Outcome, Setup
from recommenders.retrieval.encoder import load_encoder
from recommenders.signals.heads import HEADS, Heads


def reading(setup: Setup) -> Outcome:
    """The figures that training measured on a held-out part and stored with the heads; measuring again means training.

    `branch` and `grams` are the two parts of what reads, `both` is what the service uses. Without an interval: what was
    stored are means over labels. Empty when training was told to measure nothing.
    """
    heads = Heads.load(setup.model / HEADS, load_encoder(setup.model).source)
    stored: dict[str, Any] = json.loads(heads.meta.get("figures", "{}"))
    return Outcome("labelled examples", heads.meta.get("examples", ""), {}, tuple(figures_of(stored)))


def figures_of(stored: dict[str, Any]) -> Iterator[Figure]:
    """The figures in what training stored: reader -> family -> metric -> value, and the mood's correlation."""
    count = int(stored.get("examples", 0))
    for reader, families in stored.items():
        if isinstance(families, dict):
            for family, metrics in families.items():
                for metric, value in metrics.items():
                    yield _figure(reader, f"{metric} {family}", value, count)
    if "mood_r" in stored:
        yield _figure("branch", "r mood", stored["mood_r"], count)


def _figure(reader: str, metric: str, value: float, count: int) -> Figure:
    return Figure(reader, metric, Estimate(float(value), float("nan"), float("nan"), count))
