"""What every page is guarded by: cookies, the check that a change was meant, and the headers of a page.

A change is meant when it comes from one of our own pages (`Origin`) and carries the CSRF token of the session, which is
an HMAC under the cookie's key: nothing to store, and nobody without the cookie can make it. Before anybody is signed in
a cookie of its own, without any meaning, stands in for the session.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from flask import g, request
from werkzeug.wrappers import Response

from copilot.errors import Forbidden
from copilot.store.sessions import LONGEST

SESSION, VISIT = "copilot_session", "copilot_visit"
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
CSRF_HEADER, CSRF_FIELD = "X-CSRF-Token", "csrf"
HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    # Not `no-referrer`, with which a browser's forms say that they come from nowhere.
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


def policy(nonce: str) -> str:
    """The Content-Security-Policy of a page. The nonce is for the style sheets that the code editor makes."""
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; connect-src 'self'; "
        "img-src 'self' data:; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )


def nonce() -> str:
    """The current response's nonce."""
    made: str = g.get("nonce") or secrets.token_urlsafe(16)
    g.nonce = made
    return made


class Doorway:
    """Cookies and the check of their origin, for the address under which people know the service."""

    def __init__(self, public_url: str = "") -> None:
        self._public = urlsplit(public_url)

    @property
    def secure(self) -> bool:
        """Whether cookies go over TLS only: everywhere but on this machine itself."""
        if self._public.scheme == "https":
            return True
        name = urlsplit(f"//{request.host}").hostname or ""
        try:
            return not (name in LOCAL_NAMES or ip_address(name).is_loopback)
        except ValueError:
            return True

    def _cookie(self, name: str) -> str:
        return f"__Host-{name}" if self.secure else name

    def session_key(self) -> str:
        """What the session's cookie holds; empty without one."""
        return request.cookies.get(self._cookie(SESSION), "")

    def csrf(self) -> str:
        """The token that a change from this browser must carry."""
        key = self.session_key() if g.get("token") else self._visit()
        return hmac.digest(key.encode("utf-8", "replace"), b"csrf", "sha256").hex()

    def _visit(self) -> str:
        made: str = request.cookies.get(self._cookie(VISIT), "") or g.get("visit") or secrets.token_urlsafe(32)
        g.visit = made
        return made

    def demand_meant(self) -> None:
        """Refuses a change that none of our pages asked for.

        Raises:
            Forbidden: says what to do.
        """
        own = {request.host, self._public.netloc} - {""}
        origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site", "same-origin")
        if (origin is not None and urlsplit(origin).netloc not in own) or site not in ("same-origin", "none"):
            raise Forbidden("This was asked for by another page than ours, so nothing was changed.")
        if not g.get("token") and not request.cookies.get(self._cookie(VISIT)):
            said = "Your browser sent no cookie. Allow cookies for this address"
            raise Forbidden(said + (", and open it with https://." if self.secure else "."))
        given = request.headers.get(CSRF_HEADER) or request.form.get(CSRF_FIELD, "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self.csrf().encode()):
            raise Forbidden("This page is older than your sign-in. Load it again, then repeat what you did.")

    def sign_in(self, response: Response, key: str) -> None:
        """Gives the browser its session."""
        self._set(response, SESSION, key, int(LONGEST.total_seconds()))
        response.delete_cookie(self._cookie(VISIT), secure=self.secure, httponly=True, samesite="Lax")

    def sign_out(self, response: Response) -> None:
        """Takes it away."""
        response.delete_cookie(self._cookie(SESSION), secure=self.secure, httponly=True, samesite="Lax")

    def harden(self, response: Response) -> None:
        """The headers of a page, and the visit's cookie where a form was given out without a session."""
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", policy(nonce()))
        if self._public.scheme == "https":
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if (visit := g.get("visit")) and not request.cookies.get(self._cookie(VISIT)):
            self._set(response, VISIT, visit, None)

    def _set(self, response: Response, name: str, value: str, seconds: int | None) -> None:
        kept: dict[str, Any] = {"secure": self.secure, "httponly": True, "samesite": "Lax", "path": "/"}
        response.set_cookie(self._cookie(name), value, max_age=seconds, **kept)


def own_path(target: str, otherwise: str = "/playbooks") -> str:
    """Where to go after a sign-in: one of our pages, never somewhere else."""
    safe = target.isascii() and target.isprintable() and "\\" not in target
    return target if safe and (target == "/playbooks" or target.startswith("/playbooks/")) else otherwise
