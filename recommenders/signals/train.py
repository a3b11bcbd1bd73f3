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
from recommenders.signals.grams import BUCKETS, SCALE, WordGrams, buckets_of, rarity, words_of
from recommenders.signals.heads import HEADS, Example, Heads, read_examples
from recommenders.signals.needs import need_kinds
from recommenders.text.sentences import split_sentences

FOLDER = Path(__file__).parent
EXAMPLES = FOLDER / "examples"
SHARE = 0.4  # of the whole in a label's logit; the best sentence has the rest
SEED = 7
EPOCHS = 9
# Architectures whose layers take states and a mask alone, so that the upper ones can be copied and tuned.
FORKED = frozenset({"bert", "roberta", "xlm-roberta", "camembert", "electra"})
BATCH = 32
LONGEST = 192  # tokens of a training text
RARE = 10.0  # most that a rare label's positives count more
HELD_OUT = 0.3  # of the examples, for thresholds and figures
LEAN = 12.0  # positives that a family's threshold counts as, beside a label's own
# A caution that is missed costs more than one too many; of the others both errors cost the same.
BETA = {"intent": 1.0, "need": 1.0, "caution": 1.2, "occasion": 1.0}


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
    """Runs the frozen lower layers once over every text; returns them with the upper layers to be tuned.

    Of an architecture whose layers cannot be taken apart (see FORKED) all stay frozen, and none is returned.
    """
    import torch
    from transformers import AutoModel, AutoTokenizer

    from recommenders.retrieval.export import layers_below

    tokenizer = AutoTokenizer.from_pretrained(str(source))
    model = AutoModel.from_pretrained(str(source), attn_implementation="eager").eval()
    forked = model.config.model_type in FORKED
    split = layers_below(model.config) if forked else model.config.num_hidden_layers
    upper = model.encoder.layer[split:] if forked else torch.nn.ModuleList()
    prepared = []
    for example in examples:
        encoded = tokenizer(
            example.text, truncation=True, max_length=LONGEST, return_offsets_mapping=True, return_tensors="pt"
        )
        offsets = encoded.pop("offset_mapping")[0].tolist()
        with torch.no_grad():
            middle = model(**encoded, output_hidden_states=True).hidden_states[split][0]
        prepared.append(Prepared(middle, tuple(_slices(example.text, offsets))))
    return prepared, upper


def _slices(text: str, offsets: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """For each sentence the tokens that lie in it; the whole when there is none."""
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


def thresholds(truth: np.ndarray[Any, Any], logits: FloatArray) -> FloatArray:
    """For each label the logit from which it is taken to hold: where F-beta over unseen texts is best.

    Labels with few positives lean on the best edge of their whole family (`LEAN` texts' worth).
    """
    names = all_labels()
    found = np.zeros(truth.shape[1], dtype=np.float32)
    for family, beta in BETA.items():
        columns = [i for i, name in enumerate(names) if name.startswith(family + ":")]
        shared = _best_edge(truth[:, columns].ravel(), logits[:, columns].ravel(), beta)
        for i in columns:
            positives = float(truth[:, i].sum())
            own = _best_edge(truth[:, i], logits[:, i], beta) if positives >= 4 else shared
            found[i] = (positives * own + LEAN * shared) / (positives + LEAN)
    return found


def _best_edge(truth: np.ndarray[Any, Any], logits: FloatArray, beta: float) -> float:
    """The logit on a grid with the highest F-beta; of equals the highest."""
    grid = np.arange(-4.0, 4.01, 0.2)
    right, best, edge_of_best = truth > 0, -1.0, 0.0
    for edge in grid:
        chosen = logits >= edge
        hits = float((chosen & right).sum())
        score = (1 + beta**2) * hits / max(float(chosen.sum()) + beta**2 * float(right.sum()), 1.0)
        if score >= best:
            best, edge_of_best = score, float(edge)
    return edge_of_best


def fit_grams(texts: Sequence[str], target: Any) -> WordGrams:
    """Weights over the grams of words, by full-batch Adam; the bias and rarity of the training texts."""
    import torch

    idf = rarity(texts)
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for row, text in enumerate(texts):
        weights: dict[int, float] = {}
        square = 0.0
        for word in words_of(text):
            for bucket in buckets_of(word):
                weights[bucket] = weights.get(bucket, 0.0) + float(idf[bucket])
                square += float(idf[bucket]) ** 2
        scale = SCALE / max(square, 1e-9) ** 0.5
        rows += [row] * len(weights)
        columns += weights
        values += [value * scale for value in weights.values()]
    features = torch.sparse_coo_tensor(
        torch.tensor([rows, columns]), torch.tensor(values, dtype=torch.float32), (len(texts), BUCKETS)
    ).coalesce()
    weight = torch.zeros(BUCKETS, target.shape[1], requires_grad=True)
    bias = torch.full((target.shape[1],), -3.0, requires_grad=True)
    rare = (len(texts) / target.sum(0).clamp(min=1)).sqrt().clamp(max=RARE)
    optimiser = torch.optim.Adam([weight, bias], lr=0.05)
    for _ in range(250):
        optimiser.zero_grad()
        logits = torch.sparse.mm(features, weight) + bias
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, target, pos_weight=rare)
        loss = loss + 1e-4 * weight.pow(2).sum() / target.shape[1]
        loss.backward()
        optimiser.step()
    return WordGrams(weight.detach().numpy(), bias.detach().numpy(), idf)


