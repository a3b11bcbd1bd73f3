"""The editor of playbooks in a real browser: text and form in step, problems, trial, publishing, two editors, keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Playwright, expect

from tests.browser.conftest import FLAGS, ROOT, chromium
from tests.pages.editor_report import REPORT
from tests.pages.editor_stub import EditorStub

pytestmark = pytest.mark.browser
AXE = ROOT / "node_modules/axe-core/axe.min.js"
TEXT = """\
# What we offer to people for whom something did not work out.
version: 1
name: Second chances

rules:
  # asked for by the workshop
  - id: dry-skin
    when:
      needs: [more_moisture]   # also in winter
    then:
      code: FACESWAP20
  - id: too-loud
    note: Nobody wants another strong one.
    when:
      needs: [milder_scent]
    then:
      warn: "Ask which scent it was."
"""
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def stub() -> Iterator[EditorStub]:
    service = EditorStub()
    yield service
    service.stop()


@pytest.fixture(scope="module")
def chrome(playwright_session: Playwright) -> Iterator[Browser]:
    browser = playwright_session.chromium.launch(**chromium(), headless=True, args=list(FLAGS))
    yield browser
    browser.close()


@pytest.fixture
def open_editor(chrome: Browser, stub: EditorStub) -> Iterator[Open]:
    """Opens the editor as another lead each time; fails if the page broke its policy or threw."""
    stub.reset(saves=TEXT)
    stub.report = REPORT
    contexts = []
    wrong: list[str] = []

    def open_(file: str = "saves.yaml", **options: Any) -> Page:
        context = chrome.new_context(locale="en-GB", viewport={"width": 1280, "height": 800}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
        page.goto(f"{stub.address}/playbooks/edit/{file}")
        expect(page.locator(".cm-content")).to_be_visible()
        expect(page.get_by_role("tab", name="Problems:")).to_be_visible()
        return page

    yield open_
    for context in contexts:
        context.close()
    assert wrong == []


def text_of(page: Page) -> str:
    """The YAML as it stands in the editor."""
    lines: list[str] = page.locator(".cm-line").evaluate_all("lines => lines.map(line => line.textContent)")
    return "\n".join(lines)


def at_end_of(page: Page, words: str) -> None:
    """Puts the cursor at the end of the line that holds these words."""
    page.locator(".cm-line", has_text=words).click()
    page.keyboard.press("End")


def said(page: Page) -> Locator:
    """What a screen reader would read out."""
    return page.locator("[aria-live=polite]").last


def rule(page: Page, title: str) -> Locator:
    return page.get_by_role("article", name=title)


# ---------------------------------------------------------------- problems


def test_an_error_is_shown_at_its_line(open_editor: Open) -> None:
    page = open_editor()
    expect(page.get_by_role("tab", name="Problems: none")).to_be_visible()
    at_end_of(page, "code: FACESWAP20")
    page.keyboard.type("\ndiscont: 3")
    problem = page.locator("#problems li", has_text='unknown key "discont"')
    expect(problem).to_contain_text("line 12 · unknown-key")
    expect(page.locator(".cm-lintRange-error")).to_have_text("discont")
    expect(page.locator(".cm-lint-marker-error")).to_have_count(1)
    expect(said(page)).to_contain_text("1 error")
    expect(rule(page, "Dry skin")).to_contain_text("1 error")
    page.locator(".cm-line").first.click()
    problem.get_by_role("button").click()
    page.keyboard.type("X")
    expect(page.locator(".cm-line", has_text="Xdiscont")).to_have_count(1)


def test_an_old_check_never_wins(open_editor: Open, stub: EditorStub) -> None:
    page = open_editor()
    stub.check_delay = 0.6
    at_end_of(page, "code: FACESWAP20")
    page.keyboard.type("\ndiscont: 3")
    page.wait_for_timeout(450)  # the check is on its way
    for _ in "\ndiscont: 3":
        page.keyboard.press("Backspace")
    page.wait_for_timeout(1500)
    expect(page.get_by_role("tab", name="Problems: none")).to_be_visible()
    expect(page.locator(".cm-lintRange")).to_have_count(0)


def test_f8_goes_from_problem_to_problem(open_editor: Open) -> None:
    page = open_editor()
    at_end_of(page, "code: FACESWAP20")
    page.keyboard.type("\none: 3")
    at_end_of(page, "warn:")
    page.keyboard.type("\ntwo: 3")
    expect(page.get_by_role("tab", name="2 errors")).to_be_visible()
    page.keyboard.press("F8")
    expect(said(page)).to_contain_text('unknown key "one"')
    page.keyboard.press("F8")
    expect(said(page)).to_contain_text('unknown key "two"')
    page.keyboard.press("Shift+F8")
    expect(page.locator(".cm-activeLine")).to_contain_text("one: 3")


# ---------------------------------------------------------------- completion


@pytest.mark.parametrize(
    ("after", "typed", "offered", "not_offered"),
    [
        ("needs: [more_moisture", ", less_gr", "less_greasy", "return_request"),
        ("needs: [more_moisture", "\x1b\ninte", "intents", "prefer"),
        ("code: FACESWAP20", "\ntag", "tags", "needs"),
        ("code: FACESWAP20", "\nprefer: {hand", "handles", "tier"),
        pytest.param(
            "code: FACESWAP20",
            "\nprefer:\n  handles: [low",
            "low-tide-water-cream",
            "FACESWAP20",
            marks=pytest.mark.slow,
        ),
        pytest.param("code: FACESWAP20", "\nrestrain: [saf", "safety", "low-tide-water-cream", marks=pytest.mark.slow),
        pytest.param("needs: [milder_scent", "\x1b\noccasions: [wed", "wedding", "needs", marks=pytest.mark.slow),
        pytest.param("name: Second chances", "\nbud", "budgets", "when", marks=pytest.mark.slow),
        ("warn:", "\ncode: OTH", "OTHERSCENT", "when"),
    ],
)
def test_completion_by_position(open_editor: Open, after: str, typed: str, offered: str, not_offered: str) -> None:
    page = open_editor()
    line = page.locator(".cm-line", has_text=after).first
    line.click()
    page.keyboard.press("End")
    if "[" in after and not typed.startswith("\x1b"):
        text = line.text_content() or ""
        page.keyboard.press("Home")
        page.keyboard.press("Home")
        for _ in range(text.index("]")):
            page.keyboard.press("ArrowRight")
    page.keyboard.type(typed.removeprefix("\x1b"))
    options = page.locator(".cm-tooltip-autocomplete")
    expect(options).to_contain_text(offered)
    expect(options).not_to_contain_text(not_offered)


def test_taking_a_completion_asks_for_the_value(open_editor: Open, stub: EditorStub) -> None:
    page = open_editor()
    at_end_of(page, "code: FACESWAP20")
    page.keyboard.type("\n")
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    page.keyboard.type("enab")
    page.keyboard.press("Tab")
    expect(page.locator(".cm-tooltip-autocomplete")).to_contain_text("false")


def test_hover_tells_what_a_key_is_for(open_editor: Open) -> None:
    page = open_editor()
    word = page.locator(".cm-line", has_text="code: FACESWAP20").get_by_text("code")
    word.hover()
    page.wait_for_timeout(200)
    word.hover(position={"x": 6, "y": 8})  # a pointer that moves a little, as one in a hand does
    expect(page.locator(".hover")).to_contain_text("Prefer this code where it would work.")


# ---------------------------------------------------------------- the form


def test_an_edit_in_the_form_keeps_comments_cursor_and_undo(open_editor: Open) -> None:
    page = open_editor()
    at_end_of(page, "warn:")
    rule(page, "Dry skin").get_by_role("button", name="Dry skin").click()
    page.get_by_role("button", name="Add to: the customer misses").click()
    page.keyboard.type("less gr")
    page.keyboard.press("Enter")
    changed = TEXT.replace("[more_moisture]", "[more_moisture, less_greasy]")
    expect(page.locator(".cm-content")).to_contain_text("less_greasy")
    assert re.sub(r" +#", " #", text_of(page)) == re.sub(r" +#", " #", changed)
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    assert text_of(page) == TEXT
    page.locator(".cm-content").focus()
    page.keyboard.type("X")
    assert 'warn: "Ask which scent it was."X' in text_of(page)


def test_an_edit_of_the_yaml_updates_the_form(open_editor: Open) -> None:
    page = open_editor()
    at_end_of(page, "- id: too-loud")
    page.keyboard.type("-again")
    expect(rule(page, "Too loud again")).to_be_visible()


def test_while_the_yaml_is_broken_the_form_is_read_only(open_editor: Open) -> None:
    page = open_editor()
    at_end_of(page, "code: FACESWAP20")
    page.keyboard.type("\n  bad: [")
    expect(page.locator(".broken")).to_contain_text("cannot be read")
    expect(rule(page, "Dry skin").get_by_role("switch")).to_be_disabled()
    for _ in range(8):
        page.keyboard.press("Control+z")
    expect(rule(page, "Dry skin").get_by_role("switch")).to_be_enabled()
    assert text_of(page) == TEXT


def test_a_rule_is_added_switched_moved_and_deleted(open_editor: Open, stub: EditorStub) -> None:
    page = open_editor()
    page.get_by_role("button", name="Add a rule").click()
    name = page.get_by_label("Name", exact=True).and_(page.get_by_role("textbox")).last
    expect(name).to_be_focused()
    name.fill("Cracked glass")
    name.press("Enter")
    glass = rule(page, "Cracked glass")
    expect(glass).to_be_visible()
    glass.get_by_role("button", name="Add a condition").click()
    page.keyboard.type("customer wants")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.type("damaged")
    page.keyboard.press("Enter")
    expect(page.locator(".cm-content")).to_contain_text("damaged_item")
    glass.get_by_role("button", name="Add what follows").click()
    page.keyboard.type("warn")
    page.keyboard.press("Enter")
    page.keyboard.type("Is everybody all right?")
    page.keyboard.press("Control+s")
    expect(said(page)).to_contain_text("Draft saved")
    expect(page.get_by_role("tab", name="Problems: none")).to_be_visible()
    assert stub.drafts["saves.yaml"][0].rstrip().endswith("warn: Is everybody all right?")
    rule(page, "Too loud").get_by_role("switch").click()
    expect(page.locator(".cm-content")).to_contain_text("enabled: false")
    head = glass.get_by_role("button", name="Cracked glass")
    head.focus()
    head.press("Alt+ArrowUp")
    expect(page.get_by_role("article").nth(1)).to_have_accessible_name("Cracked glass")
    expect(rule(page, "Cracked glass").get_by_role("button", name="Cracked glass")).to_be_focused()
    glass.get_by_role("button", name="Delete this rule").click()
    expect(glass).to_have_count(0)
    text = text_of(page)
    assert "# asked for by the workshop" in text
    assert "# also in winter" in text


def test_hostile_words_stay_words(open_editor: Open, stub: EditorStub) -> None:
    nasty = '"<img src=x onerror=document.title=1>"'
    stub.reset(saves=TEXT.replace('"Ask which scent it was."', nasty))
    page = open_editor()
    expect(rule(page, "Too loud")).to_contain_text("<img src=x")
    assert page.locator("img").count() == 0


def test_a_link_to_a_line_opens_the_rule_there(open_editor: Open) -> None:
    page = open_editor("saves.yaml#line-12")
    expect(rule(page, "Too loud").get_by_role("button", name="Too loud", exact=True)).to_have_attribute(
        "aria-expanded", "true"
    )
    expect(page.locator(".cm-activeLine")).to_contain_text("id: too-loud")


# ---------------------------------------------------------------- save, try, publish


def test_try_it(open_editor: Open) -> None:
    page = open_editor()
    page.keyboard.press("Control+Enter")
    report = page.locator("#report")
    expect(report.locator(".tile").first).to_contain_text("1,200")
    row = report.locator("tr", has_text="Dry skin")
    expect(row).to_contain_text("31")
    row.get_by_text("1 example").click()
    expect(row.locator("q")).to_have_text("<script>document.title='!'</script> my skin is so dry")
    report.locator(".changes").get_by_text("Not hydrating").click()
    expect(report.locator(".diff .come")).to_contain_text("codes: FACESWAP20")
    expect(report).to_contain_text("Too loud: needs: milder_scent fails")
    expect(report).to_contain_text("dry-skin asks for FACESWAP20")
    expect(said(page)).to_contain_text("Tried. 1,200 tickets")
    assert page.locator("#report script, #report img").count() == 0


def test_publish(open_editor: Open, stub: EditorStub) -> None:
    page = open_editor()
    at_end_of(page, "code: FACESWAP20")
    page.keyboard.press("Control+Backspace")
    page.keyboard.type("OTHERSCENT")
    page.get_by_role("button", name="Publish").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("What changes, and why?")).to_be_focused()
    dialog.get_by_role("button", name="Publish").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Say in a few words")
    page.keyboard.type("Another code for dry skin")
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_contain_text("Published as version 1")
    assert stub.versions[0]["message"] == "Another code for dry skin"
    assert "code: OTHERSCENT" in stub.files["saves.yaml"]


def test_a_message_typed_too_early_is_no_yaml(open_editor: Open, stub: EditorStub) -> None:
    page = open_editor()
    stub.check_delay = 1.0
    at_end_of(page, "code: FACESWAP20")
    page.keyboard.press("Control+Backspace")
    page.keyboard.type("OTHERSCENT")
    page.keyboard.press("Control+Alt+p")
    page.keyboard.press("Control+Alt+p")
    page.keyboard.type("Another code ")
    expect(page.get_by_label("What changes, and why?")).to_be_focused()
    page.keyboard.type("for dry skin")
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_contain_text("Published as version 1")
    assert stub.versions[0]["message"] == "Another code for dry skin"
    assert stub.files["saves.yaml"] == TEXT.replace("FACESWAP20", "OTHERSCENT")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_errors_block_publishing(open_editor: Open, stub: EditorStub) -> None:
    page = open_editor()
    at_end_of(page, "code: FACESWAP20")
    page.keyboard.type("\ndiscont: 3")
    page.keyboard.press("Control+Alt+p")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 error must be put right first.")
    expect(dialog.get_by_role("button", name="Publish")).to_have_count(0)
    dialog.get_by_role("button", name="unknown key").click()
    expect(dialog).to_have_count(0)
    expect(page.locator(".cm-content")).to_be_focused()
    assert stub.versions == []


# ---------------------------------------------------------------- two editors; nothing is lost


def both(open_editor: Open, stub: EditorStub) -> Page:
    """A lead with unsaved changes, after another one has saved."""
    page = open_editor()
    at_end_of(page, "warn:")
    page.keyboard.type("\nfollow_up_days: 2")
    stub.somebody_saves("saves.yaml", TEXT.replace("FACESWAP20", "OTHERSCENT"))
    page.keyboard.press("Control+s")
    expect(page.get_by_role("dialog")).to_contain_text("Nora saved this playbook while you were editing")
    return page


def test_the_second_is_told_and_may_keep_a_copy(open_editor: Open, stub: EditorStub) -> None:
    page = both(open_editor, stub)
    expect(page.locator(".cm-merge-a")).to_contain_text("OTHERSCENT")
    expect(page.locator(".cm-merge-b")).to_contain_text("follow_up_days")
    page.get_by_role("button", name="Keep mine as saves-copy.yaml").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("link", name="saves-copy.yaml")).to_be_visible()
    expect(page.locator(".cm-content")).to_contain_text("OTHERSCENT")
    assert "follow_up_days" in stub.drafts["saves-copy.yaml"][0]
    assert "OTHERSCENT" in stub.drafts["saves.yaml"][0]


def test_taking_the_others_can_be_undone(open_editor: Open, stub: EditorStub) -> None:
    page = both(open_editor, stub)
    page.get_by_role("button", name="Take Nora’s").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".cm-content")).not_to_contain_text("follow_up_days")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".cm-content")).to_contain_text("follow_up_days")


def test_both_can_be_put_together(open_editor: Open, stub: EditorStub) -> None:
    page = both(open_editor, stub)
    page.locator(".cm-merge-revert button").first.click()
    page.get_by_role("button", name="Save what is on the right").click()
    expect(said(page)).to_contain_text("Draft saved")
    text, _ = stub.drafts["saves.yaml"]
    assert "OTHERSCENT" in text
    assert "follow_up_days: 2" in text


def test_leaving_the_dialog_changes_nothing(open_editor: Open, stub: EditorStub) -> None:
    page = both(open_editor, stub)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".cm-content")).to_contain_text("follow_up_days")
    assert "OTHERSCENT" in stub.drafts["saves.yaml"][0]


def test_what_was_not_saved_comes_back(open_editor: Open, stub: EditorStub) -> None:
    page = open_editor()
    at_end_of(page, "warn:")
    page.keyboard.type("\nfollow_up_days: 2")
    stub.signed_out = True
    page.keyboard.press("Control+s")
    expect(page.locator("#status")).to_contain_text("Your session has ended")
    stub.signed_out = False
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.get_by_role("button", name="Bring them back").click()
    expect(page.locator(".cm-content")).to_contain_text("follow_up_days: 2")
    page.keyboard.press("Control+s")
    expect(said(page)).to_contain_text("Draft saved")
    page.reload()
    expect(rule(page, "Dry skin")).to_be_visible()
    expect(page.locator(".banner")).to_be_hidden()


# ---------------------------------------------------------------- for everybody


def test_by_keyboard_alone(open_editor: Open, stub: EditorStub) -> None:
    page = open_editor()
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "() => { const it = document.activeElement; return [it.getAttribute('aria-label') ?? it.textContent.trim(),"
            " getComputedStyle(it).outlineStyle, it.closest('.cm-editor') && 'solid'] }"
        )
        seen.append(focused[0])
        if focused[0] not in ("", "Form"):
            assert (
                "Both" in focused[0]
                or focused[1] == "solid"
                or focused[2]
                or page.evaluate("() => document.activeElement.matches('.views input')")
            ), focused
        if focused[0] == "Problems: none":
            break
    for name in ("Save draft", "Try it", "Publish…", "Dry skin", "saves.yaml as YAML", "Problems: none", "Add a rule"):
        assert name in seen
    page.keyboard.press("F1")
    expect(page.get_by_role("dialog")).to_contain_text("Save the draft")
    page.keyboard.press("Escape")
    page.keyboard.press("F6")
    page.keyboard.press("F6")
    expect(page.locator(".cm-content")).to_be_focused()
    page.keyboard.press("Control+End")
    page.keyboard.type("      follow_up_days: 2")
    page.keyboard.press("Control+s")
    expect(said(page)).to_contain_text("Draft saved")
    page.keyboard.press("Control+Alt+p")
    expect(page.get_by_label("What changes, and why?")).to_be_focused()
    page.keyboard.type("Write again")
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_contain_text("Published as version 1")
    assert "follow_up_days: 2" in stub.files["saves.yaml"]


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
@pytest.mark.parametrize("state", ["open", "broken", "tried", "publish", "conflict", "menu"])
def test_axe_finds_nothing_serious(open_editor: Open, stub: EditorStub, scheme: str, state: str) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci")
    page = open_editor(color_scheme=scheme, bypass_csp=True)
    rule(page, "Dry skin").get_by_role("button", name="Dry skin").click()
    if state == "broken":
        at_end_of(page, "FACESWAP20")
        page.keyboard.type("\n  x: [")
        expect(page.locator(".broken")).to_contain_text("cannot be read")
    if state == "tried":
        page.keyboard.press("Control+Enter")
        expect(page.locator(".tile").first).to_be_visible()
    if state == "publish":
        page.keyboard.press("Control+Alt+p")
        expect(page.get_by_role("dialog")).to_be_visible()
    if state == "conflict":
        at_end_of(page, "FACESWAP20")
        page.keyboard.type("\nallowance: 3")
        stub.somebody_saves("saves.yaml", TEXT.replace("FACESWAP20", "OTHERSCENT"))
        page.keyboard.press("Control+s")
        expect(page.get_by_role("dialog")).to_be_visible()
    if state == "menu":
        page.get_by_role("button", name="Add a condition").first.click()
    page.add_script_tag(content=AXE.read_text("utf-8"))
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    found = page.evaluate("async options => (await axe.run(document, options)).violations", rules)
    serious = [
        (one["id"], [re.sub(r"\s+", " ", node["html"])[:140] for node in one["nodes"]])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []
