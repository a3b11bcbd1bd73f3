"""Who may call what: a table of endpoints, bearer tokens, sessions of the pages, and a limit on requests a minute."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Flask, g, request

from copilot.api.limits import RequestLimit
from copilot.errors import Forbidden, TooManyRequests, Unauthorized
from copilot.store.tokens import Role, Token, TokenStore

PUBLIC = None
# By endpoint ("blueprint.view") or by blueprint. What is not listed needs an admin.
ACCESS: Mapping[str, Role | None] = {
    "health.show": PUBLIC,
    "health.openapi": PUBLIC,
    "suggestions.create": "agent",
    "feedback.create": "agent",
    "budgets.show": "agent",
    "budgets.spend": "agent",
    "budgets.reverse": "agent",  # of others only by leads; looks at the caller itself
    "budgets.export": "lead",
    "budgets.report": "lead",
    "playbook_schema.show": PUBLIC,  # editors ask for it without a token
    "pages": "lead",  # with a session and not with a token
    "pages.asset": PUBLIC,
    "pages.sign_in": PUBLIC,  # these look at the caller themselves
    "pages.sign_in_submit": PUBLIC,
    "pages.sign_in_link": PUBLIC,
    "pages.sign_in_link_use": PUBLIC,
    "demo": PUBLIC,  # registered only with the setting `demo`; looks at the caller itself
}


def needed(endpoint: str) -> Role | None:
    """The least role that an endpoint asks for; None: it is public."""
    blueprint = endpoint.partition(".")[0]
    return ACCESS[endpoint] if endpoint in ACCESS else ACCESS.get(blueprint, "admin")


def caller() -> Token:
    """Who makes the current request."""
    token: Token | None = g.get("token")
    if token is None:
        raise Unauthorized
    return token


def _presented() -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def register(
    app: Flask,
    tokens: TokenStore,
    per_minute: int,
    sessions: Mapping[str, Callable[[], Token | None]] | None = None,
) -> None:
    """Has every request identified, counted, then admitted or refused, in this order.

    Counted by token when it is valid, else by address: whoever guesses tokens is stopped like anybody else.
    Blueprints in `sessions` are not called with a token: what is given there says who is signed in.
    """
    signed_in = sessions or {}

    def identify() -> None:
        g.token = None
        if not request.endpoint or needed(request.endpoint) is PUBLIC:
            return
        if find := signed_in.get(request.endpoint.partition(".")[0]):
            g.token = find()
        elif presented := _presented():
            g.token = tokens.find(presented)

    def admit() -> None:
        if not request.endpoint:  # nothing at this address, or not with this method: says so itself
            return
        role = needed(request.endpoint)
        if role is not PUBLIC and not caller().may(role):
            raise Forbidden(f"This needs the role {role}; the token {caller().name!r} has {caller().role}.")

    def who() -> str:
        token: Token | None = g.get("token")
        return f"token:{token.id}:{token.name}" if token else f"address:{request.remote_addr}"

    def count() -> None:
        wait = limit.wait(who()) if request.endpoint else 0
        if wait:
            message = f"More than {per_minute} requests in a minute; wait {wait} s."
            raise TooManyRequests(message, headers={"Retry-After": str(wait)})

    limit = RequestLimit(per_minute)
    for step in (identify, count, admit):
        app.before_request(step)
