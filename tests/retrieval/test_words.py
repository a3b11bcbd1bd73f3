"""The kernel of words and pairs of words, worked out by hand."""

import numpy as np
import pytest

from recommenders.retrieval.words import MOST_WORDS, codes_of, kernel


def test_what_one_text_alone_has_makes_it_longer_and_no_more() -> None:
    alike, like = kernel(codes_of(["drip"]), [codes_of(["drip"]), codes_of(["late"]), codes_of(["drip", "late"])])
    # "drip" and "late" stand in two of three texts, their pair in one: log(4 / 2.5) and log(4 / 1.5)
    word, pair = np.log(4 / 2.5), np.log(4 / 1.5)
    expected = word / (2 * word**2 + pair**2) ** 0.5
    assert like.tolist() == pytest.approx([1.0, 0.0, expected])
    assert alike.tolist()[2] == pytest.approx([expected, expected, 1.0])


def test_two_words_in_another_order_are_less_alike() -> None:
    alike, like = kernel(codes_of(["a", "b"]), [codes_of(["a", "b"]), codes_of(["b", "a"])])
    word, pair = np.log(3 / 2.5), np.log(3 / 1.5)
    other = 2 * word**2 / (2 * word**2 + pair**2)
    assert like.tolist() == pytest.approx([1.0, other])
    assert alike.tolist() == [pytest.approx([1.0, other]), pytest.approx([other, 1.0])]


def test_a_pair_does_not_reach_over_the_end_of_a_text() -> None:
    apart = kernel(codes_of(["a", "b"]), [codes_of(["a"]), codes_of(["b"]), codes_of(["c"])])[1]
    word, pair = np.log(4 / 1.5), np.log(4 / 0.5)
    assert apart.tolist() == pytest.approx([word / (2 * word**2 + pair**2) ** 0.5] * 2 + [0.0])


def test_without_words_nothing_is_alike() -> None:
    alike, like = kernel(codes_of([]), [codes_of(["a"]), codes_of([]), codes_of(["a"])])
    assert like.tolist() == [0, 0, 0]
    assert alike.tolist() == [[1, 0, pytest.approx(1)], [0, 1, 0], [pytest.approx(1), 0, 1]]


def test_only_the_beginning_is_read() -> None:
    long = codes_of([f"w{n}" for n in range(MOST_WORDS)])
    more = np.concatenate([long, codes_of(["x"] * 200)])
    for one, other in zip(kernel(long, [long, more]), kernel(more, [long, long]), strict=True):
        assert one.tolist() == other.tolist()


def test_a_code_is_the_same_in_every_process() -> None:
    assert codes_of(["kettle", ""]).tolist() == [3239501884, 0]
