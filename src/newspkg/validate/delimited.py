"""Delimited text, exactly as `csv.reader` tells records and cells apart, whatever the file looks like.

This is the judge of how a file is read. `fast.py` reads the same records sooner from files of which it can prove that.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import sys
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from newspkg.problems import problem
from newspkg.report import Findings
from newspkg.validate.descriptor import Dialect, Resource
from newspkg.validate.properties import open_plain
from newspkg.validate.records import Chunk, Place, Record, chunked

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Delimited", "cell_places", "split"]

_LINE_ENDS = (None, "\n", "\r\n", "\r")  # those that csv.reader takes, all at once
_ESCAPED = re.compile("[\udc00-\udcff]")  # what the decoder makes of a byte that is no text
csv.field_size_limit(sys.maxsize)  # the usual 128 KiB would make a long cell an error of ours


def _escape(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are no text as one half of a surrogate pair each, which no text has: nothing is lost behind them."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(0xDC00 + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error("newspkg.escape", _escape)

Split = tuple[int, list[str], str, bool]  # line, cells, the record as it stands, whether its quotation is left open


# --- text to records -------------------------------------------------------------------------------------------------


class _Feed:
    """The lines of a stream, those kept that belong to the record under way."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = iter(lines)
        self.held: list[str] = []
        self.ended = False

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        try:
            line = next(self.lines)
        except StopIteration:
            self.ended = True
            raise
        self.held.append(line)
        return line


def split(stream: IO[str], dialect: Dialect) -> Iterator[Split]:
    """The records of a stream. Raises what the stream raises, and csv.Error."""
    if len(dialect.delimiter) > 1 or dialect.line_terminator not in _LINE_ENDS:
        yield from _split_odd(stream.read(), dialect)
        return
    feed = _Feed(stream)
    reader = csv.reader(
        feed,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        doublequote=dialect.double_quote,
        escapechar=dialect.escape,
        skipinitialspace=dialect.skip_space,
    )
    last = 0
    for cells in reader:
        line, last = last + 1, reader.line_num
        raw = feed.held[0] if len(feed.held) == 1 else "".join(feed.held)
        feed.held.clear()
        # A record that had to ask for more lines after the last one is open, unless it ends with an escaped line end.
        is_open = feed.ended and dialect.quote is not None
        if is_open and dialect.escape:
            is_open = any(quoted for *_, quoted in _split_odd(raw, dialect))
        yield line, cells, raw, is_open


@lru_cache(maxsize=8)
def _marks(dialect: Dialect) -> re.Pattern[str]:
    """What ends or changes something in a record; line ends last."""
    ends = dialect.line_terminator
    lines = r"\r\n|\n|\r" if ends in _LINE_ENDS else rf"{re.escape(ends)}|\r\n|\n|\r"
    parts = [re.escape(one) for one in (dialect.escape, dialect.quote, dialect.delimiter) if one]
    return re.compile(f"{'|'.join(parts)}|{lines}")


def _split_odd(text: str, dialect: Dialect) -> Iterator[Split]:
    """As `split`, for delimiters and line ends that csv.reader does not take: by the same rules, told from the text."""
    end = dialect.line_terminator
    ends = ("\n", "\r\n", "\r") if end in _LINE_ENDS else (end,)
    cells: list[str] = []
    cell: list[str] = []
    begin = at = 0
    line = first_line = 1
    quoted = after = fresh = True  # inside marks; just behind the closing one; at the beginning of a cell
    quoted = after = False

    def close(stop: int) -> None:
        cell.append(text[at:stop])
        cells.append("".join(cell))
        cell.clear()

    tokens = _marks(dialect)
    position = 0
    while True:
        if fresh and dialect.skip_space:
            while text.startswith(" ", position):
                position += 1
                at = position
        found = tokens.search(text, position)
        if found is None:
            break
        mark, start, stop = found[0], found.start(), found.end()
        fresh = fresh and start == at and not cell
        after = after and start == at
        line += mark.count("\n") or (mark == "\r")
        if mark == dialect.escape:
            cell += [text[at:start], text[stop : stop + 1] or "\n"]
            line += _ends_line(text, stop)
            at = stop = stop + 1
            fresh = after = False
        elif mark == dialect.quote and quoted:
            cell.append(text[at:start])
            if dialect.double_quote and text.startswith(mark, stop):
                cell.append(mark)
                stop += len(mark)
            else:
                quoted, after = False, True
            at = stop
        elif mark == dialect.quote and fresh:
            quoted, fresh, at = True, False, stop
        elif not quoted and (mark == dialect.delimiter or mark in ends):
            close(start)
            at, fresh = stop, True
            if mark in ends:
                yield first_line, [] if cells == [""] and start == begin else cells, text[begin:stop], False
                cells, begin, first_line = [], stop, line
        position = stop
    if begin < len(text):
        close(len(text))
        yield first_line, cells, text[begin:], quoted


