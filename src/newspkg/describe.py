"""What a Data Package holds: its tables with rows and bytes, their fields with types and constraints, their keys.

Nothing is judged. Rows are counted by the validator's own readers; what cannot be read is said where its rows would
stand.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from newspkg.problems import CannotRun
from newspkg.report import Findings
from newspkg.report.words import count, cut
from newspkg.schema import Field, TableSchema
from newspkg.validate.descriptor import Package, Resource, open_package
from newspkg.validate.fast import Fast
from newspkg.validate.files import open_table
from newspkg.validate.packed import Scratch
from newspkg.validate.properties import open_plain

__all__ = ["Described", "Table", "describe"]

_LIST = 60  # characters of a vocabulary or pattern in a line
_SIGNS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}


@dataclass(frozen=True, slots=True)
class Table:
    """One resource. `rows` is None where they are not known, and `why` says why; `size` is in bytes, of its files or
    None. `fields` are those of its schema, or without one the labels of its header with the type left open."""

    name: str
    title: str
    place: str
    format: str
    rows: int | None
    size: int | None
    why: str
    fields: tuple[Field, ...]
    schema: TableSchema | None


@dataclass(frozen=True)
class Described:
    """A package and what it holds; `faults` is how many problems its descriptor alone has."""

    name: str
    title: str
    version: str
    licences: tuple[str, ...]
    tables: list[Table] = field(default_factory=list)
    faults: int = 0

    @property
    def rows(self) -> int:
        """The rows of all tables together, as far as they are known."""
        return sum(table.rows or 0 for table in self.tables)

    @property
    def size(self) -> int:
        """The bytes of all files together, as far as they are known."""
        return sum(table.size or 0 for table in self.tables)

    def as_json(self) -> dict[str, Any]:
        """Plain data: properties are named as the standard names them."""
        return {
            "name": self.name,
            "title": self.title,
            "version": self.version,
            "licenses": list(self.licences),
            "rows": self.rows,
            "bytes": self.size,
            "faults": self.faults,
            "resources": [_json(table) for table in self.tables],
        }

    def as_text(self) -> str:
        """For a terminal: the package, then its tables one below the other, each with its fields."""
        lines = [line for line in (self.title, self._about()) if line]
        lines.append(self._sums())
        names = max((len(table.name) for table in self.tables), default=0)
        for table in self.tables:
            lines += ["", f"{table.name:<{names}}  {_measures(table)}  {table.place}"]
            rows = [(one.name, _kind(one), _rules(one, table.schema)) for one in table.fields]
            widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:2]
            lines += [f"  {n:<{widths[0]}}  {k:<{widths[1]}}  {r}".rstrip() for n, k, r in rows]
            lines += [f"  {line}" for line in _keys(table.schema)]
        return "\n".join([*lines, *self._doubt()])

    def as_markdown(self) -> str:
        """A heading, a table of the tables, then a table of fields for each."""
        lines = [f"# {_plain(self.title or self.name)}", "", f"{_plain(self._about())}\n" if self.title else ""]
        lines += [self._sums(), "", "| table | rows | bytes | file |", "|---|--:|--:|---|"]
        for table in self.tables:
            rows = "?" if table.rows is None else f"{table.rows:,}"
            size = "" if table.size is None else f"{table.size:,}"
            lines.append(f"| {_plain(table.name)} | {rows} | {size} | {_plain(table.place)} |")
        for table in self.tables:
            lines += ["", f"## {_plain(table.name)}", ""]
            lines += [f"{_plain(table.title)}.", ""] if table.title else []
            lines += [f"Rows not known: {_plain(table.why)}.", ""] if table.why else []
            lines += ["| field | type | constraints |", "|---|---|---|"] if table.fields else []
            cells = ((one.name, _kind(one), _rules(one, table.schema)) for one in table.fields)
            lines += [f"| {' | '.join(map(_plain, row))} |" for row in cells]
            keys = list(_keys(table.schema))
            lines += ["", *(f"- {_plain(key)}" for key in keys)] if keys else []
        return "\n".join(line for line in [*lines, *self._doubt()] if line is not None)

    def _about(self) -> str:
        parts = [self.name, f"version {self.version}" if self.version else "", ", ".join(self.licences)]
        return ", ".join(part for part in parts if part)

    def _sums(self) -> str:
        known = "" if all(table.rows is not None for table in self.tables) else ", as far as they can be read"
        return f"{count(len(self.tables), 'table')}, {count(self.rows, 'row')}, {_bytes(self.size)}{known}"

    def _doubt(self) -> list[str]:
        if not self.faults:
            return []
        return ["", f"The descriptor has {count(self.faults, 'problem')}; pkg validate names them."]


# --- reading ---------------------------------------------------------------------------------------------------------


def describe(path: str | Path) -> Described:
    """Reads the package in a folder, or at a descriptor, and counts its rows.

    Raises UsageError where there is no package, CannotRun where its descriptor cannot be read at all.
    """
    findings = Findings(1)
    package = open_package(Path(path), findings)
    told = findings.report()
    if not package.descriptor:
        raise CannotRun(f"{path}: {told.problems[0].message}")
    notes = {note.resource: note.reason for note in reversed(told.unchecked)}
    with Scratch() as scratch:
        tables = [_table(package, resource, notes, scratch) for resource in package.resources]
    given = package.descriptor
    return Described(
        _text(given.get("name")),
        _text(given.get("title")),
        _text(given.get("version")),
        tuple(_licences(given.get("licenses"))),
        tables,
        sum(told.counts.values()),
    )


def _text(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _licences(given: Any) -> Iterator[str]:
    for one in given if isinstance(given, list) else ():
        if isinstance(one, dict):
            named = _text(one.get("name")) or _text(one.get("title")) or _text(one.get("path"))
            yield from [named] if named else []


def _table(package: Package, resource: Resource, notes: Mapping[str | None, str], scratch: Scratch) -> Table:
    size, why = _size(package.root, resource, notes.get(resource.name))
    rows, labels = None, None
    if not why and not resource.tabular:
        why = notes.get(resource.name, "it is not stated to be a table")
    if not why:
        rows, labels, why = _counted(package.root, resource, scratch)
    schema = resource.schema
    fields = schema.fields if schema is not None else tuple(Field(label, "") for label in labels or ())
    title = next((_text(r.get("title")) for r in _given(package) if r.get("name") == resource.name), "")
    place = resource.place if len(resource.paths) < 2 else f"{resource.place} and {len(resource.paths) - 1} more"
    return Table(resource.name, title, place, resource.format, rows, size, why, fields, schema)


def _given(package: Package) -> Iterator[Mapping[str, Any]]:
    return (one for one in package.descriptor.get("resources", []) if isinstance(one, dict))


def _size(root: Path, resource: Resource, note: str | None) -> tuple[int | None, str]:
    """The bytes of a resource's files; where one of them cannot be read, why."""
    if resource.data is None and not resource.paths:
        return None, note or "it has no file that can be used"
    size = 0
    for path in resource.paths:
        try:
            with open_plain(root / path) as file:
                size += os.fstat(file.fileno()).st_size
        except (OSError, ValueError) as error:
            return None, f"{path} cannot be read ({getattr(error, 'strerror', None) or error})"
    return (size if resource.paths else None), ""


