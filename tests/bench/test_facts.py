"""The checker of facts: what nobody vouches for is found, by hand-worked drafts."""

from datetime import UTC, datetime

import pytest

from recommenders.bench.facts import Records, unsupported
from recommenders.domain import Catalog, Customer, Order, OrderLine, Product, Variant

MUG = Product("mug", "Tall Mug", "Holds 350 ml.", variants=(Variant("M-1", {"Size": "12 oz"}, 20.0),))
CUP = Product("cup", "Small Cup", "", variants=(Variant("C-1", {}, 12.5),))
ANN, BOB = Customer("a", "ann@example.com", "Ann", "Lee"), Customer("b", "bob@example.com", "Bob", "Stone")
ORDERS = [
    Order(
        "o-1", "#W100200", "a", datetime(2026, 2, 3, tzinfo=UTC), None, "paid", "fulfilled", "USD", 12.5,
        lines=(OrderLine("C-1", "Small Cup", 1, 12.5),),
    ),
    Order("o-2", "#W300400", "b", datetime(2026, 2, 4, tzinfo=UTC), None, "paid", "fulfilled", "USD", 99.0),
]  # fmt: skip
RECORDS = Records(Catalog((MUG, CUP)), (ANN, BOB), ORDERS)


@pytest.mark.parametrize(
    ("draft", "missing"),
    [
        ("Hi Ann! Your order #W100200 of 3 February 2026 came to $12.50.", []),
        ("The Tall Mug (12 oz) costs $20.00, $7.50 more.", []),
        ("It costs $20.00.", ["20.00"]),  # of a product that is not named
        ("Hi Bob!", ["Bob"]),
        ("Your order #W300400 is on its way.", ["#W300400"]),
        ("You have 30 days.", ["30"]),
        ("Use SAVE15 for 15% off.", ["SAVE15", "15"]),
        ("Write to help@example.com.", ["help@example.com"]),
        ("Your order [[order 17]] is late.", []),
        ("You said 42, and 42 it is.", []),  # it stands in the thread
    ],
)
def test_what_nobody_vouches_for(draft: str, missing: list[str]) -> None:
    assert unsupported(draft, RECORDS.known(["I said 42."], ANN, draft)) == missing


def test_somebody_unknown_is_told_of_nobodys_orders() -> None:
    draft = "Your order #W100200 came to $12.50."
    assert unsupported(draft, RECORDS.known(["Hello."], None, draft)) == ["#W100200", "12.50"]
    assert unsupported(draft, RECORDS.known(["It is W100200, $12.50."], None, draft)) == []
