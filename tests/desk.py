"""A package with tables made by hand, and what its checks find: for tests of checks."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

import polars as pl

from newspkg.report import Findings, Report
from newspkg.schema import Field
from newspkg.validate.checks import Check, needed, read_checks, run_checks
from newspkg.validate.descriptor import Package, Resource, open_package
from newspkg.validate.guards import dtype_of
from newspkg.validate.records import Reader
from newspkg.validate.table import Table

TYPES = {
    "start": "integer",
    "end": "integer",
    "n_chars": "integer",
    "published": "date",
    "seen": "datetime",
    "good": "boolean",
    "share": "number",
}


VALUES: dict[str, Callable[[str], Any]] = {
    "integer": int,
    "number": float,
    "boolean": lambda cell: {"true": True, "false": False}[cell],
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
}


def schema_of(text: str, **more: Any) -> dict[str, Any]:
    names = next(csv.reader(io.StringIO(text)))
    return {"fields": [{"name": n, "type": TYPES.get(n, "string")} for n in names], **more}


def column_of(field: Field, cells: list[str]) -> tuple[pl.Series, set[int]]:
    """The typed values of a column, and the rows whose cell is none."""
    values, lost = [], set()
    for row, cell in enumerate(cells):
        try:
            values.append(VALUES.get(field.type, str)(cell) if cell else None)
        except (ValueError, KeyError):
            values.append(None)
            lost.add(row)
    return pl.Series(field.name, values, dtype=dtype_of(field)), lost


def table_of(resource: Resource, text: str, keep: Iterable[str], faulty: Mapping[str, set[int]]) -> Table:
    """A table as if it had been read, with the columns to keep; blank where all cells are."""
    header, *rows = csv.reader(io.StringIO(text))
    assert resource.schema is not None
    table = Table(resource, resource.schema, cast(Reader, None), height=len(rows))
    table.at = {name: n for n, name in enumerate(header)}
    table.starts, table.runs = [0], [(range(2, 2 + len(rows)), resource.place)]
    table.blank = {n for n, row in enumerate(rows) if not any(row)}
    kept = []
    for name in [n for n in resource.schema.names if n in header and n in keep]:
        values, lost = column_of(resource.schema.field(name), [row[table.at[name]] for row in rows])
        kept.append(values)
        table.lost[name], table.faulty[name] = lost, lost | faulty.get(name, set())
    table.whole = pl.DataFrame(kept)
    return table


DOCUMENTS = "document_id,outlet,n_chars,published\nd1,Tavra Post,900,2031-03-12\nd2,Kolm Daily,400,2031-03-15\n"
QUOTES = "quote_id,document_id,start,end\nq1,d1,10,60\nq2,d1,80,70\nq3,d2,20,410\n"


class Desk:
    """A package with its tables, and what its checks find."""

    def __init__(self, folder: Path, **tables: str) -> None:
        self.folder = folder
        self.texts = tables or {"documents": DOCUMENTS, "quotes": QUOTES}
        self.schemas = {name: schema_of(text) for name, text in self.texts.items()}
        self.more: dict[str, Any] = {}
        self.of_resource: dict[str, Any] = {}
        self.faulty: dict[str, dict[str, set[int]]] = {}
        self.broken: dict[str, str] = {}
        self.unread: set[str] = set()

    def package(self, findings: Findings) -> Package:
        resources: list[dict[str, Any]] = [
            {"name": name, "path": f"{name}.csv", "schema": schema, **self.of_resource.get(name, {})}
            for name, schema in self.schemas.items()
        ]
        given = {"name": "desk", "resources": resources, **self.more}
        (self.folder / "datapackage.json").write_text(json.dumps(given), encoding="utf-8")
        return open_package(self.folder, findings)

    def run(self, *checks: Any, functions: Iterable[Callable[..., Any]] = ()) -> Report:
        if checks:
            self.more = {**self.more, "newspkg:checks": list(checks)}
        findings = Findings(samples=None)
        package = self.package(findings)
        found = read_checks(package, findings, functions)
        run_checks(found, self.tables(package, found), findings)
        return findings.report([r.name for r in package.resources])

    def tables(self, package: Package, checks: list[Check]) -> dict[str, Table]:
        wanted = needed(checks)
        tables = {}
        for one in package.resources:
            if one.name in self.unread or one.schema is None:
                continue
            table = table_of(one, self.texts[one.name], wanted.get(one.name, ()), self.faulty.get(one.name, {}))
            table.broken = self.broken.get(one.name, "")
            tables[one.name] = table
        return tables


def told(report: Report) -> list[tuple[str, str | None, int | None, str | None]]:
    """(resource, field, row, value) of each row that breaks a check, where nothing else is wrong."""
    assert {p.code for p in report.problems} <= {"check-error"}, report.as_text()
    return [(p.resource or "", p.field, p.row, p.value) for p in report.problems]


def refused(report: Report) -> list[tuple[str | None, str]]:
    """(place, message) of each check that cannot be used, where nothing else is wrong."""
    assert {p.code for p in report.problems} <= {"check-invalid"}, report.as_text()
    assert not report.valid or not report.problems
    return [(p.field, p.message) for p in report.problems]


def left(report: Report) -> list[tuple[str, str]]:
    return [(u.what, u.reason) for u in report.unchecked]


def row_check(expression: str, **more: Any) -> dict[str, Any]:
    return {"name": "mine", "resource": "quotes", "expression": expression, **more}
