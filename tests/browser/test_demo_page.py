"""The demo helpdesk with the panel in its frame, without the extension; and who may have it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser as PlainBrowser
from playwright.sync_api import FrameLocator, Page, Playwright, expect

from tests.browser.conftest import FLAGS, chromium
from tests.browser.stub import TOKEN, Stub


@pytest.fixture(scope="module")
def plain(playwright_session: Playwright) -> Iterator[PlainBrowser]:
    launched = playwright_session.chromium.launch(args=list(FLAGS), **chromium())
    yield launched
    launched.close()


@pytest.fixture
def demo(plain: PlainBrowser, stub: Stub) -> Iterator[Page]:
    stub.reset()
    context = plain.new_context(viewport={"width": 1400, "height": 900}, locale="en-GB")
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if "Content Security" in message.text else None)
    page.goto(stub.address)
    yield page
    context.close()
    assert problems == []


def frame(page: Page) -> FrameLocator:
    return page.frame_locator("#copilot")


def test_the_panel_is_there_and_follows(demo: Page, stub: Stub) -> None:
    expect(demo).to_have_url(f"{stub.address}/demo/tickets/4501")
    expect(frame(demo).locator("h1")).to_have_text("Katrin Vogel")
    expect(frame(demo).locator("article.stance-save")).to_contain_text("SUITS15")
    demo.locator("#inbox a", has_text="Lucie Garnier").click()
    expect(frame(demo).locator(".stop h2")).to_have_text("Fix first: adverse reaction")
    assert [asked["ticket"]["id"] for asked in stub.asked] == ["4501", "4502"]


@pytest.mark.parametrize("editor", ["Plain text", "Rich text"])
def test_insertion_and_undo(demo: Page, editor: str) -> None:
    demo.locator("#inbox a", has_text="Eamon Tully").click()
    demo.get_by_role("button", name=editor).click()
    demo.keyboard.type("Hi ")
    frame(demo).get_by_role("button", name="Insert resolve draft").click()
    composer = demo.locator("[data-composer]:visible")
    read = "one => (one.value ?? one.innerText).replace(/\\s+/g, ' ').trim()"
    expect(frame(demo).locator("#note")).to_contain_text("Inserted")
    assert composer.evaluate(read) == "Hi Hello, thank you for writing about “HELLO10 won't go in”. Kind regards"
    composer.focus()
    demo.keyboard.press("Control+z")
    assert composer.evaluate(read) == "Hi"


def test_feedback_arrives(demo: Page, stub: Stub) -> None:
    frame(demo).get_by_role("button", name="Insert save draft").click()
    expect(frame(demo).locator("#note")).to_contain_text("Inserted")
    demo.wait_for_timeout(300)
    assert [id for _, id in stub.events("inserted")] == ["draft-save", "save-1"]


def test_a_gesture_is_spent_and_taken_back(demo: Page, stub: Stub) -> None:
    frame(demo).get_by_role("button", name="Spend €6.50: A votive candle in the parcel").click()
    expect(frame(demo).locator("#note")).to_contain_text("€6.50 spent")
    frame(demo).get_by_role("button", name="Undo: take €6.50 back").click()
    expect(frame(demo).locator("article.delight")).to_contain_text("Taken back")
    assert [call["path"] for call in stub.spends] == ["/v1/spends", "/v1/spends/1/reversal"]


def test_a_session_that_has_run_out_is_renewed(demo: Page, stub: Stub) -> None:
    expect(frame(demo).locator("article.stance-save")).to_be_visible()
    stub.trouble = (401, {})
    demo.locator("#inbox a", has_text="Eamon Tully").click()
    expect(frame(demo).get_by_role("heading", name="Your token was not accepted")).to_be_visible()
    expect(frame(demo).get_by_role("button", name="Open settings")).to_have_count(0)  # there are none here
    stub.trouble = None
    frame(demo).get_by_role("button", name="Try again").click()
    expect(frame(demo).locator("article.draft")).to_be_visible()


# ---------------------------------------------------------------- who may have it


@pytest.fixture
def client(stub: Stub) -> FlaskClient:
    return stub.app.test_client()


def test_a_session_for_this_machine(client: FlaskClient) -> None:
    for host in ("127.0.0.1:8765", "localhost", "[::1]:80"):
        response = client.post("/demo/session", headers={"Host": host})
        assert (response.status_code, response.json) == (200, {"token": TOKEN})
        assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("192.168.1.7", {}),
        ("127.0.0.1", {"Host": "rebound.example"}),
        ("127.0.0.1", {"Host": "127.0.0.1.rebound.example"}),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}),
        ("127.0.0.1", {"Sec-Fetch-Site": "cross-site"}),
        ("127.0.0.1", {"Sec-Fetch-Site": "same-site"}),
    ],
)
def test_no_session_for_others(client: FlaskClient, address: str, headers: dict[str, str]) -> None:
    environment = {"REMOTE_ADDR": address}
    response = client.post("/demo/session", headers={"Host": "127.0.0.1", **headers}, environ_base=environment)
    assert response.status_code == 403
    assert TOKEN not in response.get_data(as_text=True)


@pytest.mark.parametrize(
    "path",
    [
        "/demo/background.js",
        "/demo/manifest.json",
        "/demo/options/options.js",
        "/demo/../README.md",
        "/demo/panel/../background.js",
        "/demo/panel/%2e%2e/background.js",
        "/demo/lib/../../../setup.cfg",
        "/demo/lib//etc/passwd",
        "/demo/nothing.js",
    ],
)
def test_no_other_file(client: FlaskClient, path: str) -> None:
    assert client.get(path, headers={"Host": "localhost"}).status_code in (404, 308)
    assert client.get(path, headers={"Host": "localhost"}, follow_redirects=True).status_code == 404


def test_pages_say_what_they_may_load(client: FlaskClient) -> None:
    for path in ("/demo/", "/demo/panel/panel.html", "/demo/tickets/4501", "/demo/lib/dom.js"):
        response = client.get(path, headers={"Host": "localhost"})
        assert response.status_code == 200
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
