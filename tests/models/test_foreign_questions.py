"""Questions in French, German and Spanish against a shop whose cases are mostly English, over a real endpoint.

`COPILOT_TEST_EMBEDDINGS_URL` names one, `COPILOT_TEST_EMBEDDINGS_MODEL` its model. Written for multilingual E5 small.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from copilot.building import build_engine
from copilot.engine import Ask, SuggestionEngine
from copilot.models.wiring import case_encoder
from copilot.settings import Settings
from copilot.shop.load import load_shop
from copilot.store.budgets import BudgetStore, Limits
from copilot.store.database import open_database
from recommenders.domain import Message, Ticket

ROOT = Path(__file__).parents[2]
QUESTIONS = Path(__file__).with_name("foreign_questions.jsonl")
URL = os.environ.get("COPILOT_TEST_EMBEDDINGS_URL", "")
NOW = datetime(2027, 1, 1, tzinfo=UTC)
SMALL_TALK = ("Merci beaucoup, bonne journée", "Danke, alles klar", "Gracias, hasta luego", "ok super", "lol ok")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not URL, reason="no COPILOT_TEST_EMBEDDINGS_URL: name an endpoint to try its encoder"),
]


@contextmanager
def engine(settings: Settings) -> Iterator[SuggestionEngine]:
    database = open_database(settings.data)
    load_shop(ROOT / "demo" / "shop", database, case_encoder(settings), warn=lambda line: None)
    limits = Limits(settings.agent_monthly_budget, settings.team_monthly_budget)
    made = build_engine(settings, database, BudgetStore(database, limits))
    yield made
    made.close()
    database.dispose()


def similar(engine: SuggestionEngine, text: str) -> list[frozenset[str]]:
    """The tags of the cases shown."""
    ask = Ask(Ticket("", (Message("customer", text),)), NOW, sections=frozenset({"similar"}))
    return [frozenset(found.case.tags) for found in engine.suggest(ask).similar]


def hits(engine: SuggestionEngine) -> int:
    rows = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    return sum(any(tags & set(row["tags"]) for tags in similar(engine, row["text"])) for row in rows)


def test_a_multilingual_encoder_finds_twice_as_many_and_shows_no_more_to_small_talk(tmp_path: Path) -> None:
    here = Settings(data=tmp_path / "here")
    there = replace(
        here, data=tmp_path / "there", embeddings_url=URL, embeddings_seconds=10.0,
        embeddings_model=os.environ.get("COPILOT_TEST_EMBEDDINGS_MODEL", "multilingual-e5-small"),
        embeddings_question_prefix="query: ", embeddings_case_prefix="passage: ",
    )  # fmt: skip
    with engine(here) as local:
        before, loud = hits(local), sum(bool(similar(local, text)) for text in SMALL_TALK)
    with engine(there) as remote:
        assert hits(remote) >= 2 * before
        assert sum(bool(similar(remote, text)) for text in SMALL_TALK) <= loud
