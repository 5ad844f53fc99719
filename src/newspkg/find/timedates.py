"""From a match to a date: the builders that need no anchor or only a year, and what all builders share."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from newspkg import edtf
from newspkg.find.timegrammar import MONTHS, SEASONS, Built, Hit, Term, Token, class_code

__all__ = [
    "BUILDERS",
    "NOTHING",
    "OFFSET",
    "OPERATIONS",
    "ORDINALS",
    "apply",
    "builder",
    "count_of",
    "day_of",
    "in_year",
    "integer",
    "unit_word",
    "which",
    "with_year",
]

ORDINALS = {name: i for i, name in enumerate(("first", "second", "third", "fourth", "fifth"), 1)} | {
    "eighteenth": 18,
    "nineteenth": 19,
    "twentieth": 20,
}


# --- operations on EDTF that terms name ------------------------------------------------------------------------------


def _part(value: str, which: str) -> str | None:
    """A third, or a year's first or last month for its beginning or end; a value without thirds is about itself."""
    if edtf.precision(value) == "year" and which in ("beginning", "end"):
        return edtf.about(edtf.month(edtf.bounds(value).earliest.year, 1 if which == "beginning" else 12))  # type: ignore[union-attr]
    third = edtf.part(value, {"beginning": "early", "middle": "mid", "end": "late"}.get(which, which))
    return third or edtf.about(value)


def range_of(start: str, end: str) -> str | None:
    """From one value to another; where the end lies before the beginning, the beginning is a year earlier."""
    first, last = edtf.since(start), edtf.until(end)
    if first is None or last is None:
        return None
    value = first.partition("/")[0] + "/" + last.partition("/")[2]
    if edtf.valid(value):
        return value
    moved = f"{int(value[:4]) - 1:04}{value[4:]}" if value[:4].isdigit() and int(value[:4]) > 1 else value
    return moved if edtf.valid(moved) else None


def _shift(value: str, count: float, unit: str, vague: bool) -> str | None:
    result = edtf.moved(value, count, unit)
    return edtf.about(result) if result and vague else result


OPERATIONS: Mapping[str, Callable[..., str | None]] = {
    "about": edtf.about,
    "after": edtf.after,
    "at": edtf.at,
    "before": edtf.before,
    "nth": edtf.nth,
    "part": _part,
    "range": range_of,
    "shift": _shift,
    "since": edtf.since,
    "until": edtf.until,
}


def apply(name: str, *arguments: Any) -> Term | None:
    """The value of an operation if its terms are known, else the operation as a term; None where it has no value."""
    if any(isinstance(a, tuple) for a in arguments):
        return (name, *arguments)
    return OPERATIONS[name](*arguments)


# --- what builders share ----------------------------------------------------------------------------------------------

BUILDERS: dict[str, Callable[[Hit], Built]] = {}
NOTHING: list[Token] = []  # the rule holds, and finds nothing
OFFSET = {
    "last": -1,
    "past": -1,
    "previous": -1,
    "this": 0,
    "current": 0,
    "that": 0,
    "next": 1,
    "coming": 1,
    "following": 1,
}


def builder(function: Callable[[Hit], Built]) -> Callable[[Hit], Built]:
    """Registers `_build_x` as the function that rules name "x"."""
    BUILDERS[function.__name__.removeprefix("_build_")] = function
    return function


def day_of(year: int, month: int, number: int) -> str | None:
    value = f"{year:04}-{month:02}-{number:02}"
    return value if edtf.valid(value) else None


def integer(token: Token) -> int:
    """The number of a DAY, ORD or YEAR token."""
    return int(token.low if token.low.isdigit() else token.low[:-2])


def which(hit: Hit, *names: str) -> str | None:
    """last, this or next as a captured word says it."""
    word = hit.word(*names)
    return {-1: "last", 0: "this", 1: "next"}[OFFSET[word]] if word else None


def count_of(hit: Hit, *names: str) -> tuple[float, bool]:
    """How many, and whether that is a guess."""
    tokens, grammar = hit.stretch(*names), hit.grammar
    found: list[float] = []
    vague = False
    for token in tokens:
        if token.low in grammar.numbers:
            found.append(grammar.numbers[token.low])
            vague |= token.low == "dozen"
        elif token.low[:1].isdigit():
            found.append(float(re.sub(r"[^\d.]", "", token.low[:8]).rstrip(".") or 0))
        elif token.low in grammar.vague:
            return grammar.vague[token.low], True
    half = any(t.low == "half" for t in tokens)
    if not found:
        return (0.5 if half else 1), vague
    if len(found) == 1:
        return found[0] + (0.5 if half else 0), vague
    if found[0] >= 20 and found[1] < 10 and any(hit.has(t, "DASH") for t in tokens) and found[0] % 10 == 0:
        return found[0] + found[1], vague
    return sum(found) / len(found), True


