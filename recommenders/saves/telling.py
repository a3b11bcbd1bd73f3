"""An alternative with its words: why it answers what was said, what it costs, and where that stands."""

from __future__ import annotations

from dataclasses import dataclass, replace

from recommenders.domain import Evidence, Need, OrderLine, Product, Variant
from recommenders.saves import wording
from recommenders.saves.candidate import Candidate
from recommenders.saves.outcomes import proofs
from recommenders.saves.suitability import Suitability

# Answers to these are richer or bigger things: what costs more is then an upsell.
_RICHER = frozenset({
    "more_moisture", "bigger_capacity", "bigger_pack", "more_powerful", "better_quality", "longer_battery",
    "longer_lasting", "warmer", "sturdier", "more_coverage", "faster", "brighter", "more_variety", "gift_ready",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """What an alternative is for: the line that it stands in for, the thing complained of, the need that it answers."""

    line: OrderLine | None = None
    complained: Product | None = None
    needs: tuple[Need, ...] = ()
    need: Need | None = None


def alternative(suitable: Suitability, told: Told, product: Product, variant: Variant, fit: float) -> Candidate:
    """The candidate, with evidence for everything that its reason says."""
    context, index = suitable.context, suitable.index
    line, need = told.line, told.need
    worked = proofs(context.similar, context.catalog, product.handle)
    complained = told.complained.handle if told.complained else None
    record = suitable.outcomes.record(complained, product.handle)
    evidence = [Evidence("product", variant.sku)]
    if line is not None:
        order = next((o for o in context.orders if line in o.lines), None)
        evidence += [Evidence("order", order.id)] if order else []
    cases = [s.case.id for s in worked] + list(record.cases if record else ())
    evidence += [Evidence("ticket", case) for case in list(dict.fromkeys(cases))[:2]]
    difference = variant.price - line.price if line else None
    if need is not None:  # the panel is in English, whatever the customer writes
        need = replace(need, text=index.needs.kinds[need.id].text["en"] if need.id in index.needs.kinds else need.text)
    richer = need is not None and need.id in _RICHER and difference is not None and difference > 0
    return Candidate(
        "upsell" if richer else "alternative", line, product, variant, fit,
        wording.alternative_headline(product, variant, need),
        wording.alternative_reason(product, variant, need, difference, context.catalog.currency, len(worked),
                                   record, told.complained.title if told.complained else ""),
        tuple(evidence), need.id if need else "", complained,
    )  # fmt: skip
