"""Tables of JSON: files, one value a line, data in the descriptor; and what frictionless says of other formats."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from frictionless import Package
from hypothesis import given
from hypothesis import strategies as st

from formats import HEADER, MOMENT, Rows, judged, opened, read, said, spots, typed, xls, xlsx, zipped
from judging import judge, places
from newspkg.validate import validate
from newspkg.validate.jsontext import Broken, Decoder, Scan
from packages import make

# --- JSON -------------------------------------------------------------------------------------------------------------

OBJECTS = """[
  {"id": 1, "title": "Salt", "year": 2001},
  {"year": 2014, "title": "Rain",
   "id": 2}
]
"""


@pytest.mark.parametrize(
    "text",
    [
        OBJECTS,
        '[["id", "title", "year"], [1, "Salt", 2001], [2, "Rain", 2014]]',
        '[{"id": 1, "year": 2001}, {"id": 2, "title": null}, {"title": "Wind"}]',
        '[{"year": 2001, "title": "x", "id": 1}]',
        '[{"id": "1", "title": "Salt", "year": "2001"}]',
        '\ufeff[{"id": 1.0, "title": "Salt", "year": 2001}]',
    ],
    ids=["objects", "lists", "missing keys are nulls", "keys in another order", "texts", "a whole float, a mark"],
)
def test_json_is_read(text: str, tmp_path: Path) -> None:
    assert judged("books.json", text, tmp_path).problems == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (OBJECTS.replace("2014", '"now"'), [("type-error", "year", 3, 3, 12)]),
        (OBJECTS.replace('"Salt"', "7"), [("type-error", "title", 2, 2, 22)]),
        (OBJECTS.replace("2014", "true"), [("type-error", "year", 3, 3, 12)]),
        ('[["id", "title", "year"],\n [1, "Salt"],\n [2, "Rain", 1, 9]]', None),
        (OBJECTS.replace('"title": "Rain",', '"shelf": "A",'), [("extra-label", None, 1, None, None)]),
        ('[["id", "title", "year"], [null, null, null]]', [("blank-row", None, 2, 1, 1)]),
    ],
    ids=["no year", "a number is no text", "true is no year", "ragged", "another key", "blank"],
)
def test_json_that_is_wrong_is_told_with_its_place(
    text: str, found: list[tuple[Any, ...]] | None, tmp_path: Path
) -> None:
    report = judged("books.json", text, tmp_path)
    if found is None:
        assert [(p.code, p.row, p.line, p.position) for p in report.problems] == [
            ("missing-cell", 2, 2, 3),
            ("type-error", 3, 3, 3),
            ("extra-cell", 3, 3, 4),
        ]
    else:
        assert [spot for spot in spots(report) if spot[0] != "unchecked"] == found


def test_a_record_of_another_kind_is_told_and_the_others_are_judged(tmp_path: Path) -> None:
    text = '[\n {"id": 1, "title": "a", "year": "x"},\n 7,\n [1],\n {"id": 2, "title": "b", "year": "y"}]'
    report = judged("books.json", text, tmp_path)
    assert places(report) == [
        ("type-error", "year", 2, 2),
        ("source-error", None, 3, 3),
        ("source-error", None, 4, 4),
        ("type-error", "year", 5, 5),
    ]
    assert "a single value" in said(report)[1] and "a list" in said(report)[2]


def test_json_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    text = '[{"id": 1, "title": "a", "year": "x"},\n {"id": 2, "title": "b" "year": 1}]'
    report = judged("books.json", text, tmp_path, rows=2)
    assert spots(report) == [("source-error", None, None, 2, 25), ("type-error", "year", 2, 1, 34)]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[", "[[1,", '{"a": [[1]]} x', "[1, 2]", "5", "[]", "{}", '"id,title"', "[" * 100_000, "\0", "NaN"],
)
def test_what_is_no_table_of_json_is_one_error(text: str, tmp_path: Path) -> None:
    assert judged("books.json", text, tmp_path).counts == {"source-error": 1}


def test_a_list_deeper_down_is_named_to_the_reader(tmp_path: Path) -> None:
    [one] = said(judged("books.json", '{"meta": {}, "rows": [[1]]}', tmp_path))
    assert "rows" in one and "property" in one


@pytest.mark.parametrize(
    ("text", "dotted"),
    [
        ('{"n": 1, "rows": %s, "more": [1]}', "rows"),
        ('{"a": {"b": %s}}', "a.b"),
        ('{"a.b": {"c": %s}}', "a.b.c"),
        ('{"a": 1, "a.b": %s}', "a.b"),
    ],
)
def test_the_property_of_a_dialect_leads_to_the_rows(text: str, dotted: str, tmp_path: Path) -> None:
    whole = text % OBJECTS
    good = judged("books.json", whole, tmp_path, dialect={"property": dotted})
    bad = judged("books.json", whole.replace("2014", "20144x"), tmp_path, dialect={"property": dotted})
    inline = judge(make.one_table(path=None, data=json.loads(whole), dialect={"property": dotted}), tmp_path / "i")
    assert good.problems == inline.problems == []
    assert bad.counts == {"source-error": 1}
    [absent] = said(judged("books.json", whole, tmp_path, dialect={"property": "rows.none"}))
    assert "rows.none" in absent


def test_item_keys_are_the_columns(tmp_path: Path) -> None:
    text = '[{"count": 2, "year": 2001, "title": "Salt", "id": 1}]'
    assert judged("books.json", text, tmp_path, dialect={"itemKeys": HEADER}).problems == []
    assert judged("books.json", text, tmp_path).counts == {"extra-label": 1}


def test_the_item_type_decides_which_records_are_odd(tmp_path: Path) -> None:
    text = '[["id", "title", "year"], [1, "Salt", 2001], {"id": 2, "title": "Rain", "year": "x"}]'
    lists = judged("books.json", text, tmp_path, dialect={"itemType": "array"})
    objects = judged("books.json", text, tmp_path, dialect={"itemType": "object"})
    assert [p.row for p in lists.problems] == [3]
    assert [(p.code, p.row) for p in objects.problems] == [("source-error", 2), ("source-error", 3), ("type-error", 4)]


@pytest.mark.parametrize("name", ["books.json", "books.jsonl"])
def test_no_objects_at_all_are_a_table_where_the_dialect_says_that_objects_are_meant(name: str, tmp_path: Path) -> None:
    empty = "[]" if name == "books.json" else "\n"
    assert judged(name, empty, tmp_path, dialect={"itemType": "object"}, rows=0).problems == []


def test_without_a_header_the_fields_are_told_by_their_place(tmp_path: Path) -> None:
    text = '[[1, "Salt", 2001], [2, "Rain", "x"]]'
    assert places(judged("books.json", text, tmp_path, dialect={"header": False})) == [("type-error", "year", 2, 1)]


def test_several_files_are_one_table(tmp_path: Path) -> None:
    files = make.one_file("a.json", b'[["id", "title", "year"], [1, "Salt", 2001]]')
    descriptor = files["datapackage.json"].replace(b'"a.json"', b'["a.json", "b.json"]')
    files |= {"datapackage.json": descriptor, "b.json": b'[["id", "title", "year"],\n [2, "Rain", "x"]]'}
    [found] = judge(files, tmp_path).problems
    assert (found.code, found.row, found.line, found.path) == ("type-error", 3, 2, "b.json")


def test_what_python_passes_over_in_silence_is_told(tmp_path: Path) -> None:
    text = '[{"id": 1, "title": NaN, "year": 2001},\n {"id": 2, "id": 3, "year": 2001}]'
    report = judged("books.json", text, tmp_path)
    assert places(report) == [("source-error", None, 2, 1), ("source-error", None, 3, 2)]
    assert "NaN" in said(report)[0] and "twice" in said(report)[1]


def test_bytes_that_are_no_text_are_told_with_their_cell(tmp_path: Path) -> None:
    raw = OBJECTS.encode().replace(b"Rain", b"R\xe9n")
    assert spots(judged("books.json", raw, tmp_path)) == [("encoding-error", "title", 3, 3, 27)]
    assert judged("books.json", raw, tmp_path, encoding="latin-1").problems == []


def test_half_of_a_surrogate_pair_is_told(tmp_path: Path) -> None:
    good = judged("books.json", OBJECTS.replace("Rain", r"\ud83d\ude00"), tmp_path)
    bad = judged("books.json", OBJECTS.replace("Rain", r"\ud83d"), tmp_path)
    assert good.problems == []
    assert places(bad) == [("encoding-error", None, 3, 3)]


def test_numbers_are_compared_as_they_are_written(tmp_path: Path) -> None:
    schema = typed(n={"type": "number", "constraints": {"maximum": 0.3}})
    text = '[{"n": 0.3}, {"n": 0.30000000000000001}, {"n": 1e-400}, {"n": 1e400}]'
    report = judged("n.json", text, tmp_path, schema)
    assert [p.row for p in report.problems] == [3, 5]


@pytest.mark.parametrize(
    ("field", "value", "good"),
    [
        ({"type": "boolean", "trueValues": ["yes"], "falseValues": ["no"]}, True, True),
        ({"type": "boolean", "trueValues": ["yes"], "falseValues": ["no"]}, "yes", True),
        ({"type": "boolean"}, 1, False),
        ({"type": "number", "decimalChar": ",", "groupChar": "."}, 1.5, True),
        ({"type": "number"}, True, False),
        ({"type": "integer"}, 5.0, True),
        ({"type": "integer"}, 5.5, False),
        ({"type": "integer"}, 10**30, True),
        ({"type": "string"}, 5, False),
        ({"type": "array"}, [1, {"a": 0.5}], True),
        ({"type": "object"}, {"a": [1]}, True),
        ({"type": "geopoint", "format": "array"}, [1.5, 2], True),
        ({"type": "any"}, [1], True),
        ({"type": "string", "constraints": {"required": True}}, None, False),
        ({"type": "string", "missingValues": ["-"]}, None, True),
    ],
    ids=lambda v: str(v)[:40],
)
@pytest.mark.parametrize("where", ["file", "lines", "descriptor"])
def test_a_value_is_judged_as_the_type_it_has(
    field: dict[str, Any], value: Any, good: bool, where: str, tmp_path: Path
) -> None:
    rows = [{"k": 1, "v": value}]
    schema = typed(k="integer", v=field)
    if where == "descriptor":
        report = judge(make.one_table(b"", schema, path=None, data=rows), tmp_path)
    else:
        report = judged("t.json" if where == "file" else "t.jsonl", json.dumps(rows if where == "file" else rows[0]), tmp_path, schema)  # fmt: skip
    assert report.valid is good, said(report)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-2, 2) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(JSON, max_size=4), st.booleans(), st.sampled_from([None, 1]))
def test_a_scan_finds_what_the_decoder_finds(values: list[Any], ascii_: bool, indent: int | None) -> None:
    whole = json.dumps({"x": [0], "a": {"b": values}}, ensure_ascii=ascii_, indent=indent)
    scan = Scan(whole, Decoder(exact=False), ["a"], "b")
    found = list(scan.items())
    assert [value for _, value in found] == values
    assert scan.state == "list"
    for at, value in found:
        assert json.JSONDecoder().raw_decode(whole, at)[0] == value
        if isinstance(value, (list, dict)):
            keys = value if isinstance(value, dict) else range(len(value))
            assert [key for key, _ in Scan(whole, Decoder()).cells(at)] == list(keys)


@given(st.binary(max_size=40) | st.text('[]{},:"\\1.eE-nul \n', max_size=20).map(str.encode))
def test_a_scan_refuses_what_the_decoder_refuses(raw: bytes) -> None:
    text = raw.decode("latin-1")
    try:
        good = isinstance(json.loads(text), list)
    except ValueError:
        good = False
    scan = Scan(text, Decoder())
    broken: Broken | None = None
    try:
        list(scan.items())
    except Broken as error:
        broken = error
    assert good is (broken is None and scan.state == "list")
    assert broken is None or 0 <= broken.at <= len(text)


# --- JSON lines -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["books.jsonl", "books.ndjson"])
def test_one_value_a_line(name: str, tmp_path: Path) -> None:
    objects = '{"id": 1, "title": "Salt", "year": 2001}\r\n\r\n{"year": "x", "id": 2}'
    lists = '["id", "title", "year"]\n[1, "Salt", 2001]\n\n[2, "Rain", "x"]\n'
    assert spots(judged(name, objects, tmp_path)) == [("type-error", "year", 3, 3, 10)]
    assert spots(judged(name, lists, tmp_path)) == [("type-error", "year", 3, 4, 13)]


def test_a_broken_line_is_told_and_the_others_are_judged(tmp_path: Path) -> None:
    text = '{"id": 1, "year": "x"}\n{"id": 2, "year": 1\n{"id": 3} {"id": 4}\n[5]\n{"title": 6}\n'
    report = judged("books.jsonl", text, tmp_path)
    assert [(p.code, p.row, p.line) for p in report.problems] == [
        ("type-error", 2, 1),
        ("source-error", 3, 2),
        ("source-error", 4, 3),
        ("source-error", 5, 4),
        ("type-error", 6, 5),
    ]


def test_bytes_that_are_no_text_in_a_line(tmp_path: Path) -> None:
    raw = b'{"id": 1, "title": "\xff", "year": 2001}\n{"id": 2, "title": "\xc3\xa9", "year": "x"}'
    assert places(judged("books.jsonl", raw, tmp_path)) == [
        ("encoding-error", "title", 2, 1),
        ("type-error", "year", 3, 2),
    ]


def test_json_under_the_name_of_json_lines_is_told_once(tmp_path: Path) -> None:
    [found] = judged("books.jsonl", OBJECTS, tmp_path).problems
    assert found.code == "source-error" and "format: json" in found.message


def test_the_keys_of_all_lines_are_the_columns(tmp_path: Path) -> None:
    files = make.one_file(
        "a.jsonl", b'{"b": 1}\n{"a": 2, "c": 3}\n{"b": 4}', {"fields": [{"name": "a"}, {"name": "b"}]}
    )
    table = opened(files, tmp_path)
    assert table.labels == ["a", "b", "c"]
    assert read(table) == [[None, "1", None], ["2", None, "3"], [None, "4", None]]
    assert table.reader.records([3]) == {3: ["2", "", "3"]}
    assert {n: (p.line, p.cells) for n, p in table.reader.places([3, 4]).items()} == {
        3: (2, [(2, 7), (2, 1), (2, 15)]),
        4: (3, [(3, 1), (3, 7), (3, 1)]),
    }


# --- data in the descriptor -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lists", [True, False])
def test_a_value_in_the_descriptor_has_its_line_there(lists: bool, tmp_path: Path) -> None:
    rows = [HEADER, [1, "Salt", 2001], [2, "Rain", "x"]]
    data = rows if lists else [dict(zip(HEADER, row, strict=True)) for row in rows[1:]]
    files = make.one_table(b"", path=None, data=data)
    [found] = judge(files, tmp_path).problems
    text = files["datapackage.json"].decode().split("\n")
    assert (found.code, found.row, found.path) == ("type-error", 3, "datapackage.json")
    assert text[found.line - 1][found.column - 1 :] == '"x"'  # type: ignore[operator]


def test_text_of_json_in_the_descriptor(tmp_path: Path) -> None:
    bad = OBJECTS.replace("2014", '"x"')
    assert [p.row for p in judge(make.one_table(b"", path=None, data=bad, format="json"), tmp_path).problems] == [
        None,
        3,
    ]
    lines = '{"id": 1}\n{"id": "x"}'
    report = judge(make.one_table(b"", typed(id="integer"), path=None, data=lines, format="jsonl"), tmp_path)
    assert [(p.code, p.row) for p in report.problems] == [("resource-error", None), ("type-error", 3)]


# --- beside frictionless ----------------------------------------------------------------------------------------------

Found = Counter[tuple[str, str | None, int | None]]
BESIDE: Rows = [
    HEADER,
    [1, "Salt", 2001],
    [2.5, "Rain", 2014],
    ["x", None, None],
    [4, 7, "now"],
    [5, "A title of many more letters than twenty", 2001],
    [True, "Wind", 1999],
]


def theirs(folder: Path) -> Found:
    """What frictionless finds: code, field and row of each fault."""
    found: Found = Counter()
    for task in Package(str(folder / "datapackage.json")).validate().tasks:
        for error in task.errors:
            found[error.type, getattr(error, "field_name", None), getattr(error, "row_number", None)] += 1
    return found


def keyed(rows: Rows) -> list[dict[str, Any]]:
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("t.json", lambda rows: json.dumps(rows).encode()),
        ("t.json", lambda rows: json.dumps(keyed(rows)).encode()),
        ("t.jsonl", lambda rows: "\n".join(map(json.dumps, rows)).encode()),
        ("t.jsonl", lambda rows: "\n".join(map(json.dumps, keyed(rows))).encode()),
        ("t.xlsx", xlsx),
        ("t.xls", xls),
        ("t.csv.gz", lambda rows: gzip.compress(make.ROWS.replace("2014", "x").encode())),
        ("t.csv.zip", lambda rows: zipped(**{"t.csv": make.ROWS.replace("2014", "x").encode()})),
    ],
    ids=["json lists", "json objects", "jsonl lists", "jsonl objects", "xlsx", "xls", "gz", "zip"],
)
def test_both_judges_say_the_same(name: str, write: Callable[[Rows], bytes], tmp_path: Path) -> None:
    folder = make.write(make.one_file(name, write(BESIDE)), tmp_path)
    assert Counter((p.code, p.field, p.row) for p in validate(folder).problems) == theirs(folder)


@pytest.mark.filterwarnings("ignore")
def test_both_judges_read_dates_of_a_sheet_alike(tmp_path: Path) -> None:
    kinds = ["date", "datetime", "time", "string", "integer", "boolean", "any"]
    moments = [date(2020, 1, 2), MOMENT, "2020-01-02", 5, True, None]
    schema = typed(**dict.fromkeys(["key"], "any"), **{kind: kind for kind in kinds})
    rows: Rows = [["key", *kinds], *(["k", *([value] * len(kinds))] for value in moments)]
    folder = make.write(make.one_file("t.xlsx", xlsx(rows), schema), tmp_path)
    assert Counter((p.code, p.field, p.row) for p in validate(folder).problems) == theirs(folder)


# Where the two differ, and why ours is meant.
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("name", "raw", "ours", "other"),
    [
        # the keys of the first object are all the columns
        ("t.json", b'[{"id": 1, "title": "a", "year": 2000}, {"id": 2, "shelf": "x"}]', {"extra-label"}, set()),
        ("t.json", b'[{"id": 1, "title": "a"}, {"id": 2, "year": 2000}]', set(), {"missing-label"}),
        # keys have an order
        ("t.json", b'[{"id": 1, "year": null, "title": null}]', set(), {"incorrect-label"}),
        # reading ends at the first record of another kind
        ("t.json", b'[["id", "title", "year"], 5, [1, "a", "x"]]', {"source-error", "type-error"}, {"source-error"}),
        # a year has four digits
        ("t.json", b'[["id", "title", "year"], [1, "a", 20]]', {"type-error"}, set()),
        # a key that stands twice
        ("t.json", b'[{"id": 1, "id": 2, "title": "a", "year": 2000}]', {"source-error"}, set()),
    ],
)
def test_where_the_judges_differ(name: str, raw: bytes, ours: set[str], other: set[str], tmp_path: Path) -> None:
    folder = make.write(make.one_file(name, raw), tmp_path)
    assert {p.code for p in validate(folder).problems} == ours
    assert {code for code, _, _ in theirs(folder)} == other


def test_a_reader_may_be_read_again(tmp_path: Path) -> None:
    for n, (name, raw) in enumerate(
        [("t.json", json.dumps(BESIDE).encode()), ("t.jsonl", b'{"id": 1}\n{\n{"id": 2}'), ("t.xlsx", xlsx(BESIDE))]
    ):
        table = opened(make.one_file(name, raw), tmp_path / str(n))
        first = [chunk.cells for chunk in table.reader.chunks(table.width, [])]
        again = [chunk.cells for chunk in table.reader.chunks(table.width, [])]
        assert pl.concat(first).equals(pl.concat(again)) and pl.concat(first).height > 1


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_mark_says_the_encoding_where_nobody_else_does(tmp_path: Path, encoding: str) -> None:
    raw = "\ufeffid,title,year\n1,Sält,x\n".encode(encoding)
    assert places(judge(make.one_table(raw), tmp_path)) == [("type-error", "year", 2, 2)]
    stated = judge(make.one_table(raw, encoding="utf-8"), tmp_path)
    assert "encoding-error" in stated.counts
