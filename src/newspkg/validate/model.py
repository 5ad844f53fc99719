"""A table while it is judged: header against schema, then chunk by chunk its records and cells.

What later checks need is kept as typed columns: whole where the rules of the profile or checks of the package ask for
them, else only as far as keys do (`keys.py`). The text of a chunk is let go as soon as it has been judged.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol

import polars as pl

from newspkg.problems import Problem, Severity, problem
from newspkg.report import Findings, cut
from newspkg.schema import TableSchema
from newspkg.validate.cells import Column, dtype_of, judge, sentence
from newspkg.validate.descriptor import Resource
from newspkg.validate.guards import doubt, doubt_native, fits_column, present, typed, typed_native, unguarded
from newspkg.validate.records import Chunk, Opened, Reader

__all__ = ["Table", "Watch", "read_again", "read_table"]

_VALUE = 200  # characters of a cell that a problem carries
_MANY = 100  # cells in doubt from which it pays to look at them as a column
_NUL = "has a NUL character in it, which no text has."


@dataclass
class Table:
    """A table as far as it was read. `frame` has the typed columns that were kept whole, row by row of the file; null
    where a cell is missing or no value of its type. `lost` has, for each of them, the rows whose cell has text but no
    typed value, `faulty` those whose cell has a fault of any kind.
    `absent` are fields without a column, `at` the column of each other field, `broken` is why records are lacking, if
    they are."""

    resource: Resource
    schema: TableSchema
    reader: Reader
    columns: Mapping[str, Column] = field(default_factory=dict)
    frame: pl.DataFrame = field(default_factory=pl.DataFrame)
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
    ) -> None:
        """Reports the same problem of many rows; message and value are asked for those alone that are kept. `values`
        counts all of them, where that is known."""
        if not rows:
            return
        given: dict[str, Any] = {"resource": self.name, "field": field, "rule": rule, "position": position}
        if position is None and field in self.at:
            given["position"] = self.at[field] + 1
        if severity is not None:
            given["severity"] = severity

        def one(row: int) -> Problem:
            said = message if isinstance(message, str) else message(row)
            shown = value(row) if value is not None else None
            return problem(code, said, value=None if shown is None else cut(shown, _VALUE), **given, **self.place(row))

        findings.add_many(len(rows), map(one, islice(rows, findings.samples)), one(rows[0]), values)


class Watch(Protocol):
    """Something that follows a table while it is read: `fields` are the typed columns it wants to see."""

    fields: tuple[str, ...]

    def take(self, frame: pl.DataFrame, start: int, lost: set[int]) -> None:
        """Typed columns of some rows that begin at a position, and which of those rows have a faulty cell in them."""


# --- header ----------------------------------------------------------------------------------------------------------


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
    found: dict[str, int] = {}
    surplus: list[int] = []
    known, seen = Counter(names), Counter[str]()
    for n, label in enumerate(labels):
        seen[label] += 1
        if label in known and label not in found:
            found[label] = n
        elif label in found and seen[label] <= known[label]:
            continue  # of another field with that name, which is told of as not checked
        elif label in found and (len(labels) != len(names) or known[label] < 2):
            say(
                "duplicate-label",
                f"column {n + 1} has the label of column {found[label] + 1} again: {cut(label)!r}.",
                label,
                label,
                n,
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
                say("blank-label" if blank else "incorrect-label", message, names[n], labels[n], n)
                found[names[n]] = n
                surplus.remove(n)
                lacking.remove(names[n])
    for n in surplus:
        if not labels[n]:
            say("blank-label", f"column {n + 1} has no label.", None, None, n)
        elif mode in ("exact", "equal", "superset"):
            say(
                "extra-label",
                f"column {n + 1} is labelled {cut(labels[n])!r}, which is no field of the schema.",
                None,
                labels[n],
                n,
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
                    n,
                )
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


# --- records and cells -----------------------------------------------------------------------------------------------


def read_table(
    opened: Opened,
    resource: Resource,
    columns: dict[str, Column],
    keep: set[str],
    findings: Findings,
    watching: Callable[[Table, Findings], Sequence[Watch]],
) -> Table:
    """Judges all records of a table; `columns` are the fields' checks (none without a schema), `keep` the fields whose
    typed columns are wanted whole, `watching` gives what follows the table while it is read.

    Raises Again where the reader has to be another one; what was told until then does not count.
    """
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
    _Reading(table, keep, findings, watching(table, findings)).run()
    return table


def read_again(table: Table, watch: Watch) -> None:
    """A second pass over a table, for the typed columns that `watch` asks for; nothing is told twice."""
    at = {name: table.at[name] for name in watch.fields}
    columns = {name: table.columns[name] for name in watch.fields}
    twin = Table(table.resource, table.schema, table.reader, columns, at=at, width=table.width, dtypes=table.dtypes)
    _Reading(twin, set(), Findings(0), [watch]).run()


class _Reading:
    """One pass over the records of a table."""

    def __init__(self, table: Table, keep: set[str], findings: Findings, watches: Sequence[Watch]) -> None:
        self.table, self.findings, self.watches = table, findings, watches
        self.keep = [name for name in dict.fromkeys(table.schema.names) if name in keep and name in table.at]
        self.typed = {*self.keep, *(name for one in watches for name in one.fields)}
        self.labels = {at: name for name, at in table.at.items()}
        self.doubts: set[str] = set()
        self.hint = "b"  # the column of a chunk that tells which records may be blank

    def run(self) -> None:
        table, kept = self.table, []
        for chunk in table.reader.chunks(table.width, self.wanted(fast=table.reader.empty_is_null)):
            kept.append(self.chunk(chunk))
            table.height += len(chunk.numbers)
        dtypes = {name: dtype_of(table.columns[name].field) for name in self.keep}
        table.frame = pl.concat(kept) if kept else pl.DataFrame(schema=dtypes)
        table.broken = table.reader.broken

    def wanted(self, *, fast: bool) -> list[pl.Expr]:
        """What is to be worked out over the columns of text: for each field, which cells are in doubt, and its typed
        values where they are wanted."""
        table, found = self.table, []
        for name, at in table.at.items():
            if at >= table.width:
                continue
            column, text = table.columns[name], pl.col(str(at))
            dtype = table.dtypes[at] if table.dtypes is not None else pl.String()
            if dtype != pl.String():
                found += self.native(name, at, dtype)
                continue
            doubtful = doubt(column, text, empty_is_null=fast)
            if doubtful is not None:
                found.append(doubtful.alias(f"d{at}"))
                self.doubts.add(name)
            value = typed(column, text) if name in self.typed else None
            if value is not None:
                found.append(value.alias(f"t{at}"))
        needed = (n for n in table.at if n in self.doubts and table.columns[n].field.required)
        filled = next((n for n in needed if "" in table.columns[n].missing), None)
        if filled is not None:
            self.hint = f"d{table.at[filled]}"  # a blank record has nothing in a field that needs something
        elif table.width and table.dtypes is None:
            found.append((pl.col("0").fill_null("") == "").alias("b"))
        return found

    def native(self, name: str, at: int, dtype: pl.DataType) -> list[pl.Expr]:
        """What is to be worked out over a column that has a type already."""
        column, cell, found = self.table.columns[name], pl.col(str(at)), []
        fits = fits_column(column.field, dtype)
        doubtful = doubt_native(column, cell, dtype)
        if name in self.typed and not fits:
            doubtful = cell.is_not_null() | column.field.required
        if doubtful is not None:
            found.append(doubtful.alias(f"d{at}"))
            self.doubts.add(name)
        if name in self.typed:
            value = typed_native(column, cell, dtype) if fits else pl.lit(None, dtype=dtype_of(column.field))
            found.append(value.alias(f"t{at}"))
        return found

    def chunk(self, chunk: Chunk) -> pl.DataFrame:
        """Judges one chunk: its places are noted, its faults told; the columns that are kept come back."""
        table, start = self.table, self.table.height
        table.starts.append(start)
        table.runs.append((chunk.numbers, chunk.path))
        blank = self.blank(chunk)
        table.blank.update(start + i for i in blank)
        table.tell(self.findings, "blank-row", [start + i for i in blank], None, "the record is blank.")
        if chunk.wide or chunk.narrow:
            self.ragged(chunk, blank)
        spared = self.unreadable(chunk)
        faulty: dict[str, set[int]] = {}
        series: dict[str, pl.Series] = {}
        for name, at in table.at.items():
            if at >= table.width:
                if name in self.typed:
                    dtype = dtype_of(table.columns[name].field)
                    series[name] = pl.Series(name, [None] * len(chunk.numbers), dtype=dtype)
                continue
            found = self.column(chunk, name, at, blank, spared.get(at, set()))
            if found:
                faulty[name] = found
            if name in self.typed:
                series[name] = self.values[name]
        for one in self.watches:
            frame = pl.DataFrame([series[name].alias(f"k{n}") for n, name in enumerate(one.fields)])
            lost = set().union(*(self.lost.get(name, ()) for name in one.fields))
            one.take(frame, start, lost)
        for name in self.keep:
            table.lost.setdefault(name, set()).update(start + i for i in self.lost.get(name, ()))
            table.faulty.setdefault(name, set()).update(start + i for i in faulty.get(name, ()))
        return pl.DataFrame([series[name].alias(name) for name in self.keep])

    values: dict[str, pl.Series]
    lost: dict[str, set[int]]

    def blank(self, chunk: Chunk) -> set[int]:
        """The records in which nothing stands at all. A lone empty cell in a table of one column is a cell."""
        self.values, self.lost = {}, {}
        if not chunk.lined:
            return set()
        if not self.table.width:
            return {i for i, n in chunk.narrow.items() if n == 0}
        rows = chunk.cells[self.hint].arg_true()
        if not len(rows):
            return set()
        text = chunk.cells.select(str(n) for n in range(self.table.width))[rows]
        empty = text.select(pl.all_horizontal(pl.all().fill_null("") == "")).to_series()
        found = {i for i in rows.filter(empty).to_list() if i not in chunk.wide or not any(chunk.wide[i])}
        if self.table.width == 1:
            found = {i for i in found if chunk.narrow.get(i) == 0}
        return found

    def ragged(self, chunk: Chunk, blank: set[int]) -> None:
        """Records with too few or too many cells: one problem for each cell."""
        table, findings, width, start = self.table, self.findings, self.table.width, self.table.height

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
            name = self.labels.get(at)
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

    def unreadable(self, chunk: Chunk) -> dict[int, set[int]]:
        """Cells with bytes or characters that no text has, by column; they are told here and not judged further."""
        table, findings, start = self.table, self.findings, self.table.height
        found: dict[int, set[int]] = {}

        def say(at: int, rows: list[int], what: str, value: Callable[[int], str | None]) -> None:
            name = self.labels.get(at)
            said = f"{cut(name) if name else f'column {at + 1}'} {what}"
            table.tell(findings, "encoding-error", rows, name, said, value, position=at + 1)

        for row, first in chunk.cut.items():
            for at in range(first, table.width):
                found.setdefault(at, set()).add(row)
        for row, at, byte in chunk.bad:
            found.setdefault(at, set()).add(row)
            encoding = table.resource.encoding.removesuffix("-sig").upper()
            say(at, [start + row], f"has the byte {byte}, which is not {encoding}.", lambda _, byte=byte: byte)  # type: ignore[misc]
        if chunk.nul and table.width:
            text = chunk.cells.select(str(n) for n in range(table.width))
            text = text.select(pl.selectors.string()) if table.dtypes is not None else text
            some = text.select(pl.all().str.contains("\0", literal=True).any()).row(0) if text.width else ()
            for at in (int(at) for at, nul in zip(text.columns, some, strict=True) if nul):
                cells = text[str(at)]
                rows = cells.str.contains("\0", literal=True).fill_null(False).arg_true().to_list()
                found.setdefault(at, set()).update(rows)
                say(at, [start + i for i in rows], _NUL, lambda row, cells=cells: cells[row - start])  # type: ignore[misc]
            for row, surplus in sorted(chunk.wide.items()):
                for k, cell in enumerate(surplus):
                    if "\0" in cell:
                        say(table.width + k, [start + row], _NUL, lambda _, cell=cell: cell)  # type: ignore[misc]
        return found

    def column(self, chunk: Chunk, name: str, at: int, blank: set[int], spared: set[int]) -> set[int]:
        """Judges the cells of a column that are in doubt; the rows, within the chunk, whose cell has a fault."""
        column, start, cells = self.table.columns[name], self.table.height, chunk.cells[str(at)]
        short = {i for i, n in chunk.narrow.items() if n <= at}
        self.lost[name] = set(spared)
        if name in self.typed:
            made = f"t{at}"
            known = made in chunk.cells.columns
            empty = chunk.empty_is_null
            texts_gone = unguarded(column, name in self.doubts and chunk.native is None)
            self.values[name] = chunk.cells[made] if known else present(column, cells, texts_gone, empty_is_null=empty)
            gone = [*short] if empty and not known else []
            gone += [*spared, *blank]  # what is no text is no key
            if gone:
                self.values[name] = self.values[name].scatter(gone, None)
        native = None
        if chunk.native is not None:
            rows = list(range(len(chunk.numbers)))
        elif name in self.doubts:
            doubtful = chunk.cells[f"d{at}"].arg_true()
            many = len(doubtful) > _MANY and not column.field.required and cells.dtype == pl.String
            if many:  # most of them may say that there is nothing
                nothing = cells.gather(doubtful).is_in(column.missing).fill_null(False)
                if name in self.typed:
                    self.values[name] = self.values[name].scatter(doubtful.filter(nothing), None)
                doubtful = doubtful.filter(~nothing)
            rows = doubtful.to_list()
        else:
            rows = []
        if short and column.field.required:  # no cell at all, which a guard may have taken for an empty one
            rows = sorted(short.union(rows))
        if blank or spared:
            rows = [i for i in rows if i not in blank and i not in spared]
        if not rows:
            return set(spared)
        if chunk.native is not None:
            native = [chunk.native[i][at] for i in rows]
        texts: list[str | None]
        if cells.dtype == pl.String:
            texts = cells.gather(rows).to_list()
        else:
            from newspkg.validate.columns import native_values

            texts, native = native_values(column.field, cells.gather(rows))
        if chunk.empty_is_null and None in texts:
            texts = ["" if t is None and i not in short else t for i, t in zip(rows, texts, strict=True)]
        judged = judge(column, texts, native)
        bad = set(spared)
        for rule, some in judged.faults.items():
            code = "type-error" if rule == "type" else "constraint-error"
            text_of = {start + rows[n]: texts[n] for n in some}
            counted = Counter("" if t is None else cut(t, _VALUE) for t in text_of.values())
            self.table.tell(
                self.findings,
                code,
                list(text_of),
                name,
                f"{name} {sentence(column, rule)}.",
                text_of.__getitem__,
                values=counted,
                rule=rule,
            )
            bad.update(rows[n] for n in some)
        if name in self.typed:
            dtype = dtype_of(column.field)
            filled = pl.Series(judged.values, dtype=dtype, strict=False)
            self.values[name] = self.values[name].scatter(rows, filled)
            self.lost[name].update(
                i for i, v, gone in zip(rows, judged.values, judged.missing, strict=True) if v is None and not gone
            )
        return bad
