"""The server's own pages in a real browser: accessible in both schemes, by keyboard, and with no script's help."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, Playwright, expect
from werkzeug.serving import make_server

from tests.browser.conftest import FLAGS, ROOT, chromium
from tests.pages.conftest import BROKEN, SAVES, Desk

AXE = ROOT / "node_modules/axe-core/axe.min.js"
PAGES = [
    "/playbooks", "/playbooks/changes", "/playbooks/history", "/playbooks/history/2",
    "/playbooks/history/2?view=unified", "/playbooks/nothing",
]  # fmt: skip
OTHER = SAVES.replace("KEEP10", "KEEP15")

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chrome(playwright_session: Playwright) -> Iterator[Chromium]:
    launched = playwright_session.chromium.launch(args=list(FLAGS), **chromium())
    yield launched
    launched.close()


class Served:
    """The desk at an address, and browsers that must not complain."""

    def __init__(self, desk: Desk, chrome: Chromium) -> None:
        self.desk, self.chrome = desk, chrome
        self.server = make_server("127.0.0.1", 0, desk.app, threaded=True)
        self.address = f"http://127.0.0.1:{self.server.port}"
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def page(self, scheme: str = "light", width: int = 1280) -> Page:
        context = self.chrome.new_context(
            viewport={"width": width, "height": 860},
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
            locale="en-GB",
        )
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if "Content Security" in said.text else None)
        return page

    def signed_in(self, name: str = "Lea", scheme: str = "light", width: int = 1280) -> Page:
        page = self.page(scheme, width)
        page.goto(f"{self.address}/sign-in/{self.desk.links.create('lead', name)}")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Playbooks", exact=True)).to_be_visible()
        return page

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        self.server.shutdown()


@pytest.fixture
def served(open_desk: Callable[..., Desk], chrome: Chromium) -> Iterator[Served]:
    made = Served(open_desk({"saves.yaml": SAVES, "broken.yaml": "version: 1\nrules: []\n"}), chrome)
    yield made
    made.close()
    assert made.complaints == []


def assert_accessible(page: Page) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci")
    page.evaluate("() => { for (const one of document.querySelectorAll('details')) one.open = true; }")
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("async () => (await axe.run(document)).violations")
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found] == [], page.url
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide, f"{page.url} is wider than the window"


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 800)])
def test_accessible(served: Served, scheme: str, width: int) -> None:
    lead = served.desk.lead("Lea")
    base = lead.post("/playbooks/draft", {"file": "saves.yaml", "text": OTHER, "base": lead.base()}).json["base"]
    lead.post("/playbooks/publish", {"message": "Fifteen", "base": base})
    max_ = served.desk.lead("Max")
    max_.post("/playbooks/draft", {"file": "saves.yaml", "text": BROKEN, "base": max_.base()})
    lead.post("/playbooks/draft", {"file": "saves.yaml", "text": BROKEN, "base": lead.base()})
    page = served.signed_in("Lea", scheme, width)
    for path in PAGES:
        page.goto(served.address + path)
        assert_accessible(page)
    stranger = served.page(scheme, width)
    for path in ("/sign-in", "/sign-in/unknown", f"/sign-in/{served.desk.links.create('lead', 'Mia')}"):
        stranger.goto(served.address + path)
        assert_accessible(stranger)


def test_agents_and_mistakes_have_pages(served: Served) -> None:
    page = served.page()
    page.goto(f"{served.address}/sign-in")
    for token, heading in (("cp_wrong", "Sign in"), (served.desk.tokens.create("agent", "Kim"), "Playbooks are for")):
        page.get_by_label("Name").fill("Kim")
        page.get_by_label("Token").fill(token)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        assert_accessible(page)


def test_signing_in_publishing_and_going_back_by_keyboard(served: Served) -> None:
    token = served.desk.tokens.create("lead", "Lea")
    lead = served.desk.browser()
    lead.sign_in("Lea", token)
    lead.post("/playbooks/draft", {"file": "saves.yaml", "text": OTHER, "base": lead.base()})
    page = served.page()
    page.goto(served.address + "/playbooks")
    page.keyboard.type("Lea")  # the first field has the focus
    page.keyboard.press("Tab")
    page.keyboard.type(token)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your drafts")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "See changes and publish")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Publish your drafts")).to_be_visible()
    tab_to(page, "What changes, and why?")
    page.keyboard.type("By keyboard")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Published")
    assert served.desk.files()["saves.yaml"] == OTHER
    page.goto(served.address + "/playbooks/history")
    expect(page.get_by_role("heading", name="By keyboard")).to_be_visible()
    tab_to(page, "Go back to version 1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Gone back")
    assert served.desk.files()["saves.yaml"] == SAVES


def tab_to(page: Page, name: str) -> None:
    """Presses Tab until what is called so has the focus."""
    named = "() => document.activeElement.labels?.[0]?.textContent ?? document.activeElement.textContent"
    for _ in range(60):
        page.keyboard.press("Tab")
        if (page.evaluate(named) or "").strip() == name:
            return
    raise AssertionError(f"the keyboard does not reach {name!r}")


def test_it_works_without_scripts(served: Served) -> None:
    context = served.chrome.new_context(java_script_enabled=False)
    served.contexts.append(context)
    page = context.new_page()
    page.goto(f"{served.address}/sign-in/{served.desk.links.create('lead', 'Lea')}")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Saves").click()
    page.get_by_label("The playbook as YAML").fill(OTHER)
    page.get_by_role("button", name="Save draft").click()
    page.get_by_role("link", name="See changes and publish").click()
    page.get_by_label("What changes, and why?").fill("Without scripts")
    page.get_by_role("button", name="Publish 1 file").click()
    expect(page.get_by_role("status").first).to_contain_text("Published")
    assert served.desk.files()["saves.yaml"] == OTHER


def test_times_are_those_of_the_reader(served: Served) -> None:
    page = served.signed_in()
    time = page.locator(".lead time")
    expect(time).to_have_attribute("datetime", "2026-03-02T09:20:00+00:00")
    expect(time).not_to_contain_text("UTC")
