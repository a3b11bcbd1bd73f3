"""Trains what reads tickets on the labelled texts: `python -m recommenders.signals.train SOURCE TARGET`.

A tuned branch of the encoder's upper layers (branch.py) and character n-grams of words (gram_fit.py) learn all labels
at once. First each fold of the texts is scored by a branch and grams that did not see it; those scores say how much
each counts and from where a label holds (calibrate.py). Then both are trained on everything. Measured in
docs/benchmarks.md against heads on the frozen encoder.

It needs torch. What it makes of the packaged model is shipped in `trained/`; set-up runs it for another model.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import pickle
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from recommenders.protocols import FloatArray
from recommenders.retrieval.encoder import BRANCH
from recommenders.signals.branch import SHARE, Branch, Prepared, prepare, upper_layers
from recommenders.signals.calibrate import Unseen, figures_of, fit_mix, folds_of
from recommenders.signals.gram_fit import fit_grams
from recommenders.signals.grams import WordGrams
from recommenders.signals.heads import HEADS, OWN_LANGUAGES, Example, Heads, Mix, read_examples
from recommenders.signals.labels import all_labels

EXAMPLES = Path(__file__).parent / "examples"
EPOCHS = 9
FOLDS = 3


def targets(examples: Sequence[Example]) -> tuple[Any, Any]:
    """Labels (n, labels) and moods (n,) as tensors."""
    import torch

    column = {label: i for i, label in enumerate(all_labels())}
    target = torch.zeros(len(examples), len(column))
    for i, example in enumerate(examples):
        for label in example.labels:
            target[i, column[label]] = 1
    return target, torch.tensor([example.mood for example in examples], dtype=torch.float32)


@dataclass(frozen=True)
class Material:
    """What a worker trains on: texts, their middle states, and where the encoder is that they come from."""

    texts: Sequence[str]
    prepared: Sequence[Prepared]
    target: Any
    moods: Any
    source: Path
    epochs: int

    def grams(self, rows: Sequence[int]) -> WordGrams:
        """Grams of these rows; their last column is the mood, as a probability of being pleased."""
        import torch

        pleased = ((self.moods[rows] + 1) / 2)[:, None]
        return fit_grams([self.texts[i] for i in rows], torch.cat([self.target[rows], pleased], 1))

    def branch(self, rows: Sequence[int]) -> Branch:
        """A branch tuned on these rows."""
        branch = Branch(upper_layers(self.source), self.prepared[0].middle.shape[1], self.target.shape[1])
        branch.fit([self.prepared[i] for i in rows], self.target[rows], self.moods[rows], self.epochs)
        return branch


def train(
    source: Path,
    target: Path,
    *,
    examples_in: Path = EXAMPLES,
    epochs: int = EPOCHS,
    measure: bool = True,
    workers: int | None = None,
    say: Callable[[str], None] = print,
) -> None:
    """Trains on every example and writes `branch.onnx` and `heads.npz` into `target`.

    Args:
        source: a sentence-transformers folder.
        target: an existing folder.
        examples_in: the folder of the labelled texts.
        epochs: over the examples.
        measure: score folds first, for the mix, the thresholds and the figures that `say` hears.
        workers: processes that score folds, one core each; None takes all cores.
        say: hears of the progress.
    """
    from recommenders.retrieval.export import export_branch, source_digest

    paths = sorted(examples_in.glob("*.jsonl"))
    examples = read_examples(paths, frozenset(all_labels()))
    prepared = prepare(examples, source)
    labels, moods = targets(examples)
    material = Material([e.text for e in examples], prepared, labels, moods, source, epochs)
    mix = Mix.plain(len(all_labels()))
    figures: dict[str, Any] = {}
    if measure:
        mix, figures = _measured(examples, material, workers or os.cpu_count() or 1, say)
    everything = list(range(len(examples)))
    grams, branch = material.grams(everything), material.branch(everything)
    if len(branch.layers):
        export_branch(branch.layers, prepared[0].middle.shape[1], target / BRANCH)
    else:
        (target / BRANCH).unlink(missing_ok=True)
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()
    figures = {"examples": len(examples), **figures}
    shares = [round(share, 5) for share in labels.numpy().mean(axis=0).tolist()]
    Heads(
        all_labels(),
        branch.head.weight.detach().numpy(),
        branch.head.bias.detach().numpy(),
        np.full(len(all_labels()), 0.5, dtype=np.float32),
        branch.mood.weight.detach().numpy()[0],
        float(branch.mood.bias.detach()[0]),
        SHARE,
        {
            "source": source_digest(source),
            "examples": digest,
            "figures": json.dumps(figures),
            "shares": json.dumps(shares),
        },
        grams,
        mix,
    ).save(target / HEADS)


def _measured(
    examples: Sequence[Example], material: Material, workers: int, say: Callable[[str], None]
) -> tuple[Mix, dict[str, Any]]:
    """The mix that unseen texts ask for, and what it reaches on them."""
    folds = folds_of([example.source for example in examples], FOLDS)
    labels = len(all_labels())
    branch, grams = (np.zeros((len(examples), labels), dtype=np.float32) for _ in range(2))
    branch_mood, grams_mood = (np.zeros(len(examples), dtype=np.float32) for _ in range(2))
    if len(folds) < 2:
        return Mix.plain(labels), {}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "material.pickle"  # a file, since every worker needs all of it
        with place.open("wb") as file:
            pickle.dump(material, file, protocol=5)
        # Spawned, since a process that has used its threads must not be forked; one thread each, since threads that
        # wait for each other on busy cores take several times as long.
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(min(workers, len(folds)), mp_context=spawn) as pool:
            scored = pool.map(_score_fold, [place] * len(folds), folds)
            for fold, (by_branch, branch_moods, by_grams) in zip(folds, scored, strict=True):
                branch[fold], branch_mood[fold] = by_branch, branch_moods
                grams[fold], grams_mood[fold] = by_grams[:, :-1], np.tanh(by_grams[:, -1] / 2)
    own = np.array([example.language in OWN_LANGUAGES for example in examples])
    unseen = Unseen(branch, grams, branch_mood, grams_mood, own)
    truth, moods = material.target.numpy(), material.moods.numpy()
    mix = fit_mix(truth, moods, unseen)
    figures = figures_of(truth, moods, unseen, mix)
    say(json.dumps(figures))
    return mix, figures


def _score_fold(place: Path, fold: Sequence[int]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Logits and moods of a fold's branch, and the gram logits, by what was trained on all other texts."""
    import torch

    torch.set_num_threads(1)
    with place.open("rb") as file:
        material: Material = pickle.load(file)  # noqa: S301 - written by this very program a moment ago
    held = set(fold)
    rest = [i for i in range(len(material.texts)) if i not in held]
    logits, moods = material.branch(rest).predict([material.prepared[i] for i in fold])
    grams = material.grams(rest)
    return logits, moods, np.stack([grams.logits(material.texts[i]) for i in fold])


def main() -> int:
    """Command line of `train`."""
    parser = argparse.ArgumentParser(description="Train what reads tickets.")
    parser.add_argument("source", type=Path, help="sentence-transformers folder")
    parser.add_argument("target", type=Path, help="folder to write to")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--workers", type=int, help="processes that score folds (default: a core each)")
    parser.add_argument("--quick", action="store_true", help="no folds: plain thresholds, no figures")
    options = parser.parse_args()
    train(options.source, options.target, epochs=options.epochs, measure=not options.quick, workers=options.workers)
    return 0


if __name__ == "__main__":
    sys.exit(main())
