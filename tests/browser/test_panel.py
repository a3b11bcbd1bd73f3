"""The panel: what it shows in each state, by keyboard, in the dark, and in a narrow window."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import answers
from tests.browser.conftest import ROOT, Browser
from tests.browser.stub import TOKEN, Stub

OpenTicket = Callable[..., Page]
AXE = ROOT / "node_modules/axe-core/axe.min.js"
HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=1</script><b>bold</b>'


def test_one_card_has_the_save_its_code_and_its_reply(desk: Browser, open_ticket: OpenTicket) -> None:
    panel = desk.panel_for(open_ticket("4501"))
    card = panel.locator("article.stance-save")
    for text in (
        "Swap to the richer night cream",
        "Deep Water Night Cream",
        "€42",
        "+€13",
        "SUITS15",
        "Asked for more",
    ):
        expect(card).to_contain_text(text)
    expect(card.get_by_role("button", name="Insert save draft")).to_be_visible()
    expect(panel.locator("article.save")).to_have_count(1)  # the other save; this one is not shown twice
    expect(panel.locator("h1")).to_have_text("Katrin Vogel")
    expect(panel.locator(".pill")).to_have_text("VIP")


def test_a_summary_says_where_each_line_stands(desk: Browser, open_ticket: OpenTicket) -> None:
    lines = desk.panel_for(open_ticket("4501")).get_by_role("region", name="In short").get_by_role("listitem")
    expect(lines.nth(0)).to_have_text("Began with: “My cheeks are tight again.” message 1")
    expect(lines.nth(1)).to_contain_text("order fo-2182")


def test_fix_first_says_why_in_words(desk: Browser, open_ticket: OpenTicket) -> None:
    panel = desk.panel_for(open_ticket("4502"))
    verdict = panel.get_by_role("region", name="Fix first")
    expect(verdict).to_contain_text("Fix first: adverse reaction")
    expect(verdict).to_contain_text("Also our failure is still open")
    expect(panel.locator("#live")).to_contain_text("Fix first")
    expect(panel.get_by_text("Answered without: similar cases")).to_be_visible()


def test_silence_is_said(desk: Browser, open_ticket: OpenTicket) -> None:
    panel = desk.panel_for(open_ticket("4508"))
    expect(panel.get_by_role("heading", name="Nothing good enough to suggest")).to_be_visible()
    expect(panel.locator("article")).to_have_count(0)


def test_no_ticket_open(desk: Browser, open_ticket: OpenTicket) -> None:
    page = open_ticket("4503")
    panel = desk.panel_for(page)
    expect(panel.locator("h1")).to_have_text("Rosalind Finch")
    page.goto("about:blank")
    expect(panel.get_by_role("heading", name="No ticket open")).to_be_visible()


def test_text_from_outside_stays_text(desk: Browser, open_ticket: OpenTicket, stub: Stub) -> None:
    def hostile(request: answers.Json, number: int) -> answers.Json:
        answer = json.loads(json.dumps(answers.rich(request, number)))
        answer["warnings"][0]["text"] = answer["saves"][0]["headline"] = answer["similar"][0]["excerpt"] = HOSTILE
        answer["drafts"][0]["text"] = f"{HOSTILE} [[{HOSTILE}]]"
        answer["summary"] = [{"text": HOSTILE, "evidence": [{"type": "ticket", "id": HOSTILE}]}]
        answer["customer"]["summary"] = answer["delights"][0]["quote"] = answer["codes"][0]["code"] = HOSTILE
        return answer

    stub.answers["4501"] = hostile
    panel = desk.panel_for(open_ticket("4501"))
    expect(panel.locator("article.stance-save")).to_contain_text(HOSTILE)
    assert panel.locator("main img, main script, main b").count() == 0
    assert panel.title() == "Copilot"


def test_evidence_is_behind_a_click(desk: Browser, open_ticket: OpenTicket) -> None:
    panel = desk.panel_for(open_ticket("4501"))
    source = panel.locator("article.stance-save .sources li", has_text="saves.yaml#richer-cream, line 12")
    expect(source).to_be_hidden()
    panel.locator("article.stance-save .sources summary").click()
    expect(source).to_be_visible()


def test_gaps_are_reached_by_tab_and_filled_everywhere(desk: Browser, open_ticket: OpenTicket, stub: Stub) -> None:
    text = "Order [[order number]] goes out on [[date]]. Again: [[order number]]."
    stub.answers["4503"] = lambda request, n: answers.silent(request, n) | {"drafts": [answers.draft("", text)]}
    panel = desk.panel_for(open_ticket("4503"))
    gaps = panel.locator("input.gap")
    gaps.nth(0).fill("#2183")
    expect(gaps.nth(2)).to_have_value("#2183")
    gaps.nth(0).press("Tab")
    expect(gaps.nth(1)).to_be_focused()
    panel.keyboard.type("Monday")
    expect(panel.get_by_text("All filled in")).to_be_visible()


def test_dismissing_by_keyboard_moves_on_to_the_next_card(desk: Browser, open_ticket: OpenTicket, stub: Stub) -> None:
    panel = desk.panel_for(open_ticket("4501"))
    panel.get_by_role("button", name="Dismiss code SUITS15").focus()
    panel.keyboard.press("Enter")
    expect(panel.locator("article.code-card")).to_have_count(0)
    expect(panel.get_by_role("button", name="Dismiss birthday gesture")).to_be_focused()
    panel.wait_for_timeout(300)
    assert [id for _, id in stub.events("dismissed")] == ["SUITS15"]


@pytest.mark.parametrize(
    ("status", "headers", "title", "button"),
    [
        (401, {}, "Your token was not accepted", "Open settings"),
        (403, {}, "Your token may not do this", "Open settings"),
        (503, {}, "The service has a problem", "Try again"),
        (422, {}, "The service did not take this ticket", "Try again"),
    ],
)
def test_trouble(
    desk: Browser, open_ticket: OpenTicket, stub: Stub, status: int, headers: dict[str, str], title: str, button: str
) -> None:
    stub.trouble = (status, headers)
    panel = desk.panel_for(open_ticket())
    expect(panel.get_by_role("heading", name=title)).to_be_visible()
    expect(panel.get_by_role("button", name=button)).to_be_visible()
    stub.trouble = None
    panel.get_by_role("button", name="Try again").click()
    expect(panel.get_by_role("button", name="Insert resolve draft")).to_be_visible()


def test_a_rate_limit_is_waited_out(desk: Browser, open_ticket: OpenTicket, stub: Stub) -> None:
    stub.trouble = (429, {"Retry-After": "1"})
    panel = desk.panel_for(open_ticket())
    expect(panel.get_by_text("Trying again in 1 second")).to_be_visible()
    stub.trouble = None
    expect(panel.get_by_role("button", name="Insert resolve draft")).to_be_visible()


def test_the_service_is_down_and_comes_back(desk: Browser, open_ticket: OpenTicket, stub: Stub) -> None:
    desk.set_up(address="http://127.0.0.1:9", token=TOKEN)
    panel = desk.panel_for(open_ticket())
    expect(panel.get_by_role("heading", name="The service can’t be reached")).to_be_visible()
    expect(panel.locator("h1")).to_have_text("Rosalind Finch")
    desk.set_up(address=stub.address, token=TOKEN)  # saving settings is enough: what failed is asked again
    expect(panel.get_by_role("button", name="Insert resolve draft")).to_be_visible()


def test_without_a_token_it_leads_to_the_settings(desk: Browser, open_ticket: OpenTicket) -> None:
    desk.set_up(token="")
    panel = desk.panel_for(open_ticket())
    panel.bring_to_front()
    panel.get_by_role("button", name="Open settings").click()
    front = "async () => (await chrome.tabs.query({ active: true, url: chrome.runtime.getURL('options/*') })).length"
    for _ in range(20):
        if desk.tools.evaluate(front):
            return
        desk.tools.wait_for_timeout(100)
    pytest.fail("the settings did not come to the front")


@pytest.mark.parametrize("width", [320, 480])
def test_nothing_sticks_out(desk: Browser, open_ticket: OpenTicket, width: int) -> None:
    panel = desk.panel_for(open_ticket("4501"), width=width)
    expect(panel.locator("article.similar")).to_have_count(2)
    for details in panel.locator("details").all():
        details.evaluate("details => { details.open = true; }")
    assert panel.evaluate("document.documentElement.scrollWidth") <= width
    wide = "all => all.filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.className)"
    assert panel.eval_on_selector_all("main *", wide) == []


def test_painting_is_quick(desk: Browser, open_ticket: OpenTicket) -> None:
    panel = desk.panel_for(open_ticket("4501"))
    expect(panel.locator("article.similar")).to_have_count(2)
    took = panel.evaluate(
        """async () => {
          const { render } = await import("./view.js");
          const id = "desk:" + new URLSearchParams(location.search).get("tab");
          const desk = (await chrome.storage.session.get(id))[id];
          const none = new Map(), ui = { dismissed: new Set(), marks: none, fills: none, expanded: new Set(), now: 0 };
          const main = document.createElement("main");
          document.body.append(main);
          const times = [];
          for (let i = 0; i < 15; i++) {
            const start = performance.now();
            main.replaceChildren(...render(desk, ui, {}));
            main.getBoundingClientRect();
            times.push(performance.now() - start);
          }
          main.remove();
          return times.sort((a, b) => a - b)[7];
        }"""
    )
    assert took < 16, f"one painting took {took:.1f} ms"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", ["4501", "4502", "4508", "options"])
def test_accessible(desk: Browser, open_ticket: OpenTicket, scheme: str, page: str) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci")
    if page == "options":
        panel = desk.context.new_page()
        panel.goto(desk.url("options/options.html"))
    else:
        panel = desk.panel_for(open_ticket(page))
        expect(panel.locator(".facts")).to_be_visible()
    panel.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    panel.evaluate("() => { for (const one of document.querySelectorAll('details')) one.open = true; }")
    panel.evaluate(AXE.read_text("utf-8"))
    rules = {"rules": {"landmark-one-main": {"enabled": True}}}
    found = panel.evaluate("async options => (await axe.run(document, options)).violations", rules)
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found] == []
