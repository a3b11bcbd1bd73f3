"""ChatModel: one question to a language model, answered as JSON of a fixed schema, and remembered."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

from copilot.models.breaker import Breaker
from copilot.models.endpoint import Endpoint, EndpointError, Json, wait
from copilot.models.task import NoAnswer, Task

T = TypeVar("T")
SEED = 7
REMEMBERED = 2048  # answers


class ChatModel(Generic[T]):
    """A chat completion with `response_format: json_schema`. Threads may share it.

    The same question has the same answer: temperature 0, a fixed seed, and an answer that fitted is kept, by the hash
    of the question, as long as there is room. Two who ask the same at the same time share one call.

    Args:
        endpoint: where to ask.
        model: its name there.
        task: what it does.
        parse: makes the value of the answer's JSON; ValueError where it does not fit.
        breaker: stops asking after failures of the endpoint. An answer that does not fit is no such failure: a ticket
            could be written to provoke it.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        model: str,
        task: Task,
        parse: Callable[[Any], T],
        *,
        breaker: Breaker | None = None,
        remembered: int = REMEMBERED,
    ) -> None:
        self._endpoint = endpoint
        self._model = model
        self._task = task
        self._parse = parse
        self._breaker = breaker or Breaker()
        self._most = remembered
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Future[T]] = OrderedDict()

    def ask(self, question: str, seconds: float) -> T:
        """The answer. Raises NoAnswer."""
        until = time.monotonic() + seconds
        return self.answer(self.start(question, seconds), until)

    def start(self, question: str, seconds: float) -> Future[T]:
        """Asks without waiting. The future is for `answer`."""
        key = hashlib.sha256(question.encode("utf-8", "surrogatepass")).hexdigest()
        with self._lock:
            known = self._known.get(key)
            if known is not None:
                self._known.move_to_end(key)
                return known
            if not self._breaker.allows():
                refused: Future[T] = Future()
                refused.set_exception(NoAnswer(f"{self._task.name}: not asked, after failures"))
                return refused
            future = self._endpoint.start("/chat/completions", self._payload(question), seconds, self._read)
            self._known[key] = future
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        future.add_done_callback(lambda done: self._forget(key, done))
        return future

    def answer(self, future: Future[T], until: float) -> T:
        """What was asked for, if it comes until then on the monotonic clock. Raises NoAnswer."""
        try:
            found = wait(future, until - time.monotonic())
        except EndpointError as error:
            self._breaker.failed()
            self._drop(future)  # who asks again starts anew
            raise NoAnswer(f"{self._task.name}: {error}") from None
        self._breaker.succeeded()
        return found

    def close(self) -> None:
        """Ends the connections."""
        self._endpoint.close()

    def _forget(self, key: str, done: Future[T]) -> None:
        if done.cancelled() or done.exception() is not None:
            with self._lock:
                if self._known.get(key) is done:
                    del self._known[key]

    def _drop(self, future: Future[T]) -> None:
        with self._lock:
            for key in [key for key, known in self._known.items() if known is future]:
                del self._known[key]

    def _payload(self, question: str) -> Json:
        task = self._task
        return {
            "model": self._model,
            "messages": [{"role": "system", "content": task.instructions}, {"role": "user", "content": question}],
            "temperature": 0,
            "seed": SEED,
            "max_tokens": task.most_tokens,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": task.name, "strict": True, "schema": task.schema},
            },
        }

    def _read(self, answer: Json) -> T:
        try:
            return self._parse(json.loads(answer["choices"][0]["message"]["content"]))
        except (KeyError, IndexError, TypeError, ValueError, RecursionError):
            raise NoAnswer(f"{self._task.name}: the answer does not fit the schema") from None
