"""Figures as rows that say by themselves what they are of, and as a table for people."""

from __future__ import annotations

import hashlib
import json
import math
import os
import platform
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from recommenders.bench.outcome import Outcome

PACKAGES = ("support-copilot", "numpy", "faiss-cpu", "onnxruntime", "tokenizers", "bm25s", "RapidFuzz")
Row = dict[str, Any]


def rows(task: str, outcome: Outcome, *, model: str, seed: int) -> list[Row]:
    """One row a figure, ready for JSON; a bound that is not known is null."""
    same = {
        "dataset": outcome.dataset,
        "revision": outcome.revision,
        "model": model,
        "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        "config": config_hash(outcome.config),
        "seed": seed,
        "machine": machine(),
    }
    made = []
    for figure in outcome.figures:
        e = figure.estimate
        row = {"task": task, "recommender": figure.recommender, "metric": figure.metric, "value": round(e.value, 4)}
        made.append({**row, "ci": [_known(e.low), _known(e.high)], "n": e.n, **same})
    return made


def config_hash(config: object) -> str:
    """SHA-256 of the choices of a task, whatever the order of their names; 16 digits."""
    text = json.dumps(config, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def machine() -> str:
    """Enough to judge a figure by: architecture, cores, system."""
    return f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}"


def table(made: Sequence[Row]) -> list[str]:
    """A line a figure, in columns, with a heading."""
    lines = [("TASK", "RECOMMENDER", "METRIC", "VALUE", "95 % CI", "N")]
    for row in made:
        low, high = row["ci"]
        interval = "" if low is None else f"{low:.3f}-{high:.3f}"
        lines.append((row["task"], row["recommender"], row["metric"], f"{row['value']:.3f}", interval, str(row["n"])))
    return ["{:<9} {:<12} {:<16} {:>6}  {:<12} {:>5}".format(*line).rstrip() for line in lines]


def _known(bound: float) -> float | None:
    return None if math.isnan(bound) else round(bound, 4)
