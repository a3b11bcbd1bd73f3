"""Figures of read labels, worked out on five texts."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, f1_score, precision_score, recall_score

from recommenders.bench import labelled
from recommenders.bench.datasets import DatasetError, MissingDataset
from recommenders.bench.labelled import Reading, best_edge, figures_of, labelled_texts, precision_curve, truth_of

LABELS = ("safety", "anger", "never")
TRUTH = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 0], [0, 0, 0], [0, 1, 0]], dtype=bool)
#                  right     misses one  false alarm  silent     right
HELD = np.array([[1, 0, 0], [1, 0, 0], [1, 0, 1], [0, 0, 0], [0, 1, 0]], dtype=bool)
SCORES = np.array([[0.9, 0.1, 0], [0.6, 0.4, 0], [0.8, 0.2, 0.7], [0.1, 0.3, 0], [0.2, 0.9, 0]])
READING = Reading("reader", HELD, SCORES)


def figures(reading=READING, truth=TRUTH, split="test", closely=False):
    return {f.metric: f for f in figures_of(reading, truth, LABELS, split, seed=1, closely=closely)}


def test_five_texts_by_hand():
    made = {metric: figure.estimate.value for metric, figure in figures().items()}
    # safety: 2 right, 1 too many; anger: 1 right, 1 missed; "never" holds of no text and counts only where all count
    assert made == {
        "precision test": pytest.approx((2 / 3 + 1) / 2),
        "recall test": pytest.approx((1 + 1 / 2) / 2),
        "f1 test": pytest.approx((4 / 5 + 2 / 3) / 2),
        "micro precision test": pytest.approx(3 / 5),
        "micro recall test": pytest.approx(3 / 4),
        "micro f1 test": pytest.approx(6 / 9),
        # safety: right at ranks 1 and 3; anger: right at ranks 1 and 2
        "map test": pytest.approx(((1 + 2 / 3) / 2 + 1) / 2),
        "false alarms test": 1 / 2,
        "exact test": 3 / 5,
    }


def test_figures_are_those_of_scikit_learn():
    rng = np.random.default_rng(5)
    truth = rng.random((60, 3)) < 0.3
    scores = np.round(rng.random((60, 3)), 1)  # with many ties
    held = scores >= 0.6
    made = {m: f.estimate.value for m, f in figures(Reading("r", held, scores), truth, closely=True).items()}
    assert made["precision test"] == pytest.approx(precision_score(truth, held, average="macro"))
    assert made["recall test"] == pytest.approx(recall_score(truth, held, average="macro"))
    assert made["f1 test"] == pytest.approx(f1_score(truth, held, average="macro"))
    assert made["micro f1 test"] == pytest.approx(f1_score(truth, held, average="micro"))
    assert made["map test"] == pytest.approx(average_precision_score(truth, scores, average="macro"))
    assert made["ap anger test"] == pytest.approx(average_precision_score(truth[:, 1], scores[:, 1]))


def test_an_interval_holds_the_figure_and_its_resamples_are_the_same_for_all():
    first, second = figures(), figures(Reading("other", HELD, SCORES))
    for metric, figure in first.items():
        e = figure.estimate
        assert e.low <= e.value <= e.high, metric
        assert (figure.draws is None) == bool(figure.values)
        if figure.draws is not None:
            np.testing.assert_array_equal(figure.draws, second[metric].draws)


def test_what_is_not_defined_is_left_out():
    silent = Reading("none", np.zeros_like(HELD), np.zeros_like(SCORES))
    made = figures(silent, closely=True)
    assert "precision test" not in made
    assert made["recall test"].estimate.value == 0.0
    assert made["map test"].estimate.value == pytest.approx(2 / 5), "the share of texts that hold it"
    assert not any("never" in metric for metric in made)
    assert set(figures(READING, np.zeros_like(TRUTH))) <= {
        "micro precision test", "micro f1 test", "false alarms test", "exact test",
    }  # fmt: skip


def test_each_label_and_the_first_split_are_details():
    made = figures(closely=True)
    assert made["precision safety test"].estimate.value == pytest.approx(2 / 3)
    assert made["precision safety test"].estimate.n == 2, "texts that hold it"
    assert made["precision safety test"].detail
    assert not made["f1 test"].detail
    assert made["false alarms test"].better == "lower"
    dev = figures(split="dev")
    assert [metric for metric, figure in dev.items() if not figure.detail] == ["f1 dev"]


def test_the_best_edge_by_hand():
    # from the top: 0.9 twice right (f1 4/6), 0.8 wrong (4/7), 0.7 wrong, 0.6 right (6/9), 0.4 right (8/10), then wrong
    assert best_edge(TRUTH, SCORES) == 0.4


def test_a_curve_goes_from_the_surest_to_all():
    curve = precision_curve(READING, TRUTH, "test")
    assert curve.points[0] == (0.5, 1.0), "both of 0.9 at once"
    assert curve.points[-1] == (1.0, pytest.approx(4 / 6, abs=1e-4))
    assert list(curve.points) == sorted(curve.points)


# ---------------------------------------------------------------- the texts


def line(text, **labels):
    return json.dumps({"text": text, "lang": "en", "sentiment": 0, **labels}) + "\n"


def test_texts_of_both_splits(tmp_path):
    (tmp_path / "readings").mkdir()
    (tmp_path / "readings/dev-A.jsonl").write_text(line("smoke", cautions=["safety"]))
    (tmp_path / "readings/test-B.jsonl").write_text(line("hello") + line("fire", cautions=["safety"]))
    dev, test = labelled_texts(tmp_path, frozenset({"caution:safety"}))
    assert ([e.text for e in dev.examples], dev.split) == (["smoke"], "dev")
    assert truth_of(test, ["caution:safety"]).tolist() == [[False], [True]]
    assert dev.revision != test.revision


def test_texts_that_are_missing_or_damaged_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(labelled, "READINGS", tmp_path / "none")
    with pytest.raises(MissingDataset, match=r"readings: no .*--data"):
        labelled_texts(tmp_path, frozenset())
    (tmp_path / "readings").mkdir()
    (tmp_path / "readings/test-B.jsonl").write_text(line("x", cautions=["safty"]))
    with pytest.raises(DatasetError, match=r"test-B.jsonl:1: .*safty"):
        labelled_texts(tmp_path, frozenset({"caution:safety"}))


def test_no_number_is_not_a_number():
    assert not any(math.isnan(f.estimate.value) for f in figures(closely=True).values())
