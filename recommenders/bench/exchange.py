"""Task `exchange`: is the variant that the customer asks for the first save of the item that it stands in for?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from recommenders.bench.datasets import ExchangeCase, TauRetail, tau_retail
from recommenders.bench.metrics import estimate, ranking
from recommenders.bench.outcome import About, Figure, Outcome, Setup
from recommenders.bench.own_wishes import offered
from recommenders.domain import Catalog, Context, Intent, Message, Order, Signals, Ticket
from recommenders.protocols import Encoder, FloatArray
from recommenders.retrieval.encoder import load_encoder
from recommenders.saves import CatalogIndex, NeedSpace, Outcomes, SaveRecommender
from recommenders.signals.needs import need_kinds
from recommenders.text.concern import newest_concern
from recommenders.text.mentions import MentionFinder
from recommenders.text.words import stems

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
SAVES = 10
ABOUT = About(
    "A customer wants other variants of what they ordered. Is the variant they ask for the first save of the item that "
    "it stands in for?",
    "The variant that the benchmark's own solution exchanges the item for. Pairs of one request are drawn together.",
    "Exchange requests of tau-bench's retail domain (Yao et al. 2024, arXiv:2406.12045; MIT), written as a shop "
    "directory. The train split lists the options; the dev split is in a customer's words, but small.",
)
# The skus offered instead of each item, best first.
Offers = Callable[[Context], Mapping[str, Sequence[str]]]


def exchange(setup: Setup) -> Outcome:
    """tau-bench retail: hit@1 and hit@3 over all pairs of [item, the item that it should become], by `replaces`.

    `words` counts how many of a variant's option values the request names, `dense` takes the variant whose options lie
    nearest to the request, and `saves` is what the service uses; these three are told that an exchange is wanted.
    `engine` is the whole service, which reads that by itself. Figures end in the split: `train` spells the options out,
    `dev` is in natural language.
    """
    data = tau_retail(setup.data)
    encoder = load_encoder(setup.model)
    saves = SaveRecommender(
        CatalogIndex.build(data.catalog, encoder, NeedSpace.build(need_kinds(), encoder)), Outcomes({}, {})
    )
    contexts = contexts_of(data)
    figures: list[Figure] = []
    for name, offers in {"words": by_words, "dense": by_cosine(encoder), "saves": _by(saves)}.items():
        given = [offers(context) for context in setup.watched(contexts, f"exchange: {name}")]
        figures += judged(name, given, data.cases, setup.seed)
    skipped = []
    if setup.engine_of is None:
        skipped.append("engine: asks the whole engine; run it with `copilot bench`")
    elif not (shop := setup.data / "tau_retail/shop").joinpath("tickets.jsonl").is_file():
        skipped.append(f"engine: no {shop / 'tickets.jsonl'}")
    else:
        with setup.engine_of(shop) as engine:
            answers = [engine.suggest(case.request) for case in setup.watched(data.cases, "exchange: engine")]
        figures += judged("engine", [offered(answer["saves"]) for answer in answers], data.cases, setup.seed)
    return Outcome(
        "tau_retail",
        data.revision,
        {"saves": SAVES, "intents": ["exchange_request"]},
        tuple(figures),
        "words",
        about=ABOUT,
        skipped=tuple(skipped),
        ours="saves" if skipped else "engine",
        headline="hit@1 train",
    )


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


def by_cosine(encoder: Encoder) -> Offers:
    """A peer: other variants of each item, by the cosine of their title and options to the request, ties by sku."""
    known: dict[str, FloatArray] = {}

    def offers(context: Context) -> dict[str, list[str]]:
        request = encoder.encode([context.concern.text])[0]
        return {sku: ranked(context.catalog, sku, request) for sku in context.about if sku in context.catalog.by_sku}

    def ranked(catalog: Catalog, sku: str, request: FloatArray) -> list[str]:
        product, _ = catalog.by_sku[sku]
        if product.handle not in known:
            known[product.handle] = encoder.encode([_described(product.title, v.options) for v in product.variants])
        near = {
            variant.sku: float(vector @ request)
            for variant, vector in zip(product.variants, known[product.handle], strict=True)
            if variant.sku != sku and variant.in_stock
        }
        return sorted(near, key=lambda other: (-near[other], other))

    return offers


def _described(title: str, options: Mapping[str, str]) -> str:
    return f"{title}: " + ", ".join(f"{name} {value}" for name, value in options.items())


def judged(
    name: str, offered: Sequence[Mapping[str, Sequence[str]]], cases: Sequence[ExchangeCase], seed: int
) -> list[Figure]:
    """hit@1 and hit@3 over the pairs of each split, which is what the cases' ids begin with.

    Args:
        name: the recommender's.
        offered: for each case, the skus that were offered instead of each item, best first.
        cases: what was asked, in the same order.
        seed: of the intervals.
    """
    figures = []
    for split in sorted({case.id.split("-")[0] for case in cases}, reverse=True):
        pairs = [
            (case.id, found.get(old, ()), new)
            for case, found in zip(cases, offered, strict=True)
            if case.id.startswith(split + "-")
            for old, new in case.pairs
        ]
        groups = tuple(case for case, _, _ in pairs)
        made = ranking([found for _, found, _ in pairs], [{new} for _, _, new in pairs], ("hit@1", "hit@3"))
        for metric, hits in made.items():
            figures.append(Figure(name, f"{metric} {split}", estimate(hits, groups, seed=seed), hits, groups))
    return figures


def _by(recommender: SaveRecommender) -> Offers:
    def offers(context: Context) -> dict[str, list[str]]:
        return offered([{"replaces": save.replaces, "sku": save.sku} for save in recommender.recommend(context)])

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
