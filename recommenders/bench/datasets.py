"""Public data to measure on, read from a folder; nothing is downloaded."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from recommenders.domain import Catalog, Customer, Order, OrderLine, Product, Variant


class DatasetError(Exception):
    """A data set cannot be read; the message names it and what is wrong."""


class MissingDataset(DatasetError):
    """A data set is not in the folder; the message says where to get it."""


@dataclass(frozen=True, slots=True)
class Question:
    """A customer's question and its one intent."""

    id: str
    text: str
    intent: str


@dataclass(frozen=True)
class Banking77:
    """Customer questions to a bank in 77 intents (Casanueva et al. 2020, arXiv:2003.04807; CC BY 4.0)."""

    revision: str
    train: tuple[Question, ...]
    test: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class ExchangeCase:
    """A request for exchanges, with each item and the item that it should become (skus); `request` is it as JSON."""

    id: str
    text: str
    customer_id: str
    order_ids: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    request: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class TauRetail:
    """A shop and exchange requests made of tau-bench's retail domain (Yao et al. 2024, arXiv:2406.12045; MIT)."""

    revision: str
    catalog: Catalog
    customers: dict[str, Customer]
    orders: tuple[Order, ...]
    cases: tuple[ExchangeCase, ...]


def banking77(data: Path) -> Banking77:
    """Reads `train.csv` and `test.csv` (text, category) from the folder `banking77`."""
    files = _files(
        data / "banking77",
        ("train.csv", "test.csv"),
        "take train.csv and test.csv from banking_data/ of github.com/PolyAI-LDN/task-specific-datasets",
    )
    with _readable("banking77"):
        train, test = (_questions(path) for path in files)
        return Banking77(revision(files), train, test)


def tau_retail(data: Path) -> TauRetail:
    """Reads `exchange_cases.jsonl` and the shop directory `shop` from the folder `tau_retail`."""
    files = _files(
        data / "tau_retail",
        ("shop/products.csv", "shop/customers.jsonl", "shop/orders.jsonl", "exchange_cases.jsonl"),
        "it is the retail domain of github.com/sierra-research/tau-bench, written as a shop directory",
    )
    products, customers, orders, cases = files
    with _readable("tau_retail"):
        bought = tuple(_order(row) for row in _rows(orders))
        return TauRetail(
            revision(files),
            Catalog(_products(products), currency=bought[0].currency),
            {r["id"]: Customer(r["id"], r["email"], r["first_name"], r["last_name"]) for r in _rows(customers)},
            bought,
            tuple(_exchange_case(row) for row in _rows(cases)),
        )


def revision(files: Sequence[Path]) -> str:
    """SHA-256 over the names and contents of files, as hexadecimal digits."""
    digest = hashlib.sha256()
    for path in sorted(files, key=lambda path: path.name):
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _files(folder: Path, names: Sequence[str], remedy: str) -> list[Path]:
    files = [folder / name for name in names]
    if missing := [path for path in files if not path.is_file()]:
        raise MissingDataset(f"{folder.name}: no {missing[0]}; {remedy}, or name another folder with --data")
    return files


@contextmanager
def _readable(name: str) -> Iterator[None]:
    try:
        yield
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise DatasetError(f"{name}: not in the form that is expected ({type(error).__name__}: {error})") from error


def _questions(path: Path) -> tuple[Question, ...]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple(Question(f"{path.stem}-{n:05}", row["text"], row["category"]) for n, row in enumerate(rows, 1))


def _rows(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def _products(path: Path) -> tuple[Product, ...]:
    """The rows of a product have its handle; the first has its title and the names of its options."""
    found: dict[str, list[dict[str, str]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["Handle"], []).append(row)
    return tuple(_product(handle, rows) for handle, rows in found.items())


def _product(handle: str, rows: Sequence[dict[str, str]]) -> Product:
    names = [rows[0][f"Option{n} Name"] for n in range(1, 6)]
    variants = [
        Variant(
            row["Variant SKU"],
            {name: row[f"Option{n} Value"] for n, name in enumerate(names, 1) if name},
            float(row["Variant Price"]),
            stock=int(row["Variant Inventory Qty"]),
        )
        for row in rows
    ]
    return Product(handle, rows[0]["Title"], type=rows[0]["Type"], variants=tuple(variants))


def _order(row: dict[str, Any]) -> Order:
    delivered = row["delivered_at"]
    return Order(
        row["id"],
        row["name"],
        row["customer_id"],
        datetime.fromisoformat(row["created_at"]),
        datetime.fromisoformat(delivered) if delivered else None,
        row["financial_status"],
        row["fulfillment_status"],
        row["currency"],
        row["total"],
        lines=tuple(OrderLine(x["sku"], x["title"], x["quantity"], x["price"]) for x in row["lines"]),
    )


def _exchange_case(row: dict[str, Any]) -> ExchangeCase:
    request = row["request"]
    return ExchangeCase(
        row["id"],
        "\n".join(message["text"] for message in request["ticket"]["messages"]),
        request["customer"]["id"],
        tuple(request["ticket"]["order_ids"]),
        tuple((old, new) for old, new in row["pairs"]),
        request,
    )