def _counted(root: Path, resource: Resource, scratch: Scratch) -> tuple[int | None, list[str] | None, str]:
    """Rows, labels, and why the rows are not known."""
    findings = Findings(1)
    opened = open_table(root, resource, findings, scratch)
    if opened is None:
        told = findings.report()
        said = [one.message for one in told.problems] + [one.reason for one in told.unchecked]
        return None, None, (said[0].rstrip(".") if said else "its dialect or encoding cannot be used")
    known = _stated(opened.reader)
    if known is not None:
        return known, opened.labels, ""
    rows, broken = 0, ""
    for chunk in opened.reader.chunks(opened.width, []):
        rows += len(chunk.numbers) - len(chunk.cut)
        broken = "a quotation mark is never closed" if chunk.cut else broken
    if broken := opened.reader.broken or broken:
        return None, opened.labels, f"{broken}; {count(rows, 'row')} before that"
    return rows, opened.labels, ""


def _stated(reader: Any) -> int | None:
    """The rows of a table whose reader knows them without looking at its cells."""
    if isinstance(reader, Fast):
        return sum(part.count for part in reader.parts)
    heights = getattr(reader, "heights", None)  # Parquet says it in its footer; its reader is imported where one is met
    return None if heights is None else sum(heights)


# --- words -----------------------------------------------------------------------------------------------------------


