"""May we sell here? What was read, and what the records say, as one verdict with its reasons."""

from __future__ import annotations

from recommenders.customers import is_late, recent_cases
from recommenders.domain import Context, Selling

REASONS = (
    "adverse_reaction", "safety", "bereavement", "legal_threat", "chargeback", "fraud_or_security",
    "privacy_request", "harassment", "repeat_contact", "high_anger", "no_marketing_consent_for_upsell",
    "service_failure_open", "vulnerable_customer", "asked_not_to_sell",
)  # fmt: skip
# What the customer asks for is not marketing, whatever they said about newsletters.
ASKS = frozenset(
    {
        "advice_request", "exchange_request", "return_request", "refund_request", "replacement_request",
        "product_dissatisfaction", "code_question", "stock_question", "price_question", "product_question",
        "damaged_item", "wrong_item", "missing_item",
    }
)  # fmt: skip


def judge(context: Context) -> Selling:
    """Whether selling may be part of the answer; each reason with the quote or the fact it rests on.

    Read cautions come from the customer's words; `repeat_contact`, `service_failure_open` and
    `no_marketing_consent_for_upsell` can also follow from the records alone.
    """
    found = {caution.id: caution.quote for caution in context.signals.cautions if caution.id in REASONS}
    signals = context.signals
    asks_about_delivery = signals.intent("order_status", "missing_item", "complaint_service") is not None
    ticket_orders = [context.order] if context.order else list(context.orders)
    if asks_about_delivery:
        late = next((order for order in ticket_orders if is_late(order, context.now)), None)
        if late is not None:
            found.setdefault("service_failure_open", f"{late.name} has not arrived")
    if context.order is not None:
        same = [case for case in recent_cases(context.history, context.now) if _same_order(context, case.order_ids)]
        if len(same) >= 2:
            found.setdefault("repeat_contact", f"{len(same)} earlier contacts about {context.order.name}")
    customer = context.customer
    if (
        customer is not None
        and not customer.marketing_consent
        and not found
        and not any(intent.id in ASKS for intent in signals.intents)
        and not signals.needs
    ):
        found["no_marketing_consent_for_upsell"] = "no marketing consent"
    reasons = tuple(reason for reason in REASONS if reason in found)
    return Selling(not reasons, reasons, {reason: found[reason] for reason in reasons})


def _same_order(context: Context, order_ids: tuple[str, ...]) -> bool:
    order = context.order
    if order is None:
        return False
    own = {order.id.casefold(), order.name.casefold(), order.name.lstrip("#").casefold()}
    return any(reference.casefold() in own or reference.lstrip("#").casefold() in own for reference in order_ids)
