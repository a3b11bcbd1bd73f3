"""Cases that were found for resolved tickets, kept for replays: to search ten thousand cases is most of one."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import Any

from sqlalchemy import Engine, delete, select

from copilot.store.database import write_transaction
from copilot.store.models import FoundRow
from copilot.store.upsert import upsert
from recommenders.protocols import FloatArray
from recommenders.retrieval.index import Hit
from recommenders.retrieval.similar import Searched

_FOUND = FoundRow.metadata.tables[FoundRow.__tablename__]


class KeptIndex:
    """An index that answers a question it was asked before from the store. `name` tells it from every other index."""

    def __init__(self, index: Searched, database: Engine, name: str) -> None:
        self._index, self._database, self._name = index, database, name
        self._new: dict[str, list[dict[str, Any]]] = {}

    def search(self, text: str, vector: FloatArray, k: int, language: str = "") -> list[Hit]:
        """As the index within."""
        asked = hashlib.sha256(f"{self._name} {k} {language}\n{text}".encode("utf-8", "surrogatepass"))
        asked.update(vector.tobytes())
        key = asked.hexdigest()
        with self._database.connect() as connection:
            known = connection.scalar(select(_FOUND.c.hits).where(_FOUND.c.question == key))
        if known is not None:
            return [Hit(**hit) for hit in known]
        found = self._index.search(text, vector, k, language)
        self._new[key] = [asdict(hit) for hit in found]
        return found

    def flush(self) -> None:
        """Keeps what was found since, and forgets what another index found."""
        if not self._new:
            return
        rows = [{"question": key, "index": self._name, "hits": hits} for key, hits in sorted(self._new.items())]
        with write_transaction(self._database) as connection:
            connection.execute(delete(_FOUND).where(_FOUND.c.index != self._name))
            upsert(connection, _FOUND, rows)
        self._new = {}
