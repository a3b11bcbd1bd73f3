"""CaseIndex: an immutable snapshot of what can be found, saved beside a manifest and checked when it is loaded."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from recommenders.protocols import FloatArray
from recommenders.retrieval.calibration import calibrate
from recommenders.retrieval.dense import DenseSegment
from recommenders.retrieval.fusion import Calibration
from recommenders.retrieval.labels import agreement, predict, spread, surely_shared, targets, weights_of
from recommenders.retrieval.lexical import LexicalSegment, term_weights, tokenize
from recommenders.retrieval.segment import Candidates, Row, Segment, joined
from recommenders.retrieval.words import codes_of

MANIFEST = "manifest.json"
FORMAT = 3
FLOOR = 0.5  # of Hit.score: below it a case has nothing to do with the question
_CANDIDATES = 64  # taken from each of the two searches, per segment
_SPREAD = 3  # first hits that are chosen beside each other
# A delta becomes one with its base when it is more than a tenth of it, and always where that takes a tenth of a second.
_MERGE_UP_TO = 2_000

LanguageOf = Callable[[str], str]


class Entry(Protocol):
    """What the index holds of a case. `vector` is float32 of length 1; `revision` grows when the case changes."""

    @property
    def id(self) -> str:
        """The case's."""
        ...

    @property
    def revision(self) -> int:
        """Of the load that wrote the case."""
        ...

    @property
    def index_text(self) -> str:
        """What `documents.case_text` made of it."""
        ...

    @property
    def vector(self) -> FloatArray:
        """Of the text, (dimension,)."""
        ...

    @property
    def labels(self) -> tuple[str, ...]:
        """What the shop filed the case under: its tags."""
        ...


@dataclass(frozen=True, slots=True)
class Hit:
    """A case that was found.

    `score` 0..1 is comparable between questions and shops; `dense` is the cosine, `lexical` the share of the
    question's words, by weight, that the case covers; `label` is the label that question and case surely share, or "".
    `discount`, at most 0 and in units of the cosine, is what the case is worth less because cases of its kind stand
    before it: hits are ordered by score and discount together.
    """

    id: str
    score: float
    dense: float
    lexical: float
    label: str = ""
    discount: float = 0.0


class StaleIndex(Exception):
    """A saved index that is missing, damaged, or made for something else; the message says which."""


