"""The contract of any Table Schema: it condemns in a typed frame what the validator condemns in the file, and nothing
else; what it cannot see it says."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import pandera.errors
import pandera.polars as pa
import polars as pl
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

import newspkg
from effort import examples
from newspkg.contract import pandera_schema
from newspkg.contract.exact import Exact
from newspkg.problems import SchemaError
from newspkg.report import Findings
from newspkg.schema import TYPES, Field, TableSchema
from newspkg.validate import validate
from newspkg.validate.cells import columns_of
from newspkg.validate.guards import dtype_of
from newspkg.validate.values import parser
from packages import make

Fault = tuple[int, str | None, str]  # row of the frame, field, rule

# --- what a frame is condemned for -----------------------------------------------------------------------------------


def condemned(contract: pa.DataFrameSchema, frame: pl.DataFrame) -> set[Fault]:
    """The faults that the contract finds, by the name of the rule."""
    try:
        assert contract.validate(frame, lazy=True).equals(frame)
    except pandera.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        assert cases["index"].null_count() == 0, cases  # else a check has failed to run
        own = {"not_nullable": "required"}
        fields = set(frame.columns)
        return {
            (row, column if column in fields else None, own.get(check, check))
            for row, column, check in cases.select("index", "column", "check").rows()
        }
    return set()


def framed(described: dict[str, Any], rows: list[list[Any]]) -> set[Fault]:
    """The same, of rows of values, by the dtypes that the contract names."""
    contract = newspkg.schema(described)
    return condemned(contract, pl.DataFrame(rows, schema=contract.metadata["newspkg"]["dtypes"], orient="row"))


def column(field: dict[str, Any], *cells: Any, **schema: Any) -> list[tuple[int, str]]:
    """Row and rule of each fault in a table of one column."""
    found = framed({"fields": [{"name": "x", **field}], **schema}, [[cell] for cell in cells])
    return sorted((row, rule) for row, _, rule in found)


# --- any schema, any table -------------------------------------------------------------------------------------------

# type and format -> texts: values of the type, some equal though written otherwise, and texts that are none
TEXTS: dict[tuple[str, str], list[str]] = {
    ("string", "default"): ["a", "ab", "abc", "café", "日本語", "👍🏽", " a", "a\nb", "NA", "-", "x-1"],
    ("string", "email"): ["a@example.org", "b@example.org", "a@b@c", "A@example.org"],
    ("string", "uri"): ["https://example.org/a", "urn:isbn:0", "no uri", "http://"],
    ("string", "binary"): ["YQ==", "YWI=", "?", "YQ"],
    ("string", "uuid"): ["00000000-0000-4000-8000-000000000000", "0"],
    ("integer", "default"): ["1", "01", "+1", "2", "-5", "10", "9007199254740993", "1.0", "x"],
    ("number", "default"): ["1", "1.0", "1e0", "2.5", "-0.0", "0", "NaN", "inf", "-INF", "x"],
    ("boolean", "default"): ["true", "false", "1", "0", "TRUE", "yes"],
    ("date", "default"): ["2020-01-01", "2020-01-02", "1999-12-31", "2020-02-30", "20200101"],
    ("date", "%d.%m.%Y"): ["01.01.2020", "1.1.2020", "31.12.1999", "2020-01-01"],
    ("date", "any"): ["2020-01-01", "1 January 2020", "May 2020", "x"],
    ("datetime", "default"): ["2020-01-01T00:00:00Z", "2020-01-01T01:00:00+01:00", "2020-01-01T00:00:00.5Z", "2020-01-01"],
    ("datetime", "%Y-%m-%d %H:%M"): ["2020-01-01 00:00", "2020-01-01 00:01", "x"],
    ("time", "default"): ["00:00:00", "12:30:00", "24:00:00", "12:30"],
    ("time", "%H:%M"): ["12:30", "00:00", "12:30:00"],
    ("year", "default"): ["2020", "2020Z", "1999", "-0044", "12020", "20"],
    ("yearmonth", "default"): ["2020-01", "2020-12", "1999-12", "2020-13"],
    ("duration", "default"): ["P1Y", "P12M", "P365D", "PT1S", "PT1.5S", "-P1D", "1Y"],
    ("array", "default"): ["[]", "[1]", "[1, 2]", "[ 1 ]", '["1"]', '[{"a": 1}]', "{}", "x"],
    ("list", "default"): ["a", "a,b", "a,b,c", "b"],
    ("object", "default"): ["{}", '{"a": 1}', '{"a": 1, "b": 2}', '{"b": 2, "a": 1}', "[]", "x"],
    ("geopoint", "default"): ["1,2", "1.0, 2", "200,1", "x"],
    ("geopoint", "array"): ["[1, 2]", "[1.0, 2.0]", "[1]"],
    ("geopoint", "object"): ['{"lon": 1, "lat": 2}', '{"lat": 2, "lon": 1}', "{}"],
    ("geojson", "default"): ['{"type": "Point", "coordinates": [1, 2]}', '{"coordinates": [1, 2], "type": "Point"}', "{}"],
    ("any", "default"): ["1", "a", "1.0", "{}"],
}  # fmt: skip
# The same, with properties that change what a text means.
OPTIONS: dict[str, list[tuple[dict[str, Any], list[str]]]] = {
    "boolean": [({"trueValues": ["y"], "falseValues": ["n"]}, ["y", "n", "true"])],
    "integer": [({"groupChar": ","}, ["1,000", "1000", "1", "x"]), ({"bareNumber": False}, ["5%", "5", "€5", "x"])],
    "number": [({"decimalChar": ",", "groupChar": "."}, ["1,5", "1.000,5", "1000,5", "x"])],
    "list": [({"itemType": "integer", "delimiter": ";"}, ["1", "1;2", "01;2", "a"])],
}
VALUES: dict[str, list[Any]] = {  # for bounds and vocabularies, as a schema writes them
    "string": ["a", "ab", "café", "x-1", "NA"],
    "integer": [1, 2, "2", -5, 10, 9007199254740993],
    "number": [1, 2.5, "2.5", -0.5, 0],
    "boolean": [True, False],
    "date": ["2020-01-01", "2000-01-01"],
    "datetime": ["2020-01-01T00:00:00Z", "2020-01-01T00:30:00Z"],
    "time": ["12:30:00", "06:00:00"],
    "year": [2020, 1999, "2020", -44],
    "yearmonth": ["2020-01", "2019-12"],
    "duration": ["P1Y", "P366D", "PT1S", "P0D"],
    "array": [[1], '["1"]', []],
    "object": [{"a": 1}, '{"b": 2, "a": 1}'],
    "list": ["a", "a,b"],
    "any": ["1", "a"],
    "geopoint": ["1,2"],
    "geojson": [{"type": "Point", "coordinates": [1, 2]}],
}
PATTERNS = ["[a-z]+", r"\w+", "a|ab", "a.*", r"[a-z-[b]]+", ".{2}", "^a", r"\i\c*"]
BY_FORMAT = {"%d.%m.%Y": "01.01.2020", "%Y-%m-%d %H:%M": "2020-01-01 00:00", "%H:%M": "12:30", "array": [1, 2]}
BY_OPTIONS = {"decimalChar": 1.5, "itemType": "1;2", "trueValues": True}


def the_rows(draw: st.DrawFn, pools: list[list[str]], missing: list[str]) -> list[list[str]]:
    return [[draw(st.sampled_from([*pool, *missing, ""])) for pool in pools] for _ in range(draw(st.integers(0, 6)))]


@st.composite
def fields(draw: st.DrawFn, name: str) -> tuple[dict[str, Any], list[str]]:
    """A field of any type and format with any constraints that it may have, and texts for its cells."""
    kind = draw(st.sampled_from(sorted(TYPES)))
    format = draw(st.sampled_from([f for k, f in TEXTS if k == kind]))
    texts = TEXTS[kind, format]
    made: dict[str, Any] = {"name": name, "type": kind}
    if format != "default":
        made["format"] = format
    elif kind in OPTIONS and draw(st.booleans()):
        options, texts = draw(st.sampled_from(OPTIONS[kind]))
        made |= options
    value = BY_FORMAT.get(format) or next((v for k, v in BY_OPTIONS.items() if k in made), None)
    values = VALUES[kind] if value is None and format in ("default", "any") else [] if value is None else [value]
    constraints: dict[str, Any] = {}
    for rule in sorted(TYPES[kind].constraints):
        if draw(st.integers(0, 2)):
            continue
        if rule.endswith("Length"):
            constraints[rule] = draw(st.integers(0, 4))
        elif rule == "pattern":
            constraints[rule] = draw(st.sampled_from(PATTERNS))
        elif rule == "jsonSchema":
            constraints[rule] = {"minItems": 1, "minProperties": 1}
        elif values:
            constraints[rule] = draw(st.sampled_from(values))
    if values and draw(st.integers(0, 3)) == 0:
        constraints["enum"] = draw(st.lists(st.sampled_from(values), min_size=1, max_size=3, unique_by=str))
    elif kind in ("string", "integer") and format == "default" and draw(st.integers(0, 3)) == 0:
        words = [v for v in values if isinstance(v, int if kind == "integer" else str)]
        made["categories"] = draw(st.sampled_from([words, [{"value": v, "label": f"the {v}"} for v in words]]))
    for rule in ("required", "unique"):
        if draw(st.integers(0, 2)) == 0:
            constraints[rule] = True
    return {**made, "constraints": constraints}, texts


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[str, Any], list[list[str]]]:
    """A schema of any fields and keys, and records of texts. The first field says only that no record is blank."""
    drawn = [draw(fields(f"f{n}")) for n in range(draw(st.integers(1, 3)))]
    names = [one["name"] for one, _ in drawn]
    missing = draw(st.sampled_from([[""], ["", "NA"], ["-"], []]))
    made: dict[str, Any] = {"fields": [{"name": "row"}, *(one for one, _ in drawn)], "missingValues": missing}
    keys = st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True)
    if draw(st.booleans()):
        made["primaryKey"] = draw(keys)
    if draw(st.booleans()):
        made["uniqueKeys"] = [draw(keys)]
    rows = the_rows(draw, [texts for _, texts in drawn], missing)
    return made, [["r", *cells] for cells in rows]


def in_the_file(described: dict[str, Any], rows: list[list[str]], tmp_path: Path) -> tuple[set[Fault], set[str]]:
    """What the validator condemns in the rows as a file, and what it says of the schema."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([[one["name"] for one in described["fields"]], *rows])
    report = validate(make.write(make.one_table(text.getvalue(), described), tmp_path), limit=None)
    found, of_schema = set(), set()
    for one in report.problems:
        if one.row is None:
            of_schema.add(one.code)
            continue
        key = one.rule or one.field
        rule = {
            "type-error": "type",
            "constraint-error": one.rule,
            "unique-error": "unique",
            "primary-key": "primaryKey",
            "unique-key": f"uniqueKeys {key}",
        }[one.code]
        assert rule is not None
        found.add((one.row - 2, None if one.code in ("primary-key", "unique-key") else one.field, rule))
    return found, of_schema


