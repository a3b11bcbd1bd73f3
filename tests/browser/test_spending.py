"""Spending on a gesture in the panel: once whatever happens, taken back, at the limit and near it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import answers
from tests.browser.conftest import ROOT, Browser
from tests.browser.stub import TOKEN, Stub
from tests.browser.test_feedback import wait_for

OpenTicket = Callable[..., Page]
AXE = ROOT / "node_modules/axe-core/axe.min.js"
SPEND, UNDO = "Spend €6.50: A votive candle in the parcel", "Undo: take €6.50 back"
HOSTILE = '<img src=x onerror="document.title=1"><b>bold</b>'


def card(panel: Page) -> Locator:
    return panel.locator("article.delight")


def keys(stub: Stub) -> list[str]:
    return [call["idempotency_key"] for call in stub.spends]


def test_what_is_left_is_shown_and_spent_with_one_call(desk: Browser, open_ticket: OpenTicket, stub: Stub) -> None:
    panel = desk.panel_for(open_ticket("4501"))
    expect(card(panel)).to_contain_text("Costs €6.50")
    expect(card(panel)).to_contain_text("Your budget: €43.50 left")
    expect(card(panel)).to_contain_text("Team: €243.50 left")
    panel.get_by_role("button", name=SPEND).dblclick()
    expect(panel.locator("#note")).to_contain_text("€6.50 spent")
    expect(card(panel).locator(".mark")).to_have_text("Spent")
    expect(card(panel)).to_contain_text("Your budget: €37.00 left")
    expect(panel.get_by_role("button", name=SPEND)).to_have_count(0)
    [call] = stub.spends
    assert call == {
        "path": "/v1/spends",
        "request_id": call["request_id"],
        "delight_id": "delight-1",
        "amount": 6.5,
        "idempotency_key": f"{call['request_id']}:spend:delight-1",
    }
    assert stub.events("accepted") == [], "the spend says it"


def test_a_panel_that_opens_later_knows_what_was_spent(desk: Browser, open_ticket: OpenTicket, stub: Stub) -> None:
    panel = desk.panel_for(open_ticket("4501"))
    panel.get_by_role("button", name=SPEND).click()
    expect(card(panel).locator(".mark")).to_have_text("Spent")
    desk.kill_worker(panel)
    panel.reload()
    expect(card(panel).locator(".mark")).to_have_text("Spent")
    expect(panel.get_by_role("button", name=UNDO)).to_be_visible()
    assert len(stub.spends) == 1


def test_taken_back_and_spent_again_are_other_entries(desk: Browser, open_ticket: OpenTicket, stub: Stub) -> None:
    panel = desk.panel_for(open_ticket("4501"))
    panel.get_by_role("button", name=SPEND).click()
    panel.get_by_role("button", name=UNDO).press("Enter")
    expect(card(panel)).to_contain_text("Taken back. Nothing is spent.")
    expect(card(panel)).to_contain_text("Your budget: €43.50 left")
    expect(panel.get_by_role("button", name=SPEND)).to_be_focused()
    panel.get_by_role("button", name=SPEND).click()
    expect(card(panel).locator(".mark")).to_have_text("Spent")
    assert [entry["amount"] for entry in stub.ledger.values()] == [6.5, -6.5, 6.5]
    assert len(set(keys(stub))) == 3


def test_a_lost_answer_and_a_killed_worker_spend_once(desk: Browser, open_ticket: OpenTicket, stub: Stub) -> None:
    panel = desk.panel_for(open_ticket("4501"))
    expect(panel.get_by_role("button", name=SPEND)).to_be_visible()
    stub.drop_spends = 2  # booked, and the answer lost: twice over
    panel.get_by_role("button", name=SPEND).click()
    expect(card(panel)).to_contain_text("as soon as the service is back")
    desk.kill_worker(panel)
    expect(card(panel).locator(".mark")).to_have_text("Spent")
    assert len(stub.spends) >= 3
    assert len(set(keys(stub))) == 1
    assert stub.spent == 13.0


def test_while_the_service_is_away_it_waits(desk: Browser, open_ticket: OpenTicket, stub: Stub) -> None:
    panel = desk.panel_for(open_ticket("4501"))
    expect(card(panel)).to_contain_text("Your budget: €43.50 left")
    desk.set_up(address="http://127.0.0.1:9", token=TOKEN)
    panel.get_by_role("button", name=SPEND).click()
    expect(card(panel)).to_contain_text("Waiting for the service")
    desk.kill_worker(panel)
    panel.reload()
    expect(card(panel)).to_contain_text("Waiting for the service")
    desk.set_up(address=stub.address, token=TOKEN)
    expect(card(panel).locator(".mark")).to_have_text("Spent")
    assert len(stub.spends) == 1


def test_over_the_limit_nothing_can_be_spent(desk: Browser, open_ticket: OpenTicket, stub: Stub) -> None:
    stub.limits["agent:nuala"] = 12.0
    panel = desk.panel_for(open_ticket("4501"))
    expect(card(panel)).to_contain_text("Over the limit: €5.50 left of your budget.")
    expect(panel.get_by_role("button", name=SPEND)).to_have_count(0)
    expect(panel.get_by_role("button", name="Copy note")).to_be_visible()


def test_a_refusal_is_said_and_blocks_nothing(desk: Browser, open_ticket: OpenTicket, stub: Stub) -> None:
    stub.refuse_spends = (409, "customer_limit", f"This customer had a gesture not long ago. {HOSTILE}")
    panel = desk.panel_for(open_ticket("4501"))
    panel.get_by_role("button", name=SPEND).click()
    expect(card(panel)).to_contain_text(HOSTILE)
    expect(panel.locator("article img, article b")).to_have_count(0)
    expect(card(panel).locator(".mark")).to_have_count(0)
    stub.refuse_spends = None
    panel.get_by_role("button", name=SPEND).click()
    expect(card(panel).locator(".mark")).to_have_text("Spent")
    assert len(set(keys(stub))) == 1
    panel.get_by_role("button", name="Dismiss birthday gesture").click()
    wait_for(lambda: len(stub.events("dismissed")) == 1, panel)


def test_near_the_limit_is_said(desk: Browser, open_ticket: OpenTicket, stub: Stub) -> None:
    stub.limits["team"] = 14.0
    panel = desk.panel_for(open_ticket("4501"))
    panel.get_by_role("button", name=SPEND).click()
    expect(card(panel)).to_contain_text("Near the limit: 92 % of the team’s budget is spent this month.")


def test_a_service_that_does_not_say_what_is_left(desk: Browser, open_ticket: OpenTicket, stub: Stub) -> None:
    panel = desk.panel_for(open_ticket("4501"))
    expect(card(panel)).to_contain_text("€43.50")
    stub.limits.clear()
    panel.reload()
    expect(card(panel)).to_contain_text("Your budget: €43.50 left")
    expect(panel.get_by_role("button", name=SPEND)).to_be_visible()


def free(request: Any, number: int) -> Any:
    answer = answers.rich(request, number)
    answer["delights"][0] |= {"cost": 0, "budget": None}
    return answer


def test_what_costs_nothing_is_only_noted(desk: Browser, open_ticket: OpenTicket, stub: Stub) -> None:
    stub.answers["4501"] = free
    panel = desk.panel_for(open_ticket("4501"))
    panel.get_by_role("button", name="Use: A votive candle in the parcel").click()
    expect(card(panel).locator(".mark")).to_have_text("Used")
    wait_for(lambda: len(stub.events("accepted")) == 1, panel)
    assert stub.spends == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 480])
def test_every_state_fits_and_can_be_read(
    desk: Browser, open_ticket: OpenTicket, stub: Stub, width: int, scheme: Any
) -> None:
    stub.limits = {"agent:nuala": 16.0, "team": 250.0}
    panel = desk.panel_for(open_ticket("4501"), width=width)
    panel.emulate_media(color_scheme=scheme)
    panel.get_by_role("button", name=SPEND)

    def look(state: str) -> None:
        card(panel).scroll_into_view_if_needed()
        wide = "all => all.filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.className)"
        assert panel.eval_on_selector_all("main *", wide) == []
        panel.evaluate(AXE.read_text("utf-8"))
        result = panel.evaluate("axe.run(document.querySelector('article.delight'))")
        assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in result["violations"]] == []
        if folder := os.environ.get("COPILOT_TEST_SCREENSHOTS"):
            card(panel).screenshot(path=Path(folder) / f"{state}-{width}-{scheme}.png")

    expect(card(panel)).to_contain_text("Team: €243.50 left")
    look("open")
    panel.get_by_role("button", name=SPEND).click()
    expect(card(panel)).to_contain_text("Near the limit: 81 %")
    look("spent")
    panel.get_by_role("button", name=UNDO).click()
    expect(card(panel)).to_contain_text("Taken back")
    look("undone")
    stub.limits["agent:nuala"] = 9.0
    panel.reload()
    expect(card(panel)).to_contain_text("Over the limit")
    look("over")
