"""SimilarRecommender: resolved tickets like this one, with the reply that worked and why they are shown."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rapidfuzz import fuzz

from recommenders.domain import Case, Context, Customer, Message, SimilarCase
from recommenders.retrieval.fusion import margin_of, score_of
from recommenders.retrieval.index import CaseIndex, Hit
from recommenders.retrieval.lexical import tokenize
from recommenders.text.redact import facts_of, redact
from recommenders.text.replies import clean_reply
from recommenders.text.sentences import split_sentences

QUIET = frozenset({"small_talk", "off_topic"})  # intents that no case can help with
Labels = frozenset[str]

_CANDIDATES = 24
# In the units of the fused score, whose floor is 0. Small beside the 0.2 between a neighbour and a stranger: they
# reorder what is about equally close.
_SHARED_LABEL, _MOST_SHARED = 0.04, 0.10  # each intent or need in common, and all together
_OTHER_CAUTION = 0.06  # the case is about a reaction, a dispute, a loss, and this ticket is not
_SAME_LANGUAGE = 0.02
_PER_STAR = 0.008  # of a rating, from 3
_REOPENED = 0.05
_PER_YEAR = 0.01  # of age, up to three years
_BELOW_FLOOR = 0.04  # how far under the floor agreement in what is wanted may lift a case from
_NOT_FAR = 0.30  # behind the best: what is that much further away is noise beside it
_SAME_REPLY = 92  # rapidfuzz ratio of two replies that say the same
_EXCERPT = 220
_REMEMBERED = 4000  # cleaned cases

_SOLVED = {
    "refund": "solved by a refund", "return": "solved by a return", "exchange": "solved by an exchange",
    "replacement": "solved by a replacement", "save": "kept with another product",
    "upsell": "kept with another product",
    "goodwill": "solved by a goodwill gesture", "answer": "solved by an answer",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Shown:
    """What of a case does not depend on the ticket: cleaned once, shown often."""

    case: Case
    reply: str
    sentences: tuple[str, ...]


class SimilarRecommender:
    """Reads the index and the cases; holds no state but a cache. Threads may share it.

    `cases_of` gives the cases of ids; `labels_of` what cases are about ("intent:…", "need:…", "caution:…"), from their
    ids; `customer_of` the record of a case's customer, so that its names can be taken out.
    """

    def __init__(
        self,
        index: CaseIndex,
        cases_of: Callable[[Sequence[str]], Mapping[str, Case]],
        labels_of: Callable[[Sequence[str]], Sequence[Labels]] | None = None,
        customer_of: Callable[[str], Customer | None] | None = None,
    ) -> None:
        self._index = index
        self._cases_of = cases_of
        self._labels_of = labels_of
        self._customer_of = customer_of
        self._shown: dict[str, _Shown | None] = {}

    def recommend(self, context: Context, limit: int | None = None) -> tuple[SimilarCase, ...]:
        """At most `limit` (the context's) cases above the floor, best first, ties by id; none for small talk.

        The ticket itself and what was resolved after `context.now` are left out, as are cases that say the same as a
        better one.
        """
        wanted = context.limit if limit is None else limit
        intents = {intent.id for intent in context.signals.intents}
        if context.vector is None or not context.concern.text.strip() or (intents and intents <= QUIET) or wanted < 1:
            return ()
        text, language = context.concern.text, context.signals.language
        hits = self._index.search(text, context.vector, _CANDIDATES, language)
        hits = [hit for hit in hits if margin_of(hit.score) >= -_BELOW_FLOOR and hit.id != context.ticket.id]
        if not hits:
            return ()
        cases = self._cases_of([hit.id for hit in hits])
        labels = self._labels([hit.id for hit in hits])
        ranked = []
        for hit in hits:
            case = cases.get(hit.id)
            if case is None or case.resolved_at > context.now:
                continue
            margin = margin_of(hit.score) + self._prior(case, labels.get(hit.id, frozenset()), context)
            if margin >= 0:
                ranked.append((margin, hit, case))
        ranked.sort(key=lambda entry: (-entry[0], entry[1].id))
        return self._chosen(ranked, labels, context, wanted)

    def _chosen(
        self, ranked: list[tuple[float, Hit, Case]], labels: Mapping[str, Labels], context: Context, wanted: int
    ) -> tuple[SimilarCase, ...]:
        chosen: list[SimilarCase] = []
        words = frozenset(tokenize(context.concern.text))
        for margin, hit, case in ranked:
            if len(chosen) == wanted or (ranked[0][0] - margin) > _NOT_FAR:
                break
            shown = self._prepared(case)
            if shown is None or any(fuzz.ratio(shown.reply, other.reply) >= _SAME_REPLY for other in chosen):
                continue
            shared = labels.get(hit.id, frozenset()) & _labels_in(context)
            chosen.append(
                SimilarCase(
                    shown.case,
                    round(score_of(margin), 4),
                    _excerpt(shown, words),
                    shown.reply,
                    _why(case, shared, context),
                )
            )
        return tuple(chosen)

    def _labels(self, ids: Sequence[str]) -> dict[str, Labels]:
        if self._labels_of is None:
            return {}
        return dict(zip(ids, self._labels_of(ids), strict=True))

    def _prior(self, case: Case, labels: Labels, context: Context) -> float:
        own = _labels_in(context)
        shared = {label for label in labels & own if not label.startswith("caution:")}
        foreign = {label for label in labels - own if label.startswith("caution:")}
        value = min(_MOST_SHARED, _SHARED_LABEL * len(shared)) - _OTHER_CAUTION * bool(foreign)
        if case.language and case.language == context.signals.language:
            value += _SAME_LANGUAGE
        if case.outcome is not None:
            value += _PER_STAR * ((case.outcome.csat or 3) - 3) - _REOPENED * case.outcome.reopened
        return value - _PER_YEAR * min(3.0, _years(case.resolved_at, context.now))

    def _prepared(self, case: Case) -> _Shown | None:
        """Cleaned for showing; None when no agent replied. Remembered: the index belongs to one state of the shop."""
        known = self._shown  # replaced as a whole when it is full, never emptied: another thread may be reading it
        if case.id in known:
            return known[case.id]
        if len(known) >= _REMEMBERED:
            known = self._shown = {}
        shown = known[case.id] = self._clean(case)
        return shown

    def _clean(self, case: Case) -> _Shown | None:
        reply = main_reply(case.messages)
        if reply is None:
            return None
        customer = self._customer_of(case.customer_id) if self._customer_of and case.customer_id else None
        facts = facts_of(case, customer)
        said = [s.text for m in case.messages if m.author == "customer" for s in split_sentences(m.text[:4000])]
        sentences = tuple(dict.fromkeys(kept for text in said if len(kept := redact(text, facts)) > 1))
        subject = redact(case.subject, facts)
        return _Shown(replace(case, subject=subject), clean_reply(case, reply.text, customer), sentences)


def main_reply(messages: Sequence[Message]) -> Message | None:
    """The agent's message that did the work: the longest, up to 60 words; a short question back counts for little."""
    replies = [m for m in messages if m.author == "agent" and m.text.strip()]
    return max(replies, key=lambda m: _substance(m.text), default=None)


def _substance(text: str) -> float:
    words = min(60, len(text.split()))
    return words / 3 if text.rstrip().endswith("?") and words < 25 else float(words)


def _excerpt(shown: _Shown, words: frozenset[str]) -> str:
    """The customer's sentence that has most in common with the ticket; of equals the first."""

    def telling(sentence: str) -> float:
        tokens = set(tokenize(sentence))
        return (len(tokens & words) + 0.25 * min(len(tokens), 12)) / math.sqrt(4 + len(tokens))

    best = max(shown.sentences, key=telling, default=shown.case.subject)
    return best if len(best) <= _EXCERPT else best[: _EXCERPT - 1].rsplit(" ", 1)[0] + "…"


def _labels_in(context: Context) -> Labels:
    signals = context.signals
    return frozenset(
        [f"intent:{intent.id}" for intent in signals.intents]
        + [f"need:{need.id}" for need in signals.needs]
        + [f"caution:{caution.id}" for caution in signals.cautions]
    )


def _why(case: Case, shared: Labels, context: Context) -> str:
    needs = [need.text for need in context.signals.needs if f"need:{need.id}" in shared]
    wishes = [i.id.replace("_", " ") for i in context.signals.intents if f"intent:{i.id}" in shared]
    if needs:
        about = f"Same need: {needs[0]}"
    elif wishes:
        about = f"Same matter: {wishes[0]}"
    else:
        about = "Similar problem"
    parts = [about]
    if case.resolution is not None and case.resolution.kind in _SOLVED:
        parts.append(_SOLVED[case.resolution.kind])
    if case.outcome is not None and case.outcome.csat is not None:
        parts.append(f"customer rated {case.outcome.csat} of 5")
    if case.outcome is not None and case.outcome.reopened:
        parts.append("opened again later")
    return "; ".join(parts)


def _years(then: datetime, now: datetime) -> float:
    return max(0.0, (now - then).days / 365.25)
