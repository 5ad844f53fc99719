"""Checks of a package's own: what each kind finds, and what is left unjudged."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from desk import DOCUMENTS, QUOTES, Desk, left, refused, row_check, schema_of, told
from newspkg.report import Findings
from newspkg.validate.checks import needed, read_checks


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


# --- rows ------------------------------------------------------------------------------------------------------------


def test_a_row_check_tells_each_row_where_the_expression_is_false(desk: Desk) -> None:
    report = desk.run(row_check("end > start", message="quote {quote_id} ends before it starts"))
    (one,) = report.problems
    assert (one.code, one.severity, one.resource, one.row, one.rule) == ("check-error", "error", "quotes", 3, "mine")
    assert (one.field, one.value, one.path) == (None, "start=80, end=70", "quotes.csv")
    assert one.message == "quote q2 ends before it starts."
    assert not report.valid


def test_where_it_looks_at_one_field_that_is_the_field(desk: Desk) -> None:
    assert told(desk.run(row_check("start < 80"))) == [("quotes", "start", 3, "80")]


def test_without_a_message_the_expression_is_shown(desk: Desk) -> None:
    assert desk.run(row_check("start < 80")).problems[0].message == "breaks the check mine: start < 80."


def test_a_check_that_all_rows_keep_finds_nothing(desk: Desk) -> None:
    report = desk.run(row_check("start < 1000"))
    assert (report.problems, report.unchecked, report.valid) == ([], [], True)


def test_an_answer_that_is_unknown_counts_as_passed(tmp_path: Path) -> None:
    desk = Desk(tmp_path, quotes="quote_id,start,end\nq1,10,\nq2,,5\nq3,10,5\n")
    assert told(desk.run(row_check("end > start"))) == [("quotes", None, 4, "start=10, end=5")]
    assert told(desk.run(row_check("end IS NOT NULL"))) == [("quotes", "end", 2, None)]


def test_a_row_with_a_faulty_cell_is_passed_over_by_the_checks_that_look_at_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path, quotes="quote_id,start,end\nq1,10,x\nq2,20,5\nq3,30,7\n")
    desk.faulty = {"quotes": {"start": {1}}}  # breaks a constraint, so it has a value
    assert told(desk.run(row_check("end IS NOT NULL AND end > start"))) == [("quotes", None, 4, "start=30, end=7")]
    assert [p[2] for p in told(desk.run(row_check("quote_id = ''")))] == [2, 3, 4]


def test_a_blank_row_is_no_row(tmp_path: Path) -> None:
    desk = Desk(tmp_path, quotes="quote_id,start\nq1,10\n,\nq2,\n")
    assert told(desk.run(row_check("start IS NOT NULL"))) == [("quotes", "start", 4, None)]


def test_a_warning_is_told_but_the_package_stays_valid(desk: Desk) -> None:
    report = desk.run(row_check("end > start", severity="warning"))
    assert [(p.code, p.severity) for p in report.problems] == [("check-error", "warning")]
    assert report.valid


def test_a_message_fills_in_cells_and_nothing_else(tmp_path: Path) -> None:
    long = "x" * 100
    desk = Desk(tmp_path, quotes=f"quote_id,good,seen,share\n{long},false,2031-03-12T09:00:00+00:00,\n")
    report = desk.run(row_check("good", message="{{{good}}} {seen} {share} {quote_id}!"))
    assert report.problems[0].message == f"{{false}} 2031-03-12T09:00:00Z none {'x' * 60}…!"


def test_many_rows_are_counted_and_told_one_by_one(tmp_path: Path) -> None:
    desk = Desk(tmp_path, quotes="quote_id,start\n" + "".join(f"q{n},{n}\n" for n in range(2000)))
    report = desk.run(row_check("start < 10", message="{quote_id}"))
    assert report.counts == {"check-error": 1990}
    assert (report.problems[0].message, report.problems[-1].message) == ("q10.", "q1999.")


@pytest.mark.parametrize(
    ("expression", "broken"),
    [
        ("end > start AND quote_id LIKE 'q%'", [3]),
        ('"end" >= "start"', [3]),
        ("CASE WHEN start > 50 THEN end > 100 ELSE TRUE END", [3]),
        ("quote_id IN ('q1', 'q3')", [3]),
        ("start BETWEEN 0 AND 50", [3]),
        ("NOT (start > 15 AND end < 500)", [3, 4]),
        ("REGEXP_LIKE(quote_id, '^q[12]$')", [4]),
        ("quote_id ~ '^q[12]$'", [4]),
        ("LENGTH(quote_id) = 2 AND UPPER(quote_id) <> 'Q3'", [4]),
        ("ABS(end - start) < 100", [4]),
        ("CAST(quote_id || '' AS TEXT) = 'q1'", [3, 4]),
        ("TRY_CAST(SUBSTR(quote_id, 2, 1) AS INT) <= 2", [4]),
        ("quote_id IS DISTINCT FROM 'q2'", [3]),
        ("quote_id <> 'it''s' AND end <> 410", [4]),
        ("start=10OR end>=400", [3]),
        ("start - -1 > 11", [2]),
    ],
)
def test_an_expression_is_sql(desk: Desk, expression: str, broken: list[int]) -> None:
    assert [row for _, _, row, _ in told(desk.run(row_check(expression)))] == broken


@pytest.mark.parametrize(
    ("expression", "broken"),
    [
        ("published > DATE '2031-03-12'", [2]),
        ("published + INTERVAL '3 days' < DATE '2031-03-16'", [3]),
        ("DATE_PART('day', published) = 12", [3]),
        ("STRFTIME(published, '%m-%d') = '03-12'", [3]),
        ("DATE('2031-03-' || LEFT(day, 2)) = published", [3]),
        ("seen >= TIMESTAMP '2031-03-12 10:00:00'", [2]),
        ("seen >= published", [3]),
        ("CAST(seen AS DATE) = published", [3]),
        ("good", [3]),
        ("good = FALSE OR share > 0.5", [2]),
        ("share * 2 >= 1", [2]),
    ],
)
def test_an_expression_knows_days_moments_truth_and_numbers(tmp_path: Path, expression: str, broken: list[int]) -> None:
    text = "published,seen,good,share,day\n2031-03-12,2031-03-12T09:00:00+00:00,true,0.25,12\n2031-03-15,2031-03-12T11:00:00+00:00,false,0.75,14\n"
    desk = Desk(tmp_path, quotes=text)
    assert [row for _, _, row, _ in told(desk.run(row_check(expression)))] == broken


@pytest.mark.parametrize(
    "name",
    ["end", "order", "date", "count", "two words", "a-b", 'a"b', "^a.*$", "*", "#row", "été", "a.b", "select", "in"],
)
def test_a_field_may_have_any_name(tmp_path: Path, name: str) -> None:
    header = io.StringIO()
    csv.writer(header, lineterminator="\n").writerow(["quote_id", name])
    desk = Desk(tmp_path, quotes=f"{header.getvalue()}q1,x\nq2,y\n")
    desk.schemas["quotes"]["fields"][1]["type"] = "string"
    written = '"' + name.replace('"', '""') + '"'
    assert told(desk.run(row_check(f"{written} = 'x'", message=f"{{{name}}}"))) == [("quotes", name, 3, "y")]
    grouped = {"name": "g", "resource": "quotes", "by": [name], "expression": "MIN(quote_id) = 'q1'"}
    assert told(desk.run(grouped)) == [("quotes", name, 3, "y")]


@pytest.mark.parametrize("name", ["end", "order", "date", "count", "first", "select", "été"])
def test_a_field_that_has_the_name_of_a_word_of_sql_is_the_field(tmp_path: Path, name: str) -> None:
    desk = Desk(tmp_path, quotes=f"quote_id,{name}\nq1,x\nq2,y\n")
    desk.schemas["quotes"]["fields"][1]["type"] = "string"
    expression = f"CASE WHEN {name} = 'y' THEN {name} IN ('x') ELSE DATE '2031-03-12' IS NOT NULL END"
    assert told(desk.run(row_check(expression))) == [("quotes", name, 3, "y")]


# --- across tables ---------------------------------------------------------------------------------------------------

INSIDE = {"with": {"documents": ["document_id"]}, "message": "{quote_id}: {documents.outlet}"}


@pytest.mark.parametrize("written", ["documents.n_chars", '"documents.n_chars"'])
def test_a_check_across_tables_sees_the_record_that_the_fields_lead_to(desk: Desk, written: str) -> None:
    report = desk.run(row_check(f"end <= {written}", **INSIDE))
    assert told(report) == [("quotes", "end", 4, "end=410, documents.n_chars=400")]
    assert report.problems[0].message == "q3: Kolm Daily."


def test_the_fields_may_have_other_names_there(tmp_path: Path) -> None:
    desk = Desk(tmp_path, documents=DOCUMENTS.replace("document_id", "id"), quotes=QUOTES)
    check = row_check("end <= documents.n_chars", **{"with": {"documents": {"document_id": "id"}}})
    assert [row for _, _, row, _ in told(desk.run(check))] == [4]


def test_several_tables_may_be_joined_and_a_table_with_itself(tmp_path: Path) -> None:
    quotes = "quote_id,document_id,after,start\nq1,d1,,10\nq2,d1,q1,5\nq3,d2,q2,20\n"
    desk = Desk(tmp_path, documents=DOCUMENTS, quotes=quotes)
    joins = {"quotes": {"after": "quote_id"}, "documents": ["document_id"]}
    check = row_check(
        "start > quotes.start AND document_id = quotes.document_id AND documents.n_chars > 1", **{"with": joins}
    )
    assert [row for _, _, row, _ in told(desk.run(check))] == [3, 4]


def test_a_row_that_leads_nowhere_has_no_values_there(tmp_path: Path) -> None:
    desk = Desk(tmp_path, documents=DOCUMENTS, quotes=QUOTES + "q4,d9,1,2\nq5,,1,2\n")
    assert [row for _, _, row, _ in told(desk.run(row_check("end <= documents.n_chars", **INSIDE)))] == [4]
    assert [row for _, _, row, _ in told(desk.run(row_check("documents.n_chars IS NOT NULL", **INSIDE)))] == [5, 6]


def test_fields_that_are_no_key_there_do_not_multiply_rows(tmp_path: Path) -> None:
    desk = Desk(tmp_path, documents=DOCUMENTS + "d2,Other,500,\n", quotes=QUOTES)
    check = row_check("end <= documents.n_chars", **INSIDE)
    ((place, message),) = refused(desk.run(check))
    assert place == "/newspkg:checks/0"
    assert "several rows with the same document_id (d2)" in message
    desk.schemas["documents"]["primaryKey"] = ["document_id"]  # then it is told as a fault of the rows
    report = desk.run(check)
    assert report.problems == []
    assert [what for what, _ in left(report)] == ["the check mine"]


def test_a_record_there_with_a_faulty_cell_says_nothing_of_the_rows_that_lead_to_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path, documents=DOCUMENTS.replace("900", "many"), quotes=QUOTES)
    assert [row for _, _, row, _ in told(desk.run(row_check("documents.n_chars > 1000", **INSIDE)))] == [4]


def test_where_a_key_there_could_not_be_read_nothing_is_said_of_rows_that_were_not_found(tmp_path: Path) -> None:
    documents = "start,outlet\n1,Post\nx,Daily\n"
    desk = Desk(tmp_path, documents=documents, quotes="quote_id,start\nq1,1\nq2,2\nq3,\n")
    check = row_check("documents.outlet IS NOT NULL", **{"with": {"documents": ["start"]}})
    assert [row for _, _, row, _ in told(desk.run(check))] == [4]


def test_whole_numbers_and_numbers_are_joined_by_value(tmp_path: Path) -> None:
    desk = Desk(tmp_path, documents="share,outlet\n1.0,Post\n2.5,Daily\n", quotes="quote_id,start\nq1,1\nq2,2\n")
    check = row_check("documents.outlet = 'Post'", **{"with": {"documents": {"start": "share"}}, "message": "{start}"})
    assert told(desk.run(check)) == []
    assert told(desk.run({**check, "expression": "documents.outlet <> 'Post'"})) == [("quotes", None, 2, "Post")]


# --- groups ----------------------------------------------------------------------------------------------------------


def group_check(expression: str, by: list[str], **more: Any) -> dict[str, Any]:
    return row_check(expression, by=by, **more)


@pytest.mark.parametrize(
    ("expression", "broken"),
    [
        ("COUNT(*) < 2", [2]),
        ("SUM(end - start) > 100", [2]),
        ("SUM(start > 50) = 0", [2]),
        ("COUNT(*) FILTER (WHERE start > 50) = 0", [2]),
        ("COUNT(DISTINCT start) = COUNT(*) AND MAX(end) < 400", [4]),
        ("FIRST(quote_id) = 'q1'", [4]),
        ("AVG(start) < 45 AND MEDIAN(start) < 45", [2]),
        ("MAX(start) IS NULL", [2, 4]),
    ],
)
def test_a_group_check_tells_the_first_row_of_each_group(desk: Desk, expression: str, broken: list[int]) -> None:
    found = told(desk.run(group_check(expression, ["document_id"])))
    assert [row for _, _, row, _ in found] == broken
    assert {field for _, field, _, _ in found} == {"document_id"}


def test_a_group_of_several_fields_shows_them(desk: Desk) -> None:
    report = desk.run(group_check("COUNT(*) > 1", ["document_id", "start"], message="{document_id} at {start}"))
    assert told(report)[0] == ("quotes", None, 2, "document_id=d1, start=10")
    assert report.problems[0].message == "d1 at 10."


def test_rows_without_a_value_belong_to_no_group(tmp_path: Path) -> None:
    desk = Desk(tmp_path, quotes="quote_id,document_id\nq1,\nq2,\nq3,d1\n,\n")
    assert told(desk.run(group_check("COUNT(*) > 1", ["document_id"]))) == [("quotes", "document_id", 4, "d1")]


def test_rows_may_be_grouped_by_a_field_of_another_table(desk: Desk) -> None:
    check = group_check(
        "SUM(end) < 200 AND COUNT(*) < FIRST(documents.n_chars)",
        ["documents.outlet"],
        **{"with": {"documents": ["document_id"]}},
    )
    assert told(desk.run(check)) == [("quotes", None, 4, "Kolm Daily")]


def test_no_field_to_group_by_is_the_whole_table(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    report = desk.run(group_check("COUNT(*) <= 2", [], severity="warning"))
    assert told(report) == [("quotes", None, None, None)]
    assert report.problems[0].message == "the table breaks the check mine: COUNT(*) <= 2."
    assert (report.problems[0].rule, report.valid) == ("mine", True)
    assert told(desk.run(group_check("COUNT(*) <= 3", []))) == []


def test_an_empty_table_is_a_table_of_no_rows(tmp_path: Path) -> None:
    desk = Desk(tmp_path, quotes="quote_id,start\n")
    assert told(desk.run(group_check("COUNT(*) > 0", []))) == [("quotes", None, None, None)]
    assert told(desk.run(group_check("COUNT(*) > 9", ["start"]), row_check("start > 1") | {"name": "other"})) == []


def test_a_group_with_a_faulty_cell_is_not_judged(tmp_path: Path) -> None:
    desk = Desk(tmp_path, quotes="quote_id,document_id,start\nq1,d1,x\nq2,d1,1\nq3,d2,1\n")
    report = desk.run(group_check("SUM(start) > 5", ["document_id"]))
    assert told(report) == [("quotes", "document_id", 4, "d2")]
    assert left(report) == [("1 group in the check mine", "there are faulty cells where it looks")]
    for by in (["start"], []):
        report = desk.run(group_check("SUM(start) > 5", by))
        assert (report.problems, [what for what, _ in left(report)]) == ([], ["the check mine"])


# --- how many --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("at_most", "found"), [(0, 2), (1, 2), (2, 0), (0.4, 2), (0.5, 0), (1.0, 0), (0.0, 2)])
def test_a_threshold_is_a_count_or_a_share(tmp_path: Path, at_most: float, found: int) -> None:
    desk = Desk(tmp_path, quotes="quote_id,start\nq1,1\nq2,2\nq3,3\nq4,4\n")
    assert len(told(desk.run(row_check("start > 2", atMost=at_most)))) == found


def test_a_share_is_of_the_rows_that_were_judged(tmp_path: Path) -> None:
    desk = Desk(tmp_path, quotes="quote_id,start\nq1,1\nq2,2\nq3,3\nq4,x\n,\n")
    report = desk.run(row_check("start > 1", atMost=0.3, message="low"))
    assert [p.message for p in report.problems] == ["low. 1 of 3 rows do; at most 30 % may."]
    assert told(desk.run(row_check("start > 1", atMost=0.34))) == []


def test_a_threshold_of_groups_counts_groups(desk: Desk) -> None:
    assert told(desk.run(group_check("COUNT(*) = 1", ["document_id"], atMost=0.5))) == []
    report = desk.run(group_check("COUNT(*) = 1", ["document_id"], atMost=0.4))
    assert report.problems[0].message.endswith(" 1 of 2 groups do; at most 40 % may.")


@pytest.mark.parametrize(
    ("limits", "found"),
    [
        ({"minimum": 3}, 0),
        ({"minimum": 4}, 1),
        ({"maximum": 3}, 0),
        ({"maximum": 2}, 1),
        ({"minimum": 1, "maximum": 9}, 0),
    ],
)
def test_rows_are_counted(tmp_path: Path, limits: dict[str, int], found: int) -> None:
    desk = Desk(tmp_path, quotes=QUOTES + ",,,\n")
    report = desk.run({"name": "size", "resource": "quotes", "rows": limits})
    assert told(report) == [("quotes", None, None, "3")] * found


def test_missing_cells_are_told_where_there_are_too_many(tmp_path: Path) -> None:
    desk = Desk(tmp_path, quotes="quote_id,start,end\nq1,,\nq2,1,\nq3,x,1\nq4,2,2\n,,\n")
    check = {"name": "gaps", "resource": "quotes", "missing": ["start", "end"], "atMost": 1}
    assert told(desk.run(check)) == [("quotes", "end", 2, None), ("quotes", "end", 3, None)]
    report = desk.run(
        {"name": "gaps", "resource": "quotes", "missing": "start", "atMost": 0.1, "message": "{quote_id} has none"}
    )
    assert [p.message for p in report.problems] == ["q1 has none. 1 of 3 rows do; at most 10 % may."]


# --- where checks stand ----------------------------------------------------------------------------------------------


def test_checks_stand_in_the_package_in_its_block_and_in_a_resource(desk: Desk) -> None:
    desk.more = {
        "newspkg:checks": [row_check("start > 100", name="a")],
        "newspkg": {"checks": [row_check("start > 100", name="b", resource="documents")]},
    }
    desk.of_resource = {"quotes": {"newspkg:checks": [{"name": "c", "expression": "start > 100"}]}}
    report = desk.run()
    assert {(p.code, p.field, p.rule) for p in report.problems if p.code == "check-invalid"} == {
        ("check-invalid", "/newspkg/checks/0/expression", "b")
    }
    assert {p.rule for p in report.problems if p.code == "check-error"} == {"a", "c"}


def test_needed_says_which_fields_are_looked_at(desk: Desk) -> None:
    desk.more = {
        "newspkg:checks": [
            row_check("end <= documents.n_chars", **INSIDE),
            {"name": "gaps", "resource": "documents", "missing": "published", "message": "{document_id}"},
            {"name": "size", "resource": "quotes", "rows": {"minimum": 1}},
        ]
    }
    findings = Findings()
    checks = read_checks(desk.package(findings), findings)
    assert [c.kind for c in checks] == ["row", "missing", "rows"]
    assert needed(checks) == {
        "quotes": {"end", "document_id", "quote_id"},
        "documents": {"n_chars", "document_id", "outlet", "published"},
    }
    whole = read_checks(desk.package(findings), findings, [lambda tables, options: []])
    assert needed(whole[-1:]) == {
        name: {f["name"] for f in schema_of(text)["fields"]} for name, text in desk.texts.items()
    }


# --- what was not judged ---------------------------------------------------------------------------------------------


def test_a_check_of_a_table_that_was_not_read_is_left(desk: Desk) -> None:
    checks = (
        row_check("end <= documents.n_chars", **INSIDE),
        {"name": "size", "resource": "documents", "rows": {"minimum": 9}},
    )
    desk.unread = {"documents"}
    report = desk.run(*checks)
    why = "the table documents was not read"
    assert (report.problems, left(report)) == ([], [("the check mine", why), ("the check size", why)])
    desk.unread, desk.broken = set(), {"documents": "the rest of documents was not read"}
    report = desk.run(*checks)
    assert report.problems == []
    assert {reason for _, reason in left(report)} == {"the rest of documents was not read"}


def test_a_check_of_a_column_that_is_not_there_is_left(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.schemas["quotes"]["fields"].append({"name": "note", "type": "string"})
    report = desk.run(row_check("note <> ''"))
    assert (report.problems, left(report)) == ([], [("the check mine", "quotes has no column note")])


@pytest.mark.parametrize(
    "more",
    [
        {"schema": None},
        {"schema": {"fields": "none"}},
        {"path": "https://example.org/quotes.csv"},
    ],
)
def test_a_check_of_a_resource_without_typed_fields_is_left(desk: Desk, more: dict[str, Any]) -> None:
    desk.of_resource = {"quotes": more}
    report = desk.run(row_check("end > start"), {"name": "gaps", "resource": "quotes", "missing": "end"})
    assert "check-invalid" not in report.counts
    assert {"the check mine", "the check gaps"} <= {what for what, _ in left(report)}
