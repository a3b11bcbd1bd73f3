"""From what unseen texts scored: how much branch and grams count in a language, and from where a label holds.

The branch reads the encoder's languages well and others poorly, the grams all of them fairly, so each family gets its
own weights for the encoder's own languages and for the others (stacking: Wolpert 1992; the logistic fit is Platt's,
1999). It needs scikit-learn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from recommenders.protocols import FloatArray
from recommenders.signals.heads import Mix
from recommenders.signals.labels import FAMILIES, all_labels

LEAN = 12.0  # positives that a family's threshold counts as, beside a label's own
FEW = 4  # positives below which a label has no threshold and no figure of its own
# A caution that is missed costs more than one too many; of the others both errors cost the same.
BETA = {"intent": 1.0, "need": 1.0, "caution": 1.2, "occasion": 1.0}
# The training texts carry labels far more often than tickets do, so what looks best on them says too much. How much
# a family's edges are lifted for that, in logits: where F1 over the texts of the benchmark's dev split was best, and
# where it is flat the higher, since in tickets labels are rarer still.
RARER = {"intent": 0.0, "need": 0.6, "caution": 1.2, "occasion": 0.0}
# And those whose own F1 there is best with a higher edge: what goes wrong is told in the words of what merely is not
# right yet, and hardship and loss in those of any trouble.
LIFTED = {"caution:service_failure_open": 1.2, "caution:vulnerable_customer": 1.2, "occasion:condolence": 0.9}
Truth = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Unseen:
    """What texts scored that their scorer had not been trained on.

    branch, grams (n, labels) are logits; branch_mood, grams_mood (n,) are moods; own (n,) is whether a text is in one
    of the encoder's own languages.
    """

    branch: FloatArray
    grams: FloatArray
    branch_mood: FloatArray
    grams_mood: FloatArray
    own: np.ndarray[Any, np.dtype[np.bool_]]

    def mixed(self, mix: Mix) -> FloatArray:
        """(n, labels): the logits that the mix makes of both."""
        group = np.where(self.own, 0, 1)
        found: FloatArray = mix.branch[group] * self.branch + mix.grams[group] * self.grams + mix.offset[group]
        return found


def fit_mix(truth: Truth, moods: FloatArray, unseen: Unseen) -> Mix:
    """Weights and offsets of a mix after which a label holds from logit 0.

    Args:
        truth: (n, labels), 1 where a label holds.
        moods: (n,), -1 to 1.
        unseen: what the texts scored.
    """
    from sklearn.linear_model import LogisticRegression

    names = all_labels()
    branch, grams, offset = (np.zeros((2, len(names)), dtype=np.float32) for _ in range(3))
    mood = np.zeros((2, 3), dtype=np.float32)
    for group, rows in enumerate((unseen.own, ~unseen.own)):
        for family in FAMILIES:
            columns = [i for i, name in enumerate(names) if name.startswith(family + ":")]
            right = truth[rows][:, columns].ravel() > 0
            features = np.stack([unseen.branch[rows][:, columns].ravel(), unseen.grams[rows][:, columns].ravel()], 1)
            branch[group, columns] = grams[group, columns] = 1.0
            if FEW <= right.sum() < len(right):
                fit = LogisticRegression(C=1e4).fit(features, right)
                branch[group, columns], grams[group, columns] = np.maximum(fit.coef_[0], 0.0)
                offset[group, columns] = fit.intercept_[0]
        both = np.stack([unseen.branch_mood[rows], unseen.grams_mood[rows], np.ones(int(rows.sum()))], 1)
        mood[group] = np.linalg.lstsq(both, moods[rows], rcond=None)[0] if len(both) > 3 else (0.5, 0.5, 0.0)
    mix = Mix(branch, grams, offset, mood)
    edges = thresholds(truth, unseen.mixed(mix)) + rarer()
    return Mix(branch, grams, offset - edges, mood)


def rarer() -> FloatArray:
    """(labels,): how much each label's edge is lifted because it is rarer in tickets than in training texts."""
    lifts = [RARER[name.partition(":")[0]] + LIFTED.get(name, 0.0) for name in all_labels()]
    return np.array(lifts, dtype=np.float32)


