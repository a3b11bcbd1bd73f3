from __future__ import annotations

import pytest

from recommenders.saves.past import barred

JACKET = {"fell": {"title": "Fell Jacket", "type": "Jacket", "price": 90,
                   "options": {"Size": ["S", "M"], "Colour": ["Moss", "Navy"]}}}  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "gone"),
    [
        ("not warm enough", {"fell/S/Moss", "fell/S/Navy", "fell/M/Moss", "fell/M/Navy"}),
        ("too small", {"fell/S/Moss", "fell/S/Navy"}),
        ("did not like the colour", {"fell/S/Moss", "fell/M/Moss"}),
        ("arrived damaged", set()),
        ("ordered twice by mistake", set()),
        ("", {"fell/S/Moss"}),
    ],
)
def test_siblings_that_share_the_cause_are_barred(kit, reason, gone):
    shop = kit.small_shop(JACKET)
    order = kit.order_of(shop, ["fell/S/Moss"], [("fell/S/Moss", reason)])
    assert barred([order], shop.catalog) == gone


def test_a_return_of_something_unknown_bars_nothing(kit):
    shop = kit.small_shop(JACKET)
    order = kit.order_of(shop, ["fell/S/Moss"], [("gone-from-the-shop", "too small")])
    assert barred([order], shop.catalog) == frozenset()
