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
    lint         what other programs stumble over in a valid table
    severity     how grave the package says that its problems are
    baseline     problems that are known and accepted

A fault costs what depends on it and no more. What is not judged, for whatever reason, stands in `Report.unchecked`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from newspkg.problems import Problem, UsageError, problem
from newspkg.report import Findings, Report, figure

__all__ = ["SAMPLES", "Progress", "validate"]

SAMPLES = 1000
Progress = Callable[[str, int, int | None], None]  # a resource, its records that have been read, and of how many


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a caller wants of a run beyond the usual."""

    texts: list[Path] | None
    memory: int | None
    functions: Sequence[Callable[..., Any]]
    resources: Collection[str] | None
    metadata_only: bool
    baseline: Any  # known problems
    found: Any  # takes in those of this run
    progress: Progress | None
    lint: bool


def validate(
    path: str | Path,
    *,
    texts: Iterable[str | Path] | None = None,
    limit: int | None = SAMPLES,
    memory: int | None = None,
    checks: Sequence[Callable[..., Any]] = (),
    resources: Iterable[str] | None = None,
    metadata_only: bool = False,
    baseline: str | Path | None = None,
    write_baseline: str | Path | None = None,
    progress: Progress | None = None,
    lint: bool = False,
) -> Report:
    """Judges the package in a folder, or at a descriptor.

    `texts` are files and folders with the articles the package was made from; with them spans are compared with the
    words. `limit` is how many problems of each finding are kept (None: all); counts are exact in any case. `memory` is
    about how many bytes keys may hold before they go to temporary files. `checks` are functions of one's own, called as
    those that a descriptor names (docs/checks.md).

    `resources` are the names of those that are judged; tables that these refer to are read, but nothing is said of
    them. With `metadata_only` no table is read: the descriptor, what it points at, and bytes and hashes are judged.
    What is left out stands in `Report.unchecked`.

    `baseline` is a file of known problems, which are set aside: `Report.aside` says how many. `write_baseline` is the
    file that all problems of this run are written to, as known ones; without a `baseline` they are set aside at once.
    `progress` is called now and then with the name of a resource, how many of its records have been read, and how many
    it has, or None where that is not known.

    With `lint` warnings are given of what other programs read otherwise than it is meant, though it is valid
    (docs/loading.md); a package of the profile always has them.

    Raises UsageError where there is no package, no such text, resource or baseline, CannotRun where the descriptor or
    the baseline cannot be read, or the new baseline not be written.
    """
    from newspkg.validate.descriptor import open_package

    known = found = None
    if write_baseline is not None and (resources is not None or metadata_only):
        raise UsageError("a baseline is written of a whole package, not of some resources or the metadata alone.")
    if baseline is not None or write_baseline is not None:
        from newspkg.validate.baseline import Baseline, write

        known = None if baseline is None else Baseline.read(Path(baseline))
        found = None if write_baseline is None else Baseline()
    follows = known is not None or found is not None
    findings = Findings(limit, known=(known.sizes if known is not None else {}) if follows else None)
    package = open_package(Path(path), findings)
    if write_baseline is not None:
        own = [package.root / name for r in package.resources for name in (package.file, *r.paths)]
        if Path(write_baseline).resolve() in {one.resolve() for one in own}:
            raise UsageError(f"{write_baseline}: is a file of the package, which a baseline may not replace.")
    names = None if resources is None else _named(resources, package)
    given = None if texts is None else [Path(t) for t in texts]
    asked = _Asked(given, memory, checks, names, metadata_only, known, found, progress, lint)
    from newspkg.validate.packed import Scratch

    with Scratch() as scratch:
        report = _Run(package, findings, asked, scratch).report()
    if write_baseline is not None and found is not None:
        write(found, Path(write_baseline))
    return report


def _named(names: Iterable[str], package: Any) -> list[str]:
    """Names of resources, each of which is there."""
    known = [r.name for r in package.resources]
    wanted = [names] if isinstance(names, str) else list(dict.fromkeys(names))
    for name in wanted:
        if known and name not in known:
            import difflib

            near = difflib.get_close_matches(name, known, 3)
            some = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(known[:20])}."
            raise UsageError(f"the package has no resource {name!r}; {some}")
    return wanted


# What most packages do not need is imported only where one does.


def _texts(paths: list[Path]) -> Any:
    from newspkg.validate.texts import read_texts

    return read_texts(paths)


def _profiled(package: Any) -> bool:
    """Whether a package follows the profile: it says so, or has our table of documents, hashes and all."""
    if "profile" in package.block:
        from newspkg.package import PROFILE

        return bool(package.block["profile"] == PROFILE)
    documents = next((r.schema for r in package.resources if r.name == "documents"), None)
    return documents is not None and {"document_id", "text_sha256"} <= set(documents.names)


def _has(given: Any, key: str) -> bool:
    """Whether a descriptor, or a resource of it, may have checks or severities of its own."""
    block = given.get("newspkg") if isinstance(given, dict) else None
    return isinstance(given, dict) and (f"newspkg:{key}" in given or (isinstance(block, dict) and key in block))


class _Followed:
    """A reader that tells how far it has come."""

    def __init__(self, reader: Any, resource: Any, progress: Progress) -> None:
        self.reader, self.name, self.progress = reader, resource.name, progress
        known = getattr(reader, "total", None)  # as far as a reader can say before it has read
        self.total = resource.rows if known is None else known

    def __getattr__(self, name: str) -> Any:
        return getattr(self.reader, name)

    def chunks(self, width: int, wanted: Sequence[Any] | None) -> Iterator[Any]:
        """The chunks of the reader, as it gives them."""
        done = 0
        for chunk in self.reader.chunks(width, wanted):
            yield chunk
            done += len(chunk.numbers)
            self.progress(self.name, done, self.total)


class _Run:
    """One validation: the tables as they are read, and what each is checked for."""

    def __init__(self, package: Any, findings: Findings, asked: _Asked, scratch: Any) -> None:
        self.package, self.findings, self.asked, self.scratch = package, findings, asked, scratch
        self.texts = None if asked.texts is None else _texts(asked.texts)
        self.tables: dict[str, Any] = {}
        self.stats: dict[str, dict[str, Any]] = {}
        self.names = [r.name for r in package.resources]
        self.wanted = set(self.names if asked.resources is None else asked.resources)
        self.entries: list[Any] = []
        self.groups: dict[tuple[str, str], tuple[str, ...]] = {}  # by which fields a check makes groups of rows
        self.unasked: set[str] = set()  # tables that rules of the profile would look at
        self.linted = asked.lint

    def report(self) -> Report:
        listed = self.package.descriptor.get("resources")
        described = [self.package.descriptor, *(listed if isinstance(listed, list) else ())]
        if any(_has(one, "severity") for one in described):
            from newspkg.validate.severity import read_severities

            self.entries = read_severities(self.package, self.findings)
        if self.names:
            self.judge(any(_has(one, "checks") for one in described))
        if self.asked.resources is not None:
            self.findings.only(self.wanted)
            self.others()
        if self.entries:
            from newspkg.validate.severity import grade

            grade(self.entries, self.findings)
        aside = None
        if self.asked.baseline is not None or self.asked.found is not None:
            from newspkg.validate.baseline import compare

            old, new = self.asked.baseline, self.asked.found
            aside = compare(self.findings, self.tables, old, new, self.judged, self.groups)
        self.findings.relocate(self.placed)
        tables = [self.tables[name] for name in self.names if name in self.tables and name in self.wanted]
        stats = {
            "tables": len(tables),
            "rows": sum(t.height for t in tables),
            "resources": {name: self.stats[name] for name in self.names if name in self.stats and name in self.wanted},
        }
        report = self.findings.report(self.names, stats if self.names else None)
        report.aside = aside
        return report

    def judge(self, has_checks: bool) -> None:
        """Everything that the descriptor speaks of."""
        from newspkg.validate.keyed import reading_order

        checks: list[Any] = []
        needs: dict[str, set[str]] = {}
        if self.asked.functions or has_checks:
            from newspkg.validate.checks import needed, read_checks

            checks = read_checks(self.package, self.findings, self.asked.functions)
            self.groups = {(c.resource, c.name): c.by for c in checks if c.by}
            needs = needed(c for c in checks if not c.resource or c.resource in self.wanted)
        resources = {r.name: r for r in self.package.resources}
        read = self.reading(resources, needs)
        profiled = _profiled(self.package)
        schemas = {name: one.schema for name, one in resources.items() if name in read}
        keys = self.keys(schemas, plain=not profiled and not checks)
        for name in reading_order(schemas):
            self.resource(resources[name], keys, needs.get(name, set()), keep_all=profiled)
        keys.finish(self.findings)
        tables = {name: self.tables[name] for name in resources if name in self.tables}
        if self.asked.lint or (profiled and self.published()):
            from newspkg.validate.lint import lint

            self.linted = True
            only = self.asked.metadata_only
            lint(self.package, tables, self.wanted, self.findings, self.scratch, metadata_only=only)
        if self.asked.metadata_only:
            self.unread(checks, profiled)
            return
        if profiled:
            from newspkg.validate.rules import Context, check_rules

            columns = {name: table.columns for name, table in tables.items()}
            self.unasked = set(self.names) - read
            check_rules(Context(self.package.block, tables, columns, self.texts), self.findings, self.unasked)
        elif self.texts is not None:
            self.findings.leave("the texts", "the package does not follow the profile, so it has no spans to compare")
        if checks:
            from newspkg.validate.checks import run_checks

            run_checks([c for c in checks if not c.resource or c.resource in self.wanted], tables, self.findings)

    def published(self) -> bool:
        """Whether the tables are as `pkg build` publishes them: not exported to another format or version."""
        from newspkg.validate.metadata import version_of

        csv = all(one.format == "csv" for one in self.package.resources if one.tabular)
        return csv and version_of(self.package.descriptor) == 2

    def keys(self, schemas: dict[str, Any], *, plain: bool) -> Any:
        """What follows the keys, and with it whether tables are read as columns or, where `plain` may be, without."""
        from newspkg.validate.plain import PlainKeys, is_small

        if plain and is_small(self.package.root, [one for one in self.package.resources if one.name in schemas]):
            return PlainKeys(schemas)
        from newspkg.validate.keys import Keys

        return Keys(schemas, self.asked.memory, self.scratch)

    def reading(self, resources: dict[str, Any], needs: dict[str, set[str]]) -> set[str]:
        """The resources that are read: those that are judged, and what their keys and checks look at. Of the latter no
        keys are followed but those that are referred to."""
        others = set(needs)
        for name in self.wanted:
            schema = resources[name].schema
            others.update(key.resource for key in (schema.foreign_keys if schema is not None else ()))
        others = {name for name in others if name in resources} - self.wanted
        for name in others:
            schema = resources[name].schema
            if schema is not None:
                resources[name].schema = replace(schema, foreign_keys=())
        return self.wanted | others

    def unread(self, checks: Sequence[Any], profiled: bool) -> None:
        """Notes what metadata alone cannot say."""
        why = "the metadata alone were asked for"
        for one in self.package.resources:
            if one.tabular:
                self.findings.leave("the table", why, one.name)
        for check in checks:
            self.findings.leave(check.what, why, check.resource or None)
        if profiled:
            self.findings.leave("the rules of the profile", why)
        if self.texts is not None:
            self.findings.leave("the texts", why)

    def others(self) -> None:
        """Notes the resources that were not asked for."""
        for name in self.names:
            if name not in self.wanted:
                read = name in self.tables
                why = "it was read for what refers to it, but was not asked for" if read else "it was not asked for"
                self.findings.leave("the resource", why, name)

    def judged(self, key: tuple[str | None, str, str | None, str | None]) -> bool:
        """Whether a finding would be there if there were a problem of its kind."""
        resource, code, rule, field = key
        if self.asked.metadata_only or (resource in self.names and resource not in self.wanted):
            return False
        if code.startswith("lint-") and not self.linted:
            return False
        known = {r.name: r for r in self.package.resources}.get(resource)
        if known is not None and known.tabular and (resource not in self.tables or self.tables[resource].broken):
            return False
        if self.entries:
            from newspkg.validate.severity import ignored

            if ignored(self.entries, key):
                return False
        if self.unasked:
            from newspkg.validate.rules import RULES

            if any(code == one.code and self.unasked.intersection(one.needs) for one in RULES):
                return False
        left = {f"the rule {code}", f"the check {rule}", field}
        if code in ("primary-key", "unique-key", "unique-error", "foreign-key"):
            kind = {"primary-key": "primary", "foreign-key": "foreign"}.get(code, "unique")
            parts = (rule or field or "").partition(" -> ")
            name = parts[0] if parts[0] else field
            starts: tuple[str, ...] = (f"the {kind} key {name}",)
        else:
            starts = ()
        return not any(
            note.resource in (None, resource) and (note.what in left or (starts and note.what.startswith(starts)))
            for note in self.findings.unchecked
        )

    def resource(self, resource: Any, keys: Any, asked: set[str], *, keep_all: bool) -> None:
        """Files, header, records and cells of one resource."""
        from newspkg.validate.files import check_files

        paths = list(resource.paths)
        self.stats[resource.name] = {"path": (paths[0] if len(paths) == 1 else paths) if paths else None}
        if self.asked.progress is not None:
            self.asked.progress(resource.name, 0, None)
        if not check_files(self.package.root, resource, self.findings) or not resource.tabular:
            return
        if self.asked.metadata_only:
            return
        from newspkg.validate.cells import columns_of
        from newspkg.validate.files import open_table
        from newspkg.validate.plain import PlainKeys, read_plain

        if resource.schema is None:
            why = "its schema cannot be used" if resource.schema_broken else "it has no schema"
            self.findings.leave("the cells", why, resource.name)
        columns: dict[str, Any] = {}
        if resource.schema is not None:
            for one in resource.schema.fields:
                if one.untyped:
                    why = "its type cannot be used, so that any text is taken for a value"
                    self.findings.leave(f"the type and constraints of {one.name}", why, resource.name)
            columns = columns_of(resource.schema, resource.name, self.findings)
            if resource.dialect is not None and resource.dialect.null is not None:
                for column in columns.values():
                    column.missing.append(resource.dialect.null)
        keep = set(resource.schema.names) if keep_all and resource.schema is not None else asked
        before = self.findings.fresh()
        plain = isinstance(keys, PlainKeys)
        opened = open_table(self.package.root, resource, before, self.scratch, slow=plain)
        if opened is None:
            self.findings.merge(before)
            return
        if plain:
            told = self.findings.fresh()
            table = read_plain(opened, resource, columns, told, keys)
            if self.asked.progress is not None:
                self.asked.progress(resource.name, table.height, None)
        else:
            table, opened, before, told = self.columns(opened, resource, columns, keep, keys, before)
        keys.close(table, told)
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

    def columns(
        self, opened: Any, resource: Any, columns: dict[str, Any], keep: set[str], keys: Any, before: Findings
    ) -> tuple[Any, Any, Findings, Findings]:
        """Reads a table as columns, by the fast reader if it can: the table, how it was opened, and what was told until
        then and while it was read."""
        from newspkg.validate.files import open_table
        from newspkg.validate.model import read_table
        from newspkg.validate.records import Again

        while True:
            if self.asked.progress is not None and not isinstance(opened.reader, _Followed):
                opened.reader = _Followed(opened.reader, resource, self.asked.progress)
            told = self.findings.fresh()
            try:
                return read_table(opened, resource, columns, keep, told, keys.watching), opened, before, told
            except Again as again:
                if not (again.wider and opened.reader.widen()):
                    before = self.findings.fresh()
                    opened = open_table(self.package.root, resource, before, self.scratch, slow=True)
                    assert opened is not None, "what has been read once is there"

    def placed(self, problems: list[Problem]) -> list[Problem]:
        """The problems with the lines and columns they stand on, as far as readers know them."""
        wanted: dict[str, dict[int, int]] = {}
        for one in problems:
            if one.row is not None and one.line is None and one.resource in self.tables:
                rows = wanted.setdefault(one.resource, {})
                rows[one.row] = max(rows.get(one.row, 1), one.position or 1)
                if one.other_row is not None:
                    rows.setdefault(one.other_row, 1)
        known = {name: self.tables[name].reader.places(dict(sorted(rows.items()))) for name, rows in wanted.items()}

        def put(one: Problem) -> Problem:
            place = known.get(one.resource or "", {}).get(one.row or 0) if one.line is None else None
            if place is None:
                return one
            twin = known[one.resource or ""].get(one.other_row) if one.other_row is not None else None
            if twin is not None and twin.line is not None and twin.line != one.other_row:
                one = replace(one, message=f"{one.message.removesuffix('.')}, line {twin.line}.")
            cell = place.cell(one.position) if one.position else None
            if cell is not None:
                return one.at(*cell)
            return one.at(place.line, None if place.line is None else place.column, place.row_group)

        return [put(one) for one in problems]


class _Callable(ModuleType):
    """This module, so that `newspkg.validate(path)` works as well as `newspkg.validate.validate(path)`."""

    __call__ = staticmethod(validate)


sys.modules[__name__].__class__ = _Callable
