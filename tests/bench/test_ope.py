"""The task `ope` on logs of a few impressions, and against the Open Bandit Pipeline."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from recommenders.bench.datasets import DatasetError
from recommenders.bench.metrics import Estimate
from recommenders.bench.ope import (
    FOLDS,
    PRIOR,
    Judged,
    Problem,
    estimates,
    figures_of,
    judged,
    ope,
    peers_of,
    pooled,
    problem_of,
    rates,
)  # fmt: skip
from recommenders.bench.openbandit import CAMPAIGNS, POLICIES, Log, open_bandit
from recommenders.bench.outcome import Setup


def log_of(rows: list[tuple[int, int, float, float]]) -> Log:
    item, place, propensity, click = (np.asarray(column) for column in zip(*rows, strict=True))
    return Log(item, place, propensity.astype(float), click.astype(float))


RANDOM = log_of([(0, 0, 0.5, 1), (1, 0, 0.5, 0), (0, 1, 0.5, 0), (1, 1, 0.5, 1)])
BANDIT = log_of([(0, 0, 0.9, 1), (0, 0, 0.9, 0), (0, 0, 0.9, 0), (1, 0, 0.1, 0), (1, 1, 0.8, 1)])


def test_the_policy_is_how_often_an_item_stood_at_a_place() -> None:
    problem = problem_of(RANDOM, BANDIT, 1)
    assert problem.policy.tolist() == [[0.75, 0.0], [0.25, 1.0]]
    assert problem.weight.tolist() == [1.5, 0.5, 0.0, 2.0]


def test_the_policy_does_not_depend_on_its_clicks() -> None:
    other = Log(BANDIT.item, BANDIT.place, BANDIT.propensity, 1 - BANDIT.click)
    assert problem_of(RANDOM, other, 1).policy.tolist() == problem_of(RANDOM, BANDIT, 1).policy.tolist()


def test_rates_are_drawn_to_the_mean() -> None:
    found = rates(RANDOM, np.array([True, True, True, False]), (2, 2))
    mean = 1 / 3
    assert found == pytest.approx(
        np.array([[(1 + PRIOR * mean) / (1 + PRIOR), (PRIOR * mean) / (1 + PRIOR)], [PRIOR * mean / (1 + PRIOR), mean]])
    )


def test_the_model_has_not_seen_what_it_predicts() -> None:
    problem = problem_of(RANDOM, BANDIT, 1)
    for row, fold in enumerate(problem.fold.tolist()):
        without = rates(RANDOM, problem.fold != fold, (2, 2))
        assert problem.predicted[row] == without[RANDOM.item[row], RANDOM.place[row]]


def test_estimates_by_hand() -> None:
    model = np.stack([np.array([[0.5, 0.25], [0.0, 0.5]])] * FOLDS)
    problem = Problem(RANDOM, np.array([[0.75, 0.0], [0.25, 1.0]]), model, np.array([0, 1, 2, 3]))
    assert problem.expected.tolist() == [0.375, 0.375, 0.5, 0.5]
    found = estimates(problem)
    assert found["IPS"].value == pytest.approx((1.5 + 2.0) / 4)
    assert found["SNIPS"].value == pytest.approx(3.5 / 4.0)
    robust = [0.375 + 1.5 * 0.5, 0.375, 0.5, 0.5 + 2.0 * 0.5]
    assert found["DR"].value == pytest.approx(sum(robust) / 4)


def test_relative_error_by_hand() -> None:
    def flat(value: float) -> Estimate:
        return Estimate(value, value, value, 4)

    draws = {"logged mean": np.array([0.2, 0.4]), "IPS": np.array([0.4, 0.5])}
    of = Judged(flat(0.4), {"logged mean": flat(0.3), "IPS": flat(0.5)}, np.array([0.4, 0.4]), draws, 2.0)
    made = {(f.recommender, f.metric): f for f in figures_of("x", of)}
    assert made["on-policy", "clicks/1000 x"].estimate.value == pytest.approx(400)
    assert made["logged mean", "relative error x"].estimate.value == pytest.approx(0.25)
    assert made["IPS", "relative error x"].draws == pytest.approx([0.0, 0.25])
    both = pooled([of, Judged(flat(0.6), {n: flat(0.3) for n in draws}, np.array([0.6, 0.6]), draws, 3.0)])
    assert both.truth.value == pytest.approx(0.5)
    assert both.estimates["IPS"].value == pytest.approx(0.4)
    assert both.effective == 5.0


def test_equal_to_the_open_bandit_pipeline() -> None:
    pytest.importorskip("obp.ope.estimators", reason="pip install obp==0.4.1")
    random = np.random.default_rng(3)
    rows = [(int(random.integers(4)), int(random.integers(3)), 0.25, float(random.random() < 0.3)) for _ in range(500)]
    problem = problem_of(
        log_of(rows), log_of([(i, p, 1.0, 0.0) for i in range(4) for p in range(3) for _ in range(i + 1)]), 1
    )
    peers, ours = peers_of(problem, 1), estimates(problem)
    for peer, own in {"obp IPW": "IPS", "obp SNIPW": "SNIPS", "obp DR": "DR"}.items():
        assert ours[own].value == pytest.approx(peers[peer].value, abs=1e-9)
        assert ours[own].low == pytest.approx(peers[peer].low, abs=0.03)
    found = judged(problem, problem.log, peers, 1)
    assert list(found.estimates) == ["logged mean", "IPS", "SNIPS", "DR", *peers]


def test_logs_are_read_from_a_folder(tmp_path: Path) -> None:
    for policy in POLICIES:
        for campaign in CAMPAIGNS:
            folder = tmp_path / "obp" / policy / campaign
            folder.mkdir(parents=True)
            (folder / f"{campaign}.csv").write_text(
                ",timestamp,item_id,position,click,propensity_score\n0,2019,7,2,1,0.25\n1,2019,3,1,0,0.5\n"
            )
    log = open_bandit(tmp_path).logs["men"]["bts"]
    assert (log.item.tolist(), log.place.tolist()) == ([7, 3], [1, 0])
    assert (log.propensity.tolist(), log.click.tolist()) == ([0.25, 0.5], [1.0, 0.0])
    before = open_bandit(tmp_path).revision
    broken = tmp_path / "obp" / "bts" / "men" / "men.csv"
    broken.write_text(broken.read_text().replace(",7,", ",8,"))
    assert open_bandit(tmp_path).revision != before
    broken.write_text("item_id,position\n1,1\n")
    with pytest.raises(DatasetError, match=r"men\.csv is not in the form"):
        open_bandit(tmp_path)


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("obp") is None, reason="pip install obp==0.4.1")
def test_real_logs(tmp_path: Path) -> None:
    value = {(f.recommender, f.metric): f.estimate.value for f in ope(Setup(tmp_path, tmp_path)).figures}
    assert value["on-policy", "clicks/1000 men"] == pytest.approx(6.9)
    assert value["IPS", "relative error pooled"] < value["logged mean", "relative error pooled"]
