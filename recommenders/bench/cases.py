"""Shops with cases that say what a good agent could offer: for the tasks that ask the whole engine."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recommenders.bench.datasets import DatasetError, MissingDataset, revision

SHOPS = Path(__file__).with_name("shops")


@dataclass(frozen=True, slots=True)
class Label:
    """What is right for a case: handles or skus of which any may be offered, whether nothing may be, and selling.

    `selling` is None where both are fine.
    """

    offers: frozenset[str]
    silent: bool
    selling: bool | None = None


@dataclass(frozen=True)
class ShopCase:
    """A request to the shop, the item complained of, and what is right; no label where saves are not the point."""

    id: str
    request: Mapping[str, Any]
    complained: str | None
    label: Label | None


@dataclass(frozen=True)
class LabelledShop:
    """A shop directory with its cases."""

    name: str
    folder: Path
    cases: tuple[ShopCase, ...]

    def sold(self) -> list[str]:
        """The sku of every piece that the shop's orders hold, oldest order as the file has it."""
        path = self.folder / "orders.jsonl"
        lines = path.read_text("utf-8").splitlines() if path.is_file() else []
        orders = [json.loads(line) for line in lines if line.strip()]
        return [line["sku"] for order in orders for line in order["lines"] for _ in range(line["quantity"])]


def labelled_shops(data: Path) -> tuple[tuple[LabelledShop, ...], str]:
    """The shops in the folder `shops` of the data sets, else those that come with this package, and their revision.

    Each is a folder with `shop/`, a shop directory, and `cases.json`: {"now": time, "cases": [{"id", "request",
    "complained_sku"?, "label"?: {"offers": [handle or sku], "silent"?: bool, "selling"?: bool}}]}. Cases that expect
    another "status" than 200 are left out.

    Raises:
        MissingDataset: there is none.
        DatasetError: cases are not in this form.
    """
    own = data / "shops"
    root = own if own.is_dir() else SHOPS
    books = sorted(book for book in root.glob("*/cases.json") if (book.parent / "shop/tickets.jsonl").is_file())
    if not books:
        raise MissingDataset(f"shops: no */cases.json beside a shop/ in {root}, or name another folder with --data")
    files = [path for book in books for path in (book, *book.parent.rglob("shop/**/*")) if path.is_file()]
    return tuple(_shop(book) for book in books), revision(files)


def _shop(book: Path) -> LabelledShop:
    try:
        content = json.loads(book.read_text("utf-8"))
        cases = tuple(_case(row, content["now"]) for row in content["cases"] if row.get("status", 200) == 200)
    except (KeyError, TypeError, ValueError) as error:
        raise DatasetError(
            f"shops: {book}: not in the form that is expected ({type(error).__name__}: {error})"
        ) from error
    return LabelledShop(book.parent.name, book.parent / "shop", cases)


def _case(row: Mapping[str, Any], now: str) -> ShopCase:
    label = row.get("label")
    return ShopCase(
        row["id"],
        {"now": now, **row["request"]},
        row.get("complained_sku"),
        Label(frozenset(_texts(label["offers"])), bool(label.get("silent", False)), label.get("selling"))
        if label and "offers" in label
        else None,
    )


def _texts(values: Sequence[Any]) -> list[str]:
    if isinstance(values, str) or not all(isinstance(value, str) for value in values):
        raise TypeError(f"offers must be a list of handles or skus, not {values!r}")
    return list(values)
