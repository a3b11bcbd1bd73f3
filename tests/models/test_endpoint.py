"""One address, one time limit, and nothing of what was said in an error."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from copilot.models.endpoint import LARGEST, Endpoint, EndpointError
from tests.models.scripted import Scripted, stalls

SECRET = "sk-very-secret"


def test_the_key_goes_in_the_header_and_the_payload_in_the_body() -> None:
    there = Scripted(lambda asked: (200, {"ok": asked["x"]}))
    assert there.endpoint(SECRET).post("/chat/completions", {"x": "é\ud800"}, 5) == {"ok": "é\ud800"}
    assert there.asked[0]["path"] == "/v1/chat/completions"
    assert there.headers[0]["authorization"] == f"Bearer {SECRET}"
    other = Scripted(lambda asked: (200, {}))
    other.endpoint().post("/x", {}, 5)
    assert "authorization" not in other.headers[0]


@pytest.mark.parametrize(
    ("status", "content", "reason", "passing"),
    [
        (500, "sorry", "500", True),
        (429, "{}", "429", True),
        (401, "bad key sk-very-secret", "401", False),
        (307, "", "307", False),
        (200, "not json", "not JSON", False),
        (200, "[1]", "not a JSON object", False),
        (200, "[" * 200_000, "not JSON", False),
        (200, " " * (LARGEST + 1), "too long", False),
    ],
)
def test_what_is_no_answer_is_named(status: int, content: str, reason: str, passing: bool) -> None:
    with pytest.raises(EndpointError, match=reason) as told:
        Scripted(lambda asked: (status, content)).endpoint(SECRET).post("/x", {"text": "private words"}, 10)
    assert told.value.passing is passing
    assert "private" not in str(told.value)
    assert "secret" not in str(told.value)


def test_a_late_answer_is_not_waited_for() -> None:
    started = time.monotonic()
    with pytest.raises(EndpointError, match="time limit"):
        Scripted(stalls(2)).endpoint().post("/x", {}, 0.1)
    assert time.monotonic() - started < 1


@pytest.fixture
def dripping() -> Iterator[int]:
    """The port of a server that sends a byte from time to time, each well within any limit between two reads."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            for _ in range(40):
                try:
                    connection.sendall(b" ")
                except OSError:
                    return
                time.sleep(0.05)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    listener.close()
    thread.join(5)


def test_the_limit_holds_for_the_whole_answer(dripping: int) -> None:
    endpoint = Endpoint(f"http://127.0.0.1:{dripping}/v1")
    started = time.monotonic()
    with pytest.raises(EndpointError, match="time limit"):
        endpoint.post("/x", {}, 0.3)
    assert 0.25 < time.monotonic() - started < 1
    endpoint.close()


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(EndpointError, match="did not answer") as told:
        Endpoint(f"http://127.0.0.1:{port}").post("/x", {}, 5)
    assert told.value.passing
