"""Needs as directions in the embedding space, and where a product's statements lie on them.

A direction is the difference of means of phrases that satisfy the need and of phrases that do the opposite (a semantic
axis: An, Kwak, Ahn 2018, "SemAxis"). Beside it, each statement of a product is compared with the nearest phrase of
either side, which is sharper for tags such as "rich" or "oil-free".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from recommenders.protocols import Encoder, FloatArray
from recommenders.signals.needs import NeedKind
from recommenders.text.words import stems


@dataclass(frozen=True)
class NeedSpace:
    """Built once for an encoder. Row i of `axes` (needs, dimension) is the unit direction of `ids[i]`."""

    ids: tuple[str, ...]
    kinds: Mapping[str, NeedKind]
    axes: FloatArray
    more: tuple[FloatArray, ...]
    less: tuple[FloatArray, ...]

    @classmethod
    def build(cls, kinds: Mapping[str, NeedKind], encoder: Encoder) -> NeedSpace:
        """Embeds every phrase once."""
        phrases = list(dict.fromkeys(p for k in kinds.values() for p in (*k.more, *k.less)))
        vectors = encoder.encode(phrases)
        at = {p: i for i, p in enumerate(phrases)}
        more = tuple(vectors[[at[p] for p in k.more]] for k in kinds.values())
        less = tuple(vectors[[at[p] for p in k.less]] for k in kinds.values())
        axes = np.stack([m.mean(0) - n.mean(0) for m, n in zip(more, less, strict=True)])
        axes = axes / np.maximum(np.linalg.norm(axes, axis=1, keepdims=True), 1e-9)
        return cls(tuple(kinds), kinds, axes.astype(np.float32), more, less)

    def sides(self, vectors: FloatArray) -> FloatArray:
        """(n, dimension) vectors on every need, shape (n, needs).

        A vector's projection on the axis, plus its nearness to the phrases that satisfy the need, less that to the
        opposite ones.
        """
        near = _nearest(vectors, self.more) - _nearest(vectors, self.less)
        return np.asarray(vectors @ self.axes.T + near, dtype=np.float32)

    def phrases(self, need: str) -> tuple[frozenset[tuple[str, ...]], frozenset[tuple[str, ...]]]:
        """Stems of the phrases on either side."""
        kind = self.kinds[need]
        return frozenset(stems(p) for p in kind.more), frozenset(stems(p) for p in kind.less)


def _nearest(vectors: FloatArray, groups: Sequence[FloatArray]) -> FloatArray:
    """The highest cosine with any phrase of each group, (n, groups); one product, since many small ones take longer."""
    starts = np.cumsum([0, *(len(group) for group in groups[:-1])])
    nearest: FloatArray = np.maximum.reduceat(vectors @ np.concatenate(groups).T, starts, axis=1)
    return nearest


def statements(title: str, kind: str, tags: Sequence[str], body: str, most: int = 4) -> tuple[str, ...]:
    """What a product says of itself, in short pieces: its name and type, its first sentences, its tags."""
    text = " ".join(body.split())
    pieces, piece = [], []
    for word in text.split(" "):
        piece.append(word)
        if (word.endswith((".", ";", "!", "?")) and len(piece) > 2) or len(piece) >= 20:
            pieces.append(" ".join(piece))
            piece = []
            if len(pieces) == most:
                break
    if piece and len(pieces) < most:
        pieces.append(" ".join(piece))
    return (f"{title}. {kind}" if kind else title, *(p for p in pieces if p.strip()), *tags[:10])
