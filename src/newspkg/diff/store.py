"""The rows of one side while they wait for the other's: in memory as long as there is room, then in temporary files,
parted by the hash of the key, so that each part can be compared by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from newspkg.diff.reading import value_of
from newspkg.validate.packed import Scratch

__all__ = ["PARTS", "Store", "parts_of"]

PARTS = 64
_DEEPEST = 4  # times that a part which is too large is parted again; a single key cannot be


class Store:
    """Rows as `Side.read` gives them. `key` are the numbers of the columns that rows are matched by; beyond `room`
    bytes they go to disk. `salt` makes the parts of a part differ from it."""

    def __init__(self, key: Sequence[int], room: int, scratch: Scratch, salt: int = 0) -> None:
        self.key, self.room, self.scratch, self.salt = tuple(key), room, scratch, salt
        self.held: list[pl.DataFrame] = []
        self.size = 0
        self.files: dict[int, list[Path]] | None = None
        self.sizes: dict[int, int] = {}

    def add(self, frame: pl.DataFrame) -> None:
        """Takes some rows."""
        if not frame.height:
            return
        self.held.append(frame)
        self.size += int(frame.estimated_size())
        if self.size > self.room:
            self.spill()

    def clear(self) -> None:
        """Forgets all rows."""
        for path in (path for paths in (self.files or {}).values() for path in paths):
            path.unlink(missing_ok=True)
        self.held, self.size, self.files, self.sizes = [], 0, None, {}

    def spill(self) -> None:
        """Puts all rows on disk."""
        self.files = self.files if self.files is not None else {}
        if not self.held:
            return
        whole = pl.concat(self.held)
        self.held, self.size = [], 0
        key = pl.struct(value_of(whole.columns, str(n)).alias(f"k{n}") for n in self.key)
        part = (key.hash(seed=11 + self.salt) % PARTS).cast(pl.UInt8).alias("#part")
        for (n,), some in whole.with_columns(part).partition_by("#part", as_dict=True, include_key=False).items():
            path = self.scratch.file("rows.arrow")
            some.write_ipc(path, compression="lz4")
            number = int(str(n))
            self.files.setdefault(number, []).append(path)
            self.sizes[number] = self.sizes.get(number, 0) + int(some.estimated_size())

    def whole(self) -> pl.DataFrame | None:
        """All rows, where they are in memory; None where there are none."""
        return pl.concat(self.held) if self.held else None

    def part(self, number: int) -> Iterator[pl.DataFrame]:
        """The rows of one part, file by file; the files go with it."""
        assert self.files is not None
        for path in self.files.pop(number, []):
            yield pl.read_ipc(path)
            path.unlink(missing_ok=True)


def parts_of(old: Store, new: Store) -> Iterator[tuple[pl.DataFrame | None, pl.DataFrame | None]]:
    """The rows of both sides in parts that fit: rows with the same key are in the same part."""
    if old.files is None and new.files is None and old.size + new.size <= old.room:
        yield old.whole(), new.whole()
        return
    old.spill()
    new.spill()
    for number in range(PARTS):
        size = old.sizes.get(number, 0) + new.sizes.get(number, 0)
        if size > old.room and old.salt < _DEEPEST:
            pair = [Store(one.key, one.room, one.scratch, one.salt + 1) for one in (old, new)]
            for store, one in zip(pair, (old, new), strict=True):
                for frame in one.part(number):
                    store.add(frame)
            yield from parts_of(*pair)
            continue
        frames = [list(one.part(number)) for one in (old, new)]
        yield tuple(pl.concat(some) if some else None for some in frames)  # type: ignore[misc]
