"""Rows on their way."""

from pathlib import Path

from copilot.shop.spool import Spool


def test_a_later_row_replaces_an_earlier_one_and_goes_to_the_end(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    for key, value in [("a", 1), ("b", 2), ("c", 3), ("a", 4)]:
        spool.put(key, {"key": key, "value": value, "text": "line\nbreak ä"})
    spool.drop("c")
    spool.drop("never there")
    batches = [[(row["key"], row["value"]) for row in batch] for batch in spool.batches(1)]
    assert batches == [[("b", 2)], [("a", 4)]]
    assert (len(spool), "a" in spool, "c" in spool) == (2, True, False)
    spool.put("d", {"key": "d"})  # after reading
    assert [row["key"] for batch in spool.batches(10) for row in batch] == ["b", "a", "d"]


def test_nothing_is_left_on_disk(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.put("a", {"secret": "x"})
    assert list(tmp_path.iterdir()) == []
