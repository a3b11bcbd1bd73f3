"""What rules say in drafts: slots are facts or gaps, and a reply fits the ticket or is not shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from recommenders.codes import CodeMatcher
from recommenders.domain import Draft, Evidence, Save
from recommenders.drafts import ArticleIndex, DraftComposer
from recommenders.playbooks import load_files
from recommenders.playbooks.matcher import advise
from tests.fakes import HashEncoder
from tests.playbooks.fixtures import ANA, code, context, save

CODES = (
    code("TEN", ends_at=datetime(2026, 6, 30, tzinfo=UTC)),
    code("SORRY", purposes=frozenset({"recovery"})),
    code("OLD", ends_at=datetime(2026, 1, 31, tzinfo=UTC)),
)
RULE = Evidence("rule", "x.yaml#r", 3)


def drafts(
    then: str,
    *saves: Save,
    when: str = "{channel: [email, chat]}",
    tier: Any = "loyal",
    articles: bool = False,
    **given: Any,
) -> tuple[Draft, ...]:
    """The drafts where a rule holds whose offers are `saves`."""
    book = load_files({"x.yaml": f"phrases: {{}}\nrules:\n  - id: r\n    when: {when}\n    then:\n{then}\n"})
    ctx = context(codes=CODES, **{"about": ["FB-42"], "intents": ["return_request"], **given})
    advice = advise(book, ctx, tier)
    matcher = CodeMatcher(ctx.catalog)
    shown = tuple(s.proven(m.evidence) for s in saves for m in advice.matches[:1])
    shown = matcher.attach(shown, ctx, matcher.preferred(ctx, shown, advice))
    codes = matcher.recommend(ctx, shown, matcher.preferred(ctx, shown, advice))
    index = ArticleIndex.build(ctx.catalog.articles, HashEncoder(), lambda _: "en") if articles else None
    composer = DraftComposer(book, ctx.catalog, articles=index, codes=matcher)
    return composer.compose(ctx, shown, codes, advice=advice)


def written(then: str, *saves: Save, **given: Any) -> str:
    """The whole reply of the rule, "" where there is none."""
    return next((d.text for d in drafts(then, *saves, **given) if d.id == "draft-r"), "")


SHELL = save("RS-M", replaces="FB-42")
OFFER = "      offer: {product: rain-shell}\n      code: TEN\n"


def reply(*lines: str, language: str = "en") -> str:
    return f"      draft:\n        {language}: |\n" + "".join(f"          {line}\n" for line in lines)


def test_every_slot_is_a_fact() -> None:
    text = written(
        OFFER
        + "      white_glove: {returnless_refund_up_to: 20}\n      follow_up_days: 3\n"
        + reply(
            "Dear {first_name},",
            "",
            "the {product} of {order} is not for you. Take the {offer} for {price}, and {code} works until {code_end}.",
            "We may refund {amount}. I write again on {date}.",
        ),
        SHELL,
    )
    assert text == (
        "Dear Ana,\n\nThe Fell Boot of #1001 is not for you. Take the Rain Shell for €150.00, and TEN works until "
        "30 June 2026.\nWe may refund €20.00. I write again on 5 March 2026."
    )


def test_a_sentence_with_an_unknown_slot_is_left_out() -> None:
    then = OFFER.replace("TEN", "SORRY") + "      stance: resolve\n"
    then += reply("We have it here. Take the {offer} for {price}. It lasts until {code_end}. Until then, all the best.")
    assert written(then) == "We have it here. Until then, all the best."


def test_what_an_agent_can_look_up_is_a_gap() -> None:
    then = reply("Dear {first_name},", "{order} leaves today.")
    found, *_ = drafts(then, customer=None, order=None, text="My boot is too tight.")
    assert found.id == "draft-r"
    assert "[[order number]] leaves today." in found.text
    assert "{" not in found.text
    assert not found.text.startswith("Dear ,")
    assert [(gap.name, gap.placeholder) for gap in found.gaps] == [("order number", "order number")]


@pytest.mark.parametrize("opening", ["Dear {first_name},\n\nyou are right.", "Hi {first_name}, you are right."])
def test_who_has_no_name_is_greeted_without_one(opening: str) -> None:
    nameless = replace(ANA, first_name="")
    text = written(reply(*opening.split("\n"), "We change it."), customer=nameless)
    assert text.startswith("Hello,")
    assert "ou are right.\nWe change it." in text


def test_every_text_names_the_same_day() -> None:
    book = load_files(
        {
            "x.yaml": """
rules:
  - id: slow
    when: {channel: [email]}
    then:
      follow_up_days: 9
      draft: {en: "I write again on {date}. Bear with us."}
  - {id: fast, when: {language: [en]}, then: {follow_up_days: 2}}
