"""What keys hold while tables are read: in memory as long as there is room, then in files, parted by hash.

Parted means that equal keys are in the same part, so that each part can be judged by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from newspkg.validate.packed import Scratch

__all__ = ["PARTS", "Hashes", "Rows"]

PARTS = 16
_SMALL = 200_000  # hashes up to which numpy is not worth its start


class _Files:
    """Frames in files, one series of files a part."""

    def __init__(self, scratch: Scratch) -> None:
        self.scratch = scratch
        self.files: dict[int, list[Path]] = {}

    def write(self, frame: pl.DataFrame, part: pl.Expr) -> None:
        marked = frame.with_columns(part.cast(pl.UInt8).alias("#part"))
        for (n,), some in marked.partition_by("#part", as_dict=True, include_key=False).items():
            files = self.files.setdefault(int(str(n)), [])
            path = self.scratch.file("keys.arrow")
            some.write_ipc(path)
            files.append(path)

    def read(self, part: int) -> pl.DataFrame | None:
        files = self.files.get(part)
        return pl.concat([pl.read_ipc(path) for path in files]) if files else None

    def remove(self) -> None:
        for path in (path for files in self.files.values() for path in files):
            path.unlink(missing_ok=True)


class Hashes:
    """A 64-bit hash of each row's key, null where the key has no value. Beyond `room` bytes they go to disk."""

    def __init__(self, room: int | None, scratch: Scratch) -> None:
        self.room, self.scratch = room, scratch
        self.held: list[pl.Series] = []
        self.starts: list[int] = []
        self.rows = 0
        self.files: _Files | None = None

    def add(self, hashes: pl.Series, start: int) -> None:
        """Hashes of rows that begin at a position."""
        self.held.append(hashes.alias("h"))
        self.starts.append(start)
        self.rows += len(hashes)
        if self.room is not None and 8 * self.rows > self.room:
            self._spill()

    def _spill(self) -> None:
        self.files = self.files or _Files(self.scratch)
        for hashes, start in zip(self.held, self.starts, strict=True):
            frame = hashes.to_frame().with_row_index("row", offset=start).drop_nulls()
            self.files.write(frame, pl.col("h") % PARTS)
        self.held, self.starts, self.rows = [], [], 0

    def repeated(self) -> list[int]:
        """The positions of the rows whose hash another row has too."""
        if self.files is None:
            found: list[int] = []
            again = _twice(pl.concat(self.held)) if self.held else None
            if again is not None:
                for hashes, start in zip(self.held, self.starts, strict=True):
                    found += (hashes.is_in(again.implode()).arg_true() + start).to_list()
            self.held = []
            return sorted(found)
        self._spill()
        found = []
        for part in range(PARTS):
            frame = self.files.read(part)
            again = None if frame is None else _twice(frame["h"])
            if frame is not None and again is not None:
                found += frame.filter(pl.col("h").is_in(again.implode()))["row"].to_list()
        self.files.remove()
        return sorted(found)


def _twice(hashes: pl.Series) -> pl.Series | None:
    """The hashes that occur more than once; None where there are none."""
    hashes = hashes.drop_nulls()
    if len(hashes) < _SMALL:
        if hashes.n_unique() == len(hashes):
            return None
        return hashes.filter(hashes.is_duplicated()).unique()
    import numpy as np  # sorts in place, where a set of all hashes would need several times their size

    ordered = hashes.to_numpy(writable=True)
    ordered.sort()
    again = ordered[1:][ordered[1:] == ordered[:-1]]
    return pl.Series(np.unique(again)) if len(again) else None


class Rows:
    """Key values of rows, as frames with the columns k0, k1 ... Beyond `room` bytes they go to disk."""

    def __init__(self, room: int | None, scratch: Scratch) -> None:
        self.room, self.scratch = room, scratch
        self.held: list[pl.DataFrame] = []
        self.size = 0
        self.files: _Files | None = None

    def add(self, frame: pl.DataFrame) -> None:
        """Takes some rows."""
        self.held.append(frame)
        if self.room is not None:
            self.size += int(frame.estimated_size())
            if self.size > self.room:
                self.spill()

    def spill(self) -> None:
        """Puts everything on disk, what comes later too."""
        self.files = self.files or _Files(self.scratch)
        for frame in self.held:
            # As text, numbers as floats: the other side of a foreign key may have another type.
            keys = [
                (pl.col(n).cast(pl.Float64) if frame[n].dtype.is_numeric() else pl.col(n)).cast(pl.String)
                for n in frame.columns
                if n.startswith("k")
            ]
            self.files.write(frame.drop_nulls(), pl.concat_str(keys, separator="\x1f").hash(seed=7) % PARTS)
        self.held, self.size = [], 0

    def whole(self) -> pl.DataFrame | None:
        """All rows, where they are in memory; None where there are none."""
        return pl.concat(self.held) if self.held else None

    def parts(self) -> Iterator[tuple[int, pl.DataFrame]]:
        """The parts that are on disk."""
        assert self.files is not None
        self.spill()
        for part in range(PARTS):
            frame = self.files.read(part)
            if frame is not None:
                yield part, frame

    def part(self, number: int) -> pl.DataFrame | None:
        """One part that is on disk."""
        assert self.files is not None
        return self.files.read(number)
