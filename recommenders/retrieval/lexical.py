"""BM25 (Robertson and Zaragoza 2009, in Lucene's form) in segments, so that a new case is found at once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import Stemmer

from recommenders.protocols import FloatArray
from recommenders.retrieval.words import MOST_WORDS, Codes, codes_of

IntArray = npt.NDArray[np.int32]
K1, B = 1.2, 0.75
_MOST_TERMS = 48  # of a question; the rarest are taken
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_CACHED = 1 << 16


def tokenize(text: str) -> list[str]:
    """Folded, lightly stemmed words of any language, in order."""
    return [_stem(word) for word in _WORD.findall(text.casefold())]


_ENGLISH = Stemmer.Stemmer("english", 0)


@lru_cache(maxsize=_CACHED)
def _stem(word: str) -> str:
    word = word.replace("’", "'").removesuffix("'s")
    if not word.isascii():
        word = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return str(_ENGLISH.stemWord(word))


class LexicalSegment:
    """An immutable set of tokenized documents with its postings. Positions are the order of the documents."""

    def __init__(self, terms: Sequence[str], flat: IntArray, ends: IntArray, average: float) -> None:
        self.terms = list(terms)
        self.flat, self.ends = flat, ends
        self.average = average
        self._numbers: Mapping[str, int] = {term: number for number, term in enumerate(self.terms)}
        self._codes = codes_of(self.terms)
        lengths = np.diff(ends, prepend=0)
        owner = np.repeat(np.arange(len(ends), dtype=np.int64), lengths)
        pairs, counts = np.unique(flat.astype(np.int64) * max(1, len(ends)) + owner, return_counts=True)
        self._docs = (pairs % max(1, len(ends))).astype(np.int32)
        self._starts = np.searchsorted(pairs // max(1, len(ends)), np.arange(len(self.terms) + 1))
        frequency = counts.astype(np.float32)
        damping = K1 * (1 - B + B * lengths[self._docs] / max(average, 1.0))
        self._weights = (frequency / (frequency + damping)).astype(np.float32)

    @classmethod
    def build(cls, documents: Iterable[Sequence[str]], average: float | None = None) -> LexicalSegment:
        """From tokens. `average` length: of these documents, unless the segment joins a larger corpus."""
        numbers: dict[str, int] = {}
        flat: list[int] = []
        ends: list[int] = []
        for document in documents:
            flat.extend([numbers.setdefault(term, len(numbers)) for term in document])
            ends.append(len(flat))
        mean = len(flat) / len(ends) if ends else 1.0
        arrays = np.array(flat, dtype=np.int32), np.array(ends, dtype=np.int32)
        return cls(list(numbers), *arrays, average=mean if average is None else average)

    def __len__(self) -> int:
        return len(self.ends)

    def document(self, position: int) -> list[str]:
        """The tokens of one document, as they were given."""
        start = int(self.ends[position - 1]) if position else 0
        return [self.terms[number] for number in self.flat[start : int(self.ends[position])]]

    def opening(self, position: int) -> Codes:
        """The codes of a document's first words."""
        start = int(self.ends[position - 1]) if position else 0
        return self._codes[self.flat[start : min(int(self.ends[position]), start + MOST_WORDS)]]

    def frequency(self, term: str) -> int:
        """In how many documents the term stands."""
        number = self._numbers.get(term)
        return 0 if number is None else int(self._starts[number + 1] - self._starts[number])

    def scores(self, weights: Mapping[str, float]) -> FloatArray:
        """The sum over the weighted terms, for every document."""
        totals = np.zeros(len(self), dtype=np.float32)
        for term, weight in weights.items():
            number = self._numbers.get(term)
            if number is not None:
                part = slice(int(self._starts[number]), int(self._starts[number + 1]))
                totals[self._docs[part]] += weight * self._weights[part]
        return totals


def term_weights(tokens: Sequence[str], segments: Sequence[LexicalSegment]) -> dict[str, float]:
    """Each distinct term's share of the question's weight: inverse document frequencies that sum to 1.

    Terms that no document holds weigh like the rarest, so a question of foreign words scores low everywhere: scores
    are comparable between questions, from 0 to about 0.7.
    """
    count = sum(len(segment) for segment in segments)
    raw = {}
    for term in dict.fromkeys(tokens):
        found = sum(segment.frequency(term) for segment in segments)
        raw[term] = float(np.log1p((count - found + 0.5) / (found + 0.5)))
    chosen = sorted(raw.items(), key=lambda item: (-item[1], item[0]))[:_MOST_TERMS]
    total = sum(weight for _, weight in chosen)
    return {term: weight / total for term, weight in chosen} if total > 0 else {}
