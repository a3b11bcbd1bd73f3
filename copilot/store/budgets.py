"""The ledger of delights: what each agent and the team may still spend this month without asking anybody.

Booking happens in a write transaction: on SQLite that holds the one write lock, on PostgreSQL an advisory lock is taken
first, so the sums that are read cannot be overtaken by another thread or process.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select

from copilot.errors import BudgetExhausted, Detail
from copilot.store.models import FeedbackRow, SpendRow
from recommenders.domain import Budget

_LEDGER_LOCK = 0x436F70696C6F74  # any number that nobody else locks in this database
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one agent, and all together, may spend in a calendar month (UTC); `currency` empty for the shop's own."""

    agent: Decimal
    team: Decimal
    currency: str = ""


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


class BudgetStore:
    """Reads what remains and books what is spent.

    `limits` may be replaced at any time, as when a playbook with other budgets is published.
    """

    def __init__(self, database: Engine, limits: Limits) -> None:
        self._database = database
        self.limits = limits

    def remaining(self, agent: str, now: datetime) -> tuple[Budget, ...]:
        """What is left for this agent and for the team in the month of `now`: scopes "agent:NAME" and "team"."""
        with self._database.connect() as connection:
            own, team = _spent(connection, agent, SpendRow.month == _month(now))
        return (
            Budget(f"agent:{agent}", float(max(Decimal(0), self.limits.agent - own))),
            Budget("team", float(max(Decimal(0), self.limits.team - team))),
        )

    def book(self, connection: Connection, spend: Spend, feedback_key: str, now: datetime) -> bool:
        """Books a spend inside the transaction that has just stored its feedback; False when it was booked before.

        A spend counts in the month of its answer and in the month of the clock: a replay with another `now` can
        neither see the wrong sum nor reach into the budget of another month.

        Raises:
            BudgetExhausted: the agent's or the team's budget does not cover it; roll back.
        """
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_LEDGER_LOCK)))
        before = (
            select(SpendRow.id)
            .join(FeedbackRow, FeedbackRow.idempotency_key == SpendRow.feedback_key)
            .where(FeedbackRow.request_id == spend.request_id, FeedbackRow.suggestion_id == spend.delight_id)
        )
        if connection.execute(before).first():
            return False
        limits = self.limits
        start, end = _bounds(now)
        for period in (SpendRow.month == spend.month, (SpendRow.spent_at >= start) & (SpendRow.spent_at < end)):
            own, team = _spent(connection, spend.agent, period)
            for scope, left in ((f"agent:{spend.agent}", limits.agent - own), ("team", limits.team - team)):
                if spend.amount > left:
                    said = f"{scope}: {max(Decimal(0), left):.2f} remains, {spend.amount:.2f} is needed"
                    raise BudgetExhausted(details=[Detail("suggestion_id", said)])
        connection.execute(
            insert(SpendRow).values(
                spent_at=now,
                month=spend.month,
                agent=_key(spend.agent),
                amount=spend.amount.quantize(_CENT),
                currency=spend.currency[:3],
                ticket_id=spend.ticket_id,
                delight_id=spend.delight_id,
                feedback_key=feedback_key,
            )
        )
        return True


def _key(agent: str) -> str:
    """One agent has one budget, however the name is written."""
    return agent.strip().casefold()[:255]


def _month(now: datetime) -> str:
    return f"{now.astimezone(UTC):%Y-%m}"


def _bounds(now: datetime) -> tuple[datetime, datetime]:
    start = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return start, start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)


def _spent(connection: Connection, agent: str, period: Any) -> tuple[Decimal, Decimal]:
    """What this agent, and everybody, spent in a period."""
    sums = select(SpendRow.agent, func.sum(SpendRow.amount)).where(period).group_by(SpendRow.agent)
    by_agent = {name: Decimal(str(total)).quantize(_CENT) for name, total in connection.execute(sums)}
    return by_agent.get(_key(agent), Decimal(0)), sum(by_agent.values(), Decimal(0))
