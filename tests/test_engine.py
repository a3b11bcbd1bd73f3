"""The one road from ticket to answer: what it does when a part fails, and whose data it opens."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine as Database

from copilot.building import build_engine
from copilot.engine import SECTIONS, Ask, SuggestionEngine
from copilot.live import LiveShop
from copilot.models.wiring import case_encoder
from copilot.settings import Settings
from copilot.shop.load import load_shop
from copilot.store.budgets import BudgetStore, Limits
from copilot.store.database import open_database
from copilot.store.shop import ShopStore
from copilot.toolbox import Toolbox, ToolboxBuilder
from recommenders.domain import (
    Caution,
    Concern,
    Intent,
    Message,
    Need,
    Occasion,
    Signals,
    Suggestion,
    Ticket,
)
from recommenders.guard import Guard, Shelf
from recommenders.signals.exclusions import find_exclusions
from recommenders.signals.needs import need_kinds
from recommenders.text.language import LanguageDetector
from tests.fakes import HashEncoder
from tests.shop_of_coats import ticket as shop_ticket
from tests.shop_of_coats import write_coats

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
LANGUAGES = LanguageDetector()
TIGHT = "The Fern Cardigan from #1001 is too tight. Can I swap it for a larger one?"
COLD = "My Breeze Jacket #1002 is not warm enough for icy wind. What else do you have?"
# What the fake reader makes of words.
INTENTS = {"swap": "exchange_request", "not warm": "product_dissatisfaction", "where is": "order_status",
           "bye": "small_talk"}  # fmt: skip
NEEDS = {"too tight": "bigger_size", "not warm": "warmer"}
CAUTIONS = {"lawyer": "legal_threat", "died": "bereavement"}
OCCASIONS = {"wedding": "wedding"}


class Broken:
    """Stands for any part: whatever is asked of it fails."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def fail(*given: object, **named: object) -> Any:
            raise RuntimeError(f"{name} is broken")

        return fail


class WordReader:
    """Reads signals from single words."""

    def read(
        self,
        concern: Concern,
        whole: object,
        sentences: object,
        language: str,
        *,
        background: int = 0,
        own: object = None,
    ) -> Signals:
        def found(words: dict[str, str]) -> list[tuple[str, str]]:
            return [(id, s.text) for w, id in words.items() for s in concern.sentences if w in s.text.casefold()]

        kinds = need_kinds()
        return Signals(
            language,
            tuple(Intent(id, 0.9, quote) for id, quote in found(INTENTS)),
            tuple(Need(id, kinds[id].text["en"], None, quote, 0.9) for id, quote in found(NEEDS)),
            cautions=tuple(Caution(id, 0.9, quote) for id, quote in found(CAUTIONS)),
            occasions=tuple(Occasion(id, 0.9, quote) for id, quote in found(OCCASIONS)),
            exclusions=find_exclusions(concern, language),
        )


def encoder() -> HashEncoder:
    """Wide enough that few words share a place."""
    return HashEncoder(512, "hash/512")


class DeafEncoder(HashEncoder):
    """Knows the shop, and fails at every ticket."""

    def __init__(self) -> None:
        super().__init__(512, "hash/512")

    def encode_reading(self, text: str, spans: object) -> Any:
        raise RuntimeError("the model is broken")


@dataclass
class Bench:
    """A loaded shop, and engines over it with any part replaced."""

    folder: Path
    database: Database
    settings: Settings
    opened: list[SuggestionEngine]

    def engine(self, tools: Callable[[Toolbox], Toolbox] = lambda tools: tools, **parts: Any) -> SuggestionEngine:
        model = parts.pop("encoder", None) or encoder()
        store = ShopStore(self.database)
        budgets = BudgetStore(
            self.database, Limits(self.settings.agent_monthly_budget, self.settings.team_monthly_budget)
        )
        builder = ToolboxBuilder(store, model, self.settings, budgets)
        live = LiveShop(
            store, model, self.folder / "index", 60.0, lambda catalog: tools(builder.build(catalog)),
            language_of=LANGUAGES.detect,
        )  # fmt: skip
        given = {"store": store, "reader": WordReader(), "languages": LANGUAGES, "budgets": budgets.remaining} | parts
        made = SuggestionEngine(live=live, encoder=model, **given)
        self.opened.append(made)
        return made


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("coats")
    database = open_database(folder / "data")
    load_shop(write_coats(folder / "shop"), database, encoder(), warn=lambda line: None)
    made = Bench(folder, database, Settings(data=folder / "data"), [])
    yield made
    for engine in made.opened:
        engine.close()
    database.dispose()


