"""Spending on a delight and taking it back: one call each, once however often it is repeated, no approval needed."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Engine, insert
from sqlalchemy.exc import IntegrityError

from copilot.errors import AlreadySpent, Detail, Forbidden, InvalidRequest, KeyReused, NotFound, NotReversible
from copilot.store import ledger
from copilot.store.answers import Answer, AnswerLog, Offer
from copilot.store.budgets import BudgetStore, Level, agent_key, month_of
from copilot.store.database import write_transaction
from copilot.store.ledger import Entry, Spend
from copilot.store.models import FeedbackRow
from copilot.store.tokens import Token

log = logging.getLogger(__name__)
OWN_REVERSAL = timedelta(days=1)  # how long an agent may take back what they spent; a lead always may
# Another process writes down what it answered a moment after the answer (see AnswerLog); so long we look again.
PATIENCE_SECONDS, LOOK_SECONDS = 0.6, 0.05


@dataclass(frozen=True, slots=True)
class SpendOrder:
    """An agent's decision on a delight; without an amount it is what the delight was offered for."""

    request_id: str
    delight_id: str
    idempotency_key: str
    amount: Decimal | None = None

    @property
    def digest(self) -> str:
        """Names what is asked, apart from the key."""
        return _digest("spend", self.request_id, self.delight_id, self.amount and f"{self.amount:.2f}")


