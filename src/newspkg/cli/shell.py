"""What all commands share: exit codes, and how results and remarks get out."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

import typer

from newspkg.problems import CannotRun, Problem, UsageError

__all__ = [
    "CANNOT_RUN",
    "FAULT",
    "OK",
    "PROBLEMS",
    "STOPPED",
    "USAGE",
    "Format",
    "app",
    "progress_bar",
    "reading_bar",
    "result",
    "say",
    "show",
    "size_of",
]

OK, PROBLEMS, USAGE, CANNOT_RUN, FAULT = range(5)
STOPPED = 130  # as a shell counts an interrupt

app = typer.Typer(
    name="pkg",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


class Format(StrEnum):
    """How a result is shown: for people, or for machines."""

    text = "text"
    json = "json"


_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


def size_of(size: str) -> int:
    """A size such as 512M or 2G, in bytes. Raises UsageError for what is none, or is nothing."""
    found = re.fullmatch(r"([0-9]{1,15}(?:\.[0-9]{1,3})?) ?([KMGT]?)(?:I?B)?", size.strip().upper())
    number = int(float(found[1]) * _UNITS[found[2]]) if found else 0
    if not number:
        raise UsageError(f"--memory {size!r} is no size. Write bytes, or a number with K, M, G or T: 512M, 2G.")
    return number


def result(text: str) -> None:
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


def say(line: str) -> None:
    """A line for the person at the terminal; standard output is kept for results."""
    print(line, file=sys.stderr)


def show(problems: Iterable[Problem]) -> int:
    """Prints each problem as one line on standard error; how many are errors."""
    errors = 0
    for found in problems:
        errors += found.severity == "error"
        say(f"{found.severity}: {found.message} [{found.code}]")
    return errors


def _watched(quiet: bool) -> bool:
    """Whether a person looks on who would like to see a progress bar."""
    return not (quiet or not sys.stderr.isatty() or os.environ.get("CI") or os.environ.get("TERM") == "dumb")


@contextmanager
def progress_bar(quiet: bool) -> Iterator[Any]:
    """A progress bar on a terminal; none in CI, in a pipe, or where it is unwelcome."""
    if not _watched(quiet):
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


_SOON = 0.7  # seconds within which work that ends needs no bar


@contextmanager
def reading_bar(quiet: bool) -> Iterator[Callable[[str, int, int | None], None] | None]:
    """A progress bar for tables that are read, as `newspkg.validate` tells of them; None where there is none.

    It comes up when the work has taken a while: rich alone takes longer to load than a small package to judge.
    """
    if not _watched(quiet):
        yield None
        return
    start, bar, tasks = time.monotonic(), None, dict[str, Any]()

    def progress(name: str, done: int, total: int | None) -> None:
        nonlocal bar
        if bar is None:
            if time.monotonic() - start < _SOON:
                return
            bar = _bar()
            bar.start()
        if name not in tasks:
            for task in tasks.values():
                bar.remove_task(task)
            tasks.clear()
            tasks[name] = bar.add_task(name[:40], total=total)
        bar.update(tasks[name], completed=done, total=total)

    try:
        yield progress
    finally:
        if bar is not None:
            bar.stop()


def _bar() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("reading {task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.completed:,} rows", markup=False),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=Console(stderr=True), transient=True)
