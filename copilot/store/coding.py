"""The domain's words as JSON and back: what stands in the `data` columns.

`encode_x` drops what holds its default, so that rows stay small and a field that is added later reads as its default
from rows that were written before. `decode_x` are plain constructor calls: they run in every request.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

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

Data = dict[str, Any]


def _time(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def _iso(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def _lean(data: Data) -> Data:
    """Without what is None, False or empty; zeros stay, since a stock or a score of 0 says something."""
    return {k: v for k, v in data.items() if v is not None and v is not False and v != "" and v != [] and v != {}}


def encode_product(product: Product) -> Data:
    """A product with its variants."""
    return _lean(
        {
            "handle": product.handle,
            "title": product.title,
            "body": product.body,
            "vendor": product.vendor,
            "type": product.type,
            "tags": list(product.tags),
            "status": product.status,
            "variants": [
                _lean(
                    {
                        "sku": v.sku,
                        "options": dict(v.options),
                        "price": v.price,
                        "compare_at_price": v.compare_at_price,
                        "cost": v.cost,
                        "stock": v.stock,
                        "sell_when_out_of_stock": v.sell_when_out_of_stock,
                    }
                )
                for v in product.variants
            ],
        }
    )


def decode_product(data: Data) -> Product:
    """The inverse of `encode_product`."""
    variants = tuple(
        Variant(
            sku=v["sku"],
            options=v.get("options", {}),
            price=v["price"],
            compare_at_price=v.get("compare_at_price"),
            cost=v.get("cost"),
            stock=v.get("stock"),
            sell_when_out_of_stock=v.get("sell_when_out_of_stock", False),
        )
        for v in data.get("variants", ())
    )
    return Product(
        handle=data["handle"],
        title=data["title"],
        body=data.get("body", ""),
        vendor=data.get("vendor", ""),
        type=data.get("type", ""),
        tags=tuple(data.get("tags", ())),
        status=data["status"],
        variants=variants,
    )


def encode_code(code: Code) -> Data:
    """A discount code; sets as sorted lists."""
    return _lean(
        {
            "code": code.code,
            "title": code.title,
            "status": code.status,
            "starts_at": _iso(code.starts_at),
            "ends_at": _iso(code.ends_at),
            "value_type": code.value_type,
            "amount": code.amount,
            "handles": sorted(code.handles),
            "product_types": sorted(code.product_types),
            "tags": sorted(code.tags),
            "minimum_subtotal": code.minimum_subtotal,
            "minimum_quantity": code.minimum_quantity,
            "customer_tags": sorted(code.customer_tags),
            "first_order_only": code.first_order_only,
            "once_per_customer": code.once_per_customer,
            "usage_limit": code.usage_limit,
            "used": code.used,
            "purposes": sorted(code.purposes),
            "stacks": code.stacks,
        }
    )


def decode_code(data: Data) -> Code:
    """The inverse of `encode_code`."""
    return Code(
        code=data["code"],
        title=data.get("title", ""),
        status=data["status"],
        starts_at=_time(data.get("starts_at")),
        ends_at=_time(data.get("ends_at")),
        value_type=data["value_type"],
        amount=data["amount"],
        handles=frozenset(data.get("handles", ())),
        product_types=frozenset(data.get("product_types", ())),
        tags=frozenset(data.get("tags", ())),
        minimum_subtotal=data.get("minimum_subtotal"),
        minimum_quantity=data.get("minimum_quantity"),
        customer_tags=frozenset(data.get("customer_tags", ())),
        first_order_only=data.get("first_order_only", False),
        once_per_customer=data.get("once_per_customer", False),
        usage_limit=data.get("usage_limit"),
        used=data.get("used", 0),
        purposes=frozenset(data.get("purposes", ())),
        stacks=data.get("stacks", False),
    )


def encode_customer(customer: Customer) -> Data:
    """A customer."""
    return _lean(
        {
            "id": customer.id,
            "email": customer.email,
            "first_name": customer.first_name,
            "last_name": customer.last_name,
            "locale": customer.locale,
            "tags": sorted(customer.tags),
            "created_at": _iso(customer.created_at),
            "marketing_consent": customer.marketing_consent,
            "orders_count": customer.orders_count,
            "total_spent": customer.total_spent,
            "currency": customer.currency,
            "predicted_clv": customer.predicted_clv,
            "churn_probability": customer.churn_probability,
        }
    )


def decode_customer(data: Data) -> Customer:
    """The inverse of `encode_customer`."""
    return Customer(
        id=data["id"],
        email=data.get("email", ""),
        first_name=data.get("first_name", ""),
        last_name=data.get("last_name", ""),
        locale=data.get("locale", ""),
        tags=frozenset(data.get("tags", ())),
        created_at=_time(data.get("created_at")),
        marketing_consent=data.get("marketing_consent", False),
        orders_count=data.get("orders_count", 0),
        total_spent=data.get("total_spent", 0.0),
        currency=data.get("currency", ""),
        predicted_clv=data.get("predicted_clv"),
        churn_probability=data.get("churn_probability"),
    )


def encode_order(order: Order) -> Data:
    """An order with its lines and returns."""
    return _lean(
        {
            "id": order.id,
            "name": order.name,
            "customer_id": order.customer_id,
            "created_at": order.created_at.isoformat(),
            "delivered_at": _iso(order.delivered_at),
            "financial_status": order.financial_status,
            "fulfillment_status": order.fulfillment_status,
            "currency": order.currency,
            "total": order.total,
            "discount_codes": list(order.discount_codes),
            "lines": [{"sku": x.sku, "title": x.title, "quantity": x.quantity, "price": x.price} for x in order.lines],
            "returns": [
                {"sku": x.sku, "quantity": x.quantity, "reason": x.reason, "created_at": _iso(x.created_at)}
                for x in order.returns
            ],
        }
    )


def decode_order(data: Data) -> Order:
    """The inverse of `encode_order`."""
    return Order(
        id=data["id"],
        name=data["name"],
        customer_id=data.get("customer_id"),
        created_at=datetime.fromisoformat(data["created_at"]),
        delivered_at=_time(data.get("delivered_at")),
        financial_status=data.get("financial_status", ""),
        fulfillment_status=data.get("fulfillment_status", ""),
        currency=data.get("currency", ""),
        total=data["total"],
        discount_codes=tuple(data.get("discount_codes", ())),
        lines=tuple(OrderLine(x["sku"], x["title"], x["quantity"], x["price"]) for x in data.get("lines", ())),
        returns=tuple(
            Return(x["sku"], x["quantity"], x["reason"], _time(x["created_at"])) for x in data.get("returns", ())
        ),
    )


def encode_case(case: Case) -> Data:
    """A case with its messages, resolution and outcome."""
    resolution, outcome = case.resolution, case.outcome
    return _lean(
        {
            "id": case.id,
            "subject": case.subject,
            "channel": case.channel,
            "language": case.language,
            "customer_id": case.customer_id,
            "order_ids": list(case.order_ids),
            "created_at": case.created_at.isoformat(),
            "resolved_at": case.resolved_at.isoformat(),
            "tags": list(case.tags),
            "messages": [
                _lean({"author": m.author, "text": m.text, "name": m.name, "sent_at": _iso(m.sent_at)})
                for m in case.messages
            ],
            "resolution": resolution
            and _lean(
                {
                    "kind": resolution.kind,
                    "sku": resolution.sku,
                    "code": resolution.code,
                    "amount": resolution.amount,
                }
            ),
            "outcome": outcome
            and {
                "csat": outcome.csat,
                "ces": outcome.ces,
                "nps": outcome.nps,
                "reopened": outcome.reopened,
                "kept_revenue": outcome.kept_revenue,
            },
        }
    )


def decode_case(data: Data) -> Case:
    """The inverse of `encode_case`."""
    resolution, outcome = data.get("resolution"), data.get("outcome")
    return Case(
        id=data["id"],
        subject=data.get("subject", ""),
        channel=data["channel"],
        language=data.get("language", ""),
        customer_id=data.get("customer_id"),
        order_ids=tuple(data.get("order_ids", ())),
        created_at=datetime.fromisoformat(data["created_at"]),
        resolved_at=datetime.fromisoformat(data["resolved_at"]),
        tags=tuple(data.get("tags", ())),
        messages=tuple(
            Message(m["author"], m.get("text", ""), m.get("name"), _time(m.get("sent_at"))) for m in data["messages"]
        ),
        resolution=None
        if resolution is None
        else Resolution(resolution["kind"], resolution.get("sku"), resolution.get("code"), resolution.get("amount")),
        outcome=None
        if outcome is None
        else Outcome(outcome["csat"], outcome["ces"], outcome["nps"], outcome["reopened"], outcome["kept_revenue"]),
    )
