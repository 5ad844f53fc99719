"""scripts/load.py as it is generated: the values of newspkg.load, from polars alone."""

from __future__ import annotations

import ast
import builtins
import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from polars.testing import assert_frame_equal

import newspkg
from loading import plain_frame
from newspkg.derive.anybody import loaders
from newspkg.derive.load_py import load_py
from newspkg.derive.sources import of_package
from packages import make
from test_load import as_csv, tables

ROOT = Path(__file__).resolve().parent.parent
ALL = ROOT / "tests" / "packages" / "alltypes"
GOLDEN = json.loads((ALL / "golden.json").read_text(encoding="utf-8"))


def loader(package: Path, up: str = "..") -> ModuleType:
    """The load.py of a package, written and imported as a user would."""
    folder = package / "scripts"
    folder.mkdir(exist_ok=True)
    (folder / "load.py").write_text(load_py(of_package(package), up=up), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("load", folder / "load.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def laid(files: dict[str, bytes], tmp_path: Path) -> ModuleType:
    return loader(make.write(files, tmp_path))


def test_every_type_is_as_written_down(tmp_path: Path) -> None:
    package = tmp_path / "all"
    shutil.copytree(ALL, package)
    frames = loader(package).load_all()
    assert list(frames) == list(GOLDEN)
    for name, golden in GOLDEN.items():
        assert {k: str(v) for k, v in frames[name].schema.items()} == golden["dtypes"]
        assert plain_frame(frames[name]) == golden["values"]


def test_the_shipped_loader_gives_what_newspkg_load_gives() -> None:
    spec = importlib.util.spec_from_file_location("load", ROOT / "scripts" / "load.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    package = newspkg.load(ROOT)
    assert set(module.COLUMNS) == set(package)
    for name in package:
        assert_frame_equal(getattr(module, name)(), package[name].collect())


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=tables())
def test_it_gives_what_newspkg_load_gives_or_stops_where_that_stops(
    made: tuple[dict[str, Any], list[list[str]]], tmp_path: Path
) -> None:
    schema, rows = made
    # Without polars' guest: dateutil reads the format any, the validator judges what a text of other types says.
    looser = {"object", "geojson", "geopoint", "yearmonth", "duration"}
    for field in schema["fields"]:
        if field["type"] in looser or field.get("format") == "any":
            field["type"] = "any"
            field.pop("format", None)
        elif field.get("format") == "uuid":
            del field["format"]
    folder = make.write(make.one_table(as_csv([f["name"] for f in schema["fields"]], rows), schema), tmp_path)
    try:
        due = newspkg.load(folder).books.collect()
    except newspkg.load.LoadError:
        due = None
    module = loader(folder)
    if due is None:
        with pytest.raises(ValueError, match="row "):
            module.books()
    else:
        assert_frame_equal(module.books(), due)


@pytest.mark.parametrize("kind", ["alltypes", "odd names", "house"])
def test_it_pleases_the_linter_as_it_is_and_needs_polars_alone(tmp_path: Path, kind: str) -> None:
    if kind == "alltypes":
        text = load_py(of_package(ALL))
    elif kind == "house":
        text = (ROOT / "scripts" / "load.py").read_text(encoding="utf-8")
    else:
        files = make.one_table()
        given_ = json.loads(files["datapackage.json"])
        one = given_["resources"][0]
        given_["resources"] = [
            {**one, "name": n, "path": "books.csv"} for n in ("class", "load", "2-of/3", "a b", "a_b", "pl")
        ]
        files["datapackage.json"] = json.dumps(given_).encode()
        package = make.write(files, tmp_path)
        text = load_py(of_package(package), up="..")
        module = loader(package)
        names = ["class_table", "load_table", "table_2_of_3", "a_b", "a_b_2", "pl_table"]
        assert [getattr(module, name)().height for name in names] == [2] * 6
    path = tmp_path / "load.py"
    path.write_text(text, encoding="utf-8")
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--config", str(ROOT / "pyproject.toml"), path],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
    wanted = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            wanted |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            wanted.add(node.module or "")
    assert {name.split(".")[0] for name in wanted} - sys.stdlib_module_names == {"polars"}


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("id,year,title\n1,2001,Salt\n", r"books.csv: the columns are \['id', 'year', 'title'\], not"),
        ("id,title\n1,Salt\n", "the columns are"),
        ("id,title,year,more\n1,Salt,2001,x\n", "the columns are"),
        ("id,title,year\n1,Salt,2001,x\n", r"books.csv, row 2: it has 4 cells, not 3"),
        ("id,title,year\n1,Salt\n", r"row 2: it has 2 cells, not 3"),
        ("id,title,year\n\n1,Salt,2001\n", r"row 2: it has 0 cells, not 3"),
        ("id,title,year\n1,Salt,2001\ntwo,Rain,2014\n", r"row 3, column id: 'two' is no value of Int64"),
        ("id,title,year\n99999999999999999999,Salt,2001\n", "is no value of Int64"),
        ("id,title,year\n1,Salt,5000000000\n", "is no value of Int32"),
        ('id,title,year\n1,"Salt,2001\n', "unexpected end of data"),
        ("", "there is no header"),
    ],
)
def test_it_stops_at_what_it_was_not_made_for(tmp_path: Path, raw: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        laid(make.one_table(raw), tmp_path).books()


@pytest.mark.parametrize(
    ("name", "raw", "more"),
    [
        ("b.tsv", b"id\ttitle\tyear\n1\tSalt\t2001\n", {}),
        (
            "b.csv",
            "id;title;year\n1;'Sal;t\u00e9';2001\n".encode("latin-1"),
            {"encoding": "iso-8859-1", "dialect": {"delimiter": ";", "quoteChar": "'"}},
        ),
        ("b.csv", b"about\nid,title,year\n1, Salt,2001\n", {"dialect": {"headerRows": [2], "skipInitialSpace": True}}),
        ("b.csv", b"1,Salt,NULL\n", {"dialect": {"header": False, "nullSequence": "NULL"}}),
    ],
)
def test_other_ways_to_write_a_table(tmp_path: Path, name: str, raw: bytes, more: dict[str, Any]) -> None:
    package = make.write(make.one_file(name, raw, **more), tmp_path)
    assert_frame_equal(loader(package).books(), newspkg.load(package).books.collect())


def test_packed_files_and_several_paths(tmp_path: Path) -> None:
    import bz2
    import gzip
    import lzma
    import zipfile

    raw = b"id,title,year\n1,Salt,2001\n"
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("b.csv", raw)
    made = {
        "gz": gzip.compress(raw),
        "bz2": bz2.compress(raw),
        "xz": lzma.compress(raw),
        "zip": (tmp_path / "z.zip").read_bytes(),
    }
    for ending, packed in made.items():
        package = make.write(make.one_file(f"b.csv.{ending}", packed), tmp_path / ending)
        assert loader(package).books().rows() == [(1, "Salt", 2001)]
    files = make.one_table("", path=["1.csv", "2.csv"])
    del files["books.csv"]
    package = make.write({**files, "1.csv": raw, "2.csv": raw.replace(b"1,", b"2,")}, tmp_path / "two")
    assert loader(package).books()["id"].to_list() == [1, 2]


def test_columns_are_found_as_the_schema_allows(tmp_path: Path) -> None:
    schema = {"fields": make.BOOKS["fields"], "fieldsMatch": "partial"}
    module = laid(make.one_table("year,more\n2001,x\n", schema), tmp_path)
    assert module.books().to_dict(as_series=False) == {"id": [None], "title": [None], "year": [2001]}
    module = laid(make.one_table("more\nx\n", schema), tmp_path)
    with pytest.raises(ValueError, match="the columns are"):
        module.books()


def test_a_table_that_it_cannot_read_says_so_and_the_others_load(tmp_path: Path) -> None:
    files = make.one_file("b.jsonl", b'{"id": 1}\n')
    module = laid(files, tmp_path)
    assert module.COLUMNS["books"]["id"] == pl.Int64()
    why = "is jsonl, which this file does not read; see: pkg export"
    with pytest.raises(ValueError, match=f"books: {why}"):
        module.load("books")
    assert not hasattr(module, "books"), "a function that always raises"
    assert f"books is left out: {why}" in (module.__doc__ or "")
    with pytest.warns(UserWarning, match=f"books is left out: {why}"):
        assert module.load_all() == {}


def test_names_of_tables_and_fields_may_be_those_of_python(tmp_path: Path) -> None:
    names = [*dir(builtins), "warnings", "pl", "load", "\uff4c\uff49\uff53\uff54"]  # the last is `list` to Python
    schema = {"fields": [{"name": "list", "type": "list"}, {"name": "len", "type": "array"}]}
    one = {"path": "t.csv", "schema": schema}
    given = {"resources": [{**one, "name": name} for name in names]}
    files = {"datapackage.json": json.dumps(given).encode(), "t.csv": b'list,len\n"a,b","[""x""]"\n'}
    module = laid(files, tmp_path)
    frames = module.load_all()
    assert len(frames) == len(names)
    assert all(frame.rows() == [(["a", "b"], ["x"])] for frame in frames.values())
    assert module.list_table().rows() == module.list_table_2().rows() == frames["list"].rows()
    assert not set(dir(builtins)) & (set(vars(module)) - {n for n in dir(builtins) if n.startswith("__")})


def test_it_stops_at_what_no_text_has_as_the_others_do(tmp_path: Path) -> None:
    for n, (raw, row) in enumerate([("id,title\n1,a\n2,Sa\0lt\n", 3), ('id,title\n1,"[""\\ud83d""]"\n', 2)]):
        kind = "string" if n == 0 else "array"
        schema = {"fields": [{"name": "id", "type": "integer"}, {"name": "title", "type": kind}]}
        folder = make.write(make.one_table(raw, schema), tmp_path / str(n))
        with pytest.raises(ValueError, match=f"books.csv, row {row}, column title: "):
            loader(folder).books()
        with pytest.raises(newspkg.load.LoadError, match=f"table books, field title, row {row}"):
            newspkg.load(folder).books.collect()


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    module = laid(make.one_table(), tmp_path)
    with pytest.raises(FileNotFoundError, match=r"books.csv: there is no such file; `folder` is the folder"):
        module.books(tmp_path / "elsewhere")


def test_an_encoding_that_nobody_knows_is_said(tmp_path: Path) -> None:
    for encoding in ("nonsense", "hex"):
        module = laid(make.one_table(encoding=encoding), tmp_path / encoding)
        with pytest.raises(ValueError, match="books: its encoding is none that is known"):
            module.load("books")


def test_loaders_for_anybody_find_the_package_from_where_they_lie(tmp_path: Path) -> None:
    package = make.write(make.one_table(), tmp_path / "package")
    folder = tmp_path / "code" / "here"
    folder.mkdir(parents=True)
    (folder / "load.py").write_text(loaders(package, folder)["load.py"], encoding="utf-8")
    spec = importlib.util.spec_from_file_location("load", folder / "load.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.books().height == 2
    shutil.copytree(package, tmp_path / "copy")
    assert module.books(tmp_path / "copy").height == 2
