"""Parquet: the same table as CSV and as Parquet has the same faults, in the same rows; and what only Parquet has."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from effort import examples
from newspkg.report.dresses import dress
from newspkg.validate import validate

SETTINGS = settings(
    max_examples=examples(50, 800), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

DAYS = [dt.date(2020, 2, 28), dt.date(2020, 2, 29), dt.date(2021, 1, 1), dt.date(999, 1, 1)]
MOMENTS = [dt.datetime.fromisoformat(one) for one in ("2020-02-28T01:02:03", "2021-01-01", "2020-02-28")]
# (field, dtype in Parquet, values)
KINDS: list[tuple[dict[str, Any], Any, list[Any]]] = [
    ({"type": "string", "constraints": {"pattern": "[a-c]+", "maxLength": 2}}, pl.String, ["a", "abc", "é", "", "d"]),
    ({"type": "string", "constraints": {"enum": ["a", "b"]}}, pl.Categorical, ["a", "b", "c"]),
    ({"type": "integer", "constraints": {"minimum": 1, "exclusiveMaximum": 9}}, pl.Int16, [0, 1, 8, 9]),
    ({"type": "integer", "constraints": {"enum": [1, 2]}}, pl.UInt8, [1, 2, 3]),
    ({"type": "integer"}, pl.Float64, [1.0, 1.5]),
    ({"type": "number", "constraints": {"minimum": 0.5, "maximum": 2}}, pl.Float64, [0.5, 0.25, 2.0, 2.5, 1.0]),
    ({"type": "number", "constraints": {"exclusiveMinimum": 1}}, pl.Int64, [1, 2]),
    ({"type": "boolean", "constraints": {"required": True}}, pl.Boolean, [True, False]),
    ({"type": "date", "constraints": {"minimum": "2020-02-29"}}, pl.Date, DAYS),
    ({"type": "datetime", "constraints": {"exclusiveMaximum": "2021-01-01T00:00:00Z"}}, pl.Datetime("ms"), MOMENTS),
    ({"type": "year", "constraints": {"minimum": 2000}}, pl.Int32, [1999, 2000]),
    ({"type": "time", "constraints": {"maximum": "12:00:00"}}, pl.Time, [dt.time(12), dt.time(12, 0, 1)]),
    ({"type": "any", "constraints": {"required": True}}, pl.Int64, [1, 2]),
]  # fmt: skip


def package(folder: Path, name: str, schema: dict[str, Any], **more: Any) -> None:
    resources = [{"name": "t", "path": name, "type": "table", "schema": schema, **more}]
    (folder / "datapackage.json").write_text(json.dumps({"name": "p", "resources": resources}), encoding="utf-8")


def found(folder: Path) -> list[tuple[Any, ...]]:
    report = validate(folder)
    assert report.unchecked == []
    return sorted((p.code, p.rule or "", p.field or "", p.row or 0) for p in report.problems)


@st.composite
def tables(draw: st.DrawFn) -> tuple[pl.DataFrame, dict[str, Any]]:
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=3))
    height = draw(st.integers(0, 6))
    columns = [pl.Series("id", [draw(st.integers(0, 8)) for _ in range(height)], dtype=pl.Int64)]
    fields: list[dict[str, Any]] = [{"name": "id", "type": "integer"}]
    for n, (field, dtype, values) in enumerate(kinds):
        cells = [draw(st.sampled_from([None, *values])) for _ in range(height)]
        columns.append(pl.Series(f"f{n}", cells, dtype=dtype))
        fields.append({"name": f"f{n}", **field})
    schema: dict[str, Any] = {"fields": fields}
    if draw(st.booleans()):
        schema["primaryKey"] = draw(st.sampled_from([["id"], ["id", "f0"]]))
    if draw(st.booleans()):
        schema["uniqueKeys"] = [["f0"]]
    return pl.DataFrame(columns), schema


@SETTINGS
@given(tables())
def test_parquet_has_the_faults_that_the_same_csv_has(
    tmp_path: Path, table: tuple[pl.DataFrame, dict[str, Any]]
) -> None:
    frame, schema = table
    frame.write_parquet(tmp_path / "t.parquet", row_group_size=2)
    text = frame.with_columns(
        pl.col(pl.Datetime).dt.to_string("%Y-%m-%dT%H:%M:%S"), pl.col(pl.Time).dt.to_string("%H:%M:%S")
    )
    text.with_columns(
        pl.when(pl.col(pl.Float64).round() == pl.col(pl.Float64)).then(pl.col(pl.Float64).cast(pl.Int64).cast(pl.String))
        .otherwise(pl.col(pl.Float64).cast(pl.String)).name.keep()
    ).write_csv(tmp_path / "t.csv")  # fmt: skip
    package(tmp_path, "t.parquet", schema)
    columns = found(tmp_path)
    package(tmp_path, "t.csv", schema)
    assert columns == found(tmp_path)


def test_a_row_of_parquet_is_placed_by_its_row_group(tmp_path: Path) -> None:
    pl.DataFrame({"n": [1, 2, 3, 4, 5, -1]}).write_parquet(tmp_path / "t.parquet", row_group_size=2)
    package(tmp_path, "t.parquet", {"fields": [{"name": "n", "type": "integer", "constraints": {"minimum": 0}}]})
    (one,) = validate(tmp_path).problems
    assert (one.row, one.row_group, one.line, one.value) == (7, 2, None, "-1")


def test_lists_and_structs_are_judged_as_json(tmp_path: Path) -> None:
    frame = pl.DataFrame({"a": [["x"], [], None], "o": [{"k": 1}, {"k": None}, None], "l": [[1, 2], [3], None]})
    frame.write_parquet(tmp_path / "t.parquet")
    fields = [
        {"name": "a", "type": "array", "constraints": {"minLength": 1}},
        {"name": "o", "type": "object"},
        {"name": "l", "type": "list", "itemType": "integer", "constraints": {"maxLength": 1}},
    ]
    package(tmp_path, "t.parquet", {"fields": fields})
    assert found(tmp_path) == [("constraint-error", "maxLength", "l", 2), ("constraint-error", "minLength", "a", 3)]


@pytest.mark.parametrize("raw", [b"", b"PAR1", b"PAR1PAR1", b"\0" * 64])
def test_what_is_no_parquet_is_said_to_be_none(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "t.parquet").write_bytes(raw)
    package(tmp_path, "t.parquet", {"fields": [{"name": "n"}]})
    report = validate(tmp_path)
    assert report.counts == {"source-error": 1}
    assert "cannot be read as Parquet" in report.problems[0].message


def test_a_damaged_page_is_told_and_never_taken_for_the_end(tmp_path: Path) -> None:
    frame = pl.DataFrame({"n": list(range(1, 5001)), "t": [f"text {n % 97}" for n in range(5000)]})
    frame.write_parquet(tmp_path / "whole.parquet", compression="uncompressed", row_group_size=1000)
    raw = bytearray((tmp_path / "whole.parquet").read_bytes())
    schema = {"fields": [{"name": "n", "type": "integer", "constraints": {"minimum": 1}}, {"name": "t"}]}
    package(tmp_path, "t.parquet", schema)
    for at in range(len(raw) // 3, 2 * len(raw) // 3, len(raw) // 9):
        damaged = raw.copy()
        damaged[at : at + 400] = bytes(b ^ 0x5A for b in damaged[at : at + 400])
        (tmp_path / "t.parquet").write_bytes(damaged)
        report = validate(tmp_path)
        assert report.stats["rows"] == 5000 or "source-error" in report.counts


def test_several_files_are_one_table_and_must_have_the_same_columns(tmp_path: Path) -> None:
    pl.DataFrame({"n": [1, 2]}).write_parquet(tmp_path / "a.parquet")
    pl.DataFrame({"n": [2, 3]}).write_parquet(tmp_path / "b.parquet")
    schema = {"fields": [{"name": "n", "type": "integer"}], "primaryKey": "n"}
    package(tmp_path, "a.parquet", schema, path=["a.parquet", "b.parquet"])
    (one,) = validate(tmp_path).problems
    assert (one.code, one.row, one.path, one.row_group) == ("primary-key", 4, "b.parquet", 0)
    pl.DataFrame({"m": [2, 3]}).write_parquet(tmp_path / "b.parquet")
    assert validate(tmp_path).counts == {"source-error": 1}


def test_a_value_of_another_type_is_a_fault_of_its_cell(tmp_path: Path) -> None:
    pl.DataFrame({"s": [1, None], "n": ["1", "x"]}).write_parquet(tmp_path / "t.parquet")
    package(tmp_path, "t.parquet", {"fields": [{"name": "s", "type": "string"}, {"name": "n", "type": "integer"}]})
    assert found(tmp_path) == [("type-error", "type", "n", 3), ("type-error", "type", "s", 2)]


def test_a_row_of_parquet_is_named_in_every_dress(tmp_path: Path) -> None:
    pl.DataFrame({"n": [1, 2, 30]}).write_parquet(tmp_path / "t.parquet", row_group_size=2)
    schema = {"fields": [{"name": "n", "type": "integer", "constraints": {"maximum": 9}}]}
    resource = {"name": "t", "path": "t.parquet", "type": "table", "schema": schema}
    (tmp_path / "datapackage.json").write_text(json.dumps({"name": "x", "resources": [resource]}), encoding="utf-8")
    report = validate(tmp_path)
    assert [(p.row, p.row_group) for p in report.problems] == [(4, 1)]
    assert report.as_json()["problems"][0]["row_group"] == 1
    for name in ("text", "github", "sarif", "junit", "markdown", "html"):
        assert "ow 4" in dress(report, name), name
    for name in ("text", "github", "sarif"):
        assert "ow 4 (row group 1)" in dress(report, name), name
