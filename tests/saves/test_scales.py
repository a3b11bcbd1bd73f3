from __future__ import annotations

import pytest

from recommenders.domain import Product, Variant
from recommenders.saves.options import OptionSpace
from recommenders.saves.scales import Quantity, quantity, ranks


@pytest.mark.parametrize(
    ("values", "ascending"),
    [
        (["L", "XS", "M", "S", "XXL"], ["XS", "S", "M", "L", "XXL"]),
        (["1.5L", "750 ml", "2 L"], ["750 ml", "1.5L", "2 L"]),
        (["1TB SSD", "256GB SSD", "512GB SSD"], ["256GB SSD", "512GB SSD", "1TB SSD"]),
        (["42", "38", "40"], ["38", "40", "42"]),
        (["EU 37", "EU 36"], ["EU 36", "EU 37"]),
        (["Deep", "Light", "Tan", "Medium"], ["Light", "Medium", "Tan", "Deep"]),
        (["A4", "A6", "A5"], ["A6", "A5", "A4"]),
        (["full size", "60%", "80%"], ["60%", "80%", "full size"]),
        (["expert", "beginner", "intermediate"], ["beginner", "intermediate", "expert"]),
        (["30-50 lbs", "5-25 lbs"], ["5-25 lbs", "30-50 lbs"]),
        (["i7", "i5", "i9"], ["i5", "i7", "i9"]),
        (["not resistant", "IPX7", "IPX4"], ["not resistant", "IPX4", "IPX7"]),
    ],
)
def test_values_are_put_in_order(values, ascending):
    _, places = ranks(values)
    assert sorted(places, key=places.__getitem__) == ascending


@pytest.mark.parametrize("values", [["red", "blue"], ["wired", "wireless"], ["crew neck", "v-neck"], ["only"]])
def test_some_values_have_no_order(values):
    assert ranks(values) == ("", {})


def test_quantities_of_different_units_compare():
    assert quantity("1 kg") == quantity("1000 g") == Quantity("mass", 1000.0)
    assert quantity("5-feet") == quantity("5 ft")
    assert quantity("1,000 pieces") == Quantity("count", 1000.0)
    assert quantity("black") is None


def test_a_part_that_all_values_share_names_none_of_them():
    variants = tuple(Variant(v, {"Strap": v}, 10.0) for v in ("leather strap", "metal strap"))
    space = OptionSpace.of(Product("watch", "Watch", variants=variants))
    assert "strap" not in space.forms
    assert [f.value for f in space.forms["leather"]] == ["leather strap", "leather strap"]
    assert space.forms["cuir"][0].value == "leather strap"
