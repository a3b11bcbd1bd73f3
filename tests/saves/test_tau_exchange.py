"""Exchange requests of the tau-bench retail data: hit@1 and hit@3 over all pairs."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from recommenders.saves import CatalogIndex, Outcomes, SaveRecommender
from tests.fakes import HashEncoder

DATA = Path(__file__).parents[3] / "shared" / "data" / "tau_retail"


@pytest.mark.skipif(not DATA.is_dir(), reason="the tau-bench retail data is not at ../shared/data/tau_retail")
def test_hits_of_the_exchange_metric(kit, needs):
    shop = kit.read_shop(DATA / "shop")
    index = CatalogIndex.build(shop.catalog, HashEncoder(), needs)
    recommender = SaveRecommender(index, Outcomes({}, {}))
    pairs, first, third = Counter(), Counter(), Counter()
    for line in (DATA / "exchange_cases.jsonl").read_text("utf-8").splitlines():
        case = json.loads(line)
        request, split = case["request"], case["id"].split("-")[0]
        text = "\n".join(m["text"] for m in request["ticket"]["messages"])
        context = shop.context(
            text, customer=request["customer"]["id"], order_ids=request["ticket"]["order_ids"],
            intents=["exchange_request"],
        )  # fmt: skip
        saves = recommender.recommend(context)
        for old, new in case["pairs"]:
            skus = [s.sku for s in saves if s.replaces == old]
            pairs[split] += 1
            first[split] += skus[:1] == [new]
            third[split] += new in skus[:3]
    assert first["train"] / pairs["train"] >= 0.97
    assert third["train"] / pairs["train"] >= 0.98
    assert first["dev"] / pairs["dev"] >= 0.9
