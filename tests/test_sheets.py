"""Tables in spreadsheets."""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from formats import HEADER, MOMENT, Rows, judged, ods, opened, read, said, spots, typed, xls, xlsx
from judging import judge, places
from newspkg.validate import sheets
from newspkg.validate.sheetxml import survey
from packages import make

MIDNIGHT = datetime.fromisoformat("2020-01-02")
WRITERS: dict[str, Callable[[Rows], bytes]] = {"xlsx": xlsx, "xls": xls, "ods": ods}
every_format = pytest.mark.parametrize("ending", list(WRITERS))


@every_format
def test_a_spreadsheet_is_read(ending: str, tmp_path: Path) -> None:
    good = WRITERS[ending]([HEADER, [1, "Salt", 2001], [2, None, 2014]])
    bad = WRITERS[ending]([HEADER, [1, "Salt", 2001], [2.5, 7, "x"], [True, "a" * 21, None]])
    assert judged(f"books.{ending}", good, tmp_path, rows=2).problems == []
    assert spots(judged(f"books.{ending}", bad, tmp_path)) == [
        ("type-error", "id", 3, 3, 1),
        ("type-error", "title", 3, 3, 2),
        ("type-error", "year", 3, 3, 3),
        ("type-error", "id", 4, 4, 1),
        ("constraint-error", "title", 4, 4, 2),
    ]


@every_format
def test_dates_fit_fields_of_dates_and_moments_and_no_others(ending: str, tmp_path: Path) -> None:
    schema = typed(d="date", m="datetime", t="time", s="string", y={"type": "date", "format": "%d.%m.%Y"})
    day, moment, clock = date(2020, 1, 2), MOMENT, time(3, 4, 5)
    names = ["d", "m", "t", "s", "y"]
    rows = [names, [day, moment, clock, "x", day], [MIDNIGHT, day, None, "x", None]]
    table = opened(make.one_file(f"t.{ending}", WRITERS[ending](rows), schema), tmp_path / "r")
    assert table.labels == names
    assert read(table) == [
        ["2020-01-02", "2020-01-02T03:04:05", "03:04:05", "x", "02.01.2020"],
        ["2020-01-02", "2020-01-02T00:00:00", None, "x", None],
    ]
    assert judged(f"t.{ending}", WRITERS[ending](rows), tmp_path, schema).problems == []
    odd = [names, [moment, clock, day, day, 5], ["2020-01-02", "2020-01-02T03:04:05Z", "03:04:05", moment, None]]
    assert [
        (p.code, p.field, p.row) for p in judged(f"t.{ending}", WRITERS[ending](odd), tmp_path, schema).problems
    ] == [
        *(("type-error", name, 2) for name in names),
        ("type-error", "s", 3),
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (timedelta(hours=30), "P1DT21600S"),
        (timedelta(), "P0D"),
        (-timedelta(days=1), "-P1D"),
        (timedelta(milliseconds=1500), "PT1.5S"),
    ],
)
def test_a_span_of_time_is_a_duration(value: timedelta, text: str, tmp_path: Path) -> None:
    assert sheets.moment(value, None) == (text, text)
    if value > timedelta():
        raw = xlsx([["s"], [value]])
        assert judged("t.xlsx", raw, tmp_path, typed(s="duration")).problems == []


@pytest.mark.parametrize("ending", ["xlsx", "ods"])
def test_an_error_in_a_cell_is_no_empty_cell(ending: str, tmp_path: Path) -> None:
    rows = [HEADER, [1, "Salt", 2001], ["#N/A", None, 2001], [None, None, "#DIV/0!"]]

    def errors(sheet: Any) -> None:
        for row in sheet.iter_rows():
            for cell in row:
                if str(cell.value).startswith("#"):
                    cell.data_type = "e"

    raw = xlsx(rows, errors) if ending == "xlsx" else ods(rows)
    report = judged(f"books.{ending}", raw, tmp_path)
    assert [(p.field, p.row, p.value) for p in report.problems] == [("id", 3, "#N/A"), ("year", 4, "#DIV/0!")]
    missing = {**make.BOOKS, "missingValues": ["", "#N/A", "#DIV/0!"]}
    assert judged(f"books.{ending}", raw, tmp_path, missing).problems == []


