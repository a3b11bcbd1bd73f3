"""Facts out of a draft, and back."""

import pytest

from copilot.models.masking import MARK, mask

NAMES = ["Ana", "Fern Cardigan", "Fern", "#1001", "L / Moss", "Storm Parka"]


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("Hi Ana, the Fern Cardigan is €80.00.", ["Ana", "Fern Cardigan", "€80.00"]),
        ("Order #1001 left on 12 March 2026.", ["#1001", "12 March 2026"]),
        ("Am 3. März 2026 für 3,50\u00a0€ mit 15\u00a0%.", ["3. März 2026", "3,50\u00a0€", "15\u00a0%"]),
        ("El 3 de marzo de 2026.", ["3 de marzo de 2026"]),
        ("Use KEEP10 or SUMMER-SALE until 5pm!", ["KEEP10", "SUMMER-SALE", "5pm"]),
        ("Please send [[order number]] and [[size]].", ["[[order number]]", "[[size]]"]),
        ("See https://shop.example/r?x=1. Or mail a@b.co.", ["https://shop.example/r?x=1", "a@b.co"]),
        ("In L / Moss (250 ml) for 120.00 SEK.", ["L / Moss", "250", "120.00 SEK"]),
        ("Nothing to see here.", []),
    ],
)
def test_facts_are_taken_out_in_their_order_and_put_back(text: str, facts: list[str]) -> None:
    masked = mask(text, NAMES)
    assert list(masked.facts) == facts
    assert masked.unmask(masked.text) == text
    assert [mark for mark in masked.marks if mark not in masked.text] == []
    assert not any(character.isdigit() for character in MARK.sub("", masked.text))


def test_what_only_looks_like_a_mark_is_left_alone() -> None:
    assert mask("Hi Ana.", NAMES).unmask("[[name 1]] [[name 2]] [[x]]") == "Ana [[name 2]] [[x]]"


def test_a_gap_that_looks_like_a_mark_keeps_its_meaning() -> None:
    masked = mask("Hi Ana, [[name 1]]?", NAMES)
    assert masked.unmask(masked.text) == "Hi Ana, [[name 1]]?"
