"""Dates, times and durations: text in, value out, ValueError where the text is none.

The default formats are as strict as the standard's prose: XML Schema's dateTime, `yyyy-mm-dd`, `hh:mm:ss`, gYear,
gYearMonth, duration. Other formats are patterns of strptime, or `any`, which is what dateutil can read provided that
the text says all of the value itself: `May 2031` is no date, as it has no day.

A moment without a zone is compared as if it were in UTC. Python's calendar ends at the years 1 and 9999.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from fractions import Fraction
from functools import total_ordering
from typing import Any

__all__ = [
    "FAR_FUTURE",
    "FAR_PAST",
    "Duration",
    "broken_pattern",
    "date_of",
    "datetime_of",
    "duration_of",
    "time_of",
    "year_of",
    "yearmonth_of",
]

_ZONE = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_BIG_YEAR = r"-?(?:(?!0000)[0-9]{4}|[1-9][0-9]{4,})"  # as gYear has it: no year 0, no zeros before more than 4 digits
_YEAR = re.compile(rf"({_BIG_YEAR}){_ZONE}?")
_MONTH = re.compile(rf"({_BIG_YEAR})-(0[1-9]|1[0-2]){_ZONE}?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]")
_DATETIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})T(?:([01][0-9]|2[0-3])(:[0-5][0-9]:[0-5][0-9])(?:\.([0-9]+))?|24:00:00(?:\.0+)?)"
    rf"({_ZONE})?"
)
_FAR = re.compile(r"(-)?([0-9]{4}|[1-9][0-9]{4,})(-[0-9]{2}-[0-9]{2}T.+)")  # years beyond those of Python
_DURATION = re.compile(
    r"(-)?P(?=.)(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)D)?"
    r"(?:T(?=.)(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+(?:\.[0-9]+)?)S)?)?"
)
FAR_PAST = datetime(1, 1, 1, tzinfo=UTC)
FAR_FUTURE = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
_LONGEST = 1000  # digits of a year or a part of a duration: more than any calendar has

# --- the default formats ---------------------------------------------------------------------------------------------


def _match(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    found = pattern.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        raise ValueError(text[:60])
    return found


def _to_date(text: str) -> date:
    return date.fromisoformat(_match(_DATE, text)[0])


def _to_time(text: str) -> time:
    return time.fromisoformat(_match(_TIME, text)[0])


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(str(moment)) from error


def _to_datetime(text: str) -> datetime:
    far = _FAR.fullmatch(text) if len(text) <= _LONGEST else None
    if far is not None and (far[1] or len(far[2]) > 4) and int(far[2]):
        # The calendar comes again after 400 years. In place of such a moment stands the one that is next to it.
        _to_datetime(f"{2000 + int(far[2]) % 400}{far[3]}")
        return FAR_PAST if far[1] else FAR_FUTURE
    day, hour, rest, fraction, zone = _match(_DATETIME, text).groups()
    moment = datetime.fromisoformat(f"{day}T{hour or '00'}{rest or ':00:00'}{(zone or 'Z').replace('Z', '+00:00')}")
    try:
        if hour is None:  # 24:00:00 is the first moment of the next day
            moment += timedelta(days=1)
    except OverflowError as error:
        raise ValueError(text) from error
    return _in_utc(moment + timedelta(microseconds=int((fraction or "0")[:6].ljust(6, "0"))))


def year_of(text: str) -> int:
    """A year of XML Schema's gYear; its zone, which moves it by hours, is left out."""
    return int(_match(_YEAR, text)[1])


def yearmonth_of(text: str) -> tuple[int, int]:
    """A year and a month of XML Schema's gYearMonth."""
    found = _match(_MONTH, text)
    return int(found[1]), int(found[2])


# --- patterns of strptime --------------------------------------------------------------------------------------------

# What C's strptime knows and Python's does not, in words of Python's.
_OF_C = {
    "D": "%m/%d/%y", "T": "%H:%M:%S", "R": "%H:%M", "F": "%Y-%m-%d", "e": "%d", "h": "%b", "k": "%H", "l": "%I",
    "r": "%I:%M:%S %p", "n": " ", "t": " ",
}  # fmt: skip
_OF_PYTHON = frozenset("aAwdbBmyYHIMSfpzZjUWcxXGuV%")
_DIRECTIVE = re.compile(r"%(.)?", re.DOTALL)
_YEARS = frozenset("yYGcx")


def broken_pattern(format: str) -> str | None:
    """Why a format is no pattern that strptime reads, or None where it is one."""
    if "%" not in format:
        return "is neither default, any nor a pattern with directives such as %Y"
    for found in _DIRECTIVE.finditer(format):
        if found[1] is None or found[1] not in _OF_PYTHON | _OF_C.keys():
            return f"has the directive {found[0]}, which strptime does not know"
    try:
        datetime.strptime("", _python(format))  # noqa: DTZ007 - only the pattern is tried
    except re.error:
        return "has a directive twice"
    except (ValueError, IndexError) as error:
        # That the empty text does not fit is as it should be.
        return None if "does not match" in str(error) else "is no pattern that strptime reads"
    return None


