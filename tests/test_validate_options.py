"""What one may ask of `pkg validate`: severities, parts of a package, files, formats, streams."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import newspkg
from newspkg.cli import main, outputs
from newspkg.cli.judging import ReportFormat
from newspkg.problems import CATALOGUE, UsageError
from newspkg.report import Report
from newspkg.report.dresses import FORMATS, dress
from newspkg.validate import validate
from packages import make

ROOT = Path(__file__).resolve().parent.parent
FIELDS = [
    {"name": "id", "type": "integer", "constraints": {"required": True}},
    {"name": "kind", "type": "string", "constraints": {"enum": ["a", "b"], "maxLength": 3}},
]
TABLE = "id,kind\n1,a\n,\nx,b\n4,cccc\n5,c\n"  # a blank row, a type-error, an enum twice, a maxLength


@pytest.fixture
def lay(tmp_path: Path) -> Callable[..., Path]:
    """Lays a package of one table, `books`, into a folder."""

    def laid(severity: Any = None, table: str = TABLE, *, of_books: Any = None, **package: Any) -> Path:
        more = {"newspkg:severity": of_books} if of_books is not None else {}
        if severity is not None:
            package["newspkg:severity"] = severity
        folder = tmp_path / "package"
        folder.mkdir(exist_ok=True)
        return make.write(make.one_table(table, {"fields": FIELDS}, package=package, **more), folder)

    return laid


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def ran(*arguments: str | Path) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as done:
            main([str(a) for a in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return int(str(done.value.code)), out, err

    return ran


def graded(report: Report) -> dict[tuple[str, str | None], str]:
    return {(f.code, f.rule): f.severity for f in report.findings}


def noted(report: Report) -> dict[str, str]:
    return {note.what: note.reason for note in report.unchecked}


# --- severities ------------------------------------------------------------------------------------------------------

ALL = {
    ("blank-row", None): "error",
    ("constraint-error", "enum"): "error",
    ("constraint-error", "maxLength"): "error",
    ("type-error", "type"): "error",
}


@pytest.mark.parametrize(
    ("severity", "changed"),
    [
        ({}, []),
        ({"blank-row": "warning"}, [("blank-row", None)]),
        ({"constraint-error": "warning"}, [("constraint-error", "enum"), ("constraint-error", "maxLength")]),
        ({"constraint-error:enum": "warning"}, [("constraint-error", "enum")]),
        ({"enum": "warning"}, [("constraint-error", "enum")]),
        ({"books/enum": "warning"}, [("constraint-error", "enum")]),
        ({"books/kind/enum": "warning"}, [("constraint-error", "enum")]),
        ({"books/id/enum": "warning"}, []),
        ({"books/id/type-error": "warning"}, [("type-error", "type")]),
        # The most particular entry decides, in whatever order they stand.
        ({"constraint-error": "warning", "books/kind/enum": "error"}, [("constraint-error", "maxLength")]),
        ({"books/kind/enum": "warning", "books/constraint-error": "error"}, [("constraint-error", "enum")]),
        ({"enum": "warning", "constraint-error": "error"}, [("constraint-error", "enum")]),
    ],
)
def test_a_package_says_how_grave_a_problem_is(lay: Any, severity: dict[str, str], changed: list[Any]) -> None:
    report = validate(lay(severity))
    assert graded(report) == ALL | dict.fromkeys(changed, "warning")
    assert {(p.code, p.rule) for p in report.problems if p.severity == "warning"} == set(changed)
    assert report.warnings == sum(f.count for f in report.findings if f.severity == "warning")
    assert report.errors + report.warnings == sum(report.counts.values()) == 5
    assert report.valid is False


def test_it_may_stand_in_the_resource_or_in_the_block(lay: Any) -> None:
    lowered = ALL | {("blank-row", None): "warning"}
    assert graded(validate(lay(of_books={"blank-row": "warning"}))) == lowered
    assert graded(validate(lay(of_books={"kind/enum": "warning"}))) == ALL | {("constraint-error", "enum"): "warning"}
    assert graded(validate(lay(newspkg={"severity": {"blank-row": "warning"}}))) == lowered


def test_a_package_of_warnings_is_valid_and_one_may_be_raised_to_an_error(lay: Any) -> None:
    assert validate(lay(dict.fromkeys(("blank-row", "type-error", "constraint-error"), "warning"))).valid
    table = "\ufeffid,kind\n1,a\n"
    assert validate(lay(None, table)).valid
    assert not validate(lay({"byte-order-mark": "error"}, table)).valid


def test_what_is_ignored_is_listed_with_its_count(lay: Any) -> None:
    report = validate(lay({"books/kind/enum": "ignore", "blank-row": "ignore", "extra-cell": "ignore"}))
    assert set(graded(report)) == {("constraint-error", "maxLength"), ("type-error", "type")}
    assert noted(report) == {
        "constraint-error (enum) in kind of books": "ignored by /newspkg:severity/books~1kind~1enum; 2 problems found",
        "blank-row": "ignored by /newspkg:severity/blank-row; 1 problem found",
        "extra-cell": "ignored by /newspkg:severity/extra-cell; none found",
    }
    assert "3 not checked" in report.verdict()


def test_names_with_slashes_and_the_names_of_checks(tmp_path: Path) -> None:
    schema = {"fields": [{"name": "a/b", "type": "integer"}, {"name": "c", "type": "integer"}]}
    given = {
        "name": "x",
        "newspkg:severity": {"books/old/a/b/type-error": "warning", "check-error:c/d, so to speak": "warning"},
        "newspkg:checks": [{"name": "c/d, so to speak", "resource": "books/old", "expression": "c > 1"}],
        "resources": [{"name": "books/old", "path": "t.csv", "type": "table", "schema": schema}],
    }
    (tmp_path / "datapackage.json").write_text(json.dumps(given), encoding="utf-8")
    (tmp_path / "t.csv").write_text("a/b,c\nx,1\n", encoding="utf-8")
    report = validate(tmp_path)
    assert graded(report) == {("type-error", "type"): "warning", ("check-error", "c/d, so to speak"): "warning"}


@pytest.mark.parametrize(
    ("severity", "pointer", "words"),
    [
        ([], "/newspkg:severity", "must be an object"),
        ({"blank-row": "off"}, "/newspkg:severity/blank-row", "must be error, warning or ignore"),
        ({"blank-row": "warn"}, "/newspkg:severity/blank-row", "did you mean warning?"),
        ({"blank-row": None}, "/newspkg:severity/blank-row", "must be error"),
        ({"blank-rows": "ignore"}, "/newspkg:severity/blank-rows", "did you mean blank-row"),
        ({"": "ignore"}, "/newspkg:severity/", "no code"),
        ({"books/enumm": "ignore"}, "/newspkg:severity/books~1enumm", "did you mean enum"),
        ({"book/enum": "ignore"}, "/newspkg:severity/book~1enum", "did you mean books?"),
        ({"books/kin/enum": "ignore"}, "/newspkg:severity/books~1kin~1enum", "did you mean kind?"),
        ({"severity-invalid": "ignore"}, "/newspkg:severity/severity-invalid", "cannot be changed"),
        ({"enum": "ignore", "constraint-error:enum": "error"}, "/newspkg:severity/constraint-error:enum", "says again"),
    ],
)
def test_an_entry_that_cannot_be_used_is_told_and_the_others_hold(
    lay: Any, severity: Any, pointer: str, words: str
) -> None:
    more = severity if severity == [] else severity | {"type-error": "warning"}
    report = validate(lay(more))
    (one,) = [p for p in report.problems if p.code == "severity-invalid"]
    assert (one.field, one.path, one.severity) == (pointer, "datapackage.json", "error")
    assert words in one.message
    assert (
        one.line is not None and '"newspkg:severity"' not in (lay(more) / "datapackage.json").read_text().split("\n")[0]
    )
    assert graded(report)["type-error", "type"] == ("error" if severity == [] else "warning")


def test_a_fault_that_keeps_the_rest_from_being_read_says_so_where_it_counts_for_less(lay: Any) -> None:
    for grade, word in (("warning", "counts as a warning"), ("ignore", "is ignored")):
        package = lay({"file-missing": grade})
        (package / "books.csv").unlink()
        report = validate(package)
        assert report.valid
        why = noted(report)["what depends on file-missing"]
        assert word in why and "not judged" in why


def test_a_descriptor_without_resources_can_be_lowered_but_says_so(tmp_path: Path) -> None:
    given = {"name": "x", "resources": [], "newspkg:severity": {"package-error": "warning"}}
    (tmp_path / "datapackage.json").write_text(json.dumps(given), encoding="utf-8")
    report = validate(tmp_path)
    assert (report.valid, report.warnings) == (True, 1)
    assert "what depends on package-error" in noted(report)


# --- --fail-on -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        ("id,kind\n1,a\n", {"error": 0, "warning": 0, "never": 0}),
        ("\ufeffid,kind\n1,a\n", {"error": 0, "warning": 1, "never": 0}),
        (TABLE, {"error": 1, "warning": 1, "never": 0}),
    ],
    ids=["nothing", "a warning", "errors"],
)
def test_what_ends_with_1(run: Run, lay: Any, table: str, codes: dict[str, int]) -> None:
    package = lay(None, table)
    for word, code in codes.items():
        assert run("validate", package, "--fail-on", word)[0] == code
    assert run("validate", package)[0] == codes["error"]


def test_a_valid_package_that_fails_says_why(run: Run, lay: Any) -> None:
    code, out, err = run("validate", lay(None, "\ufeffid,kind\n1,a\n"), "--fail-on", "warning", "--format", "json")
    assert (code, json.loads(out)["valid"]) == (1, True)
    assert "--fail-on warning" in err


# --- parts of a package ----------------------------------------------------------------------------------------------

BAD_BOOKS = make.ROWS + "x,Wind,2020\n"
BAD_LOANS = "loan,book,printed\n1,1,2001\n2,9,2014\ny,2,2014\n"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Two tables, each with a bad id; `loans` refers to `books`, and one row of it to none."""
    folder = tmp_path / "library"
    folder.mkdir()
    return make.write(make.two_tables(BAD_LOANS, BAD_BOOKS), folder)


