"""A shop's rules from the folder to the answer's JSON: what they bring, what the guard still checks, what they cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from copilot.answer_schema import SuggestionsAnswer
from copilot.engine import SECTIONS, Ask, Run, SuggestionEngine
from copilot.render import render
from copilot.settings import Settings
from copilot.shop.load import load_shop
from copilot.store.database import open_database
from recommenders.domain import (
    Budget,
    Caution,
    Evidence,
    Message,
    Permission,
    Recovery,
    SuggestedTag,
    Suggestion,
    Ticket,
)
from recommenders.playbooks import load_files
from recommenders.playbooks.matcher import advise
from recommenders.playbooks.rules import Rules
from tests.shop_of_coats import write_coats
from tests.test_engine import COLD, NOW, TIGHT, Bench, DeafEncoder, WordReader, encoder

RULES = """\
gestures:
  - {id: card, occasions: [wedding], gesture: Write a card, cost: 3, note: {en: [Be happy.]}}
rules:
  - id: cold-people
    when: {needs: [warmer], product_types: [Coats]}
    then:
      offer: {product: storm-parka}
      code_for: save
      tags: [warmth]
      draft:
        en: |
          Dear {first_name},

          For winters the {offer} is what we wear ourselves. It is {price}, and {code} takes something off.
          Send the {product} back whenever you like.
  - id: lost-parcel
    when: {means: [where is my parcel, my parcel has not arrived], intents: [order_status]}
    then:
      recovery: {steps: [Call the carrier, Send it again], follow_up_days: 2}
      say: {en: "We are looking for it right now."}
      tags: [late]
  - id: gloves
    when: {tier: [standard, loyal], orders_at_least: 2}
    then: {white_glove: {returnless_refund_up_to: 15}, allowance: 8}
  - id: laces
    when: {says: [swap]}
    then: {delight: {gesture: Add a spare button, cost: 1.5, note: {en: [Good as new.]}, occasion: loyalty}}
  - id: calm-regulars
    when: {cautions: [high_anger], orders_at_least: 2}
    then: {lift: [high_anger], because: Regulars who are cross still want the warmer coat.}
  - id: little-left
    when: {budget_left_at_most: 0.5}
    then: {warn: The month's budget is gone.}
  - id: broke
    when: {says: [outlet]}
    then: {restrain: [asked_not_to_sell], because: Whoever came by the outlet gets no offers.}
"""


def ask(text: str, customer: str | None = "c-1", **given: Any) -> Ask:
    return Ask(Ticket("new-1", (Message("customer", text),)), NOW, customer, **given)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("ruled")
    database = open_database(folder / "data")
    load_shop(write_coats(folder / "shop"), database, encoder(), warn=lambda line: None)
    (folder / "rules").mkdir()
    (folder / "rules" / "x.yaml").write_text(RULES)
    made = Bench(folder, database, Settings(data=folder / "data", playbooks=folder / "rules"), [])
    yield made
    for engine in made.opened:
        engine.close()
    database.dispose()


@pytest.fixture(scope="module")
def engine(bench: Bench) -> SuggestionEngine:
    return bench.engine()


def rule(name: str) -> Evidence:
    line = next(n for n, text in enumerate(RULES.splitlines(), 1) if text.strip() == f"- id: {name}")
    return Evidence("rule", f"x.yaml#{name}", line)


def test_an_offer_its_code_its_draft_and_its_tag(engine: SuggestionEngine) -> None:
    answer = engine.suggest(ask(COLD))
    assert answer.degraded == ()
    save = answer.saves[0]
    assert (save.sku, save.replaces, save.code) == ("SP-M", "BJ-M", "KEEP10")
    assert rule("cold-people") in save.evidence
    assert rule("cold-people") in answer.codes[0].evidence
    draft = answer.drafts[0]
    assert (draft.id, draft.stance) == ("draft-cold-people", "save")
    assert draft.text.splitlines()[0] == "Dear Ana,"
    assert "For winters the Storm Parka is what we wear ourselves. It is €160.00, and KEEP10 takes" in draft.text
    assert "Send the Breeze Jacket back" in draft.text
    assert rule("cold-people") in draft.evidence
    assert answer.tags == (SuggestedTag("warmth", (rule("cold-people"),)),)


def test_a_tag_that_the_ticket_has_is_not_suggested(engine: SuggestionEngine) -> None:
    asked = ask(COLD)
    assert engine.suggest(replace(asked, ticket=replace(asked.ticket, tags=("Warmth",)))).tags == ()


def test_a_recovery_plan_by_the_meaning_of_a_phrase(engine: SuggestionEngine) -> None:
    answer = engine.suggest(ask("Where is my parcel #2002?", "c-2"))
    assert answer.recovery is not None
    assert answer.recovery.steps == ("Call the carrier", "Send it again")
    assert answer.recovery.follow_up_on is not None
    assert answer.recovery.follow_up_on.isoformat() == "2026-03-04"
    assert answer.recovery.evidence == (rule("lost-parcel"),)
    assert answer.drafts[0].stance == "resolve"
    assert "We are looking for it right now." in answer.drafts[0].text
    assert "4 March 2026" in answer.drafts[0].text
    assert engine.suggest(ask(TIGHT)).recovery is None


def test_permissions_are_for_customers_whom_we_know(engine: SuggestionEngine) -> None:
    answer = engine.suggest(ask(TIGHT))
    assert answer.permissions == (
        Permission("returnless_refund", 15.0, "EUR", (rule("gloves"),)),
        Permission("allowance", 8.0, "EUR", (rule("gloves"),)),
    )
    assert engine.suggest(ask(TIGHT, None)).permissions == ()
    assert engine.suggest(ask("My lawyer will write. " + TIGHT)).permissions == ()


def budgets(agent: float, team: float, customer: float | None = None) -> Callable[..., tuple[Budget, ...]]:
    left = [Budget("agent:maria", agent), Budget("team", team)]
    left += [Budget("customer", customer)] if customer is not None else []
    return lambda *given: tuple(left)


@pytest.mark.parametrize(
    ("left", "shown"),
    [(budgets(1.5, 50), True), (budgets(1.49, 50), False), (budgets(40, 1), False), (budgets(40, 50, 0.0), False)],
)
def test_a_delight_of_a_rule_is_paid_or_not_proposed(bench: Bench, left: Callable[..., Any], shown: bool) -> None:
    answer = bench.engine(budgets=left).suggest(ask(TIGHT))
    assert [d.gesture for d in answer.delights] == (["Add a spare button"] if shown else [])
    for delight in answer.delights:
        assert delight.quote == "Can I swap it for a larger one?"
        assert rule("laces") in delight.evidence


def test_a_budget_that_is_nearly_spent(bench: Bench) -> None:
    warned = [w.id for w in bench.engine(budgets=budgets(0.4, 9)).suggest(ask(TIGHT)).warnings]
    assert "x.yaml-little-left" in warned
    assert "x.yaml-little-left" not in [w.id for w in bench.engine(budgets=budgets(4, 9)).suggest(ask(TIGHT)).warnings]


class Cross:
    """Reads anger beside what the words say."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def read(self, concern: Any, *given: Any, **named: Any) -> Any:
        signals = self.inner.read(concern, *given, **named)
        return replace(signals, cautions=(*signals.cautions, Caution("high_anger", 0.9, concern.text)))


def test_restraint_is_lifted_with_its_justification(bench: Bench) -> None:
    engine = bench.engine(reader=Cross(WordReader()))
    answer = engine.suggest(ask(COLD))
    assert (answer.selling.allowed, answer.selling.reasons) == (True, ())
    assert answer.saves[0].sku == "SP-M"
    told = {w.id: w.text for w in answer.warnings}
    assert told["x.yaml-calm-regulars-lift"] == (
        "Restraint lifted (high_anger): Regulars who are cross still want the warmer coat."
    )
    grave = engine.suggest(ask("My lawyer will hear of it. " + COLD))
    assert (grave.selling.allowed, grave.selling.reasons) == (False, ("legal_threat",))
    assert grave.saves == ()
    stranger = engine.suggest(ask(COLD, None))
    assert stranger.selling.reasons == ("high_anger",)  # the rule is for regulars


def test_restraint_that_a_rule_adds(engine: SuggestionEngine) -> None:
    answer = engine.suggest(ask(COLD + " I got it at the outlet."))
    assert (answer.selling.allowed, answer.selling.reasons) == (False, ("asked_not_to_sell",))
    assert [save for save in answer.saves if save.kind not in ("fix", "exchange", "replacement")] == []
    assert not any(draft.id == "draft-cold-people" for draft in answer.drafts)
    assert "x.yaml-broke-restrain" in [warning.id for warning in answer.warnings]


def test_the_guard_checks_what_rules_bring(engine: SuggestionEngine) -> None:
    asked = ask(TIGHT)
    answer = engine.suggest(asked)
    tools = engine._live.current.tools
    context, _ = engine.advised(engine.read(asked, tools, Run()), tools, Run())
    unknown = (Evidence("rule", "x.yaml#nosuch", 1),)
    forged: Suggestion = replace(
        answer,
        tags=(SuggestedTag("late", unknown), *answer.tags),
        permissions=(Permission("allowance", 8.0, "EUR", unknown), Permission("allowance", -1.0, "EUR", ())),
        recovery=Recovery(("Send it again",), NOW.date().replace(year=2025), (rule("lost-parcel"),)),
    )
    checked, drops = tools.guard.check(forged, context)
    assert (checked.tags, checked.permissions, checked.recovery) == (answer.tags, (), None)
    assert {drop.section for drop in drops} == {"tags", "permissions", "recovery"}


def test_what_could_not_be_checked_is_not_shown(bench: Bench) -> None:
    class Broken:
        def check(self, *given: object) -> Any:
            raise RuntimeError("the guard is broken")

    answer = bench.engine(lambda tools: replace(tools, guard=Broken())).suggest(ask(COLD))  # type: ignore[arg-type]
    assert (answer.tags, answer.permissions, answer.recovery) == ((), (), None)


def test_what_could_not_be_read_gives_nothing_away(bench: Bench) -> None:
    answer = bench.engine(encoder=DeafEncoder()).suggest(ask(TIGHT))
    assert "encode" in answer.degraded
    assert answer.permissions == ()
    assert not answer.selling.allowed


def test_the_json_fits_its_schema(engine: SuggestionEngine) -> None:
    for text, customer in ((COLD, "c-1"), ("Where is my parcel #2002?", "c-2"), (TIGHT, "c-1")):
        answer = engine.suggest(ask(text, customer))
        data = render(answer, request_id="r", revision="v", sections=frozenset(SECTIONS), timings_ms={})
        SuggestionsAnswer.model_validate(data)
    assert data["recovery"] is None
    assert data["permissions"][0] == {
        "id": "returnless_refund", "up_to": 15.0, "currency": "EUR",
        "evidence": [{"type": "rule", "id": "x.yaml#gloves", "line": rule("gloves").line}],
    }  # fmt: skip


def test_the_same_request_gives_the_same_answer(engine: SuggestionEngine) -> None:
    one, other = (replace(engine.suggest(ask(COLD)), timings_ms={}) for _ in range(2))
    assert one == other


def test_a_hundred_rules_cost_little(bench: Bench) -> None:
    kinds = (
        "intents: [praise], product_types: [Coats]", "says: [outlet, sample sale, glass, splinter]",
        "means: [the zip broke, it came apart]", "tier: [vip], orders_at_least: 4, weekdays: [monday]",
    )  # fmt: skip
    rules = "rules:\n" + "".join(
        f"  - id: r{n}\n    when: {{{kinds[n % 4]}}}\n    then: {{tags: [t{n}]}}\n" for n in range(100)
    )
    ready = Rules.build(load_files({"x.yaml": rules}), encoder())
    engine = bench.engine()
    context = engine.read(ask(TIGHT), engine._live.current.tools, Run())
    taken = []
    for _ in range(200):
        started = time.perf_counter()
        advise(ready, context, "standard")
        taken.append(time.perf_counter() - started)
    assert sorted(taken)[50] < 0.003  # ten times what it takes: the machine may be busy
