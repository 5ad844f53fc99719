"""The porch: parse, call one function, show, exit. The only room that prints, exits or knows an option's name.

Exit codes of every command: 0 all well, 1 problems were found, 2 the call is wrong, 3 the work could not be done,
4 a fault of this program, 130 stopped by the keyboard or a signal. Heavy rooms are imported inside the commands, so
that `--help` answers at once.
"""

from __future__ import annotations

import io
import json
import os
import re
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from newspkg import __version__
from newspkg.problems import CATALOGUE, CannotRun, PkgError, Problem, UsageError

if TYPE_CHECKING:
    from newspkg.build import Built

__all__ = ["app", "main"]

OK, PROBLEMS, USAGE, CANNOT_RUN, FAULT = range(5)
STOPPED = 130  # as a shell counts an interrupt

app = typer.Typer(
    name="pkg",
    help="News articles into a data package that a machine can check and a researcher can trust.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


class Format(StrEnum):
    """How a result is shown: for people, or for machines."""

    text = "text"
    json = "json"


class ReportFormat(StrEnum):
    """How a validation's report is shown: as `Format`, or as frictionless writes its own."""

    text = "text"
    json = "json"
    frictionless = "frictionless"


_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


def _bytes(size: str) -> int:
    """A size such as 512M or 2G, in bytes. Raises UsageError for what is none, or is nothing."""
    found = re.fullmatch(r"([0-9]{1,15}(?:\.[0-9]{1,3})?) ?([KMGT]?)(?:I?B)?", size.strip().upper())
    number = int(float(found[1]) * _UNITS[found[2]]) if found else 0
    if not number:
        raise UsageError(f"--memory {size!r} is no size. Write bytes, or a number with K, M, G or T: 512M, 2G.")
    return number


def _print(text: str) -> None:
    """A result, on standard output. A reader that closed its pipe early has what it wanted: the program ends well."""
    try:
        print(text, flush=True)
    except OSError as error:
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # or the interpreter complains once more at its end
        if isinstance(error, BrokenPipeError):
            raise typer.Exit(OK) from None
        raise CannotRun(f"the result could not be printed ({error.strerror}).") from error


def _say(line: str) -> None:
    """A line for the person at the terminal; standard output is kept for results."""
    print(line, file=sys.stderr)


def _show(problems: Iterable[Problem]) -> int:
    """Prints each problem as one line on standard error; how many are errors."""
    errors = 0
    for found in problems:
        errors += found.severity == "error"
        _say(f"{found.severity}: {found.message} [{found.code}]")
    return errors


@contextmanager
def _progress(quiet: bool) -> Iterator[Any]:
    """A progress bar on a terminal; none in CI, in a pipe, or where it is unwelcome."""
    if quiet or not sys.stderr.isatty() or os.environ.get("CI"):
        yield lambda _done, _total, _documents: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("reading"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[documents]} documents"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None, documents=0)
        yield lambda done, total, documents: bar.update(task, completed=done, total=total, documents=documents)


def _curation(given: Path | None, root: Path) -> Path | None:
    """The folder of people's decisions: the one given, else `curation` in the package, else none."""
    if given is not None:
        return given
    usual = root / "curation"
    return usual if usual.is_dir() else None


def _table(built: Built) -> str:
    width = max(map(len, built.counts))
    return "\n".join(f"  {table:<{width}}  {n:>6}" for table, n in built.counts.items())


@app.command()
def build(
    sources: Annotated[
        list[Path] | None,
        typer.Argument(help="Articles: files, folders or globs. Default: the folder articles.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The package's folder. Default: this one.", show_default=False)
    ] = None,
    curation: Annotated[
        Path | None,
        typer.Option(
            help="The folder of people's decisions. Default: OUT/curation, where there is one.", show_default=False
        ),
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=0, help="Processes at most; 0 means one a core.")] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but problems.")] = False,
) -> None:
    """Turn articles into a package: data/, schemas/ and datapackage.json.

    Example: pkg build examples/articles --curation examples/curation --out build/examples
    """
    from newspkg.build import build as run
    from newspkg.validate import validate as judge

    chosen = sources or [Path("articles")]
    if not sources and not chosen[0].exists():
        raise UsageError(
            "No sources are given and there is no folder articles here. Name the articles: pkg build FILE_OR_FOLDER..."
        )
    with _progress(quiet) as progress:
        root = out or Path()
        decided = _curation(curation, root)
        built = run(chosen, root, curation=decided, jobs=jobs, replace=out is not None, progress=progress)
    errors = _show(built.problems)
    report = judge(root)
    if not quiet:
        state = "written" if built.changed else "unchanged"
        _say(f"{built.root / 'datapackage.json'} {state}\n{_table(built)}")
        if errors:
            _say(f"{errors} {'problem' if errors == 1 else 'problems'}; all else is in the package.")
    if not report.valid:
        codes = ", ".join(f"{code} ({n})" for code, n in report.counts.items())
        _say(f"error: the package is not valid: {codes}. See: pkg validate {root}")
    raise typer.Exit(OK if report.valid and not errors else PROBLEMS)


