"""The descriptor: what `datapackage.json` says of the tables beside it, and the swap that puts a build in place.

`curation/package.json` holds what people say of a package (title, contributors, licences ...); hashes, counts,
sources and provenance are worked out here. This module is the only writer of `datapackage.json`.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newspkg import __version__
from newspkg.ids import slug
from newspkg.problems import CannotRun
from newspkg.schema import TableSchema

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "BLOCK",
    "DESCRIPTOR",
    "PRIVATE",
    "PROFILE",
    "RESOURCE_PROFILE",
    "describe",
    "read_template",
    "swap_in",
    "workspace",
    "write_descriptor",
]

DESCRIPTOR = "datapackage.json"
PROFILE = "0.1"  # version of the tables' profile; the rules of `validate.rules` belong to it
RESOURCE_PROFILE = "https://datapackage.org/profiles/2.0/dataresource.json"  # how a resource says it is of version 2
BLOCK = "newspkg"  # the one namespaced block of the descriptor
PRIVATE = "private"  # key of the block: the package holds other people's words and is not for publication
DEFAULT_CEILING = 0.25  # share of a text that may be quoted, unless curation/package.json states another

# The order in which a reader meets the properties.
_ORDER = (
    "$schema", "name", "title", "description", "id", "version", "created", "homepage", "image", "keywords",
    "contributors", "licenses", "sources", BLOCK, "resources",
)  # fmt: skip


def read_template(path: Path | None, name: str) -> dict[str, Any]:
    """What people say of the package, from a JSON file; without one, a name alone.

    Raises CannotRun for a file that is no JSON object or that states what the build works out.
    """
    template: dict[str, Any] = {}
    if path is not None and path.exists():
        try:
            template = json.loads(path.read_text(encoding="utf-8-sig"))
        except (OSError, ValueError) as error:
            raise CannotRun(f"{path}: cannot be read as JSON ({error}).") from error
        if not isinstance(template, dict):
            raise CannotRun(f"{path}: must hold one JSON object with the properties of a data package.")
        if not isinstance(template.get(BLOCK, {}), dict):
            raise CannotRun(f'{path}: {BLOCK} must be an object, such as {{"quotedShareCeiling": 0.25}}.')
        taken = sorted({"resources", "$schema"} & template.keys())
        if taken:
            raise CannotRun(f"{path}: {', '.join(taken)} is written by the build; remove it.")
    template.setdefault("name", slug(name) or "package")
    return template


def _source(document: Mapping[str, Any]) -> dict[str, str]:
    """One entry of the descriptor's `sources`: title, outlet and address where they are known, the document's id."""
    entry = {"title": document["title"] or document["source_file"]}
    if document["outlet"]:
        entry["outlet"] = document["outlet"]
    if document["url"]:
        entry["path"] = document["url"]
    entry["document_id"] = document["document_id"]
    return entry


def describe(
    template: Mapping[str, Any],
    folder: Path,
    schemas: Sequence[TableSchema],
    frames: Mapping[str, pl.DataFrame],
    rules_version: str,
) -> dict[str, Any]:
    """The descriptor of the tables written below `folder`/data, in the order of `schemas`."""
    resources = []
    for schema in schemas:
        raw = (folder / "data" / f"{schema.name}.csv").read_bytes()
        resources.append(
            {
                "$schema": RESOURCE_PROFILE,
                "name": schema.name,
                "title": schema.title,
                "description": schema.description,
                "path": f"data/{schema.name}.csv",
                "type": "table",
                "profile": "tabular-data-resource",  # the word of version 1, without which R's frictionless refuses
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": len(raw),
                "hash": f"sha256:{hashlib.sha256(raw).hexdigest()}",
                "rows": frames[schema.name].height,
                "schema": f"schemas/{schema.name}.json",
            }
        )
    block = {
        "profile": PROFILE,
        "quotedShareCeiling": DEFAULT_CEILING,
        **template.get(BLOCK, {}),
        "provenance": {"toolkit": f"newspkg {__version__}", "rules": rules_version},
    }
    whole = {
        **template,
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "sources": [*template.get("sources", []), *map(_source, frames["documents"].iter_rows(named=True))],
        BLOCK: block,
        "resources": resources,
    }
    return {
        key: whole[key] for key in sorted(whole, key=lambda k: (_ORDER.index(k) if k in _ORDER else len(_ORDER) - 2, k))
    }


def _without_provenance(descriptor: Mapping[str, Any]) -> dict[str, Any]:
    block = {k: v for k, v in dict(descriptor.get(BLOCK, {})).items() if k != "provenance"}
    return {**descriptor, BLOCK: block}


def write_descriptor(descriptor: Mapping[str, Any], folder: Path, old: Path) -> bool:
    """Writes `folder`/datapackage.json; True where it says something new.

    A descriptor that differs from the `old` one by its provenance alone says nothing new and keeps the old bytes: the
    label does not move when the data does not.
    """
    text = json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n"
    try:
        before = old.read_text(encoding="utf-8")
        same = _without_provenance(json.loads(before)) == _without_provenance(descriptor)
    except (OSError, ValueError, TypeError):
        before, same = "", False
    (folder / DESCRIPTOR).write_text(before if same else text, encoding="utf-8", newline="\n")
    return not same


# --- whole or not at all --------------------------------------------------------------------------------------------

_BUILDING = ".newspkg-building"  # the sibling folder a build is written into
_REPLACED = ".newspkg-replaced"  # the old data/ during the swap


def _refuse_foreign(root: Path, tables: Iterable[str], private: bool) -> None:
    """Raises CannotRun where `root` holds files of the same names that no build of ours has written, or a private
    copy where a public package is to go, or the other way round."""
    old = root / DESCRIPTOR
    try:
        block = json.loads(old.read_text(encoding="utf-8"))[BLOCK]
        if bool(block.get(PRIVATE)) is not private:
            kind = "a public package" if private else "a private copy, made by pkg hydrate"
            raise CannotRun(f"{root}: holds {kind}; choose another folder with --out.")
        ours = True
    except FileNotFoundError:
        ours = not any((root / "data" / f"{table}.csv").exists() for table in tables)
    except (ValueError, TypeError, KeyError, AttributeError):
        ours = False
    if not ours:
        raise CannotRun(
            f"{root}: holds a {DESCRIPTOR}, or tables of the same names, that pkg build has not written. "
            "They would be lost: choose another folder with --out, or move them away."
        )


@contextmanager
def workspace(root: Path, tables: Iterable[str], *, private: bool = False) -> Iterator[Path]:
    """A folder inside `root` to build in, removed afterwards whatever happened.

    Repairs first what a build left that was cut off in the middle of its swap. Raises CannotRun where `root` cannot
    be written, the disk is full, another build is at work in it, or it holds files of our names that are not ours.
    """
    new = root / _BUILDING
    try:
        root.mkdir(parents=True, exist_ok=True)
        lock = os.open(root, os.O_RDONLY)
    except OSError as error:
        raise CannotRun(f"{root}: cannot be written ({error.strerror}). Choose another folder with --out.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(lock)
        raise CannotRun(
            f"{root}: another build is at work here. Wait for it, or choose another folder with --out."
        ) from error
    try:
        if (root / _REPLACED).exists():
            if not (root / "data").exists():
                (root / _REPLACED).rename(root / "data")
            else:
                _remove(root / _REPLACED)
        if new.exists():
            shutil.rmtree(new)
        _refuse_foreign(root, tables, private)
        new.mkdir()
        yield new
    except OSError as error:
        kept = " The old package is untouched." if (root / DESCRIPTOR).exists() else ""
        reason = error.strerror or str(error)
        raise CannotRun(
            f"{root}: cannot be written ({reason}).{kept} Make room, or choose another folder with --out."
        ) from error
    finally:
        shutil.rmtree(new, ignore_errors=True)
        os.close(lock)


def _remove(folder: Path) -> None:
    """Removes a folder, or the link that stood for one."""
    if folder.is_symlink():
        folder.unlink()
    else:
        shutil.rmtree(folder, ignore_errors=True)


def _same_file(a: Path, b: Path) -> bool:
    return b.is_file() and a.read_bytes() == b.read_bytes()


def swap_in(new: Path, root: Path) -> bool:
    """Puts the build in `new` in the place of the package in `root`; True where a byte changed.

    Schemas first (an old table still fits its own), then `data/` by two renames, then the descriptor by one. Files in
    `data/` that no build wrote are carried over.
    """
    (root / "schemas").mkdir(exist_ok=True)
    changed = False
    for schema in sorted((new / "schemas").iterdir()):
        if not _same_file(schema, root / "schemas" / schema.name):
            schema.replace(root / "schemas" / schema.name)
            changed = True
    data = root / "data"
    if not all(_same_file(table, data / table.name) for table in (new / "data").iterdir()):
        changed = True
        if data.exists():
            for other in data.iterdir():
                if not (new / "data" / other.name).exists():
                    (shutil.copytree if other.is_dir() else shutil.copy2)(other, new / "data" / other.name)
            data.rename(root / _REPLACED)
        (new / "data").rename(data)
        _remove(root / _REPLACED)
    if not _same_file(new / DESCRIPTOR, root / DESCRIPTOR):
        (new / DESCRIPTOR).replace(root / DESCRIPTOR)
        changed = True
    return changed
