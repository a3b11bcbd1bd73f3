"""The ledger of delights: entries are added and read, never changed.

Whoever adds holds the ledger's lock to the end of the transaction (SQLite's one write lock, an advisory lock on
PostgreSQL), so the sums that a decision rests on cannot be overtaken by another thread or process.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, select
from sqlalchemy.orm import aliased

from copilot.errors import BudgetExhausted, CustomerLimit, Detail
from copilot.store.answers import Answer, Offer
from copilot.store.budgets import CENT, BudgetStore, agent_key, month_of
from copilot.store.models import SpendRow

Entry = Row[Any]  # a row of `spends`, by its columns' names
_LOCK = 0x436F70696C6F74  # any number that nobody else locks in this database
_PAGE = 500
_TABLE = SpendRow.__table__


@dataclass(frozen=True, slots=True)
class Spend:
    """A delight that an agent decided on. `month` (YYYY-MM) is that of the answer that offered it."""

    request_id: str
    delight_id: str
    agent: str
    amount: Decimal
    currency: str
    month: str
    ticket_id: str | None = None
    customer_id: str | None = None
    gesture: str | None = None
    booked_by: str | None = None


def spend_of(answer: Answer, offer: Offer, agent: str, booked_by: str, amount: Decimal | None = None) -> Spend:
    """The spend of a delight as it was offered; without an amount it is the delight's cost."""
    return Spend(
        request_id=answer.request_id,
        delight_id=offer["id"],
        agent=agent,
        amount=Decimal(offer["cost"]) if amount is None else amount,
        currency=offer["currency"],
        month=offer["month"],
        ticket_id=answer.ticket_id,
        customer_id=offer.get("customer"),
        gesture=offer.get("gesture"),
        booked_by=booked_by,
    )


def lock(connection: Connection) -> None:
    """Keeps every other writer of the ledger waiting until the transaction ends; it must be a write transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def by_id(connection: Connection, spend_id: int) -> Entry | None:
    """An entry."""
    return connection.execute(select(_TABLE).where(SpendRow.id == spend_id)).first()


def by_key(connection: Connection, key: str) -> Entry | None:
    """The entry that a call with this idempotency key made."""
    return connection.execute(select(_TABLE).where(SpendRow.idempotency_key == key)).first()


def reversal_of(connection: Connection, spend_id: int) -> Entry | None:
    """The entry that reverses another."""
    return connection.execute(select(_TABLE).where(SpendRow.reverses == spend_id)).first()


def standing(connection: Connection, request_id: str, delight_id: str) -> Entry | None:
    """The spend of a delight that nobody has reversed."""
    back = aliased(SpendRow)
    reversed_ = select(back.id).where(back.reverses == SpendRow.id).exists()
    of = select(_TABLE).where(SpendRow.request_id == request_id, SpendRow.delight_id == delight_id)
    return connection.execute(of.where(SpendRow.reverses.is_(None), ~reversed_).order_by(SpendRow.id)).first()


def was_spent(connection: Connection, request_id: str, delight_id: str) -> bool:
    """Whether a delight was ever spent, reversed or not."""
    of = select(SpendRow.id).where(SpendRow.request_id == request_id, SpendRow.delight_id == delight_id)
    return connection.execute(of.limit(1)).first() is not None


def check(connection: Connection, budgets: BudgetStore, spend: Spend, now: datetime, path: str) -> None:
    """Whether every budget covers a spend, in the month of its answer and in that of the clock.

    Raises:
        BudgetExhausted: the agent's or the team's budget does not; `path` is the field that the details name.
        CustomerLimit: the customer had as much as one may get.
    """
    short = [
        Detail(path, f"{level.scope}: {level.remaining:.2f} remains, {spend.amount:.2f} is needed")
        for month in dict.fromkeys((spend.month, month_of(now)))
        for level in budgets.levels(connection, spend.agent, month)
        if spend.amount > level.limit - level.spent
    ]
    if short:
        raise BudgetExhausted(details=tuple(dict.fromkeys(short)))
    left = budgets.customer_left(connection, spend.customer_id, now)
    if left is not None and spend.amount > left:
        days = budgets.limits.customer_days
        within = f"in {days} days" if days else "this month"
        said = f"customer: {left:.2f} remains {within}, {spend.amount:.2f} is needed"
        raise CustomerLimit(details=[Detail(path, said)])


def add(connection: Connection, spend: Spend, now: datetime, **more: Any) -> int:
    """Adds a spend; `more` are further columns. The id of the entry. The caller has checked and holds the lock."""
    values = {
        "spent_at": now,
        "month": spend.month,
        "booked_month": month_of(now),
        "agent": agent_key(spend.agent),
        "amount": spend.amount.quantize(CENT),
        "currency": spend.currency[:3],
        "ticket_id": spend.ticket_id,
        "customer_id": spend.customer_id,
        "request_id": spend.request_id,
        "delight_id": spend.delight_id,
        "gesture": spend.gesture,
        "booked_by": spend.booked_by,
    }
    return _inserted(connection, {**values, **more})


def add_reversal(connection: Connection, entry: Entry, now: datetime, booked_by: str, reason: str, **more: Any) -> int:
    """Adds the entry that takes another back, in the months where that one counts. The id of the new entry."""
    same = ("month", "booked_month", "agent", "currency", "ticket_id", "customer_id", "request_id", "delight_id")
    values = {name: getattr(entry, name) for name in (*same, "gesture")}
    values |= {"spent_at": now, "amount": -entry.amount, "reverses": entry.id, "booked_by": booked_by}
    return _inserted(connection, {**values, "reason": reason, **more})


def book(connection: Connection, budgets: BudgetStore, spend: Spend, feedback_key: str, now: datetime) -> int | None:
    """Books a spend inside the transaction that has just stored its feedback; None when it was booked before.

    Also a spend that was reversed counts as booked: feedback that comes late does not take the reversal back.

    Raises:
        BudgetExhausted: see `check`; roll back.
    """
    lock(connection)
    if was_spent(connection, spend.request_id, spend.delight_id):
        return None
    check(connection, budgets, spend, now, "suggestion_id")
    return add(connection, spend, now, feedback_key=feedback_key)


def entries(database: Engine, month: str) -> Iterator[Entry]:
    """What counts in a month by the clock, oldest first; a reversal belongs to the month of what it reverses.

    Read by pages: no transaction stays open while somebody slowly takes the rows, and since nothing changes, what is
    there at the beginning comes whole.
    """
    of = select(_TABLE).where(SpendRow.booked_month == month).order_by(SpendRow.id).limit(_PAGE)
    last = 0
    while True:
        with database.connect() as connection:
            page = connection.execute(of.where(SpendRow.id > last)).all()
        yield from page
        if len(page) < _PAGE:
            return
        last = page[-1].id


def _inserted(connection: Connection, values: dict[str, Any]) -> int:
    return connection.execute(insert(SpendRow).values(**values).returning(SpendRow.id)).scalar_one()
