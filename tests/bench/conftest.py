"""Data sets of a few rows in the form of the public ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

COLUMNS = ("Handle", "Title", "Type", *(f"Option{n} {x}" for n in range(1, 6) for x in ("Name", "Value")),
           "Variant SKU", "Variant Price", "Variant Inventory Qty")  # fmt: skip
MUGS = [("red", "small", "m-rs", 5), ("red", "large", "m-rl", 5), ("blue", "small", "m-bs", 5), ("blue", "large", "m-bl", 0)]  # fmt: skip  # noqa: E501


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with both data sets: six questions, and a shop of one mug in four variants."""
    bank = tmp_path / "banking77"
    bank.mkdir()
    (bank / "train.csv").write_text(
        "text,category\nwhere is my card,arrival\n"
        '"card lost, help",lost\nmy card was stolen,lost\nexchange rate today,rate\n'
    )
    (bank / "test.csv").write_text("text,category\nwhere is the card,arrival\nwhat is the rate,rate\n")
    tau = tmp_path / "tau_retail"
    (tau / "shop").mkdir(parents=True)
    rows = [",".join(COLUMNS)]
    for n, (colour, size, sku, stock) in enumerate(MUGS):
        options = ["color" if not n else "", colour, "size" if not n else "", size, *[""] * 6]
        rows.append(
            ",".join(["mug", "Mug" if not n else "", "Kitchen" if not n else "", *options, sku, "9.5", str(stock)])
        )
    (tau / "shop/products.csv").write_text("\n".join(rows) + "\n")
    customer = {"id": "ann", "email": "ann@example.com", "first_name": "Ann", "last_name": "Lee"}
    (tau / "shop/customers.jsonl").write_text(json.dumps(customer) + "\n")
    order = {
        "id": "o1", "name": "#1", "customer_id": "ann", "created_at": "2026-02-01T00:00:00+00:00", "delivered_at": None,
        "financial_status": "paid", "fulfillment_status": "pending", "currency": "USD", "total": 9.5,
        "lines": [{"sku": "m-rs", "title": "Mug", "quantity": 1, "price": 9.5}],
    }  # fmt: skip
    (tau / "shop/orders.jsonl").write_text(json.dumps(order) + "\n")
    texts = {
        "train-1": ("exchange Mug red for color blue", "m-bs"),
        "dev-1": ("Please exchange the mug for a large one", "m-rl"),
    }
    lines = []
    for id_, (text, new) in texts.items():
        ticket = {"messages": [{"author": "customer", "text": text}], "order_ids": ["#1"]}
        lines.append({"id": id_, "pairs": [["m-rs", new]], "request": {"ticket": ticket, "customer": {"id": "ann"}}})
    (tau / "exchange_cases.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return tmp_path
