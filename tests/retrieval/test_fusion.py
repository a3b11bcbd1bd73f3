"""The fused score and what lies above the floor."""

import numpy as np
import pytest

from recommenders.retrieval.fusion import (
    LEXICAL_WEIGHT,
    SAME_FOREIGN_PENALTY,
    Calibration,
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


def test_margins_stay_in_units_of_the_cosine() -> None:
    assert Calibration(0.4).margin(0.9) == pytest.approx(0.5)
    assert Calibration(0.4, weight=1.0).margin(1.4) == pytest.approx(0.5), "a cosine of 0.9 with half an agreement"
