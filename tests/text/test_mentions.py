from __future__ import annotations

from datetime import UTC, datetime

import pytest

from recommenders.domain import Catalog, Code, Order, OrderLine, Product, Variant
from recommenders.text.mentions import MentionFinder
from recommenders.text.words import fold, read_words, stem, stems

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def product(handle: str, title: str, kind: str, **options: list[str]) -> Product:
    name, values = next(iter(options.items()), ("Size", ["One"]))
    return Product(handle, title, type=kind, variants=tuple(Variant(f"{handle}:{v}", {name: v}, 10.0) for v in values))


CATALOG = Catalog(
    (
        product("dew", "Daily Dew Gel Cream", "Moisturiser", Size=["50 ml", "15 ml"]),
        product("night", "Overnight Repair Night Cream", "Moisturiser"),
        product("hand", "Harbour Hand Cream", "Hand cream"),
        product("parka", "Fell Parka", "Jacket", Colour=["Moss", "Navy"]),
        product("tee", "Harbour Tee", "T-Shirt"),
        product("drill", "Torque Drill Driver", "Drill"),
    ),
    tuple(
        Code(c, c, "active", None, None, "percentage", 10.0) for c in ("CARE15", "THANKYOU")
    ),
)  # fmt: skip
FINDER = MentionFinder(CATALOG)


def order(name: str, *skus: str) -> Order:
    lines = tuple(OrderLine(s, CATALOG.by_sku[s][0].title, 1, 10.0) for s in skus)
    return Order(f"o-{name}", f"#{name}", "c-1", NOW, NOW, "paid", "fulfilled", "EUR", 10.0, (), lines)


def named(text: str, *orders: Order) -> list[str]:
    return [m.id for m in FINDER.find(text, orders) if m.kind == "product"]


@pytest.mark.parametrize(
    ("text", "handles"),
    [
        ("The Daily Dew Gel Cream isn't for me", ["dew"]),
        ("the daily dew is nice", ["dew"]),
        ("my gel cream is empty", ["dew"]),
        ("the night cream from last week", ["night"]),
        ("la crème Daily Dew de ma commande", ["dew"]),
        ("die Overnight Repair ist zu fettig", ["night"]),
        ("teh Dayly Dew Gell Cream", ["dew"]),
        ("my Torque is stuck", ["drill"]),
        ("the Fell Parka and the Harbour Tee", ["parka", "tee"]),
        ("I like cream in my coffee", []),
        ("a cream for the day", []),
        ("we walked along the harbour", []),
        ("what a dull night", []),
        ("", []),
    ],
)
def test_products_are_found_by_title_and_by_what_is_theirs_alone(text, handles):
    assert named(text) == handles


def test_a_mention_knows_its_place():
    text = "So, the Fell Parka?"
    (mention,) = FINDER.find(text)
    assert text[mention.start : mention.end] == "Fell Parka"


def test_option_values_beside_the_name_tell_the_variant():
    found = FINDER.find("I bought the Fell Parka in Navy")
    assert ("variant", "parka:Navy") in [(m.kind, m.id) for m in found]
    assert all(m.kind != "variant" for m in FINDER.find("I bought the Fell Parka"))


def test_codes_are_found_as_written_and_never_as_a_plain_word():
    found = [m.id for m in FINDER.find("care15 does not work. thankyou! But THANKYOU neither") if m.kind == "code"]
    assert found == ["CARE15", "THANKYOU"]


@pytest.mark.parametrize("text", ["#1001", "order 1001", "Bestellung 1001 bitte", "my order o-1001"])
def test_orders_are_found_by_number_and_id(text):
    assert [m.id for m in FINDER.find_orders(text, [order("1001", "tee:One"), order("1002")])] == ["o-1001"]


@pytest.mark.parametrize("text", ["it cost 1001 €", "call 10017", "1001.50", "nothing"])
def test_other_numbers_are_no_orders(text):
    assert FINDER.find_orders(text, [order("1001", "tee:One")]) == ()


