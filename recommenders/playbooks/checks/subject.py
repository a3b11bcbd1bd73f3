"""What the checks look at: all files of a playbook at once, and each rule with its place and its window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from recommenders.domain import Catalog
from recommenders.playbooks import parse
from recommenders.playbooks.checks.logic import Logic, days_range
from recommenders.playbooks.parse import Parsed
from recommenders.playbooks.problems import Problem, Severity
from recommenders.playbooks.schema import Budgets, Rule, window


@dataclass(frozen=True)
class RuleAt:
    """A well-formed rule with its file and its index there; `start` and `end` bound the days on which it counts."""

    file: Parsed
    index: int
    rule: Rule
    start: date | None
    end: date | None

    def problem(self, path: parse.Path, severity: Severity, code: str, message: str) -> Problem:
        """A problem of this rule, at `path` within it."""
        return self.file.problem(("rules", self.index, *path), severity, code, message, self.rule.id)

    @cached_property
    def logic(self) -> Logic:
        """Its conditions, made ready to be compared with others."""
        return Logic(self.rule.when, days_range(self.start, self.end))

    @property
    def where(self) -> str:
        """FILE:LINE, for messages of other rules."""
        return f"{Path(self.file.name).name}:{self.file.source.place(('rules', self.index))[0]}"


@dataclass(frozen=True)
class Subject:
    """A playbook before it is one.

    `complete` is false where a file could not be read or is not given: what is not here may be there. `gestures` and
    `budgets` of the packaged playbook count where no file has any.
    """

    files: Sequence[Parsed]
    catalog: Catalog | None
    today: date
    complete: bool
    default_gestures: frozenset[str]
    default_budgets: Budgets

    @cached_property
    def rules(self) -> tuple[RuleAt, ...]:
        """All rules in the order in which they are tried."""
        found = []
        for file in self.files:
            own = (file.content.valid_from, file.content.valid_until)
            for index, rule in file.rules:
                start, end = window(own, (rule.valid_from, rule.valid_until))
                found.append(RuleAt(file, index, rule, start, end))
        return tuple(sorted(found, key=lambda at: -at.rule.priority))

    @cached_property
    def live(self) -> tuple[RuleAt, ...]:
        """The rules that are switched on."""
        return tuple(at for at in self.rules if at.rule.enabled)

    @cached_property
    def budgets(self) -> Budgets:
        """What all files say of budgets together; the packaged ones where none does."""
        given = [file.content.budgets for file in self.files if file.content.budgets is not None]
        merged = Budgets() if given else self.default_budgets
        for budgets in given:
            merged = merged.model_copy(update=budgets.model_dump(exclude_unset=True))
        return merged

    def has(self, section: str) -> bool:
        """Whether any file has this section, well formed or not."""
        return any(section in file.source.data for file in self.files)

    def broken(self, section: str) -> bool:
        """Whether some of this section could not be read anywhere."""
        return not self.complete or any(section in file.broken for file in self.files)
