"""SaveRecommender: the one door to saves."""

from __future__ import annotations

from recommenders.domain import Context, Save
from recommenders.saves.candidate import Candidate
from recommenders.saves.exchange import exchanges
from recommenders.saves.fit import alternatives
from recommenders.saves.fixes import FAULTS, HARM, QUIET, fixes
from recommenders.saves.index import CatalogIndex
from recommenders.saves.outcomes import Outcomes
from recommenders.saves.rank import rank

_FREE = ("fix", "exchange", "replacement")


class SaveRecommender:
    """Fixes before exchanges before alternatives; restraint's verdict holds for every one of them."""

    def __init__(self, index: CatalogIndex, outcomes: Outcomes) -> None:
        self._index, self._outcomes = index, outcomes

    def recommend(self, context: Context) -> tuple[Save, ...]:
        """At most ten saves, best first, the best of each item before the second of any."""
        candidates = [c for c in self._candidates(context) if _permitted(c, context)]
        return rank(candidates, self._outcomes)

    def _candidates(self, context: Context) -> list[Candidate]:
        index = self._index
        reasons = frozenset(context.selling.reasons)
        found = fixes(context, self._outcomes)
        if reasons & (HARM | QUIET | {"asked_not_to_sell"}):
            return found
        wants_other = context.signals.intent("exchange_request") is not None
        broken = context.signals.intent(*FAULTS) is not None
        if broken and not wants_other:
            return found
        fixed = {c.replaces for c in found if c.kind == "replacement" and c.replaces}
        swaps = [c for c in exchanges(context, index) if c.replaces not in fixed]
        found += swaps
        if broken or not context.selling.allowed:
            return found
        answered = frozenset(c.replaces for c in swaps if c.replaces) | fixed
        return found + alternatives(context, index, answered)


def _permitted(candidate: Candidate, context: Context) -> bool:
    """Where selling must wait, only what is free stays; who asked for no offer sees fixes alone."""
    if "asked_not_to_sell" in context.selling.reasons:
        return candidate.kind == "fix"
    if context.selling.allowed:
        return True
    if candidate.kind not in _FREE:
        return False
    if candidate.kind == "exchange" and candidate.variant is not None and candidate.line is not None:
        return candidate.variant.price - candidate.line.price < 0.005
    return True
