"""An engine with one canned answer, in which every field is filled."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from copilot.engine import Ask
from copilot.ports import Health
from recommenders.domain import (
    Budget,
    Case,
    Catalog,
    ChurnRisk,
    Code,
    CodeOffer,
    CustomerView,
    Delight,
    Draft,
    Evidence,
    Gap,
    Intent,
    Message,
    Need,
    Occasion,
    Outcome,
    Resolution,
    Save,
    Selling,
    Sentiment,
    Signals,
    SimilarCase,
    Source,
    Suggestion,
    SummaryLine,
    Warning,
)

THEN = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
CASE = Case(
    id="t-1",
    subject="Too thin",
    channel="email",
    language="en",
    customer_id="c-2",
    order_ids=("#9",),
    created_at=THEN,
    resolved_at=THEN,
    tags=("fit",),
    messages=(Message("customer", "It is too thin."),),
    resolution=Resolution("exchange", sku="B-2", amount=3.999),
    outcome=Outcome(csat=5, kept_revenue=39.5),
)
CODE = Code("KEEP10", "Ten off", "active", None, THEN, "percentage", 10.0, product_types=frozenset({"Rug", "Mat"}))
PROOF = (Evidence("product", "B-2"), Evidence("rule", "a.yaml#thin", 12))
SUGGESTION = Suggestion(
    ticket_id=None,
    signals=Signals(
        language="en",
        intents=(Intent("return_request", 0.912345, "send it back"),),
        needs=(Need("thicker", "something thicker", "B-1", "too thin", 0.8),),
        sentiment=Sentiment("negative", -0.4),
        occasions=(Occasion("wedding", 0.9, "our wedding"),),
        churn_risk=ChurnRisk(0.62, ("second contact in 14 days",)),
    ),
    customer=CustomerView("c-1", "loyal", 412.499, 6, "Buys rugs."),
    selling=Selling(True, ()),
    similar=(SimilarCase(CASE, 0.8234567, "It is too thin.", "Take the thick one.", "Same problem"),),
    saves=(
        Save(
            "s-1", "alternative", "B-1", "B-2", "thick-rug", "Thick rug", "200 x 300", 39.5, 11.5, "KEEP10",
            "Thicker", "Twice the pile.", 0.9, PROOF,
        ),
    ),
    codes=(CodeOffer(CODE, "Fits rugs", PROOF),),
    drafts=(Draft("d-1", "save", "en", "Hi, [[day]].", (Gap("day", "day"),), PROOF),),
    delights=(
        Delight("g-1", "wedding", "Card", "All the best", 12.5, "EUR", Budget("agent:maria", 50), "our wedding", PROOF),
        Delight("g-2", "wedding", "A call", None, None, "EUR", None, "our wedding", PROOF),
    ),
    warnings=(Warning("w-1", "Order is open."),),
    summary=(SummaryLine("Began with: “Hello”", (Source("message", "0"),)),),
    timings_ms={"retrieve": 0.1234},
)  # fmt: skip


class FakeEngine:
    """Answers every ticket with the canned suggestion; a subject of "explode" is a fault. Remembers what was asked."""

    def __init__(self, suggestion: Suggestion = SUGGESTION, degraded: tuple[str, ...] = ()) -> None:
        self.suggestion = suggestion
        self.degraded = degraded
        self.asked: list[Ask] = []
        self.closed = False
        self.shop = Catalog(currency="EUR")

    def suggest(self, ask: Ask) -> Suggestion:
        if ask.ticket.subject == "explode":
            raise RuntimeError("secret customer text")
        self.asked.append(ask)
        return replace(self.suggestion, ticket_id=ask.ticket.id or None, degraded=self.degraded)

    def health(self) -> Health:
        return Health(tickets=3, model="fake", degraded=self.degraded)

    def catalog(self) -> Catalog:
        return self.shop

    def close(self) -> None:
        self.closed = True
