"""`POST /v1/feedback`: once, for good, and within budget."""

from __future__ import annotations

import http.client
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import func, select

from copilot.store.answers import Answer, AnswerLog
from copilot.store.budgets import BudgetStore, Limits
from copilot.store.database import open_database
from copilot.store.feedback import Feedback, FeedbackStore
from copilot.store.models import AnswerRow, FeedbackRow, SpendRow
from tests.api.conftest import NOW, Service, build, error_of
from tests.api.served import ROOT, served


def rows(database: Database, model: type[Any]) -> list[Any]:
    with database.connect() as connection:
        return list(connection.execute(select(model.__table__)))


def test_an_event_is_stored_before_it_is_acknowledged(service: Service) -> None:
    answer = service.suggest(agent={"id": "maria"})
    response = service.feedback(
        answer["request_id"], "d-1", "edited", "k-1", final_text="Hi Ana", reason="shorter", agent={"id": "tom"}
    )
    assert (response.status_code, response.json) == (202, {"status": "accepted", "counted": True})
    [row] = rows(service.database, FeedbackRow)
    assert (row.event, row.suggestion_id, row.final_text, row.reason, row.agent, row.received_at) == (
        "edited", "d-1", "Hi Ana", "shorter", "tom", NOW,
    )  # fmt: skip
    [logged] = rows(service.database, AnswerRow)
    assert (logged.request_id, logged.agent, logged.revision) == (answer["request_id"], "maria", answer["revision"])
    assert [(o["section"], o["id"], o["rank"]) for o in logged.suggestions] == [
        ("similar", "t-1", 1), ("saves", "s-1", 1), ("codes", "KEEP10", 1), ("drafts", "d-1", 1),
        ("delights", "g-1", 1), ("delights", "g-2", 2),
    ]  # fmt: skip


def test_the_same_key_twice_counts_once(service: Service) -> None:
    of = service.suggest()["request_id"]
    assert service.feedback(of, "d-1", "shown", "k").json["counted"]
    again = service.feedback(of, "d-1", "inserted", "k")
    assert (again.status_code, again.json["counted"]) == (202, False)
    assert [row.event for row in rows(service.database, FeedbackRow)] == ["shown"]


def test_an_answer_that_nobody_knows_is_accepted(service: Service) -> None:
    assert service.feedback("of-another-process", "g-1", "accepted", "k").status_code == 202
    [row] = rows(service.database, FeedbackRow)
    assert row.agent == "Kim", "without an agent anywhere it is the token's name"
    assert rows(service.database, SpendRow) == []


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"event": "hovered"}, "event"),
        ({"request_id": ""}, "request_id"),
        ({"request_id": "x" * 65}, "request_id"),
        ({"suggestion_id": None}, "suggestion_id"),
        ({"idempotency_key": "x" * 256}, "idempotency_key"),
        ({"final_text": ["x"]}, "final_text"),
        ({"agent": 7}, "agent"),
    ],
)
def test_what_does_not_fit_is_named_and_not_stored(service: Service, change: dict[str, Any], path: str) -> None:
    body = {"request_id": "r", "suggestion_id": "s", "event": "shown", "idempotency_key": "k"}
    error = error_of(service.post("/v1/feedback", {**body, **change}), 422, "invalid_request")
    assert [d["path"] for d in error["details"]] == [path]
    assert rows(service.database, FeedbackRow) == []


# ---------------------------------------------------------------- delights


def test_a_delight_is_booked_once_whoever_says_it_how_often(service: Service) -> None:
    of = service.suggest(
        agent={"id": "Maria"}, ticket={"id": "zd-1", "messages": [{"author": "customer", "text": "x"}]}
    )
    service.feedback(of["request_id"], "g-1", "shown", "k-0")
    assert rows(service.database, SpendRow) == []
    for key, event in (("k-1", "accepted"), ("k-1", "accepted"), ("k-2", "sent"), ("k-3", "accepted")):
        assert service.feedback(of["request_id"], "g-1", event, key).status_code == 202
    [spend] = rows(service.database, SpendRow)
    assert (spend.amount, spend.currency, spend.agent, spend.month, spend.ticket_id, spend.delight_id) == (
        Decimal("12.50"), "EUR", "maria", "2026-03", "zd-1", "g-1",
    )  # fmt: skip


