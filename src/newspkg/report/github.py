"""The report as workflow commands, which GitHub shows beside the lines they are about.

GitHub takes ten errors and ten warnings of a step and says nothing of the rest, so the first of every finding come
before the second of any, and a notice says with exact counts what was left out, and what was not judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newspkg.report.places import file_of, foremost, joined, reasons, remarks, some, subject, with_value
from newspkg.report.words import count, visible

if TYPE_CHECKING:
    from newspkg.problems import Problem, Severity
    from newspkg.report.model import Finding, Report

__all__ = ["MOST", "as_github"]

MOST = 10  # annotations of a kind that GitHub takes of one step
_LONG = 2000  # characters of a message; the runner cuts at 4,096
_NAMED = 20  # codes, and things not judged, that a notice lists

_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _DATA | str.maketrans({":": "%3A", ",": "%2C"})


def as_github(report: Report, base: str = "") -> str:
    """The commands, one a line, and last the verdict; see `dress` for `base`."""
    lines: list[str] = []
    for severity in ("error", "warning"):
        lines += _annotations(report, severity, base)
    rest = report.errors + report.warnings - len(lines)
    if rest:
        lines.append(_command("notice", {"title": "Not all is shown here"}, _rest(report, len(lines), rest)))
    if said := remarks(report):
        lines.append(_command("notice", {"title": "Baseline"}, "\n".join(said)))
    if report.unchecked:
        lines.append(_command("notice", {"title": f"{len(report.unchecked):,} not checked"}, _unchecked(report)))
    return "\n".join([*lines, report.verdict()])


def _annotations(report: Report, severity: Severity, base: str) -> list[str]:
    found: list[str] = []
    for finding, n, one in foremost(report, severity):
        if len(found) == MOST:
            break
        found.append(_command(severity, _place(one, base), _said(finding, n, one)))
    return found


def _place(one: Problem, base: str) -> dict[str, str]:
    place = {"file": visible(joined(base, file_of(one)))}
    if one.line:
        place["line"] = str(one.line)
        if one.column:
            place["col"] = str(one.column)
    about = subject(one)
    return place | {"title": f"{visible(one.code, 100)}{f' ({about})' if about else ''}"}


def _said(finding: Finding, n: int, one: Problem) -> str:
    """The message; of the first of many also how many there are and what they hold; and what to do."""
    lines = [with_value(one)]
    if n == 0 and finding.count > 1:
        lines.append(f"This is 1 of {finding.count:,}.")
    if finding.hint:
        lines.append(finding.hint)
    return "\n".join(lines)


def _rest(report: Report, shown: int, rest: int) -> str:
    counts = sorted(report.counts.items(), key=lambda item: (-item[1], item[0]))
    named = [f"{visible(code, 100)} {n:,}" for code, n in counts[:_NAMED]]
    more = f"; and {count(len(counts) - _NAMED, 'code')} more" if len(counts) > _NAMED else ""
    return (
        f"{shown:,} of {count(shown + rest, 'problem')} ({count(report.errors, 'error')}, "
        f"{count(report.warnings, 'warning')}) are shown beside their lines, as GitHub takes ten of a kind; "
        f"{rest:,} are not. In all: {'; '.join(named)}{more}."
    )


def _unchecked(report: Report) -> str:
    notes = reasons(report.unchecked)
    lines = [
        f"{f'{some(names, 5)}: ' if names else ''}{some(things, 5)}: {visible(reason, 200)}"
        for names, things, reason in notes[:_NAMED]
    ]
    return "\n".join([*lines, *([f"and {len(notes) - _NAMED:,} more"] if len(notes) > _NAMED else [])])


def _command(kind: str, properties: dict[str, str], message: str) -> str:
    """One command, escaped as the runner reads it."""
    given = ",".join(f"{name}={value.translate(_PROPERTY)}" for name, value in properties.items())
    return f"::{kind} {given}::{message[:_LONG].translate(_DATA)}"
