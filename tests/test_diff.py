"""Rows of two versions: what is added, removed and changed by key, compared as values, and what is no difference."""

from __future__ import annotations

import bz2
import datetime as dt
import gzip
import io
import json
import random
import re
import shutil
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import newspkg
from comparing import BASE, ROWS, both, csv_of, files, one_table, samples
from effort import examples
from newspkg.cli.reference import reference
from newspkg.diff import compare as comparing_
from newspkg.diff import diff, store
from newspkg.diff.model import Diff
from newspkg.diff.values import canonical
from newspkg.problems import CannotRun, UsageError
from newspkg.validate import fast
from packages import make

ROOT = Path(__file__).resolve().parent.parent

KEYED = {
    "fields": [
        {"name": "id", "type": "integer"},
        {"name": "n", "type": "number"},
        {"name": "word", "type": "string"},
    ],
    "primaryKey": ["id"],
    "missingValues": ["", "NA"],
}


# --- rows by key -----------------------------------------------------------------------------------------------------


def test_rows_are_matched_by_key_and_their_cells_told(tmp_path: Path) -> None:
    old = "id,n,word\n1,1,a\n2,2,b\n3,3,c\n4,,d\n"
    new = "id,n,word\n5,5,e\n4,4,d\n2,2,B\n1,1,a\n"
    table = one_table(old, new, KEYED, tmp_path)
    assert (table.rows_old, table.rows_new, table.key) == (4, 4, ("id",))
    assert (table.removed, table.added, table.changed) == (1, 1, 2)
    assert samples(table, "removed") == [(("3",), (("n", "3", None), ("word", "c", None)))]
    assert samples(table, "added") == [(("5",), (("n", None, "5"), ("word", None, "e")))]
    assert samples(table, "changed") == [(("4",), (("n", None, "4"),)), (("2",), (("word", "b", "B"),))]
    assert [(r.old_row, r.new_row) for r in table.samples["changed"]] == [(5, 3), (3, 4)]
    counts = {f.name: (f.changed, f.filled, f.cleared, round(f.share, 3)) for f in table.fields}
    assert counts == {"n": (1, 1, 0, 0.333), "word": (1, 0, 0, 0.333)}  # of the three rows that both have


@pytest.mark.parametrize(
    ("field", "old", "new"),
    [
        ({"type": "integer"}, "7", "007"),
        ({"type": "integer"}, "7", "+7"),
        ({"type": "integer"}, "0", "-0"),
        ({"type": "integer", "groupChar": ","}, "1000000", '"1,000,000"'),
        ({"type": "integer", "bareNumber": False}, "7", "7 EUR"),
        ({"type": "number"}, "1.0", "1.00"),
        ({"type": "number"}, "1000", "1e3"),
        ({"type": "number"}, "0.5", ".5"),
        ({"type": "number"}, "1e-70", "0.1e-69"),
        ({"type": "number"}, "nan", "NaN"),
        ({"type": "number", "decimalChar": ","}, '"1,5"', '"1,50"'),
        ({"type": "boolean"}, "true", "1"),
        ({"type": "date"}, "", "NA"),
        ({"type": "date", "format": "any"}, "2024-03-01", "1 March 2024"),
        ({"type": "datetime"}, "2024-01-01T00:00:00Z", "2024-01-01T02:00:00+02:00"),
        ({"type": "datetime"}, "2024-01-01T00:00:00Z", "2024-01-01T00:00:00.0"),
        ({"type": "time", "format": "%H.%M"}, "09.30", "9.30"),
        ({"type": "duration"}, "PT1H", "PT60M"),
        ({"type": "geopoint"}, '"1.0,2"', '"1,2.00"'),
        ({"type": "object"}, '"{""a"":1,""b"":2}"', '"{ ""b"": 2.0, ""a"": 1 }"'),
        ({"type": "list", "itemType": "integer"}, '"1,2"', '"01,2"'),
        ({"type": "string"}, "NA", ""),
        ({"type": "any"}, "", "NA"),
    ],
)
def test_cells_are_compared_as_values(tmp_path: Path, field: dict[str, Any], old: str, new: str) -> None:
    schema = {"fields": [{"name": "id", "type": "integer"}, {"name": "v", **field}], "missingValues": ["", "NA"]}
    for key in ({}, {"primaryKey": "id"}):
        table = one_table(f"id,v\n1,{old}\n", f"id,v\n1,{new}\n", {**schema, **key}, tmp_path)
        assert (table.rows_old, table.total, table.invalid, table.kinds) == (1, 0, {}, ("bytes-changed",))


