"""Endpoint: JSON to one OpenAI-compatible address and back, within a time limit that holds for the whole exchange."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import httpx2

T = TypeVar("T")
Json = dict[str, Any]
LARGEST = 8 * 1024 * 1024  # bytes of an answer; a batch of embeddings is the longest
_PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504})


class EndpointError(Exception):
    """No usable answer came. The message names what happened, and nothing of what was sent or received.

    `passing` is true where the same call may succeed a moment later.
    """

    def __init__(self, reason: str, *, passing: bool = False) -> None:
        super().__init__(reason)
        self.passing = passing


class Endpoint:
    """A kept client for one base URL (`https://api.example.com/v1`). Threads may share it.

    The library's limits are for each read and write, so that an answer which drips byte by byte would never end. Calls
    therefore run on threads of their own, and whoever asked waits no longer than the limit.

    Args:
        url: the base URL, to which paths like "/chat/completions" are added. Redirects are not followed, and neither
            proxies nor credentials are taken from the environment.
        key: sent as a bearer token; empty for an endpoint that asks for none.
        workers: calls at the same time; more wait for their turn inside their own limit.
        transport: stands in for the network.
    """

    def __init__(
        self, url: str, key: str = "", *, workers: int = 8, transport: httpx2.BaseTransport | None = None
    ) -> None:
        self.url = url.rstrip("/")
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        self._client = httpx2.Client(headers=headers, transport=transport, trust_env=False, follow_redirects=False)
        self._pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="endpoint")

    def start(self, path: str, payload: Mapping[str, Any], seconds: float, read: Callable[[Json], T]) -> Future[T]:
        """Sends now, and gives what `read` makes of the answer later; the future fails with EndpointError."""
        until = time.monotonic() + seconds
        return self._pool.submit(lambda: read(self._exchange(path, payload, until)))

    def post(self, path: str, payload: Mapping[str, Any], seconds: float) -> Json:
        """The answer's JSON object.

        Raises:
            EndpointError: there was none within the time.
        """
        return wait(self.start(path, payload, seconds, lambda answer: answer), seconds)

    def close(self) -> None:
        """Ends the connections; calls that run are not waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._client.close()

    def _exchange(self, path: str, payload: Mapping[str, Any], until: float) -> Json:
        content = json.dumps(payload, ensure_ascii=False).encode("utf-8", "surrogatepass")
        try:
            with self._client.stream("POST", self.url + path, content=content, timeout=_left(until)) as response:
                if response.status_code != 200:
                    raise EndpointError(
                        f"the endpoint answered with {response.status_code}", passing=response.status_code in _PASSING
                    )
                body = bytearray()
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > LARGEST:
                        raise EndpointError("the answer is too long")
                    _left(until)
        except httpx2.HTTPError as error:
            raise EndpointError(f"the endpoint did not answer ({type(error).__name__})", passing=True) from None
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError):
            raise EndpointError("the answer is not JSON") from None
        if not isinstance(answer, dict):
            raise EndpointError("the answer is not a JSON object")
        return answer


def wait(future: Future[T], seconds: float) -> T:
    """The result of a call, or EndpointError when it takes longer."""
    try:
        return future.result(timeout=max(0.0, seconds))
    except TimeoutError:
        future.cancel()
        raise EndpointError("no answer within the time limit", passing=True) from None


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise EndpointError("no answer within the time limit", passing=True)
    return left
