"""What it may cost, in several languages and number formats."""

from __future__ import annotations

import pytest

from recommenders.saves.prices import PriceLimit, amount, find_limit


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("A warm one, max £160.", 160.0),
        ("under €50 please", 50.0),
        ("nicht mehr als 30 Euro", 30.0),
        ("pas plus de 49,90 €", 49.9),
        ("hasta 1.299,00 euros", 1299.0),
        ("no more than $1,200", 1200.0),
        ("30 € maximum", 30.0),
        ("my budget is 75", 75.0),
        ("zwischen 20 und 35 €", 35.0),
    ],
)
def test_a_limit_is_read(text, most):
    assert find_limit(text).most == most


@pytest.mark.parametrize("text", ["under 2 hours", "up to 10 kg", "less than 500 ml", "order 5001 under my name", ""])
def test_other_numbers_are_no_limit(text):
    assert find_limit(text) == PriceLimit()


def test_a_range_has_two_ends():
    assert find_limit("between £20 and £35") == PriceLimit(35.0, 20.0)


def test_half_the_price_is_half_of_what_was_paid():
    limit = find_limit("Anything for half the price?")
    assert limit.allows(20.0, 40.0)
    assert not limit.allows(30.0, 40.0)
    assert limit.allows(30.0, None)


@pytest.mark.parametrize(
    ("number", "value"), [("1.299,00", 1299.0), ("1,299.00", 1299.0), ("1 299", 1299.0), ("49,9", 49.9)]
)
def test_number_formats(number, value):
    assert amount(number) == value
