"""What the service reads of the shop: one catalog snapshot, and quick look-ups of customers, orders and cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from sqlalchemy import Engine, bindparam, func, or_, select

from copilot.store.coding import (
    decode_case,
    decode_code,
    decode_customer,
    decode_order,
    decode_product,
)
from copilot.store.database import read_transaction
from copilot.store.models import (
    ArticleRow,
    CaseRow,
    CodeRow,
    CustomerRow,
    LoadRow,
    OrderRow,
    ProductRow,
    VectorRow,
)
from recommenders.domain import Article, Case, Catalog, Customer, Order

IDS_PER_QUERY = 500  # every database takes as many bound parameters
VECTOR_TYPE = np.dtype("<f4")

# Built once: a statement's text is compiled at its first use and found by identity afterwards.
_REVISION = select(func.max(LoadRow.id))
_PRODUCTS = select(ProductRow.data).order_by(ProductRow.position, ProductRow.handle)
_CODES = select(CodeRow.data).order_by(CodeRow.code)
_ARTICLES = select(ArticleRow.id, ArticleRow.title, ArticleRow.text).order_by(ArticleRow.id)
_SAMPLE = 2000  # orders, or customers, that vote on the currency
_CURRENCIES = tuple(
    select(sample.c.currency)
    .where(sample.c.currency.is_not(None))
    .group_by(sample.c.currency)
    .order_by(func.count().desc(), sample.c.currency)
    .limit(1)
    for row in (OrderRow, CustomerRow)
    for sample in (
        select(row.data["currency"].as_string().label("currency")).order_by(row.id).limit(_SAMPLE).subquery(),
    )
)
_CUSTOMER_BY_ID = select(CustomerRow.data).where(CustomerRow.id == bindparam("id"))
_CUSTOMER_BY_EMAIL = (
    select(CustomerRow.data).where(CustomerRow.email_key == bindparam("email")).order_by(CustomerRow.id).limit(1)
)
_ORDERS_OF = (
    select(OrderRow.data)
    .where(OrderRow.customer_id == bindparam("customer_id"))
    .order_by(OrderRow.created_at.desc(), OrderRow.id)
    .limit(bindparam("limit"))
)
_ORDER = (
    select(OrderRow.id, OrderRow.data)
    .where(or_(OrderRow.id.in_(bindparam("ids", expanding=True)), OrderRow.name_key == bindparam("name")))
    .order_by(OrderRow.created_at.desc(), OrderRow.id)
    .limit(20)
)
_CASES = select(CaseRow.data).where(CaseRow.id.in_(bindparam("ids", expanding=True)))
_CASES_OF = (
    select(CaseRow.data)
    .where(CaseRow.customer_id == bindparam("customer_id"), CaseRow.resolved_at < bindparam("before"))
    .order_by(CaseRow.resolved_at.desc(), CaseRow.id)
    .limit(bindparam("limit"))
)
_SOLVED = (
    select(CaseRow.data)
    .where(CaseRow.data["resolution"]["sku"].as_string().is_not(None))
    .order_by(CaseRow.resolved_at.desc(), CaseRow.id)
    .limit(bindparam("limit"))
)
_CASE_COUNT = select(func.count()).select_from(CaseRow)
_ALL_CASES = select(CaseRow.data).order_by(CaseRow.id)
_INDEX_ENTRIES = (
    select(CaseRow.id, CaseRow.revision, CaseRow.index_text, VectorRow.vector, CaseRow.data["tags"].label("tags"))
    .join(VectorRow, (VectorRow.text_hash == CaseRow.text_hash) & (VectorRow.model == bindparam("model")))
    .where(CaseRow.revision > bindparam("revision"))
    .order_by(CaseRow.id)
)


class IndexEntry(NamedTuple):
    """What the case index holds of a case.

    `vector` is float32 of length 1, `revision` the load that wrote the case, `labels` are its tags.
    """

    id: str
    revision: int
    index_text: str
    vector: npt.NDArray[np.float32]
    labels: tuple[str, ...] = ()


class ShopStore:
    """The read side. Safe to share between threads: every call takes a connection of the pool and gives it back."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def database(self) -> Engine:
        """Where it reads."""
        return self._engine

    def revision(self) -> int:
        """The number of the newest load that changed something; 0 before the first."""
        with self._engine.connect() as connection:
            return connection.scalar(_REVISION) or 0

    def catalog(self) -> Catalog:
        """Products in their file's order, codes and articles by id: one consistent snapshot.

        The currency is that of most orders, else of most customers, since neither products nor codes name one.
        """
        with read_transaction(self._engine) as connection:  # a load may end between two reads
            products = tuple(decode_product(data) for data in connection.scalars(_PRODUCTS))
            codes = tuple(decode_code(data) for data in connection.scalars(_CODES))
            articles = tuple(Article(*row) for row in connection.execute(_ARTICLES))
            currencies = (connection.scalar(statement) for statement in _CURRENCIES)
            currency = next((found for found in currencies if found), "")
        return Catalog(products, codes, articles, currency)

    def customer(self, id: str | None = None, email: str | None = None) -> Customer | None:
        """By id, else by e-mail in any case."""
        with self._engine.connect() as connection:
            data = connection.scalar(_CUSTOMER_BY_ID, {"id": id}) if id else None
            if data is None and email and (key := email_key(email)):
                data = connection.scalar(_CUSTOMER_BY_EMAIL, {"email": key})
        return None if data is None else decode_customer(data)

    def orders_of(self, customer_id: str, limit: int = 200) -> tuple[Order, ...]:
        """A customer's orders, newest first."""
        with self._engine.connect() as connection:
            rows = connection.scalars(_ORDERS_OF, {"customer_id": customer_id, "limit": limit})
            return tuple(decode_order(data) for data in rows)

    def order(self, reference: str) -> Order | None:
        """By id, else by name, as people write it: with or without #, in any case. The newest of several."""
        bare = reference.strip().removeprefix("#").strip()
        if not bare:
            return None
        ids = list(dict.fromkeys((reference, bare, bare.lower(), bare.upper(), f"#{bare}")))
        with self._engine.connect() as connection:
            rows = connection.execute(_ORDER, {"ids": ids, "name": name_key(bare)}).all()
        if not rows:
            return None
        by_id = {row.id: row.data for row in rows}
        return decode_order(next((by_id[id] for id in ids if id in by_id), rows[0].data))

    def cases(self, ids: Iterable[str]) -> dict[str, Case]:
        """The cases among `ids` that exist, by id, in the order of `ids`."""
        wanted = list(dict.fromkeys(ids))
        found: dict[str, Case] = {}
        with self._engine.connect() as connection:
            for start in range(0, len(wanted), IDS_PER_QUERY):
                rows = connection.scalars(_CASES, {"ids": wanted[start : start + IDS_PER_QUERY]})
                found.update((data["id"], decode_case(data)) for data in rows)
        return {id: found[id] for id in wanted if id in found}

    def cases_of(self, customer_id: str, before: datetime, limit: int = 50) -> tuple[Case, ...]:
        """A customer's cases that were resolved before a moment, newest first."""
        asked = {"customer_id": customer_id, "before": before, "limit": limit}
        with self._engine.connect() as connection:
            return tuple(decode_case(data) for data in connection.scalars(_CASES_OF, asked))

    def case_count(self) -> int:
        """How many cases there are."""
        with self._engine.connect() as connection:
            return connection.scalar(_CASE_COUNT) or 0

    def iter_cases_since(self, revision: int, model: str, batch: int = 2000) -> Iterator[list[IndexEntry]]:
        """The cases that loads after `revision` wrote and that have a vector of `model`, by id, in batches."""
        with self._engine.connect().execution_options(yield_per=batch) as connection:
            result = connection.execute(_INDEX_ENTRIES, {"revision": revision, "model": model})
            for rows in result.partitions(batch):
                yield [
                    IndexEntry(x.id, x.revision, x.index_text, read_vector(x.vector), tuple(x.tags or ())) for x in rows
                ]

    def solved_cases(self, limit: int) -> tuple[Case, ...]:
        """The newest cases that ended with a product, at most `limit`: what outcomes are learned from."""
        with self._engine.connect() as connection:
            return tuple(decode_case(data) for data in connection.scalars(_SOLVED, {"limit": limit}))

    def iter_cases(self, batch: int = 500) -> Iterator[list[Case]]:
        """Every case, by id, in batches."""
        with self._engine.connect().execution_options(yield_per=batch) as connection:
            for rows in connection.scalars(_ALL_CASES).partitions(batch):
                yield [decode_case(data) for data in rows]


def email_key(email: str) -> str:
    """What an address is looked up by."""
    return email.strip().casefold()


def name_key(name: str) -> str:
    """What an order's name is looked up by: without # and case."""
    return name.strip().lstrip("#").strip().casefold()


def read_vector(data: bytes) -> npt.NDArray[np.float32]:
    """A stored vector."""
    return np.frombuffer(data, VECTOR_TYPE).astype(np.float32, copy=False)


def write_vector(vector: npt.NDArray[np.float32]) -> bytes:
    """A vector as it is stored: little-endian float32."""
    return np.ascontiguousarray(vector, VECTOR_TYPE).tobytes()
