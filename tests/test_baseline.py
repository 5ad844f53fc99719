"""A baseline: problems that are known are set aside, new ones count, and those that have gone are told."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import formats
import newspkg
from effort import examples
from judging import places
from newspkg.problems import CannotRun, UsageError
from newspkg.report import Report
from newspkg.report.findings import Key
from newspkg.validate import baseline as baseline_module
from newspkg.validate import fast, records
from newspkg.validate.baseline import Baseline
from packages import make

ROOT = Path(__file__).resolve().parent.parent

LOANS = """shelf,number,year,lender
a,1,2001,Maro
a,2,none,Val
b,1,2003,
b,2,soon,Val
"""
FIELDS = [
    {"name": "shelf", "type": "string"},
    {"name": "number", "type": "integer"},
    {"name": "year", "type": "year"},
    {"name": "lender", "type": "string", "constraints": {"required": True}},
]


def lay(folder: Path, table: str = LOANS, *, key: list[str] | None = None, **more: Any) -> Path:
    """A package of loans, with two years that are none and a lender that is missing."""
    schema: dict[str, Any] = {"fields": FIELDS}
    if key is not None:
        schema["primaryKey"] = key
    folder.mkdir(exist_ok=True)
    return make.write(make.one_table(table, schema, **more), folder)


def rows(table: str) -> list[str]:
    return table.splitlines()[1:]


def of_rows(*lines: str) -> str:
    return "\n".join([LOANS.splitlines()[0], *lines, ""])


KEYS = pytest.mark.parametrize("key", [["shelf", "number"], None], ids=["composite key", "no primary key"])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "known.json"


def accept(package: Path, file: Path, **how: Any) -> Report:
    return newspkg.validate(package, write_baseline=file, **how)


def compare(package: Path, file: Path, **how: Any) -> Report:
    return newspkg.validate(package, baseline=file, **how)


def aside(report: Report) -> tuple[int, int]:
    """How many problems are known, and how many entries are stale."""
    assert report.aside is not None
    return report.aside.known, report.aside.gone


# --- what it is for --------------------------------------------------------------------------------------------------


@KEYS
def test_known_problems_do_not_fail(tmp_path: Path, file: Path, key: list[str] | None) -> None:
    package = lay(tmp_path / "p", key=key)
    before = newspkg.validate(package)
    assert (before.valid, before.errors, before.aside) == (False, 3, None)
    written = accept(package, file)
    report = compare(package, file)
    for one in (written, report):
        assert (one.valid, one.problems, one.findings, one.counts, one.errors) == (True, [], [], {}, 0)
        assert aside(one) == (3, 0)
    assert report.aside is not None
    assert (report.aside.name, report.aside.counts) == ("known.json", {"constraint-error": 1, "type-error": 2})
    assert "3 known" in report.verdict()


@KEYS
def test_the_order_of_rows_is_no_matter_nor_are_new_good_ones(
    tmp_path: Path, file: Path, key: list[str] | None
) -> None:
    package = lay(tmp_path / "p", key=key)
    accept(package, file)
    first, *others = rows(LOANS)
    lay(package, of_rows("c,1,2010,Val", *reversed(others), "c,2,2011,Val", first), key=key)
    report = compare(package, file)
    assert (report.valid, aside(report)) == (True, (3, 0))


@KEYS
def test_one_new_fault_fails_and_is_told_in_its_place(tmp_path: Path, file: Path, key: list[str] | None) -> None:
    package = lay(tmp_path / "p", key=key)
    accept(package, file)
    lay(package, of_rows("c,1,never,Maro", *rows(LOANS)), key=key)
    report = compare(package, file)
    assert (report.valid, aside(report), places(report)) == (False, (3, 0), [("type-error", "year", 2, 2)])
    assert [(f.count, f.values, f.distinct) for f in report.findings] == [(1, (("never", 1),), 1)]


@KEYS
def test_a_fixed_one_is_stale_and_does_not_fail(tmp_path: Path, file: Path, key: list[str] | None) -> None:
    package = lay(tmp_path / "p", key=key)
    accept(package, file)
    lay(package, LOANS.replace("soon", "2020"), key=key)
    report = compare(package, file)
    assert (report.valid, aside(report)) == (True, (2, 1))
    assert report.aside is not None
    (stale,) = report.aside.stale
    assert (stale.resource, stale.code, stale.rule, stale.field, stale.count) == (
        "books",
        "type-error",
        "type",
        "year",
        1,
    )
    assert len(stale.keys) == 1
    if key is not None:
        assert stale.keys == ("b, 2",)
    assert "1 in the baseline no longer found" in report.verdict()
    assert report.as_json()["baseline"]["stale"] == 1


def test_another_fault_in_a_known_row_is_new(tmp_path: Path, file: Path) -> None:
    """Where there is a key, it is the row and the rule that are known, whatever the cell says by now."""
    package = lay(tmp_path / "p", key=["shelf", "number"])
    accept(package, file)
    lay(package, LOANS.replace("b,2,soon,Val", "b,2,later,"), key=["shelf", "number"])
    report = compare(package, file)
    assert [(p.code, p.field) for p in report.problems] == [("constraint-error", "lender")]
    assert aside(report) == (3, 0)


def test_as_many_problems_of_one_key_are_known_as_there_were(tmp_path: Path, file: Path) -> None:
    lines = ["a,1,none,Maro", "a,1,none,Maro"]
    package = lay(tmp_path / "p", of_rows(*lines), key=["shelf"])
    accept(package, file)
    assert '{"key": ["a"], "count": 2}' in file.read_text(encoding="utf-8")
    lay(package, of_rows(*lines, "a,1,never,Maro"), key=["shelf"])
    report = compare(package, file)
    assert [p.row for p in report.problems] == [4, 4]
    assert report.counts == {"primary-key": 1, "type-error": 1}
    lay(package, of_rows("a,1,none,Maro"), key=["shelf"])
    assert aside(compare(package, file)) == (1, 2)


def test_a_value_that_stands_twice_is_known_in_whichever_row_it_is_told(tmp_path: Path, file: Path) -> None:
    """Of two records that have one value, the later is told: which that is changes with their order."""

    def put(*lines: str) -> Path:
        fields = [{"name": "id"}, {"name": "mail", "constraints": {"unique": True}}, {"name": "a"}, {"name": "b"}]
        schema = {"fields": fields, "primaryKey": ["id"], "uniqueKeys": [["a", "b"]]}
        check = {"name": "one b", "resource": "books", "by": ["a"], "expression": "COUNT(*) < 3"}
        files = make.one_table("\n".join(["id,mail,a,b", *lines]), schema, package={"newspkg:checks": [check]})
        (tmp_path / "p").mkdir(exist_ok=True)
        return make.write(files, tmp_path / "p")

    lines = ["1,m,x,y", "2,m,z,z", "3,n,x,y", "4,o,x,w"]
    assert newspkg.validate(put(*lines)).counts == {"check-error": 1, "unique-error": 1, "unique-key": 1}
    accept(put(*lines), file)
    for order in (lines[::-1], [lines[2], lines[3], lines[1], lines[0]]):
        report = compare(put(*order), file)
        assert (report.problems, aside(report)) == ([], (3, 0))
    report = compare(put(*lines, "5,m,u,u", "6,n,v,v"), file)
    assert [(p.code, p.row) for p in report.problems] == [("unique-error", 6), ("unique-error", 7)]


def test_a_row_whose_key_has_no_value_is_known_by_its_cells(tmp_path: Path, file: Path) -> None:
    package = lay(tmp_path / "p", of_rows(",1,none,Maro", ",2,2001,Val"), key=["shelf"])
    accept(package, file)
    lay(package, of_rows(",1,none,Maro", ",2,soon,Val"), key=["shelf"])
    report = compare(package, file)
    assert {(p.code, p.row) for p in report.problems} == {("type-error", 3), ("primary-key", 3)}


# --- what has no row -------------------------------------------------------------------------------------------------


def test_problems_of_files_headers_and_the_descriptor_are_known_by_what_they_tell_of(
    tmp_path: Path, file: Path
) -> None:
    table = "shelf,number,year,lender,note,note\na,1,2001,Maro,x,x\n"
    more = {"bytes": 5, "licenses": []}
    package = lay(tmp_path / "p", table, **more)
    found = newspkg.validate(package).counts
    assert set(found) == {"byte-count", "extra-label", "resource-error"}
    accept(package, file)
    assert compare(package, file).valid
    lay(package, table.replace("note,note", "note,remark"), **more)
    report = compare(package, file)
    # A label that is another, and a number of bytes that is another one.
    assert {(p.code, p.value) for p in report.problems} == {("extra-label", "remark"), ("byte-count", "55")}


def test_a_descriptor_that_is_none_can_be_known(tmp_path: Path, file: Path) -> None:
    (tmp_path / "datapackage.json").write_text("{", encoding="utf-8")
    assert accept(tmp_path, file).valid
    assert compare(tmp_path, file).valid
    (tmp_path / "datapackage.json").write_text("[]", encoding="utf-8")
    assert not newspkg.validate(tmp_path).valid


def test_keys_across_tables_and_checks_are_known_too(tmp_path: Path, file: Path) -> None:
    files = make.two_tables("loan,book,printed\n1,1,2001\n2,9,2014\n3,8,2014\n")
    given = json.loads(files["datapackage.json"])
    given["newspkg:checks"] = [{"name": "late", "resource": "loans", "expression": "printed < 2010"}]
    files["datapackage.json"] = json.dumps(given).encode()
    (tmp_path / "p").mkdir()
    package = make.write(files, tmp_path / "p")
    assert newspkg.validate(package).counts == {"check-error": 2, "foreign-key": 2}
    accept(package, file)
    (package / "loans.csv").write_text("loan,book,printed\n3,8,2014\n4,7,2001\n1,1,2001\n2,9,2014\n", encoding="utf-8")
    report = compare(package, file)
    assert [(p.code, p.row, p.value) for p in report.problems] == [("foreign-key", 3, "7, 2001")]
    assert aside(report) == (4, 0)


# --- other formats ---------------------------------------------------------------------------------------------------

RECORDS = [
    {"shelf": "a", "number": 1, "year": "2001", "lender": "Maro"},
    {"shelf": "a", "number": 2, "year": "none", "lender": "Val"},
    {"shelf": "b", "number": 2, "year": "soon", "lender": None},
]


def parquet(records: list[dict[str, Any]]) -> bytes:
    raw = io.BytesIO()
    pl.DataFrame(records).write_parquet(raw)
    return raw.getvalue()


def as_json(records: list[dict[str, Any]]) -> bytes:
    return json.dumps(records).encode()


@KEYS
@pytest.mark.parametrize(("name", "write"), [("books.parquet", parquet), ("books.json", as_json)])
def test_parquet_and_json(tmp_path: Path, file: Path, name: str, write: Any, key: list[str] | None) -> None:
    def put(records: list[dict[str, Any]]) -> Path:
        schema = {"fields": FIELDS, **({} if key is None else {"primaryKey": key})}
        (tmp_path / "p").mkdir(exist_ok=True)
        return make.write(make.one_file(name, write(records), schema), tmp_path / "p")

    package = put(RECORDS)
    assert newspkg.validate(package).counts == {"constraint-error": 1, "type-error": 2}
    accept(package, file)
    new = {"shelf": "c", "number": 5, "year": "never", "lender": "Val"}
    put([new, *reversed(RECORDS)])
    report = compare(package, file)
    assert [(p.code, p.row, p.value) for p in report.problems] == [("type-error", 2, "never")]
    assert aside(report) == (3, 0)


WORN = [["a", "1", "2001", "Maro"], ["a", "2", "none", "Val"], ["b", "2", "soon", ""]]
NAMES = ["shelf", "number", "year", "lender"]
WRITERS: dict[str, Callable[[list[list[str]]], bytes]] = {
    "books.xlsx": lambda rows: formats.xlsx([NAMES, *rows]),
    "books.ods": lambda rows: formats.ods([NAMES, *rows]),
    "books.jsonl": lambda rows: "".join(json.dumps(dict(zip(NAMES, r, strict=True))) + "\n" for r in rows).encode(),
    "books.csv.gz": lambda rows: gzip.compress("\n".join(map(",".join, [NAMES, *rows])).encode()),
}


@KEYS
@pytest.mark.parametrize("name", WRITERS)
def test_all_other_formats(tmp_path: Path, file: Path, name: str, key: list[str] | None) -> None:
    def put(rows: list[list[str]]) -> Path:
        schema = {"fields": FIELDS, **({} if key is None else {"primaryKey": key})}
        (tmp_path / "p").mkdir(exist_ok=True)
        return make.write(make.one_file(name, WRITERS[name](rows), schema), tmp_path / "p")

    written = accept(put(WORN), file)
    report = compare(put([["c", "5", "never", "Val"], *reversed(WORN)]), file)
    assert [(p.code, p.row, p.value) for p in report.problems] == [("type-error", 2, "never")]
    assert aside(report) == aside(written) == (3, 0)


@KEYS
def test_a_table_of_several_files(tmp_path: Path, file: Path, key: list[str] | None) -> None:
    def put(*parts: list[list[str]]) -> Path:
        names = [f"part{n}.csv" for n in range(len(parts))]
        files = make.one_table("", {"fields": FIELDS, **({} if key is None else {"primaryKey": key})}, path=names)
        del files["books.csv"]
        (tmp_path / "p").mkdir(exist_ok=True)
        texts = ("\n".join(map(",".join, [NAMES, *rows])).encode() for rows in parts)
        return make.write(files | dict(zip(names, texts, strict=True)), tmp_path / "p")

    accept(put(WORN[:2], WORN[2:]), file)
    report = compare(put(WORN[2:], [["c", "5", "never", "Val"]], WORN[:2]), file)
    assert [(p.path, p.line, p.value) for p in report.problems] == [("part1.csv", 2, "never")]
    assert aside(report) == (3, 0)


def test_a_key_is_the_same_in_whatever_format_it_stands(tmp_path: Path, file: Path) -> None:
    text = of_rows(*(f"{r['shelf']},{r['number']},{r['year']},{r['lender'] or ''}" for r in RECORDS))
    accept(lay(tmp_path / "csv", text, key=["shelf", "number"]), file)
    (tmp_path / "other").mkdir()
    schema = {"fields": FIELDS, "primaryKey": ["shelf", "number"]}
    other = make.write(make.one_file("books.parquet", parquet(RECORDS), schema), tmp_path / "other")
    report = compare(other, file)
    assert (report.valid, aside(report)) == (True, (3, 0))


# --- many ------------------------------------------------------------------------------------------------------------


@KEYS
def test_fifty_thousand_bad_rows_and_one_more(tmp_path: Path, file: Path, key: list[str] | None) -> None:
    """All are compared, not only those that a report keeps, whichever come first."""
    bad = [f"s{n // 100},{n % 100},none,Val" for n in range(50_000)]
    package = lay(tmp_path / "p", of_rows(*bad), key=key)
    accept(package, file, limit=10)
    lay(package, of_rows(*reversed(bad[1:]), "new,1,never,Val"), key=key)
    report = compare(package, file, limit=10)
    assert [(p.code, p.row, p.value) for p in report.problems] == [("type-error", 50_001, "never")]
    assert (report.counts, aside(report)) == ({"type-error": 1}, (49_999, 1))


def test_one_known_problem_behind_many_new_ones(tmp_path: Path, file: Path) -> None:
    package = lay(tmp_path / "p", of_rows("z,1,none,Val"), key=["shelf", "number"])
    accept(package, file)
    lay(package, of_rows(*(f"a,{n},never,Val" for n in range(3_000)), "z,1,none,Val"), key=["shelf", "number"])
    report = compare(package, file, limit=5)
    assert (report.counts, aside(report), len(report.problems)) == ({"type-error": 3_000}, (1, 0), 5)
    # What the known one says, which was not kept, is in no count, so that the counts of the others may be too low.
    assert [(f.values, f.values_complete) for f in report.findings] == [((("never", 6),), False)]


# --- exact, whichever way tables are read ----------------------------------------------------------------------------

CELLS = st.sampled_from(["", "1", "2", "x", "a b", "é", "p,q", 'r"s', "l\nm"])
TABLES = st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=9)
SCHEMA = {
    "fields": [
        {"name": "k", "type": "string"},
        {"name": "n", "type": "integer", "constraints": {"unique": True}},
        {"name": "w", "type": "string", "constraints": {"enum": ["1", "x"], "required": True}},
    ]
}


def csv_of(records: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([["k", "n", "w"], *records])
    return text.getvalue().encode()


def counted(report: Report, records: list[list[str]], key: bool) -> Counter[tuple[Any, ...]]:
    """How often each problem is found at each place, worked out from all problems of a report and the cells."""
    found: Counter[tuple[Any, ...]] = Counter()
    for one in report.problems:
        assert one.row is not None
        cells = records[one.row - 2]
        while cells and not cells[-1]:
            cells = cells[:-1]
        place = cells[0] if key and cells and cells[0] else tuple(cells)
        place = cells[1] if one.code == "unique-error" else place
        found[one.code, one.rule, one.field, place] += 1
    return found


@pytest.mark.parametrize("fast_too", [False, True], ids=["exactly", "fast"])
@pytest.mark.parametrize("few", [0, 20_000], ids=["in a second pass", "one by one"])
@settings(max_examples=examples(20, 300), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=TABLES, after=TABLES, key=st.booleans(), limit=st.sampled_from([None, 0, 1, 2]))
def test_a_random_table_against_another(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fast_too: bool,
    few: int,
    before: list[list[str]],
    after: list[list[str]],
    key: bool,
    limit: int | None,
) -> None:
    least = 0 if fast_too else 1 << 60
    monkeypatch.setattr(fast, "LEAST", least)
    monkeypatch.setattr(fast, "_STARTED", least)
    monkeypatch.setattr(fast, "ROWS", 3)
    monkeypatch.setattr(records, "ROWS", 4)
    monkeypatch.setattr(baseline_module, "_FEW", few)
    schema = SCHEMA | ({"primaryKey": ["k"]} if key else {})

    def put(rows: list[list[str]]) -> Path:
        return make.write(make.one_table(csv_of(rows), schema), tmp_path)

    file = tmp_path / "known.json"
    known = counted(newspkg.validate(put(before), limit=None), before, key)
    written = newspkg.validate(put(before), write_baseline=file, limit=limit)
    assert (written.valid, written.problems, aside(written)) == (True, [], (known.total(), 0))
    whole = newspkg.validate(put(after), limit=None)
    found = counted(whole, after, key)
    report = newspkg.validate(put(after), baseline=file, limit=limit)
    assert aside(report) == ((known & found).total(), (known - found).total())
    new = found - known
    assert report.counts == _by_code(new)
    assert report.valid is (new.total() == 0)
    if limit is None:
        assert counted(report, after, key) == new
        assert set(report.problems) <= set(whole.problems)
    for finding in report.findings:
        assert len(finding.samples) == (finding.count if limit is None else min(limit, finding.count))


def _by_code(found: Counter[tuple[Any, ...]]) -> dict[str, int]:
    codes: Counter[str] = Counter()
    for (code, *_), n in found.items():
        codes[code] += n
    return dict(codes)


# --- what is not judged is not stale ---------------------------------------------------------------------------------


def test_what_is_not_looked_at_is_not_stale(tmp_path: Path, file: Path) -> None:
    files = make.two_tables("loan,book,printed\n1,x,2001\n", make.ROWS + "x,Wind,2020\n")
    (tmp_path / "p").mkdir()
    package = make.write(files, tmp_path / "p")
    assert aside(accept(package, file)) == (2, 0)
    report = compare(package, file, resources=["loans"])
    assert report.aside is not None
    assert (aside(report), report.aside.left) == ((1, 0), 1)
    report = compare(package, file, metadata_only=True)
    assert report.aside is not None
    assert (aside(report), report.aside.left) == ((0, 0), 2)
    (package / "books.csv").unlink()
    report = compare(package, file)
    assert report.aside is not None
    assert (aside(report), report.aside.left, set(report.counts)) == ((1, 0), 1, {"file-missing"})


def test_what_needs_the_articles_is_not_stale_without_them(tmp_path: Path, file: Path) -> None:
    broken = ROOT / "tests" / "packages" / "broken" / "surface-mismatch"
    written = accept(broken, file, texts=[broken / "texts"])
    assert written.aside is not None and written.aside.counts.keys() == {"surface-mismatch"}
    report = compare(broken, file)
    assert report.aside is not None
    assert (aside(report), report.aside.left) == ((0, 0), written.aside.known)
    assert aside(compare(broken, file, texts=[broken / "texts"])) == (written.aside.known, 0)


def test_what_is_ignored_is_neither_known_nor_stale(tmp_path: Path, file: Path) -> None:
    package = lay(tmp_path / "p")
    accept(package, file)
    lay(package, package={"newspkg:severity": {"type-error": "ignore", "required": "warning"}})
    report = compare(package, file)
    assert report.aside is not None
    assert (aside(report), report.aside.left, report.counts) == ((1, 0), 2, {})
    lay(package, LOANS + "c,1,2001,\n", package={"newspkg:severity": {"required": "warning"}})
    report = compare(package, file)
    assert (report.valid, report.warnings, aside(report)) == (True, 1, (3, 0))


def test_what_a_missing_table_keeps_from_being_judged_is_not_stale(tmp_path: Path, file: Path) -> None:
    files = make.two_tables("loan,book,printed\n1,9,2001\n1,1,2001\n")
    (tmp_path / "p").mkdir()
    package = make.write(files, tmp_path / "p")
    accept(package, file)
    (package / "books.csv").unlink()
    report = compare(package, file)
    assert report.aside is not None
    assert (aside(report), report.aside.left) == ((1, 0), 1)  # the primary key is known, the foreign key not judged


def test_what_could_not_be_looked_for_stays_in_a_new_baseline(tmp_path: Path, file: Path) -> None:
    files = make.two_tables("loan,book,printed\n1,x,2001\n", make.ROWS + "x,Wind,2020\n")
    (tmp_path / "p").mkdir()
    package = make.write(files, tmp_path / "p")
    accept(package, file)
    (package / "books.csv").unlink()
    report = newspkg.validate(package, baseline=file, write_baseline=tmp_path / "next.json")
    assert not report.valid  # it is compared with the old one
    codes = {key[1] for key in Baseline.read(tmp_path / "next.json").known}
    assert codes == {"type-error", "file-missing"}
    assert compare(package, tmp_path / "next.json").valid


@pytest.mark.parametrize("how", [{"resources": ["books"]}, {"metadata_only": True}])
def test_a_baseline_is_of_a_whole_package(tmp_path: Path, file: Path, how: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="whole package"):
        accept(lay(tmp_path / "p"), file, **how)
    assert not file.exists()


# --- the file --------------------------------------------------------------------------------------------------------


def test_the_file_is_readable_sorted_and_the_same_to_the_byte(tmp_path: Path, file: Path) -> None:
    package = lay(tmp_path / "p", key=["shelf", "number"])
    accept(package, file)
    assert file.read_text(encoding="utf-8") == (
        '{"newspkg-baseline": 1, "findings": [\n'
        ' {"resource": "books", "code": "constraint-error", "rule": "required", "field": "lender", "known": [\n'
        '  {"key": ["b","1"], "count": 1}\n'
        " ]},\n"
        ' {"resource": "books", "code": "type-error", "rule": "type", "field": "year", "known": [\n'
        '  {"key": ["a","2"], "count": 1},\n'
        '  {"key": ["b","2"], "count": 1}\n'
        " ]}\n"
        "]}\n"
    )
    before = file.read_bytes()
    lay(package, of_rows(*reversed(rows(LOANS))), key=["shelf", "number"])
    newspkg.validate(package, baseline=file, write_baseline=file)
    assert file.read_bytes() == before


def test_nothing_known_is_a_baseline_too(tmp_path: Path, file: Path) -> None:
    package = lay(tmp_path / "p", of_rows("a,1,2001,Maro"))
    accept(package, file)
    assert json.loads(file.read_text(encoding="utf-8")) == {"newspkg-baseline": 1, "findings": []}
    assert aside(compare(package, file)) == (0, 0)


texts = st.text(max_size=4)
spots = st.one_of(
    st.just(""),
    st.lists(texts, min_size=1, max_size=3).map(lambda key: json.dumps(key, ensure_ascii=False, separators=(",", ":"))),
    st.text("0123456789abcdef", min_size=1, max_size=16).map("#{}".format),
    texts.map(lambda value: json.dumps(value, ensure_ascii=False)),
)
keys = st.tuples(st.none() | texts, texts, st.none() | texts, st.none() | texts)


@given(st.dictionaries(keys, st.dictionaries(spots, st.integers(1, 9), min_size=1), max_size=4))
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, known: dict[Key, dict[str, int]]) -> None:
    one = Baseline()
    one.known = known
    path = tmp_path_factory.getbasetemp() / "written.json"
    path.write_text(one.text(), encoding="utf-8")
    read = Baseline.read(path)
    assert read.known == known
    assert read.text() == one.text()


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("", "damaged"),
        ("{", "damaged"),
        ("\xff", "damaged"),
        ("[" * 100_000, "damaged"),
        ("[]", "is none"),
        ("{}", "is none"),
        ('{"newspkg-baseline": 2, "findings": []}', "version 2"),
        ('{"newspkg-baseline": 1}', "findings"),
        ('{"newspkg-baseline": 1, "findings": [3]}', "/findings/0"),
        ('{"newspkg-baseline": 1, "findings": [{"code": "x", "field": 3, "known": []}]}', "/findings/0"),
        ('{"newspkg-baseline": 1, "findings": [{"code": "x"}]}', "/findings/0"),
        *(
            (f'{{"newspkg-baseline": 1, "findings": [{{"code": "x", "known": [{entry}]}}]}}', "/findings/0/known/0")
            for entry in (
                "3",
                "{}",
                '{"count": 0}',
                '{"count": true}',
                '{"count": 1e3}',
                '{"count": 9999999999999999999}',
                '{"key": [], "count": 1}',
                '{"key": [1], "count": 1}',
                '{"record": "", "count": 1}',
                '{"value": null, "count": 1}',
                '{"row": 7, "count": 1}',
                '{"key": ["a"], "record": "b", "count": 1}',
            )
        ),
    ],
)
def test_a_damaged_file_is_told_with_the_place(tmp_path: Path, file: Path, raw: str, words: str) -> None:
    file.write_bytes(raw.encode("latin-1"))
    with pytest.raises(CannotRun, match=r"known\.json") as told:
        compare(lay(tmp_path / "p"), file)
    assert words in str(told.value)


def test_no_such_baseline(tmp_path: Path, file: Path) -> None:
    with pytest.raises(UsageError, match="no such baseline"):
        compare(lay(tmp_path / "p"), file)
    with pytest.raises(CannotRun, match="cannot be read"):
        compare(lay(tmp_path / "p"), tmp_path)


def test_a_baseline_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "x").touch()
    with pytest.raises(CannotRun, match="cannot be written"):
        accept(lay(tmp_path / "p"), tmp_path / "folder")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder", "p"]
