"""What reads labelled texts: the service's reader, its two parts alone, and peers that were not trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from recommenders.bench.described import DESCRIBED
from recommenders.bench.labelled import Held, Reading, Texts, best_edge
from recommenders.bench.metrics import Draws
from recommenders.bench.outcome import Setup
from recommenders.domain import Concern, Message, Signals, Ticket
from recommenders.protocols import FloatArray
from recommenders.retrieval.encoder import OnnxEncoder, load_encoder
from recommenders.signals.heads import HEADS, Heads
from recommenders.signals.needs import need_kinds
from recommenders.signals.reader import TicketReader
from recommenders.text.concern import newest_concern

SHIPPED = "reader"  # what the service uses


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text as the engine has it: its concern; the whole and the sentences as they are searched, then as read."""

    concern: Concern
    whole: FloatArray
    sentences: FloatArray
    read_whole: FloatArray
    read_sentences: FloatArray


@dataclass(frozen=True)
class Readers:
    """Reads the texts of each split once, for all families."""

    heads: Heads
    encoder: OnnxEncoder
    texts: tuple[Texts, ...]
    encoded: Mapping[str, tuple[Encoded, ...]]

    @classmethod
    def of(cls, setup: Setup, texts: tuple[Texts, ...]) -> Readers:
        """Encodes every text, a pass each."""
        encoder = load_encoder(setup.model)
        heads = Heads.load(setup.model / HEADS, encoder.source)
        encoded = {
            split.split: tuple(
                _encoded(encoder, example.text) for example in setup.watched(split.examples, f"reading {split.split}")
            )
            for split in texts
        }
        return cls(heads, encoder, texts, encoded)

    def read(self, split: Texts, labels: Sequence[str]) -> list[Reading]:
        """What each recommender reads of these labels ("family:id") from a split."""
        made = [
            self._none(split, labels),
            self._zero_shot(split, labels),
            self._trained("grams", self._grams, split, labels),
            self._trained("branch", replace(self.heads, grams=None), split, labels),
            self._trained(SHIPPED, self.heads, split, labels),
        ]
        return [reading for reading in made if reading is not None]

    def _trained(self, name: str, heads: Heads, split: Texts, labels: Sequence[str]) -> Reading:
        """What the service would say with these heads, after its readings were made to agree; scores are their own."""
        reader, columns = TicketReader(heads), [heads.index[label] for label in labels]
        held, scores = [], []
        for example, e in zip(split.examples, self.encoded[split.split], strict=True):
            signals = reader.read(e.concern, e.read_whole, e.read_sentences, example.language)
            said = said_in(signals)
            held.append([label in said for label in labels])
            texts = [e.concern.text, *(sentence.text for sentence in e.concern.sentences)]
            scores.append(heads.read(e.read_whole, e.read_sentences, texts).probability[columns])
        return Reading(name, np.array(held, dtype=bool), np.array(scores, dtype=np.float64))

    @cached_property
    def _grams(self) -> Heads:
        """Heads to which vectors say nothing."""
        return replace(self.heads, weight=np.zeros_like(self.heads.weight), bias=np.zeros_like(self.heads.bias))

    def _zero_shot(self, split: Texts, labels: Sequence[str]) -> Reading | None:
        """The cosine of a text, or of its best sentence, to a label's description.

        The edge is the one that is best on the first split, so there this peer is measured in its own favour.
        """
        if any(label not in descriptions() for label in labels):
            return None
        meant = self.encoder.encode([descriptions()[label] for label in labels])
        first = self.texts[0]
        truth: Held = np.array([[label in e.labels for label in labels] for e in first.examples], dtype=bool)
        edge = best_edge(truth, self._cosines(first, meant))
        scores = self._cosines(split, meant)
        return Reading("zero-shot", scores >= edge, scores)

    def _cosines(self, split: Texts, meant: FloatArray) -> Draws:
        rows = [np.vstack([e.whole[None], e.sentences]) @ meant.T for e in self.encoded[split.split]]
        return np.array([row.max(axis=0) for row in rows], dtype=np.float64)

    def _none(self, split: Texts, labels: Sequence[str]) -> Reading:
        """Says nothing of any text, which is what most texts hold of most labels."""
        shape = (len(split.examples), len(labels))
        return Reading("none", np.zeros(shape, dtype=bool), np.zeros(shape))


def said_in(signals: Signals) -> frozenset[str]:
    """Everything that signals hold, as "family:id"."""
    return frozenset(
        [
            *(f"intent:{x.id}" for x in signals.intents),
            *(f"need:{x.id}" for x in signals.needs),
            *(f"caution:{x.id}" for x in signals.cautions),
            *(f"occasion:{x.id}" for x in signals.occasions),
        ]
    )


def descriptions() -> dict[str, str]:
    """What each label means, in a plain sentence."""
    needs = {f"need:{kind.id}": f"The customer is looking for {kind.text['en']}." for kind in need_kinds().values()}
    return {**DESCRIBED, **needs}


def _encoded(encoder: OnnxEncoder, text: str) -> Encoded:
    concern, _ = newest_concern(Ticket("", (Message("customer", text),)))
    spans = [(sentence.start, sentence.end) for sentence in concern.sentences]
    return Encoded(concern, *encoder.encode_reading(concern.text, spans))
