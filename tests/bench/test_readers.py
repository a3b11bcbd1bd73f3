"""The readers that are compared, and the tasks over a handful of labelled texts, with the real model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from recommenders.bench.described import DESCRIBED
from recommenders.bench.labelled import labelled_texts
from recommenders.bench.language import detectors, language, length_of
from recommenders.bench.outcome import Setup
from recommenders.bench.readers import SHIPPED, Readers, descriptions, said_in
from recommenders.bench.reading import restraint
from recommenders.domain import Caution, Intent, Need, Occasion, Signals
from recommenders.retrieval.encoder import load_encoder
from recommenders.signals import CAUTIONS, INTENTS, OCCASIONS
from recommenders.signals.heads import HEADS, Heads

MODEL = Path(__file__).parents[2] / "var/models/all-MiniLM-L6-v2"
ROWS = [
    ("en", "My lawyer will write to you and we will meet in court.", {"cautions": ["legal_threat"]}),
    ("en", "Which of these two is better for walking in the rain?", {"intents": ["advice_request"]}),
    ("fr", "Mon père est mort la semaine dernière, je voudrais annuler.", {"cautions": ["bereavement"]}),
    ("de", "Danke, alles bestens!", {"intents": ["small_talk"]}),
]


@pytest.fixture(scope="module")
def setup(tmp_path_factory: pytest.TempPathFactory) -> Setup:
    data = tmp_path_factory.mktemp("data")
    (data / "readings").mkdir()
    lines = [json.dumps({"text": text, "lang": lang, "sentiment": 0, **labels}) for lang, text, labels in ROWS]
    for split in ("dev", "test"):
        (data / f"readings/{split}-A.jsonl").write_text("\n".join(lines), "utf-8")
    return Setup(data, MODEL)


def test_every_label_but_needs_has_a_description():
    families = {"intent": INTENTS, "caution": CAUTIONS, "occasion": OCCASIONS}
    assert set(DESCRIBED) == {f"{family}:{name}" for family, names in families.items() for name in names}
    assert set(descriptions()) > set(DESCRIBED)


def test_everything_that_signals_hold():
    signals = Signals(
        "en",
        (Intent("how_to", 1, ""),),
        (Need("wider", "", None, "", 1),),
        occasions=(Occasion("gift", 1, ""),),
        cautions=(Caution("safety", 1, ""),),
    )
    assert said_in(signals) == {"intent:how_to", "need:wider", "occasion:gift", "caution:safety"}
    assert said_in(Signals("en")) == frozenset()


def test_all_readers_read_all_texts_and_nobody_says_nothing_but_none(setup: Setup):
    heads = Heads.load(MODEL / HEADS, load_encoder(MODEL).source)
    texts = labelled_texts(setup.data, frozenset(heads.labels))
    labels = [f"caution:{name}" for name in CAUTIONS]
    made = {reading.recommender: reading for reading in Readers.of(setup, texts).read(texts[1], labels)}
    assert list(made) == ["none", "zero-shot", "grams", "branch", SHIPPED]
    assert {reading.held.shape for reading in made.values()} == {(len(ROWS), len(CAUTIONS))}
    assert not made["none"].held.any()
    assert made["zero-shot"].held.any(), "its edge is set on the first split, which here is the same"
    assert made[SHIPPED].held[0, CAUTIONS.index("legal_threat")]
    assert (made["grams"].scores != made["branch"].scores).any()


def test_a_task_gives_figures_of_both_splits_against_its_baseline(setup: Setup):
    made = restraint(setup)
    assert (made.baseline, made.ours, made.headline) == ("zero-shot", SHIPPED, "f1 test")
    found = {(f.recommender, f.metric): f for f in made.figures}
    assert found[SHIPPED, "recall test"].estimate == found[SHIPPED, "recall dev"].estimate
    assert {curve.chart for curve in made.curves} == {"precision and recall dev", "precision and recall test"}
    assert {f.metric.split()[-1] for f in made.figures} == {"dev", "test"}


def test_the_language_of_four_texts(setup: Setup):
    made = {(f.recommender, f.metric): f.estimate.value for f in language(setup).figures}
    assert made["always en", "accuracy test"] == 2 / 4
    assert made["language", "accuracy test"] == 1.0
    assert made["always en", "accuracy 1-6 words test"] == 0.0


def test_lengths():
    assert [length_of("a " * n) for n in (1, 6, 7, 15, 16, 400)] == [
        "1-6 words", "1-6 words", "7-15 words", "7-15 words", "longer", "longer",
    ]  # fmt: skip


def test_detectors_answer_on_any_text():
    for detect in detectors().values():
        assert [detect(text) for text in ("Where is my parcel? I have been waiting for a week.\nThanks",)] == ["en"]
