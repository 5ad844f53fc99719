"""What every reader of tables gives: records, or whole columns of them, and where each stands.

Record   one record: its cells as text, its number
Chunk    some records in a row, as columns of text
Reader   gives the chunks of a table, as often as asked, and the places of single cells
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Again", "Chunk", "Opened", "Place", "Reader", "Record", "chunked", "header_columns"]

ROWS = 50_000  # records of a chunk: large enough for columns to pay, small enough to hold a few


@dataclass(frozen=True, slots=True)
class Record:
    """One record. `number` counts as frictionless does (the header is 1), `path` is the file it stands in; `native` has
    the values where they are typed already: JSON, spreadsheets. `bad` are cells with bytes that are no text: (position,
    the first such byte); a character U+FFFD stands for each of them. `cut` is the position of a cell that swallows the
    rest of the file, since its quotation mark is never closed."""

    cells: list[str]
    number: int
    path: str
    native: list[Any] | None = None
    bad: Sequence[tuple[int, str]] = ()
    cut: int | None = None


@dataclass(slots=True)
class Chunk:
    """Some records in a row.

    `cells` is a polars frame with one column of text for each column of the table, named by position ("0", "1" ...),
    and the columns that were asked for; or, where nothing was asked of polars, a list of columns in plain Python. In a
    column of text null is a cell that the record does not have or, where `empty_is_null`, one that has nothing in it.
    `numbers` are record numbers. `wide` has the surplus cells of records, `narrow` the number of cells of those that
    have too few, both by position in the chunk. `native` has the values of records that are typed already. `bad` are
    cells with bytes that are no text: (position in the chunk, column, byte). `cut` are records that are not whole, by
    position in the chunk, and the first column that is not. `nul` says that cells may hold NUL characters, `lined` that
    a record is a line of text, which may be blank.
    """

    cells: Any
    numbers: Sequence[int]
    path: str
    wide: dict[int, list[str]] = field(default_factory=dict)
    narrow: dict[int, int] = field(default_factory=dict)
    native: list[list[Any]] | None = None
    bad: list[tuple[int, int, str]] = field(default_factory=list)
    cut: dict[int, int] = field(default_factory=dict)
    empty_is_null: bool = False
    nul: bool = True
    lined: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands: the 1-based line of its beginning and of each of its cells, with the character in it.
    `cells` may be shorter than the record, or empty where cells have no place of their own. Parquet has no lines (None)
    but row groups, from 0."""

    line: int | None
    cells: Sequence[tuple[int, int]] = ()
    row_group: int | None = None
    column: int = 1  # of its line on which the record begins
    find: Callable[[int], tuple[int, int] | None] | None = None  # in place of `cells`, looks for one as it is asked for

    def cell(self, position: int) -> tuple[int, int] | None:
        """Where the cell at a position, from 1, begins: (line, character in it); None where that is not known."""
        if self.find is not None:
            return self.find(position)
        return self.cells[position - 1] if 0 < position <= len(self.cells) else None


class Again(Exception):  # noqa: N818 - no fault: the table is to be read once more, in another way
    """What was read so far does not count. `wider`: more room for long records may help."""

    def __init__(self, reason: str, *, wider: bool = False) -> None:
        self.wider = wider
        super().__init__(reason)


class Reader(Protocol):
    """The records of a table below its header. `broken` is filled while reading, by why the rest could not be read;
    `empty_is_null` is as in its chunks."""

    broken: str
    empty_is_null: bool

    def chunks(self, width: int, wanted: Sequence[pl.Expr] | None) -> Iterator[Chunk]:
        """All records, as chunks of `width` columns of text, each with the expressions `wanted` over them worked out.
        None: as plain Python, which readers give that have single records to begin with. May be called again. Raises
        Again where this way of reading does not do."""

    def widen(self) -> bool:
        """Makes more room for long records; False where that cannot be."""

    def records(self, numbers: Sequence[int]) -> Mapping[int, list[str]]:
        """The cells of some records, by number."""

    def places(self, numbers: Mapping[int, int]) -> Mapping[int, Place]:
        """Where some records stand, by number, and their cells up to the one whose number is given; those that have no
        place are left out."""


@dataclass(slots=True)
class Opened:
    """A table that can be read: `labels` as they stand (None: there is no header), where they stand, how many columns
    it has, its reader and, where columns have types, those."""

    labels: list[str] | None
    header_row: int
    path: str
    width: int
    reader: Reader
    dtypes: Sequence[pl.DataType] | None = None


def header_columns(rows: list[list[str]]) -> list[list[str]]:
    """The cells of header rows, column by column. The last cell of a row that is shorter than others stands above all
    columns from there on, as in the standard's own example."""
    width = max(map(len, rows))
    return [[row[min(n, len(row) - 1)] if row else "" for row in rows] for n in range(width)]


def chunked(records: Iterable[Record], width: int, wanted: Sequence[pl.Expr] | None) -> Iterator[Chunk]:
    """Records gathered into columns; a chunk never spans two files."""
    rows: list[list[Any]] = []
    numbers = array("q")
    wide: dict[int, list[str]] = {}
    narrow: dict[int, int] = {}
    native: list[list[Any]] | None = None
    bad: list[tuple[int, int, str]] = []
    cut: dict[int, int] = {}
    path = ""

    def close() -> Chunk:
        columns = zip(*rows, strict=True) if width else ()
        if wanted is None:
            return Chunk(list(columns), numbers, path, wide, narrow, native, bad, cut)
        import polars as pl

        frame = pl.DataFrame([pl.Series(str(n), column, dtype=pl.String) for n, column in enumerate(columns)])
        return Chunk(frame.with_columns(wanted) if wanted else frame, numbers, path, wide, narrow, native, bad, cut)

    for record in records:
        if rows and (len(rows) >= ROWS or record.path != path):
            yield close()
            rows, numbers, wide, narrow, native, bad, cut = [], array("q"), {}, {}, None, [], {}
        path = record.path
        cells: list[Any] = record.cells
        if len(cells) != width:
            if len(cells) > width:
                wide[len(rows)] = cells[width:]
                cells = cells[:width]
            else:
                narrow[len(rows)] = len(cells)
                cells = [*cells, *[None] * (width - len(cells))]
        if record.native is not None:
            native = native if native is not None else []
            native.append([*record.native[:width], *[None] * (width - len(record.native))])
        if record.cut is not None:
            cut[len(rows)] = record.cut
        bad.extend((len(rows), column, byte) for column, byte in record.bad)
        rows.append(cells)
        numbers.append(record.number)
    if rows:
        yield close()
