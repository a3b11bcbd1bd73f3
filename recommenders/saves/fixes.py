"""Fixes: what puts a failure right and sells nothing: the same thing again, an answer that worked, money back."""

from __future__ import annotations

from recommenders.domain import Context, Evidence, OrderLine
from recommenders.saves import wording
from recommenders.saves.candidate import Candidate
from recommenders.saves.outcomes import Outcomes, went_well

FAULTS = ("damaged_item", "wrong_item", "missing_item")
# Where someone may have been hurt the thing is not sent again, and what was paid goes back.
HARM = frozenset({"adverse_reaction", "safety"})
# Where nothing is proposed at all, unless something that we failed at is still open.
QUIET = frozenset({"bereavement", "privacy_request", "harassment", "fraud_or_security", "legal_threat", "chargeback"})
_MONEY_BACK = ("refund_request", "return_request")
_QUESTIONS = ("how_to", "product_question", "product_dissatisfaction", "damaged_item", "advice_request")
_ALIKE = 0.35  # a similar case below this proves nothing about how to help


def fixes(context: Context, outcomes: Outcomes) -> list[Candidate]:
    """Fixes for the lines that the ticket is about, best first."""
    reasons = frozenset(context.selling.reasons)
    fault = context.signals.intent(*FAULTS)
    lines = [line for line in context.about.values() if line is not None]
    if reasons & QUIET and fault is None:
        return []
    if reasons & HARM:
        return [_money_back(context, line, "Take it back: it must not be used further") for line in lines]
    found: list[Candidate] = []
    if fault is not None or (
        context.signals.intent("replacement_request") and not context.signals.intent("exchange_request")
    ):
        found += [again(context, line, fault.id if fault else "replacement_request") for line in lines]
    if context.signals.intent(*_QUESTIONS) is not None:
        found += _answers(context, outcomes, lines)
    if not found and reasons & {"asked_not_to_sell", "vulnerable_customer"} and context.signals.intent(*_MONEY_BACK):
        found += [_money_back(context, line, "A refund, and no offer") for line in lines]
    return found


def again(context: Context, line: OrderLine, why: str) -> Candidate:
    """The thing that was ordered, once more; its price when it is sold out."""
    known = context.catalog.by_sku.get(line.sku)
    if known is None or not known[0].active or not known[1].in_stock:
        return _money_back(context, line, "It is sold out, so a new one can't be sent")
    product, variant = known
    name = wording.full_name(product, variant)
    said = {
        "damaged_item": "It did not arrive or work as it should",
        "wrong_item": "Another thing came than was ordered",
        "missing_item": "It was not in the parcel",
    }.get(why, "The customer asks for a new one")
    headline = f"Send what was ordered: {name}" if why == "wrong_item" else f"Send a new one: {name}"
    return Candidate(
        "replacement", line, product, variant, 0.92, headline, f"{said}; in stock, no charge.",
        (Evidence("product", variant.sku), *_order_of(context, line)),
    )  # fmt: skip


def _answers(context: Context, outcomes: Outcomes, lines: list[OrderLine]) -> list[Candidate]:
    """An answer that settled a similar case about the same product."""
    by_sku = context.catalog.by_sku
    handles = {by_sku[s][0].handle for s in context.about if s in by_sku}
    for similar in context.similar[:3]:
        case = similar.case
        about_same = bool(outcomes.products_of(case.id) & handles)
        solved = case.resolution is not None and case.resolution.kind == "answer" and went_well(case.outcome)
        if solved and about_same and similar.score >= _ALIKE:
            line = lines[0] if len(lines) == 1 else None
            return [
                Candidate(
                    "fix", line, None, None, 0.8, "An answer settled this before",
                    f"A similar case, \u201c{wording.quotable(case.subject) or case.id}\u201d, ended well "
                    "with an explanation and without a return.",
                    (Evidence("ticket", case.id), *(_order_of(context, line) if line else ())),
                )
            ]  # fmt: skip
    return []


def _money_back(context: Context, line: OrderLine, why: str) -> Candidate:
    paid = wording.money(line.price, context.catalog.currency)
    return Candidate(
        "fix", line, None, None, 0.7, f"Refund {line.title or line.sku}: {paid} was paid", f"{why}.",
        _order_of(context, line) or (Evidence("product", line.sku),),
    )  # fmt: skip


def _order_of(context: Context, line: OrderLine) -> tuple[Evidence, ...]:
    order = next((o for o in context.orders if line in o.lines), context.order)
    return (Evidence("order", order.id),) if order is not None else ()
