"""EDTF: what is valid, what it means in days, how values are made and reckoned with. Outside judge: edtf-validate."""

from __future__ import annotations

import datetime
import re
import warnings
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effort import examples
from newspkg import edtf

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it is built on a parser whose own names have gone out of use
    from edtf_validate.valid_edtf import conformsLevel1, is_valid_interval  # type: ignore[import-untyped]

D = datetime.date

# value, first day, last day, precision
MEANINGS = [
    ("2020", "2020-01-01", "2020-12-31", "year"),
    ("2020-11", "2020-11-01", "2020-11-30", "month"),
    ("2020-02", "2020-02-01", "2020-02-29", "month"),
    ("2020-11-09", "2020-11-09", "2020-11-09", "day"),
    ("2023-07-19T14:00:00Z", "2023-07-19", "2023-07-19", "minute"),
    ("2023-07-19T23:59:59", "2023-07-19", "2023-07-19", "minute"),
    ("2023-07-19T23:59:59+04:00", "2023-07-19", "2023-07-19", "minute"),
    ("2020-09-27/2020-11-10", "2020-09-27", "2020-11-10", "range"),
    ("2020-11~", "2020-11-01", "2020-11-30", "month"),
    ("2020?", "2020-01-01", "2020-12-31", "year"),
    ("2020-11-09%", "2020-11-09", "2020-11-09", "day"),
    ("199X", "1990-01-01", "1999-12-31", "decade"),
    ("20XX", "2000-01-01", "2099-12-31", "range"),
    ("00XX", "0001-01-01", "0099-12-31", "range"),
    ("2020-XX", "2020-01-01", "2020-12-31", "year"),
    ("2020-XX-XX", "2020-01-01", "2020-12-31", "year"),
    ("2020-11-XX", "2020-11-01", "2020-11-30", "month"),
    ("2022-21", "2022-03-01", "2022-05-31", "season"),
    ("2022-22", "2022-06-01", "2022-08-31", "season"),
    ("2022-23~", "2022-09-01", "2022-11-30", "season"),
    ("2023-24", "2023-12-01", "2024-02-29", "season"),
    ("2021-05/..", "2021-05-01", None, "open"),
    ("../2008", None, "2008-12-31", "open"),
    ("2021/", "2021-01-01", None, "open"),
    ("/2008", None, "2008-12-31", "open"),
    ("2021-22~/2021-23", "2021-06-01", "2021-11-30", "range"),
    ("2023-07-17/2023-07-23", "2023-07-17", "2023-07-23", "week"),
    ("2023-07-18~/2023-07-24~", "2023-07-18", "2023-07-24", "week"),
    ("2023-02/2023-03-01", "2023-02-01", "2023-03-01", "range"),
    ("2022-07/2022-09", "2022-07-01", "2022-09-30", "season"),
    ("2022-08/2022-10", "2022-08-01", "2022-10-31", "range"),
    ("0001", "0001-01-01", "0001-12-31", "year"),
    ("9999-12-31", "9999-12-31", "9999-12-31", "day"),
]
INVALID = """
2020-13 2020-00 2021-02-29 2020-02-30 2020-11-31 20201109 2020-1-1 20-11 202 020 2020-25 2020-21-01 2X20 XXXX
19XX-05 2020-XX-09 199X~ 2020-XX? 2020-11~-09 ~2020 2020-11/2020-10 2021/2020 2020-11-10/2020-09-27 199X/200X
2020/2021/2022 2020-11-09T14:00:00Z/2020-11-10 2023-07-19T14:00Z 2023-07-19T24:00:00Z 2023-07-19T14:00:00+15
2020-11T10:00:00 2020-11-09T14:00:00~ / ../.. ../ 0000 -2020 Y170002 9999-24 {2020} [2020,2021] ２０２０ 2020\u0661
2020-02-29/2020-02-28
"""


@pytest.mark.parametrize(("value", "earliest", "latest", "precision"), MEANINGS, ids=[m[0] for m in MEANINGS])
def test_what_a_value_means(value: str, earliest: str | None, latest: str | None, precision: str) -> None:
    assert edtf.valid(value)
    first, last = edtf.bounds(value)
    assert (first and first.isoformat(), last and last.isoformat()) == (earliest, latest)
    assert edtf.precision(value) == precision
    assert precision in edtf.PRECISIONS


