"""A rewritten draft that says anything else is not used."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from copilot.models.fidelity import SOURCE, difference, languages
from copilot.models.masking import mask
from recommenders.text.language import LanguageDetector

NAMES = ["Ana", "Fern Cardigan", "Storm Parka"]
DRAFT = (
    "Hi Ana,\n\nthe Fern Cardigan is too tight for you, I understand. The Storm Parka costs €160.00 and KEEP10 takes"
    " 10% off it. You can return the first one within 30 days. I do not know [[delivery day]] yet. Shall I change it?"
    "\n\nKind regards"
)
MASKED = mask(DRAFT, NAMES)
DETECT = LanguageDetector().detect


def broken(written: str) -> str | None:
    """What the text breaks; facts may be written as they are where the draft has them."""
    for mark, fact in zip(MASKED.marks, MASKED.facts, strict=True):
        written = written.replace(fact, mark)
    return difference(MASKED, written, "en", DETECT)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("is too tight for you, I understand.", "feels too tight on you, and I understand that well."),
        ("Hi Ana,", "Hello Ana,"),
        ("Kind regards", "Warm regards"),
        ("I do not know", "I don't know"),
    ],
)
def test_another_tone_is_welcome(before: str, after: str) -> None:
    assert broken(DRAFT.replace(before, after)) is None


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        ("€160.00", "€150.00", "facts"),
        ("KEEP10", "KEEP20", "facts"),
        (" and KEEP10 takes 10% off it", "", "facts"),
        ("[[delivery day]]", "the day", "facts"),
        ("[[delivery day]]", "[[day]]", "facts"),
        ("The Storm Parka costs €160.00", "For €160.00 there is the Storm Parka", "facts"),
        ("Kind regards", "Kind regards, Ana", "facts"),
        ("Kind regards", "P.S. 20 off", "number"),
        ("Kind regards", "Ⅻ regards", "number"),
        ("Kind regards", "Kind regards 🎁", "sign"),
        ("Kind regards", "Kind regards @shop", "sign"),
        ("Kind regards", "See shop.example", "sign"),
        ("Kind regards", "<b>Kind</b> regards", "sign"),
        ("Kind regards", "Kind\u202e regards", "sign"),
        ("Shall I change it?", "I change it.", "questions"),
        ("Shall I change it?", "Shall I change it? Anything else?", "questions"),
        ("I do not know", "I know", "denials"),
        ("Kind regards", "We refund everything", "denials"),
        ("Kind regards", "It arrives on monday", "denials"),
        ("Kind regards", "Within two weeks", "denials"),
        ("Kind regards", "Shipping is free", "denials"),
        ("You can return", "You will return", "denials"),
        ("Kind regards", "Kind regards from Berlin", "name"),
        ("Kind regards", "Kind regards, SAVE", "name"),
        ("Kind regards", "Kind regards. " + "So very glad and happy to hear from you about this. " * 5, "length"),
        (DRAFT[8:-12], "ok", "facts"),
        ("\n\nKind regards", " Kind regards", "paragraphs"),
    ],
)
def test_another_fact_is_not(before: str, after: str, rule: str) -> None:
    assert before in DRAFT
    found = broken(DRAFT.replace(before, after))
    assert found is not None
    assert rule in found


def test_the_language_stays() -> None:
    draft = mask("Hello, we have your parcel here and will write again.", [])
    french = "Bonjour, votre colis est chez nous et on vous écrit encore."
    assert difference(draft, french, "en", DETECT) is not None


def test_german_nouns_are_no_names_but_capitals_are() -> None:
    draft = mask("Hallo Ana, die Jacke passt leider so, wie ich es lese.", NAMES)
    assert (
        difference(draft, "Hallo [[name 1]], die Jacke passt leider so, wie ich es in Ruhe lese.", "de", DETECT) is None
    )
    told = difference(draft, "Hallo [[name 1]], die Jacke passt leider so, wie ich es LESE, OK.", "de", DETECT)
    assert told == "no name of its own"


def test_every_language_has_its_words_and_no_form_twice_in_a_row() -> None:
    rows = YAML(typ="safe").load(SOURCE.read_text("utf-8"))
    assert languages() == {"en", "de", "fr", "es", "nl", "it", "pt"}
    for language, some in rows.items():
        for row in some:
            assert all(isinstance(form, str) and form.strip("*") for form in row), (language, row)
            assert len(set(row)) == len(row), (language, row)
