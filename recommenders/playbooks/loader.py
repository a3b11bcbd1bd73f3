"""Reads playbook files: every problem with its line and column, and the playbook once there is none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from recommenders.domain import Catalog, Evidence
from recommenders.playbooks.schema import (
    Budgets,
    Conditions,
    Example,
    Gesture,
    PlaybookFile,
    Rule,
    Scope,
    did_you_mean,
)

DEFAULT_FOLDER = Path(__file__).parent / "default"
MAX_BYTES = 1 << 18  # the parser that knows lines reads about 30 KB a second
MAX_DEPTH = 40
MAX_NODES = 100_000  # aliases are expanded, and a "billion laughs" file must not be
Severity = Literal["error", "warning"]
T = TypeVar("T")


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """Something wrong in a playbook file; line and column count from 1. `rule_id` is "" outside a rule."""

    file: str
    line: int
    col: int
    severity: Severity
    message: str
    rule_id: str = ""

    def __str__(self) -> str:
        rule = f" ({self.rule_id})" if self.rule_id else ""
        return f"{self.file}:{self.line}:{self.col}: {self.severity}: {self.message}{rule}"


class PlaybookError(ValueError):
    """A playbook that cannot be used; `problems` says where and why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Sourced(Generic[T]):
    """A rule or a gesture with the file (its name) and the line where it stands."""

    item: T
    file: str
    line: int

    def evidence(self, name: str) -> Evidence:
        """The contract's evidence for it: FILE.yaml#RULE and the line."""
        return Evidence("rule", f"{self.file}#{name}", self.line)


@dataclass(frozen=True)
class Playbook:
    """What the files of a shop's playbook say together, in the order of files and lines."""

    rules: tuple[Sourced[Rule], ...] = ()
    gestures: tuple[Sourced[Gesture], ...] = ()
    budgets: Budgets = field(default_factory=Budgets)
    examples: tuple[Example, ...] = ()
    phrases: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Parsed:
    """One file: its content and its YAML tree, which knows lines and columns."""

    name: str
    content: PlaybookFile
    tree: CommentedMap

    def place(self, *path: str | int) -> tuple[int, int]:
        """Line and column (from 1) of the deepest part of `path` that the tree has."""
        return _place(self.tree, path)


def check(directory: Path, catalog: Catalog | None = None) -> list[Problem]:
    """Every problem of the playbook files below `directory`, sorted by file and line; empty means: usable.

    With a catalogue, codes and products that the shop does not have are warnings. A missing directory is an error.
    """
    if not directory.is_dir():
        return [Problem(str(directory), 1, 1, "error", "no such directory")]
    parsed, problems = _read(directory)
    problems += _cross_check(parsed, catalog)
    return sorted(problems)


def load(directories: Iterable[Path], catalog: Catalog | None = None) -> Playbook:
    """The playbook of these directories together.

    A section (gestures, budgets, rules) that no file has comes from the packaged default; without any file the packaged
    default applies. Raises PlaybookError if there is any error; warnings pass.
    """
    parsed: list[_Parsed] = []
    problems: list[Problem] = []
    for directory in directories:
        found, wrong = _read(directory)
        parsed += found
        problems += wrong
    problems += _cross_check(parsed, catalog)
    if errors := sorted(p for p in problems if p.severity == "error"):
        raise PlaybookError(errors)
    own = _merge(parsed)
    if not parsed:
        return load_default()
    default = load_default()
    given = {name for p in parsed for name in p.content.model_fields_set}
    return Playbook(
        own.rules if "rules" in given else default.rules,
        own.gestures if "gestures" in given else default.gestures,
        own.budgets if "budgets" in given else default.budgets,
        own.examples,
        own.phrases,
    )


@cache
def load_default() -> Playbook:
    """The packaged playbook, which fits any trade."""
    parsed, problems = _read(DEFAULT_FOLDER)
    if problems:
        raise PlaybookError(problems)
    return _merge(parsed)


def files_of(directory: Path) -> list[Path]:
    """The YAML files below a directory in the order in which they are read."""
    found = (p for pattern in ("*.yaml", "*.yml") for p in directory.rglob(pattern))
    return sorted(p for p in found if p.is_file())


def check_text(name: str, text: str) -> list[Problem]:
    """The problems of one file given as text, as an editor needs them while somebody types."""
    parsed, problems = _parse(name, text)
    return sorted(problems + (_cross_check([parsed], None, whole=False) if parsed else []))


# ---------------------------------------------------------------- reading


