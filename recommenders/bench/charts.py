"""Charts of an outcome as SVG that takes its colours from the page around it, drawn by matplotlib."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from recommenders.bench.outcome import Curve, Figure, Outcome
from recommenders.bench.packages import needed

# matplotlib wants a colour; the page's style has one for light and one for dark. Each of these stands for a variable.
_VARIABLES = {"#010203": "--text", "#040506": "--faint", "#070809": "--line"}
_SERIES = ("#11a101", "#11a202", "#11a303", "#11a404", "#11a505", "#11a606", "#11a707", "#11a808")
_TEXT, _FAINT, _LINE = _VARIABLES
_VARIABLES |= {colour: f"--series-{n}" for n, colour in enumerate(_SERIES)}
_STYLE: Mapping[str, Any] = {
    "svg.fonttype": "none", "font.size": 9, "text.color": _TEXT, "axes.labelcolor": _FAINT, "xtick.color": _FAINT,
    "ytick.color": _TEXT, "axes.edgecolor": _LINE, "axes.spines.top": False, "axes.spines.right": False,
    "axes.spines.left": False, "axes.grid": True, "axes.grid.axis": "x", "grid.color": _LINE, "grid.linewidth": 0.6,
    "axes.axisbelow": True, "xtick.major.size": 0, "ytick.major.size": 0,
}  # fmt: skip


def colours(outcome: Outcome) -> dict[str, str]:
    """A colour for each recommender; the first is for what the service uses."""
    names = list(dict.fromkeys(figure.recommender for figure in outcome.figures))
    if outcome.ours in names:
        names.sort(key=lambda name: name != outcome.ours)
    return {name: _SERIES[min(place, len(_SERIES) - 1)] for place, name in enumerate(names)}


def dots(name: str, figures: Sequence[Figure], outcome: Outcome) -> str:
    """One metric of all recommenders: a dot each with its interval, and a dashed line at the baseline.

    `name` is the chart's, different from that of every other chart of the page.
    """
    colour = colours(outcome)
    known = [figure for figure in figures if figure.estimate.value == figure.estimate.value]
    with _drawing(3.7, 0.5 + 0.27 * len(known)) as (figure_, axes):
        for place, figure in enumerate(known):
            e, ours = figure.estimate, figure.recommender == outcome.ours
            if e.low == e.low:
                axes.plot([e.low, e.high], [place] * 2, color=colour[figure.recommender], lw=3.2, alpha=0.4,
                          solid_capstyle="round")  # fmt: skip
            axes.plot(e.value, place, "o", color=colour[figure.recommender], ms=7.5 if ours else 5.5)
            axes.annotate(
                short(round(e.value, 4)), (1.02, place), xycoords=("axes fraction", "data"), va="center_baseline",
                weight="bold" if ours else "normal",
            )  # fmt: skip
            if figure.recommender == outcome.baseline:
                axes.axvline(e.value, color=_FAINT, lw=0.9, ls=(0, (3, 3)), zorder=0)
        names = [figure.recommender for figure in known]
        axes.set_yticks(range(len(known)), names)
        for label in axes.get_yticklabels():
            label.set_weight("bold" if label.get_text() == outcome.ours else "normal")
        axes.set_ylim(len(known) - 0.5, -0.5)
        axes.set_xlim(*_limits(known))
        axes.locator_params(axis="x", nbins=5)
        return _svg(figure_, name)


def lines(name: str, curves: Sequence[Curve], outcome: Outcome) -> str:
    """The curves of one chart, with the recommenders' names beside it; `name` as of `dots`."""
    colour = colours(outcome)
    with _drawing(2.9, 2.5) as (figure_, axes):
        axes.grid(visible=True, axis="both")
        for curve in sorted(curves, key=lambda curve: curve.recommender == outcome.ours):
            ours = curve.recommender == outcome.ours
            x, y = zip(*curve.points, strict=True)
            axes.plot(
                x, y, color=colour.get(curve.recommender, _FAINT), lw=2.4 if ours else 1.4, label=curve.recommender
            )
        axes.set_xlabel(curves[0].x)
        axes.set_ylabel(curves[0].y)
        handles, labels = axes.get_legend_handles_labels()
        axes.legend(
            handles[::-1], labels[::-1], frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5), handlelength=1.2
        )
        return _svg(figure_, name)


def short(value: float) -> str:
    """A number in as many digits as are read at a glance."""
    return f"{value:.3f}" if abs(value) < 10 else f"{value:,.1f}"


def _limits(figures: Sequence[Figure]) -> tuple[float, float]:
    """What is between the lowest and the highest, with some room; a share stays within 0 and 1."""
    ends = [x for f in figures for x in (f.estimate.low, f.estimate.value, f.estimate.high) if x == x]
    low, high = min(ends), max(ends)
    room = 0.06 * (high - low) or 0.05
    share = low >= 0 and high <= 1
    return (max(low - room, -0.02) if low >= 0 else low - room), (min(high + room, 1.02) if share else high + room)


@contextmanager
def _drawing(width: float, height: float) -> Iterator[tuple[Any, Any]]:
    """A figure with axes in inches, without pyplot's global state."""
    matplotlib: Any = needed("matplotlib")
    with matplotlib.rc_context(dict(_STYLE)):
        figure = needed("matplotlib.figure").Figure(figsize=(width, height))
        yield figure, figure.add_subplot()


def _svg(figure: Any, name: str) -> str:
    """The figure as an SVG element with the page's colours and font, and ids that no other chart has."""
    buffer = io.StringIO()
    prefix = re.sub(r"\W+", "-", name)
    matplotlib: Any = needed("matplotlib")
    with matplotlib.rc_context({"svg.hashsalt": prefix}):
        figure.savefig(buffer, format="svg", transparent=True, bbox_inches="tight", metadata={"Date": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<(metadata|style)[ >].*?</\1>", "", text, flags=re.DOTALL)
    for colour, variable in _VARIABLES.items():
        text = text.replace(colour, f"var({variable})")
    text = re.sub(r"font-family: [^;\"]*;? ?", "", text)
    return re.sub(r'(id="|url\(#|href="#)', rf"\g<1>{prefix}-", text)