def test_what_costs_nothing_spends_nothing(service: Service) -> None:
    of = service.suggest()["request_id"]
    for suggestion in ("g-2", "d-1", "s-1", "nothing"):
        assert service.feedback(of, suggestion, "accepted", suggestion).status_code == 202
    assert rows(service.database, SpendRow) == []


def test_a_budget_that_does_not_cover_it_refuses_and_stores_nothing(service: Service) -> None:
    answers = [service.suggest(agent={"id": "maria"})["request_id"] for _ in range(3)]
    for of in answers[:2]:  # 2 x 12.50 of 30
        assert service.feedback(of, "g-1", "accepted", of).status_code == 202
    error = error_of(service.feedback(answers[2], "g-1", "accepted", answers[2]), 409, "budget_exhausted")
    assert error["details"] == [{"path": "suggestion_id", "message": "agent:maria: 5.00 remains, 12.50 is needed"}]
    assert len(rows(service.database, FeedbackRow)) == len(rows(service.database, SpendRow)) == 2
    # dismissing it is still possible, with the key that was refused
    assert service.feedback(answers[2], "g-1", "dismissed", answers[2]).json["counted"]


def test_the_team_has_a_budget_of_its_own(tmp_path: Path) -> None:
    service = build(tmp_path, team_monthly_budget=Decimal(30))
    for agent, status in (("a", 202), ("b", 202), ("c", 409)):
        of = service.suggest(agent={"id": agent})["request_id"]
        assert service.feedback(of, "g-1", "accepted", of).status_code == status


def answered(log: AnswerLog, request_id: str, agent: str = "maria", month: str = "2026-03") -> str:
    offer = {"section": "delights", "id": "g-1", "rank": 1, "cost": "10.00", "currency": "EUR", "month": month}
    log.add(Answer(request_id, NOW, None, "r", agent, (offer,)))
    return request_id


class Ledger:
    """Stores over one database with a clock that can be set."""

    def __init__(self, folder: Path, agent: int = 30, team: int = 100) -> None:
        self.database = open_database(folder)
        self.log = AnswerLog(self.database)
        self.budgets = BudgetStore(self.database, Limits(Decimal(agent), Decimal(team)))
        self.now = NOW
        self.store = FeedbackStore(self.database, self.log, self.budgets, lambda: self.now)

    def accept(self, request_id: str) -> bool:
        return self.store.record(Feedback(request_id, "g-1", "accepted", request_id), "Kim")

    def left(self, agent: str, now: datetime = NOW) -> list[tuple[str, float]]:
        return [(b.scope, b.remaining) for b in self.budgets.remaining(agent, now)]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(tmp_path)
    yield made
    made.log.close()


def test_what_remains(ledger: Ledger) -> None:
    assert ledger.left("maria") == [("agent:maria", 30.0), ("team", 100.0)]
    ledger.accept(answered(ledger.log, "r-1"))
    ledger.accept(answered(ledger.log, "r-2", "tom"))
    assert ledger.left("maria") == [("agent:maria", 20.0), ("team", 80.0)]
    assert ledger.left(" MARIA ") == [("agent: MARIA ", 20.0), ("team", 80.0)], "one agent, however written"
    assert ledger.left("maria", datetime(2026, 4, 1, tzinfo=UTC)) == [("agent:maria", 30.0), ("team", 100.0)]
    ledger.budgets.limits = Limits(Decimal(5), Decimal(25))
    assert ledger.left("maria") == [("agent:maria", 0.0), ("team", 5.0)]


def test_a_new_month_has_a_new_budget(ledger: Ledger) -> None:
    from copilot.errors import BudgetExhausted

    ledger.now = datetime(2026, 12, 31, 23, 59, tzinfo=UTC)
    for n in range(3):
        ledger.accept(answered(ledger.log, f"r-{n}", month="2026-12"))
    with pytest.raises(BudgetExhausted):
        ledger.accept(answered(ledger.log, "r-3", month="2026-12"))
    ledger.now = datetime(2027, 1, 1, tzinfo=UTC)
    assert ledger.accept(answered(ledger.log, "r-4", month="2027-01"))


