"""Plain calls of `pkg validate` are read without typer. Two judges: whatever is read here, typer reads the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.exceptions import TyperException

from effort import examples
from newspkg.cli import app, judging, main
from newspkg.cli.quick import read_call

WORDS = ["package", "a folder/datapackage.json", "--quiet", "-q", "--format", "json", "github", "nonsense", "--format=sarif", "--limit",
         "--limit=0", "0", "12", "-1", "+3", "1e3", "--memory", "512M", "--output", "-o", "r.sarif", "--resource", "quotes", "--resource=",
         "--fail-on", "never", "--metadata-only", "--no-quiet", "--quiet=1", "--texts", "--baseline", "--help", "--", "-", "", "-qo", "-or.xml",
         "--unknown", "--form"]  # fmt: skip


def by_typer(arguments: list[str]) -> dict[str, Any] | None:
    """What typer calls the command with; None where it does not call it."""
    command = typer.main.get_command(app).commands["validate"]  # type: ignore[attr-defined]
    called: list[dict[str, Any]] = []
    before, command.callback = command.callback, lambda **given: called.append(given)
    try:
        command.main(arguments, standalone_mode=False)
    except (TyperException, typer.Exit):
        pass
    finally:
        command.callback = before
    return called[0] if called else None


def the_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return {k: v or None for k, v in one.items()} == {k: v or None for k, v in other.items()}


@pytest.mark.parametrize(
    "call",
    [
        "",
        "package",
        "package --quiet",
        "-q package",
        "package --format json",
        "package --format=github --output report.sarif -o report.html --fail-on warning",
        "--resource quotes --resource actors package --metadata-only",
        "package --limit 0 --memory 512M --baseline known.json --write-baseline known.json --texts a --texts=b",
    ],
)
def test_what_people_and_machines_write_is_read(call: str) -> None:
    arguments = call.split()
    mine, theirs = read_call(judging.validate, arguments), by_typer(arguments)
    assert mine is not None
    assert theirs is not None
    assert the_same(mine, theirs)
    assert {k: type(v) for k, v in mine.items() if v} == {k: type(v) for k, v in theirs.items() if v}


@pytest.mark.parametrize(
    "call",
    ["--help", "a b", "--unknown", "--format nonsense", "--format", "--limit -1", "--limit x", "--quiet=1", "-", "--", "-qo x",
     "--limit 1 --limit 2", "--output -q"],
)  # fmt: skip
def test_what_is_odd_is_left_to_typer(call: str) -> None:
    assert read_call(judging.validate, call.split()) is None


@settings(max_examples=examples(300, 5000), deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=6))
def test_what_is_read_is_what_typer_reads(arguments: list[str]) -> None:
    mine = read_call(judging.validate, arguments)
    if mine is not None:
        theirs = by_typer(arguments)
        assert theirs is not None, "typer refuses it"
        assert the_same(mine, theirs)


def test_a_plain_call_loads_neither_polars_nor_pydantic() -> None:
    package = Path(__file__).parent / "packages" / "small"
    code = (
        "import sys\nfrom newspkg.cli import main\n"
        "try: main(['validate', sys.argv[1], '--quiet'])\n"
        "except SystemExit as done: assert done.code == 0, done.code\n"
        "print(' '.join(sorted(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(package)], capture_output=True, text=True, check=True)
    verdict, modules = done.stdout.splitlines()
    assert verdict == "valid: 2 tables, 5 rows; no problems"
    assert not set(modules.split()) & {"polars", "numpy", "pydantic", "pandera", "jsonschema", "rich", "frictionless"}


def test_the_exit_code_is_the_same_on_both_ways(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    package = Path(__file__).parent / "packages" / "small"
    said = []
    for arguments in (["validate", str(package)], ["validate", str(package), "--limit", "+1000"]):
        assert (read_call(judging.validate, arguments[1:]) is None) == ("+1000" in arguments)
        with pytest.raises(SystemExit) as done:
            main(arguments)
        said.append((done.value.code, capsys.readouterr().out))
    assert said[0] == said[1]
    assert said[0][0] == 0
