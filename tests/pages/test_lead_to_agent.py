"""From a lead's keys to an agent's panel and back: the real service, its pages, and the real extension."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Locator, Page, Playwright, expect

from tests.browser.conftest import FLAGS, ROOT, Browser, chromium

pytestmark = pytest.mark.browser
COPILOT = Path(sys.executable).with_name("copilot")
TICKETS = 80  # of the demo shop's resolved ones: enough for a trial that finds something
FILE = """\
# What we offer to people for whom something did not work out.
version: 1
name: {name}
description: For people for whom something did not work out.
owner: Lea

rules:
  # noses differ
  - id: {rule}
    when: {{needs: [milder_scent]}}   # also in candles
    then: {{code: OTHERSCENT}}
"""
FILES = {"saves.yaml": ("Second chances", "quiet-noses"), "shared.yaml": ("Two at once", "loud-noses"),
         "keys.yaml": ("By hand", "no-mouse")}  # fmt: skip
WARNING = "Ask how long after washing it begins."
SOON = 20.0  # seconds; a change is live within two, on a machine that has nothing else to do


@dataclass(frozen=True)
class Service:
    """A running `copilot serve`, and the keys to it."""

    address: str
    data: Path
    folder: Path

    def run(self, *words: str) -> str:
        command = [COPILOT, *words, "--data", self.data]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout.strip()

    def link(self, name: str) -> str:
        return self.run("sign-in-link", "--role", "lead", "--name", name, "--public-url", self.address)

    def file(self, name: str) -> str:
        return (self.folder / name).read_text("utf-8")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    home = tmp_path_factory.mktemp("lead")
    shop, data, folder = home / "shop", home / "data", home / "playbooks"
    shutil.copytree(ROOT / "demo/shop", shop)
    tickets = (shop / "tickets.jsonl").read_text("utf-8").splitlines(keepends=True)
    (shop / "tickets.jsonl").write_text("".join(tickets[:TICKETS]), "utf-8")
    folder.mkdir()
    for file, (name, rule) in FILES.items():
        (folder / file).write_text(FILE.format(name=name, rule=rule), "utf-8")
    subprocess.run([COPILOT, "load", shop, "--data", data], check=True, capture_output=True, timeout=180)
    command = [COPILOT, "serve", "--data", data, "--port", "0", "--demo", "--playbooks", folder]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    ready = re.search(r"http://\S+", process.stdout.readline())
    assert ready, "the service did not start"  # why not, stands on its standard error
    yield Service(ready[0].rstrip("/."), data, folder)
    process.terminate()
    process.wait(timeout=20)


@pytest.fixture(scope="module")
def chrome(playwright_session: Playwright) -> Iterator[Chromium]:
    launched = playwright_session.chromium.launch(args=list(FLAGS), **chromium(), headless=True)
    yield launched
    launched.close()


@pytest.fixture
def sign_in(chrome: Chromium, service: Service) -> Iterator[Callable[..., Page]]:
    """A browser of its own for each lead, at the link that was made for her; fails if a page threw."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_(name: str, by_keyboard: bool = False) -> Page:
        context = chrome.new_context(
            locale="en-GB", timezone_id="UTC", viewport={"width": 1280, "height": 800}, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None)
        page.goto(service.link(name))
        expect(page.get_by_role("heading", name=f"Sign in as {name}")).to_be_visible()
        button = page.get_by_role("main").get_by_role("button", name="Sign in")
        if by_keyboard:
            expect(button).to_be_focused()
            page.keyboard.press("Enter")
        else:
            button.click()
        expect(page.get_by_role("heading", name="Playbooks", exact=True)).to_be_visible()
        return page

    yield open_
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def panel(playwright_session: Playwright, service: Service, tmp_path: Path) -> Iterator[Callable[[], Page]]:
    """The panel of an agent with a customer's ticket open, after a reload of both."""
    extension = Browser(playwright_session, tmp_path / "profile")
    token = service.run("token", "create", "--role", "agent", "--name", "nuala")
    extension.set_up(address=service.address, token=token, agent="", helpdesks=[])
    ticket = extension.context.new_page()
    ticket.goto(f"{service.address}/demo/tickets/4501")
    opened = extension.panel_for(ticket)

    def refreshed() -> Page:
        ticket.reload()
        opened.reload()
        expect(opened.locator("h1")).to_have_text("Katrin Vogel")
        expect(opened.locator("article.draft").first).to_be_visible()
        return opened

    yield refreshed
    extension.context.close()


