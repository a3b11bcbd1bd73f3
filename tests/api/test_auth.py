"""Tokens, roles and the limit on requests."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint
from sqlalchemy import select

from copilot.api.auth import ACCESS, needed
from copilot.errors import InputError
from copilot.store.database import open_database
from copilot.store.models import TokenRow
from copilot.store.tokens import TokenStore
from tests.api.conftest import TICKET, Service, build, error_of

OPEN = {"/v1/health", "/v1/openapi.json", "/v1/playbooks/schema.json"}
DOORS = {"/sign-in", "/sign-in/<key>", "/playbooks/static/<path:name>"}  # of the pages, for those who are not signed in


def routes(service: Service) -> list[tuple[str, str]]:
    return [
        (method, rule.rule)
        for rule in service.app.url_map.iter_rules()
        for method in sorted(rule.methods or ())
        if rule.rule not in OPEN | DOORS and not rule.endpoint.startswith("pages.")
    ]


def test_every_route_needs_a_token(service: Service) -> None:
    assert ("POST", "/v1/suggestions") in routes(service)
    for method, path in routes(service):
        for headers in (
            {},
            {"Authorization": ""},
            {"Authorization": "Bearer"},
            {"Authorization": "Bearer cp_unknown"},
            {"Authorization": f"Basic {service.token}"},
            {"Authorization": f"Bearer {service.token}x"},
            {"Authorization": "Bearer " + "é" * 50},
        ):
            response = service.client.open(path, method=method, headers=headers)
            assert response.status_code == 401, (method, path, headers)
            assert response.headers["WWW-Authenticate"].startswith("Bearer")
            if method != "HEAD":
                error_of(response, 401, "unauthorized")


def test_every_page_needs_a_session(service: Service) -> None:
    pages = [rule for rule in service.app.url_map.iter_rules() if rule.endpoint.startswith("pages.")]
    assert len(pages) > 15
    assert {rule.rule for rule in pages if needed(rule.endpoint) is None} == DOORS
    assert {needed(rule.endpoint) for rule in pages if rule.rule not in DOORS} == {"lead"}
    for rule in pages:
        path = rule.rule.replace("<int:number>", "1").replace("<path:file>", "a.yaml").replace("<path:rest>", "x")
        for method in sorted((rule.methods or set()) - {"OPTIONS"}) if rule.rule not in DOORS else ():
            for headers in ({}, service.auth(), {"Cookie": "copilot_session=wrong; copilot_visit=x"}):
                response = service.client.open(path, method=method, headers=headers)
                assert (response.status_code, response.headers["Location"][:9]) == (303, "/sign-in?"), (method, path)
                asked = service.client.open(path, method=method, headers={**headers, "Accept": "application/json"})
                assert asked.status_code == 401, (method, path)


def test_open_routes_need_none(service: Service) -> None:
    for path in OPEN:
        assert service.client.get(path, headers={"Authorization": "Bearer wrong"}).status_code == 200


def test_every_rule_of_the_access_table_exists(service: Service) -> None:
    endpoints = {rule.endpoint for rule in service.app.url_map.iter_rules()}
    assert set(ACCESS) - {"demo", "pages"} == {e for e in endpoints if not e.startswith("pages.") or e in ACCESS}
    assert needed("demo.static") is None
    assert needed("something.new") == "admin", "what nobody thought of is closed"


@pytest.mark.parametrize(("role", "status"), [("agent", 403), ("lead", 403), ("admin", 200)])
def test_a_role_that_does_not_reach_is_refused(tmp_path: Path, role: Any, status: int) -> None:
    service = build(tmp_path)
    views = Blueprint("unlisted", __name__)
    views.get("/v1/unlisted")(lambda: "done")
    service.app.register_blueprint(views)
    response = service.client.get("/v1/unlisted", headers=service.auth(service.tokens.create(role, "x")))
    assert response.status_code == status
    if status == 403:
        assert role in error_of(response, 403, "forbidden")["message"]


@pytest.mark.parametrize("role", ["lead", "admin"])
def test_a_higher_role_may_what_a_lower_one_may(service: Service, role: Any) -> None:
    headers = service.auth(service.tokens.create(role, "x"))
    assert service.client.post("/v1/suggestions", json=TICKET, headers=headers).status_code == 200


def test_a_token_is_not_in_the_database(service: Service) -> None:
    assert service.token.startswith("cp_")
    assert len(service.token) > 40
    with service.database.connect() as connection:
        [row] = connection.execute(select(TokenRow.__table__)).all()
    assert service.token not in repr(row)
    assert len(row.sha256) == 64


def test_a_revoked_token_is_noticed_within_the_cache_s_seconds(tmp_path: Path) -> None:
    seconds = [100.0]
    served = TokenStore(open_database(tmp_path), ticks=lambda: seconds[0], cache_seconds=2)
    token = served.create("agent", "Kim")
    assert served.find(token)
    elsewhere = TokenStore(open_database(tmp_path))
    assert elsewhere.revoke("Kim").name == "Kim"
    assert elsewhere.find(token) is None, "at once where it was revoked"
    seconds[0] += 1.9
    assert served.find(token)
    seconds[0] += 0.2
    assert served.find(token) is None


def test_a_token_works_as_soon_as_it_is_made(tmp_path: Path) -> None:
    served, elsewhere = TokenStore(open_database(tmp_path)), TokenStore(open_database(tmp_path))
    assert served.find("cp_x") is None
    found = served.find(elsewhere.create("lead", "Lea"))
    assert found
    assert (found.role, found.name) == ("lead", "Lea")


def test_revoking_needs_one_meaning(tmp_path: Path) -> None:
    tokens = TokenStore(open_database(tmp_path))
    for name in ("Kim", "Kim", "2"):
        tokens.create("agent", name)
    for reference, words in (("Lea", "no valid token"), ("Kim", "tokens 1, 2"), ("", "no valid token")):
        with pytest.raises(InputError, match=words):
            tokens.revoke(reference)
    assert tokens.revoke("2").name == "Kim", "an id goes before a name"
    assert tokens.revoke("Kim").id == 1
    assert [t.revoked_at is None for t in tokens.all()] == [False, False, True]


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "\x1b[2J", "x" * 101])
def test_a_token_s_name_can_be_printed(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="printable"):
        TokenStore(open_database(tmp_path)).create("agent", name)


def test_a_passing_token_ends_by_itself_and_is_nowhere_else(tmp_path: Path) -> None:
    seconds = [100.0]
    tokens = TokenStore(open_database(tmp_path), ticks=lambda: seconds[0], cache_size=2)
    first = tokens.issue_passing("agent", "demo", 60)
    assert tokens.find(first)
    assert TokenStore(open_database(tmp_path)).find(first) is None
    seconds[0] += 61
    assert tokens.find(first) is None
    some = [tokens.issue_passing("agent", "demo", 60) for _ in range(3)]
    assert [tokens.find(t) is not None for t in some] == [False, True, True], "no more than the cache holds"


def test_the_demo_s_token_opens_the_door(service: Service) -> None:
    token = service.app.extensions["copilot"]["issue_demo_token"]()
    assert service.client.post("/v1/suggestions", json=TICKET, headers=service.auth(token)).status_code == 200


def test_too_many_requests_wait_and_others_do_not(tmp_path: Path) -> None:
    service = build(tmp_path, rate_limit=5)
    for _ in range(5):
        assert service.post("/v1/suggestions", TICKET).status_code == 200
    response = service.post("/v1/suggestions", TICKET)
    error_of(response, 429, "too_many_requests")
    assert 1 <= int(response.headers["Retry-After"]) <= 60
    other = service.auth(service.tokens.create("agent", "Kim"))
    assert service.client.post("/v1/suggestions", json=TICKET, headers=other).status_code == 200


def test_who_guesses_tokens_is_counted_by_address(tmp_path: Path) -> None:
    service = build(tmp_path, rate_limit=5)
    statuses = [
        service.client.post("/v1/suggestions", headers={"Authorization": f"Bearer cp_{n}"}).status_code
        for n in range(7)
    ]
    assert statuses == [401] * 5 + [429] * 2
    assert service.post("/v1/suggestions", TICKET).status_code == 200


def test_finding_a_token_is_fast(service: Service) -> None:
    service.tokens.find(service.token)
    started = time.perf_counter()
    for _ in range(1000):
        service.tokens.find(service.token)
    assert (time.perf_counter() - started) < 0.2, "cached: microseconds"
