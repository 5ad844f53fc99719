"""`pkg init`: a new repository that builds, validates and passes at once, of an article or of tables."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import frictionless
import openpyxl
import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from newspkg.build import SOURCE_COLUMNS
from newspkg.cli import main
from newspkg.init import LICENCES, TOOLKIT, Started, start
from newspkg.problems import CannotRun, UsageError
from newspkg.schema import house_schemas
from newspkg.validate import validate

ROOT = Path(__file__).resolve().parent.parent
PKG = Path(sysconfig.get_path("scripts")) / "pkg"


def pkg(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([PKG, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as done:
        main([str(a) for a in arguments])
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return int(str(done.value.code)), out, err


# --- of an article ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository as `pkg init` starts it, unchanged by any test."""
    folder = tmp_path_factory.mktemp("init") / "valley-news"
    start(folder, title='News: the "valley"', contributors=["Ada Corrin", "Karel Vint"], licence="cc0-1.0")
    return folder


def git(folder: Path, *arguments: str) -> str:
    names = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.org", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *names, *arguments], cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def clone(news: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh clone of it, after a first commit of whatever git takes."""
    first, fresh = tmp_path_factory.mktemp("first") / "valley-news", tmp_path_factory.mktemp("fresh") / "valley-news"
    start(first, title='News: the "valley"', contributors=["Ada Corrin", "Karel Vint"], licence="cc0-1.0")
    git(first, "init", "-q", "-b", "main")
    git(first, "config", "core.autocrlf", "true")  # as git for Windows is set up
    git(first, "add", ".")
    git(first, "commit", "-q", "-m", "first")
    git(first.parent, "clone", "-q", "--config", "core.autocrlf=true", str(first), str(fresh))
    return fresh


def test_it_has_what_a_dataset_needs(news: Path) -> None:
    there = {path.relative_to(news).as_posix() for path in news.rglob("*") if path.is_file()}
    assert there > {
        ".gitattributes", ".github/workflows/data.yml", ".gitignore", ".pre-commit-config.yaml", "CITATION.cff",
        "LICENSE-DATA", "README.md", "articles/example.txt", "curation/package.json", "curation/sources.csv",
        "datapackage.json", "docs/tables.md", "scripts/load.py", "scripts/load.R",
    }  # fmt: skip
    for table in house_schemas():
        assert {f"data/{table}.csv", f"schemas/{table}.json"} <= there
    assert not [path for path in news.parent.iterdir() if path != news], "nothing is left beside it"


@pytest.mark.parametrize("where", ["news", "clone"])
def test_it_builds_validates_and_derives_at_once(where: str, request: pytest.FixtureRequest) -> None:
    folder = request.getfixturevalue(where)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and ".git/" not in f"{path}"}
    built = pkg(folder, "build")
    assert built.returncode == 0 and "datapackage.json unchanged" in built.stderr, built.stderr
    assert "warning" not in built.stderr and "error" not in built.stderr
    judged = pkg(folder, "validate", ".", "--texts", "articles", "--fail-on", "warning")
    assert judged.returncode == 0, judged.stdout
    assert re.fullmatch(r"valid: 14 tables, \d+ rows; no problems", judged.stdout.strip())
    assert pkg(folder, "derive", "--check").returncode == 0
    assert {path: path.read_bytes() for path in before} == before


def test_the_example_shows_something_of_each_kind(news: Path) -> None:
    for table in ("documents", "actors", "mentions", "times", "quotes", "events", "event_participants"):
        assert len((news / "data" / f"{table}.csv").read_text(encoding="utf-8").splitlines()) > 1, table


def test_git_keeps_articles_out_but_for_the_example(clone: Path) -> None:
    (clone / "articles" / "theirs.txt").write_text("Not ours.", encoding="utf-8")
    (clone / "hydrated").mkdir(exist_ok=True)
    (clone / "hydrated" / "datapackage.json").write_text("{}", encoding="utf-8")
    assert git(clone, "status", "--porcelain") == ""
    assert "articles/example.txt" in git(clone, "ls-files")


def test_the_tables_of_curation_have_the_headers_that_the_build_reads(news: Path) -> None:
    def header(name: str) -> list[str]:
        return (news / "curation" / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0].split(",")

    assert header("sources") == list(SOURCE_COLUMNS)
    for name in ("actors", "actor_names", "actor_roles", "corrections"):
        assert header(name) == list(house_schemas()[name].names)


