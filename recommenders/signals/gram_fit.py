"""Fits WordGrams on labelled texts. It needs torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from recommenders.signals.branch import RARE
from recommenders.signals.grams import BUCKETS, SCALE, WordGrams, buckets_of, rarity, words_of

STEPS, RATE, DECAY = 250, 0.05, 1e-4


def fit_grams(texts: Sequence[str], target: Any) -> WordGrams:
    """Weights over the grams of words, by full-batch Adam; the bias and rarity of the training texts.

    Args:
        texts: what is learned from.
        target: (texts, columns) with values from 0 to 1.
    """
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
    optimiser = torch.optim.Adam([weight, bias], lr=RATE)
    for _ in range(STEPS):
        optimiser.zero_grad()
        logits = torch.sparse.mm(features, weight) + bias
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, target, pos_weight=rare)
        loss = loss + DECAY * weight.pow(2).sum() / target.shape[1]
        loss.backward()
        optimiser.step()
    return WordGrams(weight.detach().numpy(), bias.detach().numpy(), idf)
