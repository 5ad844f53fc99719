"""A table while it is judged: where its records stand, its header against its schema, its ragged records.

What is told of a table goes through here, however it is read: as columns (`model.py`) or in plain Python (`plain.py`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from newspkg.problems import CATALOGUE, Problem, Severity, problem
from newspkg.report import Findings, cut
from newspkg.schema import TableSchema
from newspkg.validate.cells import Column, Judged, sentence
from newspkg.validate.descriptor import Resource
from newspkg.validate.records import Chunk, Opened, Reader

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Table", "head_of", "tell_faults", "tell_ragged", "tell_unreadable"]

_VALUE = 200  # characters of a cell that a problem carries
_NUL = "has a NUL character in it, which no text has."


@dataclass
class Table:
    """A table as far as it was read. `whole` has the typed columns that were kept, row by row of the file; null
    where a cell is missing or no value of its type. `lost` has, for each of them, the rows whose cell has text but no
    typed value, `faulty` those whose cell has a fault of any kind.
    `absent` are fields without a column, `at` the column of each other field, `broken` is why records are lacking, if
    they are."""

    resource: Resource
    schema: TableSchema
    reader: Reader
    columns: Mapping[str, Column] = field(default_factory=dict)
    whole: pl.DataFrame | None = None
    at: dict[str, int] = field(default_factory=dict)
    width: int = 0
    dtypes: Sequence[pl.DataType] | None = None  # of the columns as they are read; None: all are text
    height: int = 0
    broken: str = ""
    blank: set[int] = field(default_factory=set)
    lost: dict[str, set[int]] = field(default_factory=dict)
    faulty: dict[str, set[int]] = field(default_factory=dict)
    starts: list[int] = field(default_factory=list)  # first positions of ...
    runs: list[tuple[Sequence[int], str]] = field(default_factory=list)  # ... records in a row: numbers, file

    @property
    def frame(self) -> pl.DataFrame:
        """The typed columns that were kept; none where the table was read in plain Python."""
        import polars as pl

        return pl.DataFrame() if self.whole is None else self.whole

    @property
    def name(self) -> str:
        """The resource's name."""
        return self.resource.name

    @property
    def absent(self) -> set[str]:
        """The fields that have no column."""
        return {name for name in self.schema.names if name not in self.at}

    def number(self, row: int) -> int:
        """The record number of the record at a position."""
        n = bisect_right(self.starts, row) - 1
        return self.runs[n][0][row - self.starts[n]]

    def place(self, row: int) -> dict[str, Any]:
        """Where the record at a position stands: record number and file; the line is found when all is known."""
        n = bisect_right(self.starts, row) - 1
        numbers, path = self.runs[n]
        return {"row": numbers[row - self.starts[n]], "path": path}

    def usable(self, columns: Iterable[str]) -> str | None:
        """Why these columns cannot be relied on as a whole, or None."""
        if self.broken:
            return self.broken
        gone = [name for name in columns if name not in self.at]
        if gone and not self.schema.fields:
            return f"the schema of {self.name} cannot be used"
        return f"{self.name} has no column {', '.join(gone)}" if gone else None

    def tell(
        self,
        findings: Findings,
        code: str,
        rows: Sequence[int],
        field: str | None,
        message: str | Callable[[int], str],
        value: Callable[[int], str | None] | None = None,
        *,
        values: Mapping[str, int] | None = None,
        rule: str | None = None,
        severity: Severity | None = None,
        position: int | None = None,
        other: Callable[[int], int] | None = None,
    ) -> None:
        """Reports the same problem of many rows; message and value are asked for those alone that are kept. `values`
        counts all of them, where that is known."""
        if not rows:
            return
        grade = severity or CATALOGUE[code].severity
        if position is None and field in self.at:
            position = self.at[field] + 1

        def one(row: int) -> Problem:
            said = message if isinstance(message, str) else message(row)
            shown = value(row) if value is not None else None
            shown = None if shown is None else cut(shown, _VALUE)
            n = bisect_right(self.starts, row) - 1
            numbers, path = self.runs[n]
            number = numbers[row - self.starts[n]]
            # By position, as there may be very many.
            twin = None if other is None else self.number(other(row))
            return Problem(
                code, said, grade, self.name, field, number, None, shown, path, None, rule, position, None, twin
            )

        some = islice(rows, findings.samples)
        findings.add_many(len(rows), map(one, some), one(rows[0]), values, map(self.number, rows))


