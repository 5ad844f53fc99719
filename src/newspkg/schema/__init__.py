"""Reads a Table Schema, strictly where it is ours, and says what each of its types is in polars, R and prose.

`schemas/*.json` are the source of truth. A key that is misspelt, a pattern that two engines read differently or a
bound that does not fit its type would be a check that cannot fail, so in a schema of the house each is an error with
file and place.

    model      TableSchema, Field, ForeignKey, and the one table of types
    patterns   what every regular-expression engine reads alike
    xsd        patterns of XML Schema, for anybody's schemas
    values     examples, bounds and vocabularies as values of their types
    read       JSON to TableSchema, and every problem with its JSON pointer
    frames     TableSchema to polars dtypes

The module can be called: `newspkg.schema(source)` gives a schema of pandera, see `newspkg.contract.schema`.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from newspkg.schema.frames import beyond_int64, item_type, loaded_dtype, polars_dtype, polars_schema, words_of
from newspkg.schema.model import TYPES, Field, ForeignKey, TableSchema, TypeInfo
from newspkg.schema.patterns import anchored, portable_pattern
from newspkg.schema.read import house_folder, house_schemas, read_folder, read_schema
from newspkg.schema.values import broken_constraints, value_of

__all__ = [
    "TYPES",
    "Field",
    "ForeignKey",
    "TableSchema",
    "TypeInfo",
    "anchored",
    "beyond_int64",
    "broken_constraints",
    "house_folder",
    "house_schemas",
    "item_type",
    "loaded_dtype",
    "polars_dtype",
    "polars_schema",
    "portable_pattern",
    "read_folder",
    "read_schema",
    "value_of",
    "words_of",
]


class _Callable(ModuleType):
    """This module, so that `newspkg.schema(source)` works. The package passes the call on: this room may not know who
    answers it."""

    def __call__(self, source: Any, resource: str | None = None) -> Any:
        """A schema of pandera for any Table Schema; see `newspkg.contract.schema`."""
        from newspkg import _schema

        return _schema(source, resource)


sys.modules[__name__].__class__ = _Callable
