"""Budgets that can never pay what is to be paid from them."""

from __future__ import annotations

from collections.abc import Iterator

from recommenders.playbooks.checks.subject import Subject
from recommenders.playbooks.parse import Path
from recommenders.playbooks.problems import Problem
from recommenders.playbooks.schema import Budgets, Conditions, InlineGesture


def check(subject: Subject) -> Iterator[Problem]:
    """Gestures that cost more than anybody may spend in a month, and conditions on budgets that nobody has."""
    yield from _ceilings(subject)
    if subject.broken("budgets"):
        return
    limit, whose = _largest(subject.budgets)
    if limit is None:
        return
    for file in subject.files:
        for index, gesture in file.gestures:
            if gesture.cost > limit:
                path, message = ("gestures", index, "cost"), _message(gesture.cost, limit, whose)
                yield file.problem(path, "warning", "never-paid", message, gesture.id)
    for at in subject.rules:
        delight = at.rule.then.delight
        if isinstance(delight, InlineGesture) and delight.cost > limit:
            message = _message(delight.cost, limit, whose)
            yield at.problem(("then", "delight", "cost"), "warning", "never-paid", message)
        needed: list[tuple[Path, Conditions]] = [(("when",), at.rule.when)]
        needed += [(("when", "all", i), group) for i, group in enumerate(at.rule.when.all)]
        for place, group in needed:
            least = group.budget_left_at_least
            if least is not None and least > limit:
                message = f"never so much is left: {whose} has {limit:g} a month; ask for less, or raise the budget"
                yield at.problem((*place, "budget_left_at_least"), "warning", "never-paid", message)


def _ceilings(subject: Subject) -> Iterator[Problem]:
    """The most that a gesture may cost, below what it costs anyway."""
    for file in subject.files:
        for index, gesture in file.gestures:
            if gesture.up_to is not None and gesture.up_to < gesture.cost:
                path = ("gestures", index, "up_to")
                yield file.problem(path, "error", "out-of-range", _ceiling(gesture.up_to, gesture.cost), gesture.id)
    for at in subject.rules:
        own = at.rule.then.delight
        if isinstance(own, InlineGesture) and own.up_to is not None and own.up_to < own.cost:
            yield at.problem(("then", "delight", "up_to"), "error", "out-of-range", _ceiling(own.up_to, own.cost))


def _ceiling(most: float, cost: float) -> str:
    return f'"up_to" ({most:g}) is less than "cost" ({cost:g}); raise it, or leave it out'


def _largest(budgets: Budgets) -> tuple[float | None, str]:
    """The most that anybody may spend in a month, and who."""
    agents = [amount for amount in (budgets.agent, *budgets.agents.values()) if amount is not None]
    own = max(agents, default=None)
    if budgets.agent is None:
        own = None  # the service's setting counts, which is not known here
    if own is None or (budgets.team is not None and budgets.team < own):
        return budgets.team, "the team"
    return own, "an agent"


def _message(cost: float, limit: float, whose: str) -> str:
    return f"costs {cost:g}, and {whose} has {limit:g} a month: never paid; make it cheaper, or raise the budget"
