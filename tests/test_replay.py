"""Resolved tickets are played as they would be answered, and the second time nothing is read again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import func, select

from copilot.engine import Ask, SuggestionEngine
from copilot.live import LiveShop
from copilot.replay import opening, read_by, simulate_draft, undated_for
from copilot.settings import Settings
from copilot.shop.load import load_shop
from copilot.store.budgets import BudgetStore, Limits
from copilot.store.database import open_database, write_transaction
from copilot.store.models import CaseRow, ReadingRow
from copilot.store.shop import ShopStore
from copilot.toolbox import ToolboxBuilder
from recommenders.playbooks.loader import Playbook, load_files
from recommenders.playbooks.played import firings_of, seen_of
from recommenders.protocols import FloatArray
from recommenders.text.language import LanguageDetector
from tests.fakes import HashEncoder
from tests.shop.shops import write_lines
from tests.shop_of_coats import TICKETS, ticket, write_coats
from tests.test_engine import WordReader

LANGUAGES = LanguageDetector()
SWAPS = """\
rules:
  - id: swaps
    when: {needs: [bigger_size]}
    then: {code: KEEP10, warn: "Ask for the size first.", tags: [size]}
  - id: cold
    when: {needs: [warmer], tier: [vip]}
    then: {warn: "Offer the parka."}
"""
OLDER = """\
rules:
  - id: swaps
    when: {needs: [bigger_size]}
    then: {code: KEEP10, warn: "Ask.", tags: [size]}
