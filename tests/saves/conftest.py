"""A shop directory and a request as the domain's words: enough of the service to try saves without it."""

from __future__ import annotations

import csv
import html
import itertools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from recommenders.domain import (
    Case,
    Catalog,
    Concern,
    Context,
    Customer,
    Exclusion,
    Intent,
    Message,
    Need,
    Order,
    OrderLine,
    Outcome,
    Product,
    Resolution,
    Return,
    Selling,
    Sentence,
    Signals,
    SimilarCase,
    Ticket,
    Variant,
)
from recommenders.retrieval.encoder import ModelError, OnnxEncoder, load_encoder
from recommenders.saves import NeedSpace
from recommenders.signals.needs import need_kinds
from recommenders.text.mentions import MentionFinder
from tests.fakes import HashEncoder

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def _pick(row: Mapping[str, str], *names: str) -> str:
    return next((row[n] for n in names if row.get(n)), "")


def read_products(path: Path) -> tuple[Product, ...]:
    """products.csv of either generation, without the service's checks."""
    heads: dict[str, dict[str, str]] = {}
    variants: dict[str, list[Variant]] = {}
    names: dict[str, list[str]] = {}
    for raw in csv.DictReader(path.read_text("utf-8").splitlines(keepends=True)):
        row = {k.casefold(): v for k, v in raw.items() if k and v}
        handle = _pick(row, "url handle", "handle")
        heads.setdefault(handle, row)
        options = [_pick(row, f"option{i} name") for i in range(1, 6)]
        known = names.setdefault(handle, options)
        sku = _pick(row, "sku", "variant sku")
        if not sku:
            continue
        values = {n: _pick(row, f"option{i} value") for i, n in enumerate(known, 1) if n}
        cost = _pick(row, "cost per item")
        stock = _pick(row, "inventory quantity", "variant inventory qty")
        price = float(_pick(row, "price", "variant price"))
        variants.setdefault(handle, []).append(
            Variant(sku, values, price, None, float(cost) if cost else None, int(stock) if stock else None)
        )
    return tuple(
        Product(
            handle,
            head.get("title", ""),
            html.unescape(re.sub(r"<[^>]+>", " ", _pick(head, "description", "body (html)"))),
            head.get("vendor", ""),
            head.get("type", ""),
            tuple(t.strip() for t in head.get("tags", "").split(",") if t.strip()),
            head.get("status", "active").casefold(),
            tuple(variants.get(handle, ())),
        )
        for handle, head in heads.items()
    )


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(x) for x in path.read_text("utf-8").splitlines() if x.strip()] if path.exists() else []


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


@dataclass
class Shop:
    """What a shop directory holds, and the contexts that its tickets make."""

    catalog: Catalog
    customers: dict[str, Customer] = field(default_factory=dict)
    orders: list[Order] = field(default_factory=list)
    cases: dict[str, Case] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.finder = MentionFinder(self.catalog)

    def context(
        self,
        text: str,
        *,
        customer: str | None = None,
        order_ids: Sequence[str] = (),
        intents: Sequence[str] = (),
        needs: Sequence[str | tuple[str, str]] = (),
        exclusions: Sequence[str] = (),
        similar: Sequence[str] = (),
        reasons: Sequence[str] = (),
        language: str = "en",
        encoder: Any = None,
    ) -> Context:
        """The context of a ticket whose signals are given; a need is its id, or (id, quote)."""
        orders = tuple(sorted((o for o in self.orders if customer and o.customer_id == customer),
                              key=lambda o: o.created_at, reverse=True))  # fmt: skip
        mentions = self.finder.find(text, orders) + self.finder.find_orders(text, orders)
        wanted = {x.lstrip("#").casefold() for x in order_ids}
        order = next((o for o in orders if o.name.lstrip("#").casefold() in wanted), None)
        order = order or next((o for m in mentions if m.kind == "order" for o in orders if o.id == m.id), None)
        about = self.finder.about(text, mentions, orders, order)
        sentences = tuple(Sentence(m.group(), m.start(), m.end()) for m in re.finditer(r"\S[^.!?\n]*[.!?\n]*", text))
        vector = sentence_vectors = None
        if encoder is not None:
            vector, sentence_vectors = encoder.encode_spans(text, [(s.start, s.end) for s in sentences])
        read = []
        for need in needs:
            id_, quote = need if isinstance(need, tuple) else (need, "")
            sku = next(iter(about), None) if len(about) == 1 else None
            read.append(Need(id_, id_.replace("_", " "), sku, quote, 0.9))
        found = self.customers.get(customer or "")
        return Context(
            Ticket("open-1", (Message("customer", text),), order_ids=tuple(order_ids)),
            Concern(text, sentences),
            Signals(language, tuple(Intent(i, 0.9, "") for i in intents), tuple(read),
                    exclusions=tuple(Exclusion(e, e) for e in exclusions)),
            self.catalog,
            NOW,
            found,
            orders,
            order,
            about,
            mentions,
            vector=vector,
            sentence_vectors=sentence_vectors,
            selling=Selling(not reasons, tuple(reasons)),
            similar=tuple(SimilarCase(self.cases[i], 0.8, "", "", "") for i in similar),
            limit=10,
        )  # fmt: skip


