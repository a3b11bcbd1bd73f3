"""The table of tasks."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from recommenders.bench.exchange import exchange
from recommenders.bench.outcome import Outcome, Setup
from recommenders.bench.reading import reading
from recommenders.bench.similar import similar

TASKS: Mapping[str, Callable[[Setup], Outcome]] = {
    "similar": similar,
    "exchange": exchange,
    "reading": reading,
}
