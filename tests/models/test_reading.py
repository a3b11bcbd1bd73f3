"""What of a model's answer is believed."""

from __future__ import annotations

from typing import Any

import pytest

from copilot.models.labels import MEANINGS, label_ids, meaning
from copilot.models.reading import LIKELY, parse_claims, proven, reading_task
from copilot.models.redaction import Redacted
from recommenders.domain import Message, Ticket
from recommenders.signals import CAUTIONS, INTENTS, OCCASIONS
from recommenders.signals.needs import need_kinds
from recommenders.text.concern import newest_concern
from recommenders.text.redact import Facts
from tests.models.scripted import reading

TEXT = "The cream burns. I want my money back."


def believed(answer: Any, text: str = TEXT) -> dict[str, list[tuple[str, int]]]:
    concern, _ = newest_concern(Ticket("t", (Message("customer", text),)))
    found = proven(parse_claims(answer), concern, Redacted.of(concern.text, Facts()))
    return {family: [(r.id, r.sentence) for r in rows] for family, rows in found.items() if rows}


def test_the_enums_are_exactly_our_labels() -> None:
    properties = reading_task().schema["properties"]
    enums = {key: properties[key]["items"]["properties"]["id"]["enum"] for key in properties if key != "sentiment"}
    assert enums == {
        "intents": list(INTENTS), "needs": list(need_kinds()), "cautions": list(CAUTIONS), "occasions": list(OCCASIONS),
    }  # fmt: skip
    for family, ids in label_ids().items():
        assert [id for id in ids if f"- {id}: {meaning(family, id)}" not in reading_task().instructions] == []


def test_every_label_has_a_meaning_and_no_meaning_is_left_over() -> None:
    assert set(MEANINGS) == {*INTENTS, *CAUTIONS, *OCCASIONS}


def test_a_label_is_believed_where_its_words_stand() -> None:
    answer = reading(
        -0.5, intents=[("refund_request", "I want my money back")], cautions=[("adverse_reaction", "the cream burns")]
    )
    assert believed(answer) == {"intent": [("refund_request", 1)], "caution": [("adverse_reaction", 0)]}


@pytest.mark.parametrize(
    "row",
    [
        {"id": "refund_request", "quote": "please refund me at once", "score": 1},
        {"id": "refund_request", "quote": "", "score": 1},
        {"id": "refund_request", "quote": "money back", "score": LIKELY - 0.01},
        {"id": "refund_request", "quote": "money back", "score": "high"},
        {"id": "refund_request", "quote": "money back", "score": True},
        {"id": "refund_request", "quote": "money back", "score": float("nan")},
        {"id": "refund_request", "quote": ["money back"], "score": 1},
        {"id": "refund_request", "quote": "money back"},
        {"id": "give_discount", "quote": "money back", "score": 1},
        {"id": "adverse_reaction", "quote": "money back", "score": 1},
        {"id": ["refund_request"], "quote": "money back", "score": 1},
        "refund_request",
        None,
    ],
)
def test_what_is_invented_or_malformed_is_left_out(row: Any) -> None:
    assert believed({**reading(), "intents": [row]}) == {}


def test_numbers_are_clipped_and_of_two_the_surer_counts() -> None:
    rows = [{"id": "praise", "quote": "cream", "score": s} for s in (0.2, 7, 0.9)]
    claims = parse_claims({**reading(-9), "intents": rows})
    assert claims.mood == -1
    assert [(claim.id, claim.score) for claim in claims.labels["intent"]] == [("praise", 1.0)]


@pytest.mark.parametrize(
    "answer", [None, [], {}, {**reading(), "needs": None}, {**reading(), "sentiment": "bad"}, {"intents": []}]
)
def test_another_shape_is_no_answer(answer: Any) -> None:
    with pytest.raises(ValueError, match=r"reading|sentiment"):
        parse_claims(answer)