def typed(schema: TableSchema, rows: list[list[str]]) -> tuple[pl.DataFrame, set[tuple[int, str]]]:
    """The rows as the engine types them, text where polars has no type, and the cells whose text is no value."""
    columns, lost = [], set()
    for n, field in enumerate(schema.fields):
        missing, parse = schema.missing_values, parser(field)
        dtype = pl.Time() if field.type == "time" else dtype_of(field)
        cells: list[Any] = []
        for row, text in enumerate(cells_ := [record[n] for record in rows]):
            try:
                value = None if text in missing else parse(text)
            except (ValueError, ArithmeticError):
                value = None
                lost.add((row, field.name))
            cells.append(float(value) if value is not None and dtype == pl.Float64() else value)
        if dtype == pl.String():
            cells = [None if text in missing else text for text in cells_]
        columns.append(pl.Series(field.name, cells, dtype=dtype, strict=True))
    return pl.DataFrame(columns), lost


@settings(max_examples=examples(150, 2000), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables())
def test_file_and_frame_are_condemned_for_the_same(
    tmp_path: Path, table: tuple[dict[str, Any], list[list[str]]]
) -> None:
    """Row, field and rule of every fault, wherever the text of a cell has a value of its type."""
    described, rows = table
    theirs, of_schema = in_the_file(described, rows, tmp_path)
    if of_schema:
        event("a schema that is refused")
        with pytest.raises(SchemaError) as refused:
            newspkg.schema(described)
        assert {p.code for p in refused.value.problems} <= of_schema
        return
    schema, _ = TableSchema.from_descriptor(described, strict=False, where="s")
    frame, lost = typed(schema, rows)
    natively = {f.name for f in schema.fields if dtype_of(f) != pl.String() or f.type == "time"}
    contract = newspkg.schema(described)
    ours = condemned(contract, frame)
    unjudged = {(row, name) for row, name in lost if name in natively}
    keys = [*schema.primary_key, *(name for key in schema.unique_keys for name in key)]
    keyless = {row for row, name in unjudged if name in keys}

    def kept(faults: set[Fault]) -> set[Fault]:
        return {f for f in faults if (f[0], f[1]) not in unjudged and (f[1] is not None or f[0] not in keyless)}

    event(f"{len(kept(ours))} faults")
    assert kept(ours) == kept(theirs)


