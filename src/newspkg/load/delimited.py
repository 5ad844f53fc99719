"""Large delimited files by polars' own scan: no column is read that is not asked for.

As in the validator, polars reads only what is proved to be well-formed (`validate/structure.py`), so that it and
`csv.reader` agree on records and cells. Which records are too short or too long follows from the bytes: a short record
and one whose last cells are empty look alike to polars.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from newspkg.validate.fast import Fast
from newspkg.validate.records import ROWS, Again, Chunk

if TYPE_CHECKING:
    import numpy as np

__all__ = ["projected"]

_EXTRA = "x"  # the column of the first surplus cell


def projected(fast: Fast, width: int, positions: Sequence[int], wanted: Sequence[pl.Expr]) -> Iterator[Chunk]:
    """All records as chunks that have some columns of text, named by position, and the expressions `wanted` over them.
    Of records that are too long or too short the chunk says how many cells they have, not which.

    Raises Again where the file has to be read in another way from the next record on.
    """
    for part in fast.parts:
        if part.count:
            yield from _part(fast, part, width, positions, wanted)


def _part(fast: Fast, part: Any, width: int, positions: Sequence[int], wanted: Sequence[pl.Expr]) -> Iterator[Chunk]:
    names = [str(n) for n in range(width)]
    frame = pl.scan_csv(
        part.path,
        has_header=False,
        skip_rows=part.skip,
        schema=dict.fromkeys([*names, _EXTRA], pl.String),
        separator=fast.dialect.delimiter,
        quote_char=fast.dialect.quote,
        missing_columns="insert",
        truncate_ragged_lines=False,
        glob=False,
    )
    last = pl.col(names[-1]).is_null().alias("last")
    surplus = pl.col(_EXTRA).is_not_null().alias("surplus")
    some = [pl.col(str(n)) for n in positions]
    done = 0
    try:
        for batch in frame.select(*some, *wanted, last, surplus).collect_batches(
            chunk_size=ROWS, maintain_order=True, engine="streaming"
        ):
            if done + batch.height > part.count:
                raise Again("more records than there are")
            odd = _odd(fast, part, batch, part.skip + done, width)
            first = part.first + done
            yield Chunk(
                batch.drop("last", "surplus"),
                range(first, first + batch.height),
                part.name,
                {row: [""] * (n - width) for row, n in odd.items() if n > width},
                {row: n for row, n in odd.items() if n < width},
                empty_is_null=True,
                nul=False,
            )
            done += batch.height
    except pl.exceptions.PolarsError as error:
        raise Again(str(error)) from error
    finally:
        part.close()
    if done != part.count:
        raise Again(f"{done} records, not {part.count}")


def _odd(fast: Fast, part: Any, batch: pl.DataFrame, record: int, width: int) -> dict[int, int]:
    """The records that do not have `width` cells, by row: how many they have. A blank line has none."""
    height = batch.height
    trailing = part.structure.trailing(record, height)
    if not batch["surplus"].any() and not batch["last"].any() and trailing is None:
        return {}
    counts = _cells(part, record, height, fast.dialect.delimiter, fast.dialect.quote)
    counts[part.structure.blank(record, height)] = 0
    rows = (counts != width).nonzero()[0].tolist()
    return {row: int(counts[row]) for row in rows}


def _cells(part: Any, record: int, height: int, delimiter: str, quote: str | None) -> np.ndarray[Any, Any]:
    """How many cells each of some records of a well-formed file has: delimiters outside of quotation marks, and one."""
    import numpy as np

    start, _, _ = part.structure.place(record)
    _, stop, _ = part.structure.place(record + height - 1)
    with part.path.open("rb") as file:
        file.seek(start)
        raw = np.frombuffer(file.read(stop - start), np.uint8)
    delimiters = np.flatnonzero(raw == ord(delimiter))
    ends = np.flatnonzero(raw == 10)
    if quote is not None:
        marks = np.flatnonzero(raw == ord(quote))
        if len(marks):
            delimiters = delimiters[np.searchsorted(marks, delimiters) & 1 == 0]
            ends = ends[np.searchsorted(marks, ends) & 1 == 0]
    before = np.searchsorted(delimiters, ends)
    if len(ends) < height:  # the last record of a file that ends without a line end
        before = np.append(before, len(delimiters))
    return np.diff(before, prepend=0) + 1