@pytest.fixture(scope="module")
def engine(bench: Bench) -> SuggestionEngine:
    return bench.engine()


def ask(text: str = TIGHT, *, customer: str | None = "c-1", **change: Any) -> Ask:
    ticket = Ticket("t-open", (Message("customer", text, "Ana"),), order_ids=change.pop("order_ids", ()))
    return Ask(ticket, NOW, customer, agent_id="maria", **change)


def timeless(answer: Suggestion) -> Suggestion:
    return replace(answer, timings_ms={})


# ---------------------------------------------------------------- the whole road


def test_a_larger_size_of_what_is_too_tight(engine: SuggestionEngine) -> None:
    answer = engine.suggest(ask())
    assert answer.degraded == ()
    assert (answer.customer.id, answer.selling.allowed, answer.ticket_id) == ("c-1", True, "t-open")
    assert [(need.id, need.about) for need in answer.signals.needs] == [("bigger_size", "FC-M")]
    assert (answer.saves[0].kind, answer.saves[0].sku, answer.saves[0].replaces) == ("exchange", "FC-L", "FC-M")
    assert answer.similar[0].case.id == "t-1"
    assert answer.drafts
    assert set(answer.timings_ms) >= {"context", "encode", "signals", "restraint", "retrieve", "saves", "guard"}


def test_the_same_request_has_the_same_answer(bench: Bench, engine: SuggestionEngine) -> None:
    for text in (TIGHT, COLD, "Where is #1001? I wear it to a wedding."):
        first = timeless(engine.suggest(ask(text)))
        assert timeless(engine.suggest(ask(text))) == first
        assert timeless(bench.engine().suggest(ask(text))) == first


@pytest.mark.parametrize("section", SECTIONS)
def test_sections_that_were_not_asked_for_are_empty(engine: SuggestionEngine, section: str) -> None:
    text = COLD if section == "codes" else TIGHT + " It is for my wedding."
    assert getattr(engine.suggest(ask(text)), section)
    answer = engine.suggest(ask(text, sections=frozenset({section})))
    assert [name for name in SECTIONS if getattr(answer, name)] == [section]


def test_a_draft_names_no_code_that_the_answer_does_not_show(engine: SuggestionEngine) -> None:
    whole = engine.suggest(ask(COLD))
    assert [save.code for save in whole.saves if save.sku == "SP-M"] == ["KEEP10"]
    assert any("KEEP10" in draft.text for draft in whole.drafts)
    alone = engine.suggest(ask(COLD, sections=frozenset({"drafts"})))
    assert [draft.stance for draft in alone.drafts] == [draft.stance for draft in whole.drafts]
    assert not any("KEEP10" in draft.text for draft in alone.drafts)


def test_limit_bounds_every_section(engine: SuggestionEngine) -> None:
    answer = engine.suggest(ask(limit=1))
    assert all(len(getattr(answer, section)) <= 1 for section in SECTIONS)


def test_small_talk_has_no_case(engine: SuggestionEngine) -> None:
    answer = engine.suggest(ask("Thanks, bye!"))
    assert (answer.similar, answer.saves, answer.codes) == ((), (), ())


def test_an_empty_ticket_has_an_answer(engine: SuggestionEngine) -> None:
    answer = engine.suggest(Ask(Ticket("", ()), NOW))
    assert (answer.degraded, answer.ticket_id, answer.similar, answer.saves) == ((), None, (), ())


@pytest.mark.parametrize(("text", "reason"), [("I send my lawyer. ", "legal_threat"), ("He died. ", "bereavement")])
def test_selling_waits_for_service(engine: SuggestionEngine, text: str, reason: str) -> None:
    answer = engine.suggest(ask(text + COLD))
    assert (answer.selling.allowed, answer.selling.reasons) == (False, (reason,))
    assert {save.kind for save in answer.saves} <= {"fix", "exchange", "replacement"}
    assert answer.codes == ()


# ---------------------------------------------------------------- whose data


def test_somebody_elses_order_is_never_opened(engine: SuggestionEngine) -> None:
    answer = engine.suggest(ask("Where is #2002?", order_ids=("#2002",)))
    said = repr((answer.drafts, answer.saves, answer.warnings, answer.customer, answer.selling))
    assert "Parka" not in said
    assert "Ben" not in said
    assert "SP-M" not in said
    assert answer.selling.reasons == ()  # that Ben's order is late says nothing about Ana


