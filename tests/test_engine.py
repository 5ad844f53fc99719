"""Three ways of reading a table: exactly, fast where the bytes allow it, and in plain Python where there is little of
it. Whatever the bytes are, all say the same.

Also: what keys hold may go to disk, and a file may be cut into any blocks; the report does not change.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from effort import examples
from judging import both_ways, places
from newspkg.validate import fast, plain, records, structure, validate
from newspkg.validate import keys as keys_module
from newspkg.validate.delimited import cell_places, split
from newspkg.validate.descriptor import Dialect
from newspkg.validate.structure import structure_of

SETTINGS = settings(
    max_examples=examples(60, 800), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of any size are read fast, in blocks and batches so small that everything spans two of them."""
    monkeypatch.setattr(plain, "SMALL", -1)
    monkeypatch.setattr(fast, "LEAST", 0)
    monkeypatch.setattr(fast, "_STARTED", 0)
    monkeypatch.setattr(structure, "_BLOCK", 16)
    monkeypatch.setattr(fast, "ROWS", 3)
    monkeypatch.setattr(records, "ROWS", 4)
    monkeypatch.setattr(keys_module, "_PENDING", 5)
    monkeypatch.setattr(keys_module, "_FEW", 1)


def slowly(folder: Path, **options: Any) -> Any:
    """The report by the exact reader, which must be the same in plain Python."""
    least, fast.LEAST, started, fast._STARTED = fast.LEAST, 1 << 60, fast._STARTED, 1 << 60
    small, plain.SMALL = plain.SMALL, 1 << 60
    try:
        return both_ways(folder, **options).as_json()
    finally:
        fast.LEAST, fast._STARTED, plain.SMALL = least, started, small


def written(folder: Path, raw: bytes, schema: dict[str, Any], parent: bytes = b"k\na\nb\n") -> Path:
    resources = [
        {"name": "t", "path": "t.csv", "schema": schema, "type": "table"},
        {"name": "p", "path": "p.csv", "schema": {"fields": [{"name": "k", "type": "string"}]}, "type": "table"},
    ]
    (folder / "datapackage.json").write_text(json.dumps({"name": "x", "resources": resources}), encoding="utf-8")
    (folder / "t.csv").write_bytes(raw)
    (folder / "p.csv").write_bytes(parent)
    return folder


FIELDS: list[dict[str, Any]] = [
    {"name": "a", "type": "string", "constraints": {"required": True}},
    {"name": "a", "type": "string"},
    {"name": "a", "type": "string", "constraints": {"pattern": "[ab]+", "maxLength": 2}},
    {"name": "a", "type": "string", "constraints": {"enum": ["a", "b", "NA"], "required": True}},
    {"name": "a", "type": "integer", "constraints": {"minimum": 1, "unique": True}},
    {"name": "a", "type": "number", "constraints": {"maximum": 1.5}},
    {"name": "a", "type": "date", "constraints": {"minimum": "2020-02-28", "exclusiveMaximum": "2021-01-01"}},
    {"name": "a", "type": "datetime", "constraints": {"exclusiveMinimum": "2020-02-28T00:00:00Z"}},
    {"name": "a", "type": "datetime", "constraints": {"maximum": "2020-02-28T00:00:00Z"}},
    {"name": "a", "type": "boolean"},
    {"name": "a", "type": "year"},
    {"name": "a", "type": "time"},
    {"name": "a", "type": "array"},
    {"name": "a", "type": "string", "format": "email"},
    {"name": "a", "type": "string", "missingValues": ["-"]},
]
CELLS = st.sampled_from(
    ["", "a", "b", "ab", "NA", "-", "1", "01", "2", "1.5", "1.50000000000000000001", "x,y", 'q"r', "l\nm", "l\r\nm", "é",
     "2020-02-28", "2020-02-29", "2020-02-30", "2021-02-29", "2020-02-28T00:00:00Z", "2020-02-28T00:00:00", "inf",
     "2020-02-28T23:59:60Z", "true", "0", "2020", "999", "[]", "23:59:59", "a@b.org", " 1", "9" * 30, "-0", "0.0", "nan", "NaN"]
)  # fmt: skip


