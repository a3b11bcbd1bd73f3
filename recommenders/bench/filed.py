"""Texts that were filed under a label, split into the cases of a shop, the questions asked, and those out of scope."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np

from recommenders.bench.datasets import DatasetError, MissingDataset, Question, banking77, revision

CASES, QUESTIONS = 5000, 5000  # at most
FOLDER = "similar"
LABELS = ("tag", "category", "intent")  # the column that holds the label
OUT_OF_SCOPE = frozenset({"", "oos", "out_of_scope", "out-of-scope"})
_ASKED_OF = 5  # one text in so many is a question, where a file does not say


@dataclass(frozen=True)
class Filed:
    """A set of labelled texts; `strangers` have nothing to do with any case."""

    name: str
    revision: str
    cases: tuple[Question, ...]
    asked: tuple[Question, ...]
    strangers: tuple[str, ...]


def filed_sets(data: Path, seed: int) -> Iterator[Filed]:
    """Banking77, and every file `similar/NAME.csv` of the folder, each at most 5,000 cases and 5,000 questions.

    A file has a column `text` and one of `tag`, `category`, `intent`; a column `split` with train and test is heeded,
    otherwise one text in five is asked, by its digest. Rows without a label, or with "oos", are the file's own texts
    out of scope; where there are none, the lines of the project are.

    Raises:
        MissingDataset: there is neither Banking77 nor a file.
        DatasetError: a file cannot be read.
    """
    files = sorted((data / FOLDER).glob("*.csv"))
    try:
        bank = banking77(data)
    except MissingDataset:
        if not files:
            raise
    else:
        cases, asked = sample(bank.train, CASES, seed), sample(bank.test, QUESTIONS, seed + 1)
        yield Filed("banking77", bank.revision, tuple(cases), tuple(asked), tuple(out_of_scope()))
    for path in files:
        yield _read(path, seed)


def sample(questions: Sequence[Question], count: int, seed: int) -> list[Question]:
    """At most `count` questions, drawn without replacement, in their old order."""
    drawn = np.random.default_rng(seed).permutation(len(questions))[:count]
    return [questions[at] for at in sorted(drawn.tolist())]


def out_of_scope(file: str = "out_of_scope.txt") -> list[str]:
    """Lines that no bank's case answers: small talk, errands, other shops' tickets, near misses, in seven languages.

    `out_of_scope_dev.txt` holds others of the same kind, by which the floor may be looked at.
    """
    text = resources.files(__package__).joinpath(file).read_text("utf-8")
    return [line for line in text.splitlines() if line]


def _read(path: Path, seed: int) -> Filed:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        label = next((name for name in LABELS if name in (rows.fieldnames or ())), None)
        if label is None or "text" not in (rows.fieldnames or ()):
            raise DatasetError(f"{path}: wants a column text and one of {', '.join(LABELS)}")
        cases: list[Question] = []
        asked: list[Question] = []
        strangers: list[str] = []
        for number, row in enumerate(rows, 1):
            text, kind = (row["text"] or "").strip(), (row[label] or "").strip()
            if not text:
                continue
            question = Question(f"{path.stem}-{number:06}", text, kind)
            if kind.casefold() in OUT_OF_SCOPE:
                strangers.append(text)
            elif _is_asked(text, row.get("split")):
                asked.append(question)
            else:
                cases.append(question)
    if len({case.intent for case in cases}) < 2 or not asked:
        raise DatasetError(f"{path}: wants cases of two labels and a question; it has {len(cases)} and {len(asked)}")
    return Filed(
        path.stem,
        revision([path]),
        tuple(sample(cases, CASES, seed)),
        tuple(sample(asked, QUESTIONS, seed + 1)),
        tuple(strangers or out_of_scope()),
    )


def _is_asked(text: str, split: str | None) -> bool:
    if split:
        return split.strip().casefold() == "test"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") % _ASKED_OF == 0
