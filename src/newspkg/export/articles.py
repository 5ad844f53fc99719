"""What a package of this toolkit's profile holds, document by document: for the formats that tell of articles.

Tables with spans are kept as columns, sorted by their document; rows become objects for some documents at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from newspkg.export.model import Source
from newspkg.export.tables import batches
from newspkg.problems import CannotRun

if TYPE_CHECKING:
    import polars as pl

__all__ = ["BY_DOCUMENT", "asked_of", "by_id", "child_rows", "left_out"]

BY_DOCUMENT = ("quotes", "mentions", "event_mentions", "times", "omissions")
_AT_ONCE = 500  # documents


def asked_of(source: Source, format: str, columns: Mapping[str, Iterable[str]]) -> None:
    """Raises CannotRun where a package has not the tables and fields that a format is made of."""
    for table, names in columns.items():
        if table not in source:
            raise CannotRun(
                f"{format} is made of the tables that pkg build writes, and this package has no {table}. "
                "pkg export jsonl takes any package."
            )
        absent = [name for name in names if name not in source.schema(table).names]
        if absent:
            raise CannotRun(f"{format} needs the field {absent[0]} of {table}, which this package has not.")


def left_out(source: Source, format: str, used: Iterable[str]) -> None:
    """Notes which tables a format says nothing of."""
    rest = [name for name in source if name not in set(used)]
    if rest:
        source.note(f"{format} holds nothing of {', '.join(rest)}; pkg export jsonl has every table.")


def child_rows(source: Source, tables: Iterable[str]) -> Iterator[tuple[pl.DataFrame, dict[str, pl.DataFrame]]]:
    """Some documents, in the order of their ids, and for each table the rows of these documents, in theirs.

    Rows of a document that is not there are in no article: that is noted.
    """
    import polars as pl

    key = "document_id"
    documents = source["documents"].sort(key, maintain_order=True)
    known = documents.select(pl.col(key).cast(pl.String)).collect().to_series()
    children: dict[str, pl.DataFrame] = {}
    for name in tables:
        whole = source[name].sort(key, maintain_order=True).collect()
        frame = whole.filter(pl.col(key).cast(pl.String).is_in(known.implode()))
        stray = whole.height - frame.height
        if stray:
            source.note(f"{name}: {stray:,} rows are of no document of the package, and are left out.")
        children[name] = frame
    at = dict.fromkeys(children, 0)
    for some in batches(documents, _AT_ONCE):
        last = some[key][-1]
        found: dict[str, pl.DataFrame] = {}
        for name, frame in children.items():
            end = frame[key].search_sorted(last, side="right") if frame.height else 0
            found[name] = frame.slice(at[name], int(end) - at[name])
            at[name] = int(end)
        yield some, found


def by_id(frame: pl.LazyFrame, key: str) -> dict[Any, dict[str, Any]]:
    """The rows of a table by the value of a field."""
    return {row[key]: row for batch in batches(frame) for row in batch.iter_rows(named=True)}
