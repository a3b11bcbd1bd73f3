"""What is asked for, what is refused, and what goes back without a reason."""

from __future__ import annotations

import pytest

from recommenders.domain import Catalog, Product, Variant
from recommenders.saves.asked import read_asked, refuses, without_reason
from recommenders.saves.pages import Pages

SHOP = Catalog(tuple(
    Product(handle, title, type=kind, variants=(Variant(handle, {}, 10.0),))
    for handle, title, kind in (("mug", "Camp Mug", "Mugs"), ("boot", "Hill Boot", "Walking boots"),
                                ("oil", "Rose Oil", "Face oil"), ("serum", "Dew", "Serum"))
))  # fmt: skip
PAGES = Pages.read(SHOP)


@pytest.fixture
def asked(kit):
    def read(text):
        return read_asked(kit.Shop(SHOP, {}, []).context(text), PAGES)

    return read


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("Which of your mugs goes on a fire?", (0,)),
        ("Welche Wanderstiefel haben Sie?", (1,)),
        ("Do you have an oil or a serum?", (2, 3)),
        ("My boots fell apart. Do you have a warm one?", (1,)),
    ],
)
def test_the_kind_of_thing(asked, text, rows):
    found = asked(text)
    assert (found.rows, found.sure) == (rows, True)


def test_who_needs_nothing_asks_for_nothing(asked):
    found = asked("I don't need the mug after all. How do I send it back?")
    assert not found.cued
    assert not found.sure


def test_what_the_shop_does_not_sell(asked):
    assert asked("Do you sell tents?").not_sold
    assert not asked("Do you have something cosy?").not_sold


@pytest.mark.parametrize("text", [
    "Just a refund, please.", "I don't want another one.", "Nur mein Geld zurück.",
    "If 44 is sold out I'd rather have my money back than another model.", "Lieber das Geld zurück als etwas anderes.",
])  # fmt: skip
def test_refusals(text):
    assert refuses(text)


def test_reasons_that_nothing_answers():
    assert without_reason("I changed my mind about it.")
    assert without_reason("Je l'ai commandé par erreur.")
    assert not without_reason("It isn't warm enough.")