def test_somebody_unknown_learns_nothing_of_an_order(engine: SuggestionEngine) -> None:
    answer = engine.suggest(ask("Where is #2002?", customer="c-9"))
    assert (answer.customer.id, answer.customer.tier, answer.warnings) == (None, "unknown", ())
    assert "Parka" not in repr((answer.drafts, answer.saves))


def test_an_order_named_by_nobody_in_particular_is_marked(engine: SuggestionEngine) -> None:
    answer = engine.suggest(ask("Where is #2002?", customer=None))
    assert [warning.id for warning in answer.warnings if warning.id == "identity"] == ["identity"]
    assert "Ben" not in repr(answer.drafts)


def test_orders_after_now_are_unknown(engine: SuggestionEngine) -> None:
    answer = engine.suggest(ask("Where is #1003?"))
    assert "Socks" not in repr((answer.drafts, answer.saves, answer.customer))
    later = engine.suggest(replace(ask("Where is #1003?"), now=datetime(2026, 4, 20, tzinfo=UTC)))
    assert later.selling.reasons == ("service_failure_open",)
    assert "#1003" in later.customer.summary


def test_an_order_is_late_before_it_arrived(engine: SuggestionEngine) -> None:
    early = datetime(2026, 2, 19, tzinfo=UTC)  # #1001 arrived on the 20th
    ben = replace(ask("Where is #2002?", customer="c-2"), now=early)
    assert engine.suggest(ben).selling.reasons == ("service_failure_open",)


def test_names_of_similar_cases_stand_in_no_draft(bench: Bench) -> None:
    seen: list[str] = []

    def listening(tools: Toolbox) -> Toolbox:
        real = tools.guard.shelf

        def foreign(text: str, context: Any) -> str | None:
            seen.extend(s.case.id for s in context.similar)
            return real.foreign(text + " Greetings to Gudrun.", context)

        return replace(tools, guard=Guard(Shelf(real.code_works, real.known, foreign)))

    answer = bench.engine(listening).suggest(ask())
    assert "t-1" in seen
    assert answer.drafts == ()  # Gudrun wrote the case that was found


# ---------------------------------------------------------------- faults

BROKEN: Any = Broken()


@pytest.mark.parametrize(
    ("stage", "parts", "tools"),
    [
        ("saves", {}, {"saves": BROKEN}),
        ("codes", {}, {"codes": BROKEN}),
        ("delights", {}, {"delights": BROKEN}),
        ("drafts", {}, {"drafts": BROKEN}),
        ("mentions", {}, {"mentions": BROKEN}),
        ("delights", {"budgets": BROKEN.budgets}, {}),
    ],
)
def test_a_stage_that_fails_is_named_and_the_rest_still_comes(
    bench: Bench, stage: str, parts: dict[str, Any], tools: dict[str, Any]
) -> None:
    # find_records needs the finder before the stage of that name does, so the customer is unknown without it
    answer = bench.engine(lambda made: replace(made, **tools), **parts).suggest(ask(TIGHT + " It is for my wedding."))
    assert stage in answer.degraded
    assert answer.similar
    for section in {"saves", "drafts", "delights"} - {stage}:
        if "mentions" not in tools and not (stage == "codes" and section == "saves"):
            assert getattr(answer, section), section
    assert stage in answer.timings_ms


def test_without_the_store_nobody_is_known_and_nothing_is_sold(bench: Bench) -> None:
    answer = bench.engine(store=BROKEN).suggest(ask(COLD))
    assert "context" in answer.degraded
    assert (answer.customer.id, answer.selling.allowed) == (None, False)
    assert answer.similar
    assert answer.codes == answer.delights == ()


@pytest.mark.parametrize(("stage", "parts"), [("encode", {"encoder": DeafEncoder()}), ("signals", {"reader": BROKEN})])
def test_what_could_not_be_read_is_not_sold_to(bench: Bench, stage: str, parts: dict[str, Any]) -> None:
    answer = bench.engine(**parts).suggest(ask(COLD + " No wool. For a wedding."))
    assert answer.degraded == (stage,)
    assert (answer.selling.allowed, answer.selling.reasons) == (False, ("service_failure_open",))
    assert {save.kind for save in answer.saves} <= {"fix", "exchange", "replacement"}
    assert answer.codes == ()  # nothing is known to be wrong, so nothing is made up for
    assert answer.delights == ()
    assert answer.customer.id == "c-1"
    assert answer.drafts


def test_without_the_model_grammar_and_records_are_still_read(bench: Bench) -> None:
    answer = bench.engine(encoder=DeafEncoder()).suggest(ask("Please no wool. Where is #2002?", customer="c-2"))
    assert [found.term for found in answer.signals.exclusions] == ["wool"]
    assert answer.signals.churn_risk.reasons == ("an order has not arrived",)