# --- dtypes ----------------------------------------------------------------------------------------------------------


def one(kind: str, **more: Any) -> dict[str, Any]:
    return {"fields": [{"name": "x", "type": kind, **more}]}


def accepted(described: dict[str, Any], cells: pl.Series) -> bool:
    return not condemned_somehow(described, cells)


def condemned_somehow(described: dict[str, Any], cells: pl.Series) -> list[str]:
    """The checks that fail on a column, whether or not they name rows."""
    try:
        newspkg.schema(described).validate(pl.DataFrame({"x": cells}), lazy=True)
    except pandera.errors.SchemaErrors as errors:
        return sorted(set(errors.failure_cases["check"].to_list()))
    return []


DTYPES: list[tuple[str, pl.DataType]] = [
    ("string", pl.String()),
    ("integer", pl.Int64()),
    ("number", pl.Float64()),
    ("boolean", pl.Boolean()),
    ("date", pl.Date()),
    ("datetime", pl.Datetime("us", "UTC")),
    ("time", pl.Time()),
    ("year", pl.Int32()),
    ("yearmonth", pl.String()),
    ("duration", pl.String()),
    ("array", pl.String()),
    ("list", pl.String()),
    ("object", pl.String()),
    ("geopoint", pl.String()),
    ("geojson", pl.String()),
    ("any", pl.String()),
]


