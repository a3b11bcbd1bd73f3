"""Changed rows on their way from the files to the store: on disk and not in memory, and gone when the process is."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Row = dict[str, Any]


class Spool:
    """Rows by key in a nameless temporary file; a later row with the same key replaces the earlier one."""

    def __init__(self, folder: Path | None) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - lives as long as the spool
        self._places: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, key: str) -> bool:
        return key in self._places

    def put(self, key: str, row: Row) -> None:
        """Keeps a row, which must be JSON."""
        self._places[key] = self._file.seek(0, 2)
        self._file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")

    def drop(self, key: str) -> None:
        """Forgets a row, if it is there."""
        self._places.pop(key, None)

    def batches(self, size: int) -> Iterator[list[Row]]:
        """The rows in the order in which they were put."""
        batch: list[Row] = []
        for place in sorted(self._places.values()):
            self._file.seek(place)
            batch.append(json.loads(self._file.readline()))
            if len(batch) == size:
                yield batch
                batch = []
        if batch:
            yield batch

    def close(self) -> None:
        """Gives the disk back."""
        self._file.close()