def in_editor(page: Page, name: str) -> Page:
    """Opens a playbook from the list."""
    page.get_by_role("link", name=name, exact=True).click()
    ready(page)
    return page


def ready(page: Page) -> None:
    expect(page.get_by_role("tab", name="Problems: none")).to_be_visible()


def type_rule(page: Page, rule: str, key: str) -> None:
    """Types a rule at the end of the YAML as a person would; a list of completions is left, not taken."""
    page.keyboard.press("Control+End")
    for line in (f"  - id: {rule}", "when: {needs: [more_moisture]}", "then:", f'{key}: "{WARNING}"'):
        page.keyboard.type(line)
        page.keyboard.press("Escape")
        page.keyboard.press("End")
        page.keyboard.press("Enter")


def publish(page: Page, message: str) -> None:
    """Publishes without a mouse."""
    page.keyboard.press("Control+Alt+p")
    expect(page.get_by_label("What changes, and why?")).to_be_focused()
    page.keyboard.type(message)
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_contain_text("Published as version")


def said(page: Page) -> Locator:
    return page.locator("[aria-live=polite]").last


def until(panel: Callable[[], Page], shown: bool) -> Page:
    """Refreshes as an agent would until the warning is there, or is not."""
    end = monotonic() + SOON
    while True:
        page = panel()
        if (page.get_by_text(WARNING).count() > 0) is shown:
            return page
        assert monotonic() < end, f"the warning is {'not' if shown else 'still'} in the panel"
        page.wait_for_timeout(300)


def test_a_rule_reaches_the_agent_and_is_taken_back(
    sign_in: Callable[..., Page], panel: Callable[[], Page], service: Service
) -> None:
    before = service.file("saves.yaml")
    assert panel().get_by_text(WARNING).count() == 0
    lead = in_editor(sign_in("Lea"), "Second chances")
    version = number_in_force(lead, service)

    lead.goto(f"{service.address}/playbooks/edit/saves.yaml")
    ready(lead)
    lead.locator(".cm-line").last.click()
    type_rule(lead, "tight-again", "wran")
    problem = lead.locator("#problems li", has_text='unknown key "wran"; did you mean "warn"?')
    expect(problem).to_contain_text("line 15 · unknown-key")
    expect(lead.locator(".cm-lintRange-error")).to_have_text("wran")
    expect(lead.locator(".cm-lint-marker-error")).to_have_count(1)
    expect(lead.get_by_role("article", name="Tight again")).to_contain_text("1 error")
    lead.keyboard.press("Control+Alt+p")
    expect(lead.get_by_role("dialog")).to_contain_text("1 error must be put right first.")
    lead.keyboard.press("Escape")

    problem.get_by_role("button").click()  # the cursor is at the mistake now
    for _ in "wran":
        lead.keyboard.press("Delete")
    lead.keyboard.type("warn")
    lead.keyboard.press("Escape")
    ready(lead)
    lead.get_by_role("button", name="Try it").click()
    expect(lead.locator("#report .tile").first).to_be_visible(timeout=60_000)
    expect(lead.locator("#report tr", has_text="Tight again")).to_be_visible()
    assert service.file("saves.yaml") == before, "a trial changes nothing"

    lead.get_by_role("button", name="Publish…").click()
    lead.get_by_label("What changes, and why?").fill("Ask about washing first")
    lead.get_by_role("dialog").get_by_role("button", name="Publish").click()
    expect(lead.locator("#status")).to_contain_text("Published as version")
    after = service.file("saves.yaml")
    assert after.startswith(before), "comments and the other rule stay byte by byte"
    assert f'warn: "{WARNING}"' in after
    expect(until(panel, shown=True).get_by_role("region", name="Before you reply")).to_contain_text(WARNING)

    lead.locator("#status").get_by_role("link", name="History").click()
    newest = lead.locator(".version.now")
    expect(newest).to_contain_text("Ask about washing first")
    expect(newest).to_contain_text("Lea")
    lead.get_by_role("button", name=f"Go back to version {version}", exact=True).click()
    expect(lead.get_by_role("status").first).to_contain_text("Gone back")
    assert service.file("saves.yaml") == before
    until(panel, shown=False)


def number_in_force(page: Page, service: Service) -> int:
    page.goto(f"{service.address}/playbooks/history")
    return int(page.locator(".version.now .number").inner_text())


