"""Reads YAML text into plain data that knows where each key and each entry stands, and says what is no YAML."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from recommenders.playbooks.problems import Problem

MAX_CHARS = 1 << 18
MAX_LINES = 10_000  # the parser reads some thousand lines a second
MAX_DEPTH = 40
MAX_PROBLEMS = 1000  # of a kind in one file: nobody reads more
MAX_NODES = 100_000  # aliases are expanded, and a "billion laughs" file must not be
_TAG = "tag:yaml.org,2002:"
_SCALARS = frozenset(_TAG + name for name in ("str", "int", "float", "bool", "null", "timestamp", "merge"))


_COLLECTIONS = (_TAG + "map", _TAG + "seq")


@dataclass(slots=True)
class _Place:
    """Where something begins, as a character of the text, and what lies in it."""

    offset: int
    within: dict[str | int, _Place] = field(default_factory=dict)


class Lines:
    """Where the lines of a text begin; only a line feed ends a line, as in an editor."""

    def __init__(self, text: str) -> None:
        self._length = len(text)
        self._starts = [0, *(mark.end() for mark in re.finditer("\n", text))]

    def at(self, offset: int) -> tuple[int, int]:
        """Line and column (from 1) of a character."""
        offset = max(0, min(offset, self._length))
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


@dataclass(frozen=True, slots=True)
class Source:
    """One file: its name, its text, what it says as plain data, and the place of everything in it."""

    name: str
    text: str
    data: dict[str, Any]
    root: _Place
    lines: Lines

    def place(self, path: Sequence[str | int] = ()) -> tuple[int, int]:
        """Line and column (from 1) of the deepest part of `path` that the file has."""
        at = self.root
        for step in path:
            if step not in at.within:
                break
            at = at.within[step]
        return self.lines.at(at.offset)


def read_source(name: str, text: str) -> tuple[Source | None, list[Problem]]:
    """The file's content, or None where it cannot be read at all; never raises."""
    lines = Lines(text)

    def wrong(offset: int, message: str, code: str) -> list[Problem]:
        severity = "warning" if code == "empty-file" else "error"
        return [Problem(name, *lines.at(offset), severity, message, code)]  # type: ignore[arg-type]

    if len(text) > MAX_CHARS:
        return None, wrong(0, f"larger than {MAX_CHARS} characters; split it into several files", "too-large")
    if text.count("\n") > MAX_LINES:
        return None, wrong(0, f"longer than {MAX_LINES} lines; split it into several files", "too-large")
    if (offset := _too_deep(text)) is not None:
        return None, wrong(offset, "too many brackets are open at once", "too-deep")
    try:
        tree = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        return None, wrong(_mark(error, text), _said(error), "yaml-syntax")
    except ReaderError as error:
        shown = f"a character that YAML does not allow (U+{_ordinal(error):04X}); delete it"
        return None, wrong(error.position if isinstance(error.position, int) else 0, shown, "yaml-syntax")
    except RecursionError:
        return None, wrong(0, "nested too deeply", "too-deep")
    except (YAMLError, ValueError, LookupError, AttributeError, TypeError, AssertionError) as error:
        # The parser trips over some texts that are no YAML at all in ways of its own.
        said = " ".join(str(error).split())[:200]
        return None, wrong(0, f"not YAML: {said or type(error).__name__}", "yaml-syntax")
    if tree is None:
        return None, wrong(0, "the file is empty", "empty-file")
    if not isinstance(tree, MappingNode):
        message = 'a playbook is a mapping: begin with "rules:", "gestures:" or "budgets:"'
        return None, wrong(tree.start_mark.index, message, "not-a-playbook")
    builder = _Builder(name, lines)
    try:
        data = builder.value(tree, root := _Place(tree.start_mark.index), 0)
    except _TooLargeError:
        return None, wrong(0, "too large: are there aliases of aliases?", "too-large")
    return Source(name, text, data, root, lines), builder.problems


def _too_deep(text: str) -> int | None:
    """Where more brackets are open than any playbook needs: the parser's time grows steeply with them."""
    depth = 0
    for mark in re.finditer(r"[\[{\]}]", text):
        depth = depth + 1 if mark[0] in "[{" else max(depth - 1, 0)
        if depth > MAX_DEPTH:
            return mark.start()
    return None


class _TooLargeError(ValueError):
    """More nodes, or deeper ones, than a playbook has."""


