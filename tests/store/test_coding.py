"""What is written to a `data` column is what is read from it."""

import json
from collections.abc import Callable
from datetime import timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copilot.store import coding
from recommenders.domain import (
    Case,
    Code,
    Customer,
    Message,
    Order,
    OrderLine,
    Outcome,
    Product,
    Resolution,
    Return,
    Variant,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
times = st.datetimes(timezones=zones)
amounts = st.floats(0, 1e6)
tuples = st.lists(texts, max_size=3).map(tuple)
sets = st.frozensets(texts, max_size=3)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


variants = st.builds(
    Variant,
    sku=names,
    options=st.dictionaries(texts, texts, max_size=3),
    price=amounts,
    compare_at_price=maybe(amounts),
    cost=maybe(amounts),
    stock=maybe(st.integers(-5, 5)),
    sell_when_out_of_stock=st.booleans(),
)
products = st.builds(
    Product,
    handle=names,
    title=names,
    body=texts,
    vendor=texts,
    type=texts,
    tags=tuples,
    status=st.sampled_from(["active", "draft"]),
    variants=st.lists(variants, max_size=2).map(tuple),
)
codes = st.builds(
    Code,
    code=names,
    title=texts,
    status=st.just("active"),
    starts_at=maybe(times),
    ends_at=maybe(times),
    value_type=st.just("percentage"),
    amount=amounts,
    handles=sets,
    product_types=sets,
    tags=sets,
    minimum_subtotal=maybe(amounts),
    minimum_quantity=maybe(st.integers(0, 3)),
    customer_tags=sets,
    first_order_only=st.booleans(),
    once_per_customer=st.booleans(),
    usage_limit=maybe(st.integers(0, 3)),
    used=st.integers(0, 3),
    purposes=sets,
    stacks=st.booleans(),
)
customers = st.builds(
    Customer,
    id=names,
    email=texts,
    first_name=texts,
    last_name=texts,
    locale=texts,
    tags=sets,
    created_at=maybe(times),
    marketing_consent=st.booleans(),
    orders_count=st.integers(0, 3),
    total_spent=amounts,
    currency=texts,
    predicted_clv=maybe(amounts),
    churn_probability=maybe(st.floats(0, 1)),
)
orders = st.builds(
    Order,
    id=names,
    name=names,
    customer_id=maybe(names),
    created_at=times,
    delivered_at=maybe(times),
    financial_status=texts,
    fulfillment_status=texts,
    currency=texts,
    total=amounts,
    discount_codes=tuples,
    lines=st.lists(st.builds(OrderLine, texts, texts, st.integers(0, 3), amounts), max_size=2).map(tuple),
    returns=st.lists(st.builds(Return, texts, st.integers(0, 3), texts, maybe(times)), max_size=2).map(tuple),
)
cases = st.builds(
    Case,
    id=names,
    subject=texts,
    channel=st.just("email"),
    language=texts,
    customer_id=maybe(names),
    order_ids=tuples,
    created_at=times,
    resolved_at=times,
    tags=tuples,
    messages=st.lists(
        st.builds(Message, st.just("agent"), texts, maybe(names), maybe(times)), min_size=1, max_size=2
    ).map(tuple),
    resolution=maybe(st.builds(Resolution, names, maybe(names), maybe(names), maybe(amounts))),
    outcome=maybe(
        st.builds(
            Outcome,
            maybe(st.integers(1, 5)),
            maybe(st.integers(1, 7)),
            maybe(st.integers(0, 10)),
            st.booleans(),
            maybe(amounts),
        )
    ),
)
KINDS: list[tuple[Any, Callable[[Any], Any], Callable[[Any], Any]]] = [
    (products, coding.encode_product, coding.decode_product),
    (codes, coding.encode_code, coding.decode_code),
    (customers, coding.encode_customer, coding.decode_customer),
    (orders, coding.encode_order, coding.decode_order),
    (cases, coding.encode_case, coding.decode_case),
]


@pytest.mark.parametrize(("things", "encode", "decode"), KINDS, ids=["product", "code", "customer", "order", "case"])
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_decode_is_the_inverse_of_encode(things: Any, encode: Any, decode: Any, data: st.DataObject) -> None:
    thing = data.draw(things)
    assert decode(json.loads(json.dumps(encode(thing)))) == thing


def test_zeros_are_kept_and_what_says_nothing_is_not_written() -> None:
    product = Product("h", "Title", variants=(Variant("s", {}, 0.0, stock=0),))
    assert coding.encode_product(product) == {
        "handle": "h",
        "title": "Title",
        "status": "active",
        "variants": [{"sku": "s", "price": 0.0, "stock": 0}],
    }
