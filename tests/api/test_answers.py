"""The answer log: behind the answer's back, but never lost while the database works."""

from __future__ import annotations

import logging
import sqlite3
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from copilot.store.answers import Answer, AnswerLog
from copilot.store.database import open_database
from copilot.store.models import AnswerRow
from tests.api.conftest import NOW


def answer(name: str) -> Answer:
    return Answer(name, NOW, "t-1", "rev", "maria", ({"section": "codes", "id": "A", "rank": 1},))


def count(folder: Path) -> int:
    with open_database(folder).connect() as connection:
        return connection.execute(select(func.count()).select_from(AnswerRow)).scalar_one()


def test_an_answer_is_found_before_and_after_it_is_written(tmp_path: Path) -> None:
    log = AnswerLog(open_database(tmp_path), linger=0.2)
    log.add(answer("a"))
    assert count(tmp_path) == 0
    assert log.find("a") == answer("a")
    assert count(tmp_path) == 1, "finding it made it durable"
    assert log.find("a") == answer("a")
    assert log.find("b") is None
    log.close()


def test_closing_writes_what_is_left(tmp_path: Path) -> None:
    log = AnswerLog(open_database(tmp_path), linger=5)
    for n in range(1200):
        log.add(answer(str(n)))
    started = time.monotonic()
    log.close()
    assert time.monotonic() - started < 4, "closing does not wait for more"
    assert count(tmp_path) == 1200


def test_a_database_that_refuses_is_tried_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    log = AnswerLog(open_database(tmp_path), linger=0, retry_seconds=0.05)
    with sqlite3.connect(tmp_path / "copilot.sqlite3") as other:
        other.execute("ALTER TABLE answers RENAME TO elsewhere")
    log.add(answer("a"))
    assert not log.flush(0.3)
    assert "could not be written" in caplog.text
    with sqlite3.connect(tmp_path / "copilot.sqlite3") as other:
        other.execute("ALTER TABLE elsewhere RENAME TO answers")
    assert log.flush(5)
    log.close()
    assert count(tmp_path) == 1


def test_memory_is_bounded_while_the_database_refuses(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    log = AnswerLog(open_database(tmp_path), linger=60, capacity=3)
    for name in "abcd":
        log.add(answer(name))
    log.close()
    assert "answer a was given up" in caplog.text
    assert count(tmp_path) == 3
