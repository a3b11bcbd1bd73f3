"""OnnxEncoder: texts to vectors with onnxruntime and tokenizers alone. What it reads is written by `export`."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Encoding, Tokenizer

from recommenders.protocols import FloatArray

MANIFEST = "manifest.json"
LOWER, UPPER = "lower.onnx", "upper.onnx"  # the model in two halves, of which the second goes on from the first
BRANCH = "branch.onnx"  # upper layers that were tuned for reading, if they were tuned for this model
MIDDLE, LAST = "middle_hidden_state", "last_hidden_state"
FORMAT = 3  # of the folder; a new number makes set-up export again
_PARALLEL_FROM = 16  # texts
_OVERLAP = 64  # tokens that two neighbouring windows of a long text share
_MOST_WINDOWS = 4  # of a text whose spans are wanted; what stands behind them is not read
_MOST_CHARACTERS = 20_000  # given to the tokenizer; more than all windows hold

IntArray = npt.NDArray[np.int64]


class ModelError(Exception):
    """The model's folder is missing, damaged, or of another format; the message says what to do."""


class OnnxEncoder:
    """An exported sentence-transformers model. Threads may share it: the sessions and the tokenizer are read-only.

    Rows are float32 of length 1. Texts longer than the model reads are cut by `encode` and read in overlapping windows
    by `encode_spans`. An empty text gets the vector of the model's empty input.
    """

    def __init__(
        self, lower: Any, upper: Any, tokenizer: Tokenizer, manifest: dict[str, Any], branch: Any | None = None
    ) -> None:
        self.name = f"{manifest['model']}/{manifest['precision']}"
        self.source = str(manifest["source_sha256"])  # of the original model's files
        self.dimension = int(manifest["dimension"])
        self.pooling: Literal["mean", "cls"] = manifest["pooling"]
        self.max_length = int(manifest["max_length"])
        self._lower, self._upper, self._branch = lower, upper, branch
        self._inputs = {entry.name for entry in lower.get_inputs()}
        self._crossing = [entry.name for entry in upper.get_inputs()]
        self._middle = self._crossing.index(MIDDLE)
        self._tokenizer = tokenizer
        self._beside = ThreadPoolExecutor(os.cpu_count(), "branch") if branch is not None else None

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """(len(texts), dimension). One text a pass, many passes at once.

        Dynamic quantization scales by the largest value of a pass, so in a batch a vector would depend on its
        neighbours: the same text would not get the same vector as a case and as a question.
        """
        if len(texts) < _PARALLEL_FROM:
            rows = [self._one(text) for text in texts]
        else:
            with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
                rows = list(pool.map(self._one, texts))
        return np.stack(rows) if rows else np.zeros((0, self.dimension), dtype=np.float32)

    def _one(self, text: str) -> FloatArray:
        ids = self._truncated(self._tokenizer.encode(text[:_MOST_CHARACTERS]))
        vector: FloatArray = _normalized(self._pool(self._states(ids))[None])[0]
        return vector

    def encode_spans(self, text: str, spans: Sequence[tuple[int, int]]) -> tuple[FloatArray, FloatArray]:
        """The whole text, (dimension,), and each span in its context, (len(spans), dimension).

        Late chunking (Günther et al. 2024, arXiv:2409.04701): one pass, then the mean of each span's token states. A
        token that two windows hold counts by the mean of both. A span without tokens (blank, or past the last window)
        gets the whole text's vector.
        """
        whole, vectors = self._pooled(text, spans, self._states)
        return _normalized(whole[None])[0], _normalized(vectors)

    def encode_reading(
        self, text: str, spans: Sequence[tuple[int, int]]
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """What `encode_spans` gives, and the same of the branch that was tuned for reading, from one pass.

        The branch goes on from the middle layer; without one, its vectors are those of the encoder itself.
        """
        whole, vectors = self._pooled(text, spans, self._both_states)
        d = self.dimension
        own, own_spans = _normalized(whole[None, :d])[0], _normalized(vectors[:, :d])
        if self._branch is None:
            return own, own_spans, own, own_spans
        return own, own_spans, _normalized(whole[None, d:])[0], _normalized(vectors[:, d:])

    def _pooled(
        self, text: str, spans: Sequence[tuple[int, int]], states_of: Callable[[IntArray], FloatArray]
    ) -> tuple[FloatArray, FloatArray]:
        """The whole (width,) and the spans (len(spans), width), not normalized."""
        encoding = self._tokenizer.encode(text[:_MOST_CHARACTERS])
        states, starts, ends, whole = self._read(encoding, states_of)
        vectors = np.empty((len(spans), len(whole)), dtype=np.float32)
        for row, (start, end) in enumerate(spans):
            # offsets grow, so a span's tokens are a slice
            first, last = int(np.searchsorted(ends, start, "right")), int(np.searchsorted(starts, end, "left"))
            vectors[row] = states[first:last].mean(axis=0) if first < last else whole
        return whole, vectors

    def _read(
        self, encoding: Encoding, states_of: Callable[[IntArray], FloatArray]
    ) -> tuple[FloatArray, IntArray, IntArray, FloatArray]:
        """(tokens, width) states without special tokens, their character offsets, and the pooled whole."""
        ids = np.array(encoding.ids, dtype=np.int64)
        offsets = np.array(encoding.offsets, dtype=np.int64).reshape(-1, 2)
        own = ~np.array(encoding.special_tokens_mask, dtype=bool)
        if len(ids) <= self.max_length:
            states = states_of(ids)
            return states[own], offsets[own, 0], offsets[own, 1], self._pool(states)
        body, places = ids[own], offsets[own]
        prefix, suffix = _around(ids, own)
        room = self.max_length - len(prefix) - len(suffix)
        overlap = min(_OVERLAP, room // 4)
        begins = list(range(0, max(1, len(body) - overlap), room - overlap))[:_MOST_WINDOWS]
        read = min(begins[-1] + room, len(body))
        sums: FloatArray | None = None
        counts = np.zeros((read, 1), dtype=np.float32)
        pooled = []
        for begin in begins:
            window = body[begin : begin + room]
            states = states_of(np.concatenate([prefix, window, suffix]))
            pooled.append(self._pool(states))
            if sums is None:
                sums = np.zeros((read, states.shape[1]), dtype=np.float32)
            sums[begin : begin + len(window)] += states[len(prefix) : len(prefix) + len(window)]
            counts[begin : begin + len(window)] += 1
        assert sums is not None  # noqa: S101 - there is always a first window
        whole = np.stack(pooled).mean(axis=0)
        return sums / counts, places[:read, 0], places[:read, 1], whole

    def _truncated(self, encoding: Encoding) -> IntArray:
        ids = np.array(encoding.ids, dtype=np.int64)
        if len(ids) <= self.max_length:
            return ids
        own = ~np.array(encoding.special_tokens_mask, dtype=bool)
        prefix, suffix = _around(ids, own)
        return np.concatenate([prefix, ids[own][: self.max_length - len(prefix) - len(suffix)], suffix])

    def _states(self, ids: IntArray) -> FloatArray:
        crossing = self._lower.run(self._crossing, self._feed(ids))
        states: FloatArray = self._upper.run([LAST], dict(zip(self._crossing, crossing, strict=True)))[0][0]
        return states

    def _both_states(self, ids: IntArray) -> FloatArray:
        """The encoder's states and, beside them, those of the branch."""
        if self._branch is None or self._beside is None:
            return self._states(ids)
        crossing = self._lower.run(self._crossing, self._feed(ids))
        feed = {MIDDLE: crossing[self._middle]}
        other = self._beside.submit(self._branch.run, None, feed)
        states = self._upper.run([LAST], dict(zip(self._crossing, crossing, strict=True)))[0][0]
        # On busy cores nobody may have taken it up; then waiting would take longer than doing it here.
        tuned = self._branch.run(None, feed) if other.cancel() else other.result()
        both: FloatArray = np.concatenate([states, tuned[0][0]], axis=1)
        return both

    def _feed(self, ids: IntArray) -> dict[str, IntArray]:
        row = ids[None]
        feed = {"input_ids": row, "attention_mask": np.ones_like(row)}
        if "token_type_ids" in self._inputs:
            feed["token_type_ids"] = np.zeros_like(row)
        return feed

    def _pool(self, states: FloatArray) -> FloatArray:
        pooled: FloatArray = states[0] if self.pooling == "cls" else states.mean(axis=0)
        return pooled


def load_encoder(folder: Path, threads: int = 0, *, reads: bool = True) -> OnnxEncoder:
    """The encoder in a folder that `export_model` wrote.

    Args:
        folder: of the model.
        threads: of one pass; 0 lets onnxruntime choose.
        reads: with what was tuned for reading. It runs beside the encoder's own upper half, so each has one thread;
            without it the whole pass has all of them.

    Raises ModelError, which names the folder and the remedy.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise ModelError(f"no model in {folder}: run `make setup`")
    try:
        manifest = json.loads(path.read_text("utf-8"))
        if manifest["format"] != FORMAT:
            raise ModelError(f"{folder} was written by another version: run `make setup`")
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        branch = _session(folder / BRANCH, 1) if reads and (folder / BRANCH).is_file() else None
        upper = _session(folder / UPPER, threads if branch is None else 1)
        return OnnxEncoder(_session(folder / LOWER, threads), upper, tokenizer, manifest, branch)
    except ModelError:
        raise
    # tokenizers and onnxruntime raise bare Exceptions for damaged files
    except Exception as error:
        raise ModelError(
            f"the model in {folder} is damaged ({error}): remove the folder and run `make setup`"
        ) from error


def _session(path: Path, threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # A pass takes milliseconds; threads that spin between requests would steal the cores from other processes.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _around(ids: IntArray, own: npt.NDArray[np.bool_]) -> tuple[IntArray, IntArray]:
    """The special tokens before and after the text's own."""
    places = np.flatnonzero(own)
    return ids[: places[0]], ids[places[-1] + 1 :]


def _normalized(rows: FloatArray) -> FloatArray:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    result: FloatArray = (rows / np.maximum(lengths, 1e-12)).astype(np.float32)
    return result
