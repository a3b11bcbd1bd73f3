"""Task `reading`: how well labels were read from texts that training had not seen."""

from __future__ import annotations

import json
from typing import Any

from recommenders.bench.metrics import Estimate
from recommenders.bench.outcome import Figure, Outcome, Setup
from recommenders.retrieval.encoder import load_encoder
from recommenders.signals.heads import HEADS, Heads


def reading(setup: Setup) -> Outcome:
    """The figures that training measured out of fold and stored with the heads; measuring them again means training.

    Without an interval: what was stored are means over labels. Empty when training was told to measure nothing.
    """
    heads = Heads.load(setup.model / HEADS, load_encoder(setup.model).source)
    stored: dict[str, Any] = json.loads(heads.meta.get("figures", "{}"))
    count = int(stored.get("examples", 0))
    figures = []
    for family, value in stored.items():
        if isinstance(value, dict):
            figures += [_figure(f"{metric} {family}", each, count) for metric, each in value.items()]
        elif family != "examples":
            figures.append(_figure(family, value, count))
    return Outcome("labelled examples", heads.meta.get("examples", ""), {"examples": count}, tuple(figures))


def _figure(metric: str, value: float, count: int) -> Figure:
    return Figure("heads", metric, Estimate(float(value), float("nan"), float("nan"), count))
