"""Rules that can never fire: no condition or an impossible one, a window that is past, an earlier rule that stops."""

from __future__ import annotations

from collections.abc import Iterator

from recommenders.playbooks.checks.logic import Facts, Group
from recommenders.playbooks.checks.subject import RuleAt, Subject
from recommenders.playbooks.problems import Problem
from recommenders.playbooks.words import NEVER_LIFTED


def check(subject: Subject) -> Iterator[Problem]:
    """Of each rule that is switched on, whether it can hold at all, and whether it is ever looked at."""
    for at in subject.rules:
        if at.logic.empty:
            message = "no condition: this rule would always fire; say when it holds"
            yield at.problem(("when",), "error", "no-condition", message)
            continue
        yield from _window(at, subject)
        yield from _groups(at)
        if (problem := _never(at)) is not None:
            yield problem
    yield from _shadowed(subject)


def _window(at: RuleAt, subject: Subject) -> Iterator[Problem]:
    key = "valid_until" if at.rule.valid_until else "valid_from"
    if at.start is not None and at.end is not None and at.start > at.end:
        beside = "" if at.rule.valid_from and at.rule.valid_until else " of the file and the rule together"
        message = f"the days{beside} end ({at.end}) before they begin ({at.start})"
        yield at.problem((key,), "error", "empty-window", message)
    elif at.rule.enabled and at.end is not None and at.end < subject.today:
        if at.rule.valid_until == at.end:
            message = f"ended on {at.end} and can never fire again; give it a new end, or delete the rule"
            yield at.problem(("valid_until",), "warning", "ended", message)
        else:
            message = f"the file's rules ended on {at.end}; give it a new end, or delete the file"
            yield at.file.problem(("valid_until",), "warning", "ended", message, at.rule.id)
    elif at.rule.enabled:
        last = [group.date_until for group in (at.rule.when, *at.rule.when.all) if group.date_until]
        if last and min(last) < subject.today:
            message = f"this day is past ({min(last)}), so the rule can never fire again"
            yield at.problem(("when", "date_until"), "warning", "ended", message)


_EMPTY = {"none": "so the rule never fires", "any": "so the others do not count", "all": "and adds nothing"}


def _groups(at: RuleAt) -> Iterator[Problem]:
    when = at.rule.when
    for name, groups in (("all", when.all), ("any", when.any), ("none", when.none)):
        for index, group in enumerate(groups):
            if Group.of(group).empty:
                message = f"an empty group always holds, {_EMPTY[name]}; say what it is, or delete it"
                yield at.problem(("when", name, index), "error", "empty-group", message)


def _never(at: RuleAt) -> Problem | None:
    """That a rule's conditions contradict each other, or one way in which it was to hold does."""
    when, logic = at.rule.when, at.logic
    if not logic.possible:
        return None  # told already
    base = logic.dead(Facts.of(logic.base, logic.days))
    if base is not None:
        return at.problem(("when",), "error", "never-true", f"these conditions can never hold together: {base}")
    found = [logic.dead(facts) for facts in logic.branches]
    if when.any and all(found):
        return at.problem(("when", "any"), "error", "never-true", f"none of these groups can ever hold: {found[0]}")
    index = next((i for i, why in enumerate(found) if why), None)
    if index is not None:
        return at.problem(("when", "any", index), "warning", "never-true", f"this group can never hold: {found[index]}")
    needed = [group for group in (when, *when.all) if group.cautions]
    if any(group.selling for group in (when, *when.all)):
        for group in needed:
            if set(group.cautions) <= set(NEVER_LIFTED):
                message = (
                    f"with {' or '.join(group.cautions)} nothing is ever sold, so this can never hold; drop one of them"
                )
                return at.problem(("when", "selling"), "error", "never-true", message)
    return None


def _shadowed(subject: Subject) -> Iterator[Problem]:
    """Rules that an earlier one stops wherever they hold."""
    stops: list[RuleAt] = []
    for at in subject.live:
        earlier = next((stop for stop in stops if _within(at, stop) and at.logic.implies(stop.logic)), None)
        if earlier is not None:
            message = (
                f'never reached: "{earlier.rule.id}" ({earlier.where}) stops first, under the same or weaker '
                'conditions; give this rule a higher priority, or take "stop" away there'
            )
            yield at.problem(("id",), "error", "unreachable", message)
        for_all = at.rule.share >= 100 and at.rule.experiment is None
        if at.rule.stop and for_all and at.logic.possible and not at.logic.empty:
            stops.append(at)


def _within(inner: RuleAt, outer: RuleAt) -> bool:
    """Whether a rule counts on no day on which the other does not."""
    return outer.logic.days[0] <= inner.logic.days[0] and inner.logic.days[1] <= outer.logic.days[1]
