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
    """The ledger of delights: append-only. A spend is one row; `feedback_key` keeps it from being counted twice."""

    __tablename__ = "spends"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    spent_at: Mapped[datetime] = mapped_column(index=True)
    month: Mapped[str] = mapped_column(String(7))
    agent: Mapped[str] = mapped_column(String(255))
    amount: Mapped[Decimal]
    currency: Mapped[str] = mapped_column(String(3))
    ticket_id: Mapped[str | None] = mapped_column(String(255))
    delight_id: Mapped[str] = mapped_column(String(255))
    feedback_key: Mapped[str] = mapped_column(ForeignKey("feedback.idempotency_key"))
    __table_args__ = (UniqueConstraint("feedback_key"), Index("ix_spends_month_agent", "month", "agent"))
