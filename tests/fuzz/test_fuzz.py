"""The fuzzer itself: it runs, it sees what is wrong, and what it once found stays mended. `make fuzz` runs it for long."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from random import Random
from typing import Any

import pytest

from fuzz import targets
from fuzz.mutate import LONGEST, change_bytes, change_json, change_zip
from fuzz.properties import FAST, PLAIN, SLOW, switched
from fuzz.run import Session, changed, loop
from fuzz.targets import TARGETS, run, seeds
from judging import places
from newspkg.validate import fast, validate
from packages import make
from packages.standard import BOOKS, changed_fields, one_file, one_table

KEYS = {"fields": [{"name": "a", "type": "integer"}, {"name": "b", "type": "string"}], "primaryKey": ["b"]}


def both(files: dict[str, bytes], tmp_path: Path) -> Any:
    """The report on a package, which is the same by all ways of reading."""
    folder = make.write(files, tmp_path)
    with switched(FAST):
        found = validate(folder)
    for way in (SLOW, PLAIN):
        with switched(way):
            assert sorted(places(validate(folder)), key=str) == sorted(places(found), key=str)
    return found


# --- the fuzzer ------------------------------------------------------------------------------------------------------


def test_changed_inputs_break_nothing(tmp_path: Path) -> None:
    random, known = Random(1), seeds()
    for _ in range(150):
        raw = random.choice(known)
        run(changed(random, raw, random.choice(known)), tmp_path)


@pytest.mark.parametrize("target", TARGETS, ids=lambda t: t.name)
def test_the_first_inputs_are_judged(target: targets.Target, tmp_path: Path) -> None:
    found = {target.judge(raw, tmp_path) for raw in target.seeds()[:12]}
    assert len(found) > 1, "they come to different things"


def test_the_same_seed_gives_the_same_inputs() -> None:
    raw = seeds()[0]
    first, second = ([changed(random, raw, raw) for _ in range(20)] for random in (Random(3), Random(3)))
    assert first == second
    assert len(set(first)) > 15


def test_changes_keep_an_input_short_and_of_its_kind() -> None:
    random = Random(5)
    raw = formats_zip(**{"a.csv": b"a\n1\n", "b.csv": b"b\n"})
    opened = 0
    for _ in range(100):
        assert len(change_bytes(random, b"x" * LONGEST, b"y")) <= LONGEST
        json.dumps(change_json(random, {"a": [1, {"b": None}]}, ["a", "c"], [1, "x"]))
        opened += zipfile.is_zipfile(io.BytesIO(change_zip(random, raw)))
    assert opened > 80


def formats_zip(**members: bytes) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return raw.getvalue()


def test_what_breaks_is_written_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fast reader that takes any encoding for UTF-8 is found within a few inputs, written once, and counted."""
    monkeypatch.setattr(fast, "_UTF8", ("utf-8", "utf-8-sig", "ascii", "iso8859-1"))
    session = Session(tmp_path, time.monotonic() + 60)
    for encoding in (3, 6):  # latin-1, ascii
        for _ in range(2):
            session.feed(bytes([0, 0, encoding, 0, 0, 0, 0]) + "a,b\né,x\n".encode())
    assert session.counts["broken"] == 4
    written = [path for path in tmp_path.glob("broken-*") if not path.suffix]
    assert len(written) == len(session.found) >= 1
    assert "the fast and the slow way differ" in written[0].with_suffix(".txt").read_text(encoding="utf-8")
    session.close()


def test_the_loop_goes_through_all_targets(tmp_path: Path) -> None:
    session = Session(tmp_path, time.monotonic() + 600, most=60)
    loop(session, 4, first=False)
    assert session.counts == {target.name: 10 for target in TARGETS}
    session.close()


