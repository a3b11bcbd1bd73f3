"""The tables of the page, made of rows."""

from __future__ import annotations

from benchmarks.tables import table


def row(name, metric, value, ci=(None, None), p=None, difference=None):
    return {
        "recommender": name, "metric": metric, "value": value, "ci": list(ci), "p_value": p, "difference": difference,
    }  # fmt: skip


def test_a_line_a_recommender_and_a_column_a_metric():
    rows = [
        row("words", "hit@1", 0.661, (0.618, 0.702)),
        row("saves", "hit@1", 1.0, (1.0, 1.0), 0.001, 0.339),
        row("dense", "hit@1", 0.2, (0.1, 0.3), 0.001, -0.461),
        row("dense", "f1", 0.5, p=0.2, difference=-0.1),
        row("words", "f1", None),
    ]
    assert list(table(rows)) == [
        "| recommender | hit@1 | f1 |",
        "| --- | --- | --- |",
        "| words | 0.661 (0.618-0.702) |  |",
        "| saves | 1.000+ |  |",
        "| dense | 0.200- (0.100-0.300) | 0.500 |",
    ]
