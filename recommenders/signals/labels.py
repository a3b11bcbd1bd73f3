"""Every label that a text can carry, in the order of the heads' rows."""

from __future__ import annotations

from recommenders.signals import CAUTIONS, INTENTS, OCCASIONS
from recommenders.signals.needs import need_kinds

FAMILIES = ("intent", "need", "caution", "occasion")


def all_labels() -> tuple[str, ...]:
    """Every label that a text can carry, "family:id"."""
    return (
        *(f"intent:{x}" for x in INTENTS),
        *(f"need:{x}" for x in need_kinds()),
        *(f"caution:{x}" for x in CAUTIONS),
        *(f"occasion:{x}" for x in OCCASIONS),
    )