def test_every_type_has_its_dtype() -> None:
    assert {kind for kind, _ in DTYPES} == set(TYPES)


@pytest.mark.parametrize(("kind", "dtype"), DTYPES, ids=[kind for kind, _ in DTYPES])
def test_a_column_of_the_dtype_is_accepted_and_another_is_not(kind: str, dtype: pl.DataType) -> None:
    described = one(kind)
    assert newspkg.schema(described).metadata["newspkg"]["dtypes"] == {"x": dtype}
    assert accepted(described, pl.Series([None], dtype=dtype))
    other = pl.Series([None], dtype=pl.Int16)
    assert accepted(described, other) is (kind == "any")


# What else a column may be, by other readers or by hand.
OTHERS: list[tuple[dict[str, Any], pl.Series, list[str]]] = [
    (one("year"), pl.Series([2020, 1999], dtype=pl.Int64), []),
    (one("year", constraints={"minimum": 2000}), pl.Series([2020, 1999], dtype=pl.Int64), ["minimum"]),
    (one("string", categories=["a", "b"]), pl.Series(["a"], dtype=pl.Enum(["b", "a"])), []),
    (one("string", categories=["a", "b"]), pl.Series(["c"], dtype=pl.Categorical), ["categories"]),
    (one("string", constraints={"enum": ["a"], "minLength": 2}), pl.Series(["a"], dtype=pl.Categorical), ["minLength"]),
    (one("string", constraints={"enum": ["a"], "unique": True}), pl.Series(["a"] * 2, dtype=pl.Categorical), ["unique"]),
    (one("array"), pl.Series([["a", None], []]), []),
    (one("array"), pl.Series([[1, 2]]), []),
    (one("array", constraints={"enum": [[1, 2]]}), pl.Series([[1, 2], [2, 1]]), ["enum"]),
    (one("array", constraints={"minLength": 1, "unique": True}), pl.Series([["a"], [], ["a"]]), ["minLength", "unique"]),
    (one("array", constraints={"jsonSchema": {"items": {"type": "string"}}}), pl.Series([[1]]), ["jsonSchema"]),
    (one("list"), pl.Series([["a,b", "c"]]), []),
    (one("list", itemType="integer"), pl.Series([["1", "x"]]), ["type"]),
    (one("list", itemType="integer"), pl.Series([[1, 2]]), []),
    (one("list", itemType="integer", constraints={"maxLength": 1}), pl.Series([["1", "2"]]), ["maxLength"]),
    (one("list", itemType="date"), pl.Series([[1]]), ["dtype('String or List(String) or List(Date)')"]),
    (one("any"), pl.Series([1.5, None]), []),
    (one("any", constraints={"required": True}), pl.Series([1.5, None]), ["required"]),
    (one("any", constraints={"enum": ["1", "a"]}), pl.Series([1, 2]), ["enum"]),
    (one("any", constraints={"unique": True}), pl.Series([[1], [1]]), ["unique"]),
    (one("any", constraints={"enum": ["2020-01-01"]}), pl.Series(["2020-01-01", "2020-01-02"]).str.to_date(), ["enum"]),
]  # fmt: skip


