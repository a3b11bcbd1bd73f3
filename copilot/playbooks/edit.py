"""Edits of a playbook's text from a form: what nobody touched stays as it was typed, comments and spaces too.

ruamel.yaml keeps comments and most of the style, but writes the whole file in one style of its own. So the file is
written twice, without the edit and with it, and only the lines in which these two differ are taken over into the text
as it was typed. Entries of lists are cut out, put in and moved as lines, with the comments above them. Whatever the
way: what comes out must read as the same data as the edit makes of the old, else the next way is taken; the last one
is ruamel's own writing.

An edit is one of

    {"path": [...], "value": v}      sets; null deletes, and what is left empty by it goes too, but never KEPT
    {"path": [..., n], "insert": v}  puts v into the list before its entry n; n = its length appends
    {"path": [..., n], "move": m}    moves entry n to the place m
"""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import (
    DoubleQuotedScalarString,
    FoldedScalarString,
    LiteralScalarString,
    SingleQuotedScalarString,
)

from copilot.playbooks.entries import Entries, entries_of, word_at
from recommenders.playbooks.source import MAX_DEPTH, read_source

KEPT = ("rules", "when", "then")
SHORT = 72  # longer lists of words get a line each
Path = Sequence[str | int]
Edit = Mapping[str, Any]


class EditError(ValueError):
    """The text is no YAML that can be edited, or a path leads nowhere; the message says which."""


def edited(text: str, edits: Sequence[Edit]) -> str:
    """The text after these edits, in their order.

    Raises:
        EditError: nothing was done.
    """
    source, problems = read_source("the text", text)  # also refuses what is made to take long
    if source is None and text.strip() and any(problem.severity == "error" for problem in problems):
        raise EditError(f"Line {problems[0].line}: {problems[0].message}")
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    newline = "\r\n" if "\r\n" in text else "\n"
    text = text.removeprefix(mark).replace("\r\n", "\n")
    for edit in edits:
        text = _edited(text, edit)
    return mark + text.replace("\n", newline)


def _edited(text: str, edit: Edit) -> str:
    path = _path(edit)
    tree = _read(text)
    before = _plain(tree)
    expected = copy.deepcopy(before)
    _apply(expected, path, edit)
    if expected == before:
        return text
    for attempt in (_by_word, _by_entries, _by_lines, _whole):
        made = attempt(text, path, edit)
        if made is not None and _means(made, expected):
            return made
    raise EditError("The text is written in a way that this edit cannot keep; edit the YAML itself.")


def _path(edit: Edit) -> Path:
    path = edit.get("path")
    if not isinstance(path, list) or not 0 < len(path) <= MAX_DEPTH:
        raise EditError("An edit needs a path of keys and positions.")
    if not all(isinstance(step, str) or (isinstance(step, int) and not isinstance(step, bool)) for step in path):
        raise EditError("A path has keys and positions only.")
    if not {"value", "insert", "move"} & edit.keys():
        raise EditError("An edit needs a value, something to insert or a place to move to.")
    return path


# ---------------------------------------------------------------- the edit itself, on a tree or on plain data


def _apply(tree: Any, path: Path, edit: Edit) -> None:
    if "move" in edit:
        entries, at = _entries_at(tree, path), path[-1]
        to = edit["move"]
        if not isinstance(at, int) or not isinstance(to, int) or not (0 <= at < len(entries) > to >= 0):
            raise EditError(f"{_shown(path)}: there is no such place in the list.")
        entries.insert(to, entries.pop(at))
    elif "insert" in edit:
        if not isinstance(path[-1], int):
            raise EditError(f"{_shown(path)}: the last step of an insertion is a position.")
        entries = _made(tree, path[:-1], [])
        if not isinstance(entries, list) or not 0 <= path[-1] <= len(entries):
            raise EditError(f"{_shown(path)}: there is no such place in the list.")
        entries.insert(path[-1], _styled(edit["insert"]))
    elif edit["value"] is None:
        _delete(tree, path)
    else:
        _set(tree, path, edit["value"])


def _set(tree: Any, path: Path, value: Any) -> None:
    parent, last = _made(tree, path[:-1], {}), path[-1]
    if isinstance(parent, list):
        if not isinstance(last, int) or not 0 <= last <= len(parent):
            raise EditError(f"{_shown(path)}: there is no such place in the list.")
        if last == len(parent):
            parent.append(_styled(value))
        else:
            parent[last] = _merged(parent[last], value)
    elif isinstance(parent, dict):
        parent[last] = _merged(parent[last], value) if last in parent else _styled(value)
    else:
        raise EditError(f"{_shown(path[:-1])} is neither a mapping nor a list.")


def _delete(tree: Any, path: Path) -> None:
    trail = [tree]
    for step in path[:-1]:
        node = _child(trail[-1], step)
        if node is None:
            return  # what is not there need not be deleted
        trail.append(node)
    for parent, step in zip(reversed(trail), reversed(path), strict=True):
        if _child(parent, step) is None and not (isinstance(parent, dict) and step in parent):
            return
        del parent[step]
        above = path[len(trail) - 2] if len(trail) > 1 else None
        trail.pop()
        if parent or above is None or above in KEPT:
            return


