"""Why a rule never fires: which of its conditions fails, and how near the nearest tickets come.

Each condition of a rule is made a rule of its own, so that the matcher alone decides what holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from recommenders.playbooks.loader import Playbook, Sourced
from recommenders.playbooks.schema import Rule, Then
from recommenders.signals.reader import cut

KEPT = 3  # nearest tickets of a rule
HELD_BACK = "held back"  # every condition holds, and the rule does nothing all the same


@dataclass(frozen=True, slots=True, order=True)
class Near:
    """A ticket on which a rule did not fire, and the conditions that failed there; fewer sort first."""

    missing: int
    case_id: str
    fails: tuple[str, ...]
    opening: str = field(compare=False, default="")


@dataclass
class Missed:
    """How often each condition of a rule failed, how often it was the only one, and the nearest tickets."""

    fails: Counter[str] = field(default_factory=Counter)
    only: Counter[str] = field(default_factory=Counter)
    nearest: list[Near] = field(default_factory=list)

    def add(self, fails: tuple[str, ...], case_id: str, opening: str) -> None:
        """Counts one ticket."""
        for label in fails:
            self.fails[label] += 1
        if len(fails) == 1:
            self.only[fails[0]] += 1
        missing = 0 if fails == (HELD_BACK,) else len(fails)
        if len(self.nearest) < KEPT or (missing, case_id) < (self.nearest[-1].missing, self.nearest[-1].case_id):
            self.nearest = sorted([*self.nearest, Near(missing, case_id, fails, cut(opening))])[:KEPT]

    def merge(self, other: Missed) -> None:
        """Counts what was counted elsewhere."""
        self.fails.update(other.fails)
        self.only.update(other.only)
        self.nearest = sorted([*self.nearest, *other.nearest])[:KEPT]


class Probes:
    """The conditions of every rule that has not fired yet."""

    def __init__(self, playbook: Playbook) -> None:
        self._of: dict[str, list[str]] = {}
        self._labels: dict[str, str] = {}
        self.missed: dict[str, Missed] = {}
        rules: list[Sourced[Rule]] = []
        for number, sourced in enumerate(playbook.rules):
            rule = sourced.evidence(sourced.item.id).id
            self._of[rule] = []
            self.missed[rule] = Missed()
            for place, (label, condition) in enumerate(_conditions(sourced.item)):
                probe = replace(sourced, item=condition.model_copy(update={"id": f"{number}-{place}"}))
                rules.append(_unbound(probe))
                name = probe.evidence(probe.item.id).id
                self._of[rule].append(name)
                self._labels[name] = label
        self.playbook = replace(playbook, rules=tuple(rules))

    def note(self, fired: Iterable[str], held: Iterable[str], case_id: str, opening: str) -> None:
        """One ticket: the rules that fired, and the probes that held on it."""
        gone = {rule for rule in fired if rule in self._of}
        for rule in gone:
            del self._of[rule], self.missed[rule]
        left = sum(map(len, self._of.values()))
        if gone and 2 * left <= len(self.playbook.rules):  # to make the rules ready costs more than to ask some in vain
            wanted = {name for names in self._of.values() for name in names}
            rules = tuple(r for r in self.playbook.rules if r.evidence(r.item.id).id in wanted)
            self.playbook = replace(self.playbook, rules=rules)
        holding = set(held)
        for rule, names in self._of.items():
            fails = tuple([self._labels[name] for name in names if name not in holding]) or (HELD_BACK,)
            self.missed[rule].add(fails, case_id, opening)


def _unbound(sourced: Sourced[Rule]) -> Sourced[Rule]:
    """Without dates and without a share of tickets: a probe asks for its condition alone."""
    return Sourced(sourced.item, sourced.file, sourced.line)


def _conditions(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """Each condition of a rule, with what people call it, as a rule with nothing else."""
    when = rule.when
    for key in sorted(when.model_fields_set, key=list(type(when).model_fields).index):
        value = getattr(when, key)
        if value is None or value == []:
            continue
        parts = [[group] for group in value] if key == "all" else [value]
        for part in parts:
            alone = type(when).model_construct(_fields_set={key}, **{key: part})
            label = f"all: {', '.join(sorted(part[0].model_fields_set))}" if key == "all" else key
            yield label, Rule.model_construct(id=rule.id, when=alone, then=Then())
