"""A service with pages over a fake engine, and people who are signed in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine as Database
from werkzeug.test import TestResponse

from copilot import create_app
from copilot.settings import Settings
from copilot.store.database import open_database
from copilot.store.sessions import SignInLinks
from copilot.store.tokens import Role, TokenStore
from recommenders.domain import Catalog, Code
from tests.api.fake_engine import FakeEngine

START = datetime(2026, 3, 2, 9, 20, tzinfo=UTC)
SAVES = """# What we offer.
version: 1
name: Saves
description: For people for whom something did not work out.
owner: Lea

rules:
  # most people who call it too light are happy with the night cream
  - id: too-light
    note: Our water cream is for oily skin.
    when: {needs: [more_moisture]}
    then:
      code: KEEP10   # ten off
      tags: [better-match]

  - id: sad-news
    when: {sentiment: [negative]}
    then: {warn: "Read it twice."}
"""
CODES = tuple(
    Code(code, "Off", "active", None, None, "percentage", 10.0, purposes=frozenset({"save"}))
    for code in ("KEEP10", "KEEP15")
)
BROKEN = SAVES.replace("    when: {sentiment", "    nte: x\n    when: {sentiment")


class Clock:
    """A clock that stands until it is told."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Desk:
    """The app with all that a test may want to look at."""

    app: Flask
    database: Database
    tokens: TokenStore
    links: SignInLinks
    clock: Clock
    folder: Path
    tried: list[Mapping[str, str]] = field(default_factory=list)

    def browser(self) -> Browser:
        return Browser(self.app.test_client())

    def lead(self, name: str = "Lea", role: Role = "lead") -> Browser:
        """Somebody who is signed in."""
        browser = self.browser()
        response = browser.sign_in(name, self.tokens.create(role, name))
        assert response.status_code == 303, response.text
        return browser

    def files(self) -> dict[str, str]:
        return {path.name: path.read_text("utf-8") for path in sorted(self.folder.glob("*.yaml"))}


@dataclass
class Browser:
    """A client that does what browsers do: cookies, `Origin`, and the CSRF token of the page."""

    client: FlaskClient
    csrf: str = ""

    def get(self, path: str, **more: Any) -> TestResponse:
        response = self.client.get(path, **more)
        if found := re.search(r'name="csrf" value="([0-9a-f]{64})"', response.text):
            self.csrf = found[1]
        return response

    def post(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        """JSON, as the pages' scripts send it."""
        headers = {"Origin": "http://localhost", "X-CSRF-Token": self.csrf, **more.pop("headers", {})}
        return self.client.post(path, json=body, headers=headers, **more)

    def send(self, path: str, **form: str) -> TestResponse:
        """A form."""
        headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
        return self.client.post(path, data={"csrf": self.csrf, **form}, headers=headers)

    def sign_in(self, name: str, token: str, **more: str) -> TestResponse:
        self.get("/sign-in")
        response = self.send("/sign-in", name=name, token=token, **more)
        if response.status_code == 303:
            self.get("/playbooks")
        return response

    def base(self, file: str = "saves.yaml") -> Any:
        return self.told(file)["base"]

    def told(self, file: str = "saves.yaml") -> dict[str, Any]:
        """What the editor's page tells its script."""
        import json

        page = self.get(f"/playbooks/edit/{file}").text
        block = re.search(r'<script type="application/json" id="playbook">(.*?)</script>', page, re.DOTALL)
        assert block
        told: dict[str, Any] = json.loads(block[1])
        return told


@pytest.fixture
def open_desk(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    opened: list[Desk] = []

    def make(files: Mapping[str, str] | None = None, **settings: Any) -> Desk:
        folder, clock, tried = tmp_path / "playbooks", Clock(), []
        folder.mkdir(exist_ok=True)
        for name, text in ({"saves.yaml": SAVES} if files is None else files).items():
            (folder / name).write_bytes(text.encode())
        chosen = Settings(data=tmp_path / "data", playbooks=folder, **settings)
        database = open_database(chosen.data)

        def trial(files: Mapping[str, str]) -> Mapping[str, Any]:
            tried.append(files)
            return {"tickets": 3}

        engine = FakeEngine()
        engine.shop = Catalog(codes=CODES, currency="EUR")
        app = create_app(chosen, engine=engine, clock=clock, database=database, trial=trial)
        desk = Desk(app, database, TokenStore(database), SignInLinks(database, clock), clock, folder, tried)
        opened.append(desk)
        return desk

    yield make
    for desk in opened:
        desk.app.extensions["copilot"]["close"]()


@pytest.fixture
def desk(open_desk: Callable[..., Desk]) -> Desk:
    return open_desk()
