"""Checks that cannot be used: what is said of them, and what no expression can do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk import DOCUMENTS, Desk, refused, row_check, told
from effort import examples
from newspkg.validate.checks.sql import FUNCTIONS, Unfit, column, read


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


# --- checks that cannot be used --------------------------------------------------------------------------------------

AT = "/newspkg:checks/0"


@pytest.mark.parametrize(
    ("check", "place", "says"),
    [
        ("end > start", AT, "must be an object"),
        ({}, f"{AT}/name", "must be a text"),
        (row_check("end > start") | {"name": ""}, f"{AT}/name", "must be a text"),
        (row_check("end > start") | {"name": "two\nlines"}, f"{AT}/name", "one line"),
        (row_check("end > start") | {"name": 3}, f"{AT}/name", "must be a text"),
        ({"name": "mine", "resource": "quotes"}, AT, "must have one of expression, missing, rows, function"),
        (row_check("end > start", rows={"minimum": 1}), AT, "not expression and rows"),
        (row_check("end > start", atmost=1), f"{AT}/atmost", "did you mean atMost?"),
        (row_check("end > start", colour=1), f"{AT}/colour", "is no property"),
        ({"name": "n", "resource": "quotes", "rows": {"minimum": 1}, "atMost": 1}, f"{AT}/atMost", "is no property"),
        ({"name": "mine", "expression": "end > start"}, f"{AT}/resource", "must name the resource"),
        (row_check("end > start", resource="quote"), f"{AT}/resource", "did you mean quotes?"),
        (row_check("end > start", resource=["quotes"]), f"{AT}/resource", "names no resource"),
        (row_check("end > start", severity="fatal"), f"{AT}/severity", "error or warning"),
        (row_check("end > start", severity=[]), f"{AT}/severity", "error or warning"),
        (row_check("end > start", description=1), f"{AT}/description", "must be a text"),
        (row_check("end > start", message=1), f"{AT}/message", "must be a text"),
        (row_check("end > start", message=" "), f"{AT}/message", "must be a text"),
        (row_check("end > start", message="x" * 501), f"{AT}/message", "at most 500"),
        (row_check("end > start", message="{strat}"), f"{AT}/message", "did you mean start?"),
        (row_check("end > start", message="{end.__class__}"), f"{AT}/message", "has a place for"),
        (row_check("end > start", message="{0}"), f"{AT}/message", "has a place for"),
        (row_check("end > start", message="} {end}"), f"{AT}/message", "written twice"),
        (row_check("end > start", atMost=-1), f"{AT}/atMost", "whole number"),
        (row_check("end > start", atMost=1.5), f"{AT}/atMost", "share"),
        (row_check("end > start", atMost=True), f"{AT}/atMost", "whole number"),
        (row_check("end > start", atMost="1%"), f"{AT}/atMost", "whole number"),
        (row_check("end > start", atMost=10**30), f"{AT}/atMost", "whole number"),
        (row_check("end > start", by="nothing"), f"{AT}/by", "names 'nothing', which is no field"),
        (row_check("COUNT(*) > 1", by=["documant_id"]), f"{AT}/by", "did you mean document_id?"),
        (row_check("COUNT(*) > 1", by=["end", "end"]), f"{AT}/by", "different fields"),
        (row_check("COUNT(*) > 1", by=3), f"{AT}/by", "list of fields"),
        (row_check("COUNT(*) > 1", by=["end"], message="{start}"), f"{AT}/message", "has a place for 'start'"),
        (row_check("end > 1", by=["end"]), f"{AT}/expression", "no aggregate"),
        (row_check("COUNT(*) > start", by=["end"]), f"{AT}/expression", "FIRST(field)"),
        (row_check("COUNT(*) > start", by=[]), f"{AT}/expression", "FIRST(field)"),
        (row_check("COUNT(*)", by=["end"]), f"{AT}/expression", "it is a number"),
        (row_check("COUNT(*) > 1"), f"{AT}/expression", "says by which field"),
        (row_check("end > start", **{"with": ["documents"]}), f"{AT}/with", "must be an object"),
        (
            row_check("end > start", **{"with": {"document": ["document_id"]}}),
            f"{AT}/with/document",
            "did you mean documents?",
        ),
        (row_check("end > start", **{"with": {"documents": []}}), f"{AT}/with/documents", "list of fields"),
        (row_check("end > start", **{"with": {"documents": "document_id"}}), f"{AT}/with/documents", "list of fields"),
        (
            row_check("end > start", **{"with": {"documents": ["document_id", 1]}}),
            f"{AT}/with/documents",
            "different fields",
        ),
        (
            row_check("end > start", **{"with": {"documents": {"document_id": 1}}}),
            f"{AT}/with/documents",
            "list of fields",
        ),
        (
            row_check("end > start", **{"with": {"documents": ["quote_id"]}}),
            f"{AT}/with/documents",
            "no field of documents",
        ),
        (
            row_check("end > start", **{"with": {"documents": {"id": "outlet"}}}),
            f"{AT}/with/documents",
            "no field of quotes",
        ),
        (
            row_check("end > start", **{"with": {"documents": {"start": "outlet"}}}),
            f"{AT}/with/documents",
            "integer here, string there",
        ),
        ({"name": "n", "resource": "quotes", "rows": 3}, f"{AT}/rows", "minimum"),
        ({"name": "n", "resource": "quotes", "rows": {}}, f"{AT}/rows", "minimum"),
        ({"name": "n", "resource": "quotes", "rows": {"min": 3}}, f"{AT}/rows", "minimum"),
        ({"name": "n", "resource": "quotes", "rows": {"minimum": -1}}, f"{AT}/rows", "whole numbers"),
        ({"name": "n", "resource": "quotes", "rows": {"minimum": 5, "maximum": 4}}, f"{AT}/rows", "above its maximum"),
        ({"name": "n", "resource": "quotes", "missing": "ends"}, f"{AT}/missing", "did you mean end?"),
        ({"name": "n", "resource": "quotes", "missing": []}, f"{AT}/missing", "one to"),
        ({"name": "n", "resource": "quotes", "missing": None}, f"{AT}/missing", "list of fields"),
        ({"function": "nobody-wrote-it"}, f"{AT}/function", "registered by no installed package"),
        ({"function": 3, "name": "x"}, f"{AT}/function", "must name a function"),
        ({"function": "f", "options": []}, f"{AT}/options", "must be an object"),
        ({"function": "f", "resource": {}}, f"{AT}/resource", "must name a resource"),
        ({"function": "f", "resource": ["quotes", "letters"]}, f"{AT}/resource", "names no resource"),
    ],
)
def test_a_check_that_cannot_be_used_says_where_and_why(desk: Desk, check: Any, place: str, says: str) -> None:
    found = refused(desk.run(check))
    assert place in {where for where, _ in found}
    message = next(m for where, m in found if where == place)
    assert message.startswith(f"{place} ")
    assert says in message


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        (3, "must be a text"),
        ("", "is blank"),
        ("  \n", "is blank"),
        ("end >", "is no expression of SQL"),
        ("(end > start", "is no expression of SQL"),
        ("end > start)", "is no expression of SQL"),
        ("end > 'open", "not closed"),
        ('"end > start', "not closed"),
        ("end > start; end", "has a sign that no expression has: ';'"),
        ("end > start -- so it is", "has a comment"),
        ("end /* so */ > start", "has a comment"),
        ("end > $1", "has a sign"),
        ("ends > start", "did you mean end?"),
        ('quote_id = "q1 or q2"', "single quotation marks"),
        ("START > 1", "names 'START', which is no field"),
        ("end", "must be true or false; it is a number"),
        ("quote_id", "it is a text"),
        ("TRUE", "names no field"),
        ("1 = 1", "names no field"),
        ("end > 'a'", "does not fit the types of its fields"),
        ("quote_id > 5", "does not fit the types of its fields"),
        ("quote_id AND start > 1", "does not fit the types of its fields"),
        ("LENGTH(end) > 1", "does not fit the types of its fields"),
        ("REGEXP_LIKE(quote_id, '(')", "does not fit"),
        ("LENGHT(quote_id) > 1", "did you mean LENGTH?"),
        ("CAST(end AS BLOB) = 1", "casts to BLOB"),
        ("end::json = 1", "casts to json"),
        ("end > start AS fine", "casts to fine"),
        ("documents.n_chars > 1", "names 'documents.n_chars'"),
        (f"quote_id <> '{'x' * 2000}'", "at most 2,000"),
        ("start > " + "+".join(["1"] * 400), "at most 500"),
        ("NOT " * 200 + "start > 1", "is no expression of SQL"),
        ("(" * 200 + "start > 1" + ")" * 200, "is no expression of SQL"),
    ],
)
def test_an_expression_that_is_none_says_why(desk: Desk, expression: Any, says: str) -> None:
    ((place, message),) = refused(desk.run(row_check(expression)))
    assert place == f"{AT}/expression"
    assert says in message


def test_a_value_that_does_not_fit_is_told_of_the_check(desk: Desk) -> None:
    ((place, message),) = refused(desk.run(row_check("CAST(quote_id AS INT) > 1")))
    assert place == AT
    assert "cannot be judged on these values" in message


def test_all_faults_of_a_check_are_told_and_the_others_are_run(desk: Desk) -> None:
    report = desk.run(row_check("ends > 1", atMost=-1, message="{x}"), row_check("end > start", name="good"))
    assert {p.field for p in report.problems if p.code == "check-invalid"} == {
        f"{AT}/expression",
        f"{AT}/atMost",
        f"{AT}/message",
    }
    assert [p.rule for p in report.problems if p.code == "check-error"] == ["good"]


def test_two_checks_of_one_resource_have_two_names(desk: Desk) -> None:
    twice = (row_check("end > 0"), row_check("start > 0"), row_check("n_chars > 0", resource="documents"))
    assert [place for place, _ in refused(desk.run(*twice))] == ["/newspkg:checks/1/name"]


def test_a_list_is_a_list_and_has_an_end(desk: Desk) -> None:
    desk.more = {"newspkg:checks": {"a": 1}}
    assert refused(desk.run()) == [("/newspkg:checks", "/newspkg:checks must be a list of checks.")]
    desk.more = {"newspkg:checks": [row_check("end > 0", name=f"n{n}") for n in range(1001)]}
    ((place, message),) = refused(desk.run())
    assert (place, "beyond 1,000 checks" in message) == ("/newspkg:checks", True)


def test_a_check_in_a_resource_is_of_that_resource(desk: Desk) -> None:
    desk.of_resource = {"quotes": {"newspkg:checks": [row_check("n_chars > 0", resource="documents")]}}
    ((place, message),) = refused(desk.run())
    assert (place, "must be quotes" in message) == ("/resources/1/newspkg:checks/0/resource", True)


def test_a_name_that_would_mean_two_things_is_refused(tmp_path: Path) -> None:
    desk = Desk(tmp_path, documents=DOCUMENTS, quotes="document_id,documents.outlet\nd1,x\n")
    check = row_check("documents.outlet = 'x'", **{"with": {"documents": ["document_id"]}})
    ((place, message),) = refused(desk.run(check))
    assert (place, "mean two things" in message) == (f"{AT}/with", True)


# --- what no expression can do ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "expression",
    [
        "start > (SELECT 1)",
        "EXISTS (SELECT 1)",
        "start IN (SELECT start FROM quotes)",
        "start IN (FROM quotes)",
        "start IN (TABLE quotes)",
        "start IN (VALUES (1))",
        "start = ANY(SELECT 1)",
        "(WITH x AS (SELECT 1) SELECT 1) = start",
        "read_csv('datapackage.json') = start",
        "start IN read_csv('datapackage.json')",
        "scan_parquet('x') = start",
        "start IN (SELECT * FROM read_csv('datapackage.json'))",
        "COLUMNS('.*') > 1",
        "UNNEST(start) > 1",
        "EXPLODE(start) > 1",
        "start > 1 UNION SELECT 1",
        "NOW() > start",
        "CURRENT_DATE > DATE(quote_id)",
        "CURRENT_TIMESTAMP IS NULL",
        "RANDOM() > start",
        "REPLACE(quote_id, 'q', 'qqqqqqqq') = 'q'",
        "LPAD(quote_id, 1000000000, 'x') = 'x'",
        "REPEAT(quote_id, 1000000000) = 'x'",
        "ROW_NUMBER() OVER (ORDER BY start) > 1",
        "SUM(start) OVER (PARTITION BY end) > 1",
        "LAG(start) OVER (ORDER BY start) < start",
        "start[1] > 1",
        "start -> 'x' = 1",
        "E'\\'' = quote_id",
        "$$ x $$ = quote_id",
        "`start` > 1",
        "quotes.* = 1",
        "* > 1",
        '"*" > 1',
        '"^s.*$" > 1',
        "X'00' = quote_id",
    ],
)
def test_what_is_no_expression_over_the_fields_is_refused(desk: Desk, expression: str) -> None:
    ((place, _),) = refused(desk.run(row_check(expression)))
    assert place == f"{AT}/expression"


def test_a_text_that_looks_like_sql_is_a_text(desk: Desk) -> None:
    assert told(desk.run(row_check("quote_id <> '(SELECT 1); -- read_csv(\"x\")'"))) == []


def test_a_field_whose_name_could_begin_a_text_of_another_kind_does_not(tmp_path: Path) -> None:
    r"""To some readers of SQL e'\' goes on until the next quotation mark; here it never begins."""
    desk = Desk(tmp_path, quotes="e,x\n1,2\n")
    ((place, _),) = refused(desk.run(row_check(r"e'\' = x OR (SELECT 1) --'")))
    assert place == f"{AT}/expression"


