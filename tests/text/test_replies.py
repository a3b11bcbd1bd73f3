"""What another customer's reply looks like when it is shown."""

from datetime import UTC, datetime

import pytest

from recommenders.domain import Case, Customer, Message
from recommenders.text.replies import clean_reply

THEN = datetime(2026, 1, 5, tzinfo=UTC)


def case(name: str | None = "Fiona") -> Case:
    messages = (Message("customer", "It leaks.", name), Message("agent", "…", "Maria"))
    return Case("t-1", "Leak", "email", "en", "c-1", (), THEN, THEN, (), messages)


@pytest.mark.parametrize(
    ("reply", "shown"),
    [
        ("Hi Fiona,\n\nsorry about that.\n\nMaria", "Hi,\n\nsorry about that."),
        ("hi fiona! a new one is on its way", "hi! a new one is on its way"),
        ("Dear Fiona, we are sorry.", "Hello, we are sorry."),
        ("Dear Ms Macleod,\nwe are sorry.", "Hello,\nwe are sorry."),
        ("Liebe Fiona,\ndas tut uns leid.", "Hallo,\ndas tut uns leid."),
        ("Sehr geehrte Frau Macleod,\ndas tut uns leid.", "Guten Tag,\ndas tut uns leid."),
        ("Chère Fiona, nous sommes désolés.", "Bonjour, nous sommes désolés."),
        ("Hola Fiona:\nlo sentimos.", "Hola:\nlo sentimos."),
        ("Hi there,\nsorry.", "Hi there,\nsorry."),
        ("Hello! Which one is it?", "Hello! Which one is it?"),
        ("Thanks for waiting, Fiona. It left today.", "Thanks for waiting. It left today."),
        ("It left. Fiona, we owe you one.", "It left. We owe you one."),
        ("We wrote to Fiona's address.", "We wrote to [[name]] address."),
        ("Your order #1001 left today.", "Your order [[order number]] left today."),
        ("I wrote to fiona@example.com and rang +44 20 7946 0018.", "I wrote to [[email]] and rang [[phone number]]."),
        ("It costs 39.90 euros and takes 3 to 5 days until 2026-03-14.",) * 2,
        ("The refund of €49.45 is on its way to the card ending 4336.",) * 2,
        ("Please use CARE15 for 15% off.",) * 2,
    ],
)
def test_the_other_customers_facts_are_gone(reply: str, shown: str) -> None:
    assert clean_reply(case(), reply, Customer("c-1", first_name="Fiona", last_name="Macleod")) == shown


def test_a_name_that_is_a_word_goes_only_where_it_addresses() -> None:
    reply = "Hi Will,\nthanks, Will! Will you send a photo?"
    assert clean_reply(case("Will"), reply) == "Hi,\nthanks! Will you send a photo?"


def test_an_unknown_name_in_the_salutation_goes() -> None:
    assert clean_reply(case(None), "Hello Jean-Luc,\nsorry.") == "Hello,\nsorry."


def test_the_agent_keeps_nothing_at_the_end() -> None:
    assert clean_reply(case(), "It left today.\n\nEoin", agent_names=["Eoin"]) == "It left today."