@pytest.mark.parametrize("value", [*INVALID.split(), "", " 2020", "2020 ", "2020\n", "May 2020"])
def test_what_is_no_value(value: str) -> None:
    assert not edtf.valid(value)
    with pytest.raises(ValueError, match="no EDTF value"):
        edtf.bounds(value)
    with pytest.raises(ValueError, match="no EDTF value"):
        edtf.precision(value)


def test_all_precisions_occur() -> None:
    assert {m[3] for m in MEANINGS} == set(edtf.PRECISIONS)


# --- the outside judge ----------------------------------------------------------------------------------------------

_years = st.sampled_from(["2020", "2021", "1999", "202X", "20XX", "2X20", "0004", "0000", "-2020", "9999"])
_months = st.sampled_from(["01", "02", "04", "11", "12", "13", "00", "21", "22", "23", "24", "25", "XX", "1X"])
_days = st.sampled_from(["01", "28", "29", "30", "31", "32", "00", "XX", "1X"])
_times = st.sampled_from(
    [
        "T10:00:00",
        "T10:00:00Z",
        "T23:59:59+04",
        "T10:00:00-13:30",
        "T00:00:00+14:00",
        "T24:00:00",
        "T10:60:00",
        "T10:00Z",
    ]
)
_marks = st.sampled_from(["", "", "", "?", "~", "%"])
_dates = st.one_of(
    st.builds(lambda y, k: y + k, _years, _marks),
    st.builds(lambda y, m, k: f"{y}-{m}{k}", _years, _months, _marks),
    st.builds(lambda y, m, d, k: f"{y}-{m}-{d}{k}", _years, _months, _days, _marks),
    st.builds(lambda y, m, d, t: f"{y}-{m}-{d}{t}", _years, _months, _days, _times),
)
_ends = st.one_of(_dates, st.sampled_from(["", ".."]))
_values = st.one_of(_dates, st.builds(lambda a, b: f"{a}/{b}", _ends, _ends))

# Where the two judges differ, and why this one is right for its purpose.
DIFFERENCES = [
    ("no year 0, no year before it: a calendar date has none", r"(?:^|/)-|(?:^|/)0000"),
    ("the winter of 9999 ends in the year 10000", r"9999-24"),
    ("a season may bear a mark by itself as it may in an interval", r"-2[1-4][?~%]$"),
    ("the other takes 29 February in every year where it stands alone", r"^(?!.*/)\d{4}-02-29"),
    ("24:00:00 is the next day's 00:00:00", r"T24"),
    ("an interval says something at one end", r"^(?:\.\.)?/(?:\.\.)?$"),
    (
        "an end coarser than its beginning may contain it (2020-11/2020), and seasons overlap no months here",
        r"[^./]/[^./]",
    ),
]


def judged(value: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return bool(conformsLevel1(value)) and ("/" not in value or bool(is_valid_interval(value)))


@settings(max_examples=examples(200, 3000), deadline=None)
@given(_values)
def test_two_judges_agree_but_for_the_listed_differences(value: str) -> None:
    if edtf.valid(value) != judged(value):
        assert any(re.search(pattern, value) for _, pattern in DIFFERENCES), value
        if re.search(r"[^./]/[^./]", value) and not re.search(r"0000|(?:^|/)-|9999-24", value):
            # Two stated ends: the other may only refuse an order that ours finds possible, or the reverse for seasons.
            seasons = re.search(r"-2[1-4]", value)
            first, last = (edtf.bounds(end) for end in value.split("/"))
            assert seasons or (first.earliest and last.latest and first.earliest <= last.latest)


@pytest.mark.parametrize(
    ("value", "ours"),
    [
        ("0000", False),
        ("9999-24", False),
        ("2021-21~", True),
        ("2021-02-29", False),
        ("2020-01-31T24:00:00", False),
        ("../..", False),
        ("2020-11/2020", True),
    ],
)
def test_each_listed_difference_is_one(value: str, ours: bool) -> None:
    assert edtf.valid(value) is ours
    assert judged(value) is not ours


@settings(max_examples=examples(300, 3000))
@given(st.text(alphabet="0123456789X-/.~?%TZ:+ ", max_size=24))
def test_no_string_raises_and_bounds_are_in_order(value: str) -> None:
    if edtf.valid(value):
        earliest, latest = edtf.bounds(value)
        assert earliest or latest
        assert not (earliest and latest) or earliest <= latest


# --- comparing and making -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "order"),
    [
        ("2019", "2020", -1),
        ("2020-11-09", "2020-11-08", 1),
        ("2020-11", "2020-11-01/2020-11-30", 0),
        ("2020-11", "2020", None),
        ("../2008", "2009", -1),
        ("2021/..", "2020", 1),
        ("../2008", "2008", None),
        ("2020~", "2020", 0),
    ],
)
def test_compare(a: str, b: str, order: int | None) -> None:
    assert edtf.compare(a, b) == order
    assert edtf.compare(b, a) == (None if order is None else -order)
    assert edtf.overlap(a, b) is (order in (0, None))


