"""CaseIndex: an immutable snapshot of what can be found, saved beside a manifest and checked when it is loaded."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from recommenders.protocols import FloatArray
from recommenders.retrieval.dense import DenseSegment
from recommenders.retrieval.fusion import MODEL_LANGUAGE, Calibration, calibrate, fuse
from recommenders.retrieval.lexical import LexicalSegment, term_weights, tokenize

MANIFEST = "manifest.json"
FORMAT = 1
FLOOR = 0.5  # of Hit.score: below it a case has nothing to do with the question
_CANDIDATES = 60  # taken from each of the two searches, per segment
_LEAST_COVER = 0.15
# A delta becomes one with its base when it is more than a tenth of it, and always where that takes a tenth of a second.
_MERGE_UP_TO = 2_000
_SAMPLE = 400  # own cases whose nearest neighbour calibrates the floor

BoolArray = npt.NDArray[np.bool_]
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


@dataclass(frozen=True, slots=True)
class Hit:
    """A case that was found. `score` 0..1 is comparable between questions and shops; `dense` is the cosine, `lexical`
    the share of the question's words, by weight, that the case covers."""

    id: str
    score: float
    dense: float
    lexical: float


class StaleIndex(Exception):
    """A saved index that is missing, damaged, or made for something else; the message says which."""


@dataclass(frozen=True, slots=True)
class _Segment:
    """Cases that were indexed together. Those replaced later are not alive."""

    ids: tuple[str, ...]
    revisions: tuple[int, ...]
    languages: tuple[str, ...]
    alive: BoolArray
    dense: DenseSegment
    lexical: LexicalSegment


