"""The loaded package: a mapping with joins and labels, from archives and git, to pandas and DuckDB."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import zipfile
from datetime import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import newspkg
from loading import plain_frame
from newspkg.problems import CannotRun, UsageError
from newspkg.schema import house_schemas, polars_schema
from packages import make
from packages.alltypes import make as alltypes

ROOT = Path(__file__).resolve().parent.parent
ALL = ROOT / "tests" / "packages" / "alltypes"
GOLDEN = json.loads((ALL / "golden.json").read_text(encoding="utf-8"))


# --- the package -----------------------------------------------------------------------------------------------------


def test_it_is_a_mapping_with_attributes_for_names(tmp_path: Path) -> None:
    package = newspkg.load(ALL)
    assert list(package) == ["every", "formats", "notes"]
    assert len(package) == 3
    assert package.every is package["every"] is package.scan("every")
    assert "notes" in dir(package)
    assert package.descriptor["name"] == "alltypes"
    assert package.root == ALL
    assert package.schema("notes").primary_key == ("note_id",)
    assert set(package.collect()) == set(package)
    assert package.collect("notes").height == 3
    assert [line.split()[:2] for line in repr(package).splitlines()][1] == ["every", "6"]
    assert "<td>notes</td><td>3</td><td>note_id, of, against, text</td>" in package._repr_html_()
    with pytest.raises(KeyError, match="did you mean every"):
        package["ever"]
    with pytest.raises(AttributeError, match="did you mean notes"):
        _ = package.note
    assert list(newspkg.load(ALL, resources=["notes"])) == ["notes"]
    assert list(newspkg.load(ALL, resources="notes")) == ["notes"]
    with pytest.raises(UsageError, match="no resource 'note'; did you mean notes"):
        newspkg.load(ALL, resources=["note"])


def test_why_a_resource_is_no_table(tmp_path: Path) -> None:
    given = {"resources": [{"name": "t", "data": [[1, 2], [3, 4]]}]}
    folder = make.write({"datapackage.json": json.dumps(given).encode()}, tmp_path)
    package = newspkg.load(folder)
    why = "t is no table: it says neither `type: table` nor a schema"
    assert why in repr(package)
    with pytest.raises(KeyError, match=why):
        package["t"]
    with pytest.raises(AttributeError, match=why):
        _ = package.t
    with pytest.raises(UsageError, match="neither `type: table` nor a schema"):
        newspkg.load(folder, resources=["t"])


@pytest.mark.parametrize("form", ["bagit", "bagit-zip"])
def test_a_bag_is_read_as_the_package_in_it(tmp_path: Path, form: str) -> None:
    made = newspkg.export(form, ALL, tmp_path / ("bag.zip" if form == "bagit-zip" else "bag"))
    package = newspkg.load(made.path)
    assert package.every.collect().equals(newspkg.load(ALL).every.collect())


@pytest.mark.parametrize("source", ["", " "])
def test_an_empty_text_names_no_package(source: str) -> None:
    with pytest.raises(UsageError, match="names no package"):
        newspkg.load(source)


def test_other_joins_are_refused_with_those_that_there_are() -> None:
    with pytest.raises(UsageError, match="how='outer': a join along a key is left, inner, semi or anti"):
        newspkg.load(ALL).join("notes", "every", how="outer")  # type: ignore[arg-type]


def test_names_that_duckdb_does_not_tell_apart_are_named(tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    for n, (names, labels, said) in enumerate(
        [
            (["Data", "data"], "a,b", "tables Data and data differ in case alone"),
            (["t"], "Id,id", "t: the fields Id and id differ in case alone"),
        ]
    ):
        given = {"resources": [{"name": name, "path": "t.csv"} for name in names]}
        files = {"datapackage.json": json.dumps(given).encode(), "t.csv": f"{labels}\n1,2\n".encode()}
        with pytest.raises(UsageError, match=said):
            newspkg.load(make.write(files, tmp_path / str(n))).to_duckdb()
    files["t.csv"] = "\u00c4,\u00e4\n1,2\n".encode()  # two names to DuckDB
    base = newspkg.load(make.write(files, tmp_path / "apart")).to_duckdb()
    assert base.execute("SELECT * FROM t").fetchall() == [("1", "2")]


def test_where_there_is_no_package(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no datapackage.json in this folder"):
        newspkg.load(tmp_path)
    with pytest.raises(UsageError, match="no such file or folder"):
        newspkg.load(tmp_path / "nowhere")
    (tmp_path / "datapackage.json").write_text('{"resources": []}', encoding="utf-8")
    with pytest.raises(CannotRun, match="there is nothing to load"):
        newspkg.load(tmp_path)
    folder = make.write(make.one_file("b.pdf", b"%PDF", None, type=None, format="pdf", schema=None), tmp_path / "p")
    assert list(newspkg.load(folder)) == []
    with pytest.raises(UsageError, match="books is no table"):
        newspkg.load(folder, resources=["books"])


def test_a_broken_schema_costs_its_table_and_no_other(tmp_path: Path) -> None:
    files = make.two_tables("loan,book,printed\n7,1,2001\n")
    given = json.loads(files["datapackage.json"])
    given["resources"][0]["schema"] = "absent.json"
    files["datapackage.json"] = json.dumps(given).encode()
    package = newspkg.load(make.write(files, tmp_path))
    assert package.loans.collect().height == 1
    with pytest.raises(CannotRun, match="books: its schema cannot be used"):
        package.books.collect()


def test_joins_go_along_the_foreign_key() -> None:
    package = newspkg.load(ALL)
    joined = package.join("notes", "every", on="of").collect()
    assert joined.select("note_id", "text", "text_every", "whole").rows() == [
        ("n1", "first", "plain", 0), ("n2", "second", "Ξένος 東京 👩‍🚀 é e\u0301", 42), ("n3", "third", None, None),
    ]  # fmt: skip
    assert "id" not in joined.columns
    back = package.join("every", "notes", on="of", how="inner").select("id", "note_id").collect()
    assert sorted(back.rows()) == [("a1", "n1"), ("a3", "n2")]
    assert "text_of_note" in package.join("every", "notes", on="of", suffix="_of_note").collect_schema()
    with pytest.raises(
        UsageError, match=r'2 foreign keys lead between notes and every; say which: on="of"; on="against"'
    ):
        package.join("notes", "every")
    with pytest.raises(UsageError, match=r"no foreign key between notes and every has the fields text"):
        package.join("notes", "every", on="text")
    with pytest.raises(UsageError, match="there is no foreign key between notes and formats"):
        package.join("notes", "formats")
    with pytest.raises(KeyError, match="no table 'nots'"):
        package.join("nots", "every")


def test_a_key_of_two_fields_and_other_dtypes_joins_too(tmp_path: Path) -> None:
    package = newspkg.load(make.write(make.two_tables("loan,book,printed\n7,1,2001\n8,2,1999\n"), tmp_path))
    assert package.join("loans", "books").collect().rows() == [(7, 1, 2001, "Salt"), (8, 2, 1999, None)]
    files = make.two_tables("loan,book,printed\n7,1,2001\n")
    given = json.loads(files["datapackage.json"])
    given["resources"][1]["schema"]["fields"][2]["type"] = "integer"
    files["datapackage.json"] = json.dumps(given).encode()
    package = newspkg.load(make.write(files, tmp_path / "other"))
    assert package.join("loans", "books").collect().rows() == [(7, 1, 2001, "Salt")]


def test_labels_stand_for_values_where_they_are_asked_for() -> None:
    package = newspkg.load(ALL)
    assert package.labels("formats") == {"level": {1: "low", 3: "high"}}
    frame = package.scan("formats", labels=True).select("level").collect()
    assert frame.schema["level"] == pl.Enum(["low", "high"])
    assert frame["level"].to_list() == ["high", "low", None, "low"]
    assert package.scan("every", labels=True).select("grade").collect()["grade"].to_list() == [
        "High", "Low", "Middling", None, "High", "Low",
    ]  # fmt: skip


# --- archives and git ------------------------------------------------------------------------------------------------


def test_archives_are_unpacked_and_go_with_the_package(tmp_path: Path) -> None:
    for kind, ending in (("zip", "zip"), ("gztar", "tar.gz"), ("tar", "tar")):
        made = shutil.make_archive(str(tmp_path / kind), kind, ALL.parent, "alltypes")
        assert made.endswith(ending)
        with newspkg.load(made) as package:
            root = package.root
            assert package.notes.collect().height == 3
            assert (root / "datapackage.json").is_file()
        assert not root.exists()
        with pytest.raises(CannotRun, match="has been closed"):
            package["notes"]


@pytest.mark.parametrize("name", ["../evil.csv", "/evil.csv", "a/../../evil.csv", "..\\evil.csv"])
def test_an_archive_that_leads_out_of_itself_is_refused(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        archive.writestr("datapackage.json", "{}")
        archive.writestr(name, "x")
    with pytest.raises(CannotRun, match="leads out of the archive"):
        newspkg.load(tmp_path / "p.zip")
    assert not (tmp_path.parent / "evil.csv").exists()


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: Any) -> None:
    from newspkg.load import sources

    monkeypatch.setattr(sources, "RATIO_FROM", 1 << 20)
    monkeypatch.setattr(sources, "RATIO", 100)
    with zipfile.ZipFile(tmp_path / "p.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("datapackage.json", "{}")
        archive.writestr("zeros.csv", bytes(3 << 20))
    with pytest.raises(CannotRun, match="as only a trap does"):
        newspkg.load(tmp_path / "p.zip")


def test_what_is_no_archive_is_told(tmp_path: Path) -> None:
    (tmp_path / "p.zip").write_bytes(b"PK no")
    with pytest.raises(CannotRun, match="cannot be unpacked"):
        newspkg.load(tmp_path / "p.zip")
    with zipfile.ZipFile(tmp_path / "q.zip", "w") as archive:
        archive.writestr("readme.txt", "x")
    with pytest.raises(UsageError, match=r"there is no datapackage.json in it"):
        newspkg.load(tmp_path / "q.zip")


def test_a_revision_of_git_can_be_loaded(tmp_path: Path, monkeypatch: Any) -> None:
    make.write(make.one_table(), tmp_path)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-C", str(tmp_path)]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "one"]):
        subprocess.run([*git, *command], check=True, capture_output=True)
    (tmp_path / "books.csv").write_text("id,title,year\n9,New,2020\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert newspkg.load("git:HEAD").books.collect()["id"].to_list() == [1, 2]
    assert newspkg.load(".").books.collect()["id"].to_list() == [9]


# --- pandas and duckdb -----------------------------------------------------------------------------------------------


def test_pandas_has_dtypes_that_know_null() -> None:
    pd = pytest.importorskip("pandas")
    package = newspkg.load(ALL)
    frames = package.to_pandas()
    every = frames["every"]
    dtypes = {name: str(dtype) for name, dtype in every.dtypes.items()}
    assert dtypes | {
        "id": "string", "kind": "category", "whole": "Int64", "huge": "string", "number": "Float64", "truth": "boolean",
        "day": "datetime64[s]", "clock": "object", "moment": "datetime64[us, UTC]", "year": "Int32", "items": "object",
    } == dtypes  # fmt: skip
    assert list(every["kind"].cat.categories) == alltypes.KINDS
    assert not every["kind"].cat.ordered
    assert every["grade"].cat.ordered
    assert every["big"].tolist()[:2] == [9007199254740993, -(2**63)]
    assert every["number"].isna().tolist() == [False] * 5 + [True]  # NaN is a number, not a missing one
    assert every["day"].tolist()[2:5] == [pd.Timestamp("9999-12-31"), pd.Timestamp("0001-01-01"), pd.NaT]
    assert every["moment"][2] == pd.Timestamp("2024-02-29T12:00:00.123456Z")
    assert every["items"].tolist()[1:5:3] == [[], None]
    assert every["clock"].tolist()[0] == time(0, 0)
    golden, loaded = GOLDEN["formats"]["values"], package.to_pandas("formats")
    assert [None if v is pd.NA else v for v in loaded["people"].tolist()] == golden["people"]


def test_pandas_of_a_table_without_rows(tmp_path: Path) -> None:
    pytest.importorskip("pandas")
    frame = newspkg.load(make.write(make.one_table("id,title,year\n"), tmp_path)).to_pandas("books")
    assert frame.shape == (0, 3)
    assert str(frame.dtypes["id"]) == "Int64"


def test_duckdb_has_types_and_keys(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    made = newspkg.load(ALL).to_duckdb(tmp_path / "all.duckdb")
    types = dict(
        made.execute("SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'every'").fetchall()
    )
    assert types["grade"] == "ENUM('lo', 'mid', 'hi')"
    assert types["items"] == "VARCHAR[]"
    assert types["counts"] == "BIGINT[]"
    assert types["moment"] == "TIMESTAMP WITH TIME ZONE"
    assert (types["big"], types["year"], types["clock"], types["day"]) == ("BIGINT", "INTEGER", "TIME", "DATE")
    for name, golden in GOLDEN.items():
        back = pl.DataFrame(made.sql(f'FROM "{name}"').to_arrow_table())
        back = back.with_columns(pl.selectors.datetime().dt.convert_time_zone("UTC"))
        assert plain_frame(back) == golden["values"]
    keys = {
        (table, kind, tuple(columns))
        for table, kind, columns in made.execute(
            "SELECT table_name, constraint_type, constraint_column_names FROM duckdb_constraints()"
        ).fetchall()
    }
    assert ("every", "PRIMARY KEY", ("id",)) in keys
    assert ("notes", "FOREIGN KEY", ("of",)) in keys
    assert ("notes", "FOREIGN KEY", ("against",)) in keys
    made.close()
    with pytest.raises(UsageError, match="a table every already"):
        newspkg.load(ALL).to_duckdb(tmp_path / "all.duckdb")
    (tmp_path / "no.duckdb").write_text("no database", encoding="utf-8")
    with pytest.raises(CannotRun, match="cannot be opened as a database"):
        newspkg.load(ALL).to_duckdb(tmp_path / "no.duckdb")
    own = duckdb.connect()
    assert newspkg.load(ALL).to_duckdb(own) is own


def test_keys_that_the_rows_break_are_left_out_of_duckdb(tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    loans = "loan,book,printed\n7,1,2001\n7,3,1999\n"
    made = newspkg.load(make.write(make.two_tables(loans), tmp_path)).to_duckdb()
    kinds = made.execute(
        "SELECT table_name, constraint_type FROM duckdb_constraints() WHERE constraint_type LIKE '%KEY'"
    ).fetchall()
    assert kinds == [("books", "PRIMARY KEY")]
    assert made.execute("SELECT count(*) FROM loans").fetchone() == (2,)


@pytest.mark.parametrize(("library", "method"), [("pandas", "to_pandas"), ("duckdb", "to_duckdb")])
def test_a_library_that_is_not_there_is_named(library: str, method: str, monkeypatch: Any) -> None:
    monkeypatch.setitem(__import__("sys").modules, library, None)
    with pytest.raises(CannotRun, match=rf"pip install newspkg\[{library}\]"):
        getattr(newspkg.load(ALL), method)()


def test_the_lines_of_the_guide_run_on_this_package() -> None:
    text = (ROOT / "docs" / "loading.md").read_text(encoding="utf-8")
    block = text.split("```python\n")[1].split("```")[0]
    lines = [line.split("  #")[0].strip() for line in block.splitlines()]
    lines += re.findall(r"`(package\.(?:join|labels|scan|to_pandas)\(.*?\))`", text)
    names = {"package": newspkg.load(ROOT), "pl": pl}
    ran = [line for line in lines if line.startswith("package") and " = " not in line]
    assert len(ran) >= 10
    for line in ran:
        made = eval(line, names)
        assert made is not None, line
    assert "type_events" in names["package"].join("event_mentions", "events").collect_schema()


def test_the_published_tables_load() -> None:
    package = newspkg.load(ROOT)
    assert {name: package.collect(name).height for name in package} == {
        r["name"]: r["rows"] for r in package.descriptor["resources"]
    }
    assert package.quotes.collect_schema() == polars_schema(house_schemas()["quotes"])