def _python(format: str) -> str:
    return _DIRECTIVE.sub(lambda found: _OF_C.get(found[1] or "", found[0]), format)


def _by_pattern(format: str) -> Callable[[str], datetime]:
    pattern = _python(format)
    if not any(found[1] in _YEARS for found in _DIRECTIVE.finditer(pattern)):
        # A day without a year is read in one that has all days.
        return lambda text: _strptime(f"2000 {text}", f"%Y {pattern}")
    return lambda text: _strptime(text, pattern)


def _strptime(text: str, pattern: str) -> datetime:
    try:
        return datetime.strptime(text, pattern)  # noqa: DTZ007 - a cell without a zone is a value too
    except (re.error, IndexError, OverflowError) as error:
        raise ValueError(text) from error


# --- any --------------------------------------------------------------------------------------------------------------

_FIRST, _SECOND = datetime(2000, 1, 1), datetime(2012, 12, 28, 11, 11)  # noqa: DTZ001 - what a text leaves open


def _zone(_name: str | None, offset: Any) -> timezone:
    """A zone by its offset alone: a name such as EST means several, and the machine's own must not matter."""
    seconds = offset if isinstance(offset, int) else 0
    return timezone(timedelta(seconds=seconds))


def _twice(text: str) -> tuple[datetime, datetime]:
    """What dateutil reads, its gaps filled in two ways: where both agree, the text says so itself."""
    from dateutil.parser import parse

    if len(text) > 100:
        raise ValueError(text[:60])
    try:
        one, other = (parse(text, default=d, tzinfos=_zone) for d in (_FIRST, _SECOND))
    except (OverflowError, TypeError, AttributeError, IndexError, ArithmeticError) as error:  # its own slips
        raise ValueError(text) from error
    return one, other


def _any_date(text: str) -> date:
    one, other = _twice(text)
    if one.date() != other.date():
        raise ValueError(text)
    return one.date()


def _any_datetime(text: str) -> datetime:
    one, other = _twice(text)
    if one.date() != other.date():
        raise ValueError(text)
    return _in_utc(one)


def _any_time(text: str) -> time:
    one, other = _twice(text)
    if one.hour != other.hour:
        raise ValueError(text)
    return one.timetz().replace(tzinfo=None)


# --- by format -------------------------------------------------------------------------------------------------------


def date_of(format: str) -> Callable[[str], date]:
    """The function for dates of a format."""
    if format in ("default", "any"):
        return _to_date if format == "default" else _any_date
    parse = _by_pattern(format)
    return lambda text: parse(text).date()


def time_of(format: str) -> Callable[[str], time]:
    """The function for times of a format; a zone is left out."""
    if format in ("default", "any"):
        return _to_time if format == "default" else _any_time
    parse = _by_pattern(format)
    return lambda text: parse(text).time()


def datetime_of(format: str) -> Callable[[str], datetime]:
    """The function for moments of a format, in UTC."""
    if format in ("default", "any"):
        return _to_datetime if format == "default" else _any_datetime
    parse = _by_pattern(format)
    return lambda text: _in_utc(parse(text))


# --- durations -------------------------------------------------------------------------------------------------------


@total_ordering
class Duration:
    """Months and seconds apart, as a month has no fixed length. Ordered as XML Schema orders durations: by what they
    come to from four moments; where the four disagree, neither is less."""

    # The months that follow each of the four moments; their calendar repeats every 400 years.
    _STARTS = ((1696, 9), (1697, 2), (1903, 3), (1903, 7))

    def __init__(self, months: int, seconds: Fraction) -> None:
        self.months, self.seconds = months, seconds

    def _ends(self) -> list[Fraction]:
        return [_days(y, m + self.months) * 86400 - _days(y, m) * 86400 + self.seconds for y, m in self._STARTS]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Duration) and (self.months, self.seconds) == (other.months, other.seconds)

    def __hash__(self) -> int:
        return 31 * self.months + int(self.seconds)

    def __lt__(self, other: Duration) -> bool:
        return all(a < b for a, b in zip(self._ends(), other._ends(), strict=True))

    def __repr__(self) -> str:
        return f"P{self.months}MT{self.seconds}S"


def _days(year: int, month: int) -> int:
    """Days from a fixed day to the first of a month of the Gregorian calendar; month may be out of 1 to 12."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    shifted = year - (month <= 2)
    return 365 * shifted + shifted // 4 - shifted // 100 + shifted // 400 + (153 * ((month + 9) % 12) + 2) // 5


def duration_of(text: str) -> Duration:
    """A duration of XML Schema: no weeks, no fraction but of the seconds."""
    sign, *numbers = _match(_DURATION, text).groups()
    years, months, days, hours, minutes = (int(n or 0) for n in numbers[:5])
    seconds = Fraction(numbers[5] or 0) + 60 * minutes + 3600 * hours + 86400 * days
    factor = -1 if sign else 1
    return Duration(factor * (12 * years + months), factor * seconds)
