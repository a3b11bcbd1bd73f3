"""What is published is in force within two seconds in every process, and what is invalid never is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine as Database

from copilot.engine import SuggestionEngine
from copilot.live import LiveShop
from copilot.playbooks.folder import PlaybookFolder, Publication
from copilot.playbooks.publishing import Publisher
from copilot.settings import Settings
from copilot.shop.load import load_shop
from copilot.store.budgets import BudgetStore, Limits
from copilot.store.database import open_database
from copilot.store.shop import ShopStore
from copilot.toolbox import Toolbox, ToolboxBuilder
from recommenders.playbooks.loader import PlaybookError
from recommenders.text.language import LanguageDetector
from tests.fakes import HashEncoder
from tests.shop_of_coats import write_coats

LANGUAGES = LanguageDetector()
RULE = """version: 1
budgets: {{agent: {budget}}}
rules:
  - id: {id}
    when: {{needs: [warmer]}}
    then: {{warn: Ask.}}
"""
BROKEN = "version: 1\nrules:\n  - id: x\n    nte: x\n    when: {needs: [warmer]}\n    then: {warn: Ask.}\n"


def encoder() -> HashEncoder:
    return HashEncoder(512, "hash/512")


@dataclass
class Process:
    """What one process of the service holds."""

    live: LiveShop[Toolbox]
    budgets: BudgetStore

    @property
    def rules(self) -> list[str]:
        return [source.item.id for source in self.live.current.tools.playbook.rules]

    def wait(self, true: Callable[[], bool], seconds: float = 2.0) -> None:
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, f"not in {seconds} s: {self.rules}, {self.live.notices}"
            time.sleep(0.02)


@dataclass
class Shop:
    database: Database
    settings: Settings
    processes: list[Process]

    def process(self, seconds: float = 0.2) -> Process:
        store, budgets = ShopStore(self.database), BudgetStore(self.database, Limits(Decimal(1), Decimal(1)))
        builder = ToolboxBuilder(store, encoder(), self.settings, budgets)
        live = LiveShop(
            store, encoder(), self.settings.data / "index", seconds, builder.build, language_of=LANGUAGES.detect,
            watched=builder.watched, notices=builder.notices,
        )  # fmt: skip
        self.processes.append(Process(live, budgets))
        return self.processes[-1]

    def write(self, **files: str) -> None:
        folder = self.folder()
        for name, text in files.items():
            (folder / f"{name}.yaml").write_text(text, "utf-8")

    def folder(self) -> Path:
        assert self.settings.playbooks
        self.settings.playbooks.mkdir(exist_ok=True)
        return self.settings.playbooks


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    database = open_database(tmp_path / "data")
    load_shop(write_coats(tmp_path / "shop"), database, encoder(), warn=lambda line: None)
    made = Shop(database, Settings(data=tmp_path / "data", playbooks=tmp_path / "own"), [])
    yield made
    for process in made.processes:
        process.live.close()
    database.dispose()


def test_a_publishing_is_in_force_within_two_seconds_in_every_process(shop: Shop) -> None:
    shop.write(a=RULE.format(id="one", budget=10))
    processes = [shop.process() for _ in range(2)]
    assert [process.rules for process in processes] == [["one"]] * 2
    indexes = [process.live.current.index for process in processes]
    desk = Publisher(
        shop.database, PlaybookFolder(shop.settings.playbooks, shop.settings.data), ShopStore(shop.database).catalog
    )
    desk.save_draft("Lea", "a.yaml", RULE.format(id="two", budget=20), str(desk.state().version.id))
    desk.publish("Lea", "Two")
    for process in processes:
        process.wait(lambda process=process: process.rules == ["two"])  # type: ignore[misc]
        assert process.budgets.limits.agent == 20
    assert [process.live.current.index for process in processes] == indexes, "nothing else was built again"
    desk.rollback("Lea", 1, "")
    for process in processes:
        process.wait(lambda process=process: process.rules == ["one"])  # type: ignore[misc]


def test_what_is_invalid_leaves_the_old_set_in_force_and_is_named(shop: Shop) -> None:
    shop.write(a=RULE.format(id="one", budget=10))
    process = shop.process()
    shop.write(a=BROKEN)
    process.wait(lambda: process.live.notices != ())
    [notice] = process.live.notices
    assert notice.startswith("playbooks: a.yaml:4:5: error: unknown key")
    assert process.rules == ["one"]
    assert process.budgets.limits.agent == 10
    assert process.live.degraded == (), "answers are whole without it"
    shop.write(a=RULE.format(id="three", budget=10))
    process.wait(lambda: process.rules == ["three"])
    assert process.live.notices == ()


def test_a_bad_playbook_does_not_keep_new_tickets_away(shop: Shop, tmp_path: Path) -> None:
    shop.write(a=RULE.format(id="one", budget=10))
    process = shop.process()
    shop.write(a=BROKEN)
    revision = process.live.current.revision
    source = write_coats(tmp_path / "more")
    text = (source / "products.csv").read_text("utf-8")
    (source / "products.csv").write_text(text.replace("Coat", "Long coat"), "utf-8")
    load_shop(source, shop.database, encoder(), warn=lambda line: None)
    process.wait(lambda: process.live.current.revision > revision, 5.0)
    assert process.rules == ["one"]
    assert process.live.notices


def test_the_last_valid_set_of_the_history_is_in_force_after_a_restart(shop: Shop) -> None:
    shop.write(a=RULE.format(id="one", budget=10))
    desk = Publisher(
        shop.database, PlaybookFolder(shop.settings.playbooks, shop.settings.data), ShopStore(shop.database).catalog
    )
    assert desk.state().errors == ()
    shop.write(a=BROKEN)
    assert desk.state().errors != ()
    process = shop.process()
    assert process.rules == ["one"]
    assert "a.yaml:4:5" in process.live.notices[0]


def test_without_a_history_a_bad_set_is_the_starter_s_business(shop: Shop) -> None:
    shop.write(a=BROKEN)
    with pytest.raises(PlaybookError, match=r"a\.yaml:4:5"):
        shop.process()


def test_a_publishing_that_was_killed_is_in_force(shop: Shop) -> None:
    shop.write(a=RULE.format(id="one", budget=10), b=RULE.format(id="other", budget=10))
    process = shop.process()

    class Killed(PlaybookFolder):
        def settle(self, publication: Publication) -> None:
            raise KeyboardInterrupt

    files = {"a.yaml": RULE.format(id="two", budget=10)}
    said = Publication("k", "published", "Lea", "x", "2026-03-02T09:20:00+00:00", None, None, files)
    with pytest.raises(KeyboardInterrupt):
        Killed(shop.settings.playbooks, shop.settings.data).write(said)
    process.wait(lambda: process.rules == ["two"])


def test_health_names_it(shop: Shop) -> None:
    shop.write(a=RULE.format(id="one", budget=10))
    process = shop.process()
    engine = SuggestionEngine(
        store=ShopStore(shop.database), live=process.live, encoder=encoder(), reader=None,  # type: ignore[arg-type]
        languages=LANGUAGES, budgets=process.budgets.remaining,
    )  # fmt: skip
    assert engine.health().degraded == ()
    shop.write(a=BROKEN)
    process.wait(lambda: engine.health().degraded != ())
    assert engine.health().degraded[0].startswith("playbooks: a.yaml:4:5")
    assert [product.handle for product in engine.catalog().products]
