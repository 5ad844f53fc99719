"""Schema and catalogue become prose and loaders: docs/tables.md, codebook.md, problems.md, scripts/load.py, load.R, a
block of the README; the cases of the standard become docs/conformance.md. A package that is not of the profile gets
the loaders and the block.

    docs       prose
    load_py    the loader for polars
    load_r     the loader for base R
    sources    the tables that a loader is made for
    anybody    loaders for anybody's package
    readme     how to load and cite the tables: a block of the README
    words      what they have in common

The files are committed; `pkg derive --check` compares them with what the schemas say now. What is written passes the
project's own linter and formatter as it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from newspkg.conformance import CASES, conformance_md, read_clauses, read_differences
from newspkg.derive.docs import DECISIONS, codebook_md, problems_md, tables_md
from newspkg.derive.load_py import load_py
from newspkg.derive.load_r import load_r
from newspkg.derive.readme import readme
from newspkg.derive.sources import Source, of_package, of_schemas
from newspkg.package import BLOCK, DESCRIPTOR
from newspkg.problems import CannotRun, SchemaError, UsageError
from newspkg.schema import TableSchema, read_folder

__all__ = ["derive", "targets"]


def _schemas(root: Path) -> list[TableSchema]:
    """The schemas of a repository in the order of its descriptor, or by name where it has none yet."""
    if not (root / "schemas").is_dir():
        raise UsageError(f"{root / 'schemas'}: no schemas here; give the folder of a package or of this repository.")
    found = read_folder(root / "schemas")
    try:
        descriptor = json.loads((root / DESCRIPTOR).read_text(encoding="utf-8"))
        order = [r["name"] for r in descriptor["resources"] if r["name"] in found]
    except (OSError, ValueError, KeyError, TypeError):  # a broken descriptor is for `pkg validate` to say
        order = []
    return [found[name] for name in dict.fromkeys([*order, *found])]


def targets(root: Path) -> dict[str, str]:
    """The generated files of a repository: path below `root` -> text.

    Raises UsageError where there are no schemas and no package, SchemaError where a schema of the profile is wrong.
    """
    try:
        schemas = _schemas(root)
    except (UsageError, SchemaError):
        if not _of_others(root):
            raise
        return _with_readme(root, of_package(root), {})
    decisions = root / DECISIONS
    written = decisions.read_text(encoding="utf-8") if decisions.is_file() else ""
    cases = root / CASES  # a dataset has none
    page = conformance_md(read_clauses(cases), read_differences(cases)) if cases.is_dir() else ""
    more = {"docs/conformance.md": page} if page else {}
    files = {
        **more,
        "docs/tables.md": tables_md(schemas),
        "docs/codebook.md": codebook_md(schemas, written),
        "docs/problems.md": problems_md(),
        "scripts/load.py": load_py(schemas),
        "scripts/load.R": load_r(schemas),
    }
    return _with_readme(root, of_schemas(schemas), files)


def _of_others(root: Path) -> bool:
    """Whether a folder holds a package that does not claim to follow the profile."""
    try:
        given = json.loads((root / DESCRIPTOR).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    stated = given.get(BLOCK) if isinstance(given, dict) else None
    return isinstance(given, dict) and not (isinstance(stated, dict) and "profile" in stated)


def _with_readme(root: Path, sources: list[Source], files: dict[str, str]) -> dict[str, str]:
    """The files with the README, where it has a place for the block; with loaders, where they are not among them."""
    files = files or {"scripts/load.py": load_py(sources), "scripts/load.R": load_r(sources)}
    page = readme(root, sources, list(files))
    return files if page is None else {"README.md": page, **files}


def derive(root: Path, *, check: bool = False, extra: Mapping[str, str] | None = None) -> list[str]:
    """Writes the generated files that are not current and returns their paths; with `check` only returns them.

    `extra` are further files by path and text, from rooms above this one. Raises what `targets` raises, and CannotRun
    where a file cannot be written.
    """
    stale = []
    for name, text in {**targets(root), **(extra or {})}.items():
        path = root / name
        if path.is_file() and path.read_bytes() == text.encode("utf-8"):
            continue
        stale.append(name)
        if not check:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8", newline="\n")
            except OSError as error:
                raise CannotRun(f"{path}: cannot be written ({error.strerror}).") from error
    return stale
