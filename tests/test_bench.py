"""The benchmark measures what it says: its packages are what two judges find them to be, its sums are right."""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from benchmarks import generate as making
from benchmarks import run, spoil, tables
from benchmarks.generate import generate, to_parquet
from benchmarks.jobs import RIVALS, ROOT, SIZES, Job, Tools, jobs, judged
from benchmarks.measure import FailedError, measure
from benchmarks.page import TARGETS, page, summary
from benchmarks.score import Finding, findings, ours, score, truth
from frictionless import Package

from newspkg.validate import validate

# What each kind of planted error is called: the same by the list of what was planted, by frictionless and here.
KINDS = {
    "type-error",
    "constraint-error",
    "unique-error",
    "primary-key",
    "foreign-key",
    "missing-cell",
    "extra-cell",
    "blank-row",
}
SPOILT = [(300, "dirty", 1, 0.02), (1000, "dirty", 2, 0.01), (700, "dirty", 3, 0.05), (300, "bad", 4, 0.0)]


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[int, str, int, float], Path]:
    """The packages of this file, made once."""
    found = {}
    for case in [(300, "clean", 1, 0.0), (10, "clean", 2, 0.0), *SPOILT]:
        rows, mode, seed, rate = case
        found[case] = tmp_path_factory.mktemp("package")
        generate(found[case], rows, mode=mode, seed=seed, rate=rate)
    return found


def by_frictionless(folder: Path) -> Counter[Finding]:
    """The errors of frictionless's report, as they stand in truth.csv."""
    report = Package(str(folder / "datapackage.json")).validate(limit_errors=10**9)
    assert not report.errors
    found: Counter[Finding] = Counter()
    for task in report.tasks:
        for error in task.errors:
            field = ",".join(error.field_names) if error.type == "foreign-key" else getattr(error, "field_name", None)
            found[task.name, error.row_number, field or "", error.type] += 1
    return found


def by_newspkg(folder: Path) -> Counter[Finding]:
    """Our problems, as they stand in truth.csv."""
    return ours([problem.as_dict() for problem in validate(folder, limit=None).problems])


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# --- the packages ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", [(300, "clean", 1, 0.0), (10, "clean", 2, 0.0)])
def test_both_judges_find_the_clean_package_clean(case: Any, packages: Any) -> None:
    assert by_frictionless(packages[case]) == Counter()
    report = validate(packages[case], limit=None)
    assert report.valid and not report.problems and not report.unchecked


@pytest.mark.parametrize("case", SPOILT)
def test_what_was_planted_is_what_frictionless_finds(case: Any, packages: Any) -> None:
    assert by_frictionless(packages[case]) == truth(packages[case] / "truth.csv")


@pytest.mark.parametrize("case", SPOILT)
def test_what_was_planted_is_what_is_found_here(case: Any, packages: Any) -> None:
    assert by_newspkg(packages[case]) == truth(packages[case] / "truth.csv")


def test_every_kind_of_error_is_planted(packages: Any) -> None:
    planted = truth(packages[SPOILT[2]] / "truth.csv")
    assert {kind for *_, kind in planted} == KINDS
    assert max(planted.values()) > 1, "no cell breaks two constraints"


def test_each_constraint_of_the_schemas_can_be_broken() -> None:
    for table, schema in tables.SCHEMAS.items():
        for field in schema["fields"]:
            limits = set(field.get("constraints", {}))
            if field["name"] in schema["primaryKey"] and len(schema["primaryKey"]) > 1:
                limits.discard("required")  # judges differ on a key that is null in part
            limits -= {"minLength"} if field.get("constraints", {}).get("minLength") == 1 else set()
            assert limits <= {fault.name for fault in spoil.faults(table, field["name"])}


def test_each_quote_is_bad_where_each_should_be(packages: Any) -> None:
    folder = packages[SPOILT[3]]
    rows = {row for table, row, *_ in truth(folder / "truth.csv") if table == "quotes"}
    assert rows == set(range(2, 302))


