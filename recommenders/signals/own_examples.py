"""OwnExamples: a shop's own labelled texts, which correct the heads for texts like them and for no others.

The heads' errors on the examples are spread by a kernel over the vectors that the heads read (residual kernel
regression: Nadaraya 1964, fitted as boosting does, Friedman 2001). A text that resembles no example is read as
before, so a lead can teach without making anything else worse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommenders.protocols import FloatArray, ReadingEncoder
from recommenders.signals.heads import Heads
from recommenders.text.sentences import split_sentences

# Cosine from which a text resembles another: of pairs of unlike tickets one in a hundred is nearer.
NEAR = 0.5
MARGIN = 1.5  # logit that an example's own labels get at least, and the others at most its negative
ROUNDS = 8  # of fitting; the rest of the error is below a tenth by then
PACE = 0.8  # of an error that a round takes away
MOST = 8.0  # logits that examples may add or take


@dataclass(frozen=True, slots=True)
class OwnExample:
    """A text and every label ("family:id") that holds of it."""

    text: str
    labels: frozenset[str]
    language: str = "en"


@dataclass(frozen=True)
class OwnExamples:
    """`vectors` (examples, d) of unit length, and what each adds to the labels' logits, `push` (examples, labels)."""

    vectors: FloatArray
    push: FloatArray

    @classmethod
    def build(cls, examples: Sequence[OwnExample], heads: Heads, encoder: ReadingEncoder) -> OwnExamples:
        """Fits what the heads get wrong about these texts; labels that the heads do not know are left out."""
        if not examples:
            width = len(heads.labels)
            return cls(np.zeros((0, heads.weight.shape[1]), np.float32), np.zeros((0, width), np.float32))
        views = []
        wanted = np.full((len(examples), len(heads.labels)), -MARGIN, np.float32)
        for row, example in enumerate(examples):
            sentences = split_sentences(example.text)
            *_, whole, each = encoder.encode_reading(example.text, [(s.start, s.end) for s in sentences])
            views.append((whole, each, [example.text, *(s.text for s in sentences)]))
            wanted[row, [heads.index[label] for label in example.labels if label in heads.index]] = MARGIN
        own = cls(np.stack([whole for whole, _, _ in views]), np.zeros_like(wanted))
        side = np.sign(wanted)
        for _ in range(ROUNDS):
            read = np.stack(
                [heads.logits(*seen, own, example.language) for seen, example in zip(views, examples, strict=True)]
            )
            missing = side * np.maximum(0.0, side * (wanted - read))  # nothing where it is right by more than wanted
            own = cls(own.vectors, np.clip(own.push + PACE * missing, -MOST, MOST).astype(np.float32))
        return own

    def logits(self, vectors: FloatArray) -> FloatArray:
        """(n, labels): what the examples add for vectors (n, d); 0 where none is near."""
        near = np.maximum(0.0, (vectors @ self.vectors.T - NEAR) / (1 - NEAR))
        # Many examples of one kind count together no more than the nearest of them.
        total = near.sum(axis=1, keepdims=True)
        share = np.divide(near * near.max(axis=1, keepdims=True, initial=0.0), total, where=total > 0, out=near * 0)
        added: FloatArray = (share @ self.push).astype(np.float32)
        return added
