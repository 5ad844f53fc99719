"""Loaders for anybody's package: what its descriptor says, as code that needs no toolkit."""

from __future__ import annotations

import os
from pathlib import Path

from newspkg.derive.load_py import load_py
from newspkg.derive.load_r import load_r
from newspkg.derive.sources import of_package
from newspkg.problems import CannotRun, UsageError

__all__ = ["loaders", "write_loaders"]


def loaders(package: Path, folder: Path) -> dict[str, str]:
    """The loaders of a package, by the names of the files that are to lie in `folder`: load.R, base R
    alone, and load.py, polars alone.

    The files know the package by the way from `folder` to it, so both can be moved together. Raises what `of_package`
    raises, and UsageError where there is no such way.
    """
    sources = of_package(package)
    root = package if package.is_dir() else package.parent
    try:
        up = Path(os.path.relpath(root.resolve(), folder.resolve())).as_posix()
        down = Path(os.path.relpath(folder.resolve(), root.resolve())).as_posix()
    except ValueError as error:  # another drive
        raise UsageError(f"{folder}: must lie on the same drive as {root}.") from error
    script = "load.R" if down == "." or down.startswith("..") else f"{down}/load.R"
    return {"load.R": load_r(sources, script=script, up=up), "load.py": load_py(sources, up=up)}


def write_loaders(package: Path, folder: Path, *, check: bool = False) -> list[str]:
    """Writes the loaders that are not current; their names. With `check` only tells. Raises what `loaders` raises, and
    CannotRun where a file cannot be written."""
    stale = []
    for name, text in loaders(package, folder).items():
        path = folder / name
        if path.is_file() and path.read_bytes() == text.encode("utf-8"):
            continue
        stale.append(name)
        if not check:
            try:
                folder.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8", newline="\n")
            except OSError as error:
                raise CannotRun(f"{path}: cannot be written ({error.strerror}).") from error
    return stale
