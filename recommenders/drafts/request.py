"""Request: one call of compose, and the wording that its parts share."""

from __future__ import annotations

import re
from dataclasses import dataclass

from recommenders.domain import CodeOffer, Context, Evidence, Gap, Save
from recommenders.drafts.facts import Fact, FactTeller
from recommenders.drafts.lines import MUST, Page
from recommenders.drafts.offers import OfferTeller
from recommenders.drafts.phrases import PhraseBook
from recommenders.drafts.plans import chosen
from recommenders.drafts.situation import Situation
from recommenders.playbooks.matcher import Advice
from recommenders.signals.needs import need_kinds

SURE_NEED = 0.6  # of a need's score: what we say back to a customer must be what they said


@dataclass(frozen=True)
class Request:
    """One call of compose: what its parts share.

    `informs`: the ticket only asks what the help centre answers, so that nothing is missing for a reply.
    """

    context: Context
    situation: Situation
    book: PhraseBook
    facts: FactTeller
    offers: OfferTeller
    saves: tuple[Save, ...]
    codes: tuple[CodeOffer, ...]
    advice: Advice
    seed: str
    informs: bool = False

    def say(self, key: str, page: Page | None = None, *, need: str = "") -> str:
        """A phrase about this ticket: the one for several items where there are several and one is written.

        An order that `page` has named already is not named again.
        """
        if len(self.situation.products) > 1 and self.book.has(f"{key}.many"):
            key = f"{key}.many"
        order = self.facts.order_label()
        if order and page is not None and page.names(self.situation.order.name if self.situation.order else ""):
            order = ""
        slots = {"item": self.facts.items_label(), "order": order, "need": need} | self._late()
        return self.book.pick(key, self.seed, slots)

    def _late(self) -> dict[str, str]:
        """Since when, and how long things could be sent back, where that is over."""
        order, window = self.situation.order, self.situation.window
        return {"days": str(window), "date": self.facts.day_of(order.delivered_at)} if order and window else {}

    def with_gaps(self, key: str, page: Page) -> str:
        """A phrase in which a gap stands for the order that nobody knows, or "" where the phrase needs none."""
        if not self.situation.lacks_order:
            return ""
        label = self.book.label("gap_name.order")
        slots = {"order": self.book.label("label.order", order=f"[[{label}]]"), "item": self.facts.items_label()}
        text = self.book.pick(key, self.seed, slots)
        if f"[[{label}]]" not in text:
            return ""
        page.gaps.append(Gap(label, label))
        return text

    def needs(self) -> str:
        """What the customer misses, as the end of a sentence; "" when nothing was read or the language lacks words."""
        kinds, texts = need_kinds(), []
        for need in self.context.signals.needs[:2]:
            kind = kinds.get(need.id)
            text = kind.text.get(self.book.language, "") if kind else ""
            if need.id == "allergen_free":  # what must not be in it is best named as the customer names it
                text = self._without()
            if text and text not in texts:
                texts.append(text)
        if len(texts) == 2:
            one, other = (kinds[need.id] for need in self.context.signals.needs[:2])
            if set(one.more) & set(other.less):
                return ""  # darker and lighter: one of them is what they have
            return self.book.label("label.and", a=texts[0], b=texts[1])
        return texts[0] if texts else ""

    def need_of_item(self) -> str:
        """What the one item lacks in the customer's eyes, where we are sure of it."""
        if len(self.situation.products) != 1 or len(self.context.signals.needs) != 1:
            return ""
        return self.needs() if self.context.signals.needs[0].score >= SURE_NEED else ""

    def which_item(self) -> tuple[str, tuple[Evidence, ...]]:
        """A question that names the lines of the order, where they are few."""
        order, catalog = self.situation.order, self.context.catalog
        lines = order.lines if order else ()
        products = {catalog.by_sku[line.sku][0].handle: line.sku for line in lines if line.sku in catalog.by_sku}
        if order is None or not 2 <= len(products) == len(lines) <= 3:
            return "", ()
        *others, last = [self.facts.item_label(catalog.by_handle[handle]) for handle in products]
        items = self.book.label("label.or", a=", ".join(others), b=last)
        return self.book.pick("ask.which_item", self.seed, {"items": items}), (Evidence("order", order.id),)

    def topic_facts(self, topic: str) -> list[Fact]:
        """What the records say on a topic."""
        facts, found = self.facts, []
        if topic in ("order_status", "late"):
            found = list(facts.of_delivery())
        elif topic == "payment_question" or chosen(topic, self.situation) == "refund_made":
            found = list(facts.of_payment())
        elif topic == "stock_question":
            found = list(facts.of_stock())
        elif topic == "price_question":
            found = list(facts.of_price())
        elif topic == "product_question":
            found = list(facts.of_options())
        return found

    def gap(self, page: Page, name: str) -> None:
        """Adds a sentence whose only fact is a gap: "order" or "product"."""
        label = self.book.label(f"gap_name.{name}")
        text = self.book.pick(f"gap.{name}", self.seed, {f"{name}_gap": f"[[{label}]]"})
        if page.add(text, 1, MUST):
            page.gaps.append(Gap(label, label))

    def order_proof(self) -> tuple[Evidence, ...]:
        """Evidence for the order at hand."""
        order = self.situation.order
        return (Evidence("order", order.id),) if order else ()

    def about_proof(self) -> tuple[Evidence, ...]:
        """Evidence for the products at hand."""
        return tuple(Evidence("product", product.handle) for product in self.situation.products[:2])

    def _without(self) -> str:
        terms = list(dict.fromkeys(exclusion.term for exclusion in self.context.signals.exclusions))[:2]
        if not terms or any(len(term) > 40 for term in terms):
            return ""
        named = terms[0] if len(terms) == 1 else self.book.label("label.or", a=terms[0], b=terms[1])
        return self.book.label("need.without", terms=named)

    def code_like(self) -> bool:
        """Whether the ticket names what looks like a code: capitals with a digit, and no order or sku of ours."""
        catalog = self.context.catalog
        words = re.findall(r"(?<![#\w-])(?=\w*[A-Z])(?=\w*\d)[A-Z0-9]{4,24}(?![\w-])", self.context.concern.text)
        return any(word.casefold() not in catalog.by_code and word not in catalog.by_sku for word in words)
