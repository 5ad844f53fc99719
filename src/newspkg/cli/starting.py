"""Commands that start a package, and tell what one holds."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from newspkg.cli.shell import OK, PROBLEMS, app, result, say

__all__ = ["describe", "init"]


@app.command()
def init(
    name: Annotated[
        Path, typer.Argument(help="The new folder; its last part is the package's name.", show_default=False)
    ],
    tables: Annotated[
        list[Path] | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="A table to make the package of, instead of articles. Repeat the option for more.",
            show_default=False,
        ),
    ] = None,
    title: Annotated[
        str | None, typer.Option(help="The package's title. Default: its name.", show_default=False)
    ] = None,
    license: Annotated[str, typer.Option(metavar="ID", help="The data's licence, as SPDX calls it.")] = "CC-BY-4.0",
    contributor: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Who makes it. Repeat the option for more.", show_default=False),
    ] = None,
    toolkit: Annotated[
        str, typer.Option(metavar="OWNER/NAME", help="The repository that workflow and hook take this toolkit from.")
    ] = "newspkg/newspkg",
) -> None:
    """Start the repository of a dataset: descriptor, schemas, curation, checks in CI; valid from its first day.

    With --from, each FILE is copied, and its schema has for each column the narrowest type that all cells fit.

    Example: pkg init valley-news --title "News from the valley" --contributor "Ada Corrin"
    """
    from newspkg.init import start
    from newspkg.report.words import count

    made = start(
        name,
        title=title,
        licence=license,
        contributors=contributor or [],
        tables=tables or [],
        toolkit=toolkit,
    )
    for remark in made.remarks:
        say(f"note: {remark}")
    rows = sum(made.rows.values())
    say(f"{name} started: {count(len(made.files), 'file')}, {count(len(made.rows), 'table')}, {count(rows, 'row')}.")
    if not made.report.valid or made.report.problems:
        say(made.report.as_text())
    say(f"Next: read {name / 'README.md'}; then git init -b main {name}, unless it is one already.")
    raise typer.Exit(OK if made.report.valid else PROBLEMS)


class Shape(StrEnum):
    """How a description is shown."""

    text = "text"
    json = "json"
    markdown = "markdown"


@app.command()
def describe(
    path: Annotated[Path, typer.Argument(help="A datapackage.json or the folder it lies in.")] = Path(),
    format: Annotated[Shape, typer.Option(help="How to show it.")] = Shape.text,
) -> None:
    """Show what a data package holds: its tables with rows and bytes, their fields, types, constraints and keys.

    Nothing is judged; that is what validate is for.

    Example: pkg describe . --format markdown
    """
    from newspkg.describe import describe as run

    found = run(path)
    if format is Shape.json:
        result(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
    else:
        result(found.as_text() if format is Shape.text else found.as_markdown())
