"""The ledger only grows, in both databases, and an older one is taken along."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from copilot.store import database as of_database
from copilot.store.database import FILE_NAME, open_database, write_transaction
from copilot.store.models import SpendRow
from tests.store.ledgers import Server, entry

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.stop()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def database(request: pytest.FixtureRequest, server: Server, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        yield open_database(tmp_path)
        return
    engine = open_database(url=server.fresh())
    yield engine
    engine.dispose()


def rows(database: Engine) -> list[Any]:
    with database.connect() as connection:
        return list(connection.execute(select(SpendRow.__table__).order_by(SpendRow.id)))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE spends SET amount = 0.01",
        "UPDATE spends SET reason = 'none' WHERE id = 1",
        "DELETE FROM spends",
        "DELETE FROM spends WHERE id = 1",
        "INSERT OR REPLACE INTO spends (id, spent_at, month, booked_month, agent, amount, currency, delight_id,"
        " idempotency_key) VALUES (1, '2026-01-01', '2026-01', '2026-01', 'kim', 0.01, 'EUR', 'd', 'other')",
        "REPLACE INTO spends (spent_at, month, booked_month, agent, amount, currency, delight_id, idempotency_key)"
        " VALUES ('2026-01-01', '2026-01', '2026-01', 'kim', 0.01, 'EUR', 'd', 'k')",
        "TRUNCATE spends CASCADE",
    ],
)
def test_the_database_itself_refuses_every_change(database: Engine, statement: str) -> None:
    of_sqlite = database.dialect.name == "sqlite"
    if ("REPLACE" in statement) > of_sqlite or ("TRUNCATE" in statement and of_sqlite):
        pytest.skip("this database does not know it")
    with write_transaction(database) as connection:
        connection.execute(insert(SpendRow).values(**entry()))
    before = rows(database)
    with pytest.raises(DBAPIError, match="only grows"), write_transaction(database) as connection:
        connection.execute(text(statement))
    assert rows(database) == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": Decimal("-1.00")},
        {"amount": Decimal("0.00")},
        {"idempotency_key": "first"},
        {"idempotency_key": None},
        {"reverses": 1},
        {"reverses": 9, "amount": Decimal("-4.00")},
    ],
)
def test_the_database_refuses_entries_that_are_none(database: Engine, wrong: dict[str, Any]) -> None:
    with write_transaction(database) as connection:
        connection.execute(insert(SpendRow).values(**entry("first")))
    with pytest.raises(IntegrityError), write_transaction(database) as connection:
        connection.execute(insert(SpendRow).values(**{**entry("second"), **wrong}))
    assert len(rows(database)) == 1


def test_a_spend_is_reversed_once(database: Engine) -> None:
    back = {"reverses": 1, "amount": Decimal("-4.00")}
    with write_transaction(database) as connection:
        connection.execute(insert(SpendRow).values(**entry("a")))
        connection.execute(insert(SpendRow).values(**entry("b", **back)))
    with pytest.raises(IntegrityError), write_transaction(database) as connection:
        connection.execute(insert(SpendRow).values(**entry("c", **back)))


def test_no_code_changes_the_ledger() -> None:
    """What the triggers refuse nobody tries: no statement on the table but SELECT and INSERT."""
    change = re.compile(
        r"(?:update|delete)\(\s*(?:SpendRow|ledger)|SpendRow\.__table__\.(?:update|delete)|_TABLE\.(?:update|delete)"
        r"|\bUPDATE\s+spends|\bDELETE\s+FROM\s+spends|\bTRUNCATE\s+spends",
        re.IGNORECASE,
    )
    sources = [path for room in ("copilot", "recommenders", "bin", "benchmarks") for path in (ROOT / room).rglob("*")]
    found = [
        str(path)
        for path in sources
        if path.suffix in ("", ".py", ".sql") and path.is_file() and change.search(path.read_text("utf-8", "replace"))
    ]
    assert found == []
    assert change.search("connection.execute(delete(SpendRow))"), "the pattern finds what it is for"


OLD = """
INSERT INTO feedback (idempotency_key, received_at, request_id, suggestion_id, event)
VALUES ('f-1', '2026-02-27 10:00:00.000000', 'r-1', 'd-1', 'accepted');
INSERT INTO spends (spent_at, month, agent, amount, currency, ticket_id, delight_id, feedback_key)
VALUES ('2026-02-27 10:00:00.000000', '2026-03', 'kim', 4, 'EUR', 't-1', 'd-1', 'f-1');
"""


def _config(connection: Any) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(of_database.__file__).with_name("migrations")))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def test_an_older_ledger_is_taken_along(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / FILE_NAME}")
    with engine.begin() as connection:
        command.upgrade(_config(connection), "0001")
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        connection.executescript(OLD)
    [row] = rows(open_database(tmp_path))
    assert (row.id, row.request_id, row.month, row.booked_month, row.amount, row.reverses, row.ticket_id) == (
        1, "r-1", "2026-03", "2026-02", Decimal("4.00"), None, "t-1",
    )  # fmt: skip
    with pytest.raises(DBAPIError, match="only grows"), write_transaction(open_database(tmp_path)) as connection:
        connection.execute(text("DELETE FROM spends"))


def test_going_back_keeps_what_the_older_form_can_hold(tmp_path: Path) -> None:
    engine = open_database(tmp_path)
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        connection.execute(OLD.split(";")[0])
    with write_transaction(engine) as connection:
        connection.execute(insert(SpendRow).values(**entry(idempotency_key=None, feedback_key="f-1")))
    with engine.begin() as connection:
        command.downgrade(_config(connection), "0001")
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        assert connection.execute("SELECT agent, amount, feedback_key FROM spends").fetchall() == [("kim", 4, "f-1")]
        connection.execute("DELETE FROM spends")  # no trigger is left
