"""The tables. Portable types only: what runs on SQLite runs on PostgreSQL.

Times are stored as UTC without an offset and come back timezone-aware (`Moment`). Money is Numeric(12, 2).
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, DateTime, ForeignKey, Index, LargeBinary, Numeric, String, Text, UniqueConstraint
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class Moment(TypeDecorator[datetime]):
    """A timezone-aware datetime; UTC in the database, whatever the database makes of time zones."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Aware time to naive UTC; a naive one is a programming error."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time {value!r}")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Naive UTC to aware time."""
        return None if value is None else value.replace(tzinfo=UTC)


Money = Numeric(12, 2)


class Base(DeclarativeBase):
    """The declarative base; `Base.metadata` is what migrations are compared with."""

    type_annotation_map = {datetime: Moment, Decimal: Money, dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012


# ---------------------------------------------------------------- the shop
#
# `digest` is the SHA-256 of what a row was read from and of the code that read it (shop.fingerprint): a load leaves a
# row with the same digest alone. `data` is written and read by store.coding.


class ProductRow(Base):
    """A product with its variants; `position` is its place in the file."""

    __tablename__ = "products"
    handle: Mapped[str] = mapped_column(String(255), primary_key=True)
    position: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    data: Mapped[dict[str, Any]]


class CodeRow(Base):
    """A discount code with its rules."""

    __tablename__ = "codes"
    code: Mapped[str] = mapped_column(String(255), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    data: Mapped[dict[str, Any]]


class ArticleRow(Base):
    """A page of the help centre as plain text."""

    __tablename__ = "articles"
    id: Mapped[str] = mapped_column(String(255), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)


class CustomerRow(Base):
    """Who buys. `email_key` is the case-folded address, for look-ups."""

    __tablename__ = "customers"
    id: Mapped[str] = mapped_column(String(255), primary_key=True)
    email_key: Mapped[str | None] = mapped_column(String(320), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    data: Mapped[dict[str, Any]]


class OrderRow(Base):
    """An order with its lines and returns as JSON. `name_key` is the case-folded name without the #."""

    __tablename__ = "orders"
    id: Mapped[str] = mapped_column(String(255), primary_key=True)
    name_key: Mapped[str] = mapped_column(String(255), index=True)
    customer_id: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[datetime]
    digest: Mapped[str] = mapped_column(String(64))
    data: Mapped[dict[str, Any]]
    __table_args__ = (Index("ix_orders_customer_created", "customer_id", "created_at"),)


class CaseRow(Base):
    """A resolved ticket. `text_hash` names the vector of its `index_text`; `revision` grows with every load.

    A service finds what is new by `revision > the last one it saw`.
    """

    __tablename__ = "cases"
    id: Mapped[str] = mapped_column(String(255), primary_key=True)
    customer_id: Mapped[str | None] = mapped_column(String(255))
    resolved_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(index=True)
    text_hash: Mapped[str] = mapped_column(String(64), index=True)
    index_text: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    data: Mapped[dict[str, Any]]
    __table_args__ = (Index("ix_cases_customer_resolved", "customer_id", "resolved_at"),)


class VectorRow(Base):
    """An embedding, content-addressed: computed once for a text and a model, little-endian float32."""

    __tablename__ = "vectors"
    text_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    model: Mapped[str] = mapped_column(String(255), primary_key=True)
    vector: Mapped[bytes] = mapped_column(LargeBinary)


class LoadRow(Base):
    """One load that changed something. Its id is the shop's revision: a service reloads when the newest id grew.

    `model` is the encoder that every case has a vector of since.
    """

    __tablename__ = "loads"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    finished_at: Mapped[datetime]
    model: Mapped[str] = mapped_column(String(255))
    counts: Mapped[dict[str, Any]]


# ---------------------------------------------------------------- the service


class TokenRow(Base):
    """A bearer token; only its SHA-256 is kept (tokens have 256 random bits, so no slow hash is needed)."""

    __tablename__ = "tokens"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class AnswerRow(Base):
    """What was answered to whom: the suggestions' ids, kinds and ranks, for feedback to refer to."""

    __tablename__ = "answers"
    request_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(index=True)
    ticket_id: Mapped[str | None] = mapped_column(String(255), index=True)
    revision: Mapped[str] = mapped_column(String(64))
    agent: Mapped[str | None] = mapped_column(String(255))
    suggestions: Mapped[list[Any]]


class FeedbackRow(Base):
    """One event. The idempotency key makes a repeated report count once."""

    __tablename__ = "feedback"
    idempotency_key: Mapped[str] = mapped_column(String(255), primary_key=True)
    received_at: Mapped[datetime]
    request_id: Mapped[str] = mapped_column(String(64), index=True)
    suggestion_id: Mapped[str] = mapped_column(String(255))
    event: Mapped[str] = mapped_column(String(16))
    agent: Mapped[str | None] = mapped_column(String(255))
    final_text: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)


class SpendRow(Base):
    """The ledger of delights. It only grows: a trigger refuses every change of a row, and a reversal is a row itself.

    `month` is that of the answer that offered the delight, `booked_month` that of the clock; a reversal has both from
    the row that it `reverses`, so that sums of `amount` over either are net. A row has the key of the feedback that
    decided on it, or of the call that booked it (then `digest` names what was asked and `answer` is what was said).
    """

    __tablename__ = "spends"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    spent_at: Mapped[datetime] = mapped_column(index=True)
    month: Mapped[str] = mapped_column(String(7))
    booked_month: Mapped[str] = mapped_column(String(7))
    agent: Mapped[str] = mapped_column(String(255))
    amount: Mapped[Decimal]
    currency: Mapped[str] = mapped_column(String(3))
    ticket_id: Mapped[str | None] = mapped_column(String(255))
    customer_id: Mapped[str | None] = mapped_column(String(255))
    request_id: Mapped[str | None] = mapped_column(String(64))
    delight_id: Mapped[str] = mapped_column(String(255))
    gesture: Mapped[str | None] = mapped_column(Text)
    booked_by: Mapped[str | None] = mapped_column(String(255))
    feedback_key: Mapped[str | None] = mapped_column(ForeignKey("feedback.idempotency_key"))
    idempotency_key: Mapped[str | None] = mapped_column(String(255))
    digest: Mapped[str | None] = mapped_column(String(64))
    reverses: Mapped[int | None] = mapped_column(ForeignKey("spends.id"))
    reason: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[dict[str, Any] | None]
    __table_args__ = (
        UniqueConstraint("feedback_key"),
        UniqueConstraint("idempotency_key", name="uq_spends_idempotency_key"),
        UniqueConstraint("reverses", name="uq_spends_reverses"),
        Index("ix_spends_month_agent", "month", "agent"),
        Index("ix_spends_booked_month_agent", "booked_month", "agent"),
        Index("ix_spends_customer_spent", "customer_id", "spent_at"),
        Index("ix_spends_request", "request_id", "delight_id"),
    )


# ---------------------------------------------------------------- sign-in and versions
#
# A person is a row of `tokens`: links and sessions refer to it, and end with it.


class SignInLinkRow(Base):
    """A link that signs one person in, once; only its SHA-256 is kept."""

    __tablename__ = "sign_in_links"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    token_id: Mapped[int] = mapped_column(ForeignKey("tokens.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class SessionRow(Base):
    """Somebody who is signed in at a browser; only the SHA-256 of the cookie is kept."""

    __tablename__ = "sessions"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    token_id: Mapped[int] = mapped_column(ForeignKey("tokens.id"))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]


class SignInFailureRow(Base):
    """A sign-in that failed: from which address, and as whom. Forgotten when it no longer counts."""

    __tablename__ = "sign_in_failures"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    failed_at: Mapped[datetime] = mapped_column(index=True)
    address: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(64))  # a hash: people type tokens into the wrong field


class VersionRow(Base):
    """A set of playbook files that was in the folder: published, rolled back to, or found there."""

    __tablename__ = "playbook_versions"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    publication: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    author: Mapped[str] = mapped_column(String(255))
    message: Mapped[str] = mapped_column(Text)
    base: Mapped[int | None]
    restored: Mapped[int | None]
    files: Mapped[dict[str, Any]]


class DraftRow(Base):
    """What a lead wrote and has not published. `text` None: the file is to be removed. `base` is a version's id."""

    __tablename__ = "playbook_drafts"
    author: Mapped[str] = mapped_column(String(255), primary_key=True)
    file: Mapped[str] = mapped_column(String(255), primary_key=True)
    text: Mapped[str | None] = mapped_column(Text)
    base: Mapped[int]
    revision: Mapped[int]
    saved_at: Mapped[datetime]


# ---------------------------------------------------------------- rules and readings


class ReadingRow(Base):
    """What was read of a resolved ticket's opening, kept so that no replay reads it again.

    `read_by` names the encoder, the heads and the code that read; `vectors` are rows of little-endian float16: the
    text, its sentences, and both as they are read. `probability` is that of every label, little-endian float32, and
    `signals` is what holds; store.readings writes and reads them.
    """

    __tablename__ = "readings"
    text_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    read_by: Mapped[str] = mapped_column(String(64), primary_key=True)
    vectors: Mapped[bytes] = mapped_column(LargeBinary)
    probability: Mapped[bytes | None] = mapped_column(LargeBinary)
    signals: Mapped[dict[str, Any]]


class FoundRow(Base):
    """The cases that one index found for a resolved ticket's opening, kept so that no replay searches again."""

    __tablename__ = "found_cases"
    question: Mapped[str] = mapped_column(String(64), primary_key=True)
    index: Mapped[str] = mapped_column(String(64))
    hits: Mapped[list[Any]]
