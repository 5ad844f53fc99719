"""What a validation found, as an object that can be shown: text for people, JSON for machines.

Counts are exact; of each (resource, code, field) only the first problems are kept, so that 300,000 bad cells are one
finding with samples.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from newspkg.problems import CATALOGUE, Problem

__all__ = ["SAMPLES", "Findings", "Report", "Unchecked", "cut", "figure"]

SAMPLES = 1000  # problems kept of each (resource, code, field)
_SHOWN = 60  # characters of a value in a message and in the text report
_RAGGED = ("missing-cell", "extra-cell")  # one problem for each cell, which a person reads as one for each record


def cut(value: object, limit: int = _SHOWN) -> str:
    """A value as a message shows it: no longer than `limit`, an ellipsis for the rest."""
    text = str(value)
    return text if len(text) <= limit else f"{text[:limit]}…"


def figure(n: int) -> str:
    """A number with its thousands apart, cut where nobody could have counted that far."""
    return cut(f"{n:,}")


@dataclass(frozen=True, slots=True)
class Unchecked:
    """Something that was not judged: `what` names it, `reason` says why and what would help."""

    what: str
    reason: str
    resource: str | None = None

    def as_dict(self) -> dict[str, str | None]:
        """The record as plain data."""
        return {"what": self.what, "resource": self.resource, "reason": self.reason}


class Findings:
    """Gathers problems while a package is judged; counts all, keeps the first `samples` of each place and code."""

    def __init__(self, samples: int = SAMPLES) -> None:
        self.samples = samples
        self.counts: dict[str, int] = {}
        self.errors = 0
        self.unchecked: list[Unchecked] = []
        self._kept: list[Problem] = []
        self._room: dict[tuple[str | None, str, str | None], int] = {}

    def add(self, found: Problem) -> None:
        """Takes one problem."""
        self.add_many(1, [found], found)

    def add_all(self, found: Iterable[Problem]) -> None:
        """Takes problems one by one, each counted in its own place."""
        for one in found:
            self.add(one)

    def add_many(self, total: int, found: Iterable[Problem], like: Problem) -> None:
        """Takes `total` problems of one resource, code and field, which are those of `like`.

        `found` may be lazy: no more is drawn from it than will be kept.
        """
        if total <= 0:
            return
        self.counts[like.code] = self.counts.get(like.code, 0) + total
        if like.severity == "error":
            self.errors += total
        place = (like.resource, like.code, like.field)
        room = self._room.get(place, self.samples)
        for one in found:
            if room <= 0:
                break
            self._kept.append(one)
            room -= 1
        self._room[place] = room

    def leave(self, what: str, reason: str, resource: str | None = None) -> None:
        """Notes that something was not judged; the same note is kept once."""
        note = Unchecked(what, reason, resource)
        if note not in self.unchecked:
            self.unchecked.append(note)

    def report(self, order: Iterable[str] = (), stats: Mapping[str, Any] | None = None) -> Report:
        """The report, problems sorted by resource in the given `order`, then by row; what has no resource first."""
        rank = {name: n for n, name in enumerate(order, 1)}

        def place(one: Problem) -> tuple[int, str, int]:
            return (0 if one.resource is None else rank.get(one.resource, len(rank) + 1), one.path or "", one.row or 0)

        counts = dict(sorted(self.counts.items()))
        return Report(not self.errors, sorted(self._kept, key=place), counts, self.unchecked, dict(stats or {}))


@dataclass
class Report:
    """`valid` is False where there is an error, however many are kept in `problems`. `counts` is {code: exact number}.
    `stats` has resources, rows and cells that were read."""

    valid: bool
    problems: list[Problem]
    counts: dict[str, int]
    unchecked: list[Unchecked]
    stats: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The report as plain data: valid, problems, counts, unchecked."""
        keys = ("code", "severity", "resource", "field", "row", "line", "value", "message")
        return {
            "valid": self.valid,
            "problems": [{key: getattr(one, key) for key in keys} for one in self.problems],
            "counts": self.counts,
            "unchecked": [one.as_dict() for one in self.unchecked],
        }

    def as_text(self, limit: int = 20) -> str:
        """The report for a person: counts, findings by file (`limit` of each code and file), what was not checked, and
        last the verdict."""
        lines: list[str] = []
        width = max((len(str(n)) for n in self.counts.values()), default=0)
        for code, n in sorted(self.counts.items(), key=lambda item: (-item[1], item[0])):
            lines.append(f"{n:>{width}}  {code}: {CATALOGUE[code].title}")
        for place, found in groupby(self.problems, key=_place):
            lines += ["", place, *_listing(list(found), limit)]
        if self.unchecked:
            lines += ["", "Not checked:"]
            lines += [f"  {f'{u.resource}: ' if u.resource else ''}{u.what}: {u.reason}" for u in self.unchecked]
        return "\n".join([*lines, "", self.verdict()]).lstrip("\n")

    def verdict(self) -> str:
        """One line: valid or invalid, what was read, what is wrong, what was not checked."""
        total, rows = sum(self.counts.values()), self.stats.get("rows")
        said = []
        if rows is not None:
            said.append(f"{_count(self.stats.get('tables', 0), 'table')}, {_count(rows, 'row')}")
        said.append(_count(total, "problem") if total else "no problems")
        if self.unchecked:
            said.append(f"{len(self.unchecked)} not checked")
        return f"{'valid' if self.valid else 'invalid'}: {'; '.join(said)}"


def _count(n: int, thing: str) -> str:
    return f"{n:,} {thing}{'' if n == 1 else 's'}"


def _place(one: Problem) -> str:
    return one.path or one.resource or "datapackage.json"


def _listing(found: list[Problem], limit: int) -> Iterator[str]:
    """One line a finding, of ragged records one line a record; the hint once a code."""
    hinted: set[str] = set()
    shown: dict[str, int] = {}
    ragged = Counter((one.code, one.row) for one in found if one.code in _RAGGED)
    told: set[tuple[str, int | None]] = set()
    for one in found:
        if (one.code, one.row) in told:
            continue
        several = ragged[one.code, one.row] > 1
        if several:
            told.add((one.code, one.row))
        shown[one.code] = shown.get(one.code, 0) + 1
        if shown[one.code] > limit:
            continue
        where = f"{_place(one)}:{one.line}" if one.line else _place(one)
        name = f" field={cut(one.field)}" if one.field and not several else ""
        value = f" value={_short(one.value)}" if one.value is not None and not several else ""
        # What follows the semicolon is of one cell; the count before it is of the record.
        message = f"{one.message.partition(';')[0]}." if several else one.message
        yield f"  {where}: {one.code}{name}{value}: {message}"
        if one.code not in hinted:
            hinted.add(one.code)
            yield f"      {CATALOGUE[one.code].hint}"
    for code, n in shown.items():
        if n > limit:
            what = (
                f"{_count(n - limit, 'more record')} with {code}" if code in _RAGGED else f"{n - limit:,} more {code}"
            )
            yield f"  {what} here; --format json lists them."


def _short(value: str) -> str:
    """A value on one line, control characters escaped, cut where it is long."""
    return repr(cut(value))
