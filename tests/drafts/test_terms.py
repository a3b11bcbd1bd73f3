"""An article and a running code win over whatever says otherwise."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from recommenders.domain import Case, Evidence, Message, Order, SimilarCase
from recommenders.drafts import Terms
from recommenders.drafts.passages import Passage
from tests.playbooks.fixtures import NOW, ORDER, code, context


def passage(article: str, title: str, *lines: str, language: str = "en") -> Passage:
    return Passage(Evidence("article", article), language, lines, title=title)


TERMS = Terms(
    [
        passage("returns", "Returns", "You have 14 days from the day your parcel arrives.", "We refund within 5 days."),
        passage("delivery", "Delivery", "Ireland: 1 to 3 days, free from €50.", "Elsewhere it takes 4 to 8 days."),
    ],
    [
        code("TEN"),
        code("GONE", ends_at=NOW - timedelta(days=1), amount=20.0),
        code("SOON", starts_at=NOW + timedelta(days=1), amount=30.0),
    ],
)


@pytest.mark.parametrize(
    ("language", "text", "against"),
    [
        ("en", "You have 30 days to return it.", "returns"),
        ("en", "You have thirty days to send it back.", "returns"),
        ("en", "Our 30-day return window is still open.", "returns"),
        ("en", "Return it within one month.", "returns"),
        ("fr", "Vous avez 30 jours pour un retour.", "returns"),
        ("de", "Sie haben 30 Tage für die Rückgabe.", "returns"),
        ("en", "The refund takes up to 10 days.", "returns"),
        ("en", "Delivery takes 10 to 12 days.", "delivery"),
        ("en", "Delivery is free from €35.", "delivery"),
    ],
)
def test_what_an_article_contradicts(language: str, text: str, against: str) -> None:
    (conflict,) = TERMS.conflicts(text, language, NOW)
    assert conflict.claim.text == text
    assert conflict.source == Evidence("article", against)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "You have 14 days to return it."),
        ("en", "You have two weeks to return it."),
        ("de", "Sie haben vierzehn Tage für die Rückgabe."),
        ("en", "The refund takes 2 days."),  # within what is promised
        ("en", "Delivery takes 5 to 7 days."),
        ("en", "The refund comes 14 days after your return."),  # agrees with one of the two that it is about
        ("en", "There is a two-year warranty."),  # no article speaks of it
        ("en", "You have 2 hours to return it to the courier."),  # no other figure for a window of days
    ],
)
def test_what_nothing_stands_against(language: str, text: str) -> None:
    assert TERMS.conflicts(text, language, NOW) == []


def test_codes_are_held_to_what_they_give_now() -> None:
    assert TERMS.conflicts("TEN takes 10% off.", "en", NOW) == []
    assert [c.text for c in TERMS.conflicts("TEN takes 15% off.", "en", NOW)] == ["TEN gives 10%"]
    assert [c.text for c in TERMS.conflicts("GONE takes 20% off.", "en", NOW)] == ["GONE no longer runs"]
    assert TERMS.conflicts("SOON takes 30% off.", "en", NOW)
    assert TERMS.conflicts("GONE takes 20% off.", "en", NOW - timedelta(days=2)) == []
    assert TERMS.conflicts("Our summer sale takes 40% off.", "en", NOW) == []


def test_the_wrong_sentence_goes_and_the_rest_stays() -> None:
    text = "I am sorry. You have 30 days to return it. Tell me if you want to."
    assert TERMS.without_conflicts(text, "en", NOW) == "I am sorry. Tell me if you want to."
    assert TERMS.without_conflicts("Kept\nas it is.", "en", NOW) == "Kept\nas it is."
    assert TERMS.against(text, "en", context()) == "You have 30 days to return it."
    assert TERMS.against("Fine.", "en", context()) is None


def test_an_old_reply_with_an_old_figure_is_flagged_with_its_article() -> None:
    then = datetime(2025, 3, 1, tzinfo=UTC)
    case = Case("t-9", "", "email", "en", None, (), then, then, (), (Message("agent", "x"),))
    old = SimilarCase(case, 0.9, "", "Of course, you have 30 days to return it.", "")
    warning = TERMS.superseded(old, NOW)
    assert warning is not None
    assert warning.id == "superseded-claim"
    for piece in ("t-9", "30 days to return", "article returns", "14 days"):
        assert piece in warning.text
    assert TERMS.superseded(SimilarCase(case, 0.9, "", "Of course.", ""), NOW) is None


def order(days: float | None) -> Order:
    return replace(ORDER, delivered_at=None if days is None else NOW - timedelta(days=days))


def test_a_window_is_over_after_its_days_and_a_little_grace() -> None:
    assert TERMS.window_over(order(15.9), NOW) is None
    assert TERMS.window_over(order(16.1), NOW) == (14, Evidence("article", "returns"))
    assert TERMS.window_over(order(None), NOW) is None
    assert TERMS.window_over(None, NOW) is None
    assert Terms().window_over(order(400), NOW) is None  # nobody said how long it is


def test_the_longest_window_counts() -> None:
    beds = passage("beds", "Returns", "Pillows can be returned for 60 nights.", "The refund of a return takes 90 days.")
    both = Terms([passage("returns", "Returns", "You have 14 days to return an item."), beds])
    assert both.window_over(order(61), NOW) is None
    assert both.window_over(order(63), NOW) == (60, Evidence("article", "beds"))
