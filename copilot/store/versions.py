"""Versions of the playbooks, which are only ever added, and the drafts of each lead."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import Connection, Engine, Table, delete, insert, select

from copilot.store.database import write_transaction
from copilot.store.models import DraftRow, VersionRow
from copilot.store.upsert import upsert

# packaged: the default that the program brings. found: what lay in the folder first. outside: changed there by hand or
# by a load. published and rollback: from the page.
Kind = Literal["packaged", "found", "outside", "published", "rollback"]


@dataclass(frozen=True, slots=True)
class Version:
    """A set of files and who put it in force. `base` is the version before it, `restored` the one gone back to."""

    id: int
    kind: str
    created_at: datetime
    author: str
    message: str
    base: int | None
    restored: int | None
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a lead has written in a file. `revision` is another one after every save; it tells two tabs apart."""

    author: str
    file: str
    text: str | None
    base: int
    revision: int
    saved_at: datetime


class VersionStore:
    """Adds and reads versions."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def latest(self) -> Version | None:
        """The newest one."""
        return next(iter(self.newest(1)), None)

    def get(self, id: int) -> Version | None:
        """By number."""
        with self._database.connect() as connection:
            row = connection.execute(select(VersionRow.__table__).where(VersionRow.id == id)).first()
        return _version(row) if row else None

    def newest(self, most: int, before: int | None = None) -> tuple[Version, ...]:
        """At most so many, newest first; only those with a number below `before` when it is given."""
        statement = select(VersionRow.__table__).order_by(VersionRow.id.desc()).limit(most)
        if before is not None:
            statement = statement.where(VersionRow.id < before)
        with self._database.connect() as connection:
            return tuple(_version(row) for row in connection.execute(statement))

    def add(
        self,
        publication: str,
        kind: Kind | str,
        at: datetime,
        author: str,
        message: str,
        base: int | None,
        restored: int | None,
        files: Mapping[str, str],
    ) -> Version:
        """Adds a version and drops the author's drafts that it holds; a publication that is there already is left."""
        with write_transaction(self._database) as connection:
            known = select(VersionRow.__table__).where(VersionRow.publication == publication)
            if row := connection.execute(known).first():
                return _version(row)
            values = {
                "publication": publication,
                "kind": kind,
                "created_at": at,
                "author": author,
                "message": message,
                "base": base,
                "restored": restored,
                "files": dict(files),
            }
            id = connection.execute(insert(VersionRow).values(**values).returning(VersionRow.id)).scalar_one()
            for draft in _drafts(connection, author):
                if draft.text == files.get(draft.file):
                    connection.execute(delete(DraftRow).where(*_key(author, draft.file)))
        return Version(id, kind, at, author, message, base, restored, dict(files))


class DraftStore:
    """Keeps what leads write. A save names the revision that it comes after; another one is never written over."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def of(self, author: str) -> tuple[Draft, ...]:
        """A lead's drafts, by file."""
        with self._database.connect() as connection:
            return _drafts(connection, author)

    def get(self, author: str, file: str) -> Draft | None:
        """A lead's draft of a file."""
        return next((draft for draft in self.of(author) if draft.file == file), None)

    def all(self) -> tuple[Draft, ...]:
        """Everybody's drafts without regard to the file, newest first."""
        with self._database.connect() as connection:
            rows = connection.execute(select(DraftRow.__table__).order_by(DraftRow.saved_at.desc()))
            return tuple(_draft(row) for row in rows)

    def save(
        self, author: str, file: str, text: str | None, base: int, at: datetime, after: int | None
    ) -> tuple[Draft, bool]:
        """The draft as it is stored now, and whether it is the one given.

        `after` is the revision that was seen last, None for none. Where another one is stored, with another text, it
        stays and is returned.
        """
        with write_transaction(self._database) as connection:
            lock = select(DraftRow.__table__).where(*_key(author, file)).with_for_update()
            row = connection.execute(lock).first()
            if row is not None and row.revision != after and row.text != text:
                return _draft(row), False
            revision = secrets.randbelow(2**31 - 1) + 1
            draft = Draft(author, file, text, base, revision, at)
            upsert(connection, cast(Table, DraftRow.__table__), [asdict(draft)])
            return draft, True

    def discard(self, author: str, file: str) -> None:
        """Drops a draft; without one nothing happens."""
        with write_transaction(self._database) as connection:
            connection.execute(delete(DraftRow).where(*_key(author, file)))


def _key(author: str, file: str) -> tuple[Any, Any]:
    return DraftRow.author == author, DraftRow.file == file


def _drafts(connection: Connection, author: str) -> tuple[Draft, ...]:
    rows = connection.execute(select(DraftRow.__table__).where(DraftRow.author == author).order_by(DraftRow.file))
    return tuple(_draft(row) for row in rows)


def _draft(row: Any) -> Draft:
    return Draft(row.author, row.file, row.text, row.base, row.revision, row.saved_at)


def _version(row: Any) -> Version:
    return Version(row.id, row.kind, row.created_at, row.author, row.message, row.base, row.restored, row.files)
