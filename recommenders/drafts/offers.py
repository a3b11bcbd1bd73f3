"""The part of a draft that keeps a customer: saves and their codes, said as service and never as a pitch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recommenders.codes import Why
from recommenders.domain import CodeOffer, Evidence, Save
from recommenders.drafts.facts import FactTeller, variant_label
from recommenders.drafts.formats import money, share
from recommenders.drafts.lines import MAY, MUST, NICE, SHOULD, Page
from recommenders.drafts.passages import PageIndex

PAGE_FLOOR = 0.33  # cosine from which a sentence of a product page is worth quoting as the reason
OFFERS = ("alternative", "upsell", "exchange")


@dataclass(frozen=True)
class OfferTeller:
    """Writes saves into a page, in one language."""

    facts: FactTeller
    pages: PageIndex | None

    def tell(self, page: Page, saves: Sequence[Save], codes: Sequence[CodeOffer]) -> None:
        """Each item's best save with its price; then a code that works for one of them."""
        chosen = one_for_each(saves)
        several = len(chosen) > 1
        for save in chosen:
            self._one(page, save, several)
        for save in chosen:
            if save.code and self._code(page, save, codes, several):
                break

    def _one(self, page: Page, save: Save, several: bool) -> None:
        book, seed = self.facts.book, self.facts.seed
        catalog = self.facts.context.catalog
        pair = catalog.by_sku.get(save.sku or "")
        if pair is None:
            return
        product, variant = pair
        old = catalog.by_sku.get(save.replaces or "")
        kind: str = save.kind if save.kind in ("exchange", "replacement", "upsell") else "alternative"
        if kind in ("alternative", "upsell") and save.replaces is None and not self.facts.situation.products:
            kind = "advice"
        same_product = old is not None and old[0].handle == product.handle
        if kind == "exchange" and not same_product:
            kind = "alternative"
        slots = {
            "title": product.title.removeprefix("The ") if book.language == "en" else product.title,
            "variant": variant_label(variant) if len(product.variants) > 1 or kind == "exchange" else "",
            "old": self.facts.item_label(old[0]) if old else "",
        }
        proof = (Evidence("product", variant.sku), *save.evidence)
        named = several and slots["old"] and book.has(f"save.{kind}.for")
        text = book.pick(f"save.{kind}.for" if named else f"save.{kind}", seed + (save.sku or ""), slots)
        page.add(text, 2, MUST, proof)
        page.add(self._price(save, kind, several), 2, SHOULD if kind != "advice" else MAY, proof[:1])
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
        for hit in hits:
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
        if several:
            slots["on"] = save.title or ""
        proof = next((offer.evidence for offer in codes if offer.code.code == code.code), ())
        text = self.facts.book.pick(f"code.{code.value_type}", self.facts.seed, slots)
        return page.add(text, 2, SHOULD, proof or (Evidence("product", save.sku or ""),))

    def explain(self, page: Page, whys: Sequence[Why]) -> None:
        """What there is to say about codes that the customer named; at least one that fails makes us sorry."""
        for why in whys:
            date = self.facts.day_of(why.moment)
            amount = money(why.amount, self.facts.currency, self.facts.book.language) if why.amount else ""
            slots = {"code": why.code, "date": date, "amount": amount, "count": f"{why.amount:g}" if why.amount else ""}
            key = "code.works" if why.works else f"code.{why.refusal}"
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