def _read(directory: Path) -> tuple[list[_Parsed], list[Problem]]:
    parsed: list[_Parsed] = []
    problems: list[Problem] = []
    for path in files_of(directory):
        try:
            if path.stat().st_size > MAX_BYTES:
                problems.append(Problem(str(path), 1, 1, "error", f"larger than {MAX_BYTES} bytes"))
                continue
            text = path.read_text("utf-8-sig")
        except UnicodeDecodeError as error:
            line = path.read_bytes()[: error.start].count(b"\n") + 1
            problems.append(Problem(str(path), line, 1, "error", "not UTF-8: save the file as UTF-8"))
            continue
        except OSError as error:
            problems.append(Problem(str(path), 1, 1, "error", error.strerror or "cannot be read"))
            continue
        found, wrong = _parse(str(path), text)
        problems += wrong
        if found is not None:
            parsed.append(found)
    return parsed, problems


def _parse(shown: str, text: str) -> tuple[_Parsed | None, list[Problem]]:
    if len(text) > MAX_BYTES:
        return None, [Problem(shown, 1, 1, "error", f"larger than {MAX_BYTES} bytes")]
    if (line := _too_deep(text)) is not None:
        return None, [Problem(shown, line, 1, "error", "too many brackets are open at once")]
    try:
        tree = YAML(typ="rt", pure=True).load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, col = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return None, [Problem(shown, line, col, "error", f"not YAML: {error.problem or error.context}")]
    except (YAMLError, ValueError, RecursionError) as error:
        return None, [Problem(shown, 1, 1, "error", f"not YAML: {str(error).splitlines()[0]}")]
    if tree is None:
        return None, [Problem(shown, 1, 1, "warning", "the file is empty")]
    if not isinstance(tree, CommentedMap):
        return None, [Problem(shown, 1, 1, "error", "a playbook is a mapping with rules, gestures, budgets, …")]
    try:
        content = PlaybookFile.model_validate(_plain(tree, [MAX_NODES], 0))
    except ValidationError as error:
        return None, [_problem(shown, tree, wrong) for wrong in error.errors()]
    except ValueError as error:
        return None, [Problem(shown, 1, 1, "error", str(error))]
    return _Parsed(shown, content, tree), []


def _too_deep(text: str) -> int | None:
    """The line where more brackets are open than any playbook needs: the parser's time grows steeply with them."""
    depth = 0
    for mark in re.finditer(r"[\[{\]}]", text):
        depth = depth + 1 if mark[0] in "[{" else max(depth - 1, 0)
        if depth > MAX_DEPTH:
            return text.count("\n", 0, mark.start()) + 1
    return None


def _plain(node: Any, budget: list[int], depth: int) -> Any:
    """The tree without ruamel's own types; scalars as Python's."""
    budget[0] -= 1
    if budget[0] < 0 or depth > MAX_DEPTH:
        raise ValueError("too large: are there aliases of aliases?")
    if isinstance(node, Mapping):
        return {str(key): _plain(value, budget, depth + 1) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value, budget, depth + 1) for value in node]
    if isinstance(node, bool) or node is None:
        return node
    for kind in (str, int, float):  # ruamel's scalars carry how they were written
        if isinstance(node, kind):
            return kind(node)
    return node


def _place(tree: Any, path: Sequence[str | int]) -> tuple[int, int]:
    node, line, col = tree, 0, 0
    for step in path:
        if isinstance(node, CommentedMap) and step in node:
            line, col = node.lc.key(step)
        elif isinstance(node, CommentedSeq) and isinstance(step, int) and step < len(node):
            line, col = node.lc.item(step)
        else:
            break
        node = node[step]
    return line + 1, col + 1


def _problem(shown: str, tree: CommentedMap, wrong: Mapping[str, Any]) -> Problem:
    """One of pydantic's errors in a lead's words, at its place."""
    path = [step for step in wrong["loc"] if step != "[key]"]
    line, col = _place(tree, path)
    message, kind = str(wrong["msg"]), wrong["type"]
    if kind == "extra_forbidden":
        message = f'unknown key "{path[-1]}"{did_you_mean(str(path[-1]), _keys_beside(path))}'
    elif kind == "missing":
        message = f'"{path[-1]}" is missing'
    elif path:
        message = f"{path[-1] if isinstance(path[-1], str) else path[-2]}: {message[0].lower()}{message[1:]}"
    return Problem(shown, line, col, "error", message, _rule_id(tree, path))


def _keys_beside(path: Sequence[str | int]) -> list[str]:
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


def _rule_id(tree: CommentedMap, path: Sequence[str | int]) -> str:
    if len(path) < 2 or path[0] not in ("rules", "gestures") or not isinstance(path[1], int):
        return ""
    entries = tree.get(path[0])
    entry = entries[path[1]] if isinstance(entries, list) and path[1] < len(entries) else None
    return str(entry.get("id", "")) if isinstance(entry, Mapping) else ""


# ---------------------------------------------------------------- what one file alone cannot know


