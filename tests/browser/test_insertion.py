"""Insertion as the page's own editor sees it: its model knows the text, and one undo brings back what was typed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, Browser
from tests.browser.stub import Stub

DRAFT = "Hello,\n\nthank you for writing about “Which editor”.\n\nKind regards"
EDITORS = ["textarea", "controlled", "contenteditable", "model"]


def squash(text: str) -> str:
    return re.sub(r"\s+", "", text)


def open_editor(desk: Browser, stub: Stub, editor: str) -> tuple[Page, Page]:
    page = desk.context.new_page()
    page.route("**/editors", lambda route: route.fulfill(path=ROOT / "tests/browser/pages/editors.html"))
    page.goto(f"{stub.address}/editors#{editor}")
    panel = desk.panel_for(page)
    expect(panel.get_by_role("button", name="Insert resolve draft")).to_be_visible()
    return page, panel


def insert(page: Page, panel: Page) -> None:
    panel.get_by_role("button", name="Insert resolve draft").click()
    expect(panel.locator("#note")).to_contain_text("Inserted")
    page.bring_to_front()


@pytest.mark.parametrize("editor", EDITORS)
def test_the_editor_knows_and_one_undo_restores(desk: Browser, stub: Stub, editor: str) -> None:
    page, panel = open_editor(desk, stub, editor)
    composer = page.locator("[data-composer]")
    page.bring_to_front()
    composer.click()
    page.keyboard.type("Hi ")
    insert(page, panel)
    assert squash(page.evaluate("window.model")) == squash("Hi " + DRAFT)
    page.wait_for_timeout(100)
    assert squash(page.evaluate("window.model")) == squash("Hi " + DRAFT), "the editor took it back"
    composer.focus()
    page.keyboard.press("Control+z")
    assert page.evaluate("window.model").strip("\n") in ("Hi ", "Hi\u00a0", "Hi")


@pytest.mark.parametrize("editor", EDITORS)
def test_into_an_editor_that_was_never_touched(desk: Browser, stub: Stub, editor: str) -> None:
    page, panel = open_editor(desk, stub, editor)
    insert(page, panel)
    assert squash(page.evaluate("window.model")) == squash(DRAFT)


def test_at_the_caret_in_the_middle(desk: Browser, stub: Stub) -> None:
    page, panel = open_editor(desk, stub, "textarea")
    page.bring_to_front()
    page.locator("[data-composer]").click()
    page.keyboard.type("Before after")
    for _ in "after":
        page.keyboard.press("ArrowLeft")
    insert(page, panel)
    assert page.evaluate("window.model") == f"Before {DRAFT}after"


def test_never_into_another_field_that_has_the_focus(desk: Browser, stub: Stub) -> None:
    page, panel = open_editor(desk, stub, "textarea")
    page.bring_to_front()
    page.locator("#search").click()
    insert(page, panel)
    assert page.locator("#search").input_value() == ""
    assert page.evaluate("window.model") == DRAFT


def test_without_an_editor_the_text_can_be_copied(desk: Browser, stub: Stub) -> None:
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    _, panel = open_editor(desk, stub, "none")
    panel.get_by_role("button", name="Insert resolve draft").click()
    expect(panel.locator("#note")).to_contain_text("Copy instead")
    panel.get_by_role("button", name="Copy instead").click()
    expect(panel.locator("#note")).to_contain_text("Reply copied")
    assert panel.evaluate("navigator.clipboard.readText()") == DRAFT
    assert stub.events("inserted") == []


def test_the_first_open_gap_is_selected(desk: Browser, stub: Stub) -> None:
    from tests.browser import answers

    text = "Hello [[name]],\n\nyour order [[order number]] is on its way."
    stub.answers["editor"] = lambda request, n: answers.silent(request, n) | {"drafts": [answers.draft("", text)]}
    page, panel = open_editor(desk, stub, "textarea")
    panel.get_by_label("Fill in: name").fill("Ana")
    expect(panel.get_by_text("1 gap to fill")).to_be_visible()
    insert(page, panel)
    assert page.evaluate("window.model") == "Hello Ana,\n\nyour order [[order number]] is on its way."
    page.keyboard.type("#1001")
    assert page.evaluate("window.model") == "Hello Ana,\n\nyour order #1001 is on its way."
