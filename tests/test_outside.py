"""An outside judge: of what frictionless says something else than this validator, and that both still say it.

Everything else they judge alike: random packages are judged by both, with faults that were planted in them, and
`make fuzz` judges many more.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from frictionless import FrictionlessException, Package
from hypothesis import HealthCheck, given, settings

from fuzz.packages import Made, check, packages
from newspkg.conformance import CASES, Difference, conformance_md, read_clauses, read_differences
from newspkg.problems import UsageError
from newspkg.validate import validate
from packages import make
from test_conformance import files_of

ROOT = Path(__file__).resolve().parent.parent
DIFFERENCES = read_differences(ROOT / CASES)


def said(code: str, field: str | None, row: int | None) -> str:
    """An error as the file of differences has it."""
    return " ".join([code, *([field or "-"] if field or row else []), *([str(row)] if row else [])])


def ours(folder: Path) -> list[str]:
    return sorted(said(p.code, p.field, p.row) for p in validate(folder).problems if p.severity == "error")


def theirs(folder: Path) -> list[str]:
    try:
        report = Package(str(folder / "datapackage.json")).validate()
    except FrictionlessException as refused:
        return sorted(error.type for error in [*getattr(refused, "reasons", ())] or [refused.error])
    except Exception as error:  # noqa: BLE001 - whatever it breaks off with
        return [f"raises {type(error).__name__}"]
    found = [*report.errors, *(error for task in report.tasks for error in task.errors)]
    return sorted(said(e.type, getattr(e, "field_name", None), getattr(e, "row_number", None)) for e in found)


@pytest.mark.parametrize("one", DIFFERENCES, ids=lambda d: d.id)
def test_the_judges_say_different_things(one: Difference, tmp_path: Path) -> None:
    folder = make.write(files_of(one.case), tmp_path)
    assert ours(folder) == one.ours
    assert theirs(folder) == one.theirs, "frictionless has changed: strike the difference, or change it"
    assert one.ours != one.theirs


def test_a_difference_is_told_of() -> None:
    page = conformance_md(read_clauses(ROOT / CASES), DIFFERENCES)
    for one in DIFFERENCES:
        assert one.what.endswith(".") and one.why.endswith(".")
        assert page.count(one.what.replace("|", "\\|")) == 1
    assert "| breaks off |" in page and "| valid |" in page


@pytest.mark.parametrize("text", ["[a", '[a]\nwhat = "x"', '[a]\nwhat = "x"\nother = 1'])
def test_a_file_of_differences_that_is_wrong(tmp_path: Path, text: str) -> None:
    (tmp_path / "differences.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"differences\.toml"):
        read_differences(tmp_path)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@settings(
    max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(packages())
def test_both_judges_find_what_was_planted_in_a_random_package(folder: Path, made: Made) -> None:
    """The fault, its table, record and field; this validator its line and column too, by both ways of reading."""
    check(made, folder)
