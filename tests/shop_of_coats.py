"""A shop of five products, written for the engine's tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.shop.shops import code, write_lines

PRODUCTS = """\
Handle,Title,Body (HTML),Type,Tags,Status,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Inventory Qty
fern-cardigan,Fern Cardigan,<p>A soft cardigan of lambswool.</p>,Cardigans,wool,active,Size,S,FC-S,80.00,5
fern-cardigan,,,,,,,M,FC-M,80.00,5
fern-cardigan,,,,,,,L,FC-L,80.00,5
storm-parka,Storm Parka,"<p>Our warmest coat, thickly padded and waterproof. For icy wind.</p>",Coats,warm,active,\
Size,M,SP-M,160.00,4
breeze-jacket,Breeze Jacket,<p>A thin jacket for mild days.</p>,Coats,light,active,Size,M,BJ-M,90.00,4
brook-socks,Brook Socks,<p>Cotton socks.</p>,Socks,cotton,active,,,BS,12.00,50
tarn-hat,Tarn Hat,<p>A knitted hat.</p>,Hats,wool,active,,,TH,25.00,0
"""


def customer(id: str, first: str, **change: Any) -> dict[str, Any]:
    return {
        "id": id, "email": f"{first.lower()}@example.com", "first_name": first, "last_name": "Moss", "locale": "en",
        "created_at": "2024-05-01T00:00:00Z", "marketing_consent": True, "orders_count": 2, "total_spent": 250,
        "currency": "EUR",
    } | change  # fmt: skip


def order(number: int, customer_id: str, sku: str, title: str, price: float, **change: Any) -> dict[str, Any]:
    return {
        "id": f"o-{number}", "name": f"#{number}", "customer_id": customer_id, "created_at": "2026-02-16T10:00:00Z",
        "delivered_at": "2026-02-20T10:00:00Z", "financial_status": "paid", "fulfillment_status": "fulfilled",
        "currency": "EUR", "total": price,
        "lines": [{"sku": sku, "title": title, "quantity": 1, "price": price}],
    } | change  # fmt: skip


def ticket(number: int, said: str, reply: str, name: str, **change: Any) -> dict[str, Any]:
    return {
        "id": f"t-{number}", "subject": "", "channel": "email", "language": "en", "customer_id": None, "tags": [],
        "created_at": "2026-01-10T10:00:00Z", "resolved_at": "2026-01-11T10:00:00Z",
        "messages": [{"author": "customer", "name": name, "text": said}, {"author": "agent", "text": reply}],
        "resolution": {"kind": "exchange", "sku": None, "code": None, "amount": None},
        "outcome": {"csat": 5, "reopened": False},
    } | change  # fmt: skip


TICKETS = [
    ticket(1, "The sleeves of the cardigan are too tight, can I swap it for a larger one?",
           "We are glad to swap it for the next size. Send the first one back with the label in the parcel, and the "
           "larger cardigan leaves us on the same day.", "Gudrun Falk"),
    ticket(2, "This jacket is not warm enough for the winter here.",
           "A thicker coat will serve you better in that cold. Send the jacket back and we set its price off.",
           "Ole Brandt"),
    ticket(3, "Where is my parcel? The tracking has not moved for a week.",
           "I am sorry that it takes so long. I have asked the carrier and will write again tomorrow.", "Ivo Lenz"),
    ticket(4, "How do I wash the cardigan?",
           "By hand, cool, and dry it flat on a towel. It keeps its shape for years that way.", "Mara Stein"),
]  # fmt: skip


def write_coats(folder: Path) -> Path:
    """The shop directory."""
    folder.mkdir(parents=True)
    (folder / "products.csv").write_text(PRODUCTS)
    write_lines(
        folder / "discounts.jsonl",
        code("KEEP10", purposes=["save"]),
        code("SORRY5", purposes=["recovery"], value={"type": "fixed_amount", "amount": 5}),
        code("OLD20", purposes=["save"], ends_at="2025-01-01T00:00:00Z"),
    )
    write_lines(folder / "customers.jsonl", customer("c-1", "Ana"), customer("c-2", "Ben"))
    write_lines(
        folder / "orders.jsonl",
        order(1001, "c-1", "FC-M", "Fern Cardigan - M", 80.0),
        order(1002, "c-1", "BJ-M", "Breeze Jacket - M", 90.0, created_at="2025-11-03T10:00:00Z",
              delivered_at="2025-11-06T10:00:00Z"),
        order(1003, "c-1", "BS", "Brook Socks", 12.0, created_at="2026-04-01T10:00:00Z", delivered_at=None),
        order(2002, "c-2", "SP-M", "Storm Parka - M", 160.0, created_at="2026-02-01T10:00:00Z", delivered_at=None),
    )  # fmt: skip
    write_lines(folder / "tickets.jsonl", *TICKETS)
    (folder / "articles").mkdir()
    (folder / "articles" / "returns.md").write_text("# Returns\n\nYou have 40 days to send an item back.\n")
    return folder
