"""The closed list of needs: what customers miss, in plain words of several languages, and how products describe it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

SOURCE = Path(__file__).with_name("needs.yaml")


@dataclass(frozen=True, slots=True)
class NeedKind:
    """One need. `more` and `less` are phrases of product pages that satisfy it, or do the opposite.

    `options` is true where another size, shade or option of the same product usually answers it.
    """

    id: str
    text: Mapping[str, str]
    more: tuple[str, ...]
    less: tuple[str, ...]
    options: bool

    def in_language(self, language: str) -> str:
        """The need as a noun phrase, in English where the language has none."""
        return self.text.get(language) or self.text["en"]


@cache
def need_kinds() -> Mapping[str, NeedKind]:
    """id -> need, in the file's order."""
    rows = YAML(typ="safe").load(SOURCE.read_text("utf-8"))
    return {
        row["id"]: NeedKind(row["id"], row["text"], tuple(row["more"]), tuple(row["less"]), bool(row["options"]))
        for row in rows
    }
