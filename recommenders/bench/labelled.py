"""Labelled texts that nobody trained on, and the figures of what was read from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from recommenders.bench.datasets import DatasetError, MissingDataset, revision
from recommenders.bench.metrics import Draws, estimate, interval, resamples
from recommenders.bench.outcome import Curve, Figure
from recommenders.signals.heads import Example, read_examples

READINGS = Path(__file__).with_name("readings")
SPLITS = ("dev", "test")
AP_ROUNDS = 200  # resamples of an average precision, which has to be summed up anew for each
Held = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Texts:
    """One split: its texts, and a digest of its files."""

    split: str
    examples: tuple[Example, ...]
    revision: str


@dataclass(frozen=True)
class Reading:
    """What a recommender read from the texts of a split: what holds, and how sure it is, each (texts, labels)."""

    recommender: str
    held: Held
    scores: Draws


def labelled_texts(data: Path, known: frozenset[str]) -> tuple[Texts, ...]:
    """The splits in the folder `readings` of the data sets, else those that come with this package.

    Args:
        data: the folder of the data sets.
        known: every label that a text may carry, "family:id".

    Raises:
        MissingDataset: there are no files `dev-*.jsonl` or `test-*.jsonl` in either.
        DatasetError: a line is not in the form of `recommenders/signals/examples`.
    """
    own = data / "readings"
    folder = own if own.is_dir() else READINGS
    found = []
    for split in SPLITS:
        if files := sorted(folder.glob(f"{split}-*.jsonl")):
            try:
                found.append(Texts(split, tuple(read_examples(files, known)), revision(files)))
            except ValueError as error:
                raise DatasetError(f"readings: {error}") from error
    if not found:
        raise MissingDataset(
            f"readings: no {folder / 'test-*.jsonl'}; write labelled texts in the form of "
            "recommenders/signals/examples, or name another folder with --data"
        )
    return tuple(found)


def truth_of(texts: Texts, labels: Sequence[str]) -> Held:
    """(texts, labels): which labels hold."""
    return np.array([[label in example.labels for label in labels] for example in texts.examples], dtype=bool)


def figures_of(
    reading: Reading, truth: Held, labels: Sequence[str], split: str, *, seed: int, closely: bool
) -> Iterator[Figure]:
    """The figures of one recommender over one split.

    precision, recall, f1 and map (mean average precision) are means over the labels that occur in the split, each label
    counting alike (precision: over those of them that were said); micro figures count every decision alike. A number
    that is not defined is left out. `false alarms` is the share of the texts that hold no
    label of which one was said, `exact` that of all texts of which exactly the right labels were said. Intervals of
    what is no mean over texts come from resamples of texts, the same for every recommender.

    Args:
        reading: what was read.
        truth: (texts, labels).
        labels: the names of the columns, without their family.
        split: the last word of every metric.
        seed: of the resamples.
        closely: whether to give the figures of each label too, as details.
    """
    made = _all_figures(reading, truth, labels, split, seed, closely)
    return (figure for figure in made if not np.isnan(figure.estimate.value))


def _all_figures(
    reading: Reading, truth: Held, labels: Sequence[str], split: str, seed: int, closely: bool
) -> Iterator[Figure]:
    name, held = reading.recommender, reading.held
    drawn = resamples(len(truth), seed=seed)
    parts = [truth & held, ~truth & held, truth & ~held]
    counts = [part.sum(axis=0).astype(np.float64) for part in parts]
    redrawn = [drawn @ part for part in parts]
    precise = [_average_precisions(truth[:, i], reading.scores[:, i], drawn) for i in range(len(labels))]
    rest = split != SPLITS[-1]

    def figure(metric: str, value: float, draws: Draws, n: int, detail: bool) -> Figure:
        return Figure(name, f"{metric} {split}", interval(value, draws, n), draws=draws, detail=detail)

    for metric, of in {"precision": _precision, "recall": _recall, "f1": _f1}.items():
        value, draws = _macro(of(*counts), counts), _macro(of(*redrawn), redrawn)
        yield figure(metric, float(value), draws, len(truth), rest and metric != "f1")
        micro = of(*(part.sum(axis=-1) for part in redrawn))
        hidden = rest or metric != "f1"
        yield figure(f"micro {metric}", float(of(*(part.sum() for part in counts))), micro, len(truth), hidden)
    means = _nanmean(np.stack([ap[1:] for ap in precise], axis=1))
    yield figure("map", float(_nanmean(np.array([[ap[0] for ap in precise]]))[0]), means, len(truth), rest)
    values = tuple(float(row.any()) for row in held[~truth.any(axis=1)])
    if values:
        made = estimate(values, seed=seed)
        yield Figure(name, f"false alarms {split}", made, values, better="lower", detail=rest)
    values = tuple((held == truth).all(axis=1).astype(float).tolist())
    yield Figure(name, f"exact {split}", estimate(values, seed=seed), values, detail=True)
    for i, label in enumerate(labels if closely else ()):
        n = int(truth[:, i].sum())
        for metric, of in {"precision": _precision, "recall": _recall, "f1": _f1}.items():
            single = float(of(*(part[i] for part in counts)))
            yield figure(f"{metric} {label}", single, of(*(part[:, i] for part in redrawn)), n, True)
        if n:
            yield figure(f"ap {label}", float(precise[i][0]), precise[i][1:], n, True)


def precision_curve(reading: Reading, truth: Held, split: str, most: int = 80) -> Curve:
    """Precision over recall of all decisions together, as the edge from which a label is said to hold goes down."""
    order = np.argsort(-reading.scores.ravel(), kind="stable")
    right = truth.ravel()[order]
    ends = _ends(reading.scores.ravel()[order])
    hits = np.cumsum(right)[ends]
    recall, precision = hits / max(right.sum(), 1), hits / (ends + 1)
    keep = np.unique(np.searchsorted(recall, np.linspace(0.0, 1.0, most)).clip(max=len(recall) - 1))
    points = tuple((round(float(recall[i]), 4), round(float(precision[i]), 4)) for i in keep)
    return Curve(f"precision and recall {split}", reading.recommender, "recall", "precision", points)


def best_edge(truth: Held, scores: Draws) -> float:
    """The score from which on saying that a label holds gives the best micro F1; of equals the highest."""
    order = np.argsort(-scores.ravel(), kind="stable")
    ranked, ends = scores.ravel()[order], _ends(scores.ravel()[order])
    hits = np.cumsum(truth.ravel()[order])[ends]
    f1 = 2 * hits / (ends + 1 + max(int(truth.sum()), 1))
    return float(ranked[ends[int(np.argmax(f1))]])


def _average_precisions(truth: Held, scores: Draws, drawn: Draws) -> Draws:
    """(1 + AP_ROUNDS,): average precision over all texts, then over each resample; NaN where no text holds the label.

    Equal scores are one step: sum over steps of the gain in recall times the precision there.
    """
    order = np.argsort(-scores, kind="stable")
    ends = _ends(scores[order])
    weights = np.vstack([np.ones(len(truth)), drawn[:AP_ROUNDS]])[:, order]
    said, hits = np.cumsum(weights, axis=1)[:, ends], np.cumsum(weights * truth[order], axis=1)[:, ends]
    gains = np.diff(hits, axis=1, prepend=0.0)
    positives = hits[:, -1]
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Draws = np.where(positives > 0, np.nansum(gains * hits / said, axis=1) / positives, np.nan)
    return found


def _ends(ranked: Draws) -> npt.NDArray[np.int64]:
    """The last place of each run of equal scores."""
    return np.flatnonzero(np.append(np.diff(ranked) != 0, True))


def _precision(hits: Draws, extra: Draws, missed: Draws) -> Draws:  # noqa: ARG001
    """Of what was said; NaN where nothing was said."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(hits / (hits + extra))


def _recall(hits: Draws, extra: Draws, missed: Draws) -> Draws:  # noqa: ARG001
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(hits / (hits + missed))


def _f1(hits: Draws, extra: Draws, missed: Draws) -> Draws:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(2 * hits / (2 * hits + extra + missed))


def _macro(values: Draws, parts: Sequence[Draws]) -> Draws:
    """The mean over labels that some text holds."""
    return _nanmean(np.where(parts[0] + parts[2] > 0, values, np.nan))


def _nanmean(values: Draws) -> Draws:
    """The mean over the last axis without NaN; NaN where there is nothing else."""
    known = ~np.isnan(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(known, values, 0.0).sum(axis=-1) / known.sum(axis=-1))
