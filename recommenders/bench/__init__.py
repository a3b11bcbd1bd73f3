"""Offline benchmarks: public data in, a table and rows that can be reproduced out."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from recommenders.bench.datasets import DatasetError, MissingDataset
from recommenders.bench.outcome import Setup
from recommenders.bench.report import Row, rows, table
from recommenders.bench.tasks import TASKS
from recommenders.retrieval.encoder import load_encoder

__all__ = ["TASKS", "DatasetError", "UnknownTask", "run"]


class UnknownTask(Exception):
    """There is no task of this name; the message says which there are."""


def run(
    tasks: Sequence[str], *, model: Path, data: Path, json_file: Path | None, echo: Callable[[str], None], seed: int = 7
) -> list[Row]:
    """Runs the named tasks, or all of them, and shows a table.

    Args:
        tasks: names out of `TASKS`; all when empty.
        model: the folder of the encoder and its heads.
        data: the folder with the data sets, each in a folder of its name.
        json_file: where the rows are written as a JSON list; None writes none.
        echo: hears every line, also of each data set that is missing and therefore skipped.
        seed: of samples and confidence intervals.

    Raises:
        UnknownTask: a name is not in `TASKS`.
        DatasetError: a data set is damaged, or no task is left because theirs are missing.
        ModelError, HeadsError: the model's folder cannot be used.
    """
    for name in tasks:
        if name not in TASKS:
            raise UnknownTask(f"{name}: no such task; there are {', '.join(TASKS)}")
    setup = Setup(data, model, seed)
    encoder = load_encoder(model).name
    made: list[Row] = []
    missing: list[MissingDataset] = []
    wanted = list(dict.fromkeys(tasks)) or list(TASKS)
    for name in wanted:
        try:
            outcome = TASKS[name](setup)
        except MissingDataset as error:
            missing.append(error)
            echo(f"{name}: skipped: {error}")
            continue
        if not outcome.figures:
            echo(f"{name}: nothing was measured")
        made += rows(name, outcome, model=encoder, seed=seed)
    if len(missing) == len(wanted):
        raise missing[0]
    for line in table(made) if made else ():
        echo(line)
    if json_file is not None:
        json_file.parent.mkdir(parents=True, exist_ok=True)
        json_file.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return made
