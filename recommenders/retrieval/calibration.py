"""What a shop's own cases say of its scores: which labels can be predicted, what agreement is worth, and the floor.

Every sampled case is asked as a question with itself left out. No label, weight or floor is set by hand for a shop: one
whose tags say nothing ("vip", "email") gets a weight of 0 for them, and one without tags is searched as if there were
no such thing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from recommenders.protocols import FloatArray
from recommenders.retrieval.fusion import LEXICAL_WEIGHT, LOWEST_FLOOR, Calibration
from recommenders.retrieval.labels import agreement, predict, targets, weights_of
from recommenders.retrieval.lexical import term_weights
from recommenders.retrieval.segment import Candidates, Segment
from recommenders.retrieval.words import Codes

SAMPLE = 600  # own cases that are asked; the others of a large shop would say the same
_FEWEST = 30
_CANDIDATES = 64
_WEIGHTS = (0.0, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0)
_NEARLY_FIRST = 0.05  # in fused units: how far behind the first case the others still count when weights are compared
_LEAST_EXPLAINED = 0.03  # of the labels' variance, all together; with less there is nothing to learn
_PRIOR = 4.0  # of a label's own variance: how often it must have been asked for to count for itself
# A question of the shop's own kind should reach the floor in all but so many cases ...
_UNANSWERED = 0.033
# ... and less by what a quantile of few samples may err: 0.01 with 600 samples, 0.03 with 70.
_CAUTION = 0.25
_STRANGERS = 0.95  # a floor above nearly all that questions reach without their own kind would serve nobody
_NO_STRANGERS = 0.7  # the highest floor where there are no labels that tell kinds apart
_LABELLED_FLOOR = 0.05  # of the weight: what a stranger gains by chance


@dataclass(frozen=True, slots=True)
class _Asked:
    """A sampled case, asked with itself left out. `strange` is its best value among cases of no kind of its own."""

    labels: tuple[str, ...]
    question: Codes
    found: Candidates
    names: tuple[str, ...]
    matrix: FloatArray
    predicted: FloatArray


def calibrate(segment: Segment, *, multilingual: bool = False) -> Calibration:
    """Learns from at most `SAMPLE` cases, evenly over the ids; the default below thirty. Deterministic."""
    asked = [_ask(segment, place, multilingual) for place in _places(len(segment.ids))]
    asked = [one for one in asked if one.found.ids]
    if len(asked) < _FEWEST:
        return Calibration()
    known, other = _explained(asked)
    weight = _weight(asked, known, other) if known else 0.0
    if not weight:
        known, other = {}, 0.0
    own = np.array([_best(one, weight, known, other) for one in asked])
    floor = float(np.quantile(own, _UNANSWERED)) - _CAUTION / len(own) ** 0.5
    lowest = LOWEST_FLOOR + _LABELLED_FLOOR * weight
    highest = _NO_STRANGERS
    if weight:
        without = [stranger for one in asked if (stranger := _without_kin(one, known, other))]
        strange = [_best(stranger, weight, known, other) for stranger in without]
        highest = float(np.quantile(strange, _STRANGERS)) if len(strange) >= _FEWEST else _NO_STRANGERS
    floor = round(max(lowest, min(floor, highest)), 4)
    labels = {name: round(value, 4) for name, value in sorted(known.items())}
    return Calibration(floor, weight, labels, round(other, 4), _gained_by_words(asked) if multilingual else 0.0)


def _gained_by_words(asked: Sequence[_Asked]) -> float:
    best = [one.found.lexical[int(one.found.fused.argmax())] for one in asked if not one.found.apart.all()]
    return round(LEXICAL_WEIGHT * float(np.median(best)), 4) if best else 0.0


def _places(count: int) -> Sequence[int]:
    if count <= SAMPLE:
        return range(count)
    return sorted({int(place) for place in np.linspace(0, count - 1, SAMPLE)})


def _ask(segment: Segment, place: int, multilingual: bool) -> _Asked:
    words = segment.lexical.document(place)
    weights = term_weights(words, [segment.lexical])
    vector = segment.dense.rows([place])[0]
    language = segment.languages[place]
    found = segment.candidates(weights, vector, _CANDIDATES, language, multilingual=multilingual, without=place)
    return _read(segment.labels[place], segment.lexical.opening(place), found)


def _read(labels: tuple[str, ...], question: Codes, found: Candidates) -> _Asked:
    names, matrix = targets(found.labels)
    predicted = predict(found.cosines, found.rows, matrix, question, found.words)
    return _Asked(labels, question, found, names, matrix, predicted)


def _explained(asked: Sequence[_Asked]) -> tuple[dict[str, float], float]:
    """How far each label can be predicted, beside all of them together; nothing where there is nothing to learn.

    The measure is the share of a label's variance that words explain. What is rare is believed to be like the others:
    its prediction fades by itself where it cannot be told, while a frequent label that words say nothing of would drown
    the others.
    """
    positives: dict[str, float] = defaultdict(float)
    errors: dict[str, float] = defaultdict(float)
    for one in asked:
        own = set(one.labels)
        for name, guess in zip(one.names, one.predicted.tolist(), strict=True):
            errors[name] += (float(name in own) - min(1.0, max(0.0, guess))) ** 2
        for name in own:
            positives[name] += 1.0
        for name in own.difference(one.names):
            errors[name] += 1.0
    variance = {name: n * (1.0 - n / len(asked)) for name, n in positives.items()}
    # Negative shares are cut, so that useless labels do not hide that others are useful.
    gained = {name: max(0.0, own - errors[name]) for name, own in variance.items()}
    total = sum(variance[name] for name in variance if gained[name] > 0.0)
    overall = sum(gained.values()) / total if total else 0.0
    if not overall or sum(gained.values()) < _LEAST_EXPLAINED * sum(variance.values()):
        return {}, 0.0
    known = {
        name: min(1.0, (gained[name] + _PRIOR * overall) / (own + _PRIOR) / overall) for name, own in variance.items()
    }
    return known, 1.0


def _weight(asked: Sequence[_Asked], known: Mapping[str, float], other: float) -> float:
    """The weight with which the first case found has most in common with the one that asks.

    Of those that can hardly be told apart the smallest.
    """
    gained = []
    for one in asked:
        weights = weights_of(one.names, known, other)
        own = {name for name in one.labels if known.get(name, other) > 0.0}
        if not own or not len(weights):
            continue
        agreed = agreement(one.predicted, one.matrix, weights)
        mine = np.array([name in own for name in one.names], dtype=np.float32)
        length = np.sqrt(sum(known.get(name, other) for name in own) * (one.matrix @ weights))
        common = (one.matrix @ (weights * mine)) / np.maximum(length, np.float32(1e-6))
        values = one.found.fused[:, None] + agreed[:, None] * np.array(_WEIGHTS, dtype=np.float32)
        nearly = np.exp((values - values.max(axis=0)) / np.float32(_NEARLY_FIRST))
        gained.append((common @ nearly) / nearly.sum(axis=0))
    if not gained:
        return 0.0
    every = np.array(gained, dtype=np.float64)
    best = int(np.argmax(np.round(every.mean(axis=0), 6)))
    behind = every[:, [best]] - every
    unsure = 0.5 * behind.std(axis=0) / len(every) ** 0.5
    return _WEIGHTS[int(np.argmax(behind.mean(axis=0) <= unsure))]


def _best(one: _Asked, weight: float, known: Mapping[str, float], other: float) -> float:
    values = one.found.fused
    if weight and one.names:
        values = values + np.float32(weight) * agreement(one.predicted, one.matrix, weights_of(one.names, known, other))
    return float(values.max())


def _without_kin(one: _Asked, known: Mapping[str, float], other: float) -> _Asked | None:
    """The same question where no case of its kind was ever answered; None when nothing is left or it has no kind."""
    kinds = {name for name in one.labels if known.get(name, other) > 0.0}
    keep = [at for at, labels in enumerate(one.found.labels) if kinds.isdisjoint(labels)]
    return _read(one.labels, one.question, one.found.taken(keep)) if kinds and keep else None
