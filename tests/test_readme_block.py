"""The part of a README that `pkg derive` writes: its lines run as they are copied, and it follows the package."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from judging import ROOT
from newspkg.derive import derive
from newspkg.derive.readme import BEGIN, END, block, readme
from newspkg.derive.sources import of_package
from newspkg.init import start
from newspkg.problems import UsageError
from packages import make

RSCRIPT = shutil.which("Rscript")
TABLES = ROOT / "tests" / "packages" / "small"


@pytest.fixture(scope="module", params=["this repository", "of articles", "of tables"])
def repository(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a README; those of `pkg init` are of its first day."""
    folder = tmp_path_factory.mktemp("init") / "valley"
    if request.param == "this repository":
        return ROOT
    start(folder, tables=[TABLES / "towns.csv", TABLES / "bridges.csv"] if request.param == "of tables" else [])
    return folder


def blocks(folder: Path) -> list[tuple[str, str]]:
    """(language, code) of the generated part."""
    text = (folder / "README.md").read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]
    return re.findall(r"^```(\w+)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def python(code: str, folder: Path) -> Any:
    """What the lines leave in their last name, by columns and height."""
    name = code.splitlines()[-1].split(" = ")[0]
    code += f"import json; print(json.dumps([list({name}.columns), len({name})]))"
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_it_shows_each_way_once_and_how_to_cite(repository: Path) -> None:
    assert [language for language, _ in blocks(repository)] == ["python", "python", "r", "sql", "text", "bibtex"]


def test_the_lines_for_polars_and_pandas_load_the_same_table(repository: Path) -> None:
    polars, pandas = (code for language, code in blocks(repository) if language == "python")
    assert "import load" in polars and "import pandas" in pandas
    found = python(polars, repository)
    assert found == python(pandas, repository)
    assert found[1] > 0


@pytest.mark.skipif(RSCRIPT is None, reason="Rscript is not installed (Debian: r-base-core)")
def test_the_lines_for_r_load_it_too(repository: Path) -> None:
    first = next(code for language, code in blocks(repository) if language == "python")
    code = next(code for language, code in blocks(repository) if language == "r")
    name = code.splitlines()[-1].split(" <- ")[0]
    code += f'\ncat(paste(names({name}), collapse = ","), nrow({name}))'
    done = subprocess.run(
        [RSCRIPT or "", "--vanilla", "-e", code], cwd=repository, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    columns, height = done.stdout.split(" ")
    assert [columns.split(","), int(height)] == python(first, repository)


def test_the_line_for_duckdb_gives_a_row_for_each_row(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import duckdb

    monkeypatch.chdir(repository)
    first = next(code for language, code in blocks(repository) if language == "python")
    code = next(code for language, code in blocks(repository) if language == "sql")
    assert len(duckdb.sql(code).fetchall()) == python(first, repository)[1]


def test_every_file_it_names_is_there(repository: Path) -> None:
    text = (repository / "README.md").read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]
    named = re.findall(r"\]\(([^)]+)\)", text)
    assert {"data/", "scripts/load.py", "scripts/load.R", "CITATION.cff"} <= set(named)
    assert [name for name in named if not (repository / name).exists()] == []


def test_it_is_current_and_says_so_where_it_is_not(repository: Path, tmp_path: Path) -> None:
    assert "README.md" not in derive(repository, check=True)
    if repository == ROOT:
        return
    copy = tmp_path / "copy"
    shutil.copytree(repository, copy)
    path = copy / "datapackage.json"
    given = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**given, "title": "Another title"}), encoding="utf-8")
    assert derive(copy, check=True) == ["README.md"]
    assert derive(copy) == ["README.md"]
    text = (copy / "README.md").read_text(encoding="utf-8")
    assert "Another title" in text and derive(copy, check=True) == []
    before = (repository / "README.md").read_text(encoding="utf-8")
    assert text.split(BEGIN)[0] == before.split(BEGIN)[0] and text.split(END)[1] == before.split(END)[1]


# --- of any package --------------------------------------------------------------------------------------------------


def package(tmp_path: Path, **described: Any) -> Path:
    resource = described.pop("resource", {})
    rows = described.pop("rows", make.ROWS)
    return make.write(make.one_table(rows, package={"name": "library", **described}, **resource), tmp_path)


def made(folder: Path) -> str:
    return block(folder, of_package(folder), [])


