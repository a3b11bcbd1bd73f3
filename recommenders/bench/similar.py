"""Task `similar`: does a question find cases of its own intent, and do questions from elsewhere find nothing?"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np

from recommenders.bench.datasets import Question, banking77
from recommenders.bench.metrics import estimate, hit_at, reciprocal_rank, share_above
from recommenders.bench.outcome import Figure, Outcome, Setup
from recommenders.protocols import Encoder, FloatArray
from recommenders.retrieval.dense import DenseSegment
from recommenders.retrieval.encoder import load_encoder
from recommenders.retrieval.fusion import LEXICAL_WEIGHT
from recommenders.retrieval.index import FLOOR, CaseIndex

CASES, QUESTIONS, K = 5000, 1000, 10
# (document id, score), best first; of a text and its vector.
Search = Callable[[str, FloatArray], list[tuple[str, float]]]


@dataclass(frozen=True, slots=True)
class _Entry:
    """What `CaseIndex` holds of a question."""

    id: str
    index_text: str
    vector: FloatArray
    revision: int = 1


def similar(setup: Setup) -> Outcome:
    """Banking77: 5,000 questions of train are the cases, 1,000 of test are asked; a case is right if its intent is.

    `bm25` is the library bm25s with its own tokenizer, `dense` the cosine alone, `case index` what the service uses.
    `auroc` says how well the score of the best case tells questions from lines that have nothing to do with a bank.
    `silence` is the share of those lines for which nothing reaches the floor, `answered` that of the questions for
    which something does; only the case index has a floor.
    """
    data = banking77(setup.data)
    encoder = load_encoder(setup.model)
    cases = sample(data.train, CASES, setup.seed)
    asked = sample(data.test, QUESTIONS, setup.seed + 1)
    strangers = out_of_scope()
    vectors = encoder.encode([case.text for case in cases])
    questions = [(q.text, v) for q, v in zip(asked, encoder.encode([q.text for q in asked]), strict=True)]
    others = list(zip(strangers, encoder.encode(strangers), strict=True))
    figures: list[Figure] = []
    for name, search in searches(cases, vectors, encoder).items():
        figures += judged(name, search, cases, asked, questions, others, setup.seed)
    config = {"cases": len(cases), "questions": len(asked), "out_of_scope": strangers, "lexical_weight": LEXICAL_WEIGHT}
    return Outcome("banking77", data.revision, config, tuple(figures))


def sample(questions: Sequence[Question], count: int, seed: int) -> list[Question]:
    """At most `count` questions, drawn without replacement, in their old order."""
    drawn = np.random.default_rng(seed).permutation(len(questions))[:count]
    return [questions[at] for at in sorted(drawn.tolist())]


def out_of_scope() -> list[str]:
    """Lines that no bank's case answers: small talk, other shops' tickets, other matters, in several languages."""
    text = resources.files(__package__).joinpath("out_of_scope.txt").read_text("utf-8")
    return [line for line in text.splitlines() if line]


def searches(cases: Sequence[Question], vectors: FloatArray, encoder: Encoder) -> dict[str, Search]:
    """The recommenders that are compared, over the same cases."""
    entries = [_Entry(case.id, case.text, vector) for case, vector in zip(cases, vectors, strict=True)]
    index = CaseIndex.build(entries, encoder.name, encoder.dimension)
    return {
        "bm25": _bm25(cases),
        "dense": _dense(vectors, cases),
        "case index": lambda text, vector: [(h.id, h.score) for h in index.search(text, vector, K, "en")],
    }


def judged(
    name: str,
    search: Search,
    cases: Sequence[Question],
    asked: Sequence[Question],
    questions: Sequence[tuple[str, FloatArray]],
    others: Sequence[tuple[str, FloatArray]],
    seed: int,
) -> list[Figure]:
    """The figures of one recommender.

    Args:
        name: the recommender's.
        search: what is judged.
        cases: what it searches.
        asked: the questions with their intents.
        questions: the same with their vectors, in the same order.
        others: lines out of scope with their vectors.
        seed: of the confidence intervals.
    """
    intent = {case.id: case.intent for case in cases}
    found = [search(*question) for question in questions]
    ranked = [[intent[case] for case, _ in hits] for hits in found]
    best = [hits[0][1] if hits else 0.0 for hits in found]
    strange = [hits[0][1] if (hits := search(*other)) else 0.0 for other in others]
    right = [(intents, {question.intent}) for intents, question in zip(ranked, asked, strict=True)]
    values: dict[str, list[float]] = {
        "hit@1": [hit_at(*pair, 1) for pair in right],
        "hit@3": [hit_at(*pair, 3) for pair in right],
        "mrr@10": [reciprocal_rank(*pair, K) for pair in right],
        "auroc": [share_above(score, best) for score in strange],
    }
    if name == "case index":
        values["answered"] = [float(score >= FLOOR) for score in best]
        values["silence"] = [float(score < FLOOR) for score in strange]
    return [Figure(name, metric, estimate(each, seed=seed)) for metric, each in values.items()]


def _dense(vectors: FloatArray, cases: Sequence[Question]) -> Search:
    segment = DenseSegment.build(vectors)

    def search(text: str, vector: FloatArray) -> list[tuple[str, float]]:  # noqa: ARG001
        positions = segment.search(vector, K)
        cosines = segment.cosines(vector, positions)
        return [(cases[p].id, float(cosine)) for p, cosine in zip(positions.tolist(), cosines, strict=True)]

    return search


def _bm25(cases: Sequence[Question]) -> Search:
    import bm25s  # here and not above: nothing but this benchmark needs it
    import Stemmer

    logging.getLogger("bm25s").setLevel(logging.WARNING)  # it sets itself to DEBUG when it is imported
    stemmer: Any = Stemmer.Stemmer("english")

    def tokens(texts: list[str]) -> Any:
        return bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, return_ids=False, show_progress=False)

    index: Any = bm25s.BM25()
    index.index(tokens([case.text for case in cases]), show_progress=False)

    def search(text: str, vector: FloatArray) -> list[tuple[str, float]]:  # noqa: ARG001
        positions, scores = index.retrieve(tokens([text]), k=min(K, len(cases)), show_progress=False)
        return [(cases[p].id, float(s)) for p, s in zip(positions[0].tolist(), scores[0].tolist(), strict=True)]

    return search
