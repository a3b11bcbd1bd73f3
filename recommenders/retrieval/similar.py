"""SimilarRecommender: resolved tickets like this one, with the reply that worked and why they are shown."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence, Set
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from rapidfuzz import fuzz

from recommenders.domain import Case, Context, Customer, Message, SimilarCase
from recommenders.protocols import FloatArray
from recommenders.retrieval.fusion import margin_of, score_of
from recommenders.retrieval.index import FLOOR, Hit
from recommenders.retrieval.lexical import tokenize
from recommenders.text.redact import facts_of, redact
from recommenders.text.replies import clean_reply
from recommenders.text.sentences import split_sentences

_QUIET = frozenset({"small_talk", "off_topic"})  # intents that no case can help with
_POLITE = frozenset({"praise"})  # and one that adds nothing to them: "Thanks, bye!"

_CANDIDATES = 24
# In units of the cosine, from the floor. Small beside the 0.2 between a neighbour and a stranger: they reorder what is
# about equally close; over the floor they lift nothing, and under it they press nothing.
_SAME_LANGUAGE = 0.02
_PER_STAR = 0.008  # of a rating, from 3
_REOPENED = 0.05
_PER_YEAR = 0.01  # of age, up to three years
_NOT_FAR = 0.40  # behind the best: what is that much further away is noise beside it
_SAME_WORDS = 92  # rapidfuzz ratio of two texts that say the same
_SAME_TO_THE_LETTER = 99  # where the shop filed them apart: a form letter about another matter is another reply
_PROBLEM = 600  # characters of the problem by which two cases are compared
_EXCERPT = 220
_REMEMBERED = 4000  # cleaned cases

_SOLVED = {
    "refund": "solved by a refund", "return": "solved by a return", "exchange": "solved by an exchange",
    "replacement": "solved by a replacement", "save": "kept with another product",
    "upsell": "kept with another product",
    "goodwill": "solved by a goodwill gesture", "answer": "solved by an answer",
}  # fmt: skip


class Searched(Protocol):
    """What finds cases; `CaseIndex`."""

    def search(self, text: str, vector: FloatArray, k: int, language: str = "") -> list[Hit]:
        """At most k cases, best first."""
        ...


@dataclass(frozen=True, slots=True)
class _Shown:
    """What of a case does not depend on the ticket: cleaned once, shown often."""

    case: Case
    reply: str
    sentences: tuple[str, ...]
    words: tuple[frozenset[str], ...]  # of each sentence
    problem: str


class SimilarRecommender:
    """Reads the index and the cases; holds no state but a cache. Threads may share it.

    `cases_of` gives the cases of ids; `customer_of` the record of a case's customer, so that its names are taken out.
    """

    def __init__(
        self,
        index: Searched,
        cases_of: Callable[[Sequence[str]], Mapping[str, Case]],
        customer_of: Callable[[str], Customer | None] | None = None,
    ) -> None:
        self._index = index
        self._cases_of = cases_of
        self._customer_of = customer_of
        self._shown: dict[str, _Shown | None] = {}

    def over(self, index: Searched) -> SimilarRecommender:
        """The same over another index of the same cases."""
        made = copy(self)
        made._index = index
        return made

    def recommend(self, context: Context, limit: int | None = None) -> tuple[SimilarCase, ...]:
        """At most `limit` (the context's) cases above the floor, best first, ties by id; none for small talk.

        The ticket itself and what was resolved after `context.now` are left out, as are cases that say the same as a
        better one: the same reply, or the same problem with the same end.
        """
        wanted = context.limit if limit is None else limit
        intents = {intent.id for intent in context.signals.intents}
        if context.vector is None or not context.concern.text.strip() or is_quiet(intents) or wanted < 1:
            return ()
        text, language = context.concern.text, context.signals.language
        hits = self._index.search(text, context.vector, _CANDIDATES, language)
        hits = [hit for hit in hits if hit.score >= FLOOR and hit.id != context.ticket.id]
        if not hits:
            return ()
        cases = self._cases_of([hit.id for hit in hits])
        ranked = []
        for hit in hits:
            case = cases.get(hit.id)
            if case is None or case.resolved_at > context.now:
                continue
            ranked.append((margin_of(hit.score) + _prior(case, context), hit, case))
        ranked.sort(key=lambda entry: (-entry[0] - entry[1].discount, entry[1].id))
        return self._chosen(ranked, context, wanted)

    def _chosen(self, ranked: list[tuple[float, Hit, Case]], context: Context, wanted: int) -> tuple[SimilarCase, ...]:
        chosen: list[SimilarCase] = []
        kept: list[_Shown] = []
        words = frozenset(tokenize(context.concern.text))
        for margin, hit, case in ranked:
            if len(chosen) == wanted or (ranked[0][0] - margin) > _NOT_FAR:
                break
            shown = self._prepared(case)
            if shown is None or any(_same(shown, other) for other in kept):
                continue
            kept.append(shown)
            # One that makes room for another idea is not shown as the better one.
            score = min([max(FLOOR, round(score_of(margin), 4)), *(other.score for other in chosen[-1:])])
            chosen.append(SimilarCase(shown.case, score, _excerpt(shown, words), shown.reply, _why(case, hit.label)))
        return tuple(chosen)

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
        problem = " ".join((subject, *sentences))[:_PROBLEM]
        words = tuple(frozenset(tokenize(sentence)) for sentence in sentences)
        return _Shown(
            replace(case, subject=subject), clean_reply(case, reply.text, customer), sentences, words, problem
        )


def is_quiet(intents: Set[str]) -> bool:
    """Whether a ticket with these intents says nothing that a case could help with; praise alone may."""
    return bool(intents & _QUIET) and intents <= _QUIET | _POLITE


def main_reply(messages: Sequence[Message]) -> Message | None:
    """The agent's message that did the work: the longest, up to 60 words; a short question back counts for little."""
    replies = [m for m in messages if m.author == "agent" and m.text.strip()]
    return max(replies, key=lambda m: _substance(m.text), default=None)


def _substance(text: str) -> float:
    words = min(60, len(text.split()))
    return words / 3 if text.rstrip().endswith("?") and words < 25 else float(words)


def _excerpt(shown: _Shown, words: frozenset[str]) -> str:
    """The customer's sentence that has most in common with the ticket; of equals the first."""

    def telling(place: int) -> float:
        tokens = shown.words[place]
        return (len(tokens & words) + 0.25 * min(len(tokens), 12)) / math.sqrt(4 + len(tokens))

    best = shown.sentences[max(range(len(shown.words)), key=telling)] if shown.words else shown.case.subject
    return best if len(best) <= _EXCERPT else best[: _EXCERPT - 1].rsplit(" ", 1)[0] + "…"


def _same(one: _Shown, other: _Shown) -> bool:
    """Whether two cases are one idea: the same reply, or the same problem with the same end."""
    tags, others = set(one.case.tags), set(other.case.tags)
    apart = tags and others and tags.isdisjoint(others)
    if fuzz.ratio(one.reply, other.reply, score_cutoff=_SAME_TO_THE_LETTER if apart else _SAME_WORDS):
        return True
    end = one.case.resolution
    return (
        end is not None
        and end == other.case.resolution
        and bool(fuzz.ratio(one.problem, other.problem, score_cutoff=_SAME_WORDS))
    )


def _prior(case: Case, context: Context) -> float:
    value = 0.0
    if case.language and case.language == context.signals.language:
        value += _SAME_LANGUAGE
    if case.outcome is not None:
        value += _PER_STAR * ((case.outcome.csat or 3) - 3) - _REOPENED * case.outcome.reopened
    return value - _PER_YEAR * min(3.0, _years(case.resolved_at, context.now))


def _why(case: Case, label: str) -> str:
    about = f"Same matter: {' '.join(re.split('[-_ ]+', label))}" if label else "Similar problem"
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
