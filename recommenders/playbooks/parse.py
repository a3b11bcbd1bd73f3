"""One file against the models of the language: what is well formed of it, and what is not in a lead's words."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError
from rapidfuzz.fuzz import ratio

from recommenders.playbooks.problems import Problem
from recommenders.playbooks.schema import Budgets, Gesture, Offer, PlaybookFile, Rule, Then, When
from recommenders.playbooks.source import MAX_PROBLEMS, Source
from recommenders.playbooks.words import closest

Path = tuple[str | int, ...]
_BRANCHES = ("<id>", "<gesture>")  # of `delight`, as the model names them
_LISTS = ("rules", "gestures", "examples")


@dataclass(frozen=True)
class Parsed:
    """One file: what of it is well formed, each rule and gesture with its place in the list.

    `named` are the ids of all rules and gestures, also of those that are not well formed. `broken` are the sections
    of which something could not be read.
    """

    source: Source
    content: PlaybookFile
    rules: tuple[tuple[int, Rule], ...]
    gestures: tuple[tuple[int, Gesture], ...]
    named: frozenset[str]
    broken: frozenset[str]

    @property
    def name(self) -> str:
        """The file's name as it was given."""
        return self.source.name

    def problem(self, path: Path, severity: Any, code: str, message: str, rule_id: str = "") -> Problem:
        """A problem at the deepest part of `path` that the file has."""
        return Problem(self.name, *self.source.place(path), severity, message, code, rule_id)


def parse(source: Source) -> tuple[Parsed, list[Problem]]:
    """What is well formed of a file, and every problem of the rest."""
    data = source.data
    named = frozenset(
        str(entry["id"])
        for section in ("rules", "gestures")
        for entry in _entries(data.get(section))
        if isinstance(entry, Mapping) and isinstance(entry.get("id"), str)
    )
    try:
        content = PlaybookFile.model_validate(data)
    except ValidationError as error:
        wrong = error.errors(include_url=False)
    else:
        return Parsed(source, content, _numbered(content.rules), _numbered(content.gestures), named, frozenset()), []
    problems = [_problem(source, entry) for entry in wrong[:MAX_PROBLEMS]]
    rest, kept, broken = _without(data, [entry["loc"] for entry in wrong])
    content = PlaybookFile.model_validate(rest)
    rules = tuple(zip(kept.get("rules", ()), content.rules or (), strict=True))
    gestures = tuple(zip(kept.get("gestures", ()), content.gestures or (), strict=True))
    return Parsed(source, content, rules, gestures, named, broken), problems


def _entries(section: Any) -> list[Any]:
    return section if isinstance(section, list) else []


def _numbered(entries: Sequence[Any] | None) -> tuple[tuple[int, Any], ...]:
    return tuple(enumerate(entries or ()))


def _without(
    data: Mapping[str, Any], wrong: Sequence[tuple[str | int, ...]]
) -> tuple[dict[str, Any], dict[str, list[int]], frozenset[str]]:
    """The data without the entries and the sections that something is wrong in, and which entries are left."""
    bad: dict[str, set[int]] = {}
    gone: set[str] = set()
    for loc in wrong:
        if len(loc) > 1 and loc[0] in _LISTS and isinstance(loc[1], int):
            bad.setdefault(str(loc[0]), set()).add(loc[1])
        else:
            gone.add(str(loc[0]) if loc else "")
    rest = {key: value for key, value in data.items() if key not in gone}
    kept: dict[str, list[int]] = {}
    for section in _LISTS:
        if isinstance(rest.get(section), list):
            kept[section] = [i for i in range(len(rest[section])) if i not in bad.get(section, ())]
            rest[section] = [rest[section][i] for i in kept[section]]
    return rest, kept, frozenset({*bad, *gone})


# ---------------------------------------------------------------- what pydantic says, in a lead's words


