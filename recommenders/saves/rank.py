"""Ranking: by the revenue that a save is expected to keep, never by price alone; below a floor nothing is said."""

from __future__ import annotations

from collections.abc import Sequence

from recommenders.domain import Save
from recommenders.saves.candidate import Candidate
from recommenders.saves.outcomes import Outcomes
from recommenders.saves.wording import variant_name

FLOOR = 0.35
_EACH = 3  # saves for one item, besides fixes
_AGAIN = 0.85  # a product that already answers another item
_UNKNOWN_COST = 0.5  # margin as a share of the price where the cost is unknown


def rank(candidates: Sequence[Candidate], outcomes: Outcomes, most: int = 10) -> tuple[Save, ...]:
    """Saves by score, the best of each item before the second of any; equal scores keep the order of the candidates.

    score = P(kept) x (0.75 + 0.25 x margin relative to the best margin on the table): a richer margin can settle a
    near tie, it cannot lift what does not fit.
    """
    margins = [_margin(c) for c in candidates]
    best_margin = max(margins, default=0.0) or 1.0
    scored = [
        (round(_p_kept(c, outcomes) * (0.75 + 0.25 * m / best_margin) if c.variant else c.fit, 4), i, c)
        for i, (c, m) in enumerate(zip(candidates, margins, strict=True))
    ]
    groups: dict[str, list[tuple[float, int, Candidate]]] = {}
    for score, i, candidate in scored:
        if score >= FLOOR:
            groups.setdefault(candidate.replaces or "", []).append((score, i, candidate))
    for key, group in groups.items():
        group.sort(key=lambda s: (-s[0], s[1]))
        groups[key] = _distinct(group)[:_EACH]
    ordered: list[tuple[float, Candidate]] = []
    for place in range(_EACH):
        row = [group[place] for group in groups.values() if len(group) > place]
        used = {c.variant.sku for _, c in ordered if c.variant}
        row = [(s * _AGAIN if c.variant and c.variant.sku in used else s, i, c) for s, i, c in row]
        ordered += [(s, c) for s, _, c in (row if place == 0 else sorted(row, key=lambda r: (-r[0], r[1])))]
    return tuple(as_save(f"save-{n}-{_name(c)}", score, c) for n, (score, c) in enumerate(ordered[:most], start=1))


def _distinct(group: list[tuple[float, int, Candidate]]) -> list[tuple[float, int, Candidate]]:
    """No sku twice for one item."""
    seen: set[tuple[str, str]] = set()
    kept = []
    for entry in group:
        candidate = entry[2]
        key = (candidate.kind if candidate.variant is None else "", candidate.variant.sku if candidate.variant else "")
        if key not in seen:
            seen.add(key)
            kept.append(entry)
    return kept


def _p_kept(candidate: Candidate, outcomes: Outcomes) -> float:
    """The fit, moved by what became of such saves before; half and half leaves it as it is."""
    if candidate.product is None or candidate.kind in ("exchange", "replacement"):
        return candidate.fit
    if candidate.complained is None:  # a question: what is often kept is no better an answer
        return min(0.99, candidate.fit)
    return min(0.99, candidate.fit * (0.7 + 0.6 * outcomes.p_kept(candidate.complained, candidate.product.handle)))


def _margin(candidate: Candidate) -> float:
    if candidate.variant is None:
        return 0.0
    price, cost = candidate.variant.price, candidate.variant.cost
    return max(0.0, price - cost) if cost is not None else price * _UNKNOWN_COST


def _name(candidate: Candidate) -> str:
    return candidate.variant.sku if candidate.variant else candidate.replaces or candidate.kind


def as_save(id: str, score: float, candidate: Candidate) -> Save:
    """What the answer holds of a candidate; without a code."""
    product, variant = candidate.product, candidate.variant
    free = candidate.kind in ("fix", "replacement")
    price = variant.price if variant else None
    difference = None
    if candidate.line is not None and variant is not None:
        difference = 0.0 if free else round(float(variant.price - candidate.line.price), 2)
    return Save(
        id, candidate.kind, candidate.replaces, variant.sku if variant else None,
        product.handle if product else None, product.title if product else None,
        (variant_name(variant) or None) if variant else None, price, difference, None, candidate.headline,
        candidate.reason,
        round(min(1.0, max(0.0, score)), 4), candidate.evidence,
    )  # fmt: skip
