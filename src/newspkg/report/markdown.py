"""The report as Markdown, for the summary of a job on GitHub or GitLab, or for a comment.

No more is written than a summary may hold, and what is left out is counted. Nothing of the data can become a link, a
mention or a tag: values, places and names stand in code spans, all else is escaped.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from newspkg.report.places import by_file, heading, reasons, remarks, some, title_of
from newspkg.report.words import count, cut, quoted, visible

if TYPE_CHECKING:
    from newspkg.problems import Problem
    from newspkg.report.model import Finding, Report

__all__ = ["ROOM", "as_markdown"]

ROOM = 200_000  # bytes of findings; a summary on GitHub may have 1 MiB for all the steps of a job together
_ALIKE = 20  # findings of a code in a file
_LINES = 5  # places of a finding
_CODES = 100
_NOTES = 50  # things not judged

_SIGNS = {"error": "❌", "warning": "⚠️"}
# What Markdown, HTML or a table would take for its own, at the start of a text or anywhere; what would become an
# address, a mention or a reference.
_SPECIAL = re.compile(r"^[-+=]|^\d+(?=[.)])|[\\`*_\[\]|~$&<>@#]|(?<=:)//|(?<=www)\.")
_WRITTEN = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "@&#8203;", "#": "#&#8203;", "//": "\\/\\/"}
_TAKEN = re.compile(r"(?<!\\)(?:\\\\)*\\\|")  # a backslash that a table would take for its own


def as_markdown(report: Report, base: str = "") -> str:
    """The summary: verdict, counts, findings by file, hints, what was not judged; see `dress` for `base`."""
    parts = [f"### {'✅' if report.valid else '❌'} {_text(report.verdict())}"]
    if report.counts:
        parts += ["", *_counts(report), *_findings(report, base)]
    if said := remarks(report):
        parts += ["", *(f"- {_text(line)}" for line in said)]
    if report.unchecked:
        parts += ["", *_unchecked(report)]
    return "\n".join(parts)


# --- escaping --------------------------------------------------------------------------------------------------------


def _text(text: str, limit: int = 1000) -> str:
    """The text so that it reads as it is, and becomes no link, mention or reference."""
    return _SPECIAL.sub(_escaped, visible(text, limit))


def _escaped(found: re.Match[str]) -> str:
    text = found[0]
    return f"{text}&#8203;" if text.isdigit() else _WRITTEN.get(text, f"\\{text}")


def _code(text: str) -> str:
    """The text as a code span that may stand in a table: in a fence longer than any it holds, pipes escaped."""
    shown = visible(text, 300)
    if _TAKEN.search(shown):
        shown = shown.replace("\\", "\\\\")
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    edge = " " if shown.startswith(("`", " ")) or shown.endswith(("`", " ")) or not shown else ""
    return f"{fence}{edge}{shown}{edge}{fence}".replace("|", "\\|")


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


# --- parts -----------------------------------------------------------------------------------------------------------


def _counts(report: Report) -> Iterator[str]:
    bad = {finding.code for finding in report.findings if finding.severity == "error"}
    yield from ("| | problems | code | what it means |", "|---|--:|---|---|")
    ordered = sorted(report.counts.items(), key=lambda item: (-item[1], item[0]))
    for code, n in ordered[:_CODES]:
        sign = _SIGNS["error" if code in bad else "warning"]
        yield _row([sign, f"{n:,}", _code(code), _text(title_of(code))])
    if len(ordered) > _CODES:
        yield _row(["", f"{sum(n for _, n in ordered[_CODES:]):,}", "", f"of {len(ordered) - _CODES:,} more codes"])


def _findings(report: Report, base: str) -> Iterator[str]:
    """A table for each file, as far as there is room; what is left out is counted."""
    room, left, problems = ROOM, 0, 0
    hinted: set[str] = set()
    for place, found in by_file(report, base):
        rows, told, alike = [], [], Counter[str]()
        for finding in found:
            alike[finding.code] += 1
            row = _finding(finding)
            if alike[finding.code] > _ALIKE or len(row.encode()) > room:
                left, problems = left + 1, problems + finding.count
                continue
            rows.append(row)
            room -= len(row.encode())
            if finding.hint and finding.code not in hinted:
                hinted.add(finding.code)
                told.append(f"- {_code(finding.code)}: {_text(finding.hint)}")
        if rows:
            head = ["| | line | code | field | times | what is wrong | worst values |", "|---|--:|---|---|--:|---|---|"]
            yield from ("", f"#### {_code(place)}", "", *head, *rows)
            yield from ("", *told) if told else ()
    if left:
        yield from ("", f"Not all is here: {count(left, 'more finding')} with {count(problems, 'problem')}.")


def _finding(finding: Finding) -> str:
    lines = [_line(one) for one in finding.samples[:_LINES] if one.line or one.row]
    if lines and finding.count > len(lines):
        lines.append("…")
    values = []
    if any(value for value, _ in finding.values):
        values = [_code(quoted(value)) + (f" ×{n:,}" if n > 1 else "") for value, n in finding.values]
        values += ["…"] * (finding.distinct > len(finding.values))
    more = f" in {_code(heading(finding.first))}" if len({one.path for one in finding.samples}) > 1 else ""
    return _row(
        [
            _SIGNS[finding.severity],
            ", ".join(dict.fromkeys(lines)),
            _code(finding.code),
            _code(cut(finding.field)) if finding.field else "",
            f"{finding.count:,}",
            _text(finding.message, 500) + more,
            ", ".join(values),
        ]
    )


def _line(one: Problem) -> str:
    if one.line:
        return f"{one.line}:{one.column}" if one.column else f"{one.line}"
    return f"row {one.row}"


def _unchecked(report: Report) -> Iterator[str]:
    yield from ("#### Not checked", "")
    notes = reasons(report.unchecked)
    for names, things, reason in notes[:_NOTES]:
        place = f"{some(names, 5)}: " if names else ""
        yield f"- {_text(f'{place}{some(things, 20)}: {reason}')}"
    if len(notes) > _NOTES:
        yield f"- and {len(notes) - _NOTES:,} more"
