"""Exchanges in natural language over several trades: nothing in the code knows these catalogues."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from recommenders.saves import CatalogIndex
from recommenders.saves.exchange import exchanges
from tests.fakes import HashEncoder

HERE = Path(__file__).parent
CASES = [json.loads(line) for line in (HERE / "exchange_cases.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def shop(kit):
    return kit.small_shop(json.loads((HERE / "exchange_shop.json").read_text("utf-8")))


@pytest.fixture(scope="module")
def index(shop, needs):
    return CatalogIndex.build(shop.catalog, HashEncoder(), needs)


def ask(kit, shop, index, lines, text, intents=("exchange_request",), returns=(), **signals):
    own = kit.Shop(shop.catalog, {}, [kit.order_of(shop, lines, returns)])
    context = own.context(text, customer="c-1", order_ids=["#7001"], intents=intents, **signals)
    return exchanges(context, index)


@pytest.mark.parametrize("case", CASES, ids=[c["id"] for c in CASES])
def test_it_is_the_variant_that_was_asked_for(kit, shop, index, case):
    found = ask(kit, shop, index, case["lines"], case["text"])
    for line, wanted in case["want"].items():
        got = [(c.kind, c.variant.sku) for c in found if c.replaces == line]
        if wanted is None:
            assert got == []
        elif wanted.startswith("alternative:"):
            assert got
            assert got[0][0] == "alternative"
            assert got[0][1].startswith(wanted.removeprefix("alternative:"))
        else:
            assert got[:1] == [("exchange", wanted)]


def test_an_exchange_changes_nothing_that_was_not_asked_for(kit, shop, index):
    for case in CASES:
        for candidate in ask(kit, shop, index, case["lines"], case["text"]):
            assert candidate.variant.in_stock
            assert candidate.variant.sku != candidate.replaces
            assert candidate.evidence


def test_braces_spell_an_exchange_out(kit, shop, index):
    text = "exchange Moka Pot {'capacity': '3 cups', 'colour': 'red'} to {'colour': 'black'}; "
    text += "Fell Parka {'size': 'M'} to {};"
    found = ask(kit, shop, index, ["moka-pot/3 cups/red", "fell-parka/M/Navy"], text, intents=())
    assert [(c.replaces, c.variant.sku) for c in found] == [("moka-pot/3 cups/red", "moka-pot/3 cups/black")]


def test_a_need_moves_along_the_option_that_answers_it(kit, shop, index):
    lines = ["fell-parka/M/Moss"]
    found = ask(kit, shop, index, lines, "I can hardly breathe in the parka", ("product_dissatisfaction",),
                needs=["bigger_size"])  # fmt: skip
    assert [c.variant.sku for c in found] == ["fell-parka/L/Moss"]


def test_what_came_back_for_its_size_is_not_offered_again(kit, shop, index):
    lines = ["fell-parka/M/Moss", "fell-parka/L/Navy"]
    found = ask(kit, shop, index, lines, "The moss parka is too tight, one size up please",
                returns=[("fell-parka/L/Navy", "too small")])  # fmt: skip
    assert all("/L/" not in c.variant.sku for c in found)


def test_a_question_that_asks_for_no_change_gets_none(kit, shop, index):
    assert ask(kit, shop, index, ["moka-pot/3 cups/red"], "When will the red pot arrive?", ("order_status",)) == []


@pytest.mark.parametrize(
    "text",
    [
        "{'" * 3000 + " swap the pot for " + "black or " * 800 + "}" * 3000,
        "moka pot parka 40 not red if " * 2000,
        "swap the pot for " + "a" * 100_000,
        "# 1" * 20_000,
    ],
    ids=["braces", "names", "one-word", "numbers"],
)
def test_hostile_text_is_read_in_a_time_that_grows_with_its_length_alone(kit, shop, index, text):
    started = time.perf_counter()
    found = ask(kit, shop, index, ["moka-pot/3 cups/red", "fell-parka/M/Navy"], text)
    assert len(found) <= 6
    assert time.perf_counter() - started < 3.0  # a quadratic reading takes minutes