def test_an_error_on_a_later_sheet_of_an_open_document(tmp_path: Path) -> None:
    cells = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{name}</text:p></table:table-cell>' for name in HEADER
    )
    wrong = '<table:table-cell office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>Err:&lt;</text:p></table:table-cell>'
    tail = (
        '<table:table-row table:number-rows-repeated="5"><table:table-cell/></table:table-row><table:table-row/></table:table>'
        f'<table:table table:name="A &amp; B"><table:table-column/><table:table-row>{cells}</table:table-row>'
        f'<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="2"/>{wrong}</table:table-row>'
    )
    report = judged("books.ods", ods([HEADER, ["#N/A"]], tail), tmp_path, dialect={"sheetName": "A & B"})
    assert [(p.field, p.row, p.value) for p in report.problems] == [("year", 2, "Err:<"), ("year", 3, "Err:<")]


def test_of_an_xls_it_is_said_that_errors_are_not_seen(tmp_path: Path) -> None:
    report = judged("books.xls", xls([HEADER, [1, "Salt", 2001]]), tmp_path)
    assert [u.what for u in report.unchecked] == ["errors in cells"]


@every_format
def test_a_sheet_ends_with_its_last_value(ending: str, tmp_path: Path) -> None:
    rows: Rows = [HEADER, [1, "Salt", 2001], [None, None, None], [2, "Rain", 2014], [None], [None, None, None, None]]
    assert places(judged(f"books.{ending}", WRITERS[ending](rows), tmp_path, rows=3)) == [("blank-row", None, 3, 3)]


def test_cells_that_only_look_like_something_are_none(tmp_path: Path) -> None:
    def dress(sheet: Any) -> None:
        for place in ("F1", "A9", "H9"):
            sheet[place].font = openpyxl.styles.Font(bold=True)

    assert judged("books.xlsx", xlsx([HEADER, [1, "Salt", 2001]], dress), tmp_path, rows=1).problems == []


def test_rows_that_an_open_document_repeats_to_the_end_are_none(tmp_path: Path) -> None:
    tail = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    assert judged("books.ods", ods([HEADER, [1, "Salt", 2001]], tail), tmp_path, rows=1).problems == []


def test_a_value_beside_the_table_is_a_surplus_cell(tmp_path: Path) -> None:
    def note(sheet: Any) -> None:
        sheet["D2"] = "see below"

    report = judged("books.xlsx", xlsx([HEADER, [1, "Salt", 2001]], note), tmp_path)
    assert spots(report) == [("extra-cell", None, 2, 2, 4)]


@every_format
def test_a_table_that_begins_further_down_is_told_once_and_judged(ending: str, tmp_path: Path) -> None:
    rows: Rows = [[None], [None], HEADER, [1, "Salt", "x"]]
    report = judged(f"books.{ending}", WRITERS[ending](rows), tmp_path)
    assert spots(report) == [("blank-header", None, 1, 1, None), ("type-error", "year", 4, 4, 3)]
    said_so = judged(f"books.{ending}", WRITERS[ending](rows), tmp_path, dialect={"headerRows": [3]})
    assert spots(said_so) == [("type-error", "year", 4, 4, 3)]


@every_format
def test_a_table_that_begins_further_right_lacks_labels(ending: str, tmp_path: Path) -> None:
    rows: Rows = [[None, *HEADER], [None, 1, "Salt", "x"]]
    report = judged(f"books.{ending}", WRITERS[ending](rows), tmp_path)
    assert spots(report) == [("blank-label", None, 1, 1, 1), ("type-error", "year", 2, 2, 4)]


@every_format
def test_header_rows_and_comments(ending: str, tmp_path: Path) -> None:
    rows: Rows = [["my", None, "our"], HEADER, ["# none", 1], [1, "Salt", "x"], ["not this", "one"], [2, "Rain", 2014]]
    schema = typed(**{"my id": "integer", "title": "string", "our year": "year"})
    dialect = {"headerRows": [1, 2], "commentChar": "#", "commentRows": [5]}
    report = judged(f"books.{ending}", WRITERS[ending](rows), tmp_path, schema, dialect=dialect)
    assert spots(report) == [("type-error", "our year", 4, 4, 3)]


