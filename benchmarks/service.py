"""The real service in a process of its own, over a shop in a temporary data directory."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

COPILOT = str(Path(sys.executable).with_name("copilot"))
PATIENCE = 60.0  # seconds until a service that is not ready is given up


class ServiceError(Exception):
    """A command of the service failed; the message holds what it said."""


@dataclass(frozen=True)
class Service:
    """A service that is ready: its process id, its address, and the seconds from its start to its ready line."""

    pid: int
    url: str
    start_seconds: float

    def memory_mb(self) -> dict[str, float]:
        """Resident set now, its highest so far, and the part of it that is no mapped file, in MB (Linux only)."""
        status = Path(f"/proc/{self.pid}/status").read_text("utf-8")
        kb = dict(re.findall(r"^(VmRSS|VmHWM|RssAnon):\s+(\d+) kB", status, re.MULTILINE))
        names = {"rss": "VmRSS", "peak": "VmHWM", "anonymous": "RssAnon"}
        return {name: round(int(kb[key]) / 1024, 1) for name, key in names.items()}


class Client:
    """One connection that is kept open, as the extension's is."""

    def __init__(self, url: str, token: str) -> None:
        address = urlsplit(url)
        self._connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=30)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def suggest(self, body: dict[str, Any]) -> tuple[dict[str, Any], float]:
        """The answer, and the milliseconds from sending the request to its last byte."""
        payload = json.dumps(body).encode()
        started = time.perf_counter()
        self._connection.request("POST", "/v1/suggestions", payload, self._headers)
        response = self._connection.getresponse()
        content = response.read()
        spent = (time.perf_counter() - started) * 1000
        answer: dict[str, Any] = json.loads(content)
        if response.status != http.client.OK or answer["degraded"]:
            raise ServiceError(f"status {response.status}: {content[:500].decode(errors='replace')}")
        return answer, spent

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()


def command(*arguments: str) -> str:
    """What `copilot` prints; ServiceError with its complaint when it fails."""
    done = subprocess.run([COPILOT, *arguments], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise ServiceError(f"copilot {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout.strip()


@contextmanager
def serving(data: Path, *options: str) -> Iterator[Service]:
    """The service on a free port; stopped, and waited for, at the end."""
    with (data / "serve.log").open("a", encoding="utf-8") as log:
        started = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603
            [COPILOT, "serve", "--data", str(data), "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        late = threading.Timer(PATIENCE, process.kill)
        late.start()
        try:
            assert process.stdout is not None  # noqa: S101 - it was asked for
            ready = re.search(r"ready on (http://\S+)", process.stdout.readline())
            seconds = time.perf_counter() - started
            late.cancel()
            if ready is None:
                raise ServiceError(f"it did not become ready: {(data / 'serve.log').read_text('utf-8')[-2000:]}")
            yield Service(process.pid, ready[1], seconds)
        finally:
            late.cancel()
            process.terminate()
            process.wait(timeout=30)


@contextmanager
def asking(service: Service, token: str) -> Iterator[Client]:
    """A client of the service."""
    with closing(Client(service.url, token)) as client:
        yield client
