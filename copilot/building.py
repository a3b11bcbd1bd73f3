"""Builds the engine that the settings describe: over a database, with the model and the playbooks that they name."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from copilot.engine import SuggestionEngine
from recommenders.signals.reader import TicketReader
from recommenders.text.language import LanguageDetector

if TYPE_CHECKING:
    from sqlalchemy import Engine as Database

    from copilot.settings import Settings
    from copilot.store.budgets import BudgetStore


def build_engine(settings: Settings, database: Database, budgets: BudgetStore) -> SuggestionEngine:
    """The engine over a database, with the model and the playbooks that the settings name.

    Raises:
        InputError: the model or its heads are missing, an endpoint does not answer, or a playbook is wrong; the
            message says what to do.
    """
    from copilot.live import LiveShop
    from copilot.models.wiring import local_encoder, model_reader, polisher, remote_encoder
    from copilot.store.shop import ShopStore
    from copilot.toolbox import ToolboxBuilder
    from recommenders.signals.heads import HEADS, Heads
    from recommenders.signals.matter import MatterEncoder

    encoder = local_encoder(settings)
    heads = Heads.load(settings.model / HEADS, encoder.source)
    store = ShopStore(database)
    builder = ToolboxBuilder(store, encoder, settings, budgets, heads)
    languages = LanguageDetector()
    remote = remote_encoder(settings)
    matter = MatterEncoder(encoder, heads, languages.detect)
    live = LiveShop(
        store,
        remote or matter,
        settings.data / "index",
        settings.refresh_seconds,
        builder.build,
        language_of=languages.detect,
        # What languages add to its vectors the remote encoder has taken off itself.
        multilingual=remote is not None,
        watched=builder.watched,
        notices=builder.notices,
    )
    return SuggestionEngine(
        store=store,
        live=live,
        encoder=encoder,
        reader=TicketReader(heads),
        languages=languages,
        budgets=budgets.remaining,
        model_reader=model_reader(settings),
        polisher=polisher(settings, languages.detect),
        remote=remote,
        matter=matter,
        variants=builder.with_playbook,
        elsewhere=None if remote is not None else partial(_again, settings),
    )


def _again(settings: Settings) -> SuggestionEngine:
    """An engine over the same data, which asks no model elsewhere: for replays in a process of their own."""
    from copilot.store.budgets import BudgetStore, Limits
    from copilot.store.database import open_database

    settings = replace(settings, reader_url=None, polish_url=None)
    limits = Limits(settings.agent_monthly_budget, settings.team_monthly_budget, settings.currency)
    database = open_database(settings.data, settings.database_url)
    return build_engine(settings, database, BudgetStore(database, limits))
