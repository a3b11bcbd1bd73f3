"""The service. `create_app` builds it; everything else is in the rooms beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # importing this package must stay cheap: the command line does so for --help
    from flask import Flask
    from sqlalchemy import Engine as Database

    from copilot.ports import Engine
    from copilot.settings import Settings

__all__ = ["create_app"]
DISTRIBUTION = "support-copilot"
DEMO_TOKEN_SECONDS = 12 * 3600.0


def create_app(
    settings: Settings,
    *,
    engine: Engine | None = None,
    clock: Callable[[], datetime] | None = None,
    database: Database | None = None,
    trial: Callable[[Mapping[str, str]], Mapping[str, Any]] | None = None,
) -> Flask:
    """The service as a WSGI application, complete: when this returns it can answer.

    `engine`, `clock`, `database` and `trial` (which plays the past through files of playbooks) stand in for the real
    ones. `app.extensions["copilot"]["close"]` writes what is still pending and stops background work; call it when no
    request is left.
    """
    from functools import partial
    from importlib.metadata import version

    from flask import Flask

    from copilot.api import auth, failures, feedback, health, suggestions
    from copilot.api import budgets as spends
    from copilot.api import playbooks as playbook_schema
    from copilot.pages import blueprint as pages
    from copilot.pages.playbooks import Desk
    from copilot.pages.security import Doorway
    from copilot.pages.sign_in import SignIn
    from copilot.playbooks.folder import PlaybookFolder
    from copilot.playbooks.publishing import Publisher
    from copilot.store import ledger
    from copilot.store.answers import AnswerLog
    from copilot.store.budgets import BudgetStore, Limits
    from copilot.store.feedback import FeedbackStore
    from copilot.store.gesture_report import GestureReports
    from copilot.store.rule_metrics import RememberedMetrics
    from copilot.store.sessions import LockOut, SessionStore, SignInLinks, whom_to_ask
    from copilot.store.spending import Spending
    from copilot.store.tokens import TokenStore

    if database is None:
        from copilot.store.database import open_database

        database = open_database(settings.data, settings.database_url)
    clock = clock or (lambda: datetime.now(UTC))
    limits = Limits(
        settings.agent_monthly_budget,
        settings.team_monthly_budget,
        settings.currency,
        settings.customer_cooldown_days,
        settings.customer_budget,
    )
    budgets = BudgetStore(database, limits)
    if engine is None:
        from copilot.building import build_engine

        engine = build_engine(settings, database, budgets)
    answers = AnswerLog(database)
    tokens = TokenStore(database, clock=clock)

    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_request_bytes
    failures.register(app)
    sessions = SessionStore(database, clock)
    doorway = Doorway(settings.public_url)
    auth.register(app, tokens, settings.rate_limit, {"pages": lambda: sessions.find(doorway.session_key())})
    app.register_blueprint(suggestions.blueprint(engine, answers, clock))
    app.register_blueprint(feedback.blueprint(FeedbackStore(database, answers, budgets, clock)))
    app.register_blueprint(
        spends.blueprint(
            budgets,
            Spending(database, answers, budgets, clock),
            partial(ledger.entries, database),
            GestureReports(database, clock),
            clock,
        )
    )
    app.register_blueprint(playbook_schema.blueprint())
    app.register_blueprint(health.blueprint(engine, version(DISTRIBUTION)))

    publisher = Publisher(database, PlaybookFolder(settings.playbooks, settings.data), engine.catalog, clock)
    publisher.recover()
    sign_in = SignIn(
        doorway,
        tokens,
        sessions,
        SignInLinks(database, clock),
        LockOut(database, clock),
        partial(whom_to_ask, database),
    )
    desk = Desk(
        doorway,
        publisher,
        engine.catalog,
        RememberedMetrics(database, clock),
        trial or partial(_played, engine),
        lambda: tuple(said for said in engine.health().degraded if said.startswith("playbooks:")),
        clock,
    )
    pages.register(app, pages.blueprint(sign_in, desk))

    def close() -> None:
        answers.close()
        engine.close()
        database.dispose()

    app.extensions["copilot"] = {
        "close": close,
        "answers": answers,
        "budgets": budgets,
        "issue_demo_token": lambda: tokens.issue_passing("agent", "demo", DEMO_TOKEN_SECONDS),
    }
    if settings.demo:
        from copilot.api.demo import blueprint as demo

        app.register_blueprint(demo)
    return app


def _played(engine: Engine, files: Mapping[str, str]) -> Mapping[str, Any]:
    """What these playbooks would have done on resolved tickets, beside those in force."""
    from typing import cast

    from copilot.engine import SuggestionEngine
    from copilot.replay import simulate_draft
    from recommenders.playbooks.loader import load_files

    return simulate_draft(cast(SuggestionEngine, engine), load_files(files, engine.catalog())).as_data()
