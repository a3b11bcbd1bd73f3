"""django-helpdesk, really running: what is read from its ticket page, and what is put into it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, Browser
from tests.browser.stub import Stub

DRAFT = "Hello,\n\nthank you for writing about “Where is my parcel?”.\n\nKind regards"


@pytest.fixture(scope="module")
def helpdesk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.browser.djangodesk.serve", str(tmp_path_factory.mktemp("desk"))],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    port = process.stdout.readline().strip()
    assert port, "django-helpdesk did not start"
    yield f"http://127.0.0.1:{port}"
    process.stdin.close()
    process.wait(timeout=10)


@pytest.fixture(params=["en", "de"])
def ticket_page(request: pytest.FixtureRequest, desk: Browser, helpdesk: str) -> Iterator[Page]:
    """Ticket 1, signed in, in the agent's language."""
    desk.context.add_cookies([{"name": "django_language", "value": request.param, "url": helpdesk}])
    page = desk.context.new_page()
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{helpdesk}/desk/login/?next=/desk/tickets/")
    page.locator("input[name=username]").fill("maria")
    page.locator("input[name=password]").fill("secret")
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(f"{helpdesk}/desk/tickets/")
    page.goto(f"{helpdesk}/desk/tickets/1/")
    expect(page.locator("html")).to_have_attribute("lang", request.param)
    yield page
    desk.context.clear_cookies()


def test_what_is_read(desk: Browser, ticket_page: Page, stub: Stub) -> None:
    panel = desk.panel_for(ticket_page)
    expect(panel.locator("h1")).to_have_text("ana@example.com")
    expect(panel.locator("article.draft")).to_be_visible()
    [asked] = stub.asked
    ticket = asked["ticket"]
    assert (ticket["id"], ticket["helpdesk"]) == ("1", "django-helpdesk")
    assert ticket["subject"] == "Cream is not <b>hydrating</b> enough"
    assert asked["customer"] == {"email": "ana@example.com"}
    assert asked["agent"] == {"id": "Maria"}
    assert [(m["author"], m.get("name"), m["text"]) for m in ticket["messages"]] == [
        (
            "customer",
            "ana@example.com",
            "Hello,\n\nthe cream from #1001 is too light for me.\n\n> On Monday you wrote:\n> it is on its way",
        ),
        ("agent", None, "Which one do you use at night?"),
        ("note", None, "She returned one in May already."),
        ("customer", "ana@example.com", "None so far.\n\nAna"),
        ("note", "friend@example.com", "She should get a refund."),
        ("customer", "ana@example.com", "One more thing, from your web page."),
    ]
    assert ticket["messages"][1]["sent_at"] == "2026-03-02T09:05:00+00:00"


def test_turning_the_order_of_follow_ups_asks_nothing(desk: Browser, ticket_page: Page, stub: Stub) -> None:
    panel = desk.panel_for(ticket_page)
    expect(panel.locator("article.draft")).to_be_visible()
    ticket_page.locator("#followup-sort-toggle").evaluate("toggle => toggle.click()")
    ticket_page.wait_for_timeout(300)
    assert len(stub.asked) == 1


def test_insertion_opens_the_reply_form_and_undo_works(desk: Browser, ticket_page: Page, helpdesk: str) -> None:
    ticket_page.goto(f"{helpdesk}/desk/tickets/2/")
    expect(ticket_page.locator("#commentBox")).to_be_hidden()
    panel = desk.panel_for(ticket_page)
    panel.get_by_role("button", name="Insert resolve draft").click()
    expect(panel.locator("#note")).to_contain_text("Inserted")
    comment = ticket_page.locator("#commentBox")
    expect(comment).to_be_visible()
    expect(comment).to_have_value(DRAFT)
    ticket_page.bring_to_front()
    comment.focus()
    ticket_page.keyboard.press("Control+z")
    expect(comment).to_have_value("")


def test_a_follow_up_saved_by_the_agent_is_read_as_hers(
    desk: Browser, ticket_page: Page, helpdesk: str, stub: Stub
) -> None:
    ticket_page.goto(f"{helpdesk}/desk/tickets/2/")
    ticket_page.locator("#respond-tab").click()
    ticket_page.locator("#commentBox").fill("It is with the courier, Bo.")
    ticket_page.locator("#ticket-respond-form [type=submit]").last.click()
    expect(ticket_page.locator("#followup-list")).to_contain_text("It is with the courier, Bo.")
    panel = desk.panel_for(ticket_page)
    expect(panel.locator("article.draft")).to_be_visible()
    messages = stub.asked[-1]["ticket"]["messages"]
    assert messages[0]["author"] == "customer"
    assert (messages[-1]["author"], messages[-1]["text"]) == ("agent", "It is with the courier, Bo.")


def test_other_pages_are_no_tickets(desk: Browser, ticket_page: Page, helpdesk: str, stub: Stub) -> None:
    for path in ("tickets/", "dashboard/", "tickets/1/edit/"):
        ticket_page.goto(f"{helpdesk}/desk/{path}")
        panel = desk.panel_for(ticket_page)
        expect(panel.get_by_role("heading", name="No ticket open")).to_be_visible()
        panel.close()
    assert len(stub.asked) <= 1  # ticket 1, unless its page was left before it was read