def about(text: str, orders: list[Order], ticket_order: Order | None) -> list[str]:
    return list(FINDER.about(text, FINDER.find(text, orders), orders, ticket_order))


def test_about_takes_what_is_named_in_the_order_first():
    new, old = order("2", "dew:15 ml", "hand:One"), order("1", "dew:50 ml")
    assert about("the Daily Dew again", [new, old], new) == ["dew:15 ml"]
    assert about("the Daily Dew again", [new, old], old) == ["dew:50 ml"]


def test_a_plain_noun_is_enough_when_the_order_has_one_such_thing():
    mixed, twice = order("1", "night:One", "drill:One"), order("2", "night:One", "hand:One")
    assert about("die Drill ist laut", [mixed], mixed) == ["drill:One"]
    assert about("the cream is too rich", [mixed], mixed) == ["night:One"]
    assert about("the cream is too rich", [twice], twice) == []


def test_an_order_of_one_line_needs_no_name():
    single = order("1", "drill:One")
    assert about("it stopped working", [single], single) == ["drill:One"]
    assert about("it stopped working", [], None) == []


def test_what_is_wished_for_is_not_what_is_complained_of():
    single = order("1", "dew:50 ml")
    text = "The Daily Dew isn't rich enough. I'd like to try the night cream instead."
    mentions = FINDER.find(text, [single])
    assert FINDER.wished(text, mentions) == {"night"}
    assert list(FINDER.about(text, mentions, [single], single)) == ["dew:50 ml"]


def test_a_product_of_nobodys_order_is_about_no_line():
    text = "Is the Fell Parka warm?"
    assert FINDER.about(text, FINDER.find(text), [], None) == {"parka:Moss": None}


def test_words_meet_across_spellings():
    assert stems("1.5L") == stems("1.5 l")
    assert stem("batteries") == stem("battery")
    assert stem("Größe") == stem("grosse")
    assert stem("dresses") == stem("dress")
    assert fold("Crème") == "creme"
    words = read_words("5-feet tall")
    assert words.stems == ("5", "feet", "tall")
    assert [words.raw(i) for i in words.within(2, 6)] == ["feet"]
    assert list(words.find(("feet", "tall"))) == [1]


def test_words_of_grammar_alone_name_no_product() -> None:
    earl, pan = product("earl", "Earl of the Quay", "Tea"), product("pan", "Anvil Pan", "Pans")
    finder = MentionFinder(Catalog((earl, pan), (), ()))
    found = finder.find("The handle of the pan is loose, the rest of the order is fine.")
    assert "earl" not in {mention.id for mention in found}
    assert [mention.id for mention in finder.find("Is the Earl of the Quay back?")] == ["earl"]


def test_a_family_s_name_is_the_customer_s_own_else_the_plainest() -> None:
    jackets = [
        ("tempest", "Tempest Jacket"),
        ("tempest-w", "Tempest Jacket Women"),
        ("tempest-k", "Tempest Jacket Kids"),
    ]
    others = [("mug", "Harbour Mug", "Mug"), ("tee", "Harbour Tee", "T-Shirt"), ("sock", "Merino Sock", "Socks")]
    catalog = Catalog(
        (*(product(h, t, "Jacket") for h, t in jackets), *(product(*o) for o in others),
         product("w", "Merino Wrap", "Socks"), Product("m", "Mat", "Soft merino on one side.", type="Mat"))
    )  # fmt: skip
    finder = MentionFinder(catalog)
    line = OrderLine("tempest-w:One", "Tempest Jacket Women", 1, 10.0)
    own = Order("o", "#1", "c-1", NOW, NOW, "paid", "fulfilled", "EUR", 10.0, (), (line,))

    def found(text: str, *orders: Order) -> list[str]:
        return [m.id for m in finder.find(text, orders) if m.kind == "product"]

    assert found("Can I swap it for the Tempest?") == ["tempest"]
    assert found("The zip of my Tempest is stuck.", own) == ["tempest-w"]
    assert found("I love the Harbour.") == []  # a mug or a shirt
    assert found("Is the Merino warm?") == []  # the pages use it as a word
    assert found("what a tempest") == []
