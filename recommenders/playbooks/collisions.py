"""Rules that get in each other's way on a ticket: two codes, one's choice that another avoids, two gestures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from recommenders.domain import Catalog, Product
from recommenders.playbooks.loader import Playbook
from recommenders.playbooks.schema import InlineGesture, Rule, Scope, Then


@dataclass(frozen=True, slots=True)
class Collision:
    """Two rules that fired on the same tickets and ask for what does not go together."""

    rules: tuple[str, str]
    kind: str
    why: str
    tickets: tuple[str, ...]

    def as_data(self, most: int | None = None) -> dict[str, Any]:
        """Plain data for JSON, with at most `most` ticket ids as examples."""
        return {
            "rules": list(self.rules),
            "kind": self.kind,
            "why": self.why,
            "tickets": len(self.tickets),
            "examples": list(self.tickets[:most]),
        }


def collisions_of(playbook: Playbook, fired: Mapping[str, Sequence[str]], catalog: Catalog) -> tuple[Collision, ...]:
    """Every pair that collided, those on most tickets first.

    Args:
        playbook: whose rules fired.
        fired: case id -> the rules that acted on it.
        catalog: of which products a scope is made.
    """
    tickets: dict[tuple[str, str], list[str]] = {}
    for case_id in sorted(fired):
        for one, other in combinations(fired[case_id], 2):
            tickets.setdefault((min(one, other), max(one, other)), []).append(case_id)
    rules = {sourced.evidence(sourced.item.id).id: sourced.item for sourced in playbook.rules}
    found = [
        Collision(pair, kind, why, tuple(ids))
        for pair, ids in tickets.items()
        if pair[0] in rules and pair[1] in rules
        for kind, why in _conflicts(rules[pair[0]], rules[pair[1]], catalog)
    ]
    return tuple(sorted(found, key=lambda c: (-len(c.tickets), c.rules, c.kind)))


def _conflicts(one: Rule, other: Rule, catalog: Catalog) -> list[tuple[str, str]]:
    """(kind, in words) of what two rules ask for that does not go together."""
    found: list[tuple[str, str]] = []
    a, b = one.then, other.then
    if a.code and b.code and a.code.casefold() != b.code.casefold():
        found.append(("codes", f"{one.id} asks for {a.code}, {other.id} for {b.code}"))
    for x, y, first, second in ((a, b, one, other), (b, a, other, one)):
        both = [product.title for product in catalog.products if _wants(x, product) and _in(product, y.avoid)]
        if both:
            more = f" and {len(both) - 1} more" if len(both) > 1 else ""
            found.append(("products", f"{first.id} wants {both[0]}{more}, {second.id} avoids it"))
    if (gestures := (_gesture(a), _gesture(b))) and all(gestures) and gestures[0] != gestures[1]:
        found.append(("gestures", f"{one.id} proposes {gestures[0]}, {other.id} {gestures[1]}"))
    for x, y, first, second in ((a, b, one, other), (b, a, other, one)):
        if both_ways := sorted(set(x.lift) & set(y.restrain)):
            found.append(("restraint", f"{first.id} lifts {', '.join(both_ways)}, {second.id} adds it"))
    if a.stance and b.stance and a.stance != b.stance:
        found.append(("stances", f"{one.id} drafts to {a.stance}, {other.id} to {b.stance}"))
    return found


def _gesture(then: Then) -> str | None:
    return then.delight.gesture if isinstance(then.delight, InlineGesture) else then.gesture_id


def _wants(then: Then, product: Product) -> bool:
    offered = then.offer is not None and (then.offer.product or "").casefold() == product.handle.casefold()
    return offered or _in(product, then.prefer)


def _in(product: Product, scope: Scope | None) -> bool:
    if scope is None:
        return False
    tags = {tag.casefold() for tag in product.tags}
    return (
        product.handle.casefold() in {handle.casefold() for handle in scope.handles}
        or product.type.casefold() in {kind.casefold() for kind in scope.types}
        or any(tag.casefold() in tags for tag in scope.tags)
    )
