"""What a customer wants changed about one item: values wished, refused, left open, and steps on a scale."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Step:
    """A wish along an option's scale: `sign` up or down, `count` steps, or as far as it goes when `extreme`.

    With `extreme`, a `count` of 2 is the second from the end. `to` is the place on the scale that was worked out from
    an amount ("twice as big", "10 cm longer"), in the scale's own unit.
    """

    option: str
    sign: int
    extreme: bool = False
    count: int = 1
    notion: str = ""  # what kind of option the word asked for, when it was not named
    to: float | None = None


@dataclass
class Wish:
    """What is to change. Options in none of the fields stay as they are."""

    targets: dict[str, list[str]] = field(default_factory=dict)  # best liked first
    fallbacks: dict[str, list[str]] = field(default_factory=dict)  # only where no target can be had
    rejected: dict[str, set[str]] = field(default_factory=dict)
    steps: dict[str, Step] = field(default_factory=dict)
    second_steps: dict[str, Step] = field(default_factory=dict)  # only where nothing of the above can be had
    free: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)  # confirmed as they are
    even: set[str] = field(default_factory=set)  # options whose targets are all liked the same
    price: str = ""  # "", "cheaper", "cheapest" or "dearest"
    explicit: bool = False  # both sides spelt out
    outright: bool = False  # the sentence itself asks for the change

    def __bool__(self) -> bool:
        return bool(self.targets or self.fallbacks or self.steps or self.second_steps or self.price)