class CaseIndex:
    """A base segment, and a small one of what came since; changed cases are dead in the base. Threads may share it.

    `with_added` and `without` return a new snapshot and leave this one as it is.
    """

    def __init__(
        self,
        model: str,
        dimension: int,
        segments: Sequence[Segment],
        calibration: Calibration,
        language_of: LanguageOf,
        multilingual: bool = False,
    ) -> None:
        self.model = model
        self.dimension = dimension
        self.calibration = calibration
        self._segments = tuple(segments)
        self._language_of = language_of
        self._multilingual = multilingual
        self._where = {
            case: (number, position)
            for number, segment in enumerate(self._segments)
            for position, case in enumerate(segment.ids)
            if segment.alive[position]
        }

    @classmethod
    def build(
        cls,
        entries: Iterable[Entry],
        model: str,
        dimension: int,
        language_of: LanguageOf | None = None,
        *,
        multilingual: bool = False,
    ) -> CaseIndex:
        """From all cases; of several with one id the last counts.

        `language_of` reads the language of a text. A `multilingual` model's vectors are as alike in any language as in
        one; those of others are corrected.
        """
        reader = language_of or _unknown
        segment = _segment(entries, dimension, reader)
        known = calibrate(segment, multilingual=multilingual)
        return cls(model, dimension, (segment,), known, reader, multilingual)

    def __len__(self) -> int:
        return len(self._where)

    def __contains__(self, case: str) -> bool:
        return case in self._where

    @property
    def revision(self) -> int:
        """The newest revision among its cases; 0 when it is empty."""
        return max((max(segment.revisions, default=0) for segment in self._segments), default=0)

    def ids(self) -> list[str]:
        """The ids of all cases, sorted."""
        return sorted(self._where)

    def search(self, text: str, vector: FloatArray, k: int, language: str = "") -> list[Hit]:
        """At most k cases, best first, ties by id; also those below the floor. `language` of the question, if known."""
        if k <= 0 or not self._where:
            return []
        words, known = tokenize(text), self.calibration
        found = self._candidates(words, vector, max(k, _CANDIDATES), language)
        values = found.fused + np.float32(known.words) * found.apart.astype(np.float32)
        discounts, shared = dict[int, float](), dict[int, str]()
        if known.weight:
            names, matrix = targets(found.labels)
            weights = weights_of(names, known.labels, known.other)
            predicted = predict(found.cosines, found.rows, matrix, codes_of(words), found.words)
            agreed = agreement(predicted, matrix, weights)
            firsts = spread(values, predicted, matrix, weights, known.weight, _SPREAD)
            values = values + np.float32(known.weight) * agreed
            discounts = {place: known.margin(worth) - known.margin(float(values[place])) for place, worth in firsts}
        order = [*discounts, *(p for p in np.argsort(-values, kind="stable").tolist() if p not in discounts)]
        if known.weight:
            shared = dict(zip(order, surely_shared(names, predicted, matrix[order[:k]], weights), strict=False))
        return [
            Hit(
                found.ids[p],
                known.score(float(values[p])),
                float(found.cosines[p]),
                float(found.lexical[p]),
                shared.get(p, ""),
                discounts.get(p, 0.0),
            )
            for p in order[:k]
        ]

    def with_added(self, entries: Iterable[Entry]) -> CaseIndex:
        """With new and changed cases. Cheap for a few; many make base and delta into one."""
        added = {entry.id: entry for entry in entries}
        if not added:
            return self
        base, *kept = self.without(added)._segments
        texts = [_row(entry, self._language_of) for entry in added.values()]
        vectors = np.stack([np.asarray(e.vector, dtype=np.float32) for e in added.values()])
        delta = joined(kept, texts, vectors, self.dimension, base.lexical.average if base.ids else None)
        if len(delta.ids) > len(base.ids) // 10 or len(base.ids) <= _MERGE_UP_TO:
            whole = joined((base, delta), [], np.zeros((0, self.dimension), dtype=np.float32), self.dimension, None)
            return self._of((whole,), calibrate(whole, multilingual=self._multilingual))
        return self._of((base, delta), self.calibration)

    def without(self, cases: Iterable[str]) -> CaseIndex:
        """Without these cases; unknown ids are ignored."""
        masks = [segment.alive.copy() for segment in self._segments]
        for case in cases:
            if case in self._where:
                number, position = self._where[case]
                masks[number][position] = False
        segments = [
            Segment(s.ids, s.revisions, s.languages, s.labels, mask, s.dense, s.lexical)
            for s, mask in zip(self._segments, masks, strict=True)
        ]
        return self._of(segments, self.calibration)

    def _of(self, segments: Sequence[Segment], calibration: Calibration) -> CaseIndex:
        return CaseIndex(
            self.model, self.dimension, segments, calibration, self._language_of, multilingual=self._multilingual
        )

    def _candidates(self, words: Sequence[str], vector: FloatArray, k: int, language: str) -> Candidates:
        weights = term_weights(words, [segment.lexical for segment in self._segments])
        found = [
            s.candidates(weights, vector, k, language, multilingual=self._multilingual) for s in self._segments if s.ids
        ]
        every = found[0]
        for other in found[1:]:
            every = every.joined(other)
        return every.taken(sorted(range(len(every.ids)), key=every.ids.__getitem__))  # ties break by id

    # ------------------------------------------------------------ on disk

    def save(self, folder: Path) -> None:
        """Writes the whole index as one segment; the folder appears complete or stays as it was."""
        whole = self._segments[0]
        if len(self._segments) > 1 or not whole.alive.all():
            empty = np.zeros((0, self.dimension), dtype=np.float32)
            whole = joined(self._segments, [], empty, self.dimension, None)
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            whole.dense.save(work / "dense.faiss")
            np.savez(work / "terms.npz", flat=whole.lexical.flat, ends=whole.lexical.ends)
            names = {"ids": whole.ids, "revisions": whole.revisions, "languages": whole.languages}
            (work / "names.json").write_text(
                json.dumps({**names, "labels": whole.labels, "terms": whole.lexical.terms}), "utf-8"
            )
            manifest = {
                "format": FORMAT,
                "model": self.model,
                "dimension": self.dimension,
                "corpus_hash": _corpus_hash(whole),
                "count": len(whole.ids),
                "revision": max(whole.revisions, default=0),
                "average": whole.lexical.average,
                "calibration": asdict(self.calibration),
                "files": {path.name: _file_hash(path) for path in sorted(work.iterdir())},
            }
            (work / MANIFEST).write_text(json.dumps(manifest, indent=1), "utf-8")
            if folder.exists():
                aside = work.with_name(work.name + ".old")
                folder.rename(aside)
                work.rename(folder)
                shutil.rmtree(aside, ignore_errors=True)
            else:
                work.rename(folder)
        finally:
            shutil.rmtree(work, ignore_errors=True)

    @classmethod
    def load(
        cls,
        folder: Path,
        model: str,
        dimension: int,
        language_of: LanguageOf | None = None,
        *,
        multilingual: bool = False,
    ) -> CaseIndex:
        """Reads what `save` wrote. StaleIndex when it is missing, damaged, or of another model or format."""
        try:
            manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
            wanted = {"format": FORMAT, "model": model, "dimension": dimension}
            for key, value in wanted.items():
                if manifest[key] != value:
                    raise StaleIndex(f"{folder}: {key} is {manifest[key]!r}, not {value!r}")
            for name, digest in manifest["files"].items():
                if _file_hash(folder / name) != digest:
                    raise StaleIndex(f"{folder / name}: damaged")
            names = json.loads((folder / "names.json").read_text("utf-8"))
            with np.load(folder / "terms.npz") as arrays:
                lexical = LexicalSegment(names["terms"], arrays["flat"], arrays["ends"], float(manifest["average"]))
            segment = Segment(
                tuple(names["ids"]),
                tuple(names["revisions"]),
                tuple(names["languages"]),
                tuple(tuple(labels) for labels in names["labels"]),
                np.ones(len(names["ids"]), dtype=bool),
                DenseSegment.load(folder / "dense.faiss"),
                lexical,
            )
            calibration = Calibration(**manifest["calibration"])
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            raise StaleIndex(f"{folder}: cannot be read ({error})") from error
        if not len(segment.ids) == len(segment.labels) == len(segment.dense) == len(lexical) == manifest["count"]:
            raise StaleIndex(f"{folder}: parts of different length")
        if _corpus_hash(segment) != manifest["corpus_hash"]:
            raise StaleIndex(f"{folder}: holds other cases than its manifest says")
        return cls(model, dimension, (segment,), calibration, language_of or _unknown, multilingual)


def _unknown(text: str) -> str:  # noqa: ARG001
    return ""


def _row(entry: Entry, language_of: LanguageOf) -> Row:
    labels = tuple(dict.fromkeys(folded for label in entry.labels if (folded := label.strip().casefold())))
    return entry.id, entry.revision, language_of(entry.index_text), labels, tokenize(entry.index_text)


def _segment(entries: Iterable[Entry], dimension: int, language_of: LanguageOf) -> Segment:
    latest = {entry.id: entry for entry in entries}
    vectors = np.zeros((len(latest), dimension), dtype=np.float32)
    for row, entry in enumerate(latest.values()):
        vectors[row] = entry.vector
    return joined((), [_row(entry, language_of) for entry in latest.values()], vectors, dimension, None)


def _corpus_hash(segment: Segment) -> str:
    digest = hashlib.sha256()
    for case, revision in sorted(zip(segment.ids, segment.revisions, strict=True)):
        digest.update(f"{case}\0{revision}\n".encode())
    return digest.hexdigest()


def _file_hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()
