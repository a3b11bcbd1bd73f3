"""Offers to labelled cases, judged by hand; peers over a shop of three products; times."""

from __future__ import annotations

import json
from contextlib import contextmanager

import pytest

from recommenders.bench.cases import Label, LabelledShop, ShopCase, labelled_shops
from recommenders.bench.datasets import DatasetError, MissingDataset
from recommenders.bench.outcome import Setup
from recommenders.bench.packages import MissingPackage
from recommenders.bench.saves import Answered, Offer, Peers, judged, read_answer, saves
from recommenders.bench.speed import PASS, WHOLE, figures_of, speed
from recommenders.domain import Catalog, Product, Variant
from tests.bench.test_readers import MODEL
from tests.fakes import HashEncoder


def label(*offers, silent=False, selling=True):
    return Label(frozenset(offers), silent, selling)


LABELS = [
    ("hats", label("cap", "beret-red")),
    ("hats", label("cap")),
    ("hats", label(silent=True, selling=False)),
    ("bags", label(silent=True)),
    ("bags", label("tote")),
]


def answered(*offers, silent=False):
    return Answered(tuple(Offer("alternative", *offer) for offer in offers), silent, True)


ANSWERS = [
    answered(("beret", "beret-red"), ("fez", "fez-1")),  # right first, then wrong
    answered(("fez", "fez-1"), ("cap", "cap-1")),  # wrong first, then right
    answered(silent=True),  # rightly silent, but would sell
    answered(("tote", "tote-1")),  # wrongly not silent
    answered(silent=True),  # wrongly silent
]


def test_five_cases_by_hand():
    made = {f.metric: f.estimate for f in judged("engine", ANSWERS, LABELS, None, 1)}
    assert {metric: e.value for metric, e in made.items()} == {
        "hit@1": pytest.approx(1 / 3),
        "recall": pytest.approx(2 / 3),
        "silence recall": 1 / 2,
        "selling accuracy": 4 / 5,
        "precision": 2 / 5,
        "silence precision": 1 / 2,
    }
    assert made["precision"].n == 5, "offers"


def test_a_shop_alone_is_a_detail():
    made = judged("engine", ANSWERS, LABELS, "bags", 1)
    assert {f.metric: f.estimate.value for f in made} == {
        "hit@1 bags": 0.0, "recall bags": 0.0, "silence recall bags": 0.0, "selling accuracy bags": 1.0,
        "precision bags": 0.0, "silence precision bags": 0.0,
    }  # fmt: skip
    assert all(f.detail for f in made)


def test_silence_is_right_where_there_is_nothing_to_offer():
    made = judged("engine", [answered(silent=True)], [("hats", label())], None, 1)
    assert {f.metric: f.estimate.value for f in made} == {"selling accuracy": 1.0, "silence precision": 1.0}


def test_a_fix_or_the_same_again_is_no_offer_but_not_silence():
    answer = {
        "saves": [
            {"kind": "fix", "handle": None, "sku": None},
            {"kind": "replacement", "handle": "cap", "sku": "cap-1"},
            {"kind": "exchange", "handle": "cap", "sku": "cap-2"},
        ],
        "selling": {"allowed": False},
    }
    read = read_answer(answer)
    assert (read.silent, read.selling) == (False, False)
    assert read.right(label("fez")) == [False], "the exchange alone is wrong"
    assert read.right(label("cap-1")) == [True, False], "but where the same again is wanted, it is right"
    assert read.right(label("cap")) == [True, True]


# ---------------------------------------------------------------- a shop on disk


def product(handle, body, stock=3, type="Hats"):
    return Product(handle, handle.title(), body, type=type, variants=(Variant(f"{handle}-1", {}, 9.0, stock=stock),))


CATALOG = Catalog(
    (product("cap", "shade from the sun"), product("fez", "red felt"), product("beret", "soft wool", stock=0),
     product("beanie", "warm wool"), product("tote", "carries books", type="Bags")),
)  # fmt: skip


class Shopkeeper:
    """An answerer that always offers the cap."""

    catalog = CATALOG

    def suggest(self, request):
        offer = {"kind": "alternative", "handle": "cap", "sku": "cap-1"}
        return {"saves": [offer], "selling": {"allowed": True}, "timings_ms": {"encode": 2.0, "total": 3.0}}

    def encoded(self, request):
        return request["ticket"]["messages"][0]["text"]


