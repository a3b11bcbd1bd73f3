"""Bearing: takes out of an encoder's vectors what every ticket shares, so that cosines mean what the floor expects.

Many multilingual encoders put all texts into a narrow cone: any two are 0.8 alike, and two in one language more so.
Two means are measured on texts that belong to no shop. What a language adds is taken off whole, so that the same
complaint in two languages meets (Libovický et al. 2020, arXiv:2004.05160). Of what all texts share, as much is taken
off as makes two unrelated tickets as alike as the packaged encoder finds them, on whose scale floors are measured.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import zipfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import recommenders.signals
from recommenders.protocols import FloatArray

log = logging.getLogger(__name__)
FORMAT = 1
UNRELATED = 0.2  # mean cosine of two tickets about different matters: 0.18 to 0.22 with the packaged encoder
A_LANGUAGE = 40  # texts of each
_EXAMPLES = Path(recommenders.signals.__file__).with_name("examples")


@dataclass(frozen=True)
class Bearing:
    """What is subtracted: `offsets` (dimension,) by language, "" for any other; `fingerprint` names the encoder."""

    fingerprint: str
    offsets: Mapping[str, FloatArray]

    @property
    def dimension(self) -> int:
        """Of the vectors."""
        return len(self.offsets[""])

    def applied(self, vectors: FloatArray, languages: Sequence[str]) -> FloatArray:
        """(n, dimension), of length 1 again; a row for each language."""
        away = np.stack([self.offsets.get(language, self.offsets[""]) for language in languages])
        return _normalized(vectors - away)

    @classmethod
    def measure(
        cls, fingerprint: str, encode: Callable[[Sequence[str]], FloatArray], texts: Sequence[tuple[str, str]]
    ) -> Bearing:
        """From texts with their languages."""
        vectors = _normalized(encode([text for text, _ in texts]))
        languages = sorted({language for _, language in texts})
        means = {
            language: vectors[[i for i, (_, of) in enumerate(texts) if of == language]].mean(axis=0)
            for language in languages
        }
        common: FloatArray = np.stack(list(means.values())).mean(axis=0)
        neutral = np.stack([row - means[of] + common for row, (_, of) in zip(vectors, texts, strict=True)])
        rest = np.float32(_share(neutral, common) - 1.0)
        offsets = {language: (mean + rest * common).astype(np.float32) for language, mean in means.items()}
        return cls(fingerprint, offsets | {"": ((1 + rest) * common).astype(np.float32)})

    def save(self, path: Path) -> None:
        """At once or not at all; a failure costs only time at the next start, so it is only logged."""
        new = path.with_name(f"{path.name}.{os.getpid()}.new")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with new.open("wb") as file:
                np.savez(
                    file,
                    fingerprint=np.array(self.fingerprint),
                    languages=np.array(list(self.offsets)),
                    offsets=np.stack(list(self.offsets.values())),
                )
            new.replace(path)
        except OSError as error:
            log.warning("%s was not written: %s", path, error)
            with suppress(OSError):
                new.unlink()

    @classmethod
    def load(cls, path: Path, fingerprint: str) -> Bearing | None:
        """What `save` wrote for this encoder; None when there is none."""
        try:
            with np.load(path, allow_pickle=False) as file:
                languages = [str(language) for language in file["languages"]]
                offsets = file["offsets"].astype(np.float32)
                if str(file["fingerprint"]) != fingerprint or "" not in languages or len(offsets) != len(languages):
                    return None
                return cls(fingerprint, dict(zip(languages, offsets, strict=True)))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            log.warning("%s cannot be read and is measured anew: %s", path, error)
            return None


def sample_texts(folder: Path = _EXAMPLES) -> list[tuple[str, str]]:
    """Texts of the packaged examples with their languages, the same number of each, always the same ones."""
    by_language: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            if line.strip():
                row = json.loads(line)
                by_language.setdefault(row["lang"], []).append(row["text"])
    chosen = []
    for language, texts in sorted(by_language.items()):
        shuffled = sorted(set(texts), key=lambda text: hashlib.sha256(text.encode()).digest())
        if len(shuffled) >= A_LANGUAGE:
            chosen += [(text, language) for text in shuffled[:A_LANGUAGE]]
    return chosen


def _share(vectors: FloatArray, common: FloatArray) -> float:
    """How much of `common` to take off, 0 to 1, so that two vectors are UNRELATED alike on average."""

    def alike(share: float) -> float:
        rows = _normalized(vectors - np.float32(share) * common)
        count = len(rows)
        total = float(np.square(rows.sum(axis=0, dtype=np.float64)).sum())
        return (total - count) / (count * (count - 1))

    low, high = 0.0, 1.0
    if len(vectors) < 2 or alike(low) <= UNRELATED:
        return 0.0
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if alike(middle) > UNRELATED else (low, middle)
    return high


def _normalized(vectors: FloatArray) -> FloatArray:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: FloatArray = (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return unit