@pytest.mark.parametrize(
    ("field", "old", "new"),
    [
        ({"type": "string"}, "7", "007"),
        ({"type": "any"}, "1.0", "1.00"),
        ({"type": "string"}, "a", "a "),
        ({"type": "number"}, "0.1", "0.10000000000000000001"),
        ({"type": "integer"}, "9007199254740992", "9007199254740993"),
        ({"type": "integer"}, "92233720368547758070", "92233720368547758071"),
        ({"type": "number"}, "1", "nan"),
        ({"type": "date"}, "2024-01-30", "2024-01-31"),
        ({"type": "boolean"}, "true", "false"),
        ({"type": "array"}, '"[1,2]"', '"[2,1]"'),
        ({"type": "object"}, '"{""a"":1}"', '"{""a"":""1""}"'),
    ],
)
def test_other_values_are_changed_cells(tmp_path: Path, field: dict[str, Any], old: str, new: str) -> None:
    schema = {"fields": [{"name": "id", "type": "integer"}, {"name": "v", **field}], "primaryKey": "id"}
    table = one_table(f"id,v\n1,{old}\n", f"id,v\n1,{new}\n", schema, tmp_path)
    assert (table.changed, table.fields[0].name) == (1, "v")


def test_keys_are_values_too(tmp_path: Path) -> None:
    table = one_table("id,n,word\n7,1,a\n8,1,b\n", "id,n,word\n007,1,a\n08,2,b\n", KEYED, tmp_path)
    assert samples(table, "changed") == [(("08",), (("n", "1", "2"),))]
    assert (table.added, table.removed) == (0, 0)


def test_a_key_of_several_fields_and_one_with_an_empty_part(tmp_path: Path) -> None:
    schema = {**KEYED, "primaryKey": ["id", "word"]}
    table = one_table("id,n,word\n1,1,a\n1,2,b\n1,3,\n", "id,n,word\n1,1,a\n1,9,b\n1,4,NA\n", schema, tmp_path)
    assert table.key == ("id", "word")
    assert samples(table, "changed") == [(("1", "b"), (("n", "2", "9"),)), (("1", None), (("n", "3", "4"),))]


def test_keys_that_stand_twice_are_told_and_compared_as_groups(tmp_path: Path) -> None:
    old = "id,n,word\n1,1,a\n1,2,b\n2,1,x\n2,1,x\n3,1,y\n4,1,p\n4,2,q\n"
    new = "id,n,word\n1,2,b\n1,1,a\n2,1,x\n3,1,y\n3,1,y\n4,1,p\n4,3,q\n"
    table = one_table(old, new, KEYED, tmp_path)
    assert table.duplicates == (3, 3)
    assert samples(table, "removed") == [(("2",), (("n", "1", None), ("word", "x", None)))]
    assert samples(table, "added") == [(("3",), (("n", None, "1"), ("word", None, "y")))]
    assert samples(table, "changed") == [(("4",), (("n", "2", "3"),))], "one is left on each side"


def test_a_share_is_of_the_rows_that_both_have_those_of_groups_too(tmp_path: Path) -> None:
    old = "id,n,word\n1,1,\n1,1,\n1,2,b\n2,1,a\n3,1,a\n"
    new = "id,n,word\n1,1,\n1,1,\n1,2,c\n2,1,a\n4,1,a\n"
    table = one_table(old, new, KEYED, tmp_path)
    assert [(f.name, f.changed, f.share) for f in table.fields] == [("word", 1, 1 / 4)]
    assert table.both == 4


@pytest.mark.parametrize("least", [0, 1 << 60])
def test_a_cell_that_is_not_there_is_missing_also_where_an_empty_one_is_a_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, least: int
) -> None:
    for name in ("LEAST", "_STARTED"):
        monkeypatch.setattr(fast, name, least)
    schema = {**KEYED, "missingValues": ["NA"]}
    table = one_table("id,n,word\n1,1\n2,2,\n", "id,n,word\n1,1,\n2,2,\n", schema, tmp_path)
    assert samples(table, "changed") == [(("1",), (("word", None, ""),))]


def test_of_several_rows_with_one_key_none_can_be_told_to_have_become_another(tmp_path: Path) -> None:
    table = one_table("id,n,word\n1,1,a\n1,2,b\n", "id,n,word\n1,3,a\n1,4,b\n", KEYED, tmp_path)
    assert (table.removed, table.added, table.changed) == (2, 2, 0)


def test_without_a_key_rows_are_compared_as_a_whole_and_counted(tmp_path: Path) -> None:
    schema = {"fields": KEYED["fields"]}
    old = "id,n,word\n1,1,a\n1,1,a\n1,1,a\n2,2,b\n"
    new = "id,n,word\n2,2,b\n1,1.0,a\n3,,c\n"
    table = one_table(old, new, schema, tmp_path)
    assert (table.key, table.duplicates, table.kinds) == ((), (0, 0), ("rows-added-unkeyed", "rows-removed-unkeyed"))
    assert (table.removed, table.added, table.changed) == (2, 1, 0)
    assert samples(table, "added") == [(("3", None, "c"), ())]


def test_without_a_schema_cells_are_texts(tmp_path: Path) -> None:
    table = one_table("a,b\n1,x\n2,\n", "a,b\n01,x\n2,\n", None, tmp_path)
    assert [samples(table, sort) for sort in ("removed", "added")] == [[(("1", "x"), ())], [(("01", "x"), ())]]


