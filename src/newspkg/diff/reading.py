"""One side of a comparison while it is read: chunk by chunk, the columns that both versions have, as texts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import polars as pl

from newspkg.diff.values import Canon, comparable, native_texts
from newspkg.report import Findings
from newspkg.validate.cells import Column, columns_of
from newspkg.validate.descriptor import Resource
from newspkg.validate.files import open_table
from newspkg.validate.guards import present
from newspkg.validate.native import fields_at
from newspkg.validate.packed import Scratch
from newspkg.validate.records import Again, Chunk, Opened

__all__ = ["Facts", "Plan", "Side", "Sink", "plan"]


@dataclass(slots=True)
class Facts:
    """What was seen of a side besides its rows. `order` is a digest of the values in their order, `writing` one of the
    texts; `odd` counts records with too many cells, `surplus` is a digest of these in any order; `unreadable` counts
    cells with bytes that are no text, `unclosed` are the records whose last cell has a quotation mark that is never
    closed: (number, column). `broken` is why the rest could not be read."""

    rows: int = 0
    order: int = 0
    writing: int = 0
    odd: int = 0
    surplus: int = 0
    unreadable: int = 0
    unclosed: list[tuple[int, int]] = field(default_factory=list)
    invalid: list[int] = field(default_factory=list)
    broken: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A column that both versions have: its name in NEW, where it stands in OLD and in NEW, and whether its cells are
    compared as values."""

    name: str
    old: int
    new: int
    typed: bool


class Sink(Protocol):
    """Takes rows: `row` is the record's number, `c0` ... the cells as texts, null where the value is missing, `v0` ...
    of typed columns the text to compare where that is another one."""

    def add(self, frame: pl.DataFrame) -> None: ...

    def clear(self) -> None: ...


class Side:
    """The table of OLD, or of NEW. Raises nothing: `why` says why it cannot be read."""

    def __init__(self, root: Path, resource: Resource, scratch: Scratch, label: str) -> None:
        self.root, self.resource, self.scratch, self.label = root, resource, scratch, label
        self.columns: dict[str, Column] = {}
        if resource.schema is not None:
            self.columns = columns_of(resource.schema, resource.name, Findings(0))
            if resource.dialect is not None and resource.dialect.null is not None:
                for column in self.columns.values():
                    column.missing.append(resource.dialect.null)
        self.why = ""
        self.opened = self._open(slow=False)

    def _open(self, *, slow: bool) -> Opened | None:
        told = Findings(1)
        opened = open_table(self.root, self.resource, told, self.scratch, slow=slow)
        if opened is None:
            report = told.report()
            first = next((p.message for p in report.problems if p.severity == "error"), "it cannot be read")
            self.why = f"{self.label}: {first.rstrip('.')}"
        return opened

    def names(self) -> list[str]:
        """The name of each column: its field's, else its label; a second column of one name has its number too."""
        assert self.opened is not None
        labels = self.opened.labels or []
        found: list[str] = []
        for n, one in enumerate(fields_at(self.opened.labels, self.opened.width, self.resource.schema)):
            label = labels[n] if n < len(labels) else ""
            # A field that a column has by its place alone may be the field of another column, by its label.
            name = label if one is None or (label != one.name and one.name in labels) else one.name
            name = name or f"column {n + 1}"
            found.append(f"{name} ({n + 1})" if name in found else name)
        return found

    def label_of(self, at: int) -> str | None:
        """The label of a column; None where there is no header, or none of that column."""
        labels = (self.opened.labels if self.opened is not None else None) or []
        return labels[at] if at < len(labels) else None

    def column(self, name: str) -> Column | None:
        """What there is to know of a field."""
        return self.columns.get(name)

    def read(self, at: Sequence[int], names: Sequence[str], typed: Sequence[bool], sink: Sink) -> Facts:
        """Gives the rows to `sink`: the columns at some positions, in that order."""
        while True:
            assert self.opened is not None
            facts = Facts(invalid=[0] * len(at))
            try:
                self._read(at, names, typed, sink, facts)
            except Again as again:
                sink.clear()
                if not (again.wider and self.opened.reader.widen()):
                    self.opened = self._open(slow=True)
                continue
            facts.broken = self.opened.reader.broken
            return facts

    def _read(self, at: Sequence[int], names: Sequence[str], typed: Sequence[bool], sink: Sink, facts: Facts) -> None:
        assert self.opened is not None
        opened = self.opened
        dtypes = opened.dtypes
        canons: list[Canon | None] = []
        for position, name, is_typed in zip(at, names, typed, strict=True):
            column = self.column(name)
            dtype = dtypes[position] if dtypes is not None else None
            canons.append(Canon(column, dtype) if is_typed and column is not None else None)
        for chunk in opened.reader.chunks(opened.width, []):
            frame = self._frame(chunk, at, names, canons)
            facts.odd += len(chunk.wide)
            facts.surplus += sum(_surplus(frame, row, cells) for row, cells in chunk.wide.items())
            facts.unreadable += len(chunk.bad)
            facts.unclosed += [(chunk.numbers[row], column) for row, column in chunk.cut.items()]
            _digest(frame, facts)
            facts.rows += frame.height
            sink.add(frame)
        facts.invalid = [0 if canon is None else canon.invalid for canon in canons]

    def _frame(
        self, chunk: Chunk, at: Sequence[int], names: Sequence[str], canons: Sequence[Canon | None]
    ) -> pl.DataFrame:
        height = len(chunk.numbers)
        made = [pl.Series("row", chunk.numbers, dtype=pl.Int64)]
        values = []
        for n, (position, name, canon) in enumerate(zip(at, names, canons, strict=True)):
            column = self.column(name)
            missing = column.missing if column is not None else [""]
            if str(position) in chunk.cells.columns:
                cells = native_texts(
                    canon.field if canon else column.field if column else None, chunk.cells[str(position)]
                )
            else:
                cells = pl.repeat(None, height, dtype=pl.String, eager=True)
            if column is not None:
                cells = present(column, cells, missing, empty_is_null=chunk.empty_is_null)
            else:
                cells = cells.replace("", None)
            short = [i for i, width in chunk.narrow.items() if width <= position]
            if short:
                cells = cells.scatter(short, None)
            made.append(cells.alias(f"c{n}"))
            if canon is not None and not canon.text:
                values.append(canon.series(cells).alias(f"v{n}"))
        return pl.DataFrame([*made, *values])


