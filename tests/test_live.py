"""The live shop: new tickets are found without a restart, and a fault never takes the old data away."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from copilot.live import LiveShop, Snapshot
from recommenders.domain import Case, Catalog, Code, Concern, Context, Customer, Message, Signals, Ticket
from recommenders.protocols import FloatArray
from recommenders.text.sentences import split_sentences
from tests.fakes import HashEncoder

ENCODER = HashEncoder()
THEN = datetime(2026, 1, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Entry:
    id: str
    revision: int
    index_text: str
    vector: FloatArray
    labels: tuple[str, ...] = ()


class FakeShop:
    """A shop in a dict; `fault` is raised by every call while it is set."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.number = 0
        self.fault: Exception | None = None
        self.without_vector = 0
        self.asked_since: list[int] = []
        self.codes: tuple[Code, ...] = ()

    def load(self, texts: Mapping[str, str]) -> None:
        number = self.number + 1
        for id, text in texts.items():
            self.entries[id] = Entry(id, number, text, ENCODER.encode([text])[0])
        self.number = number

    def erase(self, id: str) -> None:
        del self.entries[id]
        self.number += 1

    def revision(self) -> int:
        if self.fault:
            raise self.fault
        return self.number

    def catalog(self) -> Catalog:
        return Catalog(codes=self.codes, currency="EUR")

    def customer(self, id: str | None = None) -> Customer | None:
        return None

    def cases(self, ids: Sequence[str]) -> dict[str, Case]:
        return {id: _case(self.entries[id]) for id in ids if id in self.entries}

    def case_count(self) -> int:
        return len(self.entries) + self.without_vector

    def iter_cases_since(self, revision: int, model: str) -> Iterator[Sequence[Entry]]:
        assert model == ENCODER.name
        self.asked_since.append(revision)
        yield [entry for entry in self.entries.values() if entry.revision > revision]


def _case(entry: Entry) -> Case:
    messages = (Message("customer", entry.index_text), Message("agent", f"This is the answer of {entry.id}."))
    return Case(entry.id, entry.id, "email", "en", None, (), THEN, THEN, (), messages)


def context(text: str) -> Context:
    return Context(
        ticket=Ticket("open", (Message("customer", text),)),
        concern=Concern(text, split_sentences(text)),
        signals=Signals("en"),
        catalog=Catalog(),
        now=datetime(2026, 3, 2, tzinfo=UTC),
        vector=ENCODER.encode([text])[0],
    )


@pytest.fixture
def shop() -> FakeShop:
    made = FakeShop()
    made.load({"t-1": "the kettle drips on the worktop", "t-2": "my parcel is late"})
    return made


@pytest.fixture
def start(shop: FakeShop, tmp_path: Path) -> Iterator[Callable[..., LiveShop[str]]]:
    opened: list[LiveShop[str]] = []

    def make(
        seconds: float = 60.0, build: Callable[[Catalog], str] = lambda catalog: catalog.currency
    ) -> LiveShop[str]:
        live = LiveShop(shop, ENCODER, tmp_path / "index", seconds, build, language_of=lambda text: "en")
        opened.append(live)
        return live

    yield make
    for live in opened:
        live.close()


def found(live: LiveShop[str], text: str) -> list[str]:
    return [similar.case.id for similar in live.current.similar(context(text), 3)]


