"""The records and cells of a table, chunk by chunk, as columns.

What later checks need is kept as typed columns: whole where the rules of the profile or checks of the package ask for
them, else only as far as keys do (`keys.py`). The text of a chunk is let go as soon as it has been judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import polars as pl

from newspkg.report import Findings
from newspkg.validate.cells import Column, judge
from newspkg.validate.descriptor import Resource
from newspkg.validate.guards import doubt, doubt_native, dtype_of, fits_column, present, typed, typed_native, unguarded
from newspkg.validate.records import Chunk, Opened
from newspkg.validate.table import Table, head_of, tell_faults, tell_ragged, tell_unreadable

__all__ = ["Watch", "read_again", "read_table"]

_MANY = 100  # cells in doubt from which it pays to look at them as a column


class Watch(Protocol):
    """Something that follows a table while it is read: `fields` are the typed columns it wants to see."""

    fields: tuple[str, ...]

    def take(self, frame: pl.DataFrame, start: int, lost: set[int]) -> None:
        """Typed columns of some rows that begin at a position, and which of those rows have a faulty cell in them."""


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
    table = head_of(opened, resource, columns, findings)
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
        table.whole = pl.concat(kept) if kept else pl.DataFrame(schema=dtypes)
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
            tell_ragged(table, chunk, blank, self.findings)
        spared = tell_unreadable(table, chunk, self.nul(chunk), self.findings)
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
        perhaps = chunk.cells[self.hint]
        if not perhaps.any():
            return set()
        rows = perhaps.arg_true()
        text = chunk.cells.select(str(n) for n in range(self.table.width))[rows]
        empty = text.select(pl.all_horizontal(pl.all().fill_null("") == "")).to_series()
        found = {i for i in rows.filter(empty).to_list() if i not in chunk.wide or not any(chunk.wide[i])}
        if self.table.width == 1:
            found = {i for i in found if chunk.narrow.get(i) == 0}
        return found

    def nul(self, chunk: Chunk) -> Iterator[tuple[int, dict[int, str]]]:
        """The cells with a NUL character in them: column, and text by position in the chunk."""
        if not chunk.nul or not self.table.width:
            return
        text = chunk.cells.select(str(n) for n in range(self.table.width))
        text = text.select(pl.selectors.string()) if self.table.dtypes is not None else text
        some = text.select(pl.all().str.contains("\0", literal=True).any()).row(0) if text.width else ()
        for at in (int(at) for at, nul in zip(text.columns, some, strict=True) if nul):
            cells = text[str(at)]
            rows = cells.str.contains("\0", literal=True).fill_null(False).arg_true().to_list()
            yield at, {i: cells[i] for i in rows}

    def column(self, chunk: Chunk, name: str, at: int, blank: set[int], spared: set[int]) -> set[int]:
        """Judges the cells of a column that are in doubt; the rows, within the chunk, whose cell has a fault."""
        column, cells = self.table.columns[name], chunk.cells[str(at)]
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
        elif name in self.doubts and (doubted := chunk.cells[f"d{at}"]).any():
            rows = pl.int_range(len(doubted), eager=True).filter(doubted).to_list()
            if len(rows) > _MANY and not column.field.required and cells.dtype == pl.String:
                nothing = frozenset(column.missing)  # which most of them may be
                rows = [i for i, text in zip(rows, cells.filter(doubted).to_list(), strict=True) if text not in nothing]
                if name in self.typed:  # those that are something are put back when they have been judged
                    none = pl.Series([None], dtype=self.values[name].dtype)
                    self.values[name] = self.values[name].zip_with(~doubted, none)
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
        bad = spared | tell_faults(self.table, name, rows, texts, judged, self.findings)
        if name in self.typed:
            dtype = dtype_of(column.field)
            filled = pl.Series(judged.values, dtype=dtype, strict=False)
            self.values[name] = self.values[name].scatter(rows, filled)
            self.lost[name].update(
                i for i, v, gone in zip(rows, judged.values, judged.missing, strict=True) if v is None and not gone
            )
        return bad
