"""The Extended Date/Time Format (ISO 8601-2, as the Library of Congress writes it down): levels 0 and 1, profiled.

    2020  2020-11  2020-11-09           a year, a month, a day                       level 0
    2023-07-19T14:00:00Z                a moment; Z, +04:00, +04 or no zone          level 0
    2020-09-27/2020-11-10               an interval, both ends in it                 level 0
    2020-11~  2020?  2021-23%           about, uncertain, both                       level 1
    201X  20XX  2020-XX  2020-11-XX     digits that are not stated                   level 1
    2021-21 -22 -23 -24                 spring, summer, autumn, winter               level 1
    2021-05/..  ../2008  2021/  /2008   an end that is open (..) or unknown (empty)  level 1

Narrower than level 1 on purpose: years are 0001 to 9999 (what a calendar date can hold: no year 0, no negative years,
no `Y170002`), 24:00:00 is written as the next day's 00:00:00, and an interval needs one end that says something and no
beginning after its end. Sets, components with marks of their own and sub-year groupings beyond 24 are level 2 and left
out.

What the standard leaves to its users, and this project decides:

- Seasons are those of northern meteorology: spring is March to May, summer June to August, autumn September to
  November, winter December to February of the next year (`2022-24` ends in February 2023).
- `~`, `?` and `%` do not move the bounds: "about November 2020" is bounded by that November.
- A week and a quarter have no form at these levels; an interval of seven days is as exact as a `week`, one of a
  calendar quarter's three months (`2022-07/2022-09`) as a `season`.
- Early, mid and late are thirds, an interval with both ends approximate: late 2021 is `2021-09~/2021-12~`, mid-December
  `2020-12-11~/2020-12-20~`, the early 1990s `1990~/1993~` (see `part`).
"""

from __future__ import annotations

import calendar
import datetime
import re
from functools import lru_cache
from typing import NamedTuple

__all__ = [
    "PRECISIONS",
    "about",
    "after",
    "at",
    "before",
    "bounds",
    "compare",
    "contains",
    "day",
    "decade",
    "interval",
    "month",
    "moved",
    "nth",
    "overlap",
    "part",
    "precision",
    "season",
    "since",
    "span",
    "until",
    "valid",
    "week",
    "year",
]

PRECISIONS = ("minute", "day", "week", "month", "season", "year", "decade", "range", "open")

SPRING, SUMMER, AUTUMN, WINTER = 21, 22, 23, 24

_SINGLE = re.compile(
    r"""(?P<year>[0-9]{4}|[0-9]{3}X|[0-9]{2}XX)
        (?:-(?P<month>0[1-9]|1[0-2]|2[1-4]|XX)
           (?:-(?P<day>0[1-9]|[12][0-9]|3[01]|XX)
              (?P<time>T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:Z|[+-](?:0[0-9]|1[0-3])(?::[0-5][0-9])?|[+-]14(?::00)?)?)?
           )?
        )?
        (?P<mark>[?~%])?""",
    re.VERBOSE,
)
_DAY = datetime.timedelta(days=1)


class Bounds(NamedTuple):
    """The first and the last day that a value admits; None where that end is open or unknown."""

    earliest: datetime.date | None
    latest: datetime.date | None


class _Reading(NamedTuple):
    bounds: Bounds
    precision: str
    bare: bool  # may stand in an interval: no clock time, no unstated digits


# --- reading -----------------------------------------------------------------------------------------------------


def valid(value: str) -> bool:
    """Whether a string is EDTF of levels 0 and 1 within this project's profile."""
    return _read(value) is not None


def bounds(value: str) -> Bounds:
    """The first and last day that a value admits, both in it; None for an open or unknown end.

    A moment is bounded by the day it is written with, whatever its zone. Raises ValueError for what is not `valid`.
    """
    return _known(value).bounds


def precision(value: str) -> str:
    """How exact a value is: one of `PRECISIONS`. Raises ValueError for what is not `valid`.

    What is not stated does not count: `2020-11-XX` is as exact as a month, `20XX` is a range. An interval is a week if
    it has seven days, a season if it is a calendar quarter, open if one end is open or unknown, a range otherwise.
    """
    return _known(value).precision


def _known(value: str) -> _Reading:
    reading = _read(value)
    if reading is None:
        raise ValueError(
            f"{value!r} is no EDTF value of levels 0 and 1; write it as 2020-11-09, 2020 or 2020-09/2020-11"
        )

    return reading


