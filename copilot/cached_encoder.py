"""An encoder that remembers on disk: what a catalogue says is embedded once, not at every start of the service."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from recommenders.protocols import Encoder, FloatArray

log = logging.getLogger(__name__)


class CachedEncoder:
    """Answers `encode` from a file where it can; the file is a cache and may be deleted at any time.

    Not for tickets: those are new every time. Keep one for building what depends on the catalogue, then `save`.
    """

    def __init__(self, encoder: Encoder, path: Path) -> None:
        self._encoder = encoder
        self._path = path
        self._known: dict[str, FloatArray] = self._read()
        self._used: set[str] = set()
        self._grown = False

    @property
    def name(self) -> str:
        """That of the encoder within."""
        return self._encoder.name

    @property
    def dimension(self) -> int:
        """That of the encoder within."""
        return self._encoder.dimension

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """(len(texts), dimension), each text embedded at most once ever."""
        keys = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        if new:
            self._known.update(zip(new, self._encoder.encode(list(new.values())), strict=True))
            self._grown = True
        self._used.update(keys)
        if not keys:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return np.stack([self._known[key] for key in keys])

    def encode_spans(self, text: str, spans: Sequence[tuple[int, int]]) -> tuple[FloatArray, FloatArray]:
        """Not cached."""
        return self._encoder.encode_spans(text, spans)

    def save(self) -> None:
        """Writes what was used since the start; a failure costs only time at the next start, so it is only logged."""
        if not self._grown and self._used == set(self._known):
            return
        keys = sorted(self._used)
        new = self._path.with_name(f"{self._path.name}.{os.getpid()}.new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with new.open("wb") as file:
                np.savez(
                    file,
                    model=np.array(self.name),
                    keys=np.array(keys, dtype="S64"),
                    vectors=np.stack([self._known[key] for key in keys]) if keys else np.zeros((0, self.dimension)),
                )
            new.replace(self._path)
        except OSError as error:
            log.warning("the cache %s was not written: %s", self._path, error)
            with suppress(OSError):  # where nothing can be written, nothing may be removed, either
                new.unlink()
        self._grown = False

    def _read(self) -> dict[str, FloatArray]:
        try:
            with np.load(self._path, allow_pickle=False) as file:
                vectors = file["vectors"].astype(np.float32)
                if str(file["model"]) != self.name or vectors.shape[1:] != (self.dimension,):
                    return {}
                return dict(zip((key.decode() for key in file["keys"]), vectors, strict=True))
        except FileNotFoundError:
            return {}
        except Exception as error:  # whatever a damaged file raises: it is only a cache
            log.warning("the cache %s cannot be read and is made anew: %s", self._path, error)
            return {}
