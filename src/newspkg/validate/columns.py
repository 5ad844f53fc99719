"""Parquet: columns that have a type already, judged as columns.

A column whose type is that of its field needs its constraints looked at and nothing else; text is judged as the text of
any other table; whatever else there is goes to the exact function value by value. Null is a cell that is missing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from newspkg.problems import problem
from newspkg.report import Findings
from newspkg.schema import Field
from newspkg.validate.descriptor import Resource
from newspkg.validate.native import fields_at, form_of
from newspkg.validate.records import ROWS, Chunk, Opened, Place

__all__ = ["Columns", "columns_reader", "native_values"]


# A panic of polars, which a damaged file can set off, is no Exception.
_FAULTS: tuple[type[BaseException], ...] = (
    pl.exceptions.PolarsError,
    pl.exceptions.PanicException,
    OSError,
    RuntimeError,
)


class Columns:
    """The rows of Parquet files with the same columns, one after the other."""

    def __init__(self, files: Sequence[tuple[str, Path]], names: Sequence[str], heights: Sequence[int]) -> None:
        self.files, self.names, self.heights = files, names, heights
        self.total = sum(heights)
        self.broken, self.empty_is_null = "", False
        self.dtypes: list[pl.DataType] = []
        self.findings: Findings | None = None
        self.resource: Resource | None = None

    def _scan(self, path: Path) -> pl.LazyFrame:
        frame = pl.scan_parquet(path, glob=False, hive_partitioning=False)
        return frame.select(pl.col(name).alias(str(n)) for n, name in enumerate(self.names))

    def chunks(self, width: int, wanted: Sequence[pl.Expr] | None) -> Iterator[Chunk]:
        """All rows; columns keep the types that they have."""
        del width
        assert wanted is not None, "there are no single records here"
        number = 2
        for (name, path), height in zip(self.files, self.heights, strict=True):
            first, why = number, ""
            try:
                batches = self._scan(path).with_columns(wanted).collect_batches(
                    chunk_size=ROWS, maintain_order=True, engine="streaming"
                )  # fmt: skip
                for batch in batches:
                    yield Chunk(batch, range(number, number + batch.height), name, lined=False)
                    number += batch.height
            except _FAULTS as error:
                why = _first_line(error)
            if number - first != height:  # a damaged page may end the stream as if it were its end
                why = why or f"{number - first:,} of {height:,} rows can be read"
            if why:
                self.broken = f"{name} cannot be read to its end"
                if self.findings is not None and self.resource is not None:
                    said = f"{name}: cannot be read beyond row {number - 1} ({why})."
                    self.findings.add(problem("source-error", said, resource=self.resource.name, path=name))
                    self.findings = None
                return

    def widen(self) -> bool:
        """Rows of columns are all equally long."""
        return False

    def records(self, numbers: Sequence[int]) -> Mapping[int, list[str]]:
        """The cells of some rows, as text, by number."""
        found: dict[int, list[str]] = {}
        schema = self.resource.schema if self.resource is not None else None
        forms = [form_of(field) for field in fields_at(self.names, len(self.names), schema)]
        first = 2
        for (_, path), height in zip(self.files, self.heights, strict=True):
            here = [n - first for n in numbers if first <= n < first + height]
            if here:
                rows = pl.Series("#", here, dtype=pl.UInt32).implode()
                frame = self._scan(path).with_row_index("#").filter(pl.col("#").is_in(rows)).collect()
                for n, *values in frame.iter_rows():
                    found[first + n] = [form(_json_like(v)) or "" for form, v in zip(forms, values, strict=True)]
            first += height
        return found

    def places(self, numbers: Mapping[int, int]) -> Mapping[int, Place]:
        """In which row group some rows are, by number; there are no lines."""
        import pyarrow.lib
        import pyarrow.parquet as pq

        found: dict[int, Place] = {}
        first = 2
        wanted = sorted(numbers)
        for _, path in self.files:
            try:
                meta = pq.ParquetFile(path).metadata
            except (OSError, pyarrow.lib.ArrowException):  # polars has read it, but not everybody can
                return found
            for group in range(meta.num_row_groups):
                last = first + meta.row_group(group).num_rows
                while wanted and wanted[0] < last:
                    found[wanted.pop(0)] = Place(None, row_group=group)
                first = last
        return found


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]


def columns_reader(files: Sequence[tuple[str, Path]], resource: Resource, findings: Findings) -> Opened | None:
    """The columns and the reader of Parquet files; None, with a finding, where they cannot be read or differ."""
    labels: list[str] | None = None
    dtypes: list[pl.DataType] = []
    heights: list[int] = []
    for name, path in files:
        try:
            schema = pl.read_parquet_schema(path)
            heights.append(int(pl.scan_parquet(path, glob=False).select(pl.len()).collect().item()))
        except _FAULTS as error:
            said = f"{name}: cannot be read as Parquet ({_first_line(error)})."
            findings.add(problem("source-error", said, resource=resource.name, path=name))
            return None
        if labels is None:
            labels, dtypes = list(schema), [_instance(t) for t in schema.values()]
        elif labels != list(schema) or dtypes != [_instance(t) for t in schema.values()]:
            said = f"{name}: has other columns, or columns of other types, than {files[0][0]}."
            findings.add(problem("source-error", said, resource=resource.name, path=name))
            return None
    if labels is None:
        return None
    reader = Columns(files, labels, heights)
    reader.dtypes, reader.findings, reader.resource = dtypes, findings, resource
    return Opened(labels, 1, resource.place, len(labels), reader, dtypes)


def _instance(dtype: Any) -> pl.DataType:
    made: pl.DataType = dtype() if isinstance(dtype, type) else dtype
    return made


def native_values(field: Field, values: pl.Series) -> tuple[list[str | None], list[Any]]:
    """The values of a typed column as (text of a cell, value as JSON would have it), for the exact function."""
    form = form_of(field)
    if field.type == "list" and values.dtype == pl.List:
        delimiter = field.options.get("delimiter", ",")
        joiner = delimiter if isinstance(delimiter, str) and delimiter else ","
        texts = [None if v is None else joiner.join("" if i is None else str(_json_like(i)) for i in v) for v in values]
        return texts, list(texts)
    natives = [_json_like(v) for v in values.to_list()]
    return [form(v) for v in natives], natives


def _json_like(value: Any) -> Any:
    """A value of a column as JSON would have it; what JSON has no word for is the text that the standard has."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            return "NaN" if value != value else "INF" if value > 0 else "-INF"
        return value
    if isinstance(value, dt.datetime):
        moment = value.isoformat()
        return moment.replace("+00:00", "Z")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return f"{'-' if value < dt.timedelta(0) else ''}PT{abs(value) / dt.timedelta(seconds=1):f}S"
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, dict):
        return {k: _json_like(v) for k, v in value.items()}
    return [_json_like(v) for v in value]
