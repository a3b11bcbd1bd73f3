"""Signing in with a token or by a link, and out again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from copilot.pages.security import Doorway, own_path
from copilot.store.sessions import Attempt, LockOut, SessionStore, SignInLinks
from copilot.store.tokens import Token, TokenStore

Answer = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]


@dataclass(frozen=True)
class SignIn:
    """What the views need."""

    doorway: Doorway
    tokens: TokenStore
    sessions: SessionStore
    links: SignInLinks
    lock: LockOut
    whom: Callable[[], tuple[str, ...]]  # names of those who may help an agent


def add_views(views: Blueprint, at: SignIn) -> None:
    """`/sign-in`, `/sign-in/KEY` and `/sign-out`; the pages' blueprint has looked whether a change was meant."""

    @views.get("/sign-in")
    def sign_in() -> Answer:
        held = at.sessions.find(at.doorway.session_key())
        target = own_path(request.args.get("next", ""))
        return redirect(target, 303) if held else _form(target)

    @views.post("/sign-in")
    def sign_in_submit() -> Answer:
        name, target = request.form.get("name", ""), own_path(request.form.get("next", ""))
        attempt = at.lock.begin(_address(), name)
        if attempt.wait:
            return _locked(attempt)
        token = at.tokens.find(request.form.get("token", "").strip())
        if token is None or not token.id or _same(token.name) != _same(name):
            return _form(target, name, wrong=True), 401
        at.lock.succeeded(attempt)
        return _opened(token, target)

    @views.get("/sign-in/<key>")
    def sign_in_link(key: str) -> Answer:
        """Shows whom the link signs in. Only the button takes it: scanners of mails open links as well."""
        attempt = at.lock.begin(_address())
        if attempt.wait:
            return _locked(attempt)
        state, token = at.links.look(key)
        if state != "unknown":
            at.lock.succeeded(attempt)
        if token is None:
            return render_template("link_over.html", state=state), 404 if state == "unknown" else 410
        return render_template("link.html", person=token)

    @views.post("/sign-in/<key>")
    def sign_in_link_use(key: str) -> Answer:
        attempt = at.lock.begin(_address())
        if attempt.wait:
            return _locked(attempt)
        state, _ = at.links.look(key)
        if state != "unknown":
            at.lock.succeeded(attempt)
        token = at.links.use(key)
        if token is None:
            state = at.links.look(key)[0]
            return render_template("link_over.html", state=state), 404 if state == "unknown" else 410
        return _opened(token, own_path(""))

    @views.post("/sign-out")
    def sign_out() -> Answer:
        at.sessions.end(at.doorway.session_key())
        response = redirect(url_for("pages.sign_in"), 303)
        at.doorway.sign_out(response)
        return response

    def _opened(token: Token, target: str) -> Answer:
        if not token.may("lead"):
            return render_template("agents.html", person=token, whom=at.whom()), 403
        if held := at.doorway.session_key():
            at.sessions.end(held)
        response = redirect(target, 303)
        at.doorway.sign_in(response, at.sessions.open(token))
        return response


def _form(target: str, name: str = "", **more: Any) -> str:
    return render_template("sign_in.html", next=target, name=name[:100], **more)


def _locked(attempt: Attempt) -> Answer:
    minutes = -(-attempt.wait // 60)
    return render_template("locked.html", minutes=minutes), 429, {"Retry-After": str(attempt.wait)}


def _address() -> str:
    return request.remote_addr or ""


def _same(name: str) -> str:
    return " ".join(name.split()).casefold()


def person() -> Token:
    """Who is signed in; views that ask for it are listed with a role."""
    token: Token = g.token
    return token
