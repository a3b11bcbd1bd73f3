"""A run: the table, the rows, and what is said of tasks and data that are not there."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from recommenders.bench import DatasetError, UnknownTask, run
from recommenders.bench.metrics import Estimate
from recommenders.bench.outcome import Figure, Outcome
from recommenders.bench.report import config_hash, rows, table

MODEL = Path(__file__).parents[2] / "var/models/all-MiniLM-L6-v2"
OUTCOME = Outcome(
    "mugs",
    "abc",
    {"k": 3},
    (
        Figure("saves", "hit@1", Estimate(2 / 3, 0.25, 1.0, 12)),
        Figure("heads", "map", Estimate(0.5, math.nan, math.nan, 7)),
    ),
)


def test_a_row_says_by_itself_what_it_is():
    first, second = rows("exchange", OUTCOME, model="m/int8", seed=7)
    expected = {
        "task": "exchange", "recommender": "saves", "metric": "hit@1", "value": 0.6667, "ci": [0.25, 1.0], "n": 12,
        "dataset": "mugs", "revision": "abc", "model": "m/int8", "config": config_hash({"k": 3}), "seed": 7,
    }  # fmt: skip
    assert {key: first[key] for key in expected} == expected
    assert set(first) - set(expected) == {"versions", "machine"}
    assert second["ci"] == [None, None]
    json.dumps(first, allow_nan=False)


def test_the_table_is_for_people():
    lines = table(rows("exchange", OUTCOME, model="m", seed=7))
    assert [line.split() for line in lines] == [
        ["TASK", "RECOMMENDER", "METRIC", "VALUE", "95", "%", "CI", "N"],
        ["exchange", "saves", "hit@1", "0.667", "0.250-1.000", "12"],
        ["exchange", "heads", "map", "0.500", "7"],
    ]


def test_another_choice_is_another_config_and_order_is_none():
    assert config_hash({"a": 1, "b": 2}) == config_hash({"b": 2, "a": 1}) != config_hash({"a": 1, "b": 3})


def test_an_unknown_task_is_named_with_those_that_are(tmp_path):
    with pytest.raises(UnknownTask, match=r"speed: .*similar, exchange, reading"):
        run(["speed"], model=MODEL, data=tmp_path, json_file=None, echo=print)


def test_small_data_with_the_real_model(data, tmp_path):
    said: list[str] = []
    made = run(["similar", "exchange"], model=MODEL, data=data, json_file=tmp_path / "new/rows.json", echo=said.append)
    assert json.loads((tmp_path / "new/rows.json").read_text("utf-8")) == made
    assert len(said) == len(made) + 1
    value = {(row["recommender"], row["metric"]): row["value"] for row in made}
    assert value["case index", "hit@1"] == 1.0
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
