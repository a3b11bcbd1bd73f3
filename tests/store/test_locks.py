"""One holder at a time, and none that outlives its process."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from copilot.store.database import open_database
from copilot.store.locks import LockTimeout, exclusive

HOLD = """
import sys, time
from pathlib import Path
from copilot.store.database import open_database
from copilot.store.locks import exclusive
with exclusive(open_database(Path(sys.argv[1])), "load"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_second_one_is_told_and_waits(tmp_path: Path) -> None:
    engine = open_database(tmp_path)
    told = threading.Event()
    order: list[str] = []

    def second() -> None:
        with exclusive(engine, "load", waiting=told.set):
            order.append("second")

    with exclusive(engine, "load"):
        thread = threading.Thread(target=second)
        thread.start()
        assert told.wait(10)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]


def test_locks_of_other_names_are_free(tmp_path: Path) -> None:
    engine = open_database(tmp_path)
    with exclusive(engine, "load"), exclusive(engine, "migration", wait_seconds=0):
        pass


def test_waiting_ends_with_a_clear_message(tmp_path: Path) -> None:
    engine = open_database(tmp_path)
    message = "another load of this database has been running for 0.1 s"
    with (
        exclusive(engine, "load"),
        pytest.raises(LockTimeout, match=message),
        exclusive(engine, "load", wait_seconds=0.1),
    ):
        pass


def test_holder_that_is_killed_leaves_no_lock(tmp_path: Path) -> None:
    engine = open_database(tmp_path)
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(LockTimeout), exclusive(engine, "load", wait_seconds=0):
            pass
        holder.kill()
        holder.wait(10)
        with exclusive(engine, "load", wait_seconds=0):
            pass
