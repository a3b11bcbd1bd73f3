"""Who writes, about which order, and which item a need is about."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from copilot.context import Records, clean_ticket, find_records, place_needs
from recommenders.domain import (
    Case,
    Catalog,
    Concern,
    Customer,
    Mention,
    Message,
    Need,
    Order,
    OrderLine,
    Return,
    Ticket,
)
from recommenders.text.concern import newest_concern
from recommenders.text.mentions import MentionFinder
from recommenders.text.sentences import split_sentences

NOW = datetime(2026, 3, 2, tzinfo=UTC)
ANA, BEN = Customer("c-1", "ana@example.com", "Ana"), Customer("c-2", "ben@example.com", "Ben")


def order(number: int, customer: str | None, days: float = 10, **more: object) -> Order:
    made = Order(
        f"o-{number}", f"#{number}", customer, NOW - timedelta(days=days), None, "paid", "fulfilled", "EUR", 9.0, (),
        (OrderLine("TEA", "Tea", 1, 9.0),),
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def case(id: str, days: float = 5) -> Case:
    then = NOW - timedelta(days=days)
    return Case(id, "", "email", "en", "c-1", (), then, then, (), ())


ORDERS = [order(1001, "c-1"), order(1002, "c-1", 5), order(1003, "c-1", -1), order(2002, "c-2"), order(3003, None)]


@dataclass
class FakeStore:
    """The look-ups of a shop's store, in lists."""

    orders: list[Order]
    cases: tuple[Case, ...] = ()

    def customer(self, id: str | None = None, email: str | None = None) -> Customer | None:
        return next((c for c in (ANA, BEN) if c.id == id or c.email == (email or "").casefold()), None)

    def orders_of(self, customer_id: str) -> tuple[Order, ...]:
        own = [o for o in self.orders if o.customer_id == customer_id]
        return tuple(sorted(own, key=lambda o: o.created_at, reverse=True))

    def order(self, reference: str) -> Order | None:
        return next((o for o in self.orders if reference.lstrip("#") in (o.id, o.name[1:])), None)

    def cases_of(self, customer_id: str, before: datetime) -> tuple[Case, ...]:
        return tuple(c for c in self.cases if c.customer_id == customer_id and c.resolved_at < before)


def records(
    text: str = "It drips.",
    *,
    id: str | None = None,
    email: str | None = None,
    order_ids: tuple[str, ...] = (),
    orders: list[Order] = ORDERS,
    cases: tuple[Case, ...] = (),
    earlier: tuple[Message, ...] = (),
) -> Records:
    ticket = Ticket("t-1", (*earlier, Message("customer", text)), order_ids=order_ids)
    concern, _ = newest_concern(ticket)
    finder = MentionFinder(Catalog())
    return find_records(FakeStore(orders, cases), finder, ticket, concern, NOW, id, email)  # type: ignore[arg-type]


def names(found: Records) -> list[str]:
    return [one.name for one in found.orders]


def test_customer_by_id_else_by_email() -> None:
    assert records(id="c-1").customer == ANA
    assert records(email="BEN@example.com").customer == BEN
    assert records(id="c-9").customer is None


def test_own_orders_newest_first_and_none_that_comes_later() -> None:
    assert names(records(id="c-1")) == ["#1002", "#1001"]


def test_an_order_is_known_as_it_stood_then() -> None:
    later, sooner = NOW + timedelta(days=1), NOW - timedelta(days=1)
    back = Return("TEA", 1, "cold", sooner)
    then = order(1, "c-1", delivered_at=later, returns=(back, Return("TEA", 1, "cold", later)))
    undated = order(2, "c-1", delivered_at=sooner, returns=(Return("TEA", 1, "cold", None),))
    first, second = sorted(records(id="c-1", orders=[then, undated]).orders, key=lambda o: o.id)
    assert (first.delivered_at, first.returns) == (None, (back,))
    assert second == undated


@pytest.mark.parametrize(
    ("text", "order_ids", "found"),
    [
        ("Where is #1001?", (), "#1001"),
        ("Where is order 1001?", (), "#1001"),
        ("It drips.", ("#1001",), "#1001"),
        ("It drips.", ("1001",), "#1001"),
        ("It drips.", ("O-1001",), "#1001"),
        ("Where is #1002?", ("#1001",), "#1001"),  # the helpdesk's field stands before the text
        ("It drips.", ("#9999",), None),
        ("It drips.", (), None),
        ("Where is #1003?", (), None),  # not placed yet
        ("Where is #2002?", (), None),  # Ben's
        ("It drips.", ("#2002", "o-2002"), None),
        ("Where is #3003?", (), None),  # nobody's that we know of
    ],
)
def test_the_order_that_a_ticket_is_about(text: str, order_ids: tuple[str, ...], found: str | None) -> None:
    got = records(text, id="c-1", order_ids=order_ids)
    assert (got.order.name if got.order else None) == found
    assert names(got) == ["#1002", "#1001"]


