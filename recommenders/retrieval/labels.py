"""What the labels of the nearest cases say about a question: a local kernel ridge, solved when it is asked.

The shop's own tags are learned without training. A global learner over 5,000 cases must be fitted, stored and fitted
again; the same kernel ridge over the question's 64 nearest cases alone ("local learning", Bottou and Vapnik 1992) is
as accurate, is up to date with the newest case, and costs a fifth of a millisecond. A second one over the same cases'
words says half as much: it is right less often, but errs elsewhere. The outputs are least-squares estimates of each
label's probability, and they fade where no case is near.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from recommenders.protocols import FloatArray
from recommenders.retrieval.words import Codes
from recommenders.retrieval.words import kernel as word_kernel

NEIGHBOURS = 64
# Chosen on parts of Banking77's train questions and on labelled texts of shops; from half to twice it hardly matters.
SHARPNESS = 2.0  # of the kernel exp(-SHARPNESS * (1 - cosine))
NOISE = 0.2
# Words alone mislead more, and are believed less; from 0.3 to 0.8 of the share it hardly matters.
WORD_NOISE = 1.0
WORD_SHARE = 0.5
_SURE, _TELLING = 0.5, 0.25  # from which a label is said to be shared, and is worth saying
_SHOWN = 0.7  # of a label's probability, once a case with it was shown


def targets(labels: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], FloatArray]:
    """The distinct labels in order of appearance, and (len(labels), distinct) with 1 where a case has a label."""
    column: dict[str, int] = {}
    pairs = [(row, column.setdefault(label, len(column))) for row, own in enumerate(labels) for label in own]
    matrix = np.zeros((len(labels), len(column)), dtype=np.float32)
    if pairs:
        rows, columns = zip(*pairs, strict=True)
        matrix[rows, columns] = 1.0
    return tuple(column), matrix


def predict(
    cosines: FloatArray, rows: FloatArray, matrix: FloatArray, question: Codes, words: Sequence[Codes]
) -> FloatArray:
    """How likely each label is for the question, (labels,), from its `NEIGHBOURS` nearest among the given cases.

    Args:
        cosines: (n,), of the question with the cases.
        rows: (n, dimension), the cases' unit vectors.
        matrix: (n, labels), of the cases.
        question: its words.
        words: n times those of a case.
    """
    if not matrix.size:
        return np.zeros(matrix.shape[1], dtype=np.float32)
    near = np.argsort(-cosines, kind="stable")[:NEIGHBOURS]
    rows = rows[near]
    kernel = np.exp(np.float32(SHARPNESS) * (rows @ rows.T - np.float32(1.0)))
    kernel[np.diag_indices_from(kernel)] += np.float32(NOISE)
    shares = np.linalg.solve(kernel, np.exp(np.float32(SHARPNESS) * (cosines[near] - np.float32(1.0))))
    alike, like = word_kernel(question, [words[at] for at in near.tolist()])
    alike[np.diag_indices_from(alike)] += np.float32(WORD_NOISE)
    shares += np.float32(WORD_SHARE) * np.linalg.solve(alike, like)
    predicted: FloatArray = shares @ matrix[near] / np.float32(1.0 + WORD_SHARE / 2)
    return predicted


def agreement(predicted: FloatArray, matrix: FloatArray, weights: FloatArray) -> FloatArray:
    """How well each case's labels fit what was predicted, (n,): 1 when all that it has was expected for sure.

    A cosine in the space of labels, but for the question's length, which is its confidence. A case without labels gets
    0; so does one whose labels can never be predicted from words.

    Args:
        predicted: (labels,), of the question.
        matrix: (n, labels), of the cases.
        weights: (labels,), how far each label can be predicted, 0..1.
    """
    length = np.sqrt(matrix @ weights)
    agreed: FloatArray = matrix @ (weights * np.clip(predicted, 0.0, 1.0)) / np.maximum(length, np.float32(1e-6))
    return agreed


def weights_of(names: Sequence[str], known: Mapping[str, float], other: float) -> FloatArray:
    """(len(names),): the weight of each label, `other` for those that are not known."""
    return np.array([known.get(name, other) for name in names], dtype=np.float32)


def spread(
    values: FloatArray, predicted: FloatArray, matrix: FloatArray, weights: FloatArray, weight: float, count: int
) -> list[tuple[int, float]]:
    """The first `count` places with what they are worth beside those before them, best first.

    A label that was shown counts less for the next: three cases of one kind help less than two of it and one of the
    next likely kind. What is worth so little grows smaller with every step, so the values never rise.

    Args:
        values: (n,), of the cases, without agreement; ties go to the first.
        predicted: (labels,), of the question.
        matrix: (n, labels), of the cases.
        weights: (labels,), how far each label can be predicted.
        weight: how much agreement adds.
        count: how many.
    """
    values, expected = values.copy(), predicted.copy()
    chosen: list[tuple[int, float]] = []
    for _ in range(min(count, len(values))):
        worth = values + np.float32(weight) * agreement(expected, matrix, weights)
        best = int(np.argmax(worth))
        chosen.append((best, float(worth[best])))
        values[best] = -np.inf
        expected = np.where(matrix[best] > 0, expected * np.float32(_SHOWN), expected)
    return chosen


def surely_shared(names: Sequence[str], predicted: FloatArray, matrix: FloatArray, weights: FloatArray) -> list[str]:
    """Of each case the label that is most surely the question's as well, or "" where none is more likely than not."""
    sure = np.where((predicted >= _SURE) & (weights >= _TELLING), weights * np.clip(predicted, 0.0, 1.0), 0.0)
    own = matrix * sure
    best = own.argmax(axis=1) if len(names) else np.zeros(len(matrix), dtype=np.int64)
    return [names[at] if len(names) and own[row, at] > 0 else "" for row, at in enumerate(best.tolist())]
