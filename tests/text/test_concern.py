"""The newest open concern of a thread, message by message."""

import pytest

from recommenders.domain import Message, Ticket
from recommenders.text.concern import LONGEST, MOST, customer_messages, newest_concern
from tests.fakes import seconds


def thread(*said: str, subject: str = "") -> Ticket:
    """Messages as "c: …", "a: …", "s: …" (system) and "n: …" (note)."""
    authors = {"c": "customer", "a": "agent", "s": "system", "n": "note"}
    messages = tuple(Message(authors[line[0]], line[3:]) for line in said)  # type: ignore[arg-type]
    return Ticket("t", messages, subject)


LONG = "The kettle that came on Monday drips on the worktop whenever I pour out water."


@pytest.mark.parametrize(
    ("ticket", "text", "background"),
    [
        (thread("c: It drips."), "It drips.", 0),
        (thread("c: It drips.", subject="My kettle"), "My kettle\nIt drips.", 0),
        (thread("c: It drips.", subject="  "), "It drips.", 0),
        (thread("c: One.", "c: Two."), "One.\nTwo.", 0),
        # what was settled is not asked again
        (thread("c: Where is it?", "a: Here.", f"c: {LONG}"), LONG, 0),
        (thread("c: Where is it?", "a: Here.", f"c: {LONG}", subject="Late"), LONG, 0),
        # a short answer leans on what came before it
        (thread("c: Too dry.", "a: Which one?", "c: The night cream!"), "Too dry.\nThe night cream!", 1),
        (thread("c: Old.", "a: A.", "c: Too dry. Sad.", "a: Which?", "c: This."), "Too dry. Sad.\nThis.", 2),
        (thread("a: How was it?", "c: Fine."), "Fine.", 0),
        # the agent had the last word
        (thread("c: Old.", "a: A.", f"c: {LONG}", "a: We look at it."), LONG, 0),
        (thread("c: It drips.", "a: Sorry!", "a: Still there?", subject="Kettle"), "It drips.", 0),
        (thread("c: Old.", "a: A.", "c: New.", "a: B."), "Old.\nNew.", 1),
        # nobody else speaks for the customer
        (thread("c: It drips.", "n: refund her", "s: ticket merged", subject="K"), "K\nIt drips.", 0),
        (thread("c: It drips.", "a:   ", subject="K"), "K\nIt drips.", 0),  # an empty reply is none
        (thread("c:  \n It drips. \n"), "It drips.", 0),
        # nothing at all
        (thread(), "", 0),
        (thread("c:  "), "", 0),
        (thread("a: Hello?", subject="Hello"), "", 0),
        (thread(subject="Wrong size"), "Wrong size", 0),
    ],
)
def test_the_concern(ticket: Ticket, text: str, background: int) -> None:
    concern, behind = newest_concern(ticket)
    assert (concern.text, behind) == (text, background)
    assert all(concern.text[s.start : s.end] == s.text for s in concern.sentences)


@pytest.mark.parametrize(
    ("subject", "counts"),
    [
        ("Re: Your order", False), ("RE : Your order", False), ("Fwd: Your order", False),
        ("AW: Ihre Bestellung", False), ("Antw: Uw bestelling", False), ("RV: Su pedido", False),
        ("Re[2]: Your order", False),
        ("Return please", True), ("Reboot: it hangs", True), ("Trousers: too long", True),
    ],
)  # fmt: skip
def test_a_subject_with_re_is_somebody_elses(subject: str, counts: bool) -> None:
    text = newest_concern(thread("c: It drips.", subject=subject))[0].text
    assert text == (f"{subject}\nIt drips." if counts else "It drips.")


def test_twelve_words_stand_for_themselves() -> None:
    words = ["word"] * 12
    assert newest_concern(thread("c: Old.", "a: A.", "c: " + " ".join(words)))[1] == 0
    assert newest_concern(thread("c: Old.", "a: A.", "c: " + " ".join(words[1:])))[1] == 1


def test_a_very_long_message_is_read_at_its_beginning_and_its_end() -> None:
    text = "It drips. " + "blah " * 20_000 + "Please send a new one."
    concern, _ = newest_concern(thread(f"c: {text}"))
    assert concern.text.startswith("It drips.")
    assert concern.text.endswith("Please send a new one.")
    assert len(concern.text) == LONGEST + 1
    assert all(concern.text[s.start : s.end] == s.text for s in concern.sentences)


def test_of_very_many_messages_the_first_and_the_latest_are_read() -> None:
    ticket = thread(*(f"c: {number}. " + "blah " * 200 for number in range(900)), subject="Dripping kettle")
    concern, _ = newest_concern(ticket)
    assert concern.text.startswith("Dripping kettle\n")
    assert "899. blah" in concern.text
    assert "\n0. blah" not in concern.text
    assert len(concern.text) < MOST + 100
    assert seconds(lambda: newest_concern(ticket)) < 0.1


def test_customer_messages_oldest_first() -> None:
    said = customer_messages(thread("c: One.", "a: A.", "n: N.", "c: Two."))
    assert [message.text for message in said] == ["One.", "Two."]
