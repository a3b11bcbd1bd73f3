"""What the tests of the ledger share: a spend to add, and a PostgreSQL that lives as long as the tests."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

NOW = datetime(2026, 3, 2, 9, 20, tzinfo=UTC)


def entry(key: str = "k", **more: Any) -> dict[str, Any]:
    """The columns of a spend."""
    return {
        "spent_at": NOW,
        "month": "2026-03",
        "booked_month": "2026-03",
        "agent": "kim",
        "amount": Decimal("4.00"),
        "currency": "EUR",
        "delight_id": "d",
        "idempotency_key": key,
        **more,
    }


class Server:
    """A PostgreSQL that is started for the first who needs it.

    Run as root it gives itself another user, who may not enter the folders of the tests; so it has one of its own.
    """

    def __init__(self) -> None:
        self._started: Any = None
        self._made = 0

    def fresh(self) -> str:
        """The address of a new database; the test is skipped where no server can be started."""
        pgserver = pytest.importorskip("pgserver")
        pytest.importorskip("psycopg")
        if self._started is None:
            folder = tempfile.mkdtemp(prefix="copilot-postgresql-")
            self._started = pgserver.get_server(folder, cleanup_mode="delete")
        self._made += 1
        name = f"made_{self._made}"
        self._started.psql(f"CREATE DATABASE {name}")
        address: str = self._started.get_uri(name)
        return address.replace("postgresql://", "postgresql+psycopg://", 1)

    def stop(self) -> None:
        """Ends the server and removes its folder."""
        if self._started is not None:
            self._started.cleanup()