def _problem(source: Source, wrong: Any) -> Problem:
    loc = _written(wrong)
    code, message = _words(wrong, loc)
    line, col = source.place(loc)
    return Problem(source.name, line, col, "error", message, code, _rule_id(source.data, loc))


def _written(wrong: Any) -> Path:
    """The path as it stands in the file: without pydantic's marks for the branch of a union and for a key itself."""
    *inner, last = wrong["loc"] or ("",)
    kept = tuple(step for step in inner if step not in _BRANCHES)
    is_mark = wrong["type"] != "extra_forbidden" and (last in _BRANCHES or last in ("[key]", ""))
    return kept if is_mark else (*kept, last)


def _words(wrong: Any, loc: Path) -> tuple[str, str]:
    kind, ctx, value = str(wrong["type"]), wrong.get("ctx", {}), wrong.get("input")
    name = next((f'"{step}"' for step in reversed(loc) if isinstance(step, str)), "the file")
    if isinstance(loc[-1] if loc else None, int) and kind != "missing":
        name = f"an entry of {name}"
    if kind == "extra_forbidden":
        return "unknown-key", f'unknown key "{_short(loc[-1])}"{_key_hint(loc)}'
    if kind == "missing":
        return "missing-key", f'"{loc[-1]}" is missing; add it'
    if wrong["loc"][-1:] == ("[key]",):
        what = (
            "language; write two small letters, such as en or de" if "pattern" in kind else "name that can be used here"
        )
        return "wrong-form", f"{_shown(loc[-1])} is no {what}"
    if kind in ("unknown_id", "literal_error"):
        if kind == "literal_error":
            allowed = str(ctx.get("expected", "")).replace("'", "").replace(" or ", ", ")
            return "unknown-id", f"{name} must be one of {allowed}, not {_shown(value)}"
        return "unknown-id", str(wrong["msg"])
    if kind in _CUSTOM:
        said = str(wrong["msg"])
        joined = f"{name} {said}" if said.startswith("must ") else f"{name}: {said}"
        return _CUSTOM[kind], said if kind == "unknown_slot" else joined
    if kind in _TYPES:
        return "wrong-type", f"{name} must be {_TYPES[kind]}, {_but(value)}{_type_remedy(kind, value)}"
    if kind in _BOUNDS:
        word, key = _BOUNDS[kind]
        return "out-of-range", f"{name} must be {word} {ctx.get(key, 0):g}, and it is {_shown(value)}"
    if kind == "finite_number":
        return "out-of-range", f"{name} must be an ordinary number, not {_shown(value)}"
    if kind == "string_pattern_mismatch":
        return "wrong-form", f"{name} {_PATTERNS.get(str(loc[-1]) if loc else '', _ID_FORM)}, not {_shown(value)}"
    if kind in ("string_too_short", "too_short"):
        return "empty-text" if "string" in kind else "empty-list", f"{name} is empty; fill it, or leave the key out"
    if kind in ("string_too_long", "too_long"):
        return "too-long", f"{name} is too long; at most {ctx.get('max_length')} are allowed"
    said = str(wrong["msg"])
    return "wrong-value", f"{name}: {said[:1].lower()}{said[1:]}"


_CUSTOM = {
    "empty_text": "empty-text",
    "unknown_slot": "unknown-slot",
    "not_a_day": "wrong-form",
    "not_hours": "wrong-form",
    "empty_hours": "empty-window",
}
_TYPES = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a mapping of keys and values",
    "model_type": "a mapping of keys and values",
    "model_attributes_type": "a mapping of keys and values",
    "date_type": "a day, as in 2026-12-24",
}
_BOUNDS = {
    "greater_than_equal": ("at least", "ge"),
    "less_than_equal": ("at most", "le"),
    "greater_than": ("more than", "gt"),
    "less_than": ("less than", "lt"),
}
_ID_FORM = "must be small letters and digits with hyphens between them, as in late-parcel"
_PATTERNS = {
    "currency": "must be three capital letters, as in EUR",
    "language": "must be two small letters, as in en or de",
}


