"""Bearer tokens: made once, stored as their SHA-256, found again within a cache's few seconds.

A token has 256 random bits, so a plain hash is enough, and looking the hash up tells an attacker's clock nothing about
the token.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from sqlalchemy import Engine, insert, select, update

from copilot.errors import InputError
from copilot.store.database import write_transaction
from copilot.store.models import TokenRow

Role = Literal["agent", "lead", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)  # each may do what those before it may
PREFIX = "cp_"


@dataclass(frozen=True, slots=True)
class Token:
    """Who calls. `id` is 0 for a token that lives in this process only."""

    id: int
    role: Role
    name: str
    created_at: datetime
    revoked_at: datetime | None = None

    def may(self, role: Role) -> bool:
        """Whether this token reaches as far as `role`."""
        return ROLES.index(self.role) >= ROLES.index(role)


def hash_of(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


class TokenStore:
    """Creates, finds, lists and revokes tokens.

    `find` remembers a token for `cache_seconds`, which is how long a revocation may take to be noticed.
    """

    def __init__(
        self,
        database: Engine,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        ticks: Callable[[], float] = time.monotonic,
        cache_seconds: float = 2.0,
        cache_size: int = 4096,
    ) -> None:
        self._database = database
        self._clock = clock
        self._ticks = ticks
        self._cache_seconds = cache_seconds
        self._cache_size = cache_size
        self._lock = threading.Lock()
        self._cache: dict[str, tuple[float, Token]] = {}  # hash -> (until, token)
        self._passing: dict[str, tuple[float, Token]] = {}  # as above, for tokens that no table knows

    def create(self, role: Role, name: str) -> str:
        """A new token; this is the only time that it can be read.

        Raises:
            InputError: the name is empty, too long or not printable.
        """
        token = PREFIX + secrets.token_urlsafe(32)
        row = {"sha256": hash_of(token), "role": role, "name": checked_name(name), "created_at": self._clock()}
        with write_transaction(self._database) as connection:
            connection.execute(insert(TokenRow).values(**row))
        return token

    def issue_passing(self, role: Role, name: str, seconds: float) -> str:
        """A token that only this process knows, and forgets after `seconds`."""
        token, now = PREFIX + secrets.token_urlsafe(32), self._ticks()
        with self._lock:
            live = {key: held for key, held in self._passing.items() if held[0] > now}
            while len(live) >= self._cache_size:
                live.pop(next(iter(live)))
            live[hash_of(token)] = (now + seconds, Token(0, role, checked_name(name), self._clock()))
            self._passing = live
        return token

    def find(self, token: str) -> Token | None:
        """Who holds this token; None when it is unknown or revoked. Unknown ones are never remembered."""
        digest, now = hash_of(token), self._ticks()
        for known in (self._cache, self._passing):
            held = known.get(digest)
            if held and held[0] > now:
                return held[1]
        statement = select(TokenRow.__table__).where(TokenRow.sha256 == digest, TokenRow.revoked_at.is_(None))
        with self._database.connect() as connection:
            row = connection.execute(statement).first()
        found = _token(row) if row else None
        with self._lock:
            self._cache.pop(digest, None)
            if found:
                while len(self._cache) >= self._cache_size:
                    self._cache.pop(next(iter(self._cache)))
                self._cache[digest] = (now + self._cache_seconds, found)
        return found

    def all(self) -> tuple[Token, ...]:
        """Every token that was ever made, oldest first."""
        with self._database.connect() as connection:
            return tuple(_token(row) for row in connection.execute(select(TokenRow.__table__).order_by(TokenRow.id)))

    def revoke(self, reference: str) -> Token:
        """Ends a token, named by its id or by its name when only one that is valid has it.

        Raises:
            InputError: no valid token, or several, answer to it.
        """
        valid = [token for token in self.all() if token.revoked_at is None]
        meant = [t for t in valid if str(t.id) == reference] or [t for t in valid if t.name == reference]
        if len(meant) != 1:
            held = "no valid token" if not meant else "tokens " + ", ".join(str(t.id) for t in meant)
            raise InputError(f"{reference}: {held} of this id or name; `copilot token list` shows the ids")
        with write_transaction(self._database) as connection:
            statement = update(TokenRow).where(TokenRow.id == meant[0].id)
            connection.execute(statement.values(revoked_at=self._clock()))
        with self._lock:
            self._cache.clear()
        return meant[0]


def checked_name(name: str) -> str:
    """The name without space around it; InputError when it is empty, too long or not printable."""
    if not name.strip() or len(name) > 100 or not name.isprintable():
        raise InputError(f"a token's name must have 1 to 100 printable characters, not {name[:100]!r}")
    return name.strip()


def _token(row: Any) -> Token:
    return Token(row.id, row.role, row.name, row.created_at, row.revoked_at)