@st.composite
def tables(draw: st.DrawFn) -> tuple[bytes, dict[str, Any]]:
    """A table of one to three columns, now and then ragged, and its schema."""
    width = draw(st.integers(1, 3))
    fields = [{**draw(st.sampled_from(FIELDS)), "name": f"f{n}"} for n in range(width)]
    schema: dict[str, Any] = {"fields": fields, "missingValues": draw(st.sampled_from([[""], ["", "NA"], ["NA"], []]))}
    if draw(st.booleans()):
        schema["primaryKey"] = draw(st.sampled_from([["f0"], [f["name"] for f in fields]]))
    if draw(st.booleans()):
        schema["uniqueKeys"] = [[fields[-1]["name"]]]
    if draw(st.booleans()):
        schema["foreignKeys"] = [{"fields": ["f0"], "reference": {"resource": "p", "fields": ["k"]}}]
    text = io.StringIO(newline="")
    writer = csv.writer(
        text,
        lineterminator=draw(st.sampled_from(["\n", "\r\n"])),
        quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
    )
    writer.writerow([f["name"] for f in fields])
    for _ in range(draw(st.integers(0, 9))):
        ragged = draw(st.sampled_from([0] * 8 + [-1, 1, 2, 3]))
        writer.writerow([draw(CELLS) for _ in range(max(width + ragged, 0))])
    raw = text.getvalue().encode()
    return (raw.rstrip(b"\r\n") if draw(st.booleans()) else raw), schema


@SETTINGS
@given(tables())
def test_both_ways_say_the_same_of_any_table(tmp_path: Path, small: None, table: tuple[bytes, dict[str, Any]]) -> None:
    folder = written(tmp_path, *table)
    assert validate(folder).as_json() == slowly(folder)


@SETTINGS
@given(tables())
def test_keys_on_disk_say_the_same(tmp_path: Path, small: None, table: tuple[bytes, dict[str, Any]]) -> None:
    folder = written(tmp_path, *table)
    keys_module._LEAST, before = 1, keys_module._LEAST
    try:
        assert validate(folder, memory=1).as_json() == validate(folder).as_json()
    finally:
        keys_module._LEAST = before


SCHEMA = {"fields": [{"name": "n", "type": "integer"}, {"name": "t", "type": "string"}], "primaryKey": ["n"]}
BYTES = st.lists(
    st.sampled_from([b",", b'"', b"\n", b"\r\n", b"\r", b"a", b"1", b'""', b"\xc3\xa9", b"\xff", b"\0", b"\xef\xbb\xbf", b" "]),
    max_size=30,
).map(b"".join)  # fmt: skip


@settings(SETTINGS, max_examples=examples(150, 2000))
@given(BYTES)
@example(b"n,t\n1,a\n\n2,b\n,\n3,\n")
@example(b'n,t\r\n1,"a\r\nb"\r\n,,,\r\n')
def test_both_ways_say_the_same_of_any_bytes(tmp_path: Path, small: None, raw: bytes) -> None:
    folder = written(tmp_path, b"n,t\n" + raw, SCHEMA)
    assert validate(folder).as_json() == slowly(folder)


@settings(SETTINGS, max_examples=examples(150, 2000))
@given(BYTES, st.sampled_from([4, 7, 64]))
def test_the_structure_of_a_well_formed_file_is_what_csv_reader_reads(tmp_path: Path, raw: bytes, block: int) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(raw)
    before, structure._BLOCK = structure._BLOCK, block
    try:
        found = structure_of(path, ",", '"')
    finally:
        structure._BLOCK = before
    if found is None:
        return
    text = raw.decode("utf-8-sig", "replace")
    expected = [(line, cells) for line, cells, _, _ in split(io.StringIO(text, newline=""), Dialect())]
    assert found.records == len(expected)
    trailing = found.trailing(0, found.records) if expected else None
    for n, (line, cells) in enumerate(expected):
        start, end, at = found.place(n)
        assert at == line
        record = raw[start:end].decode("utf-8", "replace")
        assert next(csv.reader(io.StringIO(record, newline="")), []) == cells
        bare = record.rstrip("\r\n") if record.endswith("\n") else record
        assert (0 if trailing is None else int(trailing[n])) == len(bare) - len(bare.rstrip(","))
    if expected:
        assert found.blank(0, found.records) == [n for n, (_, cells) in enumerate(expected) if not cells]