@pytest.mark.parametrize(("described", "cells", "broken"), OTHERS)
def test_a_column_may_be_as_other_readers_give_it(
    described: dict[str, Any], cells: pl.Series, broken: list[str]
) -> None:
    assert condemned_somehow(described, cells) == broken


def test_a_verdict_is_that_of_the_value_not_of_one_that_python_takes_for_equal() -> None:
    contract = newspkg.schema(one("any", constraints={"enum": ["1", "2020-01-01"]}))
    assert condemned(contract, pl.DataFrame({"x": [1]})) == set()
    assert condemned(contract, pl.DataFrame({"x": [True]})) == {(0, "x", "enum")}
    assert condemned(contract, pl.DataFrame({"x": [date(2020, 1, 1), date(2020, 1, 2)]})) == {(1, "x", "enum")}


def test_no_more_verdicts_are_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newspkg.contract.exact._MEMO", 2)
    (column,) = columns_of(TableSchema("t", (Field("x", "duration"),)), "t", Findings()).values()
    exact = Exact(column)
    cells = pl.Series(["P1D", "x", "P2D", "y", "P1D"])
    assert exact.faulty(cells, "type").to_list() == [False, True, False, True, False]
    assert len(exact.memo) <= 2


# --- rules -----------------------------------------------------------------------------------------------------------


def test_a_check_has_the_name_of_its_rule_and_says_what_it_asks() -> None:
    contract = newspkg.schema(one("integer", constraints={"minimum": 2, "enum": [2, 3], "unique": True}))
    checks = contract.columns["x"].checks
    assert [check.name for check in checks] == ["minimum", "enum", "unique"]
    assert checks[0].description == "x breaks the constraint minimum: 2"
    assert checks[0].statistics == {"minimum": 2}


def test_a_pattern_is_one_of_xml_schema() -> None:
    pattern = {"type": "string", "constraints": {"pattern": r"\p{Lu}[a-z-[aeiou]]+"}}
    assert column(pattern, "Łxyz", "Xa", "x", None) == [(1, "pattern"), (2, "pattern")]
    assert column({"type": "string", "constraints": {"pattern": "a|ab"}}, "a", "ab", "abc", "a\n") == [
        (2, "pattern"),
        (3, "pattern"),
    ]


def test_a_pattern_too_large_for_polars_is_judged_all_the_same() -> None:
    pattern = "(((a{1,200}){1,200}){1,200}){1,200}b"
    assert column({"type": "string", "constraints": {"pattern": pattern}}, "aab", "aac") == [(1, "pattern")]


def test_lengths_are_characters() -> None:
    limits = {"minLength": 2, "maxLength": 2}
    cells = ("é", "日本", "👍🏽", "abc")
    assert column({"type": "string", "constraints": limits}, *cells) == [(0, "minLength"), (3, "maxLength")]


def test_bounds_of_numbers_beyond_the_column() -> None:
    assert column({"type": "integer", "constraints": {"maximum": 10**30}}, 2**62) == []
    assert column({"type": "integer", "constraints": {"minimum": 10**30}}, 2**62) == [(0, "minimum")]
    assert column({"type": "integer", "constraints": {"enum": [10**30, 1]}}, 1, 2) == [(1, "enum")]
    assert column({"type": "number", "constraints": {"minimum": -(10**400)}}, -1e308) == []
    assert column({"type": "number", "constraints": {"maximum": 10**400}}, 1e308, float("nan")) == [(1, "maximum")]


def test_a_bound_may_be_written_as_a_cell_is() -> None:
    described = {"type": "date", "format": "%d.%m.%Y", "constraints": {"minimum": "31.12.2019"}}
    days = pl.Series(["2019-12-30", "2019-12-31"]).str.to_date().to_list()
    assert column(described, *days) == [(0, "minimum")]


