"""The command that compares packages."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newspkg.cli.shell import OK, PROBLEMS, app, result, say, size_of

if TYPE_CHECKING:
    from newspkg.diff.model import Diff

__all__ = ["diff"]

_SHOWN = 10  # rows of each sort in a table, for people ...
_KEPT = 1000  # ... and for machines


class DiffFormat(StrEnum):
    """How a comparison is shown."""

    text = "text"
    json = "json"
    markdown = "markdown"


@app.command()
def diff(
    old: Annotated[
        str, typer.Argument(help="A folder, a descriptor, a zip or tar, or git:REVISION.", show_default=False)
    ],
    new: Annotated[str, typer.Argument(help="The version to compare with it.")] = ".",
    format: Annotated[DiffFormat, typer.Option(help="How to show what changed.")] = DiffFormat.text,
    output: Annotated[Path | None, typer.Option(help="Write to this file instead.", show_default=False)] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="Rows shown of each sort and table, changes of each kind; 0 shows all. Usually 10; in JSON 1000.",
            show_default=False,
        ),
    ] = None,
    memory: Annotated[
        str | None,
        typer.Option(
            metavar="SIZE",
            help="What rows may hold in memory, such as 512M; the rest goes to temporary files.",
            show_default=False,
        ),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Fail if NEW's version was not raised as the changes ask.")
    ] = False,
) -> None:
    """Compare two versions of a data package: schemas, rows by key, files, and the version that asks for.

    git:REVISION is this folder at that revision, git:REVISION:FOLDER another one. Differences are no error.

    Example: pkg diff git:v1.0.0 . --check
    """
    from newspkg.cli import outputs
    from newspkg.diff import diff as run

    if output is not None:
        outputs.writable(output, "--output")
        outputs.spared([output], Path(new) if Path(new).is_dir() else Path(new).parent, ["datapackage.json"])
    shown = (_KEPT if format is DiffFormat.json else _SHOWN) if limit is None else limit or None
    size = None if memory is None else size_of(memory)
    found = run(old, new, limit=shown, memory=size)
    text = _shown(found, format, shown, colour=output is None and outputs.coloured())
    if output is None:
        result(text)
    else:
        outputs.write_whole([(output, text)])
        say(found.verdict())
    if check and not found.version.enough:
        if format is not DiffFormat.text and output is None:
            say(found.verdict())
        raise typer.Exit(PROBLEMS)
    raise typer.Exit(OK)


def _shown(found: Diff, format: DiffFormat, limit: int | None, *, colour: bool) -> str:
    if format is DiffFormat.json:
        return json.dumps(found.as_json(), ensure_ascii=False, indent=2)
    return found.as_markdown(limit) if format is DiffFormat.markdown else found.as_text(limit, colour=colour)
