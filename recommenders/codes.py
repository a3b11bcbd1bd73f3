"""Which discount codes would work at checkout for this customer, now, and which one suits a save best."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from recommenders.affinity import Affinity, Profile, Scope
from recommenders.domain import Catalog, Code, CodeOffer, Context, Evidence, Product, Save, Variant
from recommenders.playbooks.matcher import Advice

Refusal = Literal[
    "unknown", "disabled", "expired", "not_started", "limit", "minimum_subtotal", "minimum_quantity", "first_order",
    "customer_tags", "used_before", "products",
]  # fmt: skip
ALL_PURPOSES = frozenset({"save", "recovery", "delight"})
# A code would be tactless, or a bribe.
NO_CODE = frozenset(
    {
        "adverse_reaction", "safety", "bereavement", "legal_threat", "chargeback", "fraud_or_security",
        "privacy_request", "harassment", "asked_not_to_sell", "vulnerable_customer",
    }
)  # fmt: skip
FAILURES = frozenset({"service_failure_open", "repeat_contact", "high_anger"})
FAILURE_INTENTS = ("damaged_item", "wrong_item", "missing_item", "complaint_service")
PAID_KINDS = frozenset({"alternative", "upsell", "exchange"})
UNKNOWN_COST_SHARE = 0.5  # of the price, when the shop does not tell what a thing costs
KEPT_MARGIN = 0.25  # of the reduced price; a code that leaves less comes after those that leave more
FREE_SHIPPING_WORTH = 5.0


@dataclass(frozen=True, slots=True)
class Why:
    """Whether a code works here and, if not, the first rule that refuses it.

    `moment` is the day of an expired or not yet started code; `amount` a missed minimum (currency or pieces).
    """

    code: str
    works: bool
    refusal: Refusal | None = None
    moment: datetime | None = None
    amount: float | None = None

    @property
    def text(self) -> str:
        """One English sentence for the agent."""
        day = f"{self.moment.day} {self.moment:%B %Y}" if self.moment else ""
        limit = f"{self.amount:g}" if self.amount is not None else ""
        reasons: dict[Refusal | None, str] = {
            None: "works for this customer now",
            "unknown": "is no code of this shop",
            "disabled": "has been switched off",
            "expired": f"ended on {day}" if day else "has ended",
            "not_started": f"starts on {day}" if day else "has not started yet",
            "limit": "has been used as often as it may be",
            "minimum_subtotal": f"needs an order of at least {limit}",
            "minimum_quantity": f"needs at least {limit} pieces",
            "first_order": "is for a first order only",
            "customer_tags": "is for a group that this customer is not in",
            "used_before": "was used by this customer before, and works once",
            "products": "is for other products",
        }
        return f"{self.code} {reasons[self.refusal]}."


class CodeMatcher:
    """Asks every rule of every code, as checkout would. Stateless but for the catalogue."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._affinity = Affinity({product.handle: product.type for product in catalog.products})
        self._scopes = self._scopes_of(catalog)

    # ------------------------------------------------------------ one code

    def explain(self, code_text: str, context: Context, saves: Sequence[Save] = ()) -> Why:
        """Why a code that the customer names works or does not, for the item that fits it best.

        Tried with each item of `saves`, the products named in the ticket, and without an item; marketing codes count,
        since the customer asks for them.
        """
        code = self.catalog.by_code.get(code_text.strip().casefold())
        if code is None:
            return Why(code_text.strip(), False, "unknown")
        items = [found for save in saves if (found := self.catalog.by_sku.get(save.sku or ""))]
        for mention in context.mentions:
            if mention.kind == "product" and mention.id in self.catalog.by_handle:
                product = self.catalog.by_handle[mention.id]
                items += [(product, variant) for variant in product.variants]
            elif mention.kind == "variant" and mention.id in self.catalog.by_sku:
                items.append(self.catalog.by_sku[mention.id])
        refusals = [self.refusal(code, context, item) for item in [*items, None]]
        refusal = None if None in refusals else refusals[0]
        if refusal is None:
            return Why(code.code, True)
        moment = {"expired": code.ends_at, "not_started": code.starts_at}.get(refusal)
        amount = {"minimum_subtotal": code.minimum_subtotal, "minimum_quantity": code.minimum_quantity}.get(refusal)
        return Why(code.code, False, refusal, moment, amount)

    def refusal(self, code: Code, context: Context, item: tuple[Product, Variant] | None) -> Refusal | None:
        """The first rule of checkout that refuses the code for this item (or for the ticket's own order); else None."""
        now = context.now
        if code.starts_at is not None and now < code.starts_at:
            return "not_started"
        if code.status == "expired" or (code.ends_at is not None and now > code.ends_at):
            return "expired"
        if code.status != "active":
            return "not_started" if code.status == "scheduled" else "disabled"
        if code.usage_limit is not None and code.used >= code.usage_limit:
            return "limit"
        customer = context.customer
        if code.customer_tags:
            own = {tag.casefold() for tag in customer.tags} if customer else set()
            if not any(tag.casefold() in own for tag in code.customer_tags):
                return "customer_tags"
        if code.first_order_only and (context.orders or (customer is not None and customer.orders_count > 0)):
            return "first_order"
        if code.once_per_customer and code.code.casefold() in _used(context):
            return "used_before"
        if not self._applies(code, context, item):
            return "products"
        subtotal, pieces = _reach(context, item)
        if code.minimum_subtotal is not None and subtotal < code.minimum_subtotal - 0.004:
            return "minimum_subtotal"
        if code.minimum_quantity is not None and pieces < code.minimum_quantity:
            return "minimum_quantity"
        return None

    def code_works(self, code_text: str, context: Context, saves: Sequence[Save] = ()) -> bool:
        """Whether checkout would take the code for one of these saves, or for the ticket's own order."""
        code = self.catalog.by_code.get(code_text.casefold())
        if code is None:
            return False
        items = [self.catalog.by_sku.get(save.sku or "") for save in saves]
        if len(saves) != 1 or items == [None]:  # a single save's code must work for that very item
            items.append(None)
        return any(self.refusal(code, context, item) is None for item in items)

    def named(self, context: Context) -> tuple[str, ...]:
        """Codes of this shop that the customer writes about, in the order of the text, each once."""
        found = [self.catalog.by_code[m.id.casefold()].code for m in context.mentions
                 if m.kind == "code" and m.id.casefold() in self.catalog.by_code]  # fmt: skip
        return tuple(dict.fromkeys(found))

    # ------------------------------------------------------------ many codes

    def eligible(
        self,
        context: Context,
        *,
        item: Variant | None = None,
        purposes: Iterable[str] = ALL_PURPOSES,
        preferred: Sequence[tuple[str, Evidence]] = (),
    ) -> tuple[CodeOffer, ...]:
        """The codes of these purposes that would work, best first.

        Among those that are worth as much, what the customer's own orders speak for comes first; then ties by code.
        Without an item the ticket's own order counts. A marketing code is never among them. With selling not allowed
        only recovery codes are, and none on a ticket where any code would be tactless. `preferred` are codes that a
        playbook rule asks for, with the rule.
        """
        wanted = frozenset(purposes) & ALL_PURPOSES
        reasons = frozenset(context.selling.reasons)
        if reasons & NO_CODE:
            return ()
        if not context.selling.allowed:
            wanted &= {"recovery"}
        if not wanted:
            return ()
        pair = self.catalog.by_sku.get(item.sku) if item is not None else None
        rules = {code.casefold(): evidence for code, evidence in reversed(tuple(preferred))}
        proven = [s.case.resolution.code.casefold() for s in context.similar
                  if s.case.resolution and s.case.resolution.code]  # fmt: skip
        ranked: list[tuple[tuple[int, int, int, float], Code]] = []
        for code in self.catalog.codes:
            if not code.purposes & wanted or self.refusal(code, context, pair) is not None:
                continue
            worth, margin = _worth(code, item)
            keeps = 0 if margin >= KEPT_MARGIN else 1
            # A minimum that only the old order reaches is a poor gift on a new item.
            out_of_reach = int(item is not None and (code.minimum_subtotal or 0) > item.price)
            first = 0 if code.code.casefold() in rules else 1 if code.code.casefold() in proven else 2
            ranked.append(((keeps, out_of_reach, first, -worth if not keeps else -margin), code))
        alike = Counter(key for key, _ in ranked)
        profile = self._profile(context) if len(alike) < len(ranked) else None

        def place(entry: tuple[tuple[int, int, int, float], Code]) -> tuple[tuple[int, int, int, float], float, str]:
            key, code = entry
            spoken = self._spoken_for(code, profile) if profile is not None and alike[key] > 1 else 0.0
            return key, -spoken, code.code

        ranked.sort(key=place)
        return tuple(self._offer(code, context, pair, wanted, rules.get(code.code.casefold())) for _, code in ranked)

    def attach(
        self, saves: Sequence[Save], context: Context, preferred: Sequence[tuple[str, Evidence]] = ()
    ) -> tuple[Save, ...]:
        """The saves, each that costs the customer something with its best working save code."""
        return tuple(self._with_code(save, context, preferred) for save in saves)

    def preferred(self, context: Context, saves: Sequence[Save], advice: Advice) -> tuple[tuple[str, Evidence], ...]:
        """The codes that playbook rules name, and the best working one of each purpose that they ask for."""
        found = list(advice.codes)
        for purpose, rule in advice.code_purposes:
            offers: list[CodeOffer] = []
            if purpose == "save":
                offers = [offer for save in saves if _pays(save) for offer in self._of_save(save, context, ())[:1]]
            offers = offers or list(self.eligible(context, purposes=(purpose,))[:1])
            found += [(offer.code.code, rule) for offer in offers]
        return tuple(dict.fromkeys(found))

    def recommend(
        self, context: Context, saves: Sequence[Save] = (), preferred: Sequence[tuple[str, Evidence]] = ()
    ) -> tuple[CodeOffer, ...]:
        """What the codes section shows: codes of the saves first, then those that a playbook rule gives, then recovery,
        thanks, and what was asked about.

        Nobody gets a code for merely asking for one. Call it with the saves that `attach` returned.
        """
        offers: dict[str, CodeOffer] = {}

        def add(found: Iterable[CodeOffer]) -> None:
            for offer in found:
                offers.setdefault(offer.code.code, offer)

        if frozenset(context.selling.reasons) & NO_CODE:
            return ()
        paying = [save for save in saves if _pays(save)] if context.selling.allowed else []
        found = [self._of_save(save, context, preferred) for save in paying]
        for rank in range(max(map(len, found), default=0)):  # every save's best before anybody's second best
            add(offers_of[rank] for offers_of in found if rank < len(offers_of))
        add(self._given(context, saves, preferred))
        if needs_recovery(context):
            add(self.eligible(context, purposes=("recovery",), preferred=preferred))
        if _deserves_thanks(context):
            add(self.eligible(context, purposes=("delight",), preferred=preferred))
        if context.selling.allowed:
            for text in self.named(context):
                code = self.catalog.by_code[text.casefold()]
                if self.explain(text, context, saves).works and self.code_works(text, context, saves):
                    offer = self._offer(code, context, None, frozenset(), None)
                    add([replace(offer, reason=f"The customer asks about it, and it works. {_ends(code)}".strip())])
        return tuple(offers.values())

    # ------------------------------------------------------------ parts

    def _given(
        self, context: Context, saves: Sequence[Save], preferred: Sequence[tuple[str, Evidence]]
    ) -> Iterator[CodeOffer]:
        """The codes that rules name, where checkout would take them and they are for what may be given here."""
        allowed = ALL_PURPOSES if context.selling.allowed else frozenset({"recovery"})
        items = [found for save in saves if (found := self.catalog.by_sku.get(save.sku or "")) and _pays(save)]
        for text, rule in preferred:
            code = self.catalog.by_code.get(text.casefold())
            if code is None or not code.purposes & allowed or not self.code_works(code.code, context, saves):
                continue
            for item in [*items, None]:
                if self.refusal(code, context, item) is None:
                    yield self._offer(code, context, item, code.purposes & allowed, rule)
                    break

    def _of_save(
        self, save: Save, context: Context, preferred: Sequence[tuple[str, Evidence]]
    ) -> tuple[CodeOffer, ...]:
        found = self.catalog.by_sku.get(save.sku or "")
        if found is None:
            return ()
        return self.eligible(context, item=found[1], purposes=("save",), preferred=preferred)

    def _with_code(self, save: Save, context: Context, preferred: Sequence[tuple[str, Evidence]]) -> Save:
        if not context.selling.allowed or not _pays(save):
            return replace(save, code=None) if save.code else save
        offers = self._of_save(save, context, preferred)
        if not offers:
            return replace(save, code=None) if save.code else save
        rules = tuple(e for e in offers[0].evidence if e.type == "rule" and e not in save.evidence)
        return replace(save, code=offers[0].code.code, evidence=(*save.evidence, *rules))

    def _scopes_of(self, catalog: Catalog) -> dict[str, Scope]:
        """The products that each code is for; all of them when it names none."""
        found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for product in catalog.products:
            found["handle", product.handle.casefold()].add(product.handle)
            found["type", product.type.casefold()].add(product.handle)
            for tag in product.tags:
                found["tag", tag.casefold()].add(product.handle)
        everything = self._affinity.scope([product.handle for product in catalog.products])
        scopes = {}
        for code in catalog.codes:
            named = [("handle", name) for name in code.handles] + [("type", name) for name in code.product_types]
            named += [("tag", name) for name in code.tags]
            handles = set().union(*(found.get((what, name.casefold()), set()) for what, name in named))
            scopes[code.code] = self._affinity.scope(handles) if named else everything
        return scopes

    def _profile(self, context: Context) -> Profile:
        """What the customer bought, as far as the catalogue still has it."""
        return self._affinity.profile(
            (self.catalog.by_sku[line.sku][0].handle, (context.now - order.created_at).total_seconds() / 86_400)
            for order in context.orders
            for line in order.lines
            if line.sku in self.catalog.by_sku
        )

    def _spoken_for(self, code: Code, profile: Profile) -> float:
        """How much a customer's orders speak for a code; 0 for all codes when there are none."""
        return round(self._affinity.score(profile, self._scopes[code.code]), 9) if profile.total else 0.0

    def _applies(self, code: Code, context: Context, item: tuple[Product, Variant] | None) -> bool:
        if not (code.handles or code.product_types or code.tags):
            return True
        if item is not None:
            return _in_scope(code, item[0])
        # Without an item a code must be good for what the ticket is about.
        skus = list(context.about) or [line.sku for line in context.order.lines] if context.order else context.about
        return any(_in_scope(code, self.catalog.by_sku[sku][0]) for sku in skus if sku in self.catalog.by_sku)

    def _offer(
        self,
        code: Code,
        context: Context,
        item: tuple[Product, Variant] | None,
        purposes: frozenset[str],
        rule: Evidence | None,
    ) -> CodeOffer:
        for_what = f" on {item[0].title}" if item is not None else ""
        purpose = next((p for p in ("save", "recovery", "delight") if p in code.purposes & purposes), "")
        because = {
            "save": f"{value_text(code, self.catalog.currency)}{for_what}.",
            "recovery": f"{value_text(code, self.catalog.currency)}, to make up for what went wrong.",
            "delight": f"{value_text(code, self.catalog.currency)}, as a thank-you.",
        }.get(purpose, f"{value_text(code, self.catalog.currency)}.")
        evidence: list[Evidence] = [rule] if rule else []
        if item is not None:
            evidence.append(Evidence("product", item[1].sku))
        elif context.order is not None:
            evidence.append(Evidence("order", context.order.id))
        elif context.ticket.id:
            evidence.append(Evidence("ticket", context.ticket.id))
        conditions = [_ends(code)]
        if code.once_per_customer:
            conditions.append("Once per customer.")
        return CodeOffer(code, " ".join([because[0].upper() + because[1:], *filter(None, conditions)]), tuple(evidence))


