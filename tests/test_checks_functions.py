"""Checks by functions of Python, and the guide that shows every kind of check."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from desk import DOCUMENTS, QUOTES, Desk, left, refused, row_check, told
from newspkg.problems import problem
from newspkg.validate.checks.read import KINDS
from newspkg.validate.checks.sql import AGGREGATES, FUNCTIONS

ROOT = Path(__file__).resolve().parent.parent
GUIDE = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
AT = "/newspkg:checks/0"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


# --- functions -------------------------------------------------------------------------------------------------------


def long_ones(tables: Mapping[str, pl.DataFrame], options: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """Quotes longer than an option says."""
    for row, cells in enumerate(tables["quotes"].iter_rows(named=True)):
        if cells["end"] is not None and cells["end"] - cells["start"] > options.get("most", 100):
            yield {
                "resource": "quotes",
                "field": "end",
                "row_index": row,
                "message": f"{cells['quote_id']} is long",
                "value": cells["end"],
            }


def test_a_function_is_given_tables_and_yields_findings(desk: Desk) -> None:
    report = desk.run(functions=[long_ones])
    assert told(report) == [("quotes", "end", 4, "410")]
    assert (report.problems[0].rule, report.problems[0].message) == ("long_ones", "q3 is long.")


def test_a_function_sees_every_field_of_every_table_row_for_row(tmp_path: Path) -> None:
    desk = Desk(tmp_path, documents=DOCUMENTS, quotes=QUOTES + ",,,\nq4,d1,x,9\n")
    seen: dict[str, list[tuple[Any, ...]]] = {}

    def look(tables: Mapping[str, pl.DataFrame], options: Mapping[str, Any]) -> list[Any]:
        seen.update({name: frame.rows() for name, frame in tables.items()})
        return []

    assert told(desk.run(functions=[look])) == []
    assert seen["documents"][1] == ("d2", "Kolm Daily", 400, date(2031, 3, 15))
    assert seen["quotes"][3:] == [(None, None, None, None), ("q4", "d1", None, 9)]


class Seen:
    """A finding that is an object."""

    def __init__(self, **given: Any) -> None:
        self.__dict__.update(given)


def gives(*found: Any) -> Callable[..., Any]:
    def look(tables: Mapping[str, pl.DataFrame], options: Mapping[str, Any]) -> list[Any]:
        return list(found)

    return look


def test_a_finding_may_be_an_object_or_a_problem_or_of_a_whole_table(desk: Desk) -> None:
    own = problem("constraint-error", "as it is.", resource="quotes", row=2, severity="warning")
    report = desk.run(
        functions=[
            gives(
                Seen(resource="quotes", row_index=1, message="an object"),
                own,
                {"resource": "documents", "message": "all of it"},
            )
        ]
    )
    assert [(p.resource, p.row, p.message, p.severity, p.rule) for p in report.problems] == [
        ("documents", None, "all of it.", "error", "look"),
        ("quotes", 2, "as it is.", "warning", "look"),
        ("quotes", 3, "an object.", "error", "look"),
    ]


def test_a_finding_at_a_cell_that_is_faulty_anyway_is_passed_over(tmp_path: Path) -> None:
    desk = Desk(tmp_path, quotes="quote_id,start\nq1,x\nq2,1\n")
    found = [{"resource": "quotes", "field": "start", "row_index": n, "message": "m"} for n in (0, 1)]
    assert told(desk.run(functions=[gives(*found)])) == [("quotes", "start", 3, None)]


@pytest.mark.parametrize(
    ("found", "says"),
    [
        ({"resource": "letters", "message": "m"}, "no table that it was given"),
        ({"message": "m"}, "no table that it was given"),
        ({"resource": ["quotes"], "message": "m"}, "no table that it was given"),
        ({"resource": "quotes"}, "without a message"),
        ({"resource": "quotes", "message": " "}, "without a message"),
        ({"resource": "quotes", "message": "m", "field": 3}, "field is no text"),
        ({"resource": "quotes", "message": "m", "row_index": 3}, "the rows of quotes are 0 to 2"),
        ({"resource": "quotes", "message": "m", "row_index": -1}, "row_index -1"),
        ({"resource": "quotes", "message": "m", "row_index": True}, "row_index True"),
        ({"resource": "quotes", "message": "m", "row_index": "0"}, "row_index 0"),
        (3, "no table that it was given"),
    ],
)
def test_a_finding_that_is_none_is_a_fault_of_the_function(desk: Desk, found: Any, says: str) -> None:
    ((_, message),) = refused(desk.run(functions=[gives(found)]))
    assert says in message


@pytest.mark.parametrize(
    "error",
    [
        KeyError("quotes"),
        ValueError("no such thing"),
        SystemExit(3),
        RecursionError(),
        pl.exceptions.ComputeError("odd"),
    ],
)
def test_whatever_a_function_raises_makes_the_check_invalid(desk: Desk, error: BaseException) -> None:
    def fails(tables: Mapping[str, pl.DataFrame], options: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
        yield {"resource": "quotes", "row_index": 0, "message": "before it"}
        raise error

    ((_, message),) = refused(desk.run(functions=[fails]))
    assert message.startswith(f"fails fails: {type(error).__name__}")


def test_a_function_that_gives_nothing_says_so(desk: Desk) -> None:
    ((_, message),) = refused(desk.run(functions=[lambda tables, options: None]))
    assert "gives None" in message


def test_a_function_is_left_where_a_table_was_not_read(desk: Desk) -> None:
    desk.unread = {"documents"}
    report = desk.run(functions=[long_ones])
    assert (report.problems, left(report)) == ([], [("the check long_ones", "the table documents was not read")])


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that is installed beside this one and registers functions."""
    site = tmp_path / "site"
    folder = site / "own_checks-1.0.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: own-checks\nVersion: 1.0\n", encoding="utf-8")
    points = ["short = own_checks_here:short", "broken = own_checks_here:absent", "number = own_checks_here:NUMBER"]
    (folder / "entry_points.txt").write_text("\n".join(["[newspkg.checks]", *points]), encoding="utf-8")
    code = """
NUMBER = 3


def short(tables, options):
    (name,) = tables
    for row, cells in enumerate(tables[name].iter_rows(named=True)):
        if cells["end"] - cells["start"] < options["least"]:
            yield {"row_index": row, "message": f"{name} {cells['quote_id']} is short"}
"""
    (site / "own_checks_here.py").write_text(code, encoding="utf-8")
    monkeypatch.syspath_prepend(str(site))


