"""Who is in the share of a rule: the same customers every time, and nobody in two rules of one experiment."""

from __future__ import annotations

from hashlib import sha256

Draw = tuple[str, float, float]  # the name of the draw, from (inclusive) and to (exclusive), in percent


def percent_of(name: str, unit: str) -> float:
    """Where a unit (a customer's id, else a ticket's) falls in the draw of this name: from 0 to below 100."""
    digest = sha256(f"{name}\0{unit}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 * 100


def drawn(draw: Draw | None, unit: str) -> bool:
    """Whether a rule counts for this unit; without a draw it counts for all."""
    return draw is None or draw[1] <= percent_of(draw[0], unit) < draw[2]
