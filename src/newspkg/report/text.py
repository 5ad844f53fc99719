"""The report for a person: counts, then file by file one line a finding and what its cells hold, last the verdict."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING

from newspkg.problems import CATALOGUE, Problem
from newspkg.report.places import by_file, heading, reasons, remarks, some, spot
from newspkg.report.words import count, cut, quoted, visible

if TYPE_CHECKING:
    from newspkg.report.model import Finding, Report

__all__ = ["as_text"]

_WIDTH = 110  # columns, beyond which a line goes on in the next
_INDENT = "      "
_LONG = 500  # characters of a message
_SHORT = 10  # places that are listed with a sentence each where there are more than fit
_RAGGED = ("missing-cell", "extra-cell")  # one problem for each cell, which a person reads as one for each record


_STYLES = {"bold": "1", "dim": "2", "error": "1;31", "warning": "1;33", "valid": "1;32"}  # as a terminal is told


@dataclass
class _Page:
    """How to write, and what has been written so far: which hints, and whether places were left out."""

    limit: int
    colour: bool = False
    base: str = ""
    hinted: set[str] = field(default_factory=set)
    short: bool = False

    def painted(self, text: str, style: str) -> str:
        """The text in a style, line by line, or as it is where there is no colour."""
        if not self.colour:
            return text
        return re.sub(r"(?m)(\S.*\S|\S)", lambda found: f"\x1b[{_STYLES[style]}m{found[0]}\x1b[0m", text)

    def at(self, one: Problem) -> str:
        """file, file:line or file:line:column; where there are no lines, the record's number."""
        return spot(one, self.base)


def as_text(report: Report, limit: int, colour: bool = False, base: str = "") -> str:
    """The text; see `Report.as_text`."""
    page = _Page(limit, colour, base)
    lines = list(_counts(report, page))
    for place, found in by_file(report, base):
        lines += ["", *_of_file(place, found, page)]
    if page.short:
        all_kept = all(f.count == len(f.samples) for f in report.findings)
        said = f"Not every place is shown here; --format json{'' if all_kept else ' --limit 0'} lists them all."
        lines += ["", page.painted(said, "dim")]
    if known := remarks(report):
        lines += ["", page.painted("Baseline:", "bold"), *(_wrapped(line, "  ", _INDENT) for line in known)]
    if report.unchecked:
        lines += ["", page.painted("Not checked:", "bold"), *_unchecked(report)]
    text = "\n".join([*lines, "", _verdict(report, page)]).lstrip("\n")
    # A line that begins with two colons is a command to GitHub, and what stands here is anybody's.
    return re.sub("(?m)^( *)::", r"\1\\x3a:", text)


def _verdict(report: Report, page: _Page) -> str:
    word = "valid" if report.valid else "invalid"
    return page.painted(word, "valid" if report.valid else "error") + report.verdict().removeprefix(word)


def _counts(report: Report, page: _Page) -> Iterator[str]:
    width = max((len(f"{n:,}") for n in report.counts.values()), default=0)
    bad = {finding.code for finding in report.findings if finding.severity == "error"}
    for code, n in sorted(report.counts.items(), key=lambda item: (-item[1], item[0])):
        title = CATALOGUE[code].title if code in CATALOGUE else ""
        name = page.painted(visible(code), "error" if code in bad else "warning")
        yield f"{n:>{width},}  {name}{f': {title}' if title else ''}"


def _of_file(place: str, found: list[Finding], page: _Page) -> Iterator[str]:
    yield page.painted(place, "bold")
    ragged = {code: [f for f in found if f.code == code] for code in _RAGGED}
    shown: Counter[str] = Counter()
    for one in found:
        if one.code in _RAGGED:
            if one is not ragged[one.code][0]:
                continue
            yield from _records(one.code, ragged[one.code], page)
        else:
            shown[one.code] += 1
            if shown[one.code] > page.limit:
                continue
            yield from _finding(one, page)
        if one.code not in page.hinted and one.hint:
            page.hinted.add(one.code)
            yield page.painted(_wrapped(f"hint: {one.hint}", _INDENT), "dim")
    for code, n in shown.items():
        if n > page.limit:
            more = sum(f.count for f in [f for f in found if f.code == code][page.limit :])
            yield f"  {more:,} more {code} here, {count(n - page.limit, 'finding')}; --format json lists them."


# --- one finding -----------------------------------------------------------------------------------------------------


def _finding(one: Finding, page: _Page) -> Iterator[str]:
    """A line for the finding, then what its cells hold: by their texts where one sentence is true of all of them, else
    by place."""
    if one.count == 1:
        yield _sentence(page, one, one.first, "", one.message)
        return
    shared, rests = _split(one)
    if rests is not None:
        yield _sentence(page, one, replace(one.first, value=None), f" ({one.count:,} times)", shared)
        yield from _values(one, rests)
        yield from _lines(one, page)
        return
    yield _sentence(page, one, one.first, f" (1 of {one.count:,})", one.message)
    room = page.limit if one.count <= page.limit else min(page.limit, _SHORT)
    for other in one.samples[1:room]:
        value = f" value={quoted(other.value)}" if other.value is not None else ""
        yield _wrapped(f"{page.at(other)}{value}: {other.message}", _INDENT)
    more = one.count - max(1, min(room, len(one.samples)))
    if more:
        page.short = True
        yield f"{_INDENT}and {more:,} more"


def _sentence(page: _Page, finding: Finding, one: Problem, times: str, message: str) -> str:
    """The line of a finding, with the place, field and value of one of its problems: one line, however long it is, so
    that it can be searched for and an editor can follow it."""
    name = f" field={cut(one.field)}" if one.field else ""
    value = f" value={quoted(one.value)}" if one.value is not None else ""
    mild = " (warning)" if finding.severity == "warning" else ""
    code = page.painted(visible(f"{one.code}{mild}"), finding.severity)
    return f"  {page.at(one)}: {code}{visible(f'{name}{value}{times}: {cut(message, _LONG)}')}"


