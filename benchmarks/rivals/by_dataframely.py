"""dataframely: a typed schema a table, run with `filter`; it counts by rule and names no rows.

Its casts of text to dates are gone with polars 2, so the cells are cast by hand first, and what the cast loses is
counted as type errors. Foreign keys are counted by hand.
"""

from __future__ import annotations

from typing import Any

import dataframely as dy
import polars as pl
from exprs import bound, text, typed
from spec import Column, Table, root, say_count, tables

TYPES = {"integer": dy.Int64, "number": dy.Float64, "date": dy.Date, "datetime": dy.Datetime}
BOUNDS = {"minimum": "min", "maximum": "max", "exclusiveMinimum": "min_exclusive", "exclusiveMaximum": "max_exclusive"}


def _column(column: Column, key: list[str]) -> dy.Column:
    about: dict[str, Any] = {"nullable": not column.required and column.name not in key}
    about["primary_key"] = column.name in key
    limits = column.limits
    if limits.get("unique"):
        about["unique"] = True
    if column.type == "string" and "enum" in limits:
        return dy.String(check={"enum": lambda cell: cell.is_in(limits["enum"])}, **about)
    if column.type == "string":
        pattern = {"regex": f"^(?:{limits['pattern']})$"} if "pattern" in limits else {}
        lengths = {"min_length": limits.get("minLength"), "max_length": limits.get("maxLength")}
        return dy.String(**pattern, **lengths, **about)
    if column.type == "boolean":
        return dy.Bool(**about)
    if column.type == "datetime":
        about |= {"time_unit": "us", "time_zone": "UTC"}
    for name, parameter in BOUNDS.items():
        if name in limits:
            value = limits[name]
            if column.type in ("date", "datetime"):
                value = pl.select(bound(column, name)).item()
            about[parameter] = value
    return TYPES[column.type](**about)


def _schema(table: Table) -> type[dy.Schema]:
    parts: dict[str, Any] = {column.name: _column(column, table.key) for column in table.columns}
    return type(table.name.title(), (dy.Schema,), parts)


def _kind(rule: str) -> tuple[str, str]:
    if rule == "primary_key":
        return "", "primary-key"
    column, _, name = rule.partition("|")
    return column, "unique-error" if name == "unique" else "constraint-error"


def main() -> None:
    """Filters the tables one by one, parents first."""
    frames: dict[str, pl.DataFrame] = {}
    for table in tables(root()):
        raw = text(table)
        frame = frames[table.name] = raw.select(typed(column) for column in table.columns)
        for column in table.columns:
            say_count(
                table.name, column.name, "type-error", frame[column.name].null_count() - raw[column.name].null_count()
            )
        _, failure = _schema(table).filter(frame)
        for rule, count in failure.counts().items():
            say_count(table.name, *_kind(rule), count)
        for name, parent, key in table.references:
            known = frames[parent][key].unique()
            dangling = frame.select((pl.col(name).is_not_null() & ~pl.col(name).is_in(known.implode())).sum()).item()
            say_count(table.name, name, "foreign-key", dangling)


if __name__ == "__main__":
    main()
