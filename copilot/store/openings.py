"""The records around many resolved tickets at once: what a replay reads instead of three queries a ticket."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from sqlalchemy import BindParameter, Engine, bindparam, func, select

from copilot.store.coding import decode_case, decode_customer, decode_order
from copilot.store.models import CaseRow, CustomerRow, OrderRow
from copilot.store.shop import IDS_PER_QUERY, ShopStore
from recommenders.domain import Case, Customer, Order

_IDS: BindParameter[Sequence[str]] = bindparam("ids", expanding=True)
_CUSTOMERS = select(CustomerRow.data).where(CustomerRow.id.in_(_IDS))
_ORDERS = (
    select(OrderRow.customer_id, OrderRow.data)
    .where(OrderRow.customer_id.in_(_IDS))
    .order_by(OrderRow.created_at.desc(), OrderRow.id)
)
_THEIR_CASES = (
    select(CaseRow.customer_id, CaseRow.data)
    .where(CaseRow.customer_id.in_(_IDS))
    .order_by(CaseRow.resolved_at.desc(), CaseRow.id)
)


class Openings(ShopStore):
    """A shop whose customers are fetched many at a time. Not for threads: it holds what it fetched last.

    Asked for a customer that was not fetched it knows nobody.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._customers: dict[str, Customer] = {}
        self._orders: dict[str, tuple[Order, ...]] = {}
        self._cases: dict[str, tuple[Case, ...]] = {}

    def case_ids(self, newest: int | None = None) -> list[str]:
        """The ids of all cases, or of those resolved last; those of one customer stand together."""
        asked = select(CaseRow.id, CaseRow.customer_id)
        if newest is not None:
            asked = asked.order_by(CaseRow.resolved_at.desc(), CaseRow.id).limit(newest)
        with self._engine.connect() as connection:
            rows = connection.execute(asked).all()
        return [row.id for row in sorted(rows, key=lambda row: (row.customer_id or "", row.id))]

    def period(self) -> tuple[date, date]:
        """The days of the first and of the last ticket that was resolved; today without any."""
        asked = select(func.min(CaseRow.resolved_at), func.max(CaseRow.resolved_at))
        with self._engine.connect() as connection:
            first, last = connection.execute(asked).one()
        today = datetime.now(UTC)
        return (first or today).date(), (last or today).date()

    def fetch(self, customers: Iterable[str]) -> None:
        """Reads everything of these customers, and forgets the others."""
        wanted = list(dict.fromkeys(customers))
        new = [id for id in wanted if id not in self._orders]
        found: dict[str, Customer] = {}
        orders: defaultdict[str, list[Order]] = defaultdict(list)
        cases: defaultdict[str, list[Case]] = defaultdict(list)
        with self._engine.connect() as connection:
            for start in range(0, len(new), IDS_PER_QUERY):
                some = {"ids": new[start : start + IDS_PER_QUERY]}
                for data in connection.scalars(_CUSTOMERS, some):
                    found[data["id"]] = decode_customer(data)
                for id, data in connection.execute(_ORDERS, some):
                    orders[id].append(decode_order(data))
                for id, data in connection.execute(_THEIR_CASES, some):
                    cases[id].append(decode_case(data))
        self._customers = {id: known for id in wanted if (known := self._customers.get(id) or found.get(id))}
        self._orders = {id: self._orders.get(id, tuple(orders[id])) for id in wanted}
        self._cases = {id: self._cases.get(id, tuple(cases[id])) for id in wanted}

    def customer(self, id: str | None = None, email: str | None = None) -> Customer | None:  # noqa: ARG002
        """By id."""
        return self._customers.get(id or "")

    def orders_of(self, customer_id: str, limit: int = 200) -> tuple[Order, ...]:
        """A customer's orders, newest first."""
        return self._orders.get(customer_id, ())[:limit]

    def cases_of(self, customer_id: str, before: datetime, limit: int = 50) -> tuple[Case, ...]:
        """A customer's cases that were resolved before a moment, newest first."""
        found: Sequence[Case] = self._cases.get(customer_id, ())
        return tuple(case for case in found if case.resolved_at < before)[:limit]