# --- header ----------------------------------------------------------------------------------------------------------


def head_of(opened: Opened, resource: Resource, columns: Mapping[str, Column], findings: Findings) -> Table:
    """A table of which nothing but the header has been read; `columns` are the fields' checks (none without a schema).
    Says what is wrong with the labels."""
    schema = resource.schema or TableSchema(resource.name, ())
    table = Table(resource, schema, opened.reader, columns, width=opened.width, dtypes=opened.dtypes)
    if columns:
        table.at = _header(opened, schema, resource, findings)
    else:
        _bare_header(opened, resource, findings)
    for n, label in enumerate(opened.labels or []):
        if "\0" in label:
            place: dict[str, Any] = {"row": opened.header_row, "path": opened.path, "position": n + 1}
            said = f"the label of column {n + 1} {_NUL}"
            findings.add(problem("encoding-error", said, resource=resource.name, value=cut(label, _VALUE), **place))
    return table


def _header(opened: Opened, schema: TableSchema, resource: Resource, findings: Findings) -> dict[str, int]:
    """Which column each field has, as far as the labels tell; says what is wrong with them."""
    names = list(schema.names)
    if opened.labels is None:
        return {name: n for n, name in enumerate(names)}
    labels = opened.labels
    place: dict[str, Any] = {"resource": resource.name, "row": opened.header_row, "path": opened.path}

    def say(code: str, message: str, field: str | None, value: str | None = None, at: int | None = None) -> None:
        shown, position = None if value is None else cut(value, _VALUE), None if at is None else at + 1
        findings.add(problem(code, message, field=field, value=shown, position=position, **place))

    if not any(labels):
        say("blank-header", "the header is blank.", None)
        return {name: n for n, name in enumerate(names[: len(labels)])}
    mode = schema.fields_match
    if mode == "exact" and len(labels) == len(names):
        return _by_order(labels, names, say)
    found: dict[str, int] = {}
    surplus: list[int] = []
    known, seen = Counter(names), Counter[str]()
    for n, label in enumerate(labels):
        seen[label] += 1
        if label in known and label not in found:
            found[label] = n
        elif label in found and seen[label] <= known[label]:
            continue  # of another field with that name, which is told of as not checked
        elif label in found:
            said = f"column {n + 1} has the label of column {found[label] + 1} again: {cut(label)!r}."
            say("duplicate-label", said, label, label, n)
        else:
            surplus.append(n)
    for n in surplus:
        if not labels[n]:
            say("blank-label", f"column {n + 1} has no label.", None, None, n)
        elif mode in ("exact", "equal", "superset"):
            said = f"column {n + 1} is labelled {cut(labels[n])!r}, which is no field of the schema."
            say("extra-label", said, None, labels[n], n)
    if mode in ("exact", "equal", "subset"):
        for name in names:
            if name not in found:
                say("missing-label", f"the field {name} has no column.", name)
    elif mode == "partial" and not found:
        say("missing-label", f"no column is labelled as a field of the schema: {cut(', '.join(names))}.", None)
    return found


def _by_order(labels: Sequence[str], names: Sequence[str], say: Callable[..., None]) -> dict[str, int]:
    """The fields as columns in their order, whatever the labels; says which of these are not the fields' names."""
    found: dict[str, int] = {}
    for n, (label, name) in enumerate(zip(labels, names, strict=True)):
        found.setdefault(name, n)
        if label == name:
            continue
        wanted = f"column {n + 1} should be labelled {cut(name)!r}"
        if not label:
            say("blank-label", f"{wanted}, but has no label.", name, label, n)
        elif labels[: n + 1].count(label) > max(names.count(label), 1):
            said = f"column {n + 1} has the label of column {labels.index(label) + 1} again: {cut(label)!r}."
            say("duplicate-label", f"{said} It should be {cut(name)!r}.", name, label, n)
        else:
            say("incorrect-label", f"{wanted}, not {cut(label)!r}.", name, label, n)
    return found


def _bare_header(opened: Opened, resource: Resource, findings: Findings) -> None:
    """The labels of a table without a schema: each should be there, once."""
    seen: dict[str, int] = {}
    for n, label in enumerate(opened.labels or []):
        place: dict[str, Any] = {"resource": resource.name, "row": opened.header_row, "path": opened.path}
        place["position"] = n + 1
        if not label:
            findings.add(problem("blank-label", f"column {n + 1} has no label.", **place))
        elif label in seen:
            message = f"column {n + 1} has the label of column {seen[label]} again: {cut(label)!r}."
            findings.add(problem("duplicate-label", message, field=label, value=cut(label, _VALUE), **place))
        seen.setdefault(label, n + 1)


