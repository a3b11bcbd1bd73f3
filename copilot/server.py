"""Serving: waitress on a socket that opens when the service is ready, and closes when the last answer is out.

waitress answers what it cannot parse by itself, in plain text; `_Channel` gives those answers the one error shape too.
"""

from __future__ import annotations

import json
import logging
import signal
import socket
import sys
import threading
import time
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask

from copilot.errors import InputError, error_body

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

log = logging.getLogger(__name__)
# Bodies up to this many times the largest allowed are read to their end before they are refused: a client that is
# still sending would otherwise see a broken connection and not the reason.
PATIENCE = 16


class _ErrorTask(ErrorTask):  # type: ignore[misc]
    def execute(self) -> None:
        error = self.request.error
        body = error_body(error.code, f"{error.reason}: {error.body}", uuid.uuid4().hex)
        payload = json.dumps(body, separators=(",", ":")).encode("utf-8")
        self.status = f"{error.code} {error.reason}"
        self.response_headers += [
            ("Content-Type", "application/json"),
            ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "no-store"),
        ]
        self.set_close_on_finish()
        self.content_length = len(payload)
        self.write(payload)


class _Channel(HTTPChannel):  # type: ignore[misc]
    error_task_class = _ErrorTask


class _Server(TcpWSGIServer):  # type: ignore[misc]
    channel_class = _Channel

    def idle(self) -> bool:
        """Whether no request is being read, answered or sent."""
        return not any(c.request or c.requests or c.total_outbufs_len for c in list(self.active_channels.values()))

    def stop_listening(self) -> None:
        """Refuses new connections; those that are open go on."""
        self.accepting = False
        wasyncore.dispatcher.close(self)


def bind(host: str, port: int) -> socket.socket:
    """A socket that is bound but does not listen yet: a port in use is known before anything slow is done.

    Raises:
        InputError: the address cannot be used; says why.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, protocol)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind(address)
        except OSError:
            bound.close()
            raise
    except OSError as error:
        raise InputError(
            f"cannot listen on {host} port {port}: {error.strerror or error}; choose another with --host and --port"
        ) from None
    return bound


def address_of(bound: socket.socket) -> str:
    """Where a client finds it."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(
    app: WSGIApplication,
    bound: socket.socket,
    *,
    threads: int,
    max_request_bytes: int,
    ready: Callable[[], None],
    grace_seconds: float = 15.0,
) -> None:
    """Serves until SIGTERM or SIGINT, then takes nothing new, finishes what it has, and returns.

    Must run in the main thread. A second signal ends it at once.
    """
    stop = threading.Event()
    adjustments = Adjustments(
        sockets=[bound],
        threads=threads,
        ident=None,
        max_request_body_size=max_request_bytes * PATIENCE,
        max_request_header_size=64 * 1024,
        channel_timeout=60,
        connection_limit=1000,
        asyncore_use_poll=True,
        clear_untrusted_proxy_headers=False,  # nothing trusts them, but the demo refuses who comes with them
    )
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = _Server(app, _sock=bound, adj=adjustments, bind_socket=False, sockinfo=_sockinfo(bound))

    def end(*_: Any) -> None:
        if stop.is_set():
            sys.exit(0)
        stop.set()
        server.pull_trigger()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    try:
        ready()
        while not stop.is_set():
            _turn(server)
        server.stop_listening()
        deadline = time.monotonic() + grace_seconds
        while not server.idle() and time.monotonic() < deadline:
            _turn(server, 0.05)
    finally:
        server.task_dispatcher.shutdown(timeout=1)
        server.trigger.close()
        wasyncore.close_all(server._map, ignore_all=True)


def _turn(server: _Server, seconds: float = 1.0) -> None:
    wasyncore.loop(timeout=seconds, map=server._map, use_poll=True, count=1)


def _sockinfo(bound: socket.socket) -> tuple[Any, ...]:
    return bound.family, bound.type, bound.proto, bound.getsockname()
