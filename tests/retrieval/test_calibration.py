"""What a shop's own cases teach: useful labels, useless ones, none, and the floor."""

from collections.abc import Sequence

import numpy as np
import pytest

from recommenders.protocols import FloatArray
from recommenders.retrieval.calibration import SAMPLE, calibrate
from recommenders.retrieval.fusion import LOWEST_FLOOR
from recommenders.retrieval.lexical import tokenize
from recommenders.retrieval.segment import Segment, joined

KINDS = ("leak", "late", "tight", "torn", "refund", "colour")
DIMENSION = 32


def vectors(count: int, noise: float, seed: int = 4) -> tuple[list[int], FloatArray]:
    """Kinds in turn, and unit vectors around one direction a kind."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(len(KINDS), DIMENSION))
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    kinds = [at % len(KINDS) for at in range(count)]
    rows = centres[kinds] + noise * random.normal(size=(count, DIMENSION)) / DIMENSION**0.5
    return kinds, (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def segment(labels: Sequence[tuple[str, ...]], rows: FloatArray) -> Segment:
    texts = [(f"t-{at:05}", 1, "en", own, tokenize(f"word{at}")) for at, own in enumerate(labels)]
    return joined((), texts, rows, rows.shape[1], None)


def test_a_shop_of_few_cases_has_the_lowest_floor_and_no_weight() -> None:
    kinds, rows = vectors(20, 0.5)
    made = calibrate(segment([(KINDS[kind],) for kind in kinds], rows))
    assert (made.floor, made.weight) == (LOWEST_FLOOR, 0.0)


def test_labels_that_words_tell_are_believed() -> None:
    kinds, rows = vectors(240, 1.5)
    made = calibrate(segment([(KINDS[kind],) for kind in kinds], rows))
    assert made.weight > 0
    assert min(made.labels[kind] for kind in KINDS) > 0.5
    assert made.floor > LOWEST_FLOOR


def test_labels_that_say_nothing_are_not() -> None:
    random = np.random.default_rng(8)
    _, rows = vectors(240, 1.5)
    made = calibrate(segment([(f"agent{random.integers(4)}",) for _ in rows], rows))
    bare = calibrate(segment([() for _ in rows], rows))
    assert (made.weight, made.labels) == (0.0, {})
    assert made == bare, "as if there were none"


def test_a_useless_label_beside_useful_ones_weighs_next_to_nothing() -> None:
    random = np.random.default_rng(8)
    kinds, rows = vectors(240, 1.5)
    made = calibrate(segment([(KINDS[k], "vip") if random.random() < 0.4 else (KINDS[k],) for k in kinds], rows))
    assert made.labels["vip"] < 0.15
    assert min(made.labels[kind] for kind in KINDS) > 0.5


def test_nearly_all_own_questions_reach_the_floor_and_strangers_do_not() -> None:
    kinds, rows = vectors(900, 1.0)
    known = calibrate(segment([(KINDS[kind],) for kind in kinds[:600]], rows[:600]))
    near = (rows[600:] @ rows[:600].T).max(axis=1) + known.weight  # of a case of the own kind, at best
    assert np.mean(near >= known.floor) > 0.95
    strangers = np.random.default_rng(1).normal(size=(300, DIMENSION)).astype(np.float32)
    strangers /= np.linalg.norm(strangers, axis=1, keepdims=True)
    assert np.mean((strangers @ rows[:600].T).max(axis=1) >= known.floor) < 0.2


@pytest.mark.parametrize("count", [SAMPLE - 1, SAMPLE, SAMPLE + 1, 3 * SAMPLE])
def test_the_same_cases_give_the_same_calibration(count: int) -> None:
    kinds, rows = vectors(count, 1.0)
    labels = [(KINDS[kind],) for kind in kinds]
    assert calibrate(segment(labels, rows)) == calibrate(segment(labels, rows))


def test_a_label_that_every_case_has_says_nothing() -> None:
    kinds, rows = vectors(60, 0.1)
    found = calibrate(segment([("mug",)] * len(kinds), rows))
    assert (found.weight, found.labels) == (0.0, {})
