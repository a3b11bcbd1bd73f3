"""What each agent, the team and a customer may still get this month without asking anybody, read from the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import Connection, Engine, case, func, or_, select
from sqlalchemy.orm import aliased

from copilot.store.models import SpendRow
from recommenders.domain import Budget

CENT = Decimal("0.01")
NOTHING = Decimal("0.00")
NEAR = 80  # percent of a limit: from here on whoever spends is told
Warned = Literal["near", "spent"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be spent in a calendar month (UTC) by one agent and by all together.

    `customer_days` and `customer_amount` bound what one customer gets, None or 0 for no bound: the days alone are a
    pause after each paid gesture, the amount alone holds for a month, both together for any so many days. `up_to` is
    what a gesture may cost, by its id, where that is more than its usual cost. `agents` have a limit of their own, by
    name. From `alert_at` percent of a limit on, whoever spends is told. `currency` empty: the shop's own.
    """

    agent: Decimal
    team: Decimal
    currency: str = ""
    customer_days: int | None = None
    customer_amount: Decimal | None = None
    up_to: Mapping[str, Decimal] = field(default_factory=dict)
    agents: Mapping[str, Decimal] = field(default_factory=dict)
    alert_at: int = NEAR

    def of(self, agent: str) -> Decimal:
        """What this agent may spend, however the name is written."""
        own = {agent_key(name): amount for name, amount in self.agents.items()}
        return own.get(agent_key(agent), self.agent)


@dataclass(frozen=True, slots=True)
class Level:
    """How far a budget is spent."""

    scope: str
    limit: Decimal
    spent: Decimal
    alert_at: int = NEAR

    @property
    def remaining(self) -> Decimal:
        """What is left; a limit that was lowered below what is spent leaves nothing."""
        return max(NOTHING, self.limit - self.spent)

    @property
    def warning(self) -> Warned | None:
        """Whether the limit is near or reached."""
        if self.spent >= self.limit:
            return "spent"
        return "near" if self.spent * 100 >= self.alert_at * self.limit else None


class BudgetStore:
    """Reads what is spent and what remains.

    `limits` may be replaced at any time, as when a playbook with other budgets is published.
    """

    def __init__(self, database: Engine, limits: Limits) -> None:
        self._database = database
        self.limits = limits

    def remaining(self, agent: str, now: datetime, customer_id: str | None = None) -> tuple[Budget, ...]:
        """What is left in the month of `now`: scopes "agent:NAME", "team" and, where a limit says so, "customer"."""
        with self._database.connect() as connection:
            levels = self.levels(connection, agent, month_of(now))
            left = self.customer_left(connection, customer_id, now)
        budgets = tuple(Budget(level.scope, float(level.remaining)) for level in levels)
        return budgets if left is None else (*budgets, Budget("customer", float(left)))

    def of(self, agent: str, now: datetime) -> tuple[Level, Level]:
        """The agent's and the team's budget in the month of `now`."""
        with self._database.connect() as connection:
            return self.levels(connection, agent, month_of(now))

    def by_agent(self, now: datetime) -> tuple[Level, ...]:
        """Everybody who has spent in the month of `now`, by name (case-folded, as the ledger has it)."""
        with self._database.connect() as connection:
            spent, _ = _spent(connection, month_of(now))
        return tuple(self._own(name, spent[name]) for name in sorted(spent))

    def levels(self, connection: Connection, agent: str, month: str) -> tuple[Level, Level]:
        """The agent's and the team's budget as the connection's transaction sees them."""
        spent, team = _spent(connection, month)
        own = spent.get(agent_key(agent), NOTHING)
        return self._own(agent, own), Level("team", self.limits.team, team, self.limits.alert_at)

    def _own(self, agent: str, spent: Decimal) -> Level:
        return Level(f"agent:{agent}", self.limits.of(agent), spent, self.limits.alert_at)

    def customer_left(self, connection: Connection, customer_id: str | None, now: datetime) -> Decimal | None:
        """What this customer may still get; None where nothing limits it, or nobody is known."""
        days, amount = self.limits.customer_days, self.limits.customer_amount
        if not customer_id or not (days or amount):
            return None
        back = aliased(SpendRow)
        since = SpendRow.spent_at > now - timedelta(days=days) if days else SpendRow.booked_month == month_of(now)
        standing = select(func.count(), func.sum(SpendRow.amount)).where(
            SpendRow.customer_id == customer_id,
            SpendRow.reverses.is_(None),
            ~select(back.id).where(back.reverses == SpendRow.id).exists(),
            since,
        )
        count, total = connection.execute(standing).one()
        if amount:
            return max(NOTHING, amount - cents(total))
        return NOTHING if count else None


def agent_key(agent: str) -> str:
    """One agent has one budget, however the name is written."""
    return agent.strip().casefold()[:255]


def month_of(moment: datetime) -> str:
    """YYYY-MM in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m}"


def cents(amount: Any) -> Decimal:
    """A sum as the database gives it (SQLite adds floats), exact to the cent; None is nothing."""
    return NOTHING if amount is None else Decimal(str(amount)).quantize(CENT)


def _spent(connection: Connection, month: str) -> tuple[dict[str, Decimal], Decimal]:
    """What every agent, and all together, spent in a month.

    A spend counts in the month of its answer and in that of the clock, and the larger sum is what holds: a replay with
    another `now` can neither see the wrong sum nor reach into the budget of another month.
    """
    months = (SpendRow.month, SpendRow.booked_month)
    sums = [func.sum(case((column == month, SpendRow.amount), else_=0)) for column in months]
    statement = select(SpendRow.agent, *sums).where(or_(*(column == month for column in months)))
    rows = [
        (agent, cents(asked), cents(booked))
        for agent, asked, booked in connection.execute(statement.group_by(SpendRow.agent))
    ]
    team = max(sum((row[1] for row in rows), NOTHING), sum((row[2] for row in rows), NOTHING))
    return {agent: max(asked, booked) for agent, asked, booked in rows}, team