def read_shop(folder: Path) -> Shop:
    """A shop directory of the contract."""
    products = read_products(folder / "products.csv")
    customers = {
        c["id"]: Customer(c["id"], c.get("email") or "", c.get("first_name") or "", c.get("last_name") or "")
        for c in _lines(folder / "customers.jsonl")
    }
    orders = [
        Order(o["id"], o["name"], o["customer_id"], _time(o["created_at"]) or NOW, _time(o.get("delivered_at")),
              o["financial_status"], o["fulfillment_status"], o["currency"], o["total"], (),
              tuple(OrderLine(x["sku"], x.get("title", ""), x["quantity"], x["price"])
                    for x in o["lines"]),
              tuple(Return(r["sku"], r["quantity"], r["reason"], None) for r in o.get("returns") or ()))
        for o in _lines(folder / "orders.jsonl")
    ]  # fmt: skip
    cases = {}
    for t in _lines(folder / "tickets.jsonl"):
        resolution, outcome = t.get("resolution"), t.get("outcome")
        cases[t["id"]] = Case(
            t["id"], t.get("subject") or "", t["channel"], t.get("language") or "en", t.get("customer_id"),
            tuple(t.get("order_ids") or ()), _time(t["created_at"]) or NOW, _time(t["resolved_at"]) or NOW,
            tuple(t.get("tags") or ()),
            tuple(Message(m["author"], m.get("text") or "") for m in t["messages"]),
            Resolution(**resolution) if resolution else None,
            Outcome(**outcome) if outcome else None,
        )  # fmt: skip
    currency = next((o.currency for o in orders), "USD")
    return Shop(Catalog(products, (), (), currency), customers, orders, cases)


def small_shop(products: Mapping[str, Mapping[str, Any]]) -> Shop:
    """A shop of products given as options: a variant for every combination, its sku HANDLE/VALUE/VALUE."""
    built = []
    for handle, p in products.items():
        variants = []
        for values in itertools.product(*p["options"].values()):
            steps = p.get("steps", {})
            chosen = zip(p["options"].items(), values, strict=True)
            more = sum(steps.get(n, 0) * list(vs).index(v) for (n, vs), v in chosen)
            stock = 0 if list(values) in p.get("out", []) else 9
            options = dict(zip(p["options"], values, strict=True))
            variants.append(Variant("/".join((handle, *values)), options, p["price"] + more, None, None, stock))
        built.append(Product(handle, p["title"], p.get("body", ""), "", p["type"], tuple(p.get("tags", ())), "active",
                             tuple(variants)))  # fmt: skip
    return Shop(Catalog(tuple(built), (), (), "EUR"))


def order_of(shop: Shop, skus: Sequence[str], returns: Sequence[tuple[str, str]] = ()) -> Order:
    """An order of one customer, c-1, with these lines at list price."""
    lines = tuple(
        OrderLine(sku, shop.catalog.by_sku[sku][0].title, 1, shop.catalog.by_sku[sku][1].price) for sku in skus
    )
    back = tuple(Return(sku, 1, reason, None) for sku, reason in returns)
    total = sum(x.price for x in lines)
    return Order("o-1", "#7001", "c-1", NOW, NOW, "paid", "fulfilled", "EUR", total, (), lines, back)


MODEL = Path(__file__).parents[2] / "var" / "models" / "all-MiniLM-L6-v2"


@pytest.fixture(scope="session")
def needs() -> NeedSpace:
    """Need directions of an encoder without a model."""
    return NeedSpace.build(need_kinds(), HashEncoder())


@pytest.fixture(scope="session")
def real_encoder() -> OnnxEncoder:
    """The model that is served with; `make setup` puts it there."""
    try:
        return load_encoder(MODEL, threads=1)
    except ModelError as error:
        pytest.skip(str(error))


class Kit:
    """The functions of this file, for tests that cannot import it by name."""

    read_shop = staticmethod(read_shop)
    small_shop = staticmethod(small_shop)
    order_of = staticmethod(order_of)
    Shop = Shop


@pytest.fixture(scope="session")
def kit() -> type[Kit]:
    """Shops and contexts by hand."""
    return Kit
