"""What a schema is in polars. What it is in pandera stands in the room `contract`, which needs the exact functions of
the validator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newspkg.schema.model import TYPES, Field, TableSchema

if TYPE_CHECKING:
    import polars as pl

__all__ = ["beyond_int64", "item_type", "loaded_dtype", "polars_dtype", "polars_schema", "words_of"]

_ITEMS = {"string", "integer", "boolean", "number", "datetime", "date", "time"}  # what the items of a list may be
_JSON_ITEMS = {"string", "integer", "boolean", "number"}  # ... and those of an array


def polars_dtype(one: Field) -> pl.DataType:
    """The dtype of a field of the profile's tables: vocabularies of text as Enum, days as Date, moments in microseconds
    UTC, lists as lists of text."""
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


# --- fields of any package -------------------------------------------------------------------------------------------


def loaded_dtype(one: Field) -> pl.DataType:
    """The dtype of a field that loaders give, for any package. It follows from the schema alone, so that a lazy frame
    has it before a file has been opened; for the profile's tables it is `polars_dtype`."""
    import polars as pl

    if words_of(one):
        return pl.Enum(words_of(one))
    if one.type in ("array", "list"):
        return pl.List(polars_dtype(Field(one.name, item_type(one))))
    return pl.String() if beyond_int64(one) else polars_dtype(one)


def words_of(one: Field) -> list[str]:
    """The closed vocabulary of a field of text: its enum, else the values of its categories; empty where there is none.
    In the order of the schema, each word once."""
    if one.type != "string":
        return []
    words = one.vocabulary or tuple(value for value, _ in one.categories)
    return list(dict.fromkeys(words)) if all(isinstance(word, str) for word in words) else []


def item_type(one: Field) -> str:
    """The type of the items of an array or a list. Of a list it is the `itemType`; of an array what the constraint
    `jsonSchema`, or `arrayItem` as frictionless has it, says of all items; text where nothing is said."""
    if one.type == "list":
        kind = one.options.get("itemType", "string")
        return kind if kind in _ITEMS else "string"
    rule = one.constraints.get("jsonSchema")
    for items in (rule.get("items") if isinstance(rule, dict) else None, one.options.get("arrayItem")):
        kind = items.get("type") if isinstance(items, dict) else None
        if isinstance(kind, str) and kind in _JSON_ITEMS:
            return kind
    return "string"


def beyond_int64(one: Field) -> bool:
    """Whether the schema itself allows for whole numbers that do not fit into 64 bits, which are loaded as text: it has
    a bound or a value of a vocabulary beyond them."""
    if one.type != "integer":
        return False
    limits = one.constraints
    stated = [limits.get(name) for name in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")]
    return any(map(_large, [*stated, *one.vocabulary, *(value for value, _ in one.categories)]))


def _large(value: Any) -> bool:
    try:
        return value is not None and not -(2**63) <= int(value) < 2**63
    except (ValueError, TypeError, OverflowError):
        return False
