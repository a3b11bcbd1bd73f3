"""Canned answers in the contract's shape, told apart by the ticket's subject."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def _base(request: Json, number: int) -> Json:
    ticket = request["ticket"]
    return {
        "request_id": f"request-{number}",
        "ticket_id": ticket.get("id"),
        "revision": "r1",
        "signals": {
            "language": "en",
            "intents": [],
            "needs": [],
            "sentiment": {"label": "neutral", "score": 0.0},
            "occasions": [],
            "churn_risk": {"score": 0.1, "reasons": []},
        },
        "customer": {
            "id": "c-18",
            "tier": "loyal",
            "lifetime_value": 412.5,
            "orders_count": 6,
            "summary": "Customer since March 2023. Second contact this month.",
            "open_concerns": [],
        },
        "selling": {"allowed": True, "reasons": []},
        "similar": [],
        "saves": [],
        "codes": [],
        "drafts": [],
        "delights": [],
        "recovery": None,
        "tags": [],
        "permissions": [],
        "warnings": [],
        "summary": [],
        "degraded": [],
        "timings_ms": {"total": 4.2},
    }


def draft(subject: str, text: str | None = None, stance: str = "resolve", **more: Any) -> Json:
    """One draft whose text names the ticket's subject."""
    return {
        "id": f"draft-{stance}",
        "stance": stance,
        "language": "en",
        "text": text or f"Hello,\n\nthank you for writing about “{subject}”.\n\nKind regards",
        "gaps": [],
        "evidence": [{"type": "ticket", "id": "t-1"}],
        **more,
    }


def plain(request: Json, number: int) -> Json:
    """A customer and one draft."""
    return _base(request, number) | {"drafts": [draft(request["ticket"]["subject"])]}


def silent(request: Json, number: int) -> Json:
    """Nothing good enough to suggest."""
    return _base(request, number)


def rich(request: Json, number: int) -> Json:
    """Every section filled."""
    evidence = [
        {"type": "product", "id": "DWN-50"},
        {"type": "ticket", "id": "t-1003"},
        {"type": "rule", "id": "saves.yaml#richer-cream", "line": 12},
    ]
    text = (
        "Hello Katrin,\n\nthank you for trying it for a week. A gel cream is light by design; what you describe asks "
        "for more oil in it. Our Deep Water Night Cream is made for that, and with SUITS15 it costs you €35.70.\n\n"
        "If you would rather have your money back, send the jar to [[return address]] by [[last day for returns]] and "
        "we refund it in full, opened or not.\n\nWarmly,\n[[your name]]"
    )
    gaps = [{"name": n, "placeholder": n} for n in ("return address", "last day for returns", "your name")]
    answer = _base(request, number)
    answer["signals"] |= {
        "intents": [{"id": "return_request", "score": 0.91, "quote": "I would like to send it back"}],
        "needs": [{"text": "more hydration", "about": "LTW-50", "quote": "it is not hydrating enough"}],
        "occasions": [{"id": "birthday", "quote": "my birthday on Friday"}],
        "sentiment": {"label": "negative", "score": -0.3},
        "churn_risk": {"score": 0.66, "reasons": ["second contact in 14 days"]},
    }
    answer["customer"] |= {
        "tier": "vip",
        "open_concerns": ["Water cream not hydrating enough (order #2182)"],
        "summary": "Customer since March 2023, mostly skincare. Returned a matte lotion in May: too drying.",
    }
    answer["drafts"] = [
        draft("", text, "save", gaps=gaps, evidence=evidence),
        draft("", "Hello Katrin,\n\nof course. Here is how to send it back, and the refund follows.", "resolve"),
        draft("", "Hello Katrin,\n\nbefore we choose: do you use it in the morning or at night?", "ask"),
    ]
    answer["saves"] = [
        {
            "id": "save-1",
            "kind": "alternative",
            "replaces": "LTW-50",
            "sku": "DWN-50",
            "handle": "deep-water-night-cream",
            "title": "Deep Water Night Cream",
            "variant": "50 ml",
            "price": 42.0,
            "price_difference": 13.0,
            "code": "SUITS15",
            "headline": "Swap to the richer night cream",
            "reason": "Asked for more hydration. 7 of 9 customers who said this kept the night cream.",
            "score": 0.83,
            "evidence": evidence,
        },
        {
            "id": "save-2",
            "kind": "alternative",
            "replaces": "LTW-50",
            "sku": "FEC-50",
            "handle": "fern-everyday-cream",
            "title": "Fern Everyday Cream",
            "variant": "50 ml",
            "price": 29.0,
            "price_difference": 0.0,
            "code": None,
            "headline": "A medium-rich cream for day and night",
            "reason": "Richer than a gel, and costs the same.",
            "score": 0.61,
            "evidence": evidence[:1],
        },
    ]
    answer["codes"] = [
        {
            "code": "SUITS15",
            "title": "15 % off something that suits you better",
            "value": {"type": "percentage", "amount": 15},
            "applies_to": None,
            "ends_at": "2099-12-31T23:59:59+00:00",
            "reason": "Works for the night cream: once per customer, not used yet.",
            "evidence": evidence[2:],
        }
    ]
    answer["delights"] = [
        {
            "id": "delight-1",
            "occasion": "birthday",
            "gesture": "A votive candle in the parcel",
            "note": "Katrin, a small light for a good year. From all of us.",
            "cost": 6.5,
            "currency": "EUR",
            "budget": {"scope": "agent:nuala", "remaining": 43.5},
            "quote": "my birthday on Friday",
            "evidence": evidence[2:],
        }
    ]
    answer["similar"] = [
        {
            "ticket_id": "t-1003",
            "score": 0.71,
            "subject": "Gel cream dries out by noon",
            "excerpt": "I wanted to love it, but by lunch my face feels like paper and I have to put on more.",
            "reply": "Hello,\n\nthat is what a gel does in a heated room, sorry. The night cream holds much longer. "
            "Shall I swap it? You pay only the difference, and if it is not right either, both come back.\n\n"
            "Best, Samira",
            "resolution": {"kind": "exchange", "sku": "DWN-50", "code": "SUITS15", "amount": None},
            "outcome": {"csat": 5, "ces": 2, "nps": None, "reopened": False, "kept_revenue": 42.0},
            "tags": ["hydration"],
            "why": "Same product, same need: more hydration",
        },
        {
            "ticket_id": "t-1019",
            "score": 0.55,
            "subject": "Something for very dry skin",
            "excerpt": "What do you have that lasts through a day of heating?",
            "reply": "Try the balm on the dry spots and the cream everywhere else.",
            "resolution": {"kind": "answer", "sku": None, "code": None, "amount": None},
            "outcome": None,
            "tags": [],
            "why": "Same need, another product",
        },
    ]
    answer["summary"] = [
        {"text": "Began with: “My cheeks are tight again.”", "evidence": [{"type": "message", "id": "0"}]},
        {"text": "Order #2182 has not arrived", "evidence": [{"type": "order", "id": "fo-2182"}]},
    ]
    answer["warnings"] = [{"id": "window", "text": "The 30 days for a return end in 3 days."}]
    return answer


