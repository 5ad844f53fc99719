"""What an expression of time means: the day of publication, another time of the text, or nothing to count from.

Conventions, after what English news does (each has a case):

- A bare weekday is the last one up to publication, that day included; where the clause speaks of the future, the next.
- A month, season or day without a year is the last one up to publication; where the clause speaks of the future, the
  next. A day or month told after a full date of another year goes on from there ("On 27 September 2020 ... On 10
  October ...") if that is at most `GOES_ON` days later and it is not just before publication either, or if the year
  stands in the same sentence. A date in brackets is a reference that no tale goes on from.
- "last May" is the May before; "last week", "this month", "next year" are calendar units counted from publication.
- "two weeks earlier", "the day before", "that year" count from the last time told before them in their paragraph or
  section that is exact enough; if there is none they mean nothing (value and bounds empty, anchor `none`).
- Where the day of publication is known only within an interval, both its ends are tried. If they agree, or if one
  weekday only lies in the interval, that is the value; else the value is the interval that holds both.
"""

from __future__ import annotations

import datetime
import re
from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from newspkg import edtf, ids
from newspkg.body import Body
from newspkg.find.model import TimeFinding
from newspkg.find.timedates import OPERATIONS, with_year
from newspkg.find.timegrammar import SEASONS, Term

__all__ = ["GOES_ON", "link_times"]

GOES_ON = 100  # days: a tale of a past year seldom leaps further from one date to the next; a return to the present may
_REACH = 30  # times told: farther back is nothing that "two days later" points to
_NEWS = 14  # days before publication that news is about: a date that can be one of them is
_WIDEST = 62  # days: a publication known no better than this anchors nothing that is more exact than itself
_DAY = datetime.timedelta(days=1)

# Words near a time that say on which side of publication it lies.
_FUTURE = re.compile(
    r"\b(?:will|shall|would|won't|(?:he|she|it|they)'ll|going to|(?:is|are) to|to be held|scheduled (?:for|to)"
    r"|(?:is|are|was|were) (?:due|set|scheduled|expected|planned|slated|supposed|likely|about)"
    r"|(?:plan|plans|planned|planning|intends?|expects?|hopes?|agreed|wants?|promised|vowed|prepares?) to"
    r"|invit\w{1,7}(?: [\w'-]{1,20}){0,8} to|(?:postponed|moved|delayed|put off) (?:to|until)"
    r"|(?:could|(?-i:may)|might)(?: not)? (?!not |have )[a-z]\w{1,20}"
    r"|upcoming|forthcoming|ahead of|in the run-up to|deadline|expires?)\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:was|were|had|did|said|told|met|held|took|began|spoke|came|went|made|gave|left|fell|broke|wrote|signed|killed"
    r"|has been|have been|since|\w{3,20}ed)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[;:\"“”]|, (?:and|but|while|whereas|yet)\b")  # what stands before it is told of another time
_NEAR = 160  # characters on either side that are looked at


@dataclass(slots=True)
class _Known:
    """A time of the text that is already linked."""

    time_id: str
    start: int
    section: int
    block: int
    sentence: int
    value: str
    precision: str
    explicit: bool


class _Unanchored(Exception):  # noqa: N818 - no error: the way out of a nested term
    """There is nothing to count from, or the term says too little."""


def link_times(body: Body, findings: Sequence[TimeFinding]) -> list[dict[str, Any]]:
    """Rows of `times`, one for each finding and in their order; keys as in the schema.

    `anchor` says what the value rests on: `explicit` (the words alone), `publication`, `text` (then `anchor_time_id` is
    the row counted from, always an earlier one) or `none` (no value). Nothing raises on text.
    """
    document = ids.document_id(body.article.sha256)
    text = body.article.text
    starts = [s.start for s in body.sentences]
    sections = list(accumulate(int(b.kind == "heading") for b in body.blocks))
    known: deque[_Known] = deque(maxlen=_REACH)
    rows = []
    for finding in findings:
        at = max(0, bisect_right(starts, finding.start) - 1)
        sentence = body.sentences[at] if body.sentences else None
        block = sentence.block if sentence else 0
        section = sections[block] if sections else 0
        value, anchor, source = finding.value, "explicit", None
        if value is None:
            link = _Link(body, finding, known, section, block, at)
            value, anchor, source = link.resolve()
        precise = edtf.precision(value) if value else None
        bounds = edtf.bounds(value) if value else edtf.Bounds(None, None)
        time_id = ids.span_id(document, "times", finding.start, finding.end)
        if value and precise:
            known.append(_Known(time_id, finding.start, section, block, at, value, precise, anchor == "explicit"))
        rows.append(
            {
                "time_id": time_id,
                "document_id": document,
                "start": finding.start,
                "end": finding.end,
                "surface": text[finding.start : finding.end],
                "value": value,
                "earliest": bounds.earliest,
                "latest": bounds.latest,
                "precision": precise,
                "anchor": anchor,
                "anchor_time_id": source,
                "method": "rule",
                "rule": finding.rule,
                "confidence": finding.confidence,
                "review": "unreviewed",
            }
        )
    return rows


