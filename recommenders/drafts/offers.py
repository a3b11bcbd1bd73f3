"""The part of a draft that keeps a customer: saves and their codes, said as service and never as a pitch."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from recommenders.codes import Why
from recommenders.domain import Code, CodeOffer, Evidence, Save
from recommenders.drafts.facts import FactTeller, variant_label
from recommenders.drafts.formats import money, share
from recommenders.drafts.lines import MUST, NICE, SHOULD, Page
from recommenders.drafts.passages import PageIndex

PAGE_FLOOR = 0.33  # cosine from which a sentence of a product page is worth quoting as the reason
FEWEST_WORDS = 5  # of such a sentence
OFFERS = ("alternative", "upsell", "exchange")
_CAVEATS = {
    "en": re.compile(r"\b(?:too|not|isn't|aren't|don't|doesn't|avoid|unsuitable)\b", re.IGNORECASE),
    "de": re.compile(r"\b(?:zu|nicht|ungeeignet|vermeiden)\b", re.IGNORECASE),
    "fr": re.compile(r"\b(?:trop|pas|déconseillé\w*|éviter)\b", re.IGNORECASE),
    "es": re.compile(r"\b(?:demasiad\w+|no|evita\w*|desaconsej\w+)\b", re.IGNORECASE),
    "nl": re.compile(r"\b(?:te|niet|vermijd\w*|ongeschikt)\b", re.IGNORECASE),
    "it": re.compile(r"\b(?:tropp\w+|non|evita\w*|sconsigliat\w+)\b", re.IGNORECASE),
    "pt": re.compile(r"\b(?:demasiado|não|evit\w+|desaconselh\w+)\b", re.IGNORECASE),
}  # a sentence that warns


@dataclass(frozen=True)
class OfferTeller:
    """Writes saves into a page, in one language."""

    facts: FactTeller
    pages: PageIndex | None

    def tell(self, page: Page, saves: Sequence[Save], codes: Sequence[CodeOffer], need: str = "") -> None:
        """Each item's best save with its price; then a code that works for one of them.

        `need` is what the customer is looking for, where nothing else in the reply says it.
        """
        chosen = one_for_each(saves)
        several = len(chosen) > 1
        for save in chosen:
            self._one(page, save, several, need)
        for save in chosen:
            if save.code and self._code(page, save, codes, several):
                break

    def _one(self, page: Page, save: Save, several: bool, need: str) -> None:
        book, seed = self.facts.book, self.facts.seed
        catalog = self.facts.context.catalog
        pair = catalog.by_sku.get(save.sku or "")
        if pair is None:
            return
        product, variant = pair
        old = catalog.by_sku.get(save.replaces or "")
        kind: str = save.kind if save.kind in ("exchange", "replacement", "upsell") else "alternative"
        at_hand = [named.handle for named in self.facts.situation.products]
        if kind in ("alternative", "upsell") and save.replaces is None and (not at_hand or product.handle in at_hand):
            kind = "advice"  # instead of nothing, or what they have in mind themselves
        same_product = old is not None and old[0].handle == product.handle
        if kind == "exchange" and not same_product:
            kind = "alternative"
        slots = {
            "title": product.title.removeprefix("The ") if book.language == "en" else product.title,
            "variant": variant_label(variant) if len(product.variants) > 1 or kind == "exchange" else "",
            "old": self.facts.item_label(old[0]) if old else "",
            "need": need,
        }
        proof = (Evidence("product", variant.sku), *save.evidence)
        named = several and slots["old"] and book.has(f"save.{kind}.for")
        key = f"save.{kind}.for" if named else f"save.{kind}"
        if need and not several and kind in ("alternative", "upsell", "advice") and book.has("save.need"):
            key = "save.need"
        if key == "save.exchange.for" and slots["variant"]:
            slots["title"] = ""  # the same product: what changes is the variant
        text = book.pick(key, seed + (save.sku or ""), slots)
        price = self._price(save, kind, several)
        page.add(f"{text} {price}" if text and price else text, 2, MUST, proof)
        if kind in ("alternative", "upsell", "advice") and not several:
            self._reason(page, product.handle)

    def _price(self, save: Save, kind: str, several: bool) -> str:
        book, language, currency = self.facts.book, self.facts.book.language, self.facts.currency
        if save.price is None or kind == "replacement":
            return ""
        slots = {"price": money(save.price, currency, language)}
        if not slots["price"]:
            return ""
        difference = save.price_difference
        if difference is not None:
            slots["difference"] = money(difference, currency, language)
        if difference is None or save.replaces is None or kind == "advice":
            return book.pick("save.price", self.facts.seed, slots)
        if abs(difference) < 0.005:
            return "" if several else book.pick("save.same", self.facts.seed, slots)
        way = "more" if difference > 0 else "less"
        if kind == "exchange":
            return book.pick(f"save.exchange.{way}", self.facts.seed, slots)
        return book.pick(f"save.{way}" if not several else "save.price", self.facts.seed, slots)

    def _reason(self, page: Page, handle: str) -> None:
        """What the product page says to this need, where it is written in the customer's language."""
        if self.pages is None:
            return
        hits = self.pages.search(
            self.facts.context, self.facts.book.language, floor=PAGE_FLOOR, most=1, sources=[handle]
        )
        caveat = _CAVEATS.get(self.facts.book.language)
        for hit in hits:
            # Whom it does not suit is no reason to take it, and "Texture: lotion." is none at all.
            if (
                page.names(hit.passage.text)
                or (caveat and caveat.search(hit.passage.text))
                or len(hit.passage.text.split()) < FEWEST_WORDS
            ):
                continue
            text = self.facts.book.pick("save.page", self.facts.seed, {"page": quoted(hit.passage.text)})
            page.add(text, 2, NICE, (hit.passage.evidence,))

    def _code(self, page: Page, save: Save, codes: Sequence[CodeOffer], several: bool) -> bool:
        code = self.facts.context.catalog.by_code.get((save.code or "").casefold())
        if code is None or not self.facts.context.selling.allowed:
            return False
        value = {
            "percentage": share(code.amount, self.facts.book.language),
            "fixed_amount": money(code.amount, self.facts.currency, self.facts.book.language),
        }.get(code.value_type, "")
        slots = {"code": code.code, "value": value, "date": self.facts.day_of(code.ends_at)}
        if several or code.handles or code.product_types or code.tags:
            slots["on"] = (save.title or "").removeprefix("The ")
        proof = next((offer.evidence for offer in codes if offer.code.code == code.code), ())
        text = self.facts.book.pick(f"code.{code.value_type}", self.facts.seed, slots)
        terms = self._terms(code) if text else []
        return page.add(" ".join([text, *terms]).strip(), 2, SHOULD, proof or (Evidence("product", save.sku or ""),))

    def _terms(self, code: Code) -> list[str]:
        """What checkout asks for, in words."""
        book, seed = self.facts.book, self.facts.seed
        said = []
        if code.minimum_subtotal:
            amount = money(code.minimum_subtotal, self.facts.currency, book.language)
            said.append(book.pick("code.term.subtotal", seed, {"amount": amount}))
        if code.minimum_quantity and code.minimum_quantity > 1:
            said.append(book.pick("code.term.quantity", seed, {"count": f"{code.minimum_quantity:g}"}))
        if code.once_per_customer:
            said.append(book.pick("code.term.once", seed))
        return [text for text in said if text]

    def explain(self, page: Page, whys: Sequence[Why], *, placed: bool = False) -> None:
        """What there is to say about codes that the customer named; at least one that fails makes us sorry.

        `placed`: it is about an order that has been placed already, which no working code can promise anything for.
        """
        for why in whys:
            date = self.facts.day_of(why.moment)
            amount = money(why.amount, self.facts.currency, self.facts.book.language) if why.amount else ""
            slots = {"code": why.code, "date": date, "amount": amount, "count": f"{why.amount:g}" if why.amount else ""}
            key = "code.works" if why.works else f"code.{why.refusal}"
            if placed and why.works:
                key, slots["order"] = "code.placed", self.facts.order_label()
            proof = (Evidence("ticket", self.facts.context.ticket.id),) if self.facts.context.ticket.id else ()
            page.add(self.facts.book.pick(key, self.facts.seed, slots), 1, MUST, proof)
        if any(not why.works for why in whys):
            page.add(self.facts.book.pick("code.sorry", self.facts.seed), 1, NICE)


def one_for_each(saves: Sequence[Save], most: int = 3) -> list[Save]:
    """The first save of every item that is replaced, in order; those that replace nothing count as one item."""
    chosen: dict[str | None, Save] = {}
    for save in saves:
        if save.sku is not None:
            chosen.setdefault(save.replaces, save)
    return list(chosen.values())[:most]


def quoted(text: str) -> str:
    """In quotation marks, unless the passage has its own."""
    return text if any(mark in text for mark in '“”„«»"') else f"“{text}”"