def test_what_was_said_stands_everywhere(news: Path) -> None:
    described = json.loads((news / "datapackage.json").read_text(encoding="utf-8"))
    cited = yaml.safe_load((news / "CITATION.cff").read_text(encoding="utf-8"))
    assert described["name"] == "valley-news"
    assert described["title"] == cited["title"] == 'News: the "valley"'
    assert [c["title"] for c in described["contributors"]] == ["Ada Corrin", "Karel Vint"]
    assert [a["name"] for a in cited["authors"]] == ["Ada Corrin", "Karel Vint"]
    assert described["licenses"][0]["name"] == cited["license"] == "CC0-1.0"
    assert LICENCES["CC0-1.0"][1] in (news / "LICENSE-DATA").read_text(encoding="utf-8")
    assert (news / "README.md").read_text(encoding="utf-8").startswith('# News: the "valley"\n')


def test_its_files_are_as_their_standards_want_them(news: Path, tmp_path: Path) -> None:
    workflow, cited = news / ".github" / "workflows" / "data.yml", news / "CITATION.cff"
    for schema, file in (("github-workflows", workflow), ("citation-file-format", cited)):
        command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
    config = [sys.executable, "-m", "pre_commit", "validate-config", str(news / ".pre-commit-config.yaml")]
    env = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path)}
    assert subprocess.run(config, env=env, capture_output=True, check=False).returncode == 0
    (uses,) = [
        s["uses"] for s in yaml.safe_load(workflow.read_text())["jobs"]["validate"]["steps"] if TOOLKIT in s["uses"]
    ]
    (repo,) = yaml.safe_load((news / ".pre-commit-config.yaml").read_text())["repos"]
    assert uses == f"{TOOLKIT}@{repo['rev']}" and repo["repo"].endswith(f"/{TOOLKIT}")
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert [one["id"] for one in repo["hooks"]] == [hook["id"]]
    theirs = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    (checkout,) = re.findall(r"actions/checkout@.*", workflow.read_text(encoding="utf-8"))
    assert checkout in theirs, "one commit of the action everywhere"


def test_nothing_of_the_template_is_left_unfilled(news: Path) -> None:
    for path in news.rglob("*"):
        if path.is_file():
            assert not re.search(r"@[A-Z_]+@", path.read_text(encoding="utf-8")), path


def test_its_readme_names_files_that_are_there(news: Path) -> None:
    readme = (news / "README.md").read_text(encoding="utf-8")
    for name in re.findall(r"`((?:articles|curation|data|docs|scripts|schemas)/[\w./-]*|[A-Z]+[A-Z.cf-]+)`", readme):
        assert (news / name).exists(), name


