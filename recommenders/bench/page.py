"""The report as one HTML page that needs no other file: what is asked, charts, tables."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from typing import TYPE_CHECKING, Any, TypeVar

from recommenders.bench.charts import colours, dots, lines, short
from recommenders.bench.outcome import Figure, Outcome
from recommenders.bench.packages import needed
from recommenders.bench.report import SURE, Row, sure
from recommenders.bench.tasks import TASKS

if TYPE_CHECKING:
    from recommenders.bench import Measured

T = TypeVar("T")


@dataclass(frozen=True)
class Chart:
    """A chart with what stands above it; `svg` is an element that may be put into a page as it is."""

    title: str
    note: str
    svg: Any


def page(measured: Sequence[Measured], now: datetime | None = None) -> str:
    """The page of the tasks that were run.

    Args:
        measured: tasks in the order in which they shall stand.
        now: when it is made; the clock by default.

    Raises:
        MissingPackage: jinja2 or matplotlib is not installed.
    """
    jinja2: Any = needed("jinja2")
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"short": short}
    environment.tests |= {"sure": sure}
    template = environment.from_string(resources.files(__package__).joinpath("page.html.j2").read_text("utf-8"))
    tasks = [
        {
            "name": each.task,
            "outcome": each.outcome,
            "about": each.outcome.about,
            "docs": inspect.getdoc(TASKS[each.task]) if each.task in TASKS else "",
            "charts": charts(each.task, each.outcome),
            "names": list(colours(each.outcome)),
            "table": cells([row for row in each.rows if not row["detail"]], metrics_of(each.outcome)),
            "details": [row for row in each.rows if row["detail"]],
            "headline": headline(each),
            "first": each.rows[0] if each.rows else {},
        }
        for each in measured
    ]
    made: str = template.render(tasks=tasks, now=now or datetime.now(UTC), chance=SURE)
    return made.lstrip()


def charts(task: str, outcome: Outcome) -> list[Chart]:
    """One chart a metric, then one for each set of curves."""
    markup: Any = needed("markupsafe").Markup
    by_metric = _grouped((f for f in outcome.figures if not f.detail), lambda figure: figure.metric)
    order = metrics_of(outcome)
    made = [
        Chart(metric, _note(figures), markup(dots(f"{task}-{metric}", figures, outcome)))
        for metric, figures in sorted(by_metric.items(), key=lambda item: order.index(item[0]))
    ]
    by_chart = _grouped(outcome.curves, lambda curve: curve.chart)
    made += [Chart(name, "", markup(lines(f"{task}-{name}", curves, outcome))) for name, curves in by_chart.items()]
    return made


def metrics_of(outcome: Outcome) -> list[str]:
    """The metrics in the order of what the service uses, which has all of them that mean something to it."""
    ranked = sorted(outcome.figures, key=lambda figure: figure.recommender != outcome.ours)
    return list(dict.fromkeys(figure.metric for figure in ranked))


def cells(rows: Iterable[Row], order: Sequence[str]) -> dict[str, dict[str, Row]]:
    """metric -> recommender -> row, the metrics in this order."""
    found = _grouped(rows, lambda row: str(row["metric"]))
    return {metric: {row["recommender"]: row for row in found[metric]} for metric in order if metric in found}


def headline(measured: Measured) -> Mapping[str, Row | None] | None:
    """What the report begins with: the task's first metric of ours, of the baseline, and of the best other."""
    outcome = measured.outcome
    rows = {row["recommender"]: row for row in measured.rows if row["metric"] == outcome.headline}
    ours = rows.get(outcome.ours or "")
    if ours is None:
        return None
    others = [row for row in rows.values() if row is not ours and row["value"] is not None]
    best = max(others, key=lambda row: float(row["value"]), default=None)
    return {"ours": ours, "baseline": rows.get(outcome.baseline or ""), "best": best}


def _note(figures: Sequence[Figure]) -> str:
    way = {"higher": "more is better", "lower": "less is better", None: ""}[figures[0].better]
    sizes = sorted({figure.estimate.n for figure in figures})
    count = f"n = {sizes[0]}" if len(sizes) == 1 else f"n = {sizes[0]} to {sizes[-1]}"
    return ", ".join(part for part in (way, count) if part)


def _grouped(items: Iterable[T], key: Callable[[T], str]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return found
