"""Lines of JSON as they come: a bad one is named and costs only itself."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copilot.shop.jsonl import Flag, Id, Line, Number, Record, Text, Texts, Time, note_unknown, read_lines, validate
from copilot.shop.rejection import LoadError, Notes


class Inner(Record):
    kind: Text = ""


class Thing(Record):
    id: Id
    at: Time | None = None
    text: Text = ""
    number: Number = 0.0
    flag: Flag = False
    tags: Texts = ()
    inner: Inner | None = None
    many: tuple[Inner, ...] = ()


def notes() -> Notes:
    return Notes(lambda warning: None)


def read(tmp_path: Path, data: bytes, limit: int = 1000) -> tuple[list[Line], list[str]]:
    path = tmp_path / "things.jsonl"
    path.write_bytes(data)
    noted = notes()
    lines = list(read_lines(path, noted, limit=limit))
    return lines, [str(rejection) for rejection in noted.rejections]


def one(data: dict[str, object]) -> tuple[Thing | None, list[str]]:
    noted = notes()
    thing = validate(Thing, Line(7, b"", data), "things.jsonl", noted)
    return thing, [str(rejection) for rejection in noted.rejections]


def test_bom_crlf_and_blank_lines_are_no_matter(tmp_path: Path) -> None:
    lines, rejected = read(tmp_path, b'\xef\xbb\xbf{"id": 1}\r\n\r\n   \n{"id": 2}')
    assert [(line.number, line.data) for line in lines] == [(1, {"id": 1}), (4, {"id": 2})]
    assert rejected == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "is not JSON"),
        (b"{'id': 1}", "is not JSON"),
        (b'{"id": "caf\xe9"}', "is not UTF-8: byte 12 is 0xe9; save the file as UTF-8"),
        (b'{"id": NaN}', "is not JSON"),
        (b'{"id": -Infinity}', "is not JSON"),
        (b'{"id": "\\ud800"}', "is not JSON"),
        (b"[" * 900, "is not JSON"),
        (b'[{"id": 1}]', "is not a JSON object but list"),
        (b"null", "is not a JSON object but NoneType"),
        (b'{"id": "' + b"x" * 1000 + b'"}', "longer than 1000 bytes"),
    ],
)
def test_line_that_is_no_object_is_named_and_the_next_one_read(tmp_path: Path, line: bytes, reason: str) -> None:
    lines, rejected = read(tmp_path, b'{"id": 1}\n' + line + b'\n{"id": 3}\n')
    assert [x.number for x in lines] == [1, 3]
    assert len(rejected) == 1
    assert rejected[0].startswith(f"things.jsonl:2: line: {reason}")


def test_line_as_long_as_the_limit_is_read_also_at_the_end_of_the_file(tmp_path: Path) -> None:
    line = b'{"id": "' + b"x" * 990 + b'"}'
    assert len(line) == 1000
    assert [x.number for x in read(tmp_path, line + b"\n" + line)[0]] == [1, 2]
    lines, rejected = read(tmp_path, line + b"x" * 5000)
    assert (lines, len(rejected)) == ([], 1)


def test_nul_goes_and_the_text_around_it_stays(tmp_path: Path) -> None:
    lines, _ = read(tmp_path, b'{"id": "a\\u0000b"}\n')
    assert lines[0].data == {"id": "ab"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_lines_or_rejections(tmp_path: Path, data: bytes) -> None:
    lines, rejected = read(tmp_path, data + b'\n{"id": 1}\n')
    assert lines[-1].data == {"id": 1}
    filled = [x for x in (data.removeprefix(b"\xef\xbb\xbf") + b"\n").split(b"\n") if x.strip()]
    assert len(lines) - 1 + len(rejected) == len(filled)


def test_a_missing_field_and_null_are_the_default(tmp_path: Path) -> None:
    nulls = dict.fromkeys(("text", "number", "flag", "tags", "at", "inner"))
    assert one({"id": "a", **nulls}) == one({"id": "a"}) == (Thing(id="a"), [])


def test_ids_may_be_numbers_and_are_stripped() -> None:
    for id in (17, "17", " 17 "):
        thing, _ = one({"id": id})
        assert thing is not None
        assert thing.id == "17"


def test_tags_are_stripped_and_stand_once() -> None:
    thing, _ = one({"id": "a", "tags": [" x ", "y", "x", " "]})
    assert thing is not None
    assert thing.tags == ("x", "y")


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("id", "", "id: '': is empty"),
        ("id", None, "id: None: Input should be a valid string"),
        ("id", "x" * 256, "id: '" + "x" * 56 + "...: String should have at most 255 characters"),
        ("at", "2026-03-02T09:14:00", "at: '2026-03-02T09:14:00': has no offset; write the time as"),
        ("at", "yesterday", "at: 'yesterday': Input should be a valid datetime"),
        ("at", 1700000000, "at: 1700000000: a time is text in ISO 8601"),
        ("number", -1, "number: -1: Input should be greater than or equal to 0"),
        ("number", float("nan"), "number: nan: Input should be a finite number"),
        ("number", "NaN", "number: 'NaN': Input should be a finite number"),
        ("number", 10**400, "number: "),
        ("flag", "perhaps", "flag: 'perhaps': Input should be a valid boolean"),
        ("tags", "x", "tags: 'x': Input should be a valid tuple"),
        ("inner", {"kind": 5.5j}, "inner.kind: 5.5j: Input should be a valid string"),
        ("many", [{}, {"kind": []}], "many.1.kind: Input should be a valid string"),
    ],
)
def test_fault_names_the_field_the_value_and_what_is_allowed(field: str, value: object, reason: str) -> None:
    thing, rejected = one({"id": "a", field: value})
    assert thing is None
    assert len(rejected) == 1
    assert rejected[0].startswith(f"things.jsonl:7: {reason}")


def test_missing_id_is_named_with_the_number_of_other_faults() -> None:
    assert one({"number": -1})[1] == ["things.jsonl:7: id: is missing (and 1 more)"]


def test_unknown_fields_are_counted_and_told_once_each() -> None:
    told: list[str] = []
    noted = Notes(told.append)
    for data in ({"id": 1, "x": 2, "many": [{"y": 1}, {"kind": "", "y": 2}]}, {"id": 2, "x": None, "inner": {"z": 1}}):
        note_unknown(Thing, data, "f", noted)
    noted.say()
    assert told == [
        "f: unknown field 'inner.z' in 1 row, not read",
        "f: unknown field 'many.y' in 2 rows, not read",
        "f: unknown field 'x' in 2 rows, not read",
    ]


def test_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="cannot be read"):
        list(read_lines(tmp_path, notes()))