def _surplus(frame: pl.DataFrame, row: int, cells: Sequence[str]) -> int:
    """A record that is too long, as a number."""
    whole = json.dumps([frame.row(row)[1:], cells])
    return int.from_bytes(hashlib.blake2b(whole.encode("utf-8", "surrogatepass"), digest_size=16).digest())


def _digest(frame: pl.DataFrame, facts: Facts) -> None:
    """Adds rows to the digests of a side."""
    if not frame.height or frame.width < 2:
        return
    place = pl.int_range(facts.rows, facts.rows + frame.height, dtype=pl.Int64).alias("#")
    texts = [n for n in frame.columns if n.startswith("c")]
    written = pl.struct(place, *texts).hash(seed=1).bitwise_xor()
    meant = pl.struct(place, *(value_of(frame.columns, n[1:]).alias(n) for n in texts)).hash(seed=1).bitwise_xor()
    a, b = frame.select(written.alias("a"), meant.alias("b")).row(0)
    facts.writing ^= a
    facts.order ^= b


def value_of(columns: Sequence[str], n: str, suffix: str = "") -> pl.Expr:
    """The text of a cell that is compared."""
    cell = pl.col(f"c{n}{suffix}")
    return pl.coalesce(pl.col(f"v{n}{suffix}"), cell) if f"v{n}{suffix}" in columns else cell


def plan(old: Side, new: Side, renamed: dict[str, str]) -> list[Plan]:
    """The columns that both versions have, in NEW's order."""
    names, after = old.names(), new.names()
    # A field may have a new name while its column keeps the old label, where fields stand for columns by label alone.
    before = {name if name in after else renamed.get(name, name): (n, name) for n, name in enumerate(names)}
    found = []
    for n, name in enumerate(after):
        if name in before:
            at, was = before[name]
            found.append(Plan(name, at, n, comparable(old.column(was), new.column(name))))
    return found
