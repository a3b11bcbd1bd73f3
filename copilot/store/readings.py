"""What was read of resolved tickets' openings, kept for replays: the second one computes no embedding.

A reading is found by its text and by who read it (encoder, heads and code). Whatever changes one of them makes new
readings; old ones go with `keep_only`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from sqlalchemy import Engine, delete, select

from copilot.store.database import write_transaction
from copilot.store.models import ReadingRow
from copilot.store.shop import IDS_PER_QUERY, read_vector, write_vector
from copilot.store.upsert import upsert
from recommenders.domain import Caution, Exclusion, Intent, Need, Occasion, Sentiment, Signals
from recommenders.protocols import FloatArray

HALF = np.dtype("<f2")  # half the space; what is decided by a threshold was decided before it is rounded
_READINGS = ReadingRow.metadata.tables[ReadingRow.__tablename__]


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it was read: the four arrays of `ReadingEncoder.encode_reading`, and what the heads made of them.

    `background` is the number of leading sentences that were read as earlier messages. The signals hold neither what
    follows from the shop's records (the risk that the customer leaves, the items that needs are about) nor what a
    playbook's examples teach.
    """

    whole: FloatArray
    sentences: FloatArray
    read_whole: FloatArray
    read_sentences: FloatArray
    signals: Signals | None = None
    background: int = 0


def text_key(text: str) -> str:
    """What a text's reading is found by."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class ReadingStore:
    """Readings by one reader, named by a digest of at most 64 characters."""

    def __init__(self, database: Engine, dimension: int, read_by: str) -> None:
        self._database = database
        self._dimension = dimension
        self._read_by = read_by

    def find(self, keys: Iterable[str]) -> dict[str, Reading]:
        """The readings that are there, by their text's key."""
        wanted, found = list(dict.fromkeys(keys)), {}
        columns = (_READINGS.c.vectors, _READINGS.c.probability, _READINGS.c.signals)
        asked = select(_READINGS.c.text_hash, *columns)
        asked = asked.where(_READINGS.c.read_by == self._read_by)
        with self._database.connect() as connection:
            for start in range(0, len(wanted), IDS_PER_QUERY):
                some = wanted[start : start + IDS_PER_QUERY]
                for key, *parts in connection.execute(asked.where(_READINGS.c.text_hash.in_(some))):
                    found[key] = self._decoded(*parts)
        return found

    def keep(self, readings: dict[str, Reading]) -> None:
        """Stores readings; one of the same text is replaced."""
        rows = [
            {"text_hash": key, "read_by": self._read_by, "vectors": _packed(reading), **_encoded(reading)}
            for key, reading in sorted(readings.items())
        ]
        if rows:
            with write_transaction(self._database) as connection:
                upsert(connection, _READINGS, rows)

    def keep_only(self, keys: Collection[str]) -> int:
        """Removes what belongs to no ticket any more, and what another reader read; how many there were."""
        with self._database.connect() as connection:
            there = connection.execute(select(_READINGS.c.text_hash, _READINGS.c.read_by)).all()
        gone = [(key, by) for key, by in there if by != self._read_by or key not in keys]
        if gone:
            with write_transaction(self._database) as connection:
                for by in sorted({by for _, by in gone}):
                    theirs = [key for key, other in gone if other == by]
                    for start in range(0, len(theirs), IDS_PER_QUERY):
                        some = _READINGS.c.text_hash.in_(theirs[start : start + IDS_PER_QUERY])
                        connection.execute(delete(_READINGS).where(_READINGS.c.read_by == by, some))
        return len(gone)

    def _decoded(self, vectors: bytes, probability: bytes | None, data: dict[str, Any]) -> Reading:
        rows = np.frombuffer(vectors, HALF).astype(np.float32).reshape(-1, self._dimension)
        half = len(rows) // 2
        signals = decode_signals(data["signals"])
        if probability is not None:
            signals = replace(signals, probability=read_vector(probability))
        return Reading(rows[0], rows[1:half], rows[half], rows[half + 1 :], signals, data["background"])


def _packed(reading: Reading) -> bytes:
    parts = (reading.whole[None], reading.sentences, reading.read_whole[None], reading.read_sentences)
    return np.ascontiguousarray(np.concatenate(parts), HALF).tobytes()


def _encoded(reading: Reading) -> dict[str, Any]:
    if reading.signals is None:
        raise ValueError("a reading is kept with its signals")
    probability = reading.signals.probability
    return {
        "probability": None if probability is None else write_vector(probability),
        "signals": {"background": reading.background, "signals": encode_signals(reading.signals)},
    }


def encode_signals(signals: Signals) -> dict[str, Any]:
    """What holds as JSON, without the risk that the customer leaves and without the items that needs are about."""
    plain = replace(signals, needs=tuple(replace(need, about=None) for need in signals.needs), probability=None)
    return {key: value for key, value in asdict(plain).items() if key not in ("churn_risk", "probability")}


def decode_signals(data: dict[str, Any]) -> Signals:
    """The inverse of `encode_signals`."""

    def rows(key: str) -> Sequence[dict[str, Any]]:
        found: Sequence[dict[str, Any]] = data[key]
        return found

    return Signals(
        language=data["language"],
        intents=tuple(Intent(**row) for row in rows("intents")),
        needs=tuple(Need(**row) for row in rows("needs")),
        sentiment=Sentiment(**data["sentiment"]),
        occasions=tuple(Occasion(**row) for row in rows("occasions")),
        cautions=tuple(Caution(**row) for row in rows("cautions")),
        exclusions=tuple(Exclusion(**row) for row in rows("exclusions")),
    )
