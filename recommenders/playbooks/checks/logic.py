"""Conditions as sets and ranges: when one follows from another, and when they can never hold together.

A list is "one entry is enough". A ticket has one channel, language, tier, mood and weekday, so two lists of those must
overlap; it may have many intents or tags, so two lists of those need not. What is not sure is never claimed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from math import inf

from recommenders.playbooks.schema import NUMBERS, Conditions, When

ONE = ("channel", "language", "tier", "sentiment", "weekdays")
MANY = (
    "intents", "needs", "occasions", "cautions", "says", "means", "tags", "products", "product_types", "product_tags",
    "customer_tags", "order_status",
)  # fmt: skip
YES_NO = ("consent", "selling")
Range = tuple[float, float]
ALWAYS: Range = (-inf, inf)


@dataclass(frozen=True, slots=True)
class Group:
    """What a group of conditions says: facts that have one value, lists of which one entry must be there, ranges."""

    one: Mapping[str, frozenset[object]]
    many: Mapping[str, frozenset[str]]
    ranges: Mapping[str, Range]

    @property
    def empty(self) -> bool:
        """Whether it says nothing, and so always holds."""
        return not (self.one or self.many or self.ranges)

    @classmethod
    def of(cls, conditions: Conditions) -> Group:
        """Of conditions as they are written; groups within them are left out."""
        return cls(_one(conditions), _many(conditions), _ranges(conditions))


@dataclass(slots=True)
class Facts:
    """What must be true where all of some groups hold; `one` are the values that are left."""

    one: dict[str, frozenset[object]] = field(default_factory=dict)
    many: dict[str, list[frozenset[str]]] = field(default_factory=dict)
    ranges: dict[str, Range] = field(default_factory=dict)

    @classmethod
    def of(cls, groups: Iterable[Group], days: Range = ALWAYS) -> Facts:
        """Of groups that all hold, on days within `days`."""
        facts = cls(ranges={} if days == ALWAYS else {"date": days})
        for group in groups:
            for key, one in group.one.items():
                facts.one[key] = facts.one.get(key, one) & one
            for key, many in group.many.items():
                facts.many.setdefault(key, []).append(many)
            for key, (low, high) in group.ranges.items():
                known = facts.ranges.get(key, ALWAYS)
                facts.ranges[key] = (max(low, known[0]), min(high, known[1]))
        return facts

    def contradiction(self) -> str | None:
        """The fact that cannot be as it must be, if there is one, in words."""
        for key, values in sorted(self.one.items()):
            if not values:
                return f'"{key}" would have to be two things at once'
        for key, (low, high) in sorted(self.ranges.items()):
            if low > high:
                return f'"{key}" would have to be at least {_number(key, low)} and at most {_number(key, high)}'
        return None

    def imply(self, group: Group) -> bool:
        """Whether a group holds wherever these facts do."""
        for key, wanted in group.one.items():
            if key not in self.one or not self.one[key] <= wanted:
                return False
        for key, words in group.many.items():
            if key not in self.many or not any(own <= words for own in self.many[key]):
                return False
        for key, (low, high) in group.ranges.items():
            if key not in self.ranges or self.ranges[key][0] < low or self.ranges[key][1] > high:
                return False
        return True

    def exclude(self, group: Group) -> bool:
        """Whether a group fails wherever these facts hold."""
        for key, wanted in group.one.items():
            if key in self.one and not self.one[key] & wanted:
                return True
        for key, (low, high) in group.ranges.items():
            if key in self.ranges and max(self.ranges[key][0], low) > min(self.ranges[key][1], high):
                return True
        return False


class Logic:
    """The conditions of a rule, made ready to be compared."""

    def __init__(self, when: When, days: Range = ALWAYS) -> None:
        self.days = days
        self.base = [Group.of(group) for group in (when, *when.all)]
        self.any = [Group.of(group) for group in when.any]
        self.none = [Group.of(group) for group in when.none]
        # The ways in which the conditions can hold: one for each group of `any`.
        self.branches = [Facts.of([*self.base, group], days) for group in self.any] or [Facts.of(self.base, days)]

    @property
    def empty(self) -> bool:
        """Whether there is no condition at all."""
        return self.base[0].empty and len(self.base) == 1 and not self.any and not self.none

    @property
    def possible(self) -> bool:
        """Whether there is any day on which it may hold."""
        return self.days[0] <= self.days[1]

    def implies(self, other: Logic) -> bool:
        """Whether `other` holds wherever this does, but for its days; False where that is not sure."""
        return all(self._implies(facts, other) for facts in self.branches)

    def _implies(self, facts: Facts, other: Logic) -> bool:
        if not all(facts.imply(group) for group in other.base):
            return False
        if other.any and not any(facts.imply(group) for group in other.any):
            return False
        return all(
            facts.exclude(group) or any(Facts.of([group]).imply(own) for own in self.none) for group in other.none
        )

    def dead(self, facts: Facts) -> str | None:
        """Why facts can never be together with `none`; None where they can."""
        contradiction = facts.contradiction()
        if contradiction is not None:
            return contradiction
        left = dict(facts.one)
        for group in self.none:
            if not group.empty and facts.imply(group):
                return 'what must hold here is what "none" forbids'
            if len(group.one) == 1 and not group.many and not group.ranges:
                key, values = next(iter(group.one.items()))
                left[key] = left.get(key, frozenset([None])) - values
                if not left[key]:
                    return f'"none" forbids every "{key}" that is allowed'
        return None


def days_range(start: date | None, end: date | None) -> Range:
    """A window of days as a range of numbers."""
    return (start.toordinal() if start else -inf, end.toordinal() if end else inf)


# ---------------------------------------------------------------- what a group says, in three kinds


def _one(group: Conditions) -> dict[str, frozenset[object]]:
    found: dict[str, frozenset[object]] = {key: frozenset(getattr(group, key)) for key in ONE if getattr(group, key)}
    found |= {key: frozenset([getattr(group, key)]) for key in YES_NO if getattr(group, key) is not None}
    if group.hours is not None:
        found["hours"] = frozenset(_minutes(group.hours))
    return found


def _many(group: Conditions) -> dict[str, frozenset[str]]:
    found = {key: frozenset(map(str.casefold, getattr(group, key))) for key in MANY if getattr(group, key)}
    scope = group.order_has
    if scope is not None:
        words = [f"{part}:{word.casefold()}" for part in ("handles", "types", "tags") for word in getattr(scope, part)]
        if words:
            found["order_has"] = frozenset(words)
    return found


def _ranges(group: Conditions) -> dict[str, Range]:
    found: dict[str, Range] = {}
    for name in NUMBERS:
        low, high = getattr(group, f"{name}_at_least"), getattr(group, f"{name}_at_most")
        if low is not None or high is not None:
            found[name] = (-inf if low is None else low, inf if high is None else high)
    if group.date_from is not None or group.date_until is not None:
        found["date"] = days_range(group.date_from, group.date_until)
    return found


def _number(key: str, value: float) -> str:
    return date.fromordinal(int(value)).isoformat() if key == "date" else f"{value:g}"


def _minutes(hours: str) -> Iterable[int]:
    """The minutes of the day within "HH:MM-HH:MM", over midnight where it ends before it begins."""
    start, end = (int(part[:2]) * 60 + int(part[3:]) for part in hours.split("-"))
    return range(start, end) if start < end else [*range(start, 24 * 60), *range(end)]