@lru_cache(maxsize=65536)  # a package of millions of rows has few distinct dates
def _read(value: str) -> _Reading | None:
    if "/" not in value:
        return _single(value)
    first, _, second = value.partition("/")
    start, end = _end(first), _end(second)
    if start is None or end is None or not (start.bare and end.bare):
        return None
    earliest, latest = start.bounds.earliest, end.bounds.latest
    if earliest is None and latest is None:
        return None
    if earliest is None or latest is None:
        return _Reading(Bounds(earliest, latest), "open", False)
    if earliest > latest:
        return None
    exact = "range"
    if start.precision == end.precision == "day" and (latest - earliest).days == 6:
        exact = "week"
    elif start.precision == end.precision == "month" and earliest.year == latest.year:
        exact = "season" if earliest.month % 3 == 1 and latest.month == earliest.month + 2 else "range"
    return _Reading(Bounds(earliest, latest), exact, False)


def _end(value: str) -> _Reading | None:
    return _Reading(Bounds(None, None), "open", True) if value in ("", "..") else _single(value)


def _single(value: str) -> _Reading | None:
    found = _SINGLE.fullmatch(value)
    if not found:
        return None
    years, months, days, time, mark = found["year"], found["month"], found["day"], found["time"], found["mark"]
    first, last = int(years.replace("X", "0")), int(years.replace("X", "9"))
    if last == 0 or (first == 0 and "X" not in years):
        return None
    first = max(first, 1)
    unstated = "X" in value
    # Level 1 lets digits be unstated from the right only, and gives such a value no mark.
    if unstated and (mark or time or ("X" in years and months) or (months == "XX" and days not in (None, "XX"))):
        return None
    if mark and time:
        return None
    if months is None or months == "XX":
        precise = {0: "year", 1: "decade", 2: "range"}[years.count("X")]
        return _Reading(Bounds(datetime.date(first, 1, 1), datetime.date(last, 12, 31)), precise, not unstated)
    number = int(months)
    if number > 12:
        if days is not None or (number == WINTER and first == datetime.MAXYEAR):
            return None
        return _Reading(_season_bounds(first, number), "season", True)
    if days is None or days == "XX":
        closing = datetime.date(first, number, calendar.monthrange(first, number)[1])
        return _Reading(Bounds(closing.replace(day=1), closing), "month", not unstated)
    if int(days) > calendar.monthrange(first, number)[1]:
        return None
    date = datetime.date(first, number, int(days))
    return _Reading(Bounds(date, date), "minute" if time else "day", not time)


def _season_bounds(of_year: int, code: int) -> Bounds:
    start = datetime.date(of_year, 3 * (code - SPRING) + 3, 1)
    closing = (of_year + 1, 2) if code == WINTER else (of_year, start.month + 2)
    return Bounds(start, datetime.date(*closing, calendar.monthrange(*closing)[1]))


# --- comparing -----------------------------------------------------------------------------------------------------


def compare(a: str, b: str) -> int | None:
    """-1 if all of `a` lies before all of `b`, 1 if after; 0 if both admit the same days; None where they overlap.

    Raises ValueError for what is not `valid`.
    """
    first, second = bounds(a), bounds(b)
    if first == second:
        return 0
    if first.latest and second.earliest and first.latest < second.earliest:
        return -1
    if first.earliest and second.latest and first.earliest > second.latest:
        return 1
    return None


def overlap(a: str, b: str) -> bool:
    """Whether there is a day that both admit; an open or unknown end excludes none."""
    return compare(a, b) in (0, None)


def contains(outer: str, inner: str) -> bool:
    """Whether every day that `inner` admits is admitted by `outer`."""
    out, into = bounds(outer), bounds(inner)
    after = out.earliest is None or (into.earliest is not None and out.earliest <= into.earliest)
    return after and (out.latest is None or (into.latest is not None and into.latest <= out.latest))


# --- making --------------------------------------------------------------------------------------------------------


def year(number: int) -> str:
    """`2020`; raises ValueError outside 1 to 9999."""
    return f"{datetime.date(number, 1, 1).year:04}"


def month(of_year: int, number: int) -> str:
    """`2020-11`; raises ValueError where there is none."""
    return datetime.date(of_year, number, 1).isoformat()[:7]


def day(date: datetime.date) -> str:
    """`2020-11-09`."""
    return f"{date.year:04}-{date.month:02}-{date.day:02}"  # not isoformat: a datetime is a date too


def season(of_year: int, code: int) -> str:
    """`2022-21` for a code from 21 (spring) to 24 (winter); raises ValueError for another."""
    if not SPRING <= code <= WINTER:
        raise ValueError(f"{code} is no season; they are 21 (spring) to 24 (winter)")
    return f"{year(of_year)}-{code}"


