"""`pkg export`: what it lists, writes and refuses, and that nothing is left of an export that failed."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import newspkg
from newspkg.cli import main
from newspkg.export import FORMATS, export, exporter, find, model
from newspkg.problems import CannotRun, UsageError

ROOT = Path(__file__).resolve().parent.parent
ALLTYPES = ROOT / "tests" / "packages" / "alltypes"


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as done:
        main([str(one) for one in arguments])
    assert isinstance(done.value.code, int)
    return done.value.code


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package in a folder of its own, beside an empty current one."""
    shutil.copytree(ALLTYPES, tmp_path / "package")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "package"


# --- the registry -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_registered_by_its_module(name: str) -> None:
    found = find(name)
    assert found.name == name
    assert found.title
    assert found.folder is not bool(found.suffix), "a file has a suffix, and a folder none"
    for module in found.needs:
        assert importlib.util.find_spec(module), f"the tests need {module}"


def test_every_format_is_in_the_documentation() -> None:
    text = (ROOT / "docs" / "exporting.md").read_text(encoding="utf-8")
    assert [name for name in FORMATS if f"`{name}`" not in text] == []


def test_the_command_lists_the_formats(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("export") == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(FORMATS)


def test_an_unknown_format_names_its_neighbour(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("export", "duckbd") == 2
    assert "no export format 'duckbd'. Did you mean duckdb?" in capsys.readouterr().err
    assert run("export", "zzz") == 2
    assert "pkg export, without a format, lists them." in capsys.readouterr().err


def test_a_library_that_is_missing_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    there = importlib.util.find_spec
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name, *more: None if name == "xlsxwriter" else there(name, *more)
    )
    with pytest.raises(CannotRun, match=re.escape("xlsx needs xlsxwriter: pip install 'newspkg[xlsx]'")):
        export("xlsx", ALLTYPES, tmp_path / "x.xlsx")


def test_extras_that_formats_ask_for_are_declared() -> None:
    import tomllib

    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    for found in map(find, FORMATS):
        for module in found.needs:
            assert any(one.lower().startswith(module) for one in extras[found.extra]), found.name


# --- targets ------------------------------------------------------------------------------------------------------------


def test_files_are_named_after_the_package(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("export", "sqlite", "--package", copy) == 0
    assert names(Path()) == ["alltypes.metadata.json", "alltypes.sqlite"]
    assert "note: every.number has NaN" in (said := capsys.readouterr().err)
    assert said.endswith("alltypes.sqlite written.\n")
    assert run("export", "parquet", "--package", copy) == 0
    assert "alltypes-parquet written, 4 files." in capsys.readouterr().err
    assert names(Path("alltypes-parquet")) == ["datapackage.json", "every.parquet", "formats.parquet", "notes.parquet"]


def test_a_name_with_slashes_makes_no_folders(copy: Path) -> None:
    given = json.loads((copy / "datapackage.json").read_text())
    (copy / "datapackage.json").write_text(json.dumps({**given, "name": "../up/à b"}))
    assert run("export", "jsonl", "--package", copy) == 0
    assert names(Path()) == ["up-à b-jsonl"]


def test_nothing_is_replaced_unasked(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("x.sqlite").write_text("mine")
    assert run("export", "sqlite", "--package", copy, "-o", "x.sqlite") == 2
    assert "x.sqlite: is there already. Name another one, or say --force" in capsys.readouterr().err
    assert Path("x.sqlite").read_text() == "mine"
    assert run("export", "sqlite", "--package", copy, "-o", "x.sqlite", "--force") == 0
    assert Path("x.sqlite").read_bytes().startswith(b"SQLite format 3")


def test_what_lies_beside_a_file_is_not_replaced_either(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("x.metadata.json").write_text("mine")
    assert run("export", "sqlite", "--package", copy, "-o", "x.sqlite") == 2
    assert "x.metadata.json: is there already" in capsys.readouterr().err
    assert names(Path()) == ["x.metadata.json"]
    assert Path("x.metadata.json").read_text() == "mine"


def test_a_folder_is_replaced_only_where_nothing_is_lost(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("out").mkdir()
    assert run("export", "jsonl", "--package", copy, "-o", "out") == 0  # it was empty
    assert run("export", "jsonl", "--package", copy, "-o", "out") == 2
    Path("out/every.jsonl").write_text("old")
    assert run("export", "jsonl", "--package", copy, "-o", "out", "--force") == 0
    assert Path("out/every.jsonl").read_text().startswith('{"id": "a1"')
    Path("out/thesis.txt").write_text("years of work")
    assert run("export", "jsonl", "--package", copy, "-o", "out", "--force") == 3
    assert "out: has thesis.txt, which this export does not write and would be lost." in capsys.readouterr().err
    assert Path("out/thesis.txt").read_text() == "years of work"
    assert names(Path()) == ["out"]


@pytest.mark.parametrize(
    ("format", "out", "said"),
    [
        ("xlsx", "nowhere/x.xlsx", "there is no folder nowhere to write it into"),
        ("xlsx", ".", "is a folder; xlsx is one file"),
        ("parquet", "file", "is a file; parquet is a folder"),
        ("parquet", "../package", "holds the package itself"),
        ("parquet", "..", "holds the package itself"),
        ("sqlite", "../package/data/every.csv", "is a file of the package"),
        ("v1", "../package/datapackage.json", "is a file of the package"),
        ("v1", "../package/schemas/every.json", "is a file of the package"),
        ("v1", "dangling", "is a link that leads nowhere"),
        ("v1", "/dev/null", "is a device or a pipe"),
        ("v1", "", "no name of a file"),
    ],
)
def test_targets_that_cannot_be_ones(
    copy: Path, format: str, out: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("file").write_text("mine")
    Path("dangling").symlink_to("nothing")
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    assert run("export", format, "--package", copy, "--force", "-o", out) == 2
    err = capsys.readouterr().err
    assert said in err or (out == "" and "is a folder; v1 is one file" in err)
    assert names(Path()) == ["dangling", "file"]
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == before


def test_a_link_stays_one(copy: Path) -> None:
    Path("real").mkdir()
    Path("real/x.json").write_text("old")
    Path("x.json").symlink_to("real/x.json")
    assert run("export", "v1", "--package", copy, "-o", "x.json", "--force") == 0
    assert Path("x.json").is_symlink()
    assert '"profile"' in Path("real/x.json").read_text()
    assert names(Path("real")) == ["x.json"]


# --- whole or not at all ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["parquet", "duckdb", "sqlite", "xlsx", "jsonl"])
def test_a_cell_that_cannot_be_read_leaves_nothing_behind(
    copy: Path, format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    table = copy / "data" / "every.csv"
    table.write_text(table.read_text(encoding="utf-8").replace(",-17,", ",minus,"), encoding="utf-8")
    assert run("export", format, "--package", copy, "-o", "out") == 3
    err = capsys.readouterr().err
    assert "every" in err and "whole is not a value of type integer. It is 'minus'." in err
    assert "Traceback" not in err
    assert names(Path()) == []


def test_what_was_there_stays_where_an_export_fails(copy: Path) -> None:
    assert run("export", "jsonl", "--package", copy, "-o", "out") == 0
    before = {path.name: path.read_bytes() for path in Path("out").iterdir()}
    table = copy / "data" / "notes.csv"
    table.write_text(table.read_text(encoding="utf-8") + "n9,a1\n", encoding="utf-8")
    assert run("export", "jsonl", "--package", copy, "-o", "out", "--force") == 3
    assert {path.name: path.read_bytes() for path in Path("out").iterdir()} == before
    assert names(Path()) == ["out"]


def test_a_full_disk_is_told(copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device", "x")

    monkeypatch.setattr("newspkg.export.tables.write_json", full)
    assert run("export", "jsonl", "--package", copy, "-o", "out") == 3
    assert "out: cannot be written (No space left on device)." in capsys.readouterr().err
    assert names(Path()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("shut").mkdir(mode=0o555)
    assert run("export", "v1", "--package", copy, "-o", "shut/x.json") == 3
    assert "cannot be written (Permission denied)" in capsys.readouterr().err


# --- packages -----------------------------------------------------------------------------------------------------------


def test_a_zip_is_exported_as_well(copy: Path) -> None:
    shutil.make_archive("packed", "zip", copy)
    assert run("export", "jsonl", "--package", "packed.zip", "-o", "zipped") == 0
    assert run("export", "jsonl", "--package", copy, "-o", "plain") == 0
    for path in Path("plain").iterdir():
        assert (Path("zipped") / path.name).read_bytes() == path.read_bytes()


@pytest.mark.parametrize(("package", "code", "said"), [
    ("nope", 2, "there is no such file or folder"),
    (".", 2, "there is no datapackage.json in this folder"),
])  # fmt: skip
def test_a_package_that_is_none(
    copy: Path, package: str, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("export", "jsonl", "--package", package) == code
    assert said in capsys.readouterr().err
    assert names(Path()) == []


def test_what_is_no_table_is_left_out_and_said(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = json.loads((copy / "datapackage.json").read_text())
    given["resources"].append({"name": "map", "path": "map.png"})
    (copy / "map.png").write_bytes(b"\x89PNG")
    (copy / "datapackage.json").write_text(json.dumps(given))
    assert run("export", "parquet", "--package", copy, "-o", "out") == 0
    assert "note: map is no table, and is left out." in capsys.readouterr().err


def test_a_profile_in_a_file_is_not_carried_along(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = json.loads((copy / "datapackage.json").read_text())
    (copy / "mine.json").write_text("{}")
    (copy / "datapackage.json").write_text(json.dumps({**given, "$schema": "mine.json"}))
    assert run("export", "parquet", "--package", copy, "-o", "out") == 0
    assert "/$schema: mine.json is a file of the old package" in capsys.readouterr().err
    assert newspkg.validate(Path("out")).valid


def test_python_takes_paths_and_loaded_packages(tmp_path: Path) -> None:
    one = newspkg.export("jsonl", str(ALLTYPES), tmp_path / "a")
    with newspkg.load(ALLTYPES) as package:
        other = newspkg.export("jsonl", package, tmp_path / "b")
        assert package["notes"].collect().height == 3, "it stays open"
    assert [path.read_bytes() for path in one.files] == [path.read_bytes() for path in other.files]
    assert one.path == tmp_path / "a"
    assert all(path.is_file() for path in one.files)
    with pytest.raises(UsageError, match="is there already"):
        newspkg.export("jsonl", ALLTYPES, tmp_path / "a")


def test_a_new_format_is_one_function(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    @exporter("count", title="How many rows", suffix=".txt")
    def count(package: model.Source, out: Path) -> list[Path]:
        from newspkg.export.tables import batches

        out.write_text(str(sum(batch.height for name in package for batch in batches(package[name]))))
        package.note("Only a number.")
        return [out]

    monkeypatch.setitem(FORMATS, "count", "model")
    made = export("count", ALLTYPES, tmp_path / "n.txt")
    assert made.path.read_text() == "13"
    assert made.notes == ("Only a number.",)
    monkeypatch.delitem(model._FOUND, "count")


def test_help_loads_no_format() -> None:
    code = (
        "import sys\n"
        "from newspkg.cli import main\n"
        "try: main(['export', '--help'])\n"
        "except SystemExit: pass\n"
        "print(' '.join(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert not loaded & {"polars", "duckdb", "xlsxwriter", "pyarrow", "newspkg.export.to_parquet"}


@pytest.mark.parametrize("format", ["parquet", "duckdb", "sqlite", "jsonl", "xlsx", "v1"])
def test_a_resource_without_a_name_is_exported_with_one(tmp_path: Path, format: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "datapackage.json").write_text('{"resources": [{"path": "t.csv"}]}', encoding="utf-8")
    (folder / "t.csv").write_text("a,b\n1,x\n", encoding="utf-8")
    made = export(format, folder, tmp_path / f"out{find(format).suffix}")
    assert not [note for note in made.notes if "is no table" in note]
    if format in ("parquet", "jsonl"):
        assert "a resource without a name is called resource 0." in made.notes
        assert newspkg.load(made.path)["resource 0"].collect().rows() == [("1", "x")]


@pytest.mark.parametrize("format", ["parquet", "duckdb", "sqlite", "jsonl"])
def test_of_two_fields_with_one_name_one_is_lost_with_a_word(tmp_path: Path, format: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    schema = {"fields": [{"name": "a", "type": "integer"}, {"name": "a", "type": "string"}]}
    given = {"resources": [{"name": "t", "path": "t.csv", "schema": schema}]}
    (folder / "datapackage.json").write_text(json.dumps(given), encoding="utf-8")
    (folder / "t.csv").write_text("a,a\n1,x\n", encoding="utf-8")
    out = tmp_path / f"out{find(format).suffix}"
    with pytest.raises(CannotRun, match="a is the name of several fields"):
        export(format, folder, out)
    made = export(format, newspkg.load(folder, strict=False), out)
    assert "t: several fields are called a; only the first is kept." in made.notes
    if format in ("parquet", "jsonl"):
        assert newspkg.load(made.path).t.collect().rows() == [(1,)]