def unit_word(word: str) -> tuple[str, int]:
    """(unit, how many of it): a fortnight is two weeks, a century ten decades."""
    word = word.removesuffix("s")
    return {"fortnight": ("week", 2), "century": ("decade", 10)}.get(word, (word, 1))


@builder
def _build_nothing(_: Hit) -> Built:
    return NOTHING


@builder
def _build_same(hit: Hit) -> Built:
    return hit.term("t")


@builder
def _build_iso(hit: Hit) -> Built:
    value = hit.word("d").upper()
    if len(value) > 10 and (len(value) == 16 or value[16] != ":"):
        value = f"{value[:16]}:00{value[16:]}"
    if len(value) > 22 and value[-3] != ":":
        value = f"{value[:-2]}:{value[-2:]}"
    return value if edtf.valid(value) else None


def _two_digits(year: str) -> int:
    return int(year) if len(year) == 4 else int(year) + (1900 if int(year) >= 70 else 2000)


@builder
def _build_dotted(hit: Hit) -> Built:
    first, month, last = hit.word("d").split(".")
    if len(first) == 4 and len(last) <= 2:
        return day_of(int(first), int(month), int(last))
    if len(last) == 4 or (len(last) == len(month) == len(first) == 2):
        return day_of(_two_digits(last), int(month), int(first))
    return None  # a version number


@builder
def _build_slashed(hit: Hit) -> Built:
    """Day first or month first where only one can be; else some day of that year."""
    a, b, c = hit.word("d").split("/")
    if len(a) == 4:
        return day_of(int(a), int(b), int(c))
    if len(c) not in (2, 4):
        return None
    readings = {v for v in (day_of(_two_digits(c), int(b), int(a)), day_of(_two_digits(c), int(a), int(b))) if v}
    if len(readings) == 2:
        return f"{_two_digits(c):04}-XX-XX"
    return readings.pop() if readings else None


@builder
def _build_day_month_year(hit: Hit) -> Built:
    month, year = MONTHS[hit.word("m").rstrip(".")], int(hit.word("y"))
    first, last = hit.get("d"), hit.get("e")
    assert first
    start = day_of(year, month, integer(first))
    end = day_of(year, month, integer(last)) if last else None
    return range_of(start, end) if start and end else start if not last else None


@builder
def _build_day_month(hit: Hit) -> Built:
    month = MONTHS[hit.word("m").rstrip(".")]
    first, last = hit.get("d"), hit.get("e")
    assert first
    day, until = integer(first), integer(last) if last else None
    if not day_of(2024, month, day) or (until and (until <= day or not day_of(2024, month, until))):
        return None
    ranged = hit.has(hit.before(2), "MONTH", "DAY", "ORD")  # "30 June-1 July"; but not "zone-5 May"
    if hit.has(hit.before(), "CUR", "DASH") and hit.before().end == first.start and not ranged:
        return None
    which: str | int | None = None
    if hit.named("x"):
        if hit.word("v") != "year":
            return None
        if hit.word("x") in ("that", "previous", "following"):
            return in_year(("monthday", month, day, until, None), ("then", OFFSET[hit.word("x")], "year"))
        which = OFFSET[hit.word("x")]
    return ("monthday", month, day, until, which)


def in_year(term: Term, year: Term) -> Term | None:
    """A term without a year, in the year that another gives."""
    if isinstance(year, str):
        return with_year(term, int(year[:4]))
    return ("in-year", term, year)


def with_year(term: Term, year: int) -> Term | None:
    """A month, a day of a month or the parts of either, put into a year."""
    if isinstance(term, str):
        return term
    if term[0] == "month":
        return edtf.month(year, term[1]) if term[2] is None else term
    if term[0] == "season":
        return edtf.season(year, term[1]) if term[2] is None else term
    if term[0] == "monthday":
        _, month, day, until, which = term
        if which is not None:
            return term
        start, end = day_of(year, month, day), day_of(year, month, until) if until else None
        return range_of(start, end) if start and end else start
    if term[0] in OPERATIONS and isinstance(term[1], tuple):
        inner = with_year(term[1], year)
        return apply(term[0], inner, *term[2:]) if inner else None
    return term


