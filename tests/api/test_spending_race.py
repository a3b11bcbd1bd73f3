"""Two real `copilot serve` over one ledger: 32 spenders at once, and one of the two killed under them."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Engine, insert, select

from copilot.store.database import open_database, write_transaction
from copilot.store.models import AnswerRow, FeedbackRow, SpendRow
from copilot.store.tokens import TokenStore
from tests.store.ledgers import Server

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / ".venv/bin/copilot"
SPENDERS, EACH, AGENTS = 32, 8, 5
COST, AGENT, TEAM = Decimal(4), Decimal(90), Decimal(300)  # 75 of the 256 delights; an agent has 22, and 5 have 110
LIMITS = f"version: 1\nbudgets: {{agent: {AGENT}, team: {TEAM}, currency: EUR}}\n"


class Program:
    """`copilot serve` over a data directory, or over a database elsewhere."""

    def __init__(self, folder: Path, address: str | None) -> None:
        elsewhere = {"COPILOT_DATABASE_URL": address} if address else {}
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--data", folder / "data", "--port", "0", "--playbooks", folder / "playbooks"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT,
            env={**os.environ, **elsewhere},
        )  # fmt: skip
        assert self.process.stdout
        self.said = self.process.stdout

    def ready(self) -> Program:
        line = self.said.readline()
        assert "http://" in line, "the service did not start"
        self.netloc = urlsplit(line.split()[-1]).netloc
        return self

    def kill(self) -> None:
        """Kill -9, with whatever it is doing."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)
        self.said.close()


class Race:
    """The ledger, what was offered, and what spenders were told."""

    def __init__(self, folder: Path, address: str | None) -> None:
        self.folder, self.address = folder, address
        (folder / "playbooks").mkdir()
        (folder / "playbooks/limits.yaml").write_text(LIMITS, "utf-8")
        self.database: Engine = open_database(folder / "data", address)
        self.token = TokenStore(self.database).create("agent", "team")
        month = f"{datetime.now(UTC):%Y-%m}"
        offer = {"section": "delights", "id": "g", "rank": 1, "cost": "4.00", "currency": "EUR", "month": month}
        self.orders = [f"r-{n}" for n in range(SPENDERS * EACH)]
        answers = [
            {
                "request_id": of, "created_at": datetime.now(UTC), "ticket_id": None, "revision": "r",
                "agent": f"agent-{n % AGENTS}", "suggestions": [offer],
            }
            for n, of in enumerate(self.orders)
        ]  # fmt: skip
        with write_transaction(self.database) as connection:
            connection.execute(insert(AnswerRow), answers)
        starting = [Program(folder, address) for _ in range(2)]
        self.programs = [program.ready() for program in starting]
        self.told: list[tuple[str, int, dict[str, Any]]] = []  # every answer that a spender received

    def close(self) -> None:
        for program in self.programs:
            if program.process.poll() is None:
                program.kill()
        self.database.dispose()

    def restart(self, place: int) -> None:
        """Kill -9, then a new one in its place."""
        self.programs[place].kill()
        self.programs[place] = Program(self.folder, self.address).ready()

    def spend(self, of: str, place: int) -> tuple[int, dict[str, Any]]:
        """As the panel's outbox does it: the same call with the same key until there is an answer."""
        body = json.dumps({"request_id": of, "delight_id": "g", "idempotency_key": f"{of}/spend"})
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        until = time.monotonic() + 120
        while time.monotonic() < until:
            with contextlib.suppress(OSError, http.client.HTTPException):
                link = http.client.HTTPConnection(self.programs[place].netloc, timeout=40)
                with contextlib.closing(link):
                    link.request("POST", "/v1/spends", body, headers)
                    response = link.getresponse()
                    status, answer = response.status, json.loads(response.read())
                if status < 500:
                    self.told.append((of, status, answer))
                    return status, answer
            time.sleep(0.05)
        raise AssertionError("no answer in two minutes")

    def run(self) -> None:
        """All spenders begin at once; every other one calls the other process."""
        gate = threading.Barrier(SPENDERS)

        def spender(n: int) -> None:
            gate.wait()
            for of in self.orders[n::SPENDERS]:
                self.spend(of, n % 2)

        with ThreadPoolExecutor(SPENDERS) as pool:
            list(pool.map(spender, range(SPENDERS)))

    def entries(self) -> list[Any]:
        with self.database.connect() as connection:
            return list(connection.execute(select(SpendRow.__table__).order_by(SpendRow.id)))

    def check(self) -> None:
        """Nothing overspent, nothing lost, nothing twice."""
        entries = self.entries()
        assert sum(entry.amount for entry in entries) == TEAM, "all that there was, and no cent more"
        by_agent = Counter[str]()
        for entry in entries:
            by_agent[entry.agent] += int(entry.amount)
        assert max(by_agent.values()) <= AGENT
        assert Counter(entry.request_id for entry in entries).most_common(1)[0][1] == 1
        booked = {entry.request_id: entry.id for entry in entries}
        done = {of: answer["spend_id"] for of, status, answer in self.told if status in (200, 201)}
        assert done == booked, "whoever was told so is in the ledger, and whoever is in the ledger was told so"
        acknowledged = [answer["spend_id"] for _, status, answer in self.told if status == 201]
        assert len(acknowledged) == len(set(acknowledged))
        refused = {of: answer["error"]["code"] for of, status, answer in self.told if status not in (200, 201)}
        assert set(refused.values()) == {"budget_exhausted"}
        assert refused.keys() | done.keys() == set(self.orders)
        with self.database.connect() as connection:
            events = list(connection.scalars(select(FeedbackRow.request_id)))
        assert sorted(events) == sorted(booked)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.stop()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def race(request: pytest.FixtureRequest, server: Server, tmp_path: Path) -> Iterator[Race]:
    made = Race(tmp_path, server.fresh() if request.param == "postgresql" else None)
    yield made
    made.close()


def test_32_spenders_over_two_processes_cannot_overspend(race: Race) -> None:
    race.run()
    race.check()
    assert sum(status == 201 for _, status, _ in race.told) == TEAM / COST
    again = [race.spend(of, 1) for of in race.orders[:40]]  # whoever repeats a call hears what was said before
    assert all(status in (200, 409) for status, _ in again)
    race.check()


def test_kill_9_in_the_middle_loses_nothing_and_overspends_nothing(race: Race) -> None:
    failed: list[BaseException] = []

    def run() -> None:
        try:
            race.run()
        except BaseException as error:
            failed.append(error)

    running = threading.Thread(target=run)
    running.start()
    for acknowledged in (15, 40):
        while sum(status == 201 for _, status, _ in race.told) < acknowledged and running.is_alive():
            time.sleep(0.001)
        assert running.is_alive(), "it is in the middle"
        before = {answer["spend_id"] for _, status, answer in race.told if status == 201}
        race.restart(0)
        assert before <= {entry.id for entry in race.entries()}
    running.join()
    assert failed == []
    race.check()