@dataclass(frozen=True, slots=True)
class ReversalOrder:
    """Taking a spend back, as a whole."""

    spend_id: int
    reason: str
    idempotency_key: str

    @property
    def digest(self) -> str:
        """Names what is asked, apart from the key."""
        return _digest("reversal", self.spend_id, self.reason)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a call booked. `made` is false when an earlier call did, and `body` then says what that one said."""

    made: bool
    body: dict[str, Any]


class Spending:
    """Books spends and reversals. What a receipt says is on the disk."""

    def __init__(
        self,
        database: Engine,
        answers: AnswerLog,
        budgets: BudgetStore,
        clock: Callable[[], datetime],
        *,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._database = database
        self._answers = answers
        self._budgets = budgets
        self._clock = clock
        self._patience_seconds = patience_seconds

    def spend(self, order: SpendOrder, token: Token) -> Receipt:
        """Books a delight on the budget of the agent who was offered it, and stores that it was accepted.

        A delight that is booked already, by feedback or with another key, is not booked again: that spend is told.

        Raises:
            NotFound: no answer is known by that id, or it had no such delight.
            InvalidRequest: the amount is more than the delight may cost, or it costs nothing.
            BudgetExhausted: a budget does not cover it, or the customer had enough; nothing is stored.
            KeyReused: the key has another body.
            AlreadySpent: the delight is booked with another amount.
        """
        if receipt := self._repeated(order.idempotency_key, order.digest):
            return receipt
        answer, offer = self._offered(order)
        spend = ledger.spend_of(answer, offer, answer.agent or token.name, token.name, order.amount)
        self._check_amount(spend, offer)
        try:
            return self._booked(order, spend)
        except IntegrityError:  # feedback came under the key that the acceptance would have
            said = f"{order.idempotency_key!r} is taken by feedback"
            raise KeyReused(details=[Detail("idempotency_key", said)]) from None

    def reverse(self, order: ReversalOrder, token: Token) -> Receipt:
        """Books the entry that takes a spend back.

        Raises:
            NotFound: there is no such spend.
            Forbidden: it is another agent's, or a day has passed, and the caller is no lead.
            NotReversible: it is a reversal itself, or was reversed before.
            KeyReused: the key has another body.
        """
        if receipt := self._repeated(order.idempotency_key, order.digest):
            return receipt
        now = self._clock()
        with write_transaction(self._database) as connection:
            ledger.lock(connection)
            if receipt := self._known(connection, order.idempotency_key, order.digest):
                return receipt
            entry = ledger.by_id(connection, order.spend_id)
            if entry is None:
                raise NotFound(f"There is no spend {order.spend_id}.")
            _may_reverse(entry, token, now)
            if entry.reverses is not None:
                raise NotReversible(f"Entry {entry.id} is itself a reversal, of {entry.reverses}.")
            if there := ledger.reversal_of(connection, entry.id):
                raise NotReversible(f"Spend {entry.id} was reversed by entry {there.id}.")
            before = self._budgets.levels(connection, entry.agent, month_of(now))
            counts = month_of(now) in (entry.month, entry.booked_month)
            body = {
                "reverses": entry.id,
                "amount": float(-entry.amount),
                "currency": entry.currency,
                **_state(_moved(before, -entry.amount) if counts else before),
            }
            key = {"idempotency_key": order.idempotency_key, "digest": order.digest, "answer": body}
            made = ledger.add_reversal(connection, entry, now, token.name, order.reason, **key)
        return Receipt(True, {"spend_id": made, **body})

    def _booked(self, order: SpendOrder, spend: Spend) -> Receipt:
        now = self._clock()
        with write_transaction(self._database) as connection:
            ledger.lock(connection)
            if receipt := self._known(connection, order.idempotency_key, order.digest):
                return receipt
            if there := ledger.standing(connection, order.request_id, order.delight_id):
                if order.amount is not None and there.amount != order.amount:
                    said = f"{there.amount:.2f} {there.currency} is booked already"
                    raise AlreadySpent(details=[Detail("amount", said)])
                return Receipt(False, self._told(connection, there))
            ledger.check(connection, self._budgets, spend, now, "delight_id")
            before = self._budgets.levels(connection, spend.agent, month_of(now))
            after = _moved(before, spend.amount)
            body = {
                "amount": float(spend.amount),
                "currency": spend.currency,
                "reversible_until": (now + OWN_REVERSAL).isoformat(),
                **_state(after),
            }
            feedback_key = f"spend:{order.idempotency_key}"
            _accepted(connection, spend, feedback_key, now)
            made = ledger.add(
                connection,
                spend,
                now,
                feedback_key=feedback_key,
                idempotency_key=order.idempotency_key,
                digest=order.digest,
                answer=body,
            )
        _tell_of_limits(before, after, month_of(now))
        return Receipt(True, {"spend_id": made, **body})

    def _repeated(self, key: str, digest: str) -> Receipt | None:
        """The receipt of an earlier call with this key, without waiting for the ledger."""
        with self._database.connect() as connection:
            return self._known(connection, key, digest)

    def _known(self, connection: Connection, key: str, digest: str) -> Receipt | None:
        entry = ledger.by_key(connection, key)
        if entry is None:
            return None
        if entry.digest != digest:
            raise KeyReused(details=[Detail("idempotency_key", f"was used for entry {entry.id}, with another body")])
        return Receipt(False, self._told(connection, entry))

    def _told(self, connection: Connection, entry: Entry) -> dict[str, Any]:
        """What was said of an entry; of one that feedback booked, what can be said now."""
        said = entry.answer or {
            "amount": float(entry.amount),
            "currency": entry.currency,
            "reversible_until": (entry.spent_at + OWN_REVERSAL).isoformat(),
            **_state(self._budgets.levels(connection, entry.agent, month_of(self._clock()))),
        }
        return {"spend_id": entry.id, **said}

    def _offered(self, order: SpendOrder) -> tuple[Answer, Offer]:
        until = time.monotonic() + self._patience_seconds
        while (answer := self._answers.find(order.request_id)) is None and time.monotonic() < until:
            time.sleep(LOOK_SECONDS)
        if answer is None:
            raise NotFound("No answer with this request id is known; ask for suggestions again.")
        offer = answer.offer(order.delight_id, "delights")
        if offer is None:
            raise NotFound(f"That answer has no delight {order.delight_id!r}.")
        if not offer["cost"] or Decimal(offer["cost"]) <= 0:
            raise InvalidRequest(details=[Detail("delight_id", "costs nothing, so there is nothing to spend")])
        return answer, offer

    def _check_amount(self, spend: Spend, offer: Offer) -> None:
        cost = Decimal(offer["cost"])
        most = max(cost, self._budgets.limits.up_to.get(offer.get("gesture_id", ""), cost))
        if spend.amount > most:
            raise InvalidRequest(details=[Detail("amount", f"must be at most {most:.2f}, as the delight was offered")])


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode("ascii")).hexdigest()


def _accepted(connection: Connection, spend: Spend, key: str, now: datetime) -> None:
    """A spend is an acceptance too: whoever learns from feedback finds it there."""
    connection.execute(
        insert(FeedbackRow).values(
            idempotency_key=key,
            received_at=now,
            request_id=spend.request_id,
            suggestion_id=spend.delight_id,
            event="accepted",
            agent=spend.agent,
        )
    )


def _may_reverse(entry: Entry, token: Token, now: datetime) -> None:
    if token.may("lead"):
        return
    if token.name != entry.booked_by and agent_key(token.name) != entry.agent:
        raise Forbidden("Only the agent who spent it, or a lead, may reverse it.")
    if now - entry.spent_at > OWN_REVERSAL:
        raise Forbidden("It was spent more than a day ago: a lead may reverse it.")


def _moved(levels: tuple[Level, ...], amount: Decimal) -> tuple[Level, ...]:
    return tuple(replace(level, spent=level.spent + amount) for level in levels)


def _state(levels: tuple[Level, ...]) -> dict[str, Any]:
    return {
        "remaining": [{"scope": level.scope, "remaining": float(level.remaining)} for level in levels],
        "warning": warning_of(levels),
    }


def warning_of(levels: tuple[Level, ...]) -> dict[str, Any] | None:
    """The worse of what there is to say of some budgets: one that is spent before one that is nearly so."""
    told = sorted((level for level in levels if level.warning), key=lambda level: level.warning != "spent")
    if not told:
        return None
    level = told[0]
    percent = 100 if level.limit <= 0 else int(level.spent * 100 / level.limit)
    said = f"{percent} % of {level.scope} is spent, {level.remaining:.2f} is left this month."
    return {"scope": level.scope, "level": level.warning, "percent": percent, "text": said}


def _tell_of_limits(before: tuple[Level, ...], after: tuple[Level, ...], month: str) -> None:
    for old, new in zip(before, after, strict=True):
        if new.warning and new.warning != old.warning:
            log.warning("budget %s of %s: %.2f of %.2f is spent", new.scope, month, new.spent, new.limit)
