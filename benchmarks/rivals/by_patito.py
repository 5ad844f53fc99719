"""patito: a model a table. It counts by column and rule; it knows neither rows, nor keys of several columns, nor
foreign keys. Cells are cast by hand first, and what the cast loses is counted as type errors."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any, Literal

import patito as pt
import polars as pl
from exprs import bound, text, typed
from pydantic import create_model
from spec import Column, Table, root, say_count, tables

TYPES: dict[str, Any] = {
    "string": str, "integer": int, "number": float, "boolean": bool, "date": date, "datetime": datetime,
}  # fmt: skip
BOUNDS = {"minimum": "ge", "maximum": "le", "exclusiveMinimum": "gt", "exclusiveMaximum": "lt"}
COUNT = re.compile(r"(\d+) (?:row|missing|out of bound)")


def _field(column: Column, table: Table) -> tuple[Any, Any]:
    about: dict[str, Any] = {}
    limits = column.limits
    kind = Literal[tuple(limits["enum"])] if "enum" in limits else TYPES[column.type]
    if column.type == "datetime":
        about["dtype"] = pl.Datetime("us", "UTC")
    if column.name in table.unique or table.key == [column.name]:
        about["unique"] = True
    if "pattern" in limits:
        about["pattern"] = f"^(?:{limits['pattern']})$"
    if "minLength" in limits:
        about["min_length"] = limits["minLength"]
    if "maxLength" in limits:
        about["max_length"] = limits["maxLength"]
    for name, parameter in BOUNDS.items():
        if name in limits:
            value = limits[name]
            if column.type in ("date", "datetime"):
                value = pl.select(bound(column, name)).item()
            about[parameter] = value
    if not column.required:
        kind = kind | None
    return kind, pt.Field(**about)


def main() -> None:
    """Validates the tables one by one."""
    for table in tables(root()):
        raw = text(table)
        frame = raw.select(typed(column) for column in table.columns)
        for column in table.columns:
            lost = frame[column.name].null_count() - raw[column.name].null_count()
            say_count(table.name, column.name, "type-error", lost)
        fields: dict[str, Any] = {column.name: _field(column, table) for column in table.columns}
        try:
            create_model(table.name, __base__=pt.Model, **fields).validate(frame)
        except pt.exceptions.DataFrameValidationError as errors:
            for error in errors.errors():
                count = COUNT.search(error["msg"])
                kind = "unique-error" if "duplicate" in error["msg"] else "constraint-error"
                say_count(table.name, str(error["loc"][0]), kind, int(count[1]) if count else 1)


if __name__ == "__main__":
    main()