@settings(SETTINGS, max_examples=examples(150, 2000))
@given(st.lists(st.sampled_from([",", '"', "\n", "\r\n", "a", '""', " ", "é"]), max_size=20).map("".join))
def test_cells_are_placed_where_they_stand(raw: str) -> None:
    line_starts = [0]
    for found in csv_lines(raw):
        line_starts.append(line_starts[-1] + len(found))
    for line, cells, record, _ in split(io.StringIO(raw, newline=""), Dialect()):
        found_at, _ = cell_places(record, Dialect(), line)
        assert len(found_at) == max(len(cells), 1)
        for (at, column), cell in zip(found_at, cells, strict=False):
            text = raw[line_starts[at - 1] + column - 1 :]
            assert text.replace('"', "").startswith(cell.replace('"', ""))


def csv_lines(text: str) -> list[str]:
    return io.StringIO(text, newline="").readlines()


def test_a_dialect_of_long_delimiters_and_line_ends_of_its_own(tmp_path: Path) -> None:
    dialect = Dialect(delimiter="||", line_terminator="¶")
    text = 'a||b¶"x||y"||2¶3||"p ""q"" ¶r"¶¶4||5'
    records = [(line, cells) for line, cells, _, _ in split(io.StringIO(text, newline=""), dialect)]
    assert [cells for _, cells in records] == [["a", "b"], ["x||y", "2"], ["3", 'p "q" ¶r'], [], ["4", "5"]]


def test_the_true_place_after_lines_in_cells(tmp_path: Path, small: None) -> None:
    raw = b'n,t\r\n1,"a\r\nb"\r\nx,"c\nd"\r\n\r\n2,"e\n\nf",surplus\r\ny\r\n'
    folder = written(tmp_path, raw, SCHEMA)
    expected = [("type-error", 3, 4, 1), ("blank-row", 4, 6, 1), ("primary-key", 4, 6, 1), ("extra-cell", 5, 9, 4),
                ("type-error", 6, 10, 1), ("missing-cell", 6, 10, 1)]  # fmt: skip
    for report in (validate(folder).as_json(), slowly(folder)):
        assert sorted((p["code"], p["row"], p["line"], p["column"]) for p in report["problems"]) == sorted(expected)


def test_counts_are_exact_whatever_is_kept(tmp_path: Path) -> None:
    raw = b"n,t\n" + b"".join(b"x%d,a\n" % (n % 7) for n in range(5000))
    folder = written(tmp_path, raw, SCHEMA)
    report = validate(folder, limit=10)
    (found,) = report.findings
    assert (found.count, len(found.samples), found.distinct) == (5000, 10, 7)
    assert found.values[0] == ("x0", 715)
    assert len(validate(folder, limit=None).problems) == 5000


def test_a_key_that_stops_rising_is_found(tmp_path: Path, small: None) -> None:
    raw = b"n,t\n" + b"".join(b"%d,a\n" % n for n in [*range(20), 7, 30, 3])
    report = validate(written(tmp_path, raw, SCHEMA))
    assert places(report) == [("primary-key", "n", 22, 22), ("primary-key", "n", 24, 24)]
    assert "row 9" in report.problems[0].message


def test_the_other_record_is_named_by_its_line_too(tmp_path: Path, small: None) -> None:
    folder = written(tmp_path, b'n,t\n1,"a\nb\nc"\n2,d\n3,e\n2,f\n', SCHEMA)
    report = validate(folder)
    assert [(p.message, p.line, p.other_row) for p in report.problems] == [("n is the same as in row 3, line 5.", 7, 3)]
    assert slowly(folder) == report.as_json()


@given(st.lists(st.sampled_from([b"\n", b"x", b"x" * 7, b"x" * 30]), max_size=30).map(b"".join))
def test_sparse_places_are_those_of_numpy(text: bytes) -> None:
    """Lines so short that two end within eight bytes, and lines that are longer."""
    one = structure._Pass(Path(), b",", b'"')
    one.mask = np.ones(len(text) + 8, bool)
    one.mask[: len(text)] = np.frombuffer(text, np.uint8) == 10
    expected = one.mask[: len(text)].nonzero()[0].tolist()
    assert one.sparse(len(text)).tolist() == expected
