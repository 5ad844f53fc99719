"""Loads a Data Package, ours or anybody's, as lazy frames of polars with the types that its schemas say.

    sources    where a package may be: folder, descriptor, archive, git revision; web: an address
    package    the mapping of tables, joins along foreign keys
    table      a resource as a lazy frame; delimited, parquet: no column is read that is not asked for
    values     columns of text become columns of values
    pandas     the same in pandas, duckdb: in DuckDB

A loaded value is what the validator holds the cell to be. docs/loading.md has the table of types.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newspkg.load.package import Package
    from newspkg.load.values import LoadError

__all__ = ["LoadError", "Package", "load"]


def load(
    source: str | Path,
    *,
    resources: Iterable[str] | None = None,
    strict: bool = True,
    as_text: Iterable[str] = (),
    largest: int | None = None,
) -> Package:
    """The tables of a package, as a mapping of lazy polars frames by the names of the resources.

    `source` is a folder, a descriptor, a zip or tar of a package, `git:REVISION` or `git:REVISION:FOLDER` of the git
    repository around the current folder, or the http or https address of a descriptor or an archive. `resources` are
    the names of those that are wanted (None: all). No table is opened, or fetched, before a query asks for it.

    A cell that is no value of its field, a record that is too short or too long, and a header that is not the schema's
    raise LoadError when they are read; with `strict=False` such a cell is null, and `Package.faults` has them.
    `as_text` are fields, as `table.field`, that are loaded as text just as they stand. `largest` is how many bytes a
    file that is fetched may have; 2 GiB where nothing is said.

    Raises UsageError where there is no package or no such resource, CannotRun where it cannot be read or fetched.
    """
    from newspkg.load.package import open_source

    return open_source(source, resources=resources, strict=strict, as_text=as_text, largest=largest)


def __getattr__(name: str) -> Any:
    if name == "Package":
        from newspkg.load.package import Package

        return Package
    if name == "LoadError":
        from newspkg.load.values import LoadError

        return LoadError
    raise AttributeError(f"module 'newspkg.load' has no attribute {name!r}")


class _Callable(ModuleType):
    """This module, so that `newspkg.load(source)` works as well as `newspkg.load.load(source)`."""

    __call__ = staticmethod(load)


sys.modules[__name__].__class__ = _Callable
