"""Typed frames in pandas, with dtypes that tell a missing value from any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from newspkg.problems import CannotRun
from newspkg.schema import TableSchema

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["to_pandas"]


def to_pandas(frame: pl.DataFrame, schema: TableSchema) -> pd.DataFrame:
    """A loaded table in pandas: Int64, Int32, Float64, boolean, string; vocabularies as categories in the order of the
    schema; days as datetime64[s], moments as datetime64[us, UTC]; times of day and lists as objects. Missing is NA,
    NaT or None.

    Raises CannotRun where pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise CannotRun("pandas is not installed: pip install newspkg[pandas].") from error
    ordered = {one.name for one in schema.fields if one.ordered}
    columns = {cells.name: _column(cells, pd, cells.name in ordered) for cells in frame.iter_columns()}
    return pd.DataFrame(columns, index=pd.RangeIndex(frame.height))


_NAT = -(2**63)  # what numpy has for a moment that is none
_DAY = 86_400


def _column(cells: pl.Series, pd: Any, ordered: bool) -> Any:
    dtype = cells.dtype
    if isinstance(dtype, pl.Enum):
        codes = cells.to_physical().cast(pl.Int32).fill_null(-1).to_numpy()
        words = pd.Index(dtype.categories.to_list(), dtype="string")
        return pd.Series(pd.Categorical.from_codes(codes, categories=words, ordered=ordered))
    if dtype == pl.Date():
        seconds = (cells.to_physical().cast(pl.Int64) * _DAY).fill_null(_NAT)
        return pd.Series(seconds.to_numpy().view("datetime64[s]"))
    if isinstance(dtype, pl.Datetime):
        moments = pd.Series(cells.to_physical().fill_null(_NAT).to_numpy().view(f"datetime64[{dtype.time_unit}]"))
        return moments.dt.tz_localize(dtype.time_zone) if dtype.time_zone else moments
    masked = _masked(cells, pd)
    if masked is not None:
        return pd.Series(masked)
    if dtype == pl.String():
        return pd.Series(pd.array(cells.to_list(), dtype="string"))
    return pd.Series(cells.to_list(), dtype=object)


def _masked(cells: pl.Series, pd: Any) -> Any:
    """Numbers and truth values beside a mask, so that NaN stays a number; None for other columns."""
    dtype = cells.dtype
    if dtype == pl.Boolean():
        kind, filled = pd.arrays.BooleanArray, cells.fill_null(False)
    elif dtype.is_integer():
        kind, filled = pd.arrays.IntegerArray, cells.fill_null(0)
    elif dtype.is_float():
        kind, filled = pd.arrays.FloatingArray, cells.fill_null(0.0)
    else:
        return None
    return kind(filled.to_numpy(writable=True), cells.is_null().to_numpy(writable=True))
