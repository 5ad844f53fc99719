"""Judges a Data Package, ours or anybody's: descriptor, files, cells, keys, then the rules of this profile.

    descriptor   datapackage.json and what it points at; every fault with its JSON pointer and line
    properties   what the standard asks of single properties
    files        bytes, hashes, and records as columns of text
    values       one exact function for each type
    cells        a cheap guard a column, the exact function for what it doubts
    model        a table: header, ragged and blank records, typed columns
    keys         primary, unique and foreign keys
    rules        what the profile asks beyond the standard
    texts        the articles, where they are at hand

A fault costs what depends on it and no more. What is not judged, for whatever reason, stands in `Report.unchecked`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from newspkg.problems import problem
from newspkg.report import Findings, Report, figure

__all__ = ["validate"]


def validate(path: str | Path, *, texts: Iterable[str | Path] | None = None) -> Report:
    """Judges the package in a folder, or at a descriptor.

    `texts` are files and folders with the articles the package was made from; with them spans are compared with the
    words. Raises UsageError where there is no package or no such text, CannotRun where the descriptor cannot be read.
    """
    from newspkg.validate.descriptor import open_package

    findings = Findings()
    package = open_package(Path(path), findings)
    if not package.resources:
        return findings.report()
    return _Run(package, findings, None if texts is None else [Path(t) for t in texts]).report()


class _Run:
    """One validation: the tables as they are read, and what each is checked for."""

    def __init__(self, package: Any, findings: Findings, texts: list[Path] | None) -> None:
        from newspkg.validate.rules import applies
        from newspkg.validate.texts import read_texts

        self.package, self.findings = package, findings
        self.texts = None if texts is None else read_texts(texts)
        self.profiled = applies(package)
        self.tables: dict[str, Any] = {}
        self.columns: dict[str, Any] = {}

    def report(self) -> Report:
        from newspkg.validate.keys import check_keys
        from newspkg.validate.rules import Context, check_rules

        for resource in self.package.resources:
            self.resource(resource)
        check_keys(self.tables, self.findings)
        if self.profiled:
            check_rules(Context(self.package.block, self.tables, self.columns, self.texts), self.findings)
        elif self.texts is not None:
            self.findings.leave("the texts", "the package does not follow the profile, so it has no spans to compare")
        stats = {
            "tables": len(self.tables),
            "rows": sum(len(t.numbers) for t in self.tables.values()),
        }
        return self.findings.report([r.name for r in self.package.resources], stats)

    def resource(self, resource: Any) -> None:
        """Files, header, records and cells of one resource."""
        from newspkg.validate.cells import columns_of
        from newspkg.validate.files import check_files, open_table
        from newspkg.validate.model import read_table
        from newspkg.validate.properties import shown

        if not check_files(self.package.root, resource, self.findings) or not resource.tabular:
            return
        if resource.schema is None:
            why = "its schema cannot be used" if resource.schema_broken else "it has no schema"
            self.findings.leave("the cells", why, resource.name)
        opened = open_table(self.package.root, resource, self.findings)
        if opened is None:
            return
        columns = {}
        if resource.schema is not None:

            def say(pointer: str, constraint: str, message: str, value: Any) -> None:
                place = f"{pointer}/{constraint}"
                code = "schema-pattern" if constraint == "pattern" else "schema-constraint"
                where = f"the schema of {resource.name}, {place}: {message}."
                self.findings.add(problem(code, where, resource=resource.name, field=place, value=shown(value)))

            columns = columns_of(resource.schema, resource.name, self.findings, say)
            if resource.dialect.null is not None:
                for column in columns.values():
                    column.missing.append(resource.dialect.null)
        table = read_table(opened, resource, columns, self.kept(resource), self.findings)
        if resource.rows is not None and not table.broken and len(table.numbers) != resource.rows:
            message = f"the descriptor states {figure(resource.rows)} rows, the table has {len(table.numbers):,}."
            self.findings.add(
                problem(
                    "row-count", message, resource=resource.name, value=str(len(table.numbers)), path=resource.place
                )
            )
        self.tables[resource.name] = table
        self.columns[resource.name] = columns

    def kept(self, resource: Any) -> set[str]:
        """The fields whose values are needed after the table has been read: all of ours, of others those in keys."""
        if resource.schema is None:
            return set()
        if self.profiled:
            return set(resource.schema.names)
        keys = [
            resource.schema.primary_key,
            *resource.schema.unique_keys,
            *(k.fields for k in resource.schema.foreign_keys),
        ]
        keys += [(f.name,) for f in resource.schema.fields if f.constraints.get("unique")]
        for other in self.package.resources:
            if other.schema is not None:
                keys += [
                    k.reference_fields for k in other.schema.foreign_keys if (k.resource or other.name) == resource.name
                ]
        return {name for key in keys for name in key}