"""
        }
    )
    ctx = context(intents=["order_status"])
    found = DraftComposer(book, ctx.catalog).compose(ctx, advice=advise(book, ctx))
    assert found[0].text == "I write again on 4 March 2026. Bear with us."


@pytest.mark.parametrize(("purpose", "stance"), [("save", "save"), ("recovery", "resolve")])
def test_only_what_sells_is_a_save(purpose: str, stance: str) -> None:
    (found, *_) = drafts(f"      code_for: {purpose}\n" + reply("Here is {code} for you. Use it soon."))
    assert (found.id, found.stance) == ("draft-r", stance)


def test_another_code_is_not_the_rules_own() -> None:
    then = OFFER.replace("TEN", "OLD") + reply("The {offer} is better. Use {code} for it.")
    assert written(then, SHELL) == "The Rain Shell is better."  # TEN is attached to the save, OLD is over


def test_nobody_hears_of_somebody_elses_order() -> None:
    assert written(reply("{order} leaves today. See you."), customer=None) == ""


def test_a_gap_of_the_leads_own_is_listed() -> None:
    (found, *_) = drafts(reply("Your pick-up is at [[time]]. See you then."))
    assert [gap.placeholder for gap in found.gaps] == ["time"]


def test_a_reply_comes_first_with_its_evidence_and_only_in_its_language() -> None:
    found = drafts(reply("Send it back. We refund you."))
    assert (found[0].id, found[0].stance, found[0].language) == ("draft-r", "resolve", "en")
    assert found[0].evidence == (RULE, Evidence("order", "o-1"), Evidence("ticket", "t-1"))
    assert len(found) > 1
    assert written(reply("Send it back. We refund you."), language="de") == ""


def test_a_reply_that_sells_needs_its_offer() -> None:
    then = OFFER + reply("The {offer} is better. Tell me.")
    assert written(then, SHELL) == "The Rain Shell is better. Tell me."
    assert written(then) == ""
    assert written("      stance: save\n" + reply("Stay with us. Please."), reasons=["high_anger"]) == ""


@pytest.mark.parametrize(
    ("reasons", "when", "shown"),
    [
        ([], "{channel: [email]}", True),
        (["bereavement"], "{channel: [email]}", False),
        (["bereavement"], "{cautions: [bereavement]}", True),
        (["service_failure_open"], "{channel: [email]}", True),
    ],
)
def test_in_grave_matters_only_a_reply_for_that_very_matter(reasons: list[str], when: str, shown: bool) -> None:
    found = drafts(reply("We are here. Take your time."), when=when, reasons=reasons)
    assert any(d.id == "draft-r" for d in found) is shown
    if reasons == ["bereavement"]:
        assert found[0].id != "draft-r"


def test_the_help_centre_wins_over_a_reply() -> None:
    then = reply("Of course. You have 90 days to return it. Tell me what you prefer.")
    assert written(then, articles=True) == "Of course. Tell me what you prefer."  # the article says 60
    assert "90 days" in written(then)


def test_sentences_with_the_new_slots() -> None:
    (found, *_) = drafts(OFFER + "      say: {en: 'Until {code_end} the {offer} is cheaper with {code}.'}", SHELL)
    assert "Until 30 June 2026 the Rain Shell is cheaper with TEN." in found.text
    (found, *_) = drafts(OFFER + "      say: {en: 'Take {offer}.'}")
    assert "Take" not in found.text


PLAN = """      recovery: {steps: [Send a new pair], follow_up_days: 3}
      say: {en: A new pair is on its way., de: Ein neues Paar ist unterwegs., fr: Une nouvelle paire est en route.}"""


@pytest.mark.parametrize(
    ("language", "first", "later"),
    [
        ("en", "A new pair is on its way.", "on 5 March 2026"),
        ("de", "Ein neues Paar ist unterwegs.", "Am 5. März 2026"),
        ("fr", "Une nouvelle paire est en route.", "le 5 mars 2026"),
    ],
)
def test_a_recovery_plan_comes_before_anything_else(language: str, first: str, later: str) -> None:
    found = drafts(PLAN, SHELL, language=language, intents=["damaged_item", "exchange_request"])
    assert found[0].stance == "resolve"
    assert first in found[0].text
    assert later in found[0].text
    assert found[0].text.index(first) < found[0].text.index(later)
    assert "Send a new pair" not in found[0].text  # that is for the agent
    assert RULE in found[0].evidence
    chat = drafts(PLAN, language=language, channel="chat", intents=["damaged_item"])
    assert first in chat[0].text


def test_an_amount_is_not_promised_where_somebody_may_cheat() -> None:
    then = "      white_glove: {returnless_refund_up_to: 20}\n      say: {en: 'Keep it, we refund {amount}.'}"
    assert any("€20.00" in d.text for d in drafts(then))
    assert not any("€20.00" in d.text for d in drafts(then, reasons=["chargeback"]))


def test_a_stance_of_its_own() -> None:
    (found, *_) = drafts("      stance: ask\n" + reply("Which size do you wear? Please tell me."))
    assert (found.id, found.stance) == ("draft-r", "ask")
