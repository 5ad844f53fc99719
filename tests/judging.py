"""Small packages to judge, and what was found as a list of places: for tests of the validator."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from newspkg.report import Report
from newspkg.validate import plain, validate
from packages import make

ROOT = Path(__file__).resolve().parent.parent
GOOD = ROOT / "tests" / "packages" / "good"

Place = tuple[str, str | None, int | None, int | None]


@contextmanager
def read_as_columns() -> Iterator[None]:
    """Within it no table is small enough for plain Python."""
    before, plain.SMALL = plain.SMALL, -1
    try:
        yield
    finally:
        plain.SMALL = before


def both_ways(package: Path, **options: Any) -> Report:
    """The report on a package, which must not tell whether its tables were read in plain Python or as columns."""
    report = validate(package, **options)
    with read_as_columns():
        assert validate(package, **options).as_json() == report.as_json()
    return report


def judge(files: dict[str, bytes], tmp_path: Path) -> Report:
    return both_ways(make.write(files, tmp_path))


def places(report: Report) -> list[Place]:
    """(code, field, row, line) of each problem: what tests compare, never prose."""
    return [(p.code, p.field, p.row, p.line) for p in report.problems]


def one(data: str | bytes, fields: list[dict[str, Any]], tmp_path: Path, **resource: Any) -> Report:
    schema = {"fields": fields, **resource.pop("schema", {})}
    return judge(make.one_table(data, schema, **resource), tmp_path)
