"""Local kernel ridge, agreement and spread on tables that can be worked out by hand."""

import numpy as np
import pytest

from recommenders.retrieval.labels import (
    NEIGHBOURS,
    NOISE,
    WORD_NOISE,
    WORD_SHARE,
    agreement,
    predict,
    spread,
    surely_shared,
    targets,
    weights_of,
)
from recommenders.retrieval.words import codes_of

NO_WORDS = codes_of([])
SCALE = 1 + WORD_SHARE / 2
# two directions: a and b cases stand on the axes
ROWS = np.float32([[1, 0], [1, 0], [0, 1]])


def test_targets_keep_the_order_of_appearance() -> None:
    names, matrix = targets([("leak", "vip"), (), ("late", "leak")])
    assert names == ("leak", "vip", "late")
    assert matrix.tolist() == [[1, 1, 0], [0, 0, 0], [1, 0, 1]]
    assert targets([(), ()])[1].shape == (2, 0)


def test_one_neighbour_says_what_it_has_less_the_noise() -> None:
    matrix = np.float32([[1.0]])
    near = predict(np.float32([1.0]), ROWS[:1], matrix, NO_WORDS, [NO_WORDS])[0]
    assert near * SCALE == pytest.approx(1 / (1 + NOISE))
    away = predict(np.float32([0.0]), ROWS[:1], matrix, NO_WORDS, [NO_WORDS])[0]
    assert away * SCALE == pytest.approx(np.exp(-2.0) / (1 + NOISE)), "what is far away says little"


def test_the_words_of_a_neighbour_count_beside_its_vector() -> None:
    said = codes_of(["drips"])
    near = predict(np.float32([1.0]), ROWS[:1], np.float32([[1.0]]), said, [said])[0]
    assert near * SCALE == pytest.approx(1 / (1 + NOISE) + WORD_SHARE / (1 + WORD_NOISE))


def test_of_equal_vectors_the_words_decide() -> None:
    words = [codes_of(["top", "up", "pending"]), codes_of(["top", "up", "limit"])]
    a, b = predict(np.float32([1, 1]), ROWS[:2], np.float32([[1, 0], [0, 1]]), codes_of(["the", "limit"]), words)
    assert b > a > 0


def test_the_side_of_the_question_decides() -> None:
    matrix = np.float32([[1, 0], [1, 0], [0, 1]])
    a, b = predict(ROWS @ np.float32([0.98, 0.2]), ROWS, matrix, NO_WORDS, [NO_WORDS] * 3).tolist()
    assert a * SCALE > 0.8
    assert b < 0.3
    assert predict(np.zeros(0, np.float32), ROWS[:0], np.zeros((0, 0), np.float32), NO_WORDS, []).shape == (0,)


def test_only_the_nearest_are_heard() -> None:
    near, far = np.tile(np.float32([1, 0]), (NEIGHBOURS, 1)), np.tile(np.float32([0, 1]), (200, 1))
    rows = np.concatenate([far, near])
    _, matrix = targets([("far",)] * 200 + [("near",)] * NEIGHBOURS)
    assert predict(rows @ np.float32([1, 0]), rows, matrix, NO_WORDS, [NO_WORDS] * len(rows))[0] == 0.0


def test_agreement_by_hand() -> None:
    matrix = np.float32([[1, 0], [1, 1], [0, 0]])
    predicted = np.float32([0.8, -0.3])
    assert agreement(predicted, matrix, np.float32([1, 1])).tolist() == pytest.approx([0.8, 0.8 / 2**0.5, 0.0])
    assert agreement(predicted, matrix, np.float32([1, 0])).tolist() == pytest.approx([0.8, 0.8, 0.0])
    assert agreement(predicted, matrix, np.float32([0, 1])).tolist() == [0, 0, 0], "expected to be absent counts as 0"


def test_weights_of_unknown_labels() -> None:
    assert weights_of(["a", "b"], {"a": 0.5}, 1.0).tolist() == [0.5, 1.0]


def test_after_a_label_was_shown_the_next_likely_one_has_its_turn() -> None:
    matrix = np.float32([[1, 0], [1, 0], [0, 1]])
    values, weights = np.float32([0.5, 0.5, 0.5]), np.float32([1, 1])
    # 0.6 is shown first; then it counts 0.42, less than 0.5
    assert [place for place, _ in spread(values, np.float32([0.6, 0.5]), matrix, weights, 1.0, 3)] == [0, 2, 1]
    # 0.9 counts 0.63, still more
    chosen = spread(values, np.float32([0.9, 0.5]), matrix, weights, 1.0, 3)
    assert [place for place, _ in chosen] == [0, 1, 2]
    assert [worth for _, worth in chosen] == pytest.approx([1.4, 0.5 + 0.63, 1.0])
    assert len(spread(values, np.float32([0.9, 0.5]), matrix, weights, 1.0, 9)) == 3


def test_a_label_is_said_to_be_shared_when_it_is_more_likely_than_not() -> None:
    matrix = np.float32([[1, 1, 0], [0, 0, 1], [0, 0, 0]])
    shared = surely_shared(("leak", "vip", "late"), np.float32([0.7, 0.9, 0.4]), matrix, np.float32([1, 0.1, 1]))
    assert shared == ["leak", "", ""], "vip says nothing in this shop, late is not likely"
    assert surely_shared((), np.zeros(0, np.float32), np.zeros((2, 0), np.float32), np.zeros(0, np.float32)) == ["", ""]
