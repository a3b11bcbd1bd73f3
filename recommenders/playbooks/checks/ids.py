"""Ids: each used once, each that is named known; parts of an experiment that fit into 100 percent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from recommenders.playbooks.checks.subject import Subject
from recommenders.playbooks.problems import Problem
from recommenders.playbooks.words import did_you_mean


def check(subject: Subject) -> Iterator[Problem]:
    """Duplicate ids, unknown gestures, experiments that give out more than there is."""
    yield from _duplicates(subject)
    yield from _gestures(subject)
    yield from _experiments(subject)
    yield from _twice(subject)


def _duplicates(subject: Subject) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for file in subject.files:
        for kind in ("rules", "gestures"):
            entries = file.source.data.get(kind)
            for index, entry in enumerate(entries if isinstance(entries, list) else ()):
                name = entry.get("id") if isinstance(entry, dict) else None
                if not isinstance(name, str):
                    continue
                here = f"{Path(file.name).name}:{file.source.place((kind, index))[0]}"
                if name in first:
                    message = f'"{name}" is used already at {first[name]}; give this one another id'
                    yield file.problem((kind, index, "id"), "error", "duplicate-id", message, name)
                first.setdefault(name, here)


def _gestures(subject: Subject) -> Iterator[Problem]:
    if not subject.complete:
        return
    known = {gesture.id for file in subject.files for _, gesture in file.gestures}
    known |= {name for file in subject.files for name in file.named if "gestures" in file.broken}
    if not subject.has("gestures"):
        known |= subject.default_gestures
    for at in subject.rules:
        for key, name in (("gesture", at.rule.then.gesture), ("delight", at.rule.then.delight)):
            if isinstance(name, str) and name not in known:
                hint = did_you_mean(name, sorted(known)) or '; add it below "gestures"'
                yield at.problem(("then", key), "error", "unknown-gesture", f'no gesture "{name}"{hint}')


def _experiments(subject: Subject) -> Iterator[Problem]:
    taken: dict[str, float] = {}
    for at in sorted(subject.rules, key=lambda at: (subject.files.index(at.file), at.index)):
        rule = at.rule
        if rule.experiment is None:
            continue
        if "share" not in rule.model_fields_set:
            message = '"share" is missing: say how many percent of the experiment this rule gets'
            yield at.problem(("experiment",), "error", "missing-key", message)
            continue
        taken[rule.experiment] = taken.get(rule.experiment, 0.0) + rule.share
        if taken[rule.experiment] > 100 + 1e-9:
            message = f'the rules of experiment "{rule.experiment}" have {taken[rule.experiment]:g} percent together'
            yield at.problem(("share",), "error", "share-over-100", f"{message}; they may have 100")


def _twice(subject: Subject) -> Iterator[Problem]:
    """Settings of the whole playbook that two files give: the later one would count, and nobody would know."""
    first: dict[str, tuple[object, str]] = {}
    for file in subject.files:
        given: dict[tuple[str, ...], object] = {}
        if file.content.timezone is not None:
            given["timezone",] = file.content.timezone
        if file.content.budgets is not None:
            for key in sorted(file.content.budgets.model_fields_set):
                given["budgets", key] = getattr(file.content.budgets, key)
        for path, value in given.items():
            name, here = ".".join(path), f"{Path(file.name).name}:{file.source.place(path)[0]}"
            if name in first and first[name][0] != value:
                message = f'"{path[-1]}" says something else than at {first[name][1]}; keep one, it is for all files'
                yield file.problem(path, "warning", "said-twice", message)
            first.setdefault(name, (value, here))
