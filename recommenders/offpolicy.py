"""What would another policy have earned? Estimated from the log of the one that ran, with its propensities.

A log holds rounds: one action that was chosen with a known probability (its propensity), and the reward that followed.
The estimators are those of the literature and agree with each other when the log is long:

- inverse propensity scoring (Horvitz and Thompson 1952), unbiased, of high variance;
- self-normalized (Swaminathan and Joachims 2015, NIPS), slightly biased, bounded by the rewards;
- doubly robust (Dudík, Langford and Li 2011, ICML, arXiv:1103.4601), unbiased when either the propensities or the
  reward model are right, and of low variance when the model is good.

An estimate is only as good as the overlap of the two policies: look at `effective` before believing it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

Z = 1.959963984540054  # of the normal distribution, two-sided 95 %
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Worth:
    """The mean reward of a policy, and the interval that holds it in 95 of 100 logs (normal approximation).

    `effective` is the number of rounds that a log of the evaluated policy itself would need for weights as uneven as
    these (Kish 1965): n when the policies are the same, near 1 when a single round decides.
    """

    value: float
    low: float
    high: float
    n: int
    effective: float


def weights(target: npt.ArrayLike, logged: npt.ArrayLike) -> Floats:
    """(rounds,) importance weights: how much likelier the evaluated policy is to act as the log did.

    Args:
        target: probability of the logged action under the policy that is evaluated, one a round.
        logged: its propensity under the policy that ran, one a round.

    Raises:
        ValueError: lengths differ, there is no round, or a number is no probability; a logged action has one above 0.
    """
    wanted, ran = np.asarray(target, dtype=np.float64), np.asarray(logged, dtype=np.float64)
    if wanted.shape != ran.shape or ran.ndim != 1 or not len(ran):
        raise ValueError(f"target and logged must be of one length above 0, not {wanted.shape} and {ran.shape}")
    if not ((ran > 0) & (ran <= 1)).all():
        raise ValueError("a propensity must be above 0 and at most 1")
    if not ((wanted >= 0) & (wanted <= 1)).all():
        raise ValueError("a probability of the evaluated policy must be between 0 and 1")
    return wanted / ran


def ips(reward: npt.ArrayLike, weight: npt.ArrayLike) -> Worth:
    """Inverse propensity scoring: the mean of w r (Horvitz and Thompson 1952).

    Args:
        reward: what followed, one a round.
        weight: of `weights`.
    """
    r, w = _rounds(reward, weight)
    return _mean(w * r, w)


def snips(reward: npt.ArrayLike, weight: npt.ArrayLike) -> Worth:
    """Self-normalized: the sum of w r over the sum of w (Swaminathan and Joachims 2015); variance by the delta method.

    Raises:
        ValueError: no logged action is possible under the evaluated policy.
    """
    r, w = _rounds(reward, weight)
    total = float(w.sum())
    if total <= 0:
        raise ValueError("no round of the log can be one of the evaluated policy")
    value = float((w * r).sum() / total)
    spread = sqrt(float((w**2 * (r - value) ** 2).sum())) / total
    return Worth(value, value - Z * spread, value + Z * spread, len(r), _effective(w))


def doubly_robust(
    reward: npt.ArrayLike, weight: npt.ArrayLike, predicted: npt.ArrayLike, expected: npt.ArrayLike
) -> Worth:
    """The reward model's estimate, corrected by what it gets wrong: the mean of q_e + w (r - q) (Dudík et al. 2011).

    Args:
        reward: what followed, one a round.
        weight: of `weights`.
        predicted: q, the model's reward of the logged action, one a round. The model must not have seen the round
            (fit it on other folds), or the correction is too small.
        expected: q_e, its mean over all actions by the evaluated policy's probabilities, one a round.
    """
    r, w = _rounds(reward, weight)
    q, q_e = _rounds(predicted, expected)
    if len(q) != len(r):
        raise ValueError(f"{len(r)} rounds, but predictions for {len(q)}")
    return _mean(q_e + w * (r - q), w)


def _rounds(first: npt.ArrayLike, second: npt.ArrayLike) -> tuple[Floats, Floats]:
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if a.shape != b.shape or a.ndim != 1 or not len(a):
        raise ValueError(f"one value a round, of one length above 0, not {a.shape} and {b.shape}")
    return a, b


def _mean(terms: Floats, weight: Floats) -> Worth:
    value = float(terms.mean())
    spread = float(terms.std(ddof=1)) / sqrt(len(terms)) if len(terms) > 1 else float("nan")
    return Worth(value, value - Z * spread, value + Z * spread, len(terms), _effective(weight))


def _effective(weight: Floats) -> float:
    squares = float((weight**2).sum())
    return float(weight.sum()) ** 2 / squares if squares > 0 else 0.0
