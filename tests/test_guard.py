"""The last look: one broken item for every invariant, and whose data may stand in a draft."""

from dataclasses import replace
from typing import Any

import pytest

from recommenders.domain import (
    Budget,
    Case,
    Code,
    CodeOffer,
    Context,
    CustomerView,
    Delight,
    Draft,
    Evidence,
    Gap,
    Message,
    Save,
    SimilarCase,
    Suggestion,
)
from recommenders.guard import Drop, Guard, Published, Shelf, foreign_data
from tests.fakes import seconds
from tests.playbooks.fixtures import NOW, ORDER, SHELL, code, context, save

FINE, BROKEN = code("FINE10"), code("BROKEN10")
SORRY = code("SORRY5", purposes=frozenset({"recovery"}))
CODES = [FINE, BROKEN, SORRY]
NOWHERE = (Evidence("article", "nowhere"),)


def works(text: str, ctx: Context, saves: tuple[Save, ...]) -> bool:
    return text != "BROKEN10"


GUARD = Guard(
    Shelf(
        code_works=works,
        known=lambda evidence, ctx: evidence.id != "nowhere",
        foreign=lambda text, ctx: "Bob" if "Bob" in text else None,
        against=lambda text, language, ctx: text if "30 days" in text and language == "en" else None,
    )
)


def answer(**sections: Any) -> Suggestion:
    ctx = context()
    return Suggestion("t-1", ctx.signals, CustomerView(None, "unknown", None, 0, ""), ctx.selling, **sections)


def broken(section: str, item: object, ctx: Context | None = None) -> list[str]:
    """The invariants for which the item was held back; it stays exactly when there is none."""
    checked, drops = GUARD.check(answer(**{section: (item,)}), ctx or context(codes=CODES))
    assert bool(getattr(checked, section)) is not bool(drops)
    return [drop.invariant for drop in drops]


def similar(id: str, name: str = "Bob Stone") -> SimilarCase:
    case = Case(id, "", "email", "en", None, (), NOW, NOW, (), (Message("customer", "It leaks.", name),))
    return SimilarCase(case, 0.5, "", "", "")


def changed(sku: str = "WI-M", kind: str = "alternative", replaces: str | None = "FB-42", **change: Any) -> Save:
    return replace(save(sku, kind, replaces), **change)


def offer(one: Code, evidence: tuple[Evidence, ...] = ()) -> CodeOffer:
    return CodeOffer(one, "", evidence)


def delight(**change: Any) -> Delight:
    fine = Delight("d", "birthday", "A card", None, 5.0, "EUR", Budget("team", 5.0), "my birthday", ())
    return replace(fine, **change)


def draft(text: str, gaps: tuple[Gap, ...] = (), evidence: tuple[Evidence, ...] = ()) -> Draft:
    return Draft("draft-1", "resolve", "en", text, gaps, evidence)


def test_what_breaks_nothing_stays_as_it_is() -> None:
    whole = answer(
        similar=(similar("t-0"),),
        saves=(changed(code="FINE10"),),
        codes=(offer(FINE),),
        drafts=(draft("Take FINE10. Your order is [[number]].", (Gap("order", "number"),)),),
        delights=(delight(),),
    )
    assert GUARD.check(whole, context(codes=CODES)) == (whole, ())


@pytest.mark.parametrize(
    ("one", "invariant"),
    [
        (replace(changed(), sku="NO-SUCH"), "can be bought"),
        (changed(sku="GT", price=399.0), "can be bought"),  # a draft product
        (changed(sku="FB-43", kind="exchange"), "can be bought"),  # sold out
        (changed(sku="FB-43", kind="fix"), None),  # a repair needs no stock
        (replace(changed(), sku=None, price=None), "can be bought"),
        (replace(changed(kind="fix"), sku=None, price=None), None),
        (changed(sku="FB-42", kind="exchange"), "is not what it replaces"),
        (changed(sku="FB-42", kind="replacement"), None),
        (changed(price=89.0), "the catalogue's price"),
        (changed(price=None), None),
        (changed(replaces="WI-M", sku="RS-M", price=150.0), "replaces a line of this customer"),
        (changed(replaces=None), None),
        (changed(evidence=()), "evidence exists"),
        (changed(evidence=NOWHERE), "evidence exists"),
    ],
)
def test_saves(one: Save, invariant: str | None) -> None:
    assert broken("saves", one) == ([invariant] if invariant else [])


