"""The settings: tried before they are kept, with messages that say what to do."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Browser
from tests.browser.stub import TOKEN, Stub


@pytest.fixture
def options(desk: Browser) -> Page:
    desk.tools.evaluate("chrome.storage.local.remove('settings')")
    page = desk.context.new_page()
    page.goto(desk.url("options/options.html"))
    expect(page.locator("#address")).to_have_value("http://127.0.0.1:8765")
    return page


def save(page: Page, address: str, token: str) -> None:
    page.get_by_label("Address", exact=True).fill(address)
    page.get_by_label("Token", exact=True).fill(token)
    page.get_by_role("button", name="Save and test").click()


def test_good(options: Page, stub: Stub, desk: Browser) -> None:
    save(options, stub.address.removeprefix("http://") + "/", f" {TOKEN} ")
    expect(options.locator("#service-result")).to_contain_text("Connected. Version 0.1.0, 7 resolved tickets.")
    stored = desk.tools.evaluate("async () => (await chrome.storage.local.get('settings')).settings")
    assert stored == {"address": stub.address, "token": TOKEN, "agent": "", "helpdesks": []}
    assert stub.asked == []  # testing computes no suggestions


@pytest.mark.parametrize(
    ("address", "token", "message"),
    [
        ("http://127.0.0.1:9", TOKEN, "Nothing answers at http://127.0.0.1:9"),
        ("STUB", "cp_bad", "does not know this token"),
        ("STUB", "", "Now paste your token"),
        ("http://copilot.example.com", TOKEN, "Use https://"),
        ("ftp://copilot.example.com", TOKEN, "must begin with https://"),
        ("https://a b", TOKEN, "is not an address"),
        ("https://*", TOKEN, "is not an address"),
        ("https://me:secret@copilot.example.com", TOKEN, "Leave names and passwords out"),
        ("", TOKEN, "Enter an address"),
    ],
)
def test_wrong(options: Page, stub: Stub, desk: Browser, address: str, token: str, message: str) -> None:
    save(options, address.replace("STUB", stub.address), token)
    result = options.locator("#service-result")
    expect(result).to_contain_text(message)
    expect(result).to_contain_text("Nothing was saved.")
    expect(options.locator("[aria-invalid=true]")).to_be_focused()
    assert desk.tools.evaluate("async () => (await chrome.storage.local.get('settings')).settings ?? null") is None


def test_a_page_never_sees_the_token(desk: Browser, stub: Stub) -> None:
    page = desk.context.new_page()
    page.goto(f"{stub.address}/v1/health")
    script = """async tab => (await chrome.scripting.executeScript({
      target: { tabId: tab },
      func: () => chrome.storage.local.get(null).then(JSON.stringify, error => `refused: ${error.message}`),
    }))[0].result"""
    seen = desk.tools.evaluate(script, desk.tab_of(page))
    assert TOKEN not in str(seen)
