"""Trains what reads tickets on the labelled texts: `python -m recommenders.signals.train SOURCE TARGET`.

The encoder's lower layers stay as they are and are shared; copies of its upper layers are tuned on all labels at once
(the "branch"), with a linear head on top. So retrieval keeps the space that it was made for, and reading costs half a
pass more, not a whole one. Measured in docs/benchmarks.md against heads on the frozen encoder.

It needs torch. What it makes of the packaged model is shipped in `trained/`; set-up runs it for another model.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from recommenders.protocols import FloatArray
from recommenders.retrieval.encoder import BRANCH
from recommenders.signals import CAUTIONS, INTENTS, OCCASIONS
from recommenders.signals.heads import HEADS, Example, Heads, read_examples
from recommenders.signals.needs import need_kinds
from recommenders.text.sentences import split_sentences

FOLDER = Path(__file__).parent
EXAMPLES = FOLDER / "examples"
SHARE = 0.4  # of the whole in a label's logit; the best sentence has the rest
SEED = 7
EPOCHS = 14
BATCH = 32
LONGEST = 192  # tokens of a training text
RARE = 10.0  # most that a rare label's positives count more
PRECISION = 0.6  # a label's threshold aims at this precision out of fold, where it can be had
BOUNDS = (0.35, 0.8)  # of a threshold


def all_labels() -> tuple[str, ...]:
    """Every label that a text can carry, "family:id"."""
    return (
        *(f"intent:{x}" for x in INTENTS),
        *(f"need:{x}" for x in need_kinds()),
        *(f"caution:{x}" for x in CAUTIONS),
        *(f"occasion:{x}" for x in OCCASIONS),
    )


@dataclass(frozen=True)
class Prepared:
    """An example as the branch sees it: middle states (tokens, d), and each sentence's slice of tokens."""

    middle: Any
    slices: tuple[tuple[int, int], ...]


