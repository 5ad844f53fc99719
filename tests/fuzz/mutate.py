"""Changes of inputs, decided by a seeded generator alone: the same seed gives the same inputs.

Bytes are changed as bytes. JSON is changed as a tree, and a zip in one of its members, since a byte changed at random
in either would seldom get past the first parser.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Sequence
from copy import deepcopy
from random import Random
from typing import Any

__all__ = ["ODD", "change_bytes", "change_json", "change_zip", "parts_of"]

LONGEST = 1 << 14  # bytes of an input: what a fault needs, and no more than can be read

TOKENS = [
    b",", b";", b"\t", b"|", b'"', b'""', b"'", b"\\", b"\n", b"\r\n", b"\r", b"\n\n", b"\0", b" ", b"#", b"\xef\xbb\xbf",
    b"\xff", b"\xc3", b"\xc3\xa9", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", b"\xe2\x80\xa8", b"\xc2\x85", b"\x1c", b"\x0b",
    b"0", b"-0", b"1e9", b"1e400", b"NaN", b"-INF", b"9" * 25, b"true", b"2020-02-29", b"2020-02-30T25:00:00Z", b"P1Y",
    b"[]", b"{}", b"[1", b'{"a":1}', b"null", b"\\u0000", b"\\ud800", b"[" * 300, b"A" * 300, b"," * 40,
]  # fmt: skip

ODD: list[Any] = [
    None, True, False, 0, -1, 1, 2, 1.5, 1e308, -0.0, 2**31, 2**63, 10**40, "", " ", "a", "é", "\0", "\ud800", "NaN", "1",
    "1e999", "a" * 300, "../x", "/x", "x/.y", "http://x.test/a", "t.csv", "s.json", [], {}, [[]], [None], [""], ["a", "a"],
    [1, "1"], {"": ""}, {"a": None}, [{}], "(a+)+$", "[", "\\p{L}", "%Y-%m-%d", "%", "yyyy", "any", "default",
]  # fmt: skip


def change_bytes(random: Random, raw: bytes, other: bytes = b"") -> bytes:
    """Some bytes set, put in, taken out or copied; now and then a piece of another input."""
    found = bytearray(raw)
    for _ in range(random.choice((1, 1, 1, 2, 3, 6))):
        size = len(found)
        at = random.randrange(size + 1)
        run = min(random.choice((1, 1, 2, 4, 16, 100)), size - at)
        kind = random.randrange(8)
        if kind == 0 and size:
            found[at % size] ^= 1 << random.randrange(8)
        elif kind == 1 and size:
            found[at % size] = random.randrange(256)
        elif kind == 2:
            found[at:at] = random.choice(TOKENS)
        elif kind == 3:
            found[at : at + run] = random.choice(TOKENS)
        elif kind == 4:
            del found[at : at + run]
        elif kind == 5:
            piece = bytes(found[at : at + run])
            found[at:at] = piece * random.choice((1, 1, 2, 30))
        elif kind == 6 and other:
            start = random.randrange(len(other))
            found[at : at + run] = other[start : start + random.choice((1, 8, 64))]
        elif kind == 7:
            found = found[:at] if random.random() < 0.5 else found[at:]
    return bytes(found[:LONGEST])


# --- JSON ------------------------------------------------------------------------------------------------------------


def parts_of(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a JSON value as (container, key)."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        one = waiting.pop()
        keys: Sequence[Any] = list(one) if isinstance(one, dict) else range(len(one)) if isinstance(one, list) else ()
        for key in keys:
            found.append((one, key))
            waiting.append(one[key])
    return found


def change_json(random: Random, value: Any, keys: Sequence[str], values: Sequence[Any]) -> Any:
    """A copy in which some places have other values, are gone, doubled or renamed. `keys` and `values` are what other
    inputs have; what is put in is drawn from those and from ODD."""
    made = deepcopy(value)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        places = parts_of(made)
        if not places:
            return deepcopy(random.choice(values))
        box, key = random.choice(places)
        kind = random.randrange(7)
        if kind <= 1:
            box[key] = deepcopy(random.choice(ODD))
        elif kind == 2:
            box[key] = deepcopy(random.choice(values))
        elif kind == 3:
            del box[key]
        elif kind == 4 and isinstance(box, dict):
            box[random.choice(keys)] = box.pop(key)
        elif kind == 4:
            box.insert(key, deepcopy(box[key]))
        elif kind == 5 and isinstance(box, dict):
            box[random.choice(keys)] = deepcopy(random.choice((*ODD, *values)))
        elif kind == 5:
            box.append(deepcopy(random.choice((*ODD, *values))))
        else:
            far, there = random.choice(places)
            if _is_in(far, there):
                box[key] = deepcopy(far[there])
        if len(json.dumps(made)) > LONGEST:
            return deepcopy(value)
    return made


def _is_in(box: Any, key: Any) -> bool:
    """Whether a place is still there after the change before it."""
    return key in box if isinstance(box, dict) else key < len(box)


# --- zips ------------------------------------------------------------------------------------------------------------


def change_zip(random: Random, raw: bytes, other: bytes = b"") -> bytes:
    """A zip with one member changed, taken out, doubled or renamed; bytes as bytes where it is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = [(one.filename, archive.read(one)) for one in archive.infolist() if one.file_size < LONGEST * 8]
    except (OSError, EOFError, RuntimeError, ValueError, NotImplementedError, zipfile.BadZipFile, zlib.error):
        return change_bytes(random, raw, other)
    if not members:
        return change_bytes(random, raw, other)
    at = random.randrange(len(members))
    name, content = members[at]
    kind = random.randrange(12)
    if kind == 0:
        del members[at]
    elif kind == 1:
        members.append((name + "x", content))
    elif kind == 2:
        members[at] = (random.choice(("", "a/../b", "x.csv", random.choice(members)[0])), content)
    else:
        members[at] = (name, change_bytes(random, content, random.choice(members)[1]))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for label, body in dict(members).items():
            archive.writestr(zipfile.ZipInfo(label or "-"), body, zipfile.ZIP_DEFLATED)
    return made.getvalue()
