"""What pages say and deny, and which kinds of things are named."""

from __future__ import annotations

from recommenders.domain import Catalog, Product, Variant
from recommenders.saves.amounts import amounts_of, coldest, difference
from recommenders.saves.glossary import meanings
from recommenders.saves.pages import Pages, read_said


def thing(handle: str, title: str, kind: str, tags: tuple[str, ...] = (), body: str = "") -> Product:
    return Product(handle, title, body, type=kind, tags=tags, variants=(Variant(handle.upper(), {}, 10.0),))


SHOP = Catalog((
    thing("storm", "Storm Shell", "Rain jacket", ("heavy rain", "hood"), "25,000 mm water column, 480 g."),
    thing("breeze", "Breeze", "Rain jacket", ("light",),
          "For showers, not for heavy rain. 10,000 mm water column. No hood."),
    thing("glow", "Glow 200", "Lamp", ("lamp",), "200 lumens. No red light. Wash at 30 °C."),
    thing("beam", "Beam 450", "Lamp", ("red light",), "450 lumens."),
    thing("nest", "Nest", "Sleeping bag", (), "Comfort -2 °C, limit -8 °C."),
))  # fmt: skip


def said(text: str) -> list[tuple[str, int]]:
    return [(s.word, s.sign) for s in read_said(text)]


def test_denials_end_where_they_end():
    assert said("No hip belt. Strong zips") == [("hip", -1), ("belt", -1), ("strong", 1), ("zip", 1)]
    assert said("without lanolin for dry skin") == [("lanolin", -1), ("dry", 1), ("skin", 1)]
    assert said("Free from nuts, lanolin and gluten. Vegan") == [
        ("nut", -1), ("lanolin", -1), ("gluten", -1), ("vegan", 1),
    ]  # fmt: skip
    assert said("das Hemd kratzt nicht") == [("hemd", 1), ("kratzt", -1)]
    assert said("isn't waterproof enough") == [("waterproof", 1)]
    assert said("too dim") == [("dim", -1)]
    assert said("odour resistant") == [("odour", -1), ("resistant", 1)]


def test_pages_agree_with_what_is_asked_and_disagree_with_what_they_deny():
    pages = Pages.read(SHOP)
    agreement = pages.agreement({"heavy": 1.0, "rain": 1.0, "hood": 1.0})
    assert agreement[0] > 0.9 > 0.0 > agreement[1]
    assert pages.against({"hood": 1.0}).tolist() == [False, True, False, False, False]
    assert pages.against({"light": -1.0}).tolist() == [
        False,
        True,
        False,
        True,
        False,
    ]  # named by it, not only about it


def test_kinds_are_found_by_type_title_and_in_another_language():
    pages = Pages.read(SHOP)
    assert pages.kinds(("a", "rain", "jacket"))[0] == (1, 2, (0, 1))
    assert pages.kinds(("eine", "regenjacke"))[0] == (1, 1, (0, 1))
    assert pages.kinds(("a", "tent")) == []


def test_compounds_mean_their_parts():
    assert meanings("regenjacke") == {"=rain", "=jacket"}
    assert meanings("softshell") == frozenset()


def test_numbers_are_compared_as_numbers():
    own = {p.handle: amounts_of(p) for p in SHOP.products}
    better = difference("waterproof", own["breeze"], own["storm"])
    assert better is not None
    assert better.value == 1.0
    brighter = difference("brighter", own["beam"], own["glow"])
    assert brighter is not None
    assert brighter.value == -1.0
    assert difference("brighter", own["storm"], own["glow"]) is None
    assert own["nest"]["degree"] == -8.0
    assert "degree" not in own["glow"]


def test_the_cold_that_a_text_names():
    assert coldest("at 3 degrees in May, -5 °C in winter") == -5.0
    assert coldest("around zero at night") == 0.0
    assert coldest("two nights") is None


def test_a_word_of_grammar_means_no_thing_that_is_spelt_like_it_in_another_language() -> None:
    assert meanings("the") == frozenset(), "French thé has lost its accent"
    assert meanings("thee") == frozenset({"=tea"})
    assert meanings("hat") == frozenset({"=hat"}), "a verb in German, but the thing's own English name"
