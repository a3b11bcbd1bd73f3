"""The service. `create_app` builds it; everything else is in the rooms beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

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
) -> Flask:
    """The service as a WSGI application, complete: when this returns it can answer.

    `engine`, `clock` and `database` stand in for the real ones. `app.extensions["copilot"]["close"]` writes what is
    still pending and stops background work; call it when no request is left.
    """
    from importlib.metadata import version

    from flask import Flask

    from copilot.api import auth, failures, feedback, health, suggestions
    from copilot.store.answers import AnswerLog
    from copilot.store.budgets import BudgetStore, Limits
    from copilot.store.feedback import FeedbackStore
    from copilot.store.tokens import TokenStore

    if database is None:
        from copilot.store.database import open_database

        database = open_database(settings.data, settings.database_url)
    clock = clock or (lambda: datetime.now(UTC))
    limits = Limits(settings.agent_monthly_budget, settings.team_monthly_budget, settings.currency)
    budgets = BudgetStore(database, limits)
    if engine is None:
        from copilot.engine import build_engine

        engine = build_engine(settings, database, budgets)
    answers = AnswerLog(database)
    tokens = TokenStore(database, clock=clock)

    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_request_bytes
    failures.register(app)
    auth.register(app, tokens, settings.rate_limit)
    app.register_blueprint(suggestions.blueprint(engine, answers, clock))
    app.register_blueprint(feedback.blueprint(FeedbackStore(database, answers, budgets, clock)))
    app.register_blueprint(health.blueprint(engine, version(DISTRIBUTION)))

    def close() -> None:
        answers.close()
        engine.close()
        database.dispose()

    app.extensions["copilot"] = {
        "close": close,
        "issue_demo_token": lambda: tokens.issue_passing("agent", "demo", DEMO_TOKEN_SECONDS),
    }
    if settings.demo:
        from copilot.api.demo import blueprint as demo

        app.register_blueprint(demo)
    return app
