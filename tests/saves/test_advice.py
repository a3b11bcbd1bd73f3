"""Answers to questions, with the real model over apparel, coffee and electronics; and what may not be offered."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from recommenders.domain import Need
from recommenders.saves import CatalogIndex, NeedSpace, Outcomes, SaveRecommender
from recommenders.signals.needs import need_kinds

SHOP = json.loads((Path(__file__).parent / "fit_shop.json").read_text("utf-8"))
OUTCOMES = Outcomes(
    {("cove-jumper", "gale-jumper"): 4},
    {("cove-jumper", "gale-jumper"): 5},
    kept_in={("cove-jumper", "gale-jumper"): ("old-1", "old-2", "old-3")},
)


@pytest.fixture(scope="module")
def ask(kit, real_encoder):
    shop = kit.small_shop(SHOP)
    index = CatalogIndex.build(shop.catalog, real_encoder, NeedSpace.build(need_kinds(), real_encoder))
    recommender = SaveRecommender(index, OUTCOMES)

    def answer(text, lines=(), needs=(), **signals):
        own = kit.Shop(shop.catalog, {}, [kit.order_of(shop, lines, ())] if lines else [])
        context = own.context(
            text, customer="c-1", order_ids=["#7001"] if lines else [], encoder=real_encoder, **signals
        )
        read = tuple(Need(n, n, lines[0] if lines else None, "", 0.9) for n in needs)
        return recommender.recommend(replace(context, signals=replace(context.signals, needs=read)))

    return answer


def handles(saves):
    return [s.handle for s in saves]


def test_the_kind_that_is_asked_for_and_how_it_should_be(ask):
    assert handles(ask("Which fan would you recommend for a bedroom, quiet please?", intents=["advice_request"])) == [
        "hush-fan"
    ]


def test_a_question_is_answered_whatever_the_intent_was_read_as(ask):
    assert handles(ask("hi, need a quiet fan for the bedroom", intents=[]))[:1] == ["hush-fan"]


def test_a_question_in_another_language(ask):
    assert handles(ask("Welchen koffeinfreien, milden Kaffee haben Sie?", intents=["advice_request"]))[0] in (
        "dusk-decaf",
        "meadow-beans",
    )


def test_what_the_shop_does_not_sell_is_not_answered_with_something_else(ask):
    assert ask("Do you sell tents?", intents=["advice_request"]) == ()


def test_too_dear_is_not_offered(ask):
    text = "Which fan is quiet? Max {} euros."
    assert handles(ask(text.format(100), intents=["advice_request"])) == ["hush-fan"]
    assert "hush-fan" not in handles(ask(text.format(70), intents=["advice_request"]))


def test_the_money_and_nothing_else(ask):
    text = "The Cove jumper isn't warm enough. Just a refund, please, I don't want another one."
    assert ask(text, ["cove-jumper/M/Navy"], ["warmer"], intents=["product_dissatisfaction"]) == ()


def test_a_change_of_mind_is_no_need(ask):
    assert ask("I changed my mind about the Cove jumper.", ["cove-jumper/M/Navy"], intents=["return_request"]) == ()


def test_the_record_is_told_in_exact_counts_with_its_cases(ask):
    saves = ask("The Cove jumper isn't warm enough.", ["cove-jumper/M/Navy"], ["warmer"],
                intents=["product_dissatisfaction"])  # fmt: skip
    assert saves[0].handle == "gale-jumper"
    assert "Kept in 4 of 5 cases about Cove Jumper" in saves[0].reason
    assert [e.id for e in saves[0].evidence if e.type == "ticket"] == ["old-1", "old-2"]
