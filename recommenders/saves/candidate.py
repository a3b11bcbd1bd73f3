"""What each source of saves hands over to the ranking."""

from __future__ import annotations

from dataclasses import dataclass

from recommenders.domain import Evidence, OrderLine, Product, SaveKind, Variant


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible save. `fit` is how well it answers what was said, 0..1; `need` the id it answers, for outcomes."""

    kind: SaveKind
    line: OrderLine | None  # what it stands in for
    product: Product | None
    variant: Variant | None
    fit: float
    headline: str
    reason: str
    evidence: tuple[Evidence, ...]
    need: str = ""
    complained: str | None = None  # handle of the product complained of
    asked: bool = False  # the customer asked for this change in so many words, whatever else was read

    @property
    def replaces(self) -> str | None:
        """Sku of the order line."""
        return self.line.sku if self.line else None
