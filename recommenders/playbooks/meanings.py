"""Example phrases of a playbook, matched with a ticket by meaning: embedded when the playbook is loaded, not later.

A phrase is compared with every sentence of the ticket and with the ticket as a whole, by the vectors that the ticket
has anyway. A sentence that also has the phrase's content words is nearer by up to WORDS. The packaged encoder reads
English; in other languages all sentences lie near each other, so there a phrase holds only where the sentence also has
half of its content words, and the phrase must be in the ticket's language.

Measured with 30 tickets that should match and 60 that should not (other sense of the same words, the opposite, another
matter), 27 meanings of three phrases each, packaged encoder in int8. `ordinary` are pairs of a meaning with tickets
that were written for other purposes (250 a language), of which some do have the meaning.

    English (18 + 43)             at 0.50   16 of 18 found, 11 of 43 wrong
                                  at 0.52   16 of 18 found,  6 of 43 wrong, 22 of 4500 ordinary (about half rightly)
                                  at 0.55   12 of 18 found,  5 of 43 wrong
    de, es, fr, it, nl (9 + 14)   nearness alone, 0.60   8 of 9 found, 1 of 14 wrong, 56 of 2200 ordinary
                                  0.55 and half the words   8 of 9 found, 1 of 14 wrong, 13 of 2200 ordinary
    phrase English, ticket not (3 + 3)   0 of 3 found, 0 of 3 wrong: a lead writes phrases in each language

The first phrase alone, a lead's shorthand ("it is too expensive"), finds 3 of 18 in English with 4 of 43 wrong, so
three or more in customers' own words are worth writing. What is still taken for the meaning is mostly its opposite ("it
was so easy to put together"): a `none` with a phrase for it keeps it out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from recommenders.domain import Context
from recommenders.protocols import Encoder, FloatArray
from recommenders.text.function_words import FUNCTION_WORDS
from recommenders.text.words import stems

NEAR = 0.52  # nearness from which an English ticket has a phrase's meaning
NEAR_ELSEWHERE = 0.55  # the same in other languages, without what words add
WORDS = 0.1  # what having all content words of the phrase adds
HALF = 0.5  # of the content words a sentence in another language must have


@dataclass(frozen=True, slots=True)
class Heard:
    """A phrase that a ticket has the meaning of, the sentence that says so, and how near it is."""

    phrase: str
    quote: str
    nearness: float


@dataclass(frozen=True)
class Meanings:
    """The phrases of a playbook: `vectors` (phrases, dimension), unit rows; `words` their content words as stems."""

    at: Mapping[str, int]
    vectors: FloatArray
    words: tuple[frozenset[str], ...]

    @classmethod
    def build(cls, phrases: Iterable[str], encoder: Encoder, known: Meanings | None = None) -> Meanings:
        """Embeds every phrase once; those that another playbook has (`known`) not again."""
        own = tuple(dict.fromkeys(phrases))
        before = known.at if known is not None else {}
        new = [phrase for phrase in own if phrase not in before]
        fresh = dict(zip(new, encoder.encode(new), strict=True)) if new else {}
        vectors = np.zeros((len(own), encoder.dimension), dtype=np.float32)
        for row, phrase in enumerate(own):
            vectors[row] = known.vectors[before[phrase]] if known is not None and phrase in before else fresh[phrase]
        return cls({phrase: row for row, phrase in enumerate(own)}, vectors, tuple(map(_content, own)))

    def listen(self, context: Context) -> Listener:
        """Compares all phrases with a ticket at once; nothing is near where the ticket was not embedded."""
        return Listener(self, context)


class Listener:
    """One ticket against all phrases: the products of the vectors are computed once, words only where they decide."""

    def __init__(self, meanings: Meanings, context: Context) -> None:
        self._meanings = meanings
        self._sentences = context.concern.sentences
        self._english = context.signals.language == "en"
        self._least = NEAR - WORDS if self._english else NEAR_ELSEWHERE  # cosine below which words don't help
        self._words: dict[int, frozenset[str]] = {}
        self._near: FloatArray | None = None
        if len(meanings.at) and context.sentence_vectors is not None and context.vector is not None and self._sentences:
            rows = np.concatenate([context.sentence_vectors, context.vector[None]])
            self._near = np.asarray(rows @ meanings.vectors.T, dtype=np.float32)  # (sentences + 1, phrases)
            self._best: list[float] = self._near.max(axis=0).tolist()

    def nearest(self, phrases: Iterable[str]) -> Heard | None:
        """The phrase whose meaning the ticket has most surely, or None."""
        if self._near is None:
            return None
        best: Heard | None = None
        for phrase in phrases:
            column = self._meanings.at.get(phrase)
            if column is None or self._best[column] < self._least:
                continue
            heard = self._hear(phrase, self._near[:, column].tolist(), self._meanings.words[column])
            if heard is not None and (best is None or heard.nearness > best.nearness):
                best = heard
        return best

    def _hear(self, phrase: str, near: list[float], words: frozenset[str]) -> Heard | None:
        """The sentence that has the phrase's meaning most surely; the whole text only says that it is there."""
        *sentences, whole = near
        best: tuple[float, int] | None = None
        for row, cosine in enumerate(sentences):
            share = self._share(row, words) if cosine >= self._least else 0.0
            sure = cosine + WORDS * share
            if cosine >= self._least and sure >= NEAR and (self._english or share >= HALF):
                best = max(best or (sure, row), (sure, row), key=lambda found: found[0])
        if best is None and self._english and whole >= NEAR:
            best = whole, sentences.index(max(sentences))
        return None if best is None else Heard(phrase, " ".join(self._sentences[best[1]].text.split()), best[0])

    def _share(self, row: int, words: frozenset[str]) -> float:
        """Of the phrase's content words, how many the sentence has."""
        if row not in self._words:
            self._words[row] = frozenset(stems(self._sentences[row].text))
        return len(words & self._words[row]) / len(words) if words else 0.0


def _content(phrase: str) -> frozenset[str]:
    return frozenset(stems(phrase)) - FUNCTION_WORDS