def _child(node: Any, step: str | int) -> Any:
    if isinstance(node, dict):
        return node.get(step)
    if isinstance(node, list) and isinstance(step, int) and 0 <= step < len(node):
        return node[step]
    return None


def _made(tree: Any, path: Path, empty: Any) -> Any:
    """The node at a path; missing mappings on the way, and `empty` at its end, are made."""
    node = tree
    for place, step in enumerate(path):
        found = _child(node, step)
        if found is None:
            if not isinstance(node, dict):
                raise EditError(f"{_shown(path[: place + 1])} is not there.")
            found = CommentedSeq() if place == len(path) - 1 and empty == [] else CommentedMap()
            node[step] = found
        node = found
    return node


def _entries_at(tree: Any, path: Path) -> list[Any]:
    node = tree
    for step in path[:-1]:
        node = _child(node, step)
    if not isinstance(node, list) or not isinstance(path[-1], int):
        raise EditError(f"{_shown(path[:-1])} is not a list.")
    return node


def _merged(old: Any, new: Any) -> Any:
    """`new` written over `old`, so that what is the same stays as it was typed."""
    if isinstance(old, dict) and isinstance(new, Mapping):
        for key in [key for key in old if key not in new]:
            del old[key]
        for key, value in new.items():
            old[key] = _merged(old[key], value) if key in old else _styled(value)
        return old
    if isinstance(old, list) and isinstance(new, list):
        first = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
        while len(old) > len(new):
            del old[min(first, len(old) - 1)]
        for at, value in enumerate(new):
            if at >= len(old):
                old.append(_styled(value))
            elif old[at] != value or type(_plain(old[at])) is not type(value):
                old[at] = _merged(old[at], value)
        return old
    if isinstance(new, str) and "\n" not in new:
        for quoted in (DoubleQuotedScalarString, SingleQuotedScalarString):
            if isinstance(old, quoted):
                return quoted(new)
    if isinstance(new, str) and isinstance(old, FoldedScalarString):
        return _styled(new)
    return _styled(new)


def _styled(value: Any) -> Any:
    """As a lead would write it: short lists of words in brackets, long texts in lines."""
    if isinstance(value, Mapping):
        made = CommentedMap((str(key), _styled(item)) for key, item in value.items())
        if not made:
            made.fa.set_flow_style()
        return made
    if isinstance(value, list):
        entries = CommentedSeq(_styled(item) for item in value)
        simple = all(not isinstance(item, (dict, list)) and "\n" not in str(item) for item in entries)
        if simple and sum(len(str(item)) + 2 for item in entries) <= SHORT:
            entries.fa.set_flow_style()
        return entries
    if isinstance(value, str) and "\n" in value.strip("\n"):
        return LiteralScalarString(value)
    if isinstance(value, str) and value[:1] in ("?", ":", "-"):  # ruamel writes some of these bare
        return DoubleQuotedScalarString(value)
    return value


def _shown(path: Path) -> str:
    return ".".join(map(str, path)) or "the file"


# ---------------------------------------------------------------- the ways to write it


def _by_word(text: str, path: Path, edit: Edit) -> str | None:
    """A word for a word, between the spaces and quotes that are there."""
    value = edit.get("value")
    if "move" in edit or "insert" in edit or isinstance(value, (dict, list)) or value is None:
        return None
    place = word_at(text, path)
    if place is None or "\n" in str(value):
        return None
    start, end, quotes, flow = place
    if isinstance(value, str) and quotes:
        value = DoubleQuotedScalarString(value) if quotes == '"' else SingleQuotedScalarString(value)
    if flow:
        entries = CommentedSeq([value])
        entries.fa.set_flow_style()
        written = _dumped(entries, "").strip().removeprefix("[").removesuffix("]")
    else:
        written = _dumped(CommentedMap({"k": value}), "").strip().removeprefix("k:").strip()
    return text[:start] + written + text[end:]


def _by_entries(text: str, path: Path, edit: Edit) -> str | None:
    """Entries of a list that stand on lines of their own are lines."""
    at = path[-1]
    found: Entries | None = entries_of(text, path[:-1]) if isinstance(at, int) else None
    if found is None or not isinstance(at, int):
        return None
    if "move" in edit:
        return found.moved(at, edit["move"])
    if "insert" in edit:
        return found.inserted(at, _dumped(CommentedSeq([_styled(edit["insert"])]), text))
    if edit["value"] is None and len(found) > 1:
        return found.without(at)
    if edit["value"] is not None and at == len(found):
        return found.inserted(at, _dumped(CommentedSeq([_styled(edit["value"])]), text))
    return None


