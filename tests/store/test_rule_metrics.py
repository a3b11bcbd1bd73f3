"""What became of two rules over five answers, counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import insert

from copilot.store.answers import offers_of
from copilot.store.coding import encode_case
from copilot.store.database import open_database, write_transaction
from copilot.store.models import AnswerRow, CaseRow, FeedbackRow, SpendRow
from copilot.store.rule_metrics import RememberedMetrics, RuleMetrics, rule_metrics
from copilot.store.trials import trial
from recommenders.domain import (
    Case,
    CodeOffer,
    CustomerView,
    Delight,
    Draft,
    Evidence,
    FiredRule,
    Outcome,
    Selling,
    Signals,
    Suggestion,
)
from tests.playbooks.fixtures import code, save

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
SINCE = NOW - timedelta(days=7)
CODE, TEST = "a.yaml#code", "a.yaml#test"
PROOF, TRIED = Evidence("rule", CODE, 3), Evidence("rule", TEST, 9)
SECTIONS = frozenset({"similar", "saves", "codes", "drafts", "delights"})


def answer(*rules: FiredRule, saves: bool = True, delight: Evidence | None = None) -> list[Any]:
    """The offers of an answer with a save and a code by rule CODE, and a delight."""
    made = save("WS")
    found = Suggestion(
        "t", Signals("en"), CustomerView(None, "unknown", None, 0, ""), Selling(True, ()),
        saves=(made.__class__(**{f: getattr(made, f) for f in made.__slots__} | {"evidence": (PROOF,)}),) * saves,
        codes=(CodeOffer(code("TEN"), "", (PROOF, Evidence("rule", "a.yaml#not-fired"))),),
        drafts=(Draft("draft-1", "save", "en", "Hello", (), ()),),
        delights=() if delight is None else (
            Delight("delight-1", "gift", "A card", None, 4.0, "EUR", None, "gift", (delight,)),
        ),
        rules=rules,
    )  # fmt: skip
    return list(offers_of(found, SECTIONS, NOW))


def test_offers_name_their_rules_and_the_probability_of_their_section() -> None:
    ab = FiredRule(TEST, 9, "treated", 0.25, ("delights",))
    offers = {(o["section"], o["id"]): o for o in answer(FiredRule(CODE, 3, sections=("codes",)), ab, delight=TRIED)}
    assert offers["codes", "TEN"]["rules"] == [CODE]  # and not the one that did not fire
    assert "rules" not in offers["drafts", "draft-1"]
    assert offers["delights", "delight-1"]["rules"] == [TEST]
    assert {key[0]: offer["propensity"] for key, offer in offers.items() if key[0] != "rules"} == {
        "saves": 1.0, "codes": 1.0, "drafts": 1.0, "delights": 0.25,
    }  # fmt: skip
    assert [(o["id"], o["kind"], o["propensity"], o["rank"]) for o in offers.values() if o["section"] == "rules"] == [
        (CODE, "treated", 1.0, 1), (TEST, "treated", 0.25, 2),
    ]  # fmt: skip


def test_a_control_has_the_probability_of_its_own_arm() -> None:
    held = FiredRule(TEST, 9, "control", 0.75, ("saves", "codes"))
    offers = {(o["section"], o["id"]): o for o in answer(held)}
    assert offers["codes", "TEN"]["propensity"] == 0.75
    assert offers["drafts", "draft-1"]["propensity"] == 1.0


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = open_database(tmp_path)
    yield made
    made.dispose()


def fill(database: Database) -> None:
    """Answers a1 to a5 (a5 too long ago), what agents did with them, and how three of their tickets ended."""
    acted = FiredRule(CODE, 3)
    treated, control = FiredRule(TEST, 9, "treated", 0.5), FiredRule(TEST, 9, "control", 0.5)
    answers = {
        "a1": ("t-1", answer(acted, treated, delight=TRIED)),
        "a2": ("t-1", answer(acted, treated, delight=TRIED)),
        "a3": ("t-2", answer(acted, control)),
        "a4": ("t-3", answer(control, saves=False)),
        "a5": ("t-4", answer(acted)),
    }
    events = [
        ("a1", "save-1-WS", "shown"), ("a1", "save-1-WS", "inserted"), ("a1", "save-1-WS", "edited"),
        ("a1", "TEN", "shown"), ("a2", "TEN", "dismissed"), ("a3", "save-1-WS", "shown"), ("a1", "draft-1", "inserted"),
        ("a1", "delight-1", "accepted"), ("a5", "TEN", "inserted"),
    ]  # fmt: skip
    spends = [("a1", "delight-1", "4.00", None), ("a2", "delight-1", "4.00", None), ("a2", "delight-1", "-4.00", 2)]
    cases = [("t-1", Outcome(5, kept_revenue=80.0)), ("t-2", Outcome(3, kept_revenue=20.5)), ("t-3", None)]
    with write_transaction(database) as connection:
        for request, (ticket, offers) in answers.items():
            moment = SINCE - timedelta(days=1) if request == "a5" else NOW
            connection.execute(
                insert(AnswerRow).values(
                    request_id=request, created_at=moment, ticket_id=ticket, revision="1", suggestions=offers
                )
            )
        for number, (request, suggestion, event) in enumerate(events):
            connection.execute(
                insert(FeedbackRow).values(
                    idempotency_key=f"k{number}", received_at=NOW, request_id=request, suggestion_id=suggestion,
                    event=event,
                )
            )  # fmt: skip
        for number, (request, delight, amount, reverses) in enumerate(spends):
            connection.execute(
                insert(SpendRow).values(
                    spent_at=NOW, month="2026-03", booked_month="2026-03", agent="maria", amount=Decimal(amount),
                    currency="EUR", request_id=request, delight_id=delight, reverses=reverses,
                    idempotency_key=f"s{number}",
                )
            )  # fmt: skip
        for id, outcome in cases:
            case = Case(id, "", "email", "en", None, (), NOW, NOW, (), (), None, outcome)
            connection.execute(
                insert(CaseRow).values(
                    id=id, resolved_at=NOW, revision=1, text_hash="x", index_text="", digest="x", data=encode_case(case)
                )
            )


def test_what_agents_did_with_what_a_rule_caused(database: Database) -> None:
    fill(database)
    metrics = rule_metrics(database, SINCE)
    assert list(metrics) == [CODE, TEST]
    assert metrics[CODE] == RuleMetrics(
        fired=3, tickets=2, offered=6, shown=4, inserted=1, edited=1, dismissed=1, saved_revenue=Decimal("80.00"),
        spend=Decimal("0.00"),
    )  # fmt: skip
    assert metrics[CODE].as_data()["saved_revenue"] == 80.0
    assert "control" not in metrics[CODE].as_data()


def test_the_control_group_is_kept_apart(database: Database) -> None:
    fill(database)
    tried = rule_metrics(database, SINCE)[TEST]
    assert (tried.fired, tried.tickets, tried.offered, tried.shown, tried.spend) == (4, 1, 2, 1, Decimal("4.00"))
    assert tried.as_data()["treated"] == {"tickets": 1, "resolved": 1, "kept_revenue": 80.0, "csat": 5.0}
    assert tried.as_data()["control"] == {"tickets": 2, "resolved": 2, "kept_revenue": 20.5, "csat": 3.0}


def test_nothing_since(database: Database) -> None:
    fill(database)
    assert rule_metrics(database, NOW + timedelta(days=1)) == {}


def test_a_trial_is_evaluated_by_its_propensities(database: Database) -> None:
    fill(database)
    found = trial(database, TEST, SINCE)
    assert found.tickets == ("t-1", "t-2")  # nobody knows yet what was kept on t-3
    assert (found.treated.tolist(), found.propensity.tolist(), found.reward.tolist()) == (
        [1.0, 0.0], [0.5, 0.5], [80.0, 20.5],
    )  # fmt: skip
    assert (found.always().value, found.never().value) == (80.0, 20.5)
    assert trial(database, "a.yaml#unknown", SINCE).tickets == ()


def test_a_ticket_whose_arm_changed_is_no_round(database: Database) -> None:
    fill(database)
    with write_transaction(database) as connection:
        offers = answer(FiredRule(TEST, 9, "control", 0.5))
        connection.execute(
            insert(AnswerRow).values(request_id="b1", created_at=NOW, ticket_id="t-1", revision="1", suggestions=offers)
        )
    assert trial(database, TEST, SINCE).tickets == ("t-2",)


def test_a_page_need_not_count_at_every_look(database: Database) -> None:
    clock = [NOW]
    metrics = RememberedMetrics(database, lambda: clock[0])
    assert metrics(SINCE) == {}
    fill(database)
    assert metrics(SINCE + timedelta(seconds=30)) == {}
    assert list(metrics(SINCE + timedelta(days=1))) == [CODE, TEST]  # another time is asked for
    clock[0] += timedelta(minutes=2)
    assert metrics(SINCE + timedelta(minutes=2)) == rule_metrics(database, SINCE)
