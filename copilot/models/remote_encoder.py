"""RemoteEncoder: vectors of cases and tickets from an OpenAI-compatible embeddings endpoint."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from copilot.errors import InputError
from copilot.models.bearing import FORMAT, Bearing, sample_texts
from copilot.models.breaker import Breaker
from copilot.models.endpoint import Endpoint, EndpointError, Json
from copilot.models.task import NoAnswer
from recommenders.protocols import FloatArray

BATCH = 32  # texts of one call
LOAD_SECONDS = 60.0  # for a batch, while nobody waits for an answer
TRIES = 5  # of a batch, with a longer pause before each
LONGEST = 6000  # characters of a text; models read less


class RemoteEncoder:
    """Finds cases in the place of the packaged encoder; everything else keeps that one, on which it was measured.

    `encode` is for what is stored and `question` for what is looked up: some models want them told apart by a prefix.
    Rows are float32 of length 1. Threads may share it.

    Args:
        endpoint: where to ask; "/embeddings" is added.
        model: its name there.
        question_prefix: put before a ticket, like "query: ".
        case_prefix: put before a case, like "passage: ".
        seconds: for a ticket's vector; one call, no second try.
        bearings: file in which what was measured of this encoder is kept, so that a start needs no endpoint.
        language_of: the language of a text.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        model: str,
        *,
        seconds: float,
        bearings: Path,
        language_of: Callable[[str], str],
        question_prefix: str = "",
        case_prefix: str = "",
        breaker: Breaker | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._endpoint = endpoint
        self._model = model
        self._prefixes = {"question": question_prefix, "case": case_prefix}
        self._seconds = seconds
        self._language_of = language_of
        self._breaker = breaker or Breaker()
        self._sleep = sleep
        # Two encoders whose vectors differ must differ in name: vectors are stored by it.
        told = "\0".join((model, question_prefix, case_prefix, str(FORMAT)))
        self.name = f"{model}/remote-{hashlib.sha256(told.encode()).hexdigest()[:8]}"
        self._bearings = {kind: self._bearing(bearings, kind) for kind in self._prefixes}
        self.dimension = self._bearings["case"].dimension

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """(len(texts), dimension), of cases. Raises InputError, after several tries, with what to do."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        try:
            vectors = self._all("case", texts)
        except EndpointError as error:
            raise InputError(f"COPILOT_EMBEDDINGS_URL: {error}; load again, what is embedded so far is kept") from error
        return self._bearings["case"].applied(vectors, [self._language_of(text) for text in texts])

    def encode_spans(self, text: str, spans: Sequence[tuple[int, int]]) -> tuple[FloatArray, FloatArray]:
        """The text and each span by its own words: an endpoint gives no states of tokens."""
        rows = self.encode([text, *(text[start:end] for start, end in spans)])
        return rows[0], rows[1:]

    def question(self, text: str, language: str) -> FloatArray:
        """(dimension,), of a ticket. Raises NoAnswer when it does not come in time."""
        if not self._breaker.allows():
            raise NoAnswer("embeddings: not asked, after failures")
        try:
            vectors = self._vectors("question", [text], self._seconds)
        except EndpointError as error:
            self._breaker.failed()
            raise NoAnswer(f"embeddings: {error}") from None
        self._breaker.succeeded()
        found: FloatArray = self._bearings["question"].applied(vectors, [language])[0]
        return found

    def close(self) -> None:
        """Ends the connections."""
        self._endpoint.close()

    def _bearing(self, folder: Path, kind: str) -> Bearing:
        fingerprint = f"{self.name}/{kind}"
        path = folder / f"bearing-{kind}.npz"
        known = Bearing.load(path, fingerprint)
        if known is None:
            known = Bearing.measure(fingerprint, lambda texts: self._all(kind, texts), sample_texts())
            known.save(path)
        return known

    def _all(self, kind: str, texts: Sequence[str]) -> FloatArray:
        """Batch by batch, not normalized; what fails in passing is tried again."""
        return np.concatenate([self._batch(kind, texts[i : i + BATCH]) for i in range(0, len(texts), BATCH)])

    def _batch(self, kind: str, texts: Sequence[str]) -> FloatArray:
        for again in range(TRIES - 1):
            try:
                return self._vectors(kind, texts, LOAD_SECONDS)
            except EndpointError as error:
                if not error.passing:
                    raise
                self._sleep(0.5 * 2**again)
        return self._vectors(kind, texts, LOAD_SECONDS)

    def _vectors(self, kind: str, texts: Sequence[str], seconds: float) -> FloatArray:
        # An endpoint refuses an empty text; a blank one has some vector, and nothing is found by it.
        given = [self._prefixes[kind] + (text[:LONGEST] if text.strip() else ".") for text in texts]
        payload = {"model": self._model, "input": given, "encoding_format": "float"}
        return _rows(self._endpoint.post("/embeddings", payload, seconds), len(given))


def _rows(answer: Json, count: int) -> FloatArray:
    """(count, dimension), in the order of the question; EndpointError where the answer does not fit it."""
    try:
        data = sorted(answer["data"], key=lambda row: row["index"])
        places = [row["index"] for row in data]
        rows = np.array([row["embedding"] for row in data], dtype=np.float32)
    except (KeyError, TypeError, ValueError):
        raise EndpointError("the answer holds no embeddings") from None
    if places != list(range(count)) or rows.ndim != 2 or not rows.shape[1] or not np.isfinite(rows).all():
        raise EndpointError("the answer holds other embeddings than were asked for")
    return rows
