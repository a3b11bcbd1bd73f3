"""WordGrams: what the spelling of words says about labels, beside what the encoder makes of them.

The encoder reads English. A linear layer over hashed character n-grams of words (Bojanowski et al. 2017; Joachims 1998)
knows that "kaputt" and "cassée" are complaints because labelled texts say so, in whatever language they are.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from recommenders.protocols import FloatArray

BUCKETS = 1 << 14
SIZES = (3, 4, 5)  # characters of a gram, with the spaces around a word
SCALE = 3.0  # length of a text's vector
_WORD = re.compile(r"[^\W_]{1,40}|[^\w\s]{1,6}")
_MOST_WORDS = 1500  # of a text that are looked at
_REMEMBERED = 50_000  # words


def words_of(text: str) -> list[str]:
    """The distinct words and runs of punctuation of a text, case-folded, in the order of their first use."""
    return list(dict.fromkeys(_WORD.findall(text[:20_000].casefold())))[:_MOST_WORDS]


def buckets_of(word: str) -> list[int]:
    """The distinct buckets of a word's grams, sorted."""
    padded = f" {word} "
    grams = {padded[i : i + size] for size in SIZES for i in range(max(1, len(padded) - size + 1))}
    return sorted({zlib.crc32(gram.encode("utf-8", "surrogatepass")) % BUCKETS for gram in grams})


def rarity(texts: Sequence[str]) -> FloatArray:
    """(BUCKETS,): the inverse document frequency of each bucket over these texts, smoothed."""
    count = np.zeros(BUCKETS)
    for text in texts:
        count[sorted({bucket for word in words_of(text) for bucket in buckets_of(word)})] += 1
    idf: FloatArray = np.log((1 + len(texts)) / (1 + count)).astype(np.float32)
    return idf


@dataclass(frozen=True)
class WordGrams:
    """Weights (BUCKETS, labels) and bias (labels,); idf (BUCKETS,). Read-only but for its memory of words."""

    weight: FloatArray
    bias: FloatArray
    idf: FloatArray
    _known: dict[str, tuple[FloatArray, float]] = field(default_factory=dict, repr=False, compare=False)

    def logits(self, text: str) -> FloatArray:
        """(labels,). An empty text has the bias alone."""
        total = np.zeros(len(self.bias), dtype=np.float32)
        square = 0.0
        for word in words_of(text):
            push, length = self._word(word)
            total += push
            square += length
        result: FloatArray = self.bias + total * np.float32(SCALE / max(square, 1e-9) ** 0.5)
        return result

    def _word(self, word: str) -> tuple[FloatArray, float]:
        found = self._known.get(word)
        if found is None:
            rows = buckets_of(word)
            idf = self.idf[rows]
            found = (idf @ self.weight[rows], float(idf @ idf))
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[word] = found
        return found
