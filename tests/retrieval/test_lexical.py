"""BM25 worked out by hand."""

from math import log

import pytest

from recommenders.retrieval.lexical import K1, B, LexicalSegment, term_weights, tokenize

DOCUMENTS = [["kettle", "drips"], ["kettle", "broken", "lid"], ["parcel", "late"], ["late", "late", "kettle"]]


@pytest.fixture
def segment() -> LexicalSegment:
    return LexicalSegment.build(DOCUMENTS)


def test_scores_by_hand(segment: LexicalSegment) -> None:
    # average length 2.5; "late" stands twice in the last document, which is 3 long
    def part(frequency: int, length: int) -> float:
        return frequency / (frequency + K1 * (1 - B + B * length / 2.5))

    assert segment.scores({"late": 1.0}).tolist() == pytest.approx([0, 0, part(1, 2), part(2, 3)])
    both = segment.scores({"kettle": 0.5, "drips": 0.5, "zebra": 1.0})
    assert both.tolist() == pytest.approx([part(1, 2), 0.5 * part(1, 3), 0, 0.5 * part(1, 3)])


def test_weights_are_shares_and_unknown_words_weigh_like_the_rarest(segment: LexicalSegment) -> None:
    weights = term_weights(["kettle", "zebra", "kettle", "parcel"], [segment])
    raw = {"kettle": log(1 + 1.5 / 3.5), "zebra": log(1 + 4.5 / 0.5), "parcel": log(1 + 3.5 / 1.5)}
    assert weights == pytest.approx({term: value / sum(raw.values()) for term, value in raw.items()})
    assert sum(weights.values()) == pytest.approx(1)
    assert term_weights([], [segment]) == {}


def test_segments_share_their_frequencies(segment: LexicalSegment) -> None:
    more = LexicalSegment.build([["zebra"], ["kettle"]], average=2.5)
    weights = term_weights(["kettle", "zebra"], [segment, more])
    assert weights["kettle"] / weights["zebra"] == pytest.approx(log(1 + 2.5 / 4.5) / log(1 + 5.5 / 1.5))


def test_documents_come_back_and_nothing_is_no_error(segment: LexicalSegment) -> None:
    assert [segment.document(i) for i in range(len(segment))] == DOCUMENTS
    empty = LexicalSegment.build([])
    assert empty.scores({"kettle": 1.0}).tolist() == []
    blank = LexicalSegment.build([[], ["kettle"]])
    assert blank.scores({"kettle": 1.0})[0] == 0
    assert blank.document(0) == []


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("The KETTLES dripped!", ["the", "kettl", "drip"]),
        ("Crème brûlée", ["creme", "brule"]),
        ("customer’s Straße_9", ["custom", "strass", "9"]),
        ("", []),
    ],
)
def test_tokens(text: str, tokens: list[str]) -> None:
    assert tokenize(text) == tokens
