"""Task `speed`: how long an answer takes, beside one pass of the encoder over the same text."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from recommenders.bench.cases import labelled_shops
from recommenders.bench.metrics import Draws, interval, resamples
from recommenders.bench.outcome import About, Figure, Outcome, Setup
from recommenders.bench.packages import MissingPackage
from recommenders.retrieval.encoder import load_encoder

WARM = 12  # requests that are asked before anything is measured
WHOLE, PASS = "whole answer", "encoder pass"
ABOUT = About(
    "How long does an answer take, and which stage takes it, beside one pass of the encoder over the same text?",
    "Nothing is right or wrong here. Answer and pass take turns, so that what else the machine does meets both; the "
    "ratio of their medians holds on other machines, milliseconds do not. HTTP is not in it: see make bench.",
    "The requests of the shops of the task saves, each once.",
)


def speed(setup: Setup) -> Outcome:
    """Medians of the whole answer and of its stages, in passes of the encoder and in milliseconds."""
    shops, digest = labelled_shops(setup.data)
    if setup.engine_of is None:
        raise MissingPackage("it asks the whole engine; run it with `copilot bench`")
    encoder = load_encoder(setup.model, reads=False)
    spent: dict[str, list[float]] = {WHOLE: [], PASS: []}
    for shop in shops:
        requests = [case.request for case in shop.cases]
        with setup.engine_of(shop.folder) as engine:
            for request in requests[:WARM]:
                engine.suggest(request)
                encoder.encode([engine.encoded(request)])
            for request in setup.watched(requests, f"speed: {shop.name}"):
                text = engine.encoded(request)
                started = time.perf_counter()
                answer = engine.suggest(request)
                answered = time.perf_counter()
                encoder.encode([text])
                spent[PASS].append((time.perf_counter() - answered) * 1000)
                spent[WHOLE].append((answered - started) * 1000)
                _add_stages(spent, answer["timings_ms"])
    config = {"warm": WARM, "shops": {shop.name: len(shop.cases) for shop in shops}}
    return Outcome("shops", digest, config, tuple(figures_of(spent, setup.seed)), about=ABOUT, ours=WHOLE)


def figures_of(spent: Mapping[str, list[float]], seed: int) -> list[Figure]:
    """For each of `spent` (milliseconds, one a request; WHOLE and PASS among them) its medians and 95th percentile.

    A stage that not every request went through counts as it was where it was gone through.
    """
    figures = []
    floor = np.asarray(spent[PASS], dtype=np.float64)
    for name, each in spent.items():
        times = np.asarray(each, dtype=np.float64)
        n = len(times)
        medians = _medians(times, seed)
        if name != PASS:
            ratio = interval(float(np.median(times) / np.median(floor)), medians / _medians(floor, seed), n)
            figures.append(Figure(name, "median in passes", ratio, better="lower"))
        median = interval(float(np.median(times)), medians, n)
        figures.append(Figure(name, "median ms", median, better="lower", detail=name not in (WHOLE, PASS)))
        high = interval(float(np.percentile(times, 95)), np.array([np.nan]), n)
        figures.append(Figure(name, "p95 ms", high, better="lower", detail=name not in (WHOLE, PASS)))
    return figures


def _medians(times: Draws, seed: int) -> Draws:
    """The median over each resample."""
    drawn = resamples(len(times), seed=seed)
    return np.array([np.median(np.repeat(times, row.astype(int))) for row in drawn])


def _add_stages(spent: dict[str, list[float]], timings: Mapping[str, Any]) -> None:
    for stage, each in timings.items():
        if stage != "total":
            spent.setdefault(stage, []).append(float(each))
