"""What gestures led to, worked out by hand on a few customers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from copilot.store.database import open_database, write_transaction
from copilot.store.gesture_report import GestureReports
from copilot.store.models import CaseRow, OrderRow, SpendRow
from tests.store.ledgers import NOW, entry

DAY = timedelta(days=1)
LATER = datetime(2026, 8, 1, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Engine:
    return open_database(tmp_path)


def spends(database: Engine, *rows: dict[str, Any]) -> None:
    with write_transaction(database) as connection:
        for number, row in enumerate(rows, 1):
            connection.execute(insert(SpendRow).values(**entry(f"k-{number}", **row)))


def orders(database: Engine, *placed: tuple[str, datetime]) -> None:
    rows = [
        {"id": f"o-{n}", "name_key": str(n), "customer_id": who, "created_at": at, "digest": "", "data": {}}
        for n, (who, at) in enumerate(placed)
    ]
    with write_transaction(database) as connection:
        connection.execute(insert(OrderRow), rows)


def cases(database: Engine, *resolved: tuple[str | None, datetime, int | None]) -> None:
    rows = [
        {
            "id": f"t-{n}", "customer_id": who, "resolved_at": at, "revision": 1, "text_hash": "", "index_text": "",
            "digest": "", "data": {"outcome": {"csat": csat}} if csat != 0 else {"outcome": None},
        }
        for n, (who, at, csat) in enumerate(resolved)
    ]  # fmt: skip
    with write_transaction(database) as connection:
        connection.execute(insert(CaseRow), rows)


def report(database: Engine, month: str = "2026-03", now: datetime = LATER) -> dict[str, Any]:
    return GestureReports(database, lambda: now).of(month).as_data()


def test_each_gesture_beside_those_who_got_none(database: Engine) -> None:
    spends(
        database,
        {"customer_id": "a", "gesture": "Card"},
        {"customer_id": "b", "gesture": "Card", "spent_at": NOW + DAY},
        {"customer_id": "c", "gesture": "Candle", "amount": Decimal("6.50")},
        {"customer_id": "d", "gesture": "Candle", "amount": Decimal("6.50")},  # 4: taken back
        {"customer_id": "d", "gesture": "Candle", "amount": Decimal("-6.50"), "reverses": 4},
        {"customer_id": None, "gesture": "Card"},  # nobody known
        {"customer_id": "e", "gesture": "Card", "month": "2026-02", "booked_month": "2026-02"},
    )
    orders(
        database,
        ("a", NOW - DAY),  # before
        ("a", NOW + DAY), ("a", NOW + 60 * DAY),  # both within
        ("b", NOW + 61 * DAY),  # to the second within 60 days of the second gesture
        ("c", NOW + 61 * DAY),  # too late
        ("d", NOW + 3 * DAY), ("e", NOW + 30 * DAY), ("x", NOW + 5 * DAY),
    )  # fmt: skip
    cases(
        database,
        ("a", NOW, None),
        ("a", NOW + 10 * DAY, 5),
        ("b", NOW + 10 * DAY, 4),
        ("c", NOW + 10 * DAY, 0),  # without an outcome
        ("d", NOW + 1 * DAY, 2),
        ("d", NOW + 2 * DAY, 3),
        ("x", NOW, 1),  # what begins the watch is not a later case
        ("x", NOW + 70 * DAY, 5),  # too late
        ("y", NOW + DAY, 1),
        (None, NOW, 1),
        ("z", datetime(2026, 2, 28, tzinfo=UTC), 1),  # had no case in March
    )
    found = report(database)
    assert (found["month"], found["window_days"], found["complete"]) == ("2026-03", 60, True)
    candle, card = found["gestures"]
    assert {k: candle[k] for k in ("gesture", "count", "reversed", "spend", "customers", "repeat_customers")} == {
        "gesture": "Candle", "count": 1, "reversed": 1, "spend": 6.5, "customers": 1, "repeat_customers": 0,
    }  # fmt: skip
    assert {k: card[k] for k in ("count", "spend", "customers", "repeat_customers", "repeat_orders", "csat")} == {
        "count": 3, "spend": 12.0, "customers": 2, "repeat_customers": 2, "repeat_orders": 3, "csat": 4.5,
    }  # fmt: skip
    given, none = found["with_gesture"], found["without_gesture"]
    assert (given["customers"], given["repeat_rate"], given["csat"]) == (3, 0.6667, 4.5)
    assert given["repeat_rate_interval"] == [0.2077, 0.9385], "Wilson, 2 of 3"
    assert (none["customers"], none["repeat_customers"], none["repeat_rate"]) == (3, 2, 0.6667), "d, x and y"
    assert (none["ratings"], none["csat"]) == (1, 3.0), "the second case of d"


def test_a_month_without_anything(database: Engine) -> None:
    found = report(database)
    assert found["gestures"] == []
    for group in ("with_gesture", "without_gesture"):
        assert found[group] == {
            "customers": 0, "repeat_customers": 0, "repeat_orders": 0, "repeat_rate": None,
            "repeat_rate_interval": None, "ratings": 0, "csat": None,
        }  # fmt: skip


@pytest.mark.parametrize(
    ("now", "complete", "until"),
    [
        (NOW, False, NOW),
        (datetime(2026, 5, 30, 23, 59, tzinfo=UTC), False, datetime(2026, 5, 30, 23, 59, tzinfo=UTC)),
        (datetime(2026, 5, 31, tzinfo=UTC), True, datetime(2026, 5, 31, tzinfo=UTC)),
        (LATER, True, datetime(2026, 5, 31, tzinfo=UTC)),
    ],
)
def test_it_says_whether_the_window_is_over(database: Engine, now: datetime, complete: bool, until: datetime) -> None:
    found = report(database, now=now)
    assert (found["complete"], found["watched_until"]) == (complete, until.isoformat())


def test_what_lies_in_the_future_of_the_clock_is_not_counted(database: Engine) -> None:
    spends(database, {"customer_id": "a", "gesture": "Card"})
    orders(database, ("a", NOW + 3 * DAY))
    assert report(database, now=NOW + DAY)["with_gesture"]["repeat_customers"] == 0
    assert report(database, now=NOW + 3 * DAY)["with_gesture"]["repeat_customers"] == 1


def test_december_has_an_end(database: Engine) -> None:
    assert report(database, "2025-12")["watched_until"] == "2026-03-02T00:00:00+00:00"


def test_many_customers_are_read_in_parts(database: Engine) -> None:
    cases(database, *((f"c-{n}", NOW, 5) for n in range(1201)))
    orders(database, *((f"c-{n}", NOW + DAY) for n in range(0, 1201, 2)))
    found = report(database)["without_gesture"]
    assert (found["customers"], found["repeat_customers"]) == (1201, 601)
