"""Known problems that are accepted, so that only new ones count.

An entry is what a finding is about (resource, code, rule, field) and where one of its problems stands: the primary key
of the record, or a hash of the record's cells where it has none. No row number is in it, so that it holds when rows are
sorted anew, come or go. What is said of several records, such as a value that stands twice, is known by what they have
in common, and a problem of a file, a header or the descriptor by the value that it tells of.

Entries are counted: as many problems of one place are known as it says, one more is new. All problems are compared, not
only those that a report keeps: of each the row is remembered while tables are read, and the keys of these rows are read
afterwards, in one pass over each table that has any.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newspkg.problems import CannotRun, UsageError
from newspkg.report import Findings, cut
from newspkg.report.aside import Aside, Stale
from newspkg.report.findings import Key
from newspkg.validate.properties import open_plain, why_not

if TYPE_CHECKING:
    import polars as pl

    from newspkg.validate.records import Chunk
    from newspkg.validate.table import Table

__all__ = ["VERSION", "Baseline", "compare", "write"]

VERSION = 1
_NAME = "newspkg-baseline"
_FEW = 20_000  # records of delimited text that are read one by one
_SHOWN = 10  # stale entries of a finding that are named
_PARTS = ("resource", "code", "rule", "field")

# Where a problem stands, as text that is equal where it is the same place: a JSON array is a key, "#..." the
# hash of a record, a JSON text the value of a problem in no record, and "" is all that is known.
Spot = str


class Baseline:
    """Known problems: for each finding, how many at each place."""

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.known: dict[Key, dict[Spot, int]] = {}

    @property
    def total(self) -> int:
        """How many problems are known."""
        return sum(sum(spots.values()) for spots in self.known.values())

    @property
    def sizes(self) -> dict[Key, int]:
        """How many problems of each finding are known."""
        return {key: sum(spots.values()) for key, spots in self.known.items()}

    def add(self, key: Key, spot: Spot, count: int = 1) -> None:
        """Takes problems in."""
        spots = self.known.setdefault(key, {})
        spots[spot] = spots.get(spot, 0) + count

    # --- the file

    @classmethod
    def read(cls, path: Path) -> Baseline:
        """The baseline in a file. Raises UsageError where there is none, CannotRun where it cannot be used."""
        try:
            if not path.exists():
                raise UsageError(f"{path}: there is no such baseline; --write-baseline {path} writes one.")
            with open_plain(path) as file:
                raw = file.read()
        except OSError as error:
            raise CannotRun(f"{path}: the baseline cannot be read ({error.strerror}).") from error
        found = cls(path.name)
        try:
            why = found._take(json.loads(raw))
        except (ValueError, RecursionError) as error:
            why = f"is damaged: {why_not(error)}"
        if why is not None:
            raise CannotRun(f"{path}: the baseline {why}. Take it from version control, or write it anew.")
        return found

    def _take(self, given: Any) -> str | None:
        """Takes in what a file holds; what is wrong with it, or None."""
        if not isinstance(given, dict) or _NAME not in given:
            return f"is none: it has no property {_NAME!r}"
        if given[_NAME] != VERSION:
            return f"is of version {cut(given[_NAME])}; this program knows {VERSION}"
        listed = given.get("findings")
        if not isinstance(listed, list):
            return "has no list 'findings'"
        for n, one in enumerate(listed):
            at = f"is damaged at /findings/{n}"
            if not isinstance(one, dict) or not isinstance(one.get("code"), str):
                return f"{at}: there is no code"
            parts = [one.get(name) for name in _PARTS]
            if not all(part is None or isinstance(part, str) for part in parts):
                return f"{at}: resource, rule and field must be texts"
            key: Key = (parts[0], one["code"], parts[2], parts[3])
            known = one.get("known")
            if not isinstance(known, list):
                return f"{at}: it has no list 'known'"
            for k, entry in enumerate(known):
                spot = _spot(entry)
                if spot is None:
                    return f"{at}/known/{k}: it must have a count from 1, and a key, a record, a value or none of them"
                self.add(key, spot, entry["count"])
        return None

    def text(self) -> str:
        """The file: one line for each entry, sorted, so that two versions can be compared."""
        if not self.known:
            return f'{{"{_NAME}": {VERSION}, "findings": []}}\n'
        blocks = []
        for key in sorted(self.known, key=lambda key: tuple((part is not None, part or "") for part in key)):
            about = {name: part for name, part in zip(_PARTS, key, strict=True) if part is not None}
            head = json.dumps(about, ensure_ascii=False)[:-1]
            lines = [_line(spot, count) for spot, count in sorted(self.known[key].items())]
            blocks.append(f' {head}, "known": [\n  ' + ",\n  ".join(lines) + "\n ]}")
        return f'{{"{_NAME}": {VERSION}, "findings": [\n' + ",\n".join(blocks) + "\n]}\n"


def write(baseline: Baseline, path: Path) -> None:
    """Writes a baseline, whole or not at all. Raises CannotRun where that cannot be."""
    if path.exists() and not path.is_file():
        raise CannotRun(f"{path}: the baseline cannot be written (it is no file).")
    target = path.resolve()  # a link stays one
    beside = target.with_name(f".{target.name}.new")
    try:
        beside.write_text(baseline.text(), encoding="utf-8", newline="\n")
        beside.replace(target)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise CannotRun(f"{path}: the baseline cannot be written ({error.strerror}).") from error


def _line(spot: Spot, count: int) -> str:
    name = {"[": "key", "#": "record", '"': "value"}.get(spot[:1])
    told = "" if name is None else f'"{name}": {json.dumps(spot[1:]) if name == "record" else spot}, '
    return f'{{{told}"count": {count}}}'


def _spot(entry: Any) -> Spot | None:
    """The place that an entry of a file names; None where it is none."""
    if not isinstance(entry, dict):
        return None
    count = entry.get("count")
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count < 1 << 40:
        return None
    if len(entry) == 1:
        return ""
    if len(entry) > 2:
        return None
    key, record, value = entry.get("key"), entry.get("record"), entry.get("value")
    if isinstance(key, list) and key and all(isinstance(part, str) for part in key):
        return _json(key)
    if isinstance(record, str) and record:
        return f"#{record}"
    return _json(value) if isinstance(value, str) else None


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


# --- where problems stand --------------------------------------------------------------------------------------------


def _records(table: Table, rows: Sequence[int]) -> Iterator[Mapping[int, Sequence[str]]]:
    """The cells of some records of a table, by number, in order."""
    first = table.runs[0][0][0] if table.runs else 0
    rows = rows[bisect_left(rows, first) :]  # the header is no record
    if table.resource.format in ("csv", "tsv") and len(rows) <= _FEW:
        yield table.reader.records(rows)
        return
    for chunk in table.reader.chunks(table.width, []):
        numbers = chunk.numbers
        if not len(numbers):
            continue
        wanted = rows[bisect_left(rows, numbers[0]) : bisect_left(rows, numbers[-1] + 1)]
        at = [bisect_left(numbers, row) for row in wanted]
        known = [(n, row) for n, row in zip(at, wanted, strict=True) if numbers[n] == row]
        if known:
            cells = _cells(table, chunk, [n for n, _ in known])
            yield dict(zip((row for _, row in known), cells, strict=True))


def _cells(table: Table, chunk: Chunk, at: list[int]) -> Iterator[list[str]]:
    """The cells of some records of a chunk, as text."""
    columns: list[list[str]] = [_texts(table, n, chunk.cells[str(n)][at]) for n in range(table.width)]
    for n, row in enumerate(at):
        yield [*(column[n] for column in columns), *chunk.wide.get(row, ())]


def _texts(table: Table, n: int, cells: pl.Series) -> list[str]:
    """Cells of a column as text; empty where there is nothing."""
    import polars as pl

    if cells.dtype == pl.String:
        return cells.fill_null("").to_list()
    from newspkg.schema import Field
    from newspkg.validate.columns import native_values

    name = next((name for name, at in table.at.items() if at == n), None)
    field = Field("", "any") if name is None else table.columns[name].field
    return ["" if text is None else text for text in native_values(field, cells)[0]]


Speller = Callable[[Sequence[str]], Spot]


def _speller(table: Table, fields: Sequence[str]) -> Speller:
    """What tells where a record is, by its cells: these fields, where every one of them has a value; else a hash of all
    cells but the empty ones at its end, of which nobody can say whether they are there."""
    known = bool(fields) and all(name in table.at for name in fields)
    parts = [(table.at[name], frozenset(table.columns[name].missing)) for name in fields] if known else []

    def spot(cells: Sequence[str]) -> Spot:
        if parts and all(at < len(cells) and cells[at] and cells[at] not in empty for at, empty in parts):
            return _json([cells[at] for at, _ in parts])
        end = len(cells)
        while end and not cells[end - 1]:
            end -= 1
        return f"#{hashlib.sha256(_json(cells[:end]).encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"

    return spot


def _fields(table: Table, key: Key, groups: Mapping[tuple[str, str], Sequence[str]]) -> Sequence[str]:
    """The fields that say where the problems of a finding stand. What is said of one record for the sake of several is
    known by what these have in common: which of them it is said of depends on their order."""
    _, code, rule, field = key
    if code in ("unique-error", "unique-key"):
        return next((k for k in table.schema.unique_keys if " + ".join(k) == rule), (field,) if field else ())
    own = groups.get((table.name, rule or ""), ()) if code == "check-error" else ()
    return own or table.schema.primary_key


# --- comparing -------------------------------------------------------------------------------------------------------


class _Finding:
    """One finding while it is compared: what is left of its entries, and what is set aside."""

    def __init__(self, key: Key, rows: Sequence[int], left: dict[Spot, int] | None, found: Baseline | None) -> None:
        self.key, self.rows, self.left, self.found = key, rows, left, found
        self.aside: Counter[int] = Counter()
        self.loose: Counter[str | None] = Counter()
        self.errors = self.at = 0
        self.spell: Speller | None = None

    def take(self, spot: Spot) -> bool:
        """Whether a problem that stands here is known."""
        if self.found is not None:
            self.found.add(self.key, spot)
        if self.left is None:
            return True
        known = self.left.get(spot, 0)
        if known > 1:
            self.left[spot] = known - 1
        elif known:
            del self.left[spot]
        return known > 0

    def row(self, row: int, spot: Spot) -> None:
        """Compares the problem of a record."""
        if self.take(spot):
            self.aside[row] += 1
            self.errors += row & 1

    def until(self, last: int) -> Iterator[int]:
        """The rows that have not been compared, up to one."""
        while self.at < len(self.rows) and self.rows[self.at] >> 1 <= last:
            yield self.rows[self.at]
            self.at += 1


def compare(
    findings: Findings,
    tables: Mapping[str, Table],
    baseline: Baseline | None,
    found: Baseline | None = None,
    judged: Callable[[Key], bool] = lambda _: True,
    groups: Mapping[tuple[str, str], Sequence[str]] | None = None,
) -> Aside:
    """Sets known problems aside, those of a baseline, or all of them where there is none, and says which these were.
    What is left of the baseline then is what nothing was found for. `found` takes in what this run would accept: its
    problems, and the entries that could not be looked for.

    `judged` says of a finding whether there would have been a problem if there were one; the entries of others are not
    stale. `groups` are the fields by which a check (its resource and name) makes groups of rows. The findings must
    follow their problems.
    """
    known = None if baseline is None else baseline.known
    of_table: dict[str | None, list[_Finding]] = {}
    for key, rows, loose in findings.followed():
        one = _Finding(key, rows, None if known is None else known.get(key, {}), found)
        of_table.setdefault(key[0], []).append(one)
        for value, error in loose:
            if one.take("" if value is None else _json(value)):
                one.loose[value] += 1
                one.errors += error
    for name, some in of_table.items():
        table = tables.get(name) if name is not None else None
        bad = sorted({row >> 1 for one in some for row in one.rows})
        if table is not None and bad:
            spellers: dict[Sequence[str], Speller] = {}
            for one in some:
                fields = tuple(_fields(table, one.key, groups or {}))
                one.spell = spellers.setdefault(fields, _speller(table, fields))
            for records in _records(table, bad):
                _row_by_row(some, records)
        for one in some:  # rows that are no records of the table, such as its header
            for row in one.until(max(bad, default=0)):
                one.row(row, "")
    counts: Counter[str] = Counter()
    for one in (one for some in of_table.values() for one in some):
        aside = sum(one.aside.values()) + sum(one.loose.values())
        if aside:
            counts[one.key[1]] += aside
            findings.set_aside(one.key, one.aside, one.loose, one.errors)
    findings.settle()
    stale, left = _gone(known or {}, judged, found)
    name = "" if baseline is None else baseline.name
    return Aside(name, sum(counts.values()), dict(sorted(counts.items())), stale, left)


def _row_by_row(some: Iterable[_Finding], records: Mapping[int, Sequence[str]]) -> None:
    """Compares what some findings have up to the last of these records."""
    last = max(records, default=0)
    spots: dict[tuple[Speller | None, int], Spot] = {}
    for one in some:
        for row in one.until(last):
            at = one.spell, row >> 1
            spot = spots.get(at)
            if spot is None:
                cells = records.get(row >> 1)
                spot = spots[at] = "" if cells is None or one.spell is None else one.spell(cells)
            one.row(row, spot)


def _gone(
    known: Mapping[Key, Mapping[Spot, int]], judged: Callable[[Key], bool], found: Baseline | None
) -> tuple[tuple[Stale, ...], int]:
    """Entries for which nothing was found, and how many of those could not have been: they stay in the baseline."""
    stale, left = [], 0
    for key, spots in known.items():
        count = sum(spots.values())
        if not count:
            continue
        if not judged(key):
            left += count
            if found is not None:
                for spot, n in spots.items():
                    found.add(key, spot, n)
            continue
        resource, code, rule, field = key
        keys = tuple(_told(spot) for spot in sorted(spots)[:_SHOWN])
        stale.append(Stale(code, count, rule, resource, field, tuple(k for k in keys if k)))
    return tuple(sorted(stale, key=lambda one: (one.resource or "", one.code, one.rule or "", one.field or ""))), left


def _told(spot: Spot) -> str:
    """A place as a person reads it."""
    if spot.startswith("["):
        return cut(", ".join(json.loads(spot)))
    return f"record {spot[1:]}" if spot.startswith("#") else cut(json.loads(spot)) if spot else ""
