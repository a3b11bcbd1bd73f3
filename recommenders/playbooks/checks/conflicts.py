"""Rules that contradict themselves or each other: prefer and avoid one thing, lift and add one restraint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from recommenders.playbooks.checks.subject import RuleAt, Subject
from recommenders.playbooks.problems import Problem
from recommenders.playbooks.schema import Scope


@dataclass(frozen=True)
class _Claim:
    """One thing that a rule is for or against, and where it says so."""

    at: RuleAt
    path: tuple[str | int, ...]
    thing: str
    verb: str
    shown: str


def check(subject: Subject) -> Iterator[Problem]:
    """Contradictions within a rule, and between rules that hold for the same tickets."""
    pros = [claim for at in subject.live for claim in _for(at)]
    cons = [claim for at in subject.live for claim in _against(at)]
    by_thing: dict[str, list[_Claim]] = {}
    for claim in cons:
        by_thing.setdefault(claim.thing, []).append(claim)
    order = {(at.file.name, at.index): place for place, at in enumerate(subject.rules)}
    told: set[str] = set()  # one contradiction with others is enough for a rule
    for pro in pros:
        for con in by_thing.get(pro.thing, ()):
            problem = _between(pro, con, order)
            if problem is not None and (pro.at is con.at or problem.rule_id not in told):
                if pro.at is not con.at:
                    told.add(problem.rule_id)
                yield problem


def _between(pro: _Claim, con: _Claim, order: dict[tuple[str, int], int]) -> Problem | None:
    one, other = pro.at, con.at
    if one is other:
        message = f"this rule {pro.verb} and {con.verb} {pro.shown}; keep one"
        return one.problem(pro.path, "error", "contradiction", message)
    if one.rule.experiment is not None and one.rule.experiment == other.rule.experiment:
        return None  # nobody is in both
    days, others = one.logic.days, other.logic.days
    if max(days[0], others[0]) > min(days[1], others[1]):
        return None  # they never count on one day
    narrow, wide = one.logic.implies(other.logic), other.logic.implies(one.logic)
    if not narrow and not wide:
        return None
    ranks = [order[at.file.name, at.index] for at in (one, other)]
    late, early = (pro, con) if ranks[0] > ranks[1] else (con, pro)
    if early.at.rule.stop and (narrow and wide):
        return None  # the later one is never reached, which is told
    same, who = "the same" if narrow and wide else "overlapping", f'"{early.at.rule.id}" ({early.at.where})'
    message = (
        f"{late.verb} {late.shown}, which {who} {early.verb} under {same} conditions; "
        "keep one, or make the conditions differ"
    )
    return late.at.problem(late.path, "error" if narrow and wide else "warning", "contradiction", message)


def _for(at: RuleAt) -> Iterator[_Claim]:
    then = at.rule.then
    if then.prefer is not None:
        yield from _scope(at, "prefer", then.prefer)
    if then.offer is not None and then.offer.product is not None:
        product = then.offer.product
        yield _Claim(at, ("then", "offer", "product"), f"handles:{product.casefold()}", "offers", f'"{product}"')
    for index, reason in enumerate(then.lift):
        yield _Claim(at, ("then", "lift", index), f"restraint:{reason}", "lifts", reason)


def _against(at: RuleAt) -> Iterator[_Claim]:
    then = at.rule.then
    if then.avoid is not None:
        yield from _scope(at, "avoid", then.avoid)
    for index, reason in enumerate(then.restrain):
        yield _Claim(at, ("then", "restrain", index), f"restraint:{reason}", "adds", reason)


def _scope(at: RuleAt, key: str, scope: Scope) -> Iterator[_Claim]:
    for part in ("handles", "types", "tags"):
        for index, word in enumerate(getattr(scope, part)):
            yield _Claim(at, ("then", key, part, index), f"{part}:{word.casefold()}", f"{key}s", f'"{word}"')
