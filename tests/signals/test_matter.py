"""One vector of what is said and what was read: lengths, shares, and what it is good for."""

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from recommenders.protocols import FloatArray
from recommenders.retrieval.encoder import load_encoder
from recommenders.signals.heads import HEADS, Heads
from recommenders.signals.matter import FOREIGN, WEIGHT, MatterEncoder

MODEL = Path(__file__).parents[2] / "var" / "models" / "all-MiniLM-L6-v2"
USUAL = np.log(np.array([0.02, 0.02, 0.02], dtype=np.float32) / 0.98)


class Flat:
    """An encoder of two numbers: every text points the same way."""

    name, dimension = "flat", 2

    def encode_reading(self, text: str, spans: Sequence[tuple[int, int]]) -> tuple[FloatArray, ...]:
        row = np.array([1.0, 0.0], dtype=np.float32)
        rows = np.tile(row, (len(spans), 1))
        return row, rows, row, rows


def made() -> MatterEncoder:
    heads: Any = SimpleNamespace(labels=("a", "b", "c"), usual=USUAL, digest="00000000")
    encoder: Any = Flat()
    return MatterEncoder(encoder, heads, lambda text: "en")


def row(*values: float) -> FloatArray:
    return np.array(values, dtype=np.float32)


def test_both_halves_have_their_share_of_a_vector_of_length_one() -> None:
    vector = made().join(row(1, 0), row(0.9, 0.02, 0.02))
    assert vector.shape == (5,)
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)
    assert vector[0] == pytest.approx((1 / (1 + WEIGHT)) ** 0.5, abs=1e-5)
    assert vector[2] == pytest.approx((WEIGHT / (1 + WEIGHT)) ** 0.5, abs=1e-3)  # only "a" is unusual


def test_what_is_as_likely_as_ever_makes_nothing_alike() -> None:
    encoder = made()
    one, same, other = (
        encoder.join(row(1, 0), row(*p)) for p in ((0.9, 0.02, 0.02), (0.8, 0.01, 0.02), (0.01, 0.02, 0.9))
    )
    assert one @ same == pytest.approx(1.0, abs=1e-3)
    assert one @ other == pytest.approx(1 / (1 + WEIGHT), abs=1e-2)


def test_a_question_in_another_language_leans_on_what_was_read() -> None:
    encoder = made()
    case = encoder.join(row(0, 1), row(0.9, 0.02, 0.02))  # said in quite other words
    own, foreign = (encoder.question(row(1, 0), row(0.9, 0.02, 0.02), language) for language in ("en", "pt"))
    assert case @ own == pytest.approx(WEIGHT / (1 + WEIGHT), abs=1e-3)
    assert case @ foreign == pytest.approx((WEIGHT * FOREIGN / (1 + WEIGHT) / (1 + FOREIGN)) ** 0.5, abs=1e-3)
    assert case @ foreign > case @ own


@pytest.mark.skipif(not (MODEL / HEADS).exists(), reason="no model yet: run `make setup`")
def test_a_ticket_in_german_finds_its_matter_in_english() -> None:
    inner = load_encoder(MODEL, 1)
    heads = Heads.load(MODEL / HEADS, inner.source)
    encoder = MatterEncoder(inner, heads, lambda text: "de" if "ist" in text else "en")
    cases = encoder.encode(
        ["The lamp arrived with a cracked shade.", "Where is my parcel?", "I'd like a bigger size of this shirt."]
    )
    text = "Der Pullover ist mir eine Nummer zu klein, ich brauche ihn größer."
    said, _, whole, each = inner.encode_reading(text, [(0, len(text))])
    read = heads.read(whole, each, [text, text], language="de").probability
    assert int(np.argmax(cases @ encoder.question(said, read, "de"))) == 2
    assert cases.shape == (3, encoder.dimension)
    assert encoder.encode([]).shape == (0, encoder.dimension)
