"""`python -m benchmarks.tables rows.json`: the rows of `copilot bench --json` as the tables of docs/benchmarks.md."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from recommenders.bench.report import Row, sure


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def main(file: Path) -> None:
    """Print the tables of FILE, a task each: a line a recommender, a column a metric."""
    rows: list[Row] = json.loads(file.read_text("utf-8"))
    for task in dict.fromkeys(row["task"] for row in rows):
        click.echo(f"### {task}\n")
        for line in table([row for row in rows if row["task"] == task and not row["detail"]]):
            click.echo(line)
        click.echo()


def table(rows: Sequence[Row]) -> Iterator[str]:
    """Value (interval) with + or - for what lies above or below the baseline by more than chance."""
    metrics = list(dict.fromkeys(row["metric"] for row in rows))
    cells = {(row["recommender"], row["metric"]): cell(row) for row in rows}
    yield "| recommender | " + " | ".join(metrics) + " |"
    yield "| --- |" + " --- |" * len(metrics)
    for name in dict.fromkeys(row["recommender"] for row in rows):
        yield f"| {name} | " + " | ".join(cells.get((name, metric), "") for metric in metrics) + " |"


def cell(row: Row) -> str:
    """One figure."""
    if row["value"] is None:
        return ""
    low, high = row["ci"]
    mark = ("-" if row["difference"] < 0 else "+") if sure(row) else ""
    return f"{row['value']:.3f}{mark}" + (f" ({low:.3f}-{high:.3f})" if low is not None and low < high else "")


if __name__ == "__main__":
    main()
