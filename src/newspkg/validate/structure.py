"""How a delimited file falls into records, from its bytes alone: one pass with numpy, no cell decoded.

A file is *well-formed* if each quotation mark that opens a cell follows a delimiter or a line end, each that closes one
is followed by one, and there is neither a lone CR nor a NUL. Of well-formed files all parsers agree on the records, so
a fast one may read them; any other file is left to `csv.reader`, which decides. The pass also says where each record
begins, on which line, and how many delimiters stand at its end, which tells a short record from one whose last cells
are empty.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from newspkg.validate.properties import open_plain

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Structure", "structure_of"]

_BLOCK = 1 << 21
_LONGEST_LINE = 1 << 26  # bytes; a longer line is left to the slow reader
_CAP = 255  # trailing delimiters that are counted
_BOM = b"\xef\xbb\xbf"


@dataclass(slots=True)
class _Block:
    """Some whole lines: where they begin in the file, how many records end in them, and how."""

    offset: int
    first: int  # index of the record that ends first in this block
    line: int  # physical line on which the block begins
    ends: np.ndarray[Any, Any]  # int32, behind each record's line end, from the block's beginning
    embedded: np.ndarray[Any, Any]  # int32, for each line end inside a cell, the index of its record in the block
    trailing: np.ndarray[Any, Any] | None  # uint8, delimiters at the end of each record; None: none has any
    blank: np.ndarray[Any, Any]  # int32, the records without anything in them
    start: int  # where the first record of the block begins in the file: before the block, if it spans two
    start_line: int


@dataclass(slots=True)
class Structure:
    """The records of a well-formed file. `records` counts the header and blank lines too."""

    path: Path
    records: int = 0
    size: int = 0
    blocks: list[_Block] = field(default_factory=list)
    firsts: list[int] = field(default_factory=list)  # of each block

    def _block(self, record: int) -> _Block:
        return self.blocks[bisect_right(self.firsts, record) - 1]

    def place(self, record: int) -> tuple[int, int, int]:
        """(offset, offset behind its line end, 1-based physical line) of a record by its index, the first being 0."""
        block = self._block(record)
        n = record - block.first
        end = block.offset + int(block.ends[n])
        if n == 0:
            return block.start, end, block.start_line
        start = block.offset + int(block.ends[n - 1])
        return start, end, block.line + n + int(block.embedded.searchsorted(n))

    def trailing(self, first: int, count: int) -> np.ndarray[Any, Any] | None:
        """Delimiters at the end of records `first` to `first + count`, uint8; None where none of them has any."""
        import numpy as np

        found = None
        for block, n, low, high in self._spans(first, count):
            if block.trailing is not None:
                if found is None:
                    found = np.zeros(count, np.uint8)
                found[n : n + high - low] = block.trailing[low:high]
        return found

    def blank(self, first: int, count: int) -> list[int]:
        """Which of the records `first` to `first + count` are blank lines, from 0."""
        found: list[int] = []
        for block, n, low, high in self._spans(first, count):
            if len(block.blank):
                some = block.blank[(block.blank >= low) & (block.blank < high)]
                found += (some - low + n).tolist()
        return found

    def _spans(self, first: int, count: int) -> Any:
        """The blocks that hold a run of records: (block, place in the run, first and last record in the block)."""
        at = bisect_right(self.firsts, first) - 1
        done = 0
        while done < count:
            block = self.blocks[at]
            low = first + done - block.first
            high = min(len(block.ends), low + count - done)
            if high > low:
                yield block, done, low, high
                done += high - low
            at += 1


class _Unfit(Exception):  # noqa: N818 - never leaves this module
    """The file is not well-formed; the message says where."""


class _Pass:
    """One pass over a file."""

    def __init__(self, path: Path, delimiter: bytes, quote: bytes | None) -> None:
        self.delimiter, self.quote = delimiter[0], quote[0] if quote else -1
        self.found = Structure(path)
        self.quoted = False  # whether the next block begins inside a cell
        self.line = 1
        self.start, self.start_line = 0, 1  # of the record that the next block goes on with
        self.before = 10  # the byte before the next block
        self.mask: Any = None  # what comparisons are written to, again and again

    def run(self, file: IO[bytes]) -> None:
        buffer = bytearray(2 * _BLOCK)  # one for all blocks: memory that is new costs more than what is done in it
        held, offset, first = 0, 0, True
        while True:
            if len(buffer) < held + _BLOCK:
                if held > _LONGEST_LINE:
                    raise _Unfit
                buffer.extend(bytes(len(buffer)))
            with memoryview(buffer) as view:
                got = file.readinto(view[held : held + _BLOCK])  # type: ignore[attr-defined]
            end = held + got
            begin = 0
            if first and got:
                first = False
                if buffer.startswith(_BOM):
                    begin = offset = self.start = len(_BOM)
            cut = buffer.rfind(b"\n", begin, end) + 1 if got else end
            if cut > begin:
                self.block(buffer, begin, cut, offset)
                offset += cut - begin
                begin = cut
            held = end - begin
            if begin and held:
                buffer[:held] = buffer[begin:end]
            if not got:
                break
        if self.quoted:
            raise _Unfit
        self.found.size = offset

    def block(self, buffer: bytearray, begin: int, end: int, offset: int) -> None:
        """Whole lines, but for the last ones of a file without a line end; they stand in a part of the buffer."""
        import numpy as np

        if buffer.find(b"\0", begin, end) >= 0:
            raise _Unfit
        size = end - begin
        a = np.frombuffer(buffer, np.uint8, size, begin)
        if self.mask is None or len(self.mask) < size + 8:
            self.mask = np.empty(max(size, 2 * _BLOCK) + 8, bool)
        mask = self.mask[:size]
        np.equal(a, 10, out=mask)
        ends = self.sparse(size)
        crs = buffer.find(b"\r", begin, end) >= 0
        if crs and np.count_nonzero(np.equal(a, 13, out=mask)) != np.count_nonzero(a[np.maximum(ends - 1, 0)] == 13):
            raise _Unfit  # a CR that no LF follows
        lines = len(ends)
        inside = None
        if self.quote >= 0 and (self.quoted or buffer.find(self.quote, begin, end) >= 0):
            marks = np.equal(a, self.quote, out=mask).nonzero()[0]
            self.check(a, marks)
            odd = np.searchsorted(marks, ends) + self.quoted & 1
            if odd.any():
                inside, ends = ends[odd == 1], ends[odd == 0]
            self.quoted = bool(len(marks) + self.quoted & 1)
        final = buffer[end - 1]
        if final != 10:  # the last record of a file that ends without a line end
            ends = np.append(ends, size)
            lines += 1
        self.before = final
        none = np.zeros(0, np.int32)
        embedded = none if inside is None else np.searchsorted(ends, inside).astype(np.int32)
        if len(ends):
            last = np.where(a[np.maximum(ends - 1, 0)] == 13, ends - 1, ends) if crs else ends
            begins = np.empty_like(ends)
            begins[0] = self.start - offset
            begins[1:] = ends[:-1] + 1
            blank = np.flatnonzero(last <= begins).astype(np.int32)
            behind = np.minimum(ends + 1, size).astype(np.int32)
            first = self.found.records
            self.found.firsts.append(first)
            self.found.blocks.append(
                _Block(
                    offset, first, self.line, behind, embedded, self.trailing(a, last, begins), blank,
                    self.start, self.start_line,
                )
            )  # fmt: skip
            self.found.records += len(ends)
            self.start = offset + int(behind[-1])
            self.start_line = self.line + len(ends) + int(np.searchsorted(embedded, len(ends)))
        self.line += lines

    def sparse(self, size: int) -> np.ndarray[Any, Any]:
        """Where the first `size` places of the mask are true, if they are few: eight places are looked at as one word,
        which takes two thirds of the time. A word with two of them is left to numpy."""
        import numpy as np

        words = -(-size // 8)
        self.mask[size : 8 * words] = False
        some = self.mask[: 8 * words].view("<u8")
        at = (some != 0).nonzero()[0]
        found = some[at]
        below = found - np.uint64(1)
        if (found & below).any():
            places: np.ndarray[Any, Any] = self.mask[:size].nonzero()[0]
            return places
        lone: np.ndarray[Any, Any] = at * 8 + (np.bitwise_count(below) >> 3)
        return lone

    def check(self, a: np.ndarray[Any, Any], marks: np.ndarray[Any, Any]) -> None:
        """Raises _Unfit where a quotation mark stands in the middle of a cell."""
        opening = marks[self.quoted :: 2]
        closing = marks[1 - self.quoted :: 2]
        if len(opening):
            before = a[opening - 1]  # the first byte of all wraps around, and is put right below
            if opening[0] == 0:
                before[0] = self.before
            good = (before == self.delimiter) | (before == 10) | (before == self.quote)
            if not good.all():
                raise _Unfit
        if len(closing):
            if closing[-1] == len(a) - 1:  # only at the end of the file, since blocks end with lines
                closing = closing[:-1]
            after = a[closing + 1]
            good = (after == self.delimiter) | (after == 10) | (after == 13) | (after == self.quote)
            if not good.all():
                raise _Unfit

    def trailing(
        self, a: np.ndarray[Any, Any], last: np.ndarray[Any, Any], begins: np.ndarray[Any, Any]
    ) -> np.ndarray[Any, Any] | None:
        import numpy as np

        low = np.maximum(begins, 0)
        at = last - 1
        some = np.flatnonzero((at >= low) & (a[np.maximum(at, 0)] == self.delimiter))
        if not len(some):
            return None
        counts = np.zeros(len(last), np.uint8)
        while len(some):
            counts[some] += 1
            at = last[some] - 1 - counts[some]
            more = (at >= low[some]) & (a[np.maximum(at, 0)] == self.delimiter) & (counts[some] < _CAP)
            some = some[more]
        return counts


def structure_of(path: Path, delimiter: str, quote: str | None) -> Structure | None:
    """The records of a file, or None where it is not well-formed.

    `delimiter` and `quote` are single ASCII characters. Raises OSError.
    """
    one = _Pass(path, delimiter.encode(), quote.encode() if quote else None)
    try:
        with open_plain(path) as file:
            one.run(file)
    except _Unfit:
        return None
    return one.found
