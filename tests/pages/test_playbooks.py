"""The list, the editor's questions, publishing, two leads at once, and the way back: over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.api.conftest import error_of
from tests.pages.conftest import BROKEN, SAVES, Browser, Desk

OpenDesk = Callable[..., Desk]
OTHER = SAVES.replace("KEEP10", "KEEP15")
MINE = SAVES.replace("Read it twice.", "Read it three times.")
HOSTILE = "</script><script>document.title=1</script><img src=x onerror=alert(1)>"


def save(browser: Browser, text: str | None, base: object, file: str = "saves.yaml") -> str:
    response = browser.post("/playbooks/draft", {"file": file, "text": text, "base": base})
    assert response.status_code == 200, response.text
    made: str = response.json["base"]
    return made


def publish(browser: Browser, text: str, message: str = "Why not") -> int:
    base = save(browser, text, browser.base())
    response = browser.post("/playbooks/publish", {"message": message, "base": base, "file": "saves.yaml"})
    assert response.status_code == 200, response.text
    version: int = response.json["version"]
    return version


# ---------------------------------------------------------------- looking


def test_the_list_says_what_there_is(desk: Desk) -> None:
    page = desk.lead().get("/playbooks").text
    for words in ("Saves", "saves.yaml", "For people for whom", "too-light", "oily skin", "live", "Version 1"):
        assert words in page


def test_what_a_file_says_is_text(open_desk: OpenDesk) -> None:
    desk = open_desk({"a.yaml": SAVES.replace("name: Saves", f"name: {HOSTILE!r}")})
    browser = desk.lead()
    for path in ("/playbooks", "/playbooks/edit/a.yaml", "/playbooks/history", "/playbooks/history/1"):
        page = browser.get(path).text
        assert "<img" not in page.replace('<img src="/playbooks/static/icon.svg"', "")
        assert "<script>document" not in page
    assert HOSTILE in browser.told("a.yaml")["text"]


def test_a_file_with_errors_is_listed_with_them(open_desk: OpenDesk) -> None:
    desk = open_desk({"saves.yaml": BROKEN, "b.yaml": "rules: [", "c.yaml": ""})
    page = desk.lead().get("/playbooks").text
    assert "The set before stays in force" in page
    assert "unknown-key" in page
    assert "saves.yaml:17" in page
    assert "b.yaml" in page


def test_the_packaged_playbook_is_shown_where_a_shop_has_none(open_desk: OpenDesk) -> None:
    desk = open_desk({})
    browser = desk.lead()
    assert "packaged playbook" in browser.get("/playbooks").text
    told = browser.told("default.yaml")
    text = told["text"] + "\n# ours now\n"
    base = save(browser, text, told["base"], "default.yaml")
    assert browser.post("/playbooks/publish", {"message": "Ours", "base": base}).status_code == 200
    assert desk.files() == {"default.yaml": text}


def test_the_editor_is_told_all_that_it_needs(desk: Desk) -> None:
    browser = desk.lead()
    told = browser.told()
    assert told["text"] == told["published"] == SAVES
    assert told["file"] == "saves.yaml"
    assert told["csrf"] == browser.csrf
    assert told["schema_url"] == "/v1/playbooks/schema.json"
    assert desk.browser().get(told["schema_url"]).status_code == 200
    new = browser.told("winter.yaml")
    assert (new["base"], new["published"]) == (None, None)
    assert set(new["others"]) == {"saves.yaml"}
    assert browser.post("/playbooks/check", {"files": {"winter.yaml": new["text"]}}).json["problems"] == []


@pytest.mark.parametrize("name", ["../x.yaml", "x.txt", ".hidden.yaml", "a/../../b.yaml", "x.yaml/", "%00.yaml"])
def test_names_that_are_no_playbook_s(desk: Desk, name: str) -> None:
    browser = desk.lead()
    assert browser.get(f"/playbooks/edit/{name}").status_code in (404, 308)
    error_of(browser.post("/playbooks/draft", {"file": name, "text": SAVES, "base": None}), 422, "invalid_request")
    assert desk.files() == {"saves.yaml": SAVES}


@pytest.mark.parametrize(
    "name", ["../../setup.cfg", "%2e%2e/%2e%2e/blueprint.py", "editor/../../blueprint.py", "x.css"]
)
def test_static_files_are_those_alone(desk: Desk, name: str) -> None:
    response = desk.browser().get(f"/playbooks/static/{name}")
    assert response.status_code in (303, 404)
    assert "metadata" not in response.text
    assert "Blueprint" not in response.text


def test_the_design_system_is_the_panel_s(desk: Desk) -> None:
    theme = Path(__file__).parents[2] / "static/extension/panel/theme.css"
    assert desk.browser().get("/playbooks/static/theme.css").text == theme.read_text("utf-8")


# ---------------------------------------------------------------- what the editor asks


def test_checking_says_line_and_column(desk: Desk) -> None:
    [problem] = desk.lead().post("/playbooks/check", {"files": {"saves.yaml": BROKEN}}).json["problems"]
    assert (problem["line"], problem["col"], problem["code"], problem["severity"]) == (17, 5, "unknown-key", "error")
    assert "nte" in problem["message"]


def test_checking_looks_at_the_whole_set(desk: Desk) -> None:
    twice = "version: 1\nrules:\n  - id: too-light\n    when: {needs: [gentler]}\n    then: {warn: x}\n"
    problems = desk.lead().post("/playbooks/check", {"files": {"b.yaml": twice}}).json["problems"]
    assert any("too-light" in problem["message"] for problem in problems)


def test_trying_plays_the_draft_among_the_others(desk: Desk) -> None:
    browser = desk.lead()
    assert browser.post("/playbooks/try", {"file": "saves.yaml", "text": OTHER}).json == {"tickets": 3}
    assert desk.tried == [{"saves.yaml": OTHER}]
    response = browser.post("/playbooks/try", {"file": "saves.yaml", "text": BROKEN})
    assert response.status_code == 422
    assert response.json["problems"][0]["code"] == "unknown-key"


def test_a_form_s_edit_keeps_comments(desk: Desk) -> None:
    edits = [{"path": ["rules", 0, "then", "code"], "value": "KEEP15"}]
    response = desk.lead().post("/playbooks/form", {"file": "saves.yaml", "text": SAVES, "edits": edits})
    assert response.json == {"text": OTHER}
    wrong = [{"path": ["rules", 9, "note"], "value": "x"}]
    error_of(
        desk.lead().post("/playbooks/form", {"file": "a.yaml", "text": SAVES, "edits": wrong}), 422, "invalid_request"
    )


@pytest.mark.parametrize("path", ["check", "draft", "try", "form", "publish", "rollback", "discard"])
@pytest.mark.parametrize("body", [[], {}, {"files": 1}, {"file": 1, "text": 2, "base": 3, "edits": 4, "version": "x"}])
def test_bodies_that_do_not_fit(desk: Desk, path: str, body: object) -> None:
    error_of(desk.lead().post(f"/playbooks/{path}", body), 422, "invalid_request")


# ---------------------------------------------------------------- publishing


def test_a_change_is_drafted_then_published(desk: Desk) -> None:
    browser = desk.lead()
    base = save(browser, OTHER, browser.base())
    assert desk.files() == {"saves.yaml": SAVES}, "a draft changes nothing"
    assert browser.told()["text"] == OTHER
    assert "your draft" in browser.get("/playbooks").text
    assert desk.lead("Max").told()["text"] == SAVES
    assert browser.post(
        "/playbooks/publish", {"message": " 15 is\nbetter ", "base": base, "file": "saves.yaml"}
    ).json == {"version": 2}
    assert desk.files() == {"saves.yaml": OTHER}
    page = browser.get("/playbooks/history").text
    assert "15 is better" in page
    assert "Lea" in page
    assert "your draft" not in browser.get("/playbooks").text


def test_publishing_by_form(desk: Desk) -> None:
    browser = desk.lead()
    save(browser, OTHER, browser.base())
    assert "KEEP15" in browser.get("/playbooks/changes").text
    assert browser.send("/playbooks/publish", message="By form").headers["Location"] == "/playbooks?done=published"
    assert "in force within two seconds" in browser.get("/playbooks?done=published").text
    assert desk.files() == {"saves.yaml": OTHER}


def test_errors_are_not_published(desk: Desk) -> None:
    browser = desk.lead()
    base = save(browser, BROKEN, browser.base())
    response = browser.post("/playbooks/publish", {"message": "x", "base": base})
    assert response.status_code == 422
    assert response.json["problems"][0]["code"] == "unknown-key"
    assert desk.files() == {"saves.yaml": SAVES}
    response = browser.send("/playbooks/publish", message="x")
    assert response.status_code == 422
    assert "unknown-key" in response.text
    assert browser.told()["text"] == BROKEN, "the draft is kept"


@pytest.mark.parametrize("message", ["", "   ", "x" * 501])
def test_a_message_is_asked_for(desk: Desk, message: str) -> None:
    browser = desk.lead()
    save(browser, OTHER, browser.base())
    error_of(browser.post("/playbooks/publish", {"message": message}), 422, "invalid_request")
    assert desk.files() == {"saves.yaml": SAVES}


def test_nothing_to_publish_is_said(desk: Desk) -> None:
    error = error_of(desk.lead().post("/playbooks/publish", {"message": "x"}), 422, "invalid_request")
    assert "nothing to publish" in error["message"]


def test_a_new_file_and_a_removed_one(desk: Desk) -> None:
    browser = desk.lead()
    assert browser.send("/playbooks/new", name="Winter returns").headers["Location"] == (
        "/playbooks/edit/winter-returns.yaml"
    )
    save(browser, "version: 1\nname: Winter\nrules: []\n", None, "winter-returns.yaml")
    assert "not published" in browser.get("/playbooks").text
    assert browser.post("/playbooks/publish", {"message": "Winter"}).status_code == 200
    assert set(desk.files()) == {"saves.yaml", "winter-returns.yaml"}
    save(browser, None, browser.base())
    assert "to be removed" in browser.get("/playbooks").text
    assert browser.post("/playbooks/publish", {"message": "Gone"}).status_code == 200
    assert set(desk.files()) == {"winter-returns.yaml"}
    save(browser, None, browser.base("winter-returns.yaml"), "winter-returns.yaml")
    error = error_of(browser.post("/playbooks/publish", {"message": "All"}), 422, "invalid_request")
    assert "must stay" in error["message"]


def test_one_file_may_be_published_alone(desk: Desk) -> None:
    browser = desk.lead()
    save(browser, "version: 1\nrules: []\n", None, "b.yaml")
    base = save(browser, OTHER, browser.base())
    browser.post("/playbooks/publish", {"message": "x", "file": "saves.yaml", "base": base})
    assert desk.files() == {"saves.yaml": OTHER}
    assert browser.told("b.yaml")["text"] == "version: 1\nrules: []\n"


# ---------------------------------------------------------------- two leads at once


def test_the_second_lead_is_told_and_nothing_is_written_over(desk: Desk) -> None:
    lea, max_ = desk.lead(), desk.lead("Max")
    lea_base, max_base = lea.base(), max_.base()
    max_base = save(max_, MINE, max_base)
    assert (
        lea.post("/playbooks/draft", {"file": "saves.yaml", "text": OTHER, "base": lea_base}).json["editors"][0]["name"]
        == "Max"
    )
    assert publish(lea, OTHER) == 2
    desk.clock.forward(minutes=3)
    more = MINE + "# more\n"
    response = max_.post("/playbooks/draft", {"file": "saves.yaml", "text": more, "base": max_base})
    error_of_conflict = response.json
    assert response.status_code == 409
    assert error_of_conflict["error"]["code"] == "conflict"
    assert error_of_conflict["by"] == "Lea"
    assert error_of_conflict["at"] == "2026-03-02T09:20:00+00:00"
    assert error_of_conflict["text"] == OTHER
    assert max_.told()["text"] == more, "hers is kept as well"
    for body in ({"message": "x"}, {"message": "x", "file": "saves.yaml", "base": max_base}):
        assert max_.post("/playbooks/publish", body).status_code == 409
    assert desk.files() == {"saves.yaml": OTHER}
    both = more.replace("KEEP10", "KEEP15")
    base = save(max_, both, error_of_conflict["base"])
    response = max_.post("/playbooks/publish", {"message": "Both", "base": base, "file": "saves.yaml"})
    assert response.json == {"version": 3}
    assert desk.files() == {"saves.yaml": both}


def test_a_draft_from_before_is_told_of_whenever_its_lead_comes_back(desk: Desk) -> None:
    lea, max_ = desk.lead(), desk.lead("Max")
    save(max_, MINE, max_.base())
    publish(lea, OTHER)
    for more in ("# one\n", "# one\n# two\n"):  # she does not look, and goes on
        response = max_.post("/playbooks/draft", {"file": "saves.yaml", "text": MINE + more, "base": max_.base()})
        assert (response.status_code, response.json["by"], response.json["text"]) == (409, "Lea", OTHER)
    more += "# three\n"
    response = max_.post("/playbooks/draft", {"file": "saves.yaml", "text": more, "base": response.json["kept"]})
    assert (response.status_code, response.json["by"], response.json["text"]) == (409, "Lea", OTHER)
    assert max_.post("/playbooks/publish", {"message": "x"}).status_code == 409
    assert desk.files() == {"saves.yaml": OTHER}


def test_taking_the_other_s_text_leaves_no_draft(desk: Desk) -> None:
    lea, max_ = desk.lead(), desk.lead("Max")
    begun = max_.base()
    publish(lea, OTHER)
    refused = max_.post("/playbooks/draft", {"file": "saves.yaml", "text": MINE, "base": begun}).json
    assert max_.told()["text"] == MINE
    taken = max_.post("/playbooks/draft", {"file": "saves.yaml", "text": OTHER, "base": refused["base"]}).json
    assert taken["draft"] is False
    assert (max_.told()["text"], max_.told()["base"]) == (OTHER, taken["base"])
    same = desk.lead("Nora")
    begun = same.base()
    publish(lea, SAVES)
    assert same.post("/playbooks/draft", {"file": "saves.yaml", "text": SAVES, "base": begun}).json["draft"] is False


def test_a_conflict_by_form_shows_both_texts(desk: Desk) -> None:
    lea, max_ = desk.lead(), desk.lead("Max")
    save(max_, MINE, max_.base())
    publish(lea, OTHER)
    response = max_.send("/playbooks/publish", message="Mine")
    assert response.status_code == 409
    for words in ("Lea", "KEEP15", "KEEP10", "three times"):
        assert words in response.text


def test_other_files_do_not_stand_in_the_way(open_desk: OpenDesk) -> None:
    desk = open_desk({"saves.yaml": SAVES, "b.yaml": "version: 1\nrules: []\n"})
    lea, max_ = desk.lead(), desk.lead("Max")
    base = save(max_, "version: 1\nname: B\nrules: []\n", max_.base("b.yaml"), "b.yaml")
    publish(lea, OTHER)
    assert max_.post("/playbooks/publish", {"message": "B", "base": base, "file": "b.yaml"}).status_code == 200
    assert desk.files() == {"saves.yaml": OTHER, "b.yaml": "version: 1\nname: B\nrules: []\n"}


def test_two_tabs_of_one_lead_do_not_write_over_each_other(desk: Desk) -> None:
    lea = desk.lead()
    first = second = lea.base()
    first = save(lea, OTHER, first)
    response = lea.post("/playbooks/draft", {"file": "saves.yaml", "text": MINE, "base": second})
    assert response.status_code == 409
    assert (response.json["by"], response.json["text"]) == ("Lea", OTHER)
    assert lea.told()["text"] == OTHER
    save(lea, MINE, response.json["base"])
    assert lea.post("/playbooks/publish", {"message": "x", "file": "saves.yaml", "base": first}).status_code == 409


def test_a_file_that_is_there_is_not_made_anew(desk: Desk) -> None:
    response = desk.lead().post("/playbooks/draft", {"file": "saves.yaml", "text": "version: 1\n", "base": None})
    assert (response.status_code, response.json["text"]) == (409, SAVES)


def test_a_text_like_the_one_in_force_is_no_draft(desk: Desk) -> None:
    lea = desk.lead()
    base = save(lea, OTHER, lea.base())
    save(lea, SAVES, base)
    assert "your draft" not in lea.get("/playbooks").text


def test_a_draft_can_be_dropped(desk: Desk) -> None:
    lea = desk.lead()
    save(lea, OTHER, lea.base())
    answer = lea.post("/playbooks/discard", {"file": "saves.yaml"}).json
    assert answer["text"] == SAVES
    save(lea, MINE, answer["base"])


# ---------------------------------------------------------------- history


def test_going_back_is_one_more_version(desk: Desk) -> None:
    browser = desk.lead()
    publish(browser, OTHER)
    publish(browser, MINE)
    assert browser.post("/playbooks/rollback", {"version": 2}).json == {"version": 4}
    assert desk.files() == {"saves.yaml": OTHER}
    page = browser.get("/playbooks/history").text
    assert "Back to version 2" in page
    assert browser.send("/playbooks/rollback", version="1").status_code == 303
    assert desk.files() == {"saves.yaml": SAVES}
    for version, words in ((99, "no version 99"), (1, "the same")):
        error = error_of(browser.post("/playbooks/rollback", {"version": version}), 422, "invalid_request")
        assert words in error["message"]


@pytest.mark.parametrize("view", ["", "?view=unified", "?with=now", "?with=now&view=unified"])
def test_a_version_shows_what_it_changed(desk: Desk, view: str) -> None:
    browser = desk.lead()
    publish(browser, OTHER, "Fifteen")
    publish(browser, MINE)
    page = browser.get(f"/playbooks/history/2{view}").text
    for words in ("Fifteen", "Lea", "<mark>KEEP10</mark>", "<mark>KEEP15</mark>"):
        assert words in page
    assert browser.get("/playbooks/history/99").status_code == 404


def test_a_change_by_hand_is_noticed_and_is_a_version(desk: Desk) -> None:
    browser = desk.lead()
    publish(browser, OTHER)
    (desk.folder / "saves.yaml").write_text(MINE, "utf-8")
    page = browser.get("/playbooks").text
    assert "Changed outside of this page: saves.yaml" in page
    assert "by hand" in page
    assert browser.told()["text"] == MINE
    browser.post("/playbooks/rollback", {"version": 2})
    assert desk.files() == {"saves.yaml": OTHER}
    browser.post("/playbooks/rollback", {"version": 3})
    assert desk.files() == {"saves.yaml": MINE}, "what was written by hand is not lost either"


def test_a_draft_does_not_write_over_a_change_by_hand(desk: Desk) -> None:
    browser = desk.lead()
    base = save(browser, OTHER, browser.base())
    (desk.folder / "saves.yaml").write_text(MINE, "utf-8")
    response = browser.post("/playbooks/publish", {"message": "x", "base": base, "file": "saves.yaml"})
    assert (response.status_code, response.json["text"]) == (409, MINE)
    assert desk.files() == {"saves.yaml": MINE}


def test_a_file_that_cannot_be_read_is_never_lost(desk: Desk) -> None:
    browser = desk.lead()
    base = save(browser, OTHER, browser.base())
    (desk.folder / "old.yaml").write_bytes(b"name: caf\xe9\n")
    assert "not-utf8" in browser.get("/playbooks").text
    response = browser.post("/playbooks/publish", {"message": "x", "base": base})
    assert response.status_code == 422
    assert (desk.folder / "old.yaml").read_bytes() == b"name: caf\xe9\n"


def test_history_has_pages(desk: Desk) -> None:
    browser = desk.lead()
    for n in range(33):
        publish(browser, SAVES + f"# {n}\n", f"Change {n}")
    page = browser.get("/playbooks/history").text
    assert "Change 32" in page
    assert "before=5" in page
    assert "Version 1: " in browser.get("/playbooks/history?before=5").text
