"""The retrievers that task `similar` compares, over the same cases, questions and vectors."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from recommenders.bench.datasets import Question
from recommenders.bench.packages import needed
from recommenders.protocols import FloatArray
from recommenders.retrieval.dense import DenseSegment
from recommenders.retrieval.index import CaseIndex
from recommenders.text.language import LanguageDetector

K = 10
_DEEP = 100  # hits of each part that are fused by rank
_RRF = 60  # Cormack et al. 2009
Hits = list[tuple[str, float]]
# (document id, score), best first; of a text and its vector.
Search = Callable[[str, FloatArray], Hits]


@dataclass(frozen=True, slots=True)
class Entry:
    """What `CaseIndex` holds of a question."""

    id: str
    index_text: str
    vector: FloatArray
    labels: tuple[str, ...]
    revision: int = 1


def case_index(cases: Sequence[Question], vectors: FloatArray, model: str) -> CaseIndex:
    """What the service searches, with the questions' intents as the shop's tags."""
    pairs = zip(cases, vectors, strict=True)
    entries = [Entry(case.id, case.text, vector, (case.intent,)) for case, vector in pairs]
    return CaseIndex.build(entries, model, vectors.shape[1], LanguageDetector().detect)


def ours(index: CaseIndex) -> Search:
    """The service's own, which knows of languages that its model was not trained on."""
    language_of = LanguageDetector().detect
    return lambda text, vector: [(hit.id, hit.score) for hit in index.search(text, vector, K, language_of(text))]


def dense(cases: Sequence[Question], vectors: FloatArray, k: int = K) -> Search:
    """Cosine alone."""
    segment = DenseSegment.build(vectors)

    def search(text: str, vector: FloatArray) -> Hits:  # noqa: ARG001
        positions = segment.search(vector, k)
        cosines = segment.cosines(vector, positions)
        return [(cases[p].id, float(cosine)) for p, cosine in zip(positions.tolist(), cosines, strict=True)]

    return search


def bm25(cases: Sequence[Question], k: int = K) -> Search:
    """The library bm25s with its own tokenizer and stop words, and a stemmer."""
    library: Any = needed("bm25s")
    stemmer: Any = needed("Stemmer").Stemmer("english")
    logging.getLogger("bm25s").setLevel(logging.WARNING)  # it sets itself to DEBUG when it is imported

    def tokens(texts: list[str]) -> Any:
        return library.tokenize(texts, stopwords="en", stemmer=stemmer, return_ids=False, show_progress=False)

    index: Any = library.BM25()
    index.index(tokens([case.text for case in cases]), show_progress=False)

    def search(text: str, vector: FloatArray) -> Hits:  # noqa: ARG001
        positions, scores = index.retrieve(tokens([text]), k=min(k, len(cases)), show_progress=False)
        return [(cases[p].id, float(s)) for p, s in zip(positions[0].tolist(), scores[0].tolist(), strict=True)]

    return search


def tfidf(cases: Sequence[Question]) -> Search:
    """Words and pairs of words by scikit-learn, cosine."""
    text_features: Any = needed("sklearn.feature_extraction.text")
    vectorizer = text_features.TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    matrix = vectorizer.fit_transform([case.text for case in cases])

    def search(text: str, vector: FloatArray) -> Hits:  # noqa: ARG001
        scores = (matrix @ vectorizer.transform([text]).T).toarray().ravel()
        best = np.argsort(-scores, kind="stable")[:K]
        return [(cases[p].id, float(scores[p])) for p in best.tolist()]

    return search


def fused_by_rank(cases: Sequence[Question], vectors: FloatArray) -> Search:
    """BM25 and cosine by reciprocal ranks (Cormack et al. 2009), as most search servers fuse them."""
    parts = (bm25(cases, _DEEP), dense(cases, vectors, _DEEP))

    def search(text: str, vector: FloatArray) -> Hits:
        totals: dict[str, float] = {}
        for part in parts:
            for rank, (case, _) in enumerate(part(text, vector), 1):
                totals[case] = totals.get(case, 0.0) + 1.0 / (_RRF + rank)
        return sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:K]

    return search


def logistic(cases: Sequence[Question], vectors: FloatArray) -> Search:
    """The nearest cases of the intent that scikit-learn's logistic regression over the vectors finds likeliest."""
    linear: Any = needed("sklearn.linear_model")
    model = linear.LogisticRegression(C=10.0, max_iter=200).fit(vectors, [case.intent for case in cases])
    column = {name: at for at, name in enumerate(model.classes_)}
    intents = np.array([column[case.intent] for case in cases])

    def search(text: str, vector: FloatArray) -> Hits:  # noqa: ARG001
        likely = model.predict_proba(vector[None])[0]
        # Probabilities decide between intents, cosines within one; both lie within 0 and 1.
        scores = likely[intents] + 1e-6 * (vectors @ vector)
        best = np.argsort(-scores, kind="stable")[:K]
        return [(cases[p].id, float(scores[p])) for p in best.tolist()]

    return search


def txtai(cases: Sequence[Question], vectors: FloatArray, asked: Sequence[tuple[str, FloatArray]]) -> Search:
    """The library txtai as its guide sets up hybrid search, over the same vectors."""
    library: Any = needed("txtai")
    known = {case.text: vector for case, vector in zip(cases, vectors, strict=True)} | dict(asked)
    index: Any = library.Embeddings(
        method="external",
        transform=lambda texts: np.stack([known[text] for text in texts]),
        hybrid=True,
        content=False,
        backend="numpy",
    )
    index.index([(case.id, case.text, None) for case in cases])

    def search(text: str, vector: FloatArray) -> Hits:  # noqa: ARG001
        return [(str(case), float(score)) for case, score in index.search(text, K)]

    return search
