"""What agents did with what they were shown: stored for good before it is acknowledged, each key once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError

from copilot.store import ledger
from copilot.store.answers import AnswerLog
from copilot.store.budgets import BudgetStore
from copilot.store.database import write_transaction
from copilot.store.ledger import spend_of
from copilot.store.models import FeedbackRow

SPENDING = frozenset({"accepted", "sent"})  # events by which an agent decides on a delight


@dataclass(frozen=True, slots=True)
class Feedback:
    """One event that an agent caused, as it was reported."""

    request_id: str
    suggestion_id: str
    event: str
    idempotency_key: str
    agent: str | None = None
    final_text: str | None = None
    reason: str | None = None


class FeedbackStore:
    """Stores events, and books the delights that they decide on."""

    def __init__(
        self, database: Engine, answers: AnswerLog, budgets: BudgetStore, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._answers = answers
        self._budgets = budgets
        self._clock = clock

    def record(self, feedback: Feedback, token_name: str) -> bool:
        """Stores an event; False when its key was stored before. It is on the disk when this returns.

        An answer that nobody knows is no error: another process may have given it, and a log of events is worth
        more with it than without. The agent is the one who reports, else the one who asked, else the token's name.

        Raises:
            BudgetExhausted: the event decides on a delight that no budget covers any more; nothing is stored.
        """
        answer = self._answers.find(feedback.request_id)
        agent = feedback.agent or (answer.agent if answer else None) or token_name
        offer = answer.offer(feedback.suggestion_id, "delights") if answer else None
        now = self._clock()
        try:
            with write_transaction(self._database) as connection:
                connection.execute(
                    insert(FeedbackRow).values(
                        idempotency_key=feedback.idempotency_key,
                        received_at=now,
                        request_id=feedback.request_id,
                        suggestion_id=feedback.suggestion_id,
                        event=feedback.event,
                        agent=agent,
                        final_text=feedback.final_text,
                        reason=feedback.reason,
                    )
                )
                if answer and offer and feedback.event in SPENDING and Decimal(offer["cost"] or 0) > 0:
                    spend = spend_of(answer, offer, agent, token_name)
                    ledger.book(connection, self._budgets, spend, feedback.idempotency_key, now)
        except IntegrityError:
            if not self._known(feedback.idempotency_key):
                raise
            return False
        return True

    def _known(self, key: str) -> bool:
        with self._database.connect() as connection:
            found = connection.execute(select(FeedbackRow.event).where(FeedbackRow.idempotency_key == key))
            return found.first() is not None
