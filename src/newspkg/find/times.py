"""Expressions of time: a grammar over classes of tokens, in four levels, each reading what the one below has made.

The rules are in `knowledge/times.toml`, the machine that applies them in `timegrammar`, what they build in `timedates`
and `timeterms`.

The span has every word that the value depends on ("since 2020", "the past year", "9 to 12 May"), and no more: "in",
"on" and "at" stay outside; "since", "until", "by", "before", "after", "from ... to" are inside.

What the words give by themselves is EDTF in `TimeFinding.value`; what needs an anchor is a term in
`TimeFinding.relative`, nested tuples that `link.times` works out:

    ("day", n)                      n days from publication                            today, yesterday
    ("weekday", 0-6, which)         which: None, last, this, next, or a week's offset  Tuesday, Tuesday last week
    ("month", 1-12, which)          which: None, last, this, next, or a year's offset  May, last May, May last year
    ("monthday", m, d, last, which) which as above; last: the last of several days     May 19, 27-28 February
    ("season", 21-24, which)                                                           this spring
    ("in-year", term, year)         a month, season or day in the year of another term May of that year
    ("unit", unit, n)               calendar units from the one of publication         last week, this year
    ("past", n, unit, vague)        the time up to publication                         the past two decades
    ("coming", n, unit, vague)      the time from publication on                       the next few weeks
    ("now",), ("text", unit)        the day of publication; the last time told that is exact enough for the unit
    ("then", n, unit)               units from the last time told                      that day, the following month
    (operation, term, ...)          a function of `OPERATIONS`, once the term is known  since Monday, two weeks ago
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources

from newspkg.body import Body
from newspkg.find.model import TimeFinding
from newspkg.find.timegrammar import Grammar, read
from newspkg.find.timeterms import BUILDERS

__all__ = ["find_times", "rules"]

# A sentence without any of these tells no time that a rule would find. Both cases are spelt out: a search that ignores
# case takes twice as long.
_TRIGGER = re.compile(
    r"\d|day|Day|week|Week|month|Month|year|Year|decade|Decade|century|Century|fortnight|tomorrow|Tomorrow|tonight|Tonight"
    r"|spring|Spring|summer|Summer|autumn|Autumn|winter|Winter|fall|Fall|ties|morning|evening|night|quarter|Christmas|afternoon"
    r"|January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|DAY|YEAR"
)


@cache
def _grammar() -> Grammar:
    with resources.files("newspkg").joinpath("knowledge/times.toml").open("rb") as file:
        return Grammar(tomllib.load(file), BUILDERS)


def rules() -> tuple[str, ...]:
    """The names of all rules, in the order in which they are tried."""
    return tuple(rule.name for level in _grammar().levels for rule in level)


def find_times(body: Body) -> list[TimeFinding]:
    """The expressions of time in the sentences of a body, in order. They do not overlap, and nothing raises on text."""
    grammar = _grammar()
    text = body.article.text
    found: list[TimeFinding] = []
    for sentence in body.sentences:
        if _TRIGGER.search(text, sentence.start, sentence.end):
            found += _sentence(grammar, text, sentence.start, sentence.end)
    return found


def _sentence(grammar: Grammar, text: str, start: int, end: int) -> list[TimeFinding]:
    tokens = read(grammar, text, start, end)
    found = []
    for i, token in enumerate(tokens):
        if token.term is None or token.kind == "XSHIFT":
            continue
        begin = tokens[i - 1].start if token.the and tokens[i - 1].low == "the" else token.start
        value, relative = (token.term, None) if isinstance(token.term, str) else (None, token.term)
        found.append(TimeFinding(begin, token.end, token.rule, token.confidence, value, relative))
    return found
