"""Look-ups on a handful of rows written by hand."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, insert

from copilot.store.coding import encode_case, encode_code, encode_customer, encode_order, encode_product
from copilot.store.database import open_database, write_transaction
from copilot.store.models import (
    ArticleRow,
    Base,
    CaseRow,
    CodeRow,
    CustomerRow,
    LoadRow,
    OrderRow,
    ProductRow,
    VectorRow,
)
from copilot.store.shop import ShopStore, email_key, name_key, write_vector
from recommenders.domain import Article, Case, Code, Customer, Message, Order, Product, Variant


def day(number: int) -> datetime:
    return datetime(2026, 3, number, 12, tzinfo=UTC)


def order(id: str, name: str, customer_id: str | None, at: datetime, currency: str = "EUR") -> Order:
    return Order(id, name, customer_id, at, None, "paid", "fulfilled", currency, 10.0)


def case(id: str, customer_id: str | None, resolved: datetime) -> Case:
    said = (Message("customer", f"words of {id}"),)
    return Case(id, "Subject", "email", "en", customer_id, (), resolved, resolved, (), said)


PRODUCTS = [
    Product("tea", "Tea", variants=(Variant("TEA-1", {"Size": "100 g"}, 8.5, stock=3),)),
    Product("cup", "Cup", variants=(Variant("CUP-1", {}, 12.0),)),
]
CODE = Code("TEN", "Ten off", "active", None, None, "fixed_amount", 10.0)
CUSTOMERS = [Customer("c-1", "Ana@Example.com"), Customer("c-2", "bo@example.com"), Customer("c-3", "BO@example.com")]
ORDERS = [
    order("o-1", "#1001", "c-1", day(1)),
    order("o-2", "#1002", "c-1", day(5)),
    order("o-3", "#1003", "c-2", day(3), "USD"),
    order("1002", "#9", None, day(2)),
    order("o-5", "#US-7", None, day(2)),
]
CASES = [case("t-1", "c-1", day(1)), case("t-2", "c-1", day(4)), case("t-3", "c-2", day(2)), case("t-4", None, day(9))]


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = open_database(tmp_path)

    def rows(row: type[Base], values: list[dict[str, object]]) -> None:
        connection.execute(insert(row), values)

    with write_transaction(engine) as connection:
        rows(
            ProductRow,
            [
                {"handle": p.handle, "position": i, "data": encode_product(p), "digest": ""}
                for i, p in enumerate(PRODUCTS)
            ],
        )
        rows(CodeRow, [{"code": CODE.code, "data": encode_code(CODE), "digest": ""}])
        rows(ArticleRow, [{"id": "returns", "title": "Returns", "text": "30 days.", "digest": ""}])
        rows(
            CustomerRow,
            [
                {"id": c.id, "email_key": email_key(c.email), "data": encode_customer(c), "digest": ""}
                for c in CUSTOMERS
            ],
        )
        rows(
            OrderRow,
            [
                {
                    "id": o.id,
                    "name_key": name_key(o.name),
                    "customer_id": o.customer_id,
                    "created_at": o.created_at,
                    "data": encode_order(o),
                    "digest": "",
                }
                for o in ORDERS
            ],
        )
        rows(
            CaseRow,
            [
                {
                    "id": c.id,
                    "customer_id": c.customer_id,
                    "resolved_at": c.resolved_at,
                    "revision": 1 + i // 2,
                    "text_hash": f"h{i}",
                    "index_text": f"text {i}",
                    "data": encode_case(c),
                    "digest": "",
                }
                for i, c in enumerate(CASES)
            ],
        )
        rows(
            VectorRow,
            [
                {"text_hash": f"h{i}", "model": model, "vector": write_vector(np.full(2, i, np.float32))}
                for i, model in [(0, "m"), (1, "m"), (2, "m"), (3, "m"), (2, "other")]
            ],
        )
    return engine


@pytest.fixture
def store(engine: Engine) -> ShopStore:
    return ShopStore(engine)


def test_empty_shop_has_nothing_and_fails_at_nothing(tmp_path: Path) -> None:
    store = ShopStore(open_database(tmp_path))
    assert (store.revision(), store.case_count(), store.catalog().products) == (0, 0, ())
    assert store.customer("c-1") is None
    assert store.order("#1001") is None
    assert list(store.iter_cases_since(0, "m")) == list(store.iter_cases()) == []


def test_revision_is_the_newest_load(engine: Engine, store: ShopStore) -> None:
    with write_transaction(engine) as connection:
        for id in (3, 7):
            connection.execute(insert(LoadRow).values(id=id, finished_at=day(1), model="m", counts={}))
    assert store.revision() == 7


def test_catalog_keeps_the_order_of_the_file_and_takes_the_currency_of_most_orders(store: ShopStore) -> None:
    catalog = store.catalog()
    assert catalog.products == tuple(PRODUCTS)
    assert catalog.codes == (CODE,)
    assert catalog.articles == (Article("returns", "Returns", "30 days."),)
    assert catalog.currency == "EUR"


@pytest.mark.parametrize(
    ("id", "email", "found"),
    [
        ("c-2", "ana@example.com", "c-2"),  # the id goes first
        ("nobody", " ANA@example.COM ", "c-1"),
        (None, "bo@EXAMPLE.com", "c-2"),  # of two with one address the first by id
        ("nobody", "nobody@example.com", None),
        ("c-1' OR '1'='1", None, None),
        (None, " ", None),
    ],
)
def test_customer_by_id_else_by_email(store: ShopStore, id: str | None, email: str | None, found: str | None) -> None:
    customer = store.customer(id=id, email=email)
    assert (customer and customer.id) == found


def test_orders_of_a_customer_newest_first(store: ShopStore) -> None:
    assert store.orders_of("c-1") == (ORDERS[1], ORDERS[0])
    assert store.orders_of("c-1", limit=1) == (ORDERS[1],)
    assert store.orders_of("nobody") == ()


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("o-1", "o-1"),
        ("O-1", "o-1"),
        ("#1001", "o-1"),
        (" # 1001 ", "o-1"),
        ("us-7", "o-5"),
        ("#1002", "1002"),  # an id goes before a name
        ("%", None),
        ("#", None),
        ("", None),
    ],
)
def test_order_by_id_or_by_name_as_people_write_it(store: ShopStore, reference: str, found: str | None) -> None:
    order = store.order(reference)
    assert (order and order.id) == found


def test_cases_by_id_in_the_order_that_was_asked_for(store: ShopStore) -> None:
    assert list(store.cases(["t-3", "nothing", "t-1", "t-3"])) == ["t-3", "t-1"]
    assert store.cases(["t-2"]) == {"t-2": CASES[1]}
    many = [f"x-{i}" for i in range(1200)] + ["t-4"]
    assert list(store.cases(many)) == ["t-4"]


def test_cases_of_a_customer_before_a_moment_newest_first(store: ShopStore) -> None:
    assert [c.id for c in store.cases_of("c-1", before=day(9))] == ["t-2", "t-1"]
    assert [c.id for c in store.cases_of("c-1", before=day(4))] == ["t-1"]
    assert [c.id for c in store.cases_of("c-1", before=day(9), limit=1)] == ["t-2"]


def test_index_entries_are_those_of_later_loads_with_a_vector_of_the_model(store: ShopStore) -> None:
    everything = [[e.id for e in batch] for batch in store.iter_cases_since(0, "m", batch=3)]
    assert everything == [["t-1", "t-2", "t-3"], ["t-4"]]
    assert [e.id for batch in store.iter_cases_since(0, "other") for e in batch] == ["t-3"]
    ((third, fourth),) = store.iter_cases_since(1, "m")
    assert (third.id, third.revision, third.index_text) == ("t-3", 2, "text 2")
    assert third.labels == CASES[2].tags
    assert fourth.vector.tolist() == [3.0, 3.0]
    assert fourth.vector.dtype == np.float32


def test_every_case_comes_once_in_batches(store: ShopStore) -> None:
    assert [list(batch) for batch in store.iter_cases(batch=3)] == [CASES[:3], CASES[3:]]


def test_walking_half_of_the_cases_leaves_the_pool_whole(store: ShopStore) -> None:
    for _ in range(40):  # more than the pool has connections
        next(store.iter_cases(batch=1))
    assert store.case_count() == 4
