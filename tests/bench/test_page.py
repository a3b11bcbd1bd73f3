"""The report: complete in one file, and harmless whatever a recommender is called."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import lxml.html
import pytest

from recommenders.bench import Measured
from recommenders.bench.metrics import Estimate
from recommenders.bench.outcome import About, Curve, Figure, Outcome
from recommenders.bench.page import charts, headline, metrics_of, page
from recommenders.bench.report import rows

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def figure(name, metric, value, **rest):
    return Figure(name, metric, Estimate(value, value - 0.1, value + 0.1, 40), **rest)


OUTCOME = Outcome(
    "mugs & cups",
    "0123abcd",
    {},
    (
        figure("<b>words</b>", "hit@1", 0.4),
        figure("<b>words</b>", "alone", 0.3),
        figure("saves", "mrr@10", 0.7),
        figure("saves", "hit@1", 0.8),
        figure("saves", "hit@1 by size", 0.5, detail=True),
    ),
    "<b>words</b>",
    (Curve("precision and recall", "saves", "recall", "precision", ((0.1, 1.0), (1.0, 0.5))),),
    About("Is it <right>?", "The mug.", "A cupboard."),
    ("engine: not here",),
    ours="saves",
    headline="hit@1",
)
MEASURED = Measured("mugs", OUTCOME, tuple(rows("mugs", OUTCOME, model="m/int8", seed=7)))


@pytest.fixture(scope="module")
def text():
    return page([MEASURED], NOW)


def test_nothing_is_loaded_and_nothing_runs(text):
    tree = lxml.html.fromstring(text)
    assert not tree.xpath("//script | //link | //img | //iframe | //object | //*[@src]")
    links = [href for href in tree.xpath("//@href | //@*[name()='xlink:href']") if not href.startswith("#")]
    assert links == []
    addresses = set(re.findall(r"https?://[^\"' <>]+", text))
    assert addresses <= {"http://www.w3.org/1999/xlink", "http://www.w3.org/2000/svg"}, "names, not addresses"
    assert "@import" not in text


def test_what_others_named_is_text(text):
    tree = lxml.html.fromstring(text)
    assert not tree.xpath("//b")
    assert "<b>words</b> (baseline)" in tree.text_content()
    assert "Is it <right>?" in tree.text_content()


def test_everything_is_told(text):
    told = " ".join(lxml.html.fromstring(text).text_content().split())
    for part in ("2026-03-02 10:00 UTC", "m/int8", "seed 7", "Not measured: engine: not here", "1 closer figures",
                 "mugs & cups", "0123abcd", "The mug.", "A cupboard.", "0.700 to 0.900"):  # fmt: skip
        assert part in told


def test_ids_are_different_and_colours_are_the_page_s(text):
    tree = lxml.html.fromstring(text)
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    svg = "".join(re.findall(r"<svg.*?</svg>", text, re.DOTALL))
    assert not re.search(r"#[0-9a-f]{6}\b", svg)
    assert {f"var({name})" for name in ("--text", "--faint", "--series-0", "--series-1")} <= set(
        re.findall(r"var\([^)]*\)", svg)
    )


def test_the_same_outcome_gives_the_same_page(text):
    assert page([MEASURED], NOW) == text


def test_a_chart_for_each_metric_in_the_order_of_ours_then_curves():
    assert metrics_of(OUTCOME) == ["mrr@10", "hit@1", "hit@1 by size", "alone"]
    made = charts("mugs", OUTCOME)
    assert [chart.title for chart in made] == ["mrr@10", "hit@1", "alone", "precision and recall"]
    assert made[1].note == "more is better, n = 40"


def test_the_headline_is_ours_beside_the_baseline_and_the_best_other():
    found = headline(MEASURED)
    assert found
    assert {name: row and row["value"] for name, row in found.items()} == {"ours": 0.8, "baseline": 0.4, "best": 0.4}


def test_a_task_of_which_nothing_is_known_but_its_figures_has_a_page():
    outcome = Outcome("d", "r", {}, (figure("a", "ms", 120.25, better=None),))
    told = page([Measured("plain", outcome, tuple(rows("plain", outcome, model="m", seed=1)))], NOW)
    assert "120.2" in told
    assert page([], NOW).startswith("<!doctype html>")
