"""customers.jsonl: who buys."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from copilot.shop.jsonl import Count, Flag, Id, Number, Record, Text, Texts, Time
from recommenders.domain import Customer

FILE = "customers.jsonl"


class CustomerRecord(Record):
    """A line of customers.jsonl; only the id is required."""

    id: Id
    email: Annotated[Text, Field(max_length=320)] = ""
    first_name: Text = ""
    last_name: Text = ""
    locale: Text = ""
    tags: Texts = ()
    created_at: Time | None = None
    marketing_consent: Flag = False
    orders_count: Count = 0
    total_spent: Number = 0.0
    currency: Text = ""
    predicted_clv: float | None = None
    churn_probability: Annotated[float, Field(ge=0, le=1)] | None = None

    def customer(self) -> Customer:
        """In the domain's words."""
        return Customer(
            id=self.id,
            email=self.email.strip(),
            first_name=self.first_name.strip(),
            last_name=self.last_name.strip(),
            locale=self.locale.strip(),
            tags=frozenset(self.tags),
            created_at=self.created_at,
            marketing_consent=self.marketing_consent,
            orders_count=self.orders_count,
            total_spent=self.total_spent,
            currency=self.currency,
            predicted_clv=self.predicted_clv,
            churn_probability=self.churn_probability,
        )
