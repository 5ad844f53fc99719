"""A Table Schema as plain, frozen objects, and the one table of types: each type in every language side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newspkg.problems import Problem

__all__ = ["BOUNDS", "EVERYWHERE", "LENGTHS", "TYPES", "Field", "ForeignKey", "TableSchema", "TypeInfo"]

# --- one table of types, all languages side by side ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TypeInfo:
    """What a Table Schema type is elsewhere.

    `polars` is the name of the dtype (pandera takes the same one), `r` the base-R class that load.R makes, `prose`
    what a reader is told. `constraints` are those that the standard allows on it besides required, unique and enum,
    `options` the properties that only this type has. `house` says whether our own tables may use it: polars and R
    both read it without surprises.
    """

    polars: str
    r: str
    prose: str
    constraints: frozenset[str]
    options: frozenset[str] = frozenset()
    house: bool = False


LENGTHS = frozenset({"minLength", "maxLength"})
BOUNDS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
EVERYWHERE = frozenset({"required", "unique", "enum"})
_NONE: frozenset[str] = frozenset()
_JSON = LENGTHS | {"jsonSchema"}
_WHOLE = frozenset({"bareNumber", "groupChar"})
_NUMBER = _WHOLE | {"decimalChar"}
_TRUTH = frozenset({"trueValues", "falseValues"})
_LIST = frozenset({"delimiter", "itemType"})

TYPES: dict[str, TypeInfo] = {
    # type              polars      R            prose                                   constraints            options
    "string": TypeInfo("String", "character", "text", LENGTHS | {"pattern"}, house=True),
    "integer": TypeInfo("Int64", "numeric", "whole number", BOUNDS, _WHOLE, house=True),
    "number": TypeInfo("Float64", "numeric", "number", BOUNDS, _NUMBER, house=True),
    "boolean": TypeInfo("Boolean", "logical", "true or false", _NONE, _TRUTH, house=True),
    "date": TypeInfo("Date", "Date", "day, YYYY-MM-DD", BOUNDS, house=True),
    "datetime": TypeInfo("Datetime", "POSIXct", "moment, UTC, ending in Z", BOUNDS, house=True),
    "year": TypeInfo("Int32", "numeric", "year, YYYY", BOUNDS, house=True),
    "array": TypeInfo("List", "list", "list of texts, as a JSON array", _JSON, house=True),
    "list": TypeInfo("List", "list", "list of texts, joined by a delimiter", LENGTHS, _LIST),
    "object": TypeInfo("String", "character", "JSON object", _JSON),
    "time": TypeInfo("Time", "character", "time of day", BOUNDS),
    "yearmonth": TypeInfo("String", "character", "month, YYYY-MM", BOUNDS),
    "duration": TypeInfo("String", "character", "ISO 8601 duration", BOUNDS),
    "geopoint": TypeInfo("String", "character", "longitude, latitude", _NONE),
    "geojson": TypeInfo("String", "character", "GeoJSON", _NONE),
    "any": TypeInfo("String", "character", "anything", _NONE),
}

# --- the objects -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Field:
    """A field as declared. `constraints` keeps the standard's names; `options` holds the properties that only some
    types have (trueValues, decimalChar, delimiter ...) and, where the reader was lenient, those that none has."""

    name: str
    type: str = "any"
    format: str = "default"
    title: str = ""
    description: str = ""
    example: Any = None
    constraints: Mapping[str, Any] = field(default_factory=dict)
    categories: tuple[tuple[Any, str], ...] = ()  # (value, label)
    ordered: bool = False
    missing_values: tuple[str, ...] | None = None  # None: those of the schema
    rdf_type: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    pointer: str = field(default="", compare=False, repr=False)  # where in its schema it stands
    untyped: bool = field(default=False, compare=False, repr=False)  # its type is none, and it is taken for any

    @property
    def required(self) -> bool:
        """Whether an empty cell is an error."""
        return bool(self.constraints.get("required", False))

    @property
    def vocabulary(self) -> tuple[Any, ...]:
        """The closed list of values, in its order; empty where there is none."""
        return tuple(self.constraints.get("enum") or ())


@dataclass(frozen=True)
class ForeignKey:
    """`fields` must stand in `reference_fields` of `resource`; resource is empty for the table itself. `package` is the
    one that the resource is of, if it is another."""

    fields: tuple[str, ...]
    resource: str
    reference_fields: tuple[str, ...]
    pointer: str = field(default="", compare=False, repr=False)  # where in its schema it stands
    package: str = ""


@dataclass(frozen=True)
class TableSchema:
    """A Table Schema. `path` is the file it was read from, if any."""

    name: str
    fields: tuple[Field, ...]
    title: str = ""
    description: str = ""
    missing_values: tuple[str, ...] = ("",)
    fields_match: str = "exact"
    primary_key: tuple[str, ...] = ()
    unique_keys: tuple[tuple[str, ...], ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    path: Path = Path()

    @classmethod
    def from_descriptor(
        cls,
        descriptor: Mapping[str, Any],
        *,
        strict: bool,
        where: str,
        path: Path | None = None,
        name: str = "",
        base: str = "",
    ) -> tuple[TableSchema, list[Problem]]:
        """The schema that a plain object describes, and what is wrong with it.

        What is wrong is left out of the schema, so that the rest can still be used; never raises. `strict` adds the
        house's own rules to those of the standard. `where` names the file in messages, `name` the table where the
        descriptor does not, `base` is the JSON pointer at which the schema stands in that file.
        """
        from newspkg.schema.read import from_descriptor  # here, since read needs these objects

        return from_descriptor(descriptor, strict=strict, where=where, path=path, name=name, base=base)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the fields, in order."""
        return tuple(f.name for f in self.fields)

    def field(self, name: str) -> Field:
        """The field of that name; raises KeyError where there is none."""
        for one in self.fields:
            if one.name == name:
                return one
        raise KeyError(name)

    def is_unique(self, names: tuple[str, ...]) -> bool:
        """Whether the schema promises that no two rows agree in these fields."""
        keys = {frozenset(key) for key in (self.primary_key, *self.unique_keys)}
        keys |= {frozenset({f.name}) for f in self.fields if f.constraints.get("unique")}
        return frozenset(names) in keys
