"""`/v1/spends` and `/v1/budgets`: within every limit, once, reversible, exported and reported."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import insert, select
from werkzeug.test import TestResponse

from copilot import create_app
from copilot.ledger_csv import COLUMNS, harmless
from copilot.settings import Settings
from copilot.store.budgets import Limits
from copilot.store.database import open_database, write_transaction
from copilot.store.models import FeedbackRow, SpendRow
from copilot.store.spending import Spending, SpendOrder
from copilot.store.tokens import Token, TokenStore
from tests.api.conftest import NOW, TICKET, error_of
from tests.api.fake_engine import SUGGESTION, FakeEngine


class Shop:
    """The service with a clock that can be set, and a token of each role."""

    def __init__(self, folder: Path, engine: FakeEngine | None = None, **settings: Any) -> None:
        self.now = NOW
        self.database = open_database(folder)
        chosen = Settings(data=folder, **{"agent_monthly_budget": Decimal(30), "currency": "EUR", **settings})
        self.app = create_app(chosen, engine=engine or FakeEngine(), clock=lambda: self.now, database=self.database)
        self.client = self.app.test_client()
        tokens = TokenStore(self.database)
        self.tokens = {
            name: tokens.create(role, name) for name, role in (("Kim", "agent"), ("Tom", "agent"), ("Lea", "lead"))
        }

    def close(self) -> None:
        self.app.extensions["copilot"]["close"]()

    def post(self, path: str, body: Any, who: str = "Kim") -> TestResponse:
        return self.client.post(path, json=body, headers={"Authorization": f"Bearer {self.tokens[who]}"})

    def get(self, path: str, who: str = "Kim") -> TestResponse:
        return self.client.get(path, headers={"Authorization": f"Bearer {self.tokens[who]}"})

    def ask(self, who: str = "Kim", **more: Any) -> str:
        of: str = self.post("/v1/suggestions", {**TICKET, **more}, who).json["request_id"]
        return of

    def spend(self, of: str, key: str = "", who: str = "Kim", **more: Any) -> TestResponse:
        body = {"request_id": of, "delight_id": "g-1", "idempotency_key": key or f"{of}/spend", **more}
        return self.post("/v1/spends", body, who)

    def reverse(self, spend_id: int, key: str = "undo", who: str = "Kim", reason: str = "Sold out") -> TestResponse:
        return self.post(f"/v1/spends/{spend_id}/reversal", {"reason": reason, "idempotency_key": key}, who)

    def remaining(self, who: str = "Kim") -> list[float]:
        return [level["remaining"] for level in self.get("/v1/budgets", who).json["budgets"]]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.close()


def rows(database: Database, model: type[Any] = SpendRow) -> list[Any]:
    with database.connect() as connection:
        return list(connection.execute(select(model.__table__).order_by(*model.__table__.primary_key)))


# ---------------------------------------------------------------- spending


def test_a_spend_is_one_entry_and_says_what_is_left(shop: Shop) -> None:
    response = shop.spend(shop.ask())
    assert response.status_code == 201
    assert response.json == {
        "spend_id": 1,
        "amount": 12.5,
        "currency": "EUR",
        "reversible_until": (NOW + timedelta(days=1)).isoformat(),
        "remaining": [{"scope": "agent:Kim", "remaining": 17.5}, {"scope": "team", "remaining": 237.5}],
        "warning": None,
    }
    [entry] = rows(shop.database)
    assert (entry.agent, entry.amount, entry.month, entry.booked_month, entry.spent_at, entry.customer_id) == (
        "kim", Decimal("12.50"), "2026-03", "2026-03", NOW, "c-1",
    )  # fmt: skip
    assert (entry.gesture, entry.delight_id, entry.booked_by, entry.reverses) == ("Card", "g-1", "Kim", None)
    [event] = rows(shop.database, FeedbackRow)
    assert (event.event, event.suggestion_id) == ("accepted", "g-1"), "whoever learns from feedback finds it there"


def test_the_same_key_has_the_same_answer_whatever_happened_since(shop: Shop) -> None:
    of = shop.ask()
    first = shop.spend(of)
    shop.spend(shop.ask())
    again = shop.spend(of)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert shop.spend(of, amount=12.5).json["error"]["code"] == "idempotency_conflict", "another body"
    error_of(shop.spend(shop.ask(), key=f"{of}/spend"), 409, "idempotency_conflict")
    assert len(rows(shop.database)) == 2


def test_a_delight_is_spent_once_whatever_the_key(shop: Shop) -> None:
    of = shop.ask()
    first = shop.spend(of, "a")
    assert shop.spend(of, "b").json == first.json
    assert shop.spend(of, "c", amount=12.5).status_code == 200
    error = error_of(shop.spend(of, "d", amount=4), 409, "already_spent")
    assert error["details"] == [{"path": "amount", "message": "12.50 EUR is booked already"}]
    assert len(rows(shop.database)) == 1


def test_a_spend_and_feedback_on_the_same_delight_count_once(shop: Shop) -> None:
    accepted = {"suggestion_id": "g-1", "event": "accepted"}
    of = shop.ask()
    shop.spend(of)
    assert shop.post("/v1/feedback", {**accepted, "request_id": of, "idempotency_key": "f-1"}).status_code == 202
    other = shop.ask()
    assert shop.post("/v1/feedback", {**accepted, "request_id": other, "idempotency_key": "f-2"}).status_code == 202
    told = shop.spend(other)
    assert (told.status_code, told.json["spend_id"], told.json["amount"]) == (200, 2, 12.5)
    assert told.json["remaining"][0]["remaining"] == 5.0
    assert [entry.amount for entry in rows(shop.database)] == [Decimal("12.50")] * 2


def test_less_than_the_cost_may_be_spent_but_not_more(shop: Shop) -> None:
    error = error_of(shop.spend(shop.ask(), amount=12.51), 422, "invalid_request")
    assert error["details"] == [{"path": "amount", "message": "must be at most 12.50, as the delight was offered"}]
    assert shop.spend(shop.ask(), amount=0.01).json["amount"] == 0.01
    assert rows(shop.database)[0].amount == Decimal("0.01")


def test_a_playbook_may_allow_more_than_the_cost(shop: Shop) -> None:
    of = shop.ask()
    budgets = shop.app.extensions["copilot"]["budgets"]
    budgets.limits = replace(budgets.limits, up_to={"g-1": Decimal(20)})
    error_of(shop.spend(of, amount=20.01), 422, "invalid_request")
    assert shop.spend(of, amount=20).status_code == 201


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (0, "more than 0"), (-4, "more than 0"), (1.005, "two decimals"), ("4", "must be a number"),
        (True, "must be a number"), (1e300, "at most 1000000"), (1e-9, "two decimals"),
    ],
)  # fmt: skip
def test_amounts_that_are_none(shop: Shop, amount: Any, said: str) -> None:
    error = error_of(shop.spend("r", amount=amount), 422, "invalid_request")
    assert [d["path"] for d in error["details"]] == ["amount"]
    assert said in error["details"][0]["message"]


def test_what_was_not_offered_cannot_be_spent(shop: Shop) -> None:
    of = shop.ask()
    error_of(shop.spend("nobody"), 404, "not_found")
    error_of(shop.spend(of, delight_id="g-9"), 404, "not_found")
    error_of(shop.spend(of, delight_id="s-1"), 404, "not_found")
    error = error_of(shop.spend(of, delight_id="g-2"), 422, "invalid_request")
    assert error["details"][0]["path"] == "delight_id", "it costs nothing"
    assert rows(shop.database) == []


def test_the_limit_of_the_agent(shop: Shop) -> None:
    for _ in range(2):
        assert shop.spend(shop.ask()).status_code == 201
    of = shop.ask()
    error = error_of(shop.spend(of), 409, "budget_exhausted")
    assert error["details"] == [{"path": "delight_id", "message": "agent:Kim: 5.00 remains, 12.50 is needed"}]
    assert shop.spend(of, amount=5).status_code == 201, "the key that was refused may be used again"
    assert shop.remaining() == [0.0, 220.0]
    assert shop.spend(shop.ask("Tom"), who="Tom").status_code == 201
    assert len(rows(shop.database, FeedbackRow)) == 4, "what was refused left nothing"


def test_the_limit_of_the_team(tmp_path: Path) -> None:
    shop = Shop(tmp_path, team_monthly_budget=Decimal(20))
    assert shop.spend(shop.ask()).status_code == 201
    error = error_of(shop.spend(shop.ask("Tom"), who="Tom"), 409, "budget_exhausted")
    assert error["details"] == [{"path": "delight_id", "message": "team: 7.50 remains, 12.50 is needed"}]
    shop.close()


def test_whose_answer_it_is_pays(shop: Shop) -> None:
    of = shop.ask(agent={"id": "Maria"})
    assert shop.spend(of).json["remaining"][0] == {"scope": "agent:Maria", "remaining": 17.5}
    [entry] = rows(shop.database)
    assert (entry.agent, entry.booked_by) == ("maria", "Kim")


def test_a_month_ends_in_utc(shop: Shop) -> None:
    shop.now = datetime(2026, 3, 31, 23, 59, 59, tzinfo=UTC)
    for _ in range(2):
        shop.spend(shop.ask())
    assert shop.remaining() == [5.0, 225.0]
    late = shop.ask()
    shop.now = datetime(2026, 4, 1, tzinfo=UTC)
    assert shop.remaining() == [30.0, 250.0]
    error_of(shop.spend(late), 409, "budget_exhausted")  # the answer is of March
    assert shop.spend(shop.ask()).status_code == 201


def test_another_process_may_just_have_answered(shop: Shop) -> None:
    """The answers log is written a moment after the answer: it is looked for again."""

    class Late:
        looks = 0

        def find(self, request_id: str) -> Any:
            self.looks += 1
            return None if self.looks < 3 else answers.find(request_id)

    answers = shop.app.extensions["copilot"]["answers"]
    of = shop.ask()
    answers.flush()
    budgets, late = shop.app.extensions["copilot"]["budgets"], Late()
    spending = Spending(shop.database, late, budgets, lambda: NOW)  # type: ignore[arg-type]
    receipt = spending.spend(SpendOrder(of, "g-1", "k"), Token(1, "agent", "Kim", NOW))
    assert receipt.made
    assert late.looks == 3


def test_a_key_that_feedback_has_taken(shop: Shop) -> None:
    taken = {"request_id": "r", "suggestion_id": "s", "event": "shown", "idempotency_key": "spend:k"}
    assert shop.post("/v1/feedback", taken).status_code == 202
    error_of(shop.spend(shop.ask(), "k"), 409, "idempotency_conflict")
    assert rows(shop.database) == []


# ---------------------------------------------------------------- the limit of a customer


@pytest.mark.parametrize(
    ("days", "amount", "then", "after_days"),
    [
        (30, 0, "customer: 0.00 remains in 30 days, 12.50 is needed", 30),
        (0, 20, "customer: 7.50 remains this month, 12.50 is needed", 30),  # 1 April
        (10, 20, "customer: 7.50 remains in 10 days, 12.50 is needed", 10),
    ],
)
def test_a_customer_has_a_pause(tmp_path: Path, days: int, amount: int, then: str, after_days: int) -> None:
    shop = Shop(
        tmp_path, customer_cooldown_days=days, customer_budget=Decimal(amount), agent_monthly_budget=Decimal(90)
    )
    first = shop.spend(shop.ask()).json
    error = error_of(shop.spend(shop.ask("Tom"), who="Tom"), 409, "customer_limit")
    assert error["details"] == [{"path": "delight_id", "message": then}]
    shop.now += timedelta(days=after_days, seconds=-1)
    if days:
        error_of(shop.spend(shop.ask()), 409, "customer_limit")
    shop.now += timedelta(seconds=1)
    assert shop.spend(shop.ask()).status_code == 201
    assert shop.reverse(first["spend_id"], who="Lea").status_code == 201
    shop.close()


def test_what_was_reversed_does_not_hold_a_customer_back(tmp_path: Path) -> None:
    shop = Shop(tmp_path, customer_cooldown_days=30)
    budgets = shop.app.extensions["copilot"]["budgets"]
    first = shop.spend(shop.ask()).json["spend_id"]
    assert [(b.scope, b.remaining) for b in budgets.remaining("Kim", NOW, "c-1")][2:] == [("customer", 0.0)]
    assert len(budgets.remaining("Kim", NOW, "c-2")) == 2, "nothing limits what somebody else gets first"
    assert len(budgets.remaining("Kim", NOW)) == 2
    shop.reverse(first)
    assert shop.spend(shop.ask()).status_code == 201
    shop.close()


def test_feedback_keeps_to_the_limit_of_a_customer_too(tmp_path: Path) -> None:
    shop = Shop(tmp_path, customer_cooldown_days=30)
    shop.spend(shop.ask())
    body = {"request_id": shop.ask(), "suggestion_id": "g-1", "event": "sent", "idempotency_key": "f"}
    error_of(shop.post("/v1/feedback", body), 409, "customer_limit")
    assert len(rows(shop.database, FeedbackRow)) == 1
    shop.close()


def test_a_customer_that_nobody_knows_has_no_limit(tmp_path: Path) -> None:
    nobody = replace(SUGGESTION, customer=replace(SUGGESTION.customer, id=None))
    shop = Shop(tmp_path, FakeEngine(nobody), customer_cooldown_days=30)
    assert [shop.spend(shop.ask()).status_code for _ in range(2)] == [201, 201]
    shop.close()


# ---------------------------------------------------------------- reversals


def test_a_reversal_is_an_entry_of_its_own(shop: Shop) -> None:
    made = shop.spend(shop.ask()).json["spend_id"]
    before = rows(shop.database)
    response = shop.reverse(made)
    assert response.status_code == 201
    assert response.json == {
        "spend_id": 2,
        "reverses": 1,
        "amount": -12.5,
        "currency": "EUR",
        "remaining": [{"scope": "agent:kim", "remaining": 30.0}, {"scope": "team", "remaining": 250.0}],
        "warning": None,
    }
    assert rows(shop.database)[0] == before[0]
    entry = rows(shop.database)[1]
    assert (entry.amount, entry.reverses, entry.reason, entry.agent) == (Decimal("-12.50"), 1, "Sold out", "kim")
    assert shop.remaining() == [30.0, 250.0]


def test_a_reversal_is_made_once(shop: Shop) -> None:
    made = shop.spend(shop.ask()).json["spend_id"]
    first = shop.reverse(made)
    again = shop.reverse(made)
    assert (again.status_code, again.json) == (200, first.json)
    error_of(shop.reverse(made, reason="other"), 409, "idempotency_conflict")
    error_of(shop.reverse(made, key="undo-2"), 409, "not_reversible")
    error_of(shop.reverse(first.json["spend_id"], key="undo-3"), 409, "not_reversible")
    error_of(shop.reverse(77, key="undo-4"), 404, "not_found")
    error_of(shop.post("/v1/spends/x/reversal", {"reason": "r", "idempotency_key": "k"}), 404, "not_found")
    error_of(shop.reverse(made, key="k", reason=""), 422, "invalid_request")
    assert len(rows(shop.database)) == 2


def test_who_may_reverse_and_until_when(shop: Shop) -> None:
    made = [shop.spend(shop.ask()).json["spend_id"] for _ in range(2)]
    shop.now += timedelta(days=1)
    error_of(shop.reverse(made[0], "t", who="Tom"), 403, "forbidden")
    assert shop.reverse(made[0], "a").status_code == 201, "to the second"
    shop.now += timedelta(seconds=1)
    error_of(shop.reverse(made[1], "b"), 403, "forbidden")
    shop.now += timedelta(days=200)
    assert shop.reverse(made[1], "c", who="Lea").status_code == 201


def test_a_reversal_in_another_month_gives_that_month_nothing(shop: Shop) -> None:
    made = shop.spend(shop.ask()).json["spend_id"]
    shop.now = datetime(2026, 4, 1, tzinfo=UTC)
    assert shop.reverse(made, who="Lea").json["remaining"][0]["remaining"] == 30.0
    assert shop.remaining() == [30.0, 250.0]
    for _ in range(2):
        assert shop.spend(shop.ask()).status_code == 201
    error_of(shop.spend(shop.ask()), 409, "budget_exhausted")


def test_after_a_reversal_it_can_be_spent_again_but_late_feedback_does_not(shop: Shop) -> None:
    of = shop.ask()
    shop.reverse(shop.spend(of).json["spend_id"])
    late = {"request_id": of, "suggestion_id": "g-1", "event": "accepted", "idempotency_key": "late"}
    assert shop.post("/v1/feedback", late).status_code == 202
    assert shop.remaining() == [30.0, 250.0]
    assert shop.spend(of, "again").status_code == 201
    assert [entry.amount for entry in rows(shop.database)] == [Decimal("12.50"), Decimal("-12.50"), Decimal("12.50")]


# ---------------------------------------------------------------- what is left


def test_budgets_say_what_is_left_and_leads_see_everybody(shop: Shop) -> None:
    shop.spend(shop.ask())
    shop.spend(shop.ask("Tom"), who="Tom")
    answer = shop.get("/v1/budgets").json
    assert answer == {
        "month": "2026-03",
        "currency": "EUR",
        "budgets": [
            {"scope": "agent:Kim", "limit": 30.0, "spent": 12.5, "remaining": 17.5, "warning": None},
            {"scope": "team", "limit": 250.0, "spent": 25.0, "remaining": 225.0, "warning": None},
        ],
        "warning": None,
        "customer": {"days": None, "amount": None},
        "agents": None,
    }
    assert shop.get("/v1/budgets?agent=tom").json["budgets"][0]["spent"] == 12.5
    agents = shop.get("/v1/budgets", "Lea").json["agents"]
    assert [(level["scope"], level["spent"]) for level in agents] == [("agent:kim", 12.5), ("agent:tom", 12.5)]


@pytest.mark.parametrize(
    ("amounts", "warning"),
    [
        ((12, 11.99), None),
        ((12, 12), {"scope": "agent:Kim", "level": "near", "percent": 80,
                    "text": "80 % of agent:Kim is spent, 6.00 is left this month."}),
        ((12, 12, 5.99), {"scope": "agent:Kim", "level": "near", "percent": 99,
                          "text": "99 % of agent:Kim is spent, 0.01 is left this month."}),
        ((12, 12, 6), {"scope": "agent:Kim", "level": "spent", "percent": 100,
                       "text": "100 % of agent:Kim is spent, 0.00 is left this month."}),
    ],
)  # fmt: skip
def test_whoever_comes_near_a_limit_is_told(shop: Shop, amounts: tuple[float, ...], warning: Any) -> None:
    for amount in amounts:
        last = shop.spend(shop.ask(), amount=amount)
    assert last.json["warning"] == warning
    assert shop.get("/v1/budgets").json["warning"] == warning


def test_a_limit_that_is_crossed_is_logged_once(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    for amount in (12, 12, 1):
        shop.spend(shop.ask(), amount=amount)
    said = [record.getMessage() for record in caplog.records if record.name == "copilot.store.spending"]
    assert said == ["budget agent:Kim of 2026-03: 24.00 of 30.00 is spent"]


def test_a_limit_that_was_lowered_leaves_nothing_and_says_so(shop: Shop) -> None:
    shop.spend(shop.ask())
    shop.app.extensions["copilot"]["budgets"].limits = Limits(Decimal(5), Decimal(0))
    answer = shop.get("/v1/budgets").json
    assert [(level["remaining"], level["warning"]) for level in answer["budgets"]] == [(0.0, "spent"), (0.0, "spent")]


# ---------------------------------------------------------------- the export


def table(response: TestResponse) -> list[dict[str, str]]:
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(response.get_data().decode("utf-8-sig"))))


def test_the_ledger_as_csv(shop: Shop) -> None:
    shop.reverse(shop.spend(shop.ask()).json["spend_id"])
    response = shop.get("/v1/spends.csv?month=2026-03", "Lea")
    assert response.headers["Content-Disposition"] == 'attachment; filename="spends-2026-03.csv"'
    first, second = table(response)
    assert tuple(first) == COLUMNS
    assert (first["spend_id"], first["spent_at"], first["amount"]) == ("1", "2026-03-02T09:20:00+00:00", "12.50")
    assert (second["amount"], second["reverses"], second["reason"]) == ("-12.50", "1", "Sold out")
    assert table(shop.get("/v1/spends.csv", "Lea")) == [first, second], "without a month the current one"
    assert table(shop.get("/v1/spends.csv?month=2026-02", "Lea")) == []


@pytest.mark.parametrize("path", ["/v1/spends.csv", "/v1/budgets/report"])
def test_what_is_for_leads(shop: Shop, path: str) -> None:
    error_of(shop.get(path), 403, "forbidden")
    for month in ("2026-13", "2026-3", "x", "", "2026-03 ", "٢٠٢٦-٠٣", "0001-01"):
        error = error_of(shop.get(f"{path}?month={month}", "Lea"), 422, "invalid_request")
        assert error["details"][0]["path"] == "month"


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("Maria", "Maria"),
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+49 30", "'+49 30"),
        ("-1+1", "'-1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1", "  '=1"),
        ("\t=1", " '=1"),
        ("a\r\n=1", "a =1"),
        ("\uff1d1", "'\uff1d1"),
        ("a;=cmd|' /C calc'!A0", "a;'=cmd|' /C calc'!A0"),
        ("a - b = c", "a - b = c"),
        ('"=1', '"=1'),
    ],
)
def test_no_cell_is_a_formula(text: str, cell: str) -> None:
    assert harmless(text) == cell


def test_hostile_names_reach_the_export_as_text(shop: Shop) -> None:
    hostile = '=HYPERLINK("http://evil.example","x")'
    made = shop.spend(shop.ask(agent={"id": hostile})).json["spend_id"]
    shop.reverse(made, reason="@SUM(1)\n=2")
    first, second = table(shop.get("/v1/spends.csv", "Lea"))
    assert first["agent"] == "'" + hostile.casefold()
    assert second["reason"] == "'@SUM(1) =2"


def test_a_long_ledger_is_streamed_whole(shop: Shop) -> None:
    many = [
        {
            "spent_at": NOW, "month": "2026-03", "booked_month": "2026-03", "agent": "kim", "amount": Decimal("0.01"),
            "currency": "EUR", "delight_id": f"d-{n}", "idempotency_key": f"k-{n}",
        }
        for n in range(1234)
    ]  # fmt: skip
    with write_transaction(shop.database) as connection:
        connection.execute(insert(SpendRow), many)
    response = shop.get("/v1/spends.csv", "Lea")
    pieces = list(response.iter_encoded())
    assert len(pieces) > 3
    read = csv.DictReader(io.StringIO(b"".join(pieces).decode("utf-8-sig")))
    assert [row["delight_id"] for row in read] == [f"d-{n}" for n in range(1234)]
