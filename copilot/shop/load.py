"""Loading a shop directory: idempotent, resumable, and all at once for whoever reads.

    stage     every file is read and held against the store; what differs goes to a spool on disk
    embed     cases without a vector of this model get one, committed batch by batch
    publish   one transaction writes the differences and the row of `loads` that makes them a revision

Killed before its last step, a load leaves the shop as it was; the vectors that it had ready are found by the next one.
Products, codes and articles are replaced by what their file says; customers, orders and tickets are added or updated.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, delete, exists, insert, select, update
from tqdm import tqdm

from copilot.shop.batches import batched
from copilot.shop.embed import embed_missing
from copilot.shop.rejection import LoadError, Notes, Rejection
from copilot.shop.sources import SOURCES
from copilot.shop.stage import BATCH, Staged, stage
from copilot.shop.tickets import TicketReader, standard_reader
from copilot.store.database import write_transaction
from copilot.store.locks import database_file, exclusive
from copilot.store.models import CaseRow, LoadRow, Moment, VectorRow
from copilot.store.upsert import upsert
from recommenders.protocols import Encoder

Progress = Callable[[str, int, str], Callable[[int], object]]


@dataclass(frozen=True)
class LoadReport:
    """What a load read and whether it changed anything.

    `counts` are the rows of this directory that are in the store now, by the names of the contract: tickets, products,
    variants, codes, customers, orders, articles; and `rejected`, the rows that were left out.
    """

    counts: dict[str, int]
    rejections: list[Rejection]
    changed: bool


def load_shop(
    directory: Path,
    database: Engine,
    encoder: Encoder,
    *,
    strict: bool = False,
    forbid: bool = False,
    progress: bool = False,
    warn: Callable[[str], None],
    reader: TicketReader | None = None,
) -> LoadReport:
    """Brings the store to what the directory says.

    Args:
        strict: change nothing at all when any row is rejected.
        forbid: read and report, but change nothing.
        progress: draw progress bars on stderr.
        warn: hears of what is odd but loaded: unknown fields, repeated keys, waiting for another load.
        reader: how tickets become cases; the library's own by default.

    Raises:
        LoadError: the directory has no tickets.jsonl, or a file of it cannot be read.
        LockTimeout: another load of this database did not end.
    """
    if not directory.is_dir():
        raise LoadError(f"{directory}: there is no such directory")
    if not (directory / SOURCES["tickets"].file).exists():
        raise LoadError(f"{directory}: has no tickets.jsonl, the one file that a shop directory needs")
    notes = Notes(warn)
    with (
        _bars(progress) as begin,
        exclusive(database, "load", waiting=lambda: warn("another load is running; waiting for it to end")),
    ):
        staged = _stage(directory, database, reader or standard_reader(), notes, begin)
        try:
            notes.say()
            counts = _counts(staged, notes)
            changed = False
            if not forbid and not (strict and notes.rejections):
                changed = _embed_and_publish(database, encoder, staged, counts, begin)
            return LoadReport(counts, notes.rejections, changed)
        finally:
            for one in staged.values():
                one.spool.close()


def _stage(directory: Path, database: Engine, reader: TicketReader, notes: Notes, begin: Progress) -> dict[str, Staged]:
    beside = database_file(database)
    folder = beside and beside.parent  # not in /tmp, which others may read and which may be small
    staged: dict[str, Staged] = {}
    for name, source in SOURCES.items():
        path = directory / source.file
        if not path.exists():
            continue
        advance = begin(name, path.stat().st_size, "B")
        with database.connect() as connection:
            candidates = source.candidates(path, notes, reader, advance)
            staged[name] = stage(
                connection, source.table, source.file, candidates, notes, folder, whole=source.whole, same=source.same
            )
    return staged


def _counts(staged: dict[str, Staged], notes: Notes) -> dict[str, int]:
    counts = {name: len(staged[name].seen) if name in staged else 0 for name in SOURCES}
    return {
        "tickets": counts["tickets"],
        "products": counts["products"],
        "variants": staged["products"].parts if "products" in staged else 0,
        "codes": counts["codes"],
        "customers": counts["customers"],
        "orders": counts["orders"],
        "articles": counts["articles"],
        "rejected": len(notes.rejections),
    }


def _embed_and_publish(
    database: Engine, encoder: Encoder, staged: dict[str, Staged], counts: dict[str, int], begin: Progress
) -> bool:
    cases = staged["tickets"]
    embedded_old = embed_missing(database, encoder, cases.spool, lambda total: begin("embedding", total, " texts"))
    with database.connect() as connection:
        newest = select(LoadRow.model).order_by(LoadRow.id.desc()).limit(1)
        model = connection.scalar(newest)
    # With vectors of another model every case is news to a service that uses this one.
    renew = embedded_old or (model is not None and model != encoder.name)
    if model is not None and not renew and not any(one.changed for one in staged.values()):
        return False
    with write_transaction(database) as connection:
        values = {"finished_at": datetime.now(UTC), "model": encoder.name, "counts": counts}
        revision = connection.execute(insert(LoadRow).values(values).returning(LoadRow.id)).scalar_one()
        for one in staged.values():
            _write(connection, one, {"revision": revision} if one is cases else {})
        if renew:
            connection.execute(update(CaseRow).values(revision=revision))
        if cases.changed:
            # A text that no case has any more leaves nothing behind, not even its meaning.
            unused = ~exists().where(CaseRow.text_hash == VectorRow.text_hash)
            connection.execute(delete(VectorRow).where(unused))
    return True


def _write(connection: Connection, staged: Staged, extra: dict[str, Any]) -> None:
    table = staged.table
    times = [c.name for c in table.columns if isinstance(c.type, Moment)]
    for rows in staged.spool.batches(BATCH):
        for row in rows:
            row.update(extra)
            for name in times:
                row[name] = datetime.fromisoformat(row[name])
        upsert(connection, table, rows)
    key = next(iter(table.primary_key))
    for some in batched(staged.vanished, BATCH):
        connection.execute(delete(table).where(key.in_(some)))


@contextmanager
def _bars(shown: bool) -> Iterator[Progress]:
    """Progress bars one after the other, or none."""
    bar: tqdm[Any] | None = None

    def begin(name: str, total: int, unit: str) -> Callable[[int], object]:
        nonlocal bar
        if bar is not None:
            bar.close()
        bar = tqdm(total=total, desc=name, unit=unit, unit_scale=True, file=sys.stderr, disable=not shown)
        return bar.update

    try:
        yield begin
    finally:
        if bar is not None:
            bar.close()
