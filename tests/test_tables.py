"""The one door: corrections, counts, files."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from newspkg import ids
from newspkg.problems import CannotRun
from newspkg.schema import house_schemas
from newspkg.tables import (
    ORDER,
    apply_corrections,
    count_rows,
    document_row,
    mend_references,
    published_actors,
    read_csv_rows,
    to_frame,
    write_table,
)

DOC = "doc-0123456789abcdef"


def correction(table: str, row_id: str, field: str, value: str | None) -> dict[str, object]:
    return {"table": table, "row_id": row_id, "field": field, "value": value, "reason": "r", "source": "s", "_line": 2}


def mention(start: int, end: int) -> dict[str, object]:
    row = dict.fromkeys(house_schemas()["mentions"].names)
    row |= {"mention_id": ids.span_id(DOC, "mentions", start, end), "document_id": DOC, "start": start, "end": end}
    return row | {
        "surface": "x",
        "form": "name",
        "reading": "actor",
        "method": "rule",
        "rule": "r",
        "confidence": 0.5,
        "review": "unreviewed",
    }


def test_every_schema_has_its_place_in_the_order() -> None:
    assert sorted(ORDER) == sorted(house_schemas())


def test_a_correction_sets_a_cell_and_marks_the_row() -> None:
    rows = {"mentions": [mention(1, 2)]}
    assert apply_corrections(rows, [correction("mentions", f"{DOC}:m1-2", "actor_id", "velmara")], ["mentions"]) == []
    assert rows["mentions"][0]["actor_id"] == "velmara"
    assert rows["mentions"][0]["review"] == "corrected"


def test_a_correction_adds_a_row_whose_span_is_in_its_id() -> None:
    rows = {"mentions": []}
    row_id = f"{DOC}:m7-19"
    found = apply_corrections(
        rows, [correction("mentions", row_id, "*", "add"), correction("mentions", row_id, "form", "name")], ["mentions"]
    )
    assert found == []
    added = rows["mentions"][0]
    assert (added["document_id"], added["start"], added["end"], added["form"], added["method"]) == (
        DOC,
        7,
        19,
        "name",
        "human",
    )


def test_adding_a_row_that_the_rules_find_by_now_is_no_fault() -> None:
    rows = {"mentions": [mention(1, 2)]}
    assert apply_corrections(rows, [correction("mentions", f"{DOC}:m1-2", "*", "add")], ["mentions"]) == []
    assert rows["mentions"] == [mention(1, 2)]


def test_a_correction_drops_a_row() -> None:
    rows = {"mentions": [mention(1, 2), mention(3, 4)]}
    assert apply_corrections(rows, [correction("mentions", f"{DOC}:m1-2", "*", "drop")], ["mentions"]) == []
    assert [m["start"] for m in rows["mentions"]] == [3]


@pytest.mark.parametrize(
    ("row_id", "field", "value", "why"),
    [
        (f"{DOC}:m8-9", "actor_id", "x", "the row is gone"),
        (f"{DOC}:m1-2", "colour", "x", "no such field"),
        (f"{DOC}:m1-2", "mention_id", "x", "a key is not corrected"),
        (f"{DOC}:m1-2", "confidence", "high", "not a number"),
        (f"{DOC}:m8-9", "*", "drop", "nothing to drop"),
        (f"{DOC}:m1-2", "*", "hide", "no such verb"),
        (f"{DOC}:q8-9", "*", "add", "the id of another table"),
        ("m8", "*", "add", "no id at all"),
    ],
)
def test_a_correction_that_does_not_match_is_a_problem_and_changes_nothing(
    row_id: str, field: str, value: str, why: str
) -> None:
    rows = {"mentions": [mention(1, 2)]}
    found = apply_corrections(rows, [correction("mentions", row_id, field, value)], ["mentions"])
    assert [(p.code, p.line) for p in found] == [("correction-stale", 2)], why
    assert rows["mentions"] == [mention(1, 2)]


def test_a_reader_accepts_all_rows_of_a_document_at_once() -> None:
    other = mention(5, 6) | {"mention_id": "doc-ffffffffffffffff:m5-6", "document_id": "doc-ffffffffffffffff"}
    rows = {"mentions": [mention(1, 2), mention(3, 4), other]}
    found = apply_corrections(
        rows,
        [
            correction("mentions", f"{DOC}:*", "review", "accepted"),
            correction("mentions", f"{DOC}:m3-4", "form", "surname"),
        ],
        ["mentions"],
    )
    assert found == []
    assert [m["review"] for m in rows["mentions"]] == ["accepted", "corrected", "unreviewed"]


@pytest.mark.parametrize(("row_id", "value"), [("doc-eeeeeeeeeeeeeeee:*", "accepted"), (f"{DOC}:*", "corrected")])
def test_accepting_rows_that_are_not_there_or_otherwise_is_a_problem(row_id: str, value: str) -> None:
    rows = {"mentions": [mention(1, 2)]}
    found = apply_corrections(rows, [correction("mentions", row_id, "review", value)], ["mentions"])
    assert [p.code for p in found] == ["correction-stale"]
    assert rows["mentions"][0]["review"] == "unreviewed"


def test_no_cell_points_at_a_row_that_was_dropped() -> None:
    quotes = [
        {"quote_id": f"{DOC}:q{a}-{b}", "document_id": DOC, "start": a, "end": b, "speaker_mention_id": m}
        for a, b, m in [(0, 90, f"{DOC}:m1-2"), (10, 40, f"{DOC}:m8-9")]
    ]
    event = {
        "event_mention_id": "e",
        "document_id": DOC,
        "trigger_start": 20,
        "trigger_end": 25,
        "quote_id": f"{DOC}:q12-60",
    }
    far = event | {"event_mention_id": "f", "trigger_start": 95, "trigger_end": 99}
    rows = {"quotes": quotes, "mentions": [mention(1, 2)], "event_mentions": [event, far]}
    mend_references(rows, ["quotes", "mentions", "event_mentions"])
    assert [e["quote_id"] for e in rows["event_mentions"]] == [f"{DOC}:q10-40", None]
    assert [q["speaker_mention_id"] for q in rows["quotes"]] == [f"{DOC}:m1-2", None]


def test_counts_of_a_document_count_overlapping_quotes_once() -> None:
    text = "x" * 100
    document = document_row(
        source_file="a.txt",
        text=text,
        sha256="0123456789abcdef" * 4,
        extractor="text",
        body_span=(0, 100),
        published="2020-10",
        published_span=None,
        facts={},
    )
    quotes = [
        {"document_id": DOC, "start": a, "end": b, "kind": kind}
        for a, b, kind in [(0, 20, "direct"), (10, 30, "direct"), (40, 90, "indirect")]
    ]
    rows = {"documents": [document], "quotes": quotes, "mentions": [mention(1, 2)], "event_mentions": []}
    count_rows(rows)
    assert (document["quoted_chars"], document["quoted_share"], document["n_quotes"], document["n_mentions"]) == (
        30,
        0.3,
        3,
        1,
    )
    assert (document["published_earliest"], document["published_latest"]) == (date(2020, 10, 1), date(2020, 10, 31))


def test_only_actors_that_are_mentioned_or_needed_are_published() -> None:
    actors = {
        a: {"actor_id": a, "part_of": p}
        for a, p in [
            ("velmara", None),
            ("velmara-army", "velmara"),
            ("ostria", None),
            ("mara-ilen", None),
            ("union", None),
        ]
    }
    roles = [{"role_id": "r", "actor_id": "mara-ilen", "organisation_id": "union"}]
    rows = {
        "mentions": [{"actor_id": "velmara-army"}, {"actor_id": None}],
        "quotes": [{"speaker_id": "mara-ilen", "addressee_id": None}],
        "event_participants": [],
    }
    published_actors(
        rows, actors, [{"actor_id": "ostria", "name": "Ostria"}, {"actor_id": "union", "name": "Union"}], roles
    )
    assert {a["actor_id"] for a in rows["actors"]} == {"velmara", "velmara-army", "mara-ilen", "union"}
    assert [n["actor_id"] for n in rows["actor_names"]] == ["union"]
    assert rows["actor_roles"] == roles


def test_a_table_is_written_as_every_reader_expects(tmp_path: Path) -> None:
    nasty = 'a, "b"\nand\r\nmore\rü \u2028'
    row = dict.fromkeys(house_schemas()["documents"].names)
    row |= {
        "document_id": DOC,
        "source_file": "b.txt",
        "title": nasty,
        "authors": ['Ann "A" B', "Cé"],
        "published_earliest": date(2020, 1, 2),
        "quoted_share": 0.1,
        "outlet": "",
    }
    other = row | {"document_id": "doc-0000000000000000", "title": "plain"}
    frame = to_frame(house_schemas()["documents"], [row, other])
    write_table(frame, tmp_path / "documents.csv")
    raw = (tmp_path / "documents.csv").read_bytes()
    assert raw.startswith(b"document_id,source_file,title,") and not raw.startswith(b"\xef\xbb\xbf")
    cells = list(csv.reader(io.StringIO(raw.decode("utf-8"), newline="")))
    assert [c[0] for c in cells[1:]] == ["doc-0000000000000000", DOC], "sorted by key"
    named = dict(zip(cells[0], cells[2], strict=True))
    assert named["title"] == nasty
    assert named["authors"] == '["Ann \\"A\\" B", "Cé"]'
    assert (named["published_earliest"], named["quoted_share"], named["outlet"], named["url"]) == (
        "2020-01-02",
        "0.1",
        "",
        "",
    )


def test_an_empty_table_has_its_header(tmp_path: Path) -> None:
    write_table(to_frame(house_schemas()["event_links"], []), tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text(encoding="utf-8") == ",".join(house_schemas()["event_links"].names) + "\n"


def test_a_wrong_type_never_becomes_a_null() -> None:
    with pytest.raises((pl.exceptions.PolarsError, TypeError)):
        to_frame(house_schemas()["mentions"], [mention(1, 2) | {"start": "one"}])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"actor_id,nam\nx,y\n", "line 1: no such column: nam"),
        (b"actor_id,name,type\nx,y\n", "line 2: 2 cells where the header has 3"),
        (b"actor_id,name\nx,\xff\n", "not UTF-8 at byte 16"),
    ],
)
def test_a_curated_file_that_cannot_be_read_says_where(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "actors.csv"
    path.write_bytes(content)
    with pytest.raises(CannotRun) as error:
        read_csv_rows(path, house_schemas()["actors"])
    assert message in str(error.value)


def test_a_curated_file_may_come_from_a_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "actors.csv"
    path.write_bytes(b'\xef\xbb\xbfactor_id,name,type\r\nvelmara,"Vel\nmara",state\r\n\r\n')
    row = {"actor_id": "velmara", "name": "Vel\nmara", "type": "state", "_line": 2}
    assert read_csv_rows(path, house_schemas()["actors"]) == [row]