def test_polars_knows_every_function_on_the_list() -> None:
    """A name on the list that polars has dropped would be promised in vain."""
    arguments = {"DATE_PART": "'year', a", "MOD": "a, 2", "DIV": "a, 2", "POW": "a, 2", "LOG10": "a", "NULLIF": "a, a", "IFNULL": "a, a", "IF": "a, a, a", "GREATEST": "a, a", "LEAST": "a, a", "COALESCE": "a, a", "LEFT": "a, 1", "RIGHT": "a, 1", "SUBSTR": "a, 1", "SPLIT_PART": "a, '-', 1", "STARTS_WITH": "a, 'b'", "ENDS_WITH": "a, 'b'", "REGEXP_LIKE": "a, 'b'", "STRFTIME": "a, '%Y'"}  # fmt: skip
    for name in sorted(FUNCTIONS):
        assert read(f"{name}({arguments.get(name, 'a')}) IS NULL", {"a": None}, "t").fields == ("a",), name


SQL_PARTS = st.sampled_from(["start", '"end"', "quote_id", "1", "2.5", "'a'", "(", ")", ",", "=", ">", "<", "+", "-", "*", "/", "%", "||", "::", "~", " ", " AND ", " OR ", " NOT ", " IN ", " IS NULL", " NULL ", " LIKE ", "CASE WHEN ", " THEN ", " ELSE ", " END", "COUNT(*)", "SUM(", "MAX(", "CAST(", " AS INT)", "DATE '2031-01-01'", "INTERVAL '1 day'", "LENGTH(", "ROUND(", "IF(", " BETWEEN ", "FILTER (WHERE ", "DISTINCT ", "SELECT ", " FROM ", "--", ";", "\0", "é"])  # fmt: skip
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)
FIELD = st.sampled_from(["quote_id", "document_id", "start", "end", "documents.n_chars", "x"])
NEARLY = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["a", "b"]) | ANY_JSON,
        "resource": st.sampled_from(["quotes", "documents"]) | ANY_JSON,
        "expression": st.lists(SQL_PARTS, max_size=12).map("".join) | ANY_JSON,
        "severity": st.sampled_from(["error", "warning"]) | ANY_JSON,
        "message": st.sampled_from(["{start}", "{", "{{}}", "{x}"]) | ANY_JSON,
        "with": st.dictionaries(
            st.sampled_from(["documents", "quotes"]), st.lists(FIELD, max_size=2) | ANY_JSON, max_size=2
        )
        | ANY_JSON,
        "by": st.lists(FIELD, max_size=3) | ANY_JSON,
        "atMost": st.integers() | st.floats(allow_nan=False, allow_infinity=False) | ANY_JSON,
        "rows": st.dictionaries(st.sampled_from(["minimum", "maximum"]), st.integers() | ANY_JSON) | ANY_JSON,
        "missing": FIELD | st.lists(FIELD, max_size=2) | ANY_JSON,
        "function": ANY_JSON,
        "options": ANY_JSON,
        "description": ANY_JSON,
    },
)