def decade(number: int) -> str:
    """`199X` for any year of the 1990s."""
    return f"{year(number)[:3]}X"


def week(date: datetime.date) -> str:
    """The week, Monday to Sunday, in which a day lies, as an interval of seven days."""
    monday = date - datetime.timedelta(days=date.weekday())
    return f"{day(monday)}/{day(monday + 6 * _DAY)}"


def interval(start: str | None, end: str | None) -> str:
    """From the beginning of one value to the end of another; None is an open end. Raises ValueError if that is none."""
    value = f"{start or '..'}/{end or '..'}"
    _known(value)
    return value


def span(earliest: datetime.date | None, latest: datetime.date | None) -> str:
    """The shortest value with these bounds: a day, month, year or decade where they are one, else an interval of the
    coarsest ends. Raises ValueError where both are None or the first is after the second."""
    if earliest is None or latest is None:
        return interval(day(earliest) if earliest else None, day(latest) if latest else None)
    first, last = day(earliest), day(latest)
    if first == last:
        return first
    if first[5:] == "01-01" and last[5:] == "12-31":
        if first[:4] == last[:4]:
            return first[:4]
        if first[:3] == last[:3] and (first[3], last[3]) == ("0", "9"):
            return f"{first[:3]}X"
        return interval(first[:4], last[:4])
    if first[8:] == "01" and int(last[8:]) == calendar.monthrange(latest.year, latest.month)[1]:
        return first[:7] if first[:7] == last[:7] else interval(first[:7], last[:7])
    return interval(first, last)


def about(value: str, mark: str = "~") -> str:
    """A value as approximate (`~`), uncertain (`?`) or both (`%`); an interval gets the mark at each stated end.

    A value that has a mark keeps it. A moment is marked by its day, a value with unstated digits by its bounds, as
    neither can bear a mark itself. Raises ValueError for what is not `valid` or for another mark.
    """
    if mark not in ("~", "?", "%"):
        raise ValueError(f"{mark!r} marks nothing; use ~, ? or %")
    value = _stated(value)
    return "/".join(e if e in ("", "..") or e[-1] in "~?%" else e + mark for e in value.split("/"))


