"""A model that improves a draft, and models that do anything else."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from copilot.models.breaker import Breaker
from copilot.models.chat import ChatModel
from copilot.models.polish import Polisher, parse_text, polish_task
from recommenders.domain import Catalog, Concern, Context, Customer, Draft, Evidence, Gap, Message, Signals, Ticket
from recommenders.text.language import LanguageDetector
from tests.models.scripted import Scripted, says

DETECT = LanguageDetector().detect
TEXT = (
    "Hi Ana,\n\nyour order #1001 left us on 3 March 2026. We refund €12.50. I do not know [[carrier]].\n\nKind regards"
)
DRAFT = Draft("d1", "resolve", "en", TEXT, (Gap("carrier", "carrier"),), (Evidence("order", "o-1"),))
CONTEXT = Context(
    Ticket("t", (Message("customer", "Where is it?", "Ana Moss"),)), Concern("", ()), Signals("en"),
    Catalog((), (), ()), datetime(2026, 3, 4, tzinfo=UTC), Customer("c", first_name="Ana", last_name="Moss"),
)  # fmt: skip


def reply_of(asked: dict[str, Any]) -> str:
    return str(json.loads(asked["messages"][1]["content"])["reply"])


def polish(
    write: Callable[[str], str], *drafts: Draft, seconds: float = 5, kept: Callable[[Draft], bool] = lambda draft: True
) -> tuple[tuple[Draft, ...], bool, Scripted]:
    there = Scripted(lambda asked: says({"text": write(reply_of(asked))}))
    model = ChatModel(there.endpoint(), "m", polish_task(), parse_text, breaker=Breaker(99))
    polisher = Polisher(model, seconds, DETECT)
    found, failed = polisher.polish(drafts or (DRAFT,), CONTEXT, lambda some: tuple(d for d in some if kept(d)))
    return found, failed, there


def warmer(text: str) -> str:
    return text.replace("Kind regards", "Warm regards").replace("Hi ", "Hello ")


def test_a_better_tone_is_taken_and_everything_else_stays() -> None:
    (found,), failed, _ = polish(warmer)
    assert found.text == TEXT.replace("Kind", "Warm").replace("Hi ", "Hello ")
    assert (found.id, found.gaps, found.evidence, found.stance, failed) == (
        "d1",
        DRAFT.gaps,
        DRAFT.evidence,
        "resolve",
        False,
    )


def test_no_fact_of_the_customer_leaves_the_machine() -> None:
    *_, there = polish(warmer)
    sent = json.dumps(there.asked)
    assert [fact for fact in ("Ana", "Moss", "1001", "March", "12.50", "o-1") if fact in sent] == []


@pytest.mark.parametrize(
    "write",
    [
        lambda text: text + " Use WELCOME25.",
        lambda text: text.replace("[[number 4]]", "€99.00"),
        lambda text: text.replace("We refund", "We do not refund"),
        lambda text: text.replace("Kind regards", "A voucher is on its way"),
        lambda text: " ".join(text.split("[[gap 5]]")),
        lambda text: "Hallo [[name 1]], Ihre Bestellung [[number 2]] ging am [[number 3]] ab. [[number 4]] [[gap 5]].",
        lambda text: text.replace("Kind regards", "Your Berlin team"),
        lambda text: text + "\nhttps://evil.example",
        lambda text: text.replace("[[number 2]]", "[[number 3]]"),
        lambda text: "",
        lambda text: text * 3,
        lambda text: "{{ customer.email }}" + text,
    ],
    ids=[
        "code",
        "price",
        "denial",
        "promise",
        "gap",
        "language",
        "name",
        "link",
        "swap",
        "nothing",
        "length",
        "template",
    ],
)
def test_another_content_is_not_and_that_is_no_failure(write: Callable[[str], str]) -> None:
    found, failed, _ = polish(write)
    assert found == (DRAFT,)
    assert not failed


def test_what_the_guard_holds_back_is_not_taken() -> None:
    found, failed, _ = polish(warmer, kept=lambda draft: False)
    assert (found, failed) == ((DRAFT,), False)


def test_a_model_that_stalls_costs_its_time_and_nothing_else() -> None:
    def slowly(text: str) -> str:
        time.sleep(2)
        return warmer(text)

    second = Draft("d2", "save", "en", "Hi Ana, shall I change it?", (), ())
    started = time.monotonic()
    found, failed, _ = polish(slowly, DRAFT, second, seconds=0.2)
    assert time.monotonic() - started < 1
    assert (found, failed) == ((DRAFT, second), True)


def test_drafts_are_polished_side_by_side_and_remembered() -> None:
    def slowly(text: str) -> str:
        time.sleep(0.3)
        return warmer(text)

    there = Scripted(lambda asked: says({"text": slowly(reply_of(asked))}))
    polisher = Polisher(ChatModel(there.endpoint(), "m", polish_task(), parse_text), 3, DETECT)
    drafts = tuple(Draft(f"d{i}", "resolve", "en", f"Hi Ana, {'so ' * i}kind regards", (), ()) for i in range(4))
    started = time.monotonic()
    first = polisher.polish(drafts, CONTEXT, lambda some: some)
    assert time.monotonic() - started < 1.1
    assert polisher.polish(drafts, CONTEXT, lambda some: some) == first
    assert len(there.asked) == 4
    assert all(draft.text.startswith("Hello Ana") for draft in first[0])


def test_where_facts_cannot_be_told_nothing_is_asked() -> None:
    polish_draft = Draft("d1", "resolve", "pl", "Dzień dobry, sprawdzimy to.", (), ())
    found, failed, there = polish(warmer, polish_draft)
    assert (found, failed, there.asked) == ((polish_draft,), False, [])
