"""Reads a ticket: intents, needs, cautions, occasions and mood by the heads, exclusions by their own module."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from recommenders.domain import Caution, Concern, Intent, Need, Occasion, Sentiment, Signals
from recommenders.protocols import FloatArray
from recommenders.signals.agree import Family, Reading, agree
from recommenders.signals.exclusions import find_exclusions
from recommenders.signals.heads import Correction, Heads, Verdict
from recommenders.signals.needs import need_kinds

FAMILIES: tuple[Family, ...] = ("intent", "need", "caution", "occasion")
UNLIKELY = 0.05  # probability below which a label plays no part
QUOTE = 200  # characters of a quote; longer sentences are cut at a word
CLOSING = frozenset({"small_talk", "praise"})


@dataclass(frozen=True)
class TicketReader:
    """Turns a concern and its vectors into signals; built once, read-only."""

    heads: Heads

    def read(
        self,
        concern: Concern,
        whole: FloatArray,
        sentences: FloatArray,
        language: str,
        *,
        background: int = 0,
        own: Correction | None = None,
    ) -> Signals:
        """Signals of the concern; the first `background` sentences count only where the rest leans on them.

        Args:
            concern: the text with its sentences.
            whole: vector of the text, (d,).
            sentences: vectors of the sentences in their context, (n, d).
            language: ISO 639-1, as detected.
            background: how many leading sentences are earlier messages.
            own: what the shop's own examples add to the heads.
        """
        texts = [sentence.text for sentence in concern.sentences]
        fresh = sentences[background:]
        if 0 < background < len(sentences):
            newest = texts[background:]
            now = self.heads.read(_mean(fresh), fresh, [" ".join(newest), *newest], own, language)
            if self._closes(now):
                return self._signals(concern, now, background, language)
        return self._signals(
            concern, self.heads.read(whole, sentences, [concern.text, *texts], own, language), 0, language
        )

    def _closes(self, verdict: Verdict) -> bool:
        held = {name for name, i in self.heads.family("intent") if verdict.probability[i] >= self.heads.threshold[i]}
        return bool(held) and held <= CLOSING

    def _signals(self, concern: Concern, verdict: Verdict, offset: int, language: str) -> Signals:
        held = agree({family: self._readings(family, verdict) for family in FAMILIES}, verdict.mood)

        def found(family: Family) -> list[tuple[str, float, str]]:
            """(id, score, quote) of what holds, strongest first."""
            return [(r.id, r.score, self._quote(concern, r.sentence + offset)) for r in held[family]]

        kinds = need_kinds()
        return Signals(
            language=language,
            intents=tuple(Intent(*row) for row in found("intent")),
            needs=tuple(Need(i, kinds[i].text["en"], None, quote, score) for i, score, quote in found("need")),
            sentiment=sentiment_of(verdict.mood),
            occasions=tuple(Occasion(*row) for row in found("occasion")),
            cautions=tuple(Caution(*row) for row in found("caution")),
            exclusions=find_exclusions(concern, language),
            probability=verdict.probability,
        )

    def _readings(self, family: Family, verdict: Verdict) -> list[Reading]:
        """What may hold: of a hundred labels nearly all are out of the question, and nobody asks for those."""
        probabilities, rows = verdict.probability.tolist(), []
        for name, i in self.heads.family(family):
            if (probability := probabilities[i]) >= UNLIKELY:
                holds = probability >= self._thresholds[i]
                rows.append(Reading(name, round(probability, 4), verdict.sentence(i), holds))
        return rows

    @cached_property
    def _thresholds(self) -> list[float]:
        found: list[float] = self.heads.threshold.tolist()
        return found

    def _quote(self, concern: Concern, place: int) -> str:
        if not concern.sentences:
            return cut(concern.text)
        return cut(concern.sentences[min(place, len(concern.sentences) - 1)].text)


def cut(text: str, length: int = QUOTE) -> str:
    """A quote of at most `length` characters, cut at a word."""
    text = " ".join(text.split())
    return text if len(text) <= length else text[:length].rsplit(" ", 1)[0] + " …"


def _mean(vectors: FloatArray) -> FloatArray:
    mean: FloatArray = vectors.mean(axis=0)
    length = float(np.linalg.norm(mean))
    return mean / length if length else mean


def sentiment_of(mood: float) -> Sentiment:
    """The mood, -1 to 1, with its label."""
    label = "angry" if mood <= -0.7 else "negative" if mood <= -0.2 else "positive" if mood >= 0.2 else "neutral"
    return Sentiment(label, round(mood, 2))