def test_the_newest_concern_stands_before_the_thread() -> None:
    earlier = (Message("customer", "Where is #1001?"), Message("agent", "Here, and #1001 it is."))
    long = "And now the other one, that of last week, drips all over my lovely table: "
    assert names(records(f"{long} #1002", id="c-1", earlier=earlier)) == ["#1002", "#1001"]
    about = records(f"{long} #1002", id="c-1", earlier=earlier).order
    assert about is not None
    assert about.name == "#1002"
    about = records(long, id="c-1", earlier=earlier).order
    assert about is not None
    assert about.name == "#1001"


def test_somebody_who_is_named_and_not_known_opens_nothing() -> None:
    assert records("Where is #1001?", id="c-9", order_ids=("#1001",)) == Records()
    assert records("Where is #1001?", email="eve@example.com") == Records()


def test_nobody_named_opens_only_the_order_that_is_named() -> None:
    found = records("Where is #1001?")
    assert (found.customer, names(found), found.history) == (None, ["#1001"], ())
    assert found.order == found.orders[0]
    assert records("It drips.") == Records()
    assert records("Where is #1003?") == Records()  # not placed yet


def test_earlier_contacts_without_this_ticket_and_without_what_came_later() -> None:
    found = records(id="c-1", cases=(case("t-0"), case("t-1"), case("t-9", -3)))
    assert [one.id for one in found.history] == ["t-0"]


def test_messages_are_cleaned() -> None:
    ticket = Ticket("t", (Message("customer", "<p>It drips.</p><blockquote>old</blockquote>"),))
    assert clean_ticket(ticket).messages == (Message("customer", "It drips."),)


# ---------------------------------------------------------------- which item a need is about

TEXT = "The Blue Mug drips\nall day long. The Red Pot is too small."
LINES: Mapping[str, OrderLine | None] = {"MUG": OrderLine("MUG", "Blue Mug", 1, 9.0), "POT": None}
HANDLES = {"MUG": "blue-mug", "POT": "red-pot"}
NAMED = (Mention("product", "blue-mug", 4, 12, 1.0), Mention("product", "red-pot", 37, 44, 1.0))


def placed(quote: str, about: Mapping[str, OrderLine | None] = LINES, text: str = TEXT) -> str | None:
    concern = Concern(text, split_sentences(text.replace("\n", " ")))
    need = Need("sturdier", "sturdier", None, quote, 0.9)
    return place_needs([need], concern, about, NAMED, HANDLES)[0].about


def test_a_need_is_about_the_item_named_last_before_the_end_of_its_sentence() -> None:
    assert placed("The Blue Mug drips all day long.") == "MUG"
    assert placed("The Red Pot is too small.") == "POT"


def test_one_item_or_none_leaves_no_choice() -> None:
    assert placed("The Blue Mug drips all day long.", {"POT": None}) == "POT"
    assert placed("The Blue Mug drips all day long.", {}) is None


def test_a_need_before_any_name_is_about_the_first_item() -> None:
    text = "It drips. " + TEXT
    concern = Concern(text, split_sentences(text))
    later = tuple(replace(m, start=m.start + 10, end=m.end + 10) for m in NAMED)
    need = Need("sturdier", "sturdier", None, "It drips.", 0.9)
    assert place_needs([need], concern, LINES, later, HANDLES)[0].about == "MUG"


def test_a_wrapped_or_cut_quote_finds_its_sentence() -> None:
    wrapped = (
        "The Blue Mug that came with the parcel on Monday drips and\ndrips. The Red Pot is too small, " + "so " * 80
    )
    concern = Concern(wrapped, split_sentences(wrapped))
    named = tuple(
        Mention("product", handle, wrapped.find(title), wrapped.find(title) + 7, 1.0)
        for handle, title in (("blue-mug", "Blue Mug"), ("red-pot", "Red Pot"))
    )
    first = "The Blue Mug that came with the parcel on Monday drips and drips."
    cut = "The Red Pot is too small, so so so …"
    needs = [Need("sturdier", "sturdier", None, quote, 0.9) for quote in (first, cut)]
    assert [need.about for need in place_needs(needs, concern, LINES, named, HANDLES)] == ["MUG", "POT"]


def test_a_sentence_that_shares_a_word_with_one_item_s_name_is_about_it() -> None:
    text = "The Blue Mug is perfect. The pot I'd like in green."
    assert placed("The pot I'd like in green.", text=text) == "POT"