@builder
def _build_day_list(hit: Hit) -> Built:
    """Each day of "5, 7 and 9 May"; two that follow on each other or stand after "between" are an interval."""
    month = hit.get("m")
    year = hit.get("y")
    days = [t for t in (hit.get(n) for n in "abcd") if t]
    assert month
    number = MONTHS[month.low.rstrip(".")]
    if any(not day_of(int(year.low) if year else 2024, number, integer(t)) for t in days):
        return None
    first, last = integer(days[0]), integer(days[-1])

    def term(start: int, end: int | None = None) -> Term | None:
        bare = ("monthday", number, start, end, None)
        return with_year(bare, int(year.low)) if year else bare

    if len(days) == 2 and (last == first + 1 or (hit.has(hit.before(), "BETWEEN") and last > first)):
        return term(first, last)
    kind = "XDAY" if year else "XMD"
    found = []
    for i, token in enumerate(days):
        # The month goes with the day beside it, the year with the last.
        start = (
            min(token.start, month.start)
            if abs(token.start - month.start) < 20 and (i == 0) == (month.start < token.start)
            else token.start
        )
        end = (
            max(token.end, month.end if month.start > token.start else 0, year.end if year else 0)
            if i == len(days) - 1
            else token.end
        )
        built = term(integer(token))
        if built is None:
            return None
        found.append(Token(class_code(kind), start, end, "", built, kind=kind))
    return found


@builder
def _build_month_year(hit: Hit) -> Built:
    year = hit.get("y")
    assert year
    if hit.has(hit.tokens[hit.match.end() - 2], "COMMA") and hit.among(hit.behind(), "COUNTED"):
        return None
    return edtf.month(int(year.low), MONTHS[hit.word("m").rstrip(".")])


_ALWAYS = ("IN", "SINCE", "UNTIL", "DURING", "EARLY", "LATE", "MID", "BETWEEN", "THROUGH", "BEYOND")
_OFTEN = ("BY", "FROM", "TO", "OF", "BEFORE", "AFTER", "ABOUT", "POSS", "THE")
_JOINS = ("AND", "OR", "TO", "DASH", "COMMA", "UNTIL", "THROUGH")


@builder
def _build_month(hit: Hit) -> Built:
    number = MONTHS[hit.word("m").rstrip(".")]
    named = hit.match.re.groupindex
    if "v" in named:
        if hit.word("v") != "year":
            return None
        if hit.word("x") in ("that", "previous", "following"):
            return in_year(("month", number, None), ("then", OFFSET[hit.word("x")], "year"))
        return ("month", number, OFFSET[hit.word("x")])
    if "x" in named:
        return ("month", number, which(hit, "x"))
    token, before, behind = hit.get("m"), hit.before(), hit.behind()
    assert token
    if hit.has(before, "DASH") and hit.has(hit.before(2), "EARLY", "LATE", "MID"):
        return ("month", number, None)
    if not hit.has(
        token, "MON"
    ):  # April, June, August may be people; May and March are verbs at the head of a sentence
        other = (hit.has(behind, *_JOINS) and hit.has(hit.behind(1), "MONTH")) or (
            hit.has(before, *_JOINS) and hit.has(hit.before(2), "MONTH", "YEAR", "XMY", "XMONTH", "XMD", "XDAY")
        )
        often = (
            hit.has(before, *_OFTEN)
            and not hit.has(behind, "CAP", "BE")
            and not (hit.has(token, "MARCH") and hit.has(behind, "ON", "FOR", "TO"))
        )
        if not (hit.has(before, *_ALWAYS) or other or often):
            return None
        if hit.has(token, "MARCH") and hit.has(before, "THE") and not hit.has(behind, "LOW"):
            return None
    return ("month", number, None)


@builder
def _build_season_year(hit: Hit) -> Built:
    code = SEASONS[hit.word("s")]
    year = int(hit.word("y", "y2")[:4])
    if hit.word("s") in ("spring", "fall") and hit.has(hit.before(), "LOW") and not hit.has(hit.before(2), "THE"):
        return None  # "prices fall 2020 points"
    return edtf.season(year, code)


@builder
def _build_season(hit: Hit) -> Built:
    word = hit.word("s")
    code = SEASONS[word]
    if hit.named("v"):
        if hit.word("v") != "year":
            return None
        if hit.word("x") in ("that", "previous", "following"):
            return in_year(("season", code, None), ("then", OFFSET[hit.word("x")], "year"))
        return ("season", code, OFFSET[hit.word("x")])
    if hit.named("x"):
        return ("season", code, which(hit, "x"))
    before, behind = hit.before(), hit.behind()
    if word == "fall":
        fits = (
            hit.has(before, "THE")
            and hit.has(hit.before(2), "IN", "BY", "DURING", "SINCE", "UNTIL", "BEFORE")
            and not hit.has(behind, "OF", "IN")
        )
    else:
        fits = hit.has(before, "THE", "IN", "BY", "SINCE", "UNTIL", "DURING", "EARLY", "LATE", "MID", "BEFORE", "AFTER")
        fits = (
            fits and not hit.has(behind, "OF", "CAP", "AND") and not (hit.has(before, "THE") and hit.has(behind, "LOW"))
        )
    return ("season", code, None) if fits else None


_NO_PLURAL = frozenset(
    ("says", "does", "plus", "perhaps", "towards", "versus", "across", "thus", "sees", "remains", "always", "overseas")
)