@pytest.mark.parametrize(
    ("outer", "inner", "inside"),
    [
        ("2020", "2020-11", True),
        ("2020-11", "2020", False),
        ("2020/..", "2021-05", True),
        ("2020/..", "2021/..", True),
        ("2020/..", "../2021", False),
        ("../2020", "2021", False),
        ("2020", "2020", True),
    ],
)
def test_contains(outer: str, inner: str, inside: bool) -> None:
    assert edtf.contains(outer, inner) is inside


def test_constructors() -> None:
    assert edtf.year(20) == "0020"
    assert edtf.month(2020, 2) == "2020-02"
    assert edtf.day(D(2020, 11, 9)) == edtf.day(datetime.datetime(2020, 11, 9, 14, 0)) == "2020-11-09"  # noqa: DTZ001 - no clock is read
    assert edtf.season(2022, 21) == "2022-21"
    assert edtf.decade(1994) == "199X"
    assert edtf.week(D(2023, 7, 19)) == "2023-07-17/2023-07-23"
    assert edtf.interval("2020", None) == "2020/.."
    assert edtf.interval(None, "2020-11~") == "../2020-11~"


@pytest.mark.parametrize(
    ("make", "arguments"),
    [
        (edtf.month, (2020, 13)),
        (edtf.year, (0,)),
        (edtf.season, (2020, 25)),
        (edtf.interval, ("2021", "2020")),
        (edtf.interval, (None, None)),
        (edtf.span, (None, None)),
    ],
)
def test_a_constructor_makes_no_nonsense(make: Callable[..., str], arguments: tuple[object, ...]) -> None:
    with pytest.raises(ValueError, match=r"must be|out of range|no season|no EDTF"):
        make(*arguments)


@pytest.mark.parametrize(
    ("earliest", "latest", "value"),
    [
        (D(2020, 11, 9), D(2020, 11, 9), "2020-11-09"),
        (D(2020, 11, 1), D(2020, 11, 30), "2020-11"),
        (D(2020, 1, 1), D(2020, 12, 31), "2020"),
        (D(1990, 1, 1), D(1999, 12, 31), "199X"),
        (D(1991, 1, 1), D(2000, 12, 31), "1991/2000"),
        (D(2020, 2, 1), D(2020, 3, 31), "2020-02/2020-03"),
        (D(2020, 2, 2), D(2020, 3, 31), "2020-02-02/2020-03-31"),
        (D(2020, 2, 2), None, "2020-02-02/.."),
        (None, D(2020, 2, 2), "../2020-02-02"),
    ],
)
def test_span_is_the_shortest_value_with_these_bounds(earliest: D | None, latest: D | None, value: str) -> None:
    assert edtf.span(earliest, latest) == value
    assert edtf.bounds(value) == (earliest, latest)


@given(st.dates(D(1, 1, 1)), st.integers(0, 4000))
def test_span_keeps_the_bounds(start: D, days: int) -> None:
    end = D.fromordinal(min(start.toordinal() + days, D.max.toordinal()))
    assert edtf.bounds(edtf.span(start, end)) == (start, end)


@pytest.mark.parametrize(
    ("value", "marked"),
    [
        ("2020", "2020~"),
        ("2020?", "2020?"),
        ("2020/..", "2020~/.."),
        ("2020-05~/2021", "2020-05~/2021~"),
        ("199X", "1990~/1999~"),
        ("2020-11-XX", "2020-11~"),
        ("2023-07-19T14:00:00Z", "2023-07-19~"),
    ],
)
def test_about(value: str, marked: str) -> None:
    assert edtf.about(value) == marked
    assert edtf.bounds(marked) == edtf.bounds(value)


def test_about_has_three_marks() -> None:
    assert [edtf.about("2020", mark) for mark in "~?%"] == ["2020~", "2020?", "2020%"]
    with pytest.raises(ValueError, match="marks nothing"):
        edtf.about("2020", "!")


