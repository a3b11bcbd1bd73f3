"""MatterEncoder: what a case says and what was read from it, as one vector by which cases are found.

An encoder of sentences puts two texts near each other that are about one thing; what a customer wants of it is what the
heads read. Beside each other in one vector, the cosine of two texts is the weighted mean of both likenesses: "the dog
gulps his food" and "isst viel zu schnell" share a need though they share no word.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from recommenders.protocols import FloatArray, ReadingEncoder
from recommenders.signals.heads import OWN_LANGUAGES, Heads
from recommenders.text.sentences import split_sentences

# How much what was read counts beside 1 of what is said. Labelled texts of shops gain up to 0.5; questions of a bank,
# for which nobody labelled anything, lose nothing up to 0.3.
WEIGHT = 0.3
# And in a question in a language that the encoder was not made for, whose heads were taught its words: of 30 questions
# in four languages to cases in English 9 found theirs by the encoder alone, 13 with 0.3, 19 with 2 and with 4.
FOREIGN = 2.0
_SURE = 6.0  # logits beyond this are not told apart
_PARALLEL_FROM = 16  # texts


class MatterEncoder:
    """Rows are float32 of length 1: the encoder's own vector, then what the heads read. Threads may share it.

    Args:
        encoder: gives both vectors from one pass.
        heads: what reads them.
        language_of: the language of a text.
    """

    def __init__(self, encoder: ReadingEncoder, heads: Heads, language_of: Callable[[str], str]) -> None:
        self._encoder, self._heads, self._language_of = encoder, heads, language_of
        self.name = f"{encoder.name}+{heads.digest}"
        self.dimension = encoder.dimension + len(heads.labels)

    def join(self, said: FloatArray, probability: FloatArray, weight: float = WEIGHT) -> FloatArray:
        """One vector, (dimension,), of the encoder's vector and the probability of every label.

        What is as likely as in any ticket says nothing; what counts is how much likelier a label is.
        """
        odds = np.clip(_logit(probability), -_SURE, _SURE)
        read = np.maximum(odds - self._heads.usual, 0.0) + 1e-3
        read = read * (weight**0.5 / float(np.linalg.norm(read)))
        vector: FloatArray = (np.concatenate([said, read]) / (1.0 + weight) ** 0.5).astype(np.float32)
        return vector

    def question(self, said: FloatArray, probability: FloatArray, language: str) -> FloatArray:
        """The vector of a ticket that looks for cases, (dimension,)."""
        return self.join(said, probability, WEIGHT if language in OWN_LANGUAGES else FOREIGN)

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """(len(texts), dimension)."""
        if len(texts) < _PARALLEL_FROM:
            rows = [self._one(text) for text in texts]
        else:
            with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
                rows = list(pool.map(self._one, texts))
        return np.stack(rows) if rows else np.zeros((0, self.dimension), dtype=np.float32)

    def encode_spans(self, text: str, spans: Sequence[tuple[int, int]]) -> tuple[FloatArray, FloatArray]:
        """The whole and each span by itself; what is read of a span needs no context of it here."""
        rows = self.encode([text, *(text[start:end] for start, end in spans)])
        return rows[0], rows[1:]

    def _one(self, text: str) -> FloatArray:
        sentences = split_sentences(text)
        said, _, whole, each = self._encoder.encode_reading(text, [(s.start, s.end) for s in sentences])
        texts = [text, *(sentence.text for sentence in sentences)]
        return self.join(said, self._heads.read(whole, each, texts, language=self._language_of(text)).probability)


def _logit(probability: FloatArray) -> FloatArray:
    kept = np.clip(probability, np.float32(1e-4), np.float32(1 - 1e-4))
    odds: FloatArray = np.log(kept / (np.float32(1.0) - kept)).astype(np.float32)
    return odds
