"""The same tables in other forms. Each form is written whole or not at all, and says what it could not hold.

    model       Exporter, exporter, Source
    to_*        one module for each format, or for formats that are near kin

A new format is one module with one registered function, its line in `FORMATS`, and a test that reads it back.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from newspkg.export.model import Exporter, Source, exporter, registered
from newspkg.package import DESCRIPTOR
from newspkg.problems import CannotRun, UsageError

__all__ = ["FORMATS", "Exported", "Exporter", "Source", "export", "exporter", "find"]

# format -> the module that registers it. Modules are loaded when their format is asked for.
FORMATS: dict[str, str] = {
    "parquet": "to_parquet",
    "duckdb": "to_duckdb",
    "sqlite": "to_sqlite",
    "xlsx": "to_xlsx",
    "jsonl": "to_jsonl",
    "jsonl-documents": "to_documents",
    "annotation": "to_annotation",
    "plover": "to_plover",
    "v1": "to_v1",
    "csvw": "meta.csvw",
    "croissant": "meta.croissant",
    "rocrate": "meta.rocrate",
    "datacite": "meta.datacite",
    "schemaorg": "meta.schemaorg",
    "dcat": "meta.schemaorg",
    "cff": "meta.cff",
    "huggingface": "meta.huggingface",
    "bagit": "meta.bagit",
    "bagit-zip": "meta.bagit",
}


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote: `path` is the file or folder, `files` are the files in it, `notes` say what was changed or
    left out, each a sentence."""

    format: str
    path: Path
    files: tuple[Path, ...]
    notes: tuple[str, ...]


def find(name: str) -> Exporter:
    """The exporter of a format. Raises UsageError where there is none."""
    if name not in FORMATS:
        import difflib

        near = difflib.get_close_matches(name.lower(), FORMATS, 3)
        known = f"Did you mean {' or '.join(near)}?" if near else "pkg export, without a format, lists them."
        raise UsageError(f"There is no export format {name!r}. {known}")
    importlib.import_module(f"newspkg.export.{FORMATS[name]}")
    return registered(name)


def export(format: str, source: Any, out: str | Path | None = None, *, force: bool = False) -> Exported:
    """Writes a package in another format.

    `source` is anything that `newspkg.load` takes, or what it gave. `out` is the file or folder to write; without it,
    one in the current folder that is named after the package. What is there is replaced only with `force`, and a
    folder only where nothing in it would be lost.

    Raises UsageError where the call is wrong and CannotRun where the package cannot be read, holds what the format
    cannot, or the disk refuses.
    """
    found = find(format)
    missing = [one for one in found.needs if importlib.util.find_spec(one) is None]
    if missing:
        raise CannotRun(f"{format} needs {', '.join(missing)}: pip install 'newspkg[{found.extra}]'")
    with _loaded(source) as package:
        given = Source(package)
        target = Path(found.target(given.name) if out is None else out)
        _check(target, found, given, force)
        given.target = Path(os.path.realpath(target))
        return _export(found, given, target, force)


def _export(found: Exporter, given: Source, target: Path, force: bool) -> Exported:
    """Writes beside the target what then takes its place."""
    real = given.target
    beside = real.with_name(f".{real.name}.new")
    try:
        _remove(beside)
        beside.mkdir()
        made = beside / real.name
        if found.folder:
            made.mkdir()
        written = _written(found, given, made)
        moves = [one for one in sorted(beside.iterdir()) if one != made] + [made]  # what was asked for comes last
        for one in moves[:-1]:
            _check(real.with_name(one.name), found, given, force)
        if found.folder:
            _nothing_lost(target, made)
        for one in moves:
            _put(one, real.with_name(one.name))
    except OSError as error:
        raise CannotRun(f"{target}: cannot be written ({error.strerror or error}).") from error
    finally:
        with suppress(OSError):
            _remove(beside)
    files = tuple(target.parent / one.relative_to(beside) if one != made else target for one in written)
    return Exported(found.name, target, files, tuple(given.notes))


