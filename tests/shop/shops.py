"""A small shop directory, written for a test."""

import json
from pathlib import Path
from typing import Any

from copilot.shop.tickets import TicketReader

PRODUCTS = "Handle,Title,SKU,Price\ntea,Tea,TEA-1,8.50\ntea,,TEA-2,12\ncup,Cup,CUP-1,9\n"
READER = TicketReader(
    clean=lambda text, html: text.strip(),
    detect=lambda text: "en",
    case_text=lambda case: f"{case.subject} {case.messages[0].text}",
)


def ticket(number: int, text: str = "", **change: Any) -> dict[str, Any]:
    """A resolved ticket; the text says what it is about."""
    said = text or f"The tea number {number} tastes of nothing."
    return {
        "id": f"t-{number}",
        "subject": f"Tea {number}",
        "channel": "email",
        "language": "en",
        "customer_id": "c-1",
        "created_at": "2026-03-01T10:00:00Z",
        "resolved_at": "2026-03-01T11:00:00Z",
        "messages": [{"author": "customer", "text": said}, {"author": "agent", "text": "Brew it for longer."}],
    } | change


def customer(number: int, **change: Any) -> dict[str, Any]:
    return {"id": f"c-{number}", "email": f"c{number}@example.com"} | change


def order(number: int, **change: Any) -> dict[str, Any]:
    line = {"sku": "TEA-1", "title": "Tea", "quantity": 1, "price": 8.5}
    made = {"id": f"o-{number}", "name": f"#{number}", "customer_id": "c-1", "created_at": "2026-02-01T10:00:00Z"}
    return made | {"lines": [line], "currency": "EUR"} | change


def code(name: str, **change: Any) -> dict[str, Any]:
    return {"code": name, "status": "active", "value": {"type": "percentage", "amount": 10}} | change


def write_lines(path: Path, *rows: dict[str, Any] | str) -> None:
    """Objects as JSON, texts as they are."""
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")


def write_shop(folder: Path) -> Path:
    """Three tickets, two products, and one or two of everything else."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "products.csv").write_text(PRODUCTS)
    write_lines(folder / "discounts.jsonl", code("TEN"), code("BREW"))
    write_lines(folder / "customers.jsonl", customer(1), customer(2))
    write_lines(folder / "orders.jsonl", order(1))
    write_lines(folder / "tickets.jsonl", ticket(1), ticket(2), ticket(3))
    (folder / "articles").mkdir(exist_ok=True)
    (folder / "articles/returns.md").write_text("# Returns\n\n30 days.")
    (folder / "articles/brewing.md").write_text("# Brewing\n\nFour minutes.")
    return folder
