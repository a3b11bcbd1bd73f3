"""Fakes that stand in for what is slow or outside; they come in by constructor."""

from __future__ import annotations

import re
import time
import zlib
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
_WORD = re.compile(r"\w+")


class HashEncoder:
    """An encoder without a model: a signed, hashed bag of case-folded words, rows of length 1.

    Deterministic over runs and machines (CRC-32, not `hash`). Texts that share words are close; an empty text gets a
    unit vector of its own, so that every row has length 1.
    """

    def __init__(self, dimension: int = 64, name: str = "hash/64") -> None:
        self.name = name
        self.dimension = dimension
        self.encoded: list[str] = []  # every text that `encode` was asked for, in order

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """(len(texts), dimension)."""
        self.encoded.extend(texts)
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return np.stack([self._vector(text) for text in texts])

    def encode_spans(self, text: str, spans: Sequence[tuple[int, int]]) -> tuple[FloatArray, FloatArray]:
        """The whole text, and each span by its own words."""
        rows = [self._vector(text[start:end]) for start, end in spans]
        whole = self._vector(text)
        return whole, np.stack(rows) if rows else np.zeros((0, self.dimension), dtype=np.float32)

    def encode_reading(
        self, text: str, spans: Sequence[tuple[int, int]]
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """No branch: what is read is what `encode_spans` gives."""
        return self.encode_spans(text, spans) * 2

    def _vector(self, text: str) -> FloatArray:
        vector = np.zeros(self.dimension, dtype=np.float32)
        for word in _WORD.findall(text.casefold()):
            digest = zlib.crc32(word.encode())
            vector[digest % self.dimension] += 1.0 if digest & 0x8000_0000 else -1.0
        length = float(np.linalg.norm(vector))
        if length == 0.0:
            vector[0] = length = 1.0
        return (vector / np.float32(length)).astype(np.float32)


def seconds(call: Callable[[], object], times: int = 3) -> float:
    """The shortest of some runs: what the call costs when nothing else disturbs it."""
    found = []
    for _ in range(times):
        started = time.perf_counter()
        call()
        found.append(time.perf_counter() - started)
    return min(found)
