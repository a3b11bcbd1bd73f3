"""Concepts: what help centres and product pages speak of, recognised in seven languages by their own words.

A small dictionary (phrases/concepts.yaml) stands in for a multilingual encoder: cross-language retrieval by a concept
lexicon (Ballesteros and Croft 1997 call it dictionary-based). It costs microseconds and can be read and corrected.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from ruamel.yaml import YAML

from recommenders.drafts.phrases import FOLDER, LANGUAGES
from recommenders.text.words import fold

Kind = Literal["thing", "place", "asked"]
KINDS: tuple[Kind, ...] = ("thing", "place", "asked")
_TOKEN = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Concept:
    """An id, how each language names it, and for a place the wider one that it lies in."""

    id: str
    kind: Kind
    names: Mapping[str, str]
    wider: str = ""


class Lexicon:
    """The words of one language that stand for concepts; read-only."""

    def __init__(self, rows: Mapping[str, str]) -> None:
        """`rows` are a concept's expressions by its id, with commas between them."""
        self._exact: dict[str, set[str]] = {}
        self._prefixes: dict[str, set[str]] = {}
        self._phrases: list[tuple[str, str]] = []
        for name, row in rows.items():
            for expression in row.split(","):
                words = " ".join(_TOKEN.findall(fold(expression)))
                open_end = expression.strip().endswith("*")
                if " " in words:
                    self._phrases.append((f" {words}" if open_end else f" {words} ", name))
                elif words:
                    (self._prefixes if open_end else self._exact).setdefault(words, set()).add(name)
        self._phrases.sort(key=lambda entry: (-len(entry[0]), entry))
        self._of_word = lru_cache(maxsize=16384)(self._look_up)

    def read(self, text: str) -> tuple[frozenset[str], tuple[str, ...]]:
        """The ids of the concepts that a text speaks of, and its other folded words.

        What stands in an expression of several words is not read again: "how long" is no length.
        """
        line = f" {' '.join(_TOKEN.findall(fold(text)))} "
        found: set[str] = set()
        for phrase, name in self._phrases:
            if phrase in line:
                found.add(name)
                line = line.replace(phrase, " _ " if phrase[-1] == " " else " _")
        rest = []
        for word in line.split():
            ids = self._of_word(word)
            found |= ids
            if not ids and word[0] != "_":
                rest.append(word)
        return frozenset(found), tuple(rest)

    def _look_up(self, word: str) -> frozenset[str]:
        ids = set(self._exact.get(word, ()))
        for length in range(2, len(word) + 1):
            ids |= self._prefixes.get(word[:length], set())
        return frozenset(ids)


@cache
def concepts() -> Mapping[str, Concept]:
    """Every concept by its id."""
    found = {}
    for name, row in _rows().items():
        kind: Kind = next((kind for kind in KINDS if kind == row.get("kind")), "thing")
        names = {language: row[language].split(",")[0].strip() for language in LANGUAGES}
        found[name] = Concept(name, kind, names, row.get("of", ""))
    return found


@cache
def lexicon(language: str) -> Lexicon:
    """The lexicon of a language; English stands in for one that the dictionary lacks."""
    known = language if language in LANGUAGES else "en"
    return Lexicon({name: row[known] for name, row in _rows().items()})


@cache
def _rows() -> Mapping[str, Mapping[str, str]]:
    rows = YAML(typ="safe").load((FOLDER / "concepts.yaml").read_text("utf-8"))
    return {str(name): dict(row) for name, row in rows.items()}