def test_the_share_of_bad_cells_is_as_asked_for(tmp_path: Path) -> None:
    rows = 20_000
    planted = generate(tmp_path, rows, mode="dirty", rate=0.001)
    spoilt = {(table, row, field) for table, row, field, _ in planted if table == "quotes"}
    cells = rows * len(tables.columns("quotes"))
    assert 0.0008 * cells < len(spoilt) < 0.0013 * cells


def test_the_same_seed_gives_the_same_bytes_in_batches_of_any_size(
    packages: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, mode, seed, rate = SPOILT[0]
    monkeypatch.setattr(making, "BATCH", 17)
    generate(tmp_path / "again", rows, mode=mode, seed=seed, rate=rate)
    assert content(tmp_path / "again") == content(packages[SPOILT[0]])
    generate(tmp_path / "other", rows, mode=mode, seed=seed + 1, rate=rate)
    assert content(tmp_path / "other") != content(packages[SPOILT[0]])


def test_the_text_has_what_makes_reading_hard(packages: Any) -> None:
    with (packages[300, "clean", 1, 0.0] / "quotes.csv").open(encoding="utf-8", newline="") as file:
        quotes = list(csv.DictReader(file))
    texts = "".join(row["text"] for row in quotes)
    assert {",", '"', "\n", "\r\n"} <= {mark for mark in (",", '"', "\n", "\r\n") if mark in texts}
    assert not texts.isascii()
    assert {"", "NA"} <= {row["event_id"] for row in quotes}
    assert any(len(cue) == 40 and len(cue.encode()) == 120 for cue in tables.cues(1))


def test_parquet_holds_the_same_values(packages: Any, tmp_path: Path) -> None:
    source = packages[300, "clean", 1, 0.0]
    to_parquet(source, tmp_path)
    for table, schema in tables.SCHEMAS.items():
        text = pl.read_csv(source / f"{table}.csv", infer_schema=False, null_values=tables.MISSING)
        typed = pl.read_parquet(tmp_path / f"{table}.parquet")
        assert typed.shape == text.shape
        for field in schema["fields"]:
            cells, values = text[field["name"]], typed[field["name"]]
            assert cells.is_null().equals(values.is_null(), check_names=False)
            if field["type"] == "string":
                assert cells.equals(values)
            elif field["type"] == "number":
                assert cells.cast(pl.Float64).equals(values)
            elif field["type"] != "datetime":
                assert cells.equals(values.cast(pl.String))
    listed = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    assert [resource["path"] for resource in listed] == [f"{table}.parquet" for table in tables.TABLES]


# --- the sums --------------------------------------------------------------------------------------------------------


def test_recall_and_precision_count_each_error_of_a_cell() -> None:
    cell = ("quotes", 5, "url", "constraint-error")
    other = ("quotes", 9, "", "blank-row")
    found = score(Counter({cell: 2, other: 1}), Counter({cell: 1, ("quotes", 6, "url", "type-error"): 1}), rows=True)
    assert (found["recall"], found["precision"]) == (1 / 3, 1 / 2)
    assert found["missed"] == {"blank-row": 1, "constraint-error": 1}
    assert found["false"] == {"type-error": 1}


def test_a_tool_without_rows_is_compared_by_counts(tmp_path: Path) -> None:
    printed = {"table": "quotes", "field": "url", "type": "type-error", "count": 3}
    (tmp_path / "found").write_text(json.dumps(printed) + "\n")
    found, rows = findings(tmp_path / "found")
    assert not rows
    planted = Counter({("quotes", 5, "url", "type-error"): 1, ("quotes", 8, "url", "type-error"): 1})
    assert score(planted, found, rows)["precision"] == pytest.approx(2 / 3)


def test_our_report_is_read_as_it_is_printed(packages: Any, tmp_path: Path) -> None:
    report = validate(packages[SPOILT[0]], limit=None)
    (tmp_path / "report").write_text(json.dumps(report.as_json(), indent=2))
    assert findings(tmp_path / "report") == (by_newspkg(packages[SPOILT[0]]), True)


# --- the runs --------------------------------------------------------------------------------------------------------


def test_a_process_costs_what_its_children_cost() -> None:
    child = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'x = bytearray(80_000_000)'])"
    assert measure([sys.executable, "-c", child]).mib > 76


