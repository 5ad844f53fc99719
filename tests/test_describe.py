"""`pkg describe`: what a package holds, whatever its tables are made of, and what of it cannot be read."""

from __future__ import annotations

import csv
import gzip
import json
import re
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from newspkg.cli import main
from newspkg.describe import Described, describe
from newspkg.problems import CannotRun, UsageError
from newspkg.validate import fast

ROOT = Path(__file__).resolve().parent.parent


def package(folder: Path, *resources: dict[str, Any], **more: Any) -> Path:
    given = {"name": "birds", "resources": list(resources), **more}
    (folder / "datapackage.json").write_text(json.dumps(given), encoding="utf-8")
    return folder


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as done:
        main(["describe", *map(str, arguments)])
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return int(str(done.value.code)), out, err


# --- the shipped package ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ours() -> Described:
    return describe(ROOT)


def test_rows_and_bytes_are_those_of_the_files(ours: Described) -> None:
    assert [table.name for table in ours.tables] == [
        one["name"] for one in json.loads((ROOT / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    ]
    for table in ours.tables:
        path = ROOT / table.place
        with path.open(encoding="utf-8", newline="") as file:
            assert table.rows == sum(1 for _ in csv.reader(file)) - 1, table.name
        assert table.size == path.stat().st_size
    assert ours.rows == sum(table.rows or 0 for table in ours.tables)


def test_every_table_and_field_stands_in_each_form(ours: Described) -> None:
    text, page, data = ours.as_text(), ours.as_markdown(), ours.as_json()
    assert text.startswith(f"{ours.title}\n{ours.name}, version {ours.version}, CC-BY-4.0\n14 tables, ")
    assert page.startswith(f"# {ours.title}\n")
    assert [one["name"] for one in data["resources"]] == [table.name for table in ours.tables]
    for table, one in zip(ours.tables, data["resources"], strict=True):
        assert re.search(rf"^{table.name} +[\d,]+ rows?, .*  data/{table.name}\.csv$", text, re.MULTILINE)
        assert f"## {table.name.replace('_', chr(92) + '_')}\n" in page
        assert [f["name"] for f in one["fields"]] == [f.name for f in table.fields]
        for field in table.fields:
            assert re.search(rf"^  {field.name} +{field.type}\b", text, re.MULTILINE)


def test_no_line_of_text_holds_a_control_character(ours: Described) -> None:
    for form in (ours.as_text(), ours.as_markdown()):
        assert all(sign.isprintable() or sign == "\n" for sign in form)


def test_a_markdown_table_has_as_many_cells_in_each_row(ours: Described) -> None:
    for block in re.findall(r"(?:^\|.*\n?)+", ours.as_markdown(), re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}) == 1


# --- anybody's -------------------------------------------------------------------------------------------------------

SCHEMA = {
    "fields": [
        {"name": "id", "type": "integer", "constraints": {"required": True, "unique": True}},
        {"name": "seen", "type": "date", "format": "%d.%m.%Y", "constraints": {"minimum": "01.01.2000"}},
        {
            "name": "kind",
            "type": "string",
            "constraints": {"enum": ["a|b", "c"], "pattern": "[a-c\t|]+", "maxLength": 3},
        },
        {"name": "weight", "type": "number", "missingValues": ["-"], "constraints": {"exclusiveMaximum": 9}},
        {"name": "parent", "type": "integer", "constraints": {"unique": True, "required": True}},
    ],
    "primaryKey": ["id"],
    "uniqueKeys": [["seen", "kind"]],
    "foreignKeys": [{"fields": ["parent"], "reference": {"resource": "", "fields": ["id"]}}],
}


def test_constraints_and_keys_are_said_in_short(tmp_path: Path) -> None:
    (tmp_path / "birds.csv").write_text("id,seen,kind,weight,parent\n1,01.02.2031,c,-,1\n", encoding="utf-8")
    found = describe(package(tmp_path, {"name": "birds", "path": "birds.csv", "schema": SCHEMA}))
    assert found.as_text().splitlines() == [
        "birds",
        "1 table, 1 row, 46 bytes",
        "",
        "birds  1 row, 46 bytes  birds.csv",
        "  id      integer        key",
        "  seen    date %d.%m.%Y  ≥ 01.01.2000",
        "  kind    string         length ..3, one of 2: a|b, c, pattern [a-c\\t|]+",
        "  weight  number         < 9, missing: '-'",
        "  parent  integer        required, unique",
        "  unique together: seen, kind",
        "  parent -> birds (id)",
    ]
    (one,) = found.as_json()["resources"]
    assert one["primaryKey"] == ["id"] and one["uniqueKeys"] == [["seen", "kind"]]
    assert one["foreignKeys"] == [{"fields": ["parent"], "reference": {"resource": "", "fields": ["id"]}}]
    assert one["fields"][1] == {
        "name": "seen",
        "type": "date",
        "format": "%d.%m.%Y",
        "constraints": {"minimum": "01.01.2000"},
    }


def test_rows_are_counted_in_every_format(tmp_path: Path) -> None:
    rows = [{"a": n, "b": "two\nlines"} for n in range(3)]
    with (tmp_path / "t.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["a", "b"])
        writer.writeheader()
        writer.writerows(rows)
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress((tmp_path / "t.csv").read_bytes()))
    (tmp_path / "t.json").write_text(json.dumps(rows), encoding="utf-8")
    (tmp_path / "t.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    pl.DataFrame(rows).write_parquet(tmp_path / "t.parquet")
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["a", "b"], *(list(one.values()) for one in rows)):
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    paths = ["t.csv", "t.csv.gz", "t.json", "t.jsonl", "t.parquet", "t.xlsx"]
    resources = [{"name": f"r{n}", "path": path, "type": "table"} for n, path in enumerate(paths)]
    several = {"name": "both", "path": ["t.csv", "t.csv"], "type": "table"}
    inline = {"name": "inline", "data": rows, "type": "table"}
    found = describe(package(tmp_path, *resources, several, inline))
    assert [table.rows for table in found.tables] == [3] * len(paths) + [6, 3]
    assert [table.size for table in found.tables] == [
        *((tmp_path / path).stat().st_size for path in paths), 2 * (tmp_path / "t.csv").stat().st_size, None,
    ]  # fmt: skip
    assert [[field.name for field in table.fields] for table in found.tables] == [["a", "b"]] * len(found.tables)


def test_a_large_table_is_counted_without_reading_its_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = "1," + "x" * 80 + "\n"
    many = fast.LEAST // len(line) + 10
    (tmp_path / "t.csv").write_text("a,b\n" + line * many, encoding="utf-8")

    def unread(*_: object) -> None:
        raise AssertionError("its cells are read")

    monkeypatch.setattr(fast.Fast, "chunks", unread)
    (table,) = describe(package(tmp_path, {"name": "t", "path": "t.csv", "schema": {"fields": [{"name": "a"}]}})).tables
    assert table.rows == many


@pytest.mark.parametrize(
    ("resource", "why"),
    [
        ({"path": "gone.csv"}, "gone.csv cannot be read"),
        ({"path": "paper.pdf"}, "not stated to be a table"),
        ({"path": "paper.pdf", "type": "table"}, "files of format pdf are not read"),
        ({"path": "paper.pdf", "format": "xlsx", "type": "table"}, "cannot be read as xlsx"),
        ({"path": "../outside.csv"}, "no file that can be used"),
        ({"path": "void.csv"}, "empty"),
        ({"path": "open.csv"}, "a quotation mark is never closed; 1 row before that"),
        ({"path": "open.json", "type": "table"}, "1 row before that"),
        ({"path": "https://example.org/t.csv"}, "not fetched"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, resource: dict[str, Any], why: str) -> None:
    (tmp_path / "paper.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "void.csv").write_bytes(b"")
    (tmp_path / "open.csv").write_bytes(b'a,b\n1,2\n3,"4\n5,6\n')
    (tmp_path / "open.json").write_bytes(b'[{"a": 1}, {"a": ')
    (tmp_path / "good.csv").write_bytes(b"a\n1\n")
    found = describe(package(tmp_path, {"name": "odd", **resource}, {"name": "good", "path": "good.csv"}))
    odd, good = found.tables
    assert odd.rows is None and why in odd.why
    assert good.rows == 1
    assert why in found.as_text() and "as far as they can be read" in found.as_text()
    assert why.replace("_", "\\_") in found.as_markdown()
    assert why in found.as_json()["resources"][0]["unread"]


def test_faults_of_the_descriptor_are_counted_and_left_to_validate(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"a\n1\n")
    found = describe(package(tmp_path, {"name": "t", "path": "t.csv"}, version=3, keywords=[]))
    assert found.faults == 2
    assert found.as_text().endswith("The descriptor has 2 problems; pkg validate names them.")


def test_text_that_means_something_to_markdown_means_nothing(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"a|b,<i>\n1,2\n")
    page = describe(package(tmp_path, {"name": "t", "path": "t.csv"}, title="*All*\n# birds")).as_markdown()
    assert page.startswith("# \\*All\\* # birds\n")
    assert "| a\\|b | no schema |  |" in page and "| \\<i\\> |" in page


def test_a_package_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no datapackage"):
        describe(tmp_path)
    (tmp_path / "datapackage.json").write_text("{", encoding="utf-8")
    with pytest.raises(CannotRun, match=r"datapackage\.json"):
        describe(tmp_path)
    (tmp_path / "datapackage.json").write_text("[]", encoding="utf-8")
    with pytest.raises(CannotRun, match="one JSON object"):
        describe(tmp_path)


# --- the command -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_each_form_goes_to_standard_output(capsys: pytest.CaptureFixture[str], ours: Described, form: str) -> None:
    code, out, err = run(capsys, ROOT, "--format", form)
    assert (code, err) == (0, "")
    assert (json.loads(out) == ours.as_json()) if form == "json" else out.rstrip("\n") == getattr(ours, f"as_{form}")()


@pytest.mark.parametrize(("arguments", "code"), [(["nowhere"], 2), ([".", "--format", "xml"], 2)])
def test_a_wrong_call_ends_with_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(capsys, *arguments)[:2] == (code, "")
