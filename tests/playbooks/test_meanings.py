"""Phrases that are matched by their meaning: with made-up vectors by hand, and with the packaged encoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recommenders.domain import Context
from recommenders.playbooks import load_files
from recommenders.playbooks.matcher import advise
from recommenders.playbooks.meanings import HALF, NEAR, NEAR_ELSEWHERE, WORDS, Meanings
from recommenders.playbooks.rules import Rules
from recommenders.protocols import Encoder, FloatArray
from recommenders.retrieval.encoder import load_encoder
from tests.fakes import HashEncoder
from tests.playbooks.fixtures import context

MODEL = Path(__file__).parents[2] / "var" / "models" / "all-MiniLM-L6-v2"


class Table:
    """An encoder of four directions: what each text means is written down."""

    name, dimension = "table", 4

    def __init__(self, meanings: dict[str, Sequence[float]]) -> None:
        self.meanings = meanings
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> FloatArray:
        self.asked += texts
        return np.array([self.meanings[text] for text in texts], dtype=np.float32)

    def encode_spans(self, text: str, spans: Sequence[tuple[int, int]]) -> tuple[FloatArray, FloatArray]:
        rows = self.encode([text[start:end] for start, end in spans])
        return rows.mean(0), rows


def tilted(cosine: float) -> tuple[float, float, float, float]:
    """A direction with this cosine to the first one."""
    return cosine, (1 - cosine**2) ** 0.5, 0.0, 0.0


PHRASE = "broken zip"


def heard(sentences: dict[str, float], language: str = "en") -> Any:
    encoder = Table({PHRASE: (1.0, 0.0, 0.0, 0.0), **{text: tilted(c) for text, c in sentences.items()}})
    return Meanings.build([PHRASE], encoder).listen(read(" ".join(sentences), encoder, language)).nearest([PHRASE])


def read(text: str, encoder: Encoder, language: str = "en") -> Context:
    """A context with the vectors that the service would have."""
    ctx = context(text, language=language)
    whole, each = encoder.encode_spans(text, [(s.start, s.end) for s in ctx.concern.sentences])
    return replace(ctx, vector=whole, sentence_vectors=each)


def test_the_nearest_sentence_is_quoted() -> None:
    found = heard({"Good morning.": 0.1, "The left one came off.": NEAR + 0.02, "It opens at night.": NEAR + 0.1})
    assert found.quote == "It opens at night."
    assert found.nearness == pytest.approx(NEAR + 0.1)


@pytest.mark.parametrize(
    ("sentence", "cosine", "language", "holds"),
    [
        ("It came off.", NEAR + 0.001, "en", True),
        ("It came off.", NEAR - 0.001, "en", False),
        ("The zip came off.", NEAR - WORDS * 0.49, "en", True),  # one of two content words
        ("The zip is broken.", NEAR - WORDS * 0.98, "en", True),
        ("The zip is broken.", NEAR - WORDS * 1.02, "en", False),
        ("It came off.", 0.95, "nl", False),  # in other languages nearness alone says nothing
        ("De zip is kapot.", NEAR_ELSEWHERE + 0.001, "nl", HALF <= 0.5),
        ("De zip is kapot.", NEAR_ELSEWHERE - 0.001, "nl", False),
    ],
)
def test_the_floor_by_language_and_words(sentence: str, cosine: float, language: str, holds: bool) -> None:
    assert (heard({sentence: cosine}, language) is not None) is holds


def test_a_ticket_that_was_not_embedded_means_nothing() -> None:
    meanings = Meanings.build([PHRASE], Table({PHRASE: (1.0, 0.0, 0.0, 0.0)}))
    assert meanings.listen(context("The zip is broken.")).nearest([PHRASE]) is None
    assert meanings.listen(context("")).nearest([PHRASE]) is None


def test_phrases_of_another_playbook_are_not_embedded_again() -> None:
    encoder = HashEncoder(64)
    book = "rules: [{id: r, when: {means: [%s]}, then: {warn: x}}]\n"
    old = Rules.build(load_files({"x.yaml": book % "broken zip, torn seam"}), encoder)
    encoder.encoded.clear()
    new = Rules.build(load_files({"x.yaml": book % "torn seam, lost button"}), encoder, old)
    assert encoder.encoded == ["lost button"]
    assert advise(new, read("There is a torn seam.", encoder)).matches[0].because == ("means: torn seam",)
    assert advise(new, read("It has a lost button.", encoder)).matches[0].because == ("means: lost button",)
    assert advise(new, read("The zip is broken.", encoder)).matches == ()


# ---------------------------------------------------------------- the packaged encoder


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder(MODEL, threads=1)


WAYS = {
    "leak": ["the bottle leaked in the parcel", "it had leaked all over the box", "it had spilled inside the package"],
    "date": ["I need it before a certain date", "will it arrive by Friday?", "I need it in time for the wedding"],
    "twice": ["I was charged twice", "the payment was taken two times", "you debited my card twice for one order"],
    "address": ["I moved house", "I gave the wrong address", "please send it to my new address"],
    "kaputt": ["die Flasche ist ausgelaufen", "alles im Paket ist nass", "die Creme ist im Karton ausgelaufen"],
    "doble": ["me han cobrado dos veces", "tengo dos cargos por el mismo pedido", "el pago aparece duplicado"],
}


@pytest.mark.parametrize(
    ("way", "language", "text", "quote"),
    [
        ("leak", "en", "Hi. When I opened the box the serum had run out all over everything. What now?", "the serum"),
        ("leak", "en", "Do you sell the serum in a bigger bottle? I finish mine in three weeks.", ""),
        ("date", "en", "Hi there. Will the dress be here by Saturday? It's for my cousin.", "Will the dress"),
        ("date", "en", "There is no hurry with the exchange, whenever it suits you.", ""),
        ("twice", "en", "Hello. My bank statement shows the payment for this order two times. Please help.", "My bank"),
        ("twice", "en", "Can I pay in two instalments? I don't have a credit card.", ""),
        (
            "address",
            "en",
            "Please check my order. I typed in my former address, we relocated last month.",
            "I typed in",
        ),
        ("address", "en", "We love the candle, the whole house smells of it.", ""),
        ("kaputt", "de", "Guten Tag. Das Serum war ausgelaufen und der ganze Karton ist nass.", "Das Serum"),
        ("kaputt", "de", "Guten Tag, mein Paket ist seit Dienstag unterwegs. Wo ist es?", ""),
        ("doble", "es", "Buenos días. Me habéis cobrado el pedido dos veces. ¿Lo devolvéis?", "Me habéis"),
        ("doble", "es", "Hola, ¿cuánto cuesta el envío a Canarias?", ""),
        ("twice", "es", "Buenos días. Me habéis cobrado el pedido dos veces.", ""),  # phrases are of one language
    ],
)
def test_tickets_with_a_meaning_and_without(encoder: Encoder, way: str, language: str, text: str, quote: str) -> None:
    phrases = ", ".join(f'"{phrase}"' for phrase in WAYS[way])
    rules = Rules.build(
        load_files({"x.yaml": f"rules: [{{id: r, when: {{means: [{phrases}]}}, then: {{warn: x}}}}]\n"}), encoder
    )
    found = advise(rules, read(text, encoder, language)).matches
    assert bool(found) is bool(quote)
    if found:
        assert quote in found[0].quotes[0]
        assert found[0].quotes[0] in text
