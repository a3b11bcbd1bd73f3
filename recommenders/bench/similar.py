"""Task `similar`: does a question find cases of its own kind, and do questions from elsewhere find nothing?"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from recommenders.bench import retrievers
from recommenders.bench.datasets import Question
from recommenders.bench.filed import CASES, QUESTIONS, Filed, filed_sets
from recommenders.bench.metrics import estimate, ranking, share_above
from recommenders.bench.outcome import About, Figure, Outcome, Setup
from recommenders.bench.packages import MissingPackage
from recommenders.bench.retrievers import K, Search
from recommenders.protocols import Encoder, FloatArray
from recommenders.retrieval.encoder import load_encoder
from recommenders.retrieval.index import FLOOR
from recommenders.signals.heads import HEADS, Heads
from recommenders.signals.matter import MatterEncoder
from recommenders.text.language import LanguageDetector

OURS, BASELINE = "case index", "dense"
_ANSWERED = 0.95  # of the questions, at the threshold at which recommenders are compared
Embedded = list[tuple[str, FloatArray]]
ABOUT = About(
    asked="An agent opens a ticket. Is the case that helps the first that is shown, and does a ticket unlike any "
    "before find nothing?",
    right="A case is right if the shop filed it under the question's own label. Of texts out of scope every hit above "
    "the floor is wrong. 'silence@95' is their share below the threshold that 95 % of the questions reach, for "
    "recommenders that have no floor of their own.",
    source="Banking77 (Casanueva et al. 2020, CC BY 4.0): 5,000 questions of train are the cases, all of test are "
    "asked. Every file similar/NAME.csv in the folder of the data sets is measured the same way. Lines out of scope "
    "are the project's own, unless a file brings its own.",
)


def similar(setup: Setup) -> Outcome:
    """Every set of filed texts; the metrics of all but Banking77 end with the set's name."""
    encoder = load_encoder(setup.model)
    matter = MatterEncoder(encoder, Heads.load(setup.model / HEADS, encoder.source), LanguageDetector().detect)
    figures: list[Figure] = []
    skipped: dict[str, None] = {}
    measured: dict[str, str] = {}
    for filed in filed_sets(setup.data, setup.seed):
        vectors = encoder.encode([case.text for case in filed.cases])
        asked, others = _embedded([q.text for q in filed.asked], encoder), _embedded(filed.strangers, encoder)
        suffix = "" if filed.name == "banking77" else f" {filed.name}"
        own = _embedded([q.text for q in filed.asked], matter), _embedded(filed.strangers, matter)
        recommenders = makers(filed.cases, vectors, [*asked, *others])
        index = retrievers.case_index(filed.cases, matter.encode([case.text for case in filed.cases]), matter.name)
        recommenders[OURS] = partial(retrievers.ours, index)
        for name, make in recommenders.items():
            try:
                search = make()
            except MissingPackage as error:
                skipped[f"{name}: {error}"] = None
                continue
            questions, strangers = own if name == OURS else (asked, others)
            figures += judged(name, search, filed, questions, strangers, setup.seed, suffix)
        measured[filed.name] = filed.revision
    names = ", ".join(measured)
    config = {"cases": CASES, "questions": QUESTIONS, "k": K, "sets": measured}
    return Outcome(
        names, _joint(list(measured.values())), config, tuple(figures),
        baseline=BASELINE, about=ABOUT, skipped=tuple(skipped), ours=OURS, headline="hit@1",
    )  # fmt: skip


def makers(
    cases: Sequence[Question], vectors: FloatArray, asked: Sequence[tuple[str, FloatArray]]
) -> dict[str, Callable[[], Search]]:
    """The peers, each made when it is its turn; `asked` are all texts that will be searched for."""
    return {
        "bm25s": lambda: retrievers.bm25(cases),
        "tf-idf": lambda: retrievers.tfidf(cases),
        BASELINE: lambda: retrievers.dense(cases, vectors),
        "rrf": lambda: retrievers.fused_by_rank(cases, vectors),
        "txtai": lambda: retrievers.txtai(cases, vectors, asked),
        "logistic": lambda: retrievers.logistic(cases, vectors),
    }


def judged(
    name: str, search: Search, filed: Filed, asked: Embedded, others: Embedded, seed: int, suffix: str = ""
) -> list[Figure]:
    """The figures of one recommender.

    Args:
        name: the recommender's.
        search: what is judged.
        filed: cases and questions with their labels.
        asked: the questions' texts with their vectors, in the same order.
        others: texts out of scope with their vectors.
        seed: of the confidence intervals.
        suffix: of the metrics' names.
    """
    kinds: dict[str, set[str]] = {}
    for case in filed.cases:
        kinds.setdefault(case.intent, set()).add(case.id)
    found = [search(*question) for question in asked]
    strange = [_best(search(*other)) for other in others]
    best = [_best(hits) for hits in found]
    values: dict[str, tuple[float, ...]] = ranking(
        [[case for case, _ in hits] for hits in found],
        [kinds.get(question.intent, set()) for question in filed.asked],
        ("hit@1", "hit@3", f"mrr@{K}", f"p@{K}"),
    )
    if strange:
        threshold = float(np.quantile(best, 1.0 - _ANSWERED))
        values["auroc"] = tuple(share_above(score, best) for score in strange)
        values["silence@95"] = tuple(float(score < threshold) for score in strange)
    if name == OURS:
        values["answered"] = tuple(float(score >= FLOOR) for score in best)
        values["silence"] = tuple(float(score < FLOOR) for score in strange)
    return [
        Figure(name, metric + suffix, estimate(each, seed=seed), each, detail=metric == f"p@{K}")
        for metric, each in values.items()
        if each
    ]


def _joint(revisions: Sequence[str]) -> str:
    """One digest of several; that of one is its own."""
    return revisions[0] if len(revisions) == 1 else hashlib.sha256("".join(revisions).encode()).hexdigest()


def _best(hits: retrievers.Hits) -> float:
    return max((score for _, score in hits), default=0.0)


def _embedded(texts: Sequence[str], encoder: Encoder) -> Embedded:
    return list(zip(texts, encoder.encode(texts), strict=True))
