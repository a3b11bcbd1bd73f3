"""Which sections of an answer a rule can put something into, take something from or reorder."""

from __future__ import annotations

from recommenders.playbooks.schema import Then

_OFFERS = ("saves", "codes", "drafts")
_ALL = (*_OFFERS, "delights")
TOUCHES: dict[str, tuple[str, ...]] = {
    "prefer": _OFFERS,
    "avoid": _OFFERS,
    "offer": _OFFERS,
    "code": _OFFERS,
    "code_for": _OFFERS,
    "gesture": ("delights",),
    "delight": ("delights",),
    "say": ("drafts",),
    "draft": ("drafts",),
    "stance": ("drafts",),
    "restrain": _ALL,
    "lift": _ALL,
    "recovery": ("drafts",),
    "follow_up_days": ("drafts",),
    "white_glove": ("drafts",),
    "allowance": ("drafts",),
    "warn": (),
    "tags": (),
    "because": (),
}


def sections_of(then: Then) -> tuple[str, ...]:
    """The sections that these effects touch, in the order of the answer."""
    touched = {section for key in then.model_fields_set for section in TOUCHES[key]}
    return tuple(section for section in _ALL if section in touched)
