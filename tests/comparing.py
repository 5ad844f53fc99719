"""Two versions of a small package, for tests of what `pkg diff` says of them."""

from __future__ import annotations

import copy
import csv
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from newspkg.diff import diff
from newspkg.diff.model import Diff, TableDiff
from packages import make

__all__ = ["BASE", "ROWS", "both", "csv_of", "files", "one_table", "samples"]

Given = dict[str, Any]

FIELDS = [
    {"name": "id", "type": "integer", "constraints": {"required": True}},
    {"name": "title", "type": "string", "constraints": {"maxLength": 20}},
    {"name": "price", "type": "number", "constraints": {"minimum": 0}},
    {"name": "kind", "type": "string", "constraints": {"enum": ["novel", "essay", "poem"]}},
]
BASE: Given = {
    "name": "library",
    "version": "1.2.3",
    "licenses": [{"name": "CC-BY-4.0"}],
    "resources": [
        {
            "name": "books",
            "path": "books.csv",
            "type": "table",
            "schema": {"fields": FIELDS, "primaryKey": "id"},
        },
        {"name": "notes", "path": "notes.txt"},
    ],
}
ROWS = "id,title,price,kind\n1,Salt,7.50,novel\n2,Rain,9,essay\n3,Reed,,poem\n"


def csv_of(labels: Sequence[str], rows: Sequence[Sequence[str]], **form: Any) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", **form)
    writer.writerows([labels, *rows])
    return out.getvalue()


def files(change: Callable[[Given], object] | None = None, rows: str = ROWS, **more: bytes) -> dict[str, bytes]:
    """The files of the package, after a change of its descriptor."""
    given = copy.deepcopy(BASE)
    if change is not None:
        change(given)
    found = {"datapackage.json": json.dumps(given).encode(), "books.csv": rows.encode(), "notes.txt": b"none\n"}
    return {**found, **{name.replace("__", "."): raw for name, raw in more.items()}}


def both(old: dict[str, bytes], new: dict[str, bytes], folder: Path, **options: Any) -> Diff:
    """What changed between two packages."""
    for name, some in (("old", old), ("new", new)):
        make.write(some, folder / name)
    return diff(folder / "old", folder / "new", **options)


def one_table(
    old: str | bytes,
    new: str | bytes,
    schema: Given | None,
    folder: Path,
    new_schema: Given | None = None,
    **options: Any,
) -> TableDiff:
    """What changed in the one table `books`."""
    resource = options.pop("resource", {})
    first = make.one_table(old, schema, **resource) if schema else _bare(old, resource)
    second = make.one_table(new, new_schema or schema, **resource) if schema else _bare(new, resource)
    return both(first, second, folder, **options).table("books")


def _bare(raw: str | bytes, resource: Given) -> dict[str, bytes]:
    """Without a schema."""
    made = make.one_table(raw, {}, **resource)
    given = json.loads(made["datapackage.json"])
    del given["resources"][0]["schema"]
    return {**made, "datapackage.json": json.dumps(given).encode()}


def samples(table: TableDiff, sort: str) -> list[tuple[tuple[str | None, ...], tuple[tuple[str, Any, Any], ...]]]:
    """(key, ((field, old, new), ...)) of each row of a sort."""
    return [(tuple(row.key.values()), tuple((c.field, c.old, c.new) for c in row.cells)) for row in table.samples[sort]]
