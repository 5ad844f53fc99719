"""JSON with places, files below a package, and how both are shown in messages."""

from __future__ import annotations

import errno
import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any

from newspkg.report import cut

__all__ = [
    "NO_FILES",
    "is_count",
    "is_text",
    "lines_of",
    "locate",
    "no_file",
    "open_plain",
    "parse",
    "pointed",
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
            stack[-1][1] = pointed([_unquoted(what)])[1:]
        else:
            pointer = f"{stack[-1][0]}/{stack[-1][1]}" if stack else ""
            found.setdefault(pointer, line)
            if what in "{[":
                stack.append([pointer, "" if what == "{" else 0, what == "{"])
    return found


def _unquoted(token: str) -> str:
    return str(json.loads(token, strict=False)) if "\\" in token else token[1:-1]


def pointed(steps: Iterable[str | int]) -> str:
    """The JSON pointer of some steps."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)


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


def is_text(value: Any) -> bool:
    """Whether a JSON value is text."""
    return isinstance(value, str)


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


NO_FILES = frozenset(
    ("idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "utf_7")
)  # no encodings of files
