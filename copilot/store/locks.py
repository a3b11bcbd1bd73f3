"""One at a time, over processes: a named lock that the operating system or the database frees when its holder dies."""

from __future__ import annotations

import fcntl
import os
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, func, select

from copilot.errors import InputError

POLL_SECONDS = 0.1


class LockTimeout(InputError):
    """Somebody else held the lock for longer than we wished to wait."""


@contextmanager
def exclusive(
    engine: Engine, name: str, *, wait_seconds: float = 600.0, waiting: Callable[[], None] = lambda: None
) -> Iterator[None]:
    """Holds the lock `name` of this database; `waiting` is called once if it is taken.

    SQLite: flock on the file `<name>.lock` beside the database. PostgreSQL: an advisory lock of the session. Both go
    when the process goes, however it goes, so that nothing is ever to be cleaned up by hand.

    Raises:
        LockTimeout: after `wait_seconds`.
    """
    beside = database_file(engine)
    taking = _advisory_lock(engine, name) if beside is None else _file_lock(beside.with_name(f"{name}.lock"))
    deadline = time.monotonic() + wait_seconds
    told = False
    with taking as attempt:
        while not attempt():
            if not told:
                told = True
                waiting()
            if time.monotonic() >= deadline:
                raise LockTimeout(
                    f"another {name} of this database has been running for {wait_seconds:g} s; try again when it ends"
                )
            time.sleep(POLL_SECONDS)
        yield


def database_file(engine: Engine) -> Path | None:
    """Where a SQLite database lies; None for a server's database or one in memory."""
    name = engine.url.database
    if engine.dialect.name != "sqlite" or not name or name == ":memory:":
        return None
    return Path(name)


@contextmanager
def _file_lock(path: Path) -> Iterator[Callable[[], bool]]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def attempt() -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    try:
        yield attempt
    finally:
        os.close(handle)


@contextmanager
def _advisory_lock(engine: Engine, name: str) -> Iterator[Callable[[], bool]]:
    if engine.dialect.name != "postgresql":  # a database in memory belongs to one process
        yield lambda: True
        return
    key = zlib.crc32(f"copilot {name}".encode())
    connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        yield lambda: bool(connection.scalar(select(func.pg_try_advisory_lock(key))))
        connection.execute(select(func.pg_advisory_unlock(key)))
    finally:
        connection.invalidate()  # ends the session, and with it the lock, on every way out
        connection.close()
