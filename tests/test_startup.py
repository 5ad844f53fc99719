"""How the command meets a person: it starts without what it does not need, completes words, and shows an example of
everything."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
import typer

from newspkg.cli import app

ROOT = Path(__file__).resolve().parent.parent
PKG = Path(sysconfig.get_path("scripts")) / "pkg"
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]

# --- what is loaded --------------------------------------------------------------------------------------------------

LOADED = """
import contextlib, io, sys, sysconfig
from newspkg.cli import main
with contextlib.redirect_stdout(io.StringIO()):
    try:
        main(sys.argv[1:])
    except SystemExit as done:
        assert done.code == 0, done.code
installed = sysconfig.get_path("purelib"), sysconfig.get_path("platlib")
for name, module in sorted(sys.modules.items()):
    place = getattr(module, "__file__", None) or ""
    if name.split(".")[0] == "newspkg" or place.startswith(installed):
        print(name)
"""


def loaded(*arguments: str) -> set[str]:
    """The modules that are no part of Python itself which a call has loaded by its end."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split()) - {"_distutils_hack", "_virtualenv"}


def tops(modules: set[str]) -> set[str]:
    return {name.split(".")[0] for name in modules}


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_loads_the_porch_and_nothing_behind_it(option: str) -> None:
    modules = loaded(option)
    assert tops(modules) <= {"newspkg", "typer", "annotated_doc", "shellingham"}
    rooms = {name.split(".")[1] for name in modules if name.startswith("newspkg.")}
    assert rooms == {"cli", "problems"}


HEAVY = {
    "ahocorasick", "dateutil", "elementpath", "frictionless", "jsonschema", "lxml", "numpy", "pandas", "pandera",
    "py3langid", "pyarrow", "python_calamine", "referencing", "requests", "rich", "trafilatura", "yaml",
}  # fmt: skip
NEEDED = {
    "newspkg", "typer", "annotated_doc", "shellingham", "polars", "_polars_runtime_32",
    "pydantic", "pydantic_core", "annotated_types", "typing_extensions", "typing_inspection",  # by typer, for paths
}  # fmt: skip


def test_validating_the_shipped_package_loads_polars_and_nothing_else_that_is_large() -> None:
    modules = loaded("validate", ".", "--quiet")
    assert not tops(modules) & HEAVY
    assert tops(modules) <= NEEDED
    assert not {"newspkg.build", "newspkg.find", "newspkg.link", "newspkg.contract", "newspkg.init"} & modules


def test_describing_it_needs_no_more() -> None:
    assert tops(loaded("describe", ".")) <= NEEDED


# --- examples --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_ends_its_help_with_an_example_that_it_takes(name: str) -> None:
    command = COMMANDS[name]
    (example,) = re.findall(r"Example: (pkg [^\n]*(?:\n(?!\n)[^\n]+)*)", command.help or "")
    words = shlex.split(example)
    assert words[:2] == ["pkg", name]
    context = command.make_context(name, words[2:], resilient_parsing=False)  # raises for what it does not know
    assert context.params


# --- completion ------------------------------------------------------------------------------------------------------


def completing(shell: str, **more: str) -> str:
    environment = {
        **os.environ,
        "PATH": f"{PKG.parent}{os.pathsep}{os.environ['PATH']}",
        "_PKG_COMPLETE": shell,
        **more,
    }
    return subprocess.run([PKG], env=environment, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize(
    ("shell", "asked"),
    [
        ("bash", {"COMP_WORDS": "pkg val", "COMP_CWORD": "1"}),
        ("zsh", {"_TYPER_COMPLETE_ARGS": "pkg val"}),
        ("fish", {"_TYPER_COMPLETE_ARGS": "pkg val", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}),
    ],
)
def test_each_shell_gets_its_script_and_its_answers(shell: str, asked: dict[str, str]) -> None:
    script = completing(f"source_{shell}")
    assert f"complete_{shell}" in script and "pkg" in script
    answer = completing(f"complete_{shell}", **asked)
    assert "validate" in answer
    assert "describe" not in answer


IN_A_SHELL = {
    "bash": 'eval "$(_PKG_COMPLETE=source_bash pkg)"\nCOMP_WORDS=(pkg val); COMP_CWORD=1; _pkg_completion pkg\n'
    'echo "${COMPREPLY[@]}"\n',
    "fish": '_PKG_COMPLETE=source_fish pkg | source\ncomplete -C "pkg val"\n',
}


@pytest.mark.parametrize("shell", sorted(IN_A_SHELL))
def test_a_shell_completes_val_to_validate(shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not here")
    environment = {**os.environ, "PATH": f"{PKG.parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run([shell, "-c", IN_A_SHELL[shell]], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split()[0] == "validate"


def test_the_first_screen_begins_with_what_most_people_come_for() -> None:
    done = subprocess.run([sys.executable, "-m", "newspkg.cli", "--help"], capture_output=True, text=True, check=True)
    assert "Example: pkg validate" in done.stdout
    commands = [line.split()[0] for line in done.stdout.partition("Commands:\n")[2].splitlines() if line.strip()]
    assert commands[0] == "validate"
    assert set(commands) == {one.callback.__name__ for one in app.registered_commands if one.callback}
