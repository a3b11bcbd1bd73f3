"""A report of a trial as the service gives it, with hostile words in it."""

from __future__ import annotations

from typing import Any

_GROUP = {"tickets": 31, "csat": 4.1, "rated": 20, "kept_revenue": 410.0, "kept": 9, "reopened": 0.03}
_AGENTS = {
    "tickets": 31, "kinds": {"refund": 12, "exchange": 9}, "amount": 120.0, "gave_product": 9, "same_product": 6,
    "gave_code": 4, "same_code": 3,
}  # fmt: skip
REPORT: dict[str, Any] = {
    "tickets": 1200,
    "from": "2026-01-01",
    "until": "2026-02-28",
    "coverage": {"tickets": 31, "share": 0.0258, "before_tickets": 20, "before_share": 0.0167},
    "rules": [
        {
            "rule": "saves.yaml#dry-skin", "id": "dry-skin", "file": "saves.yaml", "line": 7, "enabled": True,
            "fires": 31, "before": 20, "share": 0.0258, "arms": {"treated": 31, "control": 0},
            "shows": {"saves": 28, "codes": 30}, "spend": 0.0, "agents": _AGENTS,
            "outcomes": {"fires": _GROUP, "else": _GROUP},
            "examples": [
                {
                    "ticket_id": "t-17", "subject": "<b>Not hydrating</b>",
                    "quote": "<script>document.title='!'</script> my skin is so dry",
                    "because": ["needs: more_moisture"], "arm": "treated",
                    "changes": ["would have preferred FACESWAP20"],
                }
            ],
        },
        {
            "rule": "saves.yaml#too-loud", "id": "too-loud", "file": "saves.yaml", "line": 12, "enabled": True,
            "fires": 0, "before": 0, "share": 0.0, "arms": {"treated": 0, "control": 0}, "shows": {}, "spend": 0.0,
            "agents": {}, "outcomes": {}, "examples": [],
        },
    ],
    "gone": [],
    "never": [
        {
            "rule": "saves.yaml#too-loud", "line": 12, "why": "needs: milder_scent fails on 1200 of 1200 tickets",
            "fails": {}, "only": {},
            "nearest": [{"ticket_id": "t-3", "quote": "it smells a bit", "fails": ["needs: milder_scent"]}],
        }
    ],
    "collisions": [
        {
            "rules": ["saves.yaml#dry-skin", "more.yaml#winter"], "kind": "codes",
            "why": "dry-skin asks for FACESWAP20, winter for OTHERSCENT", "tickets": 4, "examples": ["t-17"],
        }
    ],
    "changed": {"tickets": 11, "shown": 1},
    "changes": [
        {
            "ticket_id": "t-17", "subject": "Not hydrating <img src=x>", "quote": "my skin is so dry",
            "before": ["codes: OTHERSCENT"], "after": ["codes: FACESWAP20"],
            "rules_before": [], "rules_after": ["saves.yaml#dry-skin"],
        }
    ],
    "spend": {
        "currency": "EUR", "budget": 180.0, "agent_budget": 45.0, "before": 20.0, "after": 42.5,
        "months": [{"month": "2026-01", "before": 20.0, "after": 42.5}], "over": [],
    },
    "agents": _AGENTS,
    "outcomes": {"fires": _GROUP, "else": _GROUP},
    "notes": [],
}  # fmt: skip