def test_a_cell_that_is_no_value_is_compared_as_text_and_told(tmp_path: Path) -> None:
    table = one_table("id,n,word\n1,abc,a\n2,x,b\nq,1,c\n", "id,n,word\n1,abc,a\n2,y,b\nq,1,c\n", KEYED, tmp_path)
    assert table.invalid == {"id": (1, 1), "n": (2, 2)}
    assert samples(table, "changed") == [(("2",), (("n", "x", "y"),))]
    other = {
        **KEYED,
        "fields": [KEYED["fields"][0], {"name": "n", "type": "number", "decimalChar": ","}, KEYED["fields"][2]],
    }  # type: ignore[index]
    table = one_table('id,n,word\n1,"1,5",a\n', "id,n,word\n1,1.5,a\n", other, tmp_path / "b")
    assert table.changed == 1, "1.5 is no number here, so it is not the 1,5 that it was"


def test_fields_that_only_one_version_has_make_no_row_differ(tmp_path: Path) -> None:
    wider = {**KEYED, "fields": [*KEYED["fields"], {"name": "more", "type": "integer"}]}  # type: ignore[misc]
    table = one_table("id,n,word\n1,1,a\n", "id,n,word,more\n1,1,a,5\n", KEYED, tmp_path, wider)
    assert (table.total, table.compared) == (0, ("id", "n", "word"))
    assert table.file.why == ("columns that only one version has",)


@pytest.mark.parametrize(
    ("new", "match", "told"),
    [
        ("id,n\n1,1\n", "exact", [("column-lost", "word", "its schema still has that field")]),
        ("n,word\n1,a\n", "exact", [("column-lost", "id", "its schema still has that field")]),
        ("id,n\n1,1\n", "partial", [("column-lost", "word", "its schema still has that field")]),
        ("id,n,word,x\n1,1,a,5\n", "exact", [("column-gained", "x", "its schema has no such field")]),
        ("id,n,x\n1,1,a\n", "exact", [("column-relabelled", "word", 'labelled "x", was "word"')]),
        ("id,word,x\n1,a,1\n", "exact", [("column-lost", "n", '"n"'), ("column-gained", "x", '"x"')]),
        ("a,b\n1,1\n", "exact", [("column-lost", n, n) for n in ("id", "n", "word")]
                               + [("column-gained", n, n) for n in ("a", "b")]),
    ],
)  # fmt: skip
def test_columns_that_come_and_go_while_the_schema_stays_are_told(
    tmp_path: Path, new: str, match: str, told: list[tuple[str, str, str]]
) -> None:
    schema = {**KEYED, "fieldsMatch": match}
    one_table("id,n,word\n1,1,a\n", new, schema, tmp_path)
    found = diff(tmp_path / "old", tmp_path / "new")
    assert [(c.kind, c.field) for c in found.changes] == [one[:2] for one in told]
    for change, (_, _, words) in zip(found.changes, told, strict=True):
        assert words in change.message
    assert "bytes-changed" not in found.kinds
    assert found.step == ("minor" if told[0][0] == "column-gained" else "major")
    for page in (found.as_text(), found.as_markdown()):
        assert "Same values" not in page and "same values" not in page
    columns = found.as_json()["resources"][0]["columns"]
    assert columns["lost"] == [name for kind, name, _ in told if kind == "column-lost"]
    assert columns["gained"] == [name for kind, name, _ in told if kind == "column-gained"]
    assert [one["field"] for one in columns["relabelled"]] == [n for kind, n, _ in told if kind == "column-relabelled"]


def test_a_column_that_no_schema_ever_had_is_told_too(tmp_path: Path) -> None:
    schema = {"fields": KEYED["fields"][:2], "primaryKey": ["id"], "fieldsMatch": "superset"}  # type: ignore[index]
    one_table("id,n,word\n1,1,a\n", "id,n\n1,1\n", schema, tmp_path)
    found = diff(tmp_path / "old", tmp_path / "new")
    assert [(c.kind, c.field) for c in found.changes] == [("column-lost", "word")]
    assert newspkg.validate(tmp_path / "new").valid
    one_table("id,n,word\n1,1,a\n", "id,n\n1,1\n", None, tmp_path / "b")
    found = diff(tmp_path / "b" / "old", tmp_path / "b" / "new")
    assert [(c.kind, c.field, c.message) for c in found.changes] == [
        ("column-lost", "word", 'its file has lost the column "word"')
    ]


