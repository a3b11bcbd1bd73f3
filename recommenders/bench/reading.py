"""Tasks `restraint`, `occasions`, `needs`, `intents`: what is read from texts that nobody trained on."""

from __future__ import annotations

from recommenders.bench.labelled import figures_of, labelled_texts, precision_curve, truth_of
from recommenders.bench.outcome import About, Curve, Figure, Outcome, Setup
from recommenders.bench.readers import SHIPPED, Readers
from recommenders.retrieval.encoder import load_encoder
from recommenders.signals.heads import HEADS, Heads

BASELINE = "zero-shot"
ASKED = {
    "caution": "Which tickets must not be sold at: does the reader see illness, danger, loss, anger and the like, and "
    "only where they are?",
    "occasion": "Does the reader see a wedding, a birthday, a gift, a loss, and only where they are?",
    "need": "Does the reader see what a customer misses in a product, told plainly or by its consequence?",
    "intent": "Does the reader see what a customer wants done?",
}
RIGHT = (
    "The labels that the texts' author gave. Every decision is the one that the service would take, at its threshold; "
    "'map', the mean average precision, looks at the order of the scores alone. 'False alarms' are texts without any "
    "such label of which one was said."
)
SOURCE = (
    "Tickets and messages in seven languages, written for this purpose by authors of whom no reader has seen a text, "
    "with many near misses. Thresholds may be looked at on dev; test is only measured."
)


def restraint(setup: Setup) -> Outcome:
    """Cautions that stop selling, over labelled texts."""
    return _reading(setup, "caution")


def occasions(setup: Setup) -> Outcome:
    """Life events, over labelled texts."""
    return _reading(setup, "occasion")


def needs(setup: Setup) -> Outcome:
    """What customers miss, over labelled texts."""
    return _reading(setup, "need")


def intents(setup: Setup) -> Outcome:
    """What customers want done, over labelled texts."""
    return _reading(setup, "intent")


def _reading(setup: Setup, family: str) -> Outcome:
    """The figures of one family of labels; `grams` and `branch` are the two parts of the service's `reader`."""
    heads = Heads.load(setup.model / HEADS, load_encoder(setup.model).source)
    texts = labelled_texts(setup.data, frozenset(heads.labels))
    readers = Readers.of(setup, texts)
    names = [name for name, _ in heads.family(family)]
    labels = [f"{family}:{name}" for name in names]
    figures: list[Figure] = []
    curves: list[Curve] = []
    for split in texts:
        truth = truth_of(split, labels)
        for reading in readers.read(split, labels):
            closely = reading.recommender == SHIPPED
            figures += figures_of(reading, truth, names, split.split, seed=setup.seed, closely=closely)
            if reading.recommender != "none" and truth.any():
                curves.append(precision_curve(reading, truth, split.split))
    return Outcome(
        "readings",
        "+".join(split.revision[:16] for split in texts),
        {"family": family, "trained on": heads.meta.get("examples", ""), "texts": [len(t.examples) for t in texts]},
        tuple(figures),
        BASELINE,
        tuple(curves),
        About(ASKED[family], RIGHT, SOURCE),
        ours=SHIPPED,
        headline=f"f1 {texts[-1].split}",
    )