def test_metadata_alone_reads_no_table_and_says_what_is_left(library: Path) -> None:
    report = validate(library, metadata_only=True)
    assert (report.valid, report.stats["tables"], report.stats["rows"]) == (True, 0, 0)
    assert [(n.what, n.resource) for n in report.unchecked] == [("the table", "books"), ("the table", "loans")]


def test_metadata_alone_has_the_descriptor_the_files_and_the_checks_as_they_are_written(tmp_path: Path) -> None:
    check = {"name": "late", "resource": "books", "expression": "pages > 1"}
    files = make.one_table(TABLE, {"fields": FIELDS}, package={"licenses": [], "newspkg:checks": [check]}, bytes=1)
    report = validate(make.write(files, tmp_path), metadata_only=True)
    assert report.counts == {"byte-count": 1, "check-invalid": 1, "package-error": 1}
    (tmp_path / "books.csv").unlink()
    assert validate(tmp_path, metadata_only=True).counts["file-missing"] == 1


def test_metadata_alone_of_a_package_of_the_profile(run: Run) -> None:
    code, out, _ = run("validate", ROOT / "tests" / "packages" / "good", "--metadata-only")
    assert code == 0
    assert "the rules of the profile" in out


def test_one_resource_is_judged_and_the_others_are_named(library: Path) -> None:
    report = validate(library, resources=["books"])
    assert [(p.resource, p.code) for p in report.problems] == [("books", "type-error")]
    assert [(n.resource, n.what, n.reason) for n in report.unchecked] == [
        ("loans", "the resource", "it was not asked for")
    ]
    assert (report.stats["tables"], list(report.stats["resources"])) == (1, ["books"])


