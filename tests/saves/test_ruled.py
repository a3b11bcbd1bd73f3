"""What rules offer: only what can be bought, fits what was written, and is not the thing complained of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from recommenders.domain import Context, Customer, Evidence, Product, Save, Variant
from recommenders.playbooks.schema import Offer, Scope
from recommenders.saves import CatalogIndex, NeedSpace, Outcomes, SaveRecommender
from recommenders.signals.needs import need_kinds
from tests.fakes import HashEncoder

RULE = Evidence("rule", "x.yaml#r", 3)
GEL = {
    "title": "Dew Gel", "type": "Moisturiser", "tags": ["for oily skin"], "price": 20,
    "body": "Light lotion. Oil-free gel. Water-light fluid.", "options": {"Size": ["30 ml", "50 ml", "100 ml"]},
}  # fmt: skip
SHOP: dict[str, Any] = {
    "dew-gel": GEL,
    "night-cream": {
        "title": "Night Cream", "type": "Moisturiser", "price": 30, "options": {"Size": ["50 ml"]},
        "body": "Rich nourishing cream. Deep hydration. For dry and very dry skin.",
    },
    "wool-balm": {
        "title": "Wool Balm", "type": "Moisturiser", "price": 25, "options": {"Size": ["50 ml"]},
        "body": "Shea butter balm. Overnight moisture. Rich nourishing cream. Made with lanolin.",
    },
    "mat-fluid": {
        "title": "Mat Fluid", "type": "Moisturiser", "price": 18, "options": {"Size": ["50 ml"]},
        "body": "Mattifying. Astringent. Clarifying, deep-cleansing.",
    },
    "sold-out": {
        "title": "Cold Butter", "type": "Moisturiser", "price": 22, "options": {"Size": ["50 ml"]},
        "out": [["50 ml"]], "body": "Rich nourishing cream. Deep hydration.",
    },
    "tea-cup": {"title": "Tea Cup", "type": "Mug", "price": 9, "options": {"Colour": ["blue"]}},
}  # fmt: skip


def only(handle: str) -> Scope:
    """Nothing but this product."""
    return Scope(handles=[handle])


def read(
    kit: Any, text: str = "The Dew Gel is not rich enough.", bought: str = "dew-gel/50 ml", **given: Any
) -> Context:
    shop = kit.small_shop(SHOP)
    shop.customers["c-1"] = Customer("c-1")
    shop.orders.append(kit.order_of(shop, [bought], given.pop("returns", ())))
    return shop.context(text, customer="c-1", order_ids=["#7001"], **given)


def saves(ctx: Context, *offers: Offer) -> tuple[Save, ...]:
    encoder = HashEncoder(512)
    index = CatalogIndex.build(ctx.catalog, encoder, NeedSpace.build(need_kinds(), encoder))
    return SaveRecommender(index, Outcomes({}, {})).recommend(ctx, [(offer, RULE) for offer in offers])


def ruled(ctx: Context, *offers: Offer) -> list[tuple[str, str | None, str | None]]:
    found = saves(ctx, *offers)
    assert all(found.evidence.count(RULE) <= 1 for found in found)
    return [(s.kind, s.sku, s.replaces) for s in found if RULE in s.evidence]


CREAM = Offer(product="night-cream")


def test_a_product_stands_in_for_the_item(kit: Any) -> None:
    ctx = read(kit, intents=["product_dissatisfaction"])
    (found,) = [s for s in saves(ctx, CREAM) if RULE in s.evidence]
    assert (found.kind, found.sku, found.replaces) == ("alternative", "night-cream/50 ml", "dew-gel/50 ml")
    assert (found.price, found.price_difference) == (30, 10)
    assert found.reason.startswith("The playbook offers it here.")
    assert {e.type for e in found.evidence} == {"product", "order", "rule"}


@pytest.mark.parametrize(
    ("offer", "given"),
    [
        (Offer(product="nosuch"), {}),
        (Offer(product="dew-gel"), {}),  # the very item
        (Offer(product="sold-out"), {}),
        (Offer(product="wool-balm"), {"exclusions": ["lanolin"], "text": "Dew Gel is too light. No lanolin."}),
        (Offer(product="night-cream", within=Scope(types=["Mug"])), {}),
        (CREAM, {"reasons": ["high_anger"]}),
        (CREAM, {"reasons": ["adverse_reaction"]}),
        (CREAM, {"reasons": ["asked_not_to_sell"]}),
        (CREAM, {"text": "I return the Dew Gel. No alternatives please, just the refund."}),
    ],
)
def test_what_is_never_offered(kit: Any, offer: Offer, given: dict[str, Any]) -> None:
    assert ruled(read(kit, intents=["return_request"], **given), offer) == []


def test_what_is_not_for_sale_or_was_sent_back_is_never_offered(kit: Any) -> None:
    ctx = read(kit, intents=["return_request"])
    hidden = tuple(replace(p, status="draft") if p.handle == "night-cream" else p for p in ctx.catalog.products)
    assert ruled(replace(ctx, catalog=replace(ctx.catalog, products=hidden)), CREAM) == []
    order = replace(ctx.orders[0], id="o-0", name="#6000", lines=(), returns=())
    shop = kit.small_shop(SHOP)
    back = kit.order_of(shop, ["night-cream/50 ml"], [("night-cream/50 ml", "too greasy")])
    assert ruled(replace(ctx, orders=(*ctx.orders, replace(order, returns=back.returns))), CREAM) == []


def test_a_direction_from_the_item(kit: Any) -> None:
    ctx = read(kit, intents=["product_dissatisfaction"], needs=["more_moisture"])
    kinds = ruled(ctx, Offer(richer_than="this"))
    assert kinds[0][1:] in (("night-cream/50 ml", "dew-gel/50 ml"), ("wool-balm/50 ml", "dew-gel/50 ml"))
    assert ruled(ctx, Offer(need="more_moisture"))[0][1] == kinds[0][1]
    assert ruled(ctx, Offer(lighter_than="this")) == []  # the customer misses the opposite
    assert ruled(ctx, Offer(richer_than="this", within=only("wool-balm")))[0][1] == "wool-balm/50 ml"
    assert ruled(ctx, Offer(richer_than="night-cream", within=only("mat-fluid"))) == []


def test_a_direction_from_another_product(kit: Any) -> None:
    ctx = read(kit, intents=["product_dissatisfaction"])
    assert ruled(ctx, Offer(cheaper_than="night-cream", within=only("mat-fluid")))[0][1] == "mat-fluid/50 ml"
    assert ruled(ctx, Offer(cheaper_than="mat-fluid", within=only("night-cream"))) == []
    assert ruled(ctx, Offer(richer_than="nosuch")) == []


def test_a_direction_without_an_item_says_nothing(kit: Any) -> None:
    ctx = kit.small_shop(SHOP).context("Which cream is right for me?", intents=["advice_request"])
    assert ruled(ctx, Offer(richer_than="this")) == []
    assert ruled(ctx, CREAM) == [("alternative", "night-cream/50 ml", None)]


@pytest.mark.parametrize(
    ("kind", "bought", "expected"),
    [
        ("bigger", "dew-gel/50 ml", [("exchange", "dew-gel/100 ml", "dew-gel/50 ml")]),
        ("smaller", "dew-gel/50 ml", [("exchange", "dew-gel/30 ml", "dew-gel/50 ml")]),
        ("bigger", "dew-gel/100 ml", []),
        ("same", "dew-gel/50 ml", [("replacement", "dew-gel/50 ml", "dew-gel/50 ml")]),
        ("same", "sold-out/50 ml", []),
        ("as_asked", "dew-gel/50 ml", []),  # nothing was asked for
    ],
)
def test_exchanges(kit: Any, kind: Any, bought: str, expected: list[Any]) -> None:
    text = "The Cold Butter is no good." if bought.startswith("sold") else "The Dew Gel is no good."
    assert ruled(read(kit, text, bought, intents=["product_dissatisfaction"]), Offer(exchange=kind)) == expected


def test_the_exchange_that_was_asked_for(kit: Any) -> None:
    ctx = read(kit, "Please swap the Dew Gel for the 100 ml.", intents=["exchange_request"])
    assert ruled(ctx, Offer(exchange="as_asked")) == [("exchange", "dew-gel/100 ml", "dew-gel/50 ml")]


def test_where_we_do_not_sell_an_exchange_may_cost_nothing_more(kit: Any) -> None:
    dearer = {**SHOP, "dew-gel": {**GEL, "steps": {"Size": 5}}}
    shop = kit.small_shop(dearer)
    shop.customers["c-1"] = Customer("c-1")
    shop.orders.append(kit.order_of(shop, ["dew-gel/50 ml"]))
    ctx = shop.context("The Dew Gel is no good.", customer="c-1", order_ids=["#7001"], reasons=["high_anger"],
                       intents=["product_dissatisfaction"])  # fmt: skip
    assert ruled(ctx, Offer(exchange="bigger")) == []
    assert ruled(ctx, Offer(exchange="smaller")) == [("exchange", "dew-gel/30 ml", "dew-gel/50 ml")]


def test_offers_come_before_other_alternatives_and_after_what_was_asked_for(kit: Any) -> None:
    ctx = read(kit, "Please swap the Dew Gel for the 100 ml.", intents=["exchange_request"])
    found = saves(ctx, Offer(product="mat-fluid"), CREAM)
    assert [s.sku for s in found][:3] == ["dew-gel/100 ml", "mat-fluid/50 ml", "night-cream/50 ml"]
    assert len({s.id for s in found}) == len(found)


def test_what_is_shown_already_gets_the_rule_as_evidence_and_its_place(kit: Any) -> None:
    ctx = read(kit, intents=["product_dissatisfaction"], needs=["more_moisture"])
    without = [s.sku for s in saves(ctx)]
    assert len(without) > 1
    last = ctx.catalog.by_sku[without[-1] or ""][0].handle
    found = saves(ctx, Offer(product=last))
    assert [s.sku for s in found] == [without[-1], *without[:-1]]
    assert RULE in found[0].evidence


def test_each_item_that_is_meant_gets_its_own(kit: Any) -> None:
    shop = kit.small_shop(SHOP)
    cup = Product("egg-cup", "Egg Cup", type="Mug", variants=(Variant("egg", {}, 5.0),))
    shop = type(shop)(replace(shop.catalog, products=(*shop.catalog.products, cup)))
    shop.customers["c-1"] = Customer("c-1")
    shop.orders.append(kit.order_of(shop, ["dew-gel/50 ml", "tea-cup/blue"]))
    ctx = shop.context("Neither the Dew Gel nor the Tea Cup is right.", customer="c-1", order_ids=["#7001"],
                       intents=["product_dissatisfaction"])  # fmt: skip
    assert set(ctx.about) == {"dew-gel/50 ml", "tea-cup/blue"}
    assert ruled(ctx, Offer(product="egg-cup")) == [("alternative", "egg", "tea-cup/blue")]
    assert ruled(ctx, CREAM) == [("alternative", "night-cream/50 ml", "dew-gel/50 ml")]
