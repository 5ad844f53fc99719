"""SQLite: one database file with strict tables, keys, checks, indices and views, and metadata for Datasette.

SQLite has five types. True and false are 1 and 0, days and moments texts of ISO 8601 in UTC, lists JSON. A number that
is none (NaN) has no place in a column of numbers: such a column takes any type and holds the text NaN. The table
`codebook` says what each field is. The metadata lie beside the database: datasette FILE.sqlite -m FILE.metadata.json.
The same package gives the same bytes from the same version of SQLite.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from newspkg.export.cells import sql_cells
from newspkg.export.model import Source, exporter
from newspkg.export.sql import Column, Plan, View, comment, creation, literal, plan, quoted, views
from newspkg.export.tables import CODEBOOK, batches, codebook, write_json
from newspkg.problems import CannotRun

__all__ = ["export_sqlite"]

_STRICT = (3, 37)  # the first version with strict tables
_FACETS = 30  # values of a vocabulary that are listed beside a table ...
_FEW = 4  # ... and vocabularies of a table that are
_VARIABLES = 32_766  # columns that one statement can fill


@exporter("sqlite", title="SQLite, a database file with keys and views, and metadata for Datasette", suffix=".sqlite")
def export_sqlite(package: Source, out: Path) -> list[Path]:
    """Writes the database, and <name>.metadata.json beside it."""
    if sqlite3.sqlite_version_info[:2] < _STRICT:
        raise CannotRun(f"sqlite needs SQLite 3.37 or newer; this Python has {sqlite3.sqlite_version}.")
    plans = plan(package, "SQLite", indexed=lambda _: True, loops=True)
    made = views(package, plans)
    base = sqlite3.connect(out, isolation_level=None)
    try:
        base.execute("PRAGMA foreign_keys = OFF")  # a child may come before its parent; all are checked at the end
        base.execute("BEGIN")
        for one in plans:
            _fill(base, package, one, plans)
        for view in made:
            base.execute(f"CREATE VIEW {quoted(view.sql)} AS {view.select}")
        told = _codebook(base, package, plans, made)
        _follow(base, plans)
        base.execute("COMMIT")
        base.execute("PRAGMA optimize")
        base.execute("VACUUM")
    except sqlite3.Error as error:
        raise CannotRun(f"{out.name}: SQLite cannot write it ({error}).") from error
    finally:
        base.close()
    about = out.with_name(f"{out.stem}.metadata.json")
    write_json(about, _metadata(package, out.stem, plans, made, told))
    return [out, about]


def _fill(base: sqlite3.Connection, package: Source, one: Plan, plans: list[Plan]) -> None:
    odd = _without_number(package, one)
    kinds = {c.field.name: "ANY" if c.field.name in odd else _kind(c) for c in one.columns}
    checks = {c.field.name: check for c in one.columns if (check := _check(c))}
    base.execute(creation(one, plans, kinds, checks, " STRICT"))
    for key in one.foreign:
        name = f"{one.sql}_by_{'_'.join(one.column(n).sql for n in key.fields)}"
        base.execute(f"CREATE INDEX {quoted(_free(base, name))} ON {quoted(one.sql)} ({one.listed(key.fields)})")
    if len(one.columns) > _VARIABLES:
        raise CannotRun(f"{one.name}: has {len(one.columns):,} fields; SQLite takes {_VARIABLES:,} at most.")
    row = f"INSERT INTO {quoted(one.sql)} VALUES ({', '.join('?' * len(one.columns))})"
    try:
        for batch in batches(package[one.name]):
            base.executemany(row, sql_cells(batch, {n for n in batch.columns if n in odd}).iter_rows())
    except (sqlite3.IntegrityError, sqlite3.DataError) as error:
        raise CannotRun(
            f"{one.name}: a row breaks its schema, so the database would not hold it ({error}). "
            "pkg validate says where."
        ) from error
    except OverflowError as error:
        raise CannotRun(f"{one.name}: has a whole number beyond 64 bits, which SQLite cannot hold.") from error


def _free(base: sqlite3.Connection, name: str) -> str:
    """A name that nothing in the database has yet."""
    stem, n = name, 1
    while base.execute("SELECT 1 FROM sqlite_master WHERE lower(name) = lower(?)", (name,)).fetchone():
        n += 1
        name = f"{stem}_{n}"
    return name


def _without_number(package: Source, one: Plan) -> set[str]:
    """The columns that have a NaN, which SQLite would make a missing value of."""
    import polars as pl

    floats = [c.field.name for c in one.columns if c.dtype.is_float()]
    if not floats:
        return set()
    seen = package[one.name].select(pl.col(n).is_nan().any() for n in floats).collect(engine="streaming").row(0)
    found = {name for name, has in zip(floats, seen, strict=True) if has}
    for name in sorted(found):
        package.note(f"{one.name}.{name} has NaN, for which SQLite has no number: it stands there as the text NaN.")
    return found


def _kind(column: Column) -> str:
    dtype = column.dtype
    if dtype.is_integer() or repr(dtype) == "Boolean":
        return "INTEGER"
    if dtype.is_float():
        return "REAL"
    if repr(dtype) == "Binary":
        return "BLOB"
    return "TEXT"


def _check(column: Column) -> str:
    """What must hold for a column besides its type."""
    name, dtype = quoted(column.sql), column.dtype
    if repr(dtype) == "Boolean":
        return f"{name} IN (0, 1)"
    if dtype.is_nested():
        return f"{name} IS NULL OR json_valid({name})"  # older versions call NULL invalid
    values: list[Any] = list(column.field.vocabulary)
    labels = getattr(dtype, "categories", None)
    if labels is not None:
        values = labels.to_list()
    elif not dtype.is_numeric() or not all(isinstance(v, (int, float)) for v in values):
        return ""
    return f"{name} IN ({', '.join(map(literal, values))})" if values else ""


def _follow(base: sqlite3.Connection, plans: list[Plan]) -> None:
    """Raises CannotRun where a foreign key leads nowhere."""
    found = base.execute("PRAGMA foreign_key_check").fetchone()
    if found is not None:
        child, row, parent = found[0], found[1], found[2]
        name = next(one.name for one in plans if one.sql == child)
        where = "" if row is None else f"row {row} "
        raise CannotRun(f"{name}: {where}refers to a row of {parent} that is not there. pkg validate says where.")


def _codebook(base: sqlite3.Connection, package: Source, plans: list[Plan], made: list[View]) -> str:
    """Lays down the table that says what each field is; its name."""
    name = _free(base, "codebook")
    columns = ", ".join(f"{quoted(column)} TEXT NOT NULL" for column in CODEBOOK)
    base.execute(f"CREATE TABLE {quoted(name)} ({columns}) STRICT")
    marks = ", ".join("?" * len(CODEBOOK))
    base.executemany(f"INSERT INTO {quoted(name)} VALUES ({marks})", codebook(package))
    about = [(one.name, "", "", "table", "", _about(package, one.name), "", "") for one in plans]
    about += [(view.sql, "", "", "view", "", view.about, "", "") for view in made]
    base.executemany(f"INSERT INTO {quoted(name)} VALUES ({marks})", about)
    return name


def _about(package: Source, name: str) -> str:
    given, schema = package.resource(name), package.schema(name)
    return str(given.get("description") or schema.description or given.get("title") or schema.title or "")


# --- Datasette -------------------------------------------------------------------------------------------------------


def _metadata(package: Source, base: str, plans: list[Plan], made: list[View], told: str) -> dict[str, Any]:
    """What Datasette shows above the data: titles, licence, sources, descriptions, units, and what it counts."""
    given = package.descriptor
    whole: dict[str, Any] = {
        "title": given.get("title") or package.name,
        "description": given.get("description"),
        **_licence(given.get("licenses")),
        "about": given.get("homepage") and package.name,
        "about_url": given.get("homepage"),
        **_origin(given.get("sources")),
    }
    tables: dict[str, Any] = {one.sql: _table(package, one) for one in plans}
    tables.update({view.sql: {"description": view.about} for view in made})
    tables[told] = {"description": "What each field is. A row without a field is about the table or view itself."}
    kept = {key: value for key, value in whole.items() if value}
    return {**kept, "databases": {base: {"tables": {name: one for name, one in tables.items() if one}}}}


def _licence(given: Any) -> dict[str, Any]:
    one = next((one for one in given or () if isinstance(one, dict)), {})
    return {"license": one.get("title") or one.get("name"), "license_url": one.get("path")}


def _origin(given: Any) -> dict[str, Any]:
    """The source, where there is one; more of them Datasette cannot show."""
    listed = [one for one in given or () if isinstance(one, dict)]
    return {"source": listed[0].get("title"), "source_url": listed[0].get("path")} if len(listed) == 1 else {}


def _table(package: Source, one: Plan) -> dict[str, Any]:
    fields = {
        f["name"]: f for f in package.schema_json(one.name).get("fields", ()) if isinstance(f, dict) and "name" in f
    }
    resource = package.resource(one.name)
    units = {c.sql: u for c in one.columns if isinstance(u := fields.get(c.field.name, {}).get("unit"), str)}
    shown = {
        "title": resource.get("title") or package.schema(one.name).title,
        "description": _about(package, one.name),
        "columns": {c.sql: text for c in one.columns if (text := comment(c.field))},
        "units": units,
        "facets": [c.sql for c in one.columns if _counted(c)][:_FEW],
        "label_column": next((c.sql for c in one.columns if c.field.name in ("label", "title", "name")), None),
    }
    return {key: value for key, value in shown.items() if value}


def _counted(column: Column) -> bool:
    """Whether a column has so few values that their counts say something."""
    labels = getattr(column.dtype, "categories", None)
    return repr(column.dtype) == "Boolean" or (labels is not None and len(labels) <= _FACETS)
