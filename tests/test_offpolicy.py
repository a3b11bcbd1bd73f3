"""Estimators on a log of five rounds, worked out by hand, and on a problem whose answer is known."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from recommenders.offpolicy import Z, doubly_robust, ips, snips, weights

# round:    1    2    3    4    5
TARGET = [0.8, 0.8, 0.2, 0.2, 0.8]
LOGGED = [0.5, 0.5, 0.5, 0.5, 0.5]
REWARD = [1.0, 0.0, 1.0, 0.0, 1.0]
WEIGHT = weights(TARGET, LOGGED)  # 1.6 1.6 0.4 0.4 1.6


def test_weights_by_hand() -> None:
    assert WEIGHT.tolist() == pytest.approx([1.6, 1.6, 0.4, 0.4, 1.6])


@pytest.mark.parametrize(
    ("target", "logged"),
    [([0.5], [0.0]), ([0.5], [1.1]), ([-0.1], [0.5]), ([1.1], [0.5]), ([0.5, 0.5], [0.5]), ([], []), ([0.5], [np.nan])],
)
def test_what_is_no_probability_is_refused(target: list[float], logged: list[float]) -> None:
    with pytest.raises(ValueError, match="must be"):
        weights(target, logged)


def test_ips_by_hand() -> None:
    found = ips(REWARD, WEIGHT)
    terms = [1.6, 0.0, 0.4, 0.0, 1.6]
    assert found.value == pytest.approx(3.6 / 5)
    spread = sqrt(sum((t - 0.72) ** 2 for t in terms) / 4) / sqrt(5)
    assert (found.low, found.high) == pytest.approx((0.72 - Z * spread, 0.72 + Z * spread))
    assert found.n == 5
    assert found.effective == pytest.approx(5.6**2 / (3 * 1.6**2 + 2 * 0.4**2))


def test_snips_by_hand() -> None:
    found = snips(REWARD, WEIGHT)
    value = 3.6 / 5.6
    squares = 2 * 1.6**2 * (1 - value) ** 2 + 1.6**2 * value**2 + 0.4**2 * ((1 - value) ** 2 + value**2)
    assert found.value == pytest.approx(value)
    assert found.high - found.value == pytest.approx(Z * sqrt(squares) / 5.6)


def test_doubly_robust_by_hand() -> None:
    predicted, expected = [0.5, 0.5, 0.25, 0.25, 0.5], [0.45] * 5
    found = doubly_robust(REWARD, WEIGHT, predicted, expected)
    terms = [0.45 + 0.8, 0.45 - 0.8, 0.45 + 0.3, 0.45 - 0.1, 0.45 + 0.8]
    assert found.value == pytest.approx(sum(terms) / 5)


def test_without_a_model_doubly_robust_is_ips() -> None:
    assert doubly_robust(REWARD, WEIGHT, [0.0] * 5, [0.0] * 5) == ips(REWARD, WEIGHT)


def test_the_policy_that_ran_is_worth_its_mean() -> None:
    same = weights(LOGGED, LOGGED)
    assert ips(REWARD, same).value == snips(REWARD, same).value == pytest.approx(0.6)
    assert ips(REWARD, same).effective == pytest.approx(5)


def test_a_policy_that_never_does_what_was_logged_cannot_be_normalized() -> None:
    with pytest.raises(ValueError, match="no round"):
        snips(REWARD, weights([0.0] * 5, LOGGED))
    assert ips(REWARD, weights([0.0] * 5, LOGGED)).effective == 0


@pytest.mark.parametrize("wrong", [[1.0], [[1.0] * 5]])
def test_lengths_must_agree(wrong: list[float]) -> None:
    with pytest.raises(ValueError, match="round"):
        ips(wrong, WEIGHT)
    with pytest.raises(ValueError, match="round"):
        doubly_robust(REWARD, WEIGHT, [0.1], [0.1])


def test_intervals_hold_a_known_truth_as_often_as_they_say() -> None:
    """Three actions with known click rates; 300 logs of 2,000 rounds: the truth is in 95 % of the intervals."""
    rate, ran, wanted = np.array([0.1, 0.3, 0.5]), np.array([0.6, 0.3, 0.1]), np.array([0.1, 0.3, 0.6])
    truth = float(rate @ wanted)
    model = np.array([0.2, 0.3, 0.4])  # not right, and need not be
    inside = {"ips": 0, "snips": 0, "dr": 0}
    values: dict[str, list[float]] = {name: [] for name in inside}
    random = np.random.default_rng(5)
    for _ in range(300):
        action = random.choice(3, 2000, p=ran)
        reward = (random.random(2000) < rate[action]).astype(float)
        weight = weights(wanted[action], ran[action])
        for name, found in {
            "ips": ips(reward, weight),
            "snips": snips(reward, weight),
            "dr": doubly_robust(reward, weight, model[action], np.full(2000, model @ wanted)),
        }.items():
            inside[name] += found.low <= truth <= found.high
            values[name].append(found.value)
    assert all(0.91 <= count / 300 <= 0.985 for count in inside.values()), inside
    assert all(np.mean(found) == pytest.approx(truth, abs=0.005) for found in values.values())
    assert np.std(values["dr"]) < np.std(values["ips"])
