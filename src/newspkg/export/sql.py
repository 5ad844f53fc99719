"""What the two databases share: names, keys that a database can hold, comments, and views that join.

Names of tables and fields are kept as they are, quoted. Databases tell no case apart, so of two names that differ in
nothing else the second gets a number. A view `<child>_with_<parent>` is made for each foreign key that leads to one
row, with the parent's columns under the parent's name; a package that `pkg build` made has views of its own besides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newspkg.export.model import Source
from newspkg.export.tables import keys_of
from newspkg.problems import CannotRun
from newspkg.report.words import count
from newspkg.schema import Field

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Column", "Foreign", "Plan", "View", "comment", "creation", "literal", "plan", "quoted", "views"]


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a table: `sql` is its name in the database."""

    field: Field
    sql: str
    dtype: pl.DataType


@dataclass(frozen=True, slots=True)
class Foreign:
    """A foreign key, with the fields of both sides in the order of the parent's key."""

    fields: tuple[str, ...]
    parent: str
    parent_fields: tuple[str, ...]


@dataclass(slots=True)
class Plan:
    """A table as a database will have it. `primary`, `unique` and `foreign` hold what it takes; names are those of
    fields. `joins` are the foreign keys that lead to one row, whether the database takes them or not."""

    name: str
    sql: str
    columns: list[Column]
    primary: tuple[str, ...] = ()
    unique: list[tuple[str, ...]] = field(default_factory=list)
    foreign: list[Foreign] = field(default_factory=list)
    joins: list[Foreign] = field(default_factory=list)

    def column(self, name: str) -> Column:
        """The column of a field."""
        return next(one for one in self.columns if one.field.name == name)

    def listed(self, names: Iterable[str]) -> str:
        """Columns of some fields, quoted, as SQL lists them."""
        return ", ".join(quoted(self.column(name).sql) for name in names)


@dataclass(frozen=True, slots=True)
class View:
    """A view: its name, what it selects, and what it is for."""

    sql: str
    select: str
    about: str


def quoted(name: str) -> str:
    """A name as SQL takes it, whatever it is made of."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: object) -> str:
    """A text or number as SQL takes it."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, (int, float)):
        return repr(value)
    return "'" + str(value).replace("'", "''") + "'"


# --- tables and keys -------------------------------------------------------------------------------------------------


def plan(source: Source, database: str, *, indexed: Callable[[pl.DataType], bool], loops: bool) -> list[Plan]:
    """The tables of a package, parents before children where they form no loop.

    `indexed` says whether a column of a type can be part of a key there, `loops` whether tables may refer to
    themselves and to each other. What cannot be held is noted. Raises CannotRun for a table without fields.
    """
    named = _distinct(source, ("sqlite_",))
    plans: dict[str, Plan] = {}
    for name in source:
        schema = source.schema(name)
        dtypes = source[name].collect_schema()
        if not dtypes:
            raise CannotRun(f"{name}: has no fields, and {database} has no tables without columns.")
        columns = _distinct(dtypes, ())
        told = {one.name: one for one in schema.fields}
        made = [Column(told.get(n, Field(n)), columns[n], dtype) for n, dtype in dtypes.items()]
        plans[name] = Plan(name, named[name], made)
        for before, after in [(name, named[name]), *((f"{name}.{n}", columns[n]) for n in columns)]:
            if before.rpartition(".")[2] != after and before != after:
                source.note(f"{before} is called {after} in the database, which has another of that name or wants one.")
    for one in plans.values():
        _keys(source, one, database, indexed)
        one.joins = list(_joins(source, one, plans))
    order = _order(plans)
    for name in order:
        _foreign(source, plans[name], plans, order, database, loops)
    return [plans[name] for name in order]


