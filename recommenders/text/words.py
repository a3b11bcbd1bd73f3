"""Words of a text, folded so that spellings of one word meet: case, accents, plural, letters against digits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

# Letters and digits are separate words: "1.5L", "1.5 l" and "5-feet", "5 ft" then read alike.
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*")
_ENDINGS = (("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x"), ("zes", "z"), ("ies", "y"))


def fold(text: str) -> str:
    """Case-folded and without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).replace("’", "'")


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The folded word without an English or Romance plural; the same for both sides is all that is asked of it."""
    word = fold(word)
    if word.endswith("'s"):
        word = word[:-2]
    if len(word) > 3 and word[-1] == "s" and word[-2] not in "su":
        for ending, instead in _ENDINGS:
            if word.endswith(ending):
                return word[: -len(ending)] + instead
        return word[:-1]
    return word


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text as parallel tuples: stems, and the characters [start, end) that each stands on."""

    text: str
    stems: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.stems)

    def raw(self, index: int) -> str:
        """The word as it was written."""
        return self.text[self.starts[index] : self.ends[index]]

    def gap(self, index: int) -> str:
        """What stands between the word and the one before it."""
        return self.text[self.ends[index - 1] if index else 0 : self.starts[index]]

    def within(self, start: int, end: int) -> range:
        """Indices of the words inside the characters [start, end)."""
        return range(
            next((i for i, s in enumerate(self.starts) if s >= start), len(self)),
            next((i for i, s in enumerate(self.starts) if s >= end), len(self)),
        )

    def find(self, phrase: Sequence[str]) -> Iterator[int]:
        """Where a sequence of stems begins."""
        size, head = len(phrase), phrase[0]
        for i, word in enumerate(self.stems):
            if word == head and self.stems[i : i + size] == tuple(phrase):
                yield i


def read_words(text: str) -> Words:
    """The words of a text with their places."""
    found = [(m.group(), m.start(), m.end()) for m in _WORD.finditer(text)]
    return Words(text, tuple(stem(w) for w, *_ in found), tuple(s for _, s, _ in found), tuple(e for *_, e in found))


def stems(text: str) -> tuple[str, ...]:
    """Only the stems."""
    return tuple(stem(m.group()) for m in _WORD.finditer(text))
