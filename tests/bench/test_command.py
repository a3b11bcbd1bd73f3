"""`copilot bench` from the command line."""

from __future__ import annotations

import json

import pytest

from copilot.cli import execute
from recommenders.bench.packages import MissingPackage, needed


@pytest.mark.parametrize("option", ["--data", "--datasets"])
def test_a_table_rows_and_a_report(option, data, tmp_path, capsys):
    files = ["--json", str(tmp_path / "new/rows.json"), "--html", str(tmp_path / "new/report.html")]
    assert execute(["bench", "exchange", option, str(data), *files]) == 0
    told = capsys.readouterr()
    assert told.out.splitlines()[0].startswith("exchange: skipped: engine: no "), "there are no tickets in its shop"
    assert told.out.splitlines()[1].split()[:4] == ["TASK", "RECOMMENDER", "METRIC", "VALUE"]
    rows = json.loads((tmp_path / "new/rows.json").read_text("utf-8"))
    assert {row["recommender"] for row in rows} == {"words", "dense", "saves"}
    assert (tmp_path / "new/report.html").read_text("utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nothing"], "nothing: no such task; there are similar, "),
        (["exchange"], "tau_retail: no "),
        (["speed"], "--data"),
    ],
)
def test_what_cannot_be_measured_is_said(arguments, words, tmp_path, capsys):
    (tmp_path / "shops").mkdir()
    assert execute(["bench", *arguments, "--data", str(tmp_path)]) == 1
    assert words in capsys.readouterr().err


def test_a_package_that_is_missing_is_named_with_what_to_do():
    with pytest.raises(MissingPackage, match=r"the package no_such_package is not installed: run `make setup`"):
        needed("no_such_package.metrics")
