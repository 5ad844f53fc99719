"""Which keys a table has to keep, and what is said of them; `keys.py` and `plain.py` find out whether it does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from newspkg.report import Findings, cut
from newspkg.schema import ForeignKey, TableSchema
from newspkg.validate.table import Table

__all__ = ["NEAR", "Plan", "foreign_sentence", "named", "null_sentence", "plan_of", "readable", "reading_order"]

NEAR = 1_000  # missing keys for which similar ones are looked for


def reading_order(schemas: Mapping[str, TableSchema | None]) -> list[str]:
    """The tables, parents before children where there is no circle."""
    found: list[str] = []
    seen: set[str] = set()
    for first in schemas:
        stack = [(first, False)]
        while stack:
            name, done = stack.pop()
            if done:
                found.append(name)
            elif name not in seen:
                seen.add(name)
                stack.append((name, True))
                schema = schemas[name]
                keys = schema.foreign_keys if schema is not None else ()
                stack += [(k.resource, False) for k in reversed(keys) if k.resource in schemas]
    return found


@dataclass(slots=True)
class Plan:
    """What is to be followed in a table: the keys that others refer to, those that may stand once with the code of what
    they are, and the foreign ones."""

    parents: list[tuple[str, ...]] = field(default_factory=list)
    unique: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    foreign: list[ForeignKey] = field(default_factory=list)


def plan_of(table: Table, schemas: Mapping[str, TableSchema], findings: Findings) -> Plan:
    """The keys of a table whose header has been read; notes those that cannot be followed."""
    found, schema = Plan(), table.schema
    if not table.columns:
        return found
    found.parents = [key for key in dict.fromkeys(_referenced(table.name, schemas)) if table.usable(key) is None]
    keys = [(schema.primary_key, "primary-key")] if schema.primary_key else []
    keys += [(key, "unique-key") for key in schema.unique_keys if key]
    for name in dict.fromkeys(schema.names):
        if schema.field(name).constraints.get("unique"):
            keys.append(((name,), "unique-error"))
    for key, code in keys:
        if table.absent.intersection(key):
            kind = "primary" if code == "primary-key" else "unique"
            findings.leave(f"the {kind} key {' + '.join(key)}", str(table.usable(key)), table.name)
        else:
            found.unique.append((key, code))
    for one in schema.foreign_keys:
        own = sorted(table.absent.intersection(one.fields))
        if own:
            findings.leave(named(one, table), f"{table.name} has no column {', '.join(own)}", table.name)
        else:
            found.foreign.append(one)
    return found


def _referenced(name: str, schemas: Mapping[str, TableSchema]) -> Iterator[tuple[str, ...]]:
    for other, schema in schemas.items():
        for key in schema.foreign_keys:
            if (key.resource or other) == name:
                yield key.reference_fields


def named(key: ForeignKey, table: Table) -> str:
    """A foreign key as notes name it."""
    return f"the foreign key {' + '.join(key.fields)} -> {key.resource or table.name}"


def readable(key: ForeignKey, table: Table, tables: Mapping[str, Table], findings: Findings) -> Table | None:
    """The table that a foreign key refers to; None, with a note, where that cannot be relied on."""
    target = key.resource or table.name
    parent = tables.get(target)
    why = f"the table {target} was not read" if parent is None else parent.usable(key.reference_fields)
    if why:
        findings.leave(named(key, table), why, table.name)
        return None
    return parent


def null_sentence(fields: Sequence[str], cells: Sequence[object]) -> str:
    """What is wrong with a primary key that lacks a value."""
    empty = (k for k, v in zip(fields, cells, strict=True) if v is None)
    return f"the primary key has no value in {', '.join(empty)}."


def foreign_sentence(key: ForeignKey, table: Table, parent: Table, near: str | None) -> str:
    """What is wrong with a foreign key that is not there; `near` is a key that is and looks like it."""
    kinds = [
        (table.schema.field(a).type, parent.schema.field(b).type)
        for a, b in zip(key.fields, key.reference_fields, strict=True)
    ]
    mixed = [k for k in kinds if k[0] != k[1] and not {*k} <= {"integer", "number", "year"}]
    note = f" The types differ: {'; '.join(f'{a} here, {b} there' for a, b in mixed)}." if mixed else ""
    hint = f" There is {cut(near)!r}." if near is not None else ""
    own, other = " + ".join(key.fields), " + ".join(key.reference_fields)
    return f"{own} is not in {key.resource or table.name}.{other}.{hint}{note}"
