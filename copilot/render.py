"""The domain's words to JSON: a Suggestion as the answer of `POST /v1/suggestions`.

Plain dictionaries in the contract's order, without models in between: this runs in every request. Scores are rounded
to four digits and money to cents, so that the same suggestion gives the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from recommenders.domain import (
    Code,
    CodeOffer,
    CustomerView,
    Delight,
    Draft,
    Evidence,
    Permission,
    Recovery,
    Save,
    Signals,
    SimilarCase,
    Suggestion,
)

Json = dict[str, Any]


def render(
    suggestion: Suggestion,
    *,
    request_id: str,
    revision: str,
    sections: frozenset[str],
    timings_ms: Mapping[str, float],
) -> Json:
    """The answer's JSON; sections that were not asked for are empty."""
    s = suggestion
    return {
        "request_id": request_id,
        "ticket_id": s.ticket_id or None,
        "revision": revision,
        "signals": _signals(s.signals),
        "customer": _customer(s.customer),
        "selling": {"allowed": s.selling.allowed, "reasons": list(s.selling.reasons)},
        "similar": [_similar(x) for x in s.similar] if "similar" in sections else [],
        "saves": [_save(x) for x in s.saves] if "saves" in sections else [],
        "codes": [_code(x) for x in s.codes] if "codes" in sections else [],
        "drafts": [_draft(x) for x in s.drafts] if "drafts" in sections else [],
        "delights": [_delight(x) for x in s.delights] if "delights" in sections else [],
        "recovery": _recovery(s.recovery) if s.recovery is not None else None,
        "tags": [{"id": x.id, "evidence": _evidence(x.evidence)} for x in s.tags],
        "permissions": [_permission(x) for x in s.permissions],
        "warnings": [{"id": x.id, "text": x.text} for x in s.warnings],
        "summary": [
            {"text": line.text, "evidence": [{"type": x.type, "id": x.id} for x in line.evidence]} for line in s.summary
        ],
        "currency": s.currency or None,
        "degraded": list(s.degraded),
        "timings_ms": {name: _number(value, 2) or 0.0 for name, value in timings_ms.items()},
    }


def _number(value: float | None, digits: int) -> float | None:
    """Rounded; JSON has no infinity and no NaN, so they are unknown. Adding 0.0 turns -0.0 into 0.0."""
    return None if value is None or not math.isfinite(value) else round(float(value), digits) + 0.0


def _score(value: float) -> float:
    return _number(value, 4) or 0.0


def _money(value: float | None) -> float | None:
    return _number(value, 2)


def _time(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def _evidence(found: Sequence[Evidence]) -> list[Json]:
    return [
        {"type": e.type, "id": e.id} if e.line is None else {"type": e.type, "id": e.id, "line": e.line} for e in found
    ]


def _signals(signals: Signals) -> Json:
    return {
        "language": signals.language,
        "intents": [{"id": i.id, "score": _score(i.score), "quote": i.quote} for i in signals.intents],
        "needs": [{"text": n.text, "about": n.about, "quote": n.quote} for n in signals.needs],
        "sentiment": {"label": signals.sentiment.label, "score": _score(signals.sentiment.score)},
        "occasions": [{"id": o.id, "quote": o.quote} for o in signals.occasions],
        "churn_risk": {"score": _score(signals.churn_risk.score), "reasons": list(signals.churn_risk.reasons)},
    }


def _customer(customer: CustomerView) -> Json:
    return {
        "id": customer.id,
        "tier": customer.tier,
        "lifetime_value": _money(customer.lifetime_value),
        "orders_count": customer.orders_count,
        "summary": customer.summary,
        "open_concerns": list(customer.open_concerns),
    }


def _similar(found: SimilarCase) -> Json:
    case, ended, came = found.case, found.case.resolution, found.case.outcome
    return {
        "ticket_id": case.id,
        "score": _score(found.score),
        "subject": case.subject,
        "excerpt": found.excerpt,
        "reply": found.reply,
        "resolution": ended
        and {"kind": ended.kind, "sku": ended.sku, "code": ended.code, "amount": _money(ended.amount)},
        "outcome": came
        and {
            "csat": came.csat,
            "ces": came.ces,
            "nps": came.nps,
            "reopened": came.reopened,
            "kept_revenue": _money(came.kept_revenue),
        },
        "tags": list(case.tags),
        "why": found.why,
    }


def _save(save: Save) -> Json:
    return {
        "id": save.id,
        "kind": save.kind,
        "replaces": save.replaces,
        "sku": save.sku,
        "handle": save.handle,
        "title": save.title,
        "variant": save.variant,
        "price": _money(save.price),
        "price_difference": _money(save.price_difference),
        "code": save.code,
        "headline": save.headline,
        "reason": save.reason,
        "score": _score(save.score),
        "evidence": _evidence(save.evidence),
    }


def _applies_to(code: Code) -> Json | None:
    if not (code.handles or code.product_types or code.tags):
        return None
    return {
        "handles": sorted(code.handles),
        "product_types": sorted(code.product_types),
        "tags": sorted(code.tags),
    }


def _code(offer: CodeOffer) -> Json:
    code = offer.code
    return {
        "code": code.code,
        "title": code.title,
        "value": {"type": code.value_type, "amount": _money(code.amount) or 0.0},
        "applies_to": _applies_to(code),
        "ends_at": _time(code.ends_at),
        "reason": offer.reason,
        "evidence": _evidence(offer.evidence),
    }


def _draft(draft: Draft) -> Json:
    return {
        "id": draft.id,
        "stance": draft.stance,
        "language": draft.language,
        "text": draft.text,
        "gaps": [{"name": g.name, "placeholder": g.placeholder} for g in draft.gaps],
        "evidence": _evidence(draft.evidence),
    }


def _recovery(recovery: Recovery) -> Json:
    due = recovery.follow_up_on
    return {
        "steps": list(recovery.steps),
        "follow_up_on": due.isoformat() if due is not None else None,
        "evidence": _evidence(recovery.evidence),
    }


def _permission(permission: Permission) -> Json:
    return {
        "id": permission.id,
        "up_to": _money(permission.up_to) or 0.0,
        "currency": permission.currency or None,
        "evidence": _evidence(permission.evidence),
    }


def _delight(delight: Delight) -> Json:
    budget = delight.budget
    return {
        "id": delight.id,
        "occasion": delight.occasion,
        "gesture": delight.gesture,
        "note": delight.note,
        "cost": _money(delight.cost),
        "currency": delight.currency,
        "budget": budget and {"scope": budget.scope, "remaining": _money(budget.remaining) or 0.0},
        "quote": delight.quote,
        "evidence": _evidence(delight.evidence),
    }
