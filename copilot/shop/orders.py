"""orders.jsonl: what was bought, and what came back."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from copilot.shop.jsonl import Id, Record, Text, Texts, Time
from recommenders.domain import Order, OrderLine, Return

FILE = "orders.jsonl"


class LineRecord(Record):
    """A line of an order. The sku may be missing: shops sell things by hand; the price may not be guessed."""

    sku: Text = ""
    title: Text = ""
    quantity: Annotated[int, Field(ge=0)] = 1
    price: Annotated[float, Field(ge=0)]


class ReturnRecord(Record):
    """A piece that came back."""

    sku: Text = ""
    quantity: Annotated[int, Field(ge=0)] = 1
    reason: Text = ""
    created_at: Time | None = None


class OrderRecord(Record):
    """A line of orders.jsonl; id and time are required."""

    id: Id
    name: Annotated[Text, Field(max_length=255)] = ""
    customer_id: Id | None = None
    created_at: Time
    delivered_at: Time | None = None
    financial_status: Text = ""
    fulfillment_status: Text = ""
    currency: Text = ""
    total: Annotated[float, Field(ge=0)] | None = None
    discount_codes: Texts = ()
    lines: tuple[LineRecord, ...] = ()
    returns: tuple[ReturnRecord, ...] = ()

    def order(self) -> Order:
        """In the domain's words; a missing total is the sum of the lines."""
        lines = tuple(OrderLine(x.sku.strip(), x.title.strip(), x.quantity, x.price) for x in self.lines)
        total = round(sum(x.quantity * x.price for x in lines), 2) if self.total is None else self.total
        return Order(
            id=self.id,
            name=self.name.strip() or self.id,
            customer_id=self.customer_id,
            created_at=self.created_at,
            delivered_at=self.delivered_at,
            financial_status=self.financial_status,
            fulfillment_status=self.fulfillment_status,
            currency=self.currency,
            total=total,
            discount_codes=self.discount_codes,
            lines=lines,
            returns=tuple(Return(x.sku.strip(), x.quantity, x.reason.strip(), x.created_at) for x in self.returns),
        )
