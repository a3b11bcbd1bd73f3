"""One score of dense and lexical evidence and of labels, and the floor below which nothing is shown."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from recommenders.protocols import FloatArray

# Chosen on questions of Banking77's train part against 770 to 8,000 others of it, where from 0.1 to 0.4 it hardly
# matters, and on labelled texts of shops in seven languages, where more is better.
LEXICAL_WEIGHT = 0.35
# A model trained on English finds any two texts in one other language close. Taken off such pairs' cosines.
SAME_FOREIGN_PENALTY = 0.12
MODEL_LANGUAGE = "en"
LOWEST_FLOOR = 0.38  # of a shop that is too small to say anything of itself
_STEEPNESS = 10.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a shop's own cases say about its scores.

    `floor` is in fused units; `weight` is how much agreement in labels adds to a fused value; `labels` says how far
    each label can be predicted, 0..1, and `other` how far those that are not in it. `words` is what a case in another
    language than the question's cannot gain by its words, where vectors reach over languages.
    """

    floor: float = LOWEST_FLOOR
    weight: float = 0.0
    labels: Mapping[str, float] = field(default_factory=dict)
    other: float = 0.0
    words: float = 0.0

    def margin(self, value: float) -> float:
        """What a fused value with its agreement lies above the floor, in units of the cosine."""
        return (value - self.floor) / (1.0 + self.weight)

    def score(self, value: float) -> float:
        """0..1, and 0.5 at the floor, in any shop."""
        return score_of(self.margin(value))


def score_of(margin: float) -> float:
    """A score from what a fused value lies above the floor."""
    return 1.0 / (1.0 + math.exp(-_STEEPNESS * margin))


def margin_of(score: float) -> float:
    """What lies above the floor, from a score; the inverse of `score_of`."""
    return math.log(score / (1.0 - score)) / _STEEPNESS if 0.0 < score < 1.0 else math.copysign(4.0, score - 0.5)


def fuse(
    cosines: FloatArray, lexical: FloatArray, same_foreign: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> FloatArray:
    """Cosine plus weighted BM25 share, corrected where question and case share a language foreign to the model."""
    fused: FloatArray = cosines + np.float32(LEXICAL_WEIGHT) * lexical
    return fused - np.float32(SAME_FOREIGN_PENALTY) * same_foreign.astype(np.float32)
