"""Gestures: a cue, a budget, and silence where a gesture would hurt."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from recommenders.delights import DelightRecommender
from recommenders.domain import Budget, Evidence
from recommenders.playbooks import load_default
from tests.playbooks.fixtures import ANA, ORDER, context

RICH = (Budget("agent:maria", 20.0), Budget("team", 100.0))
GIVER = DelightRecommender(load_default())


def occasions(**situation: object) -> list[str]:
    return [d.occasion for d in GIVER.recommend(context(**situation), RICH)]  # type: ignore[arg-type]


def test_a_wedding_gets_a_card_from_the_tightest_budget() -> None:
    ctx = context("It is for my sister's wedding.", occasions=["wedding"])
    (delight,) = GIVER.recommend(ctx, RICH)
    assert (delight.occasion, delight.cost, delight.currency, delight.quote) == (
        "wedding",
        3.0,
        "EUR",
        "about a wedding",
    )
    assert delight.budget == Budget("agent:maria", 20.0)
    assert delight.evidence[0].id == "default.yaml#wedding-card"
    assert delight.evidence[1] == Evidence("ticket", "t-1")
    assert delight.note is not None
    assert "Ana" not in delight.note
    assert "€" not in delight.note


@pytest.mark.parametrize(("left", "count"), [(3.0, 1), (2.99, 0), (0.0, 0)])
def test_nothing_that_a_budget_cannot_pay(left: float, count: int) -> None:
    ctx = context(occasions=["birthday"])
    assert len(GIVER.recommend(ctx, (Budget("agent:maria", 50.0), Budget("team", left)))) == count


def test_what_is_due_is_known_without_the_budgets() -> None:
    assert GIVER.due(context(occasions=["birthday"]))
    assert not GIVER.due(context(intents=["return_request"]))
    assert not GIVER.due(context(occasions=["birthday"], reasons=["legal_threat"]))


def test_the_note_is_in_the_customers_language_and_greets_where_it_may() -> None:
    (german,) = GIVER.recommend(context(occasions=["new_home"], language="de"), RICH)
    assert german.note is not None
    assert german.note.startswith("Alles Gute im neuen Zuhause")
    (thanks,) = GIVER.recommend(context(occasions=["loyalty"], language="pl"), RICH)
    assert thanks.note is not None
    assert thanks.note.startswith("Dear Ana,")  # no Polish note: the English one


@pytest.mark.parametrize(
    "reason", ["fraud_or_security", "privacy_request", "harassment", "legal_threat", "chargeback", "safety"]
)
def test_no_gesture_where_it_would_be_a_bribe(reason: str) -> None:
    assert occasions(occasions=["birthday", "condolence"], reasons=[reason]) == []


def test_on_a_loss_only_condolence() -> None:
    assert occasions(occasions=["birthday", "condolence"]) == ["condolence"]
    assert occasions(occasions=["birthday"], reasons=["bereavement"]) == ["condolence"]


def test_an_apology_needs_a_real_failure_and_somebody_to_send_it_to() -> None:
    assert occasions(reasons=["service_failure_open"], occasions=["birthday"]) == ["apology"]
    assert occasions(reasons=["service_failure_open"], customer=None) == []
    assert occasions(intents=["product_dissatisfaction"], occasions=["birthday"]) == []
    assert occasions(reasons=["high_anger"]) == []


def test_illness_gets_get_well_and_nothing_else() -> None:
    assert occasions(reasons=["vulnerable_customer"], occasions=["gift", "get_well"]) == ["get_well"]


def test_the_record_speaks_only_to_a_glad_customer() -> None:
    tenth = replace(ANA, orders_count=10)
    assert occasions(customer=tenth, intents=["praise"], mood=0.8) == ["milestone_order", "loyalty"]
    assert occasions(customer=tenth, intents=["shipping_question"]) == []
    assert occasions(customer=tenth, intents=["small_talk"], mood=0.8) == []
    newcomer = replace(ANA, orders_count=1, created_at=datetime(2026, 2, 1, tzinfo=UTC))
    assert occasions(customer=newcomer, intents=["praise"]) == ["first_order"]
    old = replace(ORDER, created_at=datetime(2025, 6, 1, tzinfo=UTC))
    assert occasions(customer=newcomer, order=old, intents=["praise"]) == []


def test_a_rule_may_choose_the_gesture_but_not_invent_the_cue() -> None:
    rule = Evidence("rule", "own.yaml#rule", 3)
    asked = [("new-home-card", rule)]
    assert GIVER.recommend(context(), RICH, asked=asked) == ()
    (delight,) = GIVER.recommend(context(occasions=["new_home"]), RICH, asked=asked)
    assert rule in delight.evidence
