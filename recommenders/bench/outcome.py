"""What a task is given, and what it gives: figures of recommenders, curves, and what they were measured on."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

from recommenders.bench.metrics import Draws, Estimate
from recommenders.domain import Catalog

T = TypeVar("T")


@dataclass(frozen=True)
class Figure:
    """One number: what was measured of whom.

    Args:
        recommender: the name of what was measured.
        metric: its name; of several splits, the split comes last ("hit@1 dev").
        estimate: the number with its interval.
        values: one a query, in the same order for every recommender of the task; the number is their mean. With them,
            the figure is held against the baseline's by a paired permutation test.
        groups: what belongs together, one a value (the pairs of one ticket); empty when every value stands for itself.
        draws: of a number that is no mean (F1, average precision): its values over bootstrap resamples that are the
            same for every recommender. With them, the test is a paired bootstrap.
        better: which way is good; None for a number that only describes.
        detail: for those who ask closer: it is in the rows and the report, not in the table of the terminal.
    """

    recommender: str
    metric: str
    estimate: Estimate
    values: tuple[float, ...] = ()
    groups: tuple[Hashable, ...] = ()
    draws: Draws | None = None
    better: Literal["higher", "lower"] | None = "higher"
    detail: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """A line of one recommender in a chart: "precision and recall", "coverage" and the like.

    Curves of one `chart` are drawn together; `x` and `y` are the names of its axes, `points` are ordered by x.
    """

    chart: str
    recommender: str
    x: str
    y: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class About:
    """A task in plain words, for the report: what is asked, what counts as right, where the data comes from."""

    asked: str
    right: str
    source: str


@dataclass(frozen=True)
class Outcome:
    """The figures of a task, its data with their revision, and the choices that a run can be repeated with.

    Args:
        dataset: the data set's name.
        revision: a digest of its files.
        config: everything that was chosen; its hash is in every row.
        figures: what was measured.
        baseline: the recommender that the others are held against.
        curves: what a chart shows better than a number.
        about: for the report; without it the task's docstring is shown.
        skipped: the parts that were not measured, each by its name with how to get it.
        ours: the recommender that the service uses; the report marks it.
        headline: the metric that answers what is asked; the report begins with it.
    """

    dataset: str
    revision: str
    config: Mapping[str, Any]
    figures: tuple[Figure, ...] = ()
    baseline: str | None = None
    curves: tuple[Curve, ...] = ()
    about: About | None = None
    skipped: tuple[str, ...] = ()
    ours: str | None = None
    headline: str | None = None


class Answerer(Protocol):
    """A whole engine over one shop, in this process: what the service would answer."""

    @property
    def catalog(self) -> Catalog:
        """What the shop sells."""
        ...

    def suggest(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to the body of `POST /v1/suggestions`, as its JSON."""
        ...

    def encoded(self, request: Mapping[str, Any]) -> str:
        """The text of the request that is encoded."""
        ...


# Loads a shop directory and answers over it until the context ends.
EngineOf = Callable[[Path], AbstractContextManager[Answerer]]


@dataclass(frozen=True)
class Setup:
    """What every task is given.

    Args:
        data: the folder of the data sets.
        model: the folder of the encoder and its heads.
        seed: of samples and intervals.
        engine_of: answers through the whole engine; the library knows of none, so whoever runs the tasks passes one.
            Without it, what needs it is skipped by name.
    """

    data: Path
    model: Path
    seed: int = 7
    engine_of: EngineOf | None = None

    def watched(self, items: Iterable[T], name: str) -> Iterator[T]:
        """The items, with a progress bar on stderr when that is a terminal."""
        from tqdm import tqdm

        yield from tqdm(items, desc=name, leave=False, disable=None, dynamic_ncols=True)
