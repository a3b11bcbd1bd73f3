"""Which plans a reply tells: one remedy at a time, the one that was asked for, and none that the records contradict."""

from __future__ import annotations

from recommenders.drafts.situation import ARRIVED, NEEDS_ORDER, Situation

# Questions that a source can answer; without one we say that we will find out.
QUESTIONS = frozenset(
    {
        "product_question", "how_to", "shipping_question", "price_question", "subscription", "gift_request",
        "stock_question", "payment_question", "account", "advice_request",
    }
)  # fmt: skip
RETURNS = frozenset({"return_request", "refund_request"})
# What a return or a refund makes superfluous.
SETTLED_BY_RETURN = frozenset(
    {"product_dissatisfaction", "damaged_item", "high_anger", "exchange_request", "replacement_request"}
)
PERSONAL = frozenset({"high_anger", "repeat_contact"})  # whose own plan goes through what happened
MOST = 2  # plans of one reply


def plan_topics(situation: Situation, *, beside_save: bool, named_code: bool) -> list[str]:
    """Topics whose plans are told: the gravest matter, then at most two things that were asked for.

    Args:
        situation: the reading of the ticket.
        beside_save: another draft offers something; this one is the way back.
        named_code: the ticket names a code or what looks like one; else a question about codes is a wish for one.
    """
    # To answer one question more than was meant costs nothing; to act on a weak reading may.
    topic = situation.topic
    asked = [name for name in situation.intents if name in situation.strong or name in QUESTIONS]
    if not named_code:
        asked = ["code_wish" if name == "code_question" else name for name in asked]
    if topic in ("service_failure_open", "repeat_contact"):
        asked = ["late" if name == "order_status" else name for name in asked]
    if beside_save and not RETURNS & set(asked):
        return ["return_request"]
    if RETURNS & set(asked):
        asked = [name for name in asked if name not in SETTLED_BY_RETURN]
        if set(asked) >= RETURNS:  # one of the two: what is the more urgent to the customer
            asked.remove("return_request")
    elif topic == "high_anger":
        asked = [name for name in asked if name not in SETTLED_BY_RETURN]
    if "replacement_request" in asked and set(ARRIVED) & set(asked):
        # The plans for a wrong or missing piece are that it is sent; for a damaged one there is a choice.
        asked.remove("damaged_item" if "damaged_item" in asked else "replacement_request")
    if {"exchange_request", "replacement_request"} & set(asked) and "product_dissatisfaction" in asked:
        asked.remove("product_dissatisfaction")  # they know what they want instead
    if "advice_request" in asked and len(asked) > 1:
        asked.remove("advice_request")  # who knows already what to ask for needs no questions
    if "complaint_service" in asked and (len(asked) > 1 or topic in PERSONAL):
        asked.remove("complaint_service")
    asked = asked[:MOST]
    own_plan = topic not in situation.strong and not (topic == "service_failure_open" and asked)
    if topic == "high_anger" and RETURNS & set(asked):
        own_plan = False
    return list(dict.fromkeys(([topic] if own_plan else []) + asked)) or [topic]


def chosen(topic: str, situation: Situation) -> str:
    """The plan that fits what the order's record says: no search for a parcel that arrived, no refund twice."""
    order = situation.order
    if order is None:
        return topic
    if topic in ("late", "order_status") and order.delivered_at is not None:
        return "not_received"
    if topic == "refund_request" and order.financial_status.casefold() == "refunded":
        return "refund_made"
    if topic in (*RETURNS, "product_dissatisfaction") and situation.window and not set(ARRIVED) & set(situation.strong):
        return f"{'window_over' if topic in RETURNS else topic}.late"
    return topic


def is_remedy(topic: str) -> bool:
    """Whether a topic asks for something to be put right."""
    return topic in NEEDS_ORDER or topic in RETURNS
