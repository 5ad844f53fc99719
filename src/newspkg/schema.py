"""Reads a Table Schema, strictly where it is ours, and says what each of its types is in polars, pandera, R and prose.

`schemas/*.json` are the source of truth. A key that is misspelt, a pattern that two engines read differently or a bound that
does not fit its type would be a check that cannot fail, so in a schema of the house each is an error with file and place.
"""

from __future__ import annotations

import difflib
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newspkg.problems import CannotRun, Problem, SchemaError, problem

if TYPE_CHECKING:
    import pandera.polars as pa
    import polars as pl

__all__ = [
    "TYPES",
    "Field",
    "ForeignKey",
    "TableSchema",
    "TypeInfo",
    "anchored",
    "house_folder",
    "house_schemas",
    "pandera_schema",
    "polars_schema",
    "portable_pattern",
    "read_schema",
]


# --- one table of types, all languages side by side --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TypeInfo:
    """What a Table Schema type is elsewhere. `polars` is the dtype's name, `r` the base-R class that load.R makes,
    `constraints` those the standard allows on it besides required, unique and enum, `house` whether our own tables
    may use it (both polars and R read it without surprises)."""

    polars: str
    r: str
    prose: str
    constraints: frozenset[str]
    house: bool = False


_LENGTH = frozenset({"minLength", "maxLength"})
_BOUNDS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
_JSON = frozenset({"jsonSchema"})

TYPES: dict[str, TypeInfo] = {
    "string": TypeInfo("String", "character", "text", _LENGTH | {"pattern"}, house=True),
    "integer": TypeInfo("Int64", "numeric", "whole number", _BOUNDS, house=True),
    "number": TypeInfo("Float64", "numeric", "number", _BOUNDS, house=True),
    "boolean": TypeInfo("Boolean", "logical", "true or false", frozenset(), house=True),
    "date": TypeInfo("Date", "Date", "day, YYYY-MM-DD", _BOUNDS, house=True),
    "datetime": TypeInfo("Datetime", "POSIXct", "moment, UTC, ending in Z", _BOUNDS, house=True),
    "year": TypeInfo("Int32", "numeric", "year", _BOUNDS, house=True),
    "array": TypeInfo("List", "list", "list of texts, as a JSON array", _LENGTH | _JSON, house=True),
    "list": TypeInfo("List", "list", "list of texts, joined by a delimiter", _LENGTH),
    "object": TypeInfo("String", "character", "JSON object", _LENGTH | _JSON),
    "time": TypeInfo("Time", "character", "time of day", _BOUNDS),
    "yearmonth": TypeInfo("String", "character", "month, YYYY-MM", _BOUNDS),
    "duration": TypeInfo("String", "character", "ISO 8601 duration", _BOUNDS),
    "geopoint": TypeInfo("String", "character", "longitude, latitude", frozenset()),
    "geojson": TypeInfo("String", "character", "GeoJSON", frozenset()),
    "any": TypeInfo("String", "character", "anything", frozenset()),
}

_EVERYWHERE = frozenset({"required", "unique", "enum"})
_SCHEMA_KEYS = (
    "$schema", "name", "title", "description", "fields", "fieldsMatch", "missingValues", "primaryKey", "uniqueKeys", "foreignKeys",
)  # fmt: skip
_FIELD_KEYS = (
    "name", "title", "description", "type", "format", "example", "constraints", "categories", "categoriesOrdered", "missingValues",
    "rdfType", "trueValues", "falseValues", "bareNumber", "decimalChar", "groupChar", "delimiter", "itemType",
)  # fmt: skip


@dataclass(frozen=True)
class Field:
    """A field as declared. `constraints` keeps the standard's names; `options` holds the properties that only some
    types have (trueValues, decimalChar, delimiter ...)."""

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
    """`fields` must stand in `reference_fields` of `resource`; resource is empty for the table itself."""

    fields: tuple[str, ...]
    resource: str
    reference_fields: tuple[str, ...]


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

    @classmethod
    def from_descriptor(
        cls, descriptor: Mapping[str, Any], *, strict: bool, where: str, path: Path | None = None, name: str = ""
    ) -> tuple[TableSchema, list[Problem]]:
        """The schema that a plain object describes, and what is wrong with it.

        What is wrong is left out of the schema, so that the rest can still be used. `strict` adds the house's own
        rules to those of the standard. `where` names the file in messages.
        """
        reader = _Reader(where, strict)
        return reader.schema(descriptor, path or Path(), name), reader.problems


# --- patterns -------------------------------------------------------------------------------------------------------------

