"""A table while it is judged: header against schema, then chunk by chunk its records and cells.

What later checks need (keys; all columns, where the rules of the profile apply) is kept as typed columns; the text of a
chunk is let go as soon as it has been judged.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import polars as pl

from newspkg.problems import Problem, problem
from newspkg.report import SAMPLES, Findings, cut
from newspkg.schema import TableSchema
from newspkg.validate.cells import Column, Judged, dtype_of, judge, sentence
from newspkg.validate.descriptor import Resource
from newspkg.validate.files import Chunk, Opened

__all__ = ["Table", "read_table"]

_VALUE = 200  # characters of a cell that a problem carries
_NUL = "has a NUL character in it, which no text has."


@dataclass
class Table:
    """A table as far as it was read. `frame` has the typed columns that were kept, row by row of the file; null where
    a cell is missing or no value of its type. `lost` has, for each kept column, the rows whose cell has text but no
    typed value, `faulty` those whose cell has a fault of any kind.
    `absent` are fields without a column, `broken` is why records are lacking, if they are."""

    resource: Resource
    schema: TableSchema
    frame: pl.DataFrame
    absent: set[str] = field(default_factory=set)
    broken: str = ""
    blank: set[int] = field(default_factory=set)
    lost: dict[str, set[int]] = field(default_factory=dict)
    faulty: dict[str, set[int]] = field(default_factory=dict)
    numbers: array[int] = field(default_factory=lambda: array("q"))
    lines: array[int] | None = None
    parts: list[tuple[int, str]] = field(default_factory=list)  # (first position, file)

    @property
    def name(self) -> str:
        """The resource's name."""
        return self.resource.name

    def place(self, row: int) -> dict[str, Any]:
        """Where the record at a position stands: record number, line, file."""
        path = next((p for start, p in reversed(self.parts) if start <= row), self.resource.place)
        return {"row": self.numbers[row], "line": self.lines[row] if self.lines else None, "path": path}

    def usable(self, columns: Iterable[str]) -> str | None:
        """Why these columns cannot be relied on as a whole, or None."""
        if self.broken:
            return self.broken
        gone = [name for name in columns if name not in self.frame.columns]
        if gone and not self.schema.fields:
            return f"the schema of {self.name} cannot be used"
        return f"{self.name} has no column {', '.join(gone)}" if gone else None

    def tell(
        self,
        findings: Findings,
        code: str,
        rows: list[int],
        field: str | None,
        message: str | Callable[[int], str],
        value: Callable[[int], str | None] | None = None,
    ) -> None:
        """Reports the same problem of many rows; message and value are asked for those alone that are kept."""
        if not rows:
            return

        def one(row: int) -> Problem:
            said = message if isinstance(message, str) else message(row)
            shown = value(row) if value is not None else None
            cut = shown if shown is None or len(shown) <= _VALUE else f"{shown[:_VALUE]}…"
            return problem(code, said, resource=self.name, field=field, value=cut, **self.place(row))

        findings.add_many(len(rows), map(one, islice(rows, SAMPLES)), one(rows[0]))


# --- header ----------------------------------------------------------------------------------------------------------


def _header(opened: Opened, schema: TableSchema, resource: Resource, findings: Findings) -> dict[str, int]:
    """Which column each field has, as far as the labels tell; says what is wrong with them."""
    names = list(schema.names)
    if opened.labels is None:
        return {name: n for n, name in enumerate(names)}
    labels = opened.labels
    place: dict[str, Any] = {
        "resource": resource.name,
        "row": opened.header_row,
        "line": opened.header_line,
        "path": opened.path,
    }

    def say(code: str, message: str, field: str | None, value: str | None = None) -> None:
        shown = None if value is None else cut(value, _VALUE)
        findings.add(problem(code, message, field=field, value=shown, **place))

    if not any(labels):
        say("blank-header", "the header is blank.", None)
        return {name: n for n, name in enumerate(names[: len(labels)])}
    mode = schema.fields_match
    found: dict[str, int] = {}
    surplus: list[int] = []
    for n, label in enumerate(labels):
        if label in names and label not in found:
            found[label] = n
        elif label in found and (len(labels) != len(names) or names.count(label) < 2):
            say(
                "duplicate-label",
                f"column {n + 1} has the label of column {found[label] + 1} again: {cut(label)!r}.",
                label,
                label,
            )
        else:
            surplus.append(n)
    lacking = [name for name in names if name not in found]
    if mode == "exact" and len(labels) == len(names):
        for n in list(surplus):
            if names[n] in lacking:  # at its place stands another word: a misspelt label, not a missing column
                blank = not labels[n]
                message = f"column {n + 1} should be labelled {cut(names[n])!r}" + (
                    ", but has no label." if blank else f", not {cut(labels[n])!r}."
                )
                say("blank-label" if blank else "incorrect-label", message, names[n], labels[n])
                found[names[n]] = n
                surplus.remove(n)
                lacking.remove(names[n])
    for n in surplus:
        if not labels[n]:
            say("blank-label", f"column {n + 1} has no label.", None)
        elif mode in ("exact", "equal", "superset"):
            say(
                "extra-label",
                f"column {n + 1} is labelled {cut(labels[n])!r}, which is no field of the schema.",
                None,
                labels[n],
            )
    if mode in ("exact", "equal", "subset"):
        for name in lacking:
            say("missing-label", f"the field {name} has no column.", name)
    elif mode == "partial" and not found:
        say("missing-label", f"no column is labelled as a field of the schema: {cut(', '.join(names))}.", None)
    if mode == "exact" and not lacking and not surplus and len(labels) == len(names):
        for n, name in enumerate(names):
            if labels[n] in found and labels[n] != name and found[name] != n:
                say(
                    "incorrect-label",
                    f"column {n + 1} should be {cut(name)!r}; {cut(labels[n])!r} stands there.",
                    name,
                    labels[n],
                )
    return found


