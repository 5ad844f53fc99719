"""The package at a place that `pkg diff` is given; where that may be stands in `load.sources`."""

from __future__ import annotations

from pathlib import Path

from newspkg.load.sources import GIT, located
from newspkg.package import DESCRIPTOR
from newspkg.problems import CannotRun, UsageError
from newspkg.report import Findings
from newspkg.validate.descriptor import Package, open_package
from newspkg.validate.packed import Scratch

__all__ = ["GIT", "open_version"]


def open_version(source: str | Path, scratch: Scratch, side: str) -> Package:
    """The package at a source. `side` is what messages call it.

    Raises UsageError where there is none, CannotRun where it cannot be read.
    """
    name = str(source)
    path = located(source, scratch)
    findings = Findings(1)
    try:
        package = open_package(path, findings)
    except UsageError as wrong:
        if path == Path(source):
            raise
        raise UsageError(f"{name}: there is no {DESCRIPTOR} in it.") from wrong
    if not package.resources:
        report = findings.report()
        first = report.problems[0].message.rstrip(".") if report.problems else "it has no resources"
        raise CannotRun(f"{side}, {name}: there is nothing to compare: {first}. pkg validate says more.")
    return package
