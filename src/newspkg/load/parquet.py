"""Parquet by polars' own scan: no column is read that is not asked for, and no row group that a condition rules out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from newspkg.load.values import Typer
from newspkg.problems import CannotRun
from newspkg.validate.columns import Columns
from newspkg.validate.records import ROWS, Chunk

__all__ = ["chunks_of", "frames_of"]

_FAULTS: tuple[type[BaseException], ...] = (
    pl.exceptions.PolarsError,
    pl.exceptions.PanicException,  # which a damaged file can set off
    OSError,
)


def frames_of(
    reader: Columns, typers: Mapping[str, Typer], places: Mapping[str, int], predicate: pl.Expr | None, few: int | None
) -> Iterator[pl.DataFrame] | None:
    """The table as typed frames, where no cell of it can have a fault; else None. `few` is how many rows are asked for,
    before the condition."""
    made = []
    for name, one in typers.items():
        at = places.get(name)
        cell = pl.lit(None, dtype=one.dtype) if at is None else one.native_expr(pl.col(str(at)), reader.dtypes[at])
        if cell is None:
            return None
        made.append(cell.alias(name))
    return _frames(reader, made, predicate, few)


def _frames(
    reader: Columns, made: Sequence[pl.Expr], predicate: pl.Expr | None, few: int | None
) -> Iterator[pl.DataFrame]:
    left = few
    for (name, path), height in zip(reader.files, reader.heights, strict=True):
        frame = _scan(reader, path)
        frame = frame if left is None else frame.head(left)
        left = None if left is None else max(0, left - height)
        frame = frame.select(made)
        yield from _batches(frame if predicate is None else frame.filter(predicate), name)
        if left == 0:
            return


def chunks_of(reader: Columns, positions: Sequence[int]) -> Iterator[Chunk]:
    """The table as chunks that have some of its columns, named by position."""
    number = 2
    for (name, path), height in zip(reader.files, reader.heights, strict=True):
        first = number
        for batch in _batches(_scan(reader, path).select(str(n) for n in positions), name):
            yield Chunk(batch, range(number, number + batch.height), name, lined=False)
            number += batch.height
        if number - first != height:  # a damaged page may end the stream as if it were its end
            raise CannotRun(f"{name}: {number - first:,} of {height:,} rows can be read; the file is damaged.")


def _scan(reader: Columns, path: object) -> pl.LazyFrame:
    frame = pl.scan_parquet(path, glob=False, hive_partitioning=False)  # type: ignore[arg-type]
    return frame.select(pl.col(label).alias(str(n)) for n, label in enumerate(reader.names))


def _batches(frame: pl.LazyFrame, name: str) -> Iterator[pl.DataFrame]:
    try:
        yield from frame.collect_batches(chunk_size=ROWS, maintain_order=True, engine="streaming")
    except _FAULTS as error:
        said = (str(error) or type(error).__name__).splitlines()[0]
        raise CannotRun(f"{name}: cannot be read to its end ({said}).") from error