# --- records ---------------------------------------------------------------------------------------------------------


def tell_ragged(table: Table, chunk: Chunk, blank: set[int], findings: Findings) -> None:
    """Records with too few or too many cells: one problem for each cell."""
    width, start = table.width, table.height
    labels = {at: name for name, at in table.at.items()}

    def lacking(row: int) -> str:
        n = chunk.narrow[row - start]
        some = width - n
        return f"the record has {n} cell{'s' * (n != 1)}, not {width}: {some} missing cell{'s' * (some > 1)}"

    short: dict[int, list[int]] = {}
    for row, n in sorted(chunk.narrow.items()):
        if row not in blank and row not in chunk.cut:
            for at in range(n, width):
                short.setdefault(at, []).append(start + row)
    for at, rows in sorted(short.items()):
        name = labels.get(at)
        gone = f"{cut(name) if name else f'column {at + 1}'} is missing."
        said = lambda row, gone=gone: f"{lacking(row)}; {gone}"  # noqa: E731 - a sentence for each record
        table.tell(findings, "missing-cell", rows, name, said, position=at + 1)
    for row, cells in sorted(chunk.wide.items()):
        if row not in blank and row not in chunk.cut:
            n = len(cells)
            surplus = f"the record has {width + n} cells, not {width}: {n} surplus cell{'s' * (n > 1)}"
            surplus += "; a delimiter in a cell needs quotation marks." if chunk.native is None else "."
            place = {"resource": table.name, **table.place(start + row)}
            for k, cell in enumerate(cells):
                found = problem("extra-cell", surplus, value=cell[:_VALUE], position=width + k + 1, **place)
                findings.add(found)


def tell_unreadable(
    table: Table, chunk: Chunk, nul: Iterable[tuple[int, Mapping[int, str]]], findings: Findings
) -> dict[int, set[int]]:
    """Cells with bytes or characters that no text has, by column; they are told here and not judged further. `nul` are
    those with a NUL character: column, and text by position in the chunk."""
    start, found = table.height, dict[int, set[int]]()
    labels = {at: name for name, at in table.at.items()}

    def say(at: int, rows: list[int], what: str, value: Callable[[int], str | None]) -> None:
        name = labels.get(at)
        said = f"{cut(name) if name else f'column {at + 1}'} {what}"
        table.tell(findings, "encoding-error", rows, name, said, value, position=at + 1)

    for row, first in chunk.cut.items():
        for at in range(first, table.width):
            found.setdefault(at, set()).add(row)
    for row, at, byte in chunk.bad:
        found.setdefault(at, set()).add(row)
        encoding = table.resource.encoding.removesuffix("-sig").upper()
        say(at, [start + row], f"has the byte {byte}, which is not {encoding}.", lambda _, byte=byte: byte)  # type: ignore[misc]
    for at, cells in nul:
        found.setdefault(at, set()).update(cells)
        say(at, [start + row for row in cells], _NUL, lambda row, cells=cells: cells[row - start])  # type: ignore[misc]
    for row, surplus in sorted(chunk.wide.items()) if chunk.nul else ():
        for k, cell in enumerate(surplus):
            if "\0" in cell:
                say(table.width + k, [start + row], _NUL, lambda _, cell=cell: cell)  # type: ignore[misc]
    return found


def tell_faults(
    table: Table, name: str, rows: Sequence[int], texts: Sequence[str | None], judged: Judged, findings: Findings
) -> set[int]:
    """The faults of some cells of a field; the rows, within the chunk, that have one."""
    start, found = table.height, set[int]()
    for rule, some in judged.faults.items():
        text_of = {start + rows[n]: texts[n] for n in some}
        table.tell(
            findings,
            "type-error" if rule == "type" else "constraint-error",
            list(text_of),
            name,
            f"{name} {sentence(table.columns[name], rule)}.",
            text_of.__getitem__,
            values=Counter("" if t is None else cut(t, _VALUE) for t in text_of.values()),
            rule=rule,
        )
        found.update(rows[n] for n in some)
    return found
