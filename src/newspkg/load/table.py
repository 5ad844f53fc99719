"""A resource as a lazy frame of polars: nothing is opened before a query asks for it, and of that no more than it asks.

Polars tells the source below which columns, how many rows and which condition a query has; the source reads chunk by
chunk as the validator does, makes values of what is asked for (`values.py`) and gives them on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from newspkg.load.delimited import projected
from newspkg.load.parquet import chunks_of, frames_of
from newspkg.load.values import Fault, LoadError, Typer
from newspkg.problems import CannotRun, Problem, problem
from newspkg.report import Findings, cut
from newspkg.schema import Field, TableSchema
from newspkg.validate.cells import columns_of
from newspkg.validate.columns import Columns
from newspkg.validate.descriptor import Package, Resource
from newspkg.validate.fast import Fast
from newspkg.validate.files import check_files, open_table
from newspkg.validate.packed import Scratch
from newspkg.validate.records import Again, Chunk, Opened
from newspkg.validate.table import head_of

__all__ = ["Faults", "TableSource"]

_FEW = 10_000  # rows up to which a query is answered by the reader that need not look at the whole file first
_KEPT = 10_000  # faults of a table that are kept
_BY_ORDER = frozenset(("incorrect-label", "blank-header"))  # told of a header whose columns are taken by their order


class Faults:
    """What was left out of tables that were read with `strict=False`, each fault once however often it was read."""

    def __init__(self) -> None:
        self._found: dict[str, dict[tuple[Any, ...], Problem]] = {}

    def add(self, one: Problem) -> None:
        """Takes in a fault."""
        of_table = self._found.setdefault(one.resource or "", {})
        if len(of_table) < _KEPT:
            of_table.setdefault((one.code, one.path, one.row, one.position, one.field, one.rule), one)

    def listed(self) -> list[Problem]:
        """All of them, table by table in the order of the rows."""
        found = [one for table in self._found.values() for one in table.values()]
        return sorted(found, key=lambda p: (p.resource or "", p.row or 0, p.position or 0, p.code))


class TableSource:
    """One resource of a package. `obtain` sees to it that its files are at hand, `check` has them compared with the
    size and the hash that the descriptor states. `unread` is why the table cannot be read at all, if it cannot, `wrong`
    what is said of it in the descriptor that may be why a reader gives up."""

    def __init__(
        self,
        package: Package,
        resource: Resource,
        scratch: Scratch,
        *,
        strict: bool,
        as_text: frozenset[str],
        faults: Faults,
        obtain: Callable[[Sequence[str]], None],
        check: bool,
        hint: str,
        unread: str,
        wrong: str = "",
    ) -> None:
        self.package, self.resource, self.scratch = package, resource, scratch
        self.strict, self.as_text, self.faults = strict, as_text, faults
        self.obtain, self.check, self.hint, self.unread = obtain, check, hint, unread
        self.wrong, self.twice = wrong, _twice(resource.schema)
        self._ready = False
        self._typers: dict[str, Typer] | None = None
        self.native: pl.Schema | None = None  # of Parquet without a schema

    # --- what polars asks

    def frame(self) -> pl.LazyFrame:
        """The table."""
        from polars.io.plugins import register_io_source

        return register_io_source(self.read, schema=self.schema(), is_pure=True)

    def schema(self) -> pl.Schema:
        """The dtypes of the table. A file is opened for them only where there is no schema."""
        typers = self.typers()
        if self.native is not None:
            return self.native
        return pl.Schema([(name, one.dtype) for name, one in typers.items()])

    def read(
        self,
        with_columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,
        batch_size: int | None,
    ) -> Iterator[pl.DataFrame]:
        """The table, chunk by chunk: some columns, some rows."""
        del batch_size
        names = list(self.schema()) if with_columns is None else with_columns
        reading = _Reading(self, names)
        try:
            for frame, done in reading.frames(predicate, n_rows):
                yield frame if done or predicate is None else frame.filter(predicate)
        finally:
            reading.settle()

    # --- opening

    def typers(self) -> dict[str, Typer]:
        """What makes the values of each column."""
        if self._typers is None:
            schema = self.described()
            columns = columns_of(schema, self.resource.name, Findings(0))
            dialect = self.resource.dialect
            if dialect is not None and dialect.null is not None:
                for column in columns.values():
                    column.missing.append(dialect.null)
            self._typers = {name: Typer(one, as_text=name in self.as_text) for name, one in columns.items()}
        return self._typers

    def described(self) -> TableSchema:
        """The schema of the table: where there is none, a field of text for each label."""
        one = self.resource
        if one.schema is not None:
            return one.schema
        if one.schema_broken:
            raise CannotRun(f"{one.name}: its schema cannot be used. {self.hint}")
        opened, _ = self.open()
        if opened.dtypes is not None:
            self.native = pl.Schema(list(zip(_names(opened), opened.dtypes, strict=True)))
        return TableSchema(one.name, tuple(Field(name) for name in _names(opened)))

    def open(self, *, slow: bool = False) -> tuple[Opened, Findings]:
        """The table behind its header, and what readers go on to tell. Raises CannotRun where there is none."""
        one = self.resource
        if not self._ready:
            if self.unread:
                raise CannotRun(f"{one.name}: cannot be read as a table: {self.unread}. {self.hint}")
            self.obtain(one.paths)
            findings = Findings(1)
            if self.check and (not check_files(self.package.root, one, findings) or findings.errors):
                raise CannotRun(f"{one.name}: what was fetched is not what the descriptor states: {_first(findings)}")
            self._ready = True
        told = Findings(10)
        try:
            opened = open_table(self.package.root, one, told, self.scratch, slow=slow)
        except OSError as error:
            reason = error.strerror or str(error)
            raise CannotRun(f"{one.name}: {one.place} cannot be read ({reason}). {self.hint}") from error
        if opened is None:
            said = self.wrong if self.wrong and not told.report().problems else _first(told)
            raise CannotRun(f"{one.name}: cannot be read: {said} {self.hint}")
        return opened, told

    def tell(self, one: Problem) -> None:
        """Raises LoadError where the reading is strict, else takes a note of the fault."""
        if not self.strict:
            self.faults.add(one)
            return
        place = [f"table {one.resource}", *([f"field {one.field}"] if one.field else [])]
        place += [f"row {one.row}"] if one.row else []
        place += [f"line {one.line} of {one.path}"] if one.line else [one.path] if one.path else []
        shown = f" It is {cut(one.value)!r}." if one.value else ""
        gives = "takes the columns in the order of the fields" if one.code in _BY_ORDER else "gives null"
        gives = "keeps the first of them" if one.code == "field-error" else gives
        gives = "keeps U+FFFD" if one.code == "encoding-error" and one.field is None else gives
        more = f" Or load(..., strict=False), which {gives} and notes it in `faults`."
        raise LoadError(f"{', '.join(place)}: {one.message}{shown} {self.hint}{more}", one)


def _twice(schema: TableSchema | None) -> list[str]:
    """Names that several fields of a schema have."""
    names = schema.names if schema is not None else ()
    return [name for name, n in Counter(names).items() if n > 1]


def _names(opened: Opened) -> list[str]:
    """The names of columns without a schema: their labels; a second column of one label has its number too."""
    found: list[str] = []
    for n in range(opened.width):
        label = opened.labels[n] if opened.labels is not None and n < len(opened.labels) else ""
        name = label or f"column {n + 1}"
        found.append(f"{name} ({n + 1})" if name in found else name)
    return found


def _first(findings: Findings) -> str:
    """The first thing that went wrong, as a sentence."""
    found = findings.report().problems
    grave = [one for one in found if one.severity == "error"] or found
    return grave[0].message if grave else "it is no table that can be read."


# --- one reading -----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Spot:
    """A fault in a chunk: the row there, the position of the cell (0: the record), and what is wrong with it."""

    row: int
    position: int
    code: str
    message: str
    field: str | None = None
    rule: str | None = None
    value: str | None = None


class _Reading:
    """One pass over a table, for some of its columns."""

    def __init__(self, source: TableSource, names: list[str]) -> None:
        self.source, self.names = source, names
        every = source.typers()
        self.typers = {name: every[name] for name in names} if source.native is None else {}
        self.pending: list[tuple[Any, list[tuple[int, _Spot, str]]]] = []  # reader -> (record, fault, file)

    def frames(self, predicate: pl.Expr | None, few: int | None) -> Iterator[tuple[pl.DataFrame, bool]]:
        """The first `few` rows as typed frames, and whether the condition has been seen to already."""
        slow = few is not None and few <= _FEW
        done = 0
        while True:
            opened, told = self.source.open(slow=slow)
            places = self.places(opened)
            if done == 0 and isinstance(opened.reader, Columns):
                ready = frames_of(opened.reader, self.typers, places, predicate, few) if self.typers else None
                if ready is not None:
                    yield from ((frame, True) for frame in ready)
                    return
            try:
                for chunk in self.chunks(opened, places, done):
                    left = len(chunk.numbers) if few is None else min(len(chunk.numbers), few - done)
                    done += left
                    yield self.frame(opened, _slice(chunk, 0, left), places), False
                    if done == few:
                        return
            except Again:
                slow = True
                continue
            self.whole(opened, told)
            return

    def places(self, opened: Opened) -> dict[str, int]:
        """Which column each field has. Says what is wrong with the header."""
        one = self.source
        if one.resource.schema is None:
            return {name: n for n, name in enumerate(_names(opened))}
        for name in one.twice:
            said = f"{name} is the name of several fields, of which only the first can be loaded."
            one.tell(problem("field-error", said, resource=one.resource.name, field=name))
        findings = Findings(10)
        columns = {name: typer.column for name, typer in one.typers().items()}
        table = head_of(opened, one.resource, columns, findings)
        for found in findings.report().problems:
            if found.severity == "error":
                number = found.row or 0
                place = opened.reader.places({number: found.position or 1}).get(number) if number else None
                one.tell(found.at(place.line if place is not None else None, None))
        return {name: at for name, at in table.at.items() if at < opened.width}

    def chunks(self, opened: Opened, places: dict[str, int], done: int) -> Iterator[Chunk]:
        """The chunks of a table behind the first `done` records."""
        reader, width = opened.reader, opened.width
        at = {name: places[name] for name in self.names if name in places}
        if isinstance(reader, Columns):
            yield from chunks_of(reader, sorted(set(at.values())))
            return
        if isinstance(reader, Fast):
            every = [n for n in at if "" not in self.typers[n].column.missing]  # see `all_empty`
            some = range(width) if every else sorted(set(at.values()))
            quick = [(self.typers[name].quick(pl.col(str(n))), n) for name, n in at.items()]
            chunks = projected(reader, width, some, [one.alias(f"q{n}") for one, n in quick if one is not None])
        else:
            chunks = reader.chunks(width, [])
        for chunk in chunks:
            height = len(chunk.numbers)
            if done >= height > 0:
                done -= height
                continue
            yield _slice(chunk, done, height)
            done = 0

    def frame(self, opened: Opened, chunk: Chunk, places: dict[str, int]) -> pl.DataFrame:
        """The values of a chunk. Raises LoadError at the first fault where the reading is strict."""
        if self.source.native is not None:
            native: pl.DataFrame = chunk.cells
            return native.select(pl.col(str(places[name])).alias(name) for name in self.names)
        spots = _records(chunk, opened.width)
        lost = _unreadable(chunk)
        empty = _all_empty(chunk, opened.width, [self.typers[n].column.missing for n in self.names])
        made = []
        for name in self.names:
            typer, at = self.typers[name], places.get(name)
            if at is None:
                made.append(pl.Series(name, [None], dtype=typer.dtype).new_from_index(0, len(chunk.numbers)))
                continue
            gone = {row for row, n in chunk.narrow.items() if n <= at} | empty | set(lost.get(at, ()))
            gone |= {row for row, first in chunk.cut.items() if first <= at}
            values, faults = self.column(opened, chunk, typer, at, sorted(gone))
            made.append(values.alias(name))
            for row, what in lost.get(at, {}).items():
                spots.append(_Spot(row, at + 1, "encoding-error", f"{name} {what}", name))
            for fault in faults:
                code = "type-error" if fault.rule in ("type", "range", "items", "surrogate") else "constraint-error"
                said = f"{typer.sentence(fault)}."
                spots.append(_Spot(fault.row, at + 1, code, said, name, fault.rule, cut(fault.text or "", 200)))
        if spots:
            self.tell(opened, chunk, spots)
        return pl.DataFrame(made)

    def column(
        self, opened: Opened, chunk: Chunk, typer: Typer, at: int, gone: list[int]
    ) -> tuple[pl.Series, list[Fault]]:
        """The values of one column; `gone` are rows that have no cell there, or none that can be read."""
        cells: pl.Series = chunk.cells[str(at)]
        if opened.dtypes is not None:
            return typer.of_native(cells)
        filled = chunk.empty_is_null and "" not in typer.column.missing
        if filled:
            cells = cells.fill_null("")
        if gone:
            cells = cells.scatter(gone, None)
        if chunk.native is not None:
            texts = cells.to_list()
            natives = [None if text is None else row[at] for text, row in zip(texts, chunk.native, strict=True)]
            return typer.of_values(texts, natives, cells.name)
        made = f"q{at}"
        if filled or gone or made not in chunk.cells.columns:
            return typer.of_cells(cells)
        return typer.of_text(cells, chunk.cells[made])

    # --- faults

    def tell(self, opened: Opened, chunk: Chunk, spots: list[_Spot]) -> None:
        """Raises the first fault of a chunk, or notes all of them to be placed later."""
        spots.sort(key=lambda spot: (spot.row, spot.position))
        found = [(chunk.numbers[spot.row], spot, chunk.path) for spot in spots]
        if self.source.strict:
            self.place(opened.reader, found[:1])
        self.pending.append((opened.reader, found))

    def settle(self) -> None:
        """Gives the faults that are noted to the package."""
        for reader, found in self.pending:
            self.place(reader, found)
        self.pending.clear()

    def place(self, reader: Any, found: list[tuple[int, _Spot, str]]) -> None:
        wanted: dict[int, int] = {}
        for number, spot, _ in found:
            wanted[number] = max(wanted.get(number, 1), spot.position)
        known = reader.places(wanted)
        for number, spot, path in found:
            at = known.get(number)
            line, column = (at.cell(spot.position) if at and spot.position else None) or (at.line if at else None, None)
            place: dict[str, Any] = {"row": number, "line": line, "column": column, "path": path}
            place["position"] = spot.position or None
            one = problem(
                spot.code, spot.message, resource=self.source.resource.name, field=spot.field, value=spot.value,
                rule=spot.rule, **place,
            )  # fmt: skip
            self.source.tell(one)

    def whole(self, opened: Opened, told: Findings) -> None:
        """Says what the reader met by itself: halves of surrogate pairs in JSON, and why it could not go on."""
        for found in told.report().problems:
            if found.code == "encoding-error":
                self.source.tell(replace(found, resource=self.source.resource.name))
        if opened.reader.broken:
            name = self.source.resource.name
            said = f"{opened.reader.broken}: {_first(told)}"
            self.source.tell(problem("source-error", said, resource=name, path=self.source.resource.place))


def _slice(chunk: Chunk, first: int, end: int) -> Chunk:
    """Some of the records of a chunk."""
    if first == 0 and end >= len(chunk.numbers):
        return chunk

    def within(rows: dict[int, Any]) -> dict[int, Any]:
        return {row - first: what for row, what in rows.items() if first <= row < end}

    return replace(
        chunk,
        cells=chunk.cells[first:end],
        numbers=chunk.numbers[first:end],
        wide=within(chunk.wide),
        narrow=within(chunk.narrow),
        native=None if chunk.native is None else chunk.native[first:end],
        bad=[(row - first, at, byte) for row, at, byte in chunk.bad if first <= row < end],
        cut=within(chunk.cut),
    )


def _records(chunk: Chunk, width: int) -> list[_Spot]:
    """Records that are blank, too short, too long, or end within a quotation."""
    spots = []
    for row, n in chunk.narrow.items():
        if row in chunk.cut:
            continue
        if n == 0 and chunk.lined:
            spots.append(_Spot(row, 0, "blank-row", "the record is blank."))
        else:
            spots.append(_Spot(row, 0, "missing-cell", f"the record has {n} cell{'s' * (n != 1)}, not {width}."))
    for row, cells in chunk.wide.items():
        if row not in chunk.cut:
            spots.append(_Spot(row, 0, "extra-cell", f"the record has {width + len(cells)} cells, not {width}."))
    spots += [
        _Spot(row, 0, "source-error", "a quotation mark is never closed; the rest of the file is one cell.")
        for row in chunk.cut
    ]
    return spots


def _unreadable(chunk: Chunk) -> dict[int, dict[int, str]]:
    """Cells with bytes or characters that no text has, by column and row."""
    found: dict[int, dict[int, str]] = {}
    for row, at, byte in chunk.bad:
        found.setdefault(at, {})[row] = f"has the byte {byte}, which its encoding does not have."
    if chunk.nul:
        for name in chunk.cells.columns:
            cells = chunk.cells[name]
            if cells.dtype == pl.String and name.isdigit():
                for row in cells.str.contains("\0", literal=True).fill_null(False).arg_true().to_list():
                    found.setdefault(int(name), {})[row] = "has a NUL character in it, which no text has."
    return found


def _all_empty(chunk: Chunk, width: int, missing: list[list[str]]) -> set[int]:
    """Records with nothing in any cell, which are blank: an empty text that is a value elsewhere is none there."""
    if not chunk.lined or width < 2 or all("" in one for one in missing):
        return set()
    text = chunk.cells.select(str(n) for n in range(width))
    return set(text.select(pl.all_horizontal(pl.all().fill_null("") == "")).to_series().arg_true().to_list())
