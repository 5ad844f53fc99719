"""Where a report goes: to the terminal, into files, and into the summary of a GitHub job."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from newspkg.cli.shell import say
from newspkg.problems import CannotRun, UsageError

if TYPE_CHECKING:
    from newspkg.report import Report

__all__ = ["Output", "base_of", "coloured", "outputs_of", "spared", "summarise", "writable", "write_whole"]

_BY_ENDING = {
    ".sarif": "sarif",
    ".xml": "junit",
    ".md": "markdown",
    ".html": "html",
    ".htm": "html",
    ".json": "json",
    ".txt": "text",
}
_ANY_JSON = ("json", "frictionless", "sarif")
_SUMMARY = 1 << 20  # bytes that GitHub takes of a step's summary


@dataclass(frozen=True, slots=True)
class Output:
    """A file that a report is written to, and in which format."""

    path: Path
    format: str


def outputs_of(paths: Sequence[Path], format: str | None) -> list[Output]:
    """The format of each file: by its ending, or as stated where the ending leaves that open.

    A file that ends in .json is any of the formats that are JSON, one in .txt, or in nothing that is known, is any
    format. Raises UsageError where there is no telling, or a file cannot be one.
    """
    found: list[Output] = []
    for path in paths:
        known = _BY_ENDING.get(path.suffix.lower())
        if known == "json" and format in _ANY_JSON:
            known = format
        elif known in (None, "text"):
            known = format or known
        if known is None:
            endings = ", ".join(_BY_ENDING)
            raise UsageError(f"--output {path}: its ending says no format; state --format, or end it in {endings}.")
        writable(path, "--output")
        if any(_same(path, other.path) for other in found):
            raise UsageError(f"--output {path}: the file is given twice.")
        found.append(Output(path, known))
    return found


def _same(one: Path, other: Path) -> bool:
    return os.path.normpath(one.absolute()) == os.path.normpath(other.absolute())


def writable(path: Path, option: str) -> None:
    """Raises UsageError where a file cannot be written for a reason that is known before any work is done."""
    try:
        if path.is_dir():
            raise UsageError(f"{option} {path}: is a folder; name a file.")
        if not path.parent.is_dir():
            raise UsageError(f"{option} {path}: there is no folder {path.parent}.")
    except OSError as error:
        raise CannotRun(f"{option} {path}: cannot be written ({error.strerror}).") from error


def spared(paths: Iterable[Path], root: Path, files: Iterable[str]) -> None:
    """Raises UsageError where a path is that of a file of the package: a report may not take its place."""
    own = {os.path.realpath(root / name) for name in files}
    for path in paths:
        if os.path.realpath(path) in own:
            raise UsageError(f"{path}: is a file of the package, which a report may not replace.")


def write_whole(texts: Sequence[tuple[Path, str]]) -> None:
    """Writes files, each whole or not at all, and none before all could be laid down. What is no file, such as a pipe
    or a device, is written to as it is. Raises CannotRun."""
    laid: list[tuple[Path, Path]] = []
    try:
        for path, text in texts:
            raw = f"{text}\n".encode("utf-8", "backslashreplace")
            if path.exists() and not path.is_file():
                path.write_bytes(raw)
                continue
            target = path.resolve() if path.is_symlink() else path
            beside = target.with_name(f".{target.name}.new")
            laid.append((beside, target))
            beside.write_bytes(raw)
        for beside, path in laid:
            beside.replace(path)
    except OSError as error:
        raise CannotRun(f"{error.filename or 'the report'}: cannot be written ({error.strerror}).") from error
    finally:
        for beside, _ in laid:
            with suppress(OSError):
                beside.unlink(missing_ok=True)


def coloured() -> bool:
    """Whether standard output is to be coloured: a terminal is, unless NO_COLOR says no; FORCE_COLOR says yes."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0", "false"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def base_of(path: Path, format: str) -> str:
    """The folder of a package as seen from the current one, or from the repository's where GitHub shows the report."""
    folder = path if path.is_dir() else path.parent
    start = str(Path.cwd())
    workspace = os.environ.get("GITHUB_WORKSPACE", "")
    if format in ("github", "sarif") and os.environ.get("GITHUB_ACTIONS") and workspace:
        inside = os.path.relpath(folder, workspace)
        start = start if inside.startswith("..") else workspace
    try:
        found = Path(os.path.relpath(folder, start)).as_posix()
    except ValueError:  # on another drive
        found = folder.absolute().as_posix()
    return "" if found == "." else found


def summarise(report: Report, base: str) -> None:
    """Adds the report to the summary of the GitHub job, where there is one. That it cannot be added is said, and no
    reason to fail: the summary is no result."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    from newspkg.report.dresses import dress

    raw = f"{dress(report, 'markdown', base=base)}\n".encode("utf-8", "backslashreplace")
    if len(raw) > _SUMMARY:
        raw = f"{report.verdict()}\n".encode("utf-8", "backslashreplace")
    try:
        with Path(path).open("ab") as file:
            file.write(raw)
    except OSError as error:
        say(f"pkg: the summary of the job could not be written to {path} ({error.strerror}).")
