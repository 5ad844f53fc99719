"""The day a text was published, as newspapers print it, becomes EDTF with the place where it stands.

Only days are kept: a printed hour has no time zone, so it says nothing that a reader elsewhere could use. The span of
the evidence includes it.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from newspkg import edtf

__all__ = ["Printed", "day_in", "day_without_year", "stated"]

# Written out: the names that `calendar` gives change with the machine's locale.
_NAMES = (
    ("january", "february", "march", "april", "may", "june"),
    ("july", "august", "september", "october", "november", "december"),
)
_FULL = {name: i for i, name in enumerate((*_NAMES[0], *_NAMES[1]), 1)}
_MONTHS = _FULL | {name[:3]: i for name, i in _FULL.items()} | {"sept": 9}
_MONTH = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_ZONE = r"(?:\s?(?:GMT|UTC|CES?T|MSK|E[SD]T|BST)\b)?(?:\s?[+-]\d{1,2}(?::?\d{2})?)?"
_CLOCK = rf"\d{{1,2}}[:.]\d{{2}}(?::\d{{2}})?(?:\s?[ap]\.?m\b\.?)?{_ZONE}"

_DAY = re.compile(
    rf"""(?<![\w.,/-])(?:
        (?P<y1>\d{{4}})(?P<sep1>[-/.])(?P<m1>\d{{1,2}})(?P=sep1)(?P<d1>\d{{1,2}})
            (?:T\d{{2}}:\d{{2}}(?::\d{{2}}(?:\.\d+)?)?(?:Z|[+-]\d{{2}}:?\d{{2}})?)?
      | (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?:\ of)?[\ -](?P<m2>{_MONTH}),?[\ -](?P<y2>\d{{4}})
      | (?P<m3>{_MONTH})\ (?P<d3>\d{{1,2}})(?:st|nd|rd|th)?,?\ (?P<y3>\d{{4}})
      | (?P<d4>\d{{1,2}})(?P<sep4>[./-])(?P<m4>\d{{1,2}})(?P=sep4)(?P<y4>\d{{4}}|\d{{2}})
    )(?![\w/-]|[.,]\d)(?:(?:,|\ at|\ \||\ [-–—])?\ ?{_CLOCK})?""",
    re.VERBOSE | re.IGNORECASE,
)
_CLOCK_FIRST = re.compile(rf"{_CLOCK}\s*[,|/–—-]?\s*\Z", re.IGNORECASE)
_NO_YEAR = re.compile(
    rf"(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\ (?P<m1>{_MONTH})|(?P<m2>{_MONTH})\ (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b",
    re.IGNORECASE,
)
_ISO_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]\d{2}:?\d{2}\S*")


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed day: its EDTF value and its span in the string searched, the hour beside it included."""

    value: str
    start: int
    end: int


def day_in(line: str) -> Printed | None:
    """The first day with its year in a short string, or None. Give a line's first few hundred characters at most.

    Two numbers and a year are day first with dots or hyphens (19.07.23); with strokes (03/04/2031) they are read only
    where one of them can be no month. Years of two digits lie in 1970 to 2069. A day that no calendar has is None.
    """
    for found in _DAY.finditer(line):
        value = _value(found)
        if value:
            start = found.start()
            before = _CLOCK_FIRST.search(line[max(0, start - 20) : start])
            if before:
                start -= len(before[0])
            return Printed(value, start, found.end())
    return None


def day_without_year(line: str) -> Printed | None:
    """The first day and month without a year, as `--MM-DD` (no EDTF: it needs a year from elsewhere), or None."""
    found = _NO_YEAR.search(line)
    if not found:
        return None
    month = _MONTHS[(found["m1"] or found["m2"]).rstrip(".").lower()]
    day = int(found["d1"] or found["d2"])
    if not _exists(2024, month, day):  # a leap year: 29 February may be meant
        return None
    return Printed(f"--{month:02}-{day:02}", found.start(), found.end())


def stated(value: str) -> str | None:
    """A day of publication given from outside the text as EDTF, or None where it can be read as no date.

    Takes EDTF as it is, shortens dates with a time to the day, and reads the printed forms of `day_in`.
    """
    value = value.strip()
    with_time = _ISO_TIME.fullmatch(value)
    if with_time:
        value = with_time[1]
    if edtf.valid(value):
        return value
    found = day_in(value[:200])
    return found.value if found and found.end - found.start >= len(value) - len("Wednesday, ") else None


def _value(found: re.Match[str]) -> str | None:
    if found["y1"]:
        year, month, day = int(found["y1"]), int(found["m1"]), int(found["d1"])
    elif found["y2"]:
        year, month, day = int(found["y2"]), _MONTHS[found["m2"].rstrip(".").lower()], int(found["d2"])
    elif found["y3"]:
        year, month, day = int(found["y3"]), _MONTHS[found["m3"].rstrip(".").lower()], int(found["d3"])
    else:
        year, month, day = int(found["y4"]), int(found["m4"]), int(found["d4"])
        if year < 100:
            year += 1900 if year >= 70 else 2000
        if found["sep4"] == "/":
            if day <= 12 and month <= 12 and day != month:
                return None  # day first in most of the world, month first in some of it
            if month > 12:
                month, day = day, month
    return f"{year:04}-{month:02}-{day:02}" if 1500 <= year <= 2200 and _exists(year, month, day) else None


def _exists(year: int, month: int, day: int) -> bool:
    try:
        datetime.date(year, month, day)
    except ValueError:
        return False
    return True
