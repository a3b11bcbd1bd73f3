from __future__ import annotations

from datetime import UTC, datetime

import pytest

from recommenders.domain import Case, Catalog, Evidence, Message, OrderLine, Outcome, Product, Resolution, Variant
from recommenders.saves.candidate import Candidate
from recommenders.saves.outcomes import Outcomes, went_well
from recommenders.saves.rank import rank

NOW = datetime(2026, 3, 2, tzinfo=UTC)
NOBODY = Outcomes({}, {})


def thing(handle: str, price: float, cost: float | None = None) -> Product:
    return Product(handle, handle.title(), variants=(Variant(handle.upper(), {}, price, cost=cost),))


def candidate(product: Product, fit: float, line: str = "OLD", complained: str = "old") -> Candidate:
    return Candidate("alternative", OrderLine(line, "Old", 1, 20.0), product, product.variants[0], fit, "h", "r",
                     (Evidence("product", product.variants[0].sku),), "", complained)  # fmt: skip


def test_the_dearer_thing_does_not_beat_the_one_that_fits():
    saves = rank([candidate(thing("gold", 500), 0.5), candidate(thing("fit", 20), 0.9)], NOBODY)
    assert [s.handle for s in saves] == ["fit", "gold"]


def test_margin_settles_a_tie_not_price():
    saves = rank([candidate(thing("dear", 50, cost=45), 0.8), candidate(thing("good", 30, cost=10), 0.8)], NOBODY)
    assert [s.handle for s in saves] == ["good", "dear"]
    assert [s.score for s in saves] == [0.8, 0.65]  # 0.8 x (0.75 + 0.25 x 5/20)


def test_below_the_floor_nothing_is_said():
    assert rank([candidate(thing("weak", 20), 0.3)], NOBODY) == ()


def test_each_item_is_answered_before_one_is_answered_twice():
    a, b, c = thing("a", 20), thing("b", 20), thing("c", 20)
    saves = rank([candidate(a, 0.9), candidate(b, 0.8), candidate(c, 0.5, line="OTHER")], NOBODY)
    assert [(s.replaces, s.handle) for s in saves] == [("OLD", "a"), ("OTHER", "c"), ("OLD", "b")]
    assert [s.id for s in saves] == ["save-1-A", "save-2-C", "save-3-B"]


def test_what_was_kept_before_is_likelier_to_be_kept_again():
    a, b = thing("a", 20), thing("b", 20)
    worked = Outcomes({("old", "b"): 3}, {("old", "b"): 3, ("old", "a"): 2})
    assert worked.p_kept("old", "b") == pytest.approx((3 + 1) / (3 + 2))
    assert worked.p_kept("old", "a") == pytest.approx(1 / 4)
    assert worked.p_kept("old", "new") == 0.5
    assert [s.handle for s in rank([candidate(a, 0.8), candidate(b, 0.8)], worked)] == ["b", "a"]


def test_outcomes_are_counted_by_what_was_complained_of():
    catalog = Catalog((
        Product("gel", "Daily Gel", variants=(Variant("G", {}, 20.0),)),
        Product("balm", "Night Balm", variants=(Variant("B", {}, 30.0),)),
    ))  # fmt: skip

    def case(id_: str, kind: str, sku: str | None, outcome: Outcome | None) -> Case:
        text = (Message("customer", "The Daily Gel is too thin"),)
        return Case(id_, "", "email", "en", None, (), NOW, NOW, (), text, Resolution(kind, sku), outcome)

    built = Outcomes.build(
        [
            case("1", "exchange", "B", Outcome(csat=5, kept_revenue=30.0)),
            case("2", "exchange", "B", Outcome(csat=5, reopened=True)),
            case("3", "refund", None, Outcome(csat=5)),
            case("4", "exchange", "B", None),
        ],
        catalog,
    )
    assert (built.kept, built.tried) == ({("gel", "balm"): 1}, {("gel", "balm"): 2})
    assert built.products_of("3") == {"gel"}


@pytest.mark.parametrize(
    ("outcome", "well"),
    [(None, None), (Outcome(), None), (Outcome(csat=2), False), (Outcome(csat=5), True), (Outcome(5,
    reopened=True), False),
     (Outcome(kept_revenue=10.0), True)],
)  # fmt: skip
def test_an_outcome_is_good_bad_or_unknown(outcome, well):
    assert went_well(outcome) is well