@pytest.mark.parametrize(
    ("value", "thirds"),
    [
        ("2021", ["2021-01~/2021-04~", "2021-05~/2021-08~", "2021-09~/2021-12~"]),
        ("2020-02", ["2020-02-01~/2020-02-10~", "2020-02-11~/2020-02-20~", "2020-02-21~/2020-02-29~"]),
        ("199X", ["1990~/1993~", "1994~/1996~", "1997~/1999~"]),
        ("2020-24", ["2020-12~", "2021-01~", "2021-02~"]),
        ("2020-11-09", [None, None, None]),
        ("2020/..", [None, None, None]),
    ],
)
def test_part(value: str, thirds: list[str | None]) -> None:
    assert [edtf.part(value, which) for which in ("early", "mid", "late")] == thirds
    if thirds[0] and thirds[2]:
        assert edtf.bounds(thirds[0]).earliest == edtf.bounds(value).earliest
        assert edtf.bounds(thirds[2]).latest == edtf.bounds(value).latest


# --- reckoning ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "since", "until", "before", "after"),
    [
        ("2020", "2020/..", "../2020", "../2019", "2021/.."),
        ("2020-12", "2020-12/..", "../2020-12", "../2020-11", "2021-01/.."),
        ("2020-11-30", "2020-11-30/..", "../2020-11-30", "../2020-11-29", "2020-12-01/.."),
        ("199X", "1990/..", "../1999", "../1989", "2000/.."),
        ("2020/2021", "2020/..", "../2021", "../2019-12-31", "2022-01-01/.."),
        ("2020/..", "2020/..", None, "../2019-12-31", None),
        ("../2020", None, "../2020", None, "2021-01-01/.."),
        ("0001", "0001/..", "../0001", None, "0002/.."),
        ("9999", "9999/..", "../9999", "../9998", None),
    ],
)
def test_open_ends(value: str, since: str | None, until: str | None, before: str | None, after: str | None) -> None:
    assert (edtf.since(value), edtf.until(value), edtf.before(value), edtf.after(value)) == (
        since,
        until,
        before,
        after,
    )


@pytest.mark.parametrize(
    ("value", "count", "unit", "result"),
    [
        ("2020-11-09", -1, "day", "2020-11-08"),
        ("2020-11-09", 2, "week", "2020-11-23~"),
        ("2020-11-09", 2, "month", "2021-01"),
        ("2020-11-09", -1, "year", "2019"),
        ("2016-04", 4, "year", "2020"),
        ("2016-04", 1.5, "year", "2017-10~"),
        ("2016", 2, "decade", "2036~"),
        ("199X", 1, "decade", "2009~"),
        ("2016", 1, "month", None),
        ("2016-04", 1, "week", None),
        ("2020-09-27/2020-11-10", 1, "day", "2020-11-11"),
        ("2020-09-27/2020-11-10", -1, "day", "2020-09-26"),
        ("2020/..", 1, "year", None),
        ("2020-11-09", 10**9, "day", None),
        ("2020", -3000, "year", None),
        ("2020-11-09", -0.5, "month", "2020-11"),
    ],
)
def test_moved(value: str, count: float, unit: str, result: str | None) -> None:
    assert edtf.moved(value, count, unit) == result


@pytest.mark.parametrize(
    ("value", "number", "unit", "result"),
    [
        ("2021", 1, "half", "2021-01/2021-06"),
        ("2021", -1, "quarter", "2021-10/2021-12"),
        ("2021", 5, "quarter", None),
        ("2021", 3, "month", "2021-03"),
        ("2021", -1, "day", "2021-12-31"),
        ("2021-07", 1, "week", "2021-07-01~/2021-07-07~"),
        ("2021-07", 5, "week", "2021-07-29~/2021-07-31~"),
        ("2021-07", 6, "week", None),
        ("2021-02", 2, "half", "2021-02-16/2021-02-28"),
        ("199X", 1, "half", "1990/1994"),
        ("199X", 3, "year", "1992"),
        ("2021-21", -1, "month", "2021-05"),
        ("2021-21", 4, "month", None),
        ("2021", 0, "month", None),
        ("2021/..", 1, "month", None),
    ],
)
def test_nth(value: str, number: int, unit: str, result: str | None) -> None:
    assert edtf.nth(value, number, unit) == result


def test_at() -> None:
    assert edtf.at("2020-11-09", "14:05:00", "Z") == "2020-11-09T14:05:00Z"
    assert edtf.at("2020-11-09~", "14:05:00") == "2020-11-09T14:05:00"
    assert edtf.at("2020-11", "14:05:00") is None
    assert edtf.at("2020-11-09", "25:05:00") is None
