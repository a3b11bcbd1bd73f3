"""Phrases, money, dates and the form of each channel."""

import re
from datetime import UTC, datetime

import pytest

from recommenders.drafts.formats import day, money, share
from recommenders.drafts.lines import Page, render
from recommenders.drafts.phrases import LANGUAGES, PhraseBook, books, packaged
from recommenders.drafts.situation import GRAVE, URGENCY


@pytest.mark.parametrize(
    ("language", "amount", "currency", "written"),
    [
        ("en", 3.5, "EUR", "€3.50"),
        ("en", -1234.5, "USD", "$1,234.50"),
        ("de", 1234.5, "EUR", "1.234,50\u00a0€"),
        ("fr", 3.5, "EUR", "3,50\u00a0€"),
        ("nl", 3.5, "EUR", "€\u00a03,50"),
        ("en", 80.0, "SEK", "80.00\u00a0SEK"),
        ("es", 80.0, "", ""),
    ],
)
def test_money(language: str, amount: float, currency: str, written: str) -> None:
    assert money(amount, currency, language) == written


def test_shares_and_dates() -> None:
    assert [share(12.5, code) for code in ("en", "de", "it")] == ["12.5%", "12,5\u00a0%", "12,5%"]
    moment = datetime(2026, 6, 30, 23, 59, tzinfo=UTC)
    written = {code: day(moment, packaged(code)["months"], code) for code in LANGUAGES}
    assert written == {
        "en": "30 June 2026", "de": "30. Juni 2026", "fr": "30 juin 2026", "es": "30 de junio de 2026",
        "it": "30 giugno 2026", "nl": "30 juni 2026", "pt": "30 de junho de 2026",
    }  # fmt: skip


def test_every_language_has_every_key_with_the_same_slots() -> None:
    def slots(sentences: object) -> set[str]:
        return set(re.findall(r"\{([a-z_]+)\}", str(sentences)))

    english = packaged("en")
    for language in LANGUAGES:
        own = packaged(language)
        assert set(own) == set(english), language
        assert [k for k in english if slots(own[k]) != slots(english[k])] == [], language
        assert len(own["months"]) == 12


def test_every_intent_and_caution_has_its_words() -> None:
    for topic in (*URGENCY, *GRAVE, "general"):
        for part in ("ack", "plan"):
            assert f"{part}.{topic}" in packaged("en"), topic


def test_no_phrase_brings_facts_of_its_own() -> None:
    for language in LANGUAGES:
        for key, sentences in packaged(language).items():
            for sentence in sentences:
                assert not re.search(r"[\d€$£%@]|\[\[", sentence), (language, key, sentence)


def test_the_sentence_with_most_known_slots_wins_and_the_seed_decides_among_equals() -> None:
    book = PhraseBook("en", {"k": ["no slot", "{a} one", "uno {a}", "{a} and {b}"]})
    assert book.pick("k", "s") == "No slot"
    assert book.pick("k", "s", {"a": "x", "b": ""}) in ("X one", "Uno x")
    assert {book.pick("k", str(n), {"a": "x"}) for n in range(20)} == {"X one", "Uno x"}
    assert book.pick("k", "s", {"a": "x", "b": "{a}"}) == "X and {a}"  # what a slot holds is not read again
    assert book.pick("missing", "s") == ""


def test_a_shops_own_phrases_replace_the_packaged_ones_key_by_key() -> None:
    book = books({"en": {"sign_off": ["Ahoy"]}})["en"]
    assert book.pick("sign_off", "s") == "Ahoy"
    assert book.pick("ack.general", "s") == "Thank you for your message."


def page() -> Page:
    filled = Page()
    for number, weight in enumerate((2, 0, 1, 3, 1)):
        filled.add(f"Line {number}.", number, weight)
    return filled


def test_a_letter_has_greeting_paragraphs_and_a_sign_off_without_a_name() -> None:
    book = books()["en"]
    text, _ = render(page(), book, "email", "Ana", "s")
    parts = text.split("\n\n")
    assert parts[0] in ("Hi Ana,", "Hello Ana,")
    assert parts[1:6] == [f"Line {n}." for n in range(5)]
    assert parts[-1] in ("Kind regards", "Best wishes")


@pytest.mark.parametrize(
    ("channel", "text"),
    [
        ("chat", "Hi Ana! Line 1. Line 2. Line 4."),
        ("social", "Hi Ana! Line 1. Line 2. Line 4."),
        ("sms", "Line 1. Line 2."),
    ],
)
def test_short_channels_keep_what_matters_in_its_order(channel: str, text: str) -> None:
    assert render(page(), books()["en"], channel, "Ana", "s")[0] == text


def test_a_letter_that_grows_too_long_loses_the_least_important() -> None:
    filled = Page()
    filled.add("Must. " * 200, 0, 0)
    filled.add("Nice. " * 300, 1, 3)
    text, _ = render(filled, books()["en"], "email", "", "s")
    assert len(text) <= 2500
    assert "Must." in text
    assert "Nice." not in text