@dataclass(frozen=True)
class Unseen:
    """What a held-out part of the examples scored: logits (n, labels) of branch and grams, and moods (n,)."""

    rows: list[int]
    branch: FloatArray
    grams: FloatArray
    mood: FloatArray


def held_out(
    examples: Sequence[Example], prepared: Sequence[Prepared], layers: Any, target: Any, moods: Any, epochs: int
) -> Unseen:
    """Trains on a part and scores the rest."""
    share = np.random.default_rng(SEED).random(len(prepared))
    train, test = np.flatnonzero(share >= HELD_OUT).tolist(), np.flatnonzero(share < HELD_OUT).tolist()
    grams = fit_grams([examples[i].text for i in train], target[train])
    branch = Branch(layers, prepared[0].middle.shape[1], target.shape[1])
    branch.fit([prepared[i] for i in train], target[train], moods[train], epochs)
    logits, mood = branch.predict([prepared[i] for i in test])
    return Unseen(test, logits, np.stack([grams.logits(examples[i].text) for i in test]), mood)


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
    source: Path,
    target: Path,
    *,
    examples_in: Path = EXAMPLES,
    epochs: int = EPOCHS,
    measure: bool = True,
    say: Callable[[str], None] = print,
) -> None:
    """Trains on every example and writes `branch.onnx` and `heads.npz` into `target`.

    Args:
        source: a sentence-transformers folder.
        target: an existing folder.
        examples_in: the folder of the labelled texts.
        epochs: over the examples.
        measure: hold a part out first, for the thresholds and for the figures that `say` hears.
        say: hears of the progress.
    """
    from recommenders.retrieval.export import export_branch, source_digest

    paths = sorted(examples_in.glob("*.jsonl"))
    examples = read_examples(paths, frozenset(all_labels()))
    prepared, layers = prepare(examples, source)
    target_labels, moods = targets(examples)
    truth = target_labels.numpy()
    dimension = prepared[0].middle.shape[1]
    edge = np.zeros(truth.shape[1], dtype=np.float32)
    figures: dict[str, Any] = {"examples": len(examples)}
    if measure:
        unseen = held_out(examples, prepared, layers, target_labels, moods, epochs)
        seen_truth, both = truth[unseen.rows], unseen.branch + unseen.grams
        edge = thresholds(seen_truth, both)
        figures |= {
            "branch": report(seen_truth, unseen.branch),
            "grams": report(seen_truth, unseen.grams),
            "both": report(seen_truth, both - edge),
            "mood_r": round(float(np.corrcoef(unseen.mood, moods.numpy()[unseen.rows])[0, 1]), 3),
        }
        say(json.dumps(figures))
    grams = fit_grams([example.text for example in examples], target_labels)
    branch = Branch(layers, dimension, truth.shape[1])
    branch.fit(prepared, target_labels, moods, epochs)
    if len(branch.layers):
        export_branch(branch.layers, dimension, target / BRANCH)
    else:
        (target / BRANCH).unlink(missing_ok=True)
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()
    Heads(
        all_labels(),
        branch.head.weight.detach().numpy(),
        branch.head.bias.detach().numpy() - edge,  # so that 0.5 is the threshold of every label
        np.full(truth.shape[1], 0.5, dtype=np.float32),
        branch.mood.weight.detach().numpy()[0],
        float(branch.mood.bias.detach()[0]),
        SHARE,
        {"source": source_digest(source), "examples": digest, "figures": json.dumps(figures)},
        grams,
    ).save(target / HEADS)


def main() -> int:
    """Command line of `train`."""
    parser = argparse.ArgumentParser(description="Train what reads tickets.")
    parser.add_argument("source", type=Path, help="sentence-transformers folder")
    parser.add_argument("target", type=Path, help="folder to write to")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--quick", action="store_true", help="no held-out part: plain thresholds, no figures")
    options = parser.parse_args()
    train(options.source, options.target, epochs=options.epochs, measure=not options.quick)
    return 0


if __name__ == "__main__":
    sys.exit(main())
