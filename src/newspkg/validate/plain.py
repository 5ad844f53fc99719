"""Small tables in plain Python: what polars takes to start would judge some thousand records cell by cell.

The records come from the same readers, cells go to the same exact functions, and all that is told is told by the same
sentences as in `model.py` and `keys.py`. Which of the two ways is taken must not show in a report.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from newspkg.report import Findings
from newspkg.schema import Field, ForeignKey, TableSchema
from newspkg.validate.cells import Column, judge
from newspkg.validate.descriptor import Resource
from newspkg.validate.keyed import NEAR, Plan, foreign_sentence, null_sentence, plan_of, readable
from newspkg.validate.records import Chunk, Opened
from newspkg.validate.table import Table, head_of, tell_faults, tell_ragged, tell_unreadable

__all__ = ["SMALL", "PlainKeys", "is_small", "read_plain"]

SMALL = 1 << 20  # bytes of all files together
_RECORDS = 10_000  # of data in the descriptor, whose bytes nobody has counted; or characters of it
_FORMATS = ("csv", "tsv", "json", "jsonl", "ndjson")
_SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
# How the values of a type are kept, for those that a key is followed of here; others are written by polars.
_KEPT = {"integer": "number", "year": "number", "boolean": "boolean", "date": "date"}
_NOT_HERE = ("number", "datetime")


def is_small(root: Path, resources: Iterable[Resource]) -> bool:
    """Whether tables can be read and their keys be followed in plain Python, sooner than with polars."""
    size, tables = 0, {one.name: one for one in resources if one.tabular}
    for one in tables.values():
        if one.compression or one.format not in _FORMATS:
            return False
        if isinstance(one.data, (str, list)) and len(one.data) > _RECORDS:
            return False
        try:
            size += sum((root / path).stat().st_size for path in one.paths)
        except (OSError, ValueError):  # told where it is opened
            return False
        if size > SMALL:
            return False
    schemas = {name: one.schema for name, one in tables.items() if one.schema is not None}
    return not any(key.type in _NOT_HERE for name in schemas for key in _key_fields(name, schemas))


def _key_fields(name: str, schemas: Mapping[str, TableSchema]) -> Iterator[Field]:
    """The fields that stand in keys of a table, there and in tables that it refers to."""
    schema = schemas[name]
    own = [schema.primary_key, *schema.unique_keys, *(key.fields for key in schema.foreign_keys)]
    names = {field for key in own for field in key}
    yield from (one for one in schema.fields if one.name in names or one.constraints.get("unique"))
    for key in schema.foreign_keys:
        parent = schemas.get(key.resource or name)
        if parent is not None:
            yield from (one for one in parent.fields if one.name in key.reference_fields)


# --- records and cells -----------------------------------------------------------------------------------------------


def read_plain(
    opened: Opened, resource: Resource, columns: dict[str, Column], findings: Findings, keys: PlainKeys
) -> Table:
    """Judges all records of a table; as `model.read_table`, but that no column is kept beyond what keys need."""
    table = head_of(opened, resource, columns, findings)
    wanted = keys.watching(table, findings)
    kept: dict[str, list[Any]] = {name: [] for name in wanted}
    lost: dict[str, set[int]] = {name: set() for name in wanted}
    for chunk in table.reader.chunks(table.width, None):
        _Chunk(table, chunk, findings, kept, lost).judge()
        table.height += len(chunk.numbers)
    table.broken = table.reader.broken
    keys.take(table, kept, lost)
    return table


class _Chunk:
    """Some records of a table."""

    def __init__(
        self,
        table: Table,
        chunk: Chunk,
        findings: Findings,
        kept: dict[str, list[Any]],
        lost: dict[str, set[int]],
    ) -> None:
        self.table, self.chunk, self.findings, self.kept, self.lost = table, chunk, findings, kept, lost
        self.size = len(chunk.numbers)

    def judge(self) -> None:
        table, chunk, start = self.table, self.chunk, self.table.height
        table.starts.append(start)
        table.runs.append((chunk.numbers, chunk.path))
        blank = self.blank()
        table.blank.update(start + i for i in blank)
        table.tell(self.findings, "blank-row", [start + i for i in sorted(blank)], None, "the record is blank.")
        if chunk.wide or chunk.narrow:
            tell_ragged(table, chunk, blank, self.findings)
        spared = tell_unreadable(table, chunk, self.nul(), self.findings)
        for name, at in table.at.items():
            if at >= table.width:
                if name in self.kept:
                    self.kept[name] += [None] * self.size
            else:
                self.column(name, at, blank, spared.get(at, set()))

    def blank(self) -> set[int]:
        """The records in which nothing stands at all. A lone empty cell in a table of one column is a cell."""
        chunk, width = self.chunk, self.table.width
        if not chunk.lined:
            return set()
        if width < 2:
            empty = {i for i, n in chunk.narrow.items() if n == 0}
            return empty if width == 0 else {i for i in empty if not chunk.cells[0][i]}
        perhaps = (i for i, cell in enumerate(chunk.cells[0]) if not cell)
        found = (i for i in perhaps if not any(column[i] for column in chunk.cells))
        return {i for i in found if i not in chunk.wide or not any(chunk.wide[i])}

    def nul(self) -> Iterator[tuple[int, dict[int, str]]]:
        if self.chunk.nul:
            for at, column in enumerate(self.chunk.cells):
                found = {i: cell for i, cell in enumerate(column) if cell and "\0" in cell}
                if found:
                    yield at, found

    def column(self, name: str, at: int, blank: Collection[int], spared: set[int]) -> None:
        table, chunk, column = self.table, self.chunk, self.table.columns[name]
        cells: Sequence[str | None] = chunk.cells[at]
        rows: Sequence[int] = range(self.size)
        native = None if chunk.native is None else [record[at] for record in chunk.native]
        if blank or spared:
            rows = [i for i in rows if i not in blank and i not in spared]
            cells = [cells[i] for i in rows]
            native = None if native is None else [native[i] for i in rows]
        judged = judge(column, cells, native)
        tell_faults(table, name, rows, cells, judged, self.findings)
        if name not in self.kept:
            return
        values: list[Any] = [None] * self.size
        for i, value in zip(rows, judged.values, strict=True):
            values[i] = value
        self.kept[name] += values
        self.lost[name].update(table.height + i for i in spared)
        self.lost[name].update(
            table.height + i
            for i, value, gone in zip(rows, judged.values, judged.missing, strict=True)
            if value is None and not gone
        )


# --- keys ------------------------------------------------------------------------------------------------------------


def _text(values: Sequence[Any]) -> str:
    """A key as it is shown."""
    return ", ".join(str(v).lower() if isinstance(v, bool) else str(v) for v in values)


def _folded(text: str) -> str:
    return text.strip(_SPACES).lower()


class PlainKeys:
    """All keys of all tables, as tuples of values. The rules are those of `keys.Keys`."""

    def __init__(self, schemas: Mapping[str, TableSchema | None]) -> None:
        self.schemas = {name: schema for name, schema in schemas.items() if schema is not None}
        self.tables: dict[str, Table] = {}
        self.plans: dict[str, Plan] = {}
        self.values: dict[tuple[str, str], list[Any]] = {}
        self.lost: dict[tuple[str, str], set[int]] = {}

    def watching(self, table: Table, findings: Findings) -> list[str]:
        """The fields whose values are wanted."""
        plan = self.plans[table.name] = plan_of(table, self.schemas, findings)
        keys = [*plan.parents, *(key for key, _ in plan.unique), *(key.fields for key in plan.foreign)]
        return list(dict.fromkeys(name for key in keys for name in key))

    def take(self, table: Table, values: Mapping[str, list[Any]], lost: Mapping[str, set[int]]) -> None:
        """Typed values of a table that has been read, and in which rows they are faulty."""
        for name, column in values.items():
            self.values[table.name, name], self.lost[table.name, name] = column, lost[name]

    def close(self, table: Table, findings: Findings) -> None:
        """Says what is wrong with the keys of a table that has been read."""
        self.tables[table.name] = table
        for fields, code in self.plans[table.name].unique:
            self._unique(table, fields, code, findings)

    def finish(self, findings: Findings) -> None:
        """Says what is wrong with the foreign keys."""
        for name, table in self.tables.items():
            for key in self.plans[name].foreign:
                parent = readable(key, table, self.tables, findings)
                if parent is not None:
                    self._foreign(table, key, parent, findings)

    def _rows(self, table: Table, fields: Sequence[str]) -> list[tuple[Any, ...]]:
        return list(zip(*(self.values[table.name, name] for name in fields), strict=True))

    def _unique(self, table: Table, fields: tuple[str, ...], code: str, findings: Findings) -> None:
        place, rule = (fields[0], None) if len(fields) == 1 else (None, " + ".join(fields))
        rows = self._rows(table, fields)
        if code == "primary-key":
            lost = set().union(*(self.lost[table.name, name] for name in fields))
            gone = [n for n, key in enumerate(rows) if None in key and n not in lost]
            table.tell(findings, code, gone, place, lambda row: null_sentence(fields, rows[row]), rule=rule)
        first: dict[tuple[Any, ...], int] = {}
        again = [n for n, key in enumerate(rows) if None not in key and first.setdefault(key, n) != n]
        what = " + ".join(fields)
        table.tell(
            findings,
            code,
            again,
            place,
            lambda row: f"{what} is the same as in row {table.number(first[rows[row]])}.",
            lambda row: _text(rows[row]),
            values=Counter(_text(rows[n])[:200] for n in again),
            rule=rule,
            other=lambda row: first[rows[row]],
        )

    def _foreign(self, table: Table, key: ForeignKey, parent: Table, findings: Findings) -> None:
        kept = [
            (_KEPT.get(table.schema.field(a).type), _KEPT.get(parent.schema.field(b).type))
            for a, b in zip(key.fields, key.reference_fields, strict=True)
        ]
        theirs = [one for one in self._rows(parent, key.reference_fields) if None not in one]
        known = set(theirs) if all(a == b for a, b in kept) else set()
        rows = self._rows(table, key.fields)
        orphans = [n for n, one in enumerate(rows) if None not in one and one not in known]
        if not orphans:
            return
        missing = Counter(_text(rows[n]) for n in orphans)
        near: dict[str, str] = {}
        for one in theirs:
            near.setdefault(_folded(_text(one)), _text(one))
        looked = {text for text, _ in missing.most_common(NEAR)}

        def message(row: int) -> str:
            text = _text(rows[row])
            return foreign_sentence(key, table, parent, near.get(_folded(text)) if text in looked else None)

        values: Counter[str] = Counter()
        for text, n in missing.items():
            values[text[:200]] += n
        table.tell(
            findings,
            "foreign-key",
            orphans,
            key.fields[0] if len(key.fields) == 1 else None,
            message,
            lambda row: _text(rows[row]),
            values=values,
            rule=f"{' + '.join(key.fields)} -> {parent.name}.{' + '.join(key.reference_fields)}",
        )
