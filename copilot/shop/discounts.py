"""discounts.jsonl: the codes, with the rules that checkout applies."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from copilot.shop.jsonl import Count, Flag, Id, Record, Text, Texts, Time
from recommenders.domain import Code

FILE = "discounts.jsonl"
Purpose = Literal["save", "recovery", "delight", "marketing"]


class ValueRecord(Record):
    """What a code takes off; only free shipping needs no amount."""

    type: Literal["percentage", "fixed_amount", "free_shipping"]
    amount: Annotated[float, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.amount is None and self.type != "free_shipping":
            raise ValueError(f"a {self.type} needs an amount")
        if self.type == "percentage" and (self.amount or 0) > 100:
            raise ValueError("a percentage is at most 100")
        return self


class ScopeRecord(Record):
    """What a code applies to; the lists are a union, all empty means everything."""

    handles: Texts = ()
    product_types: Texts = ()
    tags: Texts = ()


class MinimumRecord(Record):
    """What must be in the basket."""

    subtotal: Annotated[float, Field(ge=0)] | None = None
    quantity: Annotated[int, Field(ge=0)] | None = None


class EligibleRecord(Record):
    """Who may use a code."""

    tags: Texts = ()
    first_order_only: Flag = False


class CodeRecord(Record):
    """A line of discounts.jsonl; code, status and value are required, since a guess could be refused at checkout."""

    code: Id
    title: Text = ""
    status: Literal["active", "scheduled", "expired", "disabled"]
    starts_at: Time | None = None
    ends_at: Time | None = None
    value: ValueRecord
    applies_to: ScopeRecord | None = None
    minimum: MinimumRecord | None = None
    customer: EligibleRecord | None = None
    once_per_customer: Flag = False
    usage_limit: Annotated[int, Field(ge=0)] | None = None
    used: Count = 0
    purposes: tuple[Purpose, ...] | None = None
    stacks: Flag = False

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.starts_at and self.ends_at and self.ends_at < self.starts_at:
            raise ValueError("ends_at is before starts_at")
        return self

    def discount(self) -> Code:
        """In the domain's words."""
        scope, minimum = self.applies_to or ScopeRecord(), self.minimum or MinimumRecord()
        eligible = self.customer or EligibleRecord()
        return Code(
            code=self.code.strip(),
            title=self.title.strip(),
            status=self.status,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            value_type=self.value.type,
            amount=self.value.amount or 0.0,
            handles=frozenset(scope.handles),
            product_types=frozenset(scope.product_types),
            tags=frozenset(scope.tags),
            minimum_subtotal=minimum.subtotal,
            minimum_quantity=minimum.quantity,
            customer_tags=frozenset(eligible.tags),
            first_order_only=eligible.first_order_only,
            once_per_customer=self.once_per_customer,
            usage_limit=self.usage_limit,
            used=self.used,
            purposes=frozenset(self.purposes or ()),
            stacks=self.stacks,
        )
