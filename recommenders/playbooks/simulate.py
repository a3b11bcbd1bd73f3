"""Plays resolved tickets through a playbook: which rules would have fired, where, and what they would have changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from recommenders.domain import Context, Tier
from recommenders.playbooks.loader import Playbook
from recommenders.playbooks.matcher import Match, matching


@dataclass(frozen=True, slots=True)
class Replay:
    """A resolved ticket as it was when it came in. `code` and `sku` are what the agent used then, if anything."""

    case_id: str
    context: Context
    tier: Tier = "unknown"
    code: str | None = None
    sku: str | None = None


@dataclass(frozen=True, slots=True)
class Firing:
    """A rule that holds for a case: where it stands, why it holds, and what it would have changed."""

    rule: str
    line: int
    case_id: str
    because: tuple[str, ...]
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Simulation:
    """The firings in the order of the cases, how often each rule fired, and rules that never did."""

    cases: int
    firings: tuple[Firing, ...]
    counts: dict[str, int]
    silent: tuple[str, ...]

    def as_data(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Difference:
    """What another playbook would do differently: the firings that come and that go."""

    added: tuple[Firing, ...]
    removed: tuple[Firing, ...]

    def as_data(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


def simulate(playbook: Playbook, replays: Iterable[Replay]) -> Simulation:
    """Matches every case; streams, so that the replays need not be held in memory."""
    firings: list[Firing] = []
    counts = {source.evidence(source.item.id).id: 0 for source in playbook.rules}
    cases = 0
    for replay in replays:
        cases += 1
        for match in matching(playbook, replay.context, replay.tier):
            counts[match.evidence.id] += 1
            firings.append(
                Firing(
                    match.evidence.id, match.evidence.line or 1, replay.case_id, match.because, _changes(match, replay)
                )
            )
    silent = tuple(rule for rule, count in counts.items() if not count)
    return Simulation(cases, tuple(firings), counts, silent)


def compare(old: Simulation, new: Simulation) -> Difference:
    """The firings of `new` that `old` has not, and the other way round; lines and files do not count."""

    def key(firing: Firing) -> tuple[str, str, tuple[str, ...]]:
        return firing.rule.partition("#")[2], firing.case_id, firing.changes

    before, after = {key(f) for f in old.firings}, {key(f) for f in new.firings}
    return Difference(
        tuple(f for f in new.firings if key(f) not in before), tuple(f for f in old.firings if key(f) not in after)
    )


def _changes(match: Match, replay: Replay) -> tuple[str, ...]:
    """In plain words, against what was done then."""
    then, changes = match.rule.then, []
    if then.restrain and replay.context.selling.allowed:
        changes.append(f"would not have sold ({', '.join(then.restrain)})")
    if then.code and (replay.code or "").casefold() != then.code.casefold():
        changes.append(f"would have preferred {then.code}" + (f" to {replay.code}" if replay.code else ""))
    for verb, scope in (("put first", then.prefer), ("kept away", then.avoid)):
        if scope is not None:
            what = ", ".join([*scope.handles, *scope.types, *scope.tags])
            changes.append(f"would have {verb}: {what}")
    if then.gesture:
        changes.append(f"would have proposed {then.gesture}")
    if replay.context.signals.language in then.say:
        changes.append("would have added a sentence to the draft")
    if then.warn:
        changes.append("would have warned the agent")
    missing = [t for t in then.tags if t.casefold() not in {own.casefold() for own in replay.context.ticket.tags}]
    if missing:
        changes.append(f"would have tagged: {', '.join(missing)}")
    if then.allowance is not None:
        changes.append(f"would have let the agent give {then.allowance:g}")
    if then.follow_up_days:
        changes.append(f"would have asked for a follow-up after {then.follow_up_days} days")
    return tuple(changes)