@pytest.mark.usefixtures("installed")
def test_a_descriptor_names_a_function_that_is_installed(desk: Desk) -> None:
    report = desk.run({"function": "short", "resource": "quotes", "options": {"least": 20}, "severity": "warning"})
    assert [(p.rule, p.row, p.message, p.severity) for p in report.problems] == [
        ("short", 3, "quotes q2 is short.", "warning")
    ]
    desk.more, desk.of_resource = (
        {},
        {"quotes": {"newspkg:checks": [{"function": "short", "name": "terse", "options": {"least": 20}}]}},
    )
    assert [(p.rule, p.row) for p in desk.run().problems] == [("terse", 3)]


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("shortt", "those registered are"),
        ("broken", "cannot be loaded: AttributeError"),
        ("number", "which is no function"),
    ],
)
def test_a_function_that_cannot_be_had_says_why(desk: Desk, name: str, says: str) -> None:
    ((place, message),) = refused(desk.run({"function": name}))
    assert (place, says in message) == (f"{AT}/function", True)


@pytest.mark.usefixtures("installed")
def test_what_a_registered_function_raises_is_told_at_its_place(desk: Desk) -> None:
    ((place, message),) = refused(desk.run({"function": "short", "resource": ["quotes"]}))
    assert (place, message) == (AT, f"{AT} fails: KeyError: 'least'.")


def test_no_check_by_a_function_no_look_at_what_is_installed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise AssertionError("looked")

    monkeypatch.setattr("importlib.metadata.entry_points", refuse)
    assert len(told(desk.run(row_check("end > start"), functions=[gives()]))) == 1
    with pytest.raises(AssertionError, match="looked"):
        desk.run({"function": "f"})


# --- the guide -------------------------------------------------------------------------------------------------------


def test_the_guide_shows_what_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every JSON example is run over the tables of the page and finds what the text block behind it says."""
    blocks = re.findall(r"^```(\w+)\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
    documents, quotes = [text for kind, text in blocks if kind == "csv"]
    functions: dict[str, Any] = {}
    exec(next(text for kind, text in blocks if kind == "python"), functions)
    monkeypatch.setattr("newspkg.validate.checks.read._registered", functions.__getitem__)
    shown = 0
    for (kind, example), (after, due) in itertools.pairwise(blocks):
        if kind == "json":
            assert after == "text"
            checks = json.loads(example)
            report = Desk(tmp_path, documents=documents, quotes=quotes).run(
                *(checks if isinstance(checks, list) else [checks])
            )
            lines = [f"{p.resource}{f' row {p.row}' if p.row else ''}: {p.message}" for p in report.problems]
            assert lines == due.splitlines(), example
            shown += 1
    assert shown == 7


def test_the_guide_names_every_function_and_property() -> None:
    words = set(re.findall(r"\w+", GUIDE))
    assert words >= FUNCTIONS | AGGREGATES
    assert words >= set().union(*KINDS.values())
