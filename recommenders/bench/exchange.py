"""Task `exchange`: is the variant that the customer asks for the first save of the item that it stands in for?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from recommenders.bench.datasets import ExchangeCase, TauRetail, tau_retail
from recommenders.bench.metrics import estimate, hit_at
from recommenders.bench.outcome import Figure, Outcome, Setup
from recommenders.domain import Catalog, Context, Intent, Message, Order, Signals, Ticket
from recommenders.retrieval.encoder import load_encoder
from recommenders.saves import CatalogIndex, NeedSpace, Outcomes, SaveRecommender
from recommenders.signals.needs import need_kinds
from recommenders.text.concern import newest_concern
from recommenders.text.mentions import MentionFinder
from recommenders.text.words import stems

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
SAVES = 10
# The skus offered instead of each item, best first.
Offers = Callable[[Context], Mapping[str, Sequence[str]]]


def exchange(setup: Setup) -> Outcome:
    """tau-bench retail: hit@1 and hit@3 over all pairs of [item, the item that it should become], by `replaces`.

    That an exchange is wanted is given, not read: reading is a task of its own, and `python -m benchmarks` measures
    both together. `saves` is what the service uses, `words` counts how many of a variant's option values the request
    names. Figures end in the split: `train` spells the options out, `dev` is in natural language.
    """
    data = tau_retail(setup.data)
    encoder = load_encoder(setup.model)
    saves = SaveRecommender(
        CatalogIndex.build(data.catalog, encoder, NeedSpace.build(need_kinds(), encoder)), Outcomes({}, {})
    )
    contexts = contexts_of(data)
    figures: list[Figure] = []
    for name, offers in {"words": by_words, "saves": _by(saves)}.items():
        figures += judged(name, offers, data.cases, contexts, setup.seed)
    return Outcome("tau_retail", data.revision, {"saves": SAVES, "intents": ["exchange_request"]}, tuple(figures))


def contexts_of(data: TauRetail) -> list[Context]:
    """What is known of each request: the text, the customer, their orders and the items that it is about."""
    finder = MentionFinder(data.catalog)
    orders: dict[str | None, list[Order]] = {}
    for order in data.orders:
        orders.setdefault(order.customer_id, []).append(order)
    return [_context(case, data, finder, orders.get(case.customer_id, [])) for case in data.cases]


def by_words(context: Context) -> dict[str, list[str]]:
    """The peer: other variants of each item, by how many of their option values the text names, ties by sku."""
    said = frozenset(stems(context.concern.text))
    return {sku: _by_words(context.catalog, sku, said) for sku in context.about if sku in context.catalog.by_sku}


def judged(
    name: str, offers: Offers, cases: Sequence[ExchangeCase], contexts: Sequence[Context], seed: int
) -> list[Figure]:
    """hit@1 and hit@3 over the pairs of each split, which is what the cases' ids begin with."""
    figures = []
    offered = [offers(context) for context in contexts]
    for split in sorted({case.id.split("-")[0] for case in cases}, reverse=True):
        pairs = [
            (case.id, found.get(old, ()), new)
            for case, found in zip(cases, offered, strict=True)
            if case.id.startswith(split + "-")
            for old, new in case.pairs
        ]
        for k in (1, 3):
            hits = [hit_at(ranked, {new}, k) for _, ranked, new in pairs]
            figures.append(Figure(name, f"hit@{k} {split}", estimate(hits, [case for case, _, _ in pairs], seed=seed)))
    return figures


def _by(recommender: SaveRecommender) -> Offers:
    def offers(context: Context) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for save in recommender.recommend(context):
            if save.replaces and save.sku:
                found.setdefault(save.replaces, []).append(save.sku)
        return found

    return offers


def _by_words(catalog: Catalog, sku: str, said: frozenset[str]) -> list[str]:
    product, _ = catalog.by_sku[sku]
    others = [variant for variant in product.variants if variant.sku != sku and variant.in_stock]
    named = {v.sku: sum(said.issuperset(stems(value)) for value in v.options.values()) for v in others}
    return sorted(named, key=lambda other: (-named[other], other))


def _context(case: ExchangeCase, data: TauRetail, finder: MentionFinder, orders: Sequence[Order]) -> Context:
    own = tuple(sorted(orders, key=lambda order: order.created_at, reverse=True))
    ticket = Ticket(case.id, (Message("customer", case.text),), order_ids=case.order_ids)
    concern, _ = newest_concern(ticket)
    names = {name.lstrip("#").casefold() for name in case.order_ids}
    order = next((order for order in own if order.name.lstrip("#").casefold() in names), None)
    mentions = finder.find(concern.text, own)
    context = Context(
        ticket,
        concern,
        Signals("en", (Intent("exchange_request", 1.0, ""),)),
        data.catalog,
        NOW,
        customer=data.customers.get(case.customer_id),
        orders=own,
        order=order,
        mentions=mentions,
        limit=SAVES,
    )
    return replace(context, about=finder.about(concern.text, mentions, own, order))
