"""The pages of playbooks: the list, the editor, trying and publishing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from copilot.api.body import json_response
from copilot.api.failures import request_id
from copilot.errors import InvalidRequest, NotReady, error_body
from copilot.pages.bodies import DraftIn, FileIn, Files, FormIn, PublishIn, RollbackIn, TryIn, said
from copilot.pages.failures import wants_json
from copilot.pages.security import Doorway, nonce
from copilot.pages.sign_in import person
from copilot.playbooks.diff import compare
from copilot.playbooks.edit import EditError, edited
from copilot.playbooks.outline import outline
from copilot.playbooks.publishing import FILE_NAME, Conflict, Invalid, Publisher, Refused, State, base_of, base_of_draft
from recommenders.domain import Catalog
from recommenders.playbooks.loader import Problem, check_files

Answer = str | Response | tuple[str, int]
METRICS_OF = timedelta(days=30)
COMPLETED = 2000  # products that an editor is told of
PAGE = 30  # versions on a page of the history
NEW_FILE = """# yaml-language-server: $schema=/v1/playbooks/schema.json
version: 1
name: {name}
description: What this playbook is for.
owner: {owner}

rules: []
"""


class RuleMetrics(Protocol):
    """What became of what a rule showed; `copilot.store.rule_metrics`."""

    def as_data(self) -> Mapping[str, Any]:
        """shown, inserted, edited, dismissed, saved_revenue, spend."""
        ...


@dataclass(frozen=True)
class Desk:
    """What the views need. `trial` plays the past through a set of files; `faults` are why a set is not in force."""

    doorway: Doorway
    publisher: Publisher
    catalog: Callable[[], Catalog]
    metrics: Callable[[datetime], Mapping[str, RuleMetrics]]
    trial: Callable[[Mapping[str, str]], Mapping[str, Any]]
    faults: Callable[[], tuple[str, ...]]
    clock: Callable[[], datetime]


def add_views(views: Blueprint, at: Desk) -> None:
    """Everything below `/playbooks` but its static files."""
    trying = threading.Lock()

    # ------------------------------------------------------------ looking

    @views.get("/playbooks")
    def playbooks() -> Answer:
        state, me = at.publisher.state(), person()
        drafts = {draft.file: draft for draft in at.publisher.drafts.of(me.name)}
        others: dict[str, list[Any]] = {}
        for draft in at.publisher.drafts.all():
            if draft.author != me.name:
                others.setdefault(draft.file, []).append(draft)
        metrics = {rule: found.as_data() for rule, found in at.metrics(at.clock() - METRICS_OF).items()}
        planned = at.publisher.draft_set(me.name, state.version)
        problems = at.publisher.check(planned) if drafts else state.problems
        return render_template(
            "playbooks.html",
            state=state,
            files=[
                _card(name, state, drafts, others.get(name, []), planned, problems, metrics)
                for name in sorted({*state.version.files, *drafts})
            ],
            changes=compare(state.version.files, planned),
            blocked=any(problem.severity == "error" for problem in problems),
            since=METRICS_OF.days,
            currency=at.catalog().currency,
            faults=at.faults(),
            done=request.args.get("done", ""),
        )

    @views.get("/playbooks/edit/<path:file>")
    def edit(file: str) -> Answer:
        if not FILE_NAME.fullmatch(file):
            raise NotFound
        state, me = at.publisher.state(), person()
        published, draft = state.version.files.get(file), at.publisher.drafts.get(me.name, file)
        planned = at.publisher.draft_set(me.name, state.version)
        text = published if draft is None else draft.text
        if text is None:
            stem = file.rpartition("/")[2].rpartition(".")[0]
            text = NEW_FILE.format(name=stem.replace("-", " ").capitalize(), owner=me.name)
        new = published is None and draft is None
        told: dict[str, Any] = {
            "file": file,
            "text": text,
            "base": None if new else base_of_draft(draft) if draft else base_of(state.version, None),
            "csrf": at.doorway.csrf(),
            "nonce": nonce(),
            "schema_url": "/v1/playbooks/schema.json",
            "others": {name: other for name, other in planned.items() if name != file},
            "published": published,
            "editors": _editors(file),
            "catalog": _named(at.catalog()),
        }
        return render_template("edit.html", told=told, file=file, text=text, editors=_editors(file), draft=draft)

    @views.post("/playbooks/new")
    def new() -> Answer:
        name = request.form.get("name", "").strip().lower().replace(" ", "-").removesuffix(".yaml") + ".yaml"
        if not FILE_NAME.fullmatch(name) or "/" in name:
            raise InvalidRequest("A file's name has letters, digits, - and _, like winter-returns.yaml.")
        return redirect(url_for("pages.edit", file=name), 303)

    # ------------------------------------------------------------ what the editor asks

    @views.post("/playbooks/check")
    def check() -> Answer:
        body, state = said(Files), at.publisher.state()
        files = at.publisher.draft_set(person().name, state.version) | body.files
        return json_response({"problems": [p.as_data() for p in check_files(files, at.catalog())]})

    @views.post("/playbooks/form")
    def form() -> Answer:
        body = said(FormIn)
        try:
            return json_response({"text": edited(body.text, body.edits)})
        except EditError as error:
            raise InvalidRequest(str(error)) from error

    @views.post("/playbooks/draft")
    def draft() -> Answer:
        body, me = said(DraftIn), person()
        try:
            base = at.publisher.save_draft(me.name, body.file, body.text, body.base)
        except Conflict as conflict:
            return _conflict(conflict, body.text)
        except Refused as refused:
            raise InvalidRequest(str(refused)) from refused
        if not wants_json():
            return redirect(url_for("pages.playbooks", done="saved"), 303)
        held = at.publisher.drafts.get(me.name, body.file) is not None
        return json_response({"base": base, "draft": held, "editors": _editors(body.file)})

    @views.post("/playbooks/discard")
    def discard() -> Answer:
        base, text = at.publisher.discard(person().name, said(FileIn).file)
        if not wants_json():
            return redirect(url_for("pages.playbooks", done="discarded"), 303)
        return json_response({"base": base, "text": text})

    @views.post("/playbooks/try")
    def try_() -> Answer:
        body = said(TryIn)
        files = at.publisher.draft_set(person().name, at.publisher.state().version) | {body.file: body.text}
        problems = check_files(files, at.catalog())
        if any(problem.severity == "error" for problem in problems):
            return _invalid(Invalid(tuple(problems)))
        if not trying.acquire(blocking=False):
            raise NotReady("Somebody else is trying a change just now; try again in a moment.")
        try:
            return json_response(at.trial(files))
        finally:
            trying.release()

    # ------------------------------------------------------------ publishing

    @views.post("/playbooks/publish")
    def publish() -> Answer:
        body = said(PublishIn)
        try:
            version = at.publisher.publish(person().name, body.message, body.base, body.file)
        except Conflict as conflict:
            own = at.publisher.drafts.get(person().name, conflict.file)
            return _conflict(conflict, own.text if own else None)
        except Invalid as invalid:
            return _invalid(invalid)
        except Refused as refused:
            raise InvalidRequest(str(refused)) from refused
        if not wants_json():
            return redirect(url_for("pages.playbooks", done="published"), 303)
        return json_response({"version": version.id})

    @views.post("/playbooks/rollback")
    def rollback() -> Answer:
        body = said(RollbackIn)
        try:
            version = at.publisher.rollback(person().name, body.version, body.message)
        except Invalid as invalid:
            return _invalid(invalid)
        except Refused as refused:
            raise InvalidRequest(str(refused)) from refused
        if not wants_json():
            return redirect(url_for("pages.playbooks", done="rolled-back"), 303)
        return json_response({"version": version.id})

    # ------------------------------------------------------------ history

    @views.get("/playbooks/history")
    def history() -> Answer:
        state = at.publisher.state()
        before = request.args.get("before", type=int)
        versions = at.publisher.versions.newest(PAGE + 1, before)
        olds = [*versions[1:], None]
        rows = [
            (version, compare(old.files if old else {}, version.files))
            for version, old in zip(versions, olds, strict=True)
        ][:PAGE]
        more = rows[-1][0].id if len(versions) > PAGE else None
        return render_template("history.html", rows=rows, current=state.version, state=state, more=more)

    @views.get("/playbooks/history/<int:number>")
    def version(number: int) -> Answer:
        state, meant = at.publisher.state(), at.publisher.versions.get(number)
        if meant is None:
            raise NotFound
        older = next(iter(at.publisher.versions.newest(1, before=number)), None)
        against = state.version if request.args.get("with") == "now" else older
        diffs = compare(against.files if against else {}, meant.files)
        if request.args.get("with") == "now":  # read as: what going back would change
            diffs = compare(state.version.files, meant.files)
        if wants_json():
            return json_response({**asdict(meant), "created_at": meant.created_at.isoformat()})
        return render_template(
            "version.html",
            version=meant,
            against=against,
            current=state.version,
            diffs=diffs,
            unified=request.args.get("view") == "unified",
        )

    @views.get("/playbooks/changes")
    def changes() -> Answer:
        state, me = at.publisher.state(), person()
        planned = at.publisher.draft_set(me.name, state.version)
        return _changes(state, planned, at.publisher.check(planned))

    # ------------------------------------------------------------ what several of them say

    def _changes(state: State, planned: Mapping[str, str], problems: tuple[Problem, ...]) -> str:
        return render_template(
            "changes.html",
            state=state,
            diffs=compare(state.version.files, planned),
            problems=problems,
            blocked=any(problem.severity == "error" for problem in problems),
            unified=request.args.get("view") == "unified",
        )

    def _editors(file: str) -> list[dict[str, str]]:
        me = person().name
        return [
            {"name": draft.author, "at": draft.saved_at.isoformat()}
            for draft in at.publisher.drafts.all()
            if draft.file == file and draft.author != me
        ]

    def _conflict(conflict: Conflict, own: str | None) -> Answer:
        if wants_json():
            body = error_body(409, str(conflict), request_id())
            told = {"by": conflict.by, "at": conflict.at.isoformat(), "text": conflict.text, "base": conflict.base}
            return json_response({**body, **told, "kept": conflict.kept, "file": conflict.file}, 409)
        diffs = compare({conflict.file: conflict.text or ""}, {conflict.file: own or ""})
        page = render_template("conflict.html", conflict=conflict, own=own, diffs=diffs, unified=False)
        return page, 409

    def _invalid(invalid: Invalid) -> Answer:
        if wants_json():
            body = error_body(422, str(invalid), request_id())
            return json_response({**body, "problems": [p.as_data() for p in invalid.problems]}, 422)
        state = at.publisher.state()
        planned = at.publisher.draft_set(person().name, state.version)
        return _changes(state, planned, invalid.problems), 422


def _card(
    name: str,
    state: State,
    drafts: Mapping[str, Any],
    others: list[Any],
    planned: Mapping[str, str],
    problems: tuple[Problem, ...],
    metrics: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """A file as the list shows it."""
    published = state.version.files.get(name)
    text = planned.get(name, published or "")
    said_of = outline(text)
    base = name.rpartition("/")[2]
    rules = [{"rule": rule, "metrics": metrics.get(f"{base}#{rule.id}")} for rule in said_of.rules]
    found = [problem for problem in problems if problem.file == name]
    status = "live" if published is not None else "new"
    if name not in planned:
        status = "removed"
    return {
        "name": name,
        "outline": said_of,
        "status": status,
        "draft": drafts.get(name),
        "others": others,
        "rules": rules,
        "errors": [problem for problem in found if problem.severity == "error"],
        "warnings": [problem for problem in found if problem.severity == "warning"],
        "by_hand": state.version.kind == "outside" and name in state.version.message,
    }


def _named(catalog: Catalog) -> dict[str, Any]:
    """What the shop has, for completion."""
    products = [
        {"handle": product.handle, "title": product.title, "type": product.type, "tags": list(product.tags)}
        for product in catalog.products[:COMPLETED]
    ]
    return {
        "codes": [{"code": code.code, "title": code.title} for code in catalog.codes],
        "products": products,
        "types": sorted({product.type for product in catalog.products} - {""}),
        "tags": sorted({tag for product in catalog.products for tag in product.tags}),
        "currency": catalog.currency,
    }
