"""products.csv: Shopify's product CSV, with the headers of both generations.

The older export says `Handle`, `Variant SKU`, `Variant Inventory Qty`; the one of 2024 and later says `URL handle`,
`SKU`, `Inventory quantity`. A product is every row with its handle: the first row holds the product and its first
variant, the others hold further variants or only an image.
Source: https://help.shopify.com/en/manual/products/import-export/using-csv
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from copilot.shop.csvrows import Row, read_rows
from copilot.shop.html import html_text
from copilot.shop.numbers import read_amount, read_quantity
from copilot.shop.rejection import LoadError, Notes
from recommenders.domain import Product, Variant

FILE = "products.csv"

# What is read -> its headers, case-folded; the first that a row fills counts.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "handle": ("handle", "url handle"),
    "title": ("title",),
    "body": ("body (html)", "description", "body html", "body"),
    "vendor": ("vendor",),
    "type": ("type", "custom product type"),
    "tags": ("tags",),
    "published": ("published", "published on online store"),
    "status": ("status",),
    "sku": ("variant sku", "sku"),
    "price": ("variant price", "price"),
    "compare_at_price": ("variant compare at price", "compare-at price", "compare at price"),
    "cost": ("cost per item", "variant cost"),
    "stock": ("variant inventory qty", "inventory quantity", "variant inventory quantity"),
    "tracker": ("variant inventory tracker", "inventory tracker"),
    "policy": ("variant inventory policy", "continue selling when out of stock"),
}
_READ = frozenset(header for headers in COLUMNS.values() for header in headers)
_OPTION = re.compile(r"option\s?(\d{1,3}) (name|value|linked to)")
# Shopify's other columns: known, and not of use here.
_UNUSED = re.compile(
    r"variant .*|image .*|seo .*|google shopping.*|unit price .*|price / .*|compare[ -]at price / .*|included / .*"
    r"|product image url|variant image url|.*metafields\..*|barcode|charge tax|tax code|weight .*|requires shipping"
    r"|fulfillment service|gift card|collection|(?:standard(?:ized)? )?product (?:category|type)|template suffix|id"
)
STATUSES = ("active", "draft", "archived", "unlisted")
_FALSE = frozenset(("false", "no", "0", "n"))
_TRUE = frozenset(("true", "yes", "1", "y"))
_DEFAULT = ("Title", "Default Title")  # how Shopify says that a product has no options


class _Fault(ValueError):
    """A cell that cannot be read: its header and why."""

    def __init__(self, header: str, reason: str) -> None:
        super().__init__(reason)
        self.header, self.reason = header, reason


@dataclass
class _Draft:
    """A product while its rows come in."""

    line: int
    cells: dict[str, str]
    names: dict[int, str] = field(default_factory=dict)
    variants: dict[str, Variant] = field(default_factory=dict)
    faults: int = 0


def read_products(path: Path, notes: Notes) -> list[Product]:
    """The products in the order in which they first stand in the file.

    A row that does not fit is noted as rejected, and its product lives without that variant; a product without a
    title, with an unknown status or without any variant is left out as a whole.

    Raises:
        LoadError: the file cannot be read, or has no column for handles.
    """
    drafts: dict[str, _Draft] = {}
    where: dict[str, str] = {}  # sku -> handle
    for row in read_rows(path, notes):
        if row.headers.isdisjoint(COLUMNS["handle"]):  # else a wrong file would take every product away
            raise LoadError(f"{path}: has no column Handle or URL handle; it is not Shopify's product CSV")
        cells = _columns(row, notes)
        handle = cells.get("handle", "")
        if not handle or len(handle) > 255:
            notes.reject(FILE, row.line, "Handle", "is longer than 255 characters" if handle else "is missing")
            continue
        draft = drafts.get(handle)
        if draft is None:
            draft = drafts[handle] = _Draft(row.line, cells)
        else:
            for name in ("title", "body", "vendor", "type", "tags", "status", "published"):
                if name in cells:
                    draft.cells.setdefault(name, cells[name])
        options = _options(row, draft)
        if not (options or "sku" in cells or "price" in cells):
            continue  # an image
        try:
            variant = _variant(row, cells, options)
        except _Fault as fault:
            draft.faults += 1
            notes.reject(FILE, row.line, fault.header, fault.reason)
            continue
        if variant.sku in where:
            notes.repeated(FILE, row.line, "SKU", variant.sku)
            drafts[where[variant.sku]].variants.pop(variant.sku, None)
        where[variant.sku] = handle
        draft.variants[variant.sku] = variant
    return [product for handle, draft in drafts.items() if (product := _product(handle, draft, notes)) is not None]


def _columns(row: Row, notes: Notes) -> dict[str, str]:
    """The cells by what they mean."""
    cells: dict[str, str] = {}
    for name, headers in COLUMNS.items():
        found = next((row.cells[header] for header in headers if header in row.cells), None)
        if found is not None:
            cells[name] = found
    for header in row.cells:
        if header not in _READ and not _OPTION.fullmatch(header) and not _UNUSED.fullmatch(header):
            notes.unknown(FILE, header[:80] or "(a column without a header)")
    return cells


def _options(row: Row, draft: _Draft) -> dict[str, str]:
    """Option name -> value. Names stand on a product's first row and may be repeated or missing further down."""
    numbered: dict[int, str] = {}
    for header, cell in row.cells.items():
        if (match := _OPTION.fullmatch(header)) is None:
            continue
        number = int(match[1])
        if match[2] == "name":
            draft.names.setdefault(number, cell)
        elif match[2] == "value":
            numbered[number] = cell
    return {draft.names.get(n, f"Option {n}"): numbered[n] for n in sorted(numbered)}


