"""Takes the screenshots of docs/playbooks-tutorial.md: `.venv/bin/python -m tests.pages.tutorial_pictures`.

Loads the demo shop into a folder of its own, serves it with a copy of the demo's playbooks, and does in a real browser
what the tutorial says, so that a step that no longer works fails here. Takes about two minutes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs/img"
COPILOT = ROOT / ".venv/bin/copilot"
FILE = "first-use.yaml"
SENTENCE = "If it does not feel easy by the third time, write to us and we will go through it together."
READY = re.compile(r"http://\S+")


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, str]]:
    """The address of a service over the demo shop, and a link that signs a lead in."""
    data, playbooks = folder / "data", folder / "playbooks"
    shutil.copytree(ROOT / "playbooks", playbooks)
    subprocess.run([COPILOT, "load", ROOT / "demo/shop", "--data", data], check=True, capture_output=True)
    command = [COPILOT, "serve", "--data", data, "--port", "0", "--playbooks", playbooks]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as service:
        try:
            assert service.stdout is not None
            said = READY.search(service.stdout.readline())
            assert said, "the service did not say where it is"
            address = said[0].rstrip("/")
            sign_in = [COPILOT, "sign-in-link", "--role", "lead", "--name", "Nuala", "--data", data]
            sign_in += ["--public-url", address]
            link = subprocess.run(sign_in, check=True, capture_output=True, text=True).stdout.strip()
            yield address, link
        finally:
            service.terminate()


class Tutorial:
    """The steps, each with its picture."""

    def __init__(self, page: Page, address: str, link: str) -> None:
        self.page, self.address, self.link = page, address, link
        self.taken = 0

    def picture(self, name: str) -> None:
        """What is to be seen now, without a blinking cursor."""
        self.taken += 1
        self.page.wait_for_timeout(400)
        path = PICTURES / f"playbooks-{self.taken}-{name}.png"
        self.page.screenshot(path=path, animations="disabled", caret="hide")
        print(path.relative_to(ROOT))

    def choose(self, button: str, words: str) -> None:
        """Opens a list, types a few letters and takes what is left."""
        self.page.get_by_role("button", name=button, exact=True).last.click()
        self.page.keyboard.type(words)
        self.page.keyboard.press("Enter")

    def run(self) -> None:
        """From signing in to a published rule."""
        page = self.page
        page.goto(self.link)
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        page.get_by_placeholder("winter-returns.yaml").fill(FILE)
        self.picture("list")
        page.get_by_role("button", name="New playbook").click()
        expect(page.get_by_role("button", name="Add a rule")).to_be_visible()
        page.get_by_label("Description", exact=True).and_(page.get_by_role("textbox")).fill(
            "Help with things that people use for the first time."
        )
        page.get_by_label("Description", exact=True).and_(page.get_by_role("textbox")).press("Tab")
        expect(page.locator(".cm-content")).to_contain_text("for the first time")
        self.picture("empty")

        page.get_by_role("button", name="Add a rule").click()
        name = page.get_by_label("Name", exact=True).and_(page.get_by_role("textbox")).last
        expect(name).to_be_focused()
        name.fill("Third time lucky")
        name.press("Enter")
        expect(page.locator(".cm-content")).to_contain_text("third-time-lucky")
        page.get_by_role("button", name="Add a condition").click()
        page.keyboard.type("wants")
        self.picture("condition")
        page.keyboard.press("Enter")
        self.choose("Add to: the customer wants", "how")
        expect(page.locator(".cm-content")).to_contain_text("how_to")

        self.choose("Add what follows", "add to the draft")
        self.choose("Add a language", "english")
        page.get_by_role("group", name="English").get_by_role("textbox").fill(SENTENCE)
        page.get_by_role("group", name="English").get_by_role("textbox").press("Tab")
        expect(page.locator(".cm-content")).to_contain_text("by the third time")
        self.picture("form")

        self.choose("Add what follows", "write again")
        page.get_by_role("spinbutton").fill("7")
        page.get_by_role("spinbutton").press("Enter")
        expect(page.locator(".cm-content")).to_contain_text("follow_up_days: 7")

        page.locator(".cm-line", has_text="how_to").click()
        page.keyboard.press("End")
        page.keyboard.type("\nchanel: [email, chat")
        page.keyboard.press("Escape")
        expect(page.get_by_role("tab", name="1 error")).to_be_visible()
        page.keyboard.press("F8")
        self.picture("error")
        for _ in "chan":
            page.keyboard.press("ArrowRight")
        page.keyboard.type("n")
        page.keyboard.press("Escape")
        expect(page.get_by_role("tab", name="Problems: none")).to_be_visible()

        page.get_by_role("button", name="Try it").click()
        expect(page.locator(".tile").first).to_be_visible(timeout=300_000)
        page.locator("#report .examples summary").first.click()
        self.picture("try")

        page.get_by_role("button", name="Publish…").click()
        page.get_by_label("What changes, and why?").fill("Help with first use, and a second look after a week")
        self.picture("publish")
        page.get_by_role("dialog").get_by_role("button", name="Publish").click()
        expect(page.locator("#status")).to_contain_text("Published as version")
        page.goto(f"{self.address}/playbooks/history")
        self.picture("history")


def main() -> None:
    """Takes all pictures."""
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder)) as (address, link),
        sync_playwright() as playwright,
    ):
        found = os.environ.get("COPILOT_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1180, "height": 740}, locale="en-GB", reduced_motion="reduce")
        expect.set_options(timeout=15_000)
        try:
            Tutorial(page, address, link).run()
        except Exception:
            page.screenshot(path=Path(tempfile.gettempdir()) / "playbooks-tutorial-failed.png")
            raise
        finally:
            browser.close()


if __name__ == "__main__":
    sys.exit(main())
