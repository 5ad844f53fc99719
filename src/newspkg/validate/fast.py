"""The same records as `delimited.py` gives, by polars' streaming reader, from files of which that can be proved.

The bytes are looked at first (`structure.py`): where quotation marks stand around whole cells and lines end in one way,
polars and `csv.reader` agree on records and cells. What polars does not tell, a short record from one whose last cells
are empty, follows from the delimiters at its end.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import IO

import polars as pl

from newspkg.validate.delimited import split
from newspkg.validate.descriptor import Dialect, Resource
from newspkg.validate.records import ROWS, Again, Chunk, Place
from newspkg.validate.structure import Structure, structure_of

__all__ = ["LEAST", "Fast", "fast_reader"]

LEAST = 2 << 20  # bytes of a table from which the start of numpy and of a streaming query pays ...
_STARTED = 1 << 17  # ... and where numpy has been started already
_SURPLUS = (1, 2, 16)  # surplus columns that are tried one after the other
_UTF8 = ("utf-8", "utf-8-sig")  # polars takes these alone; it would take them for ASCII too


def fast_reader(
    files: Sequence[tuple[str, Path]], resource: Resource, dialect: Dialect, header: list[str] | None
) -> Fast | None:
    """A reader for files that are large, well-formed and of a common dialect; None for all others. `header` is the
    first record, if it is one."""
    plain = (
        resource.encoding in _UTF8
        and len(dialect.delimiter) == 1
        and dialect.delimiter.isascii()
        and (dialect.quote is None or (len(dialect.quote) == 1 and dialect.quote.isascii()))
        and dialect.double_quote
        and dialect.escape is None
        and not dialect.skip_space
        and not dialect.comment_char
        and not dialect.comment_rows
        and dialect.line_terminator in (None, "\n", "\r\n")
        and dialect.header_rows in ((), (1,))
    )
    least = _STARTED if "numpy" in sys.modules else LEAST
    if not plain or sum(path.stat().st_size for _, path in files) < least:
        return None
    parts: list[_Part] = []
    number = 1
    for n, (name, path) in enumerate(files):
        structure = structure_of(path, dialect.delimiter, dialect.quote)
        if structure is None:
            return None
        skip = 0
        if n == 0 and not structure.records:  # the header stands in a later file
            return None
        if structure.records and header is not None:
            try:
                with path.open(encoding="utf-8-sig", newline="") as file:
                    _, cells, raw, _ = next(split(file, dialect))
            except (UnicodeDecodeError, StopIteration):  # half a byte order mark is no record
                return None
            if n == 0 or cells == header:
                skip = 1
                if len(raw.splitlines()) > 1:  # polars skips lines, not records
                    return None
        first = number + (skip if n == 0 else 0)
        parts.append(_Part(name, path, structure, skip, first))
        number = first + structure.records - skip
    return Fast(parts, dialect)


class _Part:
    """One file: `skip` records at its beginning are no part of the table, the next one has the number `first`."""

    def __init__(self, name: str, path: Path, structure: Structure, skip: int, first: int) -> None:
        self.name, self.path, self.structure, self.skip, self.first = name, path, structure, skip, first
        self.count = structure.records - skip
        self._file: IO[bytes] | None = None

    def raw(self, record: int) -> tuple[str, int]:
        """A record by its index in the file, as it stands, and the line it begins on."""
        start, end, line = self.structure.place(record)
        if self._file is None:
            self._file = self.path.open("rb", buffering=0)
        self._file.seek(start)
        return self._file.read(end - start).decode("utf-8"), line

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


class Fast:
    """Reads well-formed files; `surplus` columns take the cells of records that are too long."""

    def __init__(self, parts: Sequence[_Part], dialect: Dialect) -> None:
        self.parts, self.dialect = parts, dialect
        self.broken, self.empty_is_null = "", True
        self.total = sum(part.count for part in parts)
        self.surplus = _SURPLUS[0]
        q, d = re.escape(dialect.quote or ""), re.escape(dialect.delimiter)
        quoted = f"{q}(?:[^{q}]|{q}{q})*+{q}|(?!{q})" if q else ""
        self._cell = f"(?:{quoted}[^{d}\r\n]*+){d}"  # and the delimiter behind it
        self._before: dict[int, re.Pattern[str]] = {}  # all cells before the one at a position

    def widen(self) -> bool:
        """Makes room for longer records; False where there is no more."""
        at = _SURPLUS.index(self.surplus) + 1
        self.surplus = _SURPLUS[min(at, len(_SURPLUS) - 1)]
        return at < len(_SURPLUS)

    def chunks(self, width: int, wanted: Sequence[pl.Expr] | None) -> Iterator[Chunk]:
        """All records below the header. Raises Again where a record has more cells than there is room for, or where the
        bytes are no UTF-8."""
        assert wanted is not None, "there are no single records here"
        for part in self.parts:
            if part.count:
                yield from self._part(part, width, wanted)

    def _part(self, part: _Part, width: int, wanted: Sequence[pl.Expr]) -> Iterator[Chunk]:
        names = [str(n) for n in range(width)]
        extra = [f"x{n}" for n in range(self.surplus)]
        frame = pl.scan_csv(
            part.path,
            has_header=False,
            skip_rows=part.skip,
            schema=dict.fromkeys([*names, *extra], pl.String),
            separator=self.dialect.delimiter,
            quote_char=self.dialect.quote,
            missing_columns="insert",
            truncate_ragged_lines=False,
            glob=False,
        )
        done = 0
        try:
            for batch in frame.with_columns(wanted).collect_batches(
                chunk_size=ROWS, maintain_order=True, engine="streaming"
            ):
                yield self._chunk(part, batch, done, width)
                done += batch.height
        except pl.exceptions.PolarsError as error:
            raise Again(str(error), wider="utf-8" not in str(error)) from error
        finally:
            part.close()
        if done != part.count:
            raise Again(f"{done} records, not {part.count}")

    def _chunk(self, part: _Part, batch: pl.DataFrame, done: int, width: int) -> Chunk:
        wide: dict[int, list[str]] = {}
        narrow: dict[int, int] = {}
        for row in self._odd(part, batch, part.skip + done, width):
            raw, _ = part.raw(part.skip + done + row)
            cells = self._cells(raw)
            if len(cells) > width:
                wide[row] = cells[width:]
            elif len(cells) < width:
                narrow[row] = len(cells)
        cells_ = batch.drop([f"x{n}" for n in range(self.surplus)])
        first = part.first + done
        numbers = range(first, first + batch.height)
        return Chunk(cells_, numbers, part.name, wide, narrow, empty_is_null=True, nul=False)

    def _odd(self, part: _Part, batch: pl.DataFrame, record: int, width: int) -> list[int]:
        """The rows whose number of cells may not be `width`: all of those, and perhaps some that are well."""
        import numpy as np

        height = batch.height
        trailing = part.structure.trailing(record, height)
        last = batch[str(width - 1)]
        found = np.zeros(height, bool)
        for n in range(self.surplus):
            if batch[f"x{n}"].null_count() < height:
                found |= batch[f"x{n}"].is_not_null().to_numpy()
        if last.null_count() == 0 and trailing is None:
            return found.nonzero()[0].tolist() if found.any() else []
        ends = np.zeros(height, np.uint8) if trailing is None else trailing
        empty = np.zeros(height, np.int64)  # cells at the end that polars has nothing for
        open_rows = np.flatnonzero(last.is_null().to_numpy())
        for n in range(width - 1, -1, -1):
            if not len(open_rows):
                break
            open_rows = open_rows[batch[str(n)].is_null().to_numpy()[open_rows]]
            empty[open_rows] += 1
        due = np.where(empty == width, width - 1, empty)
        found |= (due != ends) | (ends == 255)
        if width == 1:
            found[part.structure.blank(record, height)] = True
        return found.nonzero()[0].tolist()

    # --- single records

    def _located(self, numbers: Iterable[int]) -> Iterator[tuple[int, str, int]]:
        for part in self.parts:
            low, high = part.first, part.first + part.count
            for number in numbers:
                if low <= number < high:
                    yield number, *part.raw(part.skip + number - low)
                elif number < low and part is self.parts[0] and number >= 1:  # the header
                    yield number, *part.raw(number - 1)
            part.close()

    def records(self, numbers: Sequence[int]) -> Mapping[int, list[str]]:
        """The cells of some records, by number."""
        return {number: self._cells(raw) for number, raw, _ in self._located(numbers)}

    def _cells(self, raw: str) -> list[str]:
        return next((cells for _, cells, _, _ in split(io.StringIO(raw, newline=""), self.dialect)), [])

    def places(self, numbers: Mapping[int, int]) -> Mapping[int, Place]:
        """Where some records and their cells stand, by number."""
        return {n: Place(line, find=partial(self._start, raw, line)) for n, raw, line in self._located(numbers)}

    def _start(self, raw: str, line: int, position: int) -> tuple[int, int] | None:
        """Where a cell of a well-formed record begins: (line, character in it); None where there is no such cell."""
        if position == 1:
            return line, 1
        quote, body = self.dialect.quote, raw.rstrip("\r\n")
        if quote is None or quote not in body:
            cells = body.split(self.dialect.delimiter, position - 1)
            return (line, len(body) - len(cells[-1]) + 1) if len(cells) == position else None
        before = self._before.get(position)
        if before is None:
            before = self._before[position] = re.compile(f"(?:{self._cell}){{{position - 1}}}")
        found = before.match(body)
        if found is None:
            return None
        end = found.end()
        return line + body.count("\n", 0, end), end - body.rfind("\n", 0, end)
