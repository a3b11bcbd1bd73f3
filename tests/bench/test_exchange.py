"""Exchanges judged on tables that can be worked out by hand, and the peers."""

from __future__ import annotations

from contextlib import contextmanager

from recommenders.bench.datasets import tau_retail
from recommenders.bench.exchange import by_cosine, by_words, contexts_of, exchange
from recommenders.bench.exchange import judged as judged_exchanges
from recommenders.bench.outcome import Setup
from tests.bench.test_readers import MODEL
from tests.fakes import HashEncoder


def test_exchange_by_hand(data):
    shop = tau_retail(data)
    made = judged_exchanges("fake", [{"m-rs": ["m-bs", "m-rl"]}] * 2, shop.cases, 1)
    assert [(figure.metric, figure.estimate.value, figure.values, figure.groups) for figure in made] == [
        ("hit@1 train", 1.0, (1.0,), ("train-1",)),
        ("hit@3 train", 1.0, (1.0,), ("train-1",)),
        ("hit@1 dev", 0.0, (0.0,), ("dev-1",)),
        ("hit@3 dev", 1.0, (1.0,), ("dev-1",)),
    ]


def test_a_save_for_another_item_is_no_hit(data):
    made = judged_exchanges("fake", [{"other": ["m-bs", "m-rl"]}] * 2, tau_retail(data).cases, 1)
    assert [figure.estimate.value for figure in made] == [0.0] * 4


def test_the_dense_peer_takes_the_variant_whose_options_sound_most_like_the_request(data):
    blue, _ = contexts_of(tau_retail(data))
    assert by_cosine(HashEncoder(256))(blue)["m-rs"][0] == "m-bs", "the request says blue; what is sold out is left out"
    assert set(by_cosine(HashEncoder(256))(blue)["m-rs"]) == {"m-bs", "m-rl"}


def test_the_peer_counts_words_and_leaves_out_what_is_sold_out(data):
    blue, large = contexts_of(tau_retail(data))
    assert by_words(blue) == {"m-rs": ["m-bs", "m-rl"]}, "both name one value: blue, red; ties by sku"
    assert by_words(large) == {"m-rs": ["m-rl", "m-bs"]}


class Shopkeeper:
    """An answerer that offers the blue mug for the red one, after one that stands in for nothing."""

    catalog = None

    def suggest(self, request):
        assert request["ticket"]["order_ids"] == ["#1"]
        saves = [{"replaces": None, "sku": "m-rl"}, {"replaces": "m-rs", "sku": "m-bs"}]
        return {"saves": [*saves, {"replaces": "m-rs", "sku": "m-bs"}]}

    def encoded(self, request):
        raise NotImplementedError


@contextmanager
def engine_of(shop):
    yield Shopkeeper()


def test_the_engine_is_asked_where_there_is_one(data):
    (data / "tau_retail/shop/tickets.jsonl").write_text("")
    made = exchange(Setup(data, MODEL, engine_of=engine_of))
    found = {f.metric: f.estimate.value for f in made.figures if f.recommender == "engine"}
    assert found == {"hit@1 train": 1.0, "hit@3 train": 1.0, "hit@1 dev": 0.0, "hit@3 dev": 0.0}
    assert (made.ours, made.skipped) == ("engine", ())


def test_without_one_that_part_is_skipped_by_name(data):
    for setup in (Setup(data, MODEL), Setup(data, MODEL, engine_of=engine_of)):
        made = exchange(setup)
        assert [part.split(":")[0] for part in made.skipped] == ["engine"]
        assert made.ours == "saves"
        assert {f.recommender for f in made.figures} == {"words", "dense", "saves"}
