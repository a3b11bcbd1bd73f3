"""What must not be in it, in the customer's words; and what only sounds like it."""

import pytest

from recommenders.domain import Concern, Sentence
from recommenders.signals.exclusions import find_exclusions
from recommenders.text.sentences import split_sentences
from tests.fakes import seconds


def terms(text: str, language: str = "en") -> list[str]:
    return [found.term for found in find_exclusions(Concern(text, split_sentences(text)), language)]


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "I'm allergic to lanolin.", ["lanolin"]),
        ("en", "I have an allergy to the nickel in it", ["nickel"]),
        ("en", "My skin reacted badly to vitamin e", ["vitamin e"]),
        ("en", "I can’t wear wool it itches", ["wool"]),
        ("en", "no wool please", ["wool"]),
        ("en", "Please don't suggest anything with wool, it itches.", ["wool"]),
        ("en", "a cream without perfume and with a pump", ["perfume"]),
        ("en", "No wool or silk.", ["wool", "silk"]),
        ("en", "No wool, silk or cashmere!", ["wool", "silk", "cashmere"]),
        ("en", "allergic to nuts, soy, and milk", ["nuts", "soy", "milk"]),
        ("en", "no wool, please send silk", ["wool"]),  # a comma alone is no list
        ("en", "Allergic to wool and the coat is too warm", ["wool"]),
        ("en", "I'm allergic to wool and I love silk", ["wool"]),
        ("en", "no wool no silk", ["wool", "silk"]),
        ("en", "something fragrance-free", ["fragrance"]),
        ("en", "gluten free if you can", ["gluten"]),
        ("en", "one that has no wool", ["wool"]),
        ("en", "It should have no plastic.", ["plastic"]),
        ("fr", "Je suis allergique à la lanoline.", ["lanoline"]),
        ("fr", "J'ai une allergie aux noix et au soja", ["noix", "soja"]),
        ("fr", "pas de laine svp", ["laine"]),
        ("fr", "Surtout pas d’alcool !", ["alcool"]),
        ("fr", "une crème sans parfum ni alcool", ["parfum", "alcool"]),
        ("fr", "je ne supporte pas la laine", ["laine"]),
        ("de", "Ich bin allergisch gegen Wolle.", ["wolle"]),
        ("de", "ohne Parfüm und Alkohol bitte", ["parfüm", "alkohol"]),
        ("de", "Ich vertrage keine Nüsse", ["nüsse"]),
        ("de", "Bitte nichts mit Nickel, danke", ["nickel"]),
        ("es", "Soy alérgica al níquel y a la lana", ["níquel", "lana"]),
        ("es", "sin perfume por favor", ["perfume"]),
        ("es", "nada de lana", ["lana"]),
        ("it", "sono allergica alla lana", ["lana"]),
        ("nl", "zonder parfum graag", ["parfum"]),
        ("pt", "sem perfume, por favor", ["perfume"]),
        ("sv", "allergic to wool", ["wool"]),  # a language without rules is read as English
    ],
)
def test_what_is_ruled_out(language: str, text: str, found: list[str]) -> None:
    assert terms(text, language) == found


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "No problem at all, no rush and no worries"),
        ("en", "Please refund it without delay"),
        ("en", "No, thanks"),
        ("en", "I have no idea, there is no way"),
        ("en", "No longer works. No one answers."),
        ("en", "I'd hate to lose it"),
        ("en", "feel free to call the toll free number, it is for free"),
        # a lack that is told of is no wish
        ("en", "The candle has no scent at all"),
        ("en", "It came without the lid"),
        ("en", "There was no charger in the box"),
        ("fr", "pas de problème, sans délai et sans frais"),
        ("fr", "La bougie n'a pas de parfum"),
        ("fr", "Il est arrivé sans couvercle"),
        ("de", "Kein Problem, ohne Verzögerung, keine Ahnung"),
        ("de", "Der Tee hat keinen Duft"),
        ("es", "Sin embargo, sin problema y sin demora"),
        ("en", ""),
    ],
)
def test_what_only_sounds_like_it(language: str, text: str) -> None:
    assert terms(text, language) == []


def test_each_term_once_with_its_sentence_at_most_eight() -> None:
    text = "Hello. I'm allergic to wool!  No wool."
    (found,) = find_exclusions(Concern(text, split_sentences(text)), "en")
    assert (found.term, found.quote) == ("wool", "I'm allergic to wool!")
    assert len(terms(". ".join(f"No stuff{letter}" for letter in "abcdefghijk"))) == 8


@pytest.mark.parametrize("language", ["en", "fr", "de", "es", "it"])
@pytest.mark.parametrize(
    "hostile",
    [
        "no " * 33_000,
        "no wool, " + "a-" * 50_000,
        "no a,b-" + "b-" * 50_000,
        "no wool or " * 9_000,
        "without wool," + " a" * 50_000,
        "free " * 20_000,
        "sans " + "à la " * 20_000,
        "sin " + "a " * 50_000 + "1",
        "n" * 100_000,
        "no " + " " * 100_000,
    ],
    ids=lambda text: text[:12],
)
def test_hostile_text_costs_little(hostile: str, language: str) -> None:
    concern = Concern(hostile, (Sentence(hostile, 0, len(hostile)),))
    assert seconds(lambda: find_exclusions(concern, language), 2) < 0.25


@pytest.mark.parametrize(
    ("text", "language", "term"),
    [
        ("I have a nickel allergy.", "en", "nickel"),
        ("Wool gives me a rash.", "en", "wool"),
        ("We don't eat pork.", "en", "pork"),
        ("Anything but leather, please.", "en", "leather"),
        ("Stainless steel is out for me.", "en", "stainless steel"),
        ("Ich habe eine Nussallergie.", "de", "nuss"),
        ("Nickel vertrage ich nicht.", "de", "nickel"),
    ],
)
def test_the_thing_may_stand_before_the_words(text, language, term):
    concern = Concern(text, (Sentence(text, 0, len(text)),))
    assert [e.term for e in find_exclusions(concern, language)] == [term]


@pytest.mark.parametrize("text", ["This cream gives me a rash.", "My skin allergy is back.", "It gives me spots."])
def test_what_gives_the_rash_may_be_the_product_itself(text):
    concern = Concern(text, (Sentence(text, 0, len(text)),))
    assert find_exclusions(concern, "en") == ()
