"""Requests in customers' own words: their files, and figures worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from recommenders.bench.datasets import MissingDataset
from recommenders.bench.outcome import Setup
from recommenders.bench.own_wishes import SPLITS, Wish, judged, offered, own_wishes, read_wishes


def wish(name: str, *pairs: tuple[str, str], untouched: tuple[str, ...] = ()) -> Wish:
    return Wish(name, "shop", pairs, untouched, {})


def test_figures_by_hand() -> None:
    wishes = [wish("a", ("1", "1b"), ("2", "2b"), untouched=("3",)), wish("b", ("4", "4b"), untouched=("5",))]
    answers = {"a": {"1": ["1b"], "2": ["2c", "2b"], "3": ["3b"]}, "b": {}}
    found = {figure.metric: figure.estimate.value for figure in judged(wishes, answers, "dev", 7)}
    # first: only 1; within three: 1 and 2; of the lines to be left alone 3 was touched and 5 was not
    assert found == pytest.approx({"hit@1 dev": 1 / 3, "hit@3 dev": 2 / 3, "left alone dev": 1 / 2})


def test_nothing_answered_is_no_figure() -> None:
    assert judged([], {}, "dev", 7) == []


def test_an_offer_counts_once_and_only_for_a_line() -> None:
    saves = [
        {"replaces": "1", "sku": "1b"}, {"replaces": "1", "sku": "1b"}, {"replaces": None, "sku": "9"},
        {"replaces": "1", "sku": None}, {"replaces": "1", "sku": "1c"},
    ]  # fmt: skip
    assert offered(saves) == {"1": ["1b", "1c"]}


@pytest.mark.parametrize("split", SPLITS)
def test_the_files_hold_whole_requests(split: str) -> None:
    wishes = read_wishes(split)
    assert len({each.id for each in wishes}) == len(wishes) > 50
    for each in wishes:
        assert each.pairs or each.untouched, each.id
        assert each.request["ticket"]["messages"], each.id


def test_without_an_engine_it_is_skipped_by_name(tmp_path: Path) -> None:
    with pytest.raises(MissingDataset, match="asks the whole engine"):
        own_wishes(Setup(tmp_path, tmp_path))
