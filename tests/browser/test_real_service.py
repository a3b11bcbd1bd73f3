"""From the demo shop's files to text in the composer, with the real service and the real extension."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ROOT, Browser

COPILOT = Path(sys.executable).with_name("copilot")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("service")
    subprocess.run(
        [COPILOT, "load", ROOT / "demo/shop", "--data", folder], check=True, capture_output=True, timeout=120
    )
    return folder


@pytest.fixture(scope="module")
def address(data: Path) -> Iterator[str]:
    command = [COPILOT, "serve", "--data", data, "--port", "0", "--demo"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    ready = re.search(r"http://\S+", process.stdout.readline())
    assert ready, "the service did not start"  # why not, stands on its standard error
    yield ready[0].rstrip("/.")
    process.terminate()
    process.wait(timeout=20)


@pytest.fixture
def token(data: Path) -> str:
    command = [COPILOT, "token", "create", "--role", "agent", "--name", "nuala", "--data", data]
    made = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    return made.stdout.strip()


def test_a_complaint_gets_a_reply(desk: Browser, address: str, token: str) -> None:
    desk.set_up(address=address, token=token)
    page = desk.context.new_page()
    page.goto(f"{address}/demo/tickets/4501")
    panel = desk.panel_for(page)
    expect(panel.locator("h1")).to_have_text("Katrin Vogel")
    card = panel.locator("article.draft").first
    expect(card).to_be_visible()
    card.get_by_role("button", name=re.compile("^Insert")).click()
    expect(panel.locator("#note")).to_contain_text("Inserted")
    text = page.locator("textarea").input_value()
    assert "Katrin" in text


def test_restraint_reaches_the_agent(desk: Browser, address: str, token: str) -> None:
    desk.set_up(address=address, token=token)
    page = desk.context.new_page()
    page.goto(f"{address}/demo/tickets/4502")
    panel = desk.panel_for(page)
    expect(panel.locator(".stop h2")).to_contain_text("Fix first: adverse reaction")


def test_every_ticket_of_the_demo_has_an_answer(desk: Browser, address: str) -> None:
    desk.set_up(token="")
    page = desk.context.new_page()
    page.set_viewport_size({"width": 1400, "height": 900})
    page.goto(address)
    frame = page.frame_locator("#copilot")
    expect(frame.locator("article.draft").first).to_be_visible()
    for entry in page.locator("#inbox a").all():
        name = entry.locator(".name").inner_text()
        entry.click()
        expect(frame.locator("h1")).to_have_text(name)
        expect(frame.locator(".facts")).to_be_visible()  # an answer, whatever is in it
