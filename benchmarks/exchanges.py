"""The exchange figure through the whole service: reading, finding the items, and the variants together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.service import Client
from recommenders.bench.metrics import estimate, hit_at


def measure(client: Client, cases: Path) -> dict[str, Any]:
    """hit@1 and hit@3 by `replaces` over all pairs of each split; the split is what a case's id begins with."""
    pairs: dict[str, list[tuple[str, list[str], str]]] = {}
    for line in cases.read_text("utf-8").splitlines():
        case = json.loads(line)
        answer, _ = client.suggest(case["request"])
        for old, new in case["pairs"]:
            ranked = [save["sku"] for save in answer["saves"] if save["replaces"] == old]
            pairs.setdefault(case["id"].split("-")[0], []).append((case["id"], ranked, new))
    return {split: _figures(found) for split, found in pairs.items()}


def _figures(found: list[tuple[str, list[str], str]]) -> dict[str, Any]:
    figures: dict[str, Any] = {"pairs": len(found)}
    for k in (1, 3):
        made = estimate([hit_at(ranked, {new}, k) for _, ranked, new in found], [case for case, _, _ in found])
        figures[f"hit@{k}"] = round(made.value, 4)
        figures[f"hit@{k}_ci"] = [round(made.low, 4), round(made.high, 4)]
    missed = [case for case, ranked, new in found if new not in ranked[:1]]
    return {**figures, "missed": sorted(set(missed))}
