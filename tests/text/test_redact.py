"""Personal facts in a text."""

import time
from datetime import UTC, datetime

import pytest

from recommenders.domain import Case, Customer, Message
from recommenders.text.redact import GAPS, Facts, facts_of, find_personal, names_of, redact


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("write to ana.b+x@mail.example.com please", ["email"]),
        ("see https://track.example.com/abc?id=9 now", ["link"]),
        ("call 020 7946 0018 or +353 1 496 0123", ["phone", "phone"]),
        ("order #1001 and Bestellung Nr. 20456", ["order", "order"]),
        ("my order number is 9502127", ["order"]),
        ("IBAN DE89 3704 0044 0532 0130 00", ["payment"]),
        ("card 4111 1111 1111 1111", ["payment"]),
        ("tracking JD014600003828192", ["number"]),
        ("I live at 12 Harbour Road in town", ["address"]),
        ("ich wohne Hauptstraße 5", ["address"]),
        ("my postcode is SW1A 1AA", ["address"]),
        ("my name is Nadia Person", ["name"]),
        ("I'm Nadia Person from before", ["name"]),
        ("I'm Indian, and it costs 1,234.50 since 2026-03-02", []),
        ("size 38, 50 ml, 20% off, 3 to 5 days", []),
    ],
)
def test_kinds(text: str, kinds: list[str]) -> None:
    assert [found.kind for found in find_personal(text)] == kinds


def test_redaction_closes_the_gaps() -> None:
    assert redact("It's about order #1001, mail ana@example.com!") == "It's about order, mail!"
    assert redact("Order (#1001) is late") == "Order is late"


def test_a_replacement_can_stand_in() -> None:
    assert redact("Order #1001 for Ana", Facts(("Ana",)), GAPS) == "Order [[order number]] for [[name]]"


def test_names_are_whole_words_as_they_are_written() -> None:
    assert redact("Rosa likes ROSA but not rosa or Rosamund", Facts(("Rosa",))) == "likes but not rosa or Rosamund"


def test_names_of_a_case() -> None:
    then = datetime(2026, 1, 5, tzinfo=UTC)
    messages = (Message("customer", "Hi", "May Tan"), Message("agent", "Hello", "Maria"))
    case = Case("t-1", "", "email", "en", "c-1", (), then, then, (), messages)
    assert names_of(case, Customer("c-1", first_name="May", last_name="Tan")) == {"May Tan", "May", "Tan"}
    assert facts_of(case).names == ("May Tan", "Tan")


def test_endless_digits_take_bounded_time() -> None:
    started = time.perf_counter()
    for piece in ("1 ", "12-", "a@", "#1", "AB12 ", "+1", "www.", "1" * 22 + " "):
        redact(piece * (60_000 // len(piece)))
    assert time.perf_counter() - started < 6
