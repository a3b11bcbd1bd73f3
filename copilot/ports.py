"""What the service asks of the engine, so that a test can hand in another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from copilot.engine import Ask
from recommenders.domain import Catalog, Concern, Signals, Suggestion
from recommenders.protocols import FloatArray
from recommenders.signals.heads import Correction


@dataclass(frozen=True, slots=True)
class Health:
    """How the engine is: the cases it searches, the model it reads with, and what does not work just now."""

    tickets: int
    model: str
    degraded: tuple[str, ...] = ()


class Reader(Protocol):
    """What reads tickets; `recommenders.signals.reader.TicketReader`."""

    def read(
        self,
        concern: Concern,
        whole: FloatArray,
        sentences: FloatArray,
        language: str,
        *,
        background: int = 0,
        own: Correction | None = None,
    ) -> Signals:
        """Signals of a concern."""
        ...


class Engine(Protocol):
    """The one road from an open ticket to an answer; shared by all threads."""

    def suggest(self, ask: Ask) -> Suggestion:
        """The whole answer for one ticket."""
        ...

    def health(self) -> Health:
        """Cheap: health checks call it every few seconds."""
        ...

    def catalog(self) -> Catalog:
        """What the shop has, as it is served now."""
        ...

    def close(self) -> None:
        """Stops background work; called once, when no request is left."""
        ...