def test_a_table_that_is_referred_to_is_read_but_nothing_is_said_of_it(library: Path) -> None:
    report = validate(library, resources=["loans"])
    assert [(p.resource, p.code, p.value) for p in report.problems] == [
        ("loans", "foreign-key", "9, 2014"),
        ("loans", "type-error", "y"),
    ]
    (note,) = report.unchecked
    assert note.resource == "books" and "read for what refers to it" in note.reason


def test_all_resources_are_what_none_are(library: Path) -> None:
    assert validate(library, resources=["loans", "books"]).as_json() == validate(library).as_json()


def test_checks_of_the_resource_are_run_and_those_of_others_are_not(library: Path) -> None:
    given = json.loads((library / "datapackage.json").read_text(encoding="utf-8"))
    given["newspkg:checks"] = [
        {"name": "titles", "resource": "books", "expression": "title = 'Salt'"},
        {"name": "lent", "resource": "loans", "with": {"books": {"book": "id"}}, "expression": "books.title = 'x'"},
    ]
    (library / "datapackage.json").write_text(json.dumps(given), encoding="utf-8")
    for name, check in (("books", "titles"), ("loans", "lent")):
        report = validate(library, resources=[name])
        assert {p.rule for p in report.problems if p.code == "check-error"} == {check}


