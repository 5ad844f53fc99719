"""Printed and stated days become EDTF."""

from __future__ import annotations

import pytest

from newspkg.dateline import day_in, day_without_year, stated


@pytest.mark.parametrize(
    ("line", "value", "surface"),
    [
        ("3 May 2031", "2031-05-03", "3 May 2031"),
        ("on 3rd of May, 2031 at noon", "2031-05-03", "3rd of May, 2031"),
        ("May 3rd, 2031", "2031-05-03", "May 3rd, 2031"),
        ("Sept. 9 2031", "2031-09-09", "Sept. 9 2031"),
        ("3-MAY-2031", "2031-05-03", "3-MAY-2031"),
        ("2031/05/03", "2031-05-03", "2031/05/03"),
        ("3.5.2031", "2031-05-03", "3.5.2031"),
        ("03.05.31, 9:05", "2031-05-03", "03.05.31, 9:05"),
        ("1.2.70", "1970-02-01", "1.2.70"),
        ("1.2.69", "2069-02-01", "1.2.69"),
        ("25/12/2031", "2031-12-25", "25/12/2031"),
        ("12/25/2031", "2031-12-25", "12/25/2031"),
        ("05/05/2031", "2031-05-05", "05/05/2031"),
        ("16:15 GMT+4, 3 May 2031", "2031-05-03", "16:15 GMT+4, 3 May 2031"),
        ("3 May 2031 16:15 UTC", "2031-05-03", "3 May 2031 16:15 UTC"),
        ("2031-05-03T16:15:00.5+04:00.", "2031-05-03", "2031-05-03T16:15:00.5+04:00"),
        ("31 June 2031 or 1 July 2031", "2031-07-01", "1 July 2031"),
    ],
)
def test_printed(line: str, value: str, surface: str) -> None:
    found = day_in(line)
    assert found is not None
    assert (found.value, line[found.start : found.end]) == (value, surface)


@pytest.mark.parametrize(
    "line",
    ["", "May 2031", "3 May", "04/05/2031", "30 February 2031", "2031-13-01", "version 1.2.3.4", "10.0.0.1", "1/2/3",
     "tel. 03-05-2031-77", "3 May 31", "3 Maybe 2031", "31 Marching 2031", "3 May 0031", "99.99.99"],
)  # fmt: skip
def test_no_day(line: str) -> None:
    assert day_in(line) is None


def test_without_a_year() -> None:
    found = day_without_year("ANSEL, May 3 (MNA)")
    assert found is not None
    assert (found.value, found.start, found.end) == ("--05-03", 7, 12)
    assert day_without_year("29 February")
    assert day_without_year("30 February") is None
    assert day_without_year("nothing") is None


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ("2031-05-03", "2031-05-03"),
        (" 2031-05-03 ", "2031-05-03"),
        ("2031~", "2031~"),
        ("2031-05/..", "2031-05/.."),
        ("2031-05-03 16:15", "2031-05-03"),
        ("2031-05-03T16:15:00Z", "2031-05-03"),
        ("Saturday, 3 May 2031", "2031-05-03"),
        ("3 May 2031, 16:15", "2031-05-03"),
        ("some time before 3 May 2031", None),
        ("2031-02-30T10:00", None),
        ("03/04/2031", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_stated(given: str, value: str | None) -> None:
    assert stated(given) == value