@app.command()
def extract(
    files: Annotated[list[Path], typer.Argument(help="Articles: files, folders or globs.", show_default=False)],
    curation: Annotated[
        Path | None,
        typer.Option(
            help="The folder of people's decisions. Default: ./curation, where there is one.", show_default=False
        ),
    ] = None,
) -> None:
    """Print what the rules find, before any correction: one JSON object per document and line.

    Example: pkg extract examples/articles/*.txt
    """
    from newspkg.build import extract as run

    errors = 0
    for found in run(files, curation=_curation(curation, Path())):
        if isinstance(found, Problem):
            errors += _show([found])
        else:
            _print(json.dumps(found, ensure_ascii=False))
    raise typer.Exit(PROBLEMS if errors else OK)


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

    size = None if memory is None else _bytes(memory)
    report = run(path, texts=texts, limit=None if limit == 0 else limit, memory=size)
    if format is not ReportFormat.text:
        shown = report.as_json() if format is ReportFormat.json else report.as_frictionless()
        _print(json.dumps(shown, ensure_ascii=False, indent=2))
    elif quiet:
        _print(report.verdict())
    else:
        _print(report.as_text())
    raise typer.Exit(OK if report.valid else PROBLEMS)


@app.command()
def derive(
    root: Annotated[Path, typer.Argument(help="The repository's folder.")] = Path(),
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail where a file is not current.")] = False,
) -> None:
    """Write what follows from the schemas and the catalogue: docs and loaders.

    Example: pkg derive --check
    """
    from newspkg.derive import derive as run

    files = run(root, check=check, extra={"docs/cli.md": _reference()} if (root / "src" / "newspkg").is_dir() else {})
    for name in files:
        print(f"{name} {'is not current; run: pkg derive' if check else 'written'}")
    raise typer.Exit(PROBLEMS if check and files else OK)


@app.command()
def hydrate(
    texts: Annotated[
        list[Path], typer.Argument(help="Your copy of the articles: files, folders or globs.", show_default=False)
    ],
    package: Annotated[Path, typer.Option(help="The package's folder.")] = Path(),
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Where the filled copy goes; it is for you, not for publication.")
    ] = Path("hydrated"),
) -> None:
    """Fill the words of every span back in from your own copy of the articles.

    Example: pkg hydrate articles --out hydrated
    """
    from newspkg.hydrate import hydrate as run

    filled, problems = run(texts, package, out)
    errors = _show(problems)
    _say(
        f"{out / 'datapackage.json'} written: {filled} spans filled. It holds other people's words: do not publish it."
    )
    raise typer.Exit(PROBLEMS if errors else OK)


@app.command()
def evaluate(
    gold: Annotated[Path, typer.Argument(help="The package taken as right: its folder.", show_default=False)],
    predicted: Annotated[Path, typer.Argument(help="The package that is judged: its folder.", show_default=False)],
    format: Annotated[Format, typer.Option(help="How to show the figures.")] = Format.text,
) -> None:
    """Compare a package with one taken as right: precision, recall and F1 of spans and fields.

    Both are folders with a datapackage.json, or with CSV files alone. Every figure names its criterion: exact,
    jaccard_0.8 and overlap say how the spans must lie, +equal that a cell must be equal too, +dates_meet that two dates
    must have a day in common. Each row counts once. The recall of a field is its accuracy over all rows of GOLD.

    Example: pkg evaluate . build/bare --format json
    """
    from newspkg.evaluate import evaluate as run

    found = run(gold, predicted)
    _print(json.dumps(found.as_json(), ensure_ascii=False, indent=2) if format is Format.json else found.as_text())


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


def _version(wanted: bool) -> None:
    if wanted:
        print(f"newspkg {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """News articles into a data package that a machine can check and a researcher can trust."""


def _reference() -> str:
    """docs/cli.md: the very help of every command."""
    command = typer.main.get_command(app)
    lines = ["<!-- generated by `pkg derive`; edit src/newspkg/cli.py -->", "", "# The command line", ""]
    lines += [(__doc__ or "").split("\n\n", 1)[1].strip(), ""]
    for name, sub in sorted(command.commands.items()):  # type: ignore[attr-defined]
        context = typer.Context(sub, info_name=f"pkg {name}", max_content_width=100, terminal_width=100, color=False)
        lines += [f"## pkg {name}", "", "```text", sub.get_help(context).strip(), "```", ""]
    return "\n".join(lines)


def _run(arguments: list[str] | None) -> int:
    """Runs the command line; the exit code for every way out, none of which shows a traceback unasked."""
    from typer.exceptions import TyperException

    try:
        result = app(arguments, standalone_mode=False)
    except typer.Exit as done:
        return done.exit_code
    except (TyperException, typer.Abort) as wrong:
        show = getattr(wrong, "show", None)
        show() if show else _say(f"pkg: {wrong}")
        return USAGE
    except UsageError as wrong:
        _say(f"pkg: {wrong}")
        return USAGE
    except PkgError as wrong:
        _say(f"pkg: {wrong}")
        return CANNOT_RUN
    except OSError as error:
        _say(f"pkg: {error.filename or 'the system'}: {error.strerror}.")
        return CANNOT_RUN
    except Exception as fault:
        if os.environ.get("NEWSPKG_DEBUG"):
            raise
        _say(
            f"pkg: a fault of this program: {type(fault).__name__}: {fault}. "
            "Set NEWSPKG_DEBUG=1 to see where, and please report it."
        )
        return FAULT
    if result == STOPPED:  # typer's answer to an interrupt
        _say("pkg: stopped. What was on disk before is untouched.")
    return result if isinstance(result, int) else OK


def main(arguments: list[str] | None = None) -> NoReturn:
    """The command `pkg`: runs it and ends the process with its exit code."""
    if threading.current_thread() is threading.main_thread():
        for ending in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(ending) is not signal.SIG_IGN:  # nohup stays nohup
                signal.signal(ending, signal.default_int_handler)  # a polite request to end cleans up as Ctrl-C does
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # names have letters that an old terminal's encoding lacks
            stream.reconfigure(errors="backslashreplace")
    raise SystemExit(_run(arguments))


if __name__ == "__main__":
    main()
