"""A pandera schema for each table of the profile, made from `schemas/<table>.json` when it is asked for.

from newspkg import schemas
quotes = schemas.quotes.validate(frame)             # a polars DataFrame, or pandera's SchemaError
quotes = schemas.table("quotes").validate(frame)    # the same, by name

For any other Table Schema there is `newspkg.schema`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from newspkg.problems import UsageError
from newspkg.schema import house_schemas

if TYPE_CHECKING:
    import pandera.polars as pa


@cache
def table(name: str) -> pa.DataFrameSchema:
    """The schema of a table by its name. Raises UsageError where the profile has no such table."""
    from newspkg.contract import pandera_schema

    tables = house_schemas()
    if name not in tables:
        raise UsageError(f"There is no table {name!r}; there are {', '.join(tables)}.")
    return pandera_schema(tables[name], narrow=True)


def __getattr__(name: str) -> pa.DataFrameSchema:
    if name.startswith("_"):  # Python itself asks modules for such names; they are never tables
        raise AttributeError(name)
    try:
        return table(name)
    except UsageError as error:
        raise AttributeError(str(error)) from None


def __dir__() -> list[str]:
    return sorted([*house_schemas(), "table"])