def test_what_the_change_of_a_schema_tells_is_told_once(tmp_path: Path) -> None:
    less = {**KEYED, "fields": KEYED["fields"][:2]}  # type: ignore[index]
    one_table("id,n,word\n1,1,a\n", "id,n\n1,1\n", KEYED, tmp_path, less)
    found = diff(tmp_path / "old", tmp_path / "new")
    assert found.kinds == {"field-removed": 1}
    assert found.table("books").lost == ("word",)
    renamed = {**KEYED, "fields": [*KEYED["fields"][:2], {"name": "term", "type": "string"}]}  # type: ignore[index]
    one_table("id,n,word\n1,1,a\n", "id,n,term\n1,1,a\n", KEYED, tmp_path / "b", renamed)
    found = diff(tmp_path / "b" / "old", tmp_path / "b" / "new")
    assert (found.kinds, found.table("books").relabelled) == ({"field-renamed": 1}, (("term", "word", "term"),))


def test_a_field_renamed_while_its_column_keeps_its_label_loses_no_column(tmp_path: Path) -> None:
    open_ = {**KEYED, "fieldsMatch": "partial"}
    renamed = {**open_, "fields": [*KEYED["fields"][:2], {"name": "term", "type": "string"}]}  # type: ignore[index]
    old, new = "id,n,word,x\n1,1,a,1\n", "id,n,word,x\n1,1,b,1\n"
    table = one_table(old, new, open_, tmp_path, renamed)
    assert (table.lost, table.gained) == ((), ())
    assert samples(table, "changed") == [(("1",), (("word", "a", "b"),))]


def test_a_field_that_seems_renamed_is_compared_under_its_new_name(tmp_path: Path) -> None:
    renamed = {**KEYED, "fields": [*KEYED["fields"][:2], {"name": "term", "type": "string"}]}  # type: ignore[index]
    table = one_table("id,n,word\n1,1,a\n2,2,b\n", "id,n,term\n1,1,a\n2,2,c\n", KEYED, tmp_path, renamed)
    assert samples(table, "changed") == [(("2",), (("term", "b", "c"),))]


def test_columns_are_matched_by_label_in_whatever_order(tmp_path: Path) -> None:
    moved = {**KEYED, "fields": list(reversed(KEYED["fields"]))}  # type: ignore[call-overload]
    table = one_table("id,n,word\n1,1,a\n", "word,n,id\na,1,1\n", KEYED, tmp_path, moved)
    assert (table.total, table.file.why) == (0, ("columns in another order",))


def test_an_integer_that_became_a_number_is_still_compared_as_one(tmp_path: Path) -> None:
    wider = {**KEYED, "fields": [{"name": "id", "type": "number"}, *KEYED["fields"][1:]]}  # type: ignore[index]
    table = one_table("id,n,word\n1,1,a\n2,1,b\n", "id,n,word\n1.0,1,a\n2.50,1,b\n", KEYED, tmp_path, wider)
    assert (table.total, table.removed, table.added) == (2, 1, 1)
    text = {**KEYED, "fields": [{"name": "id", "type": "string"}, *KEYED["fields"][1:]]}  # type: ignore[index]
    table = one_table("id,n,word\n1,1,a\n2,1,b\n", "id,n,word\n1,1,a\n02,1,b\n", KEYED, tmp_path / "b", text)
    assert samples(table, "removed")[0][0] == ("2",), "as texts, where one side has texts"


def test_what_counts_as_missing_is_each_versions_own(tmp_path: Path) -> None:
    other = {**KEYED, "missingValues": [""]}
    table = one_table("id,n,word\n1,1,NA\n2,1,\n", "id,n,word\n1,1,NA\n2,1,\n", KEYED, tmp_path, other)
    assert samples(table, "changed") == [(("1",), (("word", None, "NA"),))]


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("new", "why"),
    [
        ("id,n,word\n2,2,b\n1,1,a\n", "rows in another order"),
        ("id,n,word\n1,1.0,a\n2,02,b\n", "values written otherwise"),
        ('id,n,word\n1,"1",a\n2,2,b\n', "quoting, line ends, missing values, or bytes that are no part of a table"),
        ("id,n,word\r\n1,1,a\r\n2,2,b\r\n", "quoting, line ends, missing values, or bytes that are no part of a table"),
    ],
)
def test_the_same_values_in_other_bytes_are_told_with_the_reason(tmp_path: Path, new: str, why: str) -> None:
    table = one_table("id,n,word\n1,1,a\n2,2,b\n", new, KEYED, tmp_path)
    assert (table.total, table.kinds, table.file.why) == (0, ("bytes-changed",), (why,))
    assert table.file.old_bytes == 22


def test_of_the_same_bytes_no_row_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing_, "Side", None)
    found = both(files(), files(), tmp_path)
    assert not found
    assert found.table("books").file.same


def _packed(form: str) -> bytes:
    frame = pl.DataFrame({"id": [1, 2], "n": [1.5, None], "word": ["a", "b"]})
    out = io.BytesIO()
    if form == "parquet":
        frame.write_parquet(out)
    elif form == "jsonl":
        frame.write_ndjson(out)
    elif form == "json":
        out.write(json.dumps(frame.to_dicts()).encode())
    else:
        text = csv_of(frame.columns, [["1", "1.50", "a"], ["2", "NA", "b"]]).encode()
        out.write({"csv.gz": gzip.compress, "csv.bz2": bz2.compress}.get(form, bytes)(text))
    return out.getvalue()