@pytest.mark.parametrize(
    ("one", "held"),
    [
        (changed(), True),
        (changed(kind="upsell"), True),
        (changed("FB-41", "exchange", price_difference=0.0), False),
        (changed("FB-41", "exchange", price_difference=-5.0), False),
        (changed("FB-41", "exchange", price_difference=5.0), True),
        (changed("FB-42", "replacement", price_difference=None), False),
    ],
)
def test_saves_where_selling_waits_for_service(one: Save, held: bool) -> None:
    ctx = context(codes=CODES, reasons=["high_anger"])
    assert broken("saves", one, ctx) == (["selling waits for service"] if held else [])


@pytest.mark.parametrize(
    ("name", "reasons", "kept"),
    [
        ("FINE10", [], "FINE10"),
        ("fine10", [], "fine10"),
        ("BROKEN10", [], None),
        ("MADEUP", [], None),
        ("FINE10", ["safety"], None),
        ("SORRY5", ["safety"], "SORRY5"),
    ],
)
def test_a_save_loses_a_code_that_does_not_work_and_stays(name: str, reasons: list[str], kept: str | None) -> None:
    one = changed("FB-41", "exchange", price_difference=0.0, code=name)
    checked, drops = GUARD.check(answer(saves=(one,)), context(codes=CODES, reasons=reasons))
    assert [s.code for s in checked.saves] == [kept]
    assert drops == (() if kept else (Drop("saves", one.id, "its code works"),))


@pytest.mark.parametrize(
    ("one", "reasons", "invariant"),
    [
        (offer(BROKEN), [], "would work at checkout"),
        (offer(FINE, NOWHERE), [], "evidence exists"),
        (offer(FINE), ["safety"], "only recovery codes"),
        (offer(SORRY), ["safety"], None),
        (offer(SORRY), [], None),
    ],
)
def test_codes(one: CodeOffer, reasons: list[str], invariant: str | None) -> None:
    assert broken("codes", one, context(codes=CODES, reasons=reasons)) == ([invariant] if invariant else [])


@pytest.mark.parametrize(
    ("one", "situation", "invariant"),
    [
        (delight(quote=""), {}, "has a cue"),
        (delight(cost=5.01), {}, "within the budget"),
        (delight(cost=500.0, budget=None), {}, None),
        (delight(cost=None), {}, None),
        (delight(evidence=NOWHERE), {}, "evidence exists"),
        (delight(), {"reasons": ["bereavement"]}, "on a loss only condolence"),
        (delight(), {"occasions": ["condolence"]}, "on a loss only condolence"),
        (delight(occasion="condolence"), {"reasons": ["bereavement"]}, None),
        (delight(), {"reasons": ["legal_threat"]}, "no gesture here"),
        (delight(), {"reasons": ["harassment"]}, "no gesture here"),
        (delight(occasion="apology"), {"reasons": ["high_anger"]}, None),
    ],
)
def test_delights(one: Delight, situation: dict[str, Any], invariant: str | None) -> None:
    assert broken("delights", one, context(**situation)) == ([invariant] if invariant else [])


@pytest.mark.parametrize(
    ("one", "invariant"),
    [
        (draft("  \n"), "1 to 2500 characters"),
        (draft("x" * 2501), "1 to 2500 characters"),
        (draft("x" * 2500), None),
        (draft("Dear {{name}}"), "no leftover of a template"),
        (draft("{% if vip %}"), "no leftover of a template"),
        (draft("We pay {back}."), None),
        (draft("Your [[order number]]"), "gaps are listed"),
        (draft("Nothing is missing.", (Gap("x", "y"),)), "gaps are listed"),
        (draft("Use FINE10 today."), "only codes that are offered"),
        (draft("use fine10 today"), "only codes that are offered"),
        (draft("You used USEDONCE then."), None),  # on an order of theirs
        (draft("Bob had the same."), "nobody else's data"),
        (draft("Hello", evidence=NOWHERE), "evidence exists"),
    ],
)
def test_drafts(one: Draft, invariant: str | None) -> None:
    assert broken("drafts", one, context(codes=[*CODES, code("USEDONCE")])) == ([invariant] if invariant else [])


def test_a_code_without_a_digit_is_only_meant_in_capitals() -> None:
    ctx = context(codes=[code("THANKYOU")])
    assert broken("drafts", draft("A big thankyou!"), ctx) == []
    assert broken("drafts", draft("Use THANKYOU."), ctx) == ["only codes that are offered"]


