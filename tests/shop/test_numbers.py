"""Amounts and quantities as spreadsheets write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.shop.numbers import read_amount, read_quantity


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("28.00", 28.0),
        ("1,234.50", 1234.5),
        ("1.234,50", 1234.5),
        ("34,50", 34.5),
        ("34,5", 34.5),
        ("1,234", 1234.0),
        ("1,234,567.8", 1234567.8),
        ("1.234.567", 1234567.0),
        ("1 234,50", 1234.5),
        ("1\u00a0234.50", 1234.5),
        ("1'234.50", 1234.5),
        ("€34.50", 34.5),
        ("34,50 €", 34.5),
        ("US$5", 5.0),
        ("EUR 12", 12.0),
        ("99 kr", 99.0),
        (".5", 0.5),
        ("0", 0.0),
        ("-5", None),
        ("free", None),
        ("12abc", None),
        ("1,2,3", None),
        ("1.2.3", None),
        ("12 or 15", None),
        ("NaN", None),
        ("Infinity", None),
        ("1e9", None),
        ("", None),
        ("€", None),
        ("٣٤,٥", 34.5),
        ("9" * 400, None),
    ],
)
def test_amounts(text: str, amount: float | None) -> None:
    assert read_amount(text) == amount


@pytest.mark.parametrize(
    ("text", "quantity"),
    [("7", 7), ("-2", -2), ("10.0", 10), ("1,200", 1200), ("0", 0), ("1.5", None), ("many", None), ("", None)],
)
def test_quantities(text: str, quantity: int | None) -> None:
    assert read_quantity(text) == quantity


@given(st.integers(0, 10**9), st.sampled_from(["{:,.2f}", "{:.2f}", "€{:,.2f}", "{:.2f} EUR"]))
def test_every_way_to_write_cents_reads_the_same(cents: int, form: str) -> None:
    written = form.format(cents / 100)
    swapped = written.translate(str.maketrans(",.", ".,"))
    assert read_amount(written) == read_amount(swapped) == cents / 100


@given(st.text(max_size=30))
def test_any_text_is_an_amount_or_none(text: str) -> None:
    amount = read_amount(text)
    assert amount is None or 0 <= amount < 10**13
