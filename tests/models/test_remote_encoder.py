"""Vectors over HTTP: prefixes, order, retries in a load, none while an agent waits."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from copilot.errors import InputError
from copilot.models.breaker import Breaker
from copilot.models.endpoint import EndpointError
from copilot.models.remote_encoder import BATCH, TRIES, RemoteEncoder
from copilot.models.task import NoAnswer
from tests.fakes import HashEncoder
from tests.models.scripted import Json, Scripted

INNER = HashEncoder(64)


def vectors(asked: Json) -> tuple[int, Any]:
    """As an endpoint gives them, in any order."""
    rows = INNER.encode(asked["input"]) * 3
    data = [{"index": i, "embedding": row.tolist(), "object": "embedding"} for i, row in enumerate(rows)]
    return 200, {"data": data[::-1]}


def remote(folder: Path, there: Scripted, **options: Any) -> RemoteEncoder:
    given = {
        "seconds": 2.0,
        "question_prefix": "query: ",
        "case_prefix": "passage: ",
        "sleep": lambda _: None,
    } | options
    return RemoteEncoder(there.endpoint(), "multi", bearings=folder, language_of=lambda _: "en", **given)


def test_rows_have_length_one_and_the_order_of_the_texts(tmp_path: Path) -> None:
    encoder = remote(tmp_path, Scripted(vectors))
    texts = [f"text number {i} of many about {'tea' * (i % 3)}" for i in range(BATCH + 3)]
    rows = encoder.encode(texts)
    assert rows.shape == (BATCH + 3, 64)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert np.allclose(rows[BATCH], encoder.encode([texts[BATCH]])[0], atol=1e-6)
    assert encoder.encode([]).shape == (0, 64)
    whole, spans = encoder.encode_spans("red tea, green tea", [(0, 7), (9, 18)])
    assert (whole.shape, spans.shape) == ((64,), (2, 64))


def test_cases_and_questions_have_their_own_prefix(tmp_path: Path) -> None:
    there = Scripted(vectors)
    encoder = remote(tmp_path, there)
    there.asked.clear()
    encoder.encode(["a case", ""])
    encoder.question("a ticket", "en")
    assert [asked["input"] for asked in there.asked] == [["passage: a case", "passage: ."], ["query: a ticket"]]
    assert {(asked["path"], asked["model"]) for asked in there.asked} == {("/v1/embeddings", "multi")}


def test_what_changes_the_vectors_changes_the_name(tmp_path: Path) -> None:
    there = Scripted(vectors)
    names = {
        remote(tmp_path / str(i), there, **options).name
        for i, options in enumerate([{}, {"question_prefix": "q "}, {"case_prefix": ""}])
    }
    assert len(names) == 3
    assert all(name.startswith("multi/remote-") for name in names)


def test_a_second_start_needs_no_endpoint(tmp_path: Path) -> None:
    first = remote(tmp_path, Scripted(vectors))
    down = Scripted(lambda asked: (503, "down"))
    again = remote(tmp_path, down)
    assert (again.name, again.dimension, down.asked) == (first.name, 64, [])
    with pytest.raises(EndpointError, match="503"):
        remote(tmp_path / "new", down)


def test_a_load_tries_again_and_gives_up_in_the_end(tmp_path: Path) -> None:
    answers: list[Callable[[Json], tuple[int, Any]]] = []
    there = Scripted(lambda asked: answers.pop()(asked) if answers else vectors(asked))
    slept: list[float] = []
    encoder = remote(tmp_path, there, sleep=slept.append)
    answers += [lambda asked: (503, ""), lambda asked: (429, "")]
    assert encoder.encode(["a case"]).shape == (1, 64)
    assert slept == [0.5, 1.0]
    answers += [lambda asked: (500, "")] * TRIES
    with pytest.raises(InputError, match=r"500; load again"):
        encoder.encode(["a case"])
    answers[:] = [lambda asked: (401, "")]
    with pytest.raises(InputError, match="401"):
        encoder.encode(["a case"])
    assert answers == []


def test_an_agent_waits_once_and_not_for_long(tmp_path: Path) -> None:
    slow = [False]

    def answer(asked: Json) -> tuple[int, Any]:
        time.sleep(1.0 if slow[0] else 0.0)
        return vectors(asked)

    there = Scripted(answer)
    encoder = remote(tmp_path, there, seconds=0.1, breaker=Breaker(2, 30))
    slow[0] = True
    there.asked.clear()
    for _ in range(2):
        with pytest.raises(NoAnswer, match="time limit"):
            encoder.question("a ticket", "en")
    started = time.monotonic()
    with pytest.raises(NoAnswer, match="after failures"):
        encoder.question("a ticket", "en")
    assert time.monotonic() - started < 0.05
    assert len(there.asked) <= 2


@pytest.mark.parametrize(
    "answer",
    [
        {}, {"data": "x"}, {"data": []}, {"data": [{"index": 0}]}, {"data": [{"index": 1, "embedding": [1.0, 2.0]}]},
        {"data": [{"index": 0, "embedding": ["a"]}]}, {"data": [{"index": 0, "embedding": []}]},
        {"data": [{"index": 0, "embedding": [float("nan"), 1.0]}]}, {"data": [{"index": 0, "embedding": [1]}] * 2},
    ],
)  # fmt: skip
def test_other_embeddings_than_were_asked_for_are_none(tmp_path: Path, answer: Any) -> None:
    wrong = [False]
    encoder = remote(tmp_path, Scripted(lambda asked: (200, answer) if wrong[0] else vectors(asked)))
    wrong[0] = True
    with pytest.raises(NoAnswer, match="embeddings"):
        encoder.question("a ticket", "en")
