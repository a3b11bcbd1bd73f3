"""The files of a shop directory as candidates for the tables: one function a kind, all in one table at the end."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Table

from copilot.shop import articles, customers, discounts, orders, products, tickets
from copilot.shop.embed import text_hash
from copilot.shop.fingerprint import row_digest
from copilot.shop.jsonl import Line, Record, note_unknown, read_lines, validate
from copilot.shop.rejection import Notes
from copilot.shop.spool import Row
from copilot.shop.stage import Candidate
from copilot.shop.tickets import TicketReader
from copilot.store.coding import encode_case, encode_code, encode_customer, encode_order, encode_product
from copilot.store.models import ArticleRow, Base, CaseRow, CodeRow, CustomerRow, OrderRow, ProductRow
from copilot.store.shop import email_key, name_key

Advance = Callable[[int], object]
R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Source:
    """A kind of data: its file or folder, its table, and whether the file is the whole truth about it."""

    file: str
    table: Table
    whole: bool
    candidates: Callable[[Path, Notes, TicketReader, Advance], Iterator[Candidate]]
    same: Callable[[str], str] = lambda key: key


def _table(row: type[Base]) -> Table:
    return Base.metadata.tables[row.__tablename__]


def _lines(
    path: Path, notes: Notes, advance: Advance, model: type[R], key_field: str, to_row: Callable[[R], Row]
) -> Iterator[Candidate]:
    """A candidate for every line; it is validated only when the store has not read the very same line already."""
    for line in read_lines(path, notes, advance):
        note_unknown(model, line.data, path.name, notes)

        def read(line: Line = line) -> Row | None:
            record = validate(model, line, path.name, notes)
            return None if record is None else to_row(record)

        yield Candidate(line.number, _key(line.data.get(key_field)), row_digest(line.raw), read)


def _key(value: Any) -> str | None:
    """A key as validation will make it: text, or a whole number written without quotes."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value).strip() or None


def _products(path: Path, notes: Notes, _: TicketReader, __: Advance) -> Iterator[Candidate]:
    for position, product in enumerate(products.read_products(path, notes)):
        row = {"handle": product.handle, "position": position, "data": encode_product(product)}
        yield _ready(product.handle, row, parts=len(product.variants))


def _articles(path: Path, notes: Notes, _: TicketReader, __: Advance) -> Iterator[Candidate]:
    for article in articles.read_articles(path, notes):
        yield _ready(article.id, {"id": article.id, "title": article.title, "text": article.text})


def _ready(key: str, row: Row, parts: int = 1) -> Candidate:
    """A candidate that had to be read to know it."""
    return Candidate(1, key, row_digest(json.dumps(row, sort_keys=True).encode()), lambda: row, parts)


def _codes(path: Path, notes: Notes, _: TicketReader, advance: Advance) -> Iterator[Candidate]:
    def to_row(record: discounts.CodeRecord) -> Row:
        code = record.discount()
        return {"code": code.code, "data": encode_code(code)}

    return _lines(path, notes, advance, discounts.CodeRecord, "code", to_row)


def _customers(path: Path, notes: Notes, _: TicketReader, advance: Advance) -> Iterator[Candidate]:
    def to_row(record: customers.CustomerRecord) -> Row:
        customer = record.customer()
        return {
            "id": customer.id,
            "email_key": email_key(customer.email) or None,
            "data": encode_customer(customer),
        }

    return _lines(path, notes, advance, customers.CustomerRecord, "id", to_row)


def _orders(path: Path, notes: Notes, _: TicketReader, advance: Advance) -> Iterator[Candidate]:
    def to_row(record: orders.OrderRecord) -> Row:
        order = record.order()
        return {
            "id": order.id,
            "name_key": name_key(order.name),
            "customer_id": order.customer_id,
            "created_at": order.created_at.isoformat(),
            "data": encode_order(order),
        }

    return _lines(path, notes, advance, orders.OrderRecord, "id", to_row)


def _tickets(path: Path, notes: Notes, reader: TicketReader, advance: Advance) -> Iterator[Candidate]:
    def to_row(record: tickets.TicketRecord) -> Row:
        case = reader.case(record)
        words = reader.case_text(case)
        return {
            "id": case.id,
            "customer_id": case.customer_id,
            "resolved_at": case.resolved_at.isoformat(),
            "text_hash": text_hash(words),
            "index_text": words,
            "data": encode_case(case),
        }

    return _lines(path, notes, advance, tickets.TicketRecord, "id", to_row)


SOURCES: dict[str, Source] = {
    "products": Source(products.FILE, _table(ProductRow), True, _products),
    # Checkout takes a code in any case.
    "codes": Source(discounts.FILE, _table(CodeRow), True, _codes, same=str.casefold),
    "articles": Source(articles.FOLDER, _table(ArticleRow), True, _articles),
    "customers": Source(customers.FILE, _table(CustomerRow), False, _customers),
    "orders": Source(orders.FILE, _table(OrderRow), False, _orders),
    "tickets": Source(tickets.FILE, _table(CaseRow), False, _tickets),
}
