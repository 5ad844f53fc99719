"""The report as SARIF 2.1.0, the form in which code scanning takes what a tool found.

Each problem that is kept is a result, at its line and column. `partialFingerprints` come from the ids of the problems,
which no row number is in, so an alert stays the same when rows come and go. What GitHub would not take is left out and
said in a notification: more than 25,000 results, or more than fit in 10 MB of gzip; the most useful come first, as it
shows no more than 5,000. What was not judged is a notification as well.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from newspkg import __version__
from newspkg.problems import CATALOGUE, Problem
from newspkg.report.places import DESCRIPTOR, file_of, foremost, reasons, remarks, some, title_of, uri, with_value
from newspkg.report.words import count, visible

if TYPE_CHECKING:
    from newspkg.report.model import Finding, Report

__all__ = ["RESULTS", "ROOM", "as_sarif"]

RESULTS = 25_000  # results that GitHub takes of a run
ROOM = 9_000_000  # bytes of gzip that results may fill; GitHub takes 10 MB
_NOTES = 500  # things not judged that are told one by one
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"  # GitHub's word for the root of the repository

_UNCHECKED = "unchecked"
_LEFT_OUT = "left-out"
_BASELINE = "baseline"
_NOTIFICATIONS = {
    _UNCHECKED: "Something was not judged, so it does not count as valid.",
    _LEFT_OUT: "There are more problems than results in this file.",
    _BASELINE: "Known problems were set aside.",
}


def as_sarif(report: Report, base: str = "") -> str:
    """The log with its one run, as JSON with a line for each result; see `dress` for `base`."""
    from newspkg.report.model import problem_ids

    codes = {code: n for n, code in enumerate(dict.fromkeys(finding.code for finding in report.findings))}
    ids: dict[str, list[str]] = {}

    def results() -> Iterator[str]:
        for severity in ("error", "warning"):
            for finding, n, one in foremost(report, severity):
                own = ids.get(finding.id) or ids.setdefault(finding.id, problem_ids(finding.samples))
                yield _packed(_result(finding, one, own[n], codes[one.code], base))

    lines = _fitting(results())
    known = (_note(_BASELINE, line) for line in remarks(report))
    notes = [*_left_out(report, len(lines)), *known, *_unchecked(report, base)]
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "newspkg",
                "fullName": "newspkg: a validator of data packages",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [_rule(code) for code in codes],
                "notifications": [{"id": name, "shortDescription": _text(t)} for name, t in _NOTIFICATIONS.items()],
            }
        },
        "automationDetails": {"id": f"newspkg/{uri('', base).strip('/')}/".replace("//", "/")},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": _text("The folder that the command ran in.")}},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notes}],
        "properties": {"valid": report.valid, "errors": report.errors, "warnings": report.warnings},
        "results": [],
    }
    log = json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)
    before, empty, after = log.rpartition('"results": []')
    if not lines:
        return log
    return f"{before}{empty[:-1]}\n" + ",\n".join(f"        {line}" for line in lines) + f"\n      ]{after}"


def _packed(given: Any) -> str:
    return json.dumps(given, ensure_ascii=False, separators=(",", ":"))


def _fitting(results: Iterable[str]) -> list[str]:
    """The first results, as many as GitHub takes."""
    packer, size = zlib.compressobj(), 0
    found: list[str] = []
    for line in results:
        if len(found) == RESULTS or size > ROOM:
            break
        size += len(packer.compress(line.encode()))
        found.append(line)
        if len(found) % 256 == 0:
            size += len(packer.flush(zlib.Z_SYNC_FLUSH))
    return found


# --- messages --------------------------------------------------------------------------------------------------------


def _plain(text: str) -> str:
    """A text in which nothing is a placeholder or a link, as messages of SARIF may hold both."""
    return text.replace("{", "{{").replace("}", "}}").replace("](", "\\](")


def _text(text: str) -> dict[str, str]:
    return {"text": _plain(text)}


# --- rules -----------------------------------------------------------------------------------------------------------


def _rule(code: str) -> dict[str, Any]:
    """What the catalogue says of a code."""
    entry = CATALOGUE.get(code)
    title = title_of(code)
    severity = entry.severity if entry else "error"
    told = entry.description if entry else title
    hint = entry.hint if entry else ""
    return {
        "id": visible(code, 200),
        "name": "".join(part.capitalize() for part in visible(code, 200).split("-")),
        "shortDescription": _text(title),
        "fullDescription": _text(told),
        "help": {
            "text": _plain(f"{told}\n\nWhat to do: {hint}" if hint else told),
            "markdown": _plain(f"{told}\n\n**What to do:** {hint}" if hint else told),
        },
        "defaultConfiguration": {"level": severity},
        "properties": {"tags": ["data"], "precision": "very-high", "problem.severity": severity},
    }


# --- results ---------------------------------------------------------------------------------------------------------


def _result(finding: Finding, one: Problem, own: str, index: int, base: str) -> dict[str, Any]:
    location: dict[str, Any] = {"physicalLocation": _physical(one, base)}
    if logical := _logical(one):
        location["logicalLocations"] = logical
    known = {"rule": one.rule, "value": one.value}
    more = {key: visible(text, 200) for key, text in known.items() if text is not None}
    return {
        "ruleId": visible(one.code, 200),
        "ruleIndex": index,
        "level": one.severity,
        "message": _text(with_value(one)),
        "locations": [location],
        # GitHub looks at the first of the two alone.
        "partialFingerprints": {"primaryLocationLineHash": own, "newspkg/v1": own},
        "properties": {"finding": finding.id, "count": finding.count, **({"row": one.row} if one.row else {}), **more},
    }


def _artifact(path: str, base: str) -> dict[str, str]:
    where = uri(base, path)
    return {"uri": where} if where.startswith("file:") else {"uri": where, "uriBaseId": _ROOT}


def _physical(one: Problem, base: str) -> dict[str, Any]:
    found: dict[str, Any] = {"artifactLocation": _artifact(file_of(one), base)}
    if one.line and one.line > 0:
        found["region"] = {"startLine": one.line}
        if one.column and one.column > 0:
            found["region"]["startColumn"] = one.column
    return found


def _logical(one: Problem) -> list[dict[str, str]]:
    """The resource and the field, or the JSON pointer in the descriptor."""
    if not one.resource and not one.field:
        return []
    table, field = (visible(part or "", 200) for part in (one.resource, one.field))
    if not field:
        return [{"name": table, "fullyQualifiedName": table, "kind": "resource"}]
    if field.startswith("/"):
        return [{"name": field.rpartition("/")[2] or field, "fullyQualifiedName": field, "kind": "property"}]
    return [{"name": field, "fullyQualifiedName": f"{table}/{field}" if table else field, "kind": "member"}]


# --- notifications ---------------------------------------------------------------------------------------------------


def _note(kind: str, text: str, **more: Any) -> dict[str, Any]:
    index = list(_NOTIFICATIONS).index(kind)
    return {"descriptor": {"id": kind, "index": index}, "level": "warning", "message": _text(text), **more}


def _left_out(report: Report, shown: int) -> Iterator[dict[str, Any]]:
    total = report.errors + report.warnings
    if shown < total:
        yield _note(
            _LEFT_OUT,
            f"{shown:,} of {count(total, 'problem')} are results of this file: {count(report.errors, 'error')} and "
            f"{count(report.warnings, 'warning')} were found. The property count of a result says how many there are "
            "of its finding.",
        )


def _unchecked(report: Report, base: str) -> Iterator[dict[str, Any]]:
    notes = reasons(report.unchecked)
    for names, things, reason in notes[:_NOTES]:
        place = f"{some(names, 5)}: " if names else ""
        where = [{"physicalLocation": {"artifactLocation": _artifact(DESCRIPTOR, base)}}]
        yield _note(_UNCHECKED, f"Not checked: {place}{some(things, 20)}: {visible(reason, 500)}.", locations=where)
    if len(notes) > _NOTES:
        yield _note(_UNCHECKED, f"Not checked: {len(notes) - _NOTES:,} more.")
