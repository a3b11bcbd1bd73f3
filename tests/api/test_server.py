"""The real server on a real socket: what only shows there."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from copilot.errors import InputError
from copilot.server import bind
from copilot.store.answers import AnswerLog
from copilot.store.database import open_database
from tests.api.conftest import TICKET
from tests.api.served import Served, served


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("served"), "max_request_bytes=20000") as running:
        yield running


def raw(server: Served, data: bytes) -> tuple[int, dict[str, str], Any]:
    """Status, headers and body of whatever comes back for these bytes."""
    host, port = urlsplit(server.address).netloc.split(":")
    with socket.create_connection((host, int(port)), timeout=10) as link:
        link.sendall(data)
        link.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := link.recv(65536):
            answer += chunk
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    return int(first.split()[1]), dict(line.lower().split(": ", 1) for line in lines), json.loads(body)


def test_an_answer_over_a_socket(server: Served) -> None:
    status, answer = server.post("/v1/suggestions", TICKET)
    assert (status, answer["selling"]["allowed"]) == (200, True)


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"\r\n\r\nnonsense\r\n\r\n", 400, "malformed_request"),
        (b"GET /v1/health HTTP/1.1\r\nno colon\r\n\r\n", 400, "malformed_request"),
        (b"POST /v1/health HTTP/1.1\r\nContent-Length: -5\r\n\r\n", 400, "malformed_request"),
        (b"POST /v1/health HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501, "internal_error"),
        (b"GET /v1/health HTTP/1.1\r\nX: ".ljust(64 * 1024, b"x"), 431, "headers_too_large"),
        (b"POST /v1/feedback HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n", 413, "payload_too_large"),
    ],
)
def test_what_is_no_request_gets_the_same_error_shape(server: Served, data: bytes, status: int, code: str) -> None:
    found, headers, body = raw(server, data)
    assert (found, body["error"]["code"]) == (status, code)
    assert headers["content-type"] == "application/json"
    assert set(body["error"]) == {"code", "message", "details", "request_id"}


def test_the_server_does_not_name_its_make(server: Served) -> None:
    _, headers, _ = raw(server, b"GET /v1/health HTTP/1.0\r\n\r\n")
    assert "server" not in headers


@pytest.mark.parametrize("size", [20_001, 200_000])
def test_a_body_that_is_too_large_is_told_so(server: Served, size: int) -> None:
    status, answer = server.post("/v1/suggestions", b" " * size)
    assert (status, answer["error"]["code"]) == (413, "payload_too_large")


@pytest.mark.parametrize("size", [20_001, 300_000])  # what is larger still may end in a broken connection
def test_and_so_is_one_in_chunks_that_never_says_its_length(server: Served, size: int) -> None:
    connection = server.connect()
    connection.request(
        "POST",
        "/v1/suggestions",
        iter([b"x" * 1000] * (size // 1000 + 1)),
        {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json"},
        encode_chunked=True,
    )
    response = connection.getresponse()
    assert (response.status, json.loads(response.read())["error"]["code"]) == (413, "payload_too_large")


def test_chunks_that_fit_are_taken(server: Served) -> None:
    connection = server.connect()
    body = json.dumps(TICKET).encode()
    connection.request(
        "POST",
        "/v1/suggestions",
        iter([body[:10], body[10:]]),
        {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json"},
        encode_chunked=True,
    )
    assert connection.getresponse().status == 200


def test_sigterm_finishes_what_was_begun(tmp_path: Path) -> None:
    """Six slow requests on two threads: four still wait for a thread when the signal comes."""
    with served(tmp_path, "threads=2") as server:
        slow = {"ticket": {**TICKET["ticket"], "subject": "sleep 0.4"}}
        got: list[int] = []
        connections = [server.connect() for _ in range(6)]
        for connection in connections:
            connection.connect()
        clients = [
            threading.Thread(target=lambda c=c: got.append(server.post("/v1/suggestions", slow, c)[0]))
            for c in connections
        ]
        for client in clients:
            client.start()
        time.sleep(0.3)
        assert server.stop().endswith("closed\n")
        for client in clients:
            client.join()
        assert got == [200] * 6
        assert server.process.returncode == 0
        with pytest.raises(OSError, match="refused"):
            server.connect().connect()
    log = AnswerLog(open_database(tmp_path))
    with log._database.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM answers").scalar_one() == 6, "the log was drained"


def test_an_idle_connection_does_not_hold_up_the_end(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        idle = server.connect()
        assert server.post("/v1/suggestions", TICKET, idle)[0] == 200
        started = time.monotonic()
        server.stop()
        assert time.monotonic() - started < 3


def test_a_port_in_use_is_known_before_anything_slow_is_done() -> None:
    with bind("127.0.0.1", 0) as taken:
        taken.listen()
        with pytest.raises(InputError, match=f"port {taken.getsockname()[1]}: Address already in use"):
            bind("127.0.0.1", taken.getsockname()[1])
    with pytest.raises(InputError, match=r"cannot listen on no\.such\.host\.invalid"):
        bind("no.such.host.invalid", 0)
