"""Vectors for what has none yet, kept as they come, so that a load which was killed goes on where it stopped."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

import numpy as np
from sqlalchemy import Engine, select

from copilot.shop.batches import batched
from copilot.shop.spool import Spool
from copilot.store.database import write_transaction
from copilot.store.models import CaseRow, VectorRow
from copilot.store.shop import write_vector
from copilot.store.upsert import insert_missing
from recommenders.protocols import Encoder

BATCH = 64  # texts between two commits: about a second of work
_VECTORS = VectorRow.metadata.tables[VectorRow.__tablename__]


def text_hash(text: str) -> str:
    """What a text's vector is found by: its SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()


def embed_missing(
    engine: Engine, encoder: Encoder, spool: Spool, begin: Callable[[int], Callable[[int], object]]
) -> bool:
    """Embeds the cases of the spool, and those of the store that stay, where the model has no vector of them yet.

    Vectors are named by their text and no case points at them yet, so a reader sees nothing of it.

    Args:
        begin: called with the number of texts; what it returns is called with the number done since.

    Returns:
        Whether a case that was in the store before got its vector now.
    """
    in_store = _without_vector(engine, encoder.name, spool)
    in_spool = _missing(engine, encoder.name, (row["text_hash"] for rows in spool.batches(BATCH) for row in rows))
    advance = begin(len(in_store) + len(in_spool - in_store))

    def texts() -> Iterator[tuple[str, str]]:
        left = in_spool | in_store
        for rows in spool.batches(BATCH):
            for row in rows:
                if row["text_hash"] in left:
                    left.discard(row["text_hash"])
                    yield row["text_hash"], row["index_text"]
        for some in batched(sorted(left), BATCH):
            with engine.connect() as connection:
                asked = select(CaseRow.text_hash, CaseRow.index_text).where(CaseRow.text_hash.in_(some)).distinct()
                rows_of_store = connection.execute(asked).all()
            yield from ((row.text_hash, row.index_text) for row in rows_of_store)

    for batch in batched(texts(), BATCH):
        vectors = encoder.encode([text for _, text in batch])
        if vectors.shape != (len(batch), encoder.dimension) or not np.isfinite(vectors).all():
            raise ValueError(f"{encoder.name} gave vectors of shape {vectors.shape} for {len(batch)} texts")
        rows = [
            {"text_hash": digest, "model": encoder.name, "vector": write_vector(vector)}
            for (digest, _), vector in zip(batch, vectors, strict=True)
        ]
        with write_transaction(engine) as connection:
            insert_missing(connection, _VECTORS, rows)
        advance(len(batch))
    return bool(in_store)


def _without_vector(engine: Engine, model: str, spool: Spool) -> set[str]:
    """The hashes of the store's cases that stay as they are and have no vector of this model."""
    statement = (
        select(CaseRow.id, CaseRow.text_hash)
        .outerjoin(VectorRow, (VectorRow.text_hash == CaseRow.text_hash) & (VectorRow.model == model))
        .where(VectorRow.text_hash.is_(None))
    )
    with engine.connect() as connection:
        return {row.text_hash for row in connection.execute(statement) if row.id not in spool}


def _missing(engine: Engine, model: str, hashes: Iterator[str]) -> set[str]:
    missing: set[str] = set()
    with engine.connect() as connection:
        for some in batched(hashes, 500):
            there = select(VectorRow.text_hash).where(VectorRow.model == model, VectorRow.text_hash.in_(some))
            missing.update(set(some).difference(connection.scalars(there)))
    return missing