def test_another_now_does_not_reach_into_the_budget_of_another_month(ledger: Ledger) -> None:
    from copilot.errors import BudgetExhausted

    for n, month in enumerate(("2026-03", "2031-07", "2032-01")):
        ledger.accept(answered(ledger.log, f"r-{n}", month=month))
    with pytest.raises(BudgetExhausted):
        ledger.accept(answered(ledger.log, "r-9", month="2033-01"))


def spent(database: Database) -> Decimal:
    with database.connect() as connection:
        return connection.execute(select(func.coalesce(func.sum(SpendRow.amount), 0))).scalar_one()


def test_eight_threads_cannot_overspend(ledger: Ledger) -> None:
    from copilot.errors import BudgetExhausted

    requests = [answered(ledger.log, f"r-{n}") for n in range(32)]
    gate = threading.Barrier(8)

    def race(mine: list[str]) -> Counter[bool]:
        gate.wait()
        done: Counter[bool] = Counter()
        for of in mine:
            try:
                done[ledger.accept(of)] += 1
            except BudgetExhausted:
                done[False] += 1
        return done

    with ThreadPoolExecutor(8) as pool:
        done = sum(pool.map(race, [requests[n::8] for n in range(8)]), Counter[bool]())
    assert done == {True: 3, False: 29}
    assert spent(ledger.database) == 30
    assert len(rows(ledger.database, FeedbackRow)) == 3


def test_eight_threads_with_one_suggestion_spend_once(ledger: Ledger) -> None:
    answered(ledger.log, "r")
    gate = threading.Barrier(8)

    def race(n: int) -> bool:
        gate.wait()
        return ledger.store.record(Feedback("r", "g-1", "accepted", f"k-{n // 2}"), "Kim")

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(race, range(8))) == 4, "four keys"
    assert spent(ledger.database) == 10


RACER = """
import sys, time
from pathlib import Path
from tests.api.test_feedback import Ledger
from copilot.errors import BudgetExhausted
ledger = Ledger(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
won = 0
for n in range(8):
    try:
        won += ledger.accept(f"{sys.argv[2]}-{n}")
    except BudgetExhausted:
        pass
print(won)
"""


def test_two_processes_cannot_overspend(ledger: Ledger, tmp_path: Path) -> None:
    for racer in "ab":
        for n in range(8):
            answered(ledger.log, f"{racer}-{n}")
    assert ledger.log.flush()
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, str(tmp_path), name],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )
        for name in "ab"
    ]  # fmt: skip
    for racer in racers:
        assert racer.stdout
        assert racer.stdout.readline() == "ready\n"
    won = [int(racer.communicate("go\n", timeout=30)[0]) for racer in racers]
    assert sum(won) == 3
    assert spent(ledger.database) == 30


# ---------------------------------------------------------------- durability


def test_every_acknowledged_event_survives_kill_9(tmp_path: Path) -> None:
    """Four clients post as fast as they can until the server is killed under them; four times over."""
    acknowledged: list[str] = []
    moment = random.Random(7)
    for life in range(4):
        with served(tmp_path) as server:

            def post(client: int, life: int = life, server: Any = server) -> None:
                connection = server.connect()
                for n in range(100_000):
                    key = f"{life}/{client}/{n}"
                    body = {"request_id": "r", "suggestion_id": "s", "event": "shown", "idempotency_key": key}
                    try:
                        status, answer = server.post("/v1/feedback", body, connection)
                    except (OSError, http.client.HTTPException):
                        return
                    assert (status, answer["counted"]) == (202, True)
                    acknowledged.append(key)

            clients = [threading.Thread(target=post, args=(client,)) for client in range(4)]
            for client in clients:
                client.start()
            time.sleep(moment.uniform(0.1, 0.6))
            server.kill()
            for client in clients:
                client.join()
    stored = {row.idempotency_key for row in rows(open_database(tmp_path), FeedbackRow)}
    assert len(acknowledged) > 20
    assert set(acknowledged) <= stored
