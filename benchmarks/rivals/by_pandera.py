"""pandera: a schema a table over cells as text, its checks made by hand; foreign keys by hand beside it."""

from __future__ import annotations

from typing import Any

import pandera.errors
import pandera.polars as pa
import polars as pl
from exprs import checks, text
from spec import Column, Table, root, say, tables


def _check(expression: pl.Expr, name: str) -> pa.Check:
    def passes(data: Any) -> pl.LazyFrame:
        return data.lazyframe.select(expression.fill_null(value=name != "type") | pl.col(data.key).is_null())

    return pa.Check(passes, name=name)


def _column(column: Column) -> pa.Column:
    """A column with pandera's own checks where it has them for text, and expressions where it has not."""
    made = []
    for name, expression in checks(column).items():
        limit = column.limits.get(name)
        if name == "pattern":
            made.append(pa.Check.str_matches(f"^(?:{limit})$", name=name))
        elif name == "enum":
            made.append(pa.Check.isin(limit, name=name))
        elif name == "minLength":
            made.append(pa.Check.str_length(min_value=limit, name=name))
        elif name == "maxLength":
            made.append(pa.Check.str_length(max_value=limit, name=name))
        else:
            made.append(_check(expression, name))
    unique = bool(column.limits.get("unique"))
    return pa.Column(pl.String, made, nullable=not column.required, unique=unique)


def main() -> None:
    """Validates the tables one by one, parents first."""
    frames: dict[str, pl.DataFrame] = {}
    for table in tables(root()):
        frame = frames[table.name] = text(table)
        schema = pa.DataFrameSchema({c.name: _column(c) for c in table.columns}, unique=table.key)
        try:
            schema.validate(frame, lazy=True)
        except pandera.errors.SchemaErrors as errors:
            _tell(table, errors.failure_cases)
        for name, parent, key in table.references:
            known = frames[parent][key].unique()
            here = frame.select(pl.col(name).is_not_null() & ~pl.col(name).is_in(known.implode()))[name]
            say(table.name, here.arg_true().to_list(), name, "foreign-key")


def _tell(table: Table, cases: pl.DataFrame) -> None:
    kinds = {"type": "type-error", "field_uniqueness": "unique-error", "multiple_fields_uniqueness": "primary-key"}
    seen = set()
    for column, check, index in cases.select("column", "check", "index").iter_rows():
        kind = kinds.get(check, "constraint-error")
        if kind == "primary-key":
            if index in seen:  # one case a column of the key
                continue
            seen.add(index)
        if index is not None:
            say(table.name, [index], "" if kind == "primary-key" else column, kind)


if __name__ == "__main__":
    main()