@contextmanager
def engine_of(shop):
    assert (shop / "tickets.jsonl").is_file()
    yield Shopkeeper()


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "shops/hats"
    (folder / "shop").mkdir(parents=True)
    (folder / "shop/tickets.jsonl").write_text("")
    orders = [{"lines": [{"sku": "fez-1", "quantity": 2}, {"sku": "tote-1", "quantity": 5}]}]
    (folder / "shop/orders.jsonl").write_text("\n".join(map(json.dumps, orders)))

    def case(id_, text, **rest):
        return {"id": id_, "request": {"ticket": {"messages": [{"author": "customer", "text": text}]}}, **rest}

    right = {"offers": ["cap"], "silent": False, "selling": True}
    silent = {"offers": [], "silent": True, "selling": False}
    cases = [
        case("a", "too hot in the sun", complained_sku="fez-1", label=right),
        case("b", "it burnt my scalp", label=silent),
        case("c", "hello"),
        case("d", "", status=422, label=silent),
    ]
    (folder / "cases.json").write_text(json.dumps({"now": "2026-03-02T10:00:00Z", "cases": cases}))
    return tmp_path


def test_cases_with_their_labels(data):
    (shop,), digest = labelled_shops(data)
    assert [(c.id, c.complained, c.label) for c in shop.cases] == [
        ("a", "fez-1", label("cap")),
        ("b", None, label(silent=True, selling=False)),
        ("c", None, None),
    ], "a case that expects an error is left out"
    assert shop.cases[0].request["now"] == "2026-03-02T10:00:00Z"
    assert shop.sold() == ["fez-1"] * 2 + ["tote-1"] * 5
    (data / "shops/hats/shop/tickets.jsonl").write_text("{}")
    assert labelled_shops(data)[1] != digest


@pytest.mark.parametrize("offers", ["cap", [1], None])
def test_damaged_cases_are_named(offers, data):
    book = data / "shops/hats/cases.json"
    content = json.loads(book.read_text())
    content["cases"][0]["label"]["offers"] = offers
    book.write_text(json.dumps(content))
    with pytest.raises(DatasetError, match=r"shops: .*cases\.json"):
        labelled_shops(data)


def test_a_folder_without_shops_is_missing(tmp_path):
    (tmp_path / "shops").mkdir()
    with pytest.raises(MissingDataset, match=r"shops: .*--data"):
        labelled_shops(tmp_path)


def test_peers_by_hand(tmp_path):
    (tmp_path / "orders.jsonl").write_text(json.dumps({"lines": [{"sku": "fez-1", "quantity": 1}]}))
    peers = Peers(LabelledShop("hats", tmp_path, ()), CATALOG, HashEncoder(256))
    request = {"ticket": {"messages": [{"text": "is it wool and warm"}]}}
    complained, unknown = ShopCase("x", request, "cap-1", None), ShopCase("y", request, None, None)
    assert [p.handle for p in peers.popular(complained)] == ["fez", "beanie"], "of its type, in stock, not itself"
    assert [p.handle for p in peers.popular(unknown)] == ["fez", "beanie", "cap"]
    assert peers.dense(complained, Shopkeeper())[0].handle == "beanie", "what is sold out is left out"


def test_the_task_asks_the_engine_and_its_peers(data):
    made = saves(Setup(data, MODEL, engine_of=engine_of))
    found = {(f.recommender, f.metric): f.estimate.value for f in made.figures}
    assert found["engine", "hit@1"] == 1.0
    assert found["engine", "precision"] == 1 / 2
    assert found["engine", "silence recall"] == 0.0
    assert found["popular", "hit@1"] == 0.0, "of hats the beanie comes before the cap by its name"
    assert found["popular", "selling accuracy"] == 1 / 2


@pytest.mark.parametrize("task", [saves, speed])
def test_without_an_engine_the_task_is_skipped_by_name(task, data):
    with pytest.raises(MissingPackage, match="copilot bench"):
        task(Setup(data, MODEL))


# ---------------------------------------------------------------- times


def test_times_by_hand():
    spent = {WHOLE: [8.0, 12.0, 10.0], PASS: [4.0, 5.0, 6.0], "drafts": [1.0, 1.0]}
    made = {(f.recommender, f.metric): f.estimate for f in figures_of(spent, 1)}
    assert made[WHOLE, "median in passes"].value == 2.0
    assert made["drafts", "median in passes"].value == pytest.approx(1 / 5)
    assert made["drafts", "median in passes"].n == 2
    assert (made[PASS, "median ms"].value, made[WHOLE, "p95 ms"].value) == (5.0, pytest.approx(11.8))
    assert (PASS, "median in passes") not in made


def test_speed_measures_every_case_and_every_stage(data):
    made = speed(Setup(data, MODEL, engine_of=engine_of))
    sizes = {(f.recommender, f.metric): f.estimate.n for f in made.figures}
    assert {name for name, _ in sizes} == {WHOLE, PASS, "encode"}
    assert set(sizes.values()) == {3}
