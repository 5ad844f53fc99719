"""The tables that a loader is made for: where they lie, and how they stand in their files.

Those of the house by their schemas, since they are always written in the same way; anybody's by the descriptor.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newspkg.problems import UsageError
from newspkg.schema import TableSchema

__all__ = ["Source", "of_package", "of_schemas"]


@dataclass(frozen=True)
class Source:
    """A table in delimited files. `paths` are below the package's folder. `header` is the number of the record with
    the labels, 0 where there is none. `quote` is empty where there are no quotation marks, `null` a text that means no
    value in any field, `encoding` as iconv calls it, `compression` gz, bz2, xz, zip or empty. `unread` says why a
    loader that knows delimited text alone cannot read the table; then the rest but the schema means nothing."""

    name: str
    schema: TableSchema
    paths: tuple[str, ...] = ()
    title: str = ""
    about: str = ""
    delimiter: str = ","
    quote: str = '"'
    header: int = 1
    skip_space: bool = False
    null: str | None = None
    encoding: str = "UTF-8"
    compression: str = ""
    unread: str = ""


def of_schemas(schemas: Iterable[TableSchema]) -> list[Source]:
    """The tables of a package of the house: data/<table>.csv, as `pkg build` writes them."""
    return [Source(one.name, one, (f"data/{one.name}.csv",), title=one.title, about=one.description) for one in schemas]


def of_package(path: Path) -> list[Source]:
    """The tables of anybody's package, by a folder or its descriptor; those that cannot be read say why.

    Raises UsageError where there is no package or no table in it, CannotRun where the descriptor cannot be read.
    """
    from newspkg.report import Findings
    from newspkg.validate.descriptor import open_package

    package = open_package(path, Findings(0))
    listed = package.descriptor.get("resources")
    given = {f"/resources/{n}": one for n, one in enumerate(listed)} if isinstance(listed, list) else {}
    found = [_source(one, given.get(one.pointer, {})) for one in package.resources if one.tabular]
    if not found:
        raise UsageError(f"{path}: the package has no table for which a loader could be made; see: pkg validate {path}")
    return found


def _source(resource: Any, given: dict[str, Any]) -> Source:
    schema = resource.schema or TableSchema(resource.name, ())

    def said(key: str) -> str:
        value = given.get(key, "")
        return value if isinstance(value, str) else ""

    title, about = said("title") or schema.title, said("description") or schema.description
    why = _unread(resource)
    if why:
        return Source(resource.name, schema, title=title, about=about, unread=why)
    dialect = resource.dialect
    return Source(
        resource.name,
        schema,
        resource.paths,
        title,
        about,
        dialect.delimiter,
        dialect.quote or "",
        dialect.header_rows[0] if dialect.header_rows else 0,
        dialect.skip_space,
        dialect.null,
        _encoding(resource.encoding),
        resource.compression,
    )


def _unread(resource: Any) -> str:
    """Why a table is not for a loader that knows delimited text alone."""
    dialect = resource.dialect
    if resource.schema is None or dialect is None:
        return "its schema or dialect cannot be used; see: pkg validate"
    if resource.format not in ("csv", "tsv") or not resource.paths:
        kind = "inline data" if not resource.paths else resource.format
        return f"is {kind}, which this file does not read; see: pkg export"
    if not _known(resource.encoding):
        return "its encoding is none that is known; see: pkg validate"
    odd = [
        (len(dialect.delimiter) != 1 or not dialect.delimiter.isascii(), "delimiter"),
        (dialect.quote is not None and not dialect.quote.isascii(), "quoteChar"),
        (not dialect.double_quote and bool(dialect.quote), "doubleQuote"),
        (dialect.escape is not None, "escapeChar"),
        (dialect.line_terminator is not None, "lineTerminator"),
        (len(dialect.header_rows) > 1, "headerRows"),
        (dialect.comment_char is not None or bool(dialect.comment_rows), "comments"),
        (resource.innerpath is not None, "innerpath"),
    ]
    for is_so, name in odd:
        if is_so:
            return f"has {name} in its dialect, which this file does not read; see: pkg export"
    return ""


def _known(encoding: str) -> bool:
    try:
        "".encode(encoding)
    except (LookupError, ValueError):  # also one that is of bytes and not of text, such as hex
        return False
    return True


def _encoding(name: str) -> str:
    known = codecs.lookup(name).name.removesuffix("-sig")
    return re.sub("-([bl]e)$", r"\1", known.replace("iso8859-", "iso-8859-")).upper()
