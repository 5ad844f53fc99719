"""The validator, within the tables: cells and keys, what is very long, and what the report says of it all."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from judging import GOOD, judge, one, places
from newspkg.report import Findings
from newspkg.validate import validate
from packages import make

# --- cells -----------------------------------------------------------------------------------------------------------

GOOD_BAD: list[tuple[dict[str, Any], list[str], list[str]]] = [
    ({"type": "string"}, ["a", " ", "\u00e9"], []),
    ({"type": "string", "format": "email"}, ["a@b.org", "a.b+c@d"], ["a", "a@", "@b", "a b@c.org"]),
    ({"type": "string", "format": "uri"}, ["https://a.org/b?c#d", "urn:x:y"], ["a", "//a.org", "http://a b", "http://[a"]),
    ({"type": "string", "format": "uuid"}, ["123e4567-e89b-12d3-a456-426614174000"], ["123e4567e89b12d3a456426614174000"]),
    ({"type": "string", "format": "binary"}, ["aGk=", "aGkh"], ["a", "!!!!", "aGk"]),
    ({"type": "integer"}, ["1", "-1", "+1", "007", "9" * 40], ["1.0", "1e3", " 1", "1_0", "\u0661", "a", "--1", "1" * 5000]),
    ({"type": "integer", "groupChar": ","}, ["1,000", "10"], ["1.000"]),
    ({"type": "integer", "bareNumber": False}, ["95%", "\u20ac95", "95", "-95%"], ["%", "9a5"]),
    ({"type": "number"}, ["1", "1.5", "-.5", "5.", "1e3", "1E-3", "NaN", "INF", "-INF", "nan", "-inf"], ["Infinity", "+INF", "1,5", "1_0", "e3", "."]),
    ({"type": "number", "decimalChar": ",", "groupChar": "."}, ["1.000,5", "1,5"], ["1,5,5"]),
    ({"type": "boolean"}, ["true", "True", "TRUE", "1", "false", "0"], ["yes", "t", "2", "tRUE"]),
    ({"type": "boolean", "trueValues": ["ja"], "falseValues": ["nein"]}, ["ja", "nein"], ["true", "1"]),
    ({"type": "date"}, ["2020-02-29", "0001-01-01", "9999-12-31"], ["2019-02-29", "2020-1-1", "20200101", " 2020-01-01", "+2020-01-01", "20-01-01"]),
    ({"type": "date", "format": "%d.%m.%Y"}, ["29.02.2020"], ["2020-02-29"]),
    ({"type": "time"}, ["12:00:00", "23:59:59"], ["24:00:00", "12:00", "12:00:00Z", "1:00:00"]),
    ({"type": "time", "format": "%H:%M"}, ["12:00"], ["12:00:00"]),
    ({"type": "datetime"}, ["2020-01-01T00:00:00Z", "2020-01-01T00:00:00", "2020-01-01T00:00:00.25+04:00", "2020-01-01T24:00:00Z"], ["2020-01-01 00:00:00", "2020-01-01", "2020-01-01T24:00:01Z", "2020-01-01T23:59:60Z", "0001-01-01T00:00:00+04:00"]),
    ({"type": "year"}, ["2020", "-0044", "0001", "12020", "2020Z", "2020+02:00"], ["20", "020200", "2020.0", "0000"]),
    ({"type": "yearmonth"}, ["2020-01", "-0044-12"], ["2020-13", "2020-1", "2020"]),
    ({"type": "duration"}, ["P1Y", "PT1.5S", "-P1M2DT3H", "P" + "9" * 30 + "Y"], ["P", "PT", "1Y", "P1S", "P1Y2", "P2W"]),
    ({"type": "array"}, ["[]", '["a", 1]', '["\\ud800"]'], ["{}", "a", "[1", "[NaN]", "[" * 5000]),
    ({"type": "object"}, ["{}", '{"a": [1]}'], ["[]", "null", "a"]),
    ({"type": "list"}, ["a,b", "a"], []),
    ({"type": "list", "itemType": "integer", "delimiter": ";"}, ["1;2", "1"], ["1,2", "1;", "a"]),
    ({"type": "any"}, ["x", "1"], []),
    ({"type": "geopoint"}, ["44.5, 40.2", "-180,90"], ["44.5", "181,0", "0,91", "a,b", "1,2,3"]),
    ({"type": "geopoint", "format": "array"}, ["[44.5, 40.2]"], ["44.5,40.2", "[1]"]),
    ({"type": "geopoint", "format": "object"}, ['{"lon": 44.5, "lat": 40.2}'], ['{"lon": 44.5}', "[1,2]"]),
    ({"type": "geojson"}, ['{"type": "Point", "coordinates": [1, 2]}', '{"type": "Feature", "geometry": null, "properties": {}}'], ["{}", '{"type": "Circle"}', '{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]}', '{"type": "Feature", "geometry": {"type": "Feature", "geometry": null}}']),
    ({"type": "geojson", "format": "topojson"}, ['{"type": "Topology", "objects": {}, "arcs": []}'], ['{"type": "Point", "coordinates": [1, 2]}', '{"type": "Topology"}']),
]  # fmt: skip


def column(cells: list[str]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([["v"], *([c] for c in cells)])
    return text.getvalue()


@pytest.mark.parametrize(
    ("field", "good", "bad"), GOOD_BAD, ids=lambda v: json.dumps(v)[:40] if isinstance(v, dict) else ""
)
def test_types(tmp_path: Path, field: dict[str, Any], good: list[str], bad: list[str]) -> None:
    report = one(column([*good, *bad]), [{"name": "v", **field}], tmp_path)
    assert [p.value for p in report.problems if p.code == "type-error"] == [
        b if len(b) <= 200 else f"{b[:200]}…" for b in bad
    ]
    assert report.counts == ({"type-error": len(bad)} if bad else {})
    assert report.unchecked == []


@pytest.mark.parametrize(
    ("kind", "constraint", "good", "bad"),
    [
        ("string", {"minLength": 4}, ["café", "four "], ["caf\u00e9"[:3], "a"]),
        ("string", {"maxLength": 4}, ["café", "ÆØÅæ"], ["cafés"]),
        ("string", {"pattern": "a|b"}, ["a", "b"], ["ab", "a\n", "xb"]),
        ("string", {"pattern": "\\p{L}+"}, ["é"], ["1"]),  # no engine but polars' reads it
        ("string", {"enum": list("abcdefghijk")}, ["a", "k"], ["l", "A"]),
        ("string", {"enum": ["1"]}, ["1"], ["01"]),
        ("integer", {"enum": [1, "2"]}, ["1", "01", "2"], ["3"]),
        ("number", {"enum": [0.1]}, ["0.1", "0.10"], ["0.2"]),
        ("integer", {"minimum": 0, "maximum": 9}, ["0", "9", "+9"], ["-1", "10", "9" * 30]),
        ("integer", {"minimum": "5"}, ["5"], ["4"]),
        ("integer", {"exclusiveMinimum": 0, "exclusiveMaximum": 2}, ["1"], ["0", "2"]),
        ("number", {"minimum": 0.1}, ["0.1", "0.10000000000000000001", "INF"], ["0.09999999999999999999", "NaN"]),
        ("number", {"exclusiveMaximum": 1}, ["0.99999999999999999999"], ["1.0", "1"]),
        (
            "number",
            {"exclusiveMinimum": 0, "maximum": 9},
            [f"1E-{10**25}", f"1{'0' * 30}E-30"],
            [f"0E{10**25}", f"-1E-{10**25}", f"1E{10**25}", f"1e+{10**25}"],
        ),
        ("date", {"minimum": "2020-01-01"}, ["2020-01-01"], ["2019-12-31"]),
        (
            "datetime",
            {"maximum": "2020-01-01T00:00:00Z"},
            ["2020-01-01T00:00:00Z", "2020-01-01T03:00:00+04:00"],
            ["2020-01-01T00:00:01"],
        ),
        ("year", {"maximum": 2020}, ["2020"], ["2021"]),
        ("yearmonth", {"minimum": "2020-02"}, ["2020-02"], ["2020-01"]),
        ("time", {"minimum": "12:00:00"}, ["12:00:00"], ["11:59:59"]),
        ("duration", {"minimum": "P1M"}, ["P1M", "P31D", "P1Y"], ["P27D", "PT1S"]),
        ("array", {"minLength": 1}, ["[1]"], ["[]"]),
        ("array", {"enum": [[1], [2]]}, ["[1]", "[ 2 ]"], ["[3]"]),
        ("object", {"maxLength": 1}, ['{"a": 1}'], ['{"a": 1, "b": 2}']),
        ("list", {"maxLength": 2}, ["a,b"], ["a,b,c"]),
    ],
)
def test_constraints(tmp_path: Path, kind: str, constraint: dict[str, Any], good: list[str], bad: list[str]) -> None:
    field = {"name": "v", "type": kind, "constraints": constraint}
    report = one(column([*good, *bad]), [field], tmp_path)
    assert [p.value for p in report.problems] == bad
    assert set(report.counts) == {"constraint-error"}
    assert report.unchecked == []


def test_each_constraint_that_is_broken_is_told(tmp_path: Path) -> None:
    field = {"name": "v", "type": "string", "constraints": {"minLength": 3, "pattern": "[a-z]+", "enum": ["abc"]}}
    report = one("v\nA\n", [field], tmp_path)
    assert report.counts == {"constraint-error": 3}
    assert {w for p in report.problems for w in ("minLength", "pattern", "enum") if w in p.message} == {
        "minLength",
        "pattern",
        "enum",
    }


def test_categories_are_a_vocabulary(tmp_path: Path) -> None:
    field = {"name": "v", "type": "string", "categories": [{"value": "a", "label": "A"}, {"value": "b"}]}
    assert places(one("v\na\nb\nc\n", [field], tmp_path)) == [("constraint-error", "v", 4, 4)]


def test_missing_values_of_a_field_go_before_those_of_the_schema(tmp_path: Path) -> None:
    fields = [{"name": "n", "type": "integer", "missingValues": ["-"]}, {"name": "m", "type": "integer"}, {"name": "k"}]
    report = one(
        "n,m,k\n-,NA,1\nNA,-,2\n", fields, tmp_path, schema={"missingValues": [{"value": "NA", "label": "not asked"}]}
    )
    assert [(p.field, p.value) for p in report.problems] == [("n", "NA"), ("m", "-")]


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ({"type": "integer", "constraints": {"minimum": "abc"}}, "schema-constraint"),
        ({"type": "integer", "constraints": {"enum": [1, "x"]}}, "schema-constraint"),
        ({"type": "boolean", "constraints": {"minimum": 1}}, "schema-constraint"),
        ({"type": "date", "constraints": {"maximum": 5}}, "schema-constraint"),
        ({"type": "integer", "categories": ["a"]}, "field-error"),
        ({"type": "string", "constraints": {"pattern": "a)(b"}}, "schema-pattern"),
        ({"type": "string", "constraints": {"pattern": "["}}, "schema-pattern"),
    ],
)
def test_a_constraint_that_could_never_be_met_is_a_fault_of_the_schema(
    tmp_path: Path, field: dict[str, Any], code: str
) -> None:
    report = one("v\n\n", [{"name": "v", **field}], tmp_path)
    assert {c for c in report.counts if c != "blank-row"} == {code}
    assert next(p for p in report.problems if p.code == code).field is not None


@pytest.mark.parametrize("field", [{"type": "string", "format": "wkt"}, {"type": "integer", "format": "hex"}])
def test_by_a_format_that_is_none_no_cell_is_judged(tmp_path: Path, field: dict[str, Any]) -> None:
    report = one("v\n[1]\n", [{"name": "v", **field}], tmp_path)
    assert [(p.code, p.field) for p in report.problems] == [("field-error", "/resources/0/schema/fields/0/format")]
    assert [(u.what, u.resource) for u in report.unchecked] == [("v", "books")]


# --- keys ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ("1,a\n2,a\n", []),
        ("1,a\n01,a\n", [("primary-key", 3)]),
        ("1,a\n1,a\n1,a\n", [("primary-key", 3), ("primary-key", 4)]),
        ("1,\n1,\n", [("primary-key", 2), ("primary-key", 3)]),
        (",a\n,a\n", [("primary-key", 2), ("primary-key", 3)]),
        ("x,a\nx,a\n", [("type-error", 2), ("type-error", 3)]),
        (f"{'9' * 30},a\n{'9' * 30},b\n", []),
    ],
)
def test_a_primary_key_of_two_fields(tmp_path: Path, rows: str, found: list[tuple[str, int]]) -> None:
    fields = [{"name": "n", "type": "integer"}, {"name": "t"}]
    report = one(f"n,t\n{rows}", fields, tmp_path, schema={"primaryKey": ["n", "t"]})
    assert [(p.code, p.row) for p in report.problems] == found


def test_unique_ignores_what_is_missing(tmp_path: Path) -> None:
    fields = [{"name": "n", "type": "number", "constraints": {"unique": True}}, {"name": "t"}, {"name": "k"}]
    text = "n,t,k\n,a,1\n,b,2\n1,,3\n1.0,,4\nx,c,5\nx,d,6\n2,a,1\n"
    report = one(text, fields, tmp_path, schema={"uniqueKeys": [["t", "k"]]})
    assert [(p.code, p.row) for p in report.problems] == [
        ("unique-error", 5),
        ("type-error", 6),
        ("type-error", 7),
        ("unique-key", 8),
    ]


@pytest.mark.parametrize(
    ("loans", "rows"),
    [
        ("1,1,2001\n2,2,2014\n", []),
        ("1,01,2001\n", []),
        ("1,1,2014\n", [2]),
        ("1,,2014\n2,9,\n3,,\n", []),
        ("1,x,2001\n", []),  # told as a type-error
        ("1,2,2014\n2,3,2001\n", [3]),
    ],
)
def test_a_foreign_key_of_two_fields(tmp_path: Path, loans: str, rows: list[int]) -> None:
    report = judge(make.two_tables(f"loan,book,printed\n{loans}"), tmp_path)
    assert [p.row for p in report.problems if p.code == "foreign-key"] == rows


def test_a_foreign_key_into_its_own_table(tmp_path: Path) -> None:
    schema = {"primaryKey": "id", "foreignKeys": [{"fields": "part_of", "reference": {"resource": "", "fields": "id"}}]}
    report = one("id,part_of\na,\nb,a\nc,A\nd, a\n", [{"name": "id"}, {"name": "part_of"}], tmp_path, schema=schema)
    assert [(p.row, p.value) for p in report.problems] == [(4, "A"), (5, " a")]
    assert all("There is 'a'." in p.message for p in report.problems)


@pytest.mark.parametrize(
    ("books", "reason"),
    [
        (b"", "the table books was not read"),
        (b"id,title\n1,Salt\n", "books has no column year"),
    ],
)
def test_a_fault_of_the_parent_does_not_flood_the_child(tmp_path: Path, books: bytes, reason: str) -> None:
    report = judge({**make.two_tables("loan,book,printed\n1,9,2001\n"), "books.csv": books}, tmp_path)
    assert "foreign-key" not in report.counts
    assert any("foreign key" in u.what and reason in u.reason for u in report.unchecked)


def test_keys_of_different_types_are_never_equal_and_the_message_says_why(tmp_path: Path) -> None:
    files = make.two_tables("loan,book,printed\n1,1,2001\n")
    files["datapackage.json"] = files["datapackage.json"].replace(
        b'"name": "book",\n      "type": "integer"', b'"name": "book",\n      "type": "string"'
    )
    report = judge(files, tmp_path)
    assert report.counts == {"foreign-key": 1}
    assert "string here, integer there" in report.problems[0].message


# --- NUL ----------------------------------------------------------------------------------------------------------


def test_a_nul_in_a_cell_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    text = 'id,title,year\n1,"Sa\nlt",2001\n2,Ra\0in,2014\n3,\0,2015,sur\0plus\nx,Fog,2016\n'
    report = judge(make.one_table(text), tmp_path)
    assert sorted(places(report), key=lambda p: (p[2], p[0], p[1] or "")) == [
        ("encoding-error", "title", 3, 4),
        ("encoding-error", None, 4, 5),
        ("encoding-error", "title", 4, 5),
        ("extra-cell", None, 4, 5),
        ("type-error", "id", 5, 6),
    ]
    assert "values: '\\x00', 'Ra\\x00in'\n" in report.as_text()


@pytest.mark.parametrize(
    ("files", "place"),
    [
        (make.one_table("id,ti\0tle,year\n1,Salt,2001\n"), (None, 1, 1)),
        (make.one_table(path=None, data=[["id", "title", "year"], [1, "Sa\0lt", 2001]]), ("title", 2, 34)),
        (make.one_table("id,title,year\n".encode("utf-16-le")), (None, 1, 1)),
    ],
)
def test_a_nul_anywhere_in_a_table(
    tmp_path: Path, files: dict[str, bytes], place: tuple[str | None, int, int | None]
) -> None:
    report = judge(files, tmp_path)
    assert not report.valid
    assert place in [(p.field, p.row, p.line) for p in report.problems if p.code == "encoding-error"]


def test_a_nul_in_a_table_without_a_schema(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"a,b\n1,x\0\n")
    descriptor = {"name": "p", "resources": [{"name": "a", "path": "a.csv"}]}
    (tmp_path / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    report = validate(tmp_path)
    assert places(report) == [("encoding-error", None, 2, 2)]
    assert "column 2" in report.problems[0].message


# --- what is very long -----------------------------------------------------------------------------------------------

HUGE = 10**400
LONG = "x" * 500


@pytest.mark.parametrize(
    "files",
    [
        make.one_table(bytes=HUGE),
        make.one_table(rows=HUGE),
        make.one_table(bytes=str(HUGE)),
        make.one_table(hash="sha256:" + "0" * 500),
        make.one_table(name=HUGE),
        make.one_table(encoding=LONG),
        make.one_table(dialect={"header": HUGE}),
        make.one_table(package={"newspkg": {"quotedShareCeiling": HUGE}}),
        make.one_table(schema=HUGE),
        make.one_table(f"{LONG},title,year\n1,Salt,2001\n"),
        make.one_table(f"id,title,year,{LONG}\n1,Salt,2001,a\n"),
        make.one_table(f"id,title,year\n{LONG},Salt,2001\n"),
        make.one_table(f"id,title,year\n{'9' * 9000},Salt,2001\n"),
        make.one_table(make.ROWS, make.changed_fields({"type": LONG})),
        make.one_table(make.ROWS, make.changed_fields({"type": "integer", "constraints": {"minimum": LONG}})),
        make.one_table(make.ROWS, make.changed_fields({"constraints": {"minimum": HUGE}})),
        make.one_table(make.ROWS, make.changed_fields({"constraints": {"minLength": HUGE}})),
        make.one_table(make.ROWS, make.changed_fields({"constraints": {"pattern": "[a-z" + LONG}})),
        make.one_table(make.ROWS, make.changed_fields({"constraints": {"pattern": LONG}})),
        make.one_table(make.ROWS.replace("Salt", "1"), make.changed_fields({"type": "number", "constraints": {"minimum": HUGE}})),
        make.one_table("id,title,year\n1,2,2001\n", make.changed_fields({"type": "integer", "constraints": {"minimum": HUGE}})),
        make.one_table("id,title,year\n1,2,2001\n", make.changed_fields({"type": "integer", "constraints": {"enum": [HUGE]}})),
        make.one_table(make.ROWS, make.changed_fields(primaryKey=[LONG])),
        make.one_table(make.ROWS, make.changed_fields(foreignKeys=[{"fields": "id", "reference": {"resource": LONG, "fields": "i"}}])),
        {"datapackage.json": b'{"bytes": ' + b"9" * 5000 + b"}"},
        {"datapackage.json": f'{{"{LONG}": 1, "{LONG}": 2}}'.encode()},
        make.one_table(b"[[" + b"9" * 5000 + b"]]", path="books.csv", format="json"),
        make.one_table(b"[" * 100_000, format="json"),
    ],
)  # fmt: skip
def test_no_message_is_flooded_by_a_value_or_speaks_of_python(tmp_path: Path, files: dict[str, bytes]) -> None:
    report = judge(files, tmp_path)
    assert report.problems
    for found in report.problems:
        assert "set_int_max" not in found.message
        assert "recursion" not in found.message
        assert not any(run in found.message for run in ("x" * 61, "9" * 61, "0" * 61)), found.message
        assert len(found.message) < 320
        assert len(found.value or "") <= 201
    assert all(len(line) < 420 for line in report.as_text().splitlines())


# --- the report ------------------------------------------------------------------------------------------------------


def test_a_ragged_record_is_one_line_for_a_person_and_every_cell_for_a_machine(tmp_path: Path) -> None:
    fields = [{"name": name} for name in "abcdefgh"]
    report = one("a,b,c,d,e,f,g,h\n1,2,3,4,5,6,7,8,9,10,11,12\n1\n1,2,3,4,5,6,7\n", fields, tmp_path)
    assert report.counts == {"extra-cell": 4, "missing-cell": 8}
    assert len(report.as_json()["problems"]) == 12
    lines = [line for line in report.as_text().splitlines() if line.startswith("  books.csv")]
    assert lines == [
        "  books.csv:2:17: extra-cell: the record has 12 cells, not 8: 4 surplus cells.",
        "  books.csv:3:1: missing-cell: the record has 1 cell, not 8: 7 missing cells.",
        "  books.csv:4:1: missing-cell field=h: the record has 7 cells, not 8: 1 missing cell; h is missing.",
    ]
    assert "  1 more record with missing-cell here; --format json lists them." in report.as_text(limit=1).splitlines()


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"datapackage.json": b"{"}, "package-error"),
        ({"datapackage.json": b'{"name": "\xff"}'}, "package-error"),
        ({**make.one_table(make.ROWS, "schema.json"), "schema.json": b"{"}, "schema-error"),
    ],
)
def test_the_hint_fits_what_is_no_json(tmp_path: Path, files: dict[str, bytes], code: str) -> None:
    report = judge(files, tmp_path)
    assert set(report.counts) == {code}
    assert "at the line" in report.as_text()
    assert "JSON pointer" not in report.as_text()


def test_counts_are_exact_and_samples_are_few(tmp_path: Path) -> None:
    rows = "".join(f"x,{n % 7}\n" for n in range(60_000))
    report = one(
        "n,m\n" + rows,
        [{"name": "n", "type": "integer"}, {"name": "m", "type": "integer", "constraints": {"maximum": 5}}],
        tmp_path,
    )
    assert report.counts == {"constraint-error": 60_000 // 7, "type-error": 60_000}
    kept = [p.field for p in report.problems]
    assert (kept.count("n"), kept.count("m")) == (1000, 1000)
    assert len(json.dumps(report.as_json())) < 600_000


def test_json_has_its_shape(tmp_path: Path) -> None:
    report = judge(make.broken("type-error"), tmp_path).as_json()
    assert list(report) == ["valid", "problems", "counts", "unchecked", "findings", "stats"]
    (found,) = report["problems"]
    known = {
        "code": "type-error",
        "severity": "error",
        "resource": "books",
        "field": "id",
        "row": 3,
        "line": 4,
        "value": "2b",
        "path": "books.csv",
        "message": "id is not a value of type integer.",
    }
    assert found.keys() == known.keys() | {"column", "position", "row_group", "rule", "id"}
    assert {key: found[key] for key in known} == known
    assert found["id"].startswith(report["findings"][0]["id"])
    assert (report["valid"], report["counts"], report["unchecked"]) == (False, {"type-error": 1}, [])
    assert (report["stats"]["tables"], report["stats"]["rows"]) == (1, 2)


def test_text_has_counts_places_hints_what_was_left_and_last_the_verdict(tmp_path: Path) -> None:
    files = make.one_table('id,title,year\n1,"Salt\nand Sea",2001\n2b,Rain,2014\n3c,Fog,2015\n', hash="crc32:00")
    lines = judge(files, tmp_path).as_text(limit=1).splitlines()
    place = lines.pop(3)
    assert re.fullmatch(
        r"  books\.csv:4(:1)?: type-error field=id \(2 times\): id is not a value of type integer\.", place
    )
    assert lines == [
        "2  type-error: A cell that is no value of its type",
        "",
        "books.csv",
        "      values: '2b', '3c'",
        "      lines: 4-5",
        "      hint: Correct the cell, or the type and format of its field.",
        "",
        "Not checked:",
        "  books: its hash: the algorithm crc32 is not known here",
        "",
        "invalid: 1 table, 3 rows; 2 problems; 1 not checked",
    ]


def test_text_of_a_good_package_is_the_verdict() -> None:
    assert validate(GOOD, texts=[GOOD / "texts"]).as_text() == "valid: 13 tables, 48 rows; no problems"


def test_a_value_cannot_break_its_line(tmp_path: Path) -> None:
    text = one('v\n"a\nb\x1b[31m' + "c" * 500 + '"\n', [{"name": "v", "type": "integer"}], tmp_path).as_text()
    shown = next(line for line in text.splitlines() if "value=" in line)
    assert "\x1b" not in text
    assert len(shown) < 250
    assert "a\\nb" in shown


def test_the_order_of_problems_is_that_of_the_package(tmp_path: Path) -> None:
    files = make.two_tables("loan,book,printed\n1,9,2001\nx,1,2001\n", "id,title,year\nx,Salt,2001\n1,Rain,2001\n")
    assert [(p.resource, p.row, p.code) for p in judge(files, tmp_path).problems] == [
        ("books", 2, "type-error"),
        ("loans", 2, "foreign-key"),
        ("loans", 3, "type-error"),
    ]


def test_more_than_is_kept_is_not_even_made() -> None:
    from newspkg.problems import Problem, problem

    findings = Findings(samples=2)
    made: list[int] = []

    def source() -> Any:
        for n in range(100):
            made.append(n)
            yield problem("blank-row", "x.", resource="a")

    like: Problem = problem("blank-row", "x.", resource="a")
    findings.add_many(100, source(), like)
    report = findings.report()
    assert (report.counts, len(report.problems)) == ({"blank-row": 100}, 2)
    assert len(made) <= 3
