"""Recommenders judged on tables that can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from recommenders.bench.datasets import Question, tau_retail
from recommenders.bench.exchange import by_words, contexts_of
from recommenders.bench.exchange import judged as judged_exchanges
from recommenders.bench.reading import figures_of
from recommenders.bench.similar import judged, out_of_scope, sample, searches
from tests.fakes import HashEncoder

CASES = [Question("c1", "", "arrival"), Question("c2", "", "lost"), Question("c3", "", "rate")]
FOUND = {
    "q1": [("c1", 0.9), ("c2", 0.8)],  # right at once
    "q2": [("c1", 0.7), ("c3", 0.6), ("c2", 0.5)],  # right at rank 3
    "q3": [("c1", 0.6)],  # never right
    "q4": [],
    "s1": [("c3", 0.65)],  # below two of the best scores 0.9, 0.7, 0.6, 0 above two
    "s2": [],  # 0: below three, equal to one
}


def figures(name):
    zero = np.zeros(2, dtype=np.float32)
    asked = [
        Question("q1", "", "arrival"),
        Question("q2", "", "lost"),
        Question("q3", "", "rate"),
        Question("q4", "", "x"),
    ]
    made = judged(
        name, lambda text, _: FOUND[text], CASES, asked, [(q.id, zero) for q in asked], [("s1", zero), ("s2", zero)], 1
    )
    return {figure.metric: figure.estimate.value for figure in made}


def test_similar_by_hand():
    assert figures("dense") == {
        "hit@1": 1 / 4,
        "hit@3": 2 / 4,
        "mrr@10": pytest.approx((1 + 1 / 3) / 4),
        "auroc": pytest.approx((2 / 4 + 3.5 / 4) / 2),
    }


def test_only_the_case_index_has_a_floor():
    made = figures("case index")
    assert made["answered"] == 3 / 4, "0.9, 0.7 and 0.6 reach 0.5"
    assert made["silence"] == 1 / 2, "0.65 reaches it, nothing does not"


def test_all_recommenders_find_the_case_that_was_asked_word_for_word():
    texts = ["where is my card", "my card was stolen", "what is the exchange rate today", "close the account please"]
    cases = [Question(f"c{n}", text, str(n)) for n, text in enumerate(texts)]
    encoder = HashEncoder()
    made = searches(cases, encoder.encode(texts), encoder)
    assert list(made) == ["bm25", "dense", "case index"]
    for name, search in made.items():
        assert search(texts[2], encoder.encode([texts[2]])[0])[0][0] == "c2", name


def test_a_sample_is_drawn_by_its_seed_without_repeats():
    questions = [Question(str(n), "", "") for n in range(100)]
    drawn = sample(questions, 10, 5)
    assert drawn == sample(questions, 10, 5) != sample(questions, 10, 6)
    assert len(set(drawn)) == 10
    assert sample(questions, 500, 5) == questions


def test_lines_out_of_scope_are_many_and_different():
    lines = out_of_scope()
    assert len(lines) == len(set(lines)) >= 60


def test_exchange_by_hand(data):
    shop = tau_retail(data)
    offered = [{"m-rs": ["m-bs", "m-rl"]}, {"m-rs": ["m-bs", "m-rl"]}]
    contexts = contexts_of(shop)
    by_context = dict(zip(map(id, contexts), offered, strict=True))
    made = judged_exchanges("fake", lambda context: by_context[id(context)], shop.cases, contexts, 1)
    assert [(figure.metric, figure.estimate.value) for figure in made] == [
        ("hit@1 train", 1.0),
        ("hit@3 train", 1.0),
        ("hit@1 dev", 0.0),
        ("hit@3 dev", 1.0),
    ]


def test_a_save_for_another_item_is_no_hit(data):
    shop = tau_retail(data)
    made = judged_exchanges("fake", lambda _: {"other": ["m-bs", "m-rl"]}, shop.cases, contexts_of(shop), 1)
    assert [figure.estimate.value for figure in made] == [0.0] * 4


def test_the_peer_counts_words_and_leaves_out_what_is_sold_out(data):
    blue, large = contexts_of(tau_retail(data))
    assert by_words(blue) == {"m-rs": ["m-bs", "m-rl"]}, "both name one value: blue, red; ties by sku"
    assert by_words(large) == {"m-rs": ["m-rl", "m-bs"]}


def test_stored_figures_become_rows():
    stored = {"examples": 9, "both": {"intent": {"map": 0.5, "recall": 0.25}}, "mood_r": 0.6}
    assert [(f.recommender, f.metric, f.estimate.value, f.estimate.n) for f in figures_of(stored)] == [
        ("both", "map intent", 0.5, 9),
        ("both", "recall intent", 0.25, 9),
        ("branch", "r mood", 0.6, 9),
    ]
    assert list(figures_of({"examples": 9})) == []
