"""Heads: one linear layer over sentence embeddings that says which labels hold, and in which sentence.

A text is a bag of vectors: the whole, and every sentence in its context. A label's logit is
``share * z(whole) + (1 - share) * max z(sentence)``: the whole gives the mood, the best sentence gives the words to
quote. Training uses the same pooling (multiple-instance learning, Dietterich et al. 1997), so that one plain sentence
in a long message still counts.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from recommenders.protocols import FloatArray
from recommenders.signals.grams import WordGrams

FORMAT = 1
HEADS = "heads.npz"
OWN_LANGUAGES = frozenset({"en"})  # what an encoder is taken to read best; the grams count more elsewhere
_SHARE = 0.02  # of the texts that a label holds in, where a file does not say
MIX = ("branch", "grams", "offset", "mood")  # parts of the mix, as the file names them


class HeadsError(Exception):
    """The heads' file is missing, damaged, or was trained for another encoder; the message says the remedy."""


class Correction(Protocol):
    """What is added to the logits of vectors (n, d): (n, labels)."""

    def logits(self, vectors: FloatArray) -> FloatArray:
        """0 where nothing is known."""
        ...


@dataclass(frozen=True)
class Verdict:
    """What the heads say of one text: `probability` (labels,), `logits` (sentences, labels), `mood` -1..1."""

    probability: FloatArray
    logits: FloatArray
    mood: float

    def sentence(self, label: int) -> int:
        """The index of the sentence that speaks most for a label."""
        return self._telling[label]

    @cached_property
    def _telling(self) -> list[int]:
        found: list[int] = np.argmax(self.logits, axis=0).tolist()
        return found


@dataclass(frozen=True)
class Mix:
    """How much the branch and the grams count, and what is added: (2, labels) each.

    Row 0 is for texts in OWN_LANGUAGES, row 1 for all others. `mood` (2, 3) are the weights of the branch's mood and
    of the grams', and what is added.
    """

    branch: FloatArray
    grams: FloatArray
    offset: FloatArray
    mood: FloatArray

    @classmethod
    def plain(cls, labels: int) -> Mix:
        """The sum of both, whatever the language; the mean of the moods."""
        ones = np.ones((2, labels), dtype=np.float32)
        return cls(ones, ones, np.zeros_like(ones), np.array([[0.5, 0.5, 0.0]] * 2, dtype=np.float32))