def _variant(row: Row, cells: Mapping[str, str], options: Mapping[str, str]) -> Variant:
    sku = cells.get("sku")
    if sku is None:
        raise _Fault("SKU", "is missing; orders and suggestions name a variant by its SKU")
    if len(sku) > 255:
        raise _Fault("SKU", "is longer than 255 characters")
    price = _amount(cells, "price", "Price")
    if price is None:
        raise _Fault("Price", "is missing")
    policy = cells.get("policy", "deny").casefold()
    if policy not in _TRUE | _FALSE | {"deny", "continue"}:
        raise _Fault("Inventory policy", f"{policy!r} is neither deny nor continue")
    return Variant(
        sku=sku,
        options={k: v for k, v in options.items() if (k, v) != _DEFAULT},
        price=price,
        compare_at_price=_amount(cells, "compare_at_price", "Compare-at price"),
        cost=_amount(cells, "cost", "Cost per item"),
        stock=_stock(row, cells),
        sell_when_out_of_stock=policy in _TRUE | {"continue"},
    )


def _amount(cells: Mapping[str, str], name: str, header: str) -> float | None:
    if name not in cells:
        return None
    amount = read_amount(cells[name])
    if amount is None:
        raise _Fault(header, f"{cells[name][:40]!r} is not an amount; write it as 1234.50")
    return amount


def _stock(row: Row, cells: Mapping[str, str]) -> int | None:
    """None: nobody counts. A file without a tracker column counts where it gives a quantity."""
    stock = None
    if "stock" in cells and (stock := read_quantity(cells["stock"])) is None:
        raise _Fault("Inventory quantity", f"{cells['stock'][:40]!r} is not a whole number")
    if not row.headers.isdisjoint(COLUMNS["tracker"]):
        return (stock or 0) if "tracker" in cells else None
    return stock


def _product(handle: str, draft: _Draft, notes: Notes) -> Product | None:
    cells = draft.cells
    status = cells.get("status", "active").casefold()
    fault = None
    if "title" not in cells:
        fault = ("Title", "is missing on the product's first row")
    elif status not in STATUSES:
        fault = ("Status", f"{cells['status'][:40]!r} is none of {', '.join(STATUSES)}")
    elif not draft.variants and not draft.faults:
        fault = ("SKU", "the product has no variant")
    if fault is not None:
        notes.reject(FILE, draft.line, *fault)
    if fault is not None or not draft.variants:
        return None
    # What customers cannot find in the shop is not proposed to them either.
    hidden = status == "unlisted" or cells.get("published", "true").casefold() in _FALSE
    return Product(
        handle=handle,
        title=" ".join(cells["title"].split()),
        body=html_text(cells.get("body", "")),
        vendor=cells.get("vendor", ""),
        type=cells.get("type", ""),
        tags=tuple(dict.fromkeys(tag for part in cells.get("tags", "").split(",") if (tag := part.strip()))),
        status="draft" if hidden and status != "archived" else status,
        variants=tuple(draft.variants.values()),
    )
