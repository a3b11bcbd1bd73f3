"""What became of the rules: what agents were shown because of them, what they did with it, and how it ended."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, func, select

from copilot.store.budgets import CENT
from copilot.store.database import read_transaction
from copilot.store.models import AnswerRow, CaseRow, FeedbackRow, SpendRow
from copilot.store.shop import IDS_PER_QUERY

USED = frozenset({"inserted", "copied", "edited", "sent", "accepted"})  # events by which an agent takes an offer up
_BATCH = 1000
_Key = tuple[str, str]  # an answer's request id and a suggestion's id


@dataclass(frozen=True, slots=True)
class Arm:
    """The tickets of one arm of a rule that is tried on a share, and how those that are resolved by now ended."""

    tickets: int = 0
    resolved: int = 0
    kept_revenue: Decimal = Decimal(0)
    csat: float | None = None

    def as_data(self) -> dict[str, Any]:
        """Plain data for JSON."""
        kept = float(self.kept_revenue)
        return {"tickets": self.tickets, "resolved": self.resolved, "kept_revenue": kept, "csat": self.csat}


@dataclass(frozen=True, slots=True)
class RuleMetrics:
    """One rule. Offers count once for each answer that held them; an offer of two rules counts for both.

    `tickets` are those on which it acted, `saved_revenue` is what was kept on those of them where an agent used one of
    its offers, `spend` what its gestures cost, less what was reversed. `treated` and `control` are there for a rule
    that is tried on a share of tickets: both count every ticket on which its conditions held, used or not, so that
    they can be compared.
    """

    fired: int = 0
    tickets: int = 0
    offered: int = 0
    shown: int = 0
    inserted: int = 0
    edited: int = 0
    dismissed: int = 0
    saved_revenue: Decimal = Decimal(0)
    spend: Decimal = Decimal(0)
    treated: Arm | None = None
    control: Arm | None = None

    def as_data(self) -> dict[str, Any]:
        """Plain data for JSON; the arms only where the rule has a control group."""
        data: dict[str, Any] = {
            name: getattr(self, name)
            for name in ("fired", "tickets", "offered", "shown", "inserted", "edited", "dismissed")
        }
        data |= {"saved_revenue": float(self.saved_revenue), "spend": float(self.spend)}
        if self.treated is not None and self.control is not None:
            data |= {"treated": self.treated.as_data(), "control": self.control.as_data()}
        return data


@dataclass
class _Seen:
    """What is collected of one rule."""

    fired: int = 0
    offers: set[_Key] = field(default_factory=set)
    tickets: dict[str, set[str]] = field(default_factory=lambda: {"treated": set(), "control": set()})
    drawn: bool = False
    ticket_of: dict[_Key, str] = field(default_factory=dict)


class RememberedMetrics:
    """`rule_metrics` for a page that is looked at often: counted anew when what is known is a minute old.

    A hundred thousand answers take about three seconds.
    """

    def __init__(self, database: Engine, clock: Callable[[], datetime], age: timedelta = timedelta(minutes=1)) -> None:
        self._database, self._clock, self._age = database, clock, age
        self._counting = threading.Lock()
        self._known: tuple[datetime, datetime, dict[str, RuleMetrics]] | None = None

    def __call__(self, since: datetime) -> dict[str, RuleMetrics]:
        """As `rule_metrics`, of a moment ago at most `age` before."""
        with self._counting:  # who comes meanwhile waits, and counts nothing
            now, known = self._clock(), self._known
            if known is None or now - known[0] >= self._age or not timedelta(0) <= since - known[1] < self._age:
                known = self._known = now, since, rule_metrics(self._database, since)
            return known[2]


def rule_metrics(database: Engine, since: datetime) -> dict[str, RuleMetrics]:
    """Each rule (FILE.yaml#RULE) that held for a ticket since a moment, by name.

    Only what was answered since counts, with what became of it to this day.
    """
    with read_transaction(database) as connection:
        seen = _seen(connection.execution_options(yield_per=_BATCH).execute(_answers(since)))
        wanted = {key for rule in seen.values() for key in rule.offers}
        events: defaultdict[_Key, set[str]] = defaultdict(set)
        told = select(FeedbackRow.request_id, FeedbackRow.suggestion_id, FeedbackRow.event)
        for request, suggestion, event in connection.execute(told.where(FeedbackRow.received_at >= since)):
            if (request, suggestion) in wanted:
                events[request, suggestion].add(event)
        sums = select(SpendRow.request_id, SpendRow.delight_id, func.sum(SpendRow.amount))
        sums = sums.where(SpendRow.spent_at >= since, SpendRow.request_id.is_not(None)).group_by(
            SpendRow.request_id, SpendRow.delight_id
        )
        spent = {(str(row[0]), str(row[1])): Decimal(str(row[2])) for row in connection.execute(sums)}
        tickets = {ticket for rule in seen.values() for arm in rule.tickets.values() for ticket in arm}
        outcomes: dict[str, dict[str, Any]] = {}
        for some in _pieces(sorted(tickets)):
            ended = select(CaseRow.id, CaseRow.data["outcome"].label("outcome")).where(CaseRow.id.in_(some))
            outcomes |= {row.id: row.outcome or {} for row in connection.execute(ended)}
    return {name: _measured(seen[name], events, spent, outcomes) for name in sorted(seen)}


def _answers(since: datetime) -> Any:
    asked = select(AnswerRow.request_id, AnswerRow.ticket_id, AnswerRow.suggestions)
    return asked.where(AnswerRow.created_at >= since)


def _seen(rows: Iterable[Any]) -> dict[str, _Seen]:
    found: defaultdict[str, _Seen] = defaultdict(_Seen)
    for request, ticket, offers in rows:
        for offer in offers:
            if offer["section"] == "rules":
                rule = found[offer["id"]]
                rule.fired += 1
                rule.tickets[offer["kind"]].add(ticket or request)
                rule.drawn |= offer["propensity"] < 1
            for name in offer.get("rules", ()):
                key = request, offer["id"]
                found[name].offers.add(key)
                found[name].ticket_of[key] = ticket or request
    return dict(found)


def _measured(
    seen: _Seen,
    events: dict[_Key, set[str]],
    spent: dict[_Key, Decimal],
    outcomes: dict[str, dict[str, Any]],
) -> RuleMetrics:
    done = {key: events.get(key, set()) for key in seen.offers}

    def count(*wanted: str) -> int:
        return sum(bool(found & set(wanted)) for found in done.values())

    kept = {seen.ticket_of[key] for key, found in done.items() if found & USED}
    arms = {name: _arm(tickets, outcomes) for name, tickets in seen.tickets.items()} if seen.drawn else {}
    return RuleMetrics(
        fired=seen.fired,
        tickets=len(seen.tickets["treated"]),
        offered=len(seen.offers),
        shown=sum(bool(found) for found in done.values()),  # whatever was done with it, it had been seen
        inserted=count("inserted", "copied"),
        edited=count("edited"),
        dismissed=count("dismissed", "declined"),
        saved_revenue=_kept(kept, outcomes),
        spend=sum((spent.get(key, Decimal(0)) for key in seen.offers), Decimal(0)).quantize(CENT),
        treated=arms.get("treated"),
        control=arms.get("control"),
    )


def _arm(tickets: set[str], outcomes: dict[str, dict[str, Any]]) -> Arm:
    ended = [outcomes[ticket] for ticket in sorted(tickets) if ticket in outcomes]
    ratings = [outcome["csat"] for outcome in ended if outcome.get("csat") is not None]
    csat = round(sum(ratings) / len(ratings), 2) if ratings else None
    return Arm(len(tickets), len(ended), _kept(tickets, outcomes), csat)


def _kept(tickets: set[str], outcomes: dict[str, dict[str, Any]]) -> Decimal:
    kept = (outcomes.get(ticket, {}).get("kept_revenue") for ticket in tickets)
    return sum((Decimal(str(amount)) for amount in kept if amount is not None), Decimal(0)).quantize(CENT)


def _pieces(ids: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), IDS_PER_QUERY):
        yield ids[start : start + IDS_PER_QUERY]
