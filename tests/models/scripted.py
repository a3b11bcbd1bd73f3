"""Endpoints that answer as a test wants, without a network."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx2

from copilot.models.endpoint import Endpoint

Json = dict[str, Any]
URL = "http://models.test/v1"


class Scripted:
    """An endpoint that calls `answer` with each request's JSON; what it raises or returns goes out.

    `answer` gives (status, content): a dict becomes JSON, a str goes as it is. Requests are kept in `asked`.
    """

    def __init__(self, answer: Callable[[Json], tuple[int, Any]]) -> None:
        self.asked: list[Json] = []
        self.headers: list[Mapping[str, str]] = []
        self._answer = answer

    def endpoint(self, key: str = "") -> Endpoint:
        """A client of it."""
        return Endpoint(URL, key, transport=httpx2.MockTransport(self._handle))

    def _handle(self, request: httpx2.Request) -> httpx2.Response:
        asked = json.loads(request.content)
        self.asked.append({"path": request.url.path, **asked})
        self.headers.append(dict(request.headers))
        status, content = self._answer(asked)
        return httpx2.Response(status, content=content if isinstance(content, str) else json.dumps(content))


def says(content: Any) -> tuple[int, Json]:
    """A chat completion whose message is this text, or this JSON."""
    text = content if isinstance(content, str) else json.dumps(content)
    return 200, {"choices": [{"message": {"role": "assistant", "content": text}}]}


def stalls(seconds: float) -> Callable[[Json], tuple[int, Any]]:
    """An answer that comes late."""

    def answer(asked: Json) -> tuple[int, Any]:
        time.sleep(seconds)
        return says({})

    return answer


def reading(sentiment: float = 0.0, **labels: list[tuple[str, str]]) -> Json:
    """What a reader answers: family -> (id, quote)."""
    found = {key: [] for key in ("intents", "needs", "cautions", "occasions")} | labels
    return {
        **{key: [{"id": id, "quote": quote, "score": 0.9} for id, quote in rows] for key, rows in found.items()},
        "sentiment": sentiment,
    }