@settings(max_examples=examples(80, 1500), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    of_package=st.lists(NEARLY, max_size=3) | ANY_JSON,
    of_block=ANY_JSON,
    of_resource=st.lists(NEARLY, max_size=2) | ANY_JSON,
)
def test_no_json_breaks_the_reader(desk: Desk, of_package: Any, of_block: Any, of_resource: Any) -> None:
    desk.more = {"newspkg:checks": of_package, "newspkg": {"checks": of_block}}
    desk.of_resource = {"quotes": {"newspkg:checks": of_resource}}
    report = desk.run()
    assert set(report.counts) <= {"check-error", "check-invalid"}
    assert all(p.message.endswith((".", "?", "!")) and p.field != "" for p in report.problems)


@settings(max_examples=examples(150, 3000), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(expression=st.lists(SQL_PARTS, max_size=14).map("".join), by=st.none() | st.lists(FIELD, max_size=1))
def test_no_expression_breaks_a_run(desk: Desk, expression: str, by: list[str] | None) -> None:
    report = desk.run(row_check(expression) | ({} if by is None else {"by": by}))
    assert set(report.counts) <= {"check-error", "check-invalid"}
    assert report.counts or not report.unchecked


@given(name=st.text(max_size=5), other=st.text(max_size=5))
def test_no_two_fields_share_a_column_nor_one_with_the_machinery(name: str, other: str) -> None:
    assert (column(name) == column(other)) == (name == other)
    assert not re.match(r"#[^:]|[*^]", column(name))


def test_unfit_is_all_that_reading_raises() -> None:
    with pytest.raises(Unfit, match="no field of t"):
        read("a > b", {"a": pl.Int64()}, "t")
