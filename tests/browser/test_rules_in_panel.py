"""What a playbook's rules ask for beside suggestions, in the panel: the recovery plan, permissions and tags."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import answers
from tests.browser.conftest import ROOT, Browser
from tests.browser.stub import Stub

OpenTicket = Callable[..., Page]
AXE = ROOT / "node_modules/axe-core/axe.min.js"
HOSTILE = '<img src=x onerror="document.title=1"><b>bold</b>'
FIRST = "Open a search with the carrier and put its number into the reply."


@pytest.fixture
def panel_of(desk: Browser, open_ticket: OpenTicket, stub: Stub) -> Callable[..., Page]:
    """Opens a ticket whose answer is `ruled` with the changes given."""

    def open_(width: int = 400, **changes: Any) -> Page:
        stub.answers["4501"] = lambda request, number: answers.ruled(request, number) | changes
        return desk.panel_for(open_ticket("4501"), width=width)

    return open_


def plan(panel: Page) -> Locator:
    return panel.locator("section.recovery")


def test_the_plan_is_the_first_card(panel_of: Callable[..., Page]) -> None:
    panel = panel_of()
    expect(plan(panel).get_by_role("heading")).to_have_text("Recovery planBefore anything else")
    assert panel.locator("main > *").nth(1).get_attribute("class") == "card recovery", "only who it is stands above"
    expect(plan(panel).get_by_role("listitem").get_by_role("checkbox")).to_have_count(3)
    expect(plan(panel).locator(".follow-up")).to_have_text(re.compile("^Follow up on Thursday,? 5 March 2099$"))
    expect(plan(panel).locator("time")).to_have_attribute("datetime", "2099-03-05")
    expect(panel.locator("#live")).to_have_text(
        "recovery plan, 3 drafts, 2 saves, 1 code, 1 gesture, 3 tags, 2 similar cases"
    )


def test_steps_are_ticked_by_keyboard_and_nobody_is_told(panel_of: Callable[..., Page], stub: Stub) -> None:
    panel = panel_of()
    box = panel.get_by_role("checkbox", name=FIRST)
    box.focus()
    panel.keyboard.press("Space")
    expect(box).to_be_checked()
    assert box.evaluate("box => getComputedStyle(box).outlineStyle") == "solid"
    panel.get_by_role("button", name="Copy tag vip").click()  # paints anew
    expect(panel.get_by_role("button", name="Copy tag vip")).to_be_focused()
    expect(box).to_be_checked()
    panel.get_by_role("checkbox", name="Send a second parcel").check()
    box.uncheck()
    panel.get_by_role("button", name="Copy tag vip").click()
    expect(box).not_to_be_checked()
    assert panel.evaluate("chrome.storage.local.get().then(all => JSON.stringify(all))").find("carrier") == -1
    panel.reload()
    expect(panel.get_by_role("checkbox", name="Send a second parcel")).not_to_be_checked()
    assert {f["event"] for f in stub.feedback} <= {"shown"}


@pytest.mark.parametrize(("days", "words"), [(0, "today"), (1, "tomorrow"), (3, "in 3 days")])
def test_the_day_to_write_again_is_said_in_words(panel_of: Callable[..., Page], days: int, words: str) -> None:
    due = date.today() + timedelta(days)
    panel = panel_of(recovery={"steps": [], "follow_up_on": due.isoformat(), "evidence": []})
    expect(plan(panel).get_by_role("heading")).to_have_text("Follow-upWrite again")
    expect(plan(panel).locator(".follow-up")).to_contain_text(f"Follow up on {due:%A}")
    expect(plan(panel).locator(".follow-up")).to_contain_text(words)
    expect(plan(panel).get_by_role("checkbox")).to_have_count(0)


def test_a_day_that_is_none_is_shown_as_it_is(panel_of: Callable[..., Page]) -> None:
    panel = panel_of(recovery={"steps": ["Call them."], "follow_up_on": "2099-13-45", "evidence": []})
    expect(plan(panel).locator(".follow-up")).to_have_text("Follow up on 2099-13-45")


def test_permissions_stand_with_the_customer(panel_of: Callable[..., Page]) -> None:
    lines = panel_of().get_by_role("region", name="Customer").get_by_role("list", name="What you may do")
    expect(lines.locator("p").nth(0)).to_have_text("You may refund up to €30.00 without a return")
    expect(lines.locator("p").nth(1)).to_have_text("You may give up to €12.50 without asking")


def test_a_permission_without_a_currency_or_of_a_later_service(panel_of: Callable[..., Page]) -> None:
    more = [
        {"id": "returnless_refund", "up_to": 30, "currency": None, "evidence": []},
        {"id": "free_repair", "up_to": 5, "currency": "EUR", "evidence": []},
        {"id": "broken", "up_to": None, "currency": "EUR", "evidence": []},
    ]
    panel = panel_of(permissions=more, currency=None)
    expect(panel.locator(".permissions p")).to_have_text(
        ["You may refund up to 30.00 without a return", "Free repair: up to €5.00"]
    )


def test_a_tag_is_copied_by_keyboard(panel_of: Callable[..., Page], desk: Browser, stub: Stub) -> None:
    panel = panel_of()
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tags = panel.get_by_role("region", name="Tags")
    expect(tags.locator(".tag")).to_have_count(3)
    button = tags.get_by_role("button", name="Copy tag parcel-lost")
    panel.bring_to_front()
    button.focus()
    panel.keyboard.press("Enter")
    expect(panel.locator("#note")).to_have_text("Tag parcel-lost copied")
    expect(button).to_be_focused()
    assert panel.evaluate("navigator.clipboard.readText()") == "parcel-lost"
    assert stub.events("copied") == []


def test_the_rules_are_behind_a_click(panel_of: Callable[..., Page]) -> None:
    panel = panel_of()
    for place, rule in (
        (plan(panel), "service.yaml#lost-twice, line 31"),
        (panel.locator(".permissions li").first, "tiers.yaml#regulars, line 8"),
        (panel.get_by_role("region", name="Tags"), "service.yaml#lost-twice, line 31"),
    ):
        source = place.locator(".sources li", has_text=rule)
        expect(source).to_have_count(1)  # each rule once, however many tags it suggests
        expect(source).to_be_hidden()
        place.locator(".sources summary").focus()
        panel.keyboard.press("Enter")
        expect(source).to_be_visible()


def test_text_from_outside_stays_text(panel_of: Callable[..., Page]) -> None:
    rule = [{"type": "rule", "id": HOSTILE, "line": 1}]
    panel = panel_of(
        recovery={"steps": [HOSTILE], "follow_up_on": HOSTILE, "evidence": rule},
        tags=[{"id": HOSTILE, "evidence": rule}],
        permissions=[{"id": HOSTILE, "up_to": 1, "currency": HOSTILE, "evidence": rule}],
    )
    expect(panel.get_by_role("checkbox", name=HOSTILE)).to_be_visible()
    expect(panel.locator(".tag")).to_contain_text(HOSTILE)
    assert panel.locator("main img, main script, main b").count() == 0
    assert panel.title() == "Copilot"


def test_a_plan_alone_is_no_silence(desk: Browser, open_ticket: OpenTicket, stub: Stub) -> None:
    recovery = {"steps": ["Call them."], "follow_up_on": None, "evidence": []}
    stub.answers["4508"] = lambda request, number: answers.silent(request, number) | {"recovery": recovery}
    panel = desk.panel_for(open_ticket("4508"))
    expect(panel.get_by_role("checkbox", name="Call them.")).to_be_visible()
    expect(panel.locator(".follow-up")).to_have_count(0)
    expect(panel.get_by_text("Nothing good enough to suggest")).to_have_count(0)


@pytest.mark.parametrize("missing", ["absent", "empty"])
def test_a_service_that_has_no_rules(desk: Browser, open_ticket: OpenTicket, stub: Stub, missing: str) -> None:
    def answer(request: answers.Json, number: int) -> answers.Json:
        made = answers.ruled(request, number)
        for key in ("recovery", "tags", "permissions"):
            del made[key]
        return made if missing == "absent" else made | {"recovery": {"steps": []}, "tags": [None], "permissions": None}

    stub.answers["4501"] = answer
    panel = desk.panel_for(open_ticket("4501"))
    expect(panel.locator("article.similar")).to_have_count(2)
    expect(panel.locator(".recovery, .permissions, .tags")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 480])
def test_it_fits_and_can_be_read(panel_of: Callable[..., Page], width: int, scheme: Literal["light", "dark"]) -> None:
    panel = panel_of(width=width)
    panel.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    panel.get_by_role("checkbox", name=FIRST).check()
    picture(panel, f"closed-{width}-{scheme}")
    panel.evaluate("() => { for (const one of document.querySelectorAll('details')) one.open = true; }")
    assert panel.evaluate("document.documentElement.scrollWidth") <= width
    wide = "all => all.filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.className)"
    assert panel.eval_on_selector_all("main *", wide) == []
    picture(panel, f"open-{width}-{scheme}")
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci")
    panel.evaluate(AXE.read_text("utf-8"))
    found = panel.evaluate("async () => (await axe.run(document)).violations")
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found] == []


def picture(panel: Page, name: str) -> None:
    if folder := os.environ.get("COPILOT_TEST_SCREENSHOTS"):
        panel.screenshot(path=Path(folder) / f"rules-{name}.png", full_page=True)
