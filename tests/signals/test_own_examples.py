"""A shop's own examples correct what is read of texts like them, and of no others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recommenders.retrieval.encoder import load_encoder
from recommenders.signals.heads import HEADS as FILE
from recommenders.signals.heads import Heads
from recommenders.signals.own_examples import MARGIN, OwnExample, OwnExamples
from tests.fakes import HashEncoder

LABELS = ("intent:praise", "caution:adverse_reaction")
MODEL = Path(__file__).parents[2] / "var/models/all-MiniLM-L6-v2"


def heads(dimension: int) -> Heads:
    """Heads that take every text for a bad reaction and none for praise."""
    zeros = np.zeros((2, dimension), np.float32)
    bias = np.array([-2.0, 1.0], np.float32)
    return Heads(LABELS, zeros, bias, np.full(2, 0.5, np.float32), zeros[0], 0.0, 0.4, {})


def taught(*examples: OwnExample) -> tuple[Heads, HashEncoder, OwnExamples]:
    encoder = HashEncoder(256)
    reader = heads(256)
    return reader, encoder, OwnExamples.build(examples, reader, encoder)


def logits(reader: Heads, encoder: HashEncoder, own: OwnExamples, text: str) -> list[float]:
    _, _, whole, parts = encoder.encode_reading(text, [(0, len(text))])
    return reader.logits(whole, parts, [text, text], own).tolist()


def test_an_example_is_read_as_it_says() -> None:
    text = "the candle burns a hole and leaves wax"
    reader, encoder, own = taught(OwnExample(text, frozenset({"intent:praise"})))
    assert logits(reader, encoder, own, text) == pytest.approx([MARGIN, -MARGIN], abs=0.1)


def test_a_text_that_resembles_no_example_is_read_as_before() -> None:
    reader, encoder, own = taught(OwnExample("the candle burns a hole", frozenset({"intent:praise"})))
    assert logits(reader, encoder, own, "parcel never came here today") == [-2.0, 1.0]


def test_a_text_like_an_example_is_pushed_by_as_much_as_it_is_like_it() -> None:
    reader, encoder, own = taught(OwnExample("the candle burns a hole", frozenset({"intent:praise"})))
    praise, reaction = logits(reader, encoder, own, "this candle burns a hole")  # 4 of 5 words: cosine 0.8
    assert -2.0 < praise < MARGIN
    assert -MARGIN < reaction < 1.0


def test_what_the_heads_get_right_is_left_alone() -> None:
    text = "my skin blistered"
    *_, own = taught(OwnExample(text, frozenset({"caution:adverse_reaction"})))
    assert own.push[0].tolist() == pytest.approx([0.0, MARGIN - 1.0], abs=0.05)  # -2 is surely no praise already


def test_the_same_example_twice_counts_once() -> None:
    text = "the candle burns a hole"
    once = taught(OwnExample(text, frozenset({"intent:praise"})))
    twice = taught(*[OwnExample(text, frozenset({"intent:praise"}))] * 2)
    assert logits(*twice, text) == pytest.approx(logits(*once, text), abs=1e-4)


def test_no_examples_add_nothing() -> None:
    reader, encoder, own = taught()
    assert logits(reader, encoder, own, "the candle burns a hole") == [-2.0, 1.0]


def test_labels_that_the_heads_do_not_know_are_left_out() -> None:
    _, _, own = taught(OwnExample("a text", frozenset({"need:from_a_newer_list"})))
    assert own.push.shape == (1, 2)


def test_with_the_real_model_a_paraphrase_of_an_example_is_read_like_it() -> None:
    encoder = load_encoder(MODEL)
    reader = Heads.load(MODEL / FILE, encoder.source)
    example = OwnExample(
        "The wick drowned and took the flame with it, same as the last two.", frozenset({"intent:how_to"})
    )
    own = OwnExamples.build([example], reader, encoder)

    def advised(text: str, correction: OwnExamples | None) -> float:
        *_, whole, parts = encoder.encode_reading(text, [(0, len(text))])
        return float(reader.logits(whole, parts, [text, text], correction)[reader.index["intent:how_to"]])

    assert advised(example.text, own) >= MARGIN - 0.2
    like, unlike = "Again the wick drowned and the flame went out.", "When will my parcel arrive?"
    assert advised(like, own) > advised(like, None) + 0.2
    assert advised(unlike, own) == pytest.approx(advised(unlike, None), abs=1e-4)
