"""Which patterns every engine reads alike.

One pattern of a schema is run by Python (frictionless), by Rust (polars, and so pandera) and perhaps by R or XML
Schema. Where two of them differ, two validators condemn different cells and neither says why. So a pattern of the
house is written in what all have in common, which this small parser accepts:

    pattern  = sequence                        an alternative stands in a group: frictionless puts ^ and $ around the
    sequence = (atom quantifier?)*             pattern without a group, so en|de would be read as (^en)|(de$)
    atom     = character | "\\" sign | class | "(" sequence ("|" sequence)* ")"
    class    = "[" "^"? (character | character "-" character)+ "]"
    quantifier = "?" | "*" | "+" | "{n}" | "{n,}" | "{n,m}"
"""

from __future__ import annotations

import re

__all__ = ["anchored", "portable_pattern"]

_SIGNS = ".|()[]{}?*+\\"  # what may be escaped, the same in all engines
_MOST = 255  # repetitions: the least that an engine (POSIX, and so R) promises
_DEEP = 20  # groups in groups: deeper than anybody can read
_DIGITS = re.compile(r"[0-9]{1,6}")

_REASONS = {
    "(?": "a group with a question mark (look-around, flags, named or non-capturing groups)",
    "lazy": "a lazy or possessive quantifier, or two quantifiers in a row",
    "dot": "the dot, which stops at different line ends; write what may stand there, such as [^ ]",
    "anchor": "an anchor; patterns are anchored at both ends already (write [$] for the sign)",
}


class _UnportableError(Exception):
    """Why the pattern is refused; never leaves this module."""


def anchored(pattern: str) -> str:
    """The pattern as every engine here must be given it: the whole cell has to match."""
    return f"^(?:{pattern})$"


def portable_pattern(pattern: str) -> str | None:
    """Why a pattern is not read alike by all engines, or None where it is. Time grows linearly with its length."""
    try:
        _Parser(pattern).whole()
    except _UnportableError as refused:
        return str(refused)
    return None


class _Parser:
    """Recursive descent over the grammar above; raises `_UnportableError` at the first thing that is not in it."""

    def __init__(self, pattern: str) -> None:
        self.text = pattern
        self.at = 0
        self.depth = 0

    def whole(self) -> None:
        self.sequence()
        if self.at < len(self.text):
            if self.peek() == "|":
                raise _UnportableError("an alternative outside a group; put the pattern in parentheses")
            raise _UnportableError("a closing parenthesis without its partner")

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def sequence(self) -> None:
        """Atoms up to the end, a `|` or a `)`."""
        while (sign := self.peek()) and sign not in "|)":
            self.atom(sign)
            self.quantifier()

    def atom(self, sign: str) -> None:
        self.at += 1
        if sign == "(":
            self.group()
        elif sign == "[":
            self.char_class()
        elif sign == "\\":
            self.escape()
        elif sign == ".":
            raise _UnportableError(_REASONS["dot"])
        elif sign in "^$":
            raise _UnportableError(_REASONS["anchor"])
        elif sign in "*+?{":
            raise _UnportableError(f"a quantifier with nothing before it ({sign})")
        elif sign in "]}":
            raise _UnportableError(f"a bare {sign}, which some engines refuse; write \\{sign}")

    def group(self) -> None:
        if self.peek() == "?":
            raise _UnportableError(_REASONS["(?"])
        self.depth += 1
        if self.depth > _DEEP:
            raise _UnportableError(f"groups nested more than {_DEEP} deep")
        self.sequence()
        while self.peek() == "|":
            self.at += 1
            self.sequence()
        if self.peek() != ")":
            raise _UnportableError("an opening parenthesis without its partner")
        self.at += 1
        self.depth -= 1

    def escape(self) -> None:
        sign = self.peek()
        self.at += 1
        if sign.isdigit():
            raise _UnportableError("a back reference")
        if not sign or sign not in _SIGNS:
            raise _UnportableError(f"\\{sign}, whose reach differs or which some engines refuse (write [0-9] for \\d)")

    def char_class(self) -> None:
        end = self.text.find("]", self.at)
        inside = self.text[self.at : end]
        if end < 0 or inside in ("", "^"):
            raise _UnportableError("a class without an end, or an empty one; a ] stands outside a class, as \\]")
        self.at = end + 1
        if "\\" in inside or "[" in inside:
            raise _UnportableError(r"a backslash or [ inside a class, which some engines take literally")
        inside = inside.removeprefix("^")
        i = 0
        while i < len(inside):
            if inside[i] in "&~|-^" and inside[i : i + 1] == inside[i + 1 : i + 2]:
                raise _UnportableError(f"{inside[i]} twice in a class, a set operation in some engines")
            if inside[i + 1 : i + 2] == "-" and i + 2 < len(inside):
                if inside[i] > inside[i + 2] or "-" in (inside[i], inside[i + 2]):
                    raise _UnportableError(f"a range in a class that is not one ({inside[i : i + 3]})")
                i += 3
            elif inside[i] == "-" and 0 < i < len(inside) - 1:
                raise _UnportableError("a hyphen inside a class that makes no range; put it first or last")
            else:
                i += 1

    def quantifier(self) -> None:
        sign = self.peek()
        if not sign or sign not in "*+?{":
            return
        self.at += 1
        if sign == "{":
            self.count()
        if self.peek() and self.peek() in "*+?{":
            raise _UnportableError(_REASONS["lazy"])

    def count(self) -> None:
        end = self.text.find("}", self.at)
        low, _, high = self.text[self.at : max(end, self.at)].partition(",")
        if end < 0 or not _DIGITS.fullmatch(low) or (high and not _DIGITS.fullmatch(high)):
            raise _UnportableError("a repetition that is not {n}, {n,} or {n,m}")
        self.at = end + 1
        numbers = [int(part) for part in (low, high) if part]
        if max(numbers) > _MOST:
            raise _UnportableError(f"a repetition of more than {_MOST}")
        if numbers != sorted(numbers):
            raise _UnportableError("a repetition whose least is above its most")
