"""A run: the table, the rows, and what is said of tasks and data that are not there."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import numpy as np
import pytest

from recommenders.bench import DatasetError, UnknownTask, run
from recommenders.bench.metrics import Estimate
from recommenders.bench.outcome import Figure, Outcome
from recommenders.bench.report import config_hash, rows, significance, table

MODEL = Path(__file__).parents[2] / "var/models/all-MiniLM-L6-v2"
OUTCOME = Outcome(
    "mugs",
    "abc",
    {"k": 3},
    (
        Figure("words", "hit@1", Estimate(0.0, 0.0, 0.0, 6), (0.0,) * 6),
        Figure("saves", "hit@1", Estimate(1.0, 0.25, 1.0, 6), (1.0,) * 6),
        Figure("heads", "map", Estimate(0.5, math.nan, math.nan, 7), detail=True),
    ),
    "words",
)


def test_a_row_says_by_itself_what_it_is():
    base, row, detail = rows("exchange", OUTCOME, model="m/int8", seed=7)
    expected = {
        "task": "exchange", "recommender": "saves", "metric": "hit@1", "value": 1.0, "ci": [0.25, 1.0], "n": 6,
        "p_value": 2 / 64, "difference": 1.0, "better": "higher", "detail": False, "baseline": "words",
        "dataset": "mugs", "revision": "abc", "model": "m/int8", "config": config_hash({"k": 3}), "seed": 7,
    }  # fmt: skip
    assert {key: row[key] for key in expected} == expected | {"p_value": pytest.approx(2 / 64, abs=1e-4)}
    assert set(row) - set(expected) == {"versions", "machine"}
    assert (base["p_value"], base["difference"]) == (None, None), "nothing is held against itself"
    assert (detail["ci"], detail["p_value"]) == ([None, None], None)
    json.dumps(row, allow_nan=False)


def test_of_three_recommenders_two_are_held_against_the_baseline_and_corrected():
    figures = [
        Figure(name, "hit@1", Estimate(0, 0, 0, 6), values)
        for name, values in {"a": (0.0,) * 6, "b": (1.0,) * 6, "c": (1.0,) * 5 + (0.0,)}.items()
    ]
    found = significance(Outcome("d", "r", {}, tuple(figures), "a"), 1)
    # 2 of 64 ways of signs, 2 of 32; the smaller counts twice
    assert found == {("b", "hit@1"): pytest.approx(4 / 64, abs=1e-4), ("c", "hit@1"): pytest.approx(4 / 64, abs=1e-4)}


def test_what_is_no_mean_is_tested_by_its_resamples():
    low, high = np.zeros(99), np.ones(99)
    figures = (
        Figure("a", "f1", Estimate(0, 0, 0, 9), draws=low),
        Figure("b", "f1", Estimate(1, 1, 1, 9), draws=high),
        Figure("c", "f1", Estimate(1, 1, 1, 9)),
    )
    assert significance(Outcome("d", "r", {}, figures, "a"), 1) == {("b", "f1"): 0.02}


def test_the_table_is_for_people():
    lines = table(rows("exchange", OUTCOME, model="m", seed=7))
    assert [line.split() for line in lines] == [
        ["TASK", "RECOMMENDER", "METRIC", "VALUE", "95", "%", "CI", "P", "N"],
        ["exchange", "words", "hit@1", "0.000", "B", "0.000-0.000", "6"],
        ["exchange", "saves", "hit@1", "1.000", "+", "0.250-1.000", "0.0312", "6"],
        [],
    ], "what is a detail is left out"
    assert table([row for row in rows("exchange", OUTCOME, model="m", seed=7) if row["detail"]]) == []


def test_another_choice_is_another_config_and_order_is_none():
    assert config_hash({"a": 1, "b": 2}) == config_hash({"b": 2, "a": 1}) != config_hash({"a": 1, "b": 3})


def test_an_unknown_task_is_named_with_those_that_are(tmp_path):
    with pytest.raises(UnknownTask, match=r"spede: .*similar, exchange, .*speed"):
        run(["spede"], model=MODEL, data=tmp_path, json_file=None, echo=print)


def test_small_data_with_the_real_model(data, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "txtai", None)  # as where it is not installed: it loads torch, for 13 s
    said: list[str] = []
    made = run(["similar", "exchange"], model=MODEL, data=data, json_file=tmp_path / "new/rows.json", echo=said.append)
    assert json.loads((tmp_path / "new/rows.json").read_text("utf-8")) == made
    assert [line for line in said if line.startswith("similar: skipped: txtai: the package")]
    assert [line for line in said if line.startswith("exchange: skipped: engine: asks the whole engine")]
    assert sum(line.startswith(("similar ", "exchange ")) for line in said) == sum(not row["detail"] for row in made)
    assert [line.split()[:1] for line in said].count(["TASK"]) == 2, "a table a task"
    value = {(row["recommender"], row["metric"]): row["value"] for row in made}
    assert (value["saves", "hit@1 train"], value["saves", "hit@1 dev"]) == (1.0, 1.0)


def test_what_is_missing_is_skipped_by_name_and_the_rest_is_measured(data):
    (data / "banking77/test.csv").unlink()
    said: list[str] = []
    made = run(["similar", "exchange"], model=MODEL, data=data, json_file=None, echo=said.append)
    assert said[0].startswith("similar: skipped: banking77: no ")
    assert {row["task"] for row in made} == {"exchange"}


def test_when_nothing_can_be_measured_the_reason_is_raised(tmp_path):
    with pytest.raises(DatasetError, match="tau_retail"):
        run(["exchange"], model=MODEL, data=tmp_path, json_file=None, echo=print)
