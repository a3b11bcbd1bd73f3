"""The tuned branch: copies of an encoder's upper layers with a linear head on them, while they are trained.

The lower layers stay as they are and are shared, so retrieval keeps the space that it was made for, and reading costs
half a pass more, not a whole one. It needs torch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from recommenders.protocols import FloatArray
from recommenders.signals.heads import Example
from recommenders.text.sentences import split_sentences

SEED = 7
SHARE = 0.4  # of the whole in a label's logit; the best sentence has the rest
# Architectures whose layers take states and a mask alone, so that the upper ones can be copied and tuned.
FORKED = frozenset({"bert", "roberta", "xlm-roberta", "camembert", "electra"})
BATCH = 32
LONGEST = 192  # tokens of a training text
RARE = 10.0  # most that a rare label's positives count more
LAYERS_RATE, HEAD_RATE = 1e-4, 2e-2  # highest learning rates


@dataclass(frozen=True)
class Prepared:
    """An example as the branch sees it: middle states (tokens, d), and each sentence's slice of tokens."""

    middle: Any
    slices: tuple[tuple[int, int], ...]


def upper_layers(source: Path) -> Any:
    """The layers of an encoder that a branch tunes: its upper ones, or none where they cannot be taken apart."""
    import torch

    model = _model(source)
    forked = model.config.model_type in FORKED
    return model.encoder.layer[_split(model) :] if forked else torch.nn.ModuleList()


def prepare(examples: Sequence[Example], source: Path) -> list[Prepared]:
    """Runs the frozen lower layers once over every text.

    Of an architecture whose layers cannot be taken apart (see FORKED) all layers stay frozen.
    """
    import torch
    from transformers import AutoTokenizer

    tokenizer, model = AutoTokenizer.from_pretrained(str(source)), _model(source)
    split = _split(model)
    prepared = []
    for example in examples:
        encoded = tokenizer(
            example.text, truncation=True, max_length=LONGEST, return_offsets_mapping=True, return_tensors="pt"
        )
        offsets = encoded.pop("offset_mapping")[0].tolist()
        with torch.no_grad():
            middle = model(**encoded, output_hidden_states=True).hidden_states[split][0]
        prepared.append(Prepared(middle, tuple(slices_of(example.text, offsets))))
    return prepared


def _model(source: Path) -> Any:
    from transformers import AutoModel

    return AutoModel.from_pretrained(str(source), attn_implementation="eager").eval()


def _split(model: Any) -> int:
    from recommenders.retrieval.export import layers_below

    forked = model.config.model_type in FORKED
    return layers_below(model.config) if forked else int(model.config.num_hidden_layers)


def slices_of(text: str, offsets: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
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
            {"params": list(self.layers.parameters()), "lr": LAYERS_RATE, "weight_decay": 0.01},
            {"params": [*self.head.parameters(), *self.mood.parameters()], "lr": HEAD_RATE},
        ]
        optimiser = torch.optim.AdamW(groups)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, [LAYERS_RATE, HEAD_RATE], total_steps=steps + 1)
        self.layers.train()
        # Half as many bits take half as long where the processor computes with them.
        fast = bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
        shuffle = np.random.default_rng(SEED)
        for _ in range(epochs):
            for rows in batches([len(item.middle) for item in prepared], shuffle):
                with torch.autocast("cpu", dtype=torch.bfloat16, enabled=fast):
                    logits, mood = self.logits([prepared[i] for i in rows])
                logits, mood = logits.float(), mood.float()
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


def batches(lengths: Sequence[int], shuffle: np.random.Generator) -> Iterator[list[int]]:
    """Shuffled batches of about equally long texts, so that little is padding."""
    order = sorted(shuffle.permutation(len(lengths)).tolist(), key=lambda i: lengths[i] + 6 * float(shuffle.random()))
    batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
    for at in shuffle.permutation(len(batches)).tolist():
        yield batches[at]
