"""A load that is killed with no warning leaves the old shop or the new one, never half of one."""

import random
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import func, select

from copilot.shop.load import load_shop
from copilot.store.database import open_database
from copilot.store.models import VectorRow
from copilot.store.shop import ShopStore
from tests.fakes import HashEncoder
from tests.shop.shops import READER, code, order, ticket, write_lines, write_shop

KILLS = 15
TICKETS = 1000


def start(files: Path, data: Path) -> "subprocess.Popen[bytes]":
    script = Path(__file__).with_name("load_slowly.py")
    process = subprocess.Popen([sys.executable, str(script), str(files), str(data)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"started\n"
    return process


def write_version(files: Path, version: int) -> None:
    """Every row says which version it is of; the texts to embed are the same in all of them."""
    tickets = (ticket(i, f"Another story {i}.", outcome={"kept_revenue": version}) for i in range(TICKETS))
    write_lines(files / "tickets.jsonl", *tickets)
    write_lines(files / "discounts.jsonl", code(f"V{version}"))
    write_lines(files / "orders.jsonl", *(order(i, total=version) for i in range(50)))


def version_of(store: ShopStore) -> int:
    """The one version that every row of the store is of."""
    cases = [case for batch in store.iter_cases() for case in batch]
    versions = {int(case.outcome.kept_revenue or 0) if case.outcome else 0 for case in cases}
    versions |= {int(c.code.removeprefix("V")) for c in store.catalog().codes}
    versions |= {int(order.total) for order in store.orders_of("c-1")}
    (version,) = versions
    entries = sum(len(batch) for batch in store.iter_cases_since(0, "hash/64"))
    assert len(cases) == entries == (TICKETS if version else 3)
    return version


def test_killed_at_any_moment_the_shop_is_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    files, data = write_shop(tmp_path / "shop"), tmp_path / "data"
    write_lines(files / "discounts.jsonl", code("V0"))
    write_lines(files / "orders.jsonl", order(1, total=0))
    engine = open_database(data)
    load_shop(files, engine, HashEncoder(), warn=print, reader=READER)
    store = ShopStore(engine)

    def vectors() -> int:
        with engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(VectorRow)) or 0

    chance = random.Random(7)
    version = 0
    for attempt in range(1, KILLS + 1):
        write_version(files, attempt)
        with start(files, data) as process:
            time.sleep(chance.uniform(0.0, 0.7))
            process.kill()
            process.wait(10)
        found = version_of(store)
        assert found in (version, attempt)
        version = found

    encoder, already = HashEncoder(), vectors()
    write_version(files, KILLS + 1)
    load_shop(files, open_database(data), encoder, warn=print, reader=READER)
    assert version_of(store) == KILLS + 1
    assert len(encoder.encoded) <= TICKETS + 3 - already  # what was embedded before a kill is not embedded again
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def test_reader_meets_no_half_of_a_load_while_it_runs(tmp_path: Path) -> None:
    files, data = write_shop(tmp_path / "shop"), tmp_path / "data"
    engine = open_database(data)
    load_shop(files, engine, HashEncoder(), warn=print, reader=READER)
    store = ShopStore(engine)
    write_version(files, 1)
    counts, entries = set(), set()
    with start(files, data) as process:
        while process.poll() is None:
            counts.add(store.case_count())
            entries.add(sum(len(batch) for batch in store.iter_cases_since(0, "hash/64")))
    assert process.returncode == 0
    assert 3 in counts | entries
    assert counts | entries <= {3, TICKETS}
