"""Lines of customers, orders and discounts as the domain's words."""

from datetime import UTC, datetime
from typing import Any

import pytest

from copilot.shop.customers import CustomerRecord
from copilot.shop.discounts import CodeRecord
from copilot.shop.jsonl import Line, validate
from copilot.shop.orders import OrderRecord
from copilot.shop.rejection import Notes
from recommenders.domain import Code, Customer, Order, OrderLine, Return

CODE: dict[str, Any] = {"code": "TEN", "status": "active", "value": {"type": "percentage", "amount": 10}}
LINE = {"sku": "A-1", "title": "A", "quantity": 2, "price": 5.25}
ORDER: dict[str, Any] = {"id": "o-1", "created_at": "2026-03-01T10:00:00+01:00", "lines": [LINE, LINE]}


def fault(model: Any, data: dict[str, Any]) -> str:
    notes = Notes(lambda warning: None)
    assert validate(model, Line(1, b"", data), "f", notes) is None
    (rejection,) = notes.rejections
    return f"{rejection.field}: {rejection.reason}"


def test_customer_with_everything_and_with_nothing_but_an_id() -> None:
    full = {
        "id": "c-1",
        "email": " Ana@example.com ",
        "first_name": "Ana",
        "last_name": "Silva",
        "locale": "pt-PT",
        "tags": ["vip"],
        "created_at": "2026-01-01T00:00:00Z",
        "marketing_consent": True,
        "orders_count": 3,
        "total_spent": "120.50",
        "currency": "EUR",
        "predicted_clv": 400,
        "churn_probability": 0.25,
    }
    created = datetime(2026, 1, 1, tzinfo=UTC)
    assert CustomerRecord.model_validate(full).customer() == Customer(
        "c-1", "Ana@example.com", "Ana", "Silva", "pt-PT", frozenset({"vip"}), created, True, 3, 120.5, "EUR", 400, 0.25
    )
    bare = CustomerRecord.model_validate({"id": "c-2", "total_spent": None, "email": None}).customer()
    assert bare == Customer("c-2")


def test_customer_faults() -> None:
    assert fault(CustomerRecord, {"id": "c", "churn_probability": 1.5}).startswith("churn_probability: 1.5: ")
    assert fault(CustomerRecord, {"id": "c", "email": "a" * 321}).startswith("email: ")


def test_order_keeps_its_offset_and_adds_up_a_missing_total() -> None:
    order = OrderRecord.model_validate(
        ORDER | {"returns": [{"sku": "A-1", "reason": " too small ", "created_at": "2026-03-05T00:00:00Z"}]}
    ).order()
    assert order == Order(
        id="o-1",
        name="o-1",
        customer_id=None,
        created_at=datetime.fromisoformat("2026-03-01T10:00:00+01:00"),
        delivered_at=None,
        financial_status="",
        fulfillment_status="",
        currency="",
        total=21.0,
        lines=(OrderLine("A-1", "A", 2, 5.25),) * 2,
        returns=(Return("A-1", 1, "too small", datetime(2026, 3, 5, tzinfo=UTC)),),
    )
    assert order.created_at.isoformat() == "2026-03-01T10:00:00+01:00"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"created_at": "2026-03-01T10:00:00"}, "created_at: '2026-03-01T10:00:00': has no offset"),
        ({"delivered_at": "soon"}, "delivered_at: 'soon': "),
        ({"lines": [LINE, LINE | {"price": None}]}, "lines.1.price: None: "),
        ({"lines": [LINE | {"quantity": -1}]}, "lines.0.quantity: -1: "),
        ({"total": "a lot"}, "total: 'a lot': "),
    ],
)
def test_order_faults(change: dict[str, Any], reason: str) -> None:
    assert fault(OrderRecord, ORDER | change).startswith(reason)


def test_code_with_every_rule_and_with_none() -> None:
    full = CODE | {
        "code": " TEN ",
        "title": "Ten off",
        "starts_at": "2026-01-01T00:00:00Z",
        "ends_at": "2026-02-01T00:00:00Z",
        "applies_to": {"handles": ["a"], "product_types": ["T"], "tags": ["x", "y"]},
        "minimum": {"subtotal": 50, "quantity": 2},
        "customer": {"tags": ["vip"], "first_order_only": True},
        "once_per_customer": True,
        "usage_limit": 0,
        "used": 7,
        "purposes": ["save", "recovery"],
        "stacks": True,
    }
    assert CodeRecord.model_validate(full).discount() == Code(
        code="TEN",
        title="Ten off",
        status="active",
        starts_at=datetime(2026, 1, 1, tzinfo=UTC),
        ends_at=datetime(2026, 2, 1, tzinfo=UTC),
        value_type="percentage",
        amount=10.0,
        handles=frozenset({"a"}),
        product_types=frozenset({"T"}),
        tags=frozenset({"x", "y"}),
        minimum_subtotal=50.0,
        minimum_quantity=2,
        customer_tags=frozenset({"vip"}),
        first_order_only=True,
        once_per_customer=True,
        usage_limit=0,
        used=7,
        purposes=frozenset({"save", "recovery"}),
        stacks=True,
    )
    nulls = dict.fromkeys(("applies_to", "minimum", "customer", "usage_limit", "purposes", "ends_at", "stacks"))
    assert CodeRecord.model_validate(CODE | nulls).discount() == Code(
        "TEN", "", "active", None, None, "percentage", 10.0
    )


def test_free_shipping_needs_no_amount() -> None:
    code = CodeRecord.model_validate(CODE | {"value": {"type": "free_shipping", "amount": None}}).discount()
    assert (code.value_type, code.amount) == ("free_shipping", 0.0)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": "live"}, "status: 'live': Input should be 'active', 'scheduled', 'expired' or 'disabled'"),
        ({"status": None}, "status: None: "),
        ({"value": {"type": "percentage", "amount": 120}}, "value: a percentage is at most 100"),
        ({"value": {"type": "fixed_amount"}}, "value: a fixed_amount needs an amount"),
        ({"value": {"type": "gift", "amount": 1}}, "value.type: 'gift': "),
        ({"value": {"type": "fixed_amount", "amount": -5}}, "value.amount: -5: "),
        ({"purposes": ["save", "fun"]}, "purposes.1: 'fun': "),
        ({"starts_at": "2026-02-01T00:00:00Z", "ends_at": "2026-01-01T00:00:00Z"}, "line: ends_at is before starts_at"),
        ({"usage_limit": "none"}, "usage_limit: 'none': "),
    ],
)
def test_code_faults(change: dict[str, Any], reason: str) -> None:
    assert fault(CodeRecord, CODE | change).startswith(reason)
