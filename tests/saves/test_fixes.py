from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from recommenders.domain import Case, Message, Outcome, Resolution, SimilarCase
from recommenders.saves import CatalogIndex, Outcomes, SaveRecommender
from tests.fakes import HashEncoder

SHOP = json.loads((Path(__file__).parent / "fit_shop.json").read_text("utf-8"))
SHOP["hush-fan"]["out"] = [["White"]]


@pytest.fixture(scope="module")
def ask(kit, needs):
    shop = kit.small_shop(SHOP)
    index = CatalogIndex.build(shop.catalog, HashEncoder(), needs)

    def answer(text, lines, similar=(), **signals):
        own = kit.Shop(shop.catalog, {}, [kit.order_of(shop, lines)])
        context = own.context(text, customer="c-1", order_ids=["#7001"], **signals)
        cases = tuple(SimilarCase(c, 0.7, "", "", "") for c in similar)
        recommender = SaveRecommender(index, Outcomes.build(similar, shop.catalog))
        return recommender.recommend(replace(context, similar=cases))

    return answer


def case(kit_now, id_, text, kind, csat):
    return Case(id_, "Fan", "email", "en", None, (), kit_now, kit_now, (), (Message("customer", text),),
                Resolution(kind), Outcome(csat))  # fmt: skip


def test_what_arrived_broken_is_sent_again_for_nothing(ask):
    (save,) = ask("My Whirl Tower Fan arrived broken.", ["whirl-fan/Black"], intents=["damaged_item"])
    assert (save.kind, save.sku, save.replaces, save.price_difference) == (
        "replacement", "whirl-fan/Black", "whirl-fan/Black", 0.0,
    )  # fmt: skip
    assert [(e.type, e.id) for e in save.evidence] == [("product", "whirl-fan/Black"), ("order", "o-1")]


def test_the_wrong_thing_is_answered_with_what_was_ordered(ask):
    saves = ask("I ordered the Whirl fan in White but got a Black one.", ["whirl-fan/White"], intents=["wrong_item"])
    assert [(s.kind, s.sku) for s in saves] == [("replacement", "whirl-fan/White")]


def test_what_is_sold_out_is_paid_back(ask):
    (save,) = ask("The Hush fan came in pieces.", ["hush-fan/White"], intents=["damaged_item"])
    assert (save.kind, save.sku) == ("fix", None)
    assert "€95.00" in save.headline


@pytest.mark.parametrize("reason", ["adverse_reaction", "safety"])
def test_what_may_have_hurt_is_never_sent_again(ask, reason):
    saves = ask("The Whirl fan threw sparks at me.", ["whirl-fan/Black"], intents=["damaged_item"], reasons=[reason])
    assert [(s.kind, s.sku) for s in saves] == [("fix", None)]


@pytest.mark.parametrize(
    "reason", ["bereavement", "privacy_request", "harassment", "legal_threat", "fraud_or_security"]
)
def test_silence_where_a_save_would_hurt(ask, reason):
    assert (
        ask("I want to return the Whirl fan.", ["whirl-fan/Black"], intents=["return_request"], reasons=[reason]) == ()
    )


def test_who_asked_for_no_offer_gets_the_refund_alone(ask):
    saves = ask("Refund the Whirl fan, no offers.", ["whirl-fan/Black"], intents=["refund_request"],
                needs=["quieter"], reasons=["asked_not_to_sell"])  # fmt: skip
    assert [(s.kind, s.sku) for s in saves] == [("fix", None)]


def test_an_answer_that_settled_a_like_case_is_shown_with_its_ticket(ask, kit):
    now = kit.order_of(kit.small_shop(SHOP), ["whirl-fan/Black"]).created_at
    solved = case(now, "t-1", "The Whirl Tower Fan does not turn", "answer", 5)
    saves = ask("How do I make the Whirl fan turn?", ["whirl-fan/Black"], similar=[solved], intents=["how_to"])
    assert [(s.kind, s.sku, s.evidence[0].id) for s in saves] == [("fix", None, "t-1")]
    unhappy = case(now, "t-2", "The Whirl Tower Fan does not turn", "answer", 1)
    assert ask("How do I make the Whirl fan turn?", ["whirl-fan/Black"], similar=[unhappy], intents=["how_to"]) == ()
    other = case(now, "t-3", "The Trek Power Bank does not load", "answer", 5)
    assert ask("How do I make the Whirl fan turn?", ["whirl-fan/Black"], similar=[other], intents=["how_to"]) == ()
