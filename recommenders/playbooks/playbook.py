"""The playbook that a shop's files make together, in the order in which its rules are tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Generic, TypeVar

from recommenders.domain import Evidence
from recommenders.playbooks.parse import Parsed
from recommenders.playbooks.schema import Budgets, Example, Gesture, Rule, window
from recommenders.playbooks.share import Draw

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sourced(Generic[T]):
    """A rule or a gesture with the file (its name) and the line where it stands.

    A rule counts from `valid_from` to `valid_until` (days of its file's window and its own together), and for the
    customers of its `draw`; None: without a bound, for all.
    """

    item: T
    file: str
    line: int
    valid_from: date | None = None
    valid_until: date | None = None
    draw: Draw | None = None

    def evidence(self, name: str) -> Evidence:
        """The contract's evidence for it: FILE.yaml#RULE and the line."""
        return Evidence("rule", f"{self.file}#{name}", self.line)

    def in_window(self, day: date) -> bool:
        """Whether it counts on this day (of the playbook's time zone)."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


@dataclass(frozen=True, slots=True)
class FileInfo:
    """What a file says of itself."""

    file: str
    name: str
    description: str = ""
    owner: str = ""
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True)
class Playbook:
    """What the files of a shop's playbook say together.

    `rules` are in the order in which they are tried: by priority, then in the order of files and lines; everything else
    in the order of files and lines. `timezone` is what days and hours count in.
    """

    rules: tuple[Sourced[Rule], ...] = ()
    gestures: tuple[Sourced[Gesture], ...] = ()
    budgets: Budgets = field(default_factory=Budgets)
    examples: tuple[Example, ...] = ()
    phrases: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    taxonomy: tuple[str, ...] = ()
    timezone: str = "UTC"
    files: tuple[FileInfo, ...] = ()


def merge(parsed: Sequence[Parsed]) -> Playbook:
    """The files as one playbook; of two values for one thing the later file's counts."""
    gestures: list[Sourced[Gesture]] = []
    examples: list[Example] = []
    phrases: dict[str, dict[str, Sequence[str]]] = {}
    taxonomy: dict[str, None] = {}
    infos: list[FileInfo] = []
    budgets, timezone = Budgets(), "UTC"
    for file in parsed:
        name, content = Path(file.name).name, file.content
        gestures += [Sourced(g, name, file.source.place(("gestures", i))[0]) for i, g in file.gestures]
        examples += content.examples or ()
        taxonomy.update(dict.fromkeys(content.taxonomy or ()))
        for language, texts in (content.phrases or {}).items():
            phrases.setdefault(language, {}).update(texts)
        if content.budgets is not None:
            budgets = budgets.model_copy(update=content.budgets.model_dump(exclude_unset=True))
        timezone = content.timezone or timezone
        stem = Path(file.name).stem.replace("-", " ").replace("_", " ")
        infos.append(
            FileInfo(
                name, content.name or stem, content.description, content.owner, content.valid_from, content.valid_until
            )
        )
    return Playbook(
        _rules(parsed), tuple(gestures), budgets, tuple(examples), phrases, tuple(taxonomy), timezone, tuple(infos)
    )


def _rules(parsed: Sequence[Parsed]) -> tuple[Sourced[Rule], ...]:
    taken: dict[str, float] = {}
    found: list[Sourced[Rule]] = []
    for file in parsed:
        own = (file.content.valid_from, file.content.valid_until)
        for index, rule in file.rules:
            start, end = window(own, (rule.valid_from, rule.valid_until))
            line = file.source.place(("rules", index))[0]
            found.append(Sourced(rule, Path(file.name).name, line, start, end, _draw(rule, taken)))
    return tuple(sorted(found, key=lambda sourced: -sourced.item.priority))  # stable


def _draw(rule: Rule, taken: dict[str, float]) -> Draw | None:
    """The rule's part of its draw: what the rules before it of the same experiment have left."""
    if rule.experiment is None:
        return None if rule.share >= 100 else (rule.id, 0.0, rule.share)
    start = taken.get(rule.experiment, 0.0)
    taken[rule.experiment] = start + rule.share
    return rule.experiment, start, start + rule.share
