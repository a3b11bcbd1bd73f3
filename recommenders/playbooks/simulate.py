"""What a draft would have done on resolved tickets, beside what is published: counted from tickets that were played.

Nothing here depends on the order in which tickets were played, on the clock or on chance.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from recommenders.domain import Catalog, Outcome
from recommenders.playbooks.collisions import Collision, collisions_of
from recommenders.playbooks.loader import Playbook, Sourced
from recommenders.playbooks.matcher import Advice, Match
from recommenders.playbooks.nearest import HELD_BACK, Missed
from recommenders.playbooks.played import Firing, Played, Seen
from recommenders.playbooks.schema import Rule
from recommenders.text.redact import Facts, redact

EXAMPLES = 3  # of a rule
SECTIONS = ("selling", "recovery", "saves", "codes", "drafts", "delights", "permissions", "warnings", "tags", "more")
_DAYS = 365.25 / 12  # of a month
Data = dict[str, Any]


class Sets:
    """Two playbooks that are compared: `before` is in force, `after` is the draft."""

    def __init__(self, before: Playbook, after: Playbook) -> None:
        self.before, self.after = before, after
        # What an answer draws on beside the rules that fired.
        self._alike = before is after or (
            [g.item for g in before.gestures] == [g.item for g in after.gestures]
            and before.phrases == after.phrases
            and before.budgets == after.budgets
        )

    def same(self, past: Advice, now: Advice) -> bool:
        """Whether both answers must be the same: the same rules fired, and all else is alike. Lines do not count."""

        def key(matches: tuple[Match, ...]) -> list[tuple[str, Rule]]:
            return [(match.evidence.id, match.rule) for match in matches]

        return self._alike and key(past.matches) == key(now.matches) and key(past.controls) == key(now.controls)


@dataclass(frozen=True)
class Group:
    """How tickets ended: how many, the mean rating, the revenue that was kept, and the share opened again."""

    tickets: int
    csat: float | None
    rated: int
    kept_revenue: float
    kept: int
    reopened: float | None

    @classmethod
    def of(cls, outcomes: Sequence[Outcome | None]) -> Group:
        """Of these tickets; what nobody asked is left out of a mean."""
        known = [outcome for outcome in outcomes if outcome is not None]
        ratings = [outcome.csat for outcome in known if outcome.csat is not None]
        kept = [outcome.kept_revenue for outcome in known if outcome.kept_revenue is not None]
        return cls(
            len(outcomes),
            round(fmean(ratings), 2) if ratings else None,
            len(ratings),
            round(sum(kept), 2),
            len(kept),
            round(sum(outcome.reopened for outcome in known) / len(known), 4) if known else None,
        )

    def as_data(self) -> Data:
        """Plain data for JSON."""
        return {
            "tickets": self.tickets, "csat": self.csat, "rated": self.rated, "kept_revenue": self.kept_revenue,
            "kept": self.kept, "reopened": self.reopened,
        }  # fmt: skip


@dataclass(frozen=True)
class Report:
    """The whole simulation; `as_data` is what the page shows and what `--json` prints."""

    sets: Sets
    played: tuple[Played, ...]  # by id
    missed: Mapping[str, Missed]
    collisions: tuple[Collision, ...]
    currency: str = ""
    undated: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    _data: dict[int | None, Data] = field(default_factory=dict, repr=False, compare=False)

    def as_data(self, most: int | None = 200) -> Data:
        """Plain data for JSON; lists of tickets hold at most `most` of them (None: all), their counts count all."""
        if most not in self._data:
            self._data[most] = self._as_data(most)
        return self._data[most]

    def _as_data(self, most: int | None) -> Data:
        after = [p for p in self.played if p.after.acted]
        before = [p for p in self.played if p.before.acted]
        rules = [self._rule(sourced) for sourced in _in_order(self.sets.after)]
        firings = [(p, f) for p in self.played for f in p.after.firings]
        changed = [row for p in self.played if (row := _change(p)) is not None]
        return {
            "tickets": len(self.played),
            "cases": len(self.played),
            "from": min((f"{p.created_at:%Y-%m-%d}" for p in self.played), default=None),
            "until": max((f"{p.created_at:%Y-%m-%d}" for p in self.played), default=None),
            "coverage": {
                "tickets": len(after),
                "share": _share(len(after), len(self.played)),
                "before_tickets": len(before),
                "before_share": _share(len(before), len(self.played)),
            },
            "rules": rules,
            "gone": [rule for rule in _names(self.sets.before) if not self._still(rule)],
            "never": [self._never(row) for row in rules if not row["fires"]],
            "collisions": [c.as_data(most) for c in self.collisions],
            "changed": {"tickets": len(changed), "shown": len(changed[:most])},
            "changes": changed[:most],
            "spend": self._spend(),
            "agents": _agents(after),
            "outcomes": {
                "fires": Group.of([p.outcome for p in after]).as_data(),
                "else": Group.of([p.outcome for p in self.played if not p.after.acted]).as_data(),
            },
            "counts": {row["rule"]: row["fires"] for row in rules},
            "silent": [row["rule"] for row in rules if not row["fires"]],
            "firings": [_firing(p, f) for p, f in firings[:most]],
            "firings_total": len(firings),
            "notes": [*self.notes, *self._dated(), *self._failed()],
        }

    # ------------------------------------------------------------ one rule

    def _rule(self, sourced: Sourced[Rule]) -> Data:
        name = sourced.evidence(sourced.item.id).id
        fired = [(p, f) for p in self.played for f in p.after.firings if f.rule == name]
        treated = [p for p, f in fired if f.arm == "treated"]
        ids = {p.case_id for p, _ in fired}
        shows = Counter(section for p in treated for section, rule in p.after.caused if rule == name)
        then = sourced.item.then
        return {
            "rule": name,
            "id": sourced.item.id,
            "file": sourced.file,
            "line": sourced.line,
            "enabled": sourced.item.enabled,
            "fires": len(fired),
            "before": self._before(sourced.item.id),
            "share": _share(len(fired), len(self.played)),
            "arms": {"treated": len(treated), "control": len(fired) - len(treated)},
            "shows": {section: shows[section] for section in SECTIONS if shows[section]},
            "spend": round(sum(p.after.spend for p in treated if p.after.spend_by == name), 2),
            "agents": _agents(treated, then.code),
            "outcomes": {
                "fires": Group.of([p.outcome for p, _ in fired]).as_data(),
                "else": Group.of([p.outcome for p in self.played if p.case_id not in ids]).as_data(),
            },
            "examples": [_example(p, f) for p, f in _spread(fired)],
        }

    def _before(self, rule_id: str) -> int:
        """How often the rule of this id fires in what is published, whatever its file is called there."""
        return sum(any(_bare(f.rule) == rule_id for f in p.before.firings) for p in self.played)

    def _still(self, rule: str) -> bool:
        return any(_bare(rule) == sourced.item.id for sourced in self.sets.after.rules)

    def _never(self, row: Data) -> Data:
        missed = self.missed.get(row["rule"], Missed())
        facts = {p.case_id: p.facts for p in self.played}
        return {
            "rule": row["rule"],
            "line": row["line"],
            "why": _why(row["enabled"], missed, len(self.played)),
            "fails": dict(_ranked(missed.fails)),
            "only": dict(_ranked(missed.only)),
            "nearest": [
                {
                    "ticket_id": near.case_id,
                    "quote": redact(near.opening, facts.get(near.case_id)),
                    "fails": list(near.fails),
                }
                for near in missed.nearest
            ],
        }

    # ------------------------------------------------------------ the whole

    def _spend(self) -> Data:
        months: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for p in self.played:
            month = months[f"{p.created_at:%Y-%m}"]
            month[0] += p.before.spend
            month[1] += p.after.spend
        days = [p.created_at for p in self.played]
        span = max(1.0, ((max(days) - min(days)).days + 1) / _DAYS) if days else 1.0
        budgets = self.sets.after.budgets
        over = [name for name, (_, cost) in sorted(months.items()) if budgets.team is not None and cost > budgets.team]
        return {
            "currency": budgets.currency or self.currency,
            "budget": budgets.team,
            "agent_budget": budgets.agent,
            "before": round(sum(old for old, _ in months.values()) / span, 2),
            "after": round(sum(new for _, new in months.values()) / span, 2),
            "months": [
                {"month": name, "before": round(old, 2), "after": round(new, 2)}
                for name, (old, new) in sorted(months.items())
            ],
            "over": over,
        }

    def _dated(self) -> list[str]:
        said = "its time lies outside of these tickets': it was tried as if it were valid then"
        return [f"{rule}: {said}" for rule in self.undated]

    def _failed(self) -> list[str]:
        counts = Counter(stage for p in self.played for stage in p.failed)
        return [f"{stage} failed on {count} of the tickets" for stage, count in _ranked(counts)]


def report(
    played: Sequence[Played],
    missed: Mapping[str, Missed],
    sets: Sets,
    *,
    catalog: Catalog | None = None,
    undated: tuple[str, ...] = (),
    notes: tuple[str, ...] = (),
) -> Report:
    """The report on tickets that were played, in whatever order they come."""
    ordered = tuple(sorted(played, key=lambda p: p.case_id))
    together = {p.case_id: [f.rule for f in p.after.firings if f.arm == "treated"] for p in ordered}
    catalog = catalog or Catalog()
    found = collisions_of(sets.after, together, catalog)
    return Report(sets, ordered, missed, found, catalog.currency, undated, notes)


def _in_order(playbook: Playbook) -> list[Sourced[Rule]]:
    """By file and line, as they are written."""
    return sorted(playbook.rules, key=lambda rule: (rule.file, rule.line))


def _names(playbook: Playbook) -> list[str]:
    return [rule.evidence(rule.item.id).id for rule in _in_order(playbook)]


def _bare(rule: str) -> str:
    return rule.partition("#")[2]


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _ranked(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _why(enabled: bool, missed: Missed, tickets: int) -> str:
    if not enabled:
        return "it is switched off"
    if missed.fails[HELD_BACK]:
        n = missed.fails[HELD_BACK]
        return f"its conditions hold on {n} of {tickets} tickets; an earlier rule stops it, or it is not valid then"
    if missed.only:
        label, count = _ranked(missed.only)[0]
        return f"{label} fails; on {count} of {tickets} tickets it is all that is missing"
    if missed.fails:
        label, count = _ranked(missed.fails)[0]
        return f"{label} fails on {count} of {tickets} tickets, and never alone"
    return "there are no tickets"


def _spread(fired: list[tuple[Played, Firing]]) -> list[tuple[Played, Firing]]:
    """The newest tickets of a rule, those where it acted first."""
    order = sorted(fired, key=lambda pair: pair[0].case_id)
    order.sort(key=lambda pair: pair[0].created_at, reverse=True)
    order.sort(key=lambda pair: pair[1].arm != "treated")
    return order[:EXAMPLES]


def _example(played: Played, firing: Firing) -> Data:
    return {
        "ticket_id": played.case_id,
        "subject": redact(played.subject, played.facts),
        "quote": redact(firing.quote, played.facts),
        "because": list(firing.because),
        "arm": firing.arm,
        "changes": list(firing.changes),
    }


def _firing(played: Played, firing: Firing) -> Data:
    return {
        "rule": firing.rule,
        "line": firing.line,
        "case_id": played.case_id,
        "because": list(firing.because),
        "changes": list(firing.changes),
        "arm": firing.arm,
    }


def _agents(played: Sequence[Played], code: str | None = None) -> Data:
    """What agents did on these tickets, and how far it is what would have been shown."""
    ended = [p.resolution for p in played if p.resolution is not None]
    kinds = Counter(resolution.kind for resolution in ended)
    amounts = [resolution.amount for resolution in ended if resolution.amount is not None]
    data: Data = {
        "tickets": len(played),
        "kinds": dict(_ranked(kinds)),
        "amount": round(sum(amounts), 2),
        "gave_product": sum(r.sku is not None for r in ended),
        "same_product": sum(p.resolution is not None and p.resolution.sku in p.after.skus for p in played),
        "gave_code": sum(bool(r.code) for r in ended),
        "same_code": sum(
            p.resolution is not None and (p.resolution.code or "").casefold() in p.after.codes for p in played
        ),
    }
    if code is not None:
        used = [(r.code or "").casefold() for r in ended]
        data["this_code"] = used.count(code.casefold())
    return data


def _change(played: Played) -> Data | None:
    """What the draft changes on one ticket, line by line; None where it changes nothing."""
    if played.before is played.after:
        return None
    hide = _hider(played.facts)
    before: list[str] = []
    after: list[str] = []
    for section in SECTIONS:
        old, new = played.before.sections.get(section, ()), played.after.sections.get(section, ())
        gone, come = [x for x in old if x not in new], [x for x in new if x not in old]
        if not gone and not come and old != new:  # the same in another order
            gone, come = list(old), list(new)
        before += [f"{section}: {hide(line)}" for line in gone]
        after += [f"{section}: {hide(line)}" for line in come]
    rules = _rules(played.before), _rules(played.after)
    if not before and not after and [_bare(r) for r in rules[0]] == [_bare(r) for r in rules[1]]:
        return None
    return {
        "ticket_id": played.case_id,
        "subject": hide(played.subject),
        "quote": hide(next((f.quote for f in (*played.after.firings, *played.before.firings)), "")),
        "before": before,
        "after": after,
        "rules_before": rules[0],
        "rules_after": rules[1],
    }


def _rules(seen: Seen) -> list[str]:
    return [firing.rule for firing in seen.firings if firing.arm == "treated"]


def _hider(facts: Facts) -> Callable[[str], str]:
    return lambda text: redact(text, facts)