def test_rules_of_the_profile_that_look_at_other_tables_are_not_run(tmp_path: Path) -> None:
    broken = ROOT / "tests" / "packages" / "broken"
    report = validate(broken.parent / "good", resources=["quotes"])
    assert (report.valid, report.stats["tables"]) == (True, 1)
    assert [n.reason for n in report.unchecked if n.what == "rules of the profile"] == [
        "those that look at tables which were not asked for are not run"
    ]
    assert validate(broken / "speaker-inside-content", resources=["quotes"]).counts == {"speaker-inside-content": 1}
    # A rule that looks at a table which was asked for may find fault with one that was not.
    assert validate(broken / "span-outside-text", resources=["documents"]).valid


def test_a_resource_that_is_not_there_is_a_wrong_call(run: Run, library: Path) -> None:
    code, out, err = run("validate", library, "--resource", "book", "--resource", "loans")
    assert (code, out) == (2, "")
    assert "'book'" in err and "did you mean books?" in err
    with pytest.raises(UsageError, match="there are books, loans"):
        validate(library, resources=["zzz"])


# --- files -----------------------------------------------------------------------------------------------------------


def test_the_formats_are_those_that_there_are() -> None:
    assert tuple(ReportFormat) == FORMATS


def test_each_file_has_the_format_of_its_ending_and_the_terminal_the_verdict(
    run: Run, lay: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = lay()
    monkeypatch.chdir(tmp_path)
    names = {
        "r.json": "json",
        "r.sarif": "sarif",
        "r.xml": "junit",
        "r.md": "markdown",
        "r.html": "html",
        "r.txt": "text",
    }
    options = [word for name in names for word in ("-o", name)]
    code, out, err = run("validate", "package", *options)
    report = validate(package)
    assert (code, out, err) == (1, f"{report.verdict()}\n", "")
    for name, format in names.items():
        assert (tmp_path / name).read_text(encoding="utf-8") == dress(report, format, base="package") + "\n", name


@pytest.mark.parametrize(
    ("format", "names", "formats"),
    [
        ("sarif", ["a.json"], ["sarif"]),
        ("frictionless", ["a.json"], ["frictionless"]),
        ("html", ["a.json"], ["json"]),
        ("github", ["a.txt", "b"], ["github", "github"]),
        ("junit", ["a", "b.MD"], ["junit", "markdown"]),
        (None, ["a.htm", "b.txt"], ["html", "text"]),
    ],
)
def test_a_stated_format_decides_where_the_ending_leaves_it_open(
    tmp_path: Path, format: str | None, names: list[str], formats: list[str]
) -> None:
    found = outputs.outputs_of([tmp_path / name for name in names], format)
    assert [one.format for one in found] == formats


def test_a_format_that_no_file_takes_goes_to_the_terminal(run: Run, lay: Any, tmp_path: Path) -> None:
    package, verdict = lay(), validate(lay()).verdict()
    _, out, _ = run("validate", package, "--format", "github", "-o", tmp_path / "r.sarif", "-o", tmp_path / "r.md")
    assert out.startswith("::error ")
    _, out, _ = run("validate", package, "--format", "frictionless", "-o", tmp_path / "r.json")
    assert out == f"{verdict}\n"
    assert "tasks" in json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["r.log"], "says no format"),
        (["no/such/r.json"], "there is no folder"),
        (["package"], "is a folder"),
        (["r.json", "./r.json"], "twice"),
        (["package/datapackage.json"], "file of the package"),
    ],
)
def test_a_file_that_cannot_be_one_is_a_wrong_call(
    run: Run, lay: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: list[str], words: str
) -> None:
    lay()
    monkeypatch.chdir(tmp_path)
    before = (tmp_path / "package" / "datapackage.json").read_bytes()
    options = [word for name in names for word in ("--output", name)]
    code, out, err = run("validate", "package", *options, *(["--format", "json"] if names == ["package"] else []))
    assert (code, out) == (2, "")
    assert words in err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["package"]
    assert (tmp_path / "package" / "datapackage.json").read_bytes() == before


