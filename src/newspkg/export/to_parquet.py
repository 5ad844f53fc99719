"""Parquet: one file for each table, typed, with the schema in its footer, and a descriptor beside them.

Vocabularies are dictionaries with their order, lists are lists, moments are UTC. The footer has under `datapackage`
the table's resource with its whole Table Schema, and each column its title, description and type as metadata of its
field. The same package gives the same bytes from the same version of polars.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newspkg.export.model import Source, exporter
from newspkg.export.tables import file_names, plain_schema, repackage

if TYPE_CHECKING:
    import polars as pl

__all__ = ["export_parquet"]

_GROUP = 122_880  # rows of a row group: what DuckDB writes, and a good share for one core
_SAID = ("title", "description", "type", "format", "unit", "rdfType")  # of a field, in its column's metadata


@exporter("parquet", title="Parquet, a file for each table, with its schema in the footer", folder=True)
def export_parquet(package: Source, out: Path) -> list[Path]:
    """Writes <table>.parquet for each table, and datapackage.json."""
    files = file_names(package, ".parquet")
    rows: dict[str, tuple[str, int]] = {}
    schemas: dict[str, dict[str, Any]] = {}
    for name, file in files.items():
        schemas[name] = plain_schema(package, name)
        rows[name] = (file, _write(package, name, schemas[name], out / file))
    made = repackage(package, out, rows, "parquet", "application/vnd.apache.parquet", schemas)
    return [*(out / file for file in files.values()), made]


def _write(package: Source, name: str, schema: dict[str, Any], path: Path) -> int:
    import polars as pl

    frame = _with_years(package, name)
    about = {"name": name, "package": package.name, "schema": schema}
    version = package.descriptor.get("version")
    if isinstance(version, str):
        about["version"] = version
    frame.sink_parquet(
        path,
        compression="zstd",
        row_group_size=_GROUP,
        metadata={"datapackage": json.dumps(about, ensure_ascii=False, sort_keys=True)},
        arrow_schema=_arrow(frame, schema),
        maintain_order=True,
    )
    return int(pl.scan_parquet(path, glob=False).select(pl.len()).collect().item())


def _with_years(package: Source, name: str) -> pl.LazyFrame:
    """A table in which years of fewer than four digits are texts, as a number of so few is no year to the standard."""
    import polars as pl

    frame = package[name]
    kinds = frame.collect_schema()
    years = [f.name for f in package.schema(name).fields if f.type == "year" and kinds.get(f.name) == pl.Int32]
    if not years:
        return frame
    small = frame.select((pl.col(n).abs() < 1000).any() for n in years).collect(engine="streaming").row(0)
    for one in (n for n, has in zip(years, small, strict=True) if has):
        package.note(f"{name}.{one} has years of fewer than four digits, so that all its years stand as texts: 0044.")
        sign = pl.when(pl.col(one) < 0).then(pl.lit("-")).otherwise(pl.lit(""))
        digits = pl.col(one).abs().cast(pl.String).str.zfill(4)
        frame = frame.with_columns((sign + digits).alias(one))
    return frame


def _arrow(frame: pl.LazyFrame, schema: dict[str, Any]) -> Any:
    """The table's schema as Arrow has it, with what people say of each field."""
    import pyarrow as pa

    empty = frame.head(0).collect().to_arrow().schema
    told = {one["name"]: one for one in schema.get("fields", ()) if isinstance(one, dict) and "name" in one}
    made = []
    for column in empty:
        one = told.get(column.name, {})
        said = {key: str(one[key]) for key in _SAID if isinstance(one.get(key), str) and one[key]}
        labels = [v["value"] for v in one.get("categories", ()) if isinstance(v, dict) and "label" in v]
        if labels:
            said["labels"] = json.dumps(
                {str(v["value"]): v["label"] for v in one["categories"] if isinstance(v, dict) and "label" in v},
                ensure_ascii=False,
            )
        known = {k.decode(): v.decode() for k, v in (column.metadata or {}).items()}
        made.append(column.with_metadata({**known, **said} or None))
    return pa.schema(made)
