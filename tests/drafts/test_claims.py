"""What a text promises, in the spellings of seven languages."""

import pytest

from recommenders.drafts.claims import read_claims, topics_in


@pytest.mark.parametrize(
    ("language", "text", "topic", "days"),
    [
        ("en", "You have 30 days to return it.", "return", 30),
        ("en", "That is our 30-day return window.", "return", 30),
        ("en", "Send it back within thirty days of delivery.", "return", 30),
        ("en", "Send it back within 1 month.", "return", 365.25 / 12),
        ("en", "Returns are possible for six weeks.", "return", 42),
        ("de", "Sie können es innerhalb von 30 Tagen zurückgeben.", "return", 30),
        ("de", "Bitte binnen dreißig Tagen zurückschicken.", "return", 30),
        ("fr", "Vous avez 30 jours après la livraison pour un retour.", "return", 30),
        ("fr", "Le remboursement se fait sous quinze jours.", "refund", 15),
        ("es", "Tienes treinta días para devolverlo.", "return", 30),
        ("nl", "Je kunt het binnen 14 dagen terugsturen.", "return", 14),
        ("it", "Hai 14 giorni dalla consegna per il reso.", "return", 14),
        ("pt", "Tem catorze dias para devolver.", "return", 14),
        ("en", "There is a two-year warranty.", "warranty", 730.5),
        ("de", "Darauf gibt es zwei Jahre Garantie.", "warranty", 730.5),
        ("en", "You can cancel within 2 hours.", "cancel", 2 / 24),
    ],
)
def test_durations(language: str, text: str, topic: str, days: float) -> None:
    (claim,) = read_claims(text, language)
    assert (claim.kind, claim.topics, claim.text) == ("duration", (topic,), text)
    assert claim.low == claim.high == pytest.approx(days)


def test_a_range_has_two_ends() -> None:
    (claim,) = read_claims("Delivery takes 3 to 6 working days.", "en")
    assert (claim.low, claim.high) == (3.0, 6.0)
    (claim,) = read_claims("Die Lieferung dauert 2–4 Werktage.", "de")
    assert (claim.low, claim.high) == (2.0, 4.0)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I sent it back two days ago."),
        ("de", "Vor 14 Tagen zurückgeschickt."),
        ("fr", "Le retour est parti il y a 3 jours."),
        ("en", "It keeps for 30 months unopened; swap it if you like."),  # the months are not of the swap
        ("en", "I refunded the €26.10 for it."),
        ("en", "It is made of 100 % cotton."),
        ("fr", "Retour sous thirty jours."),  # another language's word
    ],
)
def test_what_happened_and_what_a_thing_is_are_no_promises(language: str, text: str) -> None:
    assert read_claims(text, language) == ()


@pytest.mark.parametrize(
    "text", ["You get 10% off.", "You get 10 % off.", "A ten percent discount.", "Ten per cent off everything."]
)
def test_shares(text: str) -> None:
    (claim,) = read_claims(text, "en")
    assert (claim.kind, claim.high) == ("share", 10.0)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Delivery is free from €50."),
        ("en", "Free delivery on orders over 50 euros."),
        ("de", "Der Versand ist ab 50,00 € kostenlos."),
        ("fr", "La livraison est offerte à partir de 50 €."),
        ("es", "El envío es gratis a partir de 50 €."),
    ],
)
def test_thresholds(language: str, text: str) -> None:
    (claim,) = read_claims(text, language)
    assert (claim.kind, claim.topics, claim.high) == ("threshold", ("delivery",), 50.0)


def test_a_heading_says_what_its_days_are_about_but_not_its_hours() -> None:
    (claim,) = read_claims("Keep it for 45 days.", "en", ("return",))
    assert (claim.topics, claim.high) == (("return",), 45.0)
    assert read_claims("A candle may burn for 10 hours.", "en", ("return",)) == ()
    assert topics_in("Sending something back, swapping it, getting your money") == ("return", "refund", "exchange")
