"""Similar cases on a small table of kettles and jackets."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from recommenders.domain import (
    Case,
    Catalog,
    Concern,
    Context,
    Customer,
    Intent,
    Message,
    Outcome,
    Resolution,
    Signals,
    Ticket,
)
from recommenders.protocols import FloatArray
from recommenders.retrieval.index import CaseIndex
from recommenders.retrieval.similar import SimilarRecommender, main_reply
from recommenders.text.sentences import split_sentences
from tests.fakes import HashEncoder

ENCODER = HashEncoder(512)
THEN, NOW = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Entry:
    id: str
    revision: int
    index_text: str
    vector: FloatArray
    labels: tuple[str, ...]


def case(id: str, said: str, reply: str | None = "We are sorry, a new one leaves today.", **fields: object) -> Case:
    messages = [Message("customer", said, "Fiona")]
    if reply is not None:
        messages.append(Message("agent", reply, "Maria"))
    made = Case(id, said[:20], "email", "en", "c-9", (), THEN, THEN, (), tuple(messages))
    return replace(made, **fields)  # type: ignore[arg-type]


CASES = [
    case("t-1", "Hi. The kettle drips on the worktop.", "Hi Fiona, a new kettle leaves today."),
    case("t-2", "The kettle drips from the lid.", "Dear Fiona, please descale it with vinegar first."),
    case("t-3", "The sleeves of the jacket are too tight."),
    case("t-4", "The parcel with order #1001 is late.", "It arrives tomorrow."),
    case("t-5", "The kettle drips.", None),
]


def recommender(cases: Sequence[Case] = CASES) -> SimilarRecommender:
    entries = []
    for one in cases:
        text = "\n".join(m.text for m in one.messages if m.author == "customer")
        entries.append(Entry(one.id, 1, text, ENCODER.encode([text])[0], one.tags))
    table = {one.id: one for one in cases}
    return SimilarRecommender(
        CaseIndex.build(entries, ENCODER.name, ENCODER.dimension),
        lambda ids: {id: table[id] for id in ids},
        lambda id: Customer(id, first_name="Fiona", last_name="Macleod"),
    )


def context(text: str, signals: Signals | None = None, **fields: object) -> Context:
    made = Context(
        ticket=Ticket("t-0", (Message("customer", text),)),
        concern=Concern(text, split_sentences(text)),
        signals=signals or Signals("en"),
        catalog=Catalog(),
        now=NOW,
        vector=ENCODER.encode([text])[0],
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def ids(found: Sequence[object]) -> list[str]:
    return [entry.case.id for entry in found]  # type: ignore[attr-defined]


def test_the_right_cases_with_clean_replies() -> None:
    found = recommender().recommend(context("my kettle drips on the worktop"))
    assert ids(found) == ["t-1", "t-2"]
    assert found[0].reply == "Hi, a new kettle leaves today."
    assert found[1].reply == "Hello, please descale it with vinegar first."
    assert found[0].excerpt == "The kettle drips on the worktop."
    assert found[0].score > found[1].score > 0.5


def test_a_stranger_is_not_shown() -> None:
    assert recommender().recommend(context("do you rent out meeting rooms")) == ()


@pytest.mark.parametrize("intents", [("small_talk",), ("off_topic", "small_talk"), ("small_talk", "praise")])
def test_small_talk_needs_no_case(intents: tuple[str, ...]) -> None:
    signals = Signals("en", tuple(Intent(id, 0.9, "") for id in intents))
    assert recommender().recommend(context("the kettle drips on the worktop", signals)) == ()


def test_small_talk_beside_a_problem_is_no_small_talk() -> None:
    signals = Signals("en", (Intent("small_talk", 0.9, ""), Intent("damaged_item", 0.9, "")))
    assert ids(recommender().recommend(context("the kettle drips on the worktop", signals)))[0] == "t-1"


def test_without_a_vector_there_is_nothing() -> None:
    assert recommender().recommend(context("the kettle drips", vector=None)) == ()
    assert recommender().recommend(context("  ")) == ()


def test_the_limit_holds() -> None:
    asked = context("the kettle drips on the worktop")
    assert ids(recommender().recommend(replace(asked, limit=1))) == ["t-1"]
    assert ids(recommender().recommend(asked, 1)) == ["t-1"]
    assert recommender().recommend(asked, 0) == ()


def test_the_ticket_itself_and_the_future_are_left_out() -> None:
    asked = context("the kettle drips on the worktop")
    assert ids(recommender().recommend(replace(asked, ticket=Ticket("t-1", ())))) == ["t-2"]
    later = [replace(CASES[0], resolved_at=datetime(2026, 4, 1, tzinfo=UTC)), *CASES[1:]]
    assert ids(recommender(later).recommend(asked)) == ["t-2"]


def test_replies_that_say_the_same_are_shown_once() -> None:
    same = "We are sorry that it drips. A new kettle leaves today and you need not send the old one back."
    cases = [case(f"t-{i}", "The kettle drips.", same + "!" * i) for i in (1, 2, 3)]
    assert ids(recommender(cases).recommend(context("the kettle drips"))) == ["t-1"]


def test_outcomes_decide_between_equals() -> None:
    replies = [
        "It is within the warranty, so we repair it.",
        "Buy another.",
        "Send us a photo, please, and we refund you.",
    ]
    outcomes = [Outcome(csat=3), Outcome(csat=1, reopened=True), Outcome(csat=5)]
    cases = [
        case(f"t-{i}", "The kettle drips.", reply, outcome=outcome)
        for i, (reply, outcome) in enumerate(zip(replies, outcomes, strict=True), 1)
    ]
    assert ids(recommender(cases).recommend(context("the kettle drips"))) == ["t-3", "t-1", "t-2"]


THINGS = ("kettle", "toaster", "blender", "mixer", "grinder", "juicer", "steamer", "grill", "fryer", "scale")
MATTERS = {"leak": "drips and leaks water", "late": "parcel has not come yet", "fit": "lid is too tight"}


def shop_with_tags() -> list[Case]:
    """Ten things with three matters each, filed by the matter and, whatever it was, as "vip"."""
    return [
        case(f"t-{tag}-{n}", f"My {thing}, its {words}.", f"About {thing}, {tag}.", tags=(tag, "vip")[: 1 + n % 2])
        for tag, words in MATTERS.items()
        for n, thing in enumerate(THINGS)
    ]


def test_the_shop_s_own_tags_say_why() -> None:
    found = recommender(shop_with_tags()).recommend(context("My waffle iron, its lid is too tight."))
    assert {entry.case.tags[0] for entry in found} == {"fit"}
    assert found[0].why == "Same matter: fit"


def test_scores_never_rise() -> None:
    found = recommender(shop_with_tags()).recommend(context("My kettle drips and its parcel has not come", limit=8))
    scores = [entry.score for entry in found]
    assert len(scores) > 3
    assert scores == sorted(scores, reverse=True)


def test_one_problem_with_one_end_is_one_idea() -> None:
    replies = (
        "We send you a new one today.",
        "Please keep it, your money is on its way back.",
        "A courier comes for it.",
    )
    ends = (Resolution("refund"), Resolution("refund"), Resolution("exchange"))
    cases = [
        case(f"t-{n}", "The kettle drips on the worktop.", reply, resolution=end, outcome=Outcome(csat=stars))
        for n, (reply, end, stars) in enumerate(zip(replies, ends, (2, 5, 3), strict=True), 1)
    ]
    found = recommender(cases).recommend(context("the kettle drips on the worktop"))
    assert ids(found) == ["t-2", "t-3"], "of the two refunds the one that the customer liked"


def test_a_prior_lifts_nothing_over_the_floor() -> None:
    loved = case("t-1", "Thank you, the tea was fine.", "We are glad.", outcome=Outcome(csat=5))
    index = recommender([loved])
    asked = context("thank you and good night to all of you there")
    assert index.recommend(asked) == ()


def test_why_says_how_it_ended() -> None:
    cases = [
        case("t-1", "The kettle drips.", resolution=Resolution("exchange"), outcome=Outcome(csat=5, reopened=True))
    ]
    found = recommender(cases).recommend(context("the kettle drips"))
    assert found[0].why == "Similar problem; solved by an exchange; customer rated 5 of 5; opened again later"


def test_nothing_of_the_other_customer_is_shown() -> None:
    cases = [
        case(
            "t-1",
            "I'm Fiona Macleod and the kettle of #1001 drips. Call +44 20 7946 0018!",
            "Hi Fiona, your order #1001 is insured, Fiona.",
            subject="Kettle of Fiona, #1001",
        )
    ]
    found = recommender(cases).recommend(context("the kettle drips"))
    shown = " ".join((found[0].reply, found[0].excerpt, found[0].case.subject))
    assert not any(secret in shown for secret in ("Fiona", "Macleod", "1001", "7946"))


def test_the_same_question_has_the_same_answer() -> None:
    asked, one = context("the kettle drips on the worktop"), recommender()
    assert one.recommend(asked) == one.recommend(asked) == recommender().recommend(asked)


def test_the_main_reply_is_what_did_the_work() -> None:
    work = Message("agent", "It is a water gel, so nothing holds the water in. We swap it for the rich one at no cost.")
    messages = (
        Message("agent", "Which one is it, and since when does it feel like that on your cheeks?"),
        Message("note", "a very long note " * 20),
        work,
        Message("agent", "It leaves today."),
    )
    assert main_reply(messages) == work
    assert main_reply((Message("customer", "hi"),)) is None


def test_a_form_letter_about_another_matter_is_another_reply() -> None:
    letter = "Thank you for writing. About the {}: please follow the guide in the app, we have prepared it for you."
    said = ("The kettle drips on the worktop.", "The kettle drips on the table.")
    cases = [
        case(f"t-{n}", text, letter.format(matter), tags=(tag,))
        for n, (text, matter, tag) in enumerate(zip(said, ("leak", "spot"), ("leak", "stain"), strict=True), 1)
    ]
    asked = context("the kettle drips on the worktop")
    assert ids(recommender(cases).recommend(asked)) == ["t-1", "t-2"]
    assert ids(recommender([replace(one, tags=("leak",)) for one in cases]).recommend(asked)) == ["t-1"]
