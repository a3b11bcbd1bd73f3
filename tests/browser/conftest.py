"""One Chromium with the extension for all browser tests, a scripted service, and the real side panel."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, Worker, expect

from tests.browser.stub import TOKEN, Stub

ROOT = Path(__file__).resolve().parents[2]
EXTENSION = ROOT / "static/extension"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=en-GB",
)
expect.set_options(timeout=8_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")


def chromium() -> dict[str, str]:
    """Launch options: the system's Chromium, else Playwright's whole one (its headless shell knows no extensions)."""
    found = os.environ.get("COPILOT_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    return {"executable_path": found} if found else {"channel": "chromium"}


@pytest.fixture(scope="session")
def stub() -> Iterator[Stub]:
    service = Stub()
    yield service
    service.stop()


class Browser:
    """A persistent context with the extension loaded, and the ways to its parts."""

    def __init__(self, playwright: Playwright, profile: Path) -> None:
        (profile / "Default").mkdir(parents=True)
        # Developer mode: without it a reloaded extension stays disabled.
        preferences = {"extensions": {"ui": {"developer_mode": True}}}
        (profile / "Default/Preferences").write_text(json.dumps(preferences), "utf-8")
        self.context: BrowserContext = playwright.chromium.launch_persistent_context(
            str(profile),
            **chromium(),
            headless=True,
            no_viewport=True,
            locale="en-GB",
            args=[f"--disable-extensions-except={EXTENSION}", f"--load-extension={EXTENSION}", *FLAGS],
        )
        workers = self.context.service_workers
        first = workers[0] if workers else self.context.wait_for_event("serviceworker")
        self.id = first.url.split("/")[2]
        self.tools = self.context.new_page()  # an extension page that is always there, for its chrome.*
        self.tools.goto(self.url("options/options.html"))
        expect(self.tools.locator("#helpdesks li")).to_have_count(1)

    def url(self, path: str) -> str:
        return f"chrome-extension://{self.id}/{path}"

    @property
    def worker(self) -> Worker:
        """The worker of now: it may have been restarted."""
        return self.context.service_workers[-1]

    def set_up(self, **settings: Any) -> None:
        """Keeps settings as the options page would."""
        self.tools.evaluate("settings => chrome.storage.local.set({settings})", settings)

    def tab_of(self, page: Page) -> int:
        found = self.tools.evaluate(
            "async url => (await chrome.tabs.query({})).find(tab => tab.url === url)?.id ?? null", page.url
        )
        assert isinstance(found, int), f"no tab shows {page.url}"
        return found

    def panel_for(self, page: Page, width: int = 400, height: int = 900) -> Page:
        """The panel's page in a tab of its own, bound to the tab of `page`."""
        panel = self.context.new_page()
        panel.set_viewport_size({"width": width, "height": height})
        panel.goto(self.url(f"panel/panel.html?tab={self.tab_of(page)}"))
        return panel

    def kill_worker(self, page: Page) -> None:
        session = self.context.new_cdp_session(page)
        session.send("ServiceWorker.enable")
        session.send("ServiceWorker.stopAllWorkers")
        session.detach()


@pytest.fixture(scope="session")
def browser(playwright_session: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    made = Browser(playwright_session, tmp_path_factory.mktemp("profile"))
    yield made
    made.context.close()


@pytest.fixture
def desk(browser: Browser, stub: Stub) -> Iterator[Browser]:
    """The browser with a good token, nothing remembered, and its pages closed afterwards."""
    stub.reset()
    browser.tools.evaluate(
        "async () => { await chrome.storage.session.clear(); await chrome.storage.local.remove('outbox'); }"
    )
    browser.set_up(address=stub.address, token=TOKEN, agent="", helpdesks=[])
    yield browser
    for page in browser.context.pages:
        if page is not browser.tools:
            page.close()


@pytest.fixture
def open_ticket(desk: Browser, stub: Stub) -> Callable[..., Page]:
    """Opens a ticket of the demo helpdesk, with the panel's frame hidden unless asked for."""

    def open_(ticket: str = "4503", frame: bool = False) -> Page:
        page = desk.context.new_page()
        page.set_viewport_size({"width": 1280, "height": 800})
        if not frame:
            page.route("**/demo/panel/panel.html", lambda route: route.fulfill(body="", content_type="text/html"))
        page.goto(f"{stub.address}/demo/tickets/{ticket}")
        expect(page.locator("[data-ticket-id]")).to_have_attribute("data-ticket-id", ticket)
        return page

    return open_
