"""Offline benchmarks: data in, a table, rows that can be reproduced and a report out.

In a notebook: `from recommenders.bench import TASKS, run`, then `run(["similar"], model=..., data=...)`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from recommenders.bench.datasets import DatasetError, MissingDataset
from recommenders.bench.outcome import EngineOf, Outcome, Setup
from recommenders.bench.packages import MissingPackage
from recommenders.bench.report import Row, rows, table
from recommenders.bench.tasks import TASKS
from recommenders.retrieval.encoder import load_encoder

__all__ = ["TASKS", "DatasetError", "Measured", "MissingPackage", "UnknownTask", "run"]


class UnknownTask(Exception):
    """There is no task of this name; the message says which there are."""


@dataclass(frozen=True)
class Measured:
    """A task that was run: its name, what it gave, and that as rows."""

    task: str
    outcome: Outcome
    rows: tuple[Row, ...]


def run(
    tasks: Sequence[str],
    *,
    model: Path,
    data: Path,
    json_file: Path | None = None,
    html_file: Path | None = None,
    echo: Callable[[str], None] = print,
    seed: int = 7,
    engine_of: EngineOf | None = None,
) -> list[Row]:
    """Runs the named tasks, or all of them, and shows a table of each.

    Args:
        tasks: names out of `TASKS`; all when empty.
        model: the folder of the encoder and its heads.
        data: the folder with the data sets, each in a folder of its name.
        json_file: where the rows are written as a JSON list; None writes none.
        html_file: where the report is written, one file that needs no other; None writes none.
        echo: hears every line, also of what is missing and therefore skipped.
        seed: of samples and confidence intervals.
        engine_of: answers through the whole engine, for the tasks that ask it; without it they are skipped.

    Raises:
        UnknownTask: a name is not in `TASKS`.
        DatasetError: a data set is damaged, or no task is left because theirs are missing.
        MissingPackage: no task is left because what they need is not installed, or the report's charts need it.
        ModelError, HeadsError: the model's folder cannot be used.
    """
    for name in tasks:
        if name not in TASKS:
            raise UnknownTask(f"{name}: no such task; there are {', '.join(TASKS)}")
    setup = Setup(data, model, seed, engine_of)
    encoder = load_encoder(model).name
    measured: list[Measured] = []
    made: list[Row] = []
    missing: list[DatasetError | MissingPackage] = []
    for name in list(dict.fromkeys(tasks)) or list(TASKS):
        try:
            outcome = TASKS[name](setup)
        except (MissingDataset, MissingPackage) as error:
            missing.append(error)
            echo(f"{name}: skipped: {error}")
            continue
        for part in outcome.skipped:
            echo(f"{name}: skipped: {part}")
        if not outcome.figures:
            echo(f"{name}: nothing was measured")
        measured.append(Measured(name, outcome, tuple(rows(name, outcome, model=encoder, seed=seed))))
        made += measured[-1].rows
        for line in table(measured[-1].rows):
            echo(line)
        if json_file is not None:  # after each task, so that what was measured outlives what comes
            _written(json_file, json.dumps(made, indent=1, ensure_ascii=False) + "\n")
    if missing and not measured:
        raise missing[0]
    if html_file is not None:
        from recommenders.bench.page import page

        _written(html_file, page(measured))
    return made


def _written(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
