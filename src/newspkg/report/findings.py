"""Gathering problems while a package is judged: all are counted, few are kept.

A finding is all problems of one (resource, code, rule, field). Its count is exact, however many of its problems are
kept as samples; the texts of the bad cells are counted too (see `tally`). 300,000 bad cells are one finding.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

from newspkg.problems import CATALOGUE, Problem
from newspkg.report.model import VALUES, Finding, Report, Unchecked, finding_id
from newspkg.report.tally import Tally

__all__ = ["SAMPLES", "Findings", "Grade", "Key"]

SAMPLES = 1000  # problems kept of each finding
_HEADER = frozenset(
    ("blank-header", "blank-label", "duplicate-label", "missing-label", "extra-label", "incorrect-label")
)  # codes of problems that have a row, but stand in no record

Key = tuple[str | None, str, str | None, str | None]  # resource, code, rule, field
Grade = Literal["error", "warning", "ignore"]
Place = Callable[[Problem], tuple[object, ...]]


def _key(one: Problem) -> Key:
    return one.resource, one.code, one.rule, one.field


class _Group:
    """The problems of one finding: how many, how many of them errors, those kept, and the texts of their cells.
    `told` is how many problems were asked for their text. Where all are followed, `rows` has the record number of each,
    doubled, and one more if it is an error, and `loose` has (value, whether it is an error) of those without a row."""

    __slots__ = ("count", "errors", "kept", "like", "loose", "rows", "tally", "told")

    def __init__(self, like: Problem) -> None:
        self.like = like
        self.count = self.errors = self.told = 0
        self.kept: list[Problem] = []
        self.tally = Tally()
        self.rows = array("q")
        self.loose: list[tuple[str | None, bool]] = []

    def finding(self) -> Finding:
        """What the group comes to; its samples are in the order in which they are kept."""
        samples = tuple(self.kept)
        resource, code, rule, field = _key(self.like)
        entry = CATALOGUE.get(code)
        return Finding(
            id=finding_id(self.like),
            code=code,
            rule=rule,
            severity="error" if self.errors else "warning",
            resource=resource,
            field=field,
            count=self.count,
            values=self.tally.top(VALUES),
            values_complete=self.tally.exact and self.told == self.count,
            distinct=self.tally.distinct,
            message=samples[0].message if samples else self.like.message,
            hint=entry.hint if entry else "",
            samples=samples,
            first=samples[0] if samples else self.like,
        )


class Findings:
    """Gathers problems; counts all, keeps the first `samples` of each finding, with None every one.

    With `known`, which is {key of a finding: how many of its problems may be set aside}, as many more are kept of it,
    and the row of each problem is remembered (8 bytes each): `set_aside` can then take out any of them.
    """

    def __init__(self, samples: int | None = SAMPLES, *, known: Mapping[Key, int] | None = None) -> None:
        if samples is not None and samples < 0:
            raise ValueError(f"samples must be None or not below 0, not {samples}")
        self._limit, self._known = samples, known
        # The most that is kept of any finding, for those who make problems as they are asked for.
        self.samples = samples if samples is None or not known else samples + max(known.values())
        self.unchecked: list[Unchecked] = []
        self._groups: dict[Key, _Group] = {}

    def fresh(self) -> Findings:
        """An empty one of the same kind, whose findings may be merged into this or be dropped."""
        return Findings(self._limit, known=self._known)

    @property
    def errors(self) -> int:
        """How many errors there are so far."""
        return sum(group.errors for group in self._groups.values())

    @property
    def counts(self) -> dict[str, int]:
        """How many problems of each code there are so far, by code."""
        found: dict[str, int] = {}
        for (_, code, _, _), group in self._groups.items():
            found[code] = found.get(code, 0) + group.count
        return dict(sorted(found.items()))

    def add(self, found: Problem) -> None:
        """Takes one problem."""
        group = self._group(found)
        group.count += 1
        group.errors += found.severity == "error"
        if self._known is not None:
            row = _record(found)
            if row is None:
                group.loose.append((found.value, found.severity == "error"))
            else:
                group.rows.append(2 * row + (found.severity == "error"))
        if self._room(group):
            group.kept.append(found)
        _tell(group, found)

    def add_all(self, found: Iterable[Problem]) -> None:
        """Takes problems one by one, each counted in its own place."""
        for one in found:
            self.add(one)

    def add_many(
        self,
        total: int,
        found: Iterable[Problem],
        like: Problem,
        values: Mapping[str, int] | None = None,
        rows: Iterable[int] = (),
    ) -> None:
        """Takes `total` problems of one finding and severity, which are those of `like`.

        `found` may be lazy: no more is drawn from it than will be kept. `values` says how often each text stands in
        the cells of all of them; without it, only the texts of the problems that are drawn are known. `rows` are the
        record numbers of all of them, and are drawn only where each problem is followed.
        """
        if total <= 0:
            return
        group = self._group(like)
        if self._known is not None:
            error = like.severity == "error"
            group.rows.extend(2 * row + error for row in rows)
        group.count += total
        group.errors += total if like.severity == "error" else 0
        if values is not None:
            group.tally.add_all(values)
            group.told += total
        if not self._room(group):
            return
        for one in found:
            group.kept.append(one)
            if values is None:
                _tell(group, one)
            if not self._room(group):
                break

    def leave(self, what: str, reason: str, resource: str | None = None) -> None:
        """Notes that something was not judged; the same note is kept once."""
        note = Unchecked(what, reason, resource)
        if note not in self.unchecked:
            self.unchecked.append(note)

    def merge(self, other: Findings) -> None:
        """Takes all that another has gathered, as of a table that was judged apart.

        Where there is room for some samples only, those of the earliest rows stay: the order of merging is no matter.
        """
        for group in other._groups.values():
            own = self._group(group.like)
            own.count += group.count
            own.errors += group.errors
            own.told += group.told
            own.tally.merge(group.tally)
            own.like = min(own.like, group.like, key=_within)
            own.kept = sorted([*own.kept, *group.kept], key=_within)[: self._most(group)]
            own.rows.extend(group.rows)
            own.loose += group.loose
        for note in other.unchecked:
            self.leave(note.what, note.reason, note.resource)

    # --- what a package or a person has to say of findings

    def regrade(self, grade: Callable[[Key, int], Grade | None]) -> None:
        """Gives each finding the severity that `grade` has for it, by its key and how many problems it has: with
        "ignore" it is taken out, with None it stays as it is."""
        for key, group in list(self._groups.items()):
            given = grade(key, group.count)
            if given == "ignore":
                del self._groups[key]
            elif given is not None:
                error = given == "error"
                group.errors = group.count if error else 0
                group.kept = [replace(one, severity=given) for one in group.kept]
                group.like = replace(group.like, severity=given)
                group.rows = array("q", (row >> 1 << 1 | error for row in group.rows))
                group.loose = [(value, error) for value, _ in group.loose]

    def only(self, resources: Iterable[str]) -> None:
        """Drops what is about other resources than these; what is about none stays."""
        wanted = {None, *resources}
        self._groups = {key: group for key, group in self._groups.items() if key[0] in wanted}
        self.unchecked = [note for note in self.unchecked if note.resource in wanted]

    def followed(self) -> Iterator[tuple[Key, array[int], list[tuple[str | None, bool]]]]:
        """Of each finding its key, the rows of its problems in order, and the values of those without a row: as far as
        they are followed. A row is doubled, and one more where the problem is an error."""
        for key, group in self._groups.items():
            group.rows = array("q", sorted(group.rows))
            yield key, group.rows, group.loose

    def set_aside(self, key: Key, rows: Mapping[int, int], loose: Mapping[str | None, int], errors: int) -> None:
        """Takes problems out of a finding: how many in each row (as `followed` has it), and how many without a row of
        each value; `errors` of them are errors."""
        group = self._groups[key]
        gone = sum(rows.values()) + sum(loose.values())
        left: list[Problem] = []
        due: Counter[object] = Counter()
        for doubled, n in rows.items():
            due[doubled >> 1] += n
        due.update({(value,): n for value, n in loose.items()})
        for one in sorted(group.kept, key=_within):
            row = _record(one)
            at: object = (one.value,) if row is None else row
            if due[at] > 0:
                due[at] -= 1
                if one.value is not None:
                    group.tally.remove(one.value)
            else:
                left.append(one)
        group.count -= gone
        group.errors -= errors
        group.told = max(0, group.told - gone)
        if not group.count:
            del self._groups[key]
            return
        group.kept = left[: self._limit]
        group.like = left[0] if left else group.like
        if len(left) == group.count or due.total():  # of those that were not kept it is not known what they said
            group.tally, group.told = Tally(), 0
            for one in left:
                _tell(group, one)

    def settle(self) -> None:
        """Ends the comparison with what is known: of each finding no more is kept than of any."""
        for group in self._groups.values():
            group.kept = sorted(group.kept, key=_within)[: self._limit]
        self.samples, self._known = self._limit, None

    def relocate(self, place: Callable[[list[Problem]], list[Problem]]) -> None:
        """Replaces the problems that are kept by what `place` makes of them, to fill in lines and columns.

        `place` gets all of them in one list and gives as many back in the same order, each still of its finding.
        Raises ValueError where it does not.
        """
        groups = [group for group in self._groups.values() if group.kept]
        before = [one for group in groups for one in group.kept]
        after = place(before)
        if len(after) != len(before) or any(_key(a) != _key(b) for a, b in zip(after, before, strict=False)):
            raise ValueError("place must give back each problem, in the same order and of the same finding")
        start = 0
        for group in groups:
            group.kept = after[start : start + len(group.kept)]
            start += len(group.kept)

    def report(self, order: Iterable[str] = (), stats: Mapping[str, Any] | None = None) -> Report:
        """The report. Problems and findings are sorted by resource in the given `order` (what has none comes first,
        what is not in it last), by file, row and column, those of one place by code, rule and field, those without a
        row as they came. `stats` is passed on as it is; see `Report`."""
        given = dict(stats or {})
        rank = {name: n for n, name in enumerate(order, 1)}
        came = {key: n for n, key in enumerate(self._groups)}
        parts = _parts(given)

        def place(one: Problem) -> tuple[object, ...]:
            own = 0 if one.resource is None else rank.get(one.resource, len(rank) + 1)
            part = parts.get((one.resource, one.path), -1)
            # The order in which tables are read, in chunks of whatever size, must not show.
            which = (came[_key(one)],) if one.row is None else (0, one.code, one.rule or "", one.field or "")
            return own, one.resource or "", part, *_spot(one), *which, *_said(one)

        problems = sorted((one for group in self._groups.values() for one in group.kept), key=place)
        for group in self._groups.values():
            group.kept = []
        for one in problems:
            self._groups[_key(one)].kept.append(one)
        findings = sorted((group.finding() for group in self._groups.values()), key=lambda f: place(f.first))
        errors, counts = self.errors, self.counts
        return Report(
            valid=not errors,
            problems=problems,
            counts=counts,
            unchecked=list(self.unchecked),
            stats=given,
            findings=findings,
            errors=errors,
            warnings=sum(counts.values()) - errors,
        )

    def _group(self, like: Problem) -> _Group:
        key = _key(like)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = _Group(like)
        return group

    def _most(self, group: _Group) -> int | None:
        if self._limit is None or not self._known:
            return self._limit
        return self._limit + self._known.get(_key(group.like), 0)

    def _room(self, group: _Group) -> bool:
        most = self._most(group)
        return most is None or len(group.kept) < most


def _tell(group: _Group, one: Problem) -> None:
    group.told += 1
    if one.value is not None:
        group.tally.add(one.value)


def _record(one: Problem) -> int | None:
    """The record a problem stands in, if it stands in one."""
    return None if one.code in _HEADER else one.row


def _spot(one: Problem) -> tuple[str, int, int, int]:
    return one.path or "", one.row or 0, one.column or 0, one.position or 0


def _within(one: Problem) -> tuple[object, ...]:
    """The place of a problem in its finding; no order of arrival shows in it."""
    return *_spot(one), *_said(one)


def _said(one: Problem) -> tuple[str, bool, str]:
    """What tells problems of one finding and place apart; no value is not the same as an empty one."""
    return one.value or "", one.value is not None, one.message


def _parts(stats: Mapping[str, Any]) -> dict[tuple[str | None, str | None], int]:
    """The place of each file among those of its resource, where a table lies in several."""
    resources = stats.get("resources")
    found: dict[tuple[str | None, str | None], int] = {}
    for name, known in (resources or {}).items():
        paths = known.get("path")
        if isinstance(paths, (list, tuple)):
            found.update({(name, path): n for n, path in enumerate(paths)})
    return found
