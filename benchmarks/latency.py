"""How long an answer takes, beside what the encoder alone takes for the same text."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np

from benchmarks.service import Client
from copilot.context import clean_ticket
from copilot.schemas import parse_ask
from recommenders.protocols import Encoder
from recommenders.text.concern import newest_concern


@dataclass
class Latency:
    """Milliseconds, one a request: over HTTP, of the encoder alone, and of each stage as the service reports it."""

    answer: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    stages: dict[str, list[float]] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """The median answer over the median pass of the encoder."""
        return float(np.median(self.answer) / np.median(self.floor))

    def as_data(self) -> dict[str, Any]:
        """Percentiles, rounded, for JSON."""
        return {
            "requests": len(self.answer),
            "answer_ms": percentiles(self.answer),
            "floor_ms": percentiles(self.floor),
            "ratio": round(self.ratio, 3),
            "stages_ms": {name: percentiles(values) for name, values in self.stages.items()},
        }


def measure(client: Client, encoder: Encoder, bodies: Iterable[dict[str, Any]]) -> Latency:
    """Asks and encodes in turn, so that what else the machine does meets both alike.

    The text that is encoded is the one that the service encodes: the newest concern of the cleaned ticket.
    """
    latency = Latency()
    for body in bodies:
        text = concern_of(body)
        answer, spent = client.suggest(body)
        latency.answer.append(spent)
        started = time.perf_counter()
        encoder.encode([text])
        latency.floor.append((time.perf_counter() - started) * 1000)
        for stage, each in answer["timings_ms"].items():
            latency.stages.setdefault(stage, []).append(each)
    return latency


def concern_of(body: dict[str, Any]) -> str:
    """The text that the service will encode for a request."""
    ask = parse_ask(body, lambda: datetime.now(UTC))
    concern, _ = newest_concern(clean_ticket(ask.ticket))
    return concern.text


def percentiles(values: list[float]) -> dict[str, float]:
    """The median and the 95th percentile, in the values' unit."""
    return {f"p{q}": round(float(np.percentile(values, q)), 2) for q in (50, 95)}
