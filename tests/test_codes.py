"""Codes against the rules of checkout, one by one."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from recommenders.codes import CodeMatcher
from recommenders.domain import Code, OrderLine
from tests.playbooks.fixtures import ANA, NOW, ORDER, SHELL, catalog, code, context, save

SHELL_M = SHELL.variants[0]
LATER, EARLIER = datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)


def eligible(one: Code, **situation: object) -> bool:
    ctx = context(codes=[one], **situation)  # type: ignore[arg-type]
    return bool(CodeMatcher(ctx.catalog).eligible(ctx, item=SHELL_M, purposes=("save",)))


@pytest.mark.parametrize(
    ("rules", "refusal"),
    [
        ({}, None),
        ({"status": "disabled"}, "disabled"),
        ({"status": "expired"}, "expired"),
        ({"ends_at": EARLIER}, "expired"),
        ({"ends_at": NOW}, None),  # the last second still counts
        ({"starts_at": LATER}, "not_started"),
        ({"status": "scheduled"}, "not_started"),
        ({"usage_limit": 50, "used": 50}, "limit"),
        ({"usage_limit": 50, "used": 49}, None),
        ({"minimum_subtotal": 150.0}, None),
        ({"minimum_subtotal": 150.01}, "minimum_subtotal"),
        ({"minimum_quantity": 2}, None),  # the order named in the ticket has two pieces
        ({"minimum_quantity": 3}, "minimum_quantity"),
        ({"first_order_only": True}, "first_order"),
        ({"customer_tags": frozenset({"VIP"})}, None),
        ({"customer_tags": frozenset({"staff"})}, "customer_tags"),
        ({"product_types": frozenset({"jackets"})}, None),
        ({"handles": frozenset({"wool-sock"}), "tags": frozenset({"Waterproof"})}, None),  # a union
        ({"handles": frozenset({"wool-sock"})}, "products"),
    ],
)
def test_each_rule_of_checkout(rules: dict[str, object], refusal: str | None) -> None:
    one = code("TEN", **rules)
    ctx = context(codes=[one])
    assert CodeMatcher(ctx.catalog).refusal(one, ctx, (SHELL, SHELL_M)) == refusal


def test_once_per_customer_is_used_up_by_an_earlier_order() -> None:
    assert eligible(code("USEDONCE"))
    assert not eligible(code("usedonce", once_per_customer=True))


def test_minimum_is_reached_by_the_order_only_when_the_ticket_names_it() -> None:
    big = replace(ORDER, total=500.0)
    assert eligible(code("BIG", minimum_subtotal=400.0), order=big)
    assert not eligible(code("BIG", minimum_subtotal=400.0), order=big, text="My boots are too tight.")


def test_unknown_customer_may_see_a_first_order_code_but_no_vip_code() -> None:
    assert eligible(code("FIRST", first_order_only=True), customer=None)
    assert not eligible(code("VIP", customer_tags=frozenset({"vip"})), customer=None)
    assert not eligible(code("FIRST", first_order_only=True), customer=replace(ANA, orders_count=1), order=None)


def test_marketing_is_never_a_save() -> None:
    assert not eligible(code("SPRING", purposes=frozenset({"marketing"})))
    assert not eligible(code("NONE", purposes=frozenset()))


def test_attach_gives_paid_saves_the_best_code_that_leaves_a_margin() -> None:
    codes = [code("FIVE", amount=5.0), code("FIFTEEN", amount=15.0), code("RUIN", amount=60.0)]
    ctx = context(codes=codes)
    matcher = CodeMatcher(ctx.catalog)
    given = matcher.attach([save("RS-M", replaces="FB-42"), save("FB-41", "exchange", "FB-42")], ctx)
    assert [s.code for s in given] == ["FIFTEEN", None]  # an exchange at no cost needs none
    offers = matcher.recommend(ctx, given)
    assert [o.code.code for o in offers] == ["FIFTEEN", "FIVE", "RUIN"]
    assert offers[0].evidence[0].id == "RS-M"
    assert "15% off on Rain Shell" in offers[0].reason


def test_a_rule_of_the_playbook_decides_among_codes_that_work() -> None:
    from recommenders.domain import Evidence

    ctx = context(codes=[code("A", amount=15.0), code("B", amount=5.0), code("C", status="disabled")])
    rules = [("c", Evidence("rule", "x.yaml#c", 1)), ("b", Evidence("rule", "x.yaml#b", 7))]
    (given,) = CodeMatcher(ctx.catalog).attach([save("RS-M")], ctx, rules)
    assert given.code == "B"
    assert Evidence("rule", "x.yaml#b", 7) in given.evidence


def test_when_selling_must_wait_only_recovery_codes_and_none_where_tactless() -> None:
    codes = [code("SAVE"), code("SORRY", purposes=frozenset({"recovery"}))]
    late = context(codes=codes, reasons=["service_failure_open"])
    matcher = CodeMatcher(late.catalog)
    assert [o.code.code for o in matcher.recommend(late, [save("RS-M")])] == ["SORRY"]
    assert matcher.attach([save("RS-M", code="SAVE")], late)[0].code is None
    for reason in ("adverse_reaction", "bereavement", "legal_threat", "asked_not_to_sell", "privacy_request"):
        grave = context(codes=codes, reasons=["service_failure_open", reason])
        assert matcher.recommend(grave, [save("RS-M")]) == ()


def test_nobody_gets_a_code_for_asking() -> None:
    codes = [
        code("SAVE"),
        code("SPRING", purposes=frozenset({"marketing"})),
        code("THANKS", purposes=frozenset({"delight"})),
    ]
    ctx = context("Any codes going?", intents=["code_question"], codes=codes, mood=0.5)
    assert CodeMatcher(ctx.catalog).recommend(ctx, []) == ()


def test_thanks_for_praise_but_not_for_goodbye() -> None:
    codes = [code("THANKS", purposes=frozenset({"delight"}))]
    for intents, found in ((["praise"], 1), (["small_talk"], 0), (["praise", "damaged_item"], 0)):
        ctx = context("Lovely!", intents=intents, codes=codes, mood=0.8)
        assert len(CodeMatcher(ctx.catalog).recommend(ctx, [])) == found


def test_a_code_that_the_customer_names_is_listed_only_when_it_works() -> None:
    codes = [code("SPRING", purposes=frozenset({"marketing"})), code("OLD", ends_at=EARLIER)]
    ctx = context(codes=codes, mentions=[("code", "SPRING"), ("code", "OLD")])
    matcher = CodeMatcher(ctx.catalog)
    assert [o.code.code for o in matcher.recommend(ctx, [])] == ["SPRING"]
    why = matcher.explain("old", ctx)
    assert (why.works, why.refusal, why.moment) == (False, "expired", EARLIER)
    assert why.text == "OLD ended on 1 February 2026."
    assert matcher.explain("NOPE", ctx).refusal == "unknown"


def test_code_works_asks_for_the_very_item_of_a_single_save() -> None:
    ctx = context(codes=[code("SOCKS", handles=frozenset({"wool-sock"}))])
    matcher = CodeMatcher(ctx.catalog)
    assert matcher.code_works("socks", ctx, (save("WS"),))
    assert not matcher.code_works("socks", ctx, (save("RS-M"),))
    assert matcher.code_works("socks", ctx, (save("RS-M"), save("WS")))
    assert not matcher.code_works("unknown", ctx)


def test_order_of_codes_does_not_depend_on_the_order_in_the_shop() -> None:
    codes = [code("B"), code("A"), code("C", amount=12.0)]
    ctx, turned = context(codes=codes), context(codes=codes[::-1])
    names = [[o.code.code for o in CodeMatcher(c.catalog).eligible(c, item=SHELL_M)] for c in (ctx, turned)]
    assert names == [["C", "A", "B"]] * 2
    assert catalog(*codes).by_code["a"].code == "A"


def test_among_codes_worth_as_much_the_customers_own_orders_decide() -> None:
    codes = [code("A-ALL"), code("B-JACKETS", product_types=frozenset({"jackets"})), code("C-LESS", amount=5.0)]
    jackets = replace(ORDER, lines=(OrderLine("RS-M", "Rain Shell - M", 1, 150.0),))
    for order, customer, best_first in (
        (jackets, ANA, ["B-JACKETS", "A-ALL", "C-LESS"]),  # what is worth less stays behind
        (ORDER, ANA, ["A-ALL", "B-JACKETS", "C-LESS"]),  # boots and socks, no jackets
        (None, None, ["A-ALL", "B-JACKETS", "C-LESS"]),  # nothing is known: by code
    ):
        ctx = context(codes=codes, order=order, customer=customer)
        found = CodeMatcher(ctx.catalog).eligible(ctx, item=SHELL_M, purposes=("save",))
        assert [offer.code.code for offer in found] == best_first
