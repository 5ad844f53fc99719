"""DuckDB: one database file with typed tables, keys, comments and views that join.

A vocabulary is an ENUM, an array a LIST, a moment a TIMESTAMP WITH TIME ZONE. What DuckDB has not, and the notes of an
export say where it matters: keys of lists; foreign keys to the same table or in a loop, which it holds but cannot fill
in bulk; foreign keys between columns of different types. DuckDB writes the time into its files, so that two exports of
one package have the same contents and not the same bytes.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newspkg.export.model import Source, exporter
from newspkg.export.sql import Column, Plan, comment, creation, literal, plan, quoted, views
from newspkg.export.tables import batches
from newspkg.problems import CannotRun

if TYPE_CHECKING:
    import polars as pl

__all__ = ["export_duckdb"]

_FORM = "v1.4.0"  # of the file, which versions since that one read; the newest form only the newest version does
_SMALL, _BLOCK = 500_000, "16384"  # rows of a package that is not to fill large blocks, and bytes of smaller ones
_KINDS = {
    "String": "VARCHAR", "Boolean": "BOOLEAN", "Date": "DATE", "Time": "TIME_NS", "Float64": "DOUBLE",
    "Float32": "FLOAT", "Int8": "TINYINT", "Int16": "SMALLINT", "Int32": "INTEGER", "Int64": "BIGINT",
    "Int128": "HUGEINT", "UInt8": "UTINYINT", "UInt16": "USMALLINT", "UInt32": "UINTEGER", "UInt64": "UBIGINT",
    "Binary": "BLOB", "Null": "VARCHAR",
}  # fmt: skip


@exporter("duckdb", title="DuckDB, a database file with keys, comments and views", suffix=".duckdb", needs=("duckdb",))
def export_duckdb(package: Source, out: Path) -> list[Path]:
    """Writes the database."""
    import duckdb

    plans = plan(package, "DuckDB", indexed=_indexed, loops=False)
    try:
        with duckdb.connect(str(out), config=_settings(package)) as base, tempfile.TemporaryDirectory() as scratch:
            base.execute("SET TimeZone = 'UTC'")
            base.execute(f"SET temp_directory = {literal(scratch)}")
            for one in plans:
                _fill(base, package, one, plans)
            for view in views(package, plans):
                base.execute(f"CREATE VIEW {quoted(view.sql)} AS {view.select}")
                base.execute(f"COMMENT ON VIEW {quoted(view.sql)} IS {literal(view.about)}")
            base.execute("CHECKPOINT")
    except duckdb.Error as error:
        said = str(error).splitlines()[0]
        raise CannotRun(f"{out.name}: DuckDB cannot write it: {said}") from error
    return [out]


def _settings(package: Source) -> dict[str, Any]:
    """How the file is laid out."""
    import polars as pl

    rows = sum(int(package[name].select(pl.len()).collect(engine="streaming").item()) for name in package)
    blocks = {"default_block_size": _BLOCK} if rows < _SMALL else {}
    return {"storage_compatibility_version": _FORM, **blocks}


def _indexed(dtype: pl.DataType) -> bool:
    return not dtype.is_nested()


def _fill(base: Any, package: Source, one: Plan, plans: list[Plan]) -> None:
    import duckdb

    kinds = {column.field.name: _kind(one, column) for column in one.columns}
    base.execute(creation(one, plans, kinds, _checks(one)))
    schema = package.schema(one.name)
    said = ". ".join(part.rstrip(".") for part in (schema.title, schema.description) if part)
    said = said or str(package.resource(one.name).get("description") or package.resource(one.name).get("title") or "")
    if said:
        base.execute(f"COMMENT ON TABLE {quoted(one.sql)} IS {literal(said)}")
    for column in one.columns:
        text = comment(column.field)
        if text:
            base.execute(f"COMMENT ON COLUMN {quoted(one.sql)}.{quoted(column.sql)} IS {literal(text)}")
    try:
        for batch in batches(package[one.name]):
            base.register("_batch", _plain(batch).to_arrow())
            base.execute(f"INSERT INTO {quoted(one.sql)} SELECT * FROM _batch")
            base.unregister("_batch")
    except duckdb.ConstraintException as error:
        said = str(error).splitlines()[0].removeprefix("Constraint Error: ")
        raise CannotRun(
            f"{one.name}: a row breaks its schema, so the database would not hold it ({said}). pkg validate says where."
        ) from error


def _checks(one: Plan) -> dict[str, str]:
    """Vocabularies of numbers, which cannot be ENUMs."""
    found = {}
    for column in one.columns:
        values = [v for v in column.field.vocabulary if isinstance(v, (int, float)) and not isinstance(v, bool)]
        if values and column.dtype.is_numeric():
            found[column.field.name] = f"{quoted(column.sql)} IN ({', '.join(map(literal, values))})"
    return found


def _plain(batch: pl.DataFrame) -> pl.DataFrame:
    """A batch without the dictionaries that Arrow makes of vocabularies."""
    import polars.selectors as cs

    return batch.with_columns(cs.enum().cast(str), cs.categorical().cast(str)) if batch.width else batch


def _kind(one: Plan, column: Column) -> str:
    kind = _type(column.dtype)
    if kind is None:
        raise CannotRun(f"{one.name}.{column.field.name}: DuckDB has no type for {column.dtype}.")
    return kind


def _type(dtype: pl.DataType) -> str | None:
    import polars as pl

    if isinstance(dtype, pl.Enum):
        labels = dtype.categories.to_list()
        return f"ENUM ({', '.join(map(literal, labels))})" if labels else "VARCHAR"
    if isinstance(dtype, pl.Datetime):
        return "TIMESTAMP WITH TIME ZONE" if dtype.time_zone else "TIMESTAMP"
    if isinstance(dtype, pl.Duration):
        return "INTERVAL"
    if isinstance(dtype, pl.Decimal):
        return f"DECIMAL ({dtype.precision or 38}, {dtype.scale})"
    if isinstance(dtype, pl.List):
        inner = _type(_instance(dtype.inner))
        return None if inner is None else f"{inner}[]"
    if isinstance(dtype, pl.Struct):
        parts = [(f.name, _type(_instance(f.dtype))) for f in dtype.fields]
        return (
            None if any(t is None for _, t in parts) else f"STRUCT ({', '.join(f'{quoted(n)} {t}' for n, t in parts)})"
        )
    return _KINDS.get("String" if isinstance(dtype, pl.Categorical) else type(dtype).__name__)


def _instance(dtype: Any) -> pl.DataType:
    made: pl.DataType = dtype() if isinstance(dtype, type) else dtype
    return made
