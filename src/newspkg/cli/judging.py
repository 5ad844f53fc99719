"""Commands that judge packages."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from newspkg.cli.shell import OK, PROBLEMS, app, result, size_of
from newspkg.problems import CATALOGUE, UsageError

__all__ = ["explain", "validate"]


class ReportFormat(StrEnum):
    """How a validation's report is shown: as `Format`, or as frictionless writes its own."""

    text = "text"
    json = "json"
    frictionless = "frictionless"


@app.command()
def validate(
    path: Annotated[Path, typer.Argument(help="A datapackage.json or the folder it lies in.")] = Path(),
    format: Annotated[ReportFormat, typer.Option(help="How to show the report.")] = ReportFormat.text,
    texts: Annotated[
        list[Path] | None,
        typer.Option(
            help="The articles, where they are at hand: checks spans against them. Repeat the option for more.",
            show_default=False,
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option(min=0, help="Problems kept of each finding; 0 keeps all. Counts are exact either way.")
    ] = 1000,
    memory: Annotated[
        str | None,
        typer.Option(
            metavar="SIZE",
            help="What keys may hold in memory, such as 512M; the rest goes to temporary files.",
            show_default=False,
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="The verdict alone.")] = False,
) -> None:
    """Check a data package: descriptor, files, cells, keys, and the rules of its profile.

    A finding is all problems of one table, field and rule. --format frictionless is the report as frictionless has it.

    Example: pkg validate . --format json
    """
    from newspkg.validate import validate as run

    size = None if memory is None else size_of(memory)
    report = run(path, texts=texts, limit=None if limit == 0 else limit, memory=size)
    if format is not ReportFormat.text:
        shown = report.as_json() if format is ReportFormat.json else report.as_frictionless()
        result(json.dumps(shown, ensure_ascii=False, indent=2))
    elif quiet:
        result(report.verdict())
    else:
        result(report.as_text())
    raise typer.Exit(OK if report.valid else PROBLEMS)


@app.command()
def explain(
    code: Annotated[str, typer.Argument(help="A problem's code, as validate prints it.", show_default=False)],
) -> None:
    """Say what a problem's code means and what to do.

    Example: pkg explain foreign-key
    """
    import difflib

    entry = CATALOGUE.get(code)
    if entry is None:
        near = difflib.get_close_matches(code, CATALOGUE, 3)
        raise UsageError(
            f"There is no problem {code!r}. "
            + (f"Did you mean {' or '.join(near)}?" if near else "docs/problems.md lists them all.")
        )
    print(f"{code}: {entry.title} ({entry.severity})\n\n{entry.description}\n\nWhat to do: {entry.hint}")
