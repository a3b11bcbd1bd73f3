"""What a file says of itself, as far as it can be read: also a file with errors is listed with its rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

from recommenders.playbooks.source import MAX_CHARS


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule as a list shows it."""

    id: str
    line: int
    note: str = ""
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Outline:
    """A file's own name for itself, who answers for it, and its rules in the order of the file."""

    name: str = ""
    description: str = ""
    owner: str = ""
    rules: tuple[RuleLine, ...] = ()
    gestures: int = 0


@lru_cache(maxsize=256)
def outline(text: str) -> Outline:
    """The outline of a file's text; empty when it is no YAML."""
    if len(text) > MAX_CHARS:
        return Outline()
    try:
        tree = YAML(typ="rt", pure=True).load(text)
    except (YAMLError, ValueError, RecursionError):
        return Outline()
    if not isinstance(tree, CommentedMap):
        return Outline()
    rules = tree.get("rules")
    gestures = tree.get("gestures")
    found = enumerate(rules) if isinstance(rules, list) else ()
    return Outline(
        name=_text(tree, "name"),
        description=_text(tree, "description"),
        owner=_text(tree, "owner"),
        rules=tuple(
            RuleLine(_text(rule, "id"), rules.lc.item(at)[0] + 1, _text(rule, "note"), rule.get("enabled") is not False)
            for at, rule in found
            if isinstance(rule, Mapping)
        ),
        gestures=len(gestures) if isinstance(gestures, list) else 0,
    )


def _text(node: Mapping[str, Any], key: str) -> str:
    value = node.get(key)
    return " ".join(value.split()) if isinstance(value, str) else ""
