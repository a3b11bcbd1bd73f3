"""What was answered to whom, for feedback to refer to. Written behind the answer's back: it costs no request a disk."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from datetime import datetime
from math import prod
from typing import Any

from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from copilot.store.budgets import month_of
from copilot.store.database import write_transaction
from copilot.store.models import AnswerRow
from recommenders.domain import Evidence, Suggestion

log = logging.getLogger(__name__)
Offer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `offers` are its suggestions as {section, id, kind, rank, score, propensity}, rank from 1.

    `propensity` is the probability with which the section came out as it did: 1.0, unless a rule that is tried on a
    share of tickets can change it. An offer that rules caused names them in `rules`. Rules that fired are offers of a
    section of their own, "rules", with their arm as kind, also where nothing came of them.
    A delight's offer also has its cost, its currency, the month whose budget pays, the gesture and the customer.
    """

    request_id: str
    created_at: datetime
    ticket_id: str | None
    revision: str
    agent: str | None
    offers: tuple[Offer, ...]

    def offer(self, suggestion_id: str, section: str) -> Offer | None:
        """The offer of that id in a section."""
        return next((o for o in self.offers if o["section"] == section and o["id"] == suggestion_id), None)


def offers_of(suggestion: Suggestion, sections: frozenset[str], now: datetime) -> tuple[Offer, ...]:
    """What a suggestion offers, in the order of the panel. Cases go by their ticket's id, codes by themselves."""
    found: dict[str, list[Offer]] = {
        "similar": [
            {
                "id": x.case.id,
                "kind": x.case.resolution.kind if x.case.resolution else None,
                "score": round(float(x.score), 4),
            }
            for x in suggestion.similar
        ],
        "saves": [{"id": x.id, "kind": x.kind, "score": round(float(x.score), 4)} for x in suggestion.saves],
        "codes": [{"id": x.code.code, "kind": x.code.value_type, "score": None} for x in suggestion.codes],
        "drafts": [{"id": x.id, "kind": x.stance, "score": None} for x in suggestion.drafts],
        "delights": [
            {
                "id": x.id,
                "kind": x.occasion,
                "score": None,
                "cost": None if x.cost is None else f"{x.cost:.2f}",
                "currency": x.currency,
                "month": month_of(now),
                "gesture": x.gesture,
                "gesture_id": x.id.removeprefix(f"delight-{x.occasion}-"),
                "customer": suggestion.customer.id,
            }
            for x in suggestion.delights
        ],
    }
    caused: dict[str, list[tuple[Evidence, ...]]] = {
        "saves": [x.evidence for x in suggestion.saves],
        "codes": [x.evidence for x in suggestion.codes],
        "drafts": [x.evidence for x in suggestion.drafts],
        "delights": [x.evidence for x in suggestion.delights],
    }
    made: list[Offer] = []
    fired = {rule.id for rule in suggestion.rules}
    for section, offers in found.items():
        propensity = prod(rule.probability for rule in suggestion.rules if section in rule.sections)
        for rank, offer in enumerate(offers if section in sections else (), 1):
            made.append({"section": section, "rank": rank, **offer, "propensity": round(propensity, 6)})
            proofs = caused[section][rank - 1] if section in caused else ()
            if rules := list(dict.fromkeys(p.id for p in proofs if p.type == "rule" and p.id in fired)):
                made[-1]["rules"] = rules
    for rank, rule in enumerate(suggestion.rules, 1):
        made.append(
            {
                "section": "rules",
                "rank": rank,
                "id": rule.id,
                "kind": rule.arm,
                "score": None,
                "propensity": rule.probability,
            }
        )
    return tuple(made)


class AnswerLog:
    """Collects answers and writes them in batches from one thread; `find` sees an answer at once.

    Args:
        database: where to.
        linger: seconds to wait for more before a batch is written.
        capacity: answers held while the database does not take them; beyond it the oldest are given up and logged.
        retry_seconds: how long to wait after the database refused a batch.
    """

    def __init__(
        self,
        database: Engine,
        *,
        linger: float = 0.25,
        capacity: int = 10_000,
        retry_seconds: float = 1.0,
    ) -> None:
        self._database = database
        self._linger = linger
        self._capacity = capacity
        self._retry_seconds = retry_seconds
        self._pending: dict[str, Answer] = {}
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, answer: Answer) -> None:
        """Takes an answer over; never waits for the disk."""
        with self._changed:
            self._pending[answer.request_id] = answer
            if len(self._pending) > self._capacity:
                lost = self._pending.pop(next(iter(self._pending)))
                log.error("answers are not written fast enough; answer %s was given up", lost.request_id)
            if self._thread is None:  # not in the constructor: a server may fork after it built the app
                self._thread = threading.Thread(target=self._run, name="answer-log", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def find(self, request_id: str) -> Answer | None:
        """The answer, made durable first when it was still waiting to be written."""
        with self._changed:
            waiting = self._pending.get(request_id)
        if waiting:
            self.flush()
            return waiting
        with self._database.connect() as connection:
            row = connection.execute(select(AnswerRow.__table__).where(AnswerRow.request_id == request_id)).first()
        if row is None:
            return None
        return Answer(row.request_id, row.created_at, row.ticket_id, row.revision, row.agent, tuple(row.suggestions))

    def flush(self, timeout: float = 5.0) -> bool:
        """Waits until what was added before is written; False when that took too long."""
        with self._changed:
            waiting = set(self._pending)
            self._changed.notify_all()
            return self._changed.wait_for(lambda: waiting.isdisjoint(self._pending), timeout)

    def close(self, timeout: float = 10.0) -> None:
        """Writes what is left and ends the thread."""
        with self._changed:
            self._closing.set()
            self._changed.notify_all()
            thread = self._thread
        if thread:
            thread.join(timeout)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._pending or self._closing.is_set())
                if not self._pending:
                    return
            self._closing.wait(self._linger)
            with self._changed:
                batch = list(self._pending.values())[:500]
            try:
                self._write(batch)
            except OperationalError as error:
                log.error("%d answers could not be written, trying again: %s", len(batch), error.orig)
                if self._closing.is_set():
                    return
                self._closing.wait(self._retry_seconds)
                continue
            except SQLAlchemyError:
                log.exception("%d answers could not be written and were given up", len(batch))
            with self._changed:
                for answer in batch:
                    self._pending.pop(answer.request_id, None)
                self._changed.notify_all()

    def _write(self, batch: list[Answer]) -> None:
        rows = [
            {
                "request_id": a.request_id,
                "created_at": a.created_at,
                "ticket_id": a.ticket_id,
                "revision": a.revision,
                "agent": a.agent,
                "suggestions": list(a.offers),
            }
            for a in batch
        ]
        with write_transaction(self._database) as connection:
            connection.execute(insert(AnswerRow), rows)