def test_a_fault_in_restraint_keeps_the_reasons_that_were_found(bench: Bench) -> None:
    broken = bench.engine(lambda tools: replace(tools, playbook=BROKEN, rules=None))
    answer = broken.suggest(ask("I send my lawyer. " + COLD))
    assert "restraint" in answer.degraded
    assert (answer.selling.allowed, answer.selling.reasons) == (False, ("legal_threat",))
    assert answer.codes == answer.delights == ()


def test_what_could_not_be_checked_is_not_shown(bench: Bench) -> None:
    answer = bench.engine(lambda tools: replace(tools, guard=BROKEN)).suggest(ask())
    assert answer.degraded == ("guard",)
    assert all(getattr(answer, section) == () for section in SECTIONS)
    assert (answer.customer.id, answer.signals.needs[0].id) == ("c-1", "bigger_size")


def test_health(engine: SuggestionEngine) -> None:
    health = engine.health()
    assert (health.tickets, health.model, health.degraded) == (4, "hash/512", ())


# ---------------------------------------------------------------- the real model


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SuggestionEngine]:
    folder = tmp_path_factory.mktemp("real")
    settings = Settings(data=folder / "data")
    database = open_database(settings.data)
    load_shop(write_coats(folder / "shop"), database, case_encoder(settings), warn=lambda line: None)
    budgets = BudgetStore(database, Limits(settings.agent_monthly_budget, settings.team_monthly_budget))
    made = build_engine(settings, database, budgets)
    yield made
    made.close()
    database.dispose()


def test_the_real_model_from_a_shop_directory_to_an_answer(real: SuggestionEngine) -> None:
    answer = real.suggest(ask())
    assert answer.degraded == ()
    assert answer.signals.intent("exchange_request") is not None
    assert [need.id for need in answer.signals.needs][:1] == ["bigger_size"]
    assert (answer.saves[0].kind, answer.saves[0].sku) == ("exchange", "FC-L")
    assert answer.similar[0].case.id == "t-1"
    assert answer.drafts[0].language == "en"
    assert timeless(real.suggest(ask())) == timeless(answer)


def test_the_real_model_keeps_a_cold_customer_and_leaves_a_grieving_one_alone(real: SuggestionEngine) -> None:
    cold = real.suggest(ask(COLD))
    assert [(save.sku, save.code) for save in cold.saves][:1] == [("SP-M", "KEEP10")]
    grief = real.suggest(ask("My father passed away last week. The coat was for him, please take it back. #1002"))
    assert "bereavement" in grief.selling.reasons
    assert grief.codes == ()
    assert real.health().tickets == 4
    assert np.isfinite(grief.signals.sentiment.score)


def test_a_long_thread_is_summed_up_with_where_each_line_stands(engine: SuggestionEngine) -> None:
    open_ask = ask(COLD)
    talk = (
        Message("customer", "The Fern Cardigan from #1001 is too tight.", "Ana"),
        Message("agent", "I am sorry, the larger one left our house yesterday."),
        Message("note", "Write to her kindly."),
        Message("customer", COLD, "Ana"),
    )
    answer = engine.suggest(replace(open_ask, ticket=replace(open_ask.ticket, messages=talk)))
    assert [[(source.type, source.id) for source in line.evidence] for line in answer.summary] == [
        [("message", "0")], [("message", "1")], [("message", "3")],
    ]  # fmt: skip
    assert "kindly" not in str(answer.summary)
    assert engine.suggest(ask(customer=None)).summary == ()


def test_an_old_reply_that_an_article_contradicts_is_flagged(tmp_path: Path) -> None:
    shop = write_coats(tmp_path / "shop")
    with (shop / "tickets.jsonl").open("a") as file:
        said = "The cardigan is too tight for me, the sleeves above all. May I swap it for a larger one, please?"
        reply = "Of course you may swap it. You have 60 days to send it back to us, so there is no hurry at all."
        file.write(json.dumps(shop_ticket(9, said, reply, "Nora Vik")) + "\n")
    database = open_database(tmp_path / "data")
    load_shop(shop, database, encoder(), warn=lambda line: None)
    bench = Bench(tmp_path, database, Settings(data=tmp_path / "data"), [])
    answer = bench.engine().suggest(ask())
    assert "t-9" in [similar.case.id for similar in answer.similar]
    (warning,) = [warning for warning in answer.warnings if warning.id == "superseded-claim"]
    for piece in ("t-9", "60 days", "article returns", "40 days"):
        assert piece in warning.text
    bench.opened[0].close()
    database.dispose()
