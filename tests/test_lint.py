"""What is valid but read otherwise by other programs: warnings, on request, and for packages of the profile always."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from judging import GOOD, ROOT, both_ways
from newspkg.problems import CATALOGUE
from newspkg.report import Report
from newspkg.validate import validate
from newspkg.validate.lint import LINTS
from packages import make

CODES = sorted(code for code in CATALOGUE if code.startswith(LINTS))
FIELDS = [{"name": "id", "type": "integer"}, {"name": "title", "type": "string"}]
ROWS = "id,title\n1,Salt\n2,Rain\n"


def lint(files: dict[str, bytes], tmp_path: Path, **options: Any) -> Report:
    return both_ways(make.write(files, tmp_path), lint=True, **options)


def told(report: Report) -> list[tuple[str, str | None, str | None]]:
    """(code, field, rule) of each finding."""
    return [(one.code, one.field, one.rule) for one in report.findings]


def shelf(rows: str = ROWS, fields: list[dict[str, Any]] | None = None, /, **resource: Any) -> dict[str, bytes]:
    schema = {"fields": FIELDS if fields is None else fields, **resource.pop("schema", {})}
    return make.one_table(rows, schema, **{**make.TABLE, **resource})


def column(cells: list[str], **field: Any) -> dict[str, bytes]:
    """A table whose second column is this one."""
    rows = "".join(f'{n},"{cell}"\n' for n, cell in enumerate(cells))
    return shelf("id,more\n" + rows, [FIELDS[0], {"name": "more", **field}])


# --- when ------------------------------------------------------------------------------------------------------------


def test_nothing_is_said_of_other_peoples_packages_unless_it_is_asked_for(tmp_path: Path) -> None:
    files = column(["a;b"], type="list", delimiter=";")
    assert both_ways(make.write(files, tmp_path)).counts == {}
    report = lint(files, tmp_path)
    assert told(report) == [("lint-type", "more", "type")]
    assert report.valid and report.warnings == 1


def test_a_package_of_the_profile_is_always_looked_at(tmp_path: Path) -> None:
    files = make.LINT["lint-time-zone"]
    assert both_ways(make.write(files, tmp_path)).counts == {"lint-time-zone": 1}


def test_a_plain_table_has_nothing(tmp_path: Path) -> None:
    assert told(lint(shelf(), tmp_path)) == []


def test_this_dataset_keeps_to_the_safe_subset() -> None:
    for package in (ROOT, GOOD):
        assert validate(package, lint=True).counts == {}


@pytest.mark.parametrize("code", CODES)
def test_every_rule_is_a_warning_with_a_package_of_its_own(code: str) -> None:
    assert CATALOGUE[code].severity == "warning"
    assert code in make.LINT
    assert validate(ROOT / "tests" / "packages" / "broken" / code, lint=True).counts == {code: 1}


def test_the_command_asks_for_it(tmp_path: Path) -> None:
    folder = make.write(column(["x"]), tmp_path)
    command = [sys.executable, "-m", "newspkg.cli", "validate", str(folder)]
    silent = subprocess.run(command, capture_output=True, text=True, check=False)
    asked = subprocess.run([*command, "--lint"], capture_output=True, text=True, check=False)
    strict = subprocess.run([*command, "--lint", "--fail-on", "warning"], capture_output=True, text=True, check=False)
    assert (silent.returncode, asked.returncode, strict.returncode) == (0, 0, 1)
    assert "lint-untyped" not in silent.stdout
    assert "lint-untyped" in asked.stdout


# --- the file --------------------------------------------------------------------------------------------------------


def test_parquet_beside_the_same_table_as_csv_is_well(tmp_path: Path) -> None:
    import polars as pl

    files = shelf()
    descriptor = json.loads(files["datapackage.json"])
    twin = {**descriptor["resources"][0], "name": "books-parquet", "path": "books.parquet"}
    pl.DataFrame({"id": [1, 2], "title": ["Salt", "Rain"]}).write_parquet(tmp_path / "books.parquet")
    alone = {**files, "datapackage.json": json.dumps({**descriptor, "resources": [twin]}).encode()}
    both = {
        **files,
        "datapackage.json": json.dumps({**descriptor, "resources": [*descriptor["resources"], twin]}).encode(),
    }
    assert told(lint(alone, tmp_path)) == [("lint-file", None, None)]
    assert told(lint(both, tmp_path)) == []


@pytest.mark.parametrize(
    ("path", "codes"), [("books.csv.gz", []), ("books.csv.xz", ["lint-file"]), ("books.txt", ["lint-file"])]
)
def test_endings_that_every_program_knows(tmp_path: Path, path: str, codes: list[str]) -> None:
    import gzip
    import lzma

    packed = {"gz": gzip.compress, "xz": lzma.compress}.get(path.rsplit(".", 1)[-1], bytes)(ROWS.encode())
    files = shelf(path=path, format="csv")
    del files["books.csv"]
    assert list(lint({**files, path: packed}, tmp_path).counts) == codes


@pytest.mark.parametrize(
    ("rows", "dialect"),
    [
        (ROWS.replace(",", ";"), {"delimiter": ";"}),
        (ROWS.replace("Salt", "'Salt'"), {"quoteChar": "'"}),
        (ROWS.replace("Salt", "Sa\\,lt"), {"escapeChar": "\\"}),
        ("1,Salt\n2,Rain\n", {"header": False}),
        ("The books\n" + ROWS, {"headerRows": [2]}),
        ("# the books\n" + ROWS, {"commentChar": "#"}),
        (ROWS + "3,gone\n", {"commentRows": [4]}),
        (ROWS.replace(",", ", "), {"skipInitialSpace": True}),
        (ROWS.replace("Salt", "NULL"), {"nullSequence": "NULL"}),
        (ROWS.replace("\n", "|"), {"lineTerminator": "|"}),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_every_property_of_a_dialect_that_changes_how_a_file_is_read(
    tmp_path: Path, rows: str, dialect: dict[str, Any]
) -> None:
    found = [one for one in told(lint(shelf(rows, dialect=dialect), tmp_path)) if one[0] == "lint-dialect"]
    assert found == [("lint-dialect", None, next(iter(dialect)))]


def test_a_dialect_that_states_the_usual_is_well(tmp_path: Path) -> None:
    usual = {"delimiter": ",", "quoteChar": '"', "header": True, "headerRows": [1], "lineTerminator": "\n"}
    assert told(lint(shelf(dialect=usual), tmp_path)) == []


@pytest.mark.parametrize(
    ("raw", "codes"),
    [
        ('id,"ti\r\ntle"\n1,Salt\n', []),  # within a cell it is text
        ("id,title\r1,Salt\r", ["lint-line-end"]),
        ("id,title\r\n1,Salt\r\n", ["lint-line-end"]),
        ("id,title", []),
    ],
)
def test_how_lines_end(tmp_path: Path, raw: str, codes: list[str]) -> None:
    fields = [FIELDS[0], {"name": "ti\r\ntle" if "ti\r" in raw else "title", "type": "string"}]
    assert list(lint(shelf(raw, fields), tmp_path).counts) == codes


@pytest.mark.parametrize(
    ("header", "match", "codes"),
    [
        ("id,title", "equal", []),
        ("title,id", "equal", ["lint-column-order"]),
        ("id,title,shelf", "subset", ["lint-column-order"]),
        ("id", "superset", ["lint-column-order"]),
    ],
)
def test_columns_are_where_the_schema_has_them(tmp_path: Path, header: str, match: str, codes: list[str]) -> None:
    report = lint(shelf(header + "\n", schema={"fieldsMatch": match}), tmp_path)
    assert list(report.counts) == codes


@pytest.mark.parametrize("key", ["profile", "type", "$schema"])
def test_every_word_for_a_table_is_stated(tmp_path: Path, key: str) -> None:
    assert told(lint(shelf(**{key: None}), tmp_path)) == [("lint-profile", None, key)]


# --- the schema ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "found"),
    [
        ({"type": "array"}, None),
        ({"type": "year"}, ("lint-type", "type")),
        ({"type": "yearmonth"}, ("lint-type", "type")),
        ({"type": "duration"}, ("lint-type", "type")),
        ({"type": "object"}, ("lint-type", "type")),
        ({"type": "any"}, ("lint-type", "type")),
        ({}, ("lint-untyped", None)),
        ({"type": "number", "groupChar": "_"}, ("lint-number", "groupChar")),
        ({"type": "integer", "bareNumber": False}, ("lint-number", "bareNumber")),
        ({"type": "integer", "bareNumber": True}, None),
        ({"type": "boolean", "trueValues": ["yes"]}, ("lint-boolean", "trueValues")),
        ({"type": "boolean", "trueValues": ["true"], "falseValues": ["false"]}, None),
        ({"type": "time", "format": "%H:%M"}, ("lint-date", "format")),
        ({"type": "datetime", "format": "any"}, ("lint-date", "format")),
        ({"type": "string", "constraints": {"enum": ["a"]}}, None),
        ({"type": "string", "categories": ["a"], "constraints": {"enum": ["a"]}}, None),
        ({"type": "string", "categories": ["a"]}, ("lint-vocabulary", "categories")),
        ({"type": "integer", "constraints": {"enum": [1]}}, ("lint-vocabulary", "constraints")),
        ({"type": "string", "missingValues": [""]}, ("lint-missing", "missingValues")),
    ],
)
def test_properties_of_a_field(tmp_path: Path, field: dict[str, Any], found: tuple[str, str | None] | None) -> None:
    report = lint(column([""], **field), tmp_path)
    assert told(report) == ([] if found is None else [(found[0], "more", found[1])])


@pytest.mark.parametrize(
    ("stated", "codes"),
    [
        (["", "NA"], []),
        (["NA"], ["lint-missing"]),
        ([], ["lint-missing"]),
        ([{"value": "", "label": "unknown"}], ["lint-missing"]),
    ],
)
def test_missing_values_of_a_table(tmp_path: Path, stated: list[Any], codes: list[str]) -> None:
    assert list(lint(shelf(schema={"missingValues": stated}), tmp_path).counts) == codes


def test_a_problem_stands_at_its_line_of_whichever_file(tmp_path: Path) -> None:
    files = column([""], type="year")
    descriptor = json.loads(files["datapackage.json"])
    inline = lint(files, tmp_path).problems[0]
    lines = files["datapackage.json"].decode().splitlines()
    assert inline.path == "datapackage.json" and '"type": "year"' in lines[(inline.line or 0) - 1]
    schema = descriptor["resources"][0]["schema"]
    descriptor["resources"][0]["schema"] = "books.json"
    text = json.dumps(schema, indent=1)
    apart = lint(
        {**files, "datapackage.json": json.dumps(descriptor).encode(), "books.json": text.encode()}, tmp_path
    ).problems[0]
    assert apart.path == "books.json" and '"type": "year"' in text.splitlines()[(apart.line or 0) - 1]


# --- the cells -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "cells", "rows"),
    [
        (
            {"type": "integer"},
            ["9007199254740992", "9007199254740993", "-9007199254740993", "0000000000000000007"],
            [3, 4],
        ),
        ({"type": "integer"}, ["", "123456789012345678901234567890"], [3]),
        ({"type": "string"}, ["9007199254740993"], []),
        ({"type": "boolean"}, ["true", "1", "False", "false", ""], [3, 4]),
        (
            {"type": "datetime"},
            ["2031-03-11T06:30:00Z", "2031-03-11T06:30:00", "2031-03-11T06:30:00+01:00", ""],
            [3, 4],
        ),
        ({"type": "date"}, ["2031-03-11"], []),
    ],
)
def test_cells_that_are_read_otherwise(
    tmp_path: Path, field: dict[str, Any], cells: list[str], rows: list[int]
) -> None:
    report = lint(column(cells, **field), tmp_path)
    assert [one.row for one in report.problems] == rows
    assert all(one.field == "more" and one.line == one.row for one in report.problems)


def test_a_cell_that_is_no_value_is_told_once(tmp_path: Path) -> None:
    report = lint(column(["maybe", "1", "2031"], type="boolean"), tmp_path)
    assert [(one.code, one.row) for one in report.problems] == [
        ("type-error", 2),
        ("lint-boolean", 3),
        ("type-error", 4),
    ]


def test_counts_are_exact_beyond_what_is_kept(tmp_path: Path) -> None:
    report = lint(column(["1"] * 50, type="boolean"), tmp_path, limit=3)
    assert report.counts == {"lint-boolean": 50}
    assert [one.value for one in report.problems] == ["1", "1", "1"]


def test_a_text_for_no_value_is_none_of_these_cells(tmp_path: Path) -> None:
    files = column(["n/a", "true"], type="boolean")
    descriptor = json.loads(files["datapackage.json"])
    descriptor["resources"][0]["schema"]["missingValues"] = ["", "n/a"]
    assert told(lint({**files, "datapackage.json": json.dumps(descriptor).encode()}, tmp_path)) == []


# --- with the other options ------------------------------------------------------------------------------------------


def test_metadata_alone_leave_the_cells_and_say_so(tmp_path: Path) -> None:
    make.write(column(["1"], type="boolean", trueValues=["1"]), tmp_path)
    report = validate(tmp_path, lint=True, metadata_only=True)
    assert told(report) == [("lint-boolean", "more", "trueValues")]
    assert "what other programs make of its cells" in {one.what for one in report.unchecked}


def test_a_table_that_cannot_be_read_is_left(tmp_path: Path) -> None:
    report = lint(shelf(path="absent.csv"), tmp_path)
    assert set(report.counts) == {"file-missing"}
    assert ("what other programs make of its cells", "the table was not read to its end") in {
        (one.what, one.reason) for one in report.unchecked
    }


def test_one_resource_alone(tmp_path: Path) -> None:
    files = make.two_tables("loan,book,printed\n1,1,2001\n")
    report = lint(files, tmp_path, resources=["loans"])
    assert {one.resource for one in report.findings} == {"loans"}


def test_a_package_may_see_it_otherwise(tmp_path: Path) -> None:
    files = column(["x"])
    descriptor = json.loads(files["datapackage.json"])
    descriptor["newspkg:severity"] = {"books/more/lint-untyped": "error"}
    assert lint({**files, "datapackage.json": json.dumps(descriptor).encode()}, tmp_path).valid is False
    descriptor["newspkg:severity"] = {"lint-untyped": "ignore"}
    assert lint({**files, "datapackage.json": json.dumps(descriptor).encode()}, tmp_path).counts == {}


def test_a_baseline_does_not_take_for_mended_what_was_not_asked_for(tmp_path: Path) -> None:
    folder, known = make.write(column(["x"]), tmp_path / "package"), tmp_path / "known.json"
    validate(folder, lint=True, write_baseline=known)
    asked = validate(folder, lint=True, baseline=known)
    assert asked.counts == {} and asked.aside is not None and asked.aside.known == 1
    silent = validate(folder, baseline=known)
    assert silent.aside is not None and silent.aside.stale == () and silent.aside.left == 1


def test_the_guide_has_a_row_for_every_rule() -> None:
    guide = (ROOT / "docs" / "loading.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(lint-[a-z-]+)` \|", guide, re.MULTILINE) == list(dict.fromkeys(make.LINT))
    assert sorted(make.LINT) == CODES