@builder
def _build_year(hit: Hit) -> Built:
    """Four digits as a year, by their neighbours: "the 2020 war", "in 1813", but not "2020 troops", "some 2000"."""
    token, before, behind = hit.get("y"), hit.before(), hit.behind()
    assert token
    year = int(token.low)
    recent, hundred = 1900 <= year <= 2069, year % 100 == 0
    strict = hit.has(
        before,
        "IN",
        "SINCE",
        "UNTIL",
        "BY",
        "BEFORE",
        "AFTER",
        "BEYOND",
        "EARLY",
        "LATE",
        "MID",
        "THROUGH",
        "FROM",
        "DURING",
    )
    plural = hit.has(behind, "LOW", "COUNTED") and behind.low.endswith("s") and behind.low not in _NO_PLURAL
    joined = hit.has(before, "DASH") and before.end == token.start  # "post-2020"
    named = joined or hit.has(before, "THE", "POSS", "THIS", "THAT", "HIS") or hit.has(hit.before(2), "THE")
    if hit.has(before, "CUR") or hit.has(behind, "PCT", "UNIT", "UNITS", "HOURS", "COUNTED", "CENTURIES"):
        return None
    if hit.among(before, "LABEL") or (hit.has(before, "DOT") and hit.among(hit.before(2), "LABEL")):
        return None
    if (
        hit.has(behind, "DASH")
        and behind.start == token.end
        and hit.behind(1).start == behind.end
        and not (recent and not hundred)
    ):
        return None
    if hit.has(before, "DECIMAL", "NUM", "DAY") or (
        hit.has(before, "DASH") and before.end == token.start and hit.has(hit.before(2), "DAY", "NUM", "YEAR")
    ):
        return None
    if hit.among(before, "MEASURE"):
        later = before.low == "than" and hit.before(2).low in ("earlier", "later", "rather", "other", "sooner")
        near = before.low in ("about", "around", "over") and recent and not hundred and not hit.has(behind, "LOW")
        if not (later or near):
            return None
    if not recent or hundred:
        strict = strict or before.low == "circa"
        fits = (strict and not plural) or (
            hit.has(before, "THE") and hit.has(behind, "LOW", "CAP") and not plural and not (hundred and not recent)
        )
        return edtf.year(year) if fits else None
    return None if plural and not (named or strict or hit.has(before, "CAP", "EDGE")) else edtf.year(year)


@builder
def _build_year_span(hit: Hit) -> Built:
    """2020-2023, 2019-20, 2019/20; 2020-11 is a month, as 2009-10 cannot be."""
    span = hit.get("y2")
    if span:
        first, second = span.low.split("/")[0], span.low.split("/")[-1]
    else:
        start, end = hit.get("y"), hit.get("z")
        assert start
        assert end
        first, second = start.low, end.low
        dash = hit.tokens[hit.match.start() + 1]
        tight = start.end == dash.start and dash.end == end.start
        if hit.has(hit.before(), "CUR") or not second.isdigit() or (len(second) != 4 and not tight):
            return None
        if hit.has(hit.behind(), "COUNTED", "UNITS", "HOURS", "PCT"):
            return None
    if len(second) == 2:
        if int(second) <= int(first[2:]):
            value = f"{first}-{second}"
            return value if not span and 1 <= int(second) <= 12 and edtf.valid(value) else None
        second = first[:2] + second
    return f"{first}/{second}" if len(second) == 4 and int(first) < int(second) <= int(first) + 400 else None


@builder
def _build_decade(hit: Hit) -> Built:
    token, before = hit.get("k", "k2"), hit.before()
    assert token
    licensed = hit.has(before, "THE", "EARLY", "LATE", "MID") or (
        hit.has(before, "DASH", "APOS") and hit.has(hit.before(2), "THE", "EARLY", "LATE", "MID")
    )
    if hit.has(token, "DECADEW"):
        return edtf.decade(hit.grammar.decades[token.low]) if licensed and not hit.has(hit.before(2), "HIS") else None
    if hit.has(token, "DECADE2"):
        number = int(token.low[:2])
        return edtf.decade(number + (1900 if number >= 30 else 2000)) if licensed else None
    year = int(token.low[:4])
    if hit.has(token, "YEAR"):
        return (
            edtf.decade(year)
            if year % 10 == 0 and hit.has(before, "THE", "EARLY", "LATE") and not hit.has(hit.behind(), "LOW")
            else None
        )
    if not 1000 <= year <= 2199 or year % 10:
        return None
    return f"{year // 100}XX" if year % 100 == 0 and year < 2000 else edtf.decade(year)


@builder
def _build_century(hit: Hit) -> Built:
    word = hit.word("o")
    number = ORDINALS.get(word) or int(re.sub(r"\D", "", word))
    return f"{number - 1:02}XX" if 2 <= number <= 22 else None
