"""A service for the editor alone: the real language and edits, drafts in a dict, and what trouble a test asks for."""

from __future__ import annotations

import json
import threading
import time
from html import escape
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, request, send_from_directory
from werkzeug.serving import WSGIRequestHandler, make_server

from copilot.pages.security import policy
from copilot.playbooks.edit import EditError, edited
from recommenders.playbooks.loader import check_files
from recommenders.playbooks.schema import json_schema

Json = dict[str, Any]
Answer = Response | tuple[Response, int]
ROOT = Path(__file__).resolve().parents[2]
EDITOR = ROOT / "copilot/pages/static/editor"
NONCE = "n0nce"
CSRF = "meant"
CATALOG = {
    "codes": [{"code": "FACESWAP20", "title": "A better match"}, {"code": "OTHERSCENT", "title": "Another scent"}],
    "products": [
        {
            "handle": "deep-water-night-cream",
            "title": "Deep Water Night Cream",
            "type": "Moisturiser",
            "tags": ["rich"],
        },
        {"handle": "low-tide-water-cream", "title": "Low Tide Water Cream", "type": "Moisturiser", "tags": ["light"]},
    ],
    "types": ["Candle", "Moisturiser"],
    "tags": ["light", "rich"],
}


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nobody reads it."""


class EditorStub:
    """What is published and drafted, what was asked, and what the next answers should be."""

    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        self.drafts: dict[str, tuple[str, int]] = {}
        self.versions: list[Json] = []
        self.asked: list[tuple[str, Json]] = []
        self.report: Json = {}
        self.check_delay = 0.0
        self.signed_out = False
        self.saved_by = ""
        self.app = self._app()
        self.server = make_server("127.0.0.1", 0, self.app, threaded=True, request_handler=_Quiet)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def reset(self, **files: str) -> None:
        """Publishes these files, each a name without its ending, and forgets everything else."""
        self.files = {f"{name}.yaml": text for name, text in files.items()}
        self.drafts.clear()
        self.versions.clear()
        self.asked.clear()
        self.check_delay, self.signed_out, self.saved_by = 0.0, False, ""

    def stop(self) -> None:
        """Frees the port."""
        self.server.shutdown()

    def asked_of(self, path: str) -> list[Json]:
        """The bodies that were sent there."""
        return [body for where, body in self.asked if where == path]

    def somebody_saves(self, file: str, text: str, by: str = "Nora") -> None:
        """As if another lead had saved."""
        self.drafts[file] = (text, self._base(file) + 1)
        self.saved_by = by

    def _base(self, file: str) -> int:
        return self.drafts[file][1] if file in self.drafts else 0

    def _app(self) -> Flask:
        app = Flask(__name__)
        app.json.sort_keys = False  # type: ignore[attr-defined]

        @app.after_request
        def harden(response: Response) -> Response:
            response.headers["Content-Security-Policy"] = policy(NONCE)
            return response

        @app.before_request
        def meant() -> Answer | None:
            if request.method != "POST":
                return None
            if request.headers.get("X-CSRF-Token") != CSRF:
                return jsonify(error={"code": "forbidden", "message": "no CSRF token"}), 403
            if self.signed_out:
                return jsonify(error={"code": "unauthorized", "message": "signed out"}), 401
            self.asked.append((request.path, request.get_json()))
            return None

        @app.get("/playbooks/edit/<file>")
        def edit(file: str) -> str:
            text, base = self.drafts.get(file) or (self.files.get(file, ""), 0 if file in self.files else None)
            told = {
                "file": file, "text": text, "base": base, "csrf": CSRF, "nonce": NONCE,
                "schema_url": "/v1/playbooks/schema.json",
                "others": {name: other for name, other in self.files.items() if name != file},
                "published": self.files.get(file), "catalog": CATALOG,
            }  # fmt: skip
            block = json.dumps(told).replace("<", "\\u003c")
            return (
                f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(file)}</title>"
                "<meta name=viewport content='width=device-width, initial-scale=1'>"
                "<link rel=stylesheet href=/playbooks/static/theme.css>"
                "<link rel=stylesheet href=/playbooks/static/editor/editor.css>"
                "<body><main><h1 class=offscreen>Playbook</h1><div id=editor></div></main>"
                f"<script type=application/json id=playbook>{block}</script>"
                "<script type=module src=/playbooks/static/editor/main.js></script>"
            )

        @app.get("/playbooks/static/theme.css")
        def theme() -> Response:
            return send_from_directory(ROOT / "static/extension/panel", "theme.css")

        @app.get("/playbooks/static/dom.js")
        def dom() -> Response:
            return send_from_directory(ROOT / "static/extension/lib", "dom.js")

        @app.get("/playbooks/static/editor/<path:name>")
        def asset(name: str) -> Response:
            return send_from_directory(EDITOR, name)

        @app.get("/v1/playbooks/schema.json")
        def schema() -> Response:
            return jsonify(json_schema())

        @app.post("/playbooks/check")
        def check() -> Answer:
            files = request.get_json()["files"]
            time.sleep(self.check_delay)
            return jsonify(problems=[problem.as_data() for problem in check_files(files)])

        @app.post("/playbooks/form")
        def form() -> Answer:
            body = request.get_json()
            try:
                return jsonify(text=edited(body["text"], body["edits"]))
            except EditError as error:
                return jsonify(error={"code": "invalid_request", "message": str(error)}), 422

        @app.post("/playbooks/draft")
        def draft() -> Answer:
            body = request.get_json()
            file, there = body["file"], self.drafts.get(body["file"])
            if there and there[1] != body["base"]:
                text, base = there
                at = "2026-03-02T09:14:00+00:00"
                return jsonify(error={"code": "conflict"}, by=self.saved_by, at=at, text=text, base=base), 409
            base = self._base(file) + 1
            self.drafts[file] = (body["text"], base)
            return jsonify(base=base)

        @app.post("/playbooks/try")
        def try_() -> Answer:
            return jsonify(self.report)

        @app.post("/playbooks/publish")
        def publish() -> Answer:
            body = request.get_json()
            files = self.files | {name: text for name, (text, _) in self.drafts.items()}
            problems = [problem for problem in check_files(files) if problem.severity == "error"]
            if problems:
                return jsonify(error={"code": "invalid"}, problems=[problem.as_data() for problem in problems]), 422
            self.files = files
            self.versions.append({"message": body["message"], "files": files})
            return jsonify(version=len(self.versions))

        return app
