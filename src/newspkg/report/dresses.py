"""One report, many dresses: the text of a report in a format that is asked for by name.

text           for a person
json           all there is, as data
frictionless   for programs that read the reports of frictionless
github         workflow commands that GitHub shows beside the lines they are about
sarif          SARIF 2.1.0, for code scanning
junit          JUnit's XML, for what shows tests
markdown       for the summary of a job, or a comment
html           a page for a browser

A dress is made when it is asked for and no other is loaded. Whatever stands in a report, each is well formed.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newspkg.report.model import Report

__all__ = ["FORMATS", "dress"]

FORMATS: tuple[str, ...] = ("text", "json", "frictionless", "github", "sarif", "junit", "markdown", "html")


def dress(report: Report, format: str, *, colour: bool = False, base: str = "", quiet: bool = False) -> str:
    """The report as text in one of `FORMATS`, without a line end after the last line.

    `colour` has text coloured for a terminal. `base` is the folder of the package as seen from the current one, with
    forward slashes, empty where they are the same: files are named from the current folder, as whoever shows them knows
    it, but in json and frictionless, which name them as the package does. `quiet` leaves of text the verdict alone;
    formats that machines read are whole in any case.

    Raises ValueError for another format.
    """
    if format == "text":
        return report.verdict() if quiet else report.as_text(colour=colour, base=base)
    if format == "json":
        return _json(report.as_json())
    if format == "frictionless":
        return _json(report.as_frictionless())
    if format == "github":
        from newspkg.report.github import as_github

        return as_github(report, base)
    if format == "sarif":
        from newspkg.report.sarif import as_sarif

        return as_sarif(report, base)
    if format == "junit":
        from newspkg.report.junit import as_junit

        return as_junit(report, base)
    if format == "markdown":
        from newspkg.report.markdown import as_markdown

        return as_markdown(report, base)
    if format == "html":
        from newspkg.report.html import as_html

        return as_html(report, base)
    raise ValueError(f"there is no format {format!r}; there are {', '.join(FORMATS)}")


_HALVES = re.compile("[\ud800-\udfff]")


def _json(given: Any) -> str:
    """The data as JSON. Halves of a surrogate pair, as in a file name that is no UTF-8, are escaped, since no encoding
    has them."""
    return _HALVES.sub(lambda half: f"\\u{ord(half[0]):04x}", json.dumps(given, ensure_ascii=False, indent=2))