class _Link:
    """One relative expression on its way to a value."""

    def __init__(
        self, body: Body, finding: TimeFinding, known: deque[_Known], section: int, block: int, sentence: int
    ) -> None:
        self.body, self.finding, self.known = body, finding, known
        self.section, self.block, self.sentence = section, block, sentence
        self.today = datetime.date.min
        self.used: set[str] = set()  # the anchors that the last evaluation rested on
        self.source: _Known | None = None
        self.ahead: bool | None = None

    def resolve(self) -> tuple[str | None, str, str | None]:
        """(value, anchor, anchor_time_id)."""
        term = self.finding.relative
        published = self.body.published
        days = [d for d in edtf.bounds(published) if d] if published and edtf.valid(published) else []
        if len(days) == 1:
            days = []  # published "since 2020" says nothing of a day
        if days and (days[-1] - days[0]).days > _WIDEST:
            days = []
        try:
            if not days:
                value = self._value(term) if term else None
            elif days[0] == days[-1]:
                self.today = days[0]
                value = self._value(term) if term else None
            else:
                value = self._between(term, days[0], days[1])
        except (_Unanchored, ValueError, OverflowError):  # the last two: beyond the calendar
            value = None
        if value is None or not edtf.valid(value):
            return None, "none", None
        if "text" in self.used and self.source:
            return value, "text", self.source.time_id
        return value, "publication" if "publication" in self.used else "explicit", None

    def _between(self, term: Term | None, first: datetime.date, last: datetime.date) -> str | None:
        """The value where publication lies between two days; `first` < `last`."""
        if term is None:
            return None
        if term[0] == "weekday" and term[2] is None:
            inside = [d for d in _days(first, last) if d.weekday() == term[1]]
            if len(inside) == 1:
                self.used = {"publication"}
                return edtf.day(inside[0])
        self.today = first
        one = self._value(term)
        self.today = last
        two = self._value(term)
        if one is None or two is None or one == two:
            return one if one == two else None
        a, b = edtf.bounds(one), edtf.bounds(two)
        if a.earliest is None or a.latest is None or b.earliest is None or b.latest is None:
            # since or until an uncertain day: from the first or up to the last that it may be
            return one if a.latest is None else two
        both = edtf.span(min(a.earliest, b.earliest), max(a.latest, b.latest))
        return edtf.about(both) if "~" in one + two else both

    # --- terms --------------------------------------------------------------------------

    def _value(self, term: Term) -> str:
        """The EDTF value of a term as of `self.today`; raises _Unanchored."""
        self.used = set()
        return self._of(term)

    def _of(self, term: Term) -> str:
        if isinstance(term, str):
            return term
        name, arguments = term[0], term[1:]
        if name in OPERATIONS:
            value = OPERATIONS[name](*(self._of(a) if isinstance(a, tuple) else a for a in arguments))
        else:
            value = getattr(self, "_" + name.replace("-", "_"))(*arguments)
        if value is None or not edtf.valid(value):
            raise _Unanchored
        return str(value)

    def _publication(self) -> datetime.date:
        if self.today == datetime.date.min:
            raise _Unanchored
        self.used.add("publication")
        return self.today

    def _now(self) -> str:
        return edtf.day(self._publication())

    def _day(self, offset: int) -> str:
        return edtf.day(self._publication() + offset * _DAY)

    def _weekday(self, number: int, which: str | int | None) -> str:
        today = self._publication()
        if isinstance(which, int):
            return edtf.day(today - today.weekday() * _DAY + (7 * which + number) * _DAY)
        if which == "this":
            return edtf.day(today + (number - today.weekday()) * _DAY)
        back = (today.weekday() - number) % 7
        if which == "last":
            return edtf.day(today - (back or 7) * _DAY)
        if which == "next":
            return edtf.day(today + ((-back) % 7 or 7) * _DAY)
        return edtf.day(today + (-back) % 7 * _DAY if self._future() else today - back * _DAY)

    def _month(self, number: int, which: str | int | None) -> str:
        return self._placed(("month", number, None), which)

    def _monthday(self, month: int, day: int, last: int | None, which: str | int | None) -> str:
        return self._placed(("monthday", month, day, last, None), which)

    def _season(self, code: int, which: str | int | None) -> str:
        today = self._publication()
        if isinstance(which, int):
            return edtf.season(today.year + which, code)
        seasons = [edtf.season(today.year + i, code) for i in (-2, -1, 0, 1)]
        current = [s for s in seasons if _has(s, today)]
        begun = [s for s in seasons if (edtf.bounds(s).earliest or today) <= today]
        coming = [s for s in seasons if s not in begun]
        if which == "this":
            if current:
                return current[0]
            return next(s for s in seasons if int(s[:4]) == today.year)
        if which == "last":
            return next(s for s in reversed(begun) if s not in current)
        return coming[0] if which == "next" or (which is None and not current and self._future()) else begun[-1]

    def _placed(self, term: tuple[Any, ...], which: str | int | None) -> str:
        """A month or a day of a month in the year that its words, the text before it or publication give."""
        if which is None:
            told = self._goes_on(term)
            if told:
                return told
        today = self._publication()
        if isinstance(which, int) or which == "this":
            return self._in(term, today.year + (which if isinstance(which, int) else 0))
        years = range(today.year - 5, today.year + 6)  # 29 February is there every four years
        values = [v for v in (with_year(term, y) for y in years if y > 0) if isinstance(v, str)]
        before = [v for v in values if _first(v) <= today]
        if which == "last":
            before = [v for v in before if _last(v) < today]
        ahead = [v for v in values if v not in before and not _has(v, today)]
        future = which == "next" or (which is None and self._future() and not (before and _has(before[-1], today)))
        chosen = ahead[:1] if future else before[-1:]
        if not chosen:
            raise _Unanchored
        return chosen[0]

    def _in(self, term: tuple[Any, ...], year: int) -> str:
        value = with_year(term, year)
        if not isinstance(value, str):
            raise _Unanchored
        return value

    def _in_year(self, term: tuple[Any, ...], year: Term) -> str:
        return self._in(term, int(self._of(year)[:4]))

    def _goes_on(self, term: tuple[Any, ...]) -> str | None:
        """A day or month that goes on from the time told before it, in another year than that of publication."""
        for known in reversed(self.known):
            if known.block != self.block:
                return None
            earliest, latest = edtf.bounds(known.value)
            if earliest is None or latest is None or not known.explicit or self._in_brackets(known):
                continue
            same = known.sentence == self.sentence
            if known.precision == "year" and same and self._begins_with(known):
                value = with_year(term, earliest.year)
            elif known.precision in ("day", "month", "week", "range") and (latest - earliest).days < GOES_ON:
                values = [with_year(term, earliest.year + i) for i in (0, 1)]
                near = [v for v in values if isinstance(v, str) and -31 <= (_first(v) - earliest).days <= GOES_ON]
                value = near[0] if near else None
                if value is None and not same:
                    return None
            else:
                continue
            if isinstance(value, str) and not self._newer(term, value):
                self.source = known
                self.used.add("text")
                return value
        return None

    def _newer(self, term: tuple[Any, ...], value: str) -> bool:
        """Whether a value lies after publication, or the same day of another year is in the news of its days."""
        if self.today == datetime.date.min:
            return False
        own = with_year(term, self.today.year)
        news = isinstance(own, str) and term[0] == "monthday" and 0 <= (self.today - _first(own)).days <= _NEWS
        return _first(value) > self.today or news

    def _in_brackets(self, known: _Known) -> bool:
        return self.body.article.text[known.start - 1 : known.start] in ("(", "[")

    def _begins_with(self, known: _Known) -> bool:
        """Whether a year is told by itself ("In 1994, ..."), and is no epithet ("the 1994 ceasefire")."""
        return self.body.article.text[max(0, known.start - 4) : known.start].lower().strip() != "the"

    def _unit(self, unit: str, offset: int) -> str:
        today = self._publication()
        if unit == "week":
            return edtf.week(today + 7 * offset * _DAY)
        if unit == "weekend":
            return self._weekend(today, offset)
        if unit == "month":
            return _month_of(today, offset)
        if unit == "quarter":
            number = today.year * 4 + (today.month - 1) // 3 + offset
            first = number % 4 * 3 + 1
            return edtf.interval(edtf.month(number // 4, first), edtf.month(number // 4, first + 2))
        if unit == "year":
            return edtf.year(today.year + offset)
        if unit == "decade":
            return edtf.decade(today.year + 10 * offset)
        return f"{today.year // 100 + offset:02}XX"

    def _weekend(self, today: datetime.date, offset: int) -> str:
        saturday = today - (today.weekday() - 5) * _DAY  # of this week
        if offset == -1 and saturday + _DAY >= today:
            saturday -= 7 * _DAY
        if offset == 1 or (offset == 0 and self._future() and saturday < today):
            saturday += 7 * _DAY
        return edtf.interval(edtf.day(saturday), edtf.day(saturday + _DAY))

    def _past(self, count: float, unit: str, vague: bool) -> str:
        today = self._publication()
        start = _away(today, -count, unit)
        return edtf.interval(start + ("~" if vague else ""), _grain(today, unit, count))

    def _coming(self, count: float, unit: str, vague: bool) -> str:
        today = self._publication()
        end = _away(today, count, unit)
        return edtf.interval(_grain(today, unit, count), end + ("~" if vague else ""))

    def _text(self, unit: str) -> str:
        """The last time told before this one that is exact enough to count such units from."""
        for known in reversed(self.known):
            if known.section != self.section:
                break
            if edtf.moved(known.value, 1, unit) is not None and edtf.moved(known.value, -1, unit) is not None:
                self.source = known
                self.used.add("text")
                return known.value
        raise _Unanchored

    def _then(self, offset: int, unit: str) -> str:
        """The day, month, summer of the last time told, or the one after or before it."""
        value = self._text("year" if unit in SEASONS else unit)
        base = edtf.bounds(value).earliest
        if base is None:
            raise _Unanchored
        if unit in SEASONS:
            return edtf.season(base.year + offset, SEASONS[unit])
        if unit == "day":
            return edtf.day(base + offset * _DAY)
        if unit == "week":
            return edtf.week(base + 7 * offset * _DAY)
        if unit == "month":
            return _month_of(base, offset)
        if unit == "decade":
            return edtf.decade(base.year + 10 * offset)
        return edtf.year(base.year + offset)

    # --- which side of publication ------------------------------------------------------

    def _future(self) -> bool:
        """Whether the words around speak of what is to come: the nearest verb before, else the first one after."""
        if self.ahead is None:
            text, finding = self.body.article.text, self.finding
            sentence = self.body.sentences[self.sentence]
            before = text[max(sentence.start, finding.start - _NEAR) : finding.start].replace("’", "'")
            before = _CLAUSE.split(before)[-1]
            future, past = _ends(_FUTURE, before), _ends(_PAST, before)
            if future < 0 and past < 0:
                after = text[finding.end : min(sentence.end, finding.end + _NEAR)].replace("’", "'")
                first, then = _FUTURE.search(after), _PAST.search(after)
                self.ahead = bool(first) and (not then or (first is not None and first.start() <= then.start()))
            else:
                self.ahead = future >= past
        return self.ahead


def _ends(pattern: re.Pattern[str], text: str) -> int:
    """Where the last match of a pattern ends, -1 for none."""
    return max((m.end() for m in pattern.finditer(text)), default=-1)


def _days(first: datetime.date, last: datetime.date) -> list[datetime.date]:
    return [first + i * _DAY for i in range((last - first).days + 1)]


def _first(value: str) -> datetime.date:
    return edtf.bounds(value).earliest or datetime.date.min


def _last(value: str) -> datetime.date:
    return edtf.bounds(value).latest or datetime.date.max


def _has(value: str, date: datetime.date) -> bool:
    return _first(value) <= date <= _last(value)


def _month_of(date: datetime.date, offset: int) -> str:
    months = date.year * 12 + date.month - 1 + offset
    return edtf.month(months // 12, months % 12 + 1)


def _grain(date: datetime.date, unit: str, count: float) -> str:
    """A day as exactly as a stretch of so many units is told: months for a year, years for several or for decades."""
    if unit in ("day", "week"):
        return edtf.day(date)
    return edtf.day(date)[:7] if unit == "month" or (unit == "year" and count <= 2) else edtf.day(date)[:4]


def _away(date: datetime.date, count: float, unit: str) -> str:
    """The far end of a stretch of `count` units that begins or ends on a day."""
    if unit in ("day", "week"):
        return edtf.day(date + round(count * (7 if unit == "week" else 1)) * _DAY)
    months = round(count * {"month": 1, "year": 12, "decade": 120}.get(unit, 1))
    return _grain_of(_month_of(date, months), unit, abs(count))


def _grain_of(month: str, unit: str, count: float) -> str:
    return month if unit == "month" or (unit == "year" and count <= 2) else month[:4]
