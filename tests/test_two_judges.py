"""Three judges of the same packages: this validator, frictionless, and the pandera contracts made of the schemas."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pandera.errors
import pandera.polars as pa
import polars as pl
import pytest
from frictionless import FrictionlessException, Package
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from effort import examples
from newspkg.contract import pandera_schema
from newspkg.schema import house_schemas, polars_schema
from newspkg.validate import validate
from packages import make

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "tests" / "packages"

Found = Counter[tuple[str, str, int | None, str | None]]

# Where frictionless knows the fault by another name, or not at all, and why.
OTHER_NAME = {
    "file-missing": "scheme-error",  # it says that the scheme of the path is wrong
    "schema-key": "schema-error",
    "blank-header": "blank-label",
    "schema-constraint": "field-error",
    "unclosed-quote": "missing-cell",  # the rest of the file is one cell to it
    "duplicate-label": "extra-label",  # a fourth label of three fields, whatever it says
}
BLIND = {
    "stray-quote": "csv.reader takes them as they stand",
    "byte-order-mark": "it is passed over",
    "check-error": "the checks are of this toolkit",
    "check-invalid": "the checks are of this toolkit",
    "severity-invalid": "the severities are of this toolkit",
    "unique-key": "uniqueKeys are not read",
    "schema-pattern": "a pattern that does not compile breaks off the validation",
}


def frictionless(folder: Path) -> Any:
    return Package(str(folder / "datapackage.json")).validate()


def codes(report: Any) -> set[str]:
    return {error.type for error in report.errors} | {error.type for task in report.tasks for error in task.errors}


# --- packages --------------------------------------------------------------------------------------------------------


def test_frictionless_finds_the_good_package_good() -> None:
    report = frictionless(PACKAGES / "good")
    assert report.valid, report.flatten(["type", "title", "note"])
    assert {task.name for task in report.tasks} == set(make.TABLES)


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # it leaves a file open that it cannot unpack
@pytest.mark.parametrize("code", sorted(make.STANDARD.keys() - BLIND.keys()))
def test_both_condemn_what_breaks_the_standard(code: str) -> None:
    folder = PACKAGES / "broken" / code
    try:
        found = codes(frictionless(folder))
    except FrictionlessException as refused:  # it raises where the descriptor cannot be read at all
        found = {error.type for error in [*getattr(refused, "reasons", ()), refused.error]}
    assert not validate(folder).valid
    assert OTHER_NAME.get(code, code) in found


@pytest.mark.parametrize("code", sorted(BLIND))
def test_what_frictionless_does_not_see_is_seen_here(code: str) -> None:
    folder = PACKAGES / "broken" / code
    try:
        seen = not frictionless(folder).valid
    except (FrictionlessException, re.error):
        seen = False
    assert not seen, "frictionless has learned it: move the code"
    assert set(validate(folder).counts) == {code}


@pytest.mark.parametrize("code", sorted(make.RULES))
def test_the_rules_of_the_profile_are_beyond_the_standard(code: str, tmp_path: Path) -> None:
    folder = make.write(make.broken_whole(code), tmp_path)
    assert frictionless(folder).valid
    assert not validate(folder, texts=[folder / "texts"] if (folder / "texts").is_dir() else None).valid


# --- any table -------------------------------------------------------------------------------------------------------

# Cells on which the two do not differ by a stated choice: frictionless also takes 2020-1-1, 1_000 and the like.
CELLS: dict[str, list[str]] = {
    "string": ["a", "bb", "ccc", "café", "x y", "NA", "", 'say "a"', "a\nb"],
    "integer": ["1", "2", "007", "-5", "", "NA", "x", "1.5", "10"],
    "number": ["1", "1.5", "-2.0", "", "NA", "abc", "1e3"],
    "boolean": ["true", "false", "", "yes", "1"],
    "date": ["2020-01-01", "2020-02-30", "", "20200101", "2019-12-31"],
    "datetime": ["2020-01-01T00:00:00Z", "", "x"],
    "year": ["2020", "20", "", "abcd"],
    "yearmonth": ["2020-01", "2020-13", ""],
    "time": ["12:00:00", "25:00:00", ""],
    "array": ['["a"]', "[]", "x", "{}", ""],
    "object": ['{"a":1}', "[]", "", "x"],
    "geopoint": ["1,2", "200,1", "", "a"],
}
CONSTRAINTS: dict[str, list[dict[str, Any]]] = {
    "string": [{"minLength": 2}, {"maxLength": 3}, {"pattern": "[a-c ]*"}, {"enum": ["a", "bb"]}, {"unique": True}],
    "integer": [{"minimum": 0}, {"maximum": 5}, {"unique": True}, {"minimum": 0, "maximum": 5}],
    "number": [{"minimum": 0}, {"maximum": 5}],
    "date": [{"minimum": "2020-01-01"}],
}


@st.composite
def tables(draw: st.DrawFn) -> dict[str, bytes]:
    """A table `a` with a key and a foreign key into `b`, ragged and blank records, and faults of all kinds."""
    fields = []
    for n in range(draw(st.integers(2, 4))):
        kind = draw(st.sampled_from(sorted(CELLS)))
        constraints = dict(draw(st.sampled_from([{}, *CONSTRAINTS.get(kind, [{}])])))
        if draw(st.booleans()):
            constraints["required"] = True
        fields.append({"name": f"f{n}", "type": kind, "constraints": constraints})
    schema: dict[str, Any] = {"fields": fields, "missingValues": draw(st.sampled_from([[""], ["", "NA"]]))}
    strings = [f["name"] for f in fields if f["type"] == "string" and not f["constraints"].get("unique")]
    if strings:
        schema["primaryKey"] = [strings[0]]
        schema["foreignKeys"] = [{"fields": [strings[-1]], "reference": {"resource": "b", "fields": ["k"]}}]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=draw(st.sampled_from(["\n", "\r\n"])))
    writer.writerow([f["name"] for f in fields])
    for shape in draw(st.lists(st.sampled_from(["even", "even", "even", "short", "blank"]), max_size=7)):
        cells = [draw(st.sampled_from(CELLS[f["type"]])) for f in fields]
        cells = [] if shape == "blank" else cells[:-1] if shape == "short" else cells
        # A record of nothing but missing values is blank to frictionless; the standard does not say so.
        if not any(cells) or not set(cells) <= set(schema["missingValues"]):
            writer.writerow(cells)
    shared = {"type": "table", "dialect": {"header": True, "headerRows": [1]}}
    resources = [
        {"name": "a", "path": "a.csv", "schema": schema, **shared},
        {
            "name": "b",
            "path": "b.csv",
            "schema": {"fields": [{"name": "k", "type": "string"}], "primaryKey": ["k"]},
            **shared,
        },
    ]
    descriptor = json.dumps({"name": "p", "resources": resources})
    return {
        "datapackage.json": descriptor.encode(),
        "a.csv": text.getvalue().encode(),
        "b.csv": b"k\na\nbb\ncaf\xc3\xa9\n",
    }


def ours(folder: Path) -> Found:
    keyed = ("primary-key", "foreign-key")
    return Counter(
        (str(p.resource), p.code, p.row, None if p.code in keyed else p.field) for p in validate(folder).problems
    )


def theirs(folder: Path) -> Found:
    found: Found = Counter()
    for task in frictionless(folder).tasks:
        for error in task.errors:
            field = getattr(error, "field_name", None)
            found[task.name, error.type, getattr(error, "row_number", None), field] += 1
    return found


@settings(
    max_examples=examples(60, 1200),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(tables())
def test_both_judges_say_the_same_of_any_table(tmp_path: Path, files: dict[str, bytes]) -> None:
    """Code, table, row and field of every fault, as multisets."""
    folder = make.write(files, tmp_path)
    assert ours(folder) == theirs(folder)


# --- pandera ---------------------------------------------------------------------------------------------------------


def loaded(table: str) -> pl.DataFrame:
    """The table of the good package with the dtypes that its contract asks for."""
    schema = polars_schema(house_schemas()[table])
    frame = pl.read_csv(PACKAGES / "good" / "data" / f"{table}.csv", infer_schema=False)
    return frame.select(
        pl.col(name).str.json_decode(dtype)
        if isinstance(dtype, pl.List)
        else pl.col(name).str.to_date("%Y-%m-%d")
        if dtype == pl.Date
        else pl.col(name).cast(dtype)
        for name, dtype in schema.items()
    )


@pytest.mark.parametrize("table", make.TABLES)
def test_the_contract_of_a_table_accepts_the_good_package(table: str) -> None:
    frame = loaded(table)
    assert pandera_schema(house_schemas()[table]).validate(frame).equals(frame)


@pytest.mark.parametrize(
    ("table", "column", "row", "value"),
    [
        ("quotes", "quote_id", 1, "q1"),
        ("quotes", "start", 0, "-4"),
        ("quotes", "confidence", 2, "1.5"),
        ("quotes", "cue_start", 0, "-1"),
        ("events", "place_country", 1, "Velmara"),
        ("events", "n_mentions", 0, "0"),
        ("documents", "text_sha256", 1, "abc"),
        ("actors", "wikidata", 3, "42"),
        ("mentions", "actor_id", 2, "Ilse Maro"),
        ("corrections", "reason", 1, ""),
        ("actors", "name", 0, ""),
    ],
)
def test_a_contract_and_the_validator_condemn_the_same_cell(
    tmp_path: Path, table: str, column: str, row: int, value: str
) -> None:
    pack = make.good()
    pack.tables[table][row][column] = value
    schema = make.files_of(pack, (table,))
    report = validate(make.write(schema, tmp_path))
    assert {(p.field, p.row) for p in report.problems if p.code == "constraint-error"} == {(column, row + 2)}

    frame = loaded(table)
    cells = frame[column].to_list()
    cells[row] = pl.Series([value or None], dtype=pl.String).cast(frame[column].dtype)[0]
    broken = frame.with_columns(pl.Series(column, cells, dtype=frame[column].dtype))
    with pytest.raises(pandera.errors.SchemaErrors) as caught:
        pandera_schema(house_schemas()[table]).validate(broken, lazy=True)
    cases = caught.value.failure_cases
    assert set(cases["column"].to_list()) == {column}
    places = {i for i in cases["index"].to_list() if i is not None}
    assert places <= {row}


def test_a_contract_is_a_pandera_schema() -> None:
    assert isinstance(pandera_schema(house_schemas()["quotes"]), pa.DataFrameSchema)
