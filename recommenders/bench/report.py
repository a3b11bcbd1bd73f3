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

from recommenders.bench.metrics import bootstrap_p, holm, permutation_p
from recommenders.bench.outcome import Figure, Outcome

PACKAGES = ("support-copilot", "numpy", "faiss-cpu", "onnxruntime", "tokenizers", "bm25s", "RapidFuzz")
SURE = 0.05  # a p-value below it is marked
Row = dict[str, Any]


def rows(task: str, outcome: Outcome, *, model: str, seed: int) -> list[Row]:
    """One row a figure, ready for JSON; what is not known is null.

    `difference` is that to the baseline's value, `p_value` how likely one at least as large would be by chance,
    corrected for the number of recommenders of the same metric (Holm 1979).
    """
    same = {
        "baseline": outcome.baseline,
        "dataset": outcome.dataset,
        "revision": outcome.revision,
        "model": model,
        "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        "config": config_hash(outcome.config),
        "seed": seed,
        "machine": machine(),
    }
    chances = significance(outcome, seed)
    base = {f.metric: f.estimate.value for f in outcome.figures if f.recommender == outcome.baseline}
    made = []
    for figure in outcome.figures:
        e, p = figure.estimate, chances.get((figure.recommender, figure.metric))
        row = {"task": task, "recommender": figure.recommender, "metric": figure.metric, "value": _known(e.value)}
        other = base.get(figure.metric, math.nan) if figure.recommender != outcome.baseline else math.nan
        measured = {
            "ci": [_known(e.low), _known(e.high)],
            "difference": _known(e.value - other),
            "p_value": p,
            "n": e.n,
        }
        made.append({**row, **measured, "better": figure.better, "detail": figure.detail, **same})
    return made


def significance(outcome: Outcome, seed: int) -> dict[tuple[str, str], float]:
    """(recommender, metric) -> corrected p-value against the baseline, where both carry what a test needs."""
    found: dict[tuple[str, str], float] = {}
    by_metric: dict[str, list[Figure]] = {}
    for figure in outcome.figures:
        by_metric.setdefault(figure.metric, []).append(figure)
    for metric, figures in by_metric.items():
        base = next((figure for figure in figures if figure.recommender == outcome.baseline), None)
        if base is None:
            continue
        raw = {f.recommender: p for f in figures if f is not base and (p := _chance(f, base, seed)) is not None}
        corrected = zip(raw, holm(list(raw.values())), strict=True)
        found |= {(name, metric): round(p, 4) for name, p in corrected if not math.isnan(p)}
    return found


def _chance(figure: Figure, base: Figure, seed: int) -> float | None:
    if figure.values and len(figure.values) == len(base.values):
        return permutation_p(figure.values, base.values, figure.groups or None, seed=seed)
    if figure.draws is not None and base.draws is not None:
        return bootstrap_p(figure.draws, base.draws)
    return None


def config_hash(config: object) -> str:
    """SHA-256 of the choices of a task, whatever the order of their names; 16 digits."""
    text = json.dumps(config, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def machine() -> str:
    """Enough to judge a figure by: architecture, cores, system."""
    return f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}"


def table(made: Sequence[Row]) -> list[str]:
    """A line a figure, in columns, with a heading and a blank line; without figures, and of details, none.

    B marks the baseline; + and - what lies above or below it by more than chance.
    """
    lines = [("TASK", "RECOMMENDER", "METRIC", "VALUE", "", "95 % CI", "P", "N")]
    for row in made:
        if row["detail"]:
            continue
        low, high = row["ci"]
        interval = "" if low is None else f"{low:.3f}-{high:.3f}"
        p, value = row["p_value"], "" if row["value"] is None else f"{row['value']:.3f}"
        mark = "B" if row["recommender"] == row["baseline"] else "+-"[row["difference"] < 0] if sure(row) else ""
        chance = "" if p is None else f"{p:.4f}"
        lines.append((row["task"], row["recommender"], row["metric"], value, mark, interval, chance, str(row["n"])))
    if len(lines) == 1:
        return []
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    padded = (zip(line, widths, strict=True) for line in lines)
    return [*("  ".join(cell.ljust(width) for cell, width in line).rstrip() for line in padded), ""]


def sure(row: Row) -> bool:
    """Whether a row differs from the baseline by more than chance."""
    return row["p_value"] is not None and bool(row["p_value"] < SURE)


def _known(number: float) -> float | None:
    return None if math.isnan(number) else round(number, 4)
