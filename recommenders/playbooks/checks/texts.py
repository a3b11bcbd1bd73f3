"""Texts: slots that nothing in the rule fills, English to fall back on, braces that are no slot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from recommenders.playbooks.checks.subject import Subject
from recommenders.playbooks.parse import Path
from recommenders.playbooks.problems import Problem, Severity
from recommenders.playbooks.schema import InlineGesture, Then
from recommenders.playbooks.words import CARD_SLOTS, SLOT, slots_in

Wrong = tuple[Path, Severity, str, str]
# What fills a slot, where not every ticket can: the keys of `then` of which the rule needs one.
FILLED_BY: Mapping[str, tuple[str, ...]] = {
    "offer": ("offer",),
    "price": ("offer",),
    "code": ("code", "code_for"),
    "code_end": ("code", "code_for"),
    "amount": ("white_glove", "allowance"),
    "date": ("follow_up_days", "recovery.follow_up_days"),
}


def check(subject: Subject) -> Iterator[Problem]:
    """The texts of all rules and gestures."""
    for at in subject.rules:
        for path, severity, code, message in _of_rule(at.rule.then):
            yield at.problem(("then", *path), severity, code, message)
    for file in subject.files:
        for index, gesture in file.gestures:
            for path, severity, code, message in _of_gesture(gesture.gesture, gesture.note):
                yield file.problem(("gestures", index, *path), severity, code, message, gesture.id)


def _of_rule(then: Then) -> Iterator[Wrong]:
    for key in ("say", "draft"):
        texts: Mapping[str, str] = getattr(then, key)
        for language, text in texts.items():
            for slot in dict.fromkeys(slots_in(text)):
                needs = FILLED_BY.get(slot, ())
                if needs and not any(_given(then, need) for need in needs):
                    message = f"{{{slot}}} is never filled: the rule has no {_or(needs)}; add it, or take the slot out"
                    yield (key, language), "error", "unfilled-slot", message
            yield from _braces((key, language), text)
        yield from _english((key,), texts)
    plain: list[tuple[Path, str | None]] = [(("warn",), then.warn), (("because",), then.because)]
    plain += [(("recovery", "steps", i), step) for i, step in enumerate(then.recovery.steps if then.recovery else ())]
    for at, said in plain:
        yield from _unfilled(at, said or "", (), "this text is for the agent, and nothing is filled in")
    if isinstance(then.delight, InlineGesture):
        for path, severity, code, message in _of_gesture(then.delight.gesture, then.delight.note):
            yield ("delight", *path), severity, code, message


def _of_gesture(gesture: str, note: Mapping[str, Sequence[str]]) -> Iterator[Wrong]:
    yield from _unfilled(("gesture",), gesture, (), "this text is for the agent, and nothing is filled in")
    for language, texts in note.items():
        for index, text in enumerate(texts):
            yield from _unfilled(("note", language, index), text, CARD_SLOTS, "a card may only name {first_name}")
        if not texts:
            yield ("note", language), "warning", "empty-list", f'no words for "{language}"; write some, or delete it'
    yield from _english(("note",), note)


def _unfilled(path: Path, text: str, allowed: Sequence[str], why: str) -> Iterator[Wrong]:
    for slot in dict.fromkeys(slots_in(text)):
        if slot not in allowed:
            yield path, "warning", "unfilled-slot", f"{{{slot}}} is never filled: {why}; take the slot out"
    yield from _braces(path, text)


def _braces(path: Path, text: str) -> Iterator[Wrong]:
    if "{" in (rest := SLOT.sub("", text)) or "}" in rest:
        yield path, "warning", "stray-brace", "a brace without its partner stays in the text; close or delete it"


def _english(path: Path, texts: Mapping[str, object]) -> Iterator[Wrong]:
    if texts and "en" not in texts:
        yield path, "warning", "no-english", 'no English to fall back on for other languages; add "en"'


def _given(then: Then, need: str) -> bool:
    found: object = then
    for key in need.split("."):
        found = getattr(found, key, None)
    return found is not None


def _or(needs: Sequence[str]) -> str:
    return " or ".join(f'"{need.rpartition(".")[2]}"' for need in dict.fromkeys(needs) if "." not in need)
