"""Three lines on a thread and a history: every word of them was written, and each says where."""

from dataclasses import replace
from datetime import timedelta

from recommenders.domain import Case, Context, Intent, Message, Outcome, Resolution
from recommenders.summary import summarize
from tests.playbooks.fixtures import NOW, ORDER, context


def thread(*lines: str, history: tuple[Case, ...] = (), quote: str = "", **more: object) -> Context:
    """A ticket of "c: ", "a: " and "n: " lines (customer, agent, note)."""
    authors = {"c": "customer", "a": "agent", "n": "note"}
    messages = tuple(Message(authors[line[0]], line[3:]) for line in lines)  # type: ignore[arg-type]
    ctx = context(**more)  # type: ignore[arg-type]
    signals = replace(ctx.signals, intents=(Intent("how_to", 0.9, quote),)) if quote else ctx.signals
    return replace(ctx, ticket=replace(ctx.ticket, messages=messages), history=history, signals=signals)


def case(id: str, days: float, subject: str = "Broken zip", *, orders: tuple[str, ...] = ()) -> Case:
    then = NOW - timedelta(days=days)
    return Case(
        id, subject, "email", "en", "c-1", orders, then, then, (), (Message("customer", "It broke."),),
        Resolution("refund"), Outcome(csat=2, reopened=True),
    )  # fmt: skip


def told(ctx: Context) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(line.text, [(source.type, source.id) for source in line.evidence]) for line in summarize(ctx)]


LONG = (
    "c: My boots have not arrived. Where are they?",
    "a: Hi Ana, the carrier brings your boots on Friday.",
    "c: They came, thank you!",
    "n: Give her nothing, she is difficult.",
    "a: You're welcome!",
    "c: Another thing: how do I wax the leather? It is stiff.",
)


def test_a_long_thread_is_how_it_began_what_we_said_and_what_is_open() -> None:
    assert told(thread(*LONG, quote="Another thing: how do I wax the leather?")) == [
        ("Began with: “My boots have not arrived.”", [("message", "0")]),
        ("We answered: “Hi Ana, the carrier brings your boots on Friday.”", [("message", "1")]),
        ("Open now: “Another thing: how do I wax the leather?”", [("message", "5")]),
    ]


def test_a_note_is_never_quoted() -> None:
    assert all("difficult" not in line.text for line in summarize(thread(*LONG)))
    assert told(thread("n: Careful!", "n: Really.", "c: Hello, is it waterproof?")) == []


def test_a_short_thread_of_somebody_new_needs_no_summary() -> None:
    assert told(thread("c: Where is it?", "a: On its way.", customer=None)) == []


def test_an_answer_comes_with_its_question() -> None:
    ctx = thread("c: The boot is too tight.", "a: I see. Would you like 42 or 43?", "c: the second")
    assert told(ctx)[-1] == (
        "Open now: we asked “Would you like 42 or 43?”, the customer answered “the second”",
        [("message", "1"), ("message", "2")],
    )


def test_we_may_be_waiting_for_the_customer() -> None:
    ctx = thread("c: It broke.", "a: Sorry! Could you send me a photo?", "c: Tomorrow.", "a: Which order is it on?")
    assert told(ctx)[-1] == ("Waiting for the customer, we asked: “Which order is it on?”", [("message", "3")])


def test_somebody_who_writes_again_and_again_is_counted() -> None:
    ctx = thread("c: Where is my parcel, please?", "c: Hello?", "c: Anybody?")
    assert told(ctx) == [("Open now, 3 messages without a reply: “Where is my parcel, please?”", [("message", "0")])]


def test_a_contact_of_the_last_days_about_the_same_order_comes_first() -> None:
    ctx = thread("c: Again!", history=(case("t-8", 3, orders=("#1001",)), case("t-7", 60, "Old thing")))
    assert told(ctx) == [
        (
            "1 earlier contact in the last 14 days about #1001; the last on 27 Feb 2026: “Broken zip”, "
            "ended with refund, reopened, rated 2 of 5",
            [("ticket", "t-8")],
        ),
        ("Earlier, on 1 Jan 2026: “Old thing”, ended with refund, reopened, rated 2 of 5", [("ticket", "t-7")]),
    ]


def test_beside_a_thread_only_what_still_weighs_is_told() -> None:
    lines = told(thread(*LONG, history=(case("t-7", 60),)))
    assert all(type_ == "message" for _, evidence in lines for type_, _ in evidence)
    lines = told(thread(*LONG, history=(case("t-8", 3),)))
    assert len(lines) == 3
    assert lines[-1][1] == [("ticket", "t-8")]


def test_a_late_order_is_told() -> None:
    late = replace(ORDER, delivered_at=None, created_at=NOW - timedelta(days=20))
    assert told(thread("c: Hello.", order=late)) == [("Order #1001 of 10 Feb 2026 has not arrived", [("order", "o-1")])]


def test_a_long_sentence_is_cut_between_words() -> None:
    ctx = thread("c: " + "word " * 60, "a: Yes.", "c: Is that so, all of it?")
    text = told(ctx)[0][0]
    assert text.endswith("word …”")
    assert len(text) < 180
