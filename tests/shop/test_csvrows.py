"""CSV as it comes: every row knows its line, and a broken one costs only itself."""

import time
from pathlib import Path

import pytest

from copilot.shop.csvrows import read_rows
from copilot.shop.rejection import LoadError, Notes


def read(tmp_path: Path, data: str | bytes) -> tuple[list[tuple[int, dict[str, str]]], list[str]]:
    path = tmp_path / "p.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    notes = Notes(lambda warning: None)
    rows = [(row.line, row.cells) for row in read_rows(path, notes)]
    return rows, [str(rejection) for rejection in notes.rejections]


def test_a_cell_over_several_lines_counts_from_its_rows_first_line(tmp_path: Path) -> None:
    rows, rejected = read(tmp_path, 'a,b\n1,"x\ny, ""z"""\n\n2,w\n')
    assert rows == [(2, {"a": "1", "b": 'x\ny, "z"'}), (5, {"a": "2", "b": "w"})]
    assert rejected == []


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbfKey,  Some   VALUE \r\n1,2\r\n",
        b"Key;Some value\n1;2\n",
        b"Key\tSome value\n1\t2",
        b"\n\nKey,Some value\n1,2\x00\n",
        b"Key,Some value\r1,2\r",
        b"Key,Some value,,\n1,2,,,,\n,,\n",
    ],
    ids=["bom and crlf", "semicolons", "tabs", "blank lines and NUL", "old Mac", "empty cells at the end"],
)
def test_dialects_read_alike(tmp_path: Path, data: bytes) -> None:
    rows, rejected = read(tmp_path, data)
    assert [cells for _, cells in rows] == [{"key": "1", "some value": "2"}]
    assert rejected == []


def test_quote_that_is_never_closed_costs_one_row(tmp_path: Path) -> None:
    rows, rejected = read(tmp_path, 'a,b\n1,"open\n2,fine\n3,too\n')
    assert rows == [(3, {"a": "2", "b": "fine"}), (4, {"a": "3", "b": "too"})]
    assert rejected == ["p.csv:2: line: is not CSV: a quote is never closed"]


def test_text_after_a_closing_quote_costs_one_row(tmp_path: Path) -> None:
    rows, rejected = read(tmp_path, 'a,b\n1,"5" pipe\n2,5" pipe\n')
    assert rows == [(3, {"a": "2", "b": '5" pipe'})]
    assert rejected[0].startswith("p.csv:2: line: is not CSV")


def test_bytes_that_are_not_utf8_name_their_line(tmp_path: Path) -> None:
    rows, rejected = read(tmp_path, b'a,b\n1,"x\ny"\n2,caf\xe9\n3,z\n')
    assert [line for line, _ in rows] == [2, 5]
    assert rejected == ["p.csv:4: line: is not UTF-8: byte 0xe9; save the file as UTF-8"]


def test_row_with_more_cells_than_headers_is_not_guessed_at(tmp_path: Path) -> None:
    rows, rejected = read(tmp_path, "a,b\n1,x,y\n2\n")
    assert rows == [(3, {"a": "2"})]
    assert rejected == ["p.csv:2: line: has 3 cells, but there are 2 headers; quote a cell with a comma"]


def test_cell_beyond_all_measure_costs_one_row(tmp_path: Path) -> None:
    rows, rejected = read(tmp_path, f"a,b\n1,{'x' * (4 * 1024 * 1024 + 1)}\n2,y\n")
    assert rows == [(3, {"a": "2", "b": "y"})]
    assert len(rejected) == 1


def test_file_full_of_stray_quotes_is_read_in_no_time(tmp_path: Path) -> None:
    started = time.perf_counter()
    rows, rejected = read(tmp_path, "a,b\n" + '1,"x\n' * 4000 + "2,y\n")
    assert len(rejected) > 1000
    assert rows[-1][1] == {"a": "2", "b": "y"}
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize("data", ["", "\n\n", "a,b\n"])
def test_nothing_is_no_row(tmp_path: Path, data: str) -> None:
    assert read(tmp_path, data) == ([], [])


def test_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="cannot be read"):
        list(read_rows(tmp_path, Notes(lambda warning: None)))
