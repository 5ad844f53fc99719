"""What exporters of tables share: batches of rows, names of files, schemas of values that are written plainly, and the
descriptor of a package whose tables lie in other files than before."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newspkg.export.model import Source
from newspkg.schema import Field, TableSchema

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "CODEBOOK",
    "ROWS",
    "batches",
    "codebook",
    "file_names",
    "holds_json",
    "json_text",
    "keys_of",
    "measures",
    "plain_schema",
    "repackage",
    "write_json",
]

ROWS = 50_000  # rows of a table in memory at a time
_OPTIONS = ("decimalChar", "groupChar", "bareNumber", "trueValues", "falseValues")  # how a cell of text is written
_MOMENTS = frozenset(("date", "time", "datetime"))
_ELSEWHERE = (  # said of a resource's old file, and untrue of its new one
    "path", "data", "url", "extrapaths", "format", "mediatype", "encoding", "dialect", "compression", "innerpath",
    "bytes", "hash", "rows", "profile", "$schema", "schema",
)  # fmt: skip


def batches(frame: pl.LazyFrame, rows: int = ROWS) -> Iterator[pl.DataFrame]:
    """The rows of a table in their order, some at a time; nothing where it has none."""
    for batch in frame.collect_batches(chunk_size=rows, maintain_order=True, engine="streaming"):
        if batch.height:
            yield batch


def file_names(names: Iterable[str], suffix: str) -> dict[str, str]:
    """A file's name for each table's name: the same where that can be one, and never one for two."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        stem = re.sub(r"[^\w .-]", "_", name).strip(" .")[:80] or "table"
        made, n = stem, 1
        while made.casefold() in taken:
            n += 1
            made = f"{stem}-{n}"
        taken.add(made.casefold())
        found[name] = made + suffix
    return found


# --- JSON ------------------------------------------------------------------------------------------------------------


def json_text(value: Any) -> str:
    """A descriptor or another document for people to look at too, with a line end."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def write_json(path: Path, value: Any) -> Path:
    """Writes a document; its path."""
    path.write_text(json_text(value), encoding="utf-8", newline="\n")
    return path


def holds_json(field: Field) -> bool:
    """Whether the text of a field's cells is JSON."""
    return field.type in ("array", "object", "geojson") or (
        field.type == "geopoint" and field.format in ("array", "object")
    )


# --- schemas ---------------------------------------------------------------------------------------------------------


def plain_schema(source: Source, name: str) -> dict[str, Any]:
    """The Table Schema of a table whose values are written as the standard writes them by default: days as
    YYYY-MM-DD, numbers with a point. Bounds and vocabularies are rewritten where they were texts of another format."""
    given = deepcopy(source.schema_json(name))
    if "://" not in str(given.get("$schema", "://")):
        source.note(f"{name}: the profile {given.pop('$schema')} of its schema is a file, and is named no more.")
    schema = source.schema(name)
    listed = given.get("fields")
    if isinstance(listed, list) and len(set(schema.names)) < len(schema.names):  # of two with one name one is loaded
        first = {one["name"]: one for one in reversed(listed) if isinstance(one, dict) and "name" in one}
        listed = given["fields"] = [
            one for one in listed if isinstance(one, dict) and first.get(one.get("name")) is one
        ]
    for one in listed if isinstance(listed, list) else ():
        if not isinstance(one, dict) or one.get("name") not in schema.names:
            continue
        field = schema.field(one["name"])
        one["type"] = field.type
        if not _odd(field, one):
            continue
        _rewrite(one, field)
        for key in _OPTIONS:
            one.pop(key, None)
        if field.type in _MOMENTS:
            one.pop("format", None)
    return given


def _odd(field: Field, given: Mapping[str, Any]) -> bool:
    """Whether the cells of a field are texts in a form of their own."""
    if field.type in _MOMENTS:
        return field.format not in ("", "default")
    return any(key in given for key in _OPTIONS)