def needs_recovery(context: Context) -> bool:
    """Whether something of ours went wrong, by restraint's verdict or by what the ticket says."""
    reasons = frozenset(context.selling.reasons)
    return bool(reasons & FAILURES) or context.signals.intent(*FAILURE_INTENTS) is not None


def value_text(code: Code, currency: str) -> str:
    """What the code gives, in English: "15% off", "8.00 EUR off", "free delivery"."""
    if code.value_type == "free_shipping":
        return "free delivery"
    if code.value_type == "percentage":
        return f"{code.amount:g}% off"
    signs = {"EUR": "€", "USD": "$", "GBP": "£"}
    amount = f"{code.amount:.2f}"
    return f"{signs[currency]}{amount} off" if currency in signs else f"{amount} {currency} off".replace("  ", " ")


def _deserves_thanks(context: Context) -> bool:
    """Praise or a happy occasion, and nothing that is wrong; a plain goodbye is neither."""
    signals = context.signals
    top = signals.intents[0].id if signals.intents else ""
    if top in ("small_talk", "off_topic", "code_question") or signals.sentiment.score < 0 or needs_recovery(context):
        return False
    happy = any(o.id not in ("condolence", "get_well") for o in signals.occasions)
    return context.selling.allowed and context.customer is not None and (top == "praise" or happy)