def thresholds(truth: Truth, logits: FloatArray) -> FloatArray:
    """For each label the logit from which it is taken to hold: where F-beta over unseen texts is best.

    Labels with few positives lean on the best edge of their whole family (`LEAN` texts' worth).
    """
    names = all_labels()
    found = np.zeros(truth.shape[1], dtype=np.float32)
    for family, beta in BETA.items():
        columns = [i for i, name in enumerate(names) if name.startswith(family + ":")]
        shared = _best_edge(truth[:, columns].ravel(), logits[:, columns].ravel(), beta)
        for i in columns:
            positives = float(truth[:, i].sum())
            own = _best_edge(truth[:, i], logits[:, i], beta) if positives >= FEW else shared
            found[i] = (positives * own + LEAN * shared) / (positives + LEAN)
    return found


def _best_edge(truth: Truth, logits: FloatArray, beta: float) -> float:
    """The logit on a grid with the highest F-beta; of equals the highest."""
    grid = np.arange(-4.0, 4.01, 0.2)
    right, best, edge_of_best = truth > 0, -1.0, 0.0
    for edge in grid:
        chosen = logits >= edge
        hits = float((chosen & right).sum())
        score = (1 + beta**2) * hits / max(float(chosen.sum()) + beta**2 * float(right.sum()), 1.0)
        if score >= best:
            best, edge_of_best = score, float(edge)
    return edge_of_best


def average_precision(truth: Truth, scores: FloatArray) -> float:
    """Mean of the precisions at the rank of every positive; NaN without one."""
    ranked = truth[np.argsort(-scores, kind="stable")] > 0
    if not ranked.any():
        return float("nan")
    return float((np.cumsum(ranked) / np.arange(1, len(ranked) + 1))[ranked].mean())


def report(truth: Truth, logits: FloatArray) -> dict[str, dict[str, float]]:
    """Mean average precision over the labels of each family, and precision and recall of its decisions at logit 0."""
    rows = {}
    names = all_labels()
    for family in FAMILIES:
        columns = [i for i, label in enumerate(names) if label.startswith(family + ":") and truth[:, i].sum() >= FEW]
        chosen, right = logits[:, columns] > 0, truth[:, columns] > 0
        figures = {
            "map": np.mean([average_precision(truth[:, i], logits[:, i]) for i in columns]) if columns else 0.0,
            "precision": (chosen & right).sum() / max(chosen.sum(), 1),
            "recall": (chosen & right).sum() / max(right.sum(), 1),
        }
        rows[family] = {name: round(float(value), 3) for name, value in figures.items()}
    return rows


def figures_of(truth: Truth, moods: FloatArray, unseen: Unseen, mix: Mix) -> dict[str, Any]:
    """What branch, grams and the mix of both reach, over all texts and for each group of languages."""
    mixed = unseen.mixed(mix)
    found: dict[str, Any] = {
        "branch": report(truth, unseen.branch),
        "grams": report(truth, unseen.grams),
        "both": report(truth, mixed),
    }
    for name, rows in (("own languages", unseen.own), ("other languages", ~unseen.own)):
        if rows.any():
            found[name] = report(truth[rows], mixed[rows])
    group = mix.mood[np.where(unseen.own, 0, 1)]
    mood = group[:, 0] * unseen.branch_mood + group[:, 1] * unseen.grams_mood + group[:, 2]
    found["mood_r"] = round(float(np.corrcoef(mood, moods)[0, 1]), 3)
    return found


def folds_of(sources: Sequence[str], count: int) -> list[list[int]]:
    """The rows of each of at most `count` folds of about the same size; what one author wrote stays together.

    An author is the part of a file's name before the first hyphen. Authors repeat themselves, often in pairs that
    differ in a word: a fold that had seen one of a pair would flatter itself.
    """
    authors: dict[str, list[int]] = {}
    for row, source in enumerate(sources):
        authors.setdefault(source.split(":")[0].split("-")[0], []).append(row)
    folds: list[list[int]] = [[] for _ in range(min(count, len(authors)))]
    for _, rows in sorted(authors.items(), key=lambda item: (-len(item[1]), item[0])):
        min(folds, key=len).extend(rows)
    return [sorted(fold) for fold in folds]
