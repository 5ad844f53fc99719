"""What a schema is in polars. What it is in pandera stands in the room `contract`, which needs the exact functions of
the validator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newspkg.schema.model import TYPES, Field, TableSchema

if TYPE_CHECKING:
    import polars as pl

__all__ = ["polars_dtype", "polars_schema"]


def polars_dtype(one: Field) -> pl.DataType:
    """The dtype of a field's loaded column: vocabularies of text as Enum, days as Date, moments in microseconds UTC,
    lists as lists of text."""
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
    """The dtypes of the loaded table, field by field; see `polars_dtype`."""
    import polars as pl

    return pl.Schema([(one.name, polars_dtype(one)) for one in schema.fields])
