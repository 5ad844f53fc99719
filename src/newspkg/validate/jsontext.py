"""JSON text read member by member, with the place of each: neither a whole file of values nor its lines are held.

Python's own decoder reads the values. What it would pass over in silence is noted: a key that stands twice in one
object, and NaN, which is no JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

__all__ = ["Broken", "Decoder", "Lines", "Scan", "descend"]

_SPACE = re.compile(r"[ \t\n\r]*")
_LONGEST = 4000  # digits of a whole number; Python refuses to turn longer texts into numbers


class Broken(ValueError):  # noqa: N818 - what is broken is the text
    """Text that is no JSON from some character on; the message says why, `at` is the character's offset."""

    def __init__(self, why: str, at: int) -> None:
        super().__init__(why)
        self.at = at


class Decoder:
    """Reads single values. `exact`: fractions become Decimal, as they are written; else floats.

    `notes` has what is odd about the values that were read since it was last emptied.
    """

    def __init__(self, *, exact: bool = True) -> None:
        self.notes: list[str] = []
        shared: dict[str, Any] = {"object_pairs_hook": self._object, "parse_constant": self._constant}
        self._usual = json.JSONDecoder(parse_float=Decimal if exact else None, **shared)
        self._patient = json.JSONDecoder(parse_float=_fraction, parse_int=_integer, **shared)

    def value(self, text: str, at: int) -> tuple[Any, int]:
        """The value that begins at an offset, and the offset behind it. Raises Broken."""
        try:
            try:
                return self._usual.raw_decode(text, at)
            except json.JSONDecodeError:
                raise
            except (ValueError, ArithmeticError):  # a number that is too large for Python
                return self._patient.raw_decode(text, at)
        except json.JSONDecodeError as error:
            raise Broken(error.msg[:1].lower() + error.msg[1:], error.pos) from error
        except RecursionError as error:
            raise Broken("it is nested too deep", at) from error

    def only(self, text: str, at: int) -> Any:
        """The value that begins at an offset and ends the text. Raises Broken."""
        found, end = self.value(text, at)
        if text[end:].strip():
            raise Broken("extra data behind the value", _SPACE.match(text, end).end())  # type: ignore[union-attr]
        return found

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            seen: set[str] = set()
            twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
            self.notes.append(f"has the key {twice[:40]!r} twice in one object; the last one is read")
        return found

    def _constant(self, name: str) -> None:
        self.notes.append(f"has {name} in it, which is no JSON value; null is read")


def _fraction(text: str) -> Any:
    try:
        return Decimal(text)
    except ArithmeticError:
        return text


def _integer(text: str) -> Any:
    return int(text) if len(text) <= _LONGEST else text


class Lines:
    """Offsets of a text as line and character in it, both from 1; quickest when asked in their order."""

    def __init__(self, text: str, first: int = 1) -> None:
        self.text, self.first = text, first
        self._at, self._line = 0, first

    def place(self, at: int) -> tuple[int, int]:
        """Line and character of an offset."""
        if at < self._at:
            self._at, self._line = 0, self.first
        self._line += self.text.count("\n", self._at, at)
        self._at = at
        return self._line, at - self.text.rfind("\n", 0, at)


class Scan:
    """One pass over JSON text.

    `path` leads to a list by keys and positions, then `dotted` by keys with dots between them, where a key may have
    dots itself. After the pass `state` says how it went: "list", "absent", or "other" where no list stands there.
    """

    def __init__(self, text: str, decoder: Decoder, path: Sequence[str | int] = (), dotted: str = "") -> None:
        self.text, self.decoder = text, decoder
        self.path, self.dotted = tuple(path), dotted
        self.state = "absent"
        self._end = 0

    def items(self) -> Iterator[tuple[int, Any]]:
        """The members of the list, each with its offset. Raises Broken where the text is no JSON, in the list or
        behind it."""
        yield from self._walk(self._space(0), self.path, self.dotted)
        end = self._space(self._end)
        if end < len(self.text):
            raise Broken("extra data behind the value", end)

    def cells(self, at: int) -> Iterator[tuple[str | int, int]]:
        """The members of the list or object at an offset: position or key, and the offset of the value."""
        for key, start in self._members(at):
            yield key, start
            self._skip(start)

    def lists(self) -> Iterator[str]:
        """The keys of the outermost object under which a list stands."""
        at = self._space(0)
        if self.text[at : at + 1] == "{":
            for key, start in self.cells(at):
                if self.text[start : start + 1] == "[":
                    yield str(key)

    def _walk(self, at: int, path: tuple[str | int, ...], dotted: str) -> Iterator[tuple[int, Any]]:
        opening = self.text[at : at + 1]
        if not path and not dotted:
            if opening != "[":
                self.state = "other"
                self._skip(at)
                return
            self.state = "list"
            value = self.decoder.value
            for _, start in self._members(at):
                found, self._end = value(self.text, start)
                yield start, found
            return
        if opening not in ("[", "{"):
            self._skip(at)
            return
        for key, start in self._members(at):
            further = self._further(key, path, dotted) if self.state == "absent" else None
            if further is None:
                self._skip(start)
            else:
                yield from self._walk(start, *further)

    def _further(
        self, key: str | int, path: tuple[str | int, ...], dotted: str
    ) -> tuple[tuple[str | int, ...], str] | None:
        if path:
            return (path[1:], dotted) if key == path[0] else None
        if key == dotted:
            return (), ""
        return ((), dotted[len(key) + 1 :]) if isinstance(key, str) and dotted.startswith(f"{key}.") else None

    def _members(self, at: int) -> Iterator[tuple[str | int, int]]:
        """Positions or keys, with the offsets of the values. Whoever takes one puts `_end` behind its value."""
        text, keyed = self.text, self.text[at] == "{"
        close = "}" if keyed else "]"
        at = self._space(at + 1)
        if text[at : at + 1] == close:
            self._end = at + 1
            return
        number = 0
        while True:
            key: str | int = number
            if keyed:
                if text[at : at + 1] != '"':
                    raise Broken("expecting a key in double quotes", at)
                key, at = self.decoder.value(text, at)
                at = self._space(at)
                if text[at : at + 1] != ":":
                    raise Broken("expecting ':'", at)
                at = self._space(at + 1)
            yield key, at
            number += 1
            at = self._space(self._end)
            mark = text[at : at + 1]
            if mark == close:
                self._end = at + 1
                return
            if mark != ",":
                raise Broken(f"expecting ',' or '{close}'", at)
            at = self._space(at + 1)

    def _skip(self, at: int) -> None:
        _, self._end = self.decoder.value(self.text, at)

    def _space(self, at: int) -> int:
        return _SPACE.match(self.text, at).end()  # type: ignore[union-attr]


def descend(value: Any, dotted: str) -> tuple[bool, Any]:
    """Whether there is something in a value under keys with dots between them, and what, as Scan finds it."""
    if not dotted:
        return True, value
    if isinstance(value, dict):
        for key, one in value.items():
            rest = "" if key == dotted else dotted[len(key) + 1 :] if dotted.startswith(f"{key}.") else None
            if rest is not None:
                there, found = descend(one, rest)
                if there:
                    return True, found
    return False, None
