"""Shopify's product CSV, both generations and whatever shops make of them."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copilot.shop.products import read_products
from copilot.shop.rejection import LoadError, Notes
from recommenders.domain import Product, Variant

OLD = (
    "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,"
    "Variant SKU,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,"
    "Variant Compare At Price,Image Src,Cost per item,Status"
)
NEW = (
    "Title,URL handle,Description,Vendor,Type,Tags,Published on online store,Status,SKU,Option1 name,Option1 value,"
    "Option2 name,Option2 value,Price,Compare-at price,Cost per item,Inventory tracker,Inventory quantity,"
    "Continue selling when out of stock,Product image URL"
)
PAN = Product(
    handle="pan",
    title="Pan",
    body="Cast iron.\n\nHeavy & good.",
    vendor="Forge",
    type="Cookware",
    tags=("iron", "oven safe"),
    status="active",
    variants=(
        Variant("PAN-S", {"Size": "20 cm", "Colour": "Black"}, 30.0, 35.0, 12.5, 4, False),
        Variant("PAN-L", {"Size": "28 cm", "Colour": "Black"}, 1234.5, None, None, 0, True),
        Variant("PAN-X", {"Size": "32 cm"}, 34.5, None, None, None, False),
    ),
)


def read(tmp_path: Path, *lines: str) -> tuple[list[Product], list[str], list[str]]:
    path = tmp_path / "products.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    told: list[str] = []
    notes = Notes(told.append)
    products = read_products(path, notes)
    notes.say()
    return products, [str(rejection) for rejection in notes.rejections], told


def test_older_headers(tmp_path: Path) -> None:
    rows = [
        OLD,
        'pan,Pan,"<p>Cast iron.</p>\n<p>Heavy &amp; good.</p>",Forge,Cookware,"iron, oven safe, iron",TRUE,Size,20 cm,'
        "Colour,Black,PAN-S,shopify,4,deny,30.00,35,a.png,12.50,active",
        'pan,,,,,,,,28 cm,,Black,PAN-L,shopify,0,continue,"1,234.50",,,,',
        'pan,,,,,,,Size,32 cm,Colour,,PAN-X,,0,deny,"34,50",,,,',
        "pan,,,,,,,,,,,,,,,,,b.png,,",
    ]
    assert read(tmp_path, *rows) == ([PAN], [], [])


def test_newer_headers_in_any_case(tmp_path: Path) -> None:
    rows = [
        NEW.upper(),
        'Pan,pan,"<p>Cast iron.</p><p>Heavy &amp; good.</p>",Forge,Cookware,"iron,oven safe",TRUE,Active,PAN-S,Size,'
        "20 cm,Colour,Black,30,35.00,12.5,shopify,4,DENY,a.png",
        ',pan,,,,,,,PAN-L,,28 cm,,Black,"€1,234.50",,,shopify,,CONTINUE,',
        ",pan,,,,,,,,,,,,,,,,,,b.png",
        ",pan,,,,,,,PAN-X,Size,32 cm,,,34.50,,,,7,DENY,",
    ]
    assert read(tmp_path, *rows) == ([PAN], [], [])


def one(tmp_path: Path, header: str, row: str) -> Product:
    ((product,), rejected, _) = read(tmp_path, header, row)
    assert rejected == []
    return product


def test_any_number_of_options_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    numbers = [10, 2, 1, 3, 4, 5]
    header = "Handle,Title,SKU,Price," + ",".join(f"Option{n} Name,Option{n} Value" for n in numbers)
    product = one(tmp_path, header, "x,X,X-1,1," + ",".join(f"n{n},v{n}" for n in numbers))
    assert list(product.variants[0].options.items()) == [(f"n{n}", f"v{n}") for n in sorted(numbers)]


def test_product_without_options_has_none(tmp_path: Path) -> None:
    product = one(tmp_path, "Handle,Title,SKU,Price,Option1 Name,Option1 Value", "x,X,X-1,1,Title,Default Title")
    assert product.variants[0].options == {}


def test_option_whose_name_nobody_gave_is_numbered(tmp_path: Path) -> None:
    product = one(tmp_path, "Handle,Title,SKU,Price,Option1 Name,Option1 Value", "x,X,X-1,1,,Red")
    assert product.variants[0].options == {"Option 1": "Red"}


@pytest.mark.parametrize(
    ("columns", "cells", "stock", "buyable"),
    [
        ("Inventory tracker,Inventory quantity", "shopify,0", 0, False),
        ("Inventory tracker,Inventory quantity", "shopify,-3", -3, False),
        ("Inventory tracker,Inventory quantity", "shopify,", 0, False),
        ("Inventory tracker,Inventory quantity", ",0", None, True),
        ("Variant Inventory Qty", "0", 0, False),  # no column says that nobody counts
        ("Variant Inventory Qty", "5.0", 5, True),
        ("Vendor", "V", None, True),
        ("Inventory quantity,Continue selling when out of stock", "0,TRUE", 0, True),
        ("Inventory quantity,Variant Inventory Policy", "0,Continue", 0, True),
    ],
)
def test_stock(tmp_path: Path, columns: str, cells: str, stock: int | None, buyable: bool) -> None:
    variant = one(tmp_path, f"Handle,Title,SKU,Price,{columns}", f"x,X,X-1,1,{cells}").variants[0]
    assert (variant.stock, variant.in_stock) == (stock, buyable)


@pytest.mark.parametrize(
    ("columns", "cells", "status"),
    [
        ("Vendor", "V", "active"),
        ("Status", "", "active"),
        ("Status", "DRAFT", "draft"),
        ("Status", "archived", "archived"),
        ("Status", "Unlisted", "draft"),
        ("Status,Published", "active,FALSE", "draft"),
        ("Status,Published on online store", "archived,false", "archived"),
        ("Published", "true", "active"),
    ],
)
def test_status(tmp_path: Path, columns: str, cells: str, status: str) -> None:
    assert one(tmp_path, f"Handle,Title,SKU,Price,{columns}", f"x,X,X-1,1,{cells}").status == status


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",B,B-1,1,,,", "Handle: is missing"),
        ("b" * 256 + ",B,B-1,1,,,", "Handle: is longer than 255 characters"),
        ("b,,B-1,1,,,", "Title: is missing on the product's first row"),
        ("b,B,,1,,,", "SKU: is missing; orders and suggestions name a variant by its SKU"),
        ("b,B,B-1,,,,", "Price: is missing"),
        ("b,B,B-1,-1,,,", "Price: '-1' is not an amount; write it as 1234.50"),
        ("b,B,B-1,ask us,,,", "Price: 'ask us' is not an amount; write it as 1234.50"),
        ("b,B,B-1,1,x,,", "Cost per item: 'x' is not an amount; write it as 1234.50"),
        ("b,B,B-1,1,,lots,", "Inventory quantity: 'lots' is not a whole number"),
        ("b,B,B-1,1,,,live", "Status: 'live' is none of active, draft, archived, unlisted"),
        ("b,B,,,,,", "SKU: the product has no variant"),
    ],
)
def test_row_that_does_not_fit_is_named_and_the_others_live(tmp_path: Path, row: str, reason: str) -> None:
    header = "Handle,Title,SKU,Price,Cost per item,Inventory quantity,Status"
    products, rejected, _ = read(tmp_path, header, "a,A,A-1,1,,,", row, "c,C,C-1,1,,,")
    assert [p.handle for p in products] == ["a", "c"]
    assert rejected == [f"products.csv:3: {reason}"]


def test_product_lives_without_its_broken_variant(tmp_path: Path) -> None:
    (product,), rejected, _ = read(tmp_path, "Handle,Title,SKU,Price", "a,A,A-1,1", "a,,A-2,?", "a,,A-3,3")
    assert [v.sku for v in product.variants] == ["A-1", "A-3"]
    assert len(rejected) == 1


def test_of_one_sku_twice_the_last_stays(tmp_path: Path) -> None:
    rows = ["a,A,S-1,1", "a,,S-2,2", "b,B,S-1,9", "b,,S-3,3"]
    (a, b), rejected, told = read(tmp_path, "Handle,Title,SKU,Price", *rows)
    assert [(v.sku, v.price) for v in a.variants + b.variants] == [("S-2", 2.0), ("S-1", 9.0), ("S-3", 3.0)]
    assert rejected == []
    assert told == ["products.csv:4: SKU 'S-1' stands here again; the last wins (1 row repeated)"]


def test_rows_of_a_product_may_stand_apart(tmp_path: Path) -> None:
    products, _, _ = read(tmp_path, "Handle,Title,SKU,Price", "a,A,A-1,1", "b,B,B-1,1", "a,,A-2,2")
    assert [(p.handle, len(p.variants)) for p in products] == [("a", 2), ("b", 1)]


def test_file_of_another_kind_is_refused_as_a_whole(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="has no column Handle or URL handle"):
        read(tmp_path, "Order,Email", "1,a@example.com")


def test_columns_that_shopify_has_and_we_do_not_read_are_no_news(tmp_path: Path) -> None:
    header = "Handle,Title,SKU,Price,Barcode,Image Src,SEO Title,Google Shopping / Age Group,Price / EU,My column"
    *_, told = read(tmp_path, header, "a,A,A-1,1,1,1,1,1,1,1", "b,B,B-1,1,1,1,1,1,1,")
    assert told == ["products.csv: unknown field 'my column' in 1 row, not read"]


def test_markup_of_a_description_is_never_more_than_text(tmp_path: Path) -> None:
    body = "<script>alert(1)</script><p>Soft.</p><ul><li>wool</li></ul>" + "<div>" * 5000 + "deep"
    product = one(tmp_path, "Handle,Title,SKU,Price,Description", f"x,X,X-1,1,{body}")
    assert "<" not in product.body
    assert "Soft." in product.body
    assert "wool" in product.body


cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | st.sampled_from(["a", "1", "TRUE", "shopify"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80, deadline=None)
@given(st.lists(st.lists(cells, min_size=20, max_size=20), max_size=5))
def test_any_cells_are_products_or_rejections(tmp_path: Path, rows: list[list[str]]) -> None:
    lines = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    products, _, _ = read(tmp_path, OLD, *lines, "", "last,Last,,,,,,,,,,LAST,,,,1,,,,")
    assert products[-1].variants[-1].sku == "LAST"
    assert all(product.title and product.variants for product in products)
