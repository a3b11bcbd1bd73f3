"""The whole engine over a shop directory, in this process and for a while: what the offline benchmarks ask."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from copilot.building import build_engine
from copilot.context import clean_ticket
from copilot.engine import SuggestionEngine
from copilot.models.wiring import case_encoder
from copilot.render import render
from copilot.schemas import parse_ask, revision
from copilot.settings import Settings
from copilot.shop.load import load_shop
from copilot.shop.playbooks import keep_playbooks
from copilot.store.budgets import BudgetStore, Limits
from copilot.store.database import open_database
from copilot.store.shop import ShopStore
from recommenders.domain import Catalog
from recommenders.text.concern import newest_concern


class EngineAnswerer:
    """Answers request bodies as `POST /v1/suggestions` does, without HTTP and without writing anything down."""

    def __init__(self, engine: SuggestionEngine, catalog: Catalog) -> None:
        self._engine = engine
        self.catalog = catalog

    def suggest(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The answer's JSON.

        Raises:
            InvalidRequest: the body does not fit.
        """
        ask = parse_ask(request, _clock)
        found = self._engine.suggest(ask)
        return render(
            found, request_id="", revision=revision(ask.ticket), sections=ask.sections, timings_ms=found.timings_ms
        )

    def encoded(self, request: Mapping[str, Any]) -> str:
        """The text that the engine encodes for a request: the newest concern of the cleaned ticket."""
        concern, _ = newest_concern(clean_ticket(parse_ask(request, _clock).ticket))
        return concern.text


def answering(settings: Settings) -> Callable[[Path], AbstractContextManager[EngineAnswerer]]:
    """What loads a shop directory into a temporary data directory and answers over it until its context ends.

    Of the settings the model counts, and what budgets there are; playbooks are those of the shop, else the packaged.
    No language model and no remote encoder is asked: a figure must not depend on what an endpoint says today.
    """

    @contextmanager
    def over(shop: Path) -> Iterator[EngineAnswerer]:
        with tempfile.TemporaryDirectory(prefix="copilot-answering-", ignore_cleanup_errors=True) as folder:
            own = replace(settings, data=Path(folder), database_url=None, playbooks=None, refresh_seconds=3600.0)
            own = replace(own, reader_url=None, polish_url=None, embeddings_url=None)
            database = open_database(own.data, None)
            try:
                load_shop(shop, database, case_encoder(own), warn=lambda _: None)
                keep_playbooks(shop, own.data)
                limits = Limits(own.agent_monthly_budget, own.team_monthly_budget, own.currency)
                engine = build_engine(own, database, BudgetStore(database, limits))
                try:
                    yield EngineAnswerer(engine, ShopStore(database).catalog())
                finally:
                    engine.close()
            finally:
                database.dispose()

    return over


def _clock() -> datetime:
    return datetime.now(UTC)
