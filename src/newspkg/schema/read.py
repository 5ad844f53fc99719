"""Reads a Table Schema: strictly where it is ours, leniently where it is anybody's.

What is wrong is a `Problem` with a JSON pointer, and is left out of the schema, so that the rest can still be used.
"""

from __future__ import annotations

import difflib
import json
import keyword
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from newspkg.problems import CannotRun, Problem, SchemaError, problem
from newspkg.schema.model import BOUNDS, EVERYWHERE, LENGTHS, TYPES, Field, ForeignKey, TableSchema
from newspkg.schema.patterns import portable_pattern
from newspkg.schema.values import broken_constraints, is_whole, value_of

__all__ = ["from_descriptor", "house_folder", "house_schemas", "read_folder", "read_schema"]

_TABLE_SCHEMA = "https://datapackage.org/profiles/2.0/tableschema.json"
_SCHEMA_KEYS = (
    "$schema", "name", "title", "description", "fields", "fieldsMatch", "missingValues", "primaryKey", "uniqueKeys",
    "foreignKeys",
)  # fmt: skip
_FIELD_KEYS = (
    "name", "title", "description", "type", "format", "example", "constraints", "categories", "categoriesOrdered",
    "missingValues", "rdfType",
)  # fmt: skip
_OPTIONS = tuple(sorted(set().union(*(info.options for info in TYPES.values()))))
_SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_MATCHES = ("exact", "equal", "subset", "superset", "partial")


def _near(word: object, known: Iterable[str]) -> str:
    """The end of a sentence that says a word is unknown: the nearest known one, if there is one."""
    found = difflib.get_close_matches(word, list(known), 1) if isinstance(word, str) else []
    return f"; did you mean {found[0]}?" if found else "."


