"""Opening, migrating and writing, with several processes and threads at once."""

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, Insert, insert, select
from sqlalchemy.exc import IntegrityError

from copilot.store import database
from copilot.store.database import FILE_NAME, REVISIONS, UnusableDatabase, open_database, write_transaction
from copilot.store.models import Base, ProductRow, SpendRow

OPEN = "import sys; from pathlib import Path; from copilot.store.database import open_database; "


def test_migrations_make_the_tables_of_the_models(tmp_path: Path) -> None:
    with open_database(tmp_path).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_known_revisions_are_those_of_the_scripts_oldest_first() -> None:
    scripts = ScriptDirectory(str(Path(database.__file__).with_name("migrations")))
    assert tuple(reversed([script.revision for script in scripts.walk_revisions()])) == REVISIONS


def test_data_survives_a_second_opening(tmp_path: Path) -> None:
    with write_transaction(open_database(tmp_path)) as connection:
        connection.execute(insert(ProductRow).values(handle="a", position=1, digest="", data={"title": "ä"}))
    with open_database(tmp_path).connect() as connection:
        assert connection.scalar(select(ProductRow.data)) == {"title": "ä"}


def test_every_connection_is_durable_and_checks_references(tmp_path: Path) -> None:
    engine = open_database(tmp_path / "made" / "on the way")
    with engine.connect() as one, engine.connect() as two:
        for connection in (one, two):
            pragmas = [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            ]
            assert pragmas == ["wal", 2, 1, 30_000]
    spend = {"spent_at": None, "month": "", "agent": "", "amount": 1, "currency": "", "delight_id": ""}
    with pytest.raises(IntegrityError), write_transaction(engine) as connection:
        connection.execute(insert(SpendRow).values(**spend, feedback_key="nobody"))


def test_only_its_owner_may_look_into_a_new_data_directory(tmp_path: Path) -> None:
    open_database(tmp_path / "new")
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0


def test_database_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    open_database(tmp_path).dispose()
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(UnusableDatabase, match=r"schema 9999, which is newer than .* update the program"):
        open_database(tmp_path)
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999",)]


def test_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"this is a letter, and no database" * 100)
    with pytest.raises(UnusableDatabase, match=FILE_NAME):
        open_database(tmp_path)


def test_processes_may_open_a_new_database_at_once(tmp_path: Path) -> None:
    script = OPEN + "open_database(Path(sys.argv[1]))"
    started = [subprocess.Popen([sys.executable, "-c", script, str(tmp_path / "new")]) for _ in range(4)]
    assert [process.wait(60) for process in started] == [0, 0, 0, 0]


def test_opening_what_is_up_to_date_does_without_alembic(tmp_path: Path) -> None:
    open_database(tmp_path)
    script = OPEN + "open_database(Path(sys.argv[1])); sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script, str(tmp_path)], timeout=60).returncode == 0


def test_what_a_writer_read_first_still_holds_when_it_writes(tmp_path: Path) -> None:
    engine = open_database(tmp_path)
    table = ProductRow.metadata.tables["products"]
    with write_transaction(engine) as connection:
        connection.execute(insert(table).values(handle="count", position=0, digest="", data={}))

    def add() -> None:
        for _ in range(10):
            with write_transaction(engine) as connection:
                seen = connection.scalar(select(table.c.position))
                connection.execute(table.update().values(position=seen + 1))

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with engine.connect() as connection:
        assert connection.scalar(select(table.c.position)) == 40


def test_reader_sees_one_moment_however_long_it_looks(tmp_path: Path) -> None:
    engine = open_database(tmp_path)
    with engine.connect() as reader:
        assert reader.scalars(select(ProductRow.handle)).all() == []
        with write_transaction(engine) as connection:
            connection.execute(insert(ProductRow).values(handle="a", position=1, digest="", data={}))
        assert reader.scalars(select(ProductRow.handle)).all() == []


def test_an_error_takes_the_whole_transaction_back(tmp_path: Path) -> None:
    engine = open_database(tmp_path)
    row = insert(ProductRow).values(handle="a", position=1, digest="", data={})
    with pytest.raises(IntegrityError):
        _write_twice(engine, row)
    with engine.connect() as connection:
        assert connection.scalars(select(ProductRow.handle)).all() == []


def _write_twice(engine: Engine, row: Insert) -> None:
    with write_transaction(engine) as connection:
        connection.execute(row)
        connection.execute(row)
