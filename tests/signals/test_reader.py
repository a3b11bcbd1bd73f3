"""Signals from heads that are written by hand: two dimensions, three sentences."""

import numpy as np
import pytest

from recommenders.domain import Concern
from recommenders.protocols import FloatArray
from recommenders.signals.heads import Heads
from recommenders.signals.needs import need_kinds
from recommenders.signals.reader import TicketReader, cut
from recommenders.text.sentences import split_sentences

NEED = next(iter(need_kinds()))
# Dimension 0: wants to return. 1: a thank-you. 2: a need, a caution and an occasion.
ROWS = {
    "intent:return_request": (10, 0, 0), "intent:small_talk": (0, 10, 0), f"need:{NEED}": (0, 0, 10),
    "caution:high_anger": (0, 0, 8), "occasion:wedding": (0, 0, 8), "intent:how_to": (0, 0, 0),
}  # fmt: skip
HEADS = Heads(
    tuple(ROWS), np.array(list(ROWS.values()), np.float32), np.full(6, -5, np.float32), np.full(6, 0.5, np.float32),
    np.array([-1, 0.3, 0], np.float32), 0.0, 0.4, {},
)  # fmt: skip
READER = TicketReader(HEADS)
RETURN, THANKS, NEEDY = (np.eye(3, dtype=np.float32)[i] for i in range(3))


def concern(text: str) -> Concern:
    return Concern(text, split_sentences(text))


def test_each_signal_with_its_own_sentence() -> None:
    text = "I send it back. It is never warm enough for my wedding. No wool!"
    whole: FloatArray = ((RETURN + NEEDY) / np.sqrt(2)).astype(np.float32)
    signals = READER.read(concern(text), whole, np.stack([RETURN, NEEDY, THANKS * 0]), "en")
    assert [(i.id, i.quote) for i in signals.intents] == [("return_request", "I send it back.")]
    second = "It is never warm enough for my wedding."
    assert [(n.id, n.text, n.about, n.quote) for n in signals.needs] == [
        (NEED, need_kinds()[NEED].text["en"], None, second)
    ]
    assert [(c.id, c.quote) for c in signals.cautions] == [("high_anger", second)]
    assert [(o.id, o.quote) for o in signals.occasions] == [("wedding", second)]
    assert [e.term for e in signals.exclusions] == ["wool"]
    # 0.4 * (10 / sqrt 2 - 5) + 0.6 * (10 - 5) = 3.828; 1 / (1 + e^-3.828) = 0.9787
    assert signals.intents[0].score == pytest.approx(0.9787, abs=1e-4)
    assert (signals.sentiment.label, signals.sentiment.score) == ("negative", -0.61)  # tanh(-1 / sqrt 2)


def test_no_text_is_no_signal() -> None:
    signals = READER.read(concern(""), THANKS * 0, np.zeros((0, 3), np.float32), "en")
    assert (signals.intents, signals.needs, signals.cautions, signals.sentiment.label) == ((), (), (), "neutral")


def test_background_counts_where_the_rest_leans_on_it() -> None:
    text = "I send it back.\nThe blue one."
    both = np.stack([RETURN, NEEDY])
    whole: FloatArray = both.mean(axis=0)
    assert READER.read(concern(text), whole, both, "en", background=1).intent("return_request") is not None


def test_a_goodbye_closes_what_was_before() -> None:
    text = "I send it back.\nThank you!"
    both = np.stack([RETURN, THANKS])
    whole: FloatArray = both.mean(axis=0)
    signals = READER.read(concern(text), whole, both, "en", background=1)
    assert [(i.id, i.quote) for i in signals.intents] == [("small_talk", "Thank you!")]
    # without the mark between old and new, both are read
    assert len(READER.read(concern(text), whole, both, "en").intents) == 2


@pytest.mark.parametrize(
    ("mood", "label"),
    [(-3.0, "angry"), (-0.8, "negative"), (-0.2, "neutral"), (0.0, "neutral"), (0.21, "positive")],
)
def test_labels_of_a_mood(mood: float, label: str) -> None:
    signals = READER.read(concern("Hm."), RETURN * -mood, np.stack([RETURN * 0]), "en")
    assert signals.sentiment.label == label


def test_quotes_are_cut_at_a_word() -> None:
    assert cut("one  two\nthree") == "one two three"
    assert cut("one two three", 9) == "one two …"
    assert cut("x" * 20, 9) == "x" * 9 + " …"
