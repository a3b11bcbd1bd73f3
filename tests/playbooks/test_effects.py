"""What follows from rules: restraint, codes, gestures, tags, warnings, recovery plans and permissions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from recommenders.codes import CodeMatcher
from recommenders.delights import DelightRecommender
from recommenders.domain import Budget, Context, Delight, Evidence
from recommenders.playbooks import Playbook, effects, load_files
from recommenders.playbooks.matcher import Advice, advise
from tests.playbooks.fixtures import ANA, code, context, save


def book(*rules: str, head: str = "") -> Playbook:
    return load_files({"x.yaml": head + "\nrules:\n" + "".join(f"  - {{{rule}}}\n" for rule in rules)})


def advised(ctx: Context, *rules: str, head: str = "", tier: Any = "loyal") -> Advice:
    return advise(book(*rules, head=head), ctx, tier)


# ---------------------------------------------------------------- restraint

LIFT = "id: calm, when: {tier: [loyal]}, then: {lift: [high_anger, repeat_contact], because: We know them well.}"


def test_a_lift_lets_us_sell_and_says_why() -> None:
    ctx = context(reasons=["high_anger"])
    advice = advised(ctx, LIFT, "id: late, when: {selling: true}, then: {tags: [sold]}")
    assert advice.verdict(ctx.selling).allowed
    assert advice.verdict(ctx.selling).reasons == ()
    assert advice.tags == ("sold",)  # rules that wait for selling are asked again
    (warning,) = effects.warnings(advice)
    assert warning.id == "x.yaml-calm-lift"
    assert warning.text == "Restraint lifted (high_anger): We know them well."


def test_a_lift_of_what_was_not_found_is_not_told() -> None:
    advice = advised(context(), LIFT)
    assert advice.verdict(context().selling) == context().selling
    assert effects.warnings(advice) == ()


def test_other_reasons_stay_and_what_a_rule_adds_is_not_lifted() -> None:
    ctx = context(reasons=["high_anger", "vulnerable_customer"])
    assert advised(ctx, LIFT).verdict(ctx.selling).reasons == ("vulnerable_customer",)
    adds = "id: adds, when: {channel: [email]}, then: {restrain: [high_anger], because: Wait a week.}"
    advice = advised(context(), LIFT, adds)
    verdict = advice.verdict(context().selling)
    assert (verdict.allowed, verdict.reasons, verdict.quotes) == (False, ("high_anger",), {"high_anger": "x.yaml#adds"})
    assert [w.text for w in effects.warnings(advice)] == ["No selling (high_anger): Wait a week."]


@pytest.mark.parametrize(
    "reason", ["safety", "adverse_reaction", "bereavement", "fraud_or_security", "asked_not_to_sell"]
)
def test_the_hard_reasons_are_never_lifted(reason: str) -> None:
    ctx = context(reasons=[reason])
    advice = advised(ctx, LIFT)
    # Even where a rule got past the checker.
    forced = advice.matches[0].rule.model_copy(
        update={"then": advice.matches[0].rule.then.model_copy(update={"lift": [reason]})}
    )
    advice = replace(advice, matches=(replace(advice.matches[0], rule=forced),))
    assert advice.lift == ()
    assert advice.verdict(ctx.selling) == ctx.selling


# ---------------------------------------------------------------- tags, recovery, permissions


def test_tags_once_with_every_rule_and_without_those_that_the_ticket_has() -> None:
    ctx = context()
    ctx = replace(ctx, ticket=replace(ctx.ticket, tags=("Cold",)))
    advice = advised(
        ctx,
        "id: a, when: {selling: true}, then: {tags: [fit, cold]}",
        "id: b, when: {selling: true}, then: {tags: [fit]}",
    )
    (tag,) = effects.new_tags(advice, ctx)
    assert tag.id == "fit"
    assert tag.evidence == (Evidence("rule", "x.yaml#a", 3), Evidence("rule", "x.yaml#b", 4))


PLANS = (
    "id: a, when: {selling: true}, then: {recovery: {steps: [Send it again, Call them], follow_up_days: 5}}",
    "id: b, when: {selling: true}, then: {recovery: {steps: [Call them, Refund the postage]}, follow_up_days: 2}",
)


def test_a_recovery_plan_has_each_step_once_and_the_soonest_day() -> None:
    found = effects.recovery(advised(context(), *PLANS))
    assert found is not None
    assert found.steps == ("Send it again", "Call them", "Refund the postage")
    assert found.follow_up_on == date(2026, 3, 4)
    assert [e.id for e in found.evidence] == ["x.yaml#a", "x.yaml#b"]


def test_the_follow_up_counts_from_today_where_the_team_is() -> None:
    ctx = replace(context(), now=datetime.fromisoformat("2026-03-02T22:00:00+00:00"))
    found = effects.recovery(advised(ctx, PLANS[0], head="timezone: Pacific/Auckland"))
    assert found is not None
    assert found.follow_up_on == date(2026, 3, 8)  # there it is the third already


def test_no_plan_and_a_mere_follow_up() -> None:
    assert effects.recovery(advised(context(), "id: a, when: {selling: true}, then: {warn: x}")) is None
    found = effects.recovery(advised(context(), "id: a, when: {selling: true}, then: {follow_up_days: 3}"))
    assert found is not None
    assert (found.steps, found.follow_up_on) == ((), date(2026, 3, 5))


GLOVES = (
    "id: loyal, when: {tier: [loyal, vip]}, then: {white_glove: {returnless_refund_up_to: 20}, allowance: 5}",
    "id: vip, when: {tier: [vip]}, then: {white_glove: {returnless_refund_up_to: 60, allowance: 30}}",
)


@pytest.mark.parametrize(
    ("tier", "allowed"),
    [
        ("vip", {"returnless_refund": (60.0, "x.yaml#vip"), "allowance": (30.0, "x.yaml#vip")}),
        ("loyal", {"returnless_refund": (20.0, "x.yaml#loyal"), "allowance": (5.0, "x.yaml#loyal")}),
        ("new", {}),
    ],
)
def test_white_glove_by_tier(tier: str, allowed: dict[str, tuple[float, str]]) -> None:
    ctx = context()
    found = effects.permissions(advised(ctx, *GLOVES, tier=tier), ctx, "EUR")
    assert {p.id: (p.up_to, p.evidence[0].id) for p in found} == allowed
    assert all(p.currency == "EUR" for p in found)


def test_nothing_is_given_away_to_strangers_or_where_somebody_may_cheat() -> None:
    for ctx in (context(customer=None), context(reasons=["fraud_or_security"]), context(reasons=["chargeback"])):
        assert effects.permissions(advised(ctx, *GLOVES, tier="vip"), ctx, "EUR") == ()


# ---------------------------------------------------------------- codes

CODES = (
    code("TEN"),
    code("TWENTY", amount=20.0),
    code("SORRY", purposes=frozenset({"recovery"}), amount=5.0),
    code("THANKS", purposes=frozenset({"delight"})),
    code("MARKET", purposes=frozenset({"marketing"})),
    code("GONE", status="disabled"),
    code("SOCKS", product_types=frozenset({"Socks"})),
)


def offered(then: str, saves: tuple[Any, ...] = (), **given: Any) -> list[tuple[str, list[str]]]:
    ctx = context(codes=CODES, about=["FB-42"], **given)
    advice = advised(ctx, f"id: r, when: {{channel: [email]}}, then: {{{then}}}")
    matcher = CodeMatcher(ctx.catalog)
    saves = matcher.attach(saves, ctx, matcher.preferred(ctx, saves, advice))
    found = matcher.recommend(ctx, saves, matcher.preferred(ctx, saves, advice))
    return [(o.code.code, [e.id for e in o.evidence if e.type == "rule"]) for o in found]


def test_a_code_that_a_rule_names_is_given_only_where_checkout_takes_it() -> None:
    assert offered("code: TEN") == [("TEN", ["x.yaml#r"])]
    assert offered("code: GONE") == []
    assert offered("code: SOCKS") == []  # the ticket is about a boot
    assert offered("code: MARKET") == []
    assert offered("code: THANKS") == [("THANKS", ["x.yaml#r"])]
    assert offered("code: NOSUCH") == []


def test_the_best_code_of_a_class() -> None:
    assert offered("code_for: save") == [("TWENTY", ["x.yaml#r"])]
    assert offered("code_for: recovery") == [("SORRY", ["x.yaml#r"])]
    assert offered("code_for: save", (save("RS-M", replaces="FB-42"),))[0] == ("TWENTY", ["x.yaml#r"])
    assert offered("code: TEN", (save("RS-M", replaces="FB-42"),))[0] == ("TEN", ["x.yaml#r"])


def test_where_we_do_not_sell_only_recovery_is_given_and_in_grave_matters_nothing() -> None:
    assert offered("code: TEN", reasons=["high_anger"]) == [("SORRY", [])]  # by the shop's own purpose
    assert offered("code_for: save", reasons=["high_anger"]) == [("SORRY", [])]
    assert offered("code: SORRY", reasons=["high_anger"]) == [("SORRY", ["x.yaml#r"])]
    assert offered("code: SORRY", reasons=["bereavement"]) == []


# ---------------------------------------------------------------- delights

INLINE = "delight: {gesture: Send a pair of laces, cost: 4, note: {en: [Walk well.]}, occasion: loyalty}"


def delights(
    when: str, then: str = INLINE, budgets: tuple[Budget, ...] = (), head: str = "", tier: Any = "loyal", **given: Any
) -> tuple[Delight, ...]:
    ctx = context(**given)
    playbook = book(f"id: r, when: {when}, then: {{{then}}}", head=head or "gestures: []")
    advice = advise(playbook, ctx, tier)
    return DelightRecommender(playbook).recommend(ctx, budgets, tier=tier, asked=advice.gestures, ruled=advice.matches)


def test_a_gesture_in_the_rule_itself() -> None:
    (found,) = delights("{says: [too tight]}", budgets=(Budget("agent:maria", 4.0), Budget("team", 90.0)))
    assert (found.occasion, found.gesture, found.note, found.cost) == (
        "loyalty",
        "Send a pair of laces",
        "Walk well.",
        4.0,
    )
    assert found.quote == "The Fell Boot from #1001 is too tight."
    assert found.budget == Budget("agent:maria", 4.0)
    assert found.evidence == (Evidence("rule", "x.yaml#r", 3), Evidence("ticket", "t-1"))


def test_the_record_may_be_the_cue_and_without_a_cue_there_is_no_gesture() -> None:
    (found,) = delights("{orders_at_least: 3}")
    assert found.quote == "3 orders"
    assert ("order", "o-1") in {(e.type, e.id) for e in found.evidence}
    assert delights("{channel: [email]}") == ()


@pytest.mark.parametrize("budgets", [(Budget("agent:maria", 3.99),), (Budget("team", 90.0), Budget("customer", 0.0))])
def test_what_cannot_be_paid_or_comes_too_soon_is_not_proposed(budgets: tuple[Budget, ...]) -> None:
    assert delights("{says: [too tight]}", budgets=budgets) == ()


@pytest.mark.parametrize(
    ("reasons", "occasion", "shown"),
    [
        (["fraud_or_security"], "loyalty", False),
        (["bereavement"], "loyalty", False),
        (["bereavement"], "condolence", True),
        (["service_failure_open"], "loyalty", False),
        (["service_failure_open"], "apology", True),
        (["high_anger"], "loyalty", False),
        (["high_anger"], "apology", True),
        (["vulnerable_customer"], "get_well", True),
    ],
)
def test_gravity_forbids_what_a_rule_asks_for(reasons: list[str], occasion: str, shown: bool) -> None:
    found = delights("{says: [too tight]}", INLINE.replace("loyalty", occasion), reasons=reasons)
    assert bool(found) is shown
    assert all(delight.occasion == occasion for delight in found)


NAMED = """gestures:
  - {id: card, occasions: [wedding, birthday], gesture: Write a card, cost: 2, note: {en: [To you.]}, tier: [vip]}