# Read alike by Python, by polars' engine, by R and by XML Schema: literals, classes, groups, alternation, counted
# repetition. Anything else means something different, or nothing, in one of them.
_UNPORTABLE = (
    (re.compile(r"\(\?"), "a group with a question mark (look-around, flags, named or non-capturing groups)"),
    (re.compile(r"\\[1-9]"), "a back reference"),
    (re.compile(r"\\[dDwWsSbBAZzpPiIcC]"), "a class by letter, whose reach differs (write [0-9] for \\d)"),
    (re.compile(r"[*+?}][?+]"), "a lazy or possessive quantifier"),
    (re.compile(r"^\^|(?<!\\)\$$"), "an anchor: patterns are anchored at both ends already"),
    (re.compile(r"\[\[:|&&|--\["), "a named class or a class set operation"),
)


def portable_pattern(pattern: str) -> str | None:
    """Why a pattern is not read alike by all engines, or None where it is."""
    for sign, reason in _UNPORTABLE:
        if sign.search(pattern):
            return reason
    try:
        re.compile(pattern)
    except re.error as error:
        return f"no regular expression ({error})"
    return None


def anchored(pattern: str) -> str:
    """The pattern as every engine here must be given it: the whole cell has to match."""
    return f"^(?:{pattern})$"


# --- values of the types in JSON ---------------------------------------------------------------------------------------------


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return _is_integer(value) or (isinstance(value, float) and math.isfinite(value))


def _parses(parse: Callable[[str], object], pattern: str) -> Callable[[object], bool]:
    def check(value: object) -> bool:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            return False
        try:
            parse(value)
        except ValueError:
            return False
        return True

    return check


