"""Languages of short, real-looking lines."""

import pytest

from recommenders.text.language import LanguageDetector


@pytest.fixture(scope="module")
def detector() -> LanguageDetector:
    return LanguageDetector()


LINES = {
    "en": [
        "where is my order",
        "ok thanks",
        "hey is this back in stock?",
        "Too small, can I swap it",
        "I love the Crème de la Nuit but the lid is broken",
        "The Eau Fraîche leaked in my bag",
        "pls refund me",
        "my Gemütlich sofa arrived with a tear",
        "cancel it",
        "nothing arrived yet",
        "u sent me the wrong one lol",
    ],
    "fr": [
        "ok merci",
        "où est mon colis ?",
        "je voudrais un remboursement",
        "Bonjour, la lampe est cassée",
        "c'est trop petit",
        "Bonjour, le Daily Fresh Cleanser ne mousse pas",
        "toujours rien reçu",
    ],
    "de": [
        "wo bleibt mein Paket",
        "danke schön",
        "Die Jacke ist zu klein",
        "Guten Tag, der Night Repair Serum ist leer",
        "moin, passt der Akku in die alte Säge?",
        "leider kaputt angekommen",
        "ja bitte",
    ],
    "es": [
        "¿dónde está mi pedido?",
        "gracias, hasta luego",
        "quiero devolver los zapatos",
        "no me ha llegado nada",
        "hola buenas",
    ],
    "nl": [
        "waar blijft mijn pakket",
        "bedankt!",
        "de trui is te klein",
        "hoi, kan ik dit nog terugsturen?",
        "ja graag",
    ],
    "it": [
        "dove è il mio ordine",
        "grazie mille",
        "la taglia è troppo piccola",
        "vorrei un rimborso",
        "il pacco non è arrivato",
    ],
    "pt": [
        "onde está a minha encomenda",
        "obrigada!",
        "o tamanho é muito pequeno",
        "quero devolver isto",
        "não chegou ainda",
    ],
}


@pytest.mark.parametrize(("language", "line"), [(code, line) for code, lines in LINES.items() for line in lines])
def test_short_lines(detector: LanguageDetector, language: str, line: str) -> None:
    assert detector.detect(line) == language


@pytest.mark.parametrize(
    ("text", "hint", "language"),
    [
        ("", "", "en"),
        ("👍👍", "", "en"),
        ("👍👍", "fr-CH", "fr"),
        ("#1001", "de_DE", "de"),
        ("ok", "nl", "nl"),
        ("ok", "", "en"),
        ("XL", "it", "it"),
        ("where is my order? it has not arrived yet", "de", "en"),
        ("Wo ist meine Bestellung? Sie ist noch nicht da.", "en-GB", "de"),
        ("see https://example.com/produits/la-creme please", "", "en"),
        ("注文した商品がまだ届きません", "", "ja"),
        ("Где мой заказ? Посылка не пришла", "en", "ru"),
    ],
)
def test_hints_decide_only_where_the_text_does_not(
    detector: LanguageDetector, text: str, hint: str, language: str
) -> None:
    assert detector.detect(text, hint) == language