def test_what_the_readme_tells_to_begin_with_works(clone: Path, tmp_path: Path) -> None:
    repo = tmp_path / "valley-news"
    git(tmp_path, "clone", "-q", str(clone), str(repo))
    (repo / "articles" / "example.txt").unlink()
    sources = repo / "curation" / "sources.csv"
    sources.write_text(sources.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    text = '"The bridge is open," President Irena Valdas said in Kesten on 7 May 2024.\n\nIt was closed for weeks.\n'
    (repo / "articles" / "mine.txt").write_text(text, encoding="utf-8")
    assert pkg(repo, "build", "--out", ".").returncode == 0
    assert pkg(repo, "build").returncode == 0
    assert pkg(repo, "validate", ".", "--texts", "articles").returncode == 0
    assert "mine.txt" in (repo / "data" / "documents.csv").read_text(encoding="utf-8")


# --- the folder ------------------------------------------------------------------------------------------------------


def test_a_clone_of_an_empty_repository_is_a_place_for_it(tmp_path: Path) -> None:
    repo = tmp_path / "birds"
    repo.mkdir()
    git(repo, "init", "-q")
    assert start(repo, tables=[table(tmp_path, "a\n1\n")]).report.valid
    assert (repo / ".git" / "HEAD").is_file() and (repo / "datapackage.json").is_file()


def test_the_folders_above_it_are_made(tmp_path: Path) -> None:
    assert start(tmp_path / "x" / "y" / "birds", tables=[table(tmp_path, "a\n1\n")]).report.valid


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("My Data", "my-data"),
        ("vögel", "vogel"),
        (".hidden", "hidden"),
        ("-x", "begins with a letter"),
        ("A", "For instance: a."),
    ],
)
def test_a_name_that_is_none_is_refused_with_one_that_is(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(UsageError, match=re.escape(words)):
        start(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("dear to me", encoding="utf-8")
    with pytest.raises(UsageError, match=r"holds notes\.txt\. Nothing is overwritten"):
        start(tmp_path / "mine")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match="is a file"):
        start(tmp_path / "file")


def test_another_one_at_work_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".birds.newspkg-starting").mkdir()
    with pytest.raises(CannotRun, match="Another `pkg init` is at work"):
        start(tmp_path / "birds")
    assert not (tmp_path / "birds").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--license", "MIT"], "CC-BY-4.0"),
        (["--title", " \t"], "--title"),
        (["--contributor", "\x07"], "--contributor"),
        (["--toolkit", "just-a-name"], "--toolkit"),
        (["--from", "nowhere.csv"], "nowhere.csv"),
    ],
)
def test_a_wrong_call_ends_with_2_and_leaves_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, options: list[str], words: str
) -> None:
    code, out, err = run(capsys, "init", tmp_path / "birds", *options)
    assert (code, out) == (2, "") and words in err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_ends_with_3(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    code, _, err = run(capsys, "init", tmp_path / "file" / "birds", "--from", table(tmp_path, "a\n1\n"))
    assert code == 3 and "birds" in err


def test_it_says_what_it_made_and_what_is_next(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, err = run(capsys, "init", tmp_path / "birds", "--from", table(tmp_path, "bird_id,seen\n1,3\n2,4\n"))
    assert (code, out) == (0, "")
    assert "1 table, 2 rows" in err and "README.md" in err and "bird_id is taken as the primary key" in err


# --- of tables: what a column holds ----------------------------------------------------------------------------------


def table(folder: Path, text: str | bytes, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
    return path


def schema_of(started: Started, name: str = "table") -> dict[str, Any]:
    return dict(json.loads((started.root / "schemas" / f"{name}.json").read_text(encoding="utf-8")))


def field_of(tmp_path: Path, cells: Iterable[str], name: str = "x") -> tuple[dict[str, Any], list[str]]:
    """The field that a column gets, without its name, and the remarks; the package is valid with it."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([[name, "row"], *([cell, n] for n, cell in enumerate(cells))])
    made = start(tmp_path / "birds", tables=[table(tmp_path, text.getvalue())])
    assert made.report.valid and not made.report.problems, made.report.as_text()
    found = schema_of(made)["fields"][0]
    assert found.pop("name") == name
    return found, made.remarks


@pytest.mark.parametrize(
    ("cells", "stated"),
    [
        ("1 2 -3 3000000000", {"type": "integer"}),
        ("0 1 1 0", {"type": "integer"}),
        ("1 2.5 1e3", {"type": "number"}),
        ("NaN 1 INF", {"type": "number"}),
        ("true false", {"type": "boolean"}),
        ("TRUE False", {"type": "boolean"}),
        ("2031-03-11 1999-12-31", {"type": "date"}),
        ("2031-03-11 2031-02-30", {"type": "string"}),
        ("31.12.2030 1.2.2031", {"type": "date", "format": "%d.%m.%Y"}),
        ("31/12/2030 01/02/2031", {"type": "date", "format": "%d/%m/%Y"}),
        ("12/31/2030 01/02/2031", {"type": "date", "format": "%m/%d/%Y"}),
        ("2031-03-11T10:00:00Z 2031-03-11T10:00:00", {"type": "datetime"}),
        ("10:00:00 23:59:59", {"type": "time"}),
        ("10:00 23:59", {"type": "time", "format": "%H:%M"}),
        ("2031-03 2030-12", {"type": "yearmonth"}),
        ("P1D PT2H", {"type": "duration"}),
        ("1,5 2,25", {"type": "number", "decimalChar": ","}),
        ("1,234,567 12", {"type": "integer", "groupChar": ","}),
        ("1,234.5 7,000.25", {"type": "number", "groupChar": ","}),
        ('{"a":1} {}', {"type": "object"}),
        ('[1] ["a"]', {"type": "array"}),
        ('{"type":"Point","coordinates":[1,2]}', {"type": "geojson"}),
        ("a@b.example c@d.example", {"type": "string", "format": "email"}),
        ("https://a.example/x http://b.example", {"type": "string", "format": "uri"}),
        ("c9bf9e57-1685-4c89-bafb-ff5af830be8a", {"type": "string", "format": "uuid"}),
        ("007 008", {"type": "string"}),
        ("one 2", {"type": "string"}),
        ("1_000 2", {"type": "string"}),
        ("١ ٢", {"type": "string"}),
        ("2024-1-5 2024-01-05", {"type": "string"}),
    ],
)
def test_the_narrowest_type_that_all_cells_fit(tmp_path: Path, cells: str, stated: dict[str, Any]) -> None:
    assert field_of(tmp_path, cells.split())[0] == stated


def test_a_moment_with_a_space_has_its_form_stated(tmp_path: Path) -> None:
    found, _ = field_of(tmp_path, ["2031-03-11 10:00:00", "2031-03-11 23:00:01"])
    assert found == {"type": "datetime", "format": "%Y-%m-%d %H:%M:%S"}


@pytest.mark.parametrize(("name", "kind"), [("year", "year"), ("birth_year", "year"), ("price", "integer")])
def test_four_digits_are_a_year_where_the_column_says_so(tmp_path: Path, name: str, kind: str) -> None:
    assert field_of(tmp_path, ["1999", "2024"], name)[0] == {"type": kind}


@pytest.mark.parametrize(
    ("cells", "question"), [("03/04/2031 05/06/2031", "day or the month"), ("1,234 5,678", "thousands or for decimals")]
)
def test_what_can_be_read_two_ways_stays_text_and_is_said(tmp_path: Path, cells: str, question: str) -> None:
    found, remarks = field_of(tmp_path, cells.split())
    assert found == {"type": "string"}
    assert any(question in remark for remark in remarks)


@pytest.mark.parametrize(
    ("cells", "stated"),
    [
        (["1", "NA", "", "3"], {"type": "integer", "missingValues": ["", "NA"]}),
        (["2031-03-11", "-", "N/A"], {"type": "date", "missingValues": ["", "N/A", "-"]}),
        (["1", "NaN"], {"type": "integer", "missingValues": ["", "NaN"]}),
        (["1.5", "NaN", "NA"], {"type": "number", "missingValues": ["", "NA"]}),
        (["DE", "NA"], {"type": "string"}),
        (["NA", "-"], {"type": "string"}),
        (["", ""], {"type": "any"}),
        ([], {"type": "any"}),
    ],
)
def test_marks_for_nothing_count_where_the_rest_is_narrower_than_text(
    tmp_path: Path, cells: list[str], stated: dict[str, Any]
) -> None:
    assert field_of(tmp_path, cells)[0] == stated


def test_marks_among_words_are_asked_about(tmp_path: Path) -> None:
    assert any("count as text in x," in remark for remark in field_of(tmp_path, ["DE", "NA"])[1])


def test_the_last_cell_of_a_long_table_counts_as_much_as_the_first(tmp_path: Path) -> None:
    cells = [*map(str, range(120_000)), "x"]
    assert field_of(tmp_path, cells)[0] == {"type": "string"}


# --- keys ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("id,a\n1,x\n2,x\n", ["id"]),
        ("a,bird_id\nx,1\nx,2\n", ["bird_id"]),
        ("a,b\nx,1\ny,1\n", ["a"]),
        ("a,b\nx,1\nx,2\n", None),  # unique, but not called a key and not the first
        ("id,a\n1,x\n1,y\n", None),
        ("id,a\n1,x\n,y\n", None),
        ("id,a\n1,x\nNA,y\n", None),
        ("id,a\n+1,x\n1,y\n", None),  # one number, written in two ways
        ("id,a\n1.5,x\n2.5,y\n", None),  # no key has such a type
        ("id,a\n1,x\n", None),  # of one row nothing can be told
    ],
)
def test_a_key_is_a_column_that_names_the_rows(tmp_path: Path, text: str, key: list[str] | None) -> None:
    made = start(tmp_path / "birds", tables=[table(tmp_path, text)])
    assert made.report.valid
    assert schema_of(made).get("primaryKey") == key


def test_other_columns_that_could_be_keys_are_said(tmp_path: Path) -> None:
    made = start(tmp_path / "birds", tables=[table(tmp_path, "id,name\n1,x\n2,y\n")])
    assert any("agree in name either" in remark for remark in made.remarks)


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sign", "stated"), [(",", None), (";", ";"), ("\t", "\t"), ("|", "|")])
def test_the_delimiter_is_told_from_the_file(tmp_path: Path, sign: str, stated: str | None) -> None:
    made = start(tmp_path / "birds", tables=[table(tmp_path, f'a{sign}b\n1{sign}"x,;y"\n2{sign}z\n')])
    (resource,) = json.loads((made.root / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    assert resource.get("dialect", {}).get("delimiter") == stated
    assert [one["name"] for one in schema_of(made)["fields"]] == ["a", "b"]


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("sign", [",", ";"])
def test_the_mark_of_utf_16_is_believed_and_stated(tmp_path: Path, codec: str, sign: str) -> None:
    raw = f"\ufeffbird_id{sign}name\n1{sign}Kauz\n2{sign}Häher\n".encode(codec)
    made = start(tmp_path / "birds", tables=[table(tmp_path, raw)])
    assert made.report.valid and made.report.problems == []
    (resource,) = json.loads((made.root / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    assert (resource["encoding"], made.rows) == ("utf-16", {"table": 2})
    assert [(one["name"], one["type"]) for one in schema_of(made)["fields"]] == [
        ("bird_id", "integer"),
        ("name", "string"),
    ]
    assert validate(made.root).valid


@pytest.mark.parametrize(
    ("raw", "name", "said"),
    [
        ("\ufeffa,b\n1,2\n".encode("utf-32-le"), "table.csv", "iconv -f UTF-32"),
        ("\ufeffa,b\n1,2\n".encode("utf-16-le") + b"\x00", "table.csv", "iconv -f UTF-16"),
        ('\ufeff[{"a": 1}]'.encode("utf-16-be"), "table.json", "iconv -f UTF-16"),
        ('\ufeff{"a": 1}\n'.encode("utf-16-le"), "table.jsonl", "iconv -f UTF-16"),
        ("a,b\n1,ä\n".encode("latin-1"), "table.csv", "iconv -f WINDOWS-1252"),
    ],
)
def test_an_encoding_that_cannot_be_read_is_named_by_its_mark(tmp_path: Path, raw: bytes, name: str, said: str) -> None:
    with pytest.raises(UsageError, match=re.escape(said)) as wrong:
        start(tmp_path / "birds", tables=[table(tmp_path, raw, name)])
    assert str(wrong.value).count(name) == 1


def test_tables_of_all_formats_become_one_package(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["id", "day", "moment", "n", "mixed", "flag"],
        [1, date(2031, 3, 11), datetime(2031, 3, 11, 2), 1.5, 1, True],  # noqa: DTZ001 - sheets have no zones
        [2, date(2031, 3, 12), datetime(2031, 3, 11), 2, "x", False],  # noqa: DTZ001
    ):
        sheet.append(row)
    book.save(tmp_path / "Book One.xlsx")
    frame = pl.DataFrame({"id": [1, 2], "day": [date(2031, 3, 11)] * 2, "share": [0.5, None], "tags": [["a"], []]})
    frame.write_parquet(tmp_path / "columns.parquet")
    records = [{"id": 1, "o": {"a": 1}, "t": "x", "n": 1}, {"id": 2, "o": None, "t": "2", "n": 2.5}]
    table(tmp_path, json.dumps(records), "records.json")
    table(tmp_path, "\n".join(map(json.dumps, records)), "lines.jsonl")
    table(tmp_path, "a\tb\r\n1\tx\r\n", "tabs.tsv")
    names = ["Book One.xlsx", "columns.parquet", "records.json", "lines.jsonl", "tabs.tsv"]
    made = start(tmp_path / "birds", tables=[tmp_path / name for name in names])
    assert made.report.valid and not made.report.problems, made.report.as_text()

    def types(name: str) -> list[str]:
        return [one["type"] for one in schema_of(made, name)["fields"]]

    assert types("book-one") == ["integer", "date", "datetime", "number", "any", "boolean"]
    assert types("columns") == ["integer", "date", "number", "array"]
    assert types("records") == types("lines") == ["integer", "object", "string", "number"]
    assert types("tabs") == ["integer", "string"]
    for name in names:  # copied to the byte
        copy = made.root / "data" / name.lower().replace(" ", "-")
        assert copy.read_bytes() == (tmp_path / name).read_bytes()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"a,b\ncaf\xe9,1\n", "UTF-8"),
        (b"a,b\n" + b"1,2\n" * 400_000 + b"caf\xe9,1\n", "UTF-8"),
        (b"a,,b\n1,2,3\n", "column 2 has no label"),
        (b"a,b,a\n1,2,3\n", "columns 1 and 3 are both labelled 'a'"),
        (b"", "empty"),
    ],
)
def test_a_table_that_cannot_have_a_schema_is_refused(tmp_path: Path, text: bytes, words: str) -> None:
    path = table(tmp_path, text)
    with pytest.raises(UsageError, match=re.escape(words)):
        start(tmp_path / "birds", tables=[path])
    assert [one.name for one in tmp_path.iterdir()] == ["table.csv"]


@pytest.mark.parametrize(
    ("name", "words"),
    [("datapackage.json", "a data package already"), ("x.pdf", "pdf are not read"), ("….csv", "Rename it")],
)
def test_a_file_that_is_no_table_is_refused_by_its_name(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(UsageError, match=re.escape(words)):
        start(tmp_path / "birds", tables=[table(tmp_path, "a\n1\n", name)])


def test_two_tables_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="would be called a-b"):
        start(tmp_path / "birds", tables=[table(tmp_path, "a\n1\n", "a b.csv"), table(tmp_path, "a\n1\n", "A-B.tsv")])


def test_a_table_with_faults_is_taken_and_its_faults_are_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, _, err = run(capsys, "init", tmp_path / "birds", "--from", table(tmp_path, "a,b\n1,2\n1\n1,2,3\n"))
    assert code == 1
    assert "extra-cell" in err and "missing-cell" in err and "invalid" in err
    assert (tmp_path / "birds" / "datapackage.json").is_file()


def test_the_bytes_of_tables_survive_git(tmp_path: Path) -> None:
    made = start(tmp_path / "birds", tables=[table(tmp_path, b"a,b\r\n1,x\r\n")])
    git(made.root, "init", "-q", "-b", "main")
    git(made.root, "config", "core.autocrlf", "true")
    git(made.root, "add", ".")
    git(made.root, "commit", "-q", "-m", "first")
    git(tmp_path, "clone", "-q", str(made.root), str(tmp_path / "clone"))
    assert (tmp_path / "clone" / "data" / "table.csv").read_bytes() == b"a,b\r\n1,x\r\n"


def test_frictionless_reads_the_package_and_agrees(tmp_path: Path) -> None:
    text = "id,day,n,flag,word\n1,2031-03-11,0.5,true,a\n2,NA,NA,false,b\n"
    made = start(tmp_path / "birds", tables=[table(tmp_path, text)])
    report = frictionless.Package(str(made.root / "datapackage.json")).validate()
    assert report.valid, report.to_summary()


CELLS = st.one_of(
    st.integers(-(10**20), 10**20).map(str),
    st.floats(allow_nan=True).map(str),
    st.dates().map(str),
    st.datetimes().map(lambda d: d.isoformat()),
    st.datetimes().map(str),
    st.sampled_from(
        ["", "NA", "-", "null", "true", "False", "007", "+7", "-0", "1,5", "1,234", "1e5", "{}", "[1]", "P1D"]
    ),
    st.from_regex(r"[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{4}", fullmatch=True),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8),
)


@settings(max_examples=60)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=6), min_size=1, max_size=3))
def test_whatever_the_cells_are_the_schema_fits_them(columns: list[list[str]]) -> None:
    """Columns of one kind or of several: no cell breaks the type, the key or the missing values that were told."""
    import tempfile

    height = max(map(len, columns))
    rows = [[column[n % len(column)] for column in columns] for n in range(height)]
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([[f"c{n}" for n, _ in enumerate(columns)], *rows])
    with tempfile.TemporaryDirectory() as folder:
        made = start(Path(folder) / "birds", tables=[table(Path(folder), text.getvalue())])
        told = {one.code for one in validate(made.root).problems}
    assert told <= {"blank-row"}


def test_the_commands_of_the_guide_run(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "starting.md").read_text(encoding="utf-8")
    table(tmp_path, "sighting_id,seen,station\n1,2031-03-11,A\n2,NA,B\n", "sightings.csv")
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["code", "height"], ["A", 12.5], ["B", 7]):
        book.active.append(row)
    book.save(tmp_path / "stations.xlsx")
    scripts = re.findall(r"^```sh\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    assert len(scripts) == 2
    for script in scripts:
        env = {**os.environ, "PATH": f"{PKG.parent}{os.pathsep}{os.environ['PATH']}"}
        done = subprocess.run(
            ["bash", "-eu", "-c", script], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.rstrip().splitlines()[-1].startswith("valid")
