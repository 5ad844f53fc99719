"""The report: exact counts, bounded samples, ids that last, and the forms it takes."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import frictionless
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newspkg.problems import CATALOGUE, Problem, problem
from newspkg.report import Findings, Report
from newspkg.report.frictionless import TYPES, type_of
from newspkg.report.tally import DISTINCT, LONGEST, Tally


def bad(row: int, value: str | None = "x", **place: Any) -> Problem:
    """A cell of the wrong type in a row of books.csv; line and row are the same unless told otherwise."""
    known = {"resource": "books", "field": "year", "line": row, "path": "books.csv", **place}
    return problem(
        known.pop("code", "type-error"), known.pop("message", "year is no year."), row=row, value=value, **known
    )


def report_of(found: Iterable[Problem], samples: int | None = None, stats: dict[str, Any] | None = None) -> Report:
    findings = Findings(samples)
    findings.add_all(found)
    return findings.report(["books", "loans"], stats)


# --- what is counted and what is kept --------------------------------------------------------------------------------

problems = st.builds(
    Problem,
    code=st.sampled_from(["type-error", "constraint-error", "foreign-key"]),
    message=st.sampled_from(["one.", "another."]),
    severity=st.sampled_from(["error", "warning"]),
    resource=st.sampled_from([None, "books", "loans"]),
    field=st.sampled_from([None, "a", "b"]),
    row=st.none() | st.integers(1, 9),
    value=st.none() | st.sampled_from(["", "x", "y", "x|y"]),
    rule=st.sampled_from([None, "minimum", "maximum"]),
)


def key(one: Any) -> tuple[Any, ...]:
    return one.resource, one.code, one.rule, one.field


@given(st.lists(problems, max_size=40), st.none() | st.integers(0, 5))
def test_counts_are_exact_whatever_is_kept(found: list[Problem], samples: int | None) -> None:
    report = report_of(found, samples)
    assert report.counts == Counter(p.code for p in found)
    assert {key(f): f.count for f in report.findings} == Counter(map(key, found))
    assert report.errors == sum(p.severity == "error" for p in found)
    assert report.errors + report.warnings == len(found)
    assert report.valid == (report.errors == 0)
    room = len(found) if samples is None else samples
    assert {key(f): len(f.samples) for f in report.findings} == {
        k: min(n, room) for k, n in Counter(map(key, found)).items()
    }
    assert sorted(map(repr, report.problems)) == sorted(repr(p) for f in report.findings for p in f.samples)


@given(st.lists(problems, max_size=40), st.none() | st.integers(0, 5))
def test_the_frequent_values_are_those_of_a_plain_count(found: list[Problem], samples: int | None) -> None:
    for finding in report_of(found, samples).findings:
        naive = Counter(p.value for p in found if key(p) == key(finding) and p.value is not None)
        assert finding.values == tuple(sorted(naive.items(), key=lambda item: (-item[1], item[0]))[:10])
        assert (finding.values_complete, finding.distinct) == (True, len(naive))


@given(st.lists(st.lists(problems, max_size=12), min_size=1, max_size=5), st.data(), st.none() | st.integers(0, 3))
def test_the_order_of_merging_changes_neither_counts_nor_ids(
    batches: list[list[Problem]], data: st.DataObject, samples: int | None
) -> None:
    def merged(order: list[list[Problem]]) -> Report:
        whole = Findings(samples)
        for batch in order:
            part = Findings(samples)
            part.add_all(sorted(batch, key=lambda p: (p.row or 0, repr(p))))  # as a table is read
            part.leave("a", f"{len(batch)}")
            whole.merge(part)
        return whole.report(["books", "loans"])

    one, other = merged(batches), merged(data.draw(st.permutations(batches)))
    assert (one.counts, one.errors, one.warnings) == (other.counts, other.errors, other.warnings)
    assert {f.id: (f.count, f.values, f.message) for f in one.findings} == {
        f.id: (f.count, f.values, f.message) for f in other.findings
    }
    assert set(one.ids) == set(other.ids)
    assert {u.reason for u in one.unchecked} == {u.reason for u in other.unchecked}


def test_no_value_and_an_empty_one_are_two_whatever_comes_first() -> None:
    def kept(*order: str | None) -> list[str | None]:
        whole = Findings(1)
        for value in order:
            part = Findings(1)
            part.add(bad(2, value))
            whole.merge(part)
        return [p.value for p in whole.report().problems]

    assert kept(None, "") == kept("", None) == [None]


def test_a_lazy_source_is_drawn_from_no_more_than_is_kept() -> None:
    drawn: list[int] = []

    def source() -> Iterator[Problem]:
        for n in range(100):
            drawn.append(n)
            yield bad(n)

    findings = Findings(samples=2)
    findings.add_many(100, source(), bad(0))
    findings.add_many(50, source(), bad(0))
    report = findings.report()
    assert (report.counts, len(report.problems), drawn) == ({"type-error": 150}, 2, [0, 1])


def test_values_that_are_given_stand_for_all_cells() -> None:
    findings = Findings(samples=1)
    findings.add_many(5, [bad(2, "x")], bad(2), {"x": 2, "y": 3})
    findings.add_many(2, [], bad(9), {"x": 2, "none": 0})
    (finding,) = findings.report().findings
    assert (finding.values, finding.values_complete, finding.count) == ((("x", 4), ("y", 3)), True, 7)


def test_without_given_values_those_of_the_samples_are_lower_bounds() -> None:
    findings = Findings(samples=2)
    findings.add_many(5, (bad(n, "x") for n in range(5)), bad(2))
    (finding,) = findings.report().findings
    assert (finding.values, finding.values_complete) == ((("x", 2),), False)


def test_no_problem_is_no_finding() -> None:
    findings = Findings()
    findings.add_many(0, [], bad(1), {})
    report = findings.report()
    assert (report.valid, report.findings, report.counts, report.as_text()) == (True, [], {}, "valid: no problems")


def test_a_warning_alone_leaves_the_package_valid() -> None:
    report = report_of([replace(bad(2), severity="warning")])
    assert (report.valid, report.errors, report.warnings, report.findings[0].severity) == (True, 0, 1, "warning")
    assert "books.csv:2: type-error (warning) field=year" in report.as_text()


def test_the_number_of_samples_is_checked() -> None:
    with pytest.raises(ValueError, match="-1"):
        Findings(-1)


# --- the tally -------------------------------------------------------------------------------------------------------


def test_a_tally_is_exact_up_to_its_bound_and_then_says_so() -> None:
    tally = Tally()
    tally.add_all({f"v{n}": 1 for n in range(DISTINCT)})
    assert (tally.exact, tally.distinct) == (True, DISTINCT)
    tally.add("one more")
    assert (tally.exact, tally.distinct) == (False, DISTINCT + 1)


@settings(max_examples=20)
@given(st.permutations([("often", 90_000), ("rare", 25_000), ("also", 40_000)]), st.integers(1, 3))
def test_a_text_that_is_frequent_is_never_lost(heavy: list[tuple[str, int]], parts: int) -> None:
    whole = Tally()
    n_rare = 3 * DISTINCT
    for part in range(parts):
        own = Tally()
        own.add_all({f"{part}-{n}": 1 for n in range(n_rare)})
        own.add_all(dict(heavy[part::parts]))
        whole.merge(own)
    truth = dict(heavy)
    slack = (sum(truth.values()) + parts * n_rare) / DISTINCT
    assert [text for text, _ in whole.top(3)] == ["often", "also", "rare"]
    assert all(truth[text] - slack <= n <= truth[text] for text, n in whole.top(3))
    assert len(whole.counts) <= 2 * DISTINCT
    assert not whole.exact


def test_a_long_text_is_kept_short() -> None:
    tally = Tally()
    tally.add("x" * 10_000)
    assert tally.top(1) == (("x" * LONGEST + "…", 1),)


# --- ids -------------------------------------------------------------------------------------------------------------


def test_the_id_of_a_finding_is_what_the_documentation_says() -> None:
    (finding,) = report_of([bad(2, rule="type")]).findings
    assert finding.id == hashlib.sha256(b'["books","type-error","type","year"]').hexdigest()[:16]


def test_ids_know_neither_row_nor_line_nor_path() -> None:
    before = report_of([bad(2, "x"), bad(3, "y"), bad(7, "x"), bad(8, None)])
    after = report_of([bad(12, "y", path="b.csv"), bad(30, "x", line=None), bad(41, None), bad(50, "x")])
    assert sorted(before.ids) == sorted(after.ids)
    assert len(set(before.ids)) == 4
    assert all(own.startswith(before.findings[0].id + "-") for own in before.ids)


def test_texts_that_look_alike_have_ids_of_their_own() -> None:
    alike = [bad(2, None), bad(3, "None"), bad(4, ""), bad(5, "x", field="a|b"), bad(6, "x", field="a", rule="b")]
    assert len(set(report_of(alike).ids)) == len(alike)


def test_the_id_of_a_problem_can_be_asked_for() -> None:
    report = report_of([bad(2, "x"), bad(3, "x")])
    assert [report.id_of(p) for p in report.problems] == report.ids
    with pytest.raises(KeyError):
        report.id_of(bad(99))


# --- order and place -------------------------------------------------------------------------------------------------


def test_problems_are_in_the_order_of_the_package() -> None:
    found = [
        bad(3, resource="loans"),
        bad(4, column=9),
        bad(4, column=2),
        bad(2, resource="unknown"),
        bad(2),
        problem("package-error", "x."),
    ]
    report = report_of(found)
    assert [(p.resource, p.row, p.column) for p in report.problems] == [
        (None, None, None),
        ("books", 2, None),
        ("books", 4, 2),
        ("books", 4, 9),
        ("loans", 3, None),
        ("unknown", 2, None),
    ]
    assert [f.resource for f in report.findings] == [None, "books", "loans", "unknown"]


def test_faults_of_one_place_stand_in_one_order_however_they_came() -> None:
    """A table is read in chunks: which rule is broken first depends on where they end."""
    found = [
        bad(4, column=2, rule=rule, code=code)
        for rule, code in (("pattern", "constraint-error"), ("b", "type-error"), ("a", "type-error"))
    ]
    orders = {tuple((p.code, p.rule) for p in report_of(order).problems) for order in itertools.permutations(found)}
    assert orders == {(("constraint-error", "pattern"), ("type-error", "a"), ("type-error", "b"))}


def test_the_files_of_one_table_keep_their_order() -> None:
    parts = ["part2.csv", "part10.csv"]
    found = [bad(2, path="part10.csv"), bad(9, path="part2.csv")]
    report = report_of(found, stats={"resources": {"books": {"path": parts}}})
    assert [p.path for p in report.problems] == parts


def test_lines_and_columns_can_be_filled_in_afterwards() -> None:
    findings = Findings(samples=2)
    findings.add_all([bad(n, line=None) for n in (2, 3, 4)])
    findings.add(bad(2, line=None, field="zone"))
    findings.relocate(lambda found: [replace(p, line=10 * (p.row or 0), column=7) for p in found])
    report = findings.report()
    assert [(p.row, p.line, p.column) for p in report.problems] == [(2, 20, 7), (2, 20, 7), (3, 30, 7)]
    assert (report.findings[0].first.line, report.findings[0].count) == (20, 3)


@pytest.mark.parametrize("place", [lambda found: found[1:], lambda found: [replace(p, field="b") for p in found]])
def test_a_place_that_loses_problems_is_refused(place: Any) -> None:
    findings = Findings()
    findings.add(bad(2))
    with pytest.raises(ValueError, match="same order"):
        findings.relocate(place)


# --- data ------------------------------------------------------------------------------------------------------------


def test_json_has_its_shape() -> None:
    findings = Findings(samples=1)
    findings.add_all([bad(2, "a", rule="type", column=5), bad(3, "b", rule="type")])
    findings.leave("its hash", "the algorithm is not known", "books")
    report = findings.report(["books"], {"rows": 2, "tables": 1})
    own = report.findings[0].id
    assert json.loads(json.dumps(report.as_json())) == {
        "valid": False,
        "problems": [
            {
                "id": report.ids[0],
                "code": "type-error",
                "severity": "error",
                "resource": "books",
                "field": "year",
                "row": 2,
                "line": 2,
                "column": 5,
                "position": None,
                "row_group": None,
                "rule": "type",
                "value": "a",
                "path": "books.csv",
                "message": "year is no year.",
            }
        ],
        "counts": {"type-error": 2},
        "unchecked": [{"what": "its hash", "resource": "books", "reason": "the algorithm is not known"}],
        "findings": [
            {
                "id": own,
                "code": "type-error",
                "rule": "type",
                "severity": "error",
                "resource": "books",
                "field": "year",
                "count": 2,
                "samples": 1,
                "values": [{"value": "a", "count": 1}, {"value": "b", "count": 1}],
                "values_complete": True,
                "distinct": 2,
                "first": {"path": "books.csv", "row": 2, "line": 2, "column": 5},
                "message": "year is no year.",
                "hint": CATALOGUE["type-error"].hint,
            }
        ],
        "stats": {"rows": 2, "tables": 1},
    }


def test_frames_hold_what_json_holds_in_typed_columns() -> None:
    report = report_of([bad(2, "a"), bad(3, None, line=None), problem("package-error", "x.")])
    frame = report.frame()
    assert frame.drop("finding").to_dicts() == report.records() == report.as_json()["problems"]
    assert frame["finding"].to_list() == [own[:16] for own in report.ids]
    assert {name for name, dtype in frame.schema.items() if dtype == pl.Int64} == {
        "row",
        "line",
        "column",
        "position",
        "row_group",
    }
    found = report.findings_frame()
    assert found["id"].to_list() == [f.id for f in report.findings]
    assert found["values"].to_list() == [f["values"] for f in report.as_json()["findings"]]


def test_frames_of_a_good_package_have_their_columns_too() -> None:
    good, other = report_of([]), report_of([bad(2)])
    assert good.frame().schema == other.frame().schema
    assert good.findings_frame().schema == other.findings_frame().schema
    assert good.frame().height == good.findings_frame().height == 0


# --- frictionless ----------------------------------------------------------------------------------------------------

STATS = {
    "tables": 1,
    "rows": 3,
    "resources": {
        "books": {
            "path": "books.csv",
            "labels": ["id", "titel", "year", "id"],
            "fields": ["id", "title", "year"],
            "rows": 3,
            "bytes": 40,
            "sha256": "0" * 64,
        },
        "cover": {"path": "cover.png"},
        "inline": {"path": None, "rows": 1},
    },
}


def loaded(report: Report) -> frictionless.Report:
    """The report after frictionless has read it, and written it with nothing lost that it does not make itself."""
    given = report.as_frictionless()
    read = frictionless.Report.from_descriptor(json.loads(json.dumps(given)))
    back = read.to_descriptor()
    for ours, theirs in zip(given["tasks"], back["tasks"], strict=True):
        kept = [
            {k: v for k, v in e.items() if k not in ("title", "description", "message", "tags")} for e in ours["errors"]
        ]
        assert [{k: e.get(k) for k in error} for error, e in zip(kept, theirs["errors"], strict=True)] == kept
    return read


@pytest.mark.parametrize("code", CATALOGUE)
@pytest.mark.parametrize("resource", [None, "Bücher 1"])
@pytest.mark.parametrize("row", [None, 4])
def test_frictionless_reads_every_code(code: str, resource: str | None, row: int | None) -> None:
    field = None if row is None else "year"
    found = Problem(code, "a sentence.", resource=resource, field=field, row=row, value="v", rule="r", line=row)
    read = loaded(report_of([found]))
    (error,) = read.errors if resource is None else read.tasks[0].errors
    assert error.custom["code"] == code
    assert error.type == code or code in error.note
    assert not read.valid


def test_the_types_are_those_that_frictionless_has() -> None:
    known = [one for one in vars(frictionless.errors).values() if isinstance(one, type)]
    theirs = {one.type: one for one in known if issubclass(one, frictionless.Error)}
    assert set(TYPES) <= set(theirs)
    for code in CATALOGUE:
        if code in theirs and code != "check-error":  # another thing there
            assert type_of(bad(4, code=code)) == code
    for one in (bad(4, code=code, severity="error") for code in CATALOGUE):
        own = report_of([one]).as_frictionless()["tasks"][0]["errors"][0]
        assert own["tags"][: len(theirs[own["type"]].tags)] == theirs[own["type"]].tags


def test_frictionless_has_stats_labels_and_field_numbers() -> None:
    findings = Findings(samples=1)
    findings.add_many(9, [bad(3, "x"), bad(4, "y")], bad(3))
    findings.add(replace(bad(4), severity="warning", code="constraint-error"))
    findings.leave("its hash", "the algorithm is not known", "cover")
    findings.leave("the texts", "no texts")
    read = loaded(findings.report(["books"], STATS))
    books, cover, inline = read.tasks
    assert read.stats == {"tasks": 3, "errors": 9, "warnings": 1, "seconds": 0.0}
    assert read.warnings == ["not checked: the texts: no texts"]
    assert (books.name, books.type, books.place, books.valid) == ("books", "table", "books.csv", False)
    assert books.labels == ["id", "titel", "year", "id"]
    assert books.stats == {
        "errors": 9,
        "warnings": 2,
        "seconds": 0.0,
        "sha256": "0" * 64,
        "bytes": 40,
        "fields": 3,
        "rows": 3,
    }
    assert books.warnings == [
        "row 4, field year: year is no year. [constraint-error]",
        "1 of 9 problems type-error of year are listed.",
    ]
    error = books.errors[0]
    assert (error.type, error.row_number, error.field_name, error.field_number, error.cell) == (
        "type-error",
        3,
        "year",
        3,
        "x",
    )
    assert error.note == "year is no year."
    assert (cover.type, cover.valid, cover.warnings) == (
        "file",
        True,
        ["not checked: its hash: the algorithm is not known"],
    )
    assert (inline.type, inline.place) == ("table", "<memory>")


def test_frictionless_has_the_places_of_labels_and_surplus_cells() -> None:
    found = [
        bad(1, "id", code="duplicate-label", field="id"),
        bad(1, "titel", code="incorrect-label", field="title"),
        bad(1, None, code="missing-label", field="title"),
        bad(1, None, code="missing-label", field=None),
        bad(1, "gone", code="extra-label", field=None),
        bad(3, "a", code="extra-cell", field=None),
        bad(3, "b", code="extra-cell", field=None),
        bad(4, "b", position=9),
    ]
    errors = {e["id"]: e for e in report_of(found, stats=STATS).as_frictionless()["tasks"][0]["errors"]}
    report = report_of(found, stats=STATS)
    places = [(errors[own]["type"], errors[own].get("fieldNumber")) for own in map(report.id_of, found)]
    assert places == [
        ("duplicate-label", 4),
        ("incorrect-label", 2),
        ("missing-label", 2),
        ("unmatched-header", None),
        ("extra-label", 0),
        ("extra-cell", 5),
        ("extra-cell", 6),
        ("type-error", 9),
    ]


@pytest.mark.parametrize(
    ("rule", "field", "expected"),
    [
        ("a + b -> people.x + y", None, (["a", "b"], ["1", "2"], "people", ["x", "y"])),
        ("a -> people.x", "a", (["a"], ["1, 2"], "people", ["x"])),
        (None, "a", (["a"], ["1, 2"], "", [])),
        (None, None, ([], ["1, 2"], "", [])),
    ],
)
def test_frictionless_has_both_ends_of_a_foreign_key(
    rule: str | None, field: str | None, expected: tuple[Any, ...]
) -> None:
    read = loaded(report_of([bad(3, "1, 2", code="foreign-key", field=field, rule=rule)]))
    error = read.tasks[0].errors[0]
    assert (error.field_names, error.field_cells, error.reference_name, error.reference_field_names) == expected


def test_names_that_frictionless_would_refuse_are_written_otherwise_and_stay_apart() -> None:
    read = loaded(report_of([bad(2, resource=name) for name in ("A b", "a-b", "ä")]))
    assert [(task.name, task.title) for task in read.tasks] == [("a-b", "A b"), ("a-b-2", "a-b"), ("-", "ä")]


def test_frictionless_says_valid_of_a_good_package() -> None:
    read = loaded(report_of([], stats=STATS))
    assert (read.valid, [task.valid for task in read.tasks]) == (True, [True, True, True])


# --- text ------------------------------------------------------------------------------------------------------------


def test_text_has_counts_findings_by_file_values_lines_hint_and_verdict() -> None:
    findings = Findings(samples=3)
    cells = [bad(n, "n/a" if n % 2 else "-", column=8) for n in range(2, 9)]
    findings.add_many(7, cells, cells[0], Counter(str(p.value) for p in cells))
    findings.add(
        bad(
            5,
            "9",
            code="foreign-key",
            field="book",
            resource="loans",
            path="loans.csv",
            message="book is not in books.id.",
        )
    )
    findings.leave("the cells", "it has no schema", "loans")
    assert findings.report(["books", "loans"], {"tables": 2, "rows": 20}).as_text().splitlines() == [
        "7  type-error: A cell that is no value of its type",
        "1  foreign-key: A reference to a record that is not there",
        "",
        "books.csv",
        "  books.csv:2:8: type-error field=year (7 times): year is no year.",
        "      values: '-' (4), 'n/a' (3)",
        "      lines: 2-4 and 4 more",
        "      hint: Correct the cell, or the type and format of its field.",
        "",
        "loans.csv",
        "  loans.csv:5: foreign-key field=book value='9': book is not in books.id.",
        "      hint: Add the record, or correct the reference; mind case and spaces.",
        "",
        "Not every place is shown here; --format json --limit 0 lists them all.",
        "",
        "Not checked:",
        "  loans: the cells: it has no schema",
        "",
        "invalid: 2 tables, 20 rows; 8 problems; 1 not checked",
    ]


def test_text_of_a_foreign_key_names_the_missing_keys_and_what_is_near() -> None:
    keys = ["Smith ", "Brown", "Smith ", "Brown", "Brown", "JONES"]
    near = {"Smith ": " There is 'Smith'.", "JONES": " There is 'Jones'."}
    found = [
        bad(n, k, code="foreign-key", field="author", message=f"author is not in people.name.{near.get(k, '')}")
        for n, k in enumerate(keys, 2)
    ]
    assert report_of(found).as_text().splitlines()[2:8] == [
        "books.csv",
        "  books.csv:2: foreign-key field=author (6 times): author is not in people.name.",
        "      missing keys: 'Brown' (3)",
        "        'Smith ' (2): There is 'Smith'.",
        "        'JONES' (1): There is 'Jones'.",
        "      lines: 2-7",
    ]


def test_text_has_a_line_for_each_place_where_each_has_its_own_sentence() -> None:
    found = [bad(n, str(n), code="unique-error", message=f"year is the same as in row {n - 1}.") for n in range(2, 32)]
    lines = report_of(found).as_text().splitlines()[2:]
    assert lines[1] == "  books.csv:2: unique-error field=year value='2' (1 of 30): year is the same as in row 1."
    assert lines[2] == "      books.csv:3 value='3': year is the same as in row 2."
    assert lines[11] == "      and 20 more"
    assert lines[-3] == "Not every place is shown here; --format json lists them all."


def test_text_says_where_counts_are_lower_bounds_and_where_samples_are_all_there_is() -> None:
    findings = Findings(samples=4)
    findings.add_many(90, [bad(n, "ab"[n % 2]) for n in range(2, 6)], bad(2))
    text = findings.report().as_text()
    assert "      values, each at least as often: 'a' (2), 'b' (2)\n" in text
    assert "--format json --limit 0 lists them all" in text


def test_a_hint_is_given_once_for_a_code() -> None:
    found = [bad(2), bad(2, field="born"), bad(2, resource="loans", path="loans.csv")]
    assert report_of(found).as_text().count("hint:") == 1


def test_text_of_a_record_with_too_few_cells_is_one_line() -> None:
    def lacking(row: int, field: str, cells: int) -> Problem:
        said = f"the record has {cells} cells, not 4: {4 - cells} missing; {field} is missing."
        return bad(row, None, code="missing-cell", field=field, message=said)

    found = [lacking(2, "c", 2), lacking(2, "d", 2), lacking(3, "d", 3)]
    lines = [line for line in report_of(found).as_text().splitlines() if line.startswith("  books.csv")]
    assert lines == [
        "  books.csv:2: missing-cell: the record has 2 cells, not 4: 2 missing.",
        "  books.csv:3: missing-cell field=d: the record has 3 cells, not 4: 1 missing; d is missing.",
    ]
    assert "  1 more record with missing-cell here; --format json lists them." in report_of(found).as_text(limit=1)
    assert "  2 more missing-cell in other records here;" in report_of([*found, lacking(5, "d", 3)], 2).as_text(limit=1)


def test_many_findings_of_a_code_in_a_file_are_cut_short() -> None:
    text = report_of([bad(n, field=f"f{n}") for n in range(2, 9)]).as_text(limit=3)
    assert text.count("type-error field=") == 3
    assert "  4 more type-error here, 4 findings; --format json lists them." in text.splitlines()


def test_what_was_not_checked_for_one_reason_is_one_line() -> None:
    findings = Findings()
    for n in range(40):
        findings.leave("the cells", "it has no schema", f"t{n}")
    for what in ("the rule a", "the rule b"):
        findings.leave(what, "there are no quotes")
    assert findings.report().as_text().splitlines() == [
        "Not checked:",
        "  t0, t1, t2, t3, t4 and 35 more: the cells: it has no schema",
        "  the rule a, the rule b: there are no quotes",
        "",
        "valid: no problems; 42 not checked",
    ]


@given(st.lists(problems, max_size=40), st.none() | st.integers(0, 5), st.integers(1, 5))
def test_text_can_be_made_of_anything(found: list[Problem], samples: int | None, limit: int) -> None:
    lines = report_of(found, samples).as_text(limit).splitlines()
    assert lines[-1].startswith("invalid" if any(p.severity == "error" for p in found) else "valid")
    assert all(len(line) <= 120 for line in lines)


def test_a_big_report_is_short() -> None:
    found = [bad(n, f"v{n % 5000}", field=f"f{n % 7}") for n in range(2, 70_002)]
    report = report_of(found, 1000)
    assert len(report.as_text().splitlines()) < 60
    assert len(json.dumps(report.as_json())) < 2_600_000
    assert report.counts == {"type-error": 70_000}