def test_values_are_compared_not_texts() -> None:
    assert column({"type": "duration", "constraints": {"unique": True}}, "P1Y", "P12M", "x", "x") == [
        (1, "unique"),
        (2, "type"),
        (3, "type"),
    ]
    assert column({"type": "object"}, '{"a": 1, "b": 2}', '{"b": 2, "a": 1}', primaryKey="x") == [(1, "primaryKey")]


def test_minus_zero_is_zero_and_nan_is_a_value() -> None:
    cells = (0.0, -0.0, float("nan"), float("nan"), None, None)
    assert column({"type": "number", "constraints": {"unique": True}}, *cells) == [(1, "unique"), (3, "unique")]
    keyed = {"fields": [{"name": "a", "type": "number"}, {"name": "b", "type": "integer"}], "uniqueKeys": [["a", "b"]]}
    found = framed(keyed, [[cell, 1] for cell in cells])
    assert found == {(1, None, "uniqueKeys a + b"), (3, None, "uniqueKeys a + b")}


def test_a_key_that_is_unique_as_well_breaks_both() -> None:
    cells = (1, 1, None)
    described = {"type": "integer", "constraints": {"unique": True}}
    assert column(described, *cells, primaryKey=["x"]) == [(1, "primaryKey"), (1, "unique"), (2, "primaryKey")]
    assert column(described, *cells) == [(1, "unique")]


def test_a_column_may_have_the_name_that_pandera_gives_its_results() -> None:
    described = {"fields": [{"name": "check_output", "type": "integer", "constraints": {"minimum": 1}}]}
    assert framed(described, [[1]]) == set()


# --- the header ------------------------------------------------------------------------------------------------------

# fieldsMatch -> which frames it accepts, by their columns; the schema has a and b
HEADERS: dict[str, dict[str, bool]] = {
    "exact": {"ab": True, "ba": False, "abc": False, "a": False, "c": False},
    "equal": {"ab": True, "ba": True, "abc": False, "a": False, "c": False},
    "subset": {"ab": True, "ba": True, "cab": True, "a": False, "c": False},
    "superset": {"ab": True, "ba": True, "abc": False, "b": True, "c": False},
    "partial": {"ab": True, "ba": True, "cab": True, "bc": True, "c": False},
}


@pytest.mark.parametrize("mode", HEADERS)
def test_which_columns_there_must_be(mode: str, tmp_path: Path) -> None:
    """As the validator judges the header of a file."""
    described = {"fields": [{"name": "a"}, {"name": "b"}], "fieldsMatch": mode, "primaryKey": ["a"]}
    contract = newspkg.schema(described)
    for labels, good in HEADERS[mode].items():
        frame = pl.DataFrame({name: ["1", "2"] for name in labels})
        try:
            contract.validate(frame, lazy=True)
            found = True
        except pandera.errors.SchemaErrors:
            found = False
        assert found is good, labels
        rows = "".join(f"{','.join(cells)}\n" for cells in (labels, "1" * len(labels), "2" * len(labels)))
        assert validate(make.write(make.one_table(rows, described), tmp_path)).valid is good, labels


@pytest.mark.parametrize("name", ["*", "^b$"])
def test_a_name_that_polars_takes_for_a_pattern_is_left_out_and_said(name: str) -> None:
    described = {"fields": [{"name": "a", "type": "integer"}, {"name": name, "type": "integer"}], "primaryKey": [name]}
    contract = newspkg.schema(described)
    assert [note["what"] for note in contract.metadata["newspkg"]["unchecked"]] == [name]
    assert condemned(contract, pl.DataFrame({"a": [1, 2], name: ["x", "x"]})) == {(1, None, "primaryKey")}
    with pytest.raises(pandera.errors.SchemaErrors, match="Int64"):
        contract.validate(pl.DataFrame({"a": ["1"], name: ["x"]}), lazy=True)


def test_a_field_that_need_not_be_there_may_be_required_where_it_is() -> None:
    described = {**one("string", constraints={"required": True}), "fieldsMatch": "superset", "primaryKey": ["x"]}
    described["fields"].append({"name": "y", "type": "string"})
    contract = newspkg.schema(described)
    assert condemned(contract, pl.DataFrame({"y": ["a", "a"]})) == set()
    assert condemned(contract, pl.DataFrame({"x": ["a", None]}, schema={"x": pl.String})) == {
        (1, "x", "required"),
        (1, None, "primaryKey"),
    }


# --- what is not checked ---------------------------------------------------------------------------------------------