def test_a_report_never_takes_the_place_of_data(run: Run, tmp_path: Path) -> None:
    data = b'[{"id": 1, "title": "Salt", "year": 2001}]'
    make.write(make.one_file("books.json", data), tmp_path)
    for option in ("--output", "--write-baseline"):
        code, _, err = run("validate", tmp_path, option, tmp_path / "books.json")
        assert code == 2 and "file of the package" in err
        assert (tmp_path / "books.json").read_bytes() == data


def test_an_old_file_stays_where_a_format_fails(
    run: Run, lay: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("r.json", "r.html"):
        (tmp_path / name).write_text("old", encoding="utf-8")

    def broken(report: Report, format: str, **how: Any) -> str:
        if format == "html":
            raise ZeroDivisionError("oh")
        return dress(report, format, **how)

    monkeypatch.setattr("newspkg.report.dresses.dress", broken)
    code, _, err = run("validate", lay(), "-o", tmp_path / "r.json", "-o", tmp_path / "r.html")
    assert code == 4 and "ZeroDivisionError" in err
    assert [(tmp_path / name).read_text(encoding="utf-8") for name in ("r.json", "r.html")] == ["old", "old"]


def test_files_are_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_text("old", encoding="utf-8")
    write = Path.write_bytes

    def full(self: Path, data: bytes) -> int:
        if ".b." in self.name:
            write(self, data[:3])
            raise OSError(28, "No space left on device", str(self))
        return write(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(newspkg.problems.CannotRun, match="No space"):
        outputs.write_whole([(tmp_path / "a", "new"), (tmp_path / "b", "new")])
    assert [(p.name, p.read_text(encoding="utf-8")) for p in tmp_path.iterdir()] == [("a", "old")]


def test_a_link_stays_one_and_a_pipe_is_written_to(run: Run, lay: Any, tmp_path: Path) -> None:
    package, verdict = lay(), validate(lay()).verdict()
    (tmp_path / "link.txt").symlink_to("real.txt")
    (tmp_path / "real.txt").write_text("old", encoding="utf-8")
    os.mkfifo(tmp_path / "pipe.txt")
    reader = os.open(tmp_path / "pipe.txt", os.O_RDONLY | os.O_NONBLOCK)
    run("validate", package, "-o", tmp_path / "link.txt", "-o", tmp_path / "pipe.txt")
    assert verdict in os.read(reader, 65536).decode()
    os.close(reader)
    assert (tmp_path / "link.txt").is_symlink() and (tmp_path / "pipe.txt").is_fifo()
    assert verdict in (tmp_path / "real.txt").read_text(encoding="utf-8")


# --- in a GitHub job -------------------------------------------------------------------------------------------------


def test_the_summary_of_a_job_is_added_to(run: Run, lay: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package, summary = lay(), tmp_path / "summary.md"
    summary.write_text("# Before\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.chdir(package)
    assert run("validate")[0] == 1
    assert summary.read_text(encoding="utf-8") == "# Before\n"
    assert run("validate", "--format", "github")[0] == 1
    assert summary.read_text(encoding="utf-8") == "# Before\n" + dress(validate(package), "markdown") + "\n"


def test_a_summary_that_cannot_be_written_is_no_reason_to_fail(
    run: Run, lay: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    code, _, err = run("validate", lay(None, "id,kind\n1,a\n"), "--format", "github")
    assert code == 0
    assert "summary" in err


def test_annotations_name_files_from_the_root_of_the_repository(
    run: Run, lay: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay()
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    monkeypatch.chdir(tmp_path / "package")
    assert "file=package/books.csv" in run("validate", "--format", "github")[1]
    assert "  books.csv:" in run("validate")[1]


# --- the terminal ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [(), ("--format", "text"), ("-o", "r.json")])
def test_quiet_leaves_the_verdict(
    run: Run, lay: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    package = lay()
    monkeypatch.chdir(tmp_path)
    code, out, err = run("validate", package, "--quiet", "--fail-on", "warning", *options)
    assert (code, out, err) == (1, f"{validate(package).verdict()}\n", "")


@pytest.mark.parametrize(
    ("given", "coloured"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "0"}, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, False),
    ],
)
def test_colour_where_it_is_asked_for(
    run: Run, lay: Any, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], coloured: bool
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in run("validate", lay())[1]) is coloured
    assert "\x1b[" not in run("validate", lay(), "--format", "json")[1]


def on_a_terminal(arguments: list[str], **more: str) -> str:
    """What a command writes where standard output and error are a terminal."""
    ours, theirs = pty.openpty()
    environment = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "CI")}
    code = "import sys; from newspkg.cli import main, shell; shell._SOON = 0; main(sys.argv[1:])"
    child = subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=theirs,
        stderr=theirs,
        env=environment | {"TERM": "xterm-256color", "COLUMNS": "120"} | more,
    )
    os.close(theirs)
    raw = b""
    while True:
        try:
            some = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not some:
            break
        raw += some
    child.wait()
    os.close(ours)
    return raw.decode("utf-8", "replace")


def test_a_terminal_has_colour_and_a_bar_which_no_file_has(lay: Any, tmp_path: Path) -> None:
    package = str(lay(None, "id,kind\n" + "1,c\n" * 120_000))
    shown = on_a_terminal(["validate", package])
    assert "reading books" in shown and "\x1b[1;31m" in shown
    assert "reading" not in on_a_terminal(["validate", package, "-q"])
    assert "reading" not in on_a_terminal(["validate", package], CI="true")
    assert "\x1b[1;31m" not in on_a_terminal(["validate", package], NO_COLOR="1")
    on_a_terminal(["validate", package, "-o", str(tmp_path / "r.txt")])
    assert "\x1b" not in (tmp_path / "r.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("rows", [3, 120_000])
def test_progress_is_told_by_resource_and_comes_to_its_end(lay: Any, rows: int) -> None:
    told: list[tuple[str, int, int | None]] = []
    table = "id,kind\n" + "12345678901234567,a\n" * rows
    report = validate(lay(None, table), progress=lambda *how: told.append(how))
    assert report.valid
    assert told[0] == ("books", 0, None)
    assert told[-1][:2] == ("books", rows)
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
    assert {total for *_, total in told[1:]} == {None if rows == 3 else rows}


def test_progress_changes_nothing(library: Path) -> None:
    assert validate(library, progress=lambda *_: None).as_json() == validate(library).as_json()


# --- a baseline, as a command ----------------------------------------------------------------------------------------


def test_a_baseline_from_the_command_line(run: Run, lay: Any, tmp_path: Path) -> None:
    package, known = lay(), tmp_path / "known.json"
    assert run("validate", package, "--write-baseline", known)[0] == 0
    code, out, _ = run("validate", package, "--baseline", known)
    assert code == 0
    assert "5 problems known in known.json" in out
    lay(None, TABLE + "6,d\n")
    assert run("validate", package, "--baseline", known)[0] == 1
    lay(None, "id,kind\n1,a\n")
    code, out, _ = run("validate", package, "--baseline", known, "--fail-on", "warning")
    assert code == 0
    assert "no longer found" in out


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--baseline", "none.json"], 2, "none.json"),
        (["--baseline", "package/books.csv"], 3, "books.csv"),
        (["--write-baseline", "no/such/known.json"], 2, "no folder"),
        (["--write-baseline", "package"], 2, "is a folder"),
        (["--write-baseline", "known.json", "--metadata-only"], 2, "whole package"),
        (["--write-baseline", "known.json", "--resource", "books"], 2, "whole package"),
    ],
)
def test_a_baseline_that_cannot_be_used(
    run: Run, lay: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], code: int, words: str
) -> None:
    lay()
    monkeypatch.chdir(tmp_path)
    done, out, err = run("validate", "package", *options)
    assert (done, out) == (code, "")
    assert words in err
    assert not (tmp_path / "known.json").exists()


# --- explain ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_every_code_is_explained(run: Run, code: str) -> None:
    done, out, _ = run("explain", code)
    entry = CATALOGUE[code]
    assert done == 0
    assert all(part in out for part in (code, entry.title, entry.severity, entry.description, entry.hint))


def test_explain_alone_lists_all_codes(run: Run) -> None:
    done, out, _ = run("explain")
    assert done == 0
    assert [line.split()[:2] for line in out.splitlines()] == [[c, e.severity] for c, e in sorted(CATALOGUE.items())]


@pytest.mark.parametrize(("code", "words"), [("Foreign_Key", "foreign-key"), ("zzzz", "lists them all")])
def test_an_unknown_code_is_a_wrong_call(run: Run, code: str, words: str) -> None:
    done, out, err = run("explain", code)
    assert (done, out) == (2, "")
    assert words in err
