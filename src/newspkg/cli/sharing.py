"""The command that writes a package in other forms."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newspkg.cli.shell import OK, app, result, say

__all__ = ["export"]


@app.command()
def export(
    format: Annotated[
        str | None, typer.Argument(help="Which form; without it all are listed.", show_default=False)
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="OUT",
            help="The file or folder to write. Default: named after the package.",
            show_default=False,
        ),
    ] = None,
    package: Annotated[str, typer.Option(metavar="PATH", help="A folder, a descriptor, a zip, or an address.")] = ".",
    force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
) -> None:
    """Write a data package in another form: a database, a workbook, Parquet, JSON, or what catalogues read.

    A form is written whole or not at all. What it cannot hold is said, as a note or as an error; docs/exporting.md
    tells of each.

    Example: pkg export duckdb -o news.duckdb
    """  # fmt: skip
    from newspkg.export import FORMATS, find
    from newspkg.export import export as run

    if format is None:
        width = max(map(len, FORMATS))
        result("\n".join(f"{name:<{width}}  {find(name).title}" for name in FORMATS))
        return
    made = run(format, package, output, force=force)
    for note in made.notes:
        say(f"note: {note}")
    from newspkg.report.words import count

    files = f", {count(len(made.files), 'file')}" if made.path.is_dir() else ""
    say(f"{made.path} written{files}.")
    raise typer.Exit(OK)