def _distinct(names: Iterable[str], reserved: Sequence[str]) -> dict[str, str]:
    """A name in the database for each: the same, unless it is empty, reserved or taken."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        made = name or "unnamed"
        if made.casefold().startswith(tuple(reserved)):
            made = f"t_{made}"
        stem, n = made, 1
        while made.casefold() in taken:
            n += 1
            made = f"{stem}_{n}"
        taken.add(made.casefold())
        found[name] = made
    return found


def _keys(source: Source, one: Plan, database: str, indexed: Callable[[pl.DataType], bool]) -> None:
    schema = source.schema(one.name)
    names = {column.field.name for column in one.columns}
    for key in [schema.primary_key, *keys_of(schema)]:
        if not key or not names.issuperset(key):
            continue
        bad = [name for name in key if not indexed(one.column(name).dtype)]
        if bad:
            source.note(
                f"{one.name}: {', '.join(key)} is no key in {database}, which has none of a type like {bad[0]}'s."
            )
        elif key == schema.primary_key:
            one.primary = key
        else:
            one.unique.append(key)


def _joins(source: Source, one: Plan, plans: dict[str, Plan]) -> Iterable[Foreign]:
    """The foreign keys that lead to one row of a table of the package."""
    known = source.schema(one.name).foreign_keys
    lost = len(source.schema_json(one.name).get("foreignKeys") or ()) - len(known)
    if lost > 0:  # the reader takes them out of the schema
        source.note(f"{one.name}: {count(lost, 'foreign key')} to another package, or to nothing, cannot be followed.")
    for key in known:
        parent = key.resource or one.name
        fields = ", ".join(key.fields)
        if parent not in plans:
            source.note(f"{one.name}: {fields} refers to {parent}, which is no table here; the key is left out.")
            continue
        there = source.schema(parent)
        if not there.is_unique(key.reference_fields):
            source.note(
                f"{one.name}: {fields} refers to {', '.join(key.reference_fields)} of {parent}, which is no key of it "
                "there; the foreign key is left out."
            )
            continue
        candidates = [there.primary_key, *keys_of(there)]
        order = next(k for k in candidates if sorted(k) == sorted(key.reference_fields))
        pairs = dict(zip(key.reference_fields, key.fields, strict=True))
        yield Foreign(tuple(pairs[name] for name in order), parent, order)


def _order(plans: dict[str, Plan]) -> list[str]:
    """Parents before children; in a loop, as they stand in the descriptor."""
    done: list[str] = []
    left = list(plans)
    while left:
        ready = [n for n in left if all(k.parent in done or k.parent == n for k in plans[n].joins)]
        first = ready[0] if ready else left[0]
        done.append(first)
        left.remove(first)
    return done


def _foreign(
    source: Source, one: Plan, plans: dict[str, Plan], order: Sequence[str], database: str, loops: bool
) -> None:
    for key in one.joins:
        parent = plans[key.parent]
        fields = ", ".join(key.fields)
        if key.parent_fields not in (parent.primary, *parent.unique):
            continue  # told already: that key is none here
        if any(_kind(one.column(a).dtype) != _kind(parent.column(b).dtype) for a, b in _pairs(key)):
            source.note(f"{one.name}: {fields} has another type than what it refers to; the foreign key is left out.")
        elif not loops and order.index(key.parent) >= order.index(one.name):
            where = "its own table" if key.parent == one.name else f"{key.parent}, which refers back"
            source.note(
                f"{one.name}: {fields} refers to {where}. {database} holds such a key, but takes no rows in bulk then, "
                "so it is left out."
            )
        else:
            one.foreign.append(key)


def _pairs(key: Foreign) -> Iterable[tuple[str, str]]:
    return zip(key.fields, key.parent_fields, strict=True)


def _kind(dtype: pl.DataType) -> str:
    return repr(dtype)


def creation(one: Plan, plans: Sequence[Plan], kinds: dict[str, str], checks: dict[str, str], tail: str = "") -> str:
    """CREATE TABLE: `kinds` gives the type of each field, `checks` an expression that must hold for its column."""
    lines = []
    for column in one.columns:
        name = column.field.name
        needed = " NOT NULL" if column.field.required or name in one.primary else ""
        check = f" CHECK ({checks[name]})" if name in checks else ""
        lines.append(f"{quoted(column.sql)} {kinds[name]}{needed}{check}")
    if one.primary:
        lines.append(f"PRIMARY KEY ({one.listed(one.primary)})")
    lines += [f"UNIQUE ({one.listed(key)})" for key in one.unique]
    for key in one.foreign:
        parent = next(p for p in plans if p.name == key.parent)
        there = f"{quoted(parent.sql)} ({parent.listed(key.parent_fields)})"
        lines.append(f"FOREIGN KEY ({one.listed(key.fields)}) REFERENCES {there}")
    return f"CREATE TABLE {quoted(one.sql)} (\n  " + ",\n  ".join(lines) + f"\n){tail}"


# --- comments --------------------------------------------------------------------------------------------------------


def comment(field: Field) -> str:
    """What a field is: its title, its description, and its vocabulary where that has labels."""
    parts = [field.title if field.title and field.title != field.name else "", field.description]
    said = ". ".join(part.strip().rstrip(".") for part in parts if part.strip())
    labels = [f"{value}: {label}" for value, label in field.categories if label and label != str(value)]
    return ". ".join(part for part in (said, "; ".join(labels)) if part)


# --- views -----------------------------------------------------------------------------------------------------------

# Of a package that pkg build made: name, tables that must be there, what it selects, what it is for.
_OWN = (
    (
        "quotes_with_speaker_and_document",
        {"quotes": ("quote_id", "document_id", "speaker_id"), "actors": ("actor_id", "name", "type", "country"),
         "documents": ("document_id", "title", "outlet", "published")},
        """SELECT q.*, s."name" AS "speaker_name", s."type" AS "speaker_type", s."country" AS "speaker_country",
  d."title" AS "document_title", d."outlet" AS "outlet", d."published" AS "published"
