"""The machine under the time rules: classes of tokens, rules over them, and the levels in which they are applied.

A sentence becomes a row of tokens, each of one class, one character a class. The rules of `knowledge/times.toml` are
regular expressions over that row; what a rule matches becomes one token, so "late 2021" is LATE YEAR, then LATE XYEAR,
then XPART, and "since late 2021" is an XRANGE. No shape repeats without end and every token is used once a level: the
work grows with the text, whatever the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Built", "Grammar", "Hit", "Rule", "Term", "Token", "class_code", "read"]

Term = str | tuple[Any, ...]

MONTH_NAMES = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
MONTHS: Mapping[str, int] = (
    {name: i for i, name in enumerate(MONTH_NAMES, 1)}
    | {name[:3]: i for i, name in enumerate(MONTH_NAMES, 1)}
    | {"sept": 9}
)
WEEKDAYS = {
    name: i for i, name in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))
}
SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}
_WEEKDAY_ABBREVIATIONS = {"mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun"}

_TOKEN = re.compile(
    r"""(?P<iso>\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:?\d\d)?)?(?![\d-]))
      | (?P<ampm>[ap]\.m\.)
      | (?P<word>[^\W\d_]++)
      | (?P<number>\d++(?:[.,:/]\d++)*+(?:(?:st|nd|rd|th|s)(?![^\W\d_]))?+)
      | (?P<poss>['’]s(?![^\W\d_]))
      | (?P<mark>[^\w\s]|_)""",
    re.VERBOSE,
)
_MARKS = {",": "COMMA", ".": "DOT", "%": "PCT"}
_MARKS |= dict.fromkeys("-–—‐‑", "DASH") | dict.fromkeys("'’‘", "APOS") | dict.fromkeys("$€£#", "CUR")
_CODES: dict[str, str] = {}


def class_code(name: str) -> str:
    """The character that stands for a class in the row; from the private use area, so that no text can have it."""
    return _CODES.setdefault(name, chr(0xE000 + len(_CODES)))


@dataclass(slots=True)
class Token:
    """A token or, from level 0 on, an expression; `term` is None for a token."""

    code: str
    start: int
    end: int
    low: str  # lower case; "" for an expression
    term: Term | None = None
    rule: str = ""
    confidence: float = 1.0
    the: bool = False
    kind: str = ""


Built = Term | list[Token] | None  # [] is a rule that holds and finds nothing


_MADE = """DAY NUM YEAR ORD DECIMAL ISO DOTTED SLASHED YSPAN DECADE DECADE2 DECADEW NUMWORD CLOCK MON NAMEMON MAY MARCH
    MABBR WDAY WABBR DASH COMMA POSS APOS DOT CUR PCT LOW CAP PUNCT EDGE"""
C = {name: class_code(name) for name in _MADE.split()}


def _number(text: str) -> str:
    """The class of a token that begins with a digit."""
    if text.isdigit():  # 4300 digits and more are no int; four are enough here
        if len(text) <= 2:
            return "DAY" if 1 <= int(text) <= 31 else "NUM"
        return "YEAR" if len(text) == 4 and "1000" <= text <= "2199" else "NUM"
    if text[-1] == "s":
        body = text[:-1]
        return (
            "DECADE" if len(body) == 4 and body.isdigit() else "DECADE2" if len(body) == 2 and body[1] == "0" else "LOW"
        )
    if text[-1].isalpha():
        return "ORD" if len(text) <= 4 and text[:-2].isdigit() else "LOW"
    if len(text) > 10:
        return "NUM"
    pieces = re.split("[.,:/]", text)
    if len(pieces) == 3:
        return (
            "DOTTED"
            if text.count(".") == 2
            else "SLASHED"
            if text.count("/") == 2
            else "CLOCK"
            if ":" in text
            else "NUM"
        )
    if ":" in text:
        return "CLOCK" if len(pieces) == 2 and len(pieces[1]) == 2 else "NUM"
    if "/" in text:
        return "YSPAN" if len(pieces[0]) == 4 and len(pieces[-1]) in (2, 4) else "NUM"
    return "DECIMAL" if "." in text and len(pieces) == 2 and len(pieces[0]) <= 2 else "NUM"


# --- rules ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Rule:
    name: str
    pattern: re.Pattern[str]
    bare: str  # the pattern without groups, for the alternation of its level
    build: Callable[[Hit], Built]
    makes: str | None
    confidence: float
    the: bool


@dataclass(slots=True)
class Hit:
    """A match of a rule: the row's tokens and the places of the named ones."""

    tokens: list[Token]
    match: re.Match[str]
    grammar: Grammar

    def get(self, *names: str) -> Token | None:
        """The token under the first of these names that took part."""
        for name in names:
            at = self.match.start(name)
            if at >= 0 and self.match.end(name) > at:
                return self.tokens[at]
        return None

    def word(self, *names: str) -> str:
        token = self.get(*names)
        return token.low if token else ""

    def stretch(self, *names: str) -> list[Token]:
        for name in names:
            at, end = self.match.span(name)
            if at >= 0:
                return self.tokens[at:end]
        return []

    def term(self, *names: str) -> Term:
        token = self.get(*names)
        assert token
        assert token.term is not None
        return token.term

    def named(self, name: str) -> bool:
        """Whether the rule has a token of this name, present or not."""
        return name in self.match.re.groupindex

    def before(self, steps: int = 1) -> Token:
        return self.tokens[max(0, self.match.start() - steps)]

    def behind(self, steps: int = 0) -> Token:
        return self.tokens[min(len(self.tokens) - 1, self.match.end() + steps)]

    def has(self, token: Token, *classes: str) -> bool:
        return token.code in self.grammar.sets(classes)

    def among(self, token: Token, name: str) -> bool:
        """Whether a token's word is in the list of [words] of this name, whatever its class."""
        return token.low in self.grammar.lists[name]


class Grammar:
    """The rules and words of knowledge/times.toml."""

    def __init__(self, raw: Mapping[str, Any], builders: Mapping[str, Callable[[Hit], Any]]) -> None:
        self.lists = {name: frozenset(words) for name, words in raw["words"].items()}
        self.numbers: Mapping[str, int] = raw["numbers"]
        self.decades: Mapping[str, int] = raw["decades"]
        self.vague: Mapping[str, int] = raw["vague"]
        self.groups: Mapping[str, list[str]] = raw["groups"]
        self.macros: Mapping[str, str] = raw["macros"]
        self.words: dict[str, str] = {}
        for name, words in raw["words"].items():
            for word in words:
                self.words.setdefault(word, class_code(name))
        for word in self.numbers:
            self.words[word] = C["NUMWORD"]
        for word in self.decades:
            self.words[word] = C["DECADEW"]
        self.words |= dict.fromkeys(WEEKDAYS, C["WDAY"])
        # Capital or not, decided when the token is made.
        self.months = dict.fromkeys(MONTHS, C["MON"]) | dict.fromkeys(("april", "june", "august"), C["NAMEMON"])
        self.months |= {name[:3]: C["MABBR"] for name in MONTH_NAMES} | {
            "sept": C["MABBR"],
            "may": C["MAY"],
            "march": C["MARCH"],
        }
        self.levels: list[list[Rule]] = [[], [], [], []]
        for rule in raw["rules"]:
            shape = _macros(rule["shape"], self.macros)
            self.levels[rule.get("level", 0)].append(
                Rule(
                    rule["name"],
                    re.compile(self._compiled(shape, named=True)),
                    self._compiled(shape, named=False),
                    builders[rule["build"]],
                    rule.get("makes"),
                    rule["confidence"],
                    rule.get("the", False),
                )
            )
        self._from: dict[tuple[int, int], re.Pattern[str]] = {}
        self._sets: dict[tuple[str, ...], frozenset[str]] = {}

    def sets(self, classes: tuple[str, ...]) -> frozenset[str]:
        if classes not in self._sets:
            self._sets[classes] = frozenset("".join(self._class(c) for c in classes).replace("[", "").replace("]", ""))
        return self._sets[classes]

    def first(self, level: int, number: int) -> re.Pattern[str]:
        """All rules of a level from the `number`-th on as one pattern; its last group tells which fitted."""
        key = level, number
        if key not in self._from:
            self._from[key] = re.compile("|".join(f"{rule.bare}()" for rule in self.levels[level][number:]) or "(?!)")
        return self._from[key]

    def _class(self, name: str) -> str:
        if name in self.groups:
            return "[" + "".join(self._class(c) for c in self.groups[name]).replace("[", "").replace("]", "") + "]"
        if name not in _CODES and not name.startswith("X"):
            raise KeyError(f"times.toml: no class {name!r}")
        return class_code(name)

    def _compiled(self, shape: str, *, named: bool) -> str:
        def piece(found: re.Match[str]) -> str:
            if found["opened"]:
                return f"(?P<{found['opened']}>" if named else "(?:"
            if found["name"]:
                inner = self._class(found["of"])
                return f"(?P<{found['name']}>{inner})" if named else inner
            if found["alone"]:
                return self._class(found["alone"])
            if found["plain"]:
                return "(?:"
            return "" if found[0].isspace() else found[0]

        result = _SHAPE.sub(piece, shape)
        return f"(?:{result})" if "|" in result else result


_SHAPE = re.compile(
    r"(?P<opened>[a-z]\d?)=\(|(?P<name>[a-z]\d?)=(?P<of>[A-Z][A-Z\d]*)|(?P<alone>[A-Z][A-Z\d]*)|(?P<plain>\((?!\?))|."
)


def _macros(shape: str, macros: Mapping[str, str]) -> str:
    for name, text in macros.items():
        shape = shape.replace("={" + name + "}", "=(" + text + ")").replace("{" + name + "}", text)
    return shape


# --- reading a sentence -----------------------------------------------------------------------------------------------


def read(grammar: Grammar, text: str, start: int, end: int) -> list[Token]:
    """The row of `text[start:end]` after all levels; tokens with a term are expressions. [] where there is none."""
    tokens = _tokens(grammar, text, start, end)
    for level in range(len(grammar.levels)):
        tokens, made = _level(grammar, tokens, level)
        if not made and level == 0:
            return []
    return tokens


def _tokens(grammar: Grammar, text: str, start: int, end: int) -> list[Token]:
    """The row of a stretch of text, an EDGE at both ends."""
    words, months = grammar.words, grammar.months
    low_code, cap_code, numbers = C["LOW"], C["CAP"], grammar.sets(("DAY", "NUM", "YEAR", "DECIMAL"))
    ampm, dash = class_code("AMPM"), C["DASH"]
    row = [Token(C["EDGE"], start, start, "")]
    for found in _TOKEN.finditer(text, start, end):
        at, stop, kind = found.start(), found.end(), found.lastgroup
        last = row[-1]
        if at < last.end:
            continue  # the full stop of an abbreviation
        low = found[0].lower()
        if kind == "word":
            if text[at].isupper():
                code = months.get(low) or (C["WABBR"] if low in _WEEKDAY_ABBREVIATIONS else words.get(low)) or cap_code
                if code in (C["MABBR"], C["WABBR"]) and text[stop : stop + 1] == ".":
                    stop += 1
            else:
                code = words.get(low, low_code)
            if last.end == at and last.code in numbers and code != ampm:
                last.code = low_code  # 5G, 20mm
        elif kind == "number":
            code = C[_number(low)]
            if last.end == at and (
                last.code == cap_code or (last.code == dash and row[-2].code == cap_code and row[-2].end == last.start)
            ):
                code = low_code  # F16, COVID-19
        elif kind == "mark":
            code = C[_MARKS.get(low, "PUNCT")]
        else:
            code = ampm if kind == "ampm" else C["ISO"] if kind == "iso" else C["POSS"]
        row.append(Token(code, at, stop, low))
    row.append(Token(C["EDGE"], end, end, ""))
    return row


def _level(grammar: Grammar, tokens: list[Token], level: int) -> tuple[list[Token], bool]:
    """The row after one level: what a rule takes is one token; and whether any rule found something."""
    row = "".join([t.code for t in tokens])
    pattern = grammar.first(level, 0)
    found = pattern.search(row)
    if not found:
        return tokens, False
    result: list[Token] = []
    done = 0
    made = False
    while found:
        at = found.start()
        built = _attempt(grammar, tokens, row, level, at, (found.lastindex or 1) - 1)
        if built:
            nodes, stop = built
            result += tokens[done:at]
            result += nodes
            done = stop
            made = made or any(n.term is not None for n in nodes)
        found = pattern.search(row, max(done, at + 1))
    return result + tokens[done:], made


def _attempt(
    grammar: Grammar, tokens: list[Token], row: str, level: int, at: int, number: int
) -> tuple[list[Token], int] | None:
    """What the first rule from the `number`-th on that fits at a place makes of it, and where it stops."""
    while True:
        rule = grammar.levels[level][number]
        match = rule.pattern.match(row, at)
        built = rule.build(Hit(tokens, match, grammar)) if match else None
        if match and built is not None:
            taken = tokens[at : match.end()]
            confidence = min(rule.confidence, *(t.confidence for t in taken))
            if isinstance(built, list):
                for token in built:
                    token.rule, token.confidence = rule.name, confidence
                return built or [Token(C["LOW"], taken[0].start, taken[-1].end, "")], match.end()
            kind = rule.makes or ""
            return [
                Token(class_code(kind), taken[0].start, taken[-1].end, "", built, rule.name, confidence, rule.the, kind)
            ], match.end()
        following = grammar.first(level, number + 1).match(row, at)
        if not following:
            return None
        number += following.lastindex or 1
