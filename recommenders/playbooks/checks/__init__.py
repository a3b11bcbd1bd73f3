"""What one file alone cannot know, and what a model cannot: the checks over all files of a playbook, by kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from recommenders.playbooks.checks import budgets, conflicts, effects, ids, reach, shop, texts
from recommenders.playbooks.checks.subject import Subject
from recommenders.playbooks.problems import Problem

__all__ = ["CHECKS", "Subject", "check_all"]

CHECKS: tuple[Callable[[Subject], Iterator[Problem]], ...] = (
    ids.check, reach.check, conflicts.check, effects.check, texts.check, budgets.check, shop.check,
)  # fmt: skip


def check_all(subject: Subject) -> list[Problem]:
    """Every problem that any check finds."""
    return [problem for check in CHECKS for problem in check(subject)]
