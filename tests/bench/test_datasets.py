"""Reading the public data: what is in it, which revision it is, and what is said when it is not there."""

from __future__ import annotations

import hashlib

import pytest

from recommenders.bench.datasets import DatasetError, MissingDataset, Question, banking77, revision, tau_retail


def test_questions_with_their_intents(data):
    read = banking77(data)
    assert [q.intent for q in read.train] == ["arrival", "lost", "lost", "rate"]
    assert read.train[1] == Question("train-00002", "card lost, help", "lost")
    assert read.test == (
        Question("test-00001", "where is the card", "arrival"),
        Question("test-00002", "what is the rate", "rate"),
    )


def test_the_shop_and_its_requests(data):
    read = tau_retail(data)
    mug, variant = read.catalog.by_sku["m-bl"]
    assert (mug.title, mug.type, len(mug.variants)) == ("Mug", "Kitchen", 4)
    assert (variant.options, variant.price, variant.in_stock) == ({"color": "blue", "size": "large"}, 9.5, False)
    assert read.orders[0].lines[0].sku == "m-rs"
    assert [(c.id, c.order_ids, c.pairs) for c in read.cases] == [
        ("train-1", ("#1",), (("m-rs", "m-bs"),)),
        ("dev-1", ("#1",), (("m-rs", "m-rl"),)),
    ]


def test_the_revision_is_of_names_and_contents_whatever_the_order(tmp_path):
    a, b = tmp_path / "a", tmp_path / "b"
    a.write_bytes(b"1")
    b.write_bytes(b"2")
    parts = b"a\0" + hashlib.sha256(b"1").digest() + b"b\0" + hashlib.sha256(b"2").digest()
    before = revision([b, a])
    assert before == hashlib.sha256(parts).hexdigest()
    b.write_bytes(b"3")
    assert revision([a, b]) != before


@pytest.mark.parametrize(("read", "name"), [(banking77, "banking77"), (tau_retail, "tau_retail")])
def test_a_missing_set_is_named_with_where_to_get_it(read, name, tmp_path):
    with pytest.raises(MissingDataset, match=rf"{name}: no .*github\.com.*--data"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("file", "read"), [("banking77/test.csv", banking77), ("tau_retail/exchange_cases.jsonl", tau_retail)]
)
def test_a_damaged_set_is_named(file, read, data):
    (data / file).write_text('{"a": 1}\nx\n')
    with pytest.raises(DatasetError, match=file.split("/")[0]):
        read(data)
