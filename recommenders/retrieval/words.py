"""How alike the words of a question and of the cases near it are: a kernel of words and pairs of words.

A model of sentences smooths over the one word that tells two matters apart ("top up" and "pending top up"). Among cases
that are near each other, words that all of them have say nothing and rare ones much, so words are weighed by the
cases at hand: nothing is counted, stored or refreshed beforehand.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from recommenders.protocols import FloatArray

Codes = npt.NDArray[np.uint32]
MOST_WORDS = 64  # of a text; what a customer wants stands at its beginning
_BITS = 15  # of the table in which features are numbered; of some thousand at a time few meet by chance
_MIX = np.uint32(2654435761)  # Knuth's multiplicative hash


def codes_of(words: Sequence[str]) -> Codes:
    """A number for each word, the same in every index and process."""
    return np.array([zlib.crc32(word.encode()) for word in words], dtype=np.uint32)


def kernel(question: Codes, texts: Sequence[Codes]) -> tuple[FloatArray, FloatArray]:
    """Cosines of the texts' words and pairs of words with each other, (n, n), and with the question's, (n,).

    A text without words, or with words that no other has, is like nothing but itself.
    """
    count = len(texts)
    matrix = _features([question[:MOST_WORDS], *(text[:MOST_WORDS] for text in texts)])
    shared = matrix[1:].sum(axis=0)
    weights = np.log(np.float32(count + 1) / (shared + np.float32(0.5)))
    lengths = np.sqrt(matrix @ np.square(weights))
    telling = shared >= 1 + (matrix[0] == 0)  # what one text alone has counts for its length only
    rows = matrix[:, telling] * weights[telling]
    rows /= np.maximum(lengths, np.float32(1e-6))[:, None]
    alike = rows[1:] @ rows[1:].T
    np.fill_diagonal(alike, 1.0)
    return alike, rows[1:] @ rows[0]


def _features(texts: Sequence[Codes]) -> FloatArray:
    """(texts, features): 1 where a text has a word or two words in a row."""
    flat = np.concatenate(texts)
    owner = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    within = owner[1:] == owner[:-1]
    pairs = (flat[:-1] * np.uint32(31) + flat[1:])[within]
    places = (np.concatenate([flat, pairs]) * _MIX) >> np.uint32(32 - _BITS)
    column = np.zeros(1 << _BITS, dtype=np.int32)
    column[places] = 1
    used = np.flatnonzero(column)
    column[used] = np.arange(len(used), dtype=np.int32)
    matrix = np.zeros((len(texts), len(used)), dtype=np.float32)
    matrix[np.concatenate([owner, owner[1:][within]]), column[places]] = 1.0
    return matrix