class CaseIndex:
    """A base segment, and a small one of what came since; changed cases are dead in the base. Threads may share it.

    `with_added` and `without` return a new snapshot and leave this one as it is.
    """

    def __init__(
        self,
        model: str,
        dimension: int,
        segments: Sequence[_Segment],
        calibration: Calibration,
        language_of: LanguageOf,
    ) -> None:
        self.model = model
        self.dimension = dimension
        self.calibration = calibration
        self._segments = tuple(segments)
        self._language_of = language_of
        self._where = {
            case: (number, position)
            for number, segment in enumerate(self._segments)
            for position, case in enumerate(segment.ids)
            if segment.alive[position]
        }

    @classmethod
    def build(
        cls, entries: Iterable[Entry], model: str, dimension: int, language_of: LanguageOf | None = None
    ) -> CaseIndex:
        """From all cases; of several with one id the last counts. `language_of` reads the language of a text."""
        reader = language_of or _unknown
        segment = _segment(entries, dimension, reader)
        return cls(model, dimension, (segment,), _calibrated(segment), reader)

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
        weights = term_weights(tokenize(text), [segment.lexical for segment in self._segments])
        hits: list[Hit] = []
        for segment in self._segments:
            hits += self._search_segment(segment, weights, vector, max(k, _CANDIDATES), language)
        hits.sort(key=lambda hit: (-hit.score, hit.id))
        return hits[:k]

    def vectors_of(self, cases: Sequence[str]) -> FloatArray:
        """(len(cases), dimension), in half precision's accuracy. KeyError for an id that is not indexed."""
        rows = np.zeros((len(cases), self.dimension), dtype=np.float32)
        for row, case in enumerate(cases):
            number, position = self._where[case]
            rows[row] = self._segments[number].dense.rows([position])[0]
        return rows

    def with_added(self, entries: Iterable[Entry]) -> CaseIndex:
        """With new and changed cases. Cheap for a few; many make base and delta into one."""
        added = {entry.id: entry for entry in entries}
        if not added:
            return self
        base, *kept = self.without(added)._segments
        texts = [(e.id, e.revision, self._language_of(e.index_text), tokenize(e.index_text)) for e in added.values()]
        vectors = np.stack([np.asarray(e.vector, dtype=np.float32) for e in added.values()])
        delta = _joined(kept, texts, vectors, self.dimension, base.lexical.average if base.ids else None)
        if len(delta.ids) > len(base.ids) // 10 or len(base.ids) <= _MERGE_UP_TO:
            whole = _joined((base, delta), [], np.zeros((0, self.dimension), dtype=np.float32), self.dimension, None)
            return CaseIndex(self.model, self.dimension, (whole,), _calibrated(whole), self._language_of)
        return CaseIndex(self.model, self.dimension, (base, delta), self.calibration, self._language_of)

    def without(self, cases: Iterable[str]) -> CaseIndex:
        """Without these cases; unknown ids are ignored."""
        masks = [segment.alive.copy() for segment in self._segments]
        for case in cases:
            if case in self._where:
                number, position = self._where[case]
                masks[number][position] = False
        segments = [
            _Segment(s.ids, s.revisions, s.languages, mask, s.dense, s.lexical)
            for s, mask in zip(self._segments, masks, strict=True)
        ]
        return CaseIndex(self.model, self.dimension, segments, self.calibration, self._language_of)

    def _search_segment(
        self, segment: _Segment, weights: dict[str, float], vector: FloatArray, k: int, language: str
    ) -> list[Hit]:
        count = len(segment.ids)
        if not count:
            return []
        dead = int(count - np.count_nonzero(segment.alive))
        lexical = segment.lexical.scores(weights)
        positions = segment.dense.search(vector, k + min(dead, 4 * k))
        # What covers less of the question than this gains too little to overtake a neighbour.
        covering = np.flatnonzero(lexical >= _LEAST_COVER)
        if len(covering) > k:
            covering = covering[np.argpartition(-lexical[covering], k - 1)[:k]]
        positions = np.union1d(positions, covering)
        positions = positions[segment.alive[positions]]
        cosines = segment.dense.cosines(vector, positions)
        foreign = language not in ("", MODEL_LANGUAGE)
        same = np.array([foreign and segment.languages[p] == language for p in positions.tolist()], dtype=bool)
        fused = fuse(cosines, lexical[positions], same)
        return [
            Hit(segment.ids[p], self.calibration.score(float(f)), float(c), float(lexical[p]))
            for p, f, c in zip(positions.tolist(), fused, cosines, strict=True)
        ]

    # ------------------------------------------------------------ on disk

    def save(self, folder: Path) -> None:
        """Writes the whole index as one segment; the folder appears complete or stays as it was."""
        whole = self._segments[0]
        if len(self._segments) > 1 or not whole.alive.all():
            empty = np.zeros((0, self.dimension), dtype=np.float32)
            whole = _joined(self._segments, [], empty, self.dimension, None)
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            whole.dense.save(work / "dense.faiss")
            np.savez(work / "terms.npz", flat=whole.lexical.flat, ends=whole.lexical.ends)
            names = {"ids": whole.ids, "revisions": whole.revisions, "languages": whole.languages}
            (work / "names.json").write_text(json.dumps({**names, "terms": whole.lexical.terms}), "utf-8")
            manifest = {
                "format": FORMAT,
                "model": self.model,
                "dimension": self.dimension,
                "corpus_hash": _corpus_hash(whole),
                "count": len(whole.ids),
                "revision": max(whole.revisions, default=0),
                "average": whole.lexical.average,
                "floor": self.calibration.floor,
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
    def load(cls, folder: Path, model: str, dimension: int, language_of: LanguageOf | None = None) -> CaseIndex:
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
            segment = _Segment(
                tuple(names["ids"]),
                tuple(names["revisions"]),
                tuple(names["languages"]),
                np.ones(len(names["ids"]), dtype=bool),
                DenseSegment.load(folder / "dense.faiss"),
                lexical,
            )
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            raise StaleIndex(f"{folder}: cannot be read ({error})") from error
        if not len(segment.ids) == len(segment.dense) == len(lexical) == manifest["count"]:
            raise StaleIndex(f"{folder}: parts of different length")
        if _corpus_hash(segment) != manifest["corpus_hash"]:
            raise StaleIndex(f"{folder}: holds other cases than its manifest says")
        return cls(model, dimension, (segment,), Calibration(float(manifest["floor"])), language_of or _unknown)


def _unknown(text: str) -> str:  # noqa: ARG001
    return ""


def _segment(entries: Iterable[Entry], dimension: int, language_of: LanguageOf) -> _Segment:
    latest = {entry.id: entry for entry in entries}
    texts = [(e.id, e.revision, language_of(e.index_text), tokenize(e.index_text)) for e in latest.values()]
    vectors = np.zeros((len(latest), dimension), dtype=np.float32)
    for row, entry in enumerate(latest.values()):
        vectors[row] = entry.vector
    return _joined((), texts, vectors, dimension, None)


def _joined(
    segments: Sequence[_Segment],
    texts: Sequence[tuple[str, int, str, Sequence[str]]],
    vectors: FloatArray,
    dimension: int,
    average: float | None,
) -> _Segment:
    """One segment of the living cases of others and of new texts: (id, revision, language, tokens) with their rows."""
    rows: list[tuple[str, int, str, Sequence[str]]] = []
    blocks = []
    for segment in segments:
        living = np.flatnonzero(segment.alive).tolist()
        rows += [
            (segment.ids[p], segment.revisions[p], segment.languages[p], segment.lexical.document(p)) for p in living
        ]
        blocks.append(segment.dense.vectors()[living])
    rows += texts
    # By id, so that an index does not depend on the order in which its cases came.
    order = sorted(range(len(rows)), key=lambda row: rows[row][0])
    rows = [rows[row] for row in order]
    matrix = np.concatenate([*blocks, vectors.reshape(-1, dimension)])[order]
    return _Segment(
        tuple(row[0] for row in rows),
        tuple(row[1] for row in rows),
        tuple(row[2] for row in rows),
        np.ones(len(rows), dtype=bool),
        DenseSegment.build(matrix),
        LexicalSegment.build((row[3] for row in rows), average),
    )


def _calibrated(segment: _Segment) -> Calibration:
    """The floor from each own case's nearest other case; over a sample in a large shop."""
    count = len(segment.ids)
    own = []
    for position in range(0, count, max(1, count // _SAMPLE)):
        vector = segment.dense.rows([position])[0]
        others = np.array([p for p in segment.dense.search(vector, 12).tolist() if p != position], dtype=np.int64)
        if not len(others):
            continue
        weights = term_weights(segment.lexical.document(position), [segment.lexical])
        language = segment.languages[position]
        foreign = language not in ("", MODEL_LANGUAGE)
        same = np.array([foreign and segment.languages[p] == language for p in others.tolist()], dtype=bool)
        own.append(fuse(segment.dense.cosines(vector, others), segment.lexical.scores(weights)[others], same).max())
    return calibrate(np.array(own, dtype=np.float32))


def _corpus_hash(segment: _Segment) -> str:
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
