"""May we sell here? Each reason from the words that were read, or from the records alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from recommenders.domain import Case, Caution, Context, Customer, Order
from recommenders.restraint import ASKS, REASONS, judge
from recommenders.signals import CAUTIONS, INTENTS
from tests.playbooks.fixtures import ANA, NOW, ORDER, context

NO_CONSENT = replace(ANA, marketing_consent=False)
LATE = replace(ORDER, delivered_at=None, created_at=NOW - timedelta(days=20))


def earlier(days: float, *order_ids: str) -> Case:
    then = NOW - timedelta(days=days)
    return Case(f"t-{days}", "Again", "email", "en", "c-1", order_ids, then, then, (), ())


def ticket(intents: Sequence[str] = (), order: Order | None = ORDER, **more: object) -> Context:
    return context(intents=intents, order=order, **more)  # type: ignore[arg-type]


def test_nothing_speaks_against_it() -> None:
    verdict = judge(ticket(["advice_request"]))
    assert (verdict.allowed, verdict.reasons, dict(verdict.quotes)) == (True, (), {})


@pytest.mark.parametrize("caution", CAUTIONS)
def test_every_caution_that_was_read_stops_selling_and_is_quoted(caution: str) -> None:
    read = ticket(["advice_request"])
    read = replace(read, signals=replace(read.signals, cautions=(Caution(caution, 0.8, "their words"),)))
    verdict = judge(read)
    assert (verdict.allowed, verdict.reasons, dict(verdict.quotes)) == (False, (caution,), {caution: "their words"})


def test_reasons_come_in_the_contracts_order_each_once() -> None:
    read = ticket()
    cautions = tuple(Caution(id, 0.8, "x") for id in ("high_anger", "safety", "weather", "safety"))
    assert judge(replace(read, signals=replace(read.signals, cautions=cautions))).reasons == ("safety", "high_anger")


def test_every_caution_is_a_reason_and_every_ask_an_intent() -> None:
    assert set(CAUTIONS) <= set(REASONS)
    assert set(INTENTS) >= ASKS


@pytest.mark.parametrize(
    ("intent", "order", "reasons"),
    [
        ("order_status", LATE, ("service_failure_open",)),
        ("missing_item", LATE, ("service_failure_open",)),
        ("complaint_service", LATE, ("service_failure_open",)),
        ("product_question", LATE, ()),  # they ask about something else
        ("order_status", ORDER, ()),  # it has arrived
        ("order_status", replace(LATE, created_at=NOW - timedelta(days=5)), ()),
    ],
)
def test_a_late_order_that_is_asked_about(intent: str, order: Order, reasons: tuple[str, ...]) -> None:
    verdict = judge(ticket([intent], order))
    assert verdict.reasons == reasons
    assert verdict.quotes.get("service_failure_open") in (None, "#1001 has not arrived")


def test_without_a_named_order_any_late_one_counts_and_with_one_only_that() -> None:
    other = replace(LATE, id="o-2", name="#1002")
    both = replace(ticket(["order_status"]), orders=(ORDER, other))
    assert judge(both).reasons == ()
    assert judge(replace(both, order=None)).quotes["service_failure_open"] == "#1002 has not arrived"


@pytest.mark.parametrize(
    ("history", "reasons"),
    [
        ((), ()),
        ((earlier(3, "#1001"),), ()),  # once is not again and again
        ((earlier(3, "#1001"), earlier(9, "o-1")), ("repeat_contact",)),
        ((earlier(3, "1001"), earlier(9, "O-1")), ("repeat_contact",)),
        ((earlier(3, "#1001"), earlier(31, "#1001")), ()),  # too long ago
        ((earlier(3, "#1001"), earlier(9, "#1002")), ()),  # about another order
        ((earlier(3), earlier(9)), ()),
    ],
)
def test_contacts_about_the_same_order(history: tuple[Case, ...], reasons: tuple[str, ...]) -> None:
    read = replace(ticket(["order_status"]), history=history)
    assert judge(read).reasons == reasons
    # where the ticket names no order, nothing can be the same
    assert judge(replace(read, order=None)).reasons == ()


def test_what_was_read_keeps_its_quote_beside_the_record() -> None:
    read = ticket(["order_status"], LATE)
    read = replace(
        read, signals=replace(read.signals, cautions=(Caution("service_failure_open", 0.9, "a third time"),))
    )
    assert judge(read).quotes == {"service_failure_open": "a third time"}


@pytest.mark.parametrize(
    ("customer", "intents", "needs", "reasons"),
    [
        (NO_CONSENT, ["praise"], [], ("no_marketing_consent_for_upsell",)),
        (NO_CONSENT, ["order_status"], [], ("no_marketing_consent_for_upsell",)),
        (NO_CONSENT, [], [], ("no_marketing_consent_for_upsell",)),
        (NO_CONSENT, ["advice_request"], [], ()),  # what is asked for is not marketing
        (NO_CONSENT, ["order_status", "code_question"], [], ()),
        (NO_CONSENT, ["praise"], ["more_moisture"], ()),
        (ANA, ["praise"], [], ()),
        (None, ["praise"], [], ()),  # nobody said no
    ],
)
def test_consent(
    customer: Customer | None, intents: list[str], needs: list[str], reasons: tuple[str, ...]
) -> None:  # fmt: skip
    assert judge(context(customer=customer, intents=intents, needs=needs)).reasons == reasons


def test_consent_is_not_mentioned_beside_a_graver_reason() -> None:
    assert judge(context(customer=NO_CONSENT, reasons=["bereavement"])).reasons == ("bereavement",)
