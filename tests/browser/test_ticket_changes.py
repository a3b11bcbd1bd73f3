"""Tickets change, workers die, answers come late: the panel shows the open ticket's answer or none."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Browser
from tests.browser.stub import Stub

OpenTicket = Callable[..., Page]


def subjects(stub: Stub) -> list[str]:
    return [asked["ticket"]["subject"] for asked in stub.asked]


def test_what_is_sent(desk: Browser, open_ticket: OpenTicket, stub: Stub) -> None:
    panel = desk.panel_for(open_ticket("4505"))
    expect(panel.locator("h1")).to_have_text("Annegret Sommer")
    expect(panel.locator("article.draft")).to_be_visible()
    [asked] = stub.asked
    assert asked["ticket"]["id"] == "4505"
    assert asked["ticket"]["order_ids"] == ["#2180"]
    assert asked["customer"] == {"email": "annegret.sommer@example.de"}
    assert asked["agent"] == {"id": "nuala"}
    customer, copied = asked["ticket"]["messages"]
    assert (customer["author"], customer["sent_at"]) == ("customer", "2026-11-20T17:48:00+01:00")
    assert customer["text"].startswith("Guten Tag,\n\ndie große")
    assert copied["author"] == "note"  # somebody in copy is not the customer


def test_going_through_tickets_without_a_page_load(desk: Browser, open_ticket: OpenTicket, stub: Stub) -> None:
    page = open_ticket("4503")
    panel = desk.panel_for(page)
    for name, subject in (("Eamon Tully", "HELLO10 won't go in"), ("Moira Gilchrist", "Flowers for Dad")):
        page.locator("#inbox a", has_text=name).click()
        expect(panel.locator("h1")).to_have_text(name)
        expect(panel.locator("article.draft")).to_contain_text(subject)
    page.go_back()
    expect(panel.locator("h1")).to_have_text("Eamon Tully")
    expect(panel.locator("article.draft")).to_contain_text("HELLO10 won't go in")
    assert len(stub.asked) == 4  # once a ticket, and never for the same content twice


def test_a_new_message_is_a_new_question(desk: Browser, open_ticket: OpenTicket, stub: Stub) -> None:
    page = open_ticket("4503")
    panel = desk.panel_for(page)
    expect(panel.locator("article.draft")).to_be_visible()
    page.locator("textarea").fill("Would a new one suit you?")
    page.get_by_role("button", name="Add reply").click()
    page.wait_for_timeout(500)
    assert [len(asked["ticket"]["messages"]) for asked in stub.asked] == [3, 4]


def test_typing_in_the_composer_asks_nothing(desk: Browser, open_ticket: OpenTicket, stub: Stub) -> None:
    page = open_ticket("4503")
    panel = desk.panel_for(page)
    expect(panel.locator("article.draft")).to_be_visible()
    page.bring_to_front()
    page.get_by_role("button", name="Rich text").click()
    page.locator(".rich").type("Some words of my own")
    page.wait_for_timeout(300)
    assert len(stub.asked) == 1


def test_a_late_answer_for_another_ticket_is_dropped(desk: Browser, open_ticket: OpenTicket, stub: Stub) -> None:
    stub.delays["4509"] = 1.0
    page = open_ticket("4503")
    panel = desk.panel_for(page)
    expect(panel.locator("article.draft")).to_be_visible()
    page.locator("#inbox a", has_text="Eamon Tully").click()
    expect(panel.locator("h1")).to_have_text("Eamon Tully")
    expect(panel.locator(".skeleton")).to_have_count(1)
    page.locator("#inbox a", has_text="Moira Gilchrist").click()
    expect(panel.locator("article.draft")).to_contain_text("Flowers for Dad")
    panel.wait_for_timeout(1_200)
    expect(panel.locator("article.draft")).to_contain_text("Flowers for Dad")
    expect(panel.locator("main")).not_to_contain_text("HELLO10")


def test_nothing_is_inserted_into_another_ticket(desk: Browser, open_ticket: OpenTicket, stub: Stub) -> None:
    page = open_ticket("4503")
    desk.panel_for(page)
    tab = desk.tab_of(page)
    message = {"type": "insert", "text": "for somebody else", "key": f"{stub.address}|demo|9999"}
    result = desk.tools.evaluate("([tab, message]) => chrome.tabs.sendMessage(tab, message)", [tab, message])
    assert result == {"ok": False, "reason": "changed"}
    expect(page.locator("textarea")).to_have_value("")


def test_a_worker_killed_in_the_middle_takes_up_again(desk: Browser, open_ticket: OpenTicket, stub: Stub) -> None:
    page = open_ticket("4503")
    panel = desk.panel_for(page)
    expect(panel.locator("article.draft")).to_be_visible()
    stub.delays["4512"] = 2.0
    page.locator("#inbox a", has_text="Moira Gilchrist").click()
    expect(panel.locator(".skeleton")).to_have_count(1)
    page.wait_for_timeout(200)
    assert subjects(stub)[-1] == "Flowers for Dad"
    desk.kill_worker(panel)
    stub.delays.clear()
    expect(panel.locator("article.draft")).to_contain_text("Flowers for Dad")
    assert subjects(stub).count("Flowers for Dad") == 2


def test_a_killed_worker_wakes_up_for_the_next_ticket(desk: Browser, open_ticket: OpenTicket) -> None:
    page = open_ticket("4503")
    panel = desk.panel_for(page)
    expect(panel.locator("article.draft")).to_be_visible()
    desk.kill_worker(panel)
    page.locator("#inbox a", has_text="Moira Gilchrist").click()
    expect(panel.locator("article.draft")).to_contain_text("Flowers for Dad")


@pytest.mark.parametrize("leave", ["close", "elsewhere"])
def test_a_tab_that_leaves_is_forgotten(desk: Browser, open_ticket: OpenTicket, leave: str, stub: Stub) -> None:
    page = open_ticket("4503")
    panel = desk.panel_for(page)
    expect(panel.locator("article.draft")).to_be_visible()
    if leave == "close":
        page.close()
    else:
        page.goto(f"{stub.address}/v1/health")
    expect(panel.get_by_role("heading", name="No ticket open")).to_be_visible()


def test_the_real_side_panel_follows_the_tab_in_front(desk: Browser, open_ticket: OpenTicket) -> None:
    first = open_ticket("4503")
    second = open_ticket("4509")
    with desk.context.expect_page(lambda page: "panel/panel.html" in page.url) as opened:
        desk.tools.evaluate("async () => chrome.sidePanel.open({ windowId: (await chrome.windows.getCurrent()).id })")
    panel = opened.value
    first.bring_to_front()
    expect(panel.locator("h1")).to_have_text("Rosalind Finch")
    second.bring_to_front()
    expect(panel.locator("h1")).to_have_text("Eamon Tully")
    panel.get_by_role("button", name="Insert resolve draft").click()
    expect(second.locator("textarea")).to_have_value(
        "Hello,\n\nthank you for writing about “HELLO10 won't go in”.\n\nKind regards"
    )
    expect(first.locator("textarea")).to_have_value("")


def test_open_tabs_work_on_after_an_update(desk: Browser, open_ticket: OpenTicket) -> None:
    page = open_ticket("4503")
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    with desk.context.expect_event("serviceworker"):
        # Reloading an unpacked extension is an update of it. All its pages close.
        opener = desk.context.new_page()
        opener.goto(desk.url("options/options.html"))
        opener.evaluate("() => void setTimeout(() => chrome.runtime.reload(), 0)")
    desk.tools = desk.context.new_page()
    desk.tools.goto(desk.url("options/options.html"))
    expect(desk.tools.locator("#helpdesks li")).to_have_count(1)
    panel = desk.panel_for(page)
    page.locator("#inbox a", has_text="Moira Gilchrist").click()
    expect(panel.locator("article.draft")).to_contain_text("Flowers for Dad")
    panel.get_by_role("button", name="Insert resolve draft").click()
    expect(page.locator("textarea")).to_have_value(
        "Hello,\n\nthank you for writing about “Flowers for Dad”.\n\nKind regards"
    )
    assert errors == []
