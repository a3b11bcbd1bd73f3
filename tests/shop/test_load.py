"""A whole load: what it writes, what it leaves alone, and what it refuses."""

import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from copilot.shop.embed import BATCH
from copilot.shop.load import LoadReport, load_shop
from copilot.shop.rejection import LoadError
from copilot.store.database import open_database
from copilot.store.models import Base, LoadRow, VectorRow
from copilot.store.shop import ShopStore
from tests.fakes import HashEncoder
from tests.shop.shops import READER, code, customer, order, ticket, write_lines, write_shop


class Shop:
    """A shop directory and the store that it is loaded to."""

    def __init__(self, folder: Path) -> None:
        self.files = write_shop(folder / "shop")
        self.engine: Engine = open_database(folder / "data")
        self.store = ShopStore(self.engine)
        self.encoder = HashEncoder()
        self.told: list[str] = []

    def load(self, **options: Any) -> LoadReport:
        options = {"encoder": self.encoder, "reader": READER, "warn": self.told.append} | options
        return load_shop(self.files, self.engine, **options)

    def rows(self) -> dict[str, list[Any]]:
        """Everything that stands in the database."""
        with self.engine.connect() as connection:
            return {
                name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
                for name, table in Base.metadata.tables.items()
            }

    def indexed(self, since: int = 0, model: str = "hash/64") -> list[str]:
        return [entry.id for batch in self.store.iter_cases_since(since, model) for entry in batch]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_first_load_brings_everything(shop: Shop) -> None:
    report = shop.load()
    assert report == LoadReport(
        counts={
            "tickets": 3,
            "products": 2,
            "variants": 3,
            "codes": 2,
            "customers": 2,
            "orders": 1,
            "articles": 2,
            "rejected": 0,
        },
        rejections=[],
        changed=True,
    )
    catalog = shop.store.catalog()
    assert [(p.handle, [v.sku for v in p.variants]) for p in catalog.products] == [
        ("tea", ["TEA-1", "TEA-2"]),
        ("cup", ["CUP-1"]),
    ]
    assert sorted(catalog.by_code) == ["brew", "ten"]
    assert [(a.id, a.title, a.text) for a in catalog.articles] == [
        ("brewing", "Brewing", "Four minutes."),
        ("returns", "Returns", "30 days."),
    ]
    assert catalog.currency == "EUR"
    assert [o.id for o in shop.store.orders_of("c-1")] == ["o-1"]
    found = shop.store.customer(email="C2@example.com")
    assert found is not None
    assert found.id == "c-2"
    assert shop.store.cases(["t-2"])["t-2"].messages[1].text == "Brew it for longer."
    assert shop.store.revision() == 1
    assert shop.indexed() == ["t-1", "t-2", "t-3"]
    assert shop.told == []


def test_vectors_are_those_of_the_index_text(shop: Shop) -> None:
    shop.load()
    for entry in next(shop.store.iter_cases_since(0, "hash/64")):
        assert entry.vector.tolist() == HashEncoder().encode([entry.index_text])[0].tolist()


def test_second_load_changes_nothing_and_embeds_nothing(shop: Shop) -> None:
    first = shop.load()
    before = shop.rows()
    shop.encoder.encoded.clear()
    second = shop.load()
    assert second == LoadReport(first.counts, [], changed=False)
    assert shop.rows() == before
    assert shop.encoder.encoded == []


def test_only_what_differs_is_written_and_embedded(shop: Shop) -> None:
    shop.load()
    shop.encoder.encoded.clear()
    write_lines(shop.files / "tickets.jsonl", ticket(1), ticket(2, "It came cold."), ticket(4))
    assert shop.load().changed
    assert shop.store.revision() == 2
    assert shop.indexed(since=1) == ["t-2", "t-4"]  # and t-3, which the file has no more, stays
    assert shop.indexed() == ["t-1", "t-2", "t-3", "t-4"]
    assert shop.encoder.encoded == ["Tea 2 It came cold.", "Tea 4 The tea number 4 tastes of nothing."]


def test_text_that_no_case_has_any_more_leaves_no_vector(shop: Shop) -> None:
    shop.load()
    write_lines(shop.files / "tickets.jsonl", ticket(2, "It came cold."))
    shop.load()
    with shop.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(VectorRow)) == 3


def test_new_outcome_of_an_old_text_needs_no_encoder(shop: Shop) -> None:
    shop.load()
    shop.encoder.encoded.clear()
    write_lines(shop.files / "tickets.jsonl", ticket(1, outcome={"csat": 1}))
    shop.load()
    outcome = shop.store.cases(["t-1"])["t-1"].outcome
    assert outcome is not None
    assert outcome.csat == 1
    assert shop.encoder.encoded == []
    assert shop.indexed(since=1) == ["t-1"]


