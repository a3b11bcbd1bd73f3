"""People who are signed in at a browser: sessions, links that open one, and the lock after failures.

A person is a row of `tokens`. A session or a link refers to it and ends when it is revoked. Of every key only the
SHA-256 is stored; keys have 256 random bits, so that a plain hash is enough.
"""

from __future__ import annotations

import hashlib
import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Engine, delete, func, insert, or_, select, update

from copilot.store.database import write_transaction
from copilot.store.models import SessionRow, SignInFailureRow, SignInLinkRow, TokenRow
from copilot.store.tokens import PREFIX, Role, Token, checked_name, hash_of

IDLE, LONGEST = timedelta(hours=12), timedelta(days=7)
LINK_LIFE = timedelta(minutes=15)
FAILURES, WINDOW = 10, timedelta(minutes=15)
SEEN_EVERY = timedelta(minutes=1)  # how exactly the last use of a session is known
KEPT = timedelta(days=30)  # what is over, for whoever asks who was signed in
Clock = Callable[[], datetime]
LinkState = Literal["unknown", "used", "expired", "good"]


def _now() -> datetime:
    return datetime.now(UTC)


class SessionStore:
    """Opens, finds and ends sessions: 12 hours after their last use, 7 days after they began, or with the token."""

    def __init__(self, database: Engine, clock: Clock = _now) -> None:
        self._database = database
        self._clock = clock

    def open(self, token: Token) -> str:
        """A new session for whoever holds `token`; the key goes into a cookie and nowhere else."""
        key, now = secrets.token_urlsafe(32), self._clock()
        row = {"sha256": hash_of(key), "token_id": token.id, "created_at": now, "seen_at": now}
        with write_transaction(self._database) as connection:
            connection.execute(delete(SessionRow).where(SessionRow.seen_at < now - KEPT))
            connection.execute(insert(SessionRow).values(**row))
        return key

    def find(self, key: str) -> Token | None:
        """Who is signed in with this key; None when the session is unknown, over or idle for too long."""
        now, digest = self._clock(), hash_of(key)
        statement = (
            select(SessionRow.seen_at, *TokenRow.__table__.columns)
            .join(TokenRow, TokenRow.id == SessionRow.token_id)
            .where(
                SessionRow.sha256 == digest,
                SessionRow.ended_at.is_(None),
                SessionRow.seen_at > now - IDLE,
                SessionRow.created_at > now - LONGEST,
                TokenRow.revoked_at.is_(None),
            )
        )
        with self._database.connect() as connection:
            row = connection.execute(statement).first()
        if row is None:
            return None
        if now - row.seen_at >= SEEN_EVERY:
            with write_transaction(self._database) as connection:
                still = (SessionRow.sha256 == digest) & SessionRow.ended_at.is_(None)
                connection.execute(update(SessionRow).where(still).values(seen_at=now))
        return Token(row.id, row.role, row.name, row.created_at, row.revoked_at)

    def end(self, key: str) -> None:
        """Signs out; an unknown key is no error."""
        with write_transaction(self._database) as connection:
            own = (SessionRow.sha256 == hash_of(key)) & SessionRow.ended_at.is_(None)
            connection.execute(update(SessionRow).where(own).values(ended_at=self._clock()))