def unchecked(described: dict[str, Any]) -> list[str]:
    notes = newspkg.schema(described).metadata["newspkg"]["unchecked"]
    assert all(note["reason"] for note in notes)
    return [note["what"] for note in notes]


@pytest.mark.parametrize(
    ("described", "told"),
    [
        (one("string", constraints={"pattern": "a", "required": True}), []),
        ({**one("integer"), "missingValues": ["", "NA"]}, ["the missing values"]),
        (one("integer", missingValues=["-"]), ["the missing values of x"]),
        (one("date", format="%d.%m.%Y"), ["the format of x"]),
        (one("boolean", trueValues=["y"]), ["trueValues of x"]),
        (one("number", decimalChar=","), ["decimalChar of x"]),
        (one("number", constraints={"minimum": 0}), ["the last digits of x"]),
        ({**one("number"), "primaryKey": ["x"]}, ["the last digits of x"]),
        ({"fields": [{"name": "x"}, {"name": "x"}]}, ["x"]),
        (one("boolean", categories=[True]), ["x"]),
        (
            {**one("string"), "foreignKeys": [{"fields": ["x"], "reference": {"resource": "o", "fields": ["y"]}}]},
            ["the foreign key x -> o"],
        ),
        (
            {**one("string"), "foreignKeys": [{"fields": ["x"], "reference": {"resource": "", "fields": ["x"]}}]},
            ["the foreign key x -> its own table"],
        ),
    ],
)
def test_what_a_frame_cannot_show_is_said(described: dict[str, Any], told: list[str]) -> None:
    assert unchecked(described) == told


def test_a_lazy_frame_is_judged_by_its_dtypes_alone() -> None:
    """pandera's way, of which docs/library.md warns; where it learns more, the page is to be changed."""
    contract = newspkg.schema(one("integer", constraints={"minimum": 1}))
    contract.validate(pl.LazyFrame({"x": [0]}))
    with pytest.raises(pandera.errors.SchemaError, match="Int64"):
        contract.validate(pl.LazyFrame({"x": ["0"]}))


# --- schemas that are wrong ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("described", "code", "pointer"),
    [
        ({}, "schema-error", "/fields"),
        ({"fields": [{"type": "string"}]}, "field-error", "/fields/0/name"),
        (one("strin"), "field-error", "/fields/0/type"),
        (one("date", format="%Q"), "field-error", "/fields/0/format"),
        (one("string", constraints={"pattern": "(a"}), "schema-pattern", "/fields/0/constraints/pattern"),
        (one("integer", constraints={"minimum": "a"}), "schema-constraint", "/fields/0/constraints/minimum"),
        (one("integer", constraints={"minLength": 1}), "schema-constraint", "/fields/0/constraints/minLength"),
        ({**one("string"), "primaryKey": ["y"]}, "schema-key", "/primaryKey"),
    ],
)
def test_a_wrong_schema_is_refused(described: dict[str, Any], code: str, pointer: str) -> None:
    """A part that cannot be used would be a check that is not made."""
    with pytest.raises(SchemaError) as refused:
        newspkg.schema(described)
    (found,) = refused.value.problems
    assert (found.code, found.field) == (code, pointer)
    assert pointer in found.message


# --- the tables of the profile ---------------------------------------------------------------------------------------


def test_a_narrow_contract_takes_one_dtype_alone() -> None:
    fields = (Field("a", "array"), Field("s", "string", constraints={"enum": ["u", "v"]}), Field("y", "year"))
    schema = TableSchema("t", fields)
    dtypes = {"a": pl.List(pl.String), "s": pl.Enum(["u", "v"]), "y": pl.Int32}
    frame = pl.DataFrame({"a": [["x"]], "s": ["u"], "y": [2020]}, schema=dtypes)
    narrow, wide = pandera_schema(schema, narrow=True), pandera_schema(schema)
    for contract in (narrow, wide):
        assert contract.validate(frame, lazy=True).equals(frame)
    for name, other in {"a": pl.List(pl.Int64), "s": pl.String, "y": pl.Int64}.items():
        cells = frame[name].cast(other) if name != "a" else pl.Series([[1]])
        changed = frame.with_columns(cells.alias(name))
        assert wide.validate(changed, lazy=True).equals(changed)
        with pytest.raises(pandera.errors.SchemaErrors, match="dtype"):
            narrow.validate(changed, lazy=True)
