"""Starts tests/api/serve_fake.py and talks to it over a socket."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from copilot.store.database import open_database
from copilot.store.tokens import TokenStore

ROOT = Path(__file__).parents[2]


class Served:
    """A running server; `kill` is kill -9, `stop` is SIGTERM."""

    def __init__(self, data: Path, *settings: str) -> None:
        database = open_database(data)
        self.token = TokenStore(database).create("agent", "Kim")
        database.dispose()
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("serve_fake.py")), str(data), "0", *settings],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert self.process.stdout
        self.address = self.process.stdout.readline().strip()
        assert self.address.startswith("http://"), "the server did not start"

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=30)

    def post(self, path: str, body: Any, connection: http.client.HTTPConnection | None = None) -> tuple[int, Any]:
        connection = connection or self.connect()
        payload = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        connection.request("POST", path, payload, headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> str:
        """SIGTERM; what it wrote until it was gone."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.communicate(timeout=30)[0]


@contextmanager
def served(data: Path, *settings: str) -> Iterator[Served]:
    """A server that is gone at the end of the block."""
    server = Served(data, *settings)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.kill()
        assert server.process.stdout
        server.process.stdout.close()
