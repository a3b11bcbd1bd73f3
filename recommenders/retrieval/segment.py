"""Cases that were indexed together: their names, vectors, words and labels, and the candidates for a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommenders.protocols import FloatArray
from recommenders.retrieval.dense import DenseSegment
from recommenders.retrieval.fusion import MODEL_LANGUAGE, fuse
from recommenders.retrieval.lexical import LexicalSegment
from recommenders.retrieval.words import Codes

_LEAST_COVER = 0.15

BoolArray = npt.NDArray[np.bool_]
# (id, revision, language, labels, tokens)
Row = tuple[str, int, str, tuple[str, ...], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Cases that may be like a question; arrays of one length. `fused` is corrected for the language."""

    ids: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    cosines: FloatArray
    lexical: FloatArray
    fused: FloatArray
    rows: FloatArray  # (n, dimension)
    words: tuple[Codes, ...]
    apart: BoolArray  # whether a case is known to be in another language than the question

    def taken(self, places: Sequence[int]) -> Candidates:
        """Those at the given places."""
        return Candidates(
            tuple(self.ids[at] for at in places),
            tuple(self.labels[at] for at in places),
            self.cosines[places],
            self.lexical[places],
            self.fused[places],
            self.rows[places],
            tuple(self.words[at] for at in places),
            self.apart[places],
        )

    def joined(self, other: Candidates) -> Candidates:
        """Both, one after the other."""
        return Candidates(
            self.ids + other.ids,
            self.labels + other.labels,
            np.concatenate([self.cosines, other.cosines]),
            np.concatenate([self.lexical, other.lexical]),
            np.concatenate([self.fused, other.fused]),
            np.concatenate([self.rows, other.rows]),
            self.words + other.words,
            np.concatenate([self.apart, other.apart]),
        )


@dataclass(frozen=True, slots=True)
class Segment:
    """Cases that were indexed together. Those replaced later are not alive."""

    ids: tuple[str, ...]
    revisions: tuple[int, ...]
    languages: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    alive: BoolArray
    dense: DenseSegment
    lexical: LexicalSegment

    def candidates(
        self,
        weights: Mapping[str, float],
        vector: FloatArray,
        k: int,
        language: str,
        *,
        multilingual: bool = False,
        without: int | None = None,
    ) -> Candidates:
        """The k nearest living cases and the k that cover most of the question's words.

        Args:
            weights: of the question's terms.
            vector: of the question.
            k: of each of both.
            language: of the question; "" when it is not known.
            multilingual: whether vectors mean the same in every language.
            without: a position that is left out.
        """
        count = len(self.ids)
        dead = int(count - np.count_nonzero(self.alive)) + (without is not None)
        lexical = self.lexical.scores(weights)
        positions = self.dense.search(vector, k + min(dead, 4 * k))
        # What covers less of the question than this gains too little to overtake a neighbour.
        covering = np.flatnonzero(lexical >= _LEAST_COVER)
        if len(covering) > k:
            covering = covering[np.argpartition(-lexical[covering], k - 1)[:k]]
        positions = np.union1d(positions, covering)
        positions = positions[self.alive[positions]]
        if without is not None:
            positions = positions[positions != without]
        rows = self.dense.rows(positions)
        cosines = rows @ vector.astype(np.float32)
        places = positions.tolist()
        languages = [self.languages[p] for p in places]
        foreign = not multilingual and language not in ("", MODEL_LANGUAGE)
        same = np.array([foreign and own == language for own in languages], dtype=bool)
        apart = np.array([bool(language and own) and own != language for own in languages], dtype=bool)
        return Candidates(
            tuple(self.ids[p] for p in places),
            tuple(self.labels[p] for p in places),
            cosines,
            lexical[positions],
            fuse(cosines, lexical[positions], same),
            rows,
            tuple(self.lexical.opening(p) for p in places),
            apart,
        )


def joined(
    segments: Sequence[Segment], texts: Sequence[Row], vectors: FloatArray, dimension: int, average: float | None
) -> Segment:
    """One segment of the living cases of others and of new texts with their vectors."""
    rows: list[Row] = []
    blocks = []
    for segment in segments:
        living = np.flatnonzero(segment.alive).tolist()
        for p in living:
            words = segment.lexical.document(p)
            rows.append((segment.ids[p], segment.revisions[p], segment.languages[p], segment.labels[p], words))
        blocks.append(segment.dense.vectors()[living])
    rows += texts
    # By id, so that an index does not depend on the order in which its cases came.
    order = sorted(range(len(rows)), key=lambda row: rows[row][0])
    rows = [rows[row] for row in order]
    matrix = np.concatenate([*blocks, vectors.reshape(-1, dimension)])[order]
    return Segment(
        tuple(row[0] for row in rows),
        tuple(row[1] for row in rows),
        tuple(row[2] for row in rows),
        tuple(row[3] for row in rows),
        np.ones(len(rows), dtype=bool),
        DenseSegment.build(matrix),
        LexicalSegment.build((row[4] for row in rows), average),
    )
