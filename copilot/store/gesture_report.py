"""What gestures led to: repeat orders and the CSAT of later cases, beside those of customers who got none.

It counts; it does not prove. Who gets a gesture is no accident, so a difference may come from who they are. Each rate
has its interval of 95 % (Wilson), so that nobody reads much into few customers.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from copilot.store.budgets import NOTHING, cents
from copilot.store.database import read_transaction
from copilot.store.models import CaseRow, OrderRow, SpendRow

WINDOW = timedelta(days=60)
_IDS = 500
_Z = 1.959964  # 95 %


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a group of customers did within 60 days: who ordered again, and how they rated later cases."""

    customers: int
    reordered: int
    orders: int
    ratings: int
    csat: float | None

    def as_data(self) -> dict[str, Any]:
        """As JSON; rates and means of nobody are null."""
        low, high = _wilson(self.reordered, self.customers)
        rate = self.reordered / self.customers if self.customers else None
        return {
            "customers": self.customers,
            "repeat_customers": self.reordered,
            "repeat_orders": self.orders,
            "repeat_rate": None if rate is None else round(rate, 4),
            "repeat_rate_interval": None if rate is None else [round(low, 4), round(high, 4)],
            "ratings": self.ratings,
            "csat": None if self.csat is None else round(self.csat, 2),
        }


@dataclass(frozen=True, slots=True)
class GestureLine:
    """One gesture of a month: how often it stands, what it cost, and what its customers did."""

    gesture: str
    count: int
    reversed: int
    spend: Decimal
    currency: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class GestureReport:
    """A month. `complete` says whether everybody's 60 days are over."""

    month: str
    until: datetime
    complete: bool
    gestures: tuple[GestureLine, ...]
    given: Outcome
    none: Outcome

    def as_data(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "month": self.month,
            "window_days": WINDOW.days,
            "complete": self.complete,
            "watched_until": self.until.isoformat(),
            "gestures": [
                {
                    "gesture": line.gesture,
                    "count": line.count,
                    "reversed": line.reversed,
                    "spend": float(line.spend),
                    "currency": line.currency or None,
                    **line.outcome.as_data(),
                }
                for line in self.gestures
            ],
            "with_gesture": self.given.as_data(),
            "without_gesture": self.none.as_data(),
        }


class GestureReports:
    """Makes reports from the ledger and the shop's records."""

    def __init__(self, database: Engine, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def of(self, month: str) -> GestureReport:
        """The report on a month (YYYY-MM).

        A customer is watched for 60 days from their first gesture in the month that nobody took back. Those who got
        none are the customers who had a case resolved in the month, watched from that one.
        """
        start = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
        end = (start + timedelta(days=32)).replace(day=1)
        until = min(self._clock(), end + WINDOW)
        with read_transaction(self._database) as connection:
            spends = connection.execute(
                select(SpendRow.__table__).where(SpendRow.booked_month == month).order_by(SpendRow.id)
            ).all()
            back = {row.reverses for row in spends if row.reverses is not None}
            stand = [row for row in spends if row.reverses is None and row.id not in back]
            given: dict[str, datetime] = {}
            by_gesture: dict[tuple[str, str], dict[str, datetime]] = defaultdict(dict)
            for row in stand:
                if row.customer_id:
                    given.setdefault(row.customer_id, row.spent_at)
                    by_gesture[_named(row)].setdefault(row.customer_id, row.spent_at)
            seen = select(CaseRow.customer_id, func.min(CaseRow.resolved_at)).where(
                CaseRow.customer_id.is_not(None), CaseRow.resolved_at >= start, CaseRow.resolved_at < end
            )
            others = {
                customer: first
                for customer, first in connection.execute(seen.group_by(CaseRow.customer_id))
                if customer is not None and customer not in given
            }
            records = _Records.read(connection, given.keys() | others.keys(), start, until)
        lines = []
        for named in sorted({_named(row) for row in spends}):
            entries = [row for row in spends if _named(row) == named]
            lines.append(
                GestureLine(
                    named[0],
                    sum(_named(row) == named for row in stand),
                    sum(row.reverses is not None for row in entries),
                    sum((cents(row.amount) for row in entries), NOTHING),
                    named[1],
                    records.outcome(by_gesture[named]),
                )
            )
        complete = self._clock() >= end + WINDOW
        return GestureReport(month, until, complete, tuple(lines), records.outcome(given), records.outcome(others))


@dataclass(frozen=True, slots=True)
class _Records:
    """Orders and rated cases by customer, with their times."""

    orders: Mapping[str, list[datetime]]
    ratings: Mapping[str, list[tuple[datetime, int]]]

    @classmethod
    def read(cls, connection: Connection, customers: Iterable[str], start: datetime, until: datetime) -> _Records:
        orders: dict[str, list[datetime]] = defaultdict(list)
        ratings: dict[str, list[tuple[datetime, int]]] = defaultdict(list)
        csat = CaseRow.data[("outcome", "csat")].as_integer()
        ids = sorted(customers)
        for part in (ids[at : at + _IDS] for at in range(0, len(ids), _IDS)):
            bought = select(OrderRow.customer_id, OrderRow.created_at).where(
                OrderRow.customer_id.in_(part), OrderRow.created_at > start, OrderRow.created_at <= until
            )
            for customer, moment in connection.execute(bought):
                orders[customer or ""].append(moment)
            rated = select(CaseRow.customer_id, CaseRow.resolved_at, csat).where(
                CaseRow.customer_id.in_(part), CaseRow.resolved_at > start, CaseRow.resolved_at <= until
            )
            for customer, moment, score in connection.execute(rated):
                if score is not None:
                    ratings[customer or ""].append((moment, int(score)))
        return cls(orders, ratings)

    def outcome(self, since: Mapping[str, datetime]) -> Outcome:
        """What customers did in the 60 days after the moment that each is given with."""
        again = {c: sum(t < x <= t + WINDOW for x in self.orders.get(c, ())) for c, t in since.items()}
        scores = [s for c, t in since.items() for at, s in self.ratings.get(c, ()) if t < at <= t + WINDOW]
        return Outcome(
            len(since),
            sum(n > 0 for n in again.values()),
            sum(again.values()),
            len(scores),
            sum(scores) / len(scores) if scores else None,
        )


def _named(row: Any) -> tuple[str, str]:
    return row.gesture or row.delight_id, row.currency


def _wilson(hits: int, n: int) -> tuple[float, float]:
    """Wilson's interval of a rate (Wilson 1927): stays within 0 and 1 and holds for few."""
    if not n:
        return 0.0, 1.0
    rate, square = hits / n, _Z * _Z
    centre = (rate + square / (2 * n)) / (1 + square / n)
    half = _Z * math.sqrt(rate * (1 - rate) / n + square / (4 * n * n)) / (1 + square / n)
    return max(0.0, centre - half), min(1.0, centre + half)
