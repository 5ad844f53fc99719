"""A pandera schema for each table of the profile, made from `schemas/<table>.json` when it is asked for.

    from newspkg import schemas
    quotes = schemas.quotes.validate(frame)      # a polars DataFrame, or pandera's SchemaError
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newspkg.schema import house_schemas, pandera_schema

if TYPE_CHECKING:
    import pandera.polars as pa


def __getattr__(table: str) -> pa.DataFrameSchema:
    if table.startswith("_"):
        raise AttributeError(table)
    try:
        return pandera_schema(house_schemas()[table])
    except KeyError:
        raise AttributeError(f"there is no table {table!r}; there are {', '.join(house_schemas())}") from None


def __dir__() -> list[str]:
    return list(house_schemas())
