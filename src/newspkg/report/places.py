"""What all dresses ask of a report: which file a problem stands in and what that is called from the current folder,
which problems to show first where not all can be shown, and what belongs together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote_from_bytes

from newspkg.problems import CATALOGUE, Problem, Severity
from newspkg.report.words import count, cut, quoted, visible

if TYPE_CHECKING:
    from newspkg.report.model import Finding, Report, Unchecked

__all__ = [
    "DESCRIPTOR",
    "by_file",
    "file_of",
    "foremost",
    "heading",
    "joined",
    "reasons",
    "remarks",
    "some",
    "spot",
    "subject",
    "title_of",
    "uri",
    "with_value",
]

DESCRIPTOR = "datapackage.json"


def file_of(one: Problem) -> str:
    """The file a problem stands in, as the package names it; what has no file of its own stands in the descriptor."""
    return one.path or DESCRIPTOR


def heading(one: Problem, base: str = "") -> str:
    """What a person knows the place of a problem by: its file, or else the resource, as where data are inline."""
    if one.path is None and one.resource:
        return visible(one.resource, 200)
    return visible(joined(base, file_of(one)))


def joined(base: str, path: str) -> str:
    """A path of the package as it is called from the current folder."""
    base = "" if base == "." else base.rstrip("/") + "/" if base else ""
    return f"{base}{path}"


def uri(base: str, path: str) -> str:
    """The same as a URI reference, percent-encoded: relative, or of the scheme file where the base is absolute."""
    whole = joined(base, path)
    try:
        raw = whole.encode("utf-8", "surrogateescape")  # a name that is no UTF-8 has its own bytes
    except UnicodeEncodeError:
        raw = whole.encode("utf-8", "replace")
    encoded = quote_from_bytes(raw, safe="/")
    return f"file://{encoded}" if base.startswith("/") else encoded.lstrip("/")


def spot(one: Problem, base: str = "") -> str:
    """file, file:line or file:line:column; where there are no lines, the record's number stands behind it."""
    parts = [heading(one, base), *(str(n) for n in (one.line, one.column if one.line else None) if n)]
    return ":".join(parts) + record(one, " row ")


def record(one: Problem, before: str) -> str:
    """The record of a problem by its number, and in which row group it is, where there are no lines."""
    if not one.row or one.line:
        return ""
    return f"{before}{one.row}" + (f" (row group {one.row_group})" if one.row_group is not None else "")


def subject(one: Problem | Finding) -> str:
    """The resource and the field that something is about, as far as it has them."""
    return ", ".join(visible(part, 100) for part in (one.resource, one.field) if part)


def title_of(code: str) -> str:
    """The title of a code; the code itself where the catalogue does not have it."""
    return CATALOGUE[code].title if code in CATALOGUE else visible(code, 100)


def with_value(one: Problem) -> str:
    """The message of a problem, and the text of its cell where the message does not name it."""
    said = visible(one.message, 1000).strip() or f"{title_of(one.code)}."
    where = record(one, "Row ")
    said = f"{where}: {said}" if where else said
    if not one.value:
        return said
    # A short text of a cell may be in the message by chance, as the number of a row.
    named = (one.row is None or len(one.value) > 3) and re.search(rf"(?<!\w){re.escape(one.value)}(?!\w)", said)
    return said if named else f"{said} It reads {quoted(one.value)}."


def foremost(report: Report, severity: Severity) -> Iterator[tuple[Finding, int, Problem]]:
    """The problems of a severity that are kept, each after its finding and its number among the finding's samples: the
    first of every finding before the second of any. Findings of whole files come before those of rows, and the first of
    every code before the second of any; else they are in their order."""
    seen: Counter[str] = Counter()
    rank: dict[str, tuple[bool, int]] = {}
    for finding in report.findings:
        rank[finding.id] = finding.first.row is not None, seen[finding.code]
        seen[finding.code] += 1
    pools = [
        (finding, kept)
        for finding in sorted(report.findings, key=lambda finding: rank[finding.id])
        if (kept := [(n, one) for n, one in enumerate(finding.samples) if one.severity == severity])
    ]
    turn = 0
    while pools:
        for finding, kept in pools:
            yield finding, *kept[turn]
        turn += 1
        pools = [(finding, kept) for finding, kept in pools if len(kept) > turn]


def by_file(report: Report, base: str = "") -> list[tuple[str, list[Finding]]]:
    """The findings by the heading of their first problem, headings in the order in which they come first."""
    found: dict[str, list[Finding]] = {}
    for one in report.findings:
        found.setdefault(heading(one.first, base), []).append(one)
    return list(found.items())


def reasons(notes: Iterable[Unchecked]) -> list[tuple[tuple[str, ...], list[str], str]]:
    """What was not judged as (resources, things, reason): one for each reason and what it keeps from being judged,
    however many resources or things it concerns."""
    where: dict[tuple[str, str], list[str]] = {}
    for one in notes:
        where.setdefault((one.what, one.reason), []).extend([one.resource] if one.resource else [])
    things: dict[tuple[tuple[str, ...], str], list[str]] = {}
    for (what, reason), names in where.items():
        things.setdefault((tuple(names), reason), []).append(what)
    return [(names, whats, reason) for (names, reason), whats in things.items()]


def remarks(report: Report) -> list[str]:
    """Sentences on what a baseline has set aside, and on its entries that are no longer found; none without one."""
    aside = report.aside
    if aside is None:
        return []
    file = f" in {visible(aside.name, 200)}" if aside.name else ""
    said = [f"{count(aside.known, 'problem')} known{file} and set aside."] if aside.known else []
    for one in aside.stale:
        about = ", ".join(visible(part, 100) for part in (one.resource, one.field, one.rule) if part)
        keys = f": {some(one.keys, 10)}" if one.keys else ""
        of = f"{visible(one.code, 100)}{f' of {about}' if about else ''}"
        said.append(f"{one.count:,} known{file} but no longer found: {of}{keys}. Write the baseline anew.")
    if aside.left:
        said.append(f"{aside.left:,} known{file} but not looked for, as what they are about was not judged.")
    return said


def some(names: Sequence[str], most: int) -> str:
    """The first `most` of some names, and how many more there are."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return f"{', '.join(visible(cut(name)) for name in names[:most])}{more}"