@contextmanager
def _loaded(source: Any) -> Iterator[Any]:
    """A package; one that is opened here is closed again."""
    if not isinstance(source, (str, Path)):
        yield source
        return
    from newspkg.load import load

    with load(source) as package:
        yield package


def _written(found: Exporter, given: Source, made: Path) -> list[Path]:
    """Runs an exporter; what goes wrong while rows are read is told as such."""
    import polars as pl

    try:
        return found.run(given, made)
    except pl.exceptions.PolarsError as error:
        said = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise CannotRun(f"The package cannot be read: {said}. pkg validate says more.") from error


def _check(target: Path, found: Exporter, given: Source, force: bool) -> None:
    """Raises UsageError where a target cannot be one for a reason that is known before any work is done."""
    try:
        _check_target(target, found, given.root, force)
        if not target.is_dir() and os.path.realpath(target) in _own(given):
            raise UsageError(f"{target}: is a file of the package, which an export may not replace.")
    except OSError as error:
        raise CannotRun(f"{target}: cannot be written ({error.strerror}).") from error


def _check_target(target: Path, found: Exporter, root: Path, force: bool) -> None:
    if target.name in ("", "..") and not target.is_dir():
        raise UsageError(f"{target}: is no name of a file or folder.")
    if not target.absolute().parent.is_dir():
        raise UsageError(f"{target}: there is no folder {target.parent} to write it into.")
    if target.is_symlink() and not target.exists():
        raise UsageError(f"{target}: is a link that leads nowhere.")
    if not target.exists():
        return
    if target.is_dir() and not found.folder:
        raise UsageError(f"{target}: is a folder; {found.name} is one file, so name one.")
    if found.folder and not target.is_dir():
        raise UsageError(f"{target}: is a file; {found.name} is a folder, so name one.")
    if not target.is_dir() and not target.is_file():
        raise UsageError(f"{target}: is a device or a pipe; name a file.")
    if found.folder and _above(target, root):
        raise UsageError(f"{target}: holds the package itself; name another folder.")
    if found.folder and not any(target.iterdir()):
        return
    if not force:
        raise UsageError(f"{target}: is there already. Name another one, or say --force to replace it.")


def _own(given: Source) -> set[str]:
    """The files that a package is made of."""
    named: list[Any] = [DESCRIPTOR]
    for one in given.descriptor.get("resources", ()):
        if isinstance(one, dict):
            path = one.get("path")
            named += [one.get("schema"), one.get("dialect"), *(path if isinstance(path, list) else [path])]
    return {os.path.realpath(given.root / one) for one in named if isinstance(one, str)}


def _above(folder: Path, root: Path) -> bool:
    at, inner = Path(os.path.realpath(folder)), Path(os.path.realpath(root))
    return inner == at or at in inner.parents


def _nothing_lost(target: Path, new: Path) -> None:
    """Raises CannotRun where a folder that is to be replaced has files that the new one has not."""
    if not target.is_dir():
        return
    for one in sorted(target.rglob("*")):
        if not one.is_dir() and not (new / one.relative_to(target)).is_file():
            raise CannotRun(
                f"{target}: has {one.relative_to(target)}, which this export does not write and would be lost. "
                "Move it away, or name another folder."
            )


def _put(new: Path, target: Path) -> None:
    """Moves what was made into its place. A folder that is there is moved aside first, and back where that fails."""
    if not target.is_dir():
        new.replace(target)
        return
    old = target.with_name(f".{target.name}.old")
    _remove(old)
    target.rename(old)
    try:
        new.rename(target)
    except OSError:
        old.rename(target)
        raise
    _remove(old)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


class _Callable(ModuleType):
    """This module, so that `newspkg.export(...)` works as well as `newspkg.export.export(...)`."""

    __call__ = staticmethod(export)


sys.modules[__name__].__class__ = _Callable