def part(value: str, which: str) -> str | None:
    """The early, mid or late third of a decade (years), a year or season (months) or a month (days), approximate ends.

    Four months each of a year and one each of a season; days 1-10, 11-20 and 21 to the end of a month; years 0-3, 4-6
    and 7-9 of a decade. None for any other value, as a third of a day or of a range says nothing. Raises ValueError for
    what is not `valid` and KeyError where `which` is not "early", "mid" or "late".
    """
    (earliest, latest), exact, _ = _known(value)
    third = {"early": 0, "mid": 1, "late": 2}[which]
    if earliest is None or latest is None:
        return None
    if exact == "decade":
        first, last = ((0, 3), (4, 6), (7, 9))[third]
        base = latest.year - 9
        return about(interval(year(base + first), year(base + last)))
    if exact == "year":
        return about(interval(month(earliest.year, 4 * third + 1), month(earliest.year, 4 * third + 4)))
    if exact == "season":
        at = earliest.month - 1 + third
        return about(month(earliest.year + at // 12, at % 12 + 1))
    if exact == "month":
        first_day, last_day = ((1, 10), (11, 20), (21, latest.day))[third]
        return about(interval(day(earliest.replace(day=first_day)), day(earliest.replace(day=last_day))))
    return None


# --- reckoning -----------------------------------------------------------------------------------------------------


def since(value: str) -> str | None:
    """From the beginning of a value on: `2022-12` -> `2022-12/..`; None where its beginning is open."""
    return _stretch(_stated(value).partition("/")[0], "..")


def until(value: str) -> str | None:
    """Up to the end of a value, which is in it: `2008` -> `../2008`; None where its end is open."""
    return _stretch("..", _stated(value).rpartition("/")[2])


def before(value: str) -> str | None:
    """Up to the year, month or day before a value: `2020` -> `../2019`; None where its beginning is open."""
    earliest, exact = bounds(value).earliest, precision(value)
    if earliest is None or earliest == datetime.date.min:
        return None
    return _stretch("..", _day_as(earliest - _DAY, exact))


def after(value: str) -> str | None:
    """From the year, month or day after a value on: `2024` -> `2025/..`; None where its end is open."""
    latest, exact = bounds(value).latest, precision(value)
    if latest is None or latest == datetime.date.max:
        return None
    return _stretch(_day_as(latest + _DAY, exact), "..")


def at(value: str, clock: str, zone: str = "") -> str | None:
    """A day with an hour, `clock` as 14:05:00 and `zone` as Z or nothing; None where the value is no single day."""
    moment = f"{value.rstrip('~?%')}T{clock}{zone}"
    return moment if precision(value) == "day" and valid(moment) else None


def moved(value: str, count: float, unit: str) -> str | None:
    """What lies `count` days, weeks, months, years or decades after a value (before it where negative).

    As exact as the unit, not as the value: two months after 2020-11-09 is 2021-01, four years after 2016-04 is 2020,
    and what is counted in weeks or decades is approximate. An interval is left by its nearer end. None where the value
    is too vague for the unit (a week after some year), or the result is out of the calendar.
    """
    earliest, latest = bounds(value)
    base = latest if count > 0 else earliest
    if base is None:
        return None
    order = ("day", "month", "year", "decade").index({"week": "day"}.get(unit, unit))
    exact = precision(value)
    rank = {"minute": 0, "day": 0, "week": 0, "month": 1, "season": 2, "year": 2, "decade": 3}.get(exact)
    if rank is None:  # a range: what counts is how exactly its ends are told
        end = value.rpartition("/")[2] if count > 0 else value.partition("/")[0]
        rank = {"day": 0, "month": 1}.get(precision(end), 2) if end not in ("", "..") else 2
    if rank > order:
        return None
    try:
        if unit in ("day", "week"):
            date = base + datetime.timedelta(days=round(count * (7 if unit == "week" else 1)))
            return day(date) + ("~" if unit == "week" or count % 1 else "")
        if unit == "month":
            months = base.year * 12 + base.month - 1 + round(count)
            return month(months // 12, months % 12 + 1)
        years = count * 10 if unit == "decade" else count
        if years % 1 and rank <= 1:  # half years are told by their month
            months = base.year * 12 + base.month - 1 + round(years * 12)
            return month(months // 12, months % 12 + 1) + "~"
        return year(base.year + round(years)) + ("~" if unit == "decade" or years % 1 else "")
    except (ValueError, OverflowError):
        return None


def nth(value: str, number: int, unit: str) -> str | None:
    """The `number`-th half, quarter, month, week, day or year of a value (-1: the last); None where there is none."""
    (earliest, latest), exact = bounds(value), precision(value)
    if earliest is None or latest is None or number == 0 or number < -1:
        return None
    if unit in ("half", "quarter") and exact == "year":
        parts = 2 if unit == "half" else 4
        number = parts if number == -1 else number
        size = 12 // parts
        return (
            interval(f"{value[:4]}-{(number - 1) * size + 1:02}", f"{value[:4]}-{number * size:02}")
            if 1 <= number <= parts
            else None
        )
    if unit == "half" and exact in ("month", "decade") and number <= 2:
        if exact == "decade":
            return interval(year(earliest.year + 5 * (number != 1)), year(earliest.year + (4 if number == 1 else 9)))
        middle = earliest.replace(day=15)
        return span(earliest, middle) if number == 1 else span(middle + _DAY, latest)
    step = {"day": 1, "week": 7}.get(unit)
    if step and exact in ("month", "season", "year"):
        start = latest - (step - 1) * _DAY if number == -1 else earliest + (number - 1) * step * _DAY
        stop = start + (step - 1) * _DAY
        if not earliest <= start <= latest:
            return None
        return day(start) if step == 1 else about(span(start, min(stop, latest)))
    if unit == "month" and exact in ("year", "season"):
        months = earliest.month - 1 + (number - 1 if number > 0 else (2 if exact == "season" else 11))
        result = month(earliest.year + months // 12, months % 12 + 1)
        return result if contains(value, result) else None
    if unit == "year" and exact == "decade":
        return year(latest.year if number == -1 else earliest.year + number - 1) if number <= 10 else None
    return None


def _stated(value: str) -> str:
    """A value that may stand in an interval: unstated digits and hours give way to its bounds."""
    reading = _known(value)
    if "/" in value or reading.bare:
        return value
    shortest = span(*reading.bounds)
    return f"{shortest[:3]}0/{shortest[:3]}9" if shortest.endswith("X") else shortest


def _stretch(start: str, end: str) -> str | None:
    value = f"{start}/{end}"
    return value if valid(value) else None


def _day_as(date: datetime.date, exact: str) -> str:
    """A day, or the month or year that has it, as exactly as `exact`."""
    if exact in ("year", "decade"):
        return day(date)[:4]
    return day(date)[:7] if exact in ("month", "season") else day(date)