def _bare_header(opened: Opened, resource: Resource, findings: Findings) -> None:
    """The labels of a table without a schema: each should be there, once."""
    seen: dict[str, int] = {}
    for n, label in enumerate(opened.labels or []):
        place: dict[str, Any] = {
            "resource": resource.name,
            "row": opened.header_row,
            "line": opened.header_line,
            "path": opened.path,
        }
        if not label:
            findings.add(problem("blank-label", f"column {n + 1} has no label.", **place))
        elif label in seen:
            message = f"column {n + 1} has the label of column {seen[label]} again: {cut(label)!r}."
            findings.add(problem("duplicate-label", message, field=label, value=cut(label, _VALUE), **place))
        seen.setdefault(label, n + 1)


# --- records and cells -----------------------------------------------------------------------------------------------


def read_table(
    opened: Opened, resource: Resource, columns: dict[str, Column], keep: set[str], findings: Findings
) -> Table:
    """Judges all records of a table; `columns` are the fields' checks (none without a schema), `keep` the fields whose
    typed values are wanted afterwards."""
    schema = resource.schema or TableSchema(resource.name, ())
    mapping = _header(opened, schema, resource, findings) if columns else {}
    if not columns:
        _bare_header(opened, resource, findings)
    table = Table(resource, schema, pl.DataFrame(), absent={n for n in schema.names if n not in mapping})
    for n, label in enumerate(opened.labels or []):
        if "\0" in label:
            place: dict[str, Any] = {"row": opened.header_row, "line": opened.header_line, "path": opened.path}
            said = f"the label of column {n + 1} {_NUL}"
            findings.add(problem("encoding-error", said, resource=resource.name, value=cut(label, _VALUE), **place))
    kept: list[pl.DataFrame] = []
    height = 0
    for chunk in opened.chunks:
        frame, blank = _chunk(table, chunk, columns, mapping, keep, findings, height)
        kept.append(frame)
        table.blank.update(height + i for i in blank)
        height += len(chunk.numbers)
    dtypes = {name: dtype_of(columns[name].field) for name in schema.names if name in keep and name in mapping}
    table.frame = pl.concat(kept) if kept else pl.DataFrame(schema=dtypes)
    table.broken = opened.broken
    return table


def _chunk(
    table: Table,
    chunk: Chunk,
    columns: dict[str, Column],
    mapping: dict[str, int],
    keep: set[str],
    findings: Findings,
    offset: int,
) -> tuple[pl.DataFrame, list[int]]:
    """Judges one chunk: its places are noted, its faults told; the kept columns and the blank rows come back."""
    table.parts.append((offset, chunk.path))
    table.numbers.extend(chunk.numbers)
    if chunk.lines is not None:
        table.lines = table.lines if table.lines is not None else array("q")
        table.lines.extend(chunk.lines)
    blank, exempt = _blank(chunk, columns, mapping)
    rows_blank = set(blank)
    told = [offset + i for i in blank]
    table.tell(findings, "blank-row", told, None, "the record is blank.")
    _ragged(table, chunk, mapping, rows_blank, findings, offset)
    _nul(table, chunk, mapping, keep, findings, offset)
    kept: dict[str, pl.Series] = {}
    for name, column in columns.items():
        at = mapping.get(name)
        if at is None or str(at) not in chunk.cells.columns:
            if at is not None and name in keep:
                kept[name] = pl.Series(name, [None] * len(chunk.numbers), dtype=dtype_of(column.field))
            continue
        text = chunk.cells[str(at)]
        native = [row[at] for row in chunk.native] if chunk.native is not None else None
        judged = judge(column, text, exempt, native)
        _tell_cells(table, column, judged, text, findings, offset)
        if name in keep:
            kept[name] = judged.values
            lost = judged.lost()
            if lost:
                table.lost.setdefault(name, set()).update(offset + i for i in lost)
            if judged.bad:
                table.faulty.setdefault(name, set()).update(offset + i for i in judged.bad)
    frame = pl.DataFrame(kept) if kept else pl.DataFrame()
    return frame, blank


