"""What was read of a text comes back as it was, but for the rounding of its vectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from copilot.store.database import open_database
from copilot.store.readings import Reading, ReadingStore, text_key
from recommenders.domain import (
    Caution,
    ChurnRisk,
    Exclusion,
    Intent,
    Need,
    Occasion,
    Sentiment,
    Signals,
)

SIGNALS = Signals(
    "de",
    (Intent("praise", 0.9, "danke"),),
    (Need("warmer", "more warmth", "sku-1", "zu kalt", 0.8),),
    Sentiment("positive", 0.5),
    (Occasion("wedding", 0.7, "Hochzeit"),),
    ChurnRisk(0.4, ("late",)),
    (Caution("safety", 0.6, "Glas"),),
    (Exclusion("wool", "keine Wolle"),),
    np.array([0.1, 0.999], dtype=np.float32),
)


def reading(sentences: int) -> Reading:
    draw = np.random.default_rng(1)
    rows = [draw.standard_normal((n, 4)).astype(np.float16).astype(np.float32) for n in (1, sentences, 1, sentences)]
    return Reading(rows[0][0], rows[1], rows[2][0], rows[3], SIGNALS, 1)


def test_a_reading_is_found_by_its_text_and_its_reader(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    store, other = ReadingStore(database, 4, "me"), ReadingStore(database, 4, "you")
    store.keep({text_key("eins"): reading(2), text_key(""): reading(0)})
    assert other.find([text_key("eins")]) == {}
    found = store.find([text_key("eins"), text_key("zwei"), text_key("")])
    assert set(found) == {text_key("eins"), text_key("")}
    back, given = found[text_key("eins")], reading(2)
    for name in ("whole", "sentences", "read_whole", "read_sentences"):
        assert np.array_equal(getattr(back, name), getattr(given, name))
    assert back.background == 1
    assert back.signals is not None
    assert back.signals.needs[0].about is None
    assert (back.signals.intents, back.signals.occasions, back.signals.cautions, back.signals.exclusions) == (
        SIGNALS.intents, SIGNALS.occasions, SIGNALS.cautions, SIGNALS.exclusions,
    )  # fmt: skip
    assert (back.signals.sentiment, back.signals.language) == (SIGNALS.sentiment, "de")
    assert back.signals.probability is not None
    assert back.signals.probability.tolist() == SIGNALS.probability.tolist()  # type: ignore[union-attr]
    assert back.signals.churn_risk.score == 0  # follows from the records of the day
    assert found[text_key("")].sentences.shape == (0, 4)


def test_what_nobody_needs_any_more_goes(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    store, other = ReadingStore(database, 4, "me"), ReadingStore(database, 4, "you")
    keys = [text_key(text) for text in "abc"]
    store.keep({key: reading(1) for key in keys})
    other.keep({keys[0]: reading(1)})
    assert store.keep_only(set(keys[:2])) == 2
    assert set(store.find(keys)) == set(keys[:2])
    assert other.find(keys) == {}
