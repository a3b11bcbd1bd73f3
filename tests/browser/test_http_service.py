"""The extension against the real HTTP service (tokens, feedback, budgets, the demo's session) with canned advice."""

from __future__ import annotations

import sqlite3
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
    return tmp_path_factory.mktemp("service")


@pytest.fixture(scope="module")
def address(data: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.api.serve_fake", str(data), "0", "demo=1"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    found = process.stdout.readline().strip()
    assert found.startswith("http://"), found
    yield found
    process.terminate()
    process.wait(timeout=20)


def test_from_settings_to_the_ledger(desk: Browser, data: Path, address: str) -> None:
    command = [COPILOT, "token", "create", "--role", "agent", "--name", "nuala", "--data", data]
    token = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout.strip()
    options = desk.context.new_page()
    options.goto(desk.url("options/options.html"))
    options.get_by_label("Address", exact=True).fill(address)
    options.get_by_label("Token", exact=True).fill("cp_wrong")
    options.get_by_role("button", name="Save and test").click()
    expect(options.locator("#service-result")).to_contain_text("does not know this token")
    options.get_by_label("Token", exact=True).fill(token)
    options.get_by_role("button", name="Save and test").click()
    expect(options.locator("#service-result")).to_contain_text("Connected.")

    page = desk.context.new_page()
    page.goto(f"{address}/demo/tickets/4501")
    panel = desk.panel_for(page)
    panel.get_by_label("Fill in: day").fill("Monday")
    panel.get_by_role("button", name="Insert save draft").click()
    expect(panel.locator("#note")).to_contain_text("Inserted")
    expect(page.locator("textarea")).to_have_value("Hi, Monday.")
    panel.get_by_role("button", name="Spend €12.50: Card").click()
    expect(panel.locator("#note")).to_contain_text("€12.50 spent")
    panel.wait_for_timeout(800)

    with sqlite3.connect(f"file:{data / 'copilot.sqlite3'}?mode=ro", uri=True) as database:
        events = database.execute("select event, suggestion_id, agent from feedback").fetchall()
        spends = database.execute("select amount from spends").fetchall()
    assert {("inserted", "d-1", "nuala"), ("inserted", "s-1", "nuala"), ("accepted", "g-1", "nuala")} <= set(events)
    assert len(events) == len(set(events))
    assert [float(amount) for (amount,) in spends] == [12.5]


def test_the_demo_works_without_the_extension_being_set_up(desk: Browser, address: str) -> None:
    desk.set_up(token="")
    page = desk.context.new_page()
    page.set_viewport_size({"width": 1400, "height": 900})
    page.goto(address)
    frame = page.frame_locator("#copilot")
    expect(frame.locator("article.draft")).to_contain_text("Thick rug")
    frame.get_by_role("button", name="Insert save draft").click()
    expect(page.locator("textarea")).to_have_value("Hi, [[day]].")
