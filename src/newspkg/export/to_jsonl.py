"""JSON Lines: one file for each table, a row a line, and a descriptor beside them.

Values have the types of JSON: numbers, true and false, arrays, objects; days and moments are texts of ISO 8601, a
missing value is null. NaN and INF are texts, as JSON has no such numbers; a `list` is the joined text that its type
is, so that the schema still fits. The same package gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from json.encoder import encode_basestring
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newspkg.export.cells import duration_text, iso, listed, year_text
from newspkg.export.model import Source, exporter
from newspkg.export.tables import batches, file_names, holds_json, repackage
from newspkg.schema import Field, TableSchema

if TYPE_CHECKING:
    import polars as pl

__all__ = ["export_jsonl", "json_lines"]

_SPACES = str.maketrans("\n\r", "  ")  # between the parts of a JSON text; inside its strings there are none


@exporter("jsonl", title="JSON Lines, a file for each table", folder=True)
def export_jsonl(package: Source, out: Path) -> list[Path]:
    """Writes <table>.jsonl for each table, and datapackage.json."""
    files = file_names(package, ".jsonl")
    rows: dict[str, tuple[str, int]] = {}
    for name, file in files.items():
        n = 0
        with (out / file).open("w", encoding="utf-8", newline="\n") as into:
            for batch in batches(package[name]):
                into.writelines(json_lines(batch, package.schema(name)))
                n += batch.height
        rows[name] = (file, n)
    made = repackage(package, out, rows, "jsonl", "application/x-ndjson")
    return [*(out / file for file in files.values()), made]


def json_lines(batch: pl.DataFrame, schema: TableSchema) -> Iterator[str]:
    """Each row as a line."""
    told = {one.name: one for one in schema.fields}
    names = [encode_basestring(name).replace("%", "%%") for name in batch.columns]
    line = "{" + ", ".join(f"{name}: %s" for name in names) + "}\n"
    columns = [_texts(series, told.get(series.name, Field(series.name))) for series in batch]
    for cells in zip(*columns, strict=True):
        yield line % cells


def _texts(series: pl.Series, field: Field) -> list[str]:
    """The cells of a column as JSON writes them."""
    import polars as pl

    dtype = series.dtype
    if dtype.is_temporal() and not isinstance(dtype, pl.Duration):
        series = series.to_frame().select(iso(pl.col(series.name), dtype)).to_series()
    form = _form(field, series.dtype)
    return ["null" if value is None else form(value) for value in series.to_list()]


def _form(field: Field, dtype: pl.DataType) -> Callable[[Any], str]:
    import polars as pl

    if dtype == pl.String and holds_json(field):
        return _embedded
    if isinstance(dtype, pl.Duration):
        return lambda value: encode_basestring(duration_text(value))
    if dtype == pl.String and field.type == "integer":  # beyond 64 bits, so that it was loaded as text
        return str
    if field.type == "year":
        return lambda value: str(value) if abs(value) > 999 else _dumped(year_text(value))
    if isinstance(dtype, (pl.String, pl.Enum, pl.Categorical)) or dtype.is_temporal():
        return encode_basestring
    if dtype.is_integer():
        return str
    if isinstance(dtype, pl.List) and field.type == "list":
        delimiter = field.options.get("delimiter", ",")
        joiner = delimiter if isinstance(delimiter, str) and delimiter else ","
        return lambda value: _dumped(joiner.join(map(_item, listed(value))))
    return lambda value: _dumped(listed(value))


def _embedded(text: str) -> str:
    """JSON inside JSON: the text itself, on one line. One that is none, as the schema does not let it be, is a text."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return _dumped(text)
    return text.translate(_SPACES)


def _item(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