"""


class CountingEncoder(HashEncoder):
    """Counts the tickets that it reads."""

    def __init__(self) -> None:
        super().__init__(512, "hash/512")
        self.read = 0

    def encode_reading(
        self, text: str, spans: Sequence[tuple[int, int]]
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        self.read += 1
        return super().encode_reading(text, spans)


class CountingReader(WordReader):
    """Counts the tickets that it reads."""

    def __init__(self) -> None:
        self.reads = 0

    def read(self, *given: Any, **named: Any) -> Any:
        self.reads += 1
        return super().read(*given, **named)


@dataclass
class Past:
    """A shop with six resolved tickets, and an engine over it."""

    database: Database
    engine: SuggestionEngine
    encoder: CountingEncoder
    reader: CountingReader


@pytest.fixture
def past(tmp_path: Path) -> Iterator[Past]:
    folder = write_coats(tmp_path / "shop")
    write_lines(
        folder / "tickets.jsonl",
        *TICKETS,
        ticket(5, "My cardigan from #1001 is too tight, can I swap it? Ana Moss, ana@example.com", "We swap it.", "Ana",
               customer_id="c-1", created_at="2026-02-25T10:00:00Z", resolved_at="2026-02-26T10:00:00Z",
               resolution={"kind": "exchange", "sku": "FC-L", "code": "KEEP10", "amount": None}),
        ticket(6, "The jacket #1002 is not warm enough, I am freezing.", "Try the parka.", "Ana",
               customer_id="c-1", created_at="2026-02-27T10:00:00Z", resolved_at="2026-02-28T10:00:00Z"),
    )  # fmt: skip
    database = open_database(tmp_path / "data")
    encoder, reader = CountingEncoder(), CountingReader()
    load_shop(folder, database, encoder, warn=lambda _: None)
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks" / "mine.yaml").write_text(OLDER)
    settings = Settings(data=tmp_path / "data", playbooks=tmp_path / "playbooks")
    store, budgets = ShopStore(database), BudgetStore(database, Limits(settings.agent_monthly_budget,
                                                                       settings.team_monthly_budget))  # fmt: skip
    builder = ToolboxBuilder(store, encoder, settings, budgets)
    live = LiveShop(store, encoder, tmp_path / "index", 60.0, builder.build, language_of=LANGUAGES.detect)
    engine = SuggestionEngine(
        store=store, live=live, encoder=encoder, reader=reader, languages=LANGUAGES, budgets=budgets.remaining,
        variants=builder.with_playbook,
    )  # fmt: skip
    encoder.read = reader.reads = 0
    yield Past(database, engine, encoder, reader)
    engine.close()
    database.dispose()


def book(text: str) -> Playbook:
    return load_files({"mine.yaml": text})


def stored(database: Database) -> int:
    with database.connect() as connection:
        return connection.scalar(select(func.count()).select_from(ReadingRow)) or 0


def test_a_second_replay_reads_nothing_again_and_says_the_same(past: Past) -> None:
    first = simulate_draft(past.engine, book(SWAPS)).as_data()
    assert (past.encoder.read, past.reader.reads, stored(past.database)) == (6, 6, 6)
    assert simulate_draft(past.engine, book(SWAPS)).as_data() == first
    assert simulate_draft(past.engine, book(OLDER), book(SWAPS)).as_data()["tickets"] == 6
    assert (past.encoder.read, past.reader.reads) == (6, 6)


def test_what_would_have_been_shown_and_what_changes(past: Past) -> None:
    data = simulate_draft(past.engine, book(SWAPS)).as_data()
    assert data["counts"] == {"mine.yaml#swaps": 2, "mine.yaml#cold": 0}
    assert {f["case_id"] for f in data["firings"]} == {"t-1", "t-5"}
    swaps = data["rules"][0]
    assert (swaps["fires"], swaps["before"], swaps["line"]) == (2, 2, 2)
    assert swaps["shows"]["warnings"] == swaps["shows"]["tags"] == 2
    assert swaps["agents"]["same_product"] == 1  # t-5 went to FC-L, which is what is shown
    assert [example["ticket_id"] for example in swaps["examples"]] == ["t-5", "t-1"]
    assert "ana@example.com" not in str(data)
    changed = {row["ticket_id"]: row for row in data["changes"]}
    assert sorted(changed) == ["t-1", "t-5"]
    assert changed["t-5"]["before"] == ["warnings: Ask."]
    assert changed["t-5"]["after"] == ["warnings: Ask for the size first."]
    (never,) = data["never"]
    assert (never["rule"], never["only"]) == ("mine.yaml#cold", {"tier": 2})  # t-2 and t-6
    assert never["why"] == "tier fails; on 2 of 6 tickets it is all that is missing"


def test_a_replay_is_what_would_be_answered(past: Past) -> None:
    data = simulate_draft(past.engine, past.engine.shop.tools.playbook)
    engine, cases = past.engine, past.engine.replayer().case_ids()
    for case in ShopStore(past.database).cases(cases).values():
        asked = Ask(opening(case), case.created_at, case.customer_id)
        answer = engine.suggest(asked)
        context, advice = engine.advised(*_read(engine, asked))
        played = next(p for p in data.played if p.case_id == case.id)
        if played.after.firings:
            assert played.after.sections == seen_of(firings_of(context, advice, None), advice, answer).sections
    assert any(p.after.firings for p in data.played)


def _read(engine: SuggestionEngine, asked: Ask) -> tuple[Any, Any, Any]:
    from copilot.engine import Run

    tools = engine.shop.tools
    return engine.read(asked, tools, Run()), tools, Run()


def test_only_the_newest_tickets(past: Past) -> None:
    data = simulate_draft(past.engine, book(SWAPS), newest=2).as_data()
    assert data["tickets"] == 2
    assert data["counts"]["mine.yaml#swaps"] == 1


def test_readings_go_with_their_tickets(past: Past) -> None:
    simulate_draft(past.engine, book(SWAPS))
    with write_transaction(past.database) as connection:
        connection.execute(CaseRow.__table__.delete().where(CaseRow.id == "t-5"))
        connection.execute(ReadingRow.__table__.update().where(ReadingRow.text_hash.like("0%")).values(read_by="old"))
    simulate_draft(past.engine, book(SWAPS))
    assert stored(past.database) == 5


def test_an_engine_without_variants_plays_its_own_playbook_only(past: Past) -> None:
    past.engine._variants = None
    assert simulate_draft(past.engine, past.engine.shop.tools.playbook).as_data()["tickets"] == 6
    with pytest.raises(ValueError, match="only play"):
        simulate_draft(past.engine, book(SWAPS))


def test_another_reader_reads_anew(past: Past) -> None:
    class Other(CountingEncoder):
        def __init__(self) -> None:
            super().__init__()
            self.name = "other/512"

    assert read_by(past.encoder, past.reader) == read_by(CountingEncoder(), CountingReader())
    assert read_by(past.encoder, past.reader) != read_by(Other(), past.reader)


def test_a_rule_for_other_days_is_tried_all_the_same() -> None:
    from datetime import date

    later = book(SWAPS.replace("  - id: cold\n", "  - id: cold\n    valid_from: 2027-01-01\n"))
    opened, undated = undated_for(later, date(2026, 1, 1), date(2026, 3, 1))
    assert undated == ("mine.yaml#cold",)
    assert [rule.valid_from for rule in opened.rules] == [None, None]
    assert undated_for(later, date(2026, 1, 1), date(2027, 3, 1)) == (later, ())
    assert opened == replace(later, rules=opened.rules)
