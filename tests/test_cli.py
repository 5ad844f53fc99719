"""The porch: exit codes, streams, and messages that say what, where and what to do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import frictionless
import pytest

from newspkg import __version__
from newspkg.cli import main
from newspkg.report import Findings, Report

ROOT = Path(__file__).resolve().parent.parent
GOOD = ROOT / "tests" / "packages" / "good"


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as done:
        main([str(a) for a in arguments])
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return int(str(done.value.code)), out, err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--version") == (0, f"newspkg {__version__}\n", "")


@pytest.mark.parametrize(
    "command", ["build", "extract", "validate", "derive", "diff", "hydrate", "evaluate", "explain"]
)
def test_every_command_has_help_with_an_example_and_stands_in_the_docs(
    capsys: pytest.CaptureFixture[str], command: str
) -> None:
    code, out, _ = run(capsys, command, "--help")
    assert code == 0
    assert f"Example: pkg {command}" in out
    assert f"## pkg {command}\n" in (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")


def test_a_valid_package_ends_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "validate", GOOD)
    assert code == 0
    assert out.rstrip().splitlines()[-1].startswith("valid")


def test_problems_end_with_1_and_json_has_its_shape(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "validate", ROOT / "tests" / "packages" / "broken" / "foreign-key", "--format", "json")
    report = json.loads(out)
    assert code == 1
    assert set(report) == {"valid", "problems", "counts", "unchecked", "findings", "stats"}
    assert report["valid"] is False
    assert {"code", "severity", "resource", "field", "row", "line", "value", "message"} < set(report["problems"][0])


def test_a_report_can_be_had_as_frictionless_writes_it(capsys: pytest.CaptureFixture[str]) -> None:
    broken = ROOT / "tests" / "packages" / "broken" / "foreign-key"
    code, out, _ = run(capsys, "validate", broken, "--format", "frictionless")
    read = frictionless.Report.from_descriptor(json.loads(out))
    assert (code, read.valid, [error.type for task in read.tasks for error in task.errors]) == (
        1,
        False,
        ["foreign-key"],
    )


@pytest.mark.parametrize(
    ("options", "limit", "memory"),
    [
        ([], 1000, None),
        (["--limit", "0"], None, None),
        (["--limit", "7", "--memory", "4096"], 7, 4096),
        (["--memory", "512M"], 1000, 512 * 2**20),
        (["--memory", "1.5 gib"], 1000, 3 * 2**29),
        (["--memory", "2GB"], 1000, 2**31),
    ],
)
def test_limit_and_memory_reach_the_validator(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    limit: int | None,
    memory: int | None,
) -> None:
    given: dict[str, object] = {}

    def judge(path: Path, **how: object) -> Report:
        given.update(how)
        return Findings().report()

    monkeypatch.setattr("newspkg.validate.validate", judge)
    assert run(capsys, "validate", GOOD, *options)[0] == 0
    assert given == {"texts": None, "limit": limit, "memory": memory, "progress": None}


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["frobnicate"], 2, "frobnicate"),
        (["validate", "no/such/place"], 2, "no/such/place"),
        (["validate", ".", "--format", "xml"], 2, "xml"),
        (["validate", ".", "--limit", "-1"], 2, "--limit"),
        (["validate", ".", "--memory", "lots"], 2, "'lots'"),
        (["validate", ".", "--memory", "0M"], 2, "'0M'"),
        (["evaluate", ".", ".", "--format", "frictionless"], 2, "frictionless"),
        (["build", "no/such/place"], 2, "no/such/place"),
        (["explain", "foreign-kee"], 2, "foreign-key"),
        (["evaluate", "no/such/place", "."], 2, "no/such/place"),
        (["hydrate", "texts", "--package", "no/such/place"], 2, "no/such/place"),
    ],
)
def test_a_wrong_call_ends_with_2_and_names_the_word(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: int,
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    done, out, err = run(capsys, *arguments)
    assert (done, out) == (code, "")
    assert words in err


def test_work_that_cannot_be_done_ends_with_3(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A text.", encoding="utf-8")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    code, _, err = run(capsys, "build", tmp_path / "a.txt", "--out", tmp_path / "file" / "out")
    assert code == 3
    assert "--out" in err


def test_a_fault_of_ours_ends_with_4(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr("newspkg.validate.validate", broken)
    monkeypatch.delenv("NEWSPKG_DEBUG", raising=False)
    code, _, err = run(capsys, "validate", GOOD)
    assert code == 4
    assert "ZeroDivisionError: oh" in err and "report" in err


def test_a_bad_source_is_named_and_ends_with_1(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(
        "President Ilse Maro said the border was open on 3 May 2031. It was quiet there.", encoding="utf-8"
    )
    (tmp_path / "bad.txt").write_bytes(b"caf\xe9 au lait")
    code, out, err = run(capsys, "build", tmp_path / "good.txt", tmp_path / "bad.txt", "--out", tmp_path / "out", "-q")
    assert (code, out) == (1, "")
    assert "bad.txt" in err and "byte 3" in err
    assert (tmp_path / "out" / "datapackage.json").is_file()


def test_a_package_that_is_built_but_not_valid_ends_with_1_and_says_so(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    source = tmp_path / "a.txt"
    source.write_text(
        '"We are ready," said Foreign Minister Ilse Maro on 3 May 2031. The border was quiet all day.', encoding="utf-8"
    )
    code, out, _ = run(capsys, "extract", source)
    quote = json.loads(out)["quotes"][0]["quote_id"]
    (tmp_path / "curation").mkdir()
    row = f"quotes,{quote},speaker_id,nobody,because,me"
    (tmp_path / "curation" / "corrections.csv").write_text(
        f"table,row_id,field,value,reason,source\n{row}\n", encoding="utf-8"
    )
    code, _, err = run(capsys, "build", source, "--out", tmp_path / "out", "--curation", tmp_path / "curation")
    assert code == 1
    assert "not valid: foreign-key (1)" in err and "pkg validate" in err


def test_extract_prints_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    files = sorted((ROOT / "examples" / "articles").glob("*.txt"))
    code, out, err = run(capsys, "extract", *files)
    assert (code, err) == (0, "")
    assert [json.loads(line)["document"]["path"] for line in out.splitlines()] == [f.name for f in files]


def test_a_reader_that_stops_early_is_no_fault() -> None:
    command = f"{sys.executable} -m newspkg.cli extract examples/articles/*.txt | head -c 10"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_no_bar_where_no_person_watches(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "newspkg.cli", "build", "examples/articles", "--out", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "\x1b" not in done.stderr and "\r" not in done.stderr and done.stdout == ""


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_the_exit_code_is_true_where_nobody_listens(closed: str) -> None:
    for folder, code in ((ROOT / "tests/packages/small", 0), (ROOT / "tests/packages/broken/row-order", 1)):
        for command in (
            f"validate {folder} -q",
            f"validate {folder} --limit=+5",
            f"validate {folder} --format json -o {os.devnull}",
        ):
            done = subprocess.run(
                f"{sys.executable} -m newspkg.cli {command} {closed}", shell=True, check=False, capture_output=True
            )
            assert done.returncode == code, command