@pytest.mark.parametrize("form", ["parquet", "jsonl", "json", "csv.gz", "csv.bz2"])
def test_every_format_is_read(tmp_path: Path, form: str) -> None:
    """The same table in two formats, and then one with a cell changed."""
    for changed in (False, True):
        old = {**files(_at("books.csv")), "books.csv": b"id,n,word\n1,1.5,a\n2,,b\n"}
        new = {**files(_at(f"books.{form}")), f"books.{form}": _packed(form)}
        if changed:
            old["books.csv"] = b"id,n,word\n1,1.5,z\n2,3,b\n"
        found = both(old, new, tmp_path / str(changed)).table("books")
        assert samples(found, "changed") == (
            [(("1",), (("word", "z", "a"),)), (("2",), (("n", "3", None),))] if changed else []
        )
        assert found.invalid == {}


def _at(path: str) -> Any:
    def change(given: dict[str, Any]) -> None:
        given["resources"][0] = {"name": "books", "path": path, "type": "table", "schema": KEYED}

    return change


def test_columns_that_have_a_type_are_compared_as_values_with_texts(tmp_path: Path) -> None:
    fields = ["boolean", "date", "datetime", "integer", "number", "string", "list"]
    schema = {"fields": [{"name": kind, "type": kind} for kind in fields]}
    schema["fields"][1]["format"] = "%d.%m.%Y"
    schema["fields"][0] |= {"trueValues": ["yes"], "falseValues": ["no"]}  # type: ignore[operator]
    frame = pl.DataFrame(
        {
            "boolean": [True],
            "date": [dt.date(2024, 1, 31)],
            "datetime": [dt.datetime(2024, 1, 31, 12, 0, 0, 500000, tzinfo=dt.UTC)],
            "integer": pl.Series([7], dtype=pl.UInt8),
            "number": [1e21],
            "string": pl.Series(["x"], dtype=pl.Categorical),
            "list": [["a", "b"]],
        }
    )
    out = io.BytesIO()
    frame.write_parquet(out)
    text = csv_of(fields, [["yes", "31.01.2024", "2024-01-31T12:00:00.500Z", "07", "1E21", "x", "a,b"]])
    resource = {"name": "books", "type": "table", "schema": schema}
    old, new = ({"name": "p", "resources": [{**resource, "path": p}]} for p in ("b.csv", "b.parquet"))
    found = both(
        {"datapackage.json": json.dumps(old).encode(), "b.csv": text.encode()},
        {"datapackage.json": json.dumps(new).encode(), "b.parquet": out.getvalue()},
        tmp_path,
    )
    assert (found.table("books").total, found.table("books").invalid) == (0, {})


def test_data_in_the_descriptor_is_compared_with_a_file(tmp_path: Path) -> None:
    def inline(given: dict[str, Any]) -> None:
        rows = [{"id": 1, "title": "Salt", "price": 7.5, "kind": "novel"}, {"id": 2, "title": "Rain", "price": 9}]
        given["resources"][0] |= {"data": rows}
        del given["resources"][0]["path"]

    found = both(files(), files(inline), tmp_path).table("books")
    assert (found.removed, found.changed, found.file.new_bytes) == (1, 1, None)
    assert samples(found, "changed") == [(("2",), (("kind", "essay", None),))]


def test_a_file_that_is_no_table_is_compared_by_its_bytes(tmp_path: Path) -> None:
    found = both(files(), files(notes__txt=b"some\n"), tmp_path)
    assert found.table("notes").kinds == ("file-changed",)
    assert found.kinds == {"file-changed": 1}


# --- what cannot be compared -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "rows", "reason"),
    [
        (None, None, "NEW: books.csv cannot be read (No such file or directory)"),
        (None, "", "NEW: the table is empty: not even a header"),
        (None, 'id,title,price,kind\n1,"Salt,7.50,novel\n', None),
        (None, "a,b,c\n1,2,3\n", "the two versions have no column in common"),
        (None, "version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "is a pointer of Git LFS"),
        (_at("books.xlsx"), "id,n,word\n", "books.xlsx cannot be read"),
    ],
)
def test_what_cannot_be_compared_is_told_and_never_the_same(
    tmp_path: Path, change: Any, rows: str | None, reason: str | None
) -> None:
    new = files(change, rows or "")
    if rows is None:
        del new["books.csv"]
    found = both(files(), new, tmp_path)
    if reason is None:  # a quotation mark that is never closed: what can be read of the table is compared
        assert found
    else:
        assert [u.resource for u in found.unread] == ["books"]
        assert reason in found.unread[0].reason
    assert found.version.enough is not True