def wait_until(true: Callable[[], bool], seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def test_the_first_snapshot_is_complete(start: Callable[..., LiveShop[str]]) -> None:
    live = start()
    assert found(live, "the kettle drips") == ["t-1"]
    assert live.current.tools == "EUR"
    assert live.current.revision == 1
    assert live.degraded == ()


def test_a_new_ticket_is_found_without_a_restart(shop: FakeShop, start: Callable[..., LiveShop[str]]) -> None:
    live = start(0.05)
    before = live.current
    shop.load({"t-3": "the zip of the parka jams"})
    wait_until(lambda: found(live, "the zip jams") == ["t-3"])
    assert len(before.index) == 2  # who still holds the old snapshot sees it whole
    assert shop.asked_since[-1] == 1  # only what is new was read


def test_nothing_new_changes_nothing(start: Callable[..., LiveShop[str]]) -> None:
    live = start()
    before = live.current
    assert live.refresh() is False
    assert live.current is before


def test_the_catalogue_is_renewed_with_the_same_index(shop: FakeShop, start: Callable[..., LiveShop[str]]) -> None:
    live = start()
    index = live.current.index
    shop.codes = (Code("CARE15", "Care", "active", None, None, "percentage", 15),)
    shop.number += 1
    assert live.refresh()
    assert live.current.catalog.by_code["care15"].amount == 15
    assert live.current.index is index


def test_erased_cases_are_gone(shop: FakeShop, start: Callable[..., LiveShop[str]]) -> None:
    live = start()
    shop.erase("t-1")
    live.refresh()
    assert found(live, "the kettle drips on the worktop") == []
    assert live.current.index.ids() == ["t-2"]


def test_a_restart_reads_the_saved_index(shop: FakeShop, start: Callable[..., LiveShop[str]]) -> None:
    start().close()
    shop.asked_since.clear()
    assert found(start(), "the kettle drips") == ["t-1"]
    assert shop.asked_since == [1]


def test_a_restart_catches_up(shop: FakeShop, start: Callable[..., LiveShop[str]]) -> None:
    start().close()
    shop.load({"t-1": "the lid is broken", "t-3": "the zip of the parka jams"})
    live = start()
    assert found(live, "the zip jams") == ["t-3"]
    assert found(live, "the lid is broken") == ["t-1"]
    assert len(live.current.index) == 3


@pytest.mark.parametrize("damage", ["truncate", "manifest", "newer"])
def test_a_saved_index_that_does_not_fit_is_built_again(
    damage: str, shop: FakeShop, start: Callable[..., LiveShop[str]], tmp_path: Path
) -> None:
    shop.load({"t-2": "my parcel is lost"})
    start().close()
    if damage == "truncate":
        path = tmp_path / "index" / "dense.faiss"
        path.write_bytes(path.read_bytes()[:20])
    elif damage == "manifest":
        (tmp_path / "index" / "manifest.json").write_text("{")
    else:  # the database was put back to an earlier state
        shop.erase("t-2")
        shop.number = 1
    live = start()
    assert found(live, "the kettle drips") == ["t-1"]
    assert shop.asked_since[-1] == 0
    assert len(live.current.index) == len(shop.entries)


def test_a_fault_keeps_the_old_data_and_is_named_until_it_is_over(
    shop: FakeShop, start: Callable[..., LiveShop[str]]
) -> None:
    live = start(0.02)
    shop.fault = OSError("disk gone")
    wait_until(lambda: live.degraded != ())
    assert live.degraded == ("index: not up to date (OSError)",)
    assert found(live, "the kettle drips") == ["t-1"]
    shop.fault = None
    wait_until(lambda: live.degraded == ())


def test_a_builder_that_fails_swaps_nothing(shop: FakeShop, start: Callable[..., LiveShop[str]]) -> None:
    fail = threading.Event()

    def build(catalog: Catalog) -> str:
        if fail.is_set():
            raise ValueError("bad playbook")
        return "tools"

    live = start(0.02, build)
    before = live.current
    fail.set()
    shop.load({"t-3": "the zip of the parka jams"})
    wait_until(lambda: live.degraded == ("index: not up to date (ValueError)",))
    assert live.current is before
    fail.clear()
    wait_until(lambda: found(live, "the zip jams") == ["t-3"])
    assert live.degraded == ()


def test_listeners_see_the_snapshot_before_requests_do(shop: FakeShop, start: Callable[..., LiveShop[str]]) -> None:
    live = start()
    seen: list[tuple[int, int]] = []

    def listen(fresh: Snapshot[str]) -> None:
        seen.append((fresh.revision, live.current.revision))

    live.on_change(listen)
    shop.load({"t-3": "the zip of the parka jams"})
    live.refresh()
    assert seen == [(2, 1)]


def test_cases_without_a_vector_are_named(shop: FakeShop, start: Callable[..., LiveShop[str]]) -> None:
    shop.without_vector = 3
    assert start().degraded == (f"index: 3 cases have no vector of {ENCODER.name}: load the shop again",)


def test_the_first_fault_is_the_callers(shop: FakeShop, start: Callable[..., LiveShop[str]]) -> None:
    shop.fault = OSError("disk gone")
    with pytest.raises(OSError, match="disk gone"):
        start()


def test_an_empty_shop_starts_and_fills(start: Callable[..., LiveShop[str]], shop: FakeShop) -> None:
    shop.entries.clear()
    live = start()
    assert found(live, "the kettle drips") == []
    shop.load({"t-1": "the kettle drips on the worktop"})
    live.refresh()
    assert found(live, "the kettle drips") == ["t-1"]
    assert len(live.current.index) == 1
