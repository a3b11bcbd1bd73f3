"""What leaves the machine, and the way back to the customer's own words."""

import pytest

from copilot.models.redaction import Redacted
from recommenders.text.redact import Facts

TEXT = "Hi,  I’m Ana Person\n(ana@example.com). My cream  ISN'T rich enough, see order #1001 please."


def found(quote: str, text: str = TEXT) -> str | None:
    place = Redacted.of(text, Facts(("Ana", "Person"))).find(quote)
    return None if place is None else text[place[0] : place[1]]


def test_personal_facts_stay_here() -> None:
    sent = Redacted.of(TEXT, Facts(("Ana", "Person"))).text
    assert "ana@" not in sent
    assert "Person" not in sent
    assert "1001" not in sent
    assert "[[email]]" in sent
    assert "rich enough" in sent


@pytest.mark.parametrize(
    ("quote", "words"),
    [
        ("My cream ISN'T rich enough", "My cream  ISN'T rich enough"),
        ("my cream isn’t rich", "My cream  ISN'T rich"),
        (" cream \n isn't ", "cream  ISN'T"),
        ("see order [[order number]] please", "see order #1001 please"),
        ("[[order number]]", "#1001"),
    ],
)
def test_a_quote_is_found_in_the_original(quote: str, words: str) -> None:
    assert found(quote) == words


@pytest.mark.parametrize(
    "quote", ["rich and creamy", "see order #1001", "", " ", ".", "i", "cream rich", "ana@example.com"]
)
def test_words_that_were_not_sent_in_this_order_are_not_found(quote: str) -> None:
    assert found(quote) is None


def test_letters_that_fold_to_two_keep_their_place() -> None:
    assert found("GROSSE", "Die große Größe") == "große"
    assert found("größe", "Die große Größe") == "Größe"
