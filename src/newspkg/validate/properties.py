"""JSON with places, and what the standard asks of single properties of a package or a resource."""

from __future__ import annotations

import errno
import json
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from newspkg.report import cut

__all__ = [
    "NO_FILES",
    "OF_PACKAGE",
    "OF_RESOURCE",
    "PROFILES",
    "REMOTE",
    "Check",
    "is_count",
    "is_text",
    "lines_of",
    "locate",
    "no_file",
    "open_plain",
    "parse",
    "short",
    "shown",
    "unsafe",
    "why_not",
]

# --- JSON with places ------------------------------------------------------------------------------------------------

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)


def lines_of(text: str) -> dict[str, int]:
    """The 1-based line on which the value at each JSON pointer starts. Meant for text that json.loads accepts."""
    found: dict[str, int] = {}
    stack: list[list[Any]] = []  # [pointer, key or index, whether a key is expected]
    at, line = 0, 1
    for token in _TOKEN.finditer(text):
        line += text.count("\n", at, token.start())
        at = token.start()
        what = token[0]
        if what in "}]":
            if stack:
                stack.pop()
        elif what == ",":
            if stack and isinstance(stack[-1][1], int):
                stack[-1][1] += 1
            elif stack:
                stack[-1][2] = True
        elif what == ":":
            if stack:
                stack[-1][2] = False
        elif stack and stack[-1][2]:
            stack[-1][1] = what[1:-1]
        else:
            pointer = f"{stack[-1][0]}/{stack[-1][1]}" if stack else ""
            found.setdefault(pointer, line)
            if what in "{[":
                stack.append([pointer, "" if what == "{" else 0, what == "{"])
    return found


def locate(lines: Mapping[str, int], pointer: str) -> int | None:
    """The line of a JSON pointer, or of the nearest thing around it."""
    while pointer not in lines:
        if "/" not in pointer:
            return lines.get("")
        pointer = pointer.rsplit("/", 1)[0]
    return lines[pointer]


def shown(value: Any) -> str:
    """A JSON value as a message shows it."""
    try:
        return cut(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str))
    except (ValueError, RecursionError):
        return f"a {type(value).__name__}"


_LONG = re.compile(r"('[^']{60})[^']+(?=')|([0-9]{60})[0-9]+")


def short(message: str) -> str:
    """A message that was made elsewhere, with the values it quotes cut."""
    return _LONG.sub(lambda m: f"{m[1] or m[2]}…", message)


def why_not(error: Exception) -> str:
    """Why json.loads refused a text that may be JSON; what Python says of it is about Python."""
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at line {error.lineno}, column {error.colno}"
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start} does not fit the encoding {error.encoding.upper()}"
    if isinstance(error, UnicodeEncodeError):
        return "it has half of a surrogate pair, which is no character"
    if isinstance(error, RecursionError):
        return "it is nested too deep"
    if isinstance(error, OSError):
        return error.strerror or str(error)
    if isinstance(error, _NoValue):
        return str(error)
    return f"it has a number of more than {sys.get_int_max_str_digits()} digits"


class _Twins(Exception):  # noqa: N818 - never leaves this module
    """A key that stands twice in one object."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Twins(key)
        found[key] = value
    return found


class _NoValue(ValueError):  # noqa: N818 - never leaves this module
    """NaN or an infinity, which Python would read."""


def _no_constant(name: str) -> Any:
    raise _NoValue(f"{name} is no JSON value")


def parse(raw: bytes) -> tuple[Any, str, str | None, int | None]:
    """A JSON file as (value, text, why it cannot be used or None, on which line)."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return None, "", f"byte {error.start} is not UTF-8", line
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
        if "\\u" in text:  # half of a surrogate pair can be neither printed nor kept in a column
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return None, text, "has half of a surrogate pair, which is no character", None
    except json.JSONDecodeError as error:
        return None, text, f"is no JSON: {why_not(error)}", error.lineno
    except _Twins as error:
        key = cut(error)
        return None, text, f"has the property {key!r} twice in one object, so one of them would be lost", None
    except (ValueError, RecursionError) as error:
        return None, text, f"cannot be used: {why_not(error)}", None
    return value, text, None, None


def open_plain(path: Path) -> IO[bytes]:
    """An ordinary file, to be read. Raises OSError for anything else: a pipe would be waited for without end."""
    other = no_file(path)
    if other:
        raise OSError(errno.EINVAL, f"it is {other}, not a file")
    return path.open("rb")


def no_file(path: Path) -> str | None:
    """What a path names that is no file; None where it is one, or nothing. Raises OSError where that cannot be seen."""
    if path.is_file() or not path.exists():
        return None
    if path.is_dir():
        return "a folder"
    if path.is_fifo():
        return "a pipe"
    return "a socket" if path.is_socket() else "a device"