def _ends_line(text: str, at: int) -> bool:
    """Whether the character at an offset, which is escaped, ends a physical line."""
    return text[at : at + 1] == "\n" or (text[at : at + 1] == "\r" and text[at + 1 : at + 2] != "\n")


@lru_cache(maxsize=8)
def _well_formed(dialect: Dialect) -> re.Pattern[str]:
    """A record whose quotation marks all stand around whole cells."""
    quote, delimiter = re.escape(dialect.quote or ""), re.escape(dialect.delimiter)
    inner = f"[^{quote}]|{quote}{quote}" if dialect.double_quote else f"[^{quote}]"
    cell = f"(?:{quote}(?:{inner})*+{quote}|(?:(?!{delimiter})[^{quote}\r\n])*+)"
    space = " *+" if dialect.skip_space else ""
    return re.compile(f"{space}{cell}(?:{delimiter}{space}{cell})*+[\r\n]*+")


def cell_places(
    raw: str, dialect: Dialect, line: int, column: int = 1
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Where the cells of a record begin, and where quotation marks stray: (line, character in it), both from 1.

    `raw` is the record as it stands in the file and begins at the character `column` of `line`.
    """
    found = [(line, column)]
    stray: list[tuple[int, int]] = []
    closed = (line, column)  # where the mark stands that closed a cell
    line_start, at, position = 1 - column, 0, 0
    quoted = after = False
    fresh = True
    tokens = _marks(dialect)
    while True:
        if fresh and dialect.skip_space:
            while raw.startswith(" ", position):
                position += 1
                at = position
        mark_found = tokens.search(raw, position)
        if mark_found is None:
            break
        mark, start, stop = mark_found[0], mark_found.start(), mark_found.end()
        if after and start > at:  # text behind the mark that closed the cell
            stray.append(closed)
        fresh, after = fresh and start == at, after and start == at
        if mark == dialect.escape:
            if _ends_line(raw, stop):
                line, line_start = line + 1, stop + 1
            stop += 1
            fresh = False
        elif mark == dialect.quote and quoted:
            if dialect.double_quote and raw.startswith(mark, stop):
                stop += len(mark)
            else:
                quoted, after, at, closed = False, True, stop, (line, start - line_start + 1)
        elif mark == dialect.quote:
            if fresh:
                quoted, fresh = True, False
            else:
                stray.append((line, start - line_start + 1))
        elif mark == dialect.delimiter and not quoted:
            found.append((line, stop - line_start + 1))
            fresh, after, at = True, False, stop
        elif mark != dialect.delimiter:
            line, line_start = line + 1, stop
        position = stop
    return found, stray


# --- the reader ------------------------------------------------------------------------------------------------------


class Delimited:
    """The records of all files of a resource, or of text in the descriptor, as one table."""

    def __init__(self, files: Sequence[tuple[str, Path]], resource: Resource, dialect: Dialect, findings: Findings):
        self.files, self.resource, self.dialect, self.findings = files, resource, dialect, findings
        self.broken, self.empty_is_null = "", False
        self.skip = 0  # records that belong to the header
        self.column = 1  # of the line on which the record under way begins; not 1 behind a line end of one's own
        self._told = False

    # --- reading

    def all(self) -> Generator[Record, None, None]:
        """All records, those of the header too, but for comments. Faults of encoding are told the first time."""
        for number, _, cells, raw, path, is_open in self._numbered():
            bad: Sequence[tuple[int, str]] = ()
            if not raw.isascii() and _ESCAPED.search(raw):
                bad = [(n, f"0x{ord(m[0]) - 0xDC00:02X}") for n, c in enumerate(cells) if (m := _ESCAPED.search(c))]
                cells = [_ESCAPED.sub("\ufffd", c) for c in cells]
            yield Record(cells, number, path, None, bad, len(cells) - 1 if is_open else None)
        self._told = True

    def _numbered(self) -> Iterator[tuple[int, int, list[str], str, str, bool]]:
        """(number, line, cells, the record as it stands, file, whether a mark is left open). A later file that begins
        with the first one's header has that header skipped."""
        number = 0
        first: list[str] | None = None
        dialect, sources = self.dialect, self.files or [("", Path())]
        for part, (name, path) in enumerate(sources):
            for line, cells, raw, is_open in self._part(name, path):
                if part and (line, self.column) == (1, 1) and cells == first and dialect.header_rows:
                    continue
                number += 1
                if first is None:
                    first = cells
                if number in dialect.comment_rows:
                    continue
                if dialect.comment_char and cells and cells[0].startswith(dialect.comment_char):
                    continue
                if dialect.quote and dialect.quote in raw and not self._told:
                    self._marks(number, line, raw, is_open, name)
                yield number, line, cells, raw, name or self.resource.place, is_open
            if self.broken:
                return

    def _part(self, name: str, path: Path) -> Iterator[Split]:
        """The records of one file. Where they cannot be read to the end, those before it; then the reader is broken."""
        done = 0
        try:
            if not name:
                yield from split(io.StringIO(str(self.resource.data), newline=""), self.dialect)
                return
            with open_plain(path) as raw, io.TextIOWrapper(raw, self.resource.encoding, "newspkg.escape", "") as file:
                self.column = 1
                for record in split(file, self.dialect):
                    done += 1
                    yield record
                    if self.dialect.line_terminator is not None:
                        lines = max(record[2].rfind("\n"), record[2].rfind("\r")) + 1
                        self.column = len(record[2]) - lines + (1 if lines else self.column)
        except (csv.Error, UnicodeError, OSError) as error:
            self.broken = f"{name} cannot be read to its end"
            if self._told:
                return
            why = getattr(error, "strerror", None) or error
            said = f"{name}: cannot be read beyond record {done} ({why})."
            self.findings.add(problem("source-error", said, resource=self.resource.name, path=name))

    def _marks(self, number: int, line: int, raw: str, is_open: bool, name: str) -> None:
        """Tells of quotation marks that stand where none belongs."""
        if not is_open and _well_formed(self.dialect).fullmatch(raw):
            return
        cells, stray = cell_places(raw, self.dialect, line, self.column)
        place: dict[str, Any] = {"resource": self.resource.name, "row": number, "path": name or self.resource.place}
        for at, column in stray:
            said = "a quotation mark stands in the middle of a cell; it is taken as it stands."
            self.findings.add(problem("stray-quote", said, line=at, column=column, **place))
        if is_open:
            at, column = cells[-1]
            said = "a cell begins with a quotation mark that is never closed: the rest of the file stands in that cell."
            self.findings.add(problem("unclosed-quote", said, line=at, column=column, **place))

    # --- what the engine asks for

    def chunks(self, width: int, wanted: Sequence[pl.Expr] | None) -> Iterator[Chunk]:
        """All records below the header."""
        records = self.all()
        for _ in range(self.skip):
            next(records, None)
        yield from chunked(records, width, wanted)

    def widen(self) -> bool:
        """There is room for any record."""
        return False

    def records(self, numbers: Sequence[int]) -> Mapping[int, list[str]]:
        """The cells of some records, by number."""
        return {number: [_ESCAPED.sub("\ufffd", c) for c in cells] for number, _, cells, *_ in self._some(numbers)}

    def places(self, numbers: Mapping[int, int]) -> Mapping[int, Place]:
        """Where some records and their cells stand, by number."""
        if not self.files:
            return {}
        places = (
            (number, line, cell_places(raw, self.dialect, line, self.column)[0])
            for number, line, _, raw, _, _ in self._some(numbers)
        )
        return {number: Place(line, cells, column=cells[0][1]) for number, line, cells in places}

    def _some(self, numbers: Iterable[int]) -> Iterator[tuple[int, int, list[str], str, str, bool]]:
        wanted = set(numbers)
        last = max(wanted, default=0)
        self._told = True
        for one in self._numbered():
            if one[0] in wanted:
                yield one
            if one[0] >= last:
                return
