"""The checks of a column as polars expressions, for the rivals that take them: each is true where a cell is good.

They are what a careful user writes: text is cast, and what cannot be cast is no value of its type.
"""

from __future__ import annotations

from typing import Any

import polars as pl
from spec import MISSING, Column, Table

DTYPES: dict[str, Any] = {
    "string": pl.String,
    "integer": pl.Int64,
    "number": pl.Float64,
    "boolean": pl.Boolean,
    "date": pl.Date,
    "datetime": pl.Datetime("us", "UTC"),
}
TRUTHS = {"true": True, "True": True, "TRUE": True, "1": True}
TRUTHS |= {"false": False, "False": False, "FALSE": False, "0": False}


def text(table: Table) -> pl.DataFrame:
    """The table with all its cells as text. Rows with too many cells are cut: polars would refuse the file."""
    schema = dict.fromkeys(table.names, pl.String)
    return pl.read_csv(table.path, schema=schema, null_values=MISSING, truncate_ragged_lines=True)


def typed(column: Column) -> pl.Expr:
    """The column's values; null where the text is none."""
    cell = pl.col(column.name)
    match column.type:
        case "integer" | "number":
            return cell.cast(DTYPES[column.type], strict=False)
        case "boolean":
            return cell.replace_strict(TRUTHS, default=None, return_dtype=pl.Boolean)
        case "date":
            return cell.str.to_date("%Y-%m-%d", strict=False)
        case "datetime":
            return cell.str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us", time_zone="UTC", strict=False)
    return cell


def bound(column: Column, name: str) -> Any:
    """A bound of the column as a literal of its type."""
    value = column.limits[name]
    if column.type == "date":
        return pl.lit(value).str.to_date("%Y-%m-%d")
    if column.type == "datetime":
        return pl.lit(value).str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us", time_zone="UTC")
    return pl.lit(value)


def checks(column: Column) -> dict[str, pl.Expr]:
    """By name of the constraint (or `type`), where a cell that is there keeps it; null where it has no value."""
    value = typed(column)
    cell = pl.col(column.name)
    found: dict[str, pl.Expr] = {}
    if column.type != "string":
        found["type"] = value.is_not_null()
    for name, limit in column.limits.items():
        match name:
            case "pattern":
                found[name] = cell.str.contains(f"^(?:{limit})$")
            case "enum":
                found[name] = cell.is_in(limit)
            case "minLength":
                found[name] = cell.str.len_chars() >= limit
            case "maxLength":
                found[name] = cell.str.len_chars() <= limit
            case "minimum":
                found[name] = value >= bound(column, name)
            case "maximum":
                found[name] = value <= bound(column, name)
            case "exclusiveMinimum":
                found[name] = value > bound(column, name)
            case "exclusiveMaximum":
                found[name] = value < bound(column, name)
    return found
