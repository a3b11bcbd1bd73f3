"""The three seams of the library: what can be exchanged without touching the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from recommenders.domain import Context

FloatArray = npt.NDArray[np.float32]
T_co = TypeVar("T_co", covariant=True)


class Encoder(Protocol):
    """Text to vectors. Rows are float32 and L2-normalized, so a dot product is the cosine."""

    @property
    def name(self) -> str:
        """Model and precision, e.g. "all-MiniLM-L6-v2/int8"; part of every cache key and manifest."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """(len(texts), dimension)."""
        ...

    def encode_spans(self, text: str, spans: Sequence[tuple[int, int]]) -> tuple[FloatArray, FloatArray]:
        """The whole text, shape (dimension,), and each character span of it in its context, (len(spans), dimension).

        One pass over the text: a span's vector is the mean of its own tokens' states ("late chunking",
        Günther et al. 2024, arXiv:2409.04701), so reading every sentence costs no more than embedding the ticket.
        """
        ...


class ReadingEncoder(Encoder, Protocol):
    """An encoder that also gives the vectors from which heads read a ticket."""

    def encode_reading(
        self, text: str, spans: Sequence[tuple[int, int]]
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """What `encode_spans` gives, then the whole and the spans as they are read, from the same pass."""
        ...


class Retriever(Protocol):
    """Finds documents; results are (document id, score), best first, ties broken by id."""

    def search(self, text: str, vector: FloatArray, k: int) -> list[tuple[str, float]]:
        """At most k hits. A retriever uses the text, the vector, or both."""
        ...


class Recommender(Protocol[T_co]):
    """Turns a context into suggestions of one kind, best first; an empty tuple is an answer."""

    def recommend(self, context: Context) -> tuple[T_co, ...]:
        """Pure: the same context gives the same suggestions."""
        ...
