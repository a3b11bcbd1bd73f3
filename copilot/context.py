"""Gathers what is known around a ticket: clean messages, the customer, their orders and their earlier contacts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from copilot.store.shop import ShopStore
from recommenders.domain import Case, Concern, Customer, Mention, Need, Order, OrderLine, Ticket
from recommenders.text.clean import clean_message
from recommenders.text.mentions import MentionFinder
from recommenders.text.words import stems


@dataclass(frozen=True)
class Records:
    """What the store knows of a ticket's customer.

    `orders` are those that may be spoken of: the customer's own, or, when the request names nobody at all, the order
    that it names. `order` is the one that the ticket is about.
    """

    customer: Customer | None = None
    orders: tuple[Order, ...] = ()
    order: Order | None = None
    history: tuple[Case, ...] = ()


def clean_ticket(ticket: Ticket) -> Ticket:
    """The ticket with clean messages: no HTML, quotes or signatures."""
    return replace(ticket, messages=tuple(replace(m, text=clean_message(m.text)) for m in ticket.messages))


def find_records(
    store: ShopStore,
    mentions: MentionFinder,
    ticket: Ticket,
    concern: Concern,
    now: datetime,
    customer_id: str | None,
    email: str | None,
) -> Records:
    """Customer by id, else by e-mail; orders by id or name, also when they are only mentioned.

    Somebody else's order is never opened: a stranger who names it learns nothing.
    """
    customer = store.customer(customer_id, email) if customer_id or email else None
    if customer is not None:
        orders = store.orders_of(customer.id)
    elif customer_id or email:
        return Records()
    else:
        orders = _named_orders(store, ticket, concern)
    orders = tuple(_as_of(order, now) for order in orders if order.created_at <= now)
    history = store.cases_of(customer.id, now) if customer else ()
    history = tuple(case for case in history if case.id != ticket.id)
    return Records(customer, orders, _order_of(ticket, concern, orders, mentions), history)


def _as_of(order: Order, now: datetime) -> Order:
    """The order as it was known at `now`: a replay knows neither of a later arrival nor of a later return."""
    arrived = order.delivered_at if order.delivered_at is not None and order.delivered_at <= now else None
    returns = tuple(back for back in order.returns if back.created_at is None or back.created_at <= now)
    return replace(order, delivered_at=arrived, returns=returns)


def _named_orders(store: ShopStore, ticket: Ticket, concern: Concern) -> tuple[Order, ...]:
    """Orders that a request without any customer names in its fields or in the text."""
    found: dict[str, Order] = {}
    for reference in [*ticket.order_ids, *MentionFinder.order_names(f"{ticket.subject}\n{concern.text}")]:
        order = store.order(reference)
        if order is not None:
            found[order.id] = order
    return tuple(found.values())[:5]


def _order_of(ticket: Ticket, concern: Concern, orders: Sequence[Order], finder: MentionFinder) -> Order | None:
    """The order that the ticket is about: named in its fields, in the newest concern, or anywhere in the thread."""
    names = {key: order for order in orders for key in (order.id.casefold(), order.name.casefold().lstrip("#"))}
    for reference in ticket.order_ids:
        order = names.get(reference.casefold()) or names.get(reference.casefold().lstrip("#"))
        if order is not None:
            return order
    by_id = {order.id: order for order in orders}
    thread = "\n".join([ticket.subject, *(m.text for m in ticket.messages if m.author == "customer")])
    for text in (concern.text, thread):
        found = finder.find_orders(text, orders)
        if found:
            return by_id[found[0].id]
    return None


def place_needs(
    needs: Sequence[Need],
    concern: Concern,
    about: Mapping[str, OrderLine | None],
    mentions: Sequence[Mention],
    handle_of: Mapping[str, str],
) -> tuple[Need, ...]:
    """Each need with the sku that it was said of.

    The item that its sentence names, or whose name shares words with it ("the percale set"), else the one named last
    before, else the first.

    Args:
        needs: as read, without `about`.
        concern: the text that the quotes come from.
        about: the items that the ticket is about, by sku.
        mentions: where products are named.
        handle_of: sku -> product handle.
    """
    if not about:
        return tuple(needs)
    skus = list(about)
    if len(skus) == 1:
        return tuple(replace(need, about=skus[0]) for need in needs)
    by_handle = {handle_of.get(sku, sku): sku for sku in reversed(skus)}
    named = [(m.start, by_handle[m.id]) for m in mentions if m.kind == "product" and m.id in by_handle]
    placed = []
    for need in needs:
        quote = need.quote.removesuffix(" …")  # a quote is a sentence with its line breaks closed up, perhaps cut
        sentence = next((s for s in concern.sentences if " ".join(s.text.split()).startswith(quote)), None)
        before = [(start, sku) for start, sku in named if sentence is None or start < sentence.end]
        here = [sku for start, sku in before if sentence is not None and start >= sentence.start]
        hinted = here[-1] if here else _hinted(need.quote, skus, handle_of)
        placed.append(replace(need, about=hinted or (before[-1][1] if before else skus[0])))
    return tuple(placed)


def _hinted(quote: str, skus: Sequence[str], handle_of: Mapping[str, str]) -> str | None:
    """The one item whose name shares most words with a sentence."""
    said = set(stems(quote))
    shared = {sku: len(said.intersection(stems(handle_of.get(sku, "").replace("-", " ")))) for sku in skus}
    most = max(shared.values())
    best = [sku for sku in skus if shared[sku] == most]
    return best[0] if most and len(best) == 1 else None
