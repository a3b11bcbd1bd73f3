"""Feedback: what was seen and used is told once, and nothing is lost while the service is away."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Browser
from tests.browser.stub import TOKEN, Stub

OpenTicket = Callable[..., Page]


def wait_for(condition: Callable[[], bool], page: Page, seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        page.wait_for_timeout(50)


def test_shown_inserted_copied_once_each(desk: Browser, open_ticket: OpenTicket, stub: Stub) -> None:
    panel = desk.panel_for(open_ticket("4501"))
    wait_for(lambda: len(stub.events("shown")) >= 2, panel)
    insert = panel.get_by_role("button", name="Insert save draft")
    insert.click()
    expect(panel.locator("#note")).to_contain_text("Inserted")
    insert.click()
    panel.get_by_role("button", name="Copy save draft").click()
    wait_for(lambda: len(stub.events("copied")) == 2, panel)
    panel.reload()  # a panel that is opened again has shown nothing new
    expect(panel.locator("article.stance-save")).to_be_visible()
    panel.wait_for_timeout(700)
    shown = stub.events("shown")
    assert len(shown) == len(set(shown))
    request = shown[0][0]
    assert sorted(stub.events("inserted")) == [(request, "draft-save"), (request, "save-1")]
    keys = [feedback["idempotency_key"] for feedback in stub.feedback]
    assert len(keys) == len(set(keys))
    assert {feedback["agent"] for feedback in stub.feedback} == {"nuala"}


def test_only_what_was_in_view_was_shown(desk: Browser, open_ticket: OpenTicket, stub: Stub) -> None:
    panel = desk.panel_for(open_ticket("4501"), height=640)
    wait_for(lambda: len(stub.events("shown")) >= 1, panel)
    panel.wait_for_timeout(600)
    assert "t-1019" not in {id for _, id in stub.events("shown")}
    panel.locator("article.similar").last.scroll_into_view_if_needed()
    wait_for(lambda: "t-1019" in {id for _, id in stub.events("shown")}, panel)


def test_nothing_is_lost_while_the_service_is_away(desk: Browser, open_ticket: OpenTicket, stub: Stub) -> None:
    panel = desk.panel_for(open_ticket("4503"))
    expect(panel.locator("article.draft")).to_be_visible()
    wait_for(lambda: len(stub.events("shown")) == 1, panel)
    desk.set_up(address="http://127.0.0.1:9", token=TOKEN)
    panel.get_by_role("button", name="Insert resolve draft").click()
    expect(panel.locator("#note")).to_contain_text("Inserted")
    panel.get_by_role("button", name="Dismiss resolve draft").click()
    panel.wait_for_timeout(300)
    desk.kill_worker(panel)
    assert stub.events("inserted") == []
    desk.set_up(address=stub.address, token=TOKEN)
    wait_for(lambda: len(stub.feedback) == 3, panel)
    assert [feedback["event"] for feedback in stub.feedback] == ["shown", "inserted", "dismissed"]