def _rewrite(one: dict[str, Any], field: Field) -> None:
    """Writes the values that a field's description holds in the plain way; one that is none stays as it is."""
    from newspkg.diff.values import canonical
    from newspkg.validate.values import Unsupported, parser

    try:
        parse = parser(field)
    except Unsupported:
        return

    def plain(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return canonical(parse(value))
        except (ValueError, ArithmeticError):
            return value

    rules = one.get("constraints")
    if isinstance(rules, dict):
        for key, value in rules.items():
            if key in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
                rules[key] = plain(value)
            elif key == "enum" and isinstance(value, list):
                rules[key] = [plain(item) for item in value]
    if "example" in one:
        one["example"] = plain(one["example"])


# --- the descriptor --------------------------------------------------------------------------------------------------


def repackage(
    source: Source,
    folder: Path,
    files: Mapping[str, tuple[str, int]],
    format: str,
    mediatype: str,
    schemas: Mapping[str, Mapping[str, Any]] | None = None,
) -> Path:
    """Writes datapackage.json beside tables that were written anew; its path.

    `files` gives for each table its file in `folder` and its rows. What the old descriptor says of package and tables
    is kept; resources that are no tables are left out, with a note.
    """
    made = deepcopy(dict(source.descriptor))
    if made.get("profile") == "tabular-data-package":  # it asks for CSV
        made["profile"] = "data-package"
    for key in ("$schema", "profile"):
        if isinstance(made.get(key), str) and made[key].endswith(".json") and "://" not in made[key]:
            source.note(f"/{key}: {made.pop(key)} is a file of the old package, and is named no more.")
    kept: list[dict[str, Any]] = []
    for name, given in source.listed():
        if name is None or name not in files:
            source.note(f"{given.get('name') or 'a resource without a name'} is no table, and is left out.")
            continue
        one = deepcopy(given)
        if one.get("name") != name:
            source.note(f"a resource without a name is called {name}.")
            one["name"] = name
        path, rows = files[name]
        kept.append(
            {
                **{key: value for key, value in one.items() if key not in _ELSEWHERE},
                "path": path,
                "type": "table",
                "format": format,
                "mediatype": mediatype,
                **(_objects(source, name) if format == "jsonl" else {}),
                **measures(folder / path),
                "rows": rows,
                "schema": plain_schema(source, name) if schemas is None else schemas[name],
            }
        )
    made["resources"] = kept
    return write_json(folder / "datapackage.json", made)


def _objects(source: Source, name: str) -> dict[str, Any]:
    """How rows stand in JSON Lines. The keys are stated, as a table without rows would have none."""
    keys = list(source[name].collect_schema())
    return {"encoding": "utf-8", "dialect": {"itemType": "object", "itemKeys": keys}}


def measures(path: Path) -> dict[str, Any]:
    """Bytes and hash of a file, as a resource states them."""
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
            size += len(block)
    return {"bytes": size, "hash": f"sha256:{digest.hexdigest()}"}


def keys_of(schema: TableSchema) -> list[tuple[str, ...]]:
    """The unique keys of a table, besides its primary key: of several fields, or of one."""
    found = [key for key in schema.unique_keys if key]
    found += [(f.name,) for f in schema.fields if f.constraints.get("unique") is True]
    return [key for key in dict.fromkeys(found) if key != schema.primary_key]


# --- the codebook ----------------------------------------------------------------------------------------------------

CODEBOOK = ("table", "field", "title", "type", "format", "description", "constraints", "labels")


def codebook(source: Source) -> Iterator[tuple[str, ...]]:
    """A row for each field of each table, as texts in the order of `CODEBOOK`."""
    for name in source:
        schema = source.schema(name)
        for one in schema.fields:
            format = "" if one.format == "default" else one.format
            labels = "; ".join(f"{v}: {label}" for v, label in one.categories if label and label != str(v))
            yield name, one.name, one.title, one.type, format, one.description, _rules(schema, one), labels


def _rules(schema: TableSchema, one: Field) -> str:
    """Keys and constraints of a field, as words."""
    said = []
    primary = schema.primary_key
    if one.name in primary:
        said.append("primary key" if len(primary) == 1 else f"part of the key {', '.join(primary)}")
    for key in (key for key in schema.unique_keys if one.name in key):
        others = [name for name in key if name != one.name]
        said.append(f"unique with {', '.join(others)}" if others else "unique")
    for there in (there for there in schema.foreign_keys if one.name in there.fields):
        said.append(f"refers to {there.resource or schema.name} ({', '.join(there.reference_fields)})")  # noqa: PERF401
    for rule, value in one.constraints.items():
        if value is True:
            said.append(rule)
        elif rule == "enum":
            said.append(f"one of {', '.join(map(str, value))}")
        elif value is not False:
            said.append(f"{rule} {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}")
    if one.ordered:
        said.append("ordered")
    return "; ".join(dict.fromkeys(said))