@dataclass(frozen=True)
class Heads:
    """Weights for `labels` ("family:id"): weight (labels, d), bias (labels,); mood is a regression on tanh.

    `threshold` (labels,) is the probability from which a label is taken to hold. The grams have a column more than
    there are labels: the mood. Without grams the branch speaks alone, and the mix says nothing.
    """

    labels: tuple[str, ...]
    weight: FloatArray
    bias: FloatArray
    threshold: FloatArray
    mood_weight: FloatArray
    mood_bias: float
    share: float
    meta: Mapping[str, str]
    grams: WordGrams | None = None
    mix: Mix | None = None

    @cached_property
    def digest(self) -> str:
        """Names what was trained: eight hexadecimal digits."""
        return hashlib.sha256(self.weight.tobytes() + self.bias.tobytes()).hexdigest()[:8]

    @cached_property
    def usual(self) -> FloatArray:
        """The logit of how often each label holds in the texts that it was trained on, (labels,)."""
        shares = json.loads(self.meta["shares"]) if "shares" in self.meta else [_SHARE] * len(self.labels)
        kept = np.clip(np.array(shares, dtype=np.float32), 1e-3, 1 - 1e-3)
        usual: FloatArray = np.log(kept / (1 - kept)).astype(np.float32)
        return usual

    @cached_property
    def index(self) -> Mapping[str, int]:
        """label -> its row."""
        return {label: i for i, label in enumerate(self.labels)}

    def family(self, name: str) -> Sequence[tuple[str, int]]:
        """The ids of a family with their rows."""
        return self._families.get(name, ())

    @cached_property
    def _families(self) -> Mapping[str, Sequence[tuple[str, int]]]:
        found: dict[str, list[tuple[str, int]]] = {}
        for label, i in self.index.items():
            family, _, name = label.partition(":")
            found.setdefault(family, []).append((name, i))
        return found

    def read(
        self,
        whole: FloatArray,
        sentences: FloatArray,
        texts: Sequence[str] = (),
        own: Correction | None = None,
        language: str = "en",
    ) -> Verdict:
        """Verdict over a text; without sentences the whole stands for its only one.

        Args:
            whole: vector of the text, (d,).
            sentences: vectors of its sentences, (n, d).
            texts: the whole text and its sentences, for the grams of their words.
            own: what a shop's own examples add.
            language: ISO 639-1; says how much the grams count.
        """
        pooled, logits, mood = self._read(whole, sentences, texts, own, language)
        return Verdict(_sigmoid(pooled), logits, mood)

    def logits(
        self,
        whole: FloatArray,
        sentences: FloatArray,
        texts: Sequence[str] = (),
        own: Correction | None = None,
        language: str = "en",
    ) -> FloatArray:
        """The logits (labels,) that the probabilities of `read` are made of."""
        return self._read(whole, sentences, texts, own, language)[0]

    def _read(
        self,
        whole: FloatArray,
        sentences: FloatArray,
        texts: Sequence[str],
        own: Correction | None,
        language: str,
    ) -> tuple[FloatArray, FloatArray, float]:
        """Pooled logits (labels,), those of the sentences (n, labels), and the mood."""
        vectors = np.vstack([whole[None, :], sentences]) if len(sentences) else np.stack([whole, whole])
        each = vectors @ self.weight.T + self.bias
        mood = float(np.tanh(whole @ self.mood_weight + self.mood_bias))
        if self.grams is not None and texts:
            mix, group = self.mix or self._plain, 0 if language in OWN_LANGUAGES else 1
            said = self.grams.logits(texts[0])
            each = each * mix.branch[group]
            by_grams = mix.grams[group] * said[: len(self.labels)] + mix.offset[group]
            weights = mix.mood[group].tolist()
            if len(said) > len(self.labels):
                mood = weights[0] * mood + weights[1] * float(np.tanh(said[-1] / 2)) + weights[2]
        else:
            by_grams = np.zeros_like(self.bias)
        if own is not None:
            each = each + own.logits(vectors)
        logits = each[1:]
        pooled: FloatArray = self.share * each[0] + (1 - self.share) * logits.max(axis=0) + by_grams
        if self.grams is not None and len(texts) == len(logits) + 1 > 2:  # of one sentence nothing is to be chosen
            own_grams = np.stack([self.grams.logits(text)[: len(self.labels)] for text in texts[1:]])
            logits = logits + (self.mix or self._plain).grams[group] * own_grams
        return pooled, logits, min(1.0, max(-1.0, mood))

    @cached_property
    def _plain(self) -> Mix:
        return Mix.plain(len(self.labels))

    def save(self, path: Path) -> None:
        """Writes the file at once or not at all."""
        meta = {**self.meta, "labels": list(self.labels), "share": self.share, "mood_bias": self.mood_bias}
        new = path.with_suffix(".new.npz")
        grams = {}
        if self.grams is not None:  # a byte a weight, with a scale for each label, is as exact as it needs to be
            scale = np.maximum(np.abs(self.grams.weight).max(axis=0), 1e-9) / 127
            grams = {
                "gram_weight": np.rint(self.grams.weight / scale).astype(np.int8),
                "gram_scale": scale.astype(np.float32),
                "gram_bias": self.grams.bias,
                "gram_idf": self.grams.idf,
            }
        if self.mix is not None:
            grams |= {f"mix_{name}": getattr(self.mix, name) for name in MIX}
        np.savez_compressed(
            new,
            **grams,
            weight=self.weight,
            bias=self.bias,
            threshold=self.threshold,
            mood_weight=self.mood_weight,
            meta=np.frombuffer(json.dumps({"format": FORMAT, **meta}).encode(), dtype=np.uint8),
        )
        new.replace(path)

    @classmethod
    def load(cls, path: Path, source: str) -> Heads:
        """Reads what `save` wrote for the model with this digest; HeadsError says what to do when it does not fit."""
        remedy = "run `make setup` to train the heads for this model"
        try:
            with np.load(path) as file:
                meta = json.loads(bytes(file["meta"]))
                names = ("weight", "bias", "threshold", "mood_weight")
                arrays = {name: file[name].astype(np.float32) for name in names}
                labels, share, mood_bias = tuple(meta["labels"]), float(meta["share"]), float(meta["mood_bias"])
                grams = None
                mix = Mix(*(file[f"mix_{name}"].astype(np.float32) for name in MIX)) if "mix_branch" in file else None
                if "gram_weight" in file:
                    weight = file["gram_weight"].astype(np.float32) * file["gram_scale"].astype(np.float32)
                    grams = WordGrams(weight, file["gram_bias"].astype(np.float32), file["gram_idf"].astype(np.float32))
        except FileNotFoundError as error:
            raise HeadsError(f"{path}: there are no heads; {remedy}") from error
        # a file that ends too soon is, as an archive, a BadZipFile; an empty one is an EOFError
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
            raise HeadsError(f"{path}: not a file of heads ({error}); {remedy}") from error
        if meta.get("format") != FORMAT or meta.get("source") != source:
            raise HeadsError(f"{path}: trained for another model; {remedy}")
        if {len(labels)} != {len(arrays[name]) for name in names[:3]}:
            raise HeadsError(f"{path}: its weights are not those of its labels; {remedy}")
        known = {k: str(v) for k, v in meta.items() if k not in ("labels", "share", "mood_bias", "format")}
        return cls(labels, **arrays, mood_bias=mood_bias, share=share, meta=known, grams=grams, mix=mix)


def _sigmoid(x: FloatArray) -> FloatArray:
    out: FloatArray = (1.0 / (1.0 + np.exp(-np.clip(x, -30, 30)))).astype(np.float32)
    return out


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled text: all "family:id" labels that hold, and its mood from -1 to 1."""

    text: str
    language: str
    labels: frozenset[str]
    mood: float
    source: str  # file:line


FAMILIES = (("intents", "intent"), ("needs", "need"), ("cautions", "caution"), ("occasions", "occasion"))


def read_examples(paths: Sequence[Path], known: frozenset[str]) -> list[Example]:
    """The labelled texts of these files; ValueError names file:line and what is wrong there."""
    examples = []
    for path in sorted(paths):
        for number, line in enumerate(path.read_text("utf-8").split("\n"), 1):
            if not line.strip():
                continue
            place = f"{path.name}:{number}"
            try:
                examples.append(_example(json.loads(line), known, place))
            except KeyError as error:
                raise ValueError(f"{place}: has no {error}") from error
            except (ValueError, TypeError, AttributeError) as error:
                raise ValueError(f"{place}: {error}") from error
    return examples


def _example(row: Mapping[str, Any], known: frozenset[str], place: str) -> Example:
    labels = frozenset(f"{family}:{name}" for key, family in FAMILIES for name in row.get(key, ()))
    if unknown := labels - known:
        raise ValueError(f"unknown labels {sorted(unknown)}")
    mood = float(row["sentiment"])
    if not -1 <= mood <= 1:
        raise ValueError(f"sentiment {mood} is not between -1 and 1")
    return Example(row["text"], row["lang"], labels, mood, place)