_VALUES: dict[str, Callable[[object], bool]] = {
    "string": lambda v: isinstance(v, str),
    "integer": _is_integer,
    "number": _is_number,
    "boolean": lambda v: isinstance(v, bool),
    "date": _parses(date.fromisoformat, r"\d{4}-\d\d-\d\d"),
    "datetime": _parses(datetime.fromisoformat, r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"),
    "year": _is_integer,
    "array": lambda v: isinstance(v, list) and all(isinstance(item, str) for item in v),
}


# --- reading -------------------------------------------------------------------------------------------------------------------


class _Reader:
    """One pass over a descriptor; `problems` gathers what is wrong, each with a JSON pointer."""

    def __init__(self, where: str, strict: bool) -> None:
        self.where = where
        self.strict = strict
        self.problems: list[Problem] = []

    def say(self, code: str, pointer: str, message: str, value: object = None) -> None:
        text = None if value is None else value if isinstance(value, str) else json.dumps(value, default=str)
        self.problems.append(problem(code, f"{self.where}, {pointer or '/'}: {message}", path=self.where, field=pointer, value=text))

    def keys(self, given: Mapping[str, Any], known: tuple[str, ...], pointer: str) -> None:
        if not self.strict:
            return
        for key in given:
            if key not in known:
                near = difflib.get_close_matches(key, known, 1)
                hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}."
                self.say("schema-unknown-key", f"{pointer}/{key}", f"there is no property {key!r}; {hint}", key)

    def text(self, given: Mapping[str, Any], key: str, pointer: str, *, needed: bool = False) -> str:
        value = given.get(key)
        if value is None:
            if needed:
                self.say("schema-error", f"{pointer}/{key}", f"{key} is missing.")
            return ""
        if not isinstance(value, str):
            self.say("schema-error", f"{pointer}/{key}", f"{key} must be text.", value)
            return ""
        return value

    def schema(self, given: Mapping[str, Any], path: Path, name: str) -> TableSchema:
        self.keys(given, _SCHEMA_KEYS, "")
        raw = given.get("fields")
        if not isinstance(raw, list) or not raw:
            self.say("schema-error", "/fields", "fields must be a list of at least one field.")
            raw = []
        fields = [self.field(one, f"/fields/{i}") for i, one in enumerate(raw)]
        kept = tuple(f for f in fields if f is not None)
        names = [f.name for f in kept]
        for i, one in enumerate(names):
            if self.strict and one in names[:i]:
                self.say("schema-key", f"/fields/{i}/name", f"a second field is named {one!r}.", one)
        return TableSchema(
            name=self.text(given, "name", "", needed=self.strict) or name,
            title=self.text(given, "title", "", needed=self.strict),
            description=self.text(given, "description", "", needed=self.strict),
            fields=kept,
            missing_values=self.missing_values(given.get("missingValues", [""]), "/missingValues"),
            fields_match=self.fields_match(given.get("fieldsMatch", "exact")),
            primary_key=self.key(given.get("primaryKey", []), names, "/primaryKey"),
            unique_keys=tuple(self.key(k, names, f"/uniqueKeys/{i}") for i, k in enumerate(self.listed(given, "uniqueKeys"))),
            foreign_keys=tuple(self.foreign_keys(given, names)),
            path=path,
        )

    def listed(self, given: Mapping[str, Any], key: str) -> list[Any]:
        value = given.get(key, [])
        if isinstance(value, list):
            return value
        self.say("schema-error", f"/{key}", f"{key} must be a list.", value)
        return []

    def fields_match(self, value: object) -> str:
        if isinstance(value, list) and len(value) == 1:  # the published profile asks for a list, the prose for text
            value = value[0]
        if value in ("exact", "equal", "subset", "superset", "partial"):
            return str(value)
        self.say("schema-error", "/fieldsMatch", "fieldsMatch must be exact, equal, subset, superset or partial.", value)
        return "exact"

    def missing_values(self, value: object, pointer: str) -> tuple[str, ...]:
        if not isinstance(value, list):
            self.say("schema-error", pointer, "missingValues must be a list.", value)
            return ("",)
        texts = [v.get("value") if isinstance(v, dict) else v for v in value]
        if not all(isinstance(t, str) for t in texts):
            self.say("schema-error", pointer, "missingValues must be texts, or objects with a value and a label.", value)
            return ("",)
        if len(set(texts)) != len(texts):
            self.say("schema-error", pointer, "missingValues must be unique.", value)
        return tuple(str(t) for t in texts)

    def key(self, value: object, names: list[str], pointer: str) -> tuple[str, ...]:
        parts = [value] if isinstance(value, str) else value
        if not isinstance(parts, list) or not all(isinstance(p, str) for p in parts):
            self.say("schema-key", pointer, "a key is a field's name or a list of them.", value)
            return ()
        unknown = [p for p in parts if p not in names]
        for one in unknown:
            near = difflib.get_close_matches(one, names, 1)
            self.say("schema-key", pointer, f"there is no field {one!r}{f'; did you mean {near[0]}?' if near else '.'}", one)
        return () if unknown else tuple(parts)

    def foreign_keys(self, given: Mapping[str, Any], names: list[str]) -> Iterator[ForeignKey]:
        for i, one in enumerate(self.listed(given, "foreignKeys")):
            pointer = f"/foreignKeys/{i}"
            reference = one.get("reference") if isinstance(one, dict) else None
            if not isinstance(reference, dict) or "fields" not in one or "fields" not in reference:
                self.say("schema-key", pointer, "a foreign key has fields, and a reference with resource and fields.", one)
                continue
            self.keys(one, ("fields", "reference"), pointer)
            self.keys(reference, ("resource", "fields"), f"{pointer}/reference")
            own = self.key(one["fields"], names, f"{pointer}/fields")
            raw = reference["fields"]
            other = (raw,) if isinstance(raw, str) else tuple(raw) if isinstance(raw, list) else ()
            resource = reference.get("resource", "")
            if not isinstance(resource, str) or not all(isinstance(o, str) for o in other) or not other:
                self.say("schema-key", f"{pointer}/reference", "resource is a text and fields a name or a list of names.", reference)
                continue
            if own and len(own) != len(other):
                self.say("schema-key", pointer, f"{len(own)} fields refer to {len(other)}.", one)
                continue
            if resource == "" and any(o not in names for o in other):
                self.say("schema-key", f"{pointer}/reference/fields", "the table has no such field.", raw)
                continue
            if own:
                yield ForeignKey(own, resource, other)

    def field(self, given: object, pointer: str) -> Field | None:
        if not isinstance(given, dict):
            self.say("field-error", pointer, "a field is an object with at least a name.", given)
            return None
        self.keys(given, _FIELD_KEYS, pointer)
        name = given.get("name")
        if not isinstance(name, str) or not name:
            self.say("field-error", f"{pointer}/name", "a field needs a name.", name)
            return None
        kind = given.get("type", "any")
        if kind not in TYPES:
            near = difflib.get_close_matches(str(kind), TYPES, 1)
            self.say("field-error", f"{pointer}/type", f"there is no type {kind!r}{f'; did you mean {near[0]}?' if near else '.'}", kind)
            kind = "any"
        if self.strict and not TYPES[kind].house:
            self.say("schema-constraint", f"{pointer}/type", f"type {kind} is not read alike by polars and R; use another.", kind)
        if self.strict:
            for key in ("title", "description"):
                self.text(given, key, pointer, needed=True)
        constraints = self.constraints(given.get("constraints", {}), kind, f"{pointer}/constraints")
        categories = self.categories(given.get("categories", []), f"{pointer}/categories")
        known = {"name", "title", "description", "type", "format", "example", "constraints", "categories", "categoriesOrdered", "missingValues", "rdfType"}
        one = Field(
            name=name,
            type=kind,
            format=given["format"] if isinstance(given.get("format"), str) else "default",
            title=str(given.get("title", "")),
            description=str(given.get("description", "")),
            example=given.get("example"),
            constraints=constraints,
            categories=categories,
            ordered=given.get("categoriesOrdered") is True,
            missing_values=self.missing_values(given["missingValues"], f"{pointer}/missingValues") if "missingValues" in given else None,
            rdf_type=given["rdfType"] if isinstance(given.get("rdfType"), str) else None,
            options={k: v for k, v in given.items() if k not in known},
        )
        if self.strict:
            self.house_field(one, "example" in given, pointer)
        return one

    def categories(self, value: object, pointer: str) -> tuple[tuple[Any, str], ...]:
        if not isinstance(value, list):
            self.say("field-error", pointer, "categories must be a list.", value)
            return ()
        found = []
        for i, one in enumerate(value):
            if isinstance(one, dict) and "value" in one:
                found.append((one["value"], str(one.get("label", one["value"]))))
            elif isinstance(one, (str, int, float)):
                found.append((one, str(one)))
            else:
                self.say("field-error", f"{pointer}/{i}", "a category is a value, or an object with a value and a label.", one)
        return tuple(found)

    def constraints(self, given: object, kind: str, pointer: str) -> dict[str, Any]:
        if not isinstance(given, dict):
            self.say("field-error", pointer, "constraints must be an object.", given)
            return {}
        kept: dict[str, Any] = {}
        for name, value in given.items():
            allowed = _EVERYWHERE | TYPES[kind].constraints
            reason = None
            if name not in allowed:
                near = difflib.get_close_matches(name, allowed, 1)
                reason = f"a field of type {kind} has no constraint {name!r}{f'; did you mean {near[0]}?' if near else '.'}"
            elif name in ("required", "unique") and not isinstance(value, bool):
                reason = f"{name} is true or false."
            elif name in ("minLength", "maxLength") and not (_is_integer(value) and value >= 0):
                reason = f"{name} is a whole number from 0."
            elif name == "enum" and not (isinstance(value, list) and value):
                reason = "enum is a list of at least one value."
            elif name == "pattern":
                reason = self.pattern(value)
            elif name in _BOUNDS and self.strict and not _VALUES[kind](value):
                reason = f"{value!r} is not a value of type {kind}."
            if reason is None:
                kept[name] = value
            else:
                self.say("schema-pattern" if name == "pattern" else "schema-constraint", f"{pointer}/{name}", reason, value)
        return kept

    def pattern(self, value: object) -> str | None:
        if not isinstance(value, str):
            return "pattern is a text."
        if self.strict:
            reason = portable_pattern(value)
            return None if reason is None else f"{value!r} is not read alike by all engines: {reason}."
        return None

    def house_field(self, one: Field, has_example: bool, pointer: str) -> None:
        """What the house asks of its own fields: an example that passes, categories that equal the enum."""
        fits = _VALUES.get(one.type)
        if fits is None:
            return
        for i, value in enumerate(one.vocabulary):
            if not fits(value):
                self.say("schema-constraint", f"{pointer}/constraints/enum/{i}", f"{value!r} is not a value of type {one.type}.", value)
        if one.categories and tuple(v for v, _ in one.categories) != one.vocabulary:
            self.say("schema-constraint", f"{pointer}/categories", "categories and constraints.enum must list the same values in the same order.")
        if not has_example:
            self.say("schema-example", f"{pointer}/example", "every field shows an example.")
        elif not fits(one.example):
            self.say("schema-example", f"{pointer}/example", f"{one.example!r} is not a value of type {one.type}.", one.example)
        else:
            for broken in _broken(one):
                self.say("schema-example", f"{pointer}/example", f"{one.example!r} breaks its own constraint {broken}.", one.example)


