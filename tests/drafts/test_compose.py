"""Drafts for each situation: what must be said, and what must never be."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from recommenders.codes import CodeMatcher
from recommenders.domain import Author, Case, Code, Context, Draft, Intent, Message, Resolution, Save, SimilarCase
from recommenders.drafts import ArticleIndex, DraftComposer, PageIndex
from recommenders.drafts.phrases import LANGUAGES
from recommenders.drafts.situation import GRAVE, SOLEMN, URGENCY
from recommenders.playbooks import advise, load, load_default
from tests.fakes import HashEncoder
from tests.playbooks.fixtures import ANA, ORDER, code, context, save

ENCODER = HashEncoder()
CODES = (
    code("TEN", ends_at=datetime(2026, 6, 30, tzinfo=UTC)),
    code("OLD", ends_at=datetime(2026, 1, 31, tzinfo=UTC)),
    code("SORRY", purposes=frozenset({"recovery"})),
)


def drafts(
    ctx: Context, saves: tuple[Save, ...] = (), *, indexed: bool = False, rules: Path | None = None
) -> tuple[Draft, ...]:
    shop, english = ctx.catalog, lambda _: "en"
    playbook = load([rules]) if rules else load_default()
    articles = ArticleIndex.build(shop.articles, ENCODER, english) if indexed else None
    pages = PageIndex.build(shop.products, ENCODER, english) if indexed else None
    if indexed:
        whole, parts = ENCODER.encode_spans(ctx.concern.text, [(s.start, s.end) for s in ctx.concern.sentences])
        ctx = replace(ctx, vector=whole, sentence_vectors=parts)
    matcher = CodeMatcher(shop)
    given = matcher.attach(saves, ctx)
    composer = DraftComposer(playbook, shop, articles=articles, pages=pages, codes=matcher)
    return composer.compose(ctx, given, matcher.recommend(ctx, given), advice=advise(playbook, ctx))


def test_a_return_becomes_a_save_that_keeps_the_return_open() -> None:
    ctx = context(intents=["return_request"], needs=["waterproof"], about=["FB-42"], codes=CODES)
    first, second = drafts(ctx, (save("RS-M", replaces="FB-42"),))
    assert (first.stance, first.language, first.gaps) == ("save", "en", ())
    for fact in ("Ana", "Fell Boot", "Rain Shell", "€150.00", "€30.00 more", "TEN", "10%", "30 June 2026", "return it"):
        assert fact in first.text
    assert {("order", "o-1"), ("product", "RS-M"), ("ticket", "t-1")} <= {(e.type, e.id) for e in first.evidence}
    assert second.stance == "resolve"
    assert "return" in second.text
    assert "Rain Shell" not in second.text


def test_two_items_are_told_apart() -> None:
    ctx = context(intents=["exchange_request"], about=["FB-42", "WS"], codes=CODES)
    (draft,) = drafts(ctx, (save("RS-M", replaces="FB-42"), save("WI-M", replaces="WS")))
    assert "Instead of the Fell Boot I would suggest the Rain Shell" in draft.text
    assert "Instead of the Wool Sock I would suggest the Wind Shirt" in draft.text
    assert "TEN you get 10% off the Rain Shell" in draft.text


def test_an_exchange_names_the_variant_and_costs_nothing() -> None:
    ctx = context(intents=["exchange_request"], needs=["smaller_size"], about=["FB-42"])
    (draft,) = drafts(ctx, (save("FB-41", "exchange", "FB-42"),))
    assert "exchange it for the Fell Boot in 41" in draft.text
    assert "costs the same" in draft.text


def test_a_replacement_is_free_and_leaves_the_choice() -> None:
    ctx = context(intents=["damaged_item"], about=["FB-42"], codes=CODES)
    (draft,) = drafts(ctx, (replace(save("FB-42", "replacement", "FB-42"), price_difference=0.0),))
    assert draft.stance == "resolve"
    assert "the Fell Boot (42) at no cost to you" in draft.text
    assert "refund" in draft.text
    assert "sorry" in draft.text


def test_unknown_order_and_product_are_asked_for_or_visible_gaps() -> None:
    ask, resolve = drafts(context("I want my money back.", intents=["refund_request"], customer=None, order=None))
    assert (ask.stance, resolve.stance) == ("ask", "resolve")
    assert "?" in ask.text
    assert {gap.placeholder for gap in resolve.gaps} == set(re.findall(r"\[\[(.*?)\]\]", resolve.text)) == {
        "order number", "product",
    }  # fmt: skip


def test_known_order_leaves_no_gap() -> None:
    (draft,) = drafts(context(intents=["refund_request"], about=["FB-42"]))
    assert draft.gaps == ()
    assert "#1001" in draft.text


def test_an_order_of_somebody_else_tells_nothing() -> None:
    for person in (None, replace(ANA, id="c-2")):
        ctx = context("What was in #2002 and where did it go?", intents=["order_status"], customer=person, order=None)
        (draft,) = drafts(replace(ctx, order=replace(ORDER, name="#2002", customer_id="c-9")))
        assert "the person who placed it" in draft.text
        assert "delivered" not in draft.text
        assert "Fell" not in draft.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("topic", [*URGENCY, *GRAVE])
def test_every_topic_in_every_language_and_channel(language: str, topic: str) -> None:
    grave = topic in GRAVE
    for channel in ("email", "chat", "sms", "social"):
        ctx = context(
            intents=[] if grave else [topic], reasons=[topic] if grave else [], about=["FB-42"], language=language,
            channel=channel, codes=CODES,
        )  # fmt: skip
        for draft in drafts(ctx, (save("RS-M", replaces="FB-42"),) if not grave else ()):
            assert draft.language == language
            assert 0 < len(draft.text) <= 2500
            assert not re.search(r"\{[a-z_]+\}|  |\bNone\b|\u2028", draft.text)
            assert draft.evidence
            if topic in SOLEMN:
                assert not re.search(r"%|TEN|SORRY|Rain Shell|€", draft.text)


def test_a_language_without_phrases_is_answered_in_english() -> None:
    (draft,) = drafts(context(language="pl", intents=["praise"], mood=0.9))
    assert draft.language == "en"


def test_an_adverse_reaction_is_cared_for_and_nothing_is_sold() -> None:
    ctx = context("My face burns.", intents=["advice_request"], reasons=["adverse_reaction"], about=["FB-42"])
    (draft,) = drafts(ctx, (save("RS-M"),), indexed=True)
    assert "stop using the Fell Boot" in draft.text
    assert "doctor" in draft.text
    assert "Rain Shell" not in draft.text


def test_a_code_that_does_not_work_is_explained_and_not_offered() -> None:
    ctx = context("OLD does not work.", intents=["code_question"], codes=CODES, mentions=[("code", "OLD")])
    (draft,) = drafts(ctx)
    assert draft.stance == "decline"
    assert "OLD ended on 31 January 2026" in draft.text
    assert "TEN" not in draft.text


def test_asking_for_a_code_gets_a_kind_no() -> None:
    (draft,) = drafts(context("Any codes going?", intents=["code_question"], codes=CODES))
    assert draft.stance == "decline"
    assert not re.search(r"TEN|OLD|SORRY|%", draft.text)


def test_payment_and_delivery_are_told_from_the_order() -> None:
    (paid,) = drafts(context(intents=["payment_question"]))
    assert "order #1001 is fully paid: €135.00" in paid.text
    (sent,) = drafts(context(intents=["order_status"], order=replace(ORDER, delivered_at=None)))
    assert "order #1001 of 20 February 2026 has not been delivered yet" in sent.text
    (there,) = drafts(context(intents=["order_status"], language="de"))
    assert "wurde Bestellung #1001 am 23. Februar 2026 zugestellt" in there.text


def test_stock_and_price_are_told_from_the_catalogue_but_not_of_drafts() -> None:
    def ask(intent: str, handle: str) -> str:
        return drafts(context("Tell me.", intents=[intent], mentions=[("product", handle)], order=None))[0].text

    assert "The Fell Boot is in stock: 41, 42." in ask("stock_question", "fell-boot")
    assert "€15.00" in ask("price_question", "wool-sock")
    secret = ask("price_question", "ghost-tent")
    assert "399" not in secret


def test_the_help_centre_answers_with_its_evidence() -> None:
    ctx = context("Do I have 60 days to return an item?", intents=["account"], order=None)
    (draft,) = drafts(ctx, indexed=True)
    assert "You have 60 days to return an item." in draft.text
    assert ("article", "returns") in {(e.type, e.id) for e in draft.evidence}
    (german,) = drafts(replace(ctx, signals=replace(ctx.signals, language="de")), indexed=True)
    assert "60" not in german.text  # an English page is not quoted to a German


def test_a_how_to_uses_the_page_and_the_reply_that_worked_but_none_of_its_facts() -> None:
    reply = "I've sent you a new boot for €27. Brush the mud off the leather first, then wax the boot. Call on Friday."
    case = Case(
        "c-7", "", "email", "en", None, (), ORDER.created_at, ORDER.created_at, (), (Message("agent", reply),),
        Resolution("answer"),
    )  # fmt: skip
    ctx = context(
        "How do I clean the mud off my Fell Boot?", intents=["how_to"], about=["FB-42"],
        similar=(SimilarCase(case, 0.9, "", reply, ""),),
    )  # fmt: skip
    (draft,) = drafts(ctx, indexed=True)
    assert "Brush the mud off the leather first, then wax the boot." in draft.text
    assert ("ticket", "c-7") in {(e.type, e.id) for e in draft.evidence}
    for foreign in ("27", "Friday", "I've sent"):
        assert foreign not in draft.text


def test_a_rule_of_the_playbook_speaks_with_its_evidence(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(
        "rules:\n  - id: dry\n    when: {intents: [how_to]}\n"
        "    then: {say: {en: 'Let the {product} dry slowly, {first_name}.'}}\n"
        "  - id: lost\n    when: {intents: [how_to]}\n    then: {say: {en: 'About {order}: see inside.'}}\n"
    )
    ctx = context("How do I dry it?", intents=["how_to"], about=["FB-42"], order=None)
    (draft,) = drafts(ctx, rules=tmp_path)
    assert "Let the Fell Boot dry slowly, Ana." in draft.text
    assert "see inside" not in draft.text  # no order is known
    assert ("rule", "own.yaml#dry", 2) in {(e.type, e.id, e.line) for e in draft.evidence}


def test_hostile_names_are_not_repeated() -> None:
    ctx = context("Hello?", customer=None, order=None)
    for name in ("<b>Ana</b>", "Ana2", "[[x]]", "http://x.example"):
        ticket = replace(ctx.ticket, messages=(Message("customer", "Hello?", name),))
        (draft,) = drafts(replace(ctx, ticket=ticket))
        assert name not in draft.text


def test_the_same_ticket_gets_the_same_words_and_others_get_others() -> None:
    ctx = context(intents=["return_request"], about=["FB-42"])
    assert drafts(ctx) == drafts(ctx)
    texts = {drafts(replace(ctx, ticket=replace(ctx.ticket, id=f"t-{n}")))[0].text for n in range(8)}
    assert len(texts) > 3


def test_every_code_in_a_draft_is_one_that_is_offered() -> None:
    everything: list[Code] = [code(f"CODE{n}", status="disabled") for n in range(3)] + list(CODES)
    ctx = context(intents=["return_request"], about=["FB-42"], codes=everything)
    for draft in drafts(ctx, (save("WI-M", replaces="FB-42"),)):
        assert set(re.findall(r"CODE\d|OLD|SORRY", draft.text)) == set()


def test_the_one_order_that_can_be_meant_is_taken() -> None:
    other = replace(ORDER, id="o-2", name="#1002", lines=ORDER.lines[1:])
    unnamed = context("The boots are too tight, my money back please.", intents=["refund_request"], about=["FB-42"])
    (draft,) = drafts(replace(unnamed, order=None, orders=(other, ORDER)))
    assert "#1001" in draft.text  # the only one with the boots
    assert draft.gaps == ()
    ask, resolve = drafts(replace(unnamed, order=None, orders=(other, ORDER), about={"WS": ORDER.lines[1]}))
    assert ask.stance == "ask"  # socks are in both
    assert [gap.name for gap in resolve.gaps] == ["order number"]
    assert "refund for order [[order number]]" in resolve.text


def test_where_is_my_parcel_means_the_one_on_its_way() -> None:
    out = replace(ORDER, id="o-2", name="#1002", delivered_at=None)
    asked = context("Where is my parcel?", intents=["order_status"])
    (draft,) = drafts(replace(asked, order=None, orders=(out, ORDER)))
    assert draft.text.count("#1002") == 1  # named once, not in every sentence
    assert "#1001" not in draft.text


def test_a_plan_is_never_against_the_records() -> None:
    (there,) = drafts(context("Where is it?", intents=["order_status"]))
    assert "was delivered on 23 February 2026" in there.text
    assert "neighbours" in there.text
    paid_back = replace(ORDER, financial_status="refunded")
    (draft,) = drafts(context("Where is my refund?", intents=["refund_request"], order=paid_back))
    assert "has been refunded" in draft.text
    assert "look after your refund" not in draft.text


def test_readings_that_exclude_each_other_give_one_plan() -> None:
    both = replace(context(), signals=replace(context().signals, intents=(
        Intent("order_status", 1.0, ""), Intent("wrong_item", 0.85, "")
    )))  # fmt: skip
    (waiting,) = drafts(replace(both, order=None, orders=(replace(ORDER, delivered_at=None),)))
    assert "wrong" not in waiting.text
    (came,) = drafts(both)  # the record says that it arrived
    assert "the wrong thing came with order #1001" in came.text


def test_an_unclear_item_is_asked_for_by_name() -> None:
    ask, _ = drafts(context("It is broken.", intents=["damaged_item"]))
    assert "Is it about the Fell Boot or the Wool Sock?" in ask.text


def test_terms_of_a_code_are_told() -> None:
    terms = code("TEN", minimum_subtotal=50.0, once_per_customer=True, product_types=frozenset({"Jackets"}))
    ctx = context(intents=["return_request"], about=["FB-42"], codes=[terms])
    first = drafts(ctx, (save("RS-M", replaces="FB-42"),))[0]
    assert "10% off the Rain Shell" in first.text
    assert "at least €50.00" in first.text
    assert "once" in first.text


def test_several_items_are_spoken_of_as_several() -> None:
    (draft,) = drafts(context("Both back, please.", intents=["return_request"], about=["FB-42", "WS"]))
    assert "return them" in draft.text


def test_an_answer_to_our_question_is_not_greeted_as_new() -> None:
    talk = tuple(Message(author, text) for author, text in (  # type: ignore[arg-type]
        ("customer", "My boots are too tight."), ("agent", "Would 43 be right?"), ("customer", "the 41 please"),
    ))  # fmt: skip
    ctx = context("the 41 please", intents=["product_dissatisfaction"], about=["FB-42"])
    (draft,) = drafts(replace(ctx, ticket=replace(ctx.ticket, messages=talk)), (save("FB-41", "exchange", "FB-42"),))
    assert "Thank you for telling us" not in draft.text
    assert "exchange" in draft.text


def test_insults_over_a_failure_of_ours_get_help_and_one_request() -> None:
    ctx = context("You idiots, it leaks AGAIN. Money back!", intents=["refund_request"],
                  reasons=["harassment", "service_failure_open"])  # fmt: skip
    (draft,) = drafts(ctx)
    assert "refund" in draft.text
    assert "respect" in draft.text
    assert "idiots" not in draft.text


def test_what_an_article_contradicts_never_leaves_whoever_wrote_it(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(
        "rules:\n  - id: window\n    when: {intents: [return_request]}\n"
        "    then: {say: {en: 'You have 30 days to return it.'}}\n"
        "  - id: window-right\n    when: {intents: [return_request]}\n"
        "    then: {say: {en: 'You have 60 days to return it.'}}\n"
    )
    (draft,) = drafts(context(intents=["return_request"], about=["FB-42"]), indexed=True, rules=tmp_path)
    assert "30 days" not in draft.text
    assert "You have 60 days to return it." in draft.text


@pytest.mark.parametrize(
    ("authors", "channel", "again"),
    [
        (["customer", "customer"], "email", True),
        (["customer"], "email", False),
        (["customer", "agent", "customer"], "email", False),
        (["customer", "agent", "customer", "note", "customer"], "form", True),
        (["customer", "customer"], "chat", False),  # a pause
    ],
)
def test_who_had_to_write_again_hears_that_we_know(authors: list[Author], channel: str, again: bool) -> None:
    ctx = context("How do I wax the leather of the boot, once more?", intents=["how_to"], about=["FB-42"])
    talk = tuple(Message(author, "How do I wax the leather of the boot, once more?") for author in authors)
    (draft,) = drafts(replace(ctx, ticket=replace(ctx.ticket, messages=talk, channel=channel)))
    assert ("again" in draft.text) is again


def test_who_wavers_between_two_is_told_what_each_is() -> None:
    ctx = context(
        "A jacket for heavy rain, a jacket against wind: Rain Shell or Wind Shirt?",
        intents=["advice_request"],
        order=None,
    )
    ctx = replace(ctx, about={"RS-M": None, "WI-M": None})
    (draft,) = drafts(ctx, indexed=True)
    for piece in ("Rain Shell: “A waterproof jacket for heavy rain.”", "Wind Shirt: “A thin jacket against wind.”"):
        assert piece in draft.text
    assert {("product", "rain-shell"), ("product", "wind-shirt")} <= {(e.type, e.id) for e in draft.evidence}


def test_a_return_after_its_time_is_declined_with_the_article_and_never_promised() -> None:
    late = replace(ORDER, delivered_at=datetime(2025, 11, 3, tzinfo=UTC))
    for intents in (["return_request"], ["refund_request", "return_request"]):
        (draft,) = drafts(
            context("I'd like to return the Fell Boot.", intents=intents, order=late, about=["FB-42"]), indexed=True
        )
        assert draft.stance == "decline"
        assert "60 days" in draft.text
        assert "3 November 2025" in draft.text
        assert ("article", "returns") in {(e.type, e.id) for e in draft.evidence}
        assert "refund for" not in draft.text
    ctx = context(intents=["return_request"], needs=["waterproof"], about=["FB-42"], codes=CODES, order=late)
    first, *_ = drafts(ctx, (save("RS-M", replaces="FB-42"),), indexed=True)
    assert first.stance == "save"
    assert "return" not in first.text.casefold()
    broken = context(intents=["damaged_item", "return_request"], about=["FB-42"], order=late)
    assert all(draft.stance != "decline" for draft in drafts(broken, indexed=True))