"""


def test_a_named_gesture_takes_the_occasion_of_the_ticket() -> None:
    given = {"occasions": ["birthday"], "head": NAMED, "then": "delight: card"}
    (found,) = delights("{occasions: [birthday]}", tier="vip", **given)
    assert (found.id, found.occasion, found.quote) == ("delight-birthday-card", "birthday", "about a birthday")
    assert [e.id for e in found.evidence if e.type == "rule"] == ["x.yaml#card", "x.yaml#r"]
    assert delights("{occasions: [birthday]}", tier="loyal", **given) == ()


def test_no_life_event_is_made_up() -> None:
    head = NAMED.replace(", tier: [vip]", "")
    assert delights("{says: [too tight]}", "delight: card", head=head) == ()  # nobody speaks of a wedding or a birthday
    alone = head.replace("[wedding, birthday]", "[wedding]")
    (found,) = delights("{says: [tying the knot]}", "gesture: card", head=alone, text="We are tying the knot in May.")
    assert (found.occasion, found.quote) == ("wedding", "We are tying the knot in May.")
    assert delights("{orders_at_least: 3}", "delight: card", head=alone) == ()


def test_one_gesture_for_an_occasion() -> None:
    ctx = context(occasions=["wedding"])
    playbook = book(
        "id: a, when: {occasions: [wedding]}, then: {delight: {gesture: A, cost: 1, occasion: wedding}}",
        "id: b, when: {occasions: [wedding]}, then: {delight: {gesture: B, cost: 1, occasion: wedding}}",
        head=NAMED.replace(", tier: [vip]", ""),
    )
    advice = advise(playbook, ctx)
    found = DelightRecommender(playbook).recommend(ctx, (), asked=advice.gestures, ruled=advice.matches)
    assert [delight.gesture for delight in found] == ["A"]
    assert DelightRecommender(playbook).due(context(), advice.matches)
    assert not DelightRecommender(playbook).due(context())


def test_the_same_gesture_is_not_proposed_twice() -> None:
    ctx = context(occasions=["wedding", "birthday"])
    playbook = book("id: a, when: {selling: true}, then: {warn: x}", head=NAMED.replace(", tier: [vip]", ""))
    assert [delight.occasion for delight in DelightRecommender(playbook).recommend(ctx)] == ["wedding"]


def test_control_groups_see_nothing() -> None:
    rule = "id: r, share: 50, when: {selling: true}, then: {tags: [x], lift: [high_anger], because: y}"
    arms = {tuple(advised(context(customer=replace(ANA, id=f"c-{n}")), rule).tags) for n in range(30)}
    assert arms == {("x",), ()}
