"""Typed frames as tables of DuckDB, with the keys that their rows keep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from newspkg.problems import CannotRun, UsageError
from newspkg.schema import TableSchema

if TYPE_CHECKING:
    import duckdb

__all__ = ["sql_type", "to_duckdb"]

_TYPES: dict[pl.DataType, str] = {
    pl.String(): "VARCHAR",
    pl.Int64(): "BIGINT",
    pl.Int32(): "INTEGER",
    pl.Float64(): "DOUBLE",
    pl.Boolean(): "BOOLEAN",
    pl.Date(): "DATE",
    pl.Time(): "TIME",
    pl.Datetime("us", "UTC"): "TIMESTAMP WITH TIME ZONE",
}
_ROWS = "newspkg_rows"  # what the rows are called while they are inserted


def to_duckdb(
    frames: Mapping[str, pl.LazyFrame],
    schemas: Mapping[str, TableSchema],
    path: str | Path | duckdb.DuckDBPyConnection | None,
) -> duckdb.DuckDBPyConnection:
    """Makes the tables in a database: in a file, in one that is open already, or in memory. All or none of them.

    Primary and unique keys are declared where the rows keep them, and foreign keys where they refer to such a key and
    find each value there; others are left out, since DuckDB would refuse the rows. Raises CannotRun where duckdb is not
    installed or the file cannot be opened, UsageError where a table of a name is there already, or where two tables or
    two fields have names that differ in case alone, which are one to DuckDB.
    """
    try:
        import duckdb
    except ImportError as error:
        raise CannotRun("duckdb is not installed: pip install newspkg[duckdb].") from error
    if path is None or isinstance(path, (str, Path)):
        try:
            connection = duckdb.connect(":memory:" if path is None else str(path))
        except (duckdb.Error, OSError) as error:
            raise CannotRun(f"{path}: cannot be opened as a database of DuckDB ({_line(error)}).") from error
    else:
        connection = path
    own = connection is not path
    try:
        _refuse_twins(frames)
        _refuse_taken(connection, frames)
        connection.execute("BEGIN")
        try:
            _Database(connection, frames, schemas).make()
        except BaseException as error:
            connection.execute("ROLLBACK")
            if isinstance(error, duckdb.Error):
                raise CannotRun(f"DuckDB cannot hold the package: {_line(error)}.") from error
            raise
        connection.execute("COMMIT")
    except BaseException:
        if own:
            connection.close()
        raise
    return connection


def _refuse_twins(frames: Mapping[str, pl.LazyFrame]) -> None:
    """Raises UsageError for names that DuckDB does not tell apart: of ASCII letters it knows no case."""
    hint = "DuckDB does not tell them apart. Rename one; or pkg export duckdb, which renames it and says so."
    twins = _twins(frames)
    if twins:
        raise UsageError(f"the tables {twins[0]} and {twins[1]} differ in case alone; {hint}")
    for name, frame in frames.items():
        twins = _twins(frame.collect_schema().names())
        if twins:
            raise UsageError(f"{name}: the fields {twins[0]} and {twins[1]} differ in case alone; {hint}")


def _twins(names: Iterable[str]) -> tuple[str, str] | None:
    found: dict[bytes, str] = {}
    for name in names:
        other = found.setdefault(name.encode().lower(), name)  # bytes know of no other letters
        if other != name:
            return other, name
    return None


def _refuse_taken(connection: duckdb.DuckDBPyConnection, names: Iterable[str]) -> None:
    there = {row[0].lower() for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    taken = [name for name in names if name.lower() in there]
    if taken:
        raise UsageError(f"the database has a table {taken[0]} already; choose another file, or drop the table.")


def sql_type(dtype: pl.DataType) -> str | None:
    """What a dtype of a loaded table is in DuckDB; None for those that no schema gives."""
    if isinstance(dtype, pl.Enum):
        return f"ENUM({', '.join(map(_text, dtype.categories))})"
    if isinstance(dtype, pl.List):
        inner = sql_type(dtype.inner) if isinstance(dtype.inner, pl.DataType) else sql_type(dtype.inner())
        return None if inner is None else f"{inner}[]"
    return _TYPES.get(dtype)


@dataclass(slots=True)
class _Made:
    """A table that is there: the type of each column, its keys, and the values of what others refer to."""

    types: dict[str, str]
    keys: list[tuple[str, ...]] = field(default_factory=list)
    referred: pl.DataFrame = field(default_factory=pl.DataFrame)


class _Database:
    """Tables in the making."""

    def __init__(self, connection: Any, frames: Mapping[str, pl.LazyFrame], schemas: Mapping[str, TableSchema]) -> None:
        self.connection, self.frames, self.schemas = connection, frames, schemas
        self.made: dict[str, _Made] = {}

    def make(self) -> None:
        for name in self.order():
            self.table(name, self.schemas[name], self.frames[name].collect())

    def order(self) -> list[str]:
        """The tables, each behind those that it refers to, as far as there is such an order."""
        found: list[str] = []
        waiting: set[str] = set()

        def visit(name: str) -> None:
            if name in found or name in waiting:
                return
            waiting.add(name)
            for key in self.schemas[name].foreign_keys:
                if key.resource in self.schemas:
                    visit(key.resource)
            found.append(name)

        for name in self.frames:
            visit(name)
        return found

    def table(self, name: str, schema: TableSchema, frame: pl.DataFrame) -> None:
        """Makes a table and fills it."""
        import duckdb

        rows = frame.with_columns(pl.col(pl.Enum).cast(pl.String)) if frame.width else frame
        self.connection.register(_ROWS, rows.to_arrow())
        try:
            told = {row[0]: row[1] for row in self.connection.execute(f"DESCRIBE {_ROWS}").fetchall()}
            types = {column: sql_type(dtype) or told[column] for column, dtype in frame.schema.items()}
            made = self.made[name] = _Made(types)
            keys = self.keys(schema, frame, made)
            foreign = self.foreign(schema, frame, made)
            needed = {f.name for f in schema.fields if f.required and f.name in types and not frame[f.name].has_nulls()}
            columns = [f"{_name(c)} {kind}{' NOT NULL' if c in needed else ''}" for c, kind in types.items()]
            self.connection.execute(f"CREATE TABLE {_name(name)} ({', '.join([*columns, *keys, *foreign])})")
            self.connection.execute(f"INSERT INTO {_name(name)} SELECT * FROM {_ROWS}")
        finally:
            with suppress(duckdb.Error):  # in a transaction that was given up, or it would hide why
                self.connection.unregister(_ROWS)
        wanted = {
            column
            for other in self.schemas.values()
            for key in other.foreign_keys
            if key.resource == name
            for column in key.reference_fields
        }
        made.referred = frame.select(column for column in frame.columns if column in wanted)

    def keys(self, schema: TableSchema, frame: pl.DataFrame, made: _Made) -> list[str]:
        """The primary and unique keys that the rows keep."""
        found = []
        unique = [(one.name,) for one in schema.fields if one.constraints.get("unique")]
        for columns, word in [
            (schema.primary_key, "PRIMARY KEY"),
            *((k, "UNIQUE") for k in (*schema.unique_keys, *unique)),
        ]:
            if not columns or columns in made.keys or not set(columns) <= set(made.types):
                continue
            values = frame.select(columns)
            whole = values.drop_nulls()
            if any(kind.endswith("[]") for c, kind in made.types.items() if c in columns):
                continue
            if (word == "PRIMARY KEY" and whole.height < values.height) or whole.is_duplicated().any():
                continue
            made.keys.append(columns)
            found.append(f"{word} ({_names(columns)})")
        return found

    def foreign(self, schema: TableSchema, frame: pl.DataFrame, made: _Made) -> list[str]:
        """The foreign keys that the rows keep, and that refer to a key of a table that is there. One to its own table
        is left out: DuckDB looks for each row among those that are there before it."""
        found = []
        for key in schema.foreign_keys:
            other = self.made.get(key.resource)
            if other is None or other is made or key.reference_fields not in other.keys:
                continue
            pairs = list(zip(key.fields, key.reference_fields, strict=True))
            if any(made.types.get(mine) != other.types.get(theirs) for mine, theirs in pairs):
                continue
            values = frame.select(key.fields).drop_nulls()
            if values.join(other.referred, left_on=key.fields, right_on=key.reference_fields, how="anti").height:
                continue
            refers = f"{_name(key.resource)} ({_names(key.reference_fields)})"
            found.append(f"FOREIGN KEY ({_names(key.fields)}) REFERENCES {refers}")
        return found


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _names(names: Iterable[str]) -> str:
    return ", ".join(map(_name, names))


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