def _type_remedy(kind: str, value: Any) -> str:
    if kind == "string_type" and value is not None and not isinstance(value, (dict, list)):
        return "; put it in quotes"
    if kind == "list_type" and isinstance(value, (str, int, float)):
        return f"; write [{_short(value)}]"
    if kind in ("float_type", "int_type") and isinstance(value, str):
        return "; write the number alone, without quotes or a currency"
    if kind == "bool_type" and isinstance(value, str):
        return "; YAML reads only true and false so"
    if kind in ("dict_type", "model_type", "model_attributes_type") and isinstance(value, str):
        return (
            '; write "en: …" on the next line, indented'
            if kind == "dict_type"
            else "; its keys stand below it, indented"
        )
    return ""


def _but(value: Any) -> str:
    return "and it is empty" if value is None else f"not {_shown(value)}"


def _shown(value: Any) -> str:
    """A value as a lead wrote it, cut to what fits into a message."""
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(_short(value), ensure_ascii=False) if isinstance(value, str) else _short(value)


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _key_hint(path: Path) -> str:
    """What was probably meant by an unknown key: one beside it, one that stands elsewhere, or what is allowed."""
    key = str(path[-1])
    beside = keys_beside(path)
    if key in _homes():
        return f"; {_homes()[key]}"
    said = next((word for word in _OTHER_WORDS if ratio(key, word) >= 90 and _OTHER_WORDS[word] in beside), None)
    best = _OTHER_WORDS[said] if said else closest(key, beside)
    if best is not None:
        return f'; did you mean "{best}"?'
    return f"; allowed here: {', '.join(beside)}" if 0 < len(beside) <= 30 else ""


def keys_beside(path: Path) -> list[str]:
    """The keys that are allowed where an unknown one stands, found by walking the models."""
    model: Any = PlaybookFile
    for step in path[:-1]:
        if isinstance(step, int) or not hasattr(model, "model_fields"):
            continue
        annotation = model.model_fields[step].annotation if step in model.model_fields else None
        model = next(_models(annotation), None)
    return list(getattr(model, "model_fields", {}))


def _models(annotation: Any) -> Iterator[Any]:
    """The pydantic models within a type such as list[Rule] | None."""
    if hasattr(annotation, "model_fields"):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from _models(part)


# What people from other systems call a key.
_OTHER_WORDS = {
    "conditions": "when", "if": "when", "actions": "then", "do": "then", "until": "valid_until", "from": "valid_from",
    "discount": "code", "discount_code": "code", "discount_pct": "code", "title": "name", "active": "enabled",
    "suggest": "offer", "message": "draft", "reply": "draft", "warning": "warn", "author": "owner", "order": "priority",
    "text": "says", "keywords": "says", "examples": "means", "consents": "consent", "plan": "recovery",
}  # fmt: skip


@cache
def _homes() -> dict[str, str]:
    """For a key that one section alone has, where it belongs."""
    sections: list[tuple[type[BaseModel], str]] = [
        (PlaybookFile, "it stands at the top of the file"),
        (Rule, 'it stands in the rule itself, beside "when" and "then"'),
        (When, 'it is a condition: put it below "when"'),
        (Then, 'it is what follows: put it below "then"'),
        (Offer, 'put it below "offer"'),
        (Budgets, 'put it below "budgets"'),
    ]
    counts = Counter(key for model, _ in sections for key in model.model_fields)
    return {key: where for model, where in sections for key in model.model_fields if counts[key] == 1}


def _rule_id(data: Mapping[str, Any], path: Path) -> str:
    if len(path) < 2 or path[0] not in ("rules", "gestures") or not isinstance(path[1], int):
        return ""
    entries = _entries(data.get(str(path[0])))
    entry = entries[path[1]] if path[1] < len(entries) else None
    return str(entry.get("id", "")) if isinstance(entry, Mapping) else ""
