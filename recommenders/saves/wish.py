"""What a customer wants changed about one item: values wished, refused, left open, and steps on a scale."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Step:
    """A wish along an option's scale: `sign` up or down, `count` steps, or as far as it goes when `extreme`."""

    option: str
    sign: int
    extreme: bool = False
    count: int = 1
    notion: str = ""  # what kind of option the word asked for, when it was not named


@dataclass
class Wish:
    """What is to change. Options in none of the fields stay as they are."""

    targets: dict[str, list[str]] = field(default_factory=dict)  # best liked first
    fallbacks: dict[str, list[str]] = field(default_factory=dict)  # only where no target can be had
    rejected: dict[str, set[str]] = field(default_factory=dict)
    steps: dict[str, Step] = field(default_factory=dict)
    free: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)  # confirmed as they are
    price: str = ""  # "", "cheaper", "cheapest" or "dearest"
    explicit: bool = False

    def __bool__(self) -> bool:
        return bool(self.targets or self.fallbacks or self.steps or self.price)