def test_products_codes_and_articles_are_the_whole_truth_the_others_are_added(shop: Shop) -> None:
    shop.load()
    (shop.files / "products.csv").write_text("Handle,Title,SKU,Price\ncup,Cup,CUP-1,10\n")
    write_lines(shop.files / "discounts.jsonl")
    (shop.files / "articles/returns.md").unlink()
    write_lines(shop.files / "customers.jsonl", customer(3))
    write_lines(shop.files / "orders.jsonl", order(2))
    assert shop.load().changed
    catalog = shop.store.catalog()
    assert [(p.handle, p.variants[0].price) for p in catalog.products] == [("cup", 10.0)]
    assert catalog.codes == ()
    assert [a.id for a in catalog.articles] == ["brewing"]
    assert shop.store.customer("c-1") is not None
    assert {o.id for o in shop.store.orders_of("c-1")} == {"o-1", "o-2"}


def test_kinds_without_a_file_stay_as_they_are(shop: Shop) -> None:
    shop.load()
    for name in ("products.csv", "discounts.jsonl", "customers.jsonl", "orders.jsonl"):
        (shop.files / name).unlink()
    report = shop.load()
    assert not report.changed
    assert (report.counts["products"], report.counts["tickets"]) == (0, 3)
    assert len(shop.store.catalog().products) == 2


def test_order_of_the_file_is_the_order_of_the_products(shop: Shop) -> None:
    shop.load()
    (shop.files / "products.csv").write_text("Handle,Title,SKU,Price\ncup,Cup,CUP-1,9\ntea,Tea,TEA-1,8.50\n")
    shop.load()
    assert [p.handle for p in shop.store.catalog().products] == ["cup", "tea"]


def test_bad_rows_are_named_and_the_rest_is_loaded(shop: Shop) -> None:
    write_lines(shop.files / "tickets.jsonl", ticket(1), "{", ticket(2, channel="fax"), ticket(3))
    write_lines(shop.files / "discounts.jsonl", code("TEN", status="live"))
    report = shop.load()
    assert [str(r) for r in report.rejections] == [
        "discounts.jsonl:1: status: 'live': Input should be 'active', 'scheduled', 'expired' or 'disabled'",
        "tickets.jsonl:2: line: is not JSON: EOF while parsing an object at line 1 column 1",
        "tickets.jsonl:3: channel: 'fax': Input should be 'email', 'chat', 'social', 'sms', 'voice' or 'form'",
    ]
    assert (report.counts["tickets"], report.counts["codes"], report.counts["rejected"]) == (2, 0, 3)
    assert shop.indexed() == ["t-1", "t-3"]


def test_bad_rows_are_named_again_by_the_next_load(shop: Shop) -> None:
    write_lines(shop.files / "tickets.jsonl", ticket(1), "{", ticket(2, mood="bad"))
    first, second = shop.load(), shop.load()
    assert first.rejections == second.rejections != []
    assert not second.changed
    assert shop.told == ["tickets.jsonl: unknown field 'mood' in 1 row, not read"] * 2


def test_strict_load_with_a_bad_row_changes_nothing_at_all(shop: Shop) -> None:
    shop.load()
    before = shop.rows()
    shop.encoder.encoded.clear()
    write_lines(shop.files / "tickets.jsonl", ticket(1, "New words."), ticket(9), "{")
    report = shop.load(strict=True)
    assert (report.changed, len(report.rejections)) == (False, 1)
    assert shop.rows() == before
    assert shop.encoder.encoded == []


def test_strict_load_without_a_bad_row_is_a_load(shop: Shop) -> None:
    assert shop.load(strict=True).changed


def test_of_one_id_twice_the_last_stays_and_the_next_load_changes_nothing(shop: Shop) -> None:
    write_lines(shop.files / "tickets.jsonl", ticket(1, "First."), ticket(2), ticket(1, "Last."))
    assert shop.load().counts["tickets"] == 2
    assert shop.store.cases(["t-1"])["t-1"].messages[0].text == "Last."
    assert shop.told == ["tickets.jsonl:3: id 't-1' stands here again; the last wins (1 row repeated)"]
    assert not shop.load().changed
    assert shop.store.cases(["t-1"])["t-1"].messages[0].text == "Last."


def test_broken_repetition_leaves_the_row_that_was_good(shop: Shop) -> None:
    write_lines(shop.files / "tickets.jsonl", ticket(1, "Good."), ticket(1, channel="fax"))
    assert shop.load().counts["tickets"] == 1
    assert shop.store.cases(["t-1"])["t-1"].messages[0].text == "Good."


