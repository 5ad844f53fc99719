"""The values of a column as formats without types of their own write them: days and moments in ISO 8601, lists in
JSON."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

__all__ = ["duration_text", "iso", "listed", "sql_cells", "year_text"]


def iso(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Days, times and moments as texts; a moment ends in Z where it has a zone. Other columns as they are."""
    import polars as pl

    if isinstance(dtype, pl.Datetime):
        if dtype.time_zone:
            return column.dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ")
        return column.dt.strftime("%Y-%m-%dT%H:%M:%S%.f")
    if isinstance(dtype, pl.Date):
        return column.dt.strftime("%Y-%m-%d")
    return column.dt.strftime("%H:%M:%S%.f") if isinstance(dtype, pl.Time) else column


def listed(value: Any) -> Any:
    """A value inside a list or a structure as JSON has it."""
    if isinstance(value, dict):
        return {key: listed(one) for key, one in value.items()}
    if isinstance(value, list):
        return [listed(one) for one in value]
    if isinstance(value, dt.datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return duration_text(value)
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return "NaN" if value != value else "INF" if value > 0 else "-INF"
    return value


def duration_text(value: dt.timedelta) -> str:
    """A length of time in ISO 8601."""
    seconds = f"{abs(value) / dt.timedelta(seconds=1):f}".rstrip("0").rstrip(".")
    return f"{'-' if value < dt.timedelta(0) else ''}PT{seconds or '0'}S"


def year_text(value: int) -> str:
    """A year as the standard writes it: with four digits at least, so that 7 is no year and 0007 is."""
    return f"{'-' if value < 0 else ''}{abs(value):04}"


def sql_cells(batch: pl.DataFrame, odd: Collection[str]) -> pl.DataFrame:
    """A batch with values that SQLite holds. Columns in `odd` have numbers that are none, as texts."""
    import polars as pl

    made: list[pl.Series] = []
    for series in batch:
        dtype = series.dtype
        if dtype.is_nested():
            texts = [None if v is None else json.dumps(listed(v), ensure_ascii=False) for v in series.to_list()]
            made.append(pl.Series(series.name, texts, dtype=pl.String))
        elif dtype.is_temporal():
            if isinstance(dtype, pl.Duration):
                lengths = [None if v is None else duration_text(v) for v in series.to_list()]
                made.append(pl.Series(series.name, lengths, dtype=pl.String))
            else:
                made.append(batch.select(iso(pl.col(series.name), dtype)).to_series())
        elif dtype == pl.Boolean:
            made.append(series.cast(pl.Int8))
        elif series.name in odd:
            values = ["NaN" if v is not None and v != v else v for v in series.to_list()]
            made.append(pl.Series(series.name, values, dtype=pl.Object))
        elif dtype in (pl.Enum, pl.Categorical):
            made.append(series.cast(pl.String))
        else:
            made.append(series)
    return pl.DataFrame(made)