class SignInLinks:
    """Keys that open one session each, within 15 minutes."""

    def __init__(self, database: Engine, clock: Clock = _now) -> None:
        self._database = database
        self._clock = clock

    def create(self, role: Role, name: str) -> str:
        """A key for this person; a new entry among the tokens when nobody of that name and role is valid.

        That entry's own secret is thrown away unseen: it is there to be listed and revoked.

        Raises:
            InputError: the name is empty, too long or not printable.
        """
        key, now, name = secrets.token_urlsafe(32), self._clock(), checked_name(name)
        person = select(TokenRow.id).where(TokenRow.role == role, TokenRow.name == name, TokenRow.revoked_at.is_(None))
        with write_transaction(self._database) as connection:
            found = connection.scalar(person.order_by(TokenRow.id).limit(1))
            if found is None:
                unseen = hash_of(PREFIX + secrets.token_urlsafe(32))
                made = insert(TokenRow).values(sha256=unseen, role=role, name=name, created_at=now)
                found = connection.execute(made.returning(TokenRow.id)).scalar_one()
            connection.execute(delete(SignInLinkRow).where(SignInLinkRow.expires_at < now - KEPT))
            row = {"sha256": hash_of(key), "token_id": found, "created_at": now, "expires_at": now + LINK_LIFE}
            connection.execute(insert(SignInLinkRow).values(**row))
        return key

    def look(self, key: str) -> tuple[LinkState, Token | None]:
        """What a key is worth now, and whom it signs in; changes nothing."""
        with self._database.connect() as connection:
            row = self._row(connection, key)
        if row is None or row.revoked_at is not None:
            return "unknown", None
        if row.used_at is not None:
            return "used", None
        if row.expires_at <= self._clock():
            return "expired", None
        return "good", Token(row.id, row.role, row.name, row.made_at, None)

    def use(self, key: str) -> Token | None:
        """Takes the key: of any number who try, one gets the person that it signs in."""
        now = self._clock()
        with write_transaction(self._database) as connection:
            good = (
                (SignInLinkRow.sha256 == hash_of(key))
                & SignInLinkRow.used_at.is_(None)
                & (SignInLinkRow.expires_at > now)
            )
            if connection.execute(update(SignInLinkRow).where(good).values(used_at=now)).rowcount != 1:
                return None
            row = self._row(connection, key)
        return None if row is None or row.revoked_at else Token(row.id, row.role, row.name, row.made_at, None)

    def _row(self, connection: Connection, key: str) -> Any:
        statement = (
            select(
                SignInLinkRow.used_at,
                SignInLinkRow.expires_at,
                TokenRow.id,
                TokenRow.role,
                TokenRow.name,
                TokenRow.created_at.label("made_at"),
                TokenRow.revoked_at,
            )
            .join(TokenRow, TokenRow.id == SignInLinkRow.token_id)
            .where(SignInLinkRow.sha256 == hash_of(key))
        )
        return connection.execute(statement).first()


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to sign in. `wait` > 0: refused unseen, for so many seconds."""

    id: int = 0
    wait: int = 0


class LockOut:
    """At most 10 failures in 15 minutes from an address, and at most 10 with a name; shared by all processes.

    A try is counted before it is looked at, so that many at once cannot be more; one that succeeds is taken off again.
    """

    def __init__(self, database: Engine, clock: Clock = _now) -> None:
        self._database = database
        self._clock = clock

    def begin(self, address: str, name: str = "") -> Attempt:
        """Counts a try; `name` is what was typed, empty where there is none."""
        now = self._clock()
        rows, hashed = SignInFailureRow, _hashed(name)
        with write_transaction(self._database) as connection:
            connection.execute(delete(rows).where(rows.failed_at <= now - WINDOW))
            waits = []
            for column, value in ((rows.address, address[:64]), (rows.name, hashed)):
                if value:
                    failed = select(rows.failed_at).where(column == value).order_by(rows.failed_at.desc())
                    oldest = connection.scalar(failed.offset(FAILURES - 1).limit(1))
                    waits += [oldest + WINDOW - now] if oldest else []
            if waits:
                return Attempt(wait=max(1, math.ceil(max(waits).total_seconds())))
            made = insert(rows).values(failed_at=now, address=address[:64], name=hashed).returning(rows.id)
            return Attempt(id=connection.execute(made).scalar_one())

    def succeeded(self, attempt: Attempt) -> None:
        """Takes a try off the count."""
        with write_transaction(self._database) as connection:
            connection.execute(delete(SignInFailureRow).where(SignInFailureRow.id == attempt.id))


def whom_to_ask(database: Engine, most: int = 5) -> tuple[str, ...]:
    """Names of leads and admins whose tokens are valid, the newest first."""
    who = select(TokenRow.name, func.max(TokenRow.id).label("newest")).where(
        or_(TokenRow.role == "lead", TokenRow.role == "admin"), TokenRow.revoked_at.is_(None)
    )
    with database.connect() as connection:
        found = connection.execute(who.group_by(TokenRow.name).order_by(func.max(TokenRow.id).desc()).limit(most))
        return tuple(row.name for row in found)


def _hashed(name: str) -> str:
    """What people type into a name's field is sometimes their token, so it is not kept as it is."""
    name = " ".join(name.split()).casefold()
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest() if name else ""
