"""Judges a Data Package, ours or anybody's: descriptor, files, cells, keys, then the rules of this profile.

    descriptor   datapackage.json and what it points at; every fault with its JSON pointer and line
    properties   what the standard asks of single properties
    files        bytes, hashes, and the reader of each format
    records      what every reader gives
    delimited    delimited text exactly as csv.reader takes it; fast: the same by polars, where structure proves it may
    objects      JSON and inline data; sheets: spreadsheets; columns: Parquet
    values       one exact function for each type
    cells        a cheap guard a column, the exact function for what it doubts
    model        a table: header, ragged and blank records, typed columns
    keys         primary, unique and foreign keys; spill: what they hold
    checks       what the package says of itself beyond its schemas
    rules        what the profile asks beyond the standard
    texts        the articles, where they are at hand

A fault costs what depends on it and no more. What is not judged, for whatever reason, stands in `Report.unchecked`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from newspkg.problems import Problem, problem
from newspkg.report import Findings, Report, figure

__all__ = ["SAMPLES", "validate"]

SAMPLES = 1000


def validate(
    path: str | Path,
    *,
    texts: Iterable[str | Path] | None = None,
    limit: int | None = SAMPLES,
    memory: int | None = None,
    checks: Sequence[Callable[..., Any]] = (),
) -> Report:
    """Judges the package in a folder, or at a descriptor.

    `texts` are files and folders with the articles the package was made from; with them spans are compared with the
    words. `limit` is how many problems of each finding are kept (None: all); counts are exact in any case. `memory` is
    about how many bytes keys may hold before they go to temporary files. `checks` are functions of one's own, called as
    those that a descriptor names (docs/checks.md).

    Raises UsageError where there is no package or no such text, CannotRun where the descriptor cannot be read.
    """
    from newspkg.validate.descriptor import open_package

    findings = Findings(limit)
    package = open_package(Path(path), findings)
    if not package.resources:
        return findings.report()
    from newspkg.validate.packed import Scratch

    with Scratch() as scratch:
        run = _Run(package, findings, None if texts is None else [Path(t) for t in texts], memory, scratch)
        return run.report(checks)


# What most packages do not need is imported only where one does.


def _texts(paths: list[Path]) -> Any:
    from newspkg.validate.texts import read_texts

    return read_texts(paths)


def _profiled(package: Any) -> bool:
    """Whether the package follows the profile: it says so, or looks like it."""
    if "profile" not in package.block and all(r.name != "documents" for r in package.resources):
        return False
    from newspkg.validate.rules import applies

    return applies(package)


def _checked(given: Any) -> bool:
    """Whether a descriptor, or a resource of it, may have checks of its own."""
    block = given.get("newspkg") if isinstance(given, dict) else None
    return isinstance(given, dict) and ("newspkg:checks" in given or (isinstance(block, dict) and "checks" in block))


class _Run:
    """One validation: the tables as they are read, and what each is checked for."""

    def __init__(
        self, package: Any, findings: Findings, texts: list[Path] | None, memory: int | None, scratch: Any
    ) -> None:
        from newspkg.validate.keys import Keys

        self.package, self.findings = package, findings
        self.texts = None if texts is None else _texts(texts)
        self.profiled = _profiled(package)
        self.tables: dict[str, Any] = {}
        self.schemas = {r.name: r.schema for r in package.resources}
        self.scratch = scratch
        self.keys = Keys(self.schemas, memory, scratch)
        self.stats: dict[str, dict[str, Any]] = {}

    def report(self, functions: Sequence[Callable[..., Any]]) -> Report:
        from newspkg.validate.keys import reading_order

        checks: list[Any] = []
        asked: dict[str, set[str]] = {}
        if functions or any(map(_checked, (self.package.descriptor, *self.package.descriptor["resources"]))):
            from newspkg.validate.checks import needed, read_checks

            checks = read_checks(self.package, self.findings, functions)
            asked = needed(checks)
        resources = {r.name: r for r in self.package.resources}
        for name in reading_order(self.schemas):
            self.resource(resources[name], asked.get(name, set()))
        self.keys.finish(self.findings)
        tables = {name: self.tables[name] for name in resources if name in self.tables}
        if self.profiled:
            from newspkg.validate.rules import Context, check_rules

            columns = {name: table.columns for name, table in tables.items()}
            check_rules(Context(self.package.block, tables, columns, self.texts), self.findings)
        elif self.texts is not None:
            self.findings.leave("the texts", "the package does not follow the profile, so it has no spans to compare")
        if checks:
            from newspkg.validate.checks import run_checks

            run_checks(checks, tables, self.findings)
        self.findings.relocate(self.placed)
        stats = {
            "tables": len(tables),
            "rows": sum(t.height for t in tables.values()),
            "resources": {name: self.stats[name] for name in resources if name in self.stats},
        }
        return self.findings.report(list(resources), stats)

    def resource(self, resource: Any, asked: set[str]) -> None:
        """Files, header, records and cells of one resource."""
        from newspkg.validate.cells import columns_of
        from newspkg.validate.files import check_files, open_table
        from newspkg.validate.model import read_table
        from newspkg.validate.records import Again

        paths = list(resource.paths)
        self.stats[resource.name] = {"path": (paths[0] if len(paths) == 1 else paths) if paths else None}
        if not check_files(self.package.root, resource, self.findings) or not resource.tabular:
            return
        if resource.schema is None:
            why = "its schema cannot be used" if resource.schema_broken else "it has no schema"
            self.findings.leave("the cells", why, resource.name)
        columns: dict[str, Any] = {}
        if resource.schema is not None:
            columns = columns_of(resource.schema, resource.name, self.findings)
            if resource.dialect is not None and resource.dialect.null is not None:
                for column in columns.values():
                    column.missing.append(resource.dialect.null)
        keep = set(resource.schema.names) if self.profiled and resource.schema is not None else asked
        before = Findings(self.findings.samples)
        opened = open_table(self.package.root, resource, before, self.scratch)
        if opened is None:
            self.findings.merge(before)
            return
        while True:
            told = Findings(self.findings.samples)
            try:
                table = read_table(opened, resource, columns, keep, told, self.keys.watching)
            except Again as again:
                if not (again.wider and opened.reader.widen()):
                    before = Findings(self.findings.samples)
                    opened = open_table(self.package.root, resource, before, self.scratch, slow=True)
                    assert opened is not None, "what has been read once is there"
                continue
            break
        self.keys.close(table, told)
        self.findings.merge(before)
        self.findings.merge(told)
        if resource.rows is not None and not table.broken and table.height != resource.rows:
            message = f"the descriptor states {figure(resource.rows)} rows, the table has {table.height:,}."
            self.findings.add(
                problem("row-count", message, resource=resource.name, value=str(table.height), path=resource.place)
            )
        self.tables[resource.name] = table
        self.stats[resource.name] |= {
            "labels": opened.labels or [],
            "fields": list(resource.schema.names) if resource.schema is not None else [],
            "rows": table.height,
        }

    def placed(self, problems: list[Problem]) -> list[Problem]:
        """The problems with the lines and columns they stand on, as far as readers know them."""
        wanted: dict[str, dict[int, int]] = {}
        for one in problems:
            if one.row is not None and one.line is None and one.resource in self.tables:
                rows = wanted.setdefault(one.resource, {})
                rows[one.row] = max(rows.get(one.row, 1), one.position or 1)
        known = {name: self.tables[name].reader.places(dict(sorted(rows.items()))) for name, rows in wanted.items()}

        def put(one: Problem) -> Problem:
            place = known.get(one.resource or "", {}).get(one.row or 0) if one.line is None else None
            if place is None:
                return one
            if one.position is not None and 0 < one.position <= len(place.cells):
                line, column = place.cells[one.position - 1]
                return one.at(line, column)
            return one.at(place.line, None if place.line is None else place.column, place.row_group)

        return [put(one) for one in problems]


class _Callable(ModuleType):
    """This module, so that `newspkg.validate(path)` works as well as `newspkg.validate.validate(path)`."""

    __call__ = staticmethod(validate)


sys.modules[__name__].__class__ = _Callable