class _Builder:
    """Turns the parser's nodes into plain data, and notes on the way what YAML would let pass."""

    def __init__(self, name: str, lines: Lines) -> None:
        self._name, self._lines = name, lines
        self._left = MAX_NODES
        self._scalars = YAML(typ="safe", pure=True)
        self.problems: list[Problem] = []

    def value(self, node: Node, place: _Place, depth: int) -> Any:
        """The plain data of a node; what lies in it is noted in `place`."""
        self._left -= 1
        if self._left < 0 or depth > MAX_DEPTH:
            raise _TooLargeError
        if not isinstance(node, ScalarNode) and str(node.tag) not in _COLLECTIONS:
            self._note(node, f"{_tag(node)} is not known here; delete it", "yaml-tag")
        if isinstance(node, MappingNode):
            return self._mapping(node, place, depth)
        if isinstance(node, SequenceNode):
            values = []
            for index, item in enumerate(node.value):
                place.within[index] = inner = _Place(item.start_mark.index)
                values.append(self.value(item, inner, depth + 1))
            return values
        return self._scalar(node)

    def _mapping(self, node: MappingNode, place: _Place, depth: int) -> dict[str, Any]:
        data: dict[str, Any] = {}
        merged: list[tuple[Node, Node]] = []
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self._note(key, "a key must be a single word", "not-a-key")
                continue
            if key.tag == _TAG + "merge":
                merged += self._merged(value)
                continue
            if key.value in data:
                first, _ = self._lines.at(place.within[key.value].offset)
                shown = json.dumps(key.value, ensure_ascii=False)
                self._note(
                    key, f"duplicate key {shown}; it is given on line {first} already: keep one", "duplicate-key"
                )
                self.value(value, _Place(0), depth + 1)  # for the problems in it
                continue
            place.within[key.value] = inner = _Place(key.start_mark.index)
            data[key.value] = self.value(value, inner, depth + 1)
        for key, value in merged:  # what is given beside it goes before what is merged in
            if isinstance(key, ScalarNode) and key.value not in data:
                place.within[key.value] = inner = _Place(key.start_mark.index)
                data[key.value] = self.value(value, inner, depth + 1)
        return data

    def _merged(self, value: Node) -> Iterator[tuple[Node, Node]]:
        parts = value.value if isinstance(value, SequenceNode) else [value]
        for part in parts:
            if isinstance(part, MappingNode):
                yield from part.value
            else:
                self._note(part, 'only a mapping can be merged with "<<"', "yaml-syntax")

    def _scalar(self, node: Node) -> Any:
        tag = str(node.tag)
        if tag not in _SCALARS:
            self._note(node, f"{_tag(node)} is not known here; delete it and write the plain value", "yaml-tag")
            return node.value
        if tag in (_TAG + "str", _TAG + "merge"):
            return str(node.value)
        try:
            return self._scalars.constructor.construct_object(node, deep=True)
        except (YAMLError, ValueError, KeyError, OverflowError, ArithmeticError, TypeError):
            return str(node.value)  # looks like a date or a number and is none: the language says what it should be

    def _note(self, node: Node, message: str, code: str) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            place = self._lines.at(node.start_mark.index)
            self.problems.append(Problem(self._name, *place, "error", message, code))


def _tag(node: Node) -> str:
    return str(node.tag).replace(_TAG, "!!")[:80]


# ---------------------------------------------------------------- syntax errors in plain words


def _mark(error: MarkedYAMLError, text: str) -> int:
    """The character to point at: where it goes wrong, or where something began that never ends."""
    mark, began = error.problem_mark, error.context_mark
    if began is not None and (mark is None or mark.index >= len(text.rstrip())):
        mark = began
    offset = mark.index if mark is not None else 0
    if offset >= len(text.rstrip()):  # it ended too early: the last bracket is the likeliest that was never closed
        offset = max(text.rfind("["), text.rfind("{"), 0)
    return offset


def _ordinal(error: ReaderError) -> int:
    character = error.character
    return character if isinstance(character, int) else ord(str(character)[:1] or "\0")


# What the parser says (a part of it), and what a lead can do about it; the first that fits.
_REMEDIES = (
    ("character '\\t'", "a tab; indent with spaces"),
    ("mapping values are not allowed", "a colon too many, or a wrong indentation; a text with a colon needs quotes"),
    ("could not find expected ':'", 'a key without a colon; write "key: value"'),
    ("found '<stream end>'", "the file ends before this is closed"),
    ("expected <block end>", "not indented like its neighbours: keys, and entries of a list, begin in one column"),
    ("expected '<document start>'", "what stands here belongs to nothing; look at the quotes and the indentation"),
    ("unexpected end of stream", "a quotation mark is opened here and never closed"),
    ("found unknown escape", "a backslash in double quotes; use single quotes, or write it twice"),
    ("expected ',' or ']'", "a list in brackets is not closed, or a comma is missing"),
    ("expected ',' or '}'", "a mapping in braces is not closed, or a comma is missing"),
    ("undefined alias", "this name was never set with &; a text that begins with * needs quotes"),
    ("expected a single document", "a second document begins here; one file holds one playbook"),
    ("duplicate anchor", "this name is set with & twice"),
    ("cannot start any token", "a text must not begin with this character; put it in quotes"),
    ("expected alphabetic or numeric", "a name must follow; a text that begins with & or * needs quotes"),
)  # fmt: skip


def _said(error: MarkedYAMLError) -> str:
    said = " ".join(f"{error.context or ''} {error.problem or ''}".split())
    remedy = next((remedy for part, remedy in _REMEDIES if part in said), None)
    return f"not YAML: {remedy or said[:200]}"
