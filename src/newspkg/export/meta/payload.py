"""Which files make up a package: its descriptor, and what the descriptor names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from newspkg.export.model import Source
from newspkg.package import DESCRIPTOR
from newspkg.problems import CannotRun
from newspkg.validate.properties import unsafe

__all__ = ["payload"]

_WEB = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def payload(source: Source) -> list[str]:
    """The paths of the package's files, from its folder, sorted: the descriptor, data, schemas, dialects, the texts of
    licences and the image where they are files. What lies elsewhere is left out with a note.

    Raises CannotRun where one is not there, or lies outside the folder.
    """
    found: set[str] = set()
    for pointer, path in [("/", DESCRIPTOR), *_named(source.descriptor)]:
        if _WEB.match(path):
            if pointer.endswith("/path") or "/path/" in pointer:
                source.note(f"{pointer}: {path} lies elsewhere and is not copied.")
            continue
        plain = path.removeprefix("./")
        if unsafe(plain):
            raise CannotRun(f"{pointer}: {path} lies outside the package's folder.")
        if not (source.root / plain).is_file():
            raise CannotRun(f"{pointer}: {path} is not there. Put it there, or take it out of the descriptor.")
        found.add(plain)
    return sorted(found)


def _named(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each file that a descriptor names, with where it does."""
    yield from _texts(given.get("image"), "/image")
    yield from _licences(given, "")
    for i, one in enumerate(given.get("resources") or ()):
        if not isinstance(one, Mapping):
            continue
        at = f"/resources/{i}"
        yield from _texts(one.get("path"), f"{at}/path")
        yield from _texts(one.get("schema"), f"{at}/schema")
        yield from _texts(one.get("dialect"), f"{at}/dialect")
        yield from _licences(one, at)


def _texts(value: Any, at: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and value:
        yield at, value
    elif isinstance(value, list):
        yield from ((f"{at}/{i}", one) for i, one in enumerate(value) if isinstance(one, str) and one)


def _licences(given: Mapping[str, Any], at: str) -> Iterator[tuple[str, str]]:
    for i, one in enumerate(given.get("licenses") or ()):
        path = one.get("path") if isinstance(one, Mapping) else None
        if isinstance(path, str) and path and not _WEB.match(path):
            yield f"{at}/licenses/{i}/path", path
