from __future__ import annotations

import pytest

from recommenders.domain import Product, Variant
from recommenders.saves.contents import excluded, read_contents
from recommenders.saves.suits import speaks_against, warnings_of
from recommenders.text.words import stems


def product(body: str, tags: tuple[str, ...] = (), values: tuple[str, ...] = ("One",)) -> Product:
    variants = tuple(Variant(f"P-{v}", {"Kind": v}, 10.0) for v in values)
    return Product("p", "Plain Thing", body, tags=tags, variants=variants)


def contains(body: str, term: str, tags: tuple[str, ...] = ()) -> bool:
    thing = product(body, tags)
    return read_contents(thing, thing.variants[0]).has(term)


@pytest.mark.parametrize(
    ("body", "term", "inside"),
    [
        ("Contains lanolin (wool fat) and beeswax.", "lanolin", True),
        ("Free from fragrance, lanolin and nuts.", "lanolin", False),
        ("Contains sweet almond oil (a tree nut).", "nuts", True),
        ("Contains sweet almond oil.", "almonds", True),
        ("Free from nuts. Made from oats.", "almonds", False),
        ("Knitted from merino.", "wool", True),
        ("Recycled polyester, wool-free.", "wool", False),
        ("Notes of rose: a natural perfume.", "parfum", True),
        ("Without a trace of perfume.", "perfume", False),
        ("Huhn und Reis, ohne Weizen.", "Weizen", False),
        ("Enthält Milch.", "dairy", True),
        ("A light lotion that leaves no shine and keeps shine down.", "shine", False),
        ("Comes with a pump.", "pump", True),
        ("Works like a pump for your mood.", "a whole sentence that nobody knows", False),
    ],
)
def test_containing_is_told_from_being_free_of(body, term, inside):
    assert contains(body, term) is inside


def test_tags_state_both():
    assert not contains("", "fragrance", ("fragrance-free",))
    assert contains("", "leather", ("leather", "handmade"))


def test_a_sentence_about_a_sibling_counts_for_the_sibling_alone():
    thing = product("Fig and Salt contain fragrance; Plain has none. Vegan.", values=("Fig", "Salt", "Plain"))
    inside = {v.sku: read_contents(thing, v).has("perfume") for v in thing.variants}
    assert inside == {"P-Fig": True, "P-Salt": True, "P-Plain": False}


def test_the_first_excluded_thing_is_named():
    thing = product("Contains wheat and egg.")
    assert excluded(read_contents(thing, thing.variants[0]), ["soy", "egg", "wheat"]) == "egg"


@pytest.mark.parametrize(
    ("body", "said", "against"),
    [
        ("Too heavy for most oily skin.", "my oily skin shines", True),
        ("Too heavy for most oily skin.", "my dry skin flakes", False),
        ("Not for use in pregnancy or while breastfeeding.", "I am pregnant", True),
        ("Not for use in pregnancy.", "I have a dog", False),
        ("Loved by everyone.", "I am pregnant", False),
    ],
)
def test_a_warning_speaks_against_whom_it_names(body, said, against):
    assert speaks_against(warnings_of(product(body)), frozenset(stems(said))) is against
