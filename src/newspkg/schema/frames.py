"""What a schema is in polars and in pandera."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from newspkg.schema.model import LENGTHS, TYPES, Field, TableSchema
from newspkg.schema.patterns import anchored
from newspkg.schema.values import value_of

if TYPE_CHECKING:
    import pandera.polars as pa
    import polars as pl

__all__ = ["pandera_schema", "polars_schema"]


def _dtype(one: Field) -> pl.DataType:
    import polars as pl

    if one.type == "string" and one.vocabulary:
        return pl.Enum([str(v) for v in one.vocabulary])
    name = TYPES[one.type].polars
    if name == "List":
        return pl.List(pl.String)
    if name == "Datetime":
        return pl.Datetime("us", "UTC")
    dtype: pl.DataType = getattr(pl, name)()
    return dtype


def polars_schema(schema: TableSchema) -> pl.Schema:
    """The dtypes of the loaded table: vocabularies as Enum, days as Date, moments in microseconds UTC, arrays as lists
    of text."""
    import polars as pl

    return pl.Schema([(one.name, _dtype(one)) for one in schema.fields])


def _row_check(name: str, holds: Callable[[pl.Expr], pl.Expr], *, empty: bool = True) -> pa.Check:
    """A check of pandera by an expression over the column; `empty` says whether an empty cell passes."""
    import pandera.polars as pa
    import polars as pl

    def check(data: Any) -> pl.LazyFrame:
        column = pl.col(data.key)
        frame: pl.LazyFrame = data.lazyframe.select(pl.when(column.is_null()).then(empty).otherwise(holds(column)))
        return frame

    return pa.Check(check, name=name, error=name)


def _checks(one: Field, filled: bool) -> Iterator[pa.Check]:
    """The checks of a column; `filled` says that no cell may be empty."""
    import pandera.polars as pa

    limits = one.constraints
    if one.type == "string" and one.vocabulary:
        return  # the dtype is the check, and the strict reader saw to it that no word breaks another constraint
    if "pattern" in limits:
        yield pa.Check.str_matches(anchored(limits["pattern"]))
    if limits.keys() & LENGTHS:
        low, high = limits.get("minLength", 0), limits.get("maxLength", 2**62)
        if one.type == "string":  # characters, as frictionless counts them; not bytes
            yield _row_check("length", lambda column: column.str.len_chars().is_between(low, high))
        else:
            yield _row_check("length", lambda column: column.list.len().is_between(low, high))
    for name, make in (
        ("minimum", pa.Check.ge),
        ("maximum", pa.Check.le),
        ("exclusiveMinimum", pa.Check.gt),
        ("exclusiveMaximum", pa.Check.lt),
    ):
        if name in limits:
            yield make(value_of(one.type, limits[name]))
    if one.type == "number" and {"minimum", "exclusiveMinimum"} & limits.keys():
        # polars sorts NaN above all numbers, so it would pass every lower bound; frictionless lets it pass none.
        yield _row_check("not NaN", lambda column: column.is_not_nan())
    if one.type == "number" and filled:
        # Not pandera's own `nullable`: to it NaN is an empty cell, to Table Schema it is a number.
        yield _row_check("required", lambda column: column.is_not_null(), empty=False)
    if one.vocabulary:
        yield pa.Check.isin([value_of(one.type, v) for v in one.vocabulary])
    if limits.get("unique"):
        # Not pandera's own `unique`: to it two empty cells are the same value, to Table Schema they are no value.
        yield _row_check("unique", lambda column: ~column.is_duplicated())


def _unique_keys(schema: TableSchema) -> Iterator[pa.Check]:
    import pandera.polars as pa
    import polars as pl

    for key in schema.unique_keys:

        def check(data: Any, key: tuple[str, ...] = key) -> pl.LazyFrame:
            some_empty = pl.any_horizontal(*(pl.col(name).is_null() for name in key))
            frame: pl.LazyFrame = data.lazyframe.select(~pl.struct(*key).is_duplicated() | some_empty)
            return frame

        name = f"unique {'+'.join(key)}"
        yield pa.Check(check, name=name, error=name)


def pandera_schema(schema: TableSchema) -> pa.DataFrameSchema:
    """The typed contract of a loaded table: dtypes, order of columns, every constraint, and the keys within the table.

    For schemas that were read strictly. Give it a DataFrame: of a LazyFrame pandera checks the column types alone.
    """
    import pandera.polars as pa

    key = set(schema.primary_key)
    columns = {
        one.name: pa.Column(
            _dtype(one),
            checks=list(_checks(one, one.required or one.name in key)),
            nullable=one.type == "number" or not (one.required or one.name in key),
            title=one.title or None,
            description=one.description or None,
        )
        for one in schema.fields
    }
    return pa.DataFrameSchema(
        columns,
        checks=list(_unique_keys(schema)),
        name=schema.name,
        title=schema.title or None,
        description=schema.description or None,
        strict=True,
        ordered=True,
        unique=list(schema.primary_key) or None,
    )