def _split(one: Finding) -> tuple[str, dict[str, str] | None]:
    """The sentences that all samples begin with, and what is said beyond them of each text; None where that differs
    for one text, or where they have no sentence in common."""
    if len({sample.message for sample in one.samples}) <= 1:
        return one.message, {}
    said = [(sample.value, re.split(r"(?<=\.) ", sample.message)) for sample in one.samples]
    shared = said[0][1]
    for _, sentences in said[1:]:
        same = [a == b for a, b in zip(shared, sentences, strict=False)]
        shared = shared[: same.index(False) if False in same else len(same)]
    rests: dict[str | None, str] = {}
    for value, sentences in said:
        rest = " ".join(sentences[len(shared) :])
        if rests.setdefault(value, rest) != rest or (rest and value is None):
            return "", None
    return " ".join(shared), {v: r for v, r in rests.items() if v is not None and r} if shared else None


def _values(one: Finding, rests: dict[str, str]) -> Iterator[str]:
    """The most frequent texts with their counts; those of which there is more to say have a line of their own."""
    if not any(value for value, _ in one.values):
        return
    many = any(n > 1 for _, n in one.values)
    plain = [f"{quoted(v)} ({n:,})" if many else quoted(v) for v, n in one.values if v not in rests]
    name = "missing keys" if one.code == "foreign-key" else "values"
    more = "" if one.values_complete else " or more"
    name += f", {len(one.values)} of {one.distinct:,}{more}" if one.distinct > len(one.values) else ""
    name += ", each at least as often" if many and not one.values_complete else ""
    if plain:
        yield _listed(f"{name}: ", plain)
    else:
        yield f"{_INDENT}{name}:"
    counted = dict(one.values)
    ordered = [v for v in counted if v in rests] + [v for v in rests if v not in counted]
    for value in ordered[:_SHORT]:
        times = f" ({counted[value]:,})" if many and value in counted else ""
        yield _wrapped(f"{quoted(value)}{times}: {rests[value]}", _INDENT + "  ")
    if len(ordered) > _SHORT:
        yield f"{_INDENT}  and {len(ordered) - _SHORT:,} more of which there is something to say"


def _lines(one: Finding, page: _Page) -> Iterator[str]:
    """Where the samples are: lines of the file, or rows where it has no lines; neighbours as one range."""
    files = {heading(sample) for sample in one.samples}
    unit = "lines" if all(sample.line for sample in one.samples) else "rows"
    ranges: list[list[int]] = []
    where: list[str] = []
    for sample in one.samples:
        n = sample.line if unit == "lines" else sample.row
        if n is None:
            return
        if where and where[-1] == heading(sample) and ranges[-1][1] in (n, n - 1):
            ranges[-1][1] = n
            ranges[-1][2] += 1
        else:
            ranges.append([n, n, 1])
            where.append(heading(sample))
    shown = ranges[: page.limit]
    pieces = [
        f"{f'{file}:' if len(files) > 1 else ''}{a if a == b else f'{a}-{b}'}"
        for (a, b, _), file in zip(shown, where, strict=False)
    ]
    more = one.count - sum(n for _, _, n in shown)
    if pieces:
        page.short = page.short or more > 0
        yield _listed(f"{unit}: ", pieces, f" and {more:,} more" if more else "")


# --- records with too few or too many cells --------------------------------------------------------------------------


def _records(code: str, found: list[Finding], page: _Page) -> Iterator[str]:
    """One line a record, however many cells it lacks or has too many."""
    cells = sorted((s for f in found for s in f.samples), key=lambda s: (s.row or 0, s.line or 0))
    records = [list(group) for _, group in groupby(cells, key=lambda s: (s.path, s.row))]
    for record in records[: page.limit]:
        one = record[0]
        if len(record) > 1:  # what follows the semicolon is of one cell; the count before it is of the record
            one = replace(one, field=None, value=None, message=f"{one.message.partition(';')[0]}.")
        yield _sentence(page, found[0], one, "", one.message)
    total = sum(f.count for f in found)
    more = len(records) - page.limit
    if total > len(cells):  # how many records these are is known for those alone that were kept
        left = total - sum(map(len, records[: page.limit]))
        yield f"  {left:,} more {code} in other records here; --format json lists them."
    elif more > 0:
        yield f"  {count(more, 'more record')} with {code} here; --format json lists them."


# --- what was not checked --------------------------------------------------------------------------------------------


def _unchecked(report: Report) -> Iterator[str]:
    for resources, things, reason in reasons(report.unchecked):
        place = f"{some(resources, 5)}: " if resources else ""
        yield _wrapped(f"{place}{some(things, 20)}: {reason}", "  ", _INDENT)


# --- lines -----------------------------------------------------------------------------------------------------------


def _wrapped(text: str, indent: str, further: str = "") -> str:
    """The text in lines of the width; words longer than that are left whole."""
    return textwrap.fill(
        visible(text),
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=further or indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _listed(name: str, pieces: list[str], end: str = "") -> str:
    """Pieces after a name, with commas, none of them broken; further lines stand under the first piece."""
    lines, line = [], f"{_INDENT}{name}{pieces[0]}"
    for piece in pieces[1:]:
        if len(line) + len(piece) + 2 > _WIDTH:
            lines.append(f"{line},")
            line = f"{_INDENT}{' ' * len(name)}{piece}"
        else:
            line += f", {piece}"
    return "\n".join([*lines, f"{line}{end}"])
