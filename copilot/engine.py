"""SuggestionEngine: the one road from an open ticket to an answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from recommenders.domain import Suggestion, Ticket

SECTIONS = ("similar", "saves", "codes", "drafts", "delights")


@dataclass(frozen=True)
class Ask:
    """A parsed request. The ticket's messages are as they came: they may hold HTML, quotes and signatures."""

    ticket: Ticket
    now: datetime
    customer_id: str | None = None
    customer_email: str | None = None
    agent_id: str = ""
    sections: frozenset[str] = field(default_factory=lambda: frozenset(SECTIONS))
    limit: int = 3


class SuggestionEngine:
    """Built once in `create_app`; read-only while serving, so threads share it."""

    def suggest(self, ask: Ask) -> Suggestion:
        """The whole answer for one ticket."""
        raise NotImplementedError