# --- the checks of single properties ---------------------------------------------------------------------------------

Check = Callable[[Any], bool]
_RFC3339 = re.compile(
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?"
    r"(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_HASH = re.compile(r"(?:([A-Za-z0-9-]+):)?([0-9A-Fa-f]+)")


def is_text(value: Any) -> bool:
    """Whether a JSON value is text."""
    return isinstance(value, str)


def _is_url(value: Any) -> bool:
    return isinstance(value, str) and re.match(r"https?://[^\s/]", value) is not None


def is_count(value: Any) -> bool:
    """Whether a JSON value is a whole number from 0."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def unsafe(path: str) -> str | None:
    """Why a package may not name this path, or None where it may."""
    if not path or "\0" in path:
        return "is empty" if not path else "holds a NUL character"
    if path.startswith(("/", "~")) or re.match(r"[A-Za-z]:[\\/]", path):
        return "is absolute; a package may only name files below its own folder"
    parts = re.split(r"[/\\]", path)
    if ".." in parts:
        return "leads out of the package's folder"
    if "\\" in path:
        return "has a backslash; write / between folders"
    if any(part.startswith(".") and part != "." for part in parts):
        return "leads through a hidden folder or file"
    return None


def _is_link(value: Any) -> bool:
    return isinstance(value, str) and (REMOTE.match(value) is not None or unsafe(value) is None)


def _listed(value: Any, item: Check) -> bool:
    return isinstance(value, list) and bool(value) and all(item(one) for one in value)


def _is_source(value: Any) -> bool:
    good = (
        isinstance(value, dict)
        and bool(value)
        and all(is_text(value.get(k, "")) for k in ("title", "email", "version"))
    )
    return good and ("path" not in value or _is_link(value["path"]))


def _is_licence(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and ("name" in value or "path" in value)
        and all(is_text(value.get(k, "")) for k in ("name", "title"))
        and ("path" not in value or _is_link(value["path"]))
    )


def _is_contributor(value: Any) -> bool:
    texts = ("title", "givenName", "familyName", "email", "role", "organization")
    return (
        isinstance(value, dict)
        and bool(value)
        and all(is_text(value.get(k, "")) for k in texts)
        and ("path" not in value or _is_url(value["path"]))
        and ("roles" not in value or _listed(value["roles"], is_text))
    )


_DESCRIPTIVE: dict[str, tuple[Check, str]] = {
    "title": (is_text, "must be text"),
    "description": (is_text, "must be text"),
    "homepage": (_is_url, "must be a web address"),
    "licenses": (lambda v: _listed(v, _is_licence), "must be a list of objects, each with a name or a path"),
    "sources": (
        lambda v: isinstance(v, list) and all(map(_is_source, v)),
        "must be a list of objects with text in them",
    ),
    "$schema": (is_text, "must be text"),
    "profile": (is_text, "must be text"),
}
OF_PACKAGE: dict[str, tuple[Check, str]] = {
    **_DESCRIPTIVE,
    "name": (is_text, "must be text"),
    "id": (is_text, "must be text"),
    "version": (is_text, "must be text"),
    "created": (
        lambda v: isinstance(v, str) and _RFC3339.fullmatch(v) is not None,
        "must be a moment as RFC 3339 writes it",
    ),
    "image": (_is_link, "must be a web address or a path below the package"),
    "keywords": (lambda v: _listed(v, is_text), "must be a list of at least one text"),
    "contributors": (lambda v: _listed(v, _is_contributor), "must be a list of objects that say who"),
}
OF_RESOURCE: dict[str, tuple[Check, str]] = {
    **_DESCRIPTIVE,
    "type": (is_text, "must be text"),
    "format": (is_text, "must be text"),
    "mediatype": (
        lambda v: isinstance(v, str) and re.fullmatch(r"[^/\s]+/\S.*", v) is not None,
        "must look like text/csv",
    ),
    "encoding": (is_text, "must be text"),
    "bytes": (is_count, "must be a whole number from 0"),
    "rows": (is_count, "must be a whole number from 0"),
    "hash": (
        lambda v: isinstance(v, str) and _HASH.fullmatch(v) is not None,
        "must be hexadecimal, after an algorithm's name unless it is MD5",
    ),
}
NO_FILES = frozenset(
    ("idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "utf_7")
)  # no encodings of files
PROFILES = re.compile(
    r"https?://(?:www\.)?(?:datapackage\.org/profiles/[12]\.\d/|specs\.frictionlessdata\.io/schemas/|frictionlessdata\.io/schemas/)\S*|"
    r"(?:fiscal-|tabular-)?data-(?:package|resource)"
)
