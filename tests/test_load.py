"""Loading: what a cell becomes, what is read for a query, what is refused."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import date
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from polars.testing import assert_frame_equal

import newspkg
from formats import typed
from loading import plain_frame
from newspkg.load import LoadError, Package
from newspkg.problems import CannotRun, UsageError
from newspkg.report import Findings
from newspkg.schema import Field, house_schemas, loaded_dtype, polars_schema
from newspkg.validate import fast, validate
from newspkg.validate.cells import columns_of
from newspkg.validate.descriptor import open_package
from packages import make
from packages.alltypes import make as alltypes

ROOT = Path(__file__).resolve().parent.parent
ALL = ROOT / "tests" / "packages" / "alltypes"
GOLDEN = json.loads((ALL / "golden.json").read_text(encoding="utf-8"))


def books(raw: str | bytes, tmp_path: Path, schema: Any = None, **options: Any) -> Package:
    """A package with one table."""
    resource = {k: options.pop(k) for k in ("dialect", "encoding", "path", "compression") if k in options}
    return newspkg.load(make.write(make.one_table(raw, schema, **resource), tmp_path), **options)


@contextmanager
def large_files() -> Iterator[None]:
    """Within it every well-formed file is large enough for polars."""
    before = fast.LEAST, fast._STARTED
    fast.LEAST = fast._STARTED = 0
    try:
        yield
    finally:
        fast.LEAST, fast._STARTED = before


# --- every type ------------------------------------------------------------------------------------------------------


def test_the_package_of_all_types_is_what_its_maker_writes() -> None:
    due = alltypes.files()
    assert {name: (ALL / name).read_bytes() for name in due} == due, "run: python tests/packages/alltypes/make.py"
    report = validate(ALL)
    assert report.problems == []
    assert set(newspkg.schema.TYPES) == {
        field["type"] for columns, _ in alltypes.TABLES.values() for field, _ in columns
    }


@pytest.mark.parametrize("name", list(GOLDEN))
def test_every_type_has_the_dtype_and_the_values_that_are_written_down(name: str) -> None:
    package = newspkg.load(ALL)
    frame = package[name].collect()
    assert {k: str(v) for k, v in frame.schema.items()} == GOLDEN[name]["dtypes"]
    assert plain_frame(frame) == GOLDEN[name]["values"]
    with large_files():
        assert_frame_equal(newspkg.load(ALL)[name].collect(), frame)


def test_the_tables_of_the_profile_have_the_dtypes_of_the_house() -> None:
    for schema in house_schemas().values():
        assert pl.Schema({f.name: loaded_dtype(f) for f in schema.fields}) == polars_schema(schema)


@pytest.mark.parametrize(
    ("field", "dtype"),
    [
        (Field("f", "string", categories=(("a", "A"), ("b", "B"))), pl.Enum(["a", "b"])),
        (Field("f", "string", constraints={"enum": ["b"]}, categories=(("a", "A"), ("b", "B"))), pl.Enum(["b"])),
        (Field("f", "integer", categories=((1, "A"),)), pl.Int64()),
        (Field("f", "integer", constraints={"maximum": 2**63 - 1}), pl.Int64()),
        (Field("f", "integer", constraints={"maximum": 2**63}), pl.String()),
        (Field("f", "integer", constraints={"enum": [-(2**63) - 1]}), pl.String()),
        (Field("f", "array"), pl.List(pl.String())),
        (Field("f", "array", constraints={"jsonSchema": {"items": {"type": "number"}}}), pl.List(pl.Float64())),
        (Field("f", "array", constraints={"jsonSchema": {"items": {"type": "object"}}}), pl.List(pl.String())),
        (Field("f", "array", options={"arrayItem": {"type": "boolean"}}), pl.List(pl.Boolean())),
        (Field("f", "list", options={"itemType": "datetime"}), pl.List(pl.Datetime("us", "UTC"))),
        (Field("f", "list", options={"itemType": "nonsense"}), pl.List(pl.String())),
    ],
)
def test_what_the_schema_says_is_the_dtype(field: Field, dtype: pl.DataType) -> None:
    assert loaded_dtype(field) == dtype


# --- the same as the validator ---------------------------------------------------------------------------------------

_TEXTS = {
    "string": ["a", "b", "", "x y", "é\n", "-"],
    "integer": ["1", "-7", "+3", "007", "9223372036854775807", "9223372036854775808", "1.0", "x", " 1", "1 000", "-", ""],
    "number": ["1", "1.5", "-2e3", "NaN", "INF", "-inf", "1,5", ".5", "5.", "1e400", "x", "-", ""],
    "boolean": ["true", "FALSE", "1", "0", "yes", "-", ""],
    "date": ["2024-02-29", "2023-02-29", "0001-01-01", "0000-01-01", "2024-1-1", "29/02/2024", "-", ""],
    "time": ["00:00:00", "24:00:00", "12:00", "07:45", "-", ""],
    "datetime": ["2024-02-29T12:00:00Z", "2024-02-29T12:00:00+02:00", "2024-02-29T12:00:00", "2024-02-29T24:00:00",
                 "2024-02-29T12:00:00.1234567Z", "0001-01-01T00:00:00+14:00", "2024-02-29 12:00:00Z", "-", ""],
    "year": ["2024", "-0044", "99999", "3000000000", "24", "2024Z", "-", ""],
    "yearmonth": ["2024-02", "2024-13", "-", ""],
    "duration": ["P1Y", "P", "PT1.5S", "-", ""],
    "array": ["[]", '["a", "b"]', '["\\u00e9", 1, null, {"a": []}]', '[ "x" ,"y"]', '["a"', '{"a": 1}', "[1, 2]", "[1.5]", "-", ""],
    "list": ["a,b", "1,2", "1,x", "true", "2024-01-01", ",", "-", ""],
    "object": ['{"a": 1}', "[]", "{", "-", ""],
    "geopoint": ["1, 2", "200, 2", "[1, 2]", "-", ""],
    "geojson": ['{"type": "Point", "coordinates": [1, 2]}', '{"type": "Cube"}', "-", ""],
    "any": ["1", "x", "-", ""],
}  # fmt: skip
_MORE: dict[str, list[dict[str, Any]]] = {
    "string": [{"constraints": {"enum": ["a", "b"]}}, {"categories": ["a", "x y"]}, {"format": "uuid"}],
    "integer": [{"groupChar": " "}, {"bareNumber": False}, {"constraints": {"maximum": 10**25}}, {"constraints": {"minimum": 2}}],
    "number": [{"decimalChar": ","}, {"bareNumber": False}],
    "boolean": [{"trueValues": ["yes"], "falseValues": ["0", "1"]}],
    "date": [{"format": "%d/%m/%Y"}, {"format": "any"}],
    "time": [{"format": "%H:%M"}],
    "datetime": [{"format": "%Y-%m-%d %H:%M:%SZ"}, {"format": "any"}],
    "array": [{"constraints": {"jsonSchema": {"items": {"type": t}}}} for t in ("integer", "number")],
    "list": [{"itemType": t} for t in ("integer", "boolean", "date")] + [{"delimiter": ";"}],
}  # fmt: skip


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[str, Any], list[list[str]]]:
    """A schema, and rows of texts for it."""
    fields, columns = [], []
    height = draw(st.integers(1, 6))
    for n in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(sorted(_TEXTS)))
        more = draw(st.sampled_from([{}, *_MORE.get(kind, [])]))
        missing = draw(
            st.sampled_from([{}, {}, {"missingValues": ["-"]}, {"missingValues": []}, {"missingValues": ["-", "1"]}])
        )
        fields.append({"name": f"f{n}", "type": kind, **more, **missing})
        columns.append(draw(st.lists(st.sampled_from(_TEXTS[kind]), min_size=height, max_size=height)))
    schema = {"fields": fields, **draw(st.sampled_from([{}, {"missingValues": ["", "-"]}]))}
    return schema, [list(row) for row in zip(*columns, strict=True)]


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(sign in cell for sign in '",\n') else cell


def as_csv(names: list[str], rows: list[list[str]]) -> str:
    return "".join(",".join(map(quoted, row)) + "\n" for row in [names, *rows])


# Faults that leave a cell without a value; a value that breaks another constraint is one all the same.
_LOSE = {"type", "enum", "categories", "range", "items"}


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=tables())
def test_a_frame_has_null_where_the_validator_sees_no_value_and_its_value_elsewhere(
    made: tuple[dict[str, Any], list[list[str]]], tmp_path: Path
) -> None:
    schema, rows = made
    names = [field["name"] for field in schema["fields"]]
    folder = make.write(make.one_table(as_csv(names, rows), schema), tmp_path)
    package = newspkg.load(folder, strict=False)
    frame = package.books.collect()
    report = validate(folder, limit=None)
    condemned = {(p.field, p.row) for p in report.problems if p.rule in _LOSE}
    noted = {(f, r) for f, r in package.faults.filter(pl.col("field").is_not_null()).select("field", "row").rows()}
    described = open_package(folder, Findings(0)).resources[0]
    assert described.schema is not None
    columns = columns_of(described.schema, "books", Findings(0))
    blank = {p.row for p in report.problems if p.code == "blank-row"}
    for at, name in enumerate(names):
        column = columns[name]
        enum = isinstance(frame.schema[name], pl.Enum)
        for n, row in enumerate(rows):
            text, value, place = row[at], frame[name][n], (name, n + 2)
            if (n + 2) in blank or text in column.missing:
                assert value is None
                continue
            if value is None:
                beyond = place in noted and place not in condemned  # a value that no column of its dtype can hold
                assert place in condemned or beyond
                assert place in noted
                continue
            assert place not in noted
            assert place not in condemned or not enum
            assert _same(value, column.parse(text) if column.parse else text, text, frame.schema[name])
    with large_files():
        assert_frame_equal(newspkg.load(folder, strict=False).books.collect(), frame)


def _same(value: Any, judged: Any, text: str, dtype: pl.DataType) -> bool:
    """Whether a loaded value is the one that the exact function gives."""
    if isinstance(value, pl.Series):
        items = value.to_list()
        assert isinstance(judged, list)
        kept = [
            json.loads(i) if isinstance(i, str) and not isinstance(j, str) else i
            for i, j in zip(items, judged, strict=True)
        ]
        return all(a == b or (a != a and b != b) for a, b in zip(kept, map(_float, judged), strict=True))
    if isinstance(value, float):
        return value == float(judged) or value != value
    if isinstance(value, str):
        return value == (str(judged) if isinstance(judged, int) else text)
    return bool(value == judged)


def _float(value: Any) -> Any:
    return float(value) if type(value).__name__ == "Decimal" else value


# --- formats ---------------------------------------------------------------------------------------------------------

_SCHEMA = typed(id="integer", day="date", tags="array", kind={"type": "string", "constraints": {"enum": ["x", "y"]}})
_VALUES = [(1, date(2024, 1, 2), ["a", "b"], "y"), (2, None, None, None)]
_CSV = 'id,day,tags,kind\n1,2024-01-02,"[""a"", ""b""]",y\n2,,,\n'
_ROWS = [
    {"id": 1, "day": "2024-01-02", "tags": ["a", "b"], "kind": "y"},
    {"id": 2, "day": None, "tags": None, "kind": None},
]


def _parquet(tmp_path: Path) -> bytes:
    made = tmp_path / "made.parquet"
    pl.DataFrame(
        _VALUES, schema={"id": pl.Int16, "day": pl.Date, "tags": pl.List(pl.String), "kind": pl.String}, orient="row"
    ).write_parquet(made)
    return made.read_bytes()


def _xlsx(tmp_path: Path) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    for row in [["id", "day", "tags", "kind"], [1, date(2024, 1, 2), '["a", "b"]', "y"], [2, None, None, None]]:
        book.active.append(row)
    book.save(tmp_path / "made.xlsx")
    return (tmp_path / "made.xlsx").read_bytes()


def _zipped(tmp_path: Path) -> bytes:
    with zipfile.ZipFile(tmp_path / "made.zip", "w") as archive:
        archive.writestr("books.csv", _CSV)
    return (tmp_path / "made.zip").read_bytes()


@pytest.mark.parametrize(
    ("name", "raw", "more"),
    [
        ("b.csv", lambda _: _CSV.encode(), {}),
        ("b.csv", lambda _: b"\xef\xbb\xbf" + _CSV.replace("\n", "\r\n").encode(), {}),
        ("b.tsv", lambda _: b'id\tday\ttags\tkind\n1\t2024-01-02\t["a", "b"]\ty\n2\t\t\t\n', {"dialect": {"delimiter": "\t", "quoteChar": "'"}}),
        ("b.txt", lambda _: _CSV.encode("utf-16"), {"format": "csv", "encoding": "utf-16"}),
        ("b.csv", lambda _: ("#no\n" + _CSV.split("\n", 1)[1]).encode(), {"dialect": {"header": False, "commentChar": "#"}}),
        ("b.csv.gz", lambda _: gzip.compress(_CSV.encode()), {}),
        ("b.csv.zip", _zipped, {}),
        ("b.json", lambda _: json.dumps(_ROWS).encode(), {}),
        ("b.jsonl", lambda _: "".join(json.dumps(row) + "\n" for row in _ROWS).encode(), {}),
        ("b.parquet", _parquet, {}),
        ("b.xlsx", _xlsx, {}),
    ],
)  # fmt: skip
def test_every_format_gives_the_same_frame(tmp_path: Path, name: str, raw: Any, more: dict[str, Any]) -> None:
    folder = make.write(make.one_file(name, raw(tmp_path), _SCHEMA, **more), tmp_path / "p")
    frame = newspkg.load(folder).books.collect()
    assert frame.rows() == _VALUES
    assert frame.dtypes == [pl.Int64, pl.Date, pl.List(pl.String), pl.Enum(["x", "y"])]
    with large_files():
        assert_frame_equal(newspkg.load(folder).books.collect(), frame)


def test_data_in_the_descriptor_and_several_paths(tmp_path: Path) -> None:
    files = make.one_table("", _SCHEMA, data=_ROWS, path=None)
    del files["books.csv"]
    assert newspkg.load(make.write(files, tmp_path / "a")).books.collect().rows() == _VALUES
    head, first, second, _ = _CSV.split("\n")
    files = make.one_table("", _SCHEMA, path=["1.csv", "2.csv"])
    files |= {"1.csv": f"{head}\n{first}\n".encode(), "2.csv": f"{head}\n{second}\n".encode()}
    folder = make.write(files, tmp_path / "b")
    assert newspkg.load(folder).books.collect().rows() == _VALUES
    with large_files():
        assert newspkg.load(folder).books.collect().rows() == _VALUES


def test_a_table_without_a_schema_is_text_and_parquet_keeps_its_types(tmp_path: Path) -> None:
    files = make.one_file("b.csv", b"a,a,\n1,2,\n", type="table")
    given = json.loads(files["datapackage.json"])
    del given["resources"][0]["schema"]
    files["datapackage.json"] = json.dumps(given).encode()
    frame = newspkg.load(make.write(files, tmp_path / "a")).books.collect()
    assert frame.to_dict(as_series=False) == {"a": ["1"], "a (2)": ["2"], "column 3": [None]}
    given["resources"][0]["path"] = "b.parquet"
    files = {"datapackage.json": json.dumps(given).encode(), "b.parquet": _parquet(tmp_path)}
    lazy = newspkg.load(make.write(files, tmp_path / "b")).books
    assert lazy.collect().schema == {
        "id": pl.Int16(),
        "day": pl.Date(),
        "tags": pl.List(pl.String()),
        "kind": pl.String(),
    }
    assert lazy.filter(pl.col("id") == 1).select("kind").collect().rows() == [("y",)]


def test_fields_are_found_by_name_and_one_without_a_column_is_null(tmp_path: Path) -> None:
    schema = {**typed(id="integer", day="date"), "fieldsMatch": "partial"}
    frame = books("other,id\nx,1\n", tmp_path, schema).books.collect()
    assert frame.to_dict(as_series=False) == {"id": [1], "day": [None]}
    assert frame.schema["day"] == pl.Date()


def test_under_exact_columns_are_the_fields_in_their_order_whatever_the_labels(tmp_path: Path) -> None:
    package = books("b,a\n1,x\n", tmp_path, typed(a="integer", b="string"), strict=False)
    assert package.books.collect().to_dict(as_series=False) == {"a": [1], "b": ["x"]}
    assert package.faults["code"].to_list() == ["incorrect-label"] * 2
    with pytest.raises(LoadError, match=r"strict=False.*takes the columns in the order of the fields"):
        books("b,a\n1,x\n", tmp_path, typed(a="integer", b="string")).books.collect()


def test_of_two_fields_with_one_name_none_is_lost_in_silence(tmp_path: Path) -> None:
    schema = {"fields": [{"name": "a", "type": "integer"}, {"name": "a", "type": "string"}]}
    with pytest.raises(LoadError, match=r"field a: a is the name of several fields.*keeps the first of them"):
        books("a,a\n1,x\n", tmp_path, schema).books.collect()
    package = books("a,a\n1,x\n", tmp_path, schema, strict=False)
    assert package.books.collect().rows() == [(1,)]
    assert package.faults.select("field", "code").rows() == [("a", "field-error")]


def test_half_of_a_surrogate_pair_has_a_place(tmp_path: Path) -> None:
    raw = 'a\n"[""\\ud83d\\ude00""]"\n"[""\\ud83d""]"\n"[1, ""\\ude00""]"\n'
    schema = typed(a="array")
    with pytest.raises(LoadError, match=r"table books, field a, row 3, line 3 .* half of a surrogate pair") as told:
        books(raw, tmp_path, schema).books.collect()
    assert (told.value.problem.code, told.value.problem.field) == ("type-error", "a")
    package = books(raw, tmp_path, schema, strict=False)
    assert package.books.collect().rows() == [(["\U0001f600"],), (None,), (None,)]
    assert package.faults["row"].to_list() == [3, 4]


def test_half_of_a_surrogate_pair_in_json_is_told_too(tmp_path: Path) -> None:
    folder = make.write(make.one_file("b.jsonl", b'{"id": 1, "title": "\\ud83d", "year": null}\n'), tmp_path)
    with pytest.raises(LoadError, match="half of a surrogate pair"):
        newspkg.load(folder).books.collect()
    package = newspkg.load(folder, strict=False)
    assert package.books.collect()["title"].to_list() == ["\ufffd"]
    assert package.faults["code"].to_list() == ["encoding-error"]


def test_a_table_without_rows_has_its_dtypes(tmp_path: Path) -> None:
    frame = books("id,title,year\n", tmp_path).books.collect()
    assert frame.height == 0
    assert frame.schema == {"id": pl.Int64(), "title": pl.String(), "year": pl.Int32()}


# --- no more than is asked -------------------------------------------------------------------------------------------


def test_a_table_nobody_asks_for_is_not_opened(tmp_path: Path) -> None:
    folder = make.write(make.two_tables("loan,book,printed\n7,1,2001\n"), tmp_path)
    (folder / "books.csv").unlink()
    package = newspkg.load(folder)
    assert list(package) == ["books", "loans"]
    assert package.books.collect_schema()["year"] == pl.Int32()
    assert package.loans.collect().rows() == [(7, 1, 2001)]
    with pytest.raises(CannotRun, match=r"books.*cannot be read"):
        package.books.collect()


def test_the_plan_asks_for_the_columns_and_the_condition_alone() -> None:
    plan = newspkg.load(ALL).every.filter(pl.col("whole") > 1).select("id").explain()
    assert "PROJECT 2/23 COLUMNS" in plan
    assert 'SELECTION: (col("whole")) > (1)' in plan or 'SELECTION: col("whole") > 1' in plan


@pytest.mark.parametrize("size", ["small", "large"])
def test_a_cell_is_judged_only_where_its_column_is_asked_for(tmp_path: Path, size: str) -> None:
    raw = "id,title,year\n" + "".join(f"{n},Salt,{'soon' if n == 3 else 2001}\n" for n in range(5))
    with large_files() if size == "large" else nullcontext():
        lazy = books(raw, tmp_path).books
        assert lazy.select("id", "title").collect().height == 5
        assert lazy.head(2).collect()["year"].to_list() == [2001, 2001]
        with pytest.raises(LoadError, match="year"):
            lazy.select("year").collect()


def test_of_a_large_file_polars_reads_the_columns_that_are_asked_for(tmp_path: Path, monkeypatch: Any) -> None:
    """The frames that come out of the scan have these columns, and two marks of records that are too long or short."""
    seen: list[list[str]] = []
    real = pl.LazyFrame.collect_batches

    def spy(self: pl.LazyFrame, **options: Any) -> Any:
        seen.append([*self.collect_schema()])
        assert "PROJECT 4/4" not in self.explain()
        return real(self, **options)

    monkeypatch.setattr(pl.LazyFrame, "collect_batches", spy)
    with large_files():
        lazy = books("id,title,year\n1,Salt,2001\n", tmp_path).books
        assert lazy.select("title").collect().rows() == [("Salt",)]
    assert seen == [["1", "last", "surplus"]]


def test_of_parquet_only_the_row_groups_and_columns_that_count_are_read(tmp_path: Path, monkeypatch: Any) -> None:
    frame = pl.DataFrame({"id": range(10), "title": ["x"] * 10, "year": ["2001"] * 10})
    frame.write_parquet(tmp_path / "books.parquet", row_group_size=5)
    folder = make.write(make.one_file("books.parquet", (tmp_path / "books.parquet").read_bytes()), tmp_path / "p")
    plans: list[str] = []
    real = pl.LazyFrame.collect_batches

    def spy(self: pl.LazyFrame, **options: Any) -> Any:
        plans.append(self.explain())
        return real(self, **options)

    monkeypatch.setattr(pl.LazyFrame, "collect_batches", spy)
    assert newspkg.load(folder).books.filter(pl.col("id") > 7).select("id").collect().rows() == [(8,), (9,)]
    assert "PROJECT 1/3 COLUMNS" in plans[0]
    assert "SELECTION" in plans[0]


def test_the_first_rows_of_a_large_file_need_not_the_rest(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(fast, "structure_of", lambda *_: pytest.fail("the whole file was looked at"))
    with large_files():
        lazy = books("id,title,year\n1,Salt,2001\n2,Rain,x\n", tmp_path).books
        assert lazy.head(1).collect().rows() == [(1, "Salt", 2001)]


def test_chunks_follow_each_other_and_end_where_they_should(tmp_path: Path, monkeypatch: Any) -> None:
    """Several chunks, by either reader, whole or sliced or from the middle on where polars gives up."""
    rows = [(n, None if n % 7 == 0 else f'say "{n}",\nyes', 2000 + n % 10) for n in range(300)]
    raw = "id,title,year\n" + "".join(f"{i},{'' if t is None else quoted(t)},{y}\n" for i, t, y in rows)
    for module in ("newspkg.validate.records", "newspkg.validate.fast", "newspkg.load.delimited"):
        monkeypatch.setattr(f"{module}.ROWS", 64)
    package = books(raw, tmp_path)
    assert package.books.collect().rows() == rows
    with large_files():
        assert package.books.collect().rows() == rows
        assert package.books.slice(100, 90).collect().rows() == rows[100:190]
        assert package.books.filter(pl.col("year") == 2003).collect().rows() == [r for r in rows if r[2] == 2003]
        from newspkg.load import delimited
        from newspkg.validate.records import Again

        real = delimited._odd

        def gives_up(fast_: Any, part: Any, batch: pl.DataFrame, record: int, width: int) -> Any:
            if record > 150:
                raise Again("as if it could not go on")
            return real(fast_, part, batch, record, width)

        monkeypatch.setattr(delimited, "_odd", gives_up)
        assert package.books.collect().rows() == rows


# --- what is refused -------------------------------------------------------------------------------------------------


def test_a_cell_that_is_no_value_is_told_with_its_place(tmp_path: Path) -> None:
    raw = 'id,title,year\n1,"Salt\nand rain",2001\ntwo,Rain,2014\n3,Fog,soon\n'
    package = books(raw, tmp_path)
    with pytest.raises(LoadError) as told:
        package.books.collect()
    assert str(told.value).startswith(
        "table books, field id, row 3, line 4 of books.csv: id is not a value of type integer."
    )
    assert "'two'" in str(told.value)
    assert f"`pkg validate {tmp_path}`" in str(told.value)
    assert "strict=False" in str(told.value)
    assert (told.value.problem.code, told.value.problem.row, told.value.problem.field) == ("type-error", 3, "id")
    assert isinstance(told.value, CannotRun)


@pytest.mark.parametrize("size", ["small", "large"])
def test_without_strictness_it_is_null_and_noted_once(tmp_path: Path, size: str) -> None:
    raw = 'id,title,year\n1,Salt,2001\ntwo,"Rain\nfall",2014\n3,Fog,soon\n4,Ice\n5,Dew,2001,more\n\n6,Sun,2002\n'
    with large_files() if size == "large" else nullcontext():
        package = books(raw, tmp_path, strict=False)
        assert package.faults.height == 0
        frame = package.books.collect()
        assert frame.rows() == [
            (1, "Salt", 2001), (None, "Rain\nfall", 2014), (3, "Fog", None), (4, "Ice", None), (5, "Dew", 2001),
            (None, None, None), (6, "Sun", 2002),
        ]  # fmt: skip
        package.books.collect()
    assert package.faults.select("table", "field", "row", "line", "value", "code").rows() == [
        ("books", "id", 3, 3, "two", "type-error"),
        ("books", "year", 4, 5, "soon", "type-error"),
        ("books", None, 5, 6, None, "missing-cell"),
        ("books", None, 6, 7, None, "extra-cell"),
        ("books", None, 7, 8, None, "blank-row"),
    ]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("id,title,year\n1,Salt\n", "row 2, line 2 of books.csv: the record has 2 cells, not 3."),
        ("id,title,year\n1,Salt,2001,\n", "row 2, line 2 of books.csv: the record has 4 cells, not 3."),
        ("id,title,year\n\n1,Salt,2001\n", "row 2, line 2 of books.csv: the record is blank."),
        ("id,year,title\n1,2001,Salt\n", "should be labelled 'title', not 'year'"),
        ("id,title\n1,Salt\n", "field year, row 1, line 1 of books.csv: the field year has no column"),
        ("id,title,year\n1,Sa\0lt,2001\n", "title has a NUL character"),
        (b"id,title,year\n1,Sa\xfflt,2001\n", "title has the byte 0xFF"),
        ("id,title,year\n1,Salt,2001\n2,\"Rain,2014\n3,Fog,2003\n", "never closed"),
        ("id,title,year\n1,Salt,5000000000\n", "beyond 32 bits; name the field in as_text"),
        ("id,title,year\n99999999999999999999,Salt,2001\n", "beyond 64 bits; name the field in as_text"),
        ("", "the table is empty"),
    ],
)  # fmt: skip
def test_what_is_not_as_the_schema_says_is_refused(tmp_path: Path, raw: str | bytes, said: str) -> None:
    for size in ("small", "large"):
        with (
            large_files() if size == "large" else nullcontext(),
            pytest.raises(CannotRun) as told,
        ):
            books(raw, tmp_path / size).books.collect()
        assert said in str(told.value), size


def test_a_field_may_be_loaded_as_it_stands(tmp_path: Path) -> None:
    package = books("id,title,year\n99999999999999999999,Salt,0200\n", tmp_path, as_text=["books.id", "books.year"])
    assert package.books.collect().rows() == [("99999999999999999999", "Salt", "0200")]
    with pytest.raises(UsageError, match=r"no field 'books.isbn'; write it as table.field"):
        newspkg.load(tmp_path, as_text=["books.isbn"])


def test_a_damaged_parquet_file_is_told(tmp_path: Path) -> None:
    raw = _parquet(tmp_path)
    folder = make.write(make.one_file("b.parquet", raw[: len(raw) // 2], _SCHEMA), tmp_path / "p")
    with pytest.raises(CannotRun, match="cannot be read as Parquet"):
        newspkg.load(folder).books.collect()


def test_parquet_columns_of_other_types_are_judged_value_by_value(tmp_path: Path) -> None:
    frame = pl.DataFrame({"id": [1.0, 2.5], "title": ["", "Rain"], "year": [2001, 14]})
    frame.write_parquet(tmp_path / "b.parquet")
    folder = make.write(make.one_file("b.parquet", (tmp_path / "b.parquet").read_bytes()), tmp_path / "p")
    package = newspkg.load(folder, strict=False)
    assert package.books.collect().rows() == [(1, None, 2001), (None, "Rain", None)]
    assert package.faults.select("field", "row", "line").rows() == [("id", 3, None), ("year", 3, None)]
    report = validate(folder)
    assert {(p.field, p.row) for p in report.problems if p.code == "type-error"} == {("id", 3), ("year", 3)}


def test_moments_beyond_the_years_of_python_are_no_other_moments(tmp_path: Path) -> None:
    files = make.one_table(
        "a\n12024-01-01T00:00:00Z\n2024-01-01T00:00:00Z\n", {"fields": [{"name": "a", "type": "datetime"}]}
    )
    folder = make.write(files, tmp_path)
    assert validate(folder).valid
    (name,) = newspkg.load(folder)
    with pytest.raises(LoadError, match="after year 9999"):
        newspkg.load(folder)[name].collect()
    assert newspkg.load(folder, as_text=[f"{name}.a"])[name].collect()["a"][0] == "12024-01-01T00:00:00Z"
