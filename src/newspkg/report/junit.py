"""The report as JUnit's XML, for what shows tests: a suite for the descriptor and one for each resource.

A case is what was judged and found good, a finding, or something that was not judged. Errors are failures with their
places; warnings fail nothing and stand in the output of the suite; what was not judged is skipped. The schema of
Jenkins takes it, and that of Ant but for the time of the run, as no clock is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from newspkg.report.places import DESCRIPTOR, file_of, heading, joined, remarks, spot
from newspkg.report.words import count, cut, quoted, visible

if TYPE_CHECKING:
    from newspkg.problems import Problem
    from newspkg.report.model import Finding, Report

__all__ = ["as_junit"]

_PLACES = 50, 5  # places of a finding that are listed, and of one among many
_MANY = 200  # findings

# What of a table is judged as one, and the codes that say it is bad; all other codes are of a field's cells.
_JUDGED = {
    "file": "file-missing byte-count hash-count byte-order-mark compression-error encoding-error format-error "
    "scheme-error source-error unclosed-quote",
    "header": "blank-header header-error blank-label duplicate-label extra-label incorrect-label missing-label "
    "unmatched-header",
    "records": "blank-row extra-cell missing-cell row-count stray-quote",
    "keys": "primary-key unique-key unique-error foreign-key",
}
_OF = {code: judged for judged, codes in _JUDGED.items() for code in codes.split()}


def as_junit(report: Report, base: str = "") -> str:
    """The document; see `dress` for `base`."""
    suites = [_Suite(None, None, report, base)]
    suites += [_Suite(name, known, report, base) for name, known in _resources(report).items()]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>"]
    for n, suite in enumerate(suites):
        lines += suite.lines(n)
    return "\n".join([*lines, "</testsuites>"])


def _resources(report: Report) -> dict[str, dict[str, Any]]:
    """What is known of each resource that was read or is spoken of, by name."""
    given = report.stats.get("resources")
    known = dict(given) if isinstance(given, dict) else {}
    for name in [_suite(one) for one in report.findings] + [one.resource for one in report.unchecked]:
        if name is not None:
            known.setdefault(name, {})
    return known


class _Suite:
    """The cases of one resource; those of the descriptor and of no resource where the name is None."""

    def __init__(self, name: str | None, known: dict[str, Any] | None, report: Report, base: str) -> None:
        self.base = base
        self.name = "descriptor" if name is None else f"resource {visible(name, 200)}"
        self.place = joined(base, DESCRIPTOR if name is None else _path(known or {}))
        self.known = known
        self.places = _PLACES[len(report.findings) > _MANY]
        self.remarks = remarks(report) if name is None else []
        self.found = [finding for finding in report.findings if _suite(finding) == name]
        self.unchecked = [note for note in report.unchecked if note.resource == name]

    def lines(self, number: int) -> Iterator[str]:
        """The element, a line for each case."""
        passed = list(self.passed())
        bad = [finding for finding in self.found if finding.severity == "error"]
        mild = [finding for finding in self.found if finding.severity == "warning"]
        total = len(passed) + len(self.found) + len(self.unchecked)
        yield (
            f'  <testsuite name={_quoted(self.name)} package="newspkg" id="{number}" hostname="localhost" '
            f'tests="{total}" failures="{len(bad)}" errors="0" skipped="{len(self.unchecked)}" time="0">'
        )
        yield f'    <properties><property name="file" value={_quoted(self.place)}/></properties>'
        for what in passed:
            yield f"    {self.case(what)}/>"
        for finding in bad:
            yield f"    {self.case(_named(finding))}>{self.failure(finding)}</testcase>"
        for finding in mild:
            yield f"    {self.case(f'{_named(finding)} (warning)')}/>"
        for note in self.unchecked:
            yield f"    {self.case(f'not checked: {note.what}')}><skipped message={_quoted(note.reason)}/></testcase>"
        yield f"    <system-out>{escape(self.output(mild))}</system-out>"
        yield "    <system-err></system-err>"
        yield "  </testsuite>"

    def case(self, name: str) -> str:
        """The start tag of a case, without its end."""
        return f'<testcase classname={_quoted(self.name)} name={_quoted(name)} time="0"'

    def passed(self) -> Iterator[str]:
        """What was judged and has no finding: of a table the file, header, records and keys, and each field."""
        if self.known is None:
            if not self.found:
                yield "descriptor"
            return
        bad = {_OF.get(finding.code) for finding in self.found}
        open_ = [note.what for note in self.unchecked]
        if self.known.get("path") and "file" not in bad and not any(re.search("file|hash|table", w) for w in open_):
            yield "file"
        fields = self.known.get("fields")
        if not isinstance(fields, (list, tuple)) or not fields or self.known.get("rows") is None:
            return
        keys = not any("key" in what for what in open_)
        judged = {"header": bool(self.known.get("labels")), "records": True, "keys": keys}
        yield from (name for name, done in judged.items() if done and name not in bad)
        known = {finding.field for finding in self.found if _OF.get(finding.code) in (None, "header")}
        yield from (f"cells of {field}" for field in fields if field not in known and field not in open_)

    def failure(self, finding: Finding) -> str:
        """What is wrong and where, and what to do."""
        times = "" if finding.count == 1 else f" ({finding.count:,} times)"
        text = "\n".join(
            [*_told(finding, self.base, self.places), *([f"What to do: {finding.hint}"] if finding.hint else [])]
        )
        message = f"{visible(finding.message, 1000)}{times}"
        return f"<failure type={_quoted(finding.code)} message={_quoted(message)}>{escape(text)}</failure>"

    def output(self, mild: list[Finding]) -> str:
        """The warnings with their places, and what a baseline has set aside."""
        lines = [visible(line) for line in self.remarks]
        for finding in mild:
            lines += [f"warning: {visible(_named(finding))}", *_told(finding, self.base, self.places)]
        return "\n".join(lines)


def _suite(finding: Finding) -> str | None:
    """The resource of a finding; None where it is the descriptor that is wrong, whatever it says of a resource."""
    pointed = finding.first.row is None and (finding.field or "").startswith("/")
    return None if pointed else finding.resource


def _path(known: dict[str, Any]) -> str:
    path = known.get("path")
    if isinstance(path, (list, tuple)) and path:
        return str(path[0])
    return str(path) if path and isinstance(path, str) else DESCRIPTOR


def _named(finding: Finding) -> str:
    about = ", ".join(part for part in (finding.field, finding.rule) if part)
    return f"{finding.code}: {cut(about, 200)}" if about else finding.code


def _told(finding: Finding, base: str, most: int) -> Iterator[str]:
    """A line for each place, and the most frequent values."""
    for one in finding.samples[:most]:
        yield _place(one, base)
    more = finding.count - min(len(finding.samples), most)
    if more:
        yield f"and {count(more, 'more place')}"
    if finding.values:
        least = "" if finding.values_complete else ", each at least as often"
        yield f"values{least}: " + ", ".join(f"{quoted(value)} ({n:,})" for value, n in finding.values)


def _place(one: Problem, base: str) -> str:
    where = spot(one, base) if heading(one) == visible(file_of(one)) else visible(joined(base, file_of(one)))
    value = "" if one.value is None else f" {quoted(one.value)}"
    return f"{where}{value}: {visible(one.message, 500)}"


def _quoted(text: str) -> str:
    """An attribute's value, whatever the text holds; never empty, as a name must not be."""
    return quoteattr(visible(text, 1000).strip() or "-")