def _cross_check(parsed: Sequence[_Parsed], catalog: Catalog | None, *, whole: bool = True) -> list[Problem]:
    problems: list[Problem] = []
    seen: dict[str, str] = {}
    gestures = {g.id for p in parsed for g in p.content.gestures or ()}
    if not any("gestures" in p.content.model_fields_set for p in parsed):
        gestures |= {g.item.id for g in load_default().gestures} if parsed else set()
    for file in parsed:

        def add(path: tuple[str | int, ...], severity: Severity, message: str, rule: str, file: _Parsed = file) -> None:
            problems.append(Problem(file.name, *file.place(*path), severity, message, rule))

        named: list[tuple[str, Sequence[Rule | Gesture]]] = [
            ("rules", file.content.rules or ()),
            ("gestures", file.content.gestures or ()),
        ]
        for kind, entries in named:
            for index, entry in enumerate(entries):
                first = seen.setdefault(entry.id, f"{Path(file.name).name}:{file.place(kind, index)[0]}")
                if first != f"{Path(file.name).name}:{file.place(kind, index)[0]}":
                    add((kind, index, "id"), "error", f'"{entry.id}" is used already at {first}', entry.id)
        for index, rule in enumerate(file.content.rules or ()):
            at = ("rules", index)
            if not rule.when.model_fields_set:
                add((*at, "when"), "error", "no condition: this rule would always fire", rule.id)
            if not rule.then.model_fields_set:
                add((*at, "then"), "warning", "nothing follows from this rule", rule.id)
            if rule.then.gesture and whole and rule.then.gesture not in gestures:
                hint = did_you_mean(rule.then.gesture, sorted(gestures))
                add((*at, "then", "gesture"), "error", f'no gesture "{rule.then.gesture}"{hint}', rule.id)
            if rule.then.say and "en" not in rule.then.say:
                add((*at, "then", "say"), "warning", "no English sentence to fall back on", rule.id)
            if catalog is not None:
                for path, message in _unknown_in(rule, catalog):
                    add((*at, *path), "warning", message, rule.id)
        for index, gesture in enumerate(file.content.gestures or ()):
            limit = file.content.budgets.agent if file.content.budgets else None
            if limit is not None and gesture.cost > limit:
                message = f"costs more than an agent's month ({limit:g})"
                add(("gestures", index, "cost"), "warning", message, gesture.id)
    return problems


def _unknown_in(rule: Rule, catalog: Catalog) -> Iterator[tuple[tuple[str, ...], str]]:
    """What a rule names that the shop does not have."""
    known = {
        "handles": {p.handle.casefold(): p.handle for p in catalog.products},
        "types": {p.type.casefold(): p.type for p in catalog.products},
        "tags": {t.casefold(): t for p in catalog.products for t in p.tags},
    }
    if rule.then.code and rule.then.code.casefold() not in catalog.by_code:
        hint = did_you_mean(rule.then.code, [c.code for c in catalog.codes])
        yield ("then", "code"), f'the shop has no code "{rule.then.code}"{hint}'
    named: list[tuple[tuple[str, ...], str, Sequence[str]]] = [
        (("then", key, part), part, getattr(scope, part))
        for key, scope in (("prefer", rule.then.prefer), ("avoid", rule.then.avoid))
        if isinstance(scope, Scope)
        for part in known
    ]
    groups: list[tuple[tuple[str, ...], Conditions]] = [(("when",), rule.when)]
    for group in ("all", "any", "none"):
        groups += [(("when", group), conditions) for conditions in getattr(rule.when, group)]
    for at, conditions in groups:
        named += [((*at, "products"), "handles", conditions.products)]
        named += [((*at, "product_types"), "types", conditions.product_types)]
        named += [((*at, "product_tags"), "tags", conditions.product_tags)]
    for path, part, words in named:
        for word in words:
            if word.casefold() not in known[part]:
                hint = did_you_mean(word, sorted(known[part].values()))
                yield path, f'the shop has no product {part[:-1]} "{word}"{hint}'


def _merge(parsed: Sequence[_Parsed]) -> Playbook:
    rules: list[Sourced[Rule]] = []
    gestures: list[Sourced[Gesture]] = []
    examples: list[Example] = []
    phrases: dict[str, dict[str, Sequence[str]]] = {}
    budgets = Budgets()
    for file in parsed:
        name = Path(file.name).name
        rules += [Sourced(r, name, file.place("rules", i)[0]) for i, r in enumerate(file.content.rules or ())]
        gestures += [Sourced(g, name, file.place("gestures", i)[0]) for i, g in enumerate(file.content.gestures or ())]
        examples += file.content.examples or ()
        for language, texts in (file.content.phrases or {}).items():
            phrases.setdefault(language, {}).update(texts)
        if file.content.budgets is not None:
            budgets = budgets.model_copy(update=file.content.budgets.model_dump(exclude_unset=True))
    return Playbook(tuple(rules), tuple(gestures), budgets, tuple(examples), phrases)
