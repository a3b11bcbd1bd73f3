"""What a rule that is tried on a share of tickets is worth, from the log of its draws: the inputs of `offpolicy`.

Every resolved ticket on which the rule's conditions held is a round: the arm was drawn with a known probability, and
the reward is the revenue that was kept. Tickets and not answers are rounds, because the draw is by customer: a ticket
that was asked for ten times was drawn once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import Engine, select

from copilot.store.models import AnswerRow, CaseRow
from copilot.store.shop import IDS_PER_QUERY
from recommenders.offpolicy import Floats, Worth, snips, weights

_BATCH = 1000


@dataclass(frozen=True)
class Trial:
    """The rounds of one rule, by ticket: whether it acted, the probability of that, and the revenue that was kept."""

    tickets: tuple[str, ...]
    treated: Floats  # 1 or 0
    propensity: Floats
    reward: Floats

    def always(self) -> Worth:
        """Revenue kept a ticket if the rule acted on every one of them.

        Raises:
            ValueError: no ticket was treated.
        """
        return snips(self.reward, weights(self.treated, self.propensity))

    def never(self) -> Worth:
        """Revenue kept a ticket without the rule.

        Raises:
            ValueError: there is no control group.
        """
        return snips(self.reward, weights(1 - self.treated, self.propensity))


def trial(database: Engine, rule: str, since: datetime) -> Trial:
    """The rounds of a rule (FILE.yaml#RULE) since a moment; those of tickets that are resolved and have an outcome.

    A ticket whose arm changed meanwhile (its customer became known, or the share was changed) is no clean draw and is
    left out.
    """
    drawn: dict[str, set[tuple[str, float]]] = {}
    asked = select(AnswerRow.ticket_id, AnswerRow.suggestions)
    asked = asked.where(AnswerRow.created_at >= since, AnswerRow.ticket_id.is_not(None))
    with database.connect().execution_options(yield_per=_BATCH) as connection:
        for ticket, offers in connection.execute(asked):
            for offer in offers:
                if offer["section"] == "rules" and offer["id"] == rule:
                    drawn.setdefault(ticket, set()).add((offer["kind"], offer["propensity"]))
    clean = {ticket: next(iter(arms)) for ticket, arms in drawn.items() if len(arms) == 1}
    kept = _kept(database, sorted(clean))
    tickets = tuple(ticket for ticket in sorted(clean) if ticket in kept)
    return Trial(
        tickets,
        np.array([float(clean[ticket][0] == "treated") for ticket in tickets], dtype=np.float64),
        np.array([clean[ticket][1] for ticket in tickets], dtype=np.float64),
        np.array([kept[ticket] for ticket in tickets], dtype=np.float64),
    )


def _kept(database: Engine, tickets: list[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    with database.connect() as connection:
        for start in range(0, len(tickets), IDS_PER_QUERY):
            some = CaseRow.id.in_(tickets[start : start + IDS_PER_QUERY])
            for id, outcome in connection.execute(select(CaseRow.id, CaseRow.data["outcome"]).where(some)):
                if outcome is not None and outcome.get("kept_revenue") is not None:
                    found[id] = float(outcome["kept_revenue"])
    return found