def test_the_second_of_two_leads_is_told(sign_in: Callable[..., Page], service: Service) -> None:
    lea, max_, nora = (in_editor(sign_in(name), "Two at once") for name in ("Lea", "Max", "Nora"))
    begun = service.file("shared.yaml")
    lea.locator(".cm-line", has_text="owner: Lea").click()
    lea.keyboard.press("End")
    lea.keyboard.type(" of the day")
    publish(lea, "Louder")
    hers = begun.replace("owner: Lea", "owner: Lea of the day")
    assert service.file("shared.yaml") == hers
    lea.goto(f"{service.address}/playbooks/history")
    at = lea.locator(".version.now time").get_attribute("datetime") or ""

    max_.locator(".cm-line").last.click()
    type_rule(max_, "tight-too", "warn")
    ready(max_)
    max_.keyboard.press("Control+s")
    dialog = max_.get_by_role("dialog")
    expect(dialog).to_contain_text("Lea saved this playbook while you were editing")
    expect(dialog).to_contain_text(f"Saved {at[11:16]}.")
    expect(max_.locator(".cm-merge-a")).to_contain_text("of the day")
    expect(max_.locator(".cm-merge-b")).to_contain_text("tight-too")
    max_.keyboard.press("Escape")
    assert service.file("shared.yaml") == hers

    # Who does not look and publishes on the plain page is told there as well.
    other = max_.context.new_page()
    other.goto(f"{service.address}/playbooks/changes")
    other.get_by_label("What changes, and why?").fill("Mine")
    other.get_by_role("button", name="Publish 1 file").click()
    expect(other.get_by_role("heading", name="Somebody was faster")).to_be_visible()
    expect(other.locator(".lead")).to_contain_text("Lea changed shared.yaml")
    expect(other.locator(".lead time")).to_have_attribute("datetime", at)
    assert service.file("shared.yaml") == hers
    other.close()

    # Who takes the other's text has no draft left that would come back.
    nora.locator(".cm-line").first.click()
    nora.keyboard.type("# mine ")
    nora.keyboard.press("Control+s")
    nora.get_by_role("dialog").get_by_role("button", name="Take Lea’s").click()
    expect(nora.locator("#status")).to_have_text("Published")
    nora.reload()
    ready(nora)
    expect(nora.locator("#status")).to_have_text("Published")
    expect(nora.locator(".cm-content")).to_contain_text("of the day")
    expect(nora.locator(".cm-content")).not_to_contain_text("mine")

    # Nor does coming back later, and going on with the draft, write over anything.
    max_.on("dialog", lambda dialog: dialog.accept())
    max_.reload()
    ready(max_)
    max_.locator(".cm-line").last.click()
    max_.keyboard.press("Control+End")
    max_.keyboard.type("# and more")
    max_.keyboard.press("Control+s")
    expect(dialog).to_contain_text("Lea saved this playbook")
    max_.locator(".cm-merge-revert button").first.click()
    max_.get_by_role("button", name="Save what is on the right").click()
    expect(said(max_)).to_contain_text("Draft saved")
    publish(max_, "Both of us")
    both = service.file("shared.yaml")
    assert both.startswith(hers)
    assert "tight-too" in both


def test_signing_in_editing_and_publishing_by_keyboard(sign_in: Callable[..., Page], service: Service) -> None:
    page = sign_in("Ines", by_keyboard=True)
    tab_to(page, "By hand")
    page.keyboard.press("Enter")
    ready(page)
    for _ in range(4):
        page.keyboard.press("F6")
        if page.evaluate("() => document.activeElement.matches('.cm-content')"):
            break
    expect(page.locator(".cm-content")).to_be_focused()
    type_rule(page, "tight-by-hand", "wran")
    expect(page.get_by_role("tab", name="1 error")).to_be_visible()
    page.keyboard.press("F8")
    page.keyboard.press("Control+Delete")
    page.keyboard.type("warn")
    page.keyboard.press("Escape")
    ready(page)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#report .tile").first).to_be_visible(timeout=60_000)
    page.keyboard.press("Control+s")
    expect(said(page)).to_contain_text("Draft saved")
    publish(page, "Typed, not clicked")
    assert f'warn: "{WARNING}"' in service.file("keys.yaml")
    tab_to(page, "History")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Typed, not clicked")).to_be_visible()


def tab_to(page: Page, name: str) -> None:
    """Presses Tab until what is called so has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.textContent.trim()") == name:
            return
    raise AssertionError(f"the keyboard does not reach {name!r}")
