"""What each label means, in the words of the instructions that a model gets."""

from __future__ import annotations

from collections.abc import Mapping

from recommenders.signals import CAUTIONS, INTENTS, OCCASIONS
from recommenders.signals.agree import Family
from recommenders.signals.needs import need_kinds

MEANINGS: Mapping[str, str] = {
    # intents
    "return_request": "wants to send something back",
    "refund_request": "wants money back",
    "exchange_request": "wants another variant or product instead",
    "replacement_request": "wants the same again, because it is broken, lost or wrong",
    "cancel_order": "wants an order cancelled",
    "change_order": "wants address, items or delivery day of an order changed that is not out yet",
    "order_status": "asks where an order is: late, lost, tracking does not move",
    "wrong_item": "another thing came than was ordered",
    "missing_item": "something of the order was not in the parcel",
    "damaged_item": "arrived broken or leaking, or broke, or never worked",
    "product_dissatisfaction": "the product works as meant, but does not suit this customer",
    "advice_request": "asks which product is right, or for something that suits better",
    "product_question": "asks for a fact about a product: ingredients, material, size, compatibility",
    "how_to": "asks how to use, clean or assemble something",
    "stock_question": "asks whether or when something is available",
    "price_question": "asks about a price",
    "code_question": "asks for a discount code, or about one that does not work",
    "payment_question": "asks about a charge or an invoice",
    "shipping_question": "asks how long or how much delivery takes, or where to",
    "subscription": "wants a subscription paused, skipped, changed or ended",
    "gift_request": "asks for wrapping, a card, or a parcel without prices",
    "account": "asks about log-in, password, address book or newsletter",
    "complaint_service": "complains about the shop itself: no answer, rudeness, broken promises",
    "praise": "is pleased and says so",
    "small_talk": "thanks, greets or jokes, and wants nothing",
    "off_topic": "has nothing to do with a shop",
    # cautions
    "adverse_reaction": "somebody's body reacted badly to a product",
    "safety": "a product is dangerous, or somebody was or could be hurt",
    "bereavement": "somebody died",
    "legal_threat": "a lawyer, a court, an authority or a claim is mentioned as a threat",
    "chargeback": "the payment is or will be disputed with a bank",
    "fraud_or_security": "a stranger used an account or a card, or the message looks like a scam",
    "privacy_request": "wants to know, correct or erase stored personal data",
    "harassment": "insults or threatens staff",
    "repeat_contact": "has written about the same matter before without a solution",
    "high_anger": "is furious",
    "service_failure_open": "the shop made a mistake or did not deliver, and it is not yet put right",
    "vulnerable_customer": "is seriously ill, in need or in distress",
    "asked_not_to_sell": "asks not to be offered or sold anything",
    # occasions
    "wedding": "a wedding", "engagement": "an engagement", "birthday": "a birthday", "anniversary": "an anniversary",
    "new_baby": "a birth or a baby on the way", "graduation": "a graduation", "new_home": "a move to a new home",
    "new_job": "a new job", "retirement": "a retirement", "gift": "something is a present for somebody",
    "holiday": "a holiday or a feast", "get_well": "somebody is ill or hurt and recovering",
    "condolence": "somebody mourns", "milestone_order": "a round number of orders",
    "first_order": "the customer's first order", "loyalty": "many years as a customer",
}  # fmt: skip


def label_ids() -> Mapping[Family, tuple[str, ...]]:
    """The closed lists, by family."""
    return {"intent": INTENTS, "need": tuple(need_kinds()), "caution": CAUTIONS, "occasion": OCCASIONS}


def meaning(family: Family, id: str) -> str:
    """A label in plain words; where nobody wrote any, the words of its id."""
    if family == "need" and id in need_kinds():
        return f"misses {need_kinds()[id].text['en']}"
    return MEANINGS.get(id, id.replace("_", " "))
