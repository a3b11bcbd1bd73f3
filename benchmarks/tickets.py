"""Requests for the demo shop, no two alike, so that nothing remembered from one helps with another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from itertools import takewhile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
NOW = "2026-11-22T09:00:00+01:00"  # the day of the demo's tickets
COUNT = 60
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def requests(count: int = COUNT) -> list[dict[str, Any]]:
    """The open tickets of the demo helpdesk, then openings of the shop's resolved ones, taken evenly."""
    open_tickets = [_open(t) for t in json.loads((ROOT / "demo/helpdesk/tickets.json").read_text("utf-8"))["tickets"]]
    lines = (ROOT / "demo/shop/tickets.jsonl").read_text("utf-8").splitlines()
    cases = [body for line in lines if (body := _resolved(json.loads(line)))["ticket"]["messages"]]
    wanted = max(0, count - len(open_tickets))
    return (open_tickets + [cases[at * len(cases) // wanted] for at in range(wanted)])[:count]


def varied(bodies: list[dict[str, Any]], rounds: int) -> Iterator[dict[str, Any]]:
    """Every request once a round, with a sentence in it that no other request has."""
    number = 0
    for _ in range(rounds):
        for body in bodies:
            made = deepcopy(body)
            number += 1
            hour, minute = 8 + number // 60 % 12, number % 60
            said = f"You reach me on {_DAYS[number % 7]} after {hour}:{minute:02}.\n\n"
            last = next(m for m in reversed(made["ticket"]["messages"]) if m["author"] == "customer")
            last["text"] = said + last["text"]
            made["ticket"]["id"] = f"bench-{number}"
            yield made


def _open(row: dict[str, Any]) -> dict[str, Any]:
    messages = [{k: m[k] for k in ("author", "name", "sent_at", "text") if k in m} for m in row["messages"]]
    ticket = {k: row[k] for k in ("id", "subject", "channel", "tags")}
    return {
        "ticket": {**ticket, "messages": messages, "order_ids": row["orders"]},
        "customer": {"email": row["customer"]["email"]},
        "agent": {"id": "bench"},
        "now": NOW,
    }


def _resolved(row: dict[str, Any]) -> dict[str, Any]:
    """What the customer wrote before the first reply."""
    opening = takewhile(lambda m: m["author"] != "agent", row["messages"])
    said = [m.get("text") or m["html"] for m in opening if m["author"] == "customer"]
    messages = [{"author": "customer", "text": text} for text in said]
    ticket = {"subject": row["subject"], "channel": row["channel"], "order_ids": row["order_ids"]}
    return {
        "ticket": {**ticket, "messages": messages},
        "customer": {"id": row["customer_id"]} if row["customer_id"] else {},
        "agent": {"id": "bench"},
        "now": NOW,
    }
