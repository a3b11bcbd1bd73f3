"""Opening the database: SQLite in a folder or PostgreSQL by its address, always at the newest schema."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import cast

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import ConnectionPoolEntry

from copilot.errors import InputError
from copilot.store.locks import database_file, exclusive

FILE_NAME = "copilot.sqlite3"
# Every schema, oldest first; the last one is what this version of the program reads and writes. Kept here and not read
# from the migrations so that opening a database that is up to date imports none of Alembic.
REVISIONS = ("0001", "0002")
BUSY_SECONDS = 30
_VERSION = text("SELECT version_num FROM alembic_version")


class UnusableDatabase(InputError):
    """The database cannot be opened by this version of the program."""


def open_database(data_dir: Path | None = None, url: str | None = None) -> Engine:
    """An engine on the database in `data_dir` (SQLite, made when it is missing) or at `url`, at the newest schema.

    `url` wins when both are given. Any number of processes may open, and migrate, one database at once.

    Raises:
        UnusableDatabase: the file is no database, or a newer version of the program has written it.
    """
    where = _sqlite_url(data_dir) if url is None else make_url(url)
    engine = create_engine(
        where, hide_parameters=True, **({"connect_args": {"timeout": BUSY_SECONDS}} if _is_sqlite(where) else {})
    )
    if _is_sqlite(where):
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    try:
        if _version(engine) != REVISIONS[-1]:
            with exclusive(engine, "migration"):
                _migrate(engine)
    except DatabaseError as error:
        if isinstance(error.orig, sqlite3.DatabaseError) and "not a database" in str(error.orig):
            raise UnusableDatabase(f"{where.database} is not a copilot database; move it away") from error
        raise
    return engine


@contextmanager
def write_transaction(engine: Engine) -> Iterator[Connection]:
    """A transaction that is going to write: commits at the end, rolls back on an error.

    On SQLite it takes the write lock at its beginning, so that what it reads first still holds when it writes, and so
    that it waits for another writer instead of failing half-way. On PostgreSQL it is an ordinary transaction: lock the
    rows that a decision rests on with `with_for_update()`.
    """
    with engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
        yield connection


@contextmanager
def read_transaction(engine: Engine) -> Iterator[Connection]:
    """A transaction whose reads all see one moment, however many they are.

    A single statement does so anyway, and on SQLite every transaction does; PostgreSQL must be asked.
    """
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


def _sqlite_url(data_dir: Path | None) -> URL:
    if data_dir is None:
        raise ValueError("open_database needs a data directory or an address")
    # What customers wrote is nobody else's business on this machine.
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return URL.create("sqlite", database=str(data_dir / FILE_NAME))


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _set_up_sqlite(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    # The driver must not open and end transactions by rules of its own: `_begin_sqlite` does, before the first read.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = FULL")  # what was acknowledged survives a power cut
    cursor.execute("PRAGMA journal_size_limit = 67108864")  # what a large load leaves behind is given back
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get("sqlite_begin") == "IMMEDIATE":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:  # takes no lock and cannot fail, so it may skip SQLAlchemy's own path, which would cost a read a third more
        cast(sqlite3.Connection, connection.connection.driver_connection).execute("BEGIN")


def _version(engine: Engine) -> str | None:
    """The schema's name as it stands in the database; None when there is none."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(_VERSION).scalar_one_or_none()


def _migrate(engine: Engine) -> None:
    found = _version(engine)  # another process may have been faster
    if found == REVISIONS[-1]:
        return
    if found is not None and found not in REVISIONS:
        raise UnusableDatabase(
            f"the database {engine.url.render_as_string()} has schema {found}, which is newer than this program's "
            f"{REVISIONS[-1]}: update the program, or restore a backup from before the update"
        )
    if (file := database_file(engine)) is not None:
        # Outside of any transaction, and once for the life of the file. Readers and a writer then never wait.
        with closing(sqlite3.connect(file, timeout=BUSY_SECONDS)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with write_transaction(engine) as transaction:
        config.attributes["connection"] = transaction
        command.upgrade(config, "head")
