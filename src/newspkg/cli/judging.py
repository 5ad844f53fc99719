"""Commands that judge packages."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newspkg.cli.shell import OK, PROBLEMS, app, reading_bar, result, say, size_of
from newspkg.problems import CATALOGUE, UsageError

if TYPE_CHECKING:
    from newspkg.report import Report

__all__ = ["explain", "validate"]


class ReportFormat(StrEnum):
    """How a validation's report is shown; `report.dresses` makes them."""

    text = "text"
    json = "json"
    frictionless = "frictionless"
    github = "github"
    sarif = "sarif"
    junit = "junit"
    markdown = "markdown"
    html = "html"


class FailOn(StrEnum):
    """What ends a validation with 1."""

    error = "error"
    warning = "warning"
    never = "never"


@app.command()
def validate(
    path: Annotated[Path, typer.Argument(help="A datapackage.json or the folder it lies in.")] = Path(),
    format: Annotated[
        ReportFormat | None,
        typer.Option(help="How to show the report; text, unless another is asked for.", show_default=False),
    ] = None,
    output: Annotated[
        list[Path] | None,
        typer.Option(
            "--output",
            "-o",
            help="Write the report to a file, in the format of its ending: .json .sarif .xml .md .html .txt. "
            "Repeat the option for more.",
            show_default=False,
        ),
    ] = None,
    fail_on: Annotated[FailOn, typer.Option(help="What is to end with exit code 1.")] = FailOn.error,
    resource: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Judge this resource alone. Repeat the option for more.", show_default=False),
    ] = None,
    metadata_only: Annotated[
        bool, typer.Option("--metadata-only", help="Judge the descriptor, bytes and hashes, and read no table.")
    ] = False,
    lint: Annotated[
        bool,
        typer.Option("--lint", help="Warn of what is valid but read differently by other programs, such as R."),
    ] = False,
    baseline: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Set the known problems in this file aside.", show_default=False),
    ] = None,
    write_baseline: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write all problems found to this file, as known ones.", show_default=False),
    ] = None,
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

    A finding is all problems of one table, field and rule. With --output the terminal has the verdict; a --format that
    none of the files takes goes to the terminal. --format github also writes the summary of the job.

    Example: pkg validate . --format github --output report.sarif --output report.html
    """
    from newspkg.cli import outputs
    from newspkg.validate import validate as run

    size = None if memory is None else size_of(memory)
    files = outputs.outputs_of(output or [], format)
    targets = [one.path for one in files] + ([] if write_baseline is None else [write_baseline])
    if write_baseline is not None:
        outputs.writable(write_baseline, "--write-baseline")
    root = path if path.is_dir() else path.parent
    outputs.spared(targets, root, ["datapackage.json" if path.is_dir() else path.name])
    more: dict[str, Any] = {
        "resources": resource or None,
        "metadata_only": metadata_only,
        "lint": lint,
        "baseline": baseline,
        "write_baseline": write_baseline,
    }
    with reading_bar(quiet) as progress:
        report = run(
            path, texts=texts, limit=None if limit == 0 else limit, memory=size, progress=progress,
            **{name: value for name, value in more.items() if value},
        )  # fmt: skip
    _show(report, path, format, files, quiet=quiet)
    failed = report.errors > 0 if fail_on is FailOn.error else fail_on is FailOn.warning and bool(report.counts)
    if failed and report.valid and not quiet:
        say("pkg: there are warnings, which --fail-on warning does not let pass.")
    raise typer.Exit(PROBLEMS if failed else OK)


def _show(report: Report, path: Path, format: ReportFormat | None, files: list[Any], *, quiet: bool) -> None:
    """Writes a report to its files and to the terminal. All dresses are made before the first file is touched."""
    from newspkg.cli import outputs
    from newspkg.report.dresses import dress

    root = path if path.is_dir() else path.parent
    made = [(one.path, dress(report, one.format, base=outputs.base_of(path, one.format))) for one in files]
    own = format or ReportFormat.text
    shown = None
    if not files or (format is not None and all(one.format != format for one in files)):
        shown = dress(report, own, colour=outputs.coloured(), base=outputs.base_of(path, own), quiet=quiet)
    if made:
        named = [one.get("path") for one in report.stats.get("resources", {}).values()]
        outputs.spared([p for p, _ in made], root, [p for n in named for p in ([n] if isinstance(n, str) else n or [])])
        outputs.write_whole(made)
    result(report.verdict() if shown is None else shown)
    if format is ReportFormat.github or any(one.format == "github" for one in files):
        outputs.summarise(report, outputs.base_of(path, "github"))


@app.command()
def explain(
    code: Annotated[
        str | None,
        typer.Argument(help="A problem's code, as validate prints it; without one all are listed.", show_default=False),
    ] = None,
) -> None:
    """Say what a problem's code means and what to do.

    Example: pkg explain foreign-key
    """
    if code is None:
        width = max(map(len, CATALOGUE))
        listed = [f"{name:<{width}}  {one.severity:<7}  {one.title}" for name, one in sorted(CATALOGUE.items())]
        result("\n".join(listed))
        return
    entry = CATALOGUE.get(code)
    if entry is None:
        import difflib

        near = difflib.get_close_matches(code.lower(), CATALOGUE, 3)
        raise UsageError(
            f"There is no problem {code!r}. "
            + (f"Did you mean {' or '.join(near)}?" if near else "pkg explain, without a code, lists them all.")
        )
    result(f"{code}: {entry.title} ({entry.severity})\n\n{entry.description}\n\nWhat to do: {entry.hint}")