def ruled(request: Json, number: int) -> Json:
    """Every section filled, and what else a playbook's rules may ask for: a plan, tags and permissions."""
    rule = [{"type": "rule", "id": "service.yaml#lost-twice", "line": 31}]
    tier = [{"type": "rule", "id": "tiers.yaml#regulars", "line": 8}]
    return rich(request, number) | {
        "recovery": {
            "steps": [
                "Open a search with the carrier and put its number into the reply.",
                "Send a second parcel today by express; nobody waits for the search.",
                "Write the cause into the order.",
            ],
            "follow_up_on": "2099-03-05",
            "evidence": rule,
        },
        "tags": [
            {"id": "parcel-lost", "evidence": rule},
            {"id": "needs-follow-up-from-the-warehouse-team", "evidence": rule},
            {"id": "vip", "evidence": tier},
        ],
        "permissions": [
            {"id": "returnless_refund", "up_to": 30.0, "currency": "EUR", "evidence": tier},
            {"id": "allowance", "up_to": 12.5, "currency": "EUR", "evidence": tier},
        ],
        "currency": "EUR",
    }


def fix_first(request: Json, number: int) -> Json:
    """An adverse reaction: no selling."""
    answer = _base(request, number)
    answer["selling"] = {"allowed": False, "reasons": ["adverse_reaction", "service_failure_open"]}
    answer["signals"]["churn_risk"] = {"score": 0.72, "reasons": ["adverse reaction"]}
    text = (
        "Hello Lucie,\n\nI am sorry. Please stop using the serum, and see a doctor today about the swelling. We refund "
        "it in full; you need not send it back. Could you tell me the batch number on the base, [[batch number]]?"
    )
    answer["drafts"] = [
        draft("", text, "resolve", gaps=[{"name": "batch number", "placeholder": "batch number"}]),
    ]
    answer["saves"] = [
        {
            "id": "fix-1",
            "kind": "fix",
            "replaces": "BBS-30",
            "sku": None,
            "handle": None,
            "title": None,
            "variant": None,
            "price": None,
            "price_difference": None,
            "code": None,
            "headline": "Refund without a return",
            "reason": "An adverse reaction: nobody sends that back.",
            "score": 0.9,
            "evidence": [{"type": "article", "id": "patch-test"}],
        }
    ]
    answer["degraded"] = ["similar_cases"]
    return answer
