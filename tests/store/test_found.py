"""A question that was asked before is not searched again, and another index knows nothing of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from copilot.store.database import open_database
from copilot.store.found import KeptIndex
from recommenders.protocols import FloatArray
from recommenders.retrieval.index import Hit

HITS = [Hit("t-1", 0.91, 0.8, 0.123456789, "size", -0.1), Hit("t-2", 0.5, 0.4, 0.0)]
VECTOR = np.array([1.0, 0.0], dtype=np.float32)


class Counting:
    """An index that finds the same two cases always."""

    def __init__(self) -> None:
        self.asked = 0

    def search(self, text: str, vector: FloatArray, k: int, language: str = "") -> list[Hit]:
        self.asked += 1
        return HITS


def test_a_question_is_searched_once(tmp_path: Path) -> None:
    database, within = open_database(tmp_path), Counting()
    kept = KeptIndex(within, database, "one")
    assert kept.search("tight", VECTOR, 24, "en") == HITS
    kept.flush()
    assert KeptIndex(within, database, "one").search("tight", VECTOR, 24, "en") == HITS
    assert within.asked == 1
    for other in (("tight", -VECTOR, 24, "en"), ("tight", VECTOR, 8, "en"), ("tight", VECTOR, 24, "de")):
        kept.search(*other)
    assert within.asked == 4
    newer = KeptIndex(within, database, "two")
    newer.search("tight", VECTOR, 24, "en")
    newer.flush()
    KeptIndex(within, database, "one").search("tight", VECTOR, 24, "en")
    assert within.asked == 6  # what the older index found is forgotten
