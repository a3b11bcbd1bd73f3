"""The text by which a case is found."""

from datetime import UTC, datetime

import pytest

from recommenders.domain import Author, Case, Message
from recommenders.retrieval.documents import LONGEST, case_text, query_text

THEN = datetime(2026, 1, 5, tzinfo=UTC)


def case(subject: str, *said: tuple[Author, str]) -> Case:
    messages = tuple(Message(author, text, "Fiona" if author == "customer" else "Maria") for author, text in said)
    return Case("t-1", subject, "email", "en", "c-1", (), THEN, THEN, (), messages)


def test_the_opening_counts_and_not_the_reply() -> None:
    found = case_text(
        case(
            "Leaking kettle",
            ("customer", "Hello,\nthe kettle from order #1001 drips. Fiona"),
            ("note", "check stock of the cordless iron"),
            ("customer", "It has dripped since the very first day and now the whole worktop is wet every morning."),
            ("agent", "Sorry! A new one is on its way."),
            ("customer", "Thanks, the new one is perfect and dry."),
        )
    )
    assert found == (
        "Leaking kettle\nthe kettle from order drips.\n"
        "It has dripped since the very first day and now the whole worktop is wet every morning."
    )


def test_what_came_later_follows_a_short_opening() -> None:
    found = case_text(
        case(
            "Chat with visitor",
            ("customer", "it drips"),
            ("agent", "Which one?"),
            ("customer", "the steel kettle with the long spout"),
            ("customer", "yes please"),
        )
    )
    assert found == "it drips\nthe steel kettle with the long spout"


def test_silent_customers_leave_the_subject() -> None:
    assert case_text(case("Call about a kettle", ("agent", "Rang back."))) == "Call about a kettle"
    assert case_text(case("", ("agent", "Rang back."))) == ""


def test_long_text_is_cut() -> None:
    assert len(case_text(case("Kettle", ("customer", "drip " * 5000)))) <= LONGEST


@pytest.mark.parametrize(
    ("subject", "message", "text"),
    [
        ("Re: AW: Kettle", "It drips.", "Kettle\nIt drips."),
        ("Chat with visitor", "hi, it drips", "it drips"),
        ("Conversation from 3 March", "it drips", "it drips"),
        ("It drips", "It drips on the floor.", "It drips on the floor."),
        ("(no subject)", "Bonjour, elle fuit.", "elle fuit."),
        ("Kettle", "", "Kettle"),
        ("", "Guten Morgen zusammen, sie tropft.", "sie tropft."),
        ("Hi", "High water since Monday", "High water since Monday"),
    ],
)
def test_question(subject: str, message: str, text: str) -> None:
    assert query_text(subject, message) == text