def _by_lines(text: str, path: Path, edit: Edit) -> str | None:
    """Only the lines that the edit changes in ruamel's own writing."""
    tree = _read(text)
    try:
        old = _dumped(tree, text).splitlines()
        _apply(tree, path, edit)
        new = _dumped(tree, text).splitlines()
    except (YAMLError, ValueError, TypeError, AttributeError):  # ruamel's writer has cases that it does not foresee
        return None
    typed = text.split("\n")
    ends = typed.pop() == "" if typed[-1] == "" else False
    place = _alignment(old, typed)
    made: list[str] = []
    done = 0
    for a, b, c, d in _hunks(old, new, place):
        start, end = place[a], place[b]
        if start is None or end is None or start < done:
            return None
        made += typed[done:start]
        first = next((line for line in new[c:d] if line.strip()), "")
        lines = _shifted(new[c:d], _indent_at(old, typed, place, a, first))
        lines = [re.sub(r"(?<=\S) {2,}(?=#)", "  ", line) for line in lines]
        made += lines + _left_behind(typed[start:end], lines)
        done = end
    made += typed[done:]
    return "\n".join(made) + ("\n" if ends else "")


def _whole(text: str, path: Path, edit: Edit) -> str | None:
    tree = _read(text)
    _apply(tree, path, edit)
    head, start, _ = text.partition("\n---\n") if not text.startswith("---\n") else ("", "---\n", "")
    return (head + start + _dumped(tree, text)) if start else _dumped(tree, text)


def _hunks(old: Sequence[str], new: Sequence[str], place: Sequence[int | None]) -> Iterator[tuple[int, int, int, int]]:
    """What differs, widened to lines of which it is known where they stand in the text."""
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        while a and place[a] is None:
            a, c = a - 1, c - 1
        while b < len(old) and place[b] is None:
            b, d = b + 1, d + 1
        yield a, b, c, d


def _alignment(old: Sequence[str], typed: Sequence[str]) -> list[int | None]:
    """For each line of ruamel's writing, and for its end, where it stands in the text; None where that is unclear."""
    place: list[int | None] = [None] * (len(old) + 1)
    left, right = [_bare(line) for line in old], [_bare(line) for line in typed]
    for _, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if b - a == d - c:
            for step in range(b - a):
                place[a + step] = c + step
        elif b > a:
            place[a] = c
    place[len(old)] = len(typed)
    return place


def _bare(line: str) -> str:
    return "".join(line.split()).replace('"', "'")


def _indent_at(old: Sequence[str], typed: Sequence[str], place: Sequence[int | None], at: int, line: str) -> int:
    """How much further in the text stands than ruamel writes it, where `line` comes in at `at`."""
    like = (_indent(line), line.lstrip()[:2] == "- ")  # an entry's dash may stand no further in than the key above it
    for near in [at, *range(at - 1, -1, -1), *range(at + 1, len(old))]:
        there = place[near] if near < len(old) else None
        if there is None or there >= len(typed) or not old[near].strip() or old[near].lstrip().startswith("#"):
            continue
        if (_indent(old[near]), old[near].lstrip()[:2] == "- ") == like:
            return _indent(typed[there]) - like[0]
    return 0


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _shifted(lines: Sequence[str], by: int) -> list[str]:
    if by >= 0:
        return [" " * by + line if line.strip() else line for line in lines]
    return [line[min(-by, _indent(line)) :] for line in lines]


def _left_behind(removed: Sequence[str], lines: Sequence[str]) -> list[str]:
    """Comments, and the space before what follows, that belong to no line which was removed."""
    content = [line for line in removed if line.strip() and not line.lstrip().startswith("#")]
    depth = _indent(content[0]) if content else 0
    last = max((at for at, line in enumerate(removed) if line in content), default=-1)
    here = {line.strip() for line in lines}
    kept = []
    for at, line in enumerate(removed):
        comment = line.lstrip().startswith("#") and line.strip() not in here and _indent(line) <= depth
        blank = not line.strip() and at > last and not (lines and not lines[-1].strip())
        if comment or blank:
            kept.append(line)
    return kept


# ---------------------------------------------------------------- reading and writing


def _yaml(text: str = "") -> YAML:
    yaml = YAML(typ="rt", pure=True)
    yaml.preserve_quotes = True
    yaml.width = 1 << 20
    indented = any(line.startswith("  - ") or line.startswith("  -\n") for line in text.splitlines())
    yaml.indent(mapping=2, sequence=4 if indented else 2, offset=2 if indented else 0)
    return yaml


def _read(text: str) -> Any:
    try:
        tree = _yaml().load(text)
    except (YAMLError, ValueError, RecursionError) as error:
        said = str(getattr(error, "problem", None) or error).splitlines()
        mark = getattr(error, "problem_mark", None)
        raise EditError(f"Line {mark.line + 1 if mark else 1} is not YAML: {said[0] if said else ''}") from None
    if tree is None:
        return CommentedMap()
    if not isinstance(tree, CommentedMap):
        raise EditError("A playbook is a mapping with rules, gestures, budgets, …")
    return tree


def _dumped(tree: Any, text: str) -> str:
    out = io.StringIO()
    _yaml(text).dump(tree, out)
    return out.getvalue()


def _plain(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {key: _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    if isinstance(node, bool) or node is None:
        return node
    for kind in (str, int, float):
        if isinstance(node, kind):
            return kind(node)
    return node


def _means(text: str, expected: Any) -> bool:
    try:
        return bool(_plain(_read(text)) == expected)
    except EditError:
        return False
