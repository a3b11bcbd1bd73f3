"""What a ticket says: intents, needs, sentiment, occasions, churn and cautions, each with its words."""

INTENTS = (
    "return_request",  # wants to send something back
    "refund_request",  # wants money back
    "exchange_request",  # wants another variant or product instead
    "replacement_request",  # wants the same again, because it is broken, lost or wrong
    "cancel_order",
    "change_order",  # address, items, delivery day of an order that is not out yet
    "order_status",  # where is it: late, lost, tracking does not move
    "wrong_item",  # another thing came than was ordered
    "missing_item",  # something of the order was not in the parcel
    "damaged_item",  # arrived broken or leaking, or broke, or never worked
    "product_dissatisfaction",  # works, but does not suit: the need says why
    "advice_request",  # asks which product is right, or for something else that suits better
    "product_question",  # a fact about a product: ingredients, material, size chart, compatibility
    "how_to",  # how to use, clean, assemble
    "stock_question",  # is it, or when is it, available
    "price_question",
    "code_question",  # a discount code that does not work, or is asked for
    "payment_question",  # charges, invoices, double charges
    "shipping_question",  # how long, how much, where to
    "subscription",  # pause, skip, change, end
    "gift_request",  # wrapping, note, no prices
    "account",  # log-in, password, address book, newsletter
    "complaint_service",  # about us, not about a thing: no answer, rude, promises not kept
    "praise",
    "small_talk",  # thanks, goodbye, a joke; wants nothing
    "off_topic",  # has nothing to do with the shop
)
CAUTIONS = (
    "adverse_reaction", "safety", "bereavement", "legal_threat", "chargeback", "fraud_or_security",
    "privacy_request", "harassment", "repeat_contact", "high_anger", "service_failure_open",
    "vulnerable_customer", "asked_not_to_sell",
)  # fmt: skip
OCCASIONS = (
    "wedding", "engagement", "birthday", "anniversary", "new_baby", "graduation", "new_home", "new_job",
    "retirement", "gift", "holiday", "get_well", "condolence", "milestone_order", "first_order", "loyalty",
)  # fmt: skip