FROM "quotes" AS q
JOIN "documents" AS d ON d."document_id" = q."document_id"
LEFT JOIN "actors" AS s ON s."actor_id" = q."speaker_id\"""",
        "Each quote with who said it, if that is known, and where it stands.",
    ),
    (
        "events_with_participants",
        {"events": ("event_id",), "event_participants": ("event_id", "actor_id", "role"),
         "actors": ("actor_id", "name", "type", "country")},
        """SELECT e.*, p."role" AS "participant_role", p."actor_id" AS "participant_id", a."name" AS "participant_name",
  a."type" AS "participant_type", a."country" AS "participant_country"
FROM "events" AS e
LEFT JOIN "event_participants" AS p ON p."event_id" = e."event_id"
LEFT JOIN "actors" AS a ON a."actor_id" = p."actor_id\"""",
        "Each event once for each of its participants, and once if it has none.",
    ),
)  # fmt: skip


def views(source: Source, plans: Sequence[Plan]) -> list[View]:
    """The views of a package; none has the name of a table."""
    taken = {one.sql.casefold() for one in plans}
    found: list[View] = []

    def add(name: str, select: str, about: str) -> None:
        stem, n = name, 1
        while name.casefold() in taken:
            n += 1
            name = f"{stem}_{n}"
        taken.add(name.casefold())
        found.append(View(name, select, about))

    for name, needed, select, about in _OWN:
        if all(t in source and set(names) <= set(source.schema(t).names) for t, names in needed.items()):
            add(name, select, about)
    by_name = {one.name: one for one in plans}
    for one in plans:
        for key in one.joins:
            parent = by_name[key.parent]
            several = sum(other.parent == key.parent for other in one.joins) > 1
            by = "_by_" + "_".join(one.column(name).sql for name in key.fields) if several else ""
            about = f"{one.name}, each row with the row of {key.parent} that {', '.join(key.fields)} refers to."
            add(f"{one.sql}_with_{parent.sql}{by}", _joined(one, parent, key), about)
    return found


def _joined(one: Plan, parent: Plan, key: Foreign) -> str:
    own = {column.sql.casefold() for column in one.columns}
    columns = [f"c.{quoted(column.sql)}" for column in one.columns]
    for column in parent.columns:
        if column.field.name in key.parent_fields:
            continue  # it is the child's own value
        stem = name = f"{parent.sql}_{column.sql}"
        n = 1
        while name.casefold() in own:
            n += 1
            name = f"{stem}_{n}"
        own.add(name.casefold())
        columns.append(f"p.{quoted(column.sql)} AS {quoted(name)}")
    on = " AND ".join(
        f"p.{quoted(parent.column(b).sql)} = c.{quoted(one.column(a).sql)}" for a, b in _pairs(key)
    )  # fmt: skip
    return (
        f"SELECT {', '.join(columns)}\nFROM {quoted(one.sql)} AS c\nLEFT JOIN {quoted(parent.sql)} AS p ON {on}"
    )  # fmt: skip
