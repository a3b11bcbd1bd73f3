"""A five-product shop and contexts over it, for the tests of codes, delights, playbooks and drafts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from recommenders.domain import (
    Article,
    Catalog,
    Caution,
    Code,
    Concern,
    Context,
    Customer,
    Evidence,
    Intent,
    Mention,
    Message,
    Need,
    Occasion,
    Order,
    OrderLine,
    Product,
    Save,
    Selling,
    Sentiment,
    Signals,
    Ticket,
    Variant,
)
from recommenders.text.sentences import split_sentences

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)

BOOT = Product(
    "fell-boot", "Fell Boot",
    "A stiff boot for rocky paths. Brush off mud and wax the leather twice a year. Runs small.",
    type="Boots", tags=("leather", "hiking"),
    variants=(
        Variant("FB-41", {"Size": "41"}, 120.0, cost=60.0, stock=3),
        Variant("FB-42", {"Size": "42"}, 120.0, cost=60.0, stock=2),
        Variant("FB-43", {"Size": "43"}, 120.0, cost=60.0, stock=0),
    ),
)  # fmt: skip
SOCK = Product("wool-sock", "Wool Sock", "A warm sock.", type="Socks", tags=("wool",),
               variants=(Variant("WS", {}, 15.0, cost=4.0, stock=50),))  # fmt: skip
SHELL = Product("rain-shell", "Rain Shell", "A waterproof jacket for heavy rain.", type="Jackets", tags=("waterproof",),
                variants=(Variant("RS-M", {"Size": "M"}, 150.0, cost=70.0, stock=4),))  # fmt: skip
WIND = Product("wind-shirt", "Wind Shirt", "A thin jacket against wind.", type="Jackets", tags=("light",),
               variants=(Variant("WI-M", {"Size": "M"}, 90.0, cost=40.0, stock=4),))  # fmt: skip
SECRET = Product("ghost-tent", "Ghost Tent", "Not for sale yet.", type="Tents", status="draft",
                 variants=(Variant("GT", {}, 399.0, stock=5),))  # fmt: skip
ARTICLES = (
    Article("returns", "Returns", "You have 60 days to return an item.\n\n* Refunds. We pay you back within 5 days."),
    Article("delivery", "Delivery", "Where How long Cost\nSweden 1 to 2 days €3.00\nEU 3 to 5 days €6.00"),
)


def code(name: str, **rules: Any) -> Code:
    """An active percentage code of 10 with the purpose save, changed by `rules`."""
    given: dict[str, Any] = {
        "title": name, "status": "active", "starts_at": None, "ends_at": None, "value_type": "percentage",
        "amount": 10.0, "purposes": frozenset({"save"}), **rules,
    }  # fmt: skip
    return Code(name, **given)


def catalog(*codes: Code) -> Catalog:
    """The shop with these codes."""
    return Catalog((BOOT, SOCK, SHELL, WIND, SECRET), tuple(codes), ARTICLES, "EUR")


ANA = Customer(
    "c-1", "ana@example.com", "Ana", "Silva", "en-IE", frozenset({"vip"}), datetime(2022, 1, 1, tzinfo=UTC), True, 3,
    300.0, "EUR",
)  # fmt: skip
ORDER = Order(
    "o-1", "#1001", "c-1", datetime(2026, 2, 20, tzinfo=UTC), datetime(2026, 2, 23, tzinfo=UTC), "paid", "fulfilled",
    "EUR", 135.0, ("USEDONCE",),
    (OrderLine("FB-42", "Fell Boot - 42", 1, 120.0), OrderLine("WS", "Wool Sock", 1, 15.0)),
)  # fmt: skip


def context(
    text: str = "The Fell Boot from #1001 is too tight.",
    *,
    intents: Sequence[str] = (),
    needs: Sequence[str] = (),
    occasions: Sequence[str] = (),
    reasons: Sequence[str] = (),
    codes: Sequence[Code] = (),
    language: str = "en",
    channel: str = "email",
    mood: float = 0.0,
    customer: Customer | None = ANA,
    order: Order | None = ORDER,
    about: Sequence[str] = (),
    mentions: Sequence[tuple[str, str]] = (),
    shop: Catalog | None = None,
    **more: Any,
) -> Context:
    """A context with signals filled in by hand; `mentions` are (kind, id)."""
    orders = (order,) if order is not None and customer is not None else ()
    lines = {line.sku: line for one in orders for line in one.lines}
    label = "angry" if mood < -0.6 else "negative" if mood < -0.2 else "positive" if mood > 0.2 else "neutral"
    signals = Signals(
        language,
        tuple(Intent(i, 0.9, text) for i in intents),
        tuple(Need(n, n, None, text, 0.9) for n in needs),
        Sentiment(label, mood),
        tuple(Occasion(o, 0.9, f"about a {o}") for o in occasions),
        cautions=tuple(Caution(r, 0.9, text) for r in reasons),
    )
    return Context(
        Ticket("t-1", (Message("customer", text, "Ana"),), "", channel),
        Concern(text, split_sentences(text)),
        signals,
        shop or catalog(*codes),
        NOW,
        customer,
        orders,
        order if customer is not None else None,
        {sku: lines.get(sku) for sku in about},
        tuple(Mention(kind, name, 0, 1, 1.0) for kind, name in mentions),  # type: ignore[arg-type]
        selling=Selling(not reasons, tuple(reasons), dict.fromkeys(reasons, text[:60])),
        **more,
    )


def save(sku: str, kind: str = "alternative", replaces: str | None = None, code: str | None = None) -> Save:
    """A save at the catalogue's price; the difference is to the list price of `replaces`."""
    product, variant = catalog().by_sku[sku]
    old = catalog().by_sku[replaces][1].price if replaces else None
    return Save(
        f"save-1-{sku}", kind, replaces, sku, product.handle, product.title, "", variant.price,  # type: ignore[arg-type]
        None if old is None else round(variant.price - old, 2), code, "", "", 0.9, (Evidence("product", sku),),
    )  # fmt: skip