def test_rows_with_too_many_cells_and_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    found = both(files(), files(rows=ROWS + "4,Moss,1,poem,5,6\n"), tmp_path)
    assert [u.what for u in found.unread] == ["records that are too long"]
    new = {**files(), "books.csv": ROWS.encode().replace(b"Rain", b"R\xe4in")}
    found = both(files(), new, tmp_path / "b")
    assert [u.what for u in found.unread] == ["cells"]
    assert found.table("books").changed == 1


def test_a_quotation_mark_that_is_never_closed_is_called_that(tmp_path: Path) -> None:
    found = both(files(), files(rows=ROWS.replace("3,Reed,,poem", '3,Reed,,"poem')), tmp_path)
    assert [(u.what, u.open) for u in found.unread] == [("the end of the file", True)]
    assert "NEW: a quotation mark is never closed, in row 4, column kind" in found.unread[0].reason
    assert "no text" not in found.as_text()
    assert found.version.enough is not True


def test_rows_that_are_too_long_in_the_same_way_leave_nothing_open(tmp_path: Path) -> None:
    old, new = ROWS + "4,Moss,1,poem,5\n5,Fern,1,poem,6,7\n", ROWS + "5,Fern,1.0,poem,6,7\n4,Moss,1,poem,5\n"
    found = both(files(rows=old), files(rows=new.replace("1.0", "1")), tmp_path)
    assert (found.unread, found.table("books").total) == ([], 0)
    other = both(files(rows=old), files(rows=new.replace("1.0", "1").replace("6,7", "6,8")), tmp_path / "b")
    assert [u.what for u in other.unread] == ["records that are too long"] * 2


def test_files_behind_one_address_leave_nothing_open(tmp_path: Path) -> None:
    def remote(given: dict[str, Any]) -> None:
        given["resources"][1]["path"] = "https://example.org/notes.txt"

    found = both(files(remote), files(remote), tmp_path)
    assert [(u.resource, u.open) for u in found.unread] == [("notes", False)]
    assert (bool(found), found.version.enough) == (False, True)
    found = both(files(), files(remote), tmp_path / "b")
    assert [(u.resource, u.open) for u in found.unread] == [("notes", True)]
    assert "path-changed" in found.kinds
    assert "file-missing" not in found.kinds, "what is not fetched is not gone"


@pytest.mark.parametrize("side", [0, 1])
def test_a_package_that_is_none_is_said(tmp_path: Path, side: int) -> None:
    make.write(files(), tmp_path / "good")
    (tmp_path / "empty").mkdir()
    make.write({"datapackage.json": b'{"name": "x", "resources": []}'}, tmp_path / "bare")
    for name, error in (("empty", UsageError), ("absent", UsageError), ("bare", CannotRun)):
        pair = [tmp_path / "good", tmp_path / name]
        with pytest.raises(error, match=name):
            diff(*(pair if side else pair[::-1]))


# --- known edits -----------------------------------------------------------------------------------------------------

FIELDS: list[dict[str, Any]] = [
    {"name": "key", "type": "integer"},
    {"name": "n", "type": "integer"},
    {"name": "x", "type": "number"},
    {"name": "yes", "type": "boolean"},
    {"name": "day", "type": "date"},
    {"name": "word", "type": "string"},
]
TEXTS: dict[str, list[list[str]]] = {  # texts of one value stand together
    "integer": [["0", "-0", "00"], ["1", "01"], ["-5", "-05"], ["9007199254740993"], ["", "NA"], ["x"]],
    "number": [["1.5", "1.50", "15e-1"], ["0", "0.0"], ["-2", "-2.00"], ["nan", "NaN"], ["", "NA"], ["1.5.2"]],
    "boolean": [["true", "1"], ["false", "0"], ["", "NA"], ["maybe"]],
    "date": [["2024-02-29"], ["2024-03-31"], ["", "NA"], ["2024-02-30"]],
    "string": [["a"], ["a "], ['q"uo,te'], ["two\nlines"], ["", "NA"], ["é"]],
}
CELL = st.tuples(st.integers(0, 5), st.integers(0, 2))


def _text(kind: str, cell: tuple[int, int]) -> tuple[int, str]:
    """Which value it is, and how it is written this time."""
    value = cell[0] % len(TEXTS[kind])
    texts = TEXTS[kind][value]
    return value, texts[cell[1] % len(texts)]


def _table(rows: dict[int, list[tuple[int, str]]], order: list[int], pad: int) -> str:
    lines = [[f"{key:0{pad}d}", *(text for _, text in rows[key])] for key in order]
    return csv_of([f["name"] for f in FIELDS], lines)