def _broken(one: Field) -> Iterator[str]:
    """The constraints of a field that its own example breaks."""
    value, limits = one.example, one.constraints
    if one.vocabulary and value not in one.vocabulary:
        yield "enum"
    if "pattern" in limits and not re.fullmatch(limits["pattern"], value):
        yield "pattern"
    for name, breaks in (
        ("minLength", lambda limit: len(value) < limit),
        ("maxLength", lambda limit: len(value) > limit),
        ("minimum", lambda limit: value < limit),
        ("maximum", lambda limit: value > limit),
        ("exclusiveMinimum", lambda limit: value <= limit),
        ("exclusiveMaximum", lambda limit: value >= limit),
    ):
        if name in limits and breaks(limits[name]):
            yield name


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the property {key!r} stands twice in one object")
        found[key] = value
    return found


def read_schema(path: Path) -> TableSchema:
    """Reads a schema of the house. Raises SchemaError with every problem it has, CannotRun where it cannot be read."""
    try:
        given = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_no_twins)
    except OSError as error:
        raise CannotRun(f"{path}: cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise SchemaError([problem("schema-error", f"{path.name}: is no JSON that can be used ({error}).", path=path.name)]) from error
    if not isinstance(given, dict):
        raise SchemaError([problem("schema-error", f"{path.name}: must hold one JSON object.", path=path.name)])
    schema, problems = TableSchema.from_descriptor(given, strict=True, where=path.name, path=path)
    if schema.name != path.stem and schema.name:
        problems.append(problem("schema-error", f"{path.name}, /name: is {schema.name!r}, but the file is called {path.stem}.", path=path.name))
    if problems:
        raise SchemaError(problems)
    return schema


def house_folder() -> Path:
    """Where the schemas lie: inside the installed package, or at the root of the repository."""
    inside = Path(str(resources.files("newspkg"))) / "_schemas"
    return inside if inside.is_dir() else Path(__file__).resolve().parents[2] / "schemas"


@cache
def house_schemas() -> dict[str, TableSchema]:
    """The tables of the profile by name. Raises SchemaError where a file, or a reference between two, is wrong."""
    found = {path.stem: read_schema(path) for path in sorted(house_folder().glob("*.json"))}
    problems = [
        problem("schema-key", f"{schema.path.name}, /foreignKeys: {key.resource}.{'+'.join(key.reference_fields)} is no field.", path=schema.path.name)
        for schema in found.values()
        for key in schema.foreign_keys
        if key.resource and not (key.resource in found and set(key.reference_fields) <= set(found[key.resource].names))
    ]
    if problems:
        raise SchemaError(problems)
    return found


# --- polars and pandera ------------------------------------------------------------------------------------------------------------


def _dtype(one: Field) -> pl.DataType | type[pl.DataType]:
    import polars as pl

    if one.type == "string" and one.vocabulary:
        return pl.Enum([str(v) for v in one.vocabulary])
    name = TYPES[one.type].polars
    if name == "List":
        return pl.List(pl.String)
    if name == "Datetime":
        return pl.Datetime("us", "UTC")
    dtype: type[pl.DataType] = getattr(pl, name)
    return dtype


def polars_schema(schema: TableSchema) -> pl.Schema:
    """The dtypes of the loaded table: vocabularies as Enum, dates as Date, datetimes in microseconds UTC, arrays as lists
    of text."""
    import polars as pl

    return pl.Schema([(one.name, _dtype(one)) for one in schema.fields])


def _bound(one: Field, value: Any) -> Any:
    if one.type == "date":
        return date.fromisoformat(value)
    if one.type == "datetime":
        return datetime.fromisoformat(value)
    return value


def _checks(one: Field) -> Iterator[pa.Check]:
    import pandera.polars as pa

    limits = one.constraints
    if "pattern" in limits:
        yield pa.Check.str_matches(anchored(limits["pattern"]))
    if one.type == "string" and not one.vocabulary and (_LENGTH & limits.keys()):
        yield pa.Check.str_length(limits.get("minLength"), limits.get("maxLength"))
    for name, make in (
        ("minimum", pa.Check.ge),
        ("maximum", pa.Check.le),
        ("exclusiveMinimum", pa.Check.gt),
        ("exclusiveMaximum", pa.Check.lt),
    ):
        if name in limits:
            yield make(_bound(one, limits[name]))
    if one.vocabulary and one.type != "string":
        yield pa.Check.isin([_bound(one, v) for v in one.vocabulary])


def pandera_schema(schema: TableSchema) -> pa.DataFrameSchema:
    """The typed contract of a loaded table: dtypes, order of columns, every constraint, and the primary key.

    Give it a DataFrame: of a LazyFrame pandera checks the column types alone.
    """
    import pandera.polars as pa

    key = set(schema.primary_key)
    columns = {
        one.name: pa.Column(
            _dtype(one),
            checks=list(_checks(one)),
            nullable=not (one.required or one.name in key),
            unique=bool(one.constraints.get("unique", False)),
            title=one.title or None,
            description=one.description or None,
        )
        for one in schema.fields
    }
    return pa.DataFrameSchema(
        columns, name=schema.name, title=schema.title or None, description=schema.description or None, strict=True, ordered=True, unique=list(schema.primary_key) or None
    )