def _pays(save: Save) -> bool:
    """Whether a code makes sense: something to buy, and not an exchange that is free anyway."""
    if save.sku is None or save.kind not in PAID_KINDS:
        return False
    return save.kind != "exchange" or (save.price_difference or 0) > 0


def _used(context: Context) -> set[str]:
    orders = [*context.orders, *([context.order] if context.order else [])]
    return {code.casefold() for order in orders for code in order.discount_codes}


def _reach(context: Context, item: tuple[Product, Variant] | None) -> tuple[float, int]:
    """The subtotal and the number of pieces that a minimum is held against.

    The order counts only when the ticket names it: one that we found by looking around is not the ticket's own.
    """
    subtotal, pieces = (item[1].price, 1) if item is not None else (0.0, 0)
    order = context.order
    if order is None:
        return subtotal, pieces
    own = {order.name.lstrip("#").casefold(), order.id.casefold()}
    words = [reference.lstrip("#").casefold() for reference in context.ticket.order_ids]
    words += re.findall(r"[\w-]+", context.concern.text.casefold())
    if not own.isdisjoint(words):
        return max(subtotal, order.total), max(pieces, sum(line.quantity for line in order.lines))
    return subtotal, pieces


def _in_scope(code: Code, product: Product) -> bool:
    return (
        product.handle.casefold() in {handle.casefold() for handle in code.handles}
        or product.type.casefold() in {kind.casefold() for kind in code.product_types}
        or not {tag.casefold() for tag in code.tags}.isdisjoint(tag.casefold() for tag in product.tags)
    )


def _worth(code: Code, item: Variant | None) -> tuple[float, float]:
    """What the customer saves, and the share of the reduced price that the shop keeps; without an item, of 40."""
    price = item.price if item is not None else 40.0
    cost = item.cost if item is not None and item.cost is not None else price * UNKNOWN_COST_SHARE
    if code.value_type == "percentage":
        saved = price * code.amount / 100
    else:
        saved = FREE_SHIPPING_WORTH if code.value_type == "free_shipping" else min(code.amount, price)
    paid = price - saved
    return saved, (paid - cost) / paid if paid > 0 else -1.0


def _ends(code: Code) -> str:
    return f"Ends on {code.ends_at.day} {code.ends_at:%B %Y}." if code.ends_at else ""