def _bytes(n: int) -> str:
    """A size for people; exact below 1,000."""
    value, units = float(n), iter(("kB", "MB", "GB", "TB"))
    if n < 1000:
        return count(n, "byte")
    unit = ""
    while value >= 999.5 and (unit_ := next(units, None)):
        value, unit = value / 1000, unit_
    return f"{value:,.0f} {unit}" if value >= 10 else f"{value:,.1f} {unit}"


def _measures(table: Table) -> str:
    size = "" if table.size is None else f", {_bytes(table.size)}"
    return f"{'rows not known: ' + cut(table.why, 160) if table.rows is None else count(table.rows, 'row')}{size}"


def _kind(one: Field) -> str:
    if not one.type:
        return "no schema"
    return one.type if one.format == "default" else f"{one.type} {one.format}"


def _rules(one: Field, schema: TableSchema | None) -> str:
    """The constraints of a field in short."""
    return ", ".join(_parts(one, schema))


def _short(value: object) -> str:
    """A value on one line, however long it is and whatever is in it."""
    return cut("".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in str(value)), _LIST)


def _parts(one: Field, schema: TableSchema | None) -> Iterator[str]:
    given = one.constraints
    key = schema.primary_key if schema is not None else ()
    if one.name in key:
        yield "key" if len(key) == 1 else "part of the key"
    if one.required and one.name not in key:
        yield "required"
    if given.get("unique") and key != (one.name,):
        yield "unique"
    for name, sign in _SIGNS.items():
        if name in given:
            yield f"{sign} {cut(given[name])}"
    least, most = given.get("minLength"), given.get("maxLength")
    if least is not None or most is not None:
        yield f"length {'' if least is None else least}..{'' if most is None else most}"
    words = given.get("enum") or [value for value, _ in one.categories]
    if words:
        yield f"one of {len(words)}: {_short(', '.join(map(str, words)))}"
    for name in ("pattern", "jsonSchema"):
        if name in given:
            yield f"{name} {_short(given[name])}"
    if one.missing_values is not None:
        yield f"missing: {_short(', '.join(map(repr, one.missing_values)))}"


def _keys(schema: TableSchema | None) -> Iterator[str]:
    if schema is None:
        return
    if len(schema.primary_key) > 1:
        yield f"key: {', '.join(schema.primary_key)}"
    for key in schema.unique_keys:
        yield f"unique together: {', '.join(key)}"
    for foreign in schema.foreign_keys:
        where = f"{foreign.resource or schema.name} ({', '.join(foreign.reference_fields)})"
        yield f"{', '.join(foreign.fields)} -> {where}"


def _plain(text: str) -> str:
    """Text that means nothing to Markdown, on one line."""
    escaped = "".join(f"\\{sign}" if sign in "\\|`*_[]<>" else sign for sign in text)
    return " ".join(escaped.split())


def _json(table: Table) -> dict[str, Any]:
    schema = table.schema
    made: dict[str, Any] = {
        "name": table.name,
        "title": table.title,
        "path": table.place,
        "format": table.format,
        "rows": table.rows,
        "bytes": table.size,
        "fields": [_field(one) for one in table.fields],
    }
    if table.why:
        made["unread"] = table.why
    if schema is not None:
        made["primaryKey"] = list(schema.primary_key)
        made["uniqueKeys"] = [list(key) for key in schema.unique_keys]
        made["foreignKeys"] = [
            {"fields": list(k.fields), "reference": {"resource": k.resource, "fields": list(k.reference_fields)}}
            for k in schema.foreign_keys
        ]
    return made


def _field(one: Field) -> dict[str, Any]:
    said: Sequence[tuple[str, Any, Callable[[Any], bool]]] = (
        ("type", one.type, bool),
        ("format", one.format, lambda v: v != "default"),
        ("title", one.title, bool),
        ("constraints", dict(one.constraints), bool),
        ("categories", [value for value, _ in one.categories], bool),
    )
    return {"name": one.name, **{key: value for key, value, worth in said if worth(value)}}