def test_codes_that_differ_in_case_alone_are_one_code(shop: Shop) -> None:
    shop.load()
    write_lines(shop.files / "discounts.jsonl", code("TEN"), code("ten", title="Small"))
    assert shop.load().counts["codes"] == 1
    assert [(c.code, c.title) for c in shop.store.catalog().codes] == [("ten", "Small")]


def test_another_model_gets_its_own_vectors_and_every_case_is_news_to_it(shop: Shop) -> None:
    shop.load()
    other = HashEncoder(8, "other/8")
    assert shop.indexed(model="other/8") == []
    assert shop.load(encoder=other).changed
    assert shop.indexed(since=1, model="other/8") == ["t-1", "t-2", "t-3"]
    assert not shop.load(encoder=other).changed
    assert shop.load(encoder=shop.encoder).changed  # and back


def test_encoder_that_fails_half_way_leaves_the_shop_and_keeps_its_work(shop: Shop) -> None:
    class Failing(HashEncoder):
        def encode(self, texts: Sequence[str]) -> Any:
            if len(self.encoded) >= BATCH:
                raise RuntimeError("out of memory")
            return super().encode(texts)

    write_lines(shop.files / "tickets.jsonl", *(ticket(i) for i in range(BATCH + 10)))
    with pytest.raises(RuntimeError):
        shop.load(encoder=Failing())
    assert (shop.store.revision(), shop.store.case_count(), shop.store.catalog().products) == (0, 0, ())
    shop.load()
    assert len(shop.encoder.encoded) == 10
    assert len(shop.indexed()) == BATCH + 10


def test_same_text_is_embedded_once(shop: Shop) -> None:
    write_lines(shop.files / "tickets.jsonl", *(ticket(i, "Same.", subject="Same") for i in range(5)))
    shop.load()
    assert shop.encoder.encoded == ["Same Same."]
    assert len(shop.indexed()) == 5


def test_encoder_whose_vectors_do_not_fit_is_refused(shop: Shop) -> None:
    class Wrong(HashEncoder):
        def encode(self, texts: Sequence[str]) -> Any:
            return super().encode(texts)[:, :3]

    with pytest.raises(ValueError, match=r"gave vectors of shape \(3, 3\) for 3 texts"):
        shop.load(encoder=Wrong())
    assert shop.store.revision() == 0


def test_loads_at_once_come_one_after_the_other(shop: Shop) -> None:
    reports: list[LoadReport] = []
    threads = [threading.Thread(target=lambda: reports.append(shop.load())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(report.changed for report in reports) == [False, False, True]
    assert shop.store.revision() == 1
    assert shop.told.count("another load is running; waiting for it to end") >= 1


@pytest.mark.parametrize("missing", ["nothing", "a directory", "a file"])
def test_directory_that_is_no_shop_is_refused(shop: Shop, missing: str) -> None:
    (shop.files / "tickets.jsonl").unlink()
    if missing == "a directory":
        shop.files = shop.files / "nowhere"
    elif missing == "a file":
        shop.files = shop.files / "products.csv"
    with pytest.raises(LoadError, match=r"has no tickets\.jsonl" if missing == "nothing" else "no such directory"):
        shop.load()
    with shop.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(LoadRow)) == 0


def test_shop_of_nothing_but_an_empty_file_of_tickets(shop: Shop, tmp_path: Path) -> None:
    shop.files = tmp_path / "bare"
    shop.files.mkdir()
    write_lines(shop.files / "tickets.jsonl")
    assert set(shop.load().counts.values()) == {0}
    assert shop.store.revision() == 1
    assert not shop.load().changed


def test_text_that_is_an_attack_is_only_text(shop: Shop) -> None:
    attack = "'); DROP TABLE cases; -- {{7*7}} %s ${x} <script>alert(1)</script> \u202e\U0001f600"
    line = json.dumps(ticket(1, attack) | {"id": attack, "customer_id": attack, "tags": [attack]})
    write_lines(shop.files / "tickets.jsonl", line)
    shop.load()
    (case,) = shop.store.cases([attack]).values()
    assert (case.messages[0].text, case.customer_id, case.tags) == (attack, attack, (attack,))


def test_nothing_but_the_database_and_its_locks_is_left_in_the_data_directory(shop: Shop) -> None:
    shop.load()
    names = {path.name.removesuffix("-wal").removesuffix("-shm") for path in (shop.files.parent / "data").iterdir()}
    assert names == {"copilot.sqlite3", "load.lock", "migration.lock"}