def test_a_child_ends_with_its_work(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "fuzz.run", "--child", "0", "--plain", "--out", str(tmp_path)]
    tests = Path(__file__).resolve().parents[1]
    done = subprocess.run(command, cwd=tests, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert json.loads((tmp_path / "child.json").read_text(encoding="utf-8"))["found"] == {}
    assert not (tmp_path / "running").exists()


# --- what it found ---------------------------------------------------------------------------------------------------


def test_other_bytes_than_ascii_in_a_file_of_ascii(tmp_path: Path) -> None:
    report = both(one_table("id,title,year\n1,é,2001\n", encoding="ascii"), tmp_path)
    assert places(report) == [("encoding-error", "title", 2, 2)]


def test_a_header_with_bytes_that_are_no_text(tmp_path: Path) -> None:
    report = both(one_table(b"id,ti\xeatle,year\n1,Salt,2001\n"), tmp_path)
    assert places(report) == [("incorrect-label", "title", 1, 1)]


def test_exponents_beyond_all_decimals(tmp_path: Path) -> None:
    number = changed_fields({"type": "number", "constraints": {}})
    report = both(one_table(f"id,title,year\n1,1E-{10**25},2001\n2,-1e{10**25},2001\n", number), tmp_path)
    assert places(report) == []


def test_keys_that_are_no_text_are_not_compared(tmp_path: Path) -> None:
    report = both(one_table(b"a,b\n1,\xff\n2,\xfe\n3,x\n4,x\n", KEYS), tmp_path)
    assert places(report) == [("encoding-error", "b", 2, 2), ("encoding-error", "b", 3, 3), ("primary-key", "b", 5, 5)]


def test_a_record_that_ends_with_an_escaped_line_end_is_judged(tmp_path: Path) -> None:
    report = both(one_table("id,title,year\n1,Salt,x\\\n", dialect={"escapeChar": "\\"}), tmp_path)
    assert places(report) == [("type-error", "year", 2, 2)]


def test_lines_behind_an_escaped_line_end(tmp_path: Path) -> None:
    text = "id|-|title|-|year\n1|-|Sal\\\nt|-|2001\nx|-|Rain|-|2014\n"
    report = both(one_table(text, dialect={"escapeChar": "\\", "delimiter": "|-|"}), tmp_path)
    assert [(p.code, p.row, p.line, p.column) for p in report.problems] == [("type-error", 3, 4, 1)]


def test_the_header_of_a_table_stands_in_its_second_file(tmp_path: Path) -> None:
    files = one_table("", path=["books.csv", "more.csv"])
    report = both({**files, "more.csv": b"id,title,year\nx,Salt,2001\n"}, tmp_path)
    assert [(p.code, p.path, p.line) for p in report.problems] == [("type-error", "more.csv", 2)]


def test_a_file_of_half_a_byte_order_mark(tmp_path: Path) -> None:
    files = one_table(b"id,title,year\n1,Salt,2001\n", path=["books.csv", "more.csv"])
    assert both({**files, "more.csv": b"\xef\xbb"}, tmp_path).valid


@pytest.mark.parametrize(
    ("text", "spots"),
    [
        ("id,title,year;1,Salt,x;y,Rain,2014;", [("type-error", 2, 1, 22), ("type-error", 3, 1, 24)]),
        ('id,title,year;1,"Sa\nlt",x;y,Rain;', [("type-error", 2, 2, 5), ("type-error", 3, 2, 7), ("missing-cell", 3, 2, 7)]),
        ('id,title,year;1,"Sa"\nlt,x', [("stray-quote", 2, 1, 20), ("type-error", 2, 2, 4)]),
    ],
)  # fmt: skip
def test_places_where_records_do_not_begin_with_lines(
    text: str, spots: list[tuple[str, int, int, int]], tmp_path: Path
) -> None:
    report = both(one_table(text, dialect={"lineTerminator": ";"}), tmp_path)
    assert {(p.code, p.row, p.line, p.column) for p in report.problems} == set(spots)


def test_a_row_of_inline_data_that_is_no_row(tmp_path: Path) -> None:
    files = one_table("", data=[["id", "title", "year"], "http://x.test/a"], path=None)
    assert [(p.code, p.row) for p in validate(make.write(files, tmp_path)).problems] == [("source-error", 2)]


def test_a_file_in_a_zip_without_a_name(tmp_path: Path) -> None:
    raw = formats_zip(**{"b.csv": b"id\n1\n"}).replace(b"b.csv", b"\0.csv")
    report = validate(make.write(one_file("b.csv.zip", raw, BOOKS), tmp_path))
    assert [(p.code, p.row) for p in report.problems] == [("compression-error", None)]


def test_a_check_on_a_field_whose_name_stands_twice(tmp_path: Path) -> None:
    check = {"name": "late", "resource": "books", "expression": "year < 2010"}
    schema = {"fields": [*BOOKS["fields"], {"name": "year", "type": "year"}]}
    text = "id,title,year,year\n1,Salt,2001,2001\n2,Rain,2014,2014\n"
    report = both(one_table(text, schema, package={"newspkg:checks": [check]}), tmp_path)
    assert places(report) == [("check-error", "year", 3, 3)]