class _Reader:
    """One pass over a descriptor; `problems` gathers what is wrong."""

    def __init__(self, where: str, strict: bool, base: str) -> None:
        self.where = where
        self.strict = strict
        self.base = base
        self.problems: list[Problem] = []

    def say(self, code: str, pointer: str, message: str, value: object = None) -> None:
        text = None if value is None else value if isinstance(value, str) else json.dumps(value, default=str)
        pointer = self.base + pointer
        message = f"{self.where}, {pointer or '/'}: {message}"
        self.problems.append(problem(code, message, path=self.where, field=pointer, value=text))

    def keys(self, given: Mapping[str, Any], known: tuple[str, ...], pointer: str) -> None:
        if not self.strict:
            return
        for key in given:
            if key not in known:
                hint = _near(key, known)
                hint = hint if hint != "." else f"; known are {', '.join(known)}."
                self.say("schema-unknown-key", f"{pointer}/{key}", f"there is no property {key!r}{hint}", key)

    def text(self, given: Mapping[str, Any], key: str, pointer: str, *, needed: bool = False) -> str:
        value = given.get(key)
        if isinstance(value, str) and (value or not needed):
            return value
        if key not in given and not needed:
            return ""
        said = f"{key} is missing." if not value else f"{key} must be text."
        self.say("schema-error" if pointer == "" else "field-error", f"{pointer}/{key}", said, value)
        return ""

    def maybe(self, given: Mapping[str, Any], key: str, pointer: str) -> str | None:
        """A text that may be empty, or None where there is none that can be used."""
        found = self.text(given, key, pointer)
        return found if isinstance(given.get(key), str) else None

    def listed(self, given: Mapping[str, Any], key: str) -> list[Any]:
        value = given.get(key, [])
        if isinstance(value, list):
            return value
        self.say("schema-error", f"/{key}", f"{key} must be a list.", value)
        return []

    # --- the schema --------------------------------------------------------------------------------------------------

    def schema(self, given: object, path: Path, name: str) -> TableSchema:
        if not isinstance(given, Mapping):
            self.say("schema-error", "", "a schema is a JSON object.", given)
            given = {"fields": []}
        elif not isinstance(given.get("fields"), list) or not given["fields"]:
            self.say("schema-error", "/fields", "fields must be a list of at least one field.", given.get("fields"))
            given = {**given, "fields": []}
        self.keys(given, _SCHEMA_KEYS, "")
        fields = [self.field(one, f"/fields/{i}") for i, one in enumerate(given["fields"])]
        kept = tuple(f for f in fields if f is not None)
        names = [f.name for f in kept]
        unique = self.listed(given, "uniqueKeys")
        for name_of, what in (("primaryKey", "field"), ("uniqueKeys", "key"), ("foreignKeys", "key")):
            if given.get(name_of) == []:
                self.say("schema-key", f"/{name_of}", f"{name_of} must be a list of at least one {what}.", [])
        if "$schema" in given and not isinstance(given["$schema"], str):
            self.say("schema-error", "/$schema", "$schema must be a text.", given["$schema"])
        for i, one in enumerate(unique):
            if one == []:
                self.say("schema-key", f"/uniqueKeys/{i}", "a key must have at least one field.", [])
        made = TableSchema(
            name=self.text(given, "name", "", needed=self.strict) or name,
            title=self.text(given, "title", "", needed=self.strict),
            description=self.text(given, "description", "", needed=self.strict),
            fields=kept,
            missing_values=self.missing_values(given.get("missingValues", [""]), "/missingValues"),
            fields_match=self.fields_match(given.get("fieldsMatch", "exact")),
            primary_key=self.key(given.get("primaryKey", []), names, "/primaryKey"),
            unique_keys=tuple(
                key for i, one in enumerate(unique) if (key := self.key(one, names, f"/uniqueKeys/{i}", texts=False))
            ),
            foreign_keys=tuple(self.foreign_keys(given, names)),
            path=path,
        )
        if self.strict:
            self.house_schema(made, given, [i for i, f in enumerate(fields) if f is not None])
        return made

    def house_schema(self, made: TableSchema, given: Mapping[str, Any], places: list[int]) -> None:
        """What the house asks of its own schemas beyond the standard."""
        if given.get("$schema") != _TABLE_SCHEMA:
            self.say("schema-error", "/$schema", f"must be {_TABLE_SCHEMA}.", given.get("$schema"))
        if made.missing_values != ("",):
            self.say("schema-error", "/missingValues", 'must be [""]: an empty cell is the one way to say nothing.')
        if made.fields_match != "exact":
            self.say("schema-error", "/fieldsMatch", "must be exact: R reads by position.", made.fields_match)
        if not given.get("primaryKey"):
            self.say("schema-key", "/primaryKey", "a table has a key; without it frictionless checks no foreign key.")
        if (made.name and not _SNAKE.fullmatch(made.name)) or keyword.iskeyword(made.name):
            said = "a table's name is lower case, words joined by _: it becomes a function in load.py and load.R."
            self.say("schema-error", "/name", said, made.name)
        seen: set[str] = set()
        for i, one in zip(places, made.fields, strict=True):
            if one.name in seen:
                self.say("schema-key", f"/fields/{i}/name", f"a second field is named {one.name!r}.", one.name)
            elif one.name in made.primary_key and not one.required:
                self.say("schema-key", f"/fields/{i}", f"{one.name} is part of the key and must be required.", one.name)
            if not _SNAKE.fullmatch(one.name):
                self.say("field-error", f"/fields/{i}/name", "a name is lower case, words joined by _.", one.name)
            seen.add(one.name)

    def fields_match(self, value: object) -> str:
        if isinstance(value, list) and len(value) == 1:  # the published profile asks for a list, the prose for text
            value = value[0]
        if isinstance(value, str) and value in _MATCHES:
            return value
        self.say("schema-error", "/fieldsMatch", f"fieldsMatch must be one of {', '.join(_MATCHES)}.", value)
        return "exact"

    def missing_values(self, value: object, pointer: str) -> tuple[str, ...]:
        if not isinstance(value, list):
            self.say("schema-error", pointer, "missingValues must be a list.", value)
            return ("",)
        labelled = [isinstance(v, dict) for v in value]
        texts = [v.get("value") if isinstance(v, dict) else v for v in value]
        if not all(isinstance(t, str) for t in texts) or (any(labelled) and not all(labelled)):
            said = "missingValues must all be texts, or all objects with a value and perhaps a label."
            self.say("schema-error", pointer, said, value)
            return ("",)
        labels = [v["label"] for v in value if isinstance(v, dict) and "label" in v]
        if not all(isinstance(label, str) for label in labels):
            self.say("schema-error", pointer, "the labels of missingValues must be texts.", value)
        elif len(set(labels)) != len(labels) or len(set(texts)) != len(texts):
            self.say("schema-error", pointer, "missingValues, and their labels, must be unique.", value)
        return tuple(str(t) for t in dict.fromkeys(texts))

    # --- keys --------------------------------------------------------------------------------------------------------

    def key(self, value: object, names: list[str], pointer: str, *, texts: bool = True) -> tuple[str, ...]:
        parts = [value] if isinstance(value, str) and texts else value
        if not isinstance(parts, list) or not all(isinstance(p, str) for p in parts):
            said = "a key is a field's name or a list of them." if texts else "a unique key is a list of fields' names."
            self.say("schema-key", pointer, said, value)
            return ()
        if len(set(parts)) != len(parts):
            self.say("schema-key", pointer, "a key names a field twice.", value)
            return ()
        unknown = [p for p in parts if p not in names]
        for one in unknown:
            self.say("schema-key", pointer, f"there is no field {one!r}{_near(one, names)}", one)
        return () if unknown else tuple(parts)

    def foreign_keys(self, given: Mapping[str, Any], names: list[str]) -> Iterator[ForeignKey]:
        for i, one in enumerate(self.listed(given, "foreignKeys")):
            pointer = f"/foreignKeys/{i}"
            reference = one.get("reference") if isinstance(one, dict) else None
            if not isinstance(reference, dict) or "fields" not in one or "fields" not in reference:
                said = "a foreign key has fields, and a reference with resource and fields."
                self.say("schema-key", pointer, said, one)
                continue
            self.keys(one, ("fields", "reference"), pointer)
            self.keys(reference, ("resource", "fields"), f"{pointer}/reference")
            if one["fields"] == []:
                self.say("schema-key", f"{pointer}/fields", "a key must have at least one field.", [])
                continue
            own = self.key(one["fields"], names, f"{pointer}/fields")
            other, resource = reference["fields"], reference.get("resource", "")
            other = [other] if isinstance(other, str) else other
            named = isinstance(other, list) and all(isinstance(o, str) for o in other)
            if not isinstance(resource, str) or not named:
                said = "resource is a text, and fields a name or a list of names."
                self.say("schema-key", f"{pointer}/reference", said, reference)
            elif own and len(own) != len(other):
                self.say("schema-key", pointer, f"{len(own)} fields refer to {len(other)}.", one)
            elif len(set(other)) != len(other):
                self.say("schema-key", f"{pointer}/reference/fields", "a key names a field twice.", other)
            elif isinstance(reference.get("package"), str):
                if own:
                    yield ForeignKey(own, resource, tuple(other), pointer, reference["package"])
            elif resource == "" and not self.key(other, names, f"{pointer}/reference/fields"):
                continue  # said by key
            elif own:
                yield ForeignKey(own, resource, tuple(other), pointer)

    # --- a field -----------------------------------------------------------------------------------------------------

    def field(self, given: object, pointer: str) -> Field | None:
        if not isinstance(given, dict):
            self.say("field-error", pointer, "a field is an object with at least a name.", given)
            return None
        self.keys(given, _FIELD_KEYS + _OPTIONS, pointer)
        name = given.get("name")
        if not isinstance(name, str) or not name:
            self.say("field-error", f"{pointer}/name", "a field needs a name.", name)
            return None
        kind = given.get("type", "any")
        if not isinstance(kind, str) or kind not in TYPES:
            self.say("field-error", f"{pointer}/type", f"there is no type {kind!r}{_near(kind, TYPES)}", kind)
            kind = ""
        elif self.strict and not TYPES[kind].house:
            said = f"type {kind} is not read alike by polars and R; use another."
            self.say("schema-constraint", f"{pointer}/type", said, kind)
            kind = ""
        one = Field(
            name=name,
            type=kind or "any",
            format=self.format(given, pointer),
            title=self.text(given, "title", pointer, needed=self.strict),
            description=self.text(given, "description", pointer, needed=self.strict),
            example=given.get("example"),
            # Of a field whose type is unknown nothing can be told but that.
            constraints=self.constraints(given.get("constraints", {}), kind, f"{pointer}/constraints") if kind else {},
            categories=self.categories(given.get("categories", []), f"{pointer}/categories"),
            ordered=self.ordered(given, pointer),
            missing_values=self.missing_values(given["missingValues"], f"{pointer}/missingValues")
            if "missingValues" in given
            else None,
            rdf_type=self.maybe(given, "rdfType", pointer),
            options={k: v for k, v in given.items() if k not in _FIELD_KEYS},
            pointer=pointer,
            untyped=not kind,
        )
        if self.strict and kind:
            self.house_field(one, given, pointer)
        return one

    def format(self, given: Mapping[str, Any], pointer: str) -> str:
        stated = self.maybe(given, "format", pointer)
        return "default" if stated is None else stated.removeprefix("fmt:")  # as the formats of dates once began

    def ordered(self, given: Mapping[str, Any], pointer: str) -> bool:
        value = given.get("categoriesOrdered", False)
        if not isinstance(value, bool):
            self.say("field-error", f"{pointer}/categoriesOrdered", "categoriesOrdered is true or false.", value)
        elif "categoriesOrdered" in given and "categories" not in given:
            said = "categoriesOrdered says something of categories, and there are none."
            self.say("field-error", f"{pointer}/categoriesOrdered", said, value)
        return value is True

    def categories(self, value: object, pointer: str) -> tuple[tuple[Any, str], ...]:
        if not isinstance(value, list):
            self.say("field-error", pointer, "categories must be a list.", value)
            return ()
        found, before = [], len(self.problems)
        for i, one in enumerate(value):
            inner = one.get("value") if isinstance(one, dict) else one
            label = one.get("label", str(inner)) if isinstance(one, dict) else str(inner)
            if not isinstance(inner, (str, int, float)):
                said = "a category is a value, or an object with a value and a label."
                self.say("field-error", f"{pointer}/{i}", said, one)
            elif not isinstance(label, str):
                self.say("field-error", f"{pointer}/{i}/label", "the label of a category is text.", label)
            else:
                if isinstance(one, dict):
                    self.keys(one, ("value", "label"), f"{pointer}/{i}")
                found.append((inner, label))
        if len(self.problems) > before:
            return tuple(found)
        kinds = {isinstance(one, dict) for one in value}
        labels = [one["label"] for one in value if isinstance(one, dict) and "label" in one]
        if len(kinds) > 1:
            self.say("field-error", pointer, "categories must all be values, or all objects.", value)
        elif len({repr(v) for v, _ in found}) != len(found) or len(set(labels)) != len(labels):
            self.say("field-error", pointer, "categories, and their labels, must be unique.", value)
        return tuple(found)

    def constraints(self, given: object, kind: str, pointer: str) -> dict[str, Any]:
        if not isinstance(given, dict):
            self.say("field-error", pointer, "constraints must be an object.", given)
            return {}
        kept: dict[str, Any] = {}
        for name, value in given.items():
            if ":" in name and not self.strict:  # a property of somebody's own, as the standard names them
                continue
            reason = self.constraint(name, value, kind)
            if reason is None:
                kept[name] = value
            else:
                code = "schema-pattern" if name == "pattern" else "schema-constraint"
                self.say(code, f"{pointer}/{name}", reason, value)
        return kept

    def constraint(self, name: str, value: object, kind: str) -> str | None:
        """Why a constraint cannot be used on a field of this type, or None where it can."""
        allowed = EVERYWHERE | TYPES[kind].constraints
        if name not in allowed:
            return f"a field of type {kind} has no constraint {name!r}{_near(name, sorted(allowed))}"
        if name in ("required", "unique") and not isinstance(value, bool):
            return f"{name} is true or false."
        whole = is_whole(value) or (isinstance(value, float) and value.is_integer())  # 1.0 is one, to JSON Schema
        if name in LENGTHS and not (whole and value >= 0):  # type: ignore[operator]
            return f"{name} is a whole number from 0."
        if name == "enum" and not (isinstance(value, list) and value):
            return "enum is a list of at least one value."
        if name == "jsonSchema" and not isinstance(value, dict):
            return "jsonSchema is an object."
        if name == "pattern" and not isinstance(value, str):
            return "pattern is a text."
        if not self.strict:
            return None
        if name == "pattern" and (reason := portable_pattern(str(value))):
            return f"{value!r} is not read alike by all engines: {reason}."
        if name == "jsonSchema":
            return "no loader reads jsonSchema; say it in the description and check it by a rule."
        if name in BOUNDS and not _is_value(kind, value):
            return f"{value!r} is not a value of type {kind}."
        return self.vocabulary(value, kind) if name == "enum" and isinstance(value, list) else None

    def vocabulary(self, values: list[Any], kind: str) -> str | None:
        """Why a closed list of values cannot be used, or None where it can."""
        if kind == "array":
            return "a vocabulary of whole lists cannot be said in polars or R; check it by a rule."
        for i, one in enumerate(values):
            if not _is_value(kind, one):
                return f"{one!r} is not a value of type {kind}."
            if one == "":
                return "an empty value cannot be told from a missing one."
            if one in values[:i]:
                return f"{one!r} stands twice."
        return None

    def house_field(self, one: Field, given: Mapping[str, Any], pointer: str) -> None:
        """What the house asks of its own fields: nothing that a loader would not read, limits that can be met, a label
        for each word of a vocabulary, an example that passes."""
        for key in given:
            if key in _OPTIONS or key == "missingValues" or (key == "format" and one.format != "default"):
                said = f"the loaders read the standard's default form alone; leave {key} out."
                self.say("schema-constraint", f"{pointer}/{key}", said, given[key])
        if "rdfType" in given and not str(one.rdf_type).startswith(("http://", "https://")):
            self.say("field-error", f"{pointer}/rdfType", "rdfType is the address of a term.", given["rdfType"])
        before = len(self.problems)
        self.house_limits(one, f"{pointer}/constraints")
        usable = len(self.problems) == before  # else the example would be blamed for limits that nothing can meet
        unread = any((p.field or "").startswith(f"{pointer}/categories") for p in self.problems)
        if one.type == "string" and not unread and one.vocabulary != tuple(v for v, _ in one.categories):
            said = "categories and constraints.enum must list the same values in the same order."
            self.say("schema-constraint", f"{pointer}/categories", said)
        if "example" not in given:
            self.say("schema-example", f"{pointer}/example", "every field shows an example.")
        elif not _is_value(one.type, one.example):
            said = f"{one.example!r} is not a value of type {one.type}."
            self.say("schema-example", f"{pointer}/example", said, one.example)
        elif one.example in ("", []):
            self.say("schema-example", f"{pointer}/example", "an empty example shows nothing.", one.example)
        elif usable:
            for broken in broken_constraints(one, value_of(one.type, one.example)):
                said = f"{one.example!r} breaks the field's own constraint {broken}."
                self.say("schema-example", f"{pointer}/example", said, one.example)

    def house_limits(self, one: Field, pointer: str) -> None:
        """Limits that exclude each other, and words of a vocabulary that break another constraint."""
        limits = one.constraints
        if limits.get("minLength", 0) > limits.get("maxLength", limits.get("minLength", 0)):
            self.say("schema-constraint", f"{pointer}/minLength", "minLength is above maxLength.", limits["minLength"])
        for low in ("minimum", "exclusiveMinimum"):
            for high in ("maximum", "exclusiveMaximum"):
                if low in limits and high in limits:
                    below, above = (value_of(one.type, limits[name]) for name in (low, high))
                    if below > above or (below == above and (low, high) != ("minimum", "maximum")):
                        said = f"no value is between {low} and {high}."
                        self.say("schema-constraint", f"{pointer}/{low}", said, limits[low])
        others = replace(one, constraints={k: v for k, v in limits.items() if k != "enum"})
        for value in one.vocabulary:
            for broken in broken_constraints(others, value_of(one.type, value)):
                self.say("schema-constraint", f"{pointer}/enum", f"{value!r} breaks the constraint {broken}.", value)