def _blank(chunk: Chunk, columns: dict[str, Column], mapping: dict[str, int]) -> tuple[list[int], pl.Series | None]:
    """Positions of blank records, and their mask if there are any: records without any cell that says something.

    A lone missing value in a table of one column is a value like any other.
    """
    if not chunk.cells.width:
        rows = [i for i, n in chunk.narrow.items() if n == 0]
        return rows, None
    by_position = {at: columns[name].missing for name, at in mapping.items() if name in columns}
    mask = pl.lit(True)
    for n in range(chunk.cells.width):
        cell = pl.col(str(n))
        empty = cell.is_null()
        for value in by_position.get(n, [""]):
            empty = empty | (cell == value).fill_null(False)
        mask = mask & empty
    found = chunk.cells.select(mask.alias("blank")).to_series()
    if not found.any():
        return [], None
    rows = [i for i in found.arg_true().to_list() if i not in chunk.wide or not any(chunk.wide[i])]
    if chunk.cells.width == 1:
        rows = [i for i in rows if chunk.narrow.get(i) == 0]
    if not rows:
        return [], None
    exempt = pl.Series([False]).new_from_index(0, chunk.cells.height).scatter(rows, True)
    return rows, exempt


def _ragged(
    table: Table, chunk: Chunk, mapping: dict[str, int], blank: set[int], findings: Findings, offset: int
) -> None:
    """Records with too few or too many cells: one problem for each cell."""
    by_position = {at: name for name, at in mapping.items()}
    width = chunk.cells.width

    def lacking(row: int) -> str:
        n = chunk.narrow[row - offset]
        return f"the record has {n} cell{'s' * (n != 1)}, not {width}: {width - n} missing cell{'s' * (width - n > 1)}"

    short: dict[int, list[int]] = {}
    for row, n in chunk.narrow.items():
        if row not in blank:
            for at in range(n, width):
                short.setdefault(at, []).append(offset + row)
    for at, rows in sorted(short.items()):
        name = by_position.get(at)
        gone = f"{cut(name) if name else f'column {at + 1}'} is missing."
        table.tell(findings, "missing-cell", rows, name, lambda row, gone=gone: f"{lacking(row)}; {gone}")  # type: ignore[misc]
    for row, cells in sorted(chunk.wide.items()):
        if row not in blank:
            n = len(cells)
            said = (
                f"the record has {width + n} cells, not {width}: {n} surplus cell{'s' * (n > 1)}; "
                "a delimiter in a cell needs quotation marks."
            )
            place = table.place(offset + row)
            for cell in cells:
                findings.add(problem("extra-cell", said, resource=table.name, value=cell[:_VALUE], **place))


def _nul(table: Table, chunk: Chunk, mapping: dict[str, int], keep: set[str], findings: Findings, offset: int) -> None:
    """Cells with a NUL character: as UTF-8 it is one, as a text it is none, and many programs stop reading there."""
    by_position = {at: name for name, at in mapping.items()}
    if chunk.cells.width:
        some = chunk.cells.select(pl.all().str.contains("\0", literal=True).any()).row(0)
        for at in (at for at, found in enumerate(some) if found):
            text, name = chunk.cells[str(at)], by_position.get(at)
            rows = [offset + i for i in text.str.contains("\0", literal=True).fill_null(False).arg_true()]
            said = f"{cut(name) if name else f'column {at + 1}'} {_NUL}"
            table.tell(findings, "encoding-error", rows, name, said, lambda row, text=text: text[row - offset])  # type: ignore[misc]
            if name in keep:
                table.faulty.setdefault(name, set()).update(rows)
    for row, cells in sorted(chunk.wide.items()):
        for cell in (cell for cell in cells if "\0" in cell):
            table.tell(findings, "encoding-error", [offset + row], None, f"a surplus cell {_NUL}", lambda _, c=cell: c)  # type: ignore[misc]


def _tell_cells(table: Table, column: Column, judged: Judged, text: pl.Series, findings: Findings, offset: int) -> None:
    name = column.field.name

    def value(row: int) -> str | None:
        cell = text[row - offset]
        return None if cell is None else str(cell)

    for fault in judged.faults:
        code = "type-error" if fault.rule == "type" else "constraint-error"
        rows = [offset + i for i in fault.rows]
        table.tell(findings, code, rows, name, f"{name} {sentence(column, fault.rule)}.", value)
