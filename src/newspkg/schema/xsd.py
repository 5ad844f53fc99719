r"""Patterns as XML Schema writes them, which is what Table Schema asks for, as patterns of Python.

XML Schema's language is not Python's: a pattern must match the whole text, no group begins with a question mark, no
quantifier is lazy, nothing refers back, `\i` and `\c` are the characters of XML names, `\p{IsGreek}` is a block of
Unicode, `[a-z-[aeiou]]` takes one class from another, `\w` has no underscore, and the dot stops at CR as at LF.

    pattern    = branch ("|" branch)*
    branch     = (atom quantifier?)*
    atom       = character | "." | escape | class | "(" pattern ")"
    quantifier = "?" | "*" | "+" | "{n}" | "{n,}" | "{n,m}"
    class      = "[" "^"? (character | escape | range)+ ("-" class)? "]"
    escape     = "\" sign | "\n" | "\r" | "\t" | "\s" ... "\W" | "\p{name}" | "\P{name}"

Two liberties are taken. A sign that needs no backslash may have one. And `^` and `$`, in XML Schema characters like
any other, are anchors at the edge of a branch (`^a|b$`, `(^a$|b)`), since the standard's own example writes `^a.*$`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from newspkg.schema.patterns import portable_pattern

__all__ = ["compile_xsd", "translate_xsd"]

Ranges = list[tuple[int, int]]  # code points from-to, both within, in order, apart

_LONGEST = 20_000  # characters: no person writes more
_DEEP = 50  # groups in groups, classes in classes
_SPACE: Ranges = [(9, 10), (13, 13), (32, 32)]
# XML 1.0, the productions NameStartChar and, with what follows, NameChar
_NAME_START: Ranges = [
    (0x3A, 0x3A), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x2FF), (0x370, 0x37D),
    (0x37F, 0x1FFF), (0x200C, 0x200D), (0x2070, 0x218F), (0x2C00, 0x2FEF), (0x3001, 0xD7FF), (0xF900, 0xFDCF),
    (0xFDF0, 0xFFFD), (0x10000, 0xEFFFF),
]  # fmt: skip
_NAME_MORE: Ranges = [(0x2D, 0x2E), (0x30, 0x39), (0xB7, 0xB7), (0x300, 0x36F), (0x203F, 0x2040)]
_ALL: Ranges = [(0, 0xD7FF), (0xE000, 0x10FFFF)]  # surrogates are no characters
_SIGNS = {"n": "\n", "r": "\r", "t": "\t"}
_QUANTITY = re.compile(r"\{([0-9]+)(?:(,)([0-9]*))?\}")
_NAMED = re.compile(r"\{([A-Za-z0-9-]+)\}")


@cache
def compile_xsd(pattern: str) -> re.Pattern[str]:
    """The pattern, anchored at both ends, so that `match` and `fullmatch` both ask for the whole text.

    Raises ValueError with the end of a sentence ("the pattern ...") where it is no pattern of XML Schema.
    """
    try:
        return re.compile(rf"(?:{translate_xsd(pattern)})\Z")
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"cannot be used: {error}") from error


def translate_xsd(pattern: str) -> str:
    r"""The pattern in the syntax of Python's `re`, to be matched against the whole text.

    Beyond what engines share it holds only `(?:`, classes of literal ranges, and `\A` and `\Z` where an anchor was
    written. Raises ValueError as `compile_xsd` does.
    """
    if len(pattern) > _LONGEST:
        raise ValueError(f"has more than {_LONGEST:,} characters")
    if portable_pattern(pattern) is None:
        return pattern  # all engines read it alike
    return _Parser(pattern).whole()


class _Parser:
    """Recursive descent over the grammar above; the output is built on the way."""

    def __init__(self, pattern: str) -> None:
        self.text, self.at, self.depth = pattern, 0, 0

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def wrong(self, what: str, at: int | None = None) -> ValueError:
        return ValueError(f"is none that XML Schema knows: {what} at character {(self.at if at is None else at) + 1}")

    def whole(self) -> str:
        made = self.pattern()
        if self.peek():
            raise self.wrong("a closing parenthesis without its partner")
        return made

    def pattern(self) -> str:
        branches = [self.branch()]
        while self.peek() == "|":
            self.at += 1
            branches.append(self.branch())
        return "|".join(branches)

    def branch(self) -> str:
        start, made = self.at, []
        while (sign := self.peek()) and sign not in "|)":
            if sign == "^" and self.at == start:
                self.at += 1
                made.append(r"\A")
            elif sign == "$" and self.text[self.at + 1 : self.at + 2] in ("", "|", ")"):
                self.at += 1
                made.append(r"\Z")
            else:
                made.append(self.atom(sign) + self.quantifier())
        return "".join(made)

    def atom(self, sign: str) -> str:
        self.at += 1
        if sign == "(":
            return self.group()
        if sign == "[":
            return _shown(self.char_class())
        if sign == "\\":
            return _shown(self.escape())
        if sign == ".":
            return r"[^\n\r]"
        if sign in "?*+{":
            raise self.wrong(f"a quantifier with nothing before it ({sign})", self.at - 1)
        if sign in "]}":
            raise self.wrong(f"a bare {sign} (write \\{sign})", self.at - 1)
        return re.escape(sign)

    def group(self) -> str:
        if self.peek() == "?":
            raise self.wrong("a group with a question mark (look-around, flags, names and the like)", self.at - 1)
        start = self.at - 1
        self.deeper()
        made = self.pattern()
        if self.peek() != ")":
            raise self.wrong("a parenthesis without its partner", start)
        self.at += 1
        self.depth -= 1
        return f"(?:{made})"

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > _DEEP:
            raise self.wrong(f"more than {_DEEP} groups or classes in each other")

    def quantifier(self) -> str:
        sign, made = self.peek(), ""
        if not sign or sign not in "?*+{":
            return ""
        found = _QUANTITY.match(self.text, self.at)
        if sign != "{":
            self.at, made = self.at + 1, sign
        elif found is None:
            raise self.wrong("a repetition that is not {n}, {n,} or {n,m}")
        elif found[3] and int(found[3][:9]) < int(found[1][:9]):
            raise self.wrong("a repetition whose least is above its most")
        else:
            self.at, made = found.end(), found[0]
        if self.peek() and self.peek() in "?*+{":
            raise self.wrong("a lazy or possessive quantifier, or two in a row")
        return made

    def escape(self) -> Ranges:
        """What stands behind a backslash, as the characters it means."""
        start, sign = self.at - 1, self.peek()
        self.at += 1
        if sign in ("p", "P"):
            found = _NAMED.match(self.text, self.at)
            if found is None:
                raise self.wrong(f"\\{sign} without a name in braces", start)
            self.at = found.end()
            named = _named(found[1])
            if not named:
                raise self.wrong(f"{found[1]}, which Unicode has neither as a category nor as a block,", start)
            return named if sign == "p" else _without(_ALL, named)
        if sign and sign in "sSdDwWiIcC":
            kept = _short(sign.lower())
            return kept if sign.islower() else _without(_ALL, kept)
        if not sign or (sign.isalnum() and sign not in _SIGNS):
            raise self.wrong(f"\\{sign}, which means nothing,", start)
        point = ord(_SIGNS.get(sign, sign))
        return [(point, point)]

    def char_class(self) -> Ranges:
        start = self.at - 1
        self.deeper()
        negative = self.peek() == "^"
        self.at += negative
        found: Ranges = []
        first = self.at
        taken: Ranges = []
        while (sign := self.peek()) != "]" or self.at == first:
            if not sign or (sign == "]" and self.at == first):
                raise self.wrong("a class without an end, or an empty one,", start)
            if sign == "-" and self.text[self.at + 1 : self.at + 2] == "[" and self.at > first:
                self.at += 2
                taken = self.char_class()
                if self.peek() != "]":
                    raise self.wrong("something behind the class that is taken away")
                break
            found += self.member()
        self.at += 1
        self.depth -= 1
        return _without(_without(_ALL, found) if negative else _joined(found), taken)

    def member(self) -> Ranges:
        """A character, an escape or a range of a class."""
        at, low = self.at, self.one()
        after = self.text[self.at + 1 : self.at + 2]
        if self.peek() != "-" or after in ("]", "[", "") or not _single(low):
            return low  # behind \d and the like a hyphen can only be itself
        self.at += 1
        high = self.one()
        if not _single(high) or low[0][0] > high[0][0]:
            raise self.wrong("a range that is none", at)
        return [(low[0][0], high[0][0])]

    def one(self) -> Ranges:
        sign = self.peek()
        self.at += 1
        if sign == "\\":
            return self.escape()
        if sign == "[":
            raise self.wrong("a bare [ in a class (write \\[)", self.at - 1)
        return [(ord(sign), ord(sign))]


# --- sets of characters ----------------------------------------------------------------------------------------------


def _single(ranges: Ranges) -> bool:
    return len(ranges) == 1 and ranges[0][0] == ranges[0][1]


def _joined(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """The same characters, in order, no two ranges touching."""
    made: Ranges = []
    for low, high in sorted(ranges):
        if made and low <= made[-1][1] + 1:
            made[-1] = (made[-1][0], max(high, made[-1][1]))
        else:
            made.append((low, high))
    return made


def _without(ranges: Ranges, taken: Ranges) -> Ranges:
    """The characters of the one that are none of the other."""
    made: Ranges = []
    gone = _joined(taken)
    for low, high in _joined(ranges):
        for first, last in gone:
            if last < low or first > high:
                continue
            if first > low:
                made.append((low, first - 1))
            low = last + 1
        if low <= high:
            made.append((low, high))
    return made


@cache
def _named(name: str) -> Ranges:
    """A category or, after `Is`, a block of Unicode; empty where there is none of that name."""
    from elementpath.regex import RegexError, unicode_subset  # here, since it reads tables that few patterns need

    try:
        found = unicode_subset(name)
    except RegexError:
        return []
    points = (one if isinstance(one, tuple) else (one, one + 1) for one in found.codepoints)
    return _joined((low, high - 1) for low, high in points)


@cache
def _short(sign: str) -> Ranges:
    if sign == "s":
        return _SPACE
    if sign == "d":
        return _named("Nd")
    if sign == "w":
        return _without(_ALL, [*_named("P"), *_named("Z"), *_named("C")])
    return _joined(_NAME_START if sign == "i" else [*_NAME_START, *_NAME_MORE])


def _shown(ranges: Ranges) -> str:
    """A class that Python and Rust read alike."""
    if not ranges:
        return r"[^\x00-\U0010FFFF]"
    if _single(ranges):
        return re.escape(chr(ranges[0][0]))
    inside = (_point(low) if low == high else f"{_point(low)}-{_point(high)}" for low, high in ranges)
    return f"[{''.join(inside)}]"


def _point(code: int) -> str:
    sign = chr(code)
    return sign if sign.isascii() and sign.isalnum() else rf"\U{code:08X}" if code > 0xFFFF else rf"\u{code:04X}"
