"""Exchanges in customers' own words over several shops: task `wishes`, asked of the whole engine."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recommenders.bench.datasets import MissingDataset, revision
from recommenders.bench.metrics import estimate, ranking
from recommenders.bench.outcome import About, Figure, Outcome, Setup

WISHES = Path(__file__).with_name("wishes")
SPLITS = ("dev", "test")
ABOUT = About(
    "Customers ask in their own words, in several languages and over several shops, for other variants of what they "
    "ordered. Is the right variant the first save of its item, and are items that should stay left alone?",
    "The variant that the request's author meant. Pairs of one request are drawn together.",
    "Written for this by an author who had seen the service's code for the dev part, and before any of it for the test "
    "part; the catalogues are tau-bench retail, the demo shop and a small shop with odd options.",
)


@dataclass(frozen=True, slots=True)
class Wish:
    """A request: `pairs` are [sku of the order line, sku that it should become]; `untouched` lines stay as they are."""

    id: str
    shop: str
    pairs: tuple[tuple[str, str], ...]
    untouched: tuple[str, ...]
    request: Mapping[str, Any]


def read_wishes(split: str) -> tuple[Wish, ...]:
    """The requests of a split, in the file's order."""
    lines = WISHES.joinpath(f"{split}.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    return tuple(
        Wish(
            row["id"],
            row["shop"],
            tuple((old, new) for old, new in row["pairs"]),
            tuple(row.get("untouched", ())),
            row["request"],
        )
        for row in rows
    )


def own_wishes(setup: Setup) -> Outcome:
    """hit@1 and hit@3 over the pairs of each split, and the share of lines left alone that should be.

    A shop that is not there takes its requests with it, and is named.

    Raises:
        MissingDataset: there is no engine to ask, or none of the shops.
    """
    if setup.engine_of is None:
        raise MissingDataset("asks the whole engine; run it with `copilot bench`")
    wishes = {split: read_wishes(split) for split in SPLITS}
    answers: dict[str, Mapping[str, Sequence[str]]] = {}
    skipped = []
    for name in sorted({wish.shop for each in wishes.values() for wish in each}):
        shop = _shop(name, setup)
        if shop is None:
            skipped.append(f"requests to {name}: the shop is not there")
            continue
        asked = [wish for each in wishes.values() for wish in each if wish.shop == name]
        with setup.engine_of(shop) as engine:
            for wish in setup.watched(asked, f"own wishes: {name}"):
                answers[wish.id] = offered(engine.suggest(wish.request)["saves"])
    if not answers:
        raise MissingDataset("; ".join(skipped))
    figures: list[Figure] = []
    for split, each in wishes.items():
        figures += judged([wish for wish in each if wish.id in answers], answers, split, setup.seed)
    files = [WISHES / f"{split}.jsonl" for split in SPLITS]
    return Outcome(
        "own wishes", revision(files), {}, tuple(figures), about=ABOUT, skipped=tuple(skipped), ours="engine",
        headline="hit@1 test",
    )  # fmt: skip


def judged(
    wishes: Sequence[Wish], answers: Mapping[str, Mapping[str, Sequence[str]]], split: str, seed: int
) -> list[Figure]:
    """The figures of one split.

    Args:
        wishes: the requests that were answered.
        answers: for each request's id, the skus offered instead of each line, best first.
        split: its name.
        seed: of the intervals.
    """
    pairs = [(wish.id, answers[wish.id].get(old, ()), new) for wish in wishes for old, new in wish.pairs]
    if not pairs:
        return []
    groups = tuple(group for group, _, _ in pairs)
    found = ranking([skus for _, skus, _ in pairs], [{new} for *_, new in pairs], ["hit@1", "hit@3"])
    figures = [
        Figure("engine", f"{metric} {split}", estimate(values, groups, seed=seed), tuple(values), groups)
        for metric, values in found.items()
    ]
    left = [(wish.id, float(sku not in answers[wish.id])) for wish in wishes for sku in wish.untouched]
    if left:
        owners, alone = zip(*left, strict=True)
        figures.append(Figure("engine", f"left alone {split}", estimate(alone, owners, seed=seed), alone, owners))
    return figures


def _shop(name: str, setup: Setup) -> Path | None:
    """Where a shop's directory is: beside the requests, among the data sets, or the demo of a checkout."""
    places = (WISHES / name / "shop", setup.data / name / "shop", Path(__file__).parents[2] / name / "shop")
    return next((place for place in places if place.joinpath("tickets.jsonl").is_file()), None)


def offered(saves: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """The skus of an answer's saves by the item that they stand in for, best first, each once."""
    found: dict[str, list[str]] = {}
    for save in saves:
        if save["replaces"] and save["sku"] and save["sku"] not in found.setdefault(save["replaces"], []):
            found[save["replaces"]].append(save["sku"])
    return found
