"""The fused score and the floor."""

import numpy as np
import pytest

from recommenders.retrieval.fusion import (
    HIGHEST_FLOOR,
    LEXICAL_WEIGHT,
    LOWEST_FLOOR,
    SAME_FOREIGN_PENALTY,
    Calibration,
    calibrate,
    fuse,
    margin_of,
    score_of,
)  # fmt: skip


def test_fused_by_hand() -> None:
    fused = fuse(np.float32([0.8, 0.5]), np.float32([0.2, 0.0]), np.array([False, True]))
    assert fused.tolist() == pytest.approx([0.8 + LEXICAL_WEIGHT * 0.2, 0.5 - SAME_FOREIGN_PENALTY])


def test_the_floor_scores_one_half_in_every_shop() -> None:
    for floor in (0.38, 0.5):
        assert Calibration(floor).score(floor) == 0.5
        assert Calibration(floor).score(floor + 0.1) > 0.7
    assert margin_of(score_of(0.13)) == pytest.approx(0.13)
    assert margin_of(1.0) > 1
    assert margin_of(0.0) < -1


def test_a_dense_shop_has_a_higher_floor() -> None:
    few = np.full(29, 0.9, dtype=np.float32)
    assert calibrate(few).floor == LOWEST_FLOOR
    assert calibrate(np.full(100, 0.9, dtype=np.float32)).floor == HIGHEST_FLOOR
    assert calibrate(np.full(100, 0.2, dtype=np.float32)).floor == LOWEST_FLOOR
    spread = np.linspace(0.5, 0.9, 101, dtype=np.float32)  # 95 % reach 0.52
    assert calibrate(spread).floor == pytest.approx(0.42)