def _is_value(kind: str, value: object) -> bool:
    if not TYPES[kind].house:  # said elsewhere; nothing can be told of its values here
        return True
    try:
        value_of(kind, value)
    except ValueError:
        return False
    return True


def from_descriptor(
    descriptor: object, *, strict: bool, where: str, path: Path | None = None, name: str = "", base: str = ""
) -> tuple[TableSchema, list[Problem]]:
    """The schema that a plain object describes, and what is wrong with it; see `TableSchema.from_descriptor`."""
    reader = _Reader(where, strict, base)
    return reader.schema(descriptor, path or Path(), name), reader.problems


# --- files -----------------------------------------------------------------------------------------------------------


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the property {key!r} stands twice in one object")
        found[key] = value
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _read(path: Path) -> tuple[TableSchema, list[Problem]]:
    try:
        given = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_no_twins, parse_constant=_no_constant)
    except OSError as error:
        raise CannotRun(f"{path}: cannot be read ({error.strerror}).") from error
    except (ValueError, RecursionError) as error:  # bytes that are no UTF-8 are a ValueError too
        said = f"{path.name}, /: is no JSON that can be used ({error})."
        return TableSchema(path.stem, ()), [problem("schema-error", said, path=path.name, field="")]
    schema, problems = from_descriptor(given, strict=True, where=path.name, path=path, name=path.stem)
    if schema.name != path.stem:
        said = f"{path.name}, /name: is {schema.name!r}, but the file is called {path.stem}."
        problems.append(problem("schema-error", said, path=path.name, field="/name", value=schema.name))
    return schema, problems


