"""Each form of the tables is read back and must say what the package says: cell by cell, with types and nulls."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import polars as pl
import pyarrow.parquet as pq
import pytest

import newspkg
from exporting import ALLTYPES, KEYS, ROOT, TEXTS, hostile, loaded, one_table, same
from newspkg.export import Exported, export
from newspkg.problems import CannotRun
from newspkg.validate import validate


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hostile(tmp_path_factory.mktemp("hostile") / "package")


@pytest.fixture(params=["ours", "alltypes", "hostile"])
def package(request: pytest.FixtureRequest, bad: Path) -> Path:
    return {"ours": ROOT, "alltypes": ALLTYPES, "hostile": bad}[request.param]


def test_the_hostile_package_is_valid(bad: Path) -> None:
    report = validate(bad)
    assert report.errors == 0, report.as_text()


# --- Parquet and JSON Lines: packages themselves ----------------------------------------------------------------------


@pytest.mark.parametrize("format", ["parquet", "jsonl"])
def test_a_package_in_another_format_loads_equal_and_is_valid(format: str, package: Path, tmp_path: Path) -> None:
    export(format, package, tmp_path / "out")
    wanted, found = loaded(package), newspkg.load(tmp_path / "out").collect()
    assert list(found) == list(wanted)
    for name, frame in wanted.items():
        same(found[name], frame, name)
    report = validate(tmp_path / "out")
    assert report.errors == 0, report.as_text()


def test_parquet_has_its_types_and_its_schema_in_the_footer(tmp_path: Path) -> None:
    export("parquet", ROOT, tmp_path / "out")
    frame = pl.read_parquet(tmp_path / "out" / "events.parquet")
    schema = json.loads((ROOT / "schemas" / "events.json").read_text(encoding="utf-8"))
    assert frame.schema == newspkg.load(ROOT)["events"].collect_schema()  # by polars alone
    assert isinstance(frame.schema["type"], pl.Enum)
    file = pq.ParquetFile(tmp_path / "out" / "events.parquet")
    about = json.loads(file.metadata.metadata[b"datapackage"])
    assert about["schema"] == schema
    assert about["name"] == "events"
    told = {one["name"]: one for one in schema["fields"]}
    for column in file.schema_arrow:
        assert column.metadata[b"description"].decode() == told[column.name]["description"]
    assert json.loads(file.schema_arrow.field("type").metadata[b"labels"])["CONSULT"] == "meet or talk"
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"


def test_parquet_of_other_forms_says_so_in_its_schema(tmp_path: Path) -> None:
    """A day is a day, however it was written; bounds that were texts of that form are rewritten."""
    fields = [{"name": "day", "type": "date", "format": "%d/%m/%Y", "constraints": {"minimum": "01/02/2020"}},
              {"name": "n", "type": "number", "decimalChar": ",", "constraints": {"maximum": "9,5"}},
              {"name": "ok", "type": "boolean", "trueValues": ["ja"], "falseValues": ["nein"]}]  # fmt: skip
    source = one_table(tmp_path / "in", 'day,n,ok\n03/02/2020,"1,5",ja\n', {"fields": fields})
    export("parquet", source, tmp_path / "out")
    made = json.loads((tmp_path / "out" / "datapackage.json").read_text())["resources"][0]["schema"]["fields"]
    assert made == [{"name": "day", "type": "date", "constraints": {"minimum": "2020-02-01"}},
                    {"name": "n", "type": "number", "constraints": {"maximum": "9.5"}},
                    {"name": "ok", "type": "boolean"}]  # fmt: skip
    assert validate(tmp_path / "out").valid


def test_years_of_few_digits_stay_years(tmp_path: Path) -> None:
    made = export("parquet", ALLTYPES, tmp_path / "out")
    assert [note for note in made.notes if "every.year" in note]
    assert pl.read_parquet(tmp_path / "out" / "every.parquet")["year"].to_list()[:3] == ["2024", "0001", "-0044"]


def test_large_tables_have_row_groups(tmp_path: Path) -> None:
    rows = "".join(f"{n}\n" for n in range(130_000))
    source = one_table(tmp_path / "in", "n\n" + rows, {"fields": [{"name": "n", "type": "integer"}]})
    export("parquet", source, tmp_path / "out")
    meta = pq.ParquetFile(tmp_path / "out" / "t.parquet").metadata
    assert meta.num_rows == 130_000
    assert meta.num_row_groups > 1


def test_json_lines_have_the_types_of_json(tmp_path: Path) -> None:
    export("jsonl", ALLTYPES, tmp_path / "out")
    first = json.loads((tmp_path / "out" / "every.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert first["whole"] == 0
    assert first["truth"] is True
    assert first["items"] == ["a", "b"]
    assert first["object"] == {"a": 1}
    assert first["huge"] == 123456789012345678901234567890
    assert first["day"] == "2024-02-29"
    assert first["moment"] == "2024-02-29T23:59:59Z"
    assert first["shape"]["type"] == "Point"


# --- DuckDB -----------------------------------------------------------------------------------------------------------


def _duck(path: Path, table: str, wanted: pl.DataFrame) -> pl.DataFrame:
    with duckdb.connect(str(path), read_only=True) as base:
        base.execute("SET TimeZone = 'UTC'")
        raw = pl.from_arrow(base.sql(f'SELECT * FROM "{table}"').to_arrow_table())
    assert isinstance(raw, pl.DataFrame)
    raw.columns = wanted.columns
    return raw.with_columns(
        pl.col(name).cast(pl.String).cast(dtype) for name, dtype in wanted.schema.items() if isinstance(dtype, pl.Enum)
    )


DUCK_NAMES = {"sqlite_x": "t_sqlite_x", "twin": "twin_2"}


def test_duckdb_reads_back_equal(package: Path, tmp_path: Path) -> None:
    export("duckdb", package, tmp_path / "x.duckdb")
    for name, wanted in loaded(package).items():
        found = _duck(tmp_path / "x.duckdb", DUCK_NAMES.get(name, name).replace('"', '""'), wanted)
        same(found, wanted, name)


def test_duckdb_types_keys_and_comments(tmp_path: Path) -> None:
    made = export("duckdb", ROOT, tmp_path / "x.duckdb")
    with duckdb.connect(str(tmp_path / "x.duckdb"), read_only=True) as base:
        rows = base.execute(
            "SELECT table_name, column_name, data_type, comment FROM duckdb_columns() WHERE NOT internal"
        )
        columns = {(t, c): (kind, comment) for t, c, kind, comment in rows.fetchall()}
        keys = base.execute("SELECT table_name, constraint_type, constraint_text FROM duckdb_constraints()").fetchall()
        tables = dict(base.execute("SELECT table_name, comment FROM duckdb_tables()").fetchall())
    assert columns["documents", "authors"][0] == "VARCHAR[]"
    assert columns["documents", "published_earliest"][0] == "DATE"
    assert columns["events", "type"][0].startswith("ENUM('AGREE', 'CONSULT'")
    assert columns["quotes", "start"][0] == "BIGINT"
    assert "AGREE: agree to act or promise" in columns["events", "type"][1]
    assert tables["events"] == "Events. One row per happening, over all documents that tell it"
    assert ("quotes", "FOREIGN KEY", "FOREIGN KEY (speaker_id) REFERENCES actors(actor_id)") in keys
    assert ("documents", "UNIQUE", "UNIQUE(text_sha256)") in keys
    assert ("event_links", "PRIMARY KEY", "PRIMARY KEY(event_a, event_b, relation)") in keys
    declared = sum(len(s.foreign_keys) for s in map(newspkg.load(ROOT).schema, newspkg.load(ROOT)))
    held = sum(kind == "FOREIGN KEY" for _, kind, _ in keys)
    left = [note for note in made.notes if "so it is left out" in note]
    assert declared == held + len(left)
    assert any(note.startswith("actors: part_of refers to its own table") for note in left)


def test_duckdb_files_are_for_older_versions_too_and_not_mostly_air(tmp_path: Path) -> None:
    export("duckdb", ROOT, tmp_path / "x.duckdb")
    with duckdb.connect(str(tmp_path / "x.duckdb"), read_only=True) as base:
        tags, block = base.execute(
            "SELECT d.tags, s.block_size FROM duckdb_databases() d, pragma_database_size() s WHERE d.database_name = 'x'"
        ).fetchall()[0]
    assert tags["storage_version"].startswith("v1.4")
    assert block == 16384


def test_what_duckdb_cannot_hold_is_said(bad: Path, tmp_path: Path) -> None:
    said = "\n".join(export("duckdb", bad, tmp_path / "x.duckdb").notes)
    assert "select: order refers to its own table." in said
    assert "loop-a: b refers to loop-b, which refers back." in said
    assert "sqlite_x: list is no key in DuckDB" in said
    assert 'refers to q"uote of select, which is no key of it there' in said
    assert "twin is called twin_2 in the database" in said
    assert "twin.A is called A_2 in the database" in said


@pytest.mark.parametrize("format", ["duckdb", "sqlite"])
def test_a_key_into_another_package_is_left_out(format: str, tmp_path: Path) -> None:
    elsewhere = {"package": "https://example.org/datapackage.json", "resource": "x", "fields": ["y"]}
    schema = {"fields": [{"name": "a", "type": "integer"}], "foreignKeys": [{"fields": ["a"], "reference": elsewhere}]}
    made = export(format, one_table(tmp_path / "in", "a\n1\n", schema), tmp_path / "x.db")
    assert made.notes == ("t: 1 foreign key to another package, or to nothing, cannot be followed.",)


def _views(path: Path) -> dict[str, int]:
    with duckdb.connect(str(path), read_only=True) as base:
        names = base.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
        return {
            n: base.execute(f'SELECT count(*) FROM "{n.replace(chr(34), chr(34) * 2)}"').fetchall()[0][0]
            for (n,) in names
        }


def test_duckdb_views_join(bad: Path, tmp_path: Path) -> None:
    export("duckdb", ROOT, tmp_path / "x.duckdb")
    ours, views = loaded(ROOT), _views(tmp_path / "x.duckdb")
    assert views["quotes_with_speaker_and_document"] == ours["quotes"].height
    assert (
        views["events_with_participants"]
        == ours["events"].join(ours["event_participants"], on="event_id", how="left").height
    )
    assert views["quotes_with_actors_by_speaker_id"] == ours["quotes"].height
    with duckdb.connect(str(tmp_path / "x.duckdb"), read_only=True) as base:
        told = base.execute("SELECT quote_id, speaker_name, outlet FROM quotes_with_speaker_and_document").fetchall()
    wanted = (
        ours["quotes"]
        .join(ours["actors"].select("actor_id", "name"), left_on="speaker_id", right_on="actor_id", how="left")
        .join(ours["documents"].select("document_id", "outlet"), on="document_id")
    )
    assert sorted(told) == sorted(wanted.select("quote_id", "name", "outlet").rows())
    export("duckdb", bad, tmp_path / "y.duckdb")
    views = _views(tmp_path / "y.duckdb")
    assert views["child of select_with_select_by_number_key"] == 3
    assert views["child of select_with_select_by_select_key"] == 3
    assert views["select_with_select"] == len(KEYS)


def test_duckdb_keeps_foreign_keys(tmp_path: Path) -> None:
    export("duckdb", ROOT, tmp_path / "x.duckdb")
    with (
        duckdb.connect(str(tmp_path / "x.duckdb")) as base,
        pytest.raises(duckdb.ConstraintException, match="foreign key"),
    ):
        base.execute("UPDATE quotes SET speaker_id = 'nobody'")


# --- SQLite -----------------------------------------------------------------------------------------------------------


def _decoded(value: Any, dtype: pl.DataType) -> Any:
    if value is None:
        return None
    if isinstance(dtype, pl.List):
        return [
            _decoded(item, _instance(dtype.inner)) for item in (json.loads(value) if isinstance(value, str) else value)
        ]
    if dtype == pl.Boolean:
        assert value in (0, 1)
        return bool(value)
    if dtype == pl.Date:
        return dt.date.fromisoformat(value)
    if dtype == pl.Time:
        return dt.time.fromisoformat(value)
    if isinstance(dtype, pl.Datetime):
        assert value.endswith("Z")
        return dt.datetime.fromisoformat(value)
    if dtype.is_float():
        return float(value)
    return value


def _instance(dtype: Any) -> pl.DataType:
    return dtype() if isinstance(dtype, type) else dtype


def _lite(base: sqlite3.Connection, table: str, wanted: pl.DataFrame) -> pl.DataFrame:
    rows = base.execute(f'SELECT * FROM "{table}"').fetchall()
    columns = zip(*rows, strict=True) if rows else [[] for _ in wanted.columns]
    return pl.DataFrame(
        [
            pl.Series(name, [_decoded(v, dtype) for v in values], dtype=dtype)
            for (name, dtype), values in zip(wanted.schema.items(), columns, strict=True)
        ]
    )


def test_sqlite_reads_back_equal(package: Path, tmp_path: Path) -> None:
    export("sqlite", package, tmp_path / "x.sqlite")
    base = sqlite3.connect(tmp_path / "x.sqlite")
    try:
        assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert base.execute("PRAGMA foreign_key_check").fetchall() == []
        for name, wanted in loaded(package).items():
            same(_lite(base, DUCK_NAMES.get(name, name).replace('"', '""'), wanted), wanted, name)
        strict = base.execute(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict"
        )
        assert {n for (n,) in strict.fetchall()} <= {"sqlite_schema", "sqlite_stat1", "sqlite_stat4"}
        for (view,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall():
            base.execute('SELECT * FROM "{}"'.format(view.replace('"', '""'))).fetchall()
    finally:
        base.close()


@pytest.fixture
def lite(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    export("sqlite", ROOT, tmp_path / "news.sqlite")
    base = sqlite3.connect(tmp_path / "news.sqlite")
    base.execute("PRAGMA foreign_keys = ON")
    yield base
    base.close()


def test_sqlite_has_keys_checks_indices_and_a_codebook(lite: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        lite.execute("UPDATE events SET type = 'MEET'")
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        lite.execute("UPDATE quotes SET speaker_id = 'nobody'")
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        lite.execute("UPDATE documents SET text_sha256 = (SELECT min(text_sha256) FROM documents)")
    with pytest.raises(sqlite3.IntegrityError, match="cannot store TEXT value in INTEGER"):
        lite.execute("UPDATE quotes SET start = 'first'")
    plan = lite.execute("EXPLAIN QUERY PLAN SELECT * FROM quotes WHERE speaker_id = 'x'").fetchall()
    assert "quotes_by_speaker_id" in plan[0][3]
    own = lite.execute("SELECT [from] FROM pragma_foreign_key_list('actors') WHERE [table] = 'actors'").fetchall()
    assert own == [("part_of",)]  # SQLite takes what DuckDB does not
    told = lite.execute("SELECT type, description FROM codebook WHERE [table] = 'events' AND field = 'type'").fetchall()
    assert told == [("string", "The kind of event, as PLOVER 2.0 defines it.")]
    fields = lite.execute("SELECT count(*) FROM codebook WHERE field <> ''").fetchone()[0]
    loaded = newspkg.load(ROOT)
    assert fields == sum(len(loaded.schema(name).fields) for name in loaded)


def test_sqlite_metadata_is_what_datasette_reads(bad: Path, tmp_path: Path) -> None:
    made = export("sqlite", ROOT, tmp_path / "news.sqlite")
    assert [path.name for path in made.files] == ["news.sqlite", "news.metadata.json"]
    given = json.loads((tmp_path / "news.metadata.json").read_text(encoding="utf-8"))
    assert given["title"] == "Mediation between Armenia and Azerbaijan in the news, 2020-2023"
    assert given["license_url"] == "https://creativecommons.org/licenses/by/4.0/"
    tables = given["databases"]["news"]["tables"]
    assert tables["quotes"]["columns"]["speaker_id"]
    assert "type" in tables["events"]["facets"]
    assert "mode" not in tables["events"]["facets"]  # too many values to list
    base = sqlite3.connect(tmp_path / "news.sqlite")
    there = {name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")}
    assert set(tables) <= there
    for name, one in tables.items():
        columns = {row[1] for row in base.execute(f'PRAGMA table_info("{name}")')}
        assert (
            set(one.get("columns", {})) | set(one.get("facets", [])) | set(filter(None, [one.get("label_column")]))
            <= columns
        )
    base.close()
    export("sqlite", bad, tmp_path / "bad.sqlite")
    given = json.loads((tmp_path / "bad.metadata.json").read_text(encoding="utf-8"))
    assert given["databases"]["bad"]["tables"]["select"]["units"] == {"a b": "km"}


def test_a_number_that_is_none_is_kept_in_sqlite(tmp_path: Path) -> None:
    made = export("sqlite", ALLTYPES, tmp_path / "x.sqlite")
    assert any("every.number has NaN" in note for note in made.notes)
    base = sqlite3.connect(tmp_path / "x.sqlite")
    assert base.execute("SELECT number, typeof(number) FROM every").fetchall()[2:5] == [
        (6.02e23, "real"), ("NaN", "text"), (float("inf"), "real"),
    ]  # fmt: skip
    base.close()


# --- rows that break their schema ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["duckdb", "sqlite"])
@pytest.mark.parametrize(
    ("rows", "schema", "said"),
    [
        ("a,b\n1,x\n1,y\n", {"primaryKey": ["a"]}, "a row breaks its schema"),
        ("a,b\n1,x\n2,9\n", {"primaryKey": ["b"], "foreignKeys": [{"fields": ["a"], "reference": {"resource": "u", "fields": ["c"]}}]},
         "t: "),
    ],
)  # fmt: skip
def test_a_database_tells_which_table_breaks_its_schema(
    format: str, rows: str, schema: dict[str, Any], said: str, tmp_path: Path
) -> None:
    fields = [{"name": "a", "type": "integer"}, {"name": "b", "type": "string"}]
    source = one_table(tmp_path / "in", rows, {"fields": fields, **schema})
    given = json.loads((source / "datapackage.json").read_text())
    other = {"fields": [{"name": "c", "type": "integer"}], "primaryKey": ["c"]}
    given["resources"].append({"name": "u", "path": "u.csv", "type": "table", "schema": other})
    (source / "datapackage.json").write_text(json.dumps(given))
    (source / "u.csv").write_text("c\n1\n")
    with pytest.raises(CannotRun, match=said) as told:
        export(format, source, tmp_path / "x.db")
    assert "pkg validate" in str(told.value)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in"]  # nothing is left of it


# --- Excel --------------------------------------------------------------------------------------------------------------


def _as_package(book: Path, source: Path, folder: Path) -> Path:
    """A package of the sheets of a workbook, with the schemas of another package, written plainly."""
    export("parquet", source, folder / "plain")  # its descriptor has the schemas of values that have types
    given = json.loads((folder / "plain" / "datapackage.json").read_text(encoding="utf-8"))
    (folder / "sheets").mkdir()
    shutil.copy(book, folder / "sheets" / "book.xlsx")
    for one in given["resources"]:
        for key in ("bytes", "hash", "mediatype"):
            del one[key]
        one.update(path="book.xlsx", format="xlsx", dialect={"sheetName": one["name"]})
    (folder / "sheets" / "datapackage.json").write_text(json.dumps(given), encoding="utf-8")
    return folder / "sheets"


@pytest.mark.parametrize("which", ["ours", "alltypes", "hostile"])
def test_a_workbook_reads_back_equal(which: str, tmp_path: Path) -> None:
    source = {"ours": ROOT, "alltypes": ALLTYPES}.get(which) or hostile(tmp_path / "hostile", twins=False)
    export("xlsx", source, tmp_path / "x.xlsx")
    sheets = _as_package(tmp_path / "x.xlsx", source, tmp_path)
    found = newspkg.load(sheets).collect()
    for name, wanted in loaded(source).items():
        texts = [n for n, dtype in wanted.schema.items() if dtype == pl.String]
        emptied = wanted.with_columns(
            pl.when(pl.col(n) != "").then(pl.col(n)).alias(n) for n in texts
        )  # told in a note
        same(found[name], emptied, name)
    report = validate(sheets)
    assert report.errors == 0, report.as_text()


def test_a_workbook_for_people(tmp_path: Path) -> None:
    source = hostile(tmp_path / "hostile", twins=False)
    export("xlsx", source, tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    assert book.sheetnames == [*newspkg.load(source), "codebook"]
    assert all(sheet.freeze_panes == "A2" for sheet in book)
    texts = book["text's"]
    assert [texts.cell(n + 2, 2).value for n in range(4)] == TEXTS[:4]
    assert all(texts.cell(n + 2, 2).data_type in ("s", "inlineStr") for n in range(len(TEXTS)))
    assert all(texts.cell(n + 2, 2).quotePrefix for n in range(4))
    codebook = list(book["codebook"].values)
    assert codebook[0] == ("table", "field", "title", "type", "format", "description", "constraints", "labels")
    assert ("select", "東 京", "Tokyo", "array") in {row[:4] for row in codebook}
    assert next(r[6] for r in codebook if r[:2] == ("select", "from")) == "primary key; unique with a b; required"


def test_days_and_moments_are_dates_in_a_workbook(tmp_path: Path) -> None:
    made = export("xlsx", ALLTYPES, tmp_path / "x.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx")["every"]
    at = {cell.value: cell.column for cell in sheet[1]}
    assert sheet.cell(2, at["day"]).value == dt.datetime(2024, 2, 29)  # noqa: DTZ001
    assert sheet.cell(2, at["day"]).number_format == "yyyy-mm-dd"
    assert sheet.cell(2, at["moment"]).value == dt.datetime(2024, 2, 29, 23, 59, 59)  # noqa: DTZ001
    assert sheet.cell(3, at["clock"]).value == dt.time(23, 59, 59)
    assert sheet.cell(2, at["truth"]).value is True
    assert sheet.cell(2, at["number"]).value == 1.5
    assert sheet.cell(2, at["big"]).value == "9007199254740993"
    said = "\n".join(made.notes)
    for told in ("every.big: has whole numbers of more than 15 digits (3)", "every.day: has days before 1900-03-01 (3)",
                 "every.number: has numbers that are none, or infinite (2)", "formats.code: has empty texts (1)"):  # fmt: skip
        assert told in said


def test_numbers_keep_all_their_digits_in_a_workbook(tmp_path: Path) -> None:
    numbers = [0.1 + 0.2, 1 / 3, 5e-324, 1.7976931348623157e308, -0.0]
    table = "n\n" + "".join(f"{n!r}\n" for n in numbers)
    source = one_table(tmp_path / "in", table, {"fields": [{"name": "n", "type": "number"}]})
    export("xlsx", source, tmp_path / "x.xlsx")
    found = newspkg.load(_as_package(tmp_path / "x.xlsx", source, tmp_path))["t"].collect()
    assert found["n"].to_list() == numbers


@pytest.mark.parametrize(
    ("name", "table", "said"),
    [
        ("t" * 32, "a\n1\n", "is too long for the name of a sheet, which has 31 characters"),
        ("a/b", "a\n1\n", "cannot be the name of a sheet: it has '/' in it"),
        ("History", "a\n1\n", "is a name that Excel keeps for itself"),
        ("t", "a\n" + "x" * 32_768 + "\n", r"t\.a, row 2: has 32,768 characters; a cell of Excel holds 32,767"),
        ("t", "a\n" + "👩" * 16_384 + "\n", r"t\.a, row 2: has 16,384 characters"),  # two units each, as Excel counts
        ("t", ",".join(f"c{n}" for n in range(16_385)) + "\n", "has 16,385 fields; a sheet has 16,384 columns"),
    ],
)
def test_what_excel_cannot_hold_is_an_error(name: str, table: str, said: str, tmp_path: Path) -> None:
    fields = [{"name": n, "type": "string"} for n in table.split("\n")[0].split(",")]
    source = one_table(tmp_path / "in", table, {"fields": fields}, name)
    with pytest.raises(CannotRun, match=said):
        export("xlsx", source, tmp_path / "x.xlsx")
    assert not (tmp_path / "x.xlsx").exists()


def test_more_rows_than_a_sheet_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newspkg.export.to_xlsx._ROWS", 3)
    fields = {"fields": [{"name": "a", "type": "integer"}]}
    export("xlsx", one_table(tmp_path / "two", "a\n1\n2\n", fields), tmp_path / "x.xlsx")
    with pytest.raises(CannotRun, match="has more than 2 rows, and a sheet holds no more"):
        export("xlsx", one_table(tmp_path / "three", "a\n1\n2\n3\n", fields), tmp_path / "y.xlsx")


# --- bytes --------------------------------------------------------------------------------------------------------------


def _digests(made: Exported) -> list[str]:
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in made.files]


@pytest.mark.parametrize(
    "format", ["parquet", "jsonl", "sqlite", "xlsx", "jsonl-documents", "annotation", "plover", "v1"]
)
def test_the_same_package_gives_the_same_bytes(format: str, tmp_path: Path) -> None:
    """DuckDB alone does not promise it."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert _digests(export(format, ROOT, tmp_path / "a" / "x")) == _digests(export(format, ROOT, tmp_path / "b" / "x"))
