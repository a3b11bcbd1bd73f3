"""What a load is going to write: rows of the files held against the store, only the differences kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, Table, select

from copilot.shop.batches import batched
from copilot.shop.rejection import Notes
from copilot.shop.spool import Row, Spool

BATCH = 500


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that a file offers: where it stands, its key, its digest, and how to read it if the store has another.

    `read` gives the columns but for the digest, or None when the row is rejected. `key` is None when the row has none
    that could be looked up: then it is read for its fault. `parts` is what the row counts for: a product, its variants.
    """

    line: int
    key: str | None
    digest: str
    read: Callable[[], Row | None]
    parts: int = 1


@dataclass
class Staged:
    """The differences of one table. `seen` maps what a key is the same under to the key that counts."""

    table: Table
    spool: Spool
    seen: dict[str, str] = field(default_factory=dict)
    vanished: list[str] = field(default_factory=list)
    parts: int = 0

    @property
    def changed(self) -> bool:
        """Whether there is anything to write or to delete."""
        return bool(len(self.spool) or self.vanished)


def stage(
    connection: Connection,
    table: Table,
    file: str,
    candidates: Iterable[Candidate],
    notes: Notes,
    folder: Path | None,
    *,
    whole: bool,
    same: Callable[[str], str] = lambda key: key,
) -> Staged:
    """Compares a file's rows with a table and keeps those that are new or different in a spool in `folder`.

    Args:
        whole: the file is the whole truth, so that a key which it does not have is to be deleted.
        same: what two keys must share to be the same thing to the shop.
    """
    staged = Staged(table, Spool(folder))
    key_column, digest_column = next(iter(table.primary_key)), table.c.digest
    known_rows = select(key_column, digest_column)
    for batch in batched(candidates, BATCH):
        keys = {c.key for c in batch if c.key is not None}
        known = {row[0]: row[1] for row in connection.execute(known_rows.where(key_column.in_(keys)))}
        for candidate in batch:
            row = None
            key = candidate.key
            if key is None or known.get(key) != candidate.digest:
                row = candidate.read()
                if row is None:
                    continue
                key = str(row[key_column.name])
            earlier = staged.seen.get(same(key))
            if earlier is not None:
                notes.repeated(file, candidate.line, key_column.name, key)
                staged.spool.drop(earlier)
            staged.seen[same(key)] = key
            staged.parts += candidate.parts
            if row is not None:
                staged.spool.put(key, row | {"digest": candidate.digest})
    if whole:
        counted = set(staged.seen.values())
        staged.vanished = [key for key in connection.scalars(select(key_column)) if key not in counted]
    return staged