def read_schema(path: Path) -> TableSchema:
    """Reads a schema of the house. Raises SchemaError with every problem it has, CannotRun where it cannot be read."""
    schema, problems = _read(path)
    if problems:
        raise SchemaError(problems)
    return schema


def read_folder(folder: Path) -> dict[str, TableSchema]:
    """All schemas of a folder by name, sorted. Raises SchemaError with the problems of all files and of the references
    between them, CannotRun where the folder has none."""
    found: dict[str, TableSchema] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.json")):
        found[path.stem], own = _read(path)
        problems += own
    if not found:
        raise CannotRun(f"{folder}: no schema lies here. Each table needs a schemas/<table>.json.")
    problems = problems or list(_references(found))
    if problems:
        raise SchemaError(problems)
    return found


def _references(schemas: Mapping[str, TableSchema]) -> Iterator[Problem]:
    """What is wrong with the foreign keys between tables: they must lead to a key, and compare like with like."""
    for schema in schemas.values():
        for i, key in enumerate(schema.foreign_keys):
            target = schemas.get(key.resource or schema.name)
            missing = [n for n in key.reference_fields if target is None or n not in target.names]
            if target is None:
                said = f"there is no table {key.resource!r}{_near(key.resource, schemas)}"
            elif missing:
                said = f"{target.name} has no field {missing[0]!r}{_near(missing[0], target.names)}"
            elif not target.is_unique(key.reference_fields):
                said = f"{'+'.join(key.reference_fields)} is no key of {target.name}, so it names no row."
            elif [schema.field(n).type for n in key.fields] != [target.field(n).type for n in key.reference_fields]:
                said = "the fields on both sides have different types."
            else:
                continue
            place = schema.path.name
            yield problem("schema-key", f"{place}, /foreignKeys/{i}: {said}", path=place, field=f"/foreignKeys/{i}")


def house_folder() -> Path:
    """Where the schemas lie: inside the installed package, or at the root of the repository."""
    inside = Path(str(resources.files("newspkg"))) / "_schemas"
    return inside if inside.is_dir() else Path(__file__).resolve().parents[3] / "schemas"


@cache
def house_schemas() -> dict[str, TableSchema]:
    """The tables of the profile by name. Raises SchemaError where a file, or a reference between two, is wrong."""
    return read_folder(house_folder())
