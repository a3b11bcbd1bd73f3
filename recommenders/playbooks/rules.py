"""Rules: a playbook made ready to be matched. Conditions are compiled and phrases embedded when it is loaded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np

from recommenders.domain import Budget, Context, Evidence, Tier
from recommenders.playbooks.conditions import Holds, compiled, phrases_of, reasons
from recommenders.playbooks.facts import Facts, Reason
from recommenders.playbooks.meanings import Meanings
from recommenders.playbooks.playbook import Playbook, Sourced
from recommenders.playbooks.schema import Rule
from recommenders.playbooks.share import drawn
from recommenders.protocols import Encoder

Budgets = Callable[[], Sequence[Budget]]
_OCCASION = "occasions: "


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that holds, where it stands, and the conditions by which it holds ("needs: more_moisture").

    `quotes` are the customer's words that it rests on, `records` what the shop's records say, where they decided.
    `share` is the part of such tickets on which the rule acts; the others are its control group.
    """

    rule: Rule
    evidence: Evidence
    because: tuple[str, ...]
    share: float = 1.0
    quotes: tuple[str, ...] = ()
    records: tuple[str, ...] = ()

    @property
    def occasion(self) -> str:
        """The occasion by which the rule holds, if it holds by one."""
        return next((text.removeprefix(_OCCASION) for text in self.because if text.startswith(_OCCASION)), "")


@dataclass(frozen=True, slots=True)
class _Ready:
    """A rule with its compiled conditions."""

    sourced: Sourced[Rule]
    evidence: Evidence
    holds: Holds
    windowed: bool
    drawn: bool
    share: float


class Rules:
    """The enabled rules of a playbook in the order in which they are tried; read-only, so threads share it."""

    def __init__(self, playbook: Playbook, meanings: Meanings) -> None:
        self.playbook = playbook
        self._meanings = meanings
        self._zone = ZoneInfo(playbook.timezone)
        self._ready = tuple(_made_ready(sourced) for sourced in playbook.rules if sourced.item.enabled)

    @classmethod
    def build(cls, playbook: Playbook, encoder: Encoder | None = None, known: Rules | None = None) -> Rules:
        """Embeds the example phrases; without an encoder nothing is near to any of them.

        `known` are the rules of another playbook, whose phrases need not be embedded again.
        """
        phrases = [phrase for sourced in playbook.rules for phrase in phrases_of(sourced.item.when)]
        if encoder is None:
            return cls(playbook, Meanings({}, np.zeros((0, 0), dtype=np.float32), ()))
        return cls(playbook, Meanings.build(phrases, encoder, known._meanings if known is not None else None))

    def today(self, now: datetime) -> date:
        """The day of a moment in the playbook's time zone."""
        return now.astimezone(self._zone).date()

    def match(
        self, context: Context, tier: Tier, budgets: Budgets | None = None, *, held: Sequence[Match] = ()
    ) -> tuple[tuple[Match, ...], tuple[Match, ...]]:
        """The rules that hold, and those that hold on a ticket of their control group; in the order of trial.

        A rule with `stop` ends the search where it acts. What is in `held` holds without being asked again.
        """
        facts = Facts(context, tier, self._meanings.listen(context), self._zone, lambda: _left(budgets))
        customer, ticket = context.customer, context.ticket
        unit = customer.id if customer is not None else ticket.id or context.concern.text
        before = {match.evidence.id: match for match in held}
        acting: list[Match] = []
        controls: list[Match] = []
        for ready in self._ready:
            found = before.get(ready.evidence.id)
            if found is None:
                if ready.windowed and not ready.sourced.in_window(facts.today):
                    continue
                because = ready.holds(facts)
                if because is None:
                    continue
                found = _match(ready, reasons(because, facts))
            if ready.drawn and not drawn(ready.sourced.draw, unit):
                controls.append(found)
                continue
            acting.append(found)
            if found.rule.stop:
                break
        return tuple(acting), tuple(controls)


def _made_ready(sourced: Sourced[Rule]) -> _Ready:
    rule, draw = sourced.item, sourced.draw
    share = 1.0 if draw is None else (min(draw[2], 100.0) - draw[1]) / 100
    windowed = sourced.valid_from is not None or sourced.valid_until is not None
    return _Ready(sourced, sourced.evidence(rule.id), compiled(rule.when), windowed, draw is not None, share)


def _match(ready: _Ready, because: tuple[Reason, ...]) -> Match:
    texts, quotes, records = [], [], []
    for text, quote, record in because:
        texts.append(text)
        if quote and quote not in quotes:
            quotes.append(quote)
        if record:
            records.append(record)
    return Match(ready.sourced.item, ready.evidence, tuple(texts), ready.share, tuple(quotes), tuple(records))


def _left(budgets: Budgets | None) -> float | None:
    """What the agent may still spend: the least of their own budget and the team's."""
    own = [budget.remaining for budget in budgets() if budget.scope != "customer"] if budgets is not None else []
    return min(own, default=None)