@settings(
    max_examples=examples(60, 3000),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_known_edits_are_found_and_nothing_else(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A random table, random edits; also with so little memory that every row goes through files."""
    folder = tmp_path_factory.mktemp("edits")
    row = st.tuples(*(CELL for _ in FIELDS[1:]))
    keys = data.draw(st.lists(st.integers(0, 60), unique=True, max_size=12))
    old = {k: [_text(f["type"], c) for f, c in zip(FIELDS[1:], data.draw(row), strict=True)] for k in keys}
    new: dict[int, list[tuple[int, str]]] = {}
    for key, cells in old.items():
        if data.draw(st.integers(0, 4)) == 0:
            continue  # removed
        new[key] = [
            _text(f["type"], data.draw(CELL)) if data.draw(st.integers(0, 3)) == 0 else cell
            for f, cell in zip(FIELDS[1:], cells, strict=True)
        ]
    come = data.draw(st.lists(st.integers(61, 99), unique=True, max_size=4))
    new |= {k: [_text(f["type"], c) for f, c in zip(FIELDS[1:], data.draw(row), strict=True)] for k in come}
    one, other = (
        _table(rows, data.draw(st.permutations(sorted(rows))), data.draw(st.integers(1, 4))) for rows in (old, new)
    )
    changed = {
        key: {f["name"]: _values(a, b) for f, a, b in zip(FIELDS[1:], old[key], new[key], strict=True) if a[0] != b[0]}
        for key in old.keys() & new.keys()
    }
    changed = {key: cells for key, cells in changed.items() if cells}
    tight, quick = data.draw(st.booleans()), data.draw(st.booleans())
    monkeypatch.setattr(comparing_, "_LEAST", 200 if tight else 1 << 20)
    monkeypatch.setattr(store, "PARTS", 3)
    for name in ("LEAST", "_STARTED"):  # which of the readers of delimited text it is
        monkeypatch.setattr(fast, name, 0 if quick else 1 << 60)
    schema = {"fields": FIELDS, "primaryKey": "key", "missingValues": ["", "NA"]}
    table = one_table(one, other, schema, folder, memory=1 if tight else None)
    assert {int(k[0] or "") for k, _ in samples(table, "removed")} == old.keys() - new.keys()
    assert {int(k[0] or "") for k, _ in samples(table, "added")} == set(come)
    found = {int(k[0] or ""): {f: (a, b) for f, a, b in cells} for k, cells in samples(table, "changed")}
    assert found == changed
    assert (table.removed, table.added, table.changed) == (len(old.keys() - new.keys()), len(come), len(changed))
    assert {f.name: f.changed for f in table.fields} == {
        name: n for name in (f["name"] for f in FIELDS[1:]) if (n := sum(name in cells for cells in changed.values()))
    }
    back = diff(folder / "new", folder / "old", memory=1 if tight else None).table("books")
    assert (back.removed, back.added, back.changed) == (table.added, table.removed, table.changed)
    assert {int(k[0] or ""): {f: (b, a) for f, a, b in cells} for k, cells in samples(back, "changed")} == changed
    assert not diff(folder / "old", folder / "old")


def _values(old: tuple[int, str], new: tuple[int, str]) -> tuple[str | None, str | None]:
    return tuple(None if text in ("", "NA") else text for _, text in (old, new))  # type: ignore[return-value]


PAIRS = st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"))


@settings(max_examples=examples(100, 5000), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(PAIRS, max_size=12), other=st.lists(PAIRS, max_size=12))
def test_as_multisets_rows_come_and_go_in_pairs(
    rows: list[tuple[str, str]], other: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("bags")
    table = one_table(csv_of("kv", rows), csv_of("kv", other), {"fields": [{"name": "k"}, {"name": "v"}]}, folder)
    gone, come = Counter(rows) - Counter(other), Counter(other) - Counter(rows)
    assert (table.removed, table.added, table.changed) == (gone.total(), come.total(), 0)
    assert Counter(k for k, _ in samples(table, "removed")) == gone
    assert Counter(k for k, _ in samples(table, "added")) == come


@settings(max_examples=examples(200, 20000))
@given(st.decimals(allow_nan=False, allow_infinity=False), st.integers(0, 5))
def test_a_number_has_one_text(value: Decimal, zeros: int) -> None:
    """However it is written; and the text is that of the same number."""
    text = canonical(value)
    sign, digits, exponent = value.as_tuple()
    longer = Decimal((sign, (*digits, *[0] * zeros), int(exponent) - zeros))
    assert canonical(longer) == text
    assert Decimal(text) == value
    assert canonical(Decimal(text)) == text


# --- samples and counts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [0, 1, 7, None])
def test_samples_are_bounded_and_come_first_in_their_file_while_counts_are_exact(
    tmp_path: Path, limit: int | None
) -> None:
    rows = [[str(n), "1", "w"] for n in range(500)]
    random.Random(1).shuffle(rows)
    new = [[k, "2", w] for k, _, w in rows[100:]] + [[str(n), "1", "w"] for n in range(1000, 1050)]
    labels = ["id", "n", "word"]
    table = one_table(csv_of(labels, rows), csv_of(labels, new), KEYED, tmp_path, limit=limit, memory=1)
    assert (table.removed, table.added, table.changed) == (100, 50, 400)
    for sort, some in (("removed", rows[:100]), ("changed", new[:400]), ("added", new[400:])):
        assert [k[0] for k, _ in samples(table, sort)] == [r[0] for r in some][:limit]


# --- the object ------------------------------------------------------------------------------------------------------


def _some(tmp_path: Path) -> Diff:
    def change(given: dict[str, Any]) -> None:
        given["title"] = "Books"

    new = "id,title,price,kind\n1,Salt,8,novel\n3,Reed,,poem\n4,Moss,1,essay\n"
    return both(files(), files(change, new), tmp_path)


def test_it_is_data(tmp_path: Path) -> None:
    found = _some(tmp_path)
    assert found.changes_frame().select("kind", "old", "new").rows() == [("metadata-changed", None, '"Books"')]
    assert found.tables_frame().rows()[0] == ("books", ["id"], 3, 3, 1, 1, 1, False)
    cells = found.cells_frame()
    assert cells.filter(sort="changed").rows() == [("books", "changed", '{"id": "1"}', 2, 2, "price", "7.50", "8")]
    assert cells["sort"].to_list() == ["removed"] * 3 + ["added"] * 3 + ["changed"]
    assert json.loads(json.dumps(found.as_json()))["kinds"] == {
        "metadata-changed": 1, "rows-added": 1, "rows-removed": 1, "cells-changed": 1,
    }  # fmt: skip
    assert found.breaking
    assert found


def test_frames_have_their_columns_where_nothing_differs(tmp_path: Path) -> None:
    found = both(files(), files(), tmp_path)
    some = _some(tmp_path / "b")
    for name in ("changes_frame", "tables_frame", "cells_frame"):
        assert getattr(found, name)().schema == getattr(some, name)().schema
    assert found.step == "none"
    assert not found


def test_json_says_the_same_each_time(tmp_path: Path) -> None:
    first = json.dumps(_some(tmp_path).as_json())
    again = json.dumps(diff(tmp_path / "old", tmp_path / "new").as_json())
    assert first == again


def test_it_is_found_at_the_front_door() -> None:
    good = ROOT / "tests" / "packages" / "good"
    assert not newspkg.diff(good, good)
    assert newspkg.diff.diff is diff  # type: ignore[attr-defined]


def test_the_shipped_package_against_a_copy_with_known_changes(tmp_path: Path) -> None:
    for name in ("data", "schemas"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "datapackage.json", tmp_path)
    quotes = pl.read_csv(tmp_path / "data" / "quotes.csv", infer_schema=False)
    changed = quotes.with_row_index().with_columns(
        pl.when(pl.col("index") == 3).then(pl.lit("mixed")).otherwise(pl.col("kind")).alias("kind")
    )
    changed.filter(pl.col("index") != 5).drop("index").reverse().write_csv(tmp_path / "data" / "quotes.csv")
    found = diff(ROOT, tmp_path)
    assert [t.name for t in found.tables if t.kinds] == ["quotes"]
    table = found.table("quotes")
    assert samples(table, "changed") == [((quotes["quote_id"][3],), (("kind", quotes["kind"][3], "mixed"),))]
    assert [k for k, _ in samples(table, "removed")] == [(quotes["quote_id"][5],)]
    assert found.unread == []


def test_renamed_and_twin_resources_are_paired_once(tmp_path: Path) -> None:
    def rename(given: dict[str, Any]) -> None:
        given["resources"][0]["name"] = "volumes"

    found = both(files(), files(rename, ROWS.replace("Salt", "Sand")), tmp_path)
    assert [(t.old_name, t.name, t.changed) for t in found.tables] == [("books", "volumes", 1), ("notes", "notes", 0)]
    assert BASE["resources"][0]["name"] == "books"


# --- docs/diff.md ----------------------------------------------------------------------------------------------------


def test_the_snippet_of_the_page_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / "docs" / "diff.md").read_text(encoding="utf-8")
    make.write(files(), tmp_path / "old")
    make.write(files(rows=ROWS + "4,Moss,1,poem\n"), tmp_path / "new")
    (snippet,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert '"git:v1.0.0", "."' in snippet
    exec(snippet.replace('"git:v1.0.0", "."', f"{str(tmp_path / 'old')!r}, {str(tmp_path / 'new')!r}"), {})
    out = capsys.readouterr().out
    assert out.startswith("minor False\n")
    assert out.endswith("False the version is 1.2.3 in both.\n['rows-added']\nTrue\n")


def test_the_calls_of_the_page_have_options_that_there_are() -> None:
    page = (ROOT / "docs" / "diff.md").read_text(encoding="utf-8")
    calls = re.findall(r"pkg diff [^#\n`]*", page)
    told = set(re.findall(r"--[a-z]+", " ".join(calls)))
    there = re.findall(r"^ +(--[a-z]+)", reference().partition("## pkg diff")[2].partition("\n## ")[0], re.MULTILINE)
    assert len(calls) > 4
    assert told <= set(there)
