"""What the records and the catalogue say about a ticket's questions, as sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from recommenders.domain import Context, Evidence, Product, Variant
from recommenders.drafts.formats import day, money
from recommenders.drafts.phrases import PhraseBook
from recommenders.drafts.situation import Situation

MOST_VARIANTS = 6
Fact = tuple[str, tuple[Evidence, ...]]


@dataclass(frozen=True)
class FactTeller:
    """Tells facts in one language, about one ticket. Speaks of an order only when it is this customer's own."""

    context: Context
    situation: Situation
    book: PhraseBook
    seed: str

    @property
    def currency(self) -> str:
        """The shop's currency, else the order's or the customer's."""
        order, customer = self.situation.order, self.context.customer
        return (
            self.context.catalog.currency
            or (order.currency if order else "")
            or (customer.currency if customer else "")
        )

    def of_delivery(self) -> Iterator[Fact]:
        """Where the order stands."""
        order = self.situation.order
        if order is None:
            return
        if order.delivered_at is not None:
            key, moment = "fact.delivered", order.delivered_at
        else:
            unsent = order.fulfillment_status.casefold() in ("", "unfulfilled", "pending", "open", "on_hold")
            key, moment = ("fact.unsent" if unsent else "fact.sent"), order.created_at
        slots = {"order": self.order_label(), "date": self.day_of(moment)}
        yield self.book.pick(key, self.seed, slots), (Evidence("order", order.id),)

    def of_payment(self) -> Iterator[Fact]:
        """Whether the order is paid."""
        order = self.situation.order
        if order is None:
            return
        keys = {
            "paid": "fact.paid", "refunded": "fact.refunded", "partially_refunded": "fact.partly_refunded",
            "pending": "fact.pending", "partially_paid": "fact.pending", "authorized": "fact.pending",
        }  # fmt: skip
        key = keys.get(order.financial_status.casefold().replace(" ", "_"))
        if key is not None:
            amount = money(order.total, order.currency or self.currency, self.book.language)
            slots = {"order": self.order_label(), "amount": amount}
            yield self.book.pick(key, self.seed, slots), (Evidence("order", order.id),)

    def of_stock(self) -> Iterator[Fact]:
        """Whether the products named are there, and in what variants."""
        for product in self._named():
            there = [variant for variant in product.variants if variant.in_stock]
            slots = {"item": self.item_label(product), "variants": self._variants(there)}
            key = "fact.in_stock" if there else "fact.sold_out"
            yield self.book.pick(key, self.seed, slots), (Evidence("product", product.handle),)

    def of_gone(self) -> Iterator[Fact]:
        """That the variant which the ticket names, by options other than those bought, is sold out."""
        if len(self.situation.products) != 1:
            return
        product = self.situation.products[0]
        bought = {value for v in product.variants if v.sku in self.context.about for value in v.options.values()}
        said = set(re.findall(r"\w[\w/.-]*\w|\w", self.context.concern.text.casefold()))
        named = {value for v in product.variants for value in v.options.values() if value.casefold() in said} - bought
        meant = [
            variant
            for variant in product.variants
            if named and named <= set(variant.options.values()) <= named | bought
        ]
        if meant and not any(variant.in_stock for variant in meant):
            slots = {"item": self.item_label(product), "variants": variant_label(meant[0])}
            yield self.book.pick("fact.variant_gone", self.seed, slots), (Evidence("product", meant[0].sku),)

    def of_options(self) -> Iterator[Fact]:
        """In what variants a product comes, those in stock."""
        for product in self._named():
            there = [variant for variant in product.variants if variant.in_stock and variant.options]
            if len(there) > 1:
                slots = {"item": self.item_label(product), "variants": self._variants(there)}
                yield self.book.pick("fact.options", self.seed, slots), (Evidence("product", product.handle),)

    def of_price(self) -> Iterator[Fact]:
        """What the products named cost."""
        for product in self._named():
            prices = []
            for variant in product.variants[:MOST_VARIANTS]:
                price = money(variant.price, self.currency, self.book.language)
                label = variant_label(variant)
                if price:
                    prices.append(f"{label} {price}" if label else price)
            slots = {"item": self.item_label(product), "prices": ", ".join(prices)}
            yield self.book.pick("fact.price", self.seed, slots), (Evidence("product", product.handle),)

    # ------------------------------------------------------------ labels

    def order_label(self) -> str:
        """The order as the language names it, or "" when it is not known."""
        order = self.situation.order
        return self.book.label("label.order", order=order.name) if order else ""

    def item_label(self, product: Product) -> str:
        """A product in a sentence."""
        title = product.title[4:] if self.book.language == "en" and product.title.startswith("The ") else product.title
        return self.book.label("label.item", title=title)

    def items_label(self) -> str:
        """The one or two products that the ticket is about, else ""."""
        labels = [self.item_label(product) for product in self.situation.products]
        if len(labels) == 2:
            return self.book.label("label.and", a=labels[0], b=labels[1])
        return labels[0] if len(labels) == 1 else ""

    def day_of(self, moment: object) -> str:
        """A date in words, or ""."""

        return (
            day(moment, self.book.phrases.get("months", ()), self.book.language) if isinstance(moment, datetime) else ""
        )

    def _named(self) -> list[Product]:
        """Active products that the customer names or the ticket is about, at most two."""
        catalog = self.context.catalog
        found = {product.handle: product for product in self.situation.products}
        for mention in self.context.mentions:
            if mention.kind == "product" and mention.id in catalog.by_handle:
                found.setdefault(mention.id, catalog.by_handle[mention.id])
            elif mention.kind == "variant" and mention.id in catalog.by_sku:
                product = catalog.by_sku[mention.id][0]
                found.setdefault(product.handle, product)
        return [product for product in found.values() if product.active][:2]

    def _variants(self, variants: list[Variant]) -> str:
        labels = [label for variant in variants if (label := variant_label(variant))]
        return ", ".join(labels) if len(labels) <= MOST_VARIANTS else ""


def variant_label(variant: Variant) -> str:
    """The options of a variant as a person would say them: "Fig / 250 ml"; "" for a product without options."""
    values = [value for value in variant.options.values() if value and value.casefold() != "default title"]
    return " / ".join(values)