def prepare(examples: Sequence[Example], source: Path) -> tuple[list[Prepared], Any]:
    """Runs the frozen lower layers once over every text; returns them with the upper layers to be tuned."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    from recommenders.retrieval.export import layers_below

    tokenizer = AutoTokenizer.from_pretrained(str(source))
    model = AutoModel.from_pretrained(str(source), attn_implementation="eager").eval()
    split = layers_below(model.config)
    prepared = []
    for example in examples:
        encoded = tokenizer(
            example.text, truncation=True, max_length=LONGEST, return_offsets_mapping=True, return_tensors="pt"
        )
        offsets = encoded.pop("offset_mapping")[0].tolist()
        with torch.no_grad():
            middle = model(**encoded, output_hidden_states=True).hidden_states[split][0]
        prepared.append(Prepared(middle, tuple(_slices(example.text, offsets))))
    return prepared, model.encoder.layer[split:]


def _slices(text: str, offsets: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """For each sentence the tokens that lie in it; the whole without special tokens when there is none."""
    own = [i for i, (start, end) in enumerate(offsets) if end > start]
    found = []
    for sentence in split_sentences(text):
        inside = [i for i in own if offsets[i][0] < sentence.end and offsets[i][1] > sentence.start]
        if inside:
            found.append((inside[0], inside[-1] + 1))
    yield from found or [(0, len(offsets))]


class Branch:
    """The tuned upper layers and the heads on them, while they are trained."""

    def __init__(self, layers: Any, dimension: int, labels: int) -> None:
        import copy

        import torch

        torch.manual_seed(SEED)
        self.layers = copy.deepcopy(layers)
        self.head = torch.nn.Linear(dimension, labels)
        self.mood = torch.nn.Linear(dimension, 1)
        torch.nn.init.zeros_(self.head.weight)
        torch.nn.init.constant_(self.head.bias, -3.0)

    def bags(self, batch: Sequence[Prepared]) -> tuple[Any, Any, Any]:
        """Unit vectors of the wholes (n, d), of their sentences (n, most, d), and which of those are real (n, most)."""
        import torch

        lengths = [len(item.middle) for item in batch]
        states = torch.nn.utils.rnn.pad_sequence([item.middle for item in batch], batch_first=True)
        seen = torch.arange(states.shape[1])[None] < torch.tensor(lengths)[:, None]
        mask = (~seen)[:, None, None, :].float() * -1e9
        for layer in self.layers:
            out = layer(states, attention_mask=mask)
            states = out[0] if isinstance(out, tuple) else out
        most = max(len(item.slices) for item in batch)
        pools = torch.zeros(len(batch), most + 1, states.shape[1])
        for i, item in enumerate(batch):
            pools[i, 0, : lengths[i]] = 1 / lengths[i]
            for j, (first, last) in enumerate(item.slices, 1):
                pools[i, j, first:last] = 1 / (last - first)
        pooled = torch.nn.functional.normalize(torch.bmm(pools, states), dim=2)
        real = torch.tensor([[j < len(item.slices) for j in range(most)] for item in batch])
        return pooled[:, 0], pooled[:, 1:], real

    def logits(self, batch: Sequence[Prepared]) -> tuple[Any, Any]:
        """Pooled logits (n, labels) and moods (n,)."""
        import torch

        whole, parts, real = self.bags(batch)
        best = self.head(parts).masked_fill(~real[:, :, None], -1e4).amax(1)
        return SHARE * self.head(whole) + (1 - SHARE) * best, torch.tanh(self.mood(whole)).squeeze(1)

    def fit(self, prepared: Sequence[Prepared], target: Any, moods: Any, epochs: int) -> None:
        """Adam over shuffled batches, one cycle of the learning rate.

        Positives of a rare label count by the square root of its rarity, at most RARE times.
        """
        import torch

        positive = target.sum(0).clamp(min=1)
        weight = (len(prepared) / positive).sqrt().clamp(max=RARE)
        steps = epochs * (-(-len(prepared) // BATCH))
        groups = [
            {"params": list(self.layers.parameters()), "lr": 1e-4, "weight_decay": 0.01},
            {"params": [*self.head.parameters(), *self.mood.parameters()], "lr": 2e-2},
        ]
        optimiser = torch.optim.AdamW(groups)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, [1e-4, 2e-2], total_steps=steps + 1)
        self.layers.train()
        shuffle = np.random.default_rng(SEED)
        for _ in range(epochs):
            for rows in _batches([len(item.middle) for item in prepared], shuffle):
                logits, mood = self.logits([prepared[i] for i in rows])
                loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, target[rows], pos_weight=weight)
                loss = loss + 0.1 * (mood - moods[rows]).pow(2).mean()
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                schedule.step()
        self.layers.eval()

    def predict(self, prepared: Sequence[Prepared]) -> tuple[FloatArray, FloatArray]:
        """Pooled logits (n, labels) and moods (n,)."""
        import torch

        with torch.no_grad():
            rows = [self.logits(prepared[i : i + 64]) for i in range(0, len(prepared), 64)]
        return np.concatenate([r[0].numpy() for r in rows]), np.concatenate([r[1].numpy() for r in rows])


def _batches(lengths: Sequence[int], shuffle: np.random.Generator) -> Iterator[list[int]]:
    """Shuffled batches of about equally long texts, so that little is padding."""
    order = sorted(shuffle.permutation(len(lengths)).tolist(), key=lambda i: lengths[i] + 6 * float(shuffle.random()))
    batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
    for at in shuffle.permutation(len(batches)).tolist():
        yield batches[at]


def targets(examples: Sequence[Example]) -> tuple[Any, Any]:
    """Labels (n, labels) and moods (n,) as tensors."""
    import torch

    column = {label: i for i, label in enumerate(all_labels())}
    target = torch.zeros(len(examples), len(column))
    for i, example in enumerate(examples):
        for label in example.labels:
            target[i, column[label]] = 1
    return target, torch.tensor([example.mood for example in examples], dtype=torch.float32)


def average_precision(truth: np.ndarray[Any, Any], scores: FloatArray) -> float:
    """Mean of the precisions at the rank of every positive; NaN without one."""
    ranked = truth[np.argsort(-scores, kind="stable")] > 0
    if not ranked.any():
        return float("nan")
    return float((np.cumsum(ranked) / np.arange(1, len(ranked) + 1))[ranked].mean())


def thresholds(truth: np.ndarray[Any, Any], probability: FloatArray) -> FloatArray:
    """For each label the lowest threshold that reaches PRECISION out of fold, within BOUNDS."""
    found = np.full(truth.shape[1], 0.5, dtype=np.float32)
    grid = np.arange(BOUNDS[0], BOUNDS[1] + 0.001, 0.025)
    for label in range(truth.shape[1]):
        if truth[:, label].sum() < 8:
            continue
        found[label] = BOUNDS[1]
        for edge in grid:
            chosen = probability[:, label] >= edge
            if chosen.any() and truth[chosen, label].mean() >= PRECISION:
                found[label] = edge
                break
    return found


def out_of_fold(
    prepared: Sequence[Prepared], layers: Any, target: Any, moods: Any, folds: int, epochs: int
) -> tuple[FloatArray, FloatArray]:
    """Logits and moods of every example from a branch that has not seen it."""
    fold = np.random.default_rng(SEED).integers(0, folds, len(prepared))
    logits = np.zeros(tuple(target.shape), dtype=np.float32)
    mood = np.zeros(len(prepared), dtype=np.float32)
    for number in range(folds):
        train, test = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        branch = Branch(layers, prepared[0].middle.shape[1], target.shape[1])
        branch.fit([prepared[i] for i in train.tolist()], target[train], moods[train], epochs)
        logits[test], mood[test] = branch.predict([prepared[i] for i in test.tolist()])
    return logits, mood


def report(truth: np.ndarray[Any, Any], logits: FloatArray) -> dict[str, dict[str, float]]:
    """Mean average precision, and micro F1 at 0.5, of each family."""
    rows = {}
    for family in ("intent", "need", "caution", "occasion"):
        columns = [i for i, label in enumerate(all_labels()) if label.startswith(family) and truth[:, i].sum() >= 4]
        chosen, right = logits[:, columns] > 0, truth[:, columns] > 0
        precision = (chosen & right).sum() / max(chosen.sum(), 1)
        recall = (chosen & right).sum() / max(right.sum(), 1)
        mean = np.nanmean([average_precision(truth[:, i], logits[:, i]) for i in columns])
        figures = {"map": mean, "precision": precision, "recall": recall}
        rows[family] = {name: round(float(value), 3) for name, value in figures.items()}
    return rows


def train(
    source: Path, target: Path, *, epochs: int = EPOCHS, folds: int = 2, say: Callable[[str], None] = print
) -> None:
    """Trains on every example and writes `branch.onnx` and `heads.npz` into `target`.

    Args:
        source: a sentence-transformers folder.
        target: an existing folder.
        epochs: over the examples.
        folds: for the thresholds and the figures that `say` hears; 0 keeps every threshold at 0.5.
        say: hears of the progress.
    """
    from recommenders.retrieval.export import export_branch, source_digest

    paths = sorted(EXAMPLES.glob("*.jsonl"))
    examples = read_examples(paths, frozenset(all_labels()))
    prepared, layers = prepare(examples, source)
    target_labels, moods = targets(examples)
    truth = target_labels.numpy()
    dimension = prepared[0].middle.shape[1]
    threshold = np.full(truth.shape[1], 0.5, dtype=np.float32)
    figures: dict[str, Any] = {"examples": len(examples)}
    if folds:
        logits, mood = out_of_fold(prepared, layers, target_labels, moods, folds, epochs)
        threshold = thresholds(truth, (1 / (1 + np.exp(-logits))).astype(np.float32))
        figures |= report(truth, logits) | {"mood_r": round(float(np.corrcoef(mood, moods.numpy())[0, 1]), 3)}
        say(json.dumps(figures))
    branch = Branch(layers, dimension, truth.shape[1])
    branch.fit(prepared, target_labels, moods, epochs)
    export_branch(branch.layers, dimension, target / BRANCH)
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()
    Heads(
        all_labels(),
        branch.head.weight.detach().numpy(),
        branch.head.bias.detach().numpy(),
        threshold,
        branch.mood.weight.detach().numpy()[0],
        float(branch.mood.bias.detach()[0]),
        SHARE,
        {"source": source_digest(source), "examples": digest, "figures": json.dumps(figures)},
    ).save(target / HEADS)


def main() -> int:
    """Command line of `train`."""
    parser = argparse.ArgumentParser(description="Train what reads tickets.")
    parser.add_argument("source", type=Path, help="sentence-transformers folder")
    parser.add_argument("target", type=Path, help="folder to write to")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--folds", type=int, default=2)
    options = parser.parse_args()
    train(options.source, options.target, epochs=options.epochs, folds=options.folds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
