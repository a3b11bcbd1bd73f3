"""The real program under kill -9: what is served, what was accepted, and what the next start finds."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import signal
import subprocess
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from copilot.store.database import open_database
from copilot.store.models import FeedbackRow
from copilot.store.shop import ShopStore
from copilot.store.tokens import TokenStore

ROOT = Path(__file__).parents[1]
PROGRAM = ROOT / ".venv/bin/copilot"
# A shop of two generations: every product and ticket of a generation carries its number, so that half a load shows.
PRODUCTS = "Handle,Title,Type,Tags,Variant SKU,Variant Price,Variant Inventory Qty\n"


def write_shop(folder: Path, generation: int) -> None:
    folder.mkdir(exist_ok=True)
    rows = [
        f"mug-{n},Mug {n} of year {generation},Mug,gen-{generation},M-{n},{10 + generation}.00,5" for n in range(30)
    ]
    (folder / "products.csv").write_text(PRODUCTS + "\n".join(rows) + "\n", "utf-8")
    tickets = [
        {
            "id": f"k-{n}", "subject": f"Mug {n}", "channel": "email", "created_at": "2026-01-01T10:00:00+00:00",
            "resolved_at": "2026-01-01T11:00:00+00:00", "tags": [f"gen-{generation}"],
            "messages": [
                {"author": "customer", "text": f"The handle of mug {n} came off, year {generation}."},
                {"author": "agent", "text": "A new one is on its way."},
            ],
        }
        for n in range(120)
    ]  # fmt: skip
    (folder / "tickets.jsonl").write_text("\n".join(json.dumps(t) for t in tickets) + "\n", "utf-8")


class Service:
    """`copilot serve` over a data directory."""

    def __init__(self, data: Path) -> None:
        self.process = subprocess.Popen(
            [str(PROGRAM), "serve", "--data", str(data), "--port", "0"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT,
            env={**os.environ, "COPILOT_REFRESH_SECONDS": "0.1"},
        )  # fmt: skip
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert "http://" in line, "the service did not start"
        self.netloc = urlsplit(line.split()[-1]).netloc

    def call(self, path: str, token: str, body: object) -> tuple[int, dict[str, object]]:
        link = http.client.HTTPConnection(self.netloc, timeout=20)
        with contextlib.closing(link):
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            link.request("POST", path, json.dumps(body), headers)
            answer = link.getresponse()
            return answer.status, json.loads(answer.read())

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)
        assert self.process.stdout
        self.process.stdout.close()


@pytest.fixture
def shop(tmp_path: Path) -> tuple[Path, Path, str]:
    """A loaded first generation: (shop directory, data directory, token)."""
    source, data = tmp_path / "shop", tmp_path / "data"
    write_shop(source, 1)
    subprocess.run([str(PROGRAM), "load", str(source), "--data", str(data)], check=True, capture_output=True)
    database = open_database(data)
    token = TokenStore(database).create("agent", "Kim")
    database.dispose()
    return source, data, token


def one_generation(answer: dict[str, object], data: Path) -> None:
    """The store holds one generation only, and so does what was served."""
    database = open_database(data)
    try:
        tags = {tag for product in ShopStore(database).catalog().products for tag in product.tags}
        cases = {tag for batch in ShopStore(database).iter_cases() for case in batch for tag in case.tags}
    finally:
        database.dispose()
    assert len(tags) == 1
    assert cases == tags
    served = {tag for similar in answer["similar"] for tag in similar["tags"]}  # type: ignore[attr-defined]
    assert len(served) <= 1


def test_killed_again_and_again(shop: tuple[Path, Path, str]) -> None:
    source, data, token = shop
    accepted: set[str] = set()
    chance = random.Random(11)
    ticket = {"ticket": {"id": "t", "messages": [{"author": "customer", "text": "The handle of my mug came off."}]}}
    for generation in range(2, 6):
        service = Service(data)
        status, answer = service.call("/v1/suggestions", token, ticket)
        assert status == 200
        one_generation(answer, data)
        write_shop(source, generation)
        loading = subprocess.Popen(
            [str(PROGRAM), "load", str(source), "--data", str(data)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT,
        )  # fmt: skip

        def report(number: int, service: Service = service, generation: int = generation) -> None:
            for count in range(40):
                key = f"{generation}-{number}-{count}"
                event = {"request_id": "r", "suggestion_id": "draft-1", "event": "shown", "idempotency_key": key}
                try:
                    if service.call("/v1/feedback", token, event)[0] == 202:
                        accepted.add(key)
                except (OSError, http.client.HTTPException, ValueError):
                    return

        clients = [threading.Thread(target=report, args=(number,)) for number in range(3)]
        for client in clients:
            client.start()
        time.sleep(chance.uniform(0.05, 1.2))
        loading.send_signal(signal.SIGKILL)
        loading.wait(10)
        service.kill()
        for client in clients:
            client.join(30)
    service = Service(data)
    try:
        status, answer = service.call("/v1/suggestions", token, ticket)
        assert status == 200
        one_generation(answer, data)
        database = open_database(data)
        with database.connect() as connection:
            stored = set(connection.scalars(select(FeedbackRow.idempotency_key)))
        database.dispose()
        assert accepted <= stored
        assert accepted, "nothing was accepted, so nothing was tested"
    finally:
        service.kill()
    subprocess.run([str(PROGRAM), "load", str(source), "--data", str(data)], check=True, capture_output=True)