@every_format
def test_a_sheet_without_a_header(ending: str, tmp_path: Path) -> None:
    raw = WRITERS[ending]([[1, "Salt", 2001], [2, "Rain", "x"]])
    assert places(judged(f"books.{ending}", raw, tmp_path, dialect={"header": False})) == [("type-error", "year", 2, 2)]


@pytest.mark.parametrize(
    ("dialect", "found"),
    [
        ({}, []),
        ({"sheetNumber": 1}, []),
        ({"sheetNumber": 2}, [("type-error", 2)]),
        ({"sheetName": "T"}, [("type-error", 2)]),
        ({"sheetName": "S", "sheetNumber": 2}, []),
        ({"sheetName": "s"}, [("source-error", None)]),
        ({"sheetNumber": 4}, [("source-error", None)]),
        ({"sheetName": "Empty"}, [("source-error", None)]),
    ],
)
def test_the_dialect_says_which_sheet(dialect: dict[str, Any], found: list[Any], tmp_path: Path) -> None:
    raw = xlsx([HEADER, [1, "Salt", 2001]], T=[HEADER, [1, "Salt", "x"]], Empty=[])
    report = judged("books.xlsx", raw, tmp_path, dialect=dialect)
    assert [(p.code, p.row) for p in report.problems] == found
    if dialect.get("sheetName") == "s" or dialect.get("sheetNumber") == 4:
        assert "'S', 'T', 'Empty'" in said(report)[0]


def test_several_workbooks_are_one_table(tmp_path: Path) -> None:
    files = make.one_file("a.xlsx", xlsx([HEADER, [1, "Salt", 2001]]))
    files["datapackage.json"] = files["datapackage.json"].replace(b'"a.xlsx"', b'["a.xlsx", "b.xlsx"]')
    files["b.xlsx"] = xlsx([HEADER, [2, "Rain", 2014], [3, "Wind", "x"]])
    [found] = judge(files, tmp_path).problems
    assert (found.row, found.path, found.line, found.column) == (4, "b.xlsx", 3, 3)
    table = opened(files, tmp_path)
    assert read(table) == [["1", "Salt", "2001"], ["2", "Rain", "2014"], ["3", "Wind", "x"]]
    assert table.reader.records([2]) == {2: ["1", "Salt", "2001"]}
    assert {n: place.line for n, place in table.reader.places([1, 2, 3, 4]).items()} == {1: 1, 2: 2, 3: 2, 4: 3}


@pytest.mark.parametrize(
    ("ending", "raw"),
    [
        ("xlsx", b""),
        ("xlsx", b"id,title,year\n1,Salt,2001\n"),
        ("xlsx", xlsx([HEADER])[:2000]),
        ("xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)),
        ("xls", xls([HEADER])[:1500]),
        ("xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 2000),
        ("ods", b"PK\x03\x04"),
        ("ods", xlsx([HEADER])),
    ],
)
def test_a_damaged_spreadsheet_is_one_error(ending: str, raw: bytes, tmp_path: Path) -> None:
    report = judged(f"books.{ending}", raw, tmp_path)
    assert report.counts == {"source-error": 1}
    if raw.startswith(b"\xd0\xcf") and ending == "xlsx":
        assert "encrypted" in said(report)[0]


def test_an_xls_that_asks_for_memory_nobody_has(tmp_path: Path) -> None:
    raw = bytearray(xls([HEADER, [1, "Salt", 2001]]))
    raw[40:76] = struct.pack("<9I", *[0x7FFFFFFF] * 9)  # how many sectors the parts of the file take
    assert judged("books.xls", bytes(raw), tmp_path).counts == {"source-error": 1}


def test_a_cell_at_the_end_of_the_sheet_is_told_instead_of_filling_the_memory(tmp_path: Path) -> None:
    def far(sheet: Any) -> None:
        sheet["XFD1048576"] = "x"

    raw = xlsx([HEADER, [1, "Salt", 2001]], far)
    [found] = judged("books.xlsx", raw, tmp_path).problems
    assert found.code == "source-error" and "1,048,576" in found.message
    path = tmp_path / "far.xlsx"
    path.write_bytes(raw)
    known = survey(path, "xlsx", "S")
    assert (known.rows, known.columns) == (1048576, 16384)
    tail = '<table:table-row table:number-rows-repeated="1000000"><table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="9000"/></table:table-row>'
    assert judged("books.ods", ods([HEADER], tail), tmp_path).counts == {"source-error": 1}
