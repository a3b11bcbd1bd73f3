"""SaveRecommender: the one door to saves."""

from __future__ import annotations

from collections.abc import Sequence

from recommenders.domain import Context, Save
from recommenders.saves.candidate import Candidate
from recommenders.saves.exchange import NEED_STEPS, exchanges
from recommenders.saves.fit import alternatives
from recommenders.saves.fixes import FAULTS, HARM, QUIET, fixes
from recommenders.saves.index import CatalogIndex
from recommenders.saves.outcomes import Outcomes
from recommenders.saves.rank import as_save, rank
from recommenders.saves.ruled import Asked, offered, placed

_NAMED = 0.9  # fit of an exchange whose new value the customer named
_WIDTH = frozenset({"wider", "narrower"})
_FREE = ("fix", "exchange", "replacement")


class SaveRecommender:
    """Fixes before exchanges before alternatives; restraint's verdict holds for every one of them."""

    def __init__(self, index: CatalogIndex, outcomes: Outcomes) -> None:
        self._index, self._outcomes = index, outcomes

    def recommend(self, context: Context, asked: Sequence[Asked] = ()) -> tuple[Save, ...]:
        """At most ten saves, best first, the best of each item before the second of any.

        `asked` is what rules of the playbook offer, which comes before other alternatives.
        """
        candidates = [c for c in self._candidates(context) if _permitted(c, context)]
        saves = rank(candidates, self._outcomes)
        if not asked or frozenset(context.selling.reasons) & (HARM | QUIET | {"asked_not_to_sell"}):
            return saves
        found = offered(asked, context, self._index, self._outcomes)
        ruled = [
            (as_save(f"save-rule-{n}-{c.variant.sku}", c.fit, c), rule)
            for n, (c, rule) in enumerate(found, start=1)
            if c.variant is not None and _permitted(c, context)
        ]
        return placed(saves, ruled)

    def _candidates(self, context: Context) -> list[Candidate]:
        index = self._index
        reasons = frozenset(context.selling.reasons)
        found = fixes(context, self._outcomes)
        if reasons & (HARM | QUIET | {"asked_not_to_sell"}):
            return found
        wants_other = context.signals.intent("exchange_request") is not None
        broken = context.signals.intent(*FAULTS) is not None
        swaps = exchanges(context, index)
        # Who names what the item should be instead wants that, and not the same again.
        asked = {c.replaces for c in swaps if c.asked}
        if broken and not wants_other:
            swaps = [c for c in swaps if c.asked]
        found = [c for c in found if c.kind != "replacement" or c.replaces not in asked]
        fixed = {c.replaces for c in found if c.kind == "replacement" and c.replaces}
        swaps = [c for c in swaps if c.replaces not in fixed]
        found += swaps
        if broken or not context.selling.allowed:
            return found
        doubtful = frozenset(c.replaces for c in swaps if c.replaces and _beside_the_point(c, context, index))
        answered = (frozenset(c.replaces for c in swaps if c.replaces) - doubtful) | fixed
        others = alternatives(context, index, answered, self._outcomes)
        better = doubtful & {c.replaces for c in others if _says_so(c, index)}
        kept = [c for c in found if c.replaces not in better or c.kind != "exchange"]
        return kept + [c for c in others if c.replaces not in doubtful or c.replaces in better]


def _beside_the_point(candidate: Candidate, context: Context, index: CatalogIndex) -> bool:
    """Whether an exchange changes what the need is not about, unless the customer named the value.

    A longer shoe is not wider, and a smaller jar of a cream is not lighter; another product may be, if there is one.
    """
    line, variant = candidate.line, candidate.variant
    space = index.space_of(line.sku) if line else None
    current = space.variant(line.sku) if space and line else None
    needs = {n.id for n in context.signals.needs if n.about in (None, candidate.replaces)} & set(index.needs.ids)
    if candidate.kind != "exchange" or (candidate.asked and candidate.fit >= _NAMED):
        return False
    if space is None or variant is None or current is None:
        return False
    if needs and not any(index.needs.kinds[n].options for n in needs):
        return True
    changed = [o for o in space.options if variant.options.get(o.name) != current.options.get(o.name)]
    steps = {notion for n in needs for notion in NEED_STEPS.get(n, (0, ()))[1]}
    if steps and not any(steps & set(option.notions) for option in changed):
        return True
    return not candidate.asked and needs <= _WIDTH and not any("width" in option.notions for option in space.options)


def _says_so(candidate: Candidate, index: CatalogIndex) -> bool:
    """Whether the page says outright that it has what is missed, or a case shows that it helps."""
    if any(evidence.type == "ticket" for evidence in candidate.evidence):
        return True
    if candidate.product is None or candidate.need not in index.needs.ids:
        return False
    row, column = index.row[candidate.product.handle], index.needs.ids.index(candidate.need)
    return bool(index.stated[row, column] > 0)


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
