"""Budgets and spends: what is left, spending it, taking it back, and what it led to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime

from flask import Blueprint, Response, request

from copilot.api.auth import caller
from copilot.api.body import json_response, read_json
from copilot.errors import Detail, InvalidRequest
from copilot.ledger_csv import ledger_csv
from copilot.schemas import parse_reversal, parse_spend
from copilot.store.budgets import BudgetStore, Level, month_of
from copilot.store.gesture_report import GestureReports
from copilot.store.ledger import Entry
from copilot.store.spending import Spending, warning_of

_MONTH = re.compile(r"(?:19[7-9]\d|[2-8]\d{3})-(?:0[1-9]|1[0-2])", re.ASCII)
_ID = re.compile(r"[0-9]{1,15}", re.ASCII)


def blueprint(
    budgets: BudgetStore,
    spending: Spending,
    entries: Callable[[str], Iterator[Entry]],
    reports: GestureReports,
    clock: Callable[[], datetime],
) -> Blueprint:
    """The resources, over what they need."""
    views = Blueprint("budgets", __name__)

    @views.get("/v1/budgets")
    def show() -> Response:
        token, now, limits = caller(), clock(), budgets.limits
        agent = (request.args.get("agent") or "").strip()[:255] or token.name
        levels = budgets.of(agent, now)
        return json_response(
            {
                "month": month_of(now),
                "currency": limits.currency or None,
                "budgets": [_level(level) for level in levels],
                "warning": warning_of(levels),
                "customer": {
                    "days": limits.customer_days or None,
                    "amount": float(limits.customer_amount) if limits.customer_amount else None,
                },
                "agents": [_level(level) for level in budgets.by_agent(now)] if token.may("lead") else None,
            }
        )

    @views.get("/v1/budgets/report")
    def report() -> Response:
        return json_response(reports.of(_month()).as_data())

    @views.post("/v1/spends")
    def spend() -> Response:
        receipt = spending.spend(parse_spend(read_json()), caller())
        return json_response(receipt.body, 201 if receipt.made else 200)

    @views.post("/v1/spends/<spend_id>/reversal")
    def reverse(spend_id: str) -> Response:
        order = parse_reversal(read_json(), int(spend_id) if _ID.fullmatch(spend_id) else 0)
        receipt = spending.reverse(order, caller())
        return json_response(receipt.body, 201 if receipt.made else 200)

    @views.get("/v1/spends.csv")
    def export() -> Response:
        month = _month()
        response = Response(ledger_csv(entries(month)), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="spends-{month}.csv"'
        response.headers["Cache-Control"] = "no-store"
        return response

    def _month() -> str:
        given = request.args.get("month")
        if given is None:
            return month_of(clock())
        if not _MONTH.fullmatch(given):
            raise InvalidRequest(details=[Detail("month", "must be a month like 2026-03")])
        return given

    return views


def _level(level: Level) -> dict[str, object]:
    return {
        "scope": level.scope,
        "limit": float(level.limit),
        "spent": float(level.spent),
        "remaining": float(level.remaining),
        "warning": level.warning,
    }