def test_a_process_that_fails_is_not_measured() -> None:
    with pytest.raises(FailedError, match=r"ended with 3, not 0: .*no such package"):
        measure([sys.executable, "-c", "import sys; print('no such package', file=sys.stderr); sys.exit(3)"])


def test_each_job_names_a_script_that_is_there() -> None:
    tools = Tools(Path("python"), Path("python"), Path("data"))
    for size in SIZES:
        for job in [*jobs(size, tools), *judged(size, tools)]:
            assert all(part.is_file() for part in job.argv if isinstance(part, Path) and part.suffix == ".py")
    assert {path.stem.removeprefix("by_") for path in (ROOT / "benchmarks" / "rivals").glob("by_*.py")} == set(RIVALS)


def test_a_ratio_is_to_the_floor_of_the_same_round(tmp_path: Path) -> None:
    todo = [job for job in jobs("10", Tools(Path(sys.executable), Path("none"), tmp_path)) if job.name == "python"]
    found = run.rounds("10", todo, 2)
    assert [one["x"] for one in found["python"]] == [1.0, 1.0]


@pytest.mark.parametrize(
    ("unchecked", "rows", "reason"),
    [
        ([], 26, ""),
        ([], 21, "21 rows were read of 26"),
        ([{"what": "the table", "resource": "quotes", "reason": "no reader"}], 26, "the table of quotes is left unch"),
    ],
)
def test_work_that_is_not_done_is_not_timed(unchecked: list[Any], rows: int, reason: str) -> None:
    told = {"unchecked": unchecked, "stats": {"rows": rows}}
    job = Job("pkg", (sys.executable, "-c", f"print({json.dumps(told)!r})"))
    found = run.unjudged("10", job)
    assert found.startswith(reason) and bool(found) == bool(reason)


@pytest.mark.parametrize("wrong", [["--sizes", "3k"], ["--rounds", "0"], ["--only", "panderra"]])
def test_a_wrong_call_is_told(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run.main(wrong)
    assert ended.value.code == 2
    assert "error: " in capsys.readouterr().err


# --- the page --------------------------------------------------------------------------------------------------------


def results(x: float) -> dict[str, Any]:
    """Results of one size, in which `pkg` costs so many times the floor."""
    cost = {"cpu": 1.0, "wall": 1.0, "mib": 300.0, "x": 1.0, "wall_x": 1.0}
    runs = {"stream": [cost], "pkg": [cost | {"x": n, "pkg_x": 1.0} for n in (x, x, 99.0)]}
    told = {"date": "2031-05-14", "load": 0.5}
    judged_so = score(Counter({("quotes", 5, "url", "type-error"): 2}), Counter(), rows=True)
    own = {"jobs": {job: {**told, "runs": some} for job, some in runs.items()}, "scores": {"pkg": judged_so}}
    machine = {"cores": 2, "memory": 23, "system": "Linux", "kind": "x86_64"}
    return {"machine": machine, "versions": {"python": "3.11", "polars": "2.1"}, "sizes": {"1m": own}}


@pytest.mark.parametrize(("x", "met"), [(1.9, "yes"), (2.0, "yes"), (2.1, "**no**")])
def test_the_page_says_which_target_is_met(x: float, met: str) -> None:
    lines = page(results(x)).splitlines()
    assert f"| {TARGETS[0].what} | ≤ 2 | {x:.2f} | {met} |" in lines  # the median: the third round was disturbed
    assert "| recall, 1 million rows | ≥ 1 | 0.000 | **no** |" in lines
    assert f"| {TARGETS[3].what} | ≤ 2.4 |  | not measured |" in lines


def test_the_page_says_where_and_when() -> None:
    text = page(results(1.5))
    assert "Measured 2031-05-14 on 2 cores (x86_64, Linux) with 23 GiB" in text
    assert "polars 2.1" in text
    assert "1.50" in summary(results(1.5))
