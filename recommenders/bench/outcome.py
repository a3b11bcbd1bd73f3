"""What a task gives: figures of recommenders, and what they were measured on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recommenders.bench.metrics import Estimate


@dataclass(frozen=True, slots=True)
class Figure:
    """One number: what was measured of whom."""

    recommender: str
    metric: str
    estimate: Estimate


@dataclass(frozen=True)
class Outcome:
    """The figures of a task, its data with their revision, and the choices that a run can be repeated with."""

    dataset: str
    revision: str
    config: Mapping[str, Any]
    figures: tuple[Figure, ...] = field(default=())


@dataclass(frozen=True)
class Setup:
    """What every task is given: the folder of the data sets, the folder of the model, and the seed."""

    data: Path
    model: Path
    seed: int = 7