def test_a_code_that_the_customer_names_may_be_discussed() -> None:
    assert broken("drafts", draft("FINE10 has ended."), context("Why does fine10 fail?", codes=CODES)) == []


def test_a_code_is_offered_by_a_save_or_the_codes_section_only_while_these_stand() -> None:
    ctx, told = context(codes=CODES), (draft("Use BROKEN10."),)
    for section in ({"saves": (changed(code="BROKEN10"),)}, {"codes": (offer(BROKEN),)}):
        checked, drops = GUARD.check(answer(drafts=told, **section), ctx)
        assert checked.drafts == ()
        assert drops[-1] == Drop("drafts", "draft-1", "only codes that are offered")


def test_a_draft_does_not_sell_what_was_held_back() -> None:
    ctx = context(codes=CODES)
    told = draft("Take the Wind Shirt.", evidence=(Evidence("product", "WI-M"),))
    checked, drops = GUARD.check(answer(saves=(changed(price=1.0),), drafts=(told,)), ctx)
    assert (checked.saves, checked.drafts) == ((), ())
    assert drops[-1].invariant == "offers nothing that was held back"
    assert GUARD.check(answer(saves=(changed(),), drafts=(told,)), ctx)[0].drafts == (told,)


def test_the_ticket_is_not_its_own_precedent() -> None:
    assert broken("similar", similar("t-1")) == ["not this ticket"]
    assert broken("similar", similar("t-0")) == []


# ---------------------------------------------------------------- whose data


def ticket(*names: str, text: str = "Where is it?", **more: Any) -> Context:
    return replace(context(text, **more), similar=tuple(similar(f"t-{n}", n) for n in names))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hello Ana, #1001 is on its way.", None),
        ("Hello Ana, your order 1001 is on its way.", None),
        ("Write to ana@example.com?", None),
        ("Write to bob@example.com?", "bob@example.com"),
        ("Write to na@example.com?", "na@example.com"),  # only a part of what is known
        ("Order #100 is on its way.", "#100"),
        ("Order #2002 is on its way.", "#2002"),
        ("Call +44 20 7946 0958.", None),
        ("Call 02079460958.", None),
        ("Call +44 20 7946 0111.", "+44 20 7946 0111"),
        ("Hello Bob", "Bob"),
        ("Hello Stone", None),  # also a word: nobody can tell
        ("Bob Stone wrote the same.", "Bob Stone"),
        ("The bobbin is fine.", None),
    ],
)
def test_foreign_data(text: str, found: str | None) -> None:
    ctx = ticket("Bob Stone", text="It leaks. Call me: 020 7946 0958.")
    assert foreign_data(text, ctx) == found


def test_a_name_that_is_part_of_a_word_is_not_known_by_it() -> None:
    prose = Published.of(["Our customer team manages everything."])
    assert foreign_data("Hello Tom", ticket("Tom Berg"), prose) == "Tom"
    assert foreign_data("Hello Tom", ticket("Tom Berg", text="Tom here."), prose) is None


def test_what_the_shop_says_to_everybody_may_be_said() -> None:
    prose = Published.of(["Mail help@shop.example or call (0)30 / 1234 5670.", "Named after Tom Berg, the founder."])
    for text in ("Mail help@shop.example.", "Call +49 30 12345670.", "Tom Berg made it."):
        assert foreign_data(text, ticket("Tom Berg")) is not None
        assert foreign_data(text, ticket("Tom Berg"), prose) is None


def test_anothers_order_is_foreign_until_it_is_ones_own() -> None:
    stranger = replace(ticket(text="Hello"), orders=(), order=None, customer=None)
    assert foreign_data("It is in #1001.", stranger) == "#1001"
    assert foreign_data("It is in #1001.", replace(stranger, orders=(ORDER,))) is None


def test_foreign_data_reads_long_drafts_quickly() -> None:
    prose = Published.of([SHELL.body * 20_000])
    ctx = ticket("Bob Stone", text="Hello " * 1000)
    assert seconds(lambda: foreign_data("We send it again. " * 130, ctx, prose)) < 0.05


def test_a_draft_that_promises_what_is_no_longer_so_is_held_back() -> None:
    assert broken("drafts", draft("You have 30 days to return it.")) == ["keeps the shop's terms"]
    assert broken("drafts", draft("You have 14 days to return it.")) == []
