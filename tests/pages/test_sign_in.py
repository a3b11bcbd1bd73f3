"""Who gets in, for how long, and what every page is guarded by."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from tests.pages.conftest import Browser, Desk

OpenDesk = Callable[..., Desk]


def cookie_of(response: object) -> str:
    found = [c for c in response.headers.getlist("Set-Cookie") if "session" in c]  # type: ignore[attr-defined]
    assert len(found) == 1
    return str(found[0])


# ---------------------------------------------------------------- by token


@pytest.mark.parametrize("role", ["lead", "admin"])
def test_a_lead_gets_in_with_name_and_token(desk: Desk, role: str) -> None:
    browser = desk.browser()
    response = browser.sign_in("  LEA ", desk.tokens.create(role, "Lea"))  # type: ignore[arg-type]
    assert (response.status_code, response.headers["Location"]) == (303, "/playbooks")
    assert browser.get("/playbooks").status_code == 200


@pytest.mark.parametrize(("name", "token"), [("Lea", "cp_wrong"), ("Max", None), ("", None), ("Lea", "")])
def test_who_is_not_known_does_not(desk: Desk, name: str, token: str | None) -> None:
    browser, held = desk.browser(), desk.tokens.create("lead", "Lea")
    response = browser.sign_in(name, held if token is None else token)
    assert response.status_code == 401
    assert "do not go together" in response.text
    assert held not in response.text
    assert browser.get("/playbooks").status_code == 303


def test_an_agent_is_told_whom_to_ask(desk: Desk) -> None:
    desk.tokens.create("lead", "Lea")
    browser = desk.browser()
    response = browser.sign_in("Kim", desk.tokens.create("agent", "Kim"))
    assert response.status_code == 403
    assert "Lea" in response.text
    assert "session" not in str(response.headers.getlist("Set-Cookie"))
    assert browser.get("/playbooks").status_code == 303


def test_whoever_is_not_signed_in_comes_back_to_the_page(desk: Desk) -> None:
    browser = desk.browser()
    response = browser.get("/playbooks/history?before=9")
    assert (response.status_code, response.headers["Location"]) == (
        303,
        "/sign-in?next=/playbooks/history%3Fbefore%3D9",
    )
    token = desk.tokens.create("lead", "Lea")
    browser.get("/sign-in")
    assert browser.send("/sign-in", name="Lea", token=token, next="/playbooks/history").headers["Location"] == (
        "/playbooks/history"
    )


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example/playbooks", "/\\evil", "/playbooks\\@evil", "/v1/x", "javascript:1"],
)
def test_a_sign_in_leads_nowhere_else(desk: Desk, target: str) -> None:
    response = desk.browser().sign_in("Lea", desk.tokens.create("lead", "Lea"), next=target)
    assert response.headers["Location"] == "/playbooks"


def test_a_bearer_token_opens_no_page_and_a_session_no_api(desk: Desk) -> None:
    token = desk.tokens.create("admin", "Ada")
    bearer = {"Authorization": f"Bearer {token}"}
    assert desk.browser().get("/playbooks", headers=bearer).status_code == 303
    assert desk.lead().client.get("/v1/budgets").status_code == 401


# ---------------------------------------------------------------- by link


def test_a_link_signs_in_once(desk: Desk) -> None:
    key = desk.links.create("lead", "Lea")
    browser = desk.browser()
    for _ in range(3):  # a mail scanner looks as often as it likes
        assert "Sign in as Lea" in browser.get(f"/sign-in/{key}").text
    assert browser.send(f"/sign-in/{key}").headers["Location"] == "/playbooks"
    assert "Lea" in browser.get("/playbooks").text
    other = desk.browser()
    response = other.get(f"/sign-in/{key}")
    assert (response.status_code, "used already" in response.text) == (410, True)
    other.get("/sign-in")
    assert other.send(f"/sign-in/{key}").status_code == 410
    assert other.get("/playbooks").status_code == 303


def test_a_link_ends_after_15_minutes(desk: Desk) -> None:
    key = desk.links.create("lead", "Lea")
    browser = desk.browser()
    browser.get(f"/sign-in/{key}")
    desk.clock.forward(minutes=15)
    response = browser.send(f"/sign-in/{key}")
    assert (response.status_code, "too old" in response.text) == (410, True)
    assert browser.get("/playbooks").status_code == 303


def test_of_many_who_take_a_link_one_gets_in(desk: Desk) -> None:
    key = desk.links.create("lead", "Lea")
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: desk.links.use(key), range(16)))
    assert [person.name for person in taken if person] == ["Lea"]


def test_a_link_ends_with_its_person(desk: Desk) -> None:
    key, used = desk.links.create("lead", "Lea"), desk.links.create("lead", "Lea")
    browser = desk.browser()
    browser.get(f"/sign-in/{used}")
    browser.send(f"/sign-in/{used}")
    assert browser.get("/playbooks").status_code == 200
    assert len([t for t in desk.tokens.all() if t.name == "Lea"]) == 1, "one person, however many links"
    desk.tokens.revoke("Lea")
    assert browser.get("/playbooks").status_code == 303
    assert desk.browser().get(f"/sign-in/{key}").status_code == 404


def test_no_key_is_in_the_database(desk: Desk) -> None:
    key = desk.links.create("lead", "Lea")
    browser = desk.browser()
    browser.get(f"/sign-in/{key}")
    session = cookie_of(browser.send(f"/sign-in/{key}")).split("=")[1].split(";")[0]
    with desk.database.connect() as connection:
        rows = [
            str(row)
            for table in ("sign_in_links", "sessions", "tokens")
            for row in connection.execute(text(f"SELECT * FROM {table}"))
        ]
    assert len(rows) == 3
    assert not [row for row in rows if key in row or session in row]
    assert len(session) >= 43
    assert len(key) >= 43


# ---------------------------------------------------------------- sessions


def test_a_session_ends_after_12_idle_hours(desk: Desk) -> None:
    browser = desk.lead()
    for _ in range(5):
        desk.clock.forward(hours=11, minutes=58)
        assert browser.get("/playbooks").status_code == 200
    desk.clock.forward(hours=12)
    assert browser.get("/playbooks").status_code == 303


def test_a_session_ends_after_7_days_whatever_it_does(desk: Desk) -> None:
    browser = desk.lead()
    for _ in range(15):
        desk.clock.forward(hours=11)
        assert browser.get("/playbooks").status_code == 200
    desk.clock.forward(hours=4)
    assert browser.get("/playbooks").status_code == 303


def test_a_session_ends_with_the_token(desk: Desk) -> None:
    browser = desk.lead()
    desk.tokens.revoke("Lea")
    assert browser.get("/playbooks").status_code == 303
    assert browser.post("/playbooks/check", {"files": {}}).status_code == 401


def test_signing_out_ends_it_everywhere(desk: Desk) -> None:
    browser = desk.lead()
    stolen = browser.client.get_cookie("copilot_session")
    assert stolen
    response = browser.send("/sign-out")
    assert response.headers["Location"] == "/sign-in"
    assert "Expires=Thu, 01 Jan 1970" in cookie_of(response)
    thief = desk.browser()
    thief.client.set_cookie("copilot_session", stolen.value)
    assert thief.get("/playbooks").status_code == 303


def test_signing_in_makes_a_new_session(desk: Desk) -> None:
    token = desk.tokens.create("lead", "Lea")
    browser = desk.browser()
    browser.client.set_cookie("copilot_session", "planted")
    browser.sign_in("Lea", token)
    held = browser.client.get_cookie("copilot_session")
    assert held
    assert held.value != "planted"


def test_cookies_are_for_the_service_alone(desk: Desk) -> None:
    token = desk.tokens.create("lead", "Lea")
    near, far = desk.browser(), desk.browser()
    near.get("/sign-in")
    cookie = cookie_of(near.send("/sign-in", name="Lea", token=token))
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "Secure" not in cookie
    away = "https://copilot.example.com"
    far.csrf = ""
    page = far.get("/sign-in", base_url=away)
    assert page.status_code == 200
    response = far.client.post(
        "/sign-in",
        data={"csrf": far.csrf, "name": "Lea", "token": token},
        headers={"Origin": away},
        base_url=away,
    )
    cookie = cookie_of(response)
    assert cookie.startswith("__Host-")
    assert {"HttpOnly", "SameSite=Lax", "Secure", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie


# ---------------------------------------------------------------- changes that were meant


STATE_CHANGING = [
    "check", "form", "draft", "discard", "try", "publish", "rollback", "new",
]  # fmt: skip


@pytest.mark.parametrize("path", STATE_CHANGING)
def test_a_change_without_its_token_is_refused(desk: Desk, path: str) -> None:
    browser = desk.lead()
    right = browser.csrf
    other = desk.lead("Max").csrf
    assert right != other
    for wrong in ("", "x", other, right[:-1]):
        browser.csrf = wrong
        assert browser.post(f"/playbooks/{path}", {}).status_code == 403
    browser.csrf = right
    assert browser.post(f"/playbooks/{path}", {}).status_code != 403


@pytest.mark.parametrize("path", ["/playbooks/publish", "/sign-out", "/sign-in"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_change_from_another_page_is_refused(desk: Desk, path: str, headers: dict[str, str]) -> None:
    browser = desk.lead()
    response = browser.client.post(path, data={"csrf": browser.csrf}, headers=headers)
    assert response.status_code == 403
    assert browser.get("/playbooks").status_code == 200


def test_every_changing_route_looks_at_the_token(desk: Desk) -> None:
    browser = desk.lead()
    posts = [rule.rule for rule in desk.app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    pages = [rule.replace("<key>", "x") for rule in posts if rule.startswith(("/playbooks", "/sign"))]
    assert len(pages) == len(STATE_CHANGING) + 3
    for path in pages:
        assert browser.client.post(path, data={"x": "1"}).status_code == 403, path


def test_without_cookies_the_page_says_so(desk: Desk) -> None:
    client = desk.app.test_client(use_cookies=False)
    response = client.post("/sign-in", data={"name": "Lea"}, headers={"Origin": "http://localhost"})
    assert (response.status_code, "no cookie" in response.text) == (403, True)


# ---------------------------------------------------------------- the lock


def failing(browser: Browser, name: str, times: int, address: str = "127.0.0.1") -> list[int]:
    browser.get("/sign-in")
    body = {"csrf": browser.csrf, "name": name, "token": "cp_wrong"}
    return [
        browser.client.post("/sign-in", data=body, environ_base={"REMOTE_ADDR": address}).status_code
        for _ in range(times)
    ]


def test_ten_failures_lock_the_address(desk: Desk) -> None:
    browser = desk.browser()
    assert [s for n in range(5) for s in failing(browser, f"n{n}", 2)] == [401] * 10
    token = desk.tokens.create("lead", "Lea")
    response = browser.sign_in("Lea", token)
    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 900
    assert "15 minutes" in response.text
    desk.clock.forward(seconds=int(response.headers["Retry-After"]))
    assert browser.sign_in("Lea", token).status_code == 303


def test_ten_failures_lock_the_name(desk: Desk) -> None:
    browser = desk.browser()
    found = [failing(browser, " lEA ", 1, f"10.0.0.{n}")[0] for n in range(11)]
    assert found == [401] * 10 + [429]
    assert browser.sign_in("Lea", desk.tokens.create("lead", "Lea")).status_code == 429
    assert browser.sign_in("Max", desk.tokens.create("lead", "Max")).status_code == 303


def test_what_succeeds_does_not_count(desk: Desk) -> None:
    token = desk.tokens.create("lead", "Lea")
    for _ in range(12):
        assert desk.browser().sign_in("Lea", token).status_code == 303


def test_guessing_links_locks_as_well(desk: Desk) -> None:
    browser = desk.browser()
    assert [browser.get(f"/sign-in/guess{n}").status_code for n in range(11)] == [404] * 10 + [429]


def test_tries_at_once_are_counted_before_they_are_looked_at(desk: Desk) -> None:
    from copilot.store.sessions import LockOut

    lock = LockOut(desk.database, desk.clock)
    with ThreadPoolExecutor(8) as pool:
        waits = [attempt.wait for attempt in pool.map(lambda n: lock.begin("10.0.0.1", f"n{n}"), range(30))]
    assert sum(not wait for wait in waits) == 10


def test_what_was_typed_is_not_kept(desk: Desk) -> None:
    failing(desk.browser(), "cp_my-token-in-the-wrong-field", 1)
    with desk.database.connect() as connection:
        [row] = connection.execute(text("SELECT * FROM sign_in_failures")).all()
    assert "cp_my" not in str(row)


# ---------------------------------------------------------------- headers


def test_every_page_has_its_headers(desk: Desk) -> None:
    browser = desk.lead()
    paths = ["/sign-in", "/playbooks", "/playbooks/edit/saves.yaml", "/playbooks/history", "/playbooks/nothing"]
    for response in [*map(browser.get, paths), desk.browser().get("/sign-in"), desk.browser().get("/sign-in/x")]:
        policy = response.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "*" not in policy
        for part in ("default-src 'none'", "script-src 'self';", "frame-ancestors 'none'", "base-uri 'none'"):
            assert part in policy
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Frame-Options"] == "DENY"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "same-origin"


def test_a_nonce_is_used_once(desk: Desk) -> None:
    browser = desk.lead()
    one, other = browser.told()["nonce"], browser.told()["nonce"]
    assert one != other
    page = browser.get("/playbooks/edit/saves.yaml")
    assert page.headers["Content-Security-Policy"].count("'nonce-") == 1


def test_an_address_with_tls_is_kept_to_it(open_desk: OpenDesk) -> None:
    desk = open_desk(public_url="https://copilot.example.com")
    response = desk.browser().get("/sign-in")
    assert response.headers["Strict-Transport-Security"].startswith("max-age=")
    assert response.headers["Set-Cookie"].startswith("__Host-copilot_visit=")