def test_where_there_is_no_readme_or_no_place_for_it(tmp_path: Path) -> None:
    folder = package(tmp_path)
    assert sorted(derive(folder)) == ["scripts/load.R", "scripts/load.py"]
    (folder / "README.md").write_text("# Ours\n", encoding="utf-8")
    assert derive(folder) == []
    assert (folder / "README.md").read_text(encoding="utf-8") == "# Ours\n"


@pytest.mark.parametrize("text", [BEGIN, END, f"{END}\n{BEGIN}", f"{BEGIN}{END}{BEGIN}{END}"])
def test_markers_that_are_no_pair(tmp_path: Path, text: str) -> None:
    folder = package(tmp_path)
    (folder / "README.md").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"README\.md: the block needs one line"):
        readme(folder, of_package(folder), [])


def test_line_ends_around_it_stay(tmp_path: Path) -> None:
    folder = package(tmp_path)
    (folder / "README.md").write_bytes(f"# Ours\r\n{BEGIN}\r\n{END}\r\nmore\r\n".encode())
    assert derive(folder)[0] == "README.md"
    raw = (folder / "README.md").read_bytes()
    assert raw.startswith(b"# Ours\r\n" + BEGIN.encode()) and raw.endswith(END.encode() + b"\r\nmore\r\n")
    assert derive(folder) == []


def test_a_reference_with_all_there_is(tmp_path: Path) -> None:
    people = [
        {"title": "Dr. Ada Corrin", "givenName": "Ada", "familyName": "Corrin", "roles": ["author"]},
        {"title": "Newsroom & Sons", "roles": ["creator"]},
        {"title": "A reader", "roles": ["contributor"]},
    ]
    folder = package(
        tmp_path,
        title="50 % of {all} books_\nand more",
        created="2031-03-11T00:00:00Z",
        version="1.2.0",
        homepage="https://example.org/books",
        contributors=people,
        licenses=[{"name": "CC0-1.0"}, {"name": "MIT"}],
    )
    text = made(folder)
    assert (
        "Ada Corrin; Newsroom & Sons (2031): 50 % of {all} books_ and more. Version 1.2.0. Data package. CC0-1.0, MIT. "
        "https://example.org/books\n"
    ) in text
    assert (
        "@misc{library,\n  title = {{50 \\% of \\{all\\} books\\_ and more}},\n"
        "  author = {Corrin, Ada and {Newsroom \\& Sons}},\n  year = {2031},\n"
        "  note = {Data package, version 1.2.0},\n  url = {https://example.org/books}\n}"
    ) in text


def test_a_reference_with_nothing_but_a_name(tmp_path: Path) -> None:
    text = made(package(tmp_path))
    assert "\n(no date): library. Data package.\n" in text
    assert "@misc{library,\n  title = {{library}},\n  note = {Data package}\n}" in text


def test_how_the_file_is_written_shows_in_the_lines(tmp_path: Path) -> None:
    odd = package(tmp_path / "odd", rows=make.ROWS.replace(",", ";"), resource={"dialect": {"delimiter": ";"}})
    assert 'books = pandas.read_csv("books.csv", sep=";", ' in made(odd)
    assert python(blocks_of(made(odd))["pandas"], odd) == [["id", "title", "year"], 2]
    latin = package(tmp_path / "latin", resource={"encoding": "iso-8859-1"})
    assert set(blocks_of(made(latin))) == {"load", "r", "text", "bibtex"}


def blocks_of(text: str) -> dict[str, str]:
    found = re.findall(r"^```(\w+)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return {("pandas" if "pandas" in code else "load") if name == "python" else name: code for name, code in found}


def test_a_key_of_other_names_joins_on_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import duckdb

    files = make.two_tables("loan,book,printed\n1,1,2001\n2,,\n")
    descriptor = json.loads(files["datapackage.json"])
    descriptor["resources"].reverse()
    folder = make.write({**files, "datapackage.json": json.dumps(descriptor).encode()}, tmp_path)
    query = blocks_of(made(folder))["sql"]
    assert 'ON a."book" = b."id" AND a."printed" = b."year";' in query
    monkeypatch.chdir(folder)
    assert [row[0] for row in duckdb.sql(query).fetchall()] == [1]


def test_tables_that_are_no_delimited_text(tmp_path: Path) -> None:
    files = make.one_file("books.jsonl", b'{"id": 1, "title": "Salt", "year": 2001}\n')
    text = made(make.write(files, tmp_path))
    assert "`pkg export`" in text and "```python" not in text
