"""What the service asks of the engine, so that a test can hand in another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from copilot.engine import Ask
from recommenders.domain import Suggestion


@dataclass(frozen=True, slots=True)
class Health:
    """How the engine is: the cases it searches, the model it reads with, and what does not work just now."""

    tickets: int
    model: str
    degraded: tuple[str, ...] = ()


class Engine(Protocol):
    """The one road from an open ticket to an answer; shared by all threads."""

    def suggest(self, ask: Ask) -> Suggestion:
        """The whole answer for one ticket."""
        ...

    def health(self) -> Health:
        """Cheap: health checks call it every few seconds."""
        ...

    def close(self) -> None:
        """Stops background work; called once, when no request is left."""
        ...
