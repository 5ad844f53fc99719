"""`pkg diff` as it is used: exit codes, forms, files, archives and git."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from comparing import ROWS, csv_of, files
from newspkg.cli import main
from packages import make

SOME = ROWS.replace("Rain", "Hail") + "4,Moss,1,poem\n"


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as done:
        main(["diff", *map(str, arguments)])
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return int(str(done.value.code)), out, err


@pytest.fixture
def two(tmp_path: Path) -> Path:
    make.write(files(), tmp_path / "old")
    make.write(files(lambda g: g.update(version="1.2.4"), SOME), tmp_path / "new")
    return tmp_path


# --- exit codes ------------------------------------------------------------------------------------------------------


def test_differences_are_no_error(capsys: pytest.CaptureFixture[str], two: Path) -> None:
    code, out, err = run(capsys, two / "old", two / "new")
    assert (code, err) == (0, "")
    assert "1 added (25.0 %), 1 changed (33.3 %)" in out
    assert "~ 2  title: Rain -> Hail  (row 3)" in out
    assert out.rstrip().splitlines()[-1] == (
        "different: asks for a minor version, because of rows-added; not raised enough: 1.2.3 to 1.2.4 is a patch step, but a minor one is "
        "asked for"
    )


def test_check_fails_where_the_version_was_not_raised(capsys: pytest.CaptureFixture[str], two: Path) -> None:
    assert run(capsys, two / "old", two / "new", "--check")[0] == 1
    given = json.loads((two / "new" / "datapackage.json").read_text())
    (two / "new" / "datapackage.json").write_text(json.dumps({**given, "version": "1.3.0"}))
    assert run(capsys, two / "old", two / "new", "--check")[0] == 0
    assert run(capsys, two / "old", two / "old", "--check")[0] == 0


def test_check_fails_where_that_cannot_be_judged(capsys: pytest.CaptureFixture[str], two: Path) -> None:
    (two / "new" / "books.csv").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\n")
    code, out, _ = run(capsys, two / "old", two / "new", "--check")
    assert code == 1
    assert "Not compared" in out
    assert "cannot be judged" in out


@pytest.mark.parametrize(("side", "kind"), [("new", "file-missing"), ("old", "file-found")])
@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_a_file_that_one_version_lacks_is_a_difference(
    capsys: pytest.CaptureFixture[str], two: Path, side: str, kind: str, form: str
) -> None:
    shutil.copy(two / "old" / "datapackage.json", two / "new")
    (two / side / "books.csv").unlink()
    code, out, err = run(capsys, two / "old", two / "new", "--check", "--format", form)
    assert code == 1
    assert kind in out and "books.csv" in out
    if form == "json":
        given = json.loads(out)
        (books, _) = given["resources"]
        assert (given["different"], given["asked_by"], books["kinds"]) == (True, [kind], [])
        assert (books["file"]["same"], books["file"][side]["sha256"]) == (False, None)
    else:
        assert "no difference" not in out.lower()
        assert "same:" not in out + err


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_what_could_not_be_compared_at_all_is_not_said_to_be_the_same(
    capsys: pytest.CaptureFixture[str], two: Path, form: str
) -> None:
    shutil.copy(two / "old" / "datapackage.json", two / "new")
    for side in ("old", "new"):
        (two / side / "books.csv").unlink()
    code, out, _ = run(capsys, two / "old", two / "new", "--check", "--format", form)
    assert code == 1
    if form == "json":
        assert json.loads(out)["different"] is None
        assert json.loads(out)["resources"][0]["file"]["same"] is None
    else:
        assert "o difference in what was compared; 2 things could not be" in out
        assert "could not be compared" in out.splitlines()[-1] or form == "markdown"


def test_rows_that_break_something_stand_among_what_breaks(capsys: pytest.CaptureFixture[str], two: Path) -> None:
    (two / "new" / "books.csv").write_text(ROWS.replace("2,Rain,9,essay\n", ""))
    _, out, _ = run(capsys, two / "old", two / "new")
    assert "Breaking\n  books: 1 row removed, known by the primary key id [rows-removed]\n" in out
    assert "asks for a major version, because of rows-removed; not raised enough" in out
    _, out, _ = run(capsys, two / "old", two / "new", "--format", "markdown")
    assert "### Breaking\n\n- `books` 1 row removed, known by the primary key id (rows-removed)\n" in out
    assert "**This asks for a major version, because of rows-removed.**" in out
    _, out, _ = run(capsys, two / "old", two / "new", "--format", "json")
    assert json.loads(out)["asked_by"] == ["rows-removed"]


def test_no_more_kinds_are_named_than_fit(capsys: pytest.CaptureFixture[str], two: Path) -> None:
    def much(given: dict[str, Any]) -> None:
        given["name"] = "archive"
        given["licenses"] = []
        books = given["resources"][0]
        books["schema"]["primaryKey"] = ["id", "title"]
        books["schema"]["missingValues"] = ["-"]
        books["schema"]["fields"].pop()

    make.write(files(much), two / "new")
    _, out, _ = run(capsys, two / "old", two / "new")
    assert "because of name-changed, licence-removed, field-removed, missing-values-changed and 1 more kind;" in out


def test_check_says_why_beside_a_form_for_machines(capsys: pytest.CaptureFixture[str], two: Path) -> None:
    code, out, err = run(capsys, two / "old", two / "new", "--check", "--format", "json")
    assert code == 1
    assert json.loads(out)["version"]["enough"] is False
    assert "not raised enough" in err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["old", "absent"], 2, "absent: there is no such file or folder"),
        (["old", "new/books.csv"], 2, "is no descriptor"),
        (["old"], 2, "there is no datapackage.json in this folder"),
        (["old", "new", "--memory", "much"], 2, "--memory 'much' is no size"),
        (["old", "new", "--format", "xml"], 2, "xml"),
        (["old", "new", "--output", "absent/x"], 2, "there is no folder absent"),
        (["old", "new", "--output", "new/datapackage.json"], 2, "is a file of the package"),
        (["old", "bad"], 3, "NEW, bad: there is nothing to compare: datapackage.json is no JSON"),
        (["old", "broken.zip"], 3, "broken.zip: cannot be unpacked"),
        (["old", "empty.zip"], 2, "empty.zip: there is no datapackage.json in it"),
    ],
)
def test_a_bad_call_is_one_line(
    capsys: pytest.CaptureFixture[str],
    two: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: int,
    said: str,
) -> None:
    monkeypatch.chdir(two)
    make.write({"datapackage.json": b"{,"}, two / "bad")
    (two / "broken.zip").write_bytes(b"PK no")
    with zipfile.ZipFile(two / "empty.zip", "w") as archive:
        archive.writestr("readme.txt", "nothing")
    got, out, err = run(capsys, *arguments)
    assert (got, out) == (code, "")
    assert said in err


# --- forms -----------------------------------------------------------------------------------------------------------


def test_output_goes_into_a_file_and_the_verdict_to_the_terminal(capsys: pytest.CaptureFixture[str], two: Path) -> None:
    code, out, err = run(capsys, two / "old", two / "new", "--format", "markdown", "--output", two / "CHANGES.md")
    assert (code, out) == (0, "")
    assert err.startswith("different: asks for a minor version")
    assert (two / "CHANGES.md").read_text(encoding="utf-8").startswith("## What changed: `1.2.3` → `1.2.4`\n")


def test_limit_bounds_what_is_shown_and_0_shows_all(capsys: pytest.CaptureFixture[str], two: Path) -> None:
    more = "".join(f"{n},Moss,1,poem\n" for n in range(10, 40))
    (two / "new" / "books.csv").write_text(ROWS + more)
    for limit, shown in ((["--limit", "3"], 3), ([], 10), (["--limit", "0"], 30)):
        _, out, _ = run(capsys, two / "old", two / "new", *limit)
        assert len(re.findall(r"^  \+ \d+  \(row", out, re.MULTILINE)) == shown
        assert (f"+ and {30 - shown} more" in out) == (shown < 30)
        _, out, _ = run(capsys, two / "old", two / "new", "--format", "markdown", *limit)
        assert len(re.findall(r"^\| added \|", out, re.MULTILINE)) == shown
    _, out, _ = run(capsys, two / "old", two / "new", "--format", "json")
    assert len(json.loads(out)["resources"][0]["samples"]["added"]) == 30


def test_tables_with_most_changes_come_first(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    def twice(given: dict[str, Any]) -> None:
        given["resources"].append({**given["resources"][0], "name": "loans", "path": "loans.csv"})

    make.write(files(twice, loans__csv=ROWS.encode()), tmp_path / "old")
    changed = ROWS.replace("Salt", "a").replace("Rain", "b").encode()
    make.write(files(twice, ROWS.replace("Reed", "c"), loans__csv=changed), tmp_path / "new")
    _, out, _ = run(capsys, tmp_path / "old", tmp_path / "new")
    assert out.index("loans: 3 rows") < out.index("books: 3 rows")
    assert "rows: 3 changed in 2 of 2 tables" in out


def test_colour_is_for_terminals_alone(
    capsys: pytest.CaptureFixture[str], two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    assert "\x1b" not in run(capsys, two / "old", two / "new")[1]
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = run(capsys, two / "old", two / "new")[1]
    assert "\x1b[32m" in coloured
    monkeypatch.delenv("FORCE_COLOR")
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == run(capsys, two / "old", two / "new")[1]


EVIL = [
    "a|b",
    "`tick` and ``two``",
    "<img src=x onerror=y>",
    "@someone",
    "#12",
    "[link](https://example.org)",
    "two\nlines",
    " ",
    "*bold* _it_ ~~gone~~ $x$",
    "\\|",
]


@pytest.mark.parametrize("value", EVIL)
def test_no_cell_breaks_the_markdown(capsys: pytest.CaptureFixture[str], tmp_path: Path, value: str) -> None:
    """As a parser of Markdown reads it: every row of a table is whole, and nothing of the data is more than text."""

    def free(given: dict[str, Any]) -> None:
        given["title"] = value
        for field in given["resources"][0]["schema"]["fields"]:
            field["title"] = value
            field.pop("constraints")

    labels = ["id", "title", "price", "kind"]
    make.write(files(rows=csv_of(labels, [["1", "x", "1", "novel"]])), tmp_path / "old")
    make.write(files(free, csv_of(labels, [["1", value, "1", value], ["2", value, "", ""]])), tmp_path / "new")
    _, out, _ = run(capsys, tmp_path / "old", tmp_path / "new", "--format", "markdown")
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(out)
    widths = [0]
    for token in tokens:
        if token.type == "tr_open":
            widths.append(0)
        widths[-1] += token.type in ("th_open", "td_open")
    assert widths[1:] == [5, 5, 5, 5, 5, 5, 5, 5, 5], "three tables: of tables, of fields, of rows"
    inner = [child for token in tokens for child in token.children or ()]
    assert {c.type for c in inner} <= {"text", "code_inline", "softbreak", "strong_open", "strong_close", "em_open", "em_close", "text_special"}  # fmt: skip
    assert [c.content for c in inner if c.type.startswith("html")] == []
    assert {t.content.strip() for t in tokens if t.type == "html_block"} <= {
        "<details><summary>books: 2 rows</summary>", "</details>",
    }  # fmt: skip
    shown = value.replace("\n", "\\n") if value.strip() else f"'{value}'"
    assert [c.content for c in inner if c.type == "code_inline"].count(shown) == 2
    prose = "".join(c.content for c in inner if c.type in ("text", "text_special"))
    assert not re.search(r"(?<!\w)[@#]\w", prose), "which GitHub would make a link of"


def test_a_long_cell_is_shown_where_it_differs(capsys: pytest.CaptureFixture[str], two: Path) -> None:
    start = "one word after another, and so on and on for a hundred characters, as sentences do in "
    for name, end in (("old", "winter"), ("new", "summer")):
        (two / name / "books.csv").write_text(ROWS.replace("Salt", f'"{start}{end}"'))
    _, out, _ = run(capsys, two / "old", two / "new")
    assert "as sentences do in winter" in out
    assert "as sentences do in summer" in out


# --- where versions are ----------------------------------------------------------------------------------------------


def _archive(folder: Path, path: Path, top: str) -> Path:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            for one in sorted(folder.iterdir()):
                archive.write(one, f"{top}{one.name}")
    else:
        with tarfile.open(path, "w:gz" if path.suffix == ".tgz" else "w") as tar:
            for one in sorted(folder.iterdir()):
                tar.add(one, f"{top}{one.name}")
    return path


@pytest.mark.parametrize("name", ["old.zip", "old.tar", "old.tgz"])
@pytest.mark.parametrize("top", ["", "library-1.2.3/"])
def test_archives(capsys: pytest.CaptureFixture[str], two: Path, name: str, top: str) -> None:
    packed = _archive(two / "old", two / name, top)
    code, out, _ = run(capsys, packed, two / "new" / "datapackage.json")
    assert code == 0
    assert "1 added (25.0 %), 1 changed (33.3 %)" in out


def test_an_archive_writes_nothing_beside_itself(capsys: pytest.CaptureFixture[str], two: Path) -> None:
    with tarfile.open(two / "evil.tar", "w") as tar:
        member = tarfile.TarInfo("../escaped.txt")
        member.size = 1
        tar.addfile(member, io.BytesIO(b"x"))
    code, _, err = run(capsys, two / "evil.tar", two / "new")
    assert code == 3
    assert "cannot be unpacked" in err
    assert not (two.parent / "escaped.txt").exists()


@pytest.fixture
def repository(two: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with the package at its root and in a folder, at v1 as in `old`, now as in `new`."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    root = two / "repository"
    environment = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        **{f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }

    def git(*arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True, env=environment)

    for folder in (root, root / "inner"):
        shutil.copytree(two / "old", folder, dirs_exist_ok=True)
    (root / ".gitattributes").write_text("books.csv export-ignore\n*.txt text eol=crlf\n")
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one")
    git("tag", "v1")
    for folder in (root, root / "inner"):
        shutil.copytree(two / "new", folder, dirs_exist_ok=True)
    git("commit", "-qam", "two")
    monkeypatch.chdir(root)
    monkeypatch.delenv("GIT_DIR", raising=False)
    return root


def _rows(out: str) -> tuple[int, int]:
    table = json.loads(out)["resources"][0]
    return table["added"], table["changed"]


@pytest.mark.parametrize(
    ("folder", "arguments"),
    [
        (".", ["git:v1"]),
        (".", ["git:v1", "git:HEAD"]),
        (".", ["git:HEAD~1:inner", "inner"]),
        (".", ["git:v1:inner/datapackage.json", "inner/datapackage.json"]),
        ("inner", ["git:v1"]),
        ("inner", ["git:v1:..", ".."]),
    ],
)
def test_git(
    capsys: pytest.CaptureFixture[str],
    repository: Path,
    monkeypatch: pytest.MonkeyPatch,
    folder: str,
    arguments: list[str],
) -> None:
    """Also of a file that git would leave out of an archive, and to the byte."""
    monkeypatch.chdir(repository / folder)
    code, out, _ = run(capsys, *arguments, "--format", "json")
    assert (code, _rows(out)) == (0, (1, 1))
    assert [one["file"]["same"] for one in json.loads(out)["resources"]] == [False, True]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("git:v9", "git:v9: git knows no such revision here."),
        ("git:", "git:: name a revision"),
        ("git:--output=x", "name a revision"),
        ("git:v1:absent", "there is no absent at that revision"),
        ("git:v1:inner/other.json", "there is no other.json in inner at that revision"),
    ],
)
def test_a_revision_that_is_none(capsys: pytest.CaptureFixture[str], repository: Path, source: str, said: str) -> None:
    code, _, err = run(capsys, source, ".")
    assert code == 2
    assert said in err
    assert not (repository / "x").exists()


def test_a_folder_in_no_repository(
    capsys: pytest.CaptureFixture[str], two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(two)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(two.parent))
    code, _, err = run(capsys, "git:HEAD", "new")
    assert code == 2
    assert f"git:HEAD: the folder that pkg runs in, {two}, is in no git repository." in err


@pytest.mark.parametrize(
    ("folder", "source", "said"),
    [
        (".", "git:bare", "there is no datapackage.json at the top of the repository at that revision"),
        ("inner", "git:bare", "there is no datapackage.json in inner at that revision"),
        ("inner", "git:bare:../inner", "there is no datapackage.json in inner at that revision"),
        ("inner", "git:v1:absent", "there is no inner/absent at that revision"),
        ("later", "git:v1", "there is no later at that revision"),
    ],
)
def test_the_folder_that_was_looked_at_is_named(
    capsys: pytest.CaptureFixture[str],
    repository: Path,
    monkeypatch: pytest.MonkeyPatch,
    folder: str,
    source: str,
    said: str,
) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments],
            cwd=repository, check=True, capture_output=True,
        )  # fmt: skip

    git("rm", "-q", "--cached", "datapackage.json", "inner/datapackage.json")
    git("commit", "-qm", "three")
    git("tag", "bare")
    (repository / "later").mkdir()
    monkeypatch.chdir(repository / folder)
    code, _, err = run(capsys, source, repository)
    assert code == 2
    assert f"{source}: {said}." in err


def test_without_git(capsys: pytest.CaptureFixture[str], two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(two))
    code, _, err = run(capsys, "git:HEAD", two / "new")
    assert code == 3
    assert "git is not installed" in err
