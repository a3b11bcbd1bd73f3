"""Where things stand in a YAML text: the entries of a list as lines, with the comments above them, and single words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode


@dataclass(frozen=True)
class Entries:
    """Lines `start` to `end` of each entry; between them stands space and what belongs to nobody."""

    lines: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    column: int

    def __len__(self) -> int:
        return len(self.spans)

    def moved(self, at: int, to: int) -> str:
        """With an entry at another place; the space between entries stays where it is."""
        order = list(range(len(self)))
        order.insert(to, order.pop(at))
        made = list(self.lines[: self.spans[0][0]])
        for place, entry in enumerate(order):
            made += self._of(entry)
            made += self._between(place)
        return "\n".join([*made, *self.lines[self.spans[-1][1] :]])

    def without(self, at: int) -> str:
        """Without an entry, its comments and the space that set it off."""
        start, end = self.spans[at]
        if at + 1 < len(self):
            end = next((n for n in range(end, self.spans[at + 1][0]) if self.lines[n].strip()), self.spans[at + 1][0])
        elif at:
            start = next(n for n in range(start, -1, -1) if self.lines[n - 1].strip())
        return "\n".join([*self.lines[:start], *self.lines[end:]])

    def inserted(self, at: int, dumped: str) -> str:
        """With a new entry, given as a list of one, set off like the others."""
        new = dumped.rstrip("\n").split("\n")
        shift = self.column - (len(new[0]) - len(new[0].lstrip(" ")))
        new = [" " * shift + line if shift > 0 and line.strip() else line[max(0, -shift) :] for line in new]
        apart = any(not line.strip() for line in self._between(0)) if len(self) > 1 else len(new) > 2
        space = [""] if apart else []
        if at < len(self):
            place, new = self.spans[at][0], [*new, *space]
        else:
            place, new = self.spans[-1][1], [*space, *new]
        return "\n".join([*self.lines[:place], *new, *self.lines[place:]])

    def _of(self, entry: int) -> tuple[str, ...]:
        start, end = self.spans[entry]
        return self.lines[start:end]

    def _between(self, entry: int) -> tuple[str, ...]:
        return self.lines[self.spans[entry][1] : self.spans[entry + 1][0]] if entry + 1 < len(self) else ()


def entries_of(text: str, path: Sequence[str | int]) -> Entries | None:
    """The entries of the list at a path; None when it is empty, in brackets, or does not stand on lines of its own."""
    node = YAML(typ="rt", pure=True).compose(text)
    for step in path:
        node = _child(node, step)
    if not isinstance(node, SequenceNode) or node.flow_style or not node.value or node.anchor:
        return None
    lines, column = text.split("\n"), node.start_mark.column
    dashes: list[int] = []
    for item in node.value:
        line = item.start_mark.line
        while line >= 0 and not (lines[line][column : column + 1] == "-" and not lines[line][:column].strip()):
            line -= 1
        if line < 0 or (dashes and line <= dashes[-1]):
            return None
        dashes.append(line)
    ends = [*dashes[1:], _last_line(node.value[-1], lines)]
    spans: list[tuple[int, int]] = []
    for place, dash in enumerate(dashes):
        end = ends[place]
        while end > dash + 1 and _beside(lines[end - 1], column):
            end -= 1
        start, floor = dash, spans[-1][1] if spans else _first_line(lines, dashes[0])
        while start > floor and lines[start - 1].lstrip().startswith("#"):
            start -= 1
        spans.append((start, end))
    return Entries(tuple(lines), tuple(spans), column)


def word_at(text: str, path: Sequence[str | int]) -> tuple[int, int, str, bool] | None:
    """Where the word at a path stands: its first character, the one after its last, its quotes, whether in brackets.

    None when it is not a single word or text on one line, or has an anchor.
    """
    node, flow = YAML(typ="rt", pure=True).compose(text), False
    for step in path:
        flow = flow or bool(getattr(node, "flow_style", False))
        node = _child(node, step)
    if not isinstance(node, ScalarNode) or node.anchor or node.style in ("|", ">"):
        return None
    start, end = node.start_mark.index, node.end_mark.index
    if start == end or "\n" in text[start:end] or text[start] in "!&*":
        return None
    return start, end, node.style or "", flow


def _child(node: Any, step: str | int) -> Any:
    if isinstance(node, MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, SequenceNode) and isinstance(step, int) and 0 <= step < len(node.value):
        return node.value[step]
    return None


def _first_line(lines: Sequence[str], dash: int) -> int:
    """How far up comments may belong to the first entry: not those that are set off from it by a line of its parent."""
    start = dash
    while start and lines[start - 1].lstrip().startswith("#"):
        start -= 1
    return start


def _last_line(item: Any, lines: Sequence[str]) -> int:
    mark = item.end_mark
    return int(min(mark.line + (mark.column > 0), len(lines)))


def _beside(line: str, column: int) -> bool:
    """Whether a line after an entry is none of it: space, or a comment that stands no further in than the dash."""
    return not line.strip() or (line.lstrip().startswith("#") and len(line) - len(line.lstrip()) <= column)
