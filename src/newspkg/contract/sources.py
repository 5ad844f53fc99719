"""Where a Table Schema may come from: a dict, a file, a resource of a package, the profile."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newspkg.contract.tables import PART, Note, pandera_schema
from newspkg.problems import CannotRun, Problem, SchemaError, UsageError, problem
from newspkg.report import Findings
from newspkg.schema import TableSchema, house_schemas
from newspkg.validate.checks import read_checks
from newspkg.validate.descriptor import Resource, open_package
from newspkg.validate.properties import open_plain, parse

if TYPE_CHECKING:
    import pandera.polars as pa

__all__ = ["schema"]

_OF_SCHEMAS = ("schema-error", "schema-key", "schema-constraint", "schema-pattern", "field-error")
_RULES = "the rules of the profile", PART


def schema(source: str | Path | Mapping[str, Any] | TableSchema, resource: str | None = None) -> pa.DataFrameSchema:
    """A schema of pandera, for polars frames, from any Table Schema.

    `source` is a Table Schema as a dict or as a path to its file; a package as a path to its folder or descriptor, then
    `resource` names one of its tables (it may be left out where only one has a schema); or the name of a table of the
    profile. A name of the profile goes before a file that is called the same; write `./quotes` for the file.

        contract = newspkg.schema({"fields": [{"name": "n", "type": "integer", "constraints": {"minimum": 1}}]})
        contract.validate(polars.DataFrame({"n": [1, 2]}))

        contract = newspkg.schema("some/package", "table")
        dtypes = contract.metadata["newspkg"]["dtypes"]        # what its columns are in polars
        left_out = contract.metadata["newspkg"]["unchecked"]   # what a frame cannot show, and why

    Each check has the name of its rule in the standard: `minimum`, `pattern`, `primaryKey` and so on. Give `validate` a
    DataFrame and `lazy=True` for all faults at once; of a LazyFrame pandera checks the column types alone.

    Raises UsageError where there is no such file, package or table, SchemaError, with all its problems, where the
    schema is wrong, CannotRun where a file cannot be read.
    """
    if isinstance(source, TableSchema):
        _alone(resource)
        return _contract(source)
    if isinstance(source, Mapping):
        _alone(resource)
        if "resources" in source and "fields" not in source:
            raise UsageError("This is the descriptor of a package: give the path to it, and the name of a resource.")
        return _contract(_read(source, "the schema", Path()))
    if isinstance(source, str) and source in house_schemas():
        _alone(resource)
        return pandera_schema(house_schemas()[source], narrow=True, notes=[_RULES])
    if not isinstance(source, (str, Path)):
        raise UsageError(f"A {type(source).__name__} is no schema: give a dict, a path or the name of a table.")
    path = Path(source)
    if path.is_dir() or not path.is_file() or path.suffix.lower() != ".json":
        return _of_package(path, resource)
    given = _json(path)
    if "resources" in given and "fields" not in given:
        return _of_package(path, resource)
    _alone(resource)
    return _contract(_read(given, path.name, path))


def _alone(resource: str | None) -> None:
    if resource is not None:
        raise UsageError(f"{resource!r} is to be a resource of a package, but the source is no package.")


def _json(path: Path) -> Mapping[str, Any]:
    try:
        with open_plain(path) as file:
            raw = file.read()
    except OSError as error:
        raise CannotRun(f"{path}: cannot be read ({error.strerror}).") from error
    given, _, broken, line = parse(raw)
    if broken is None and not isinstance(given, dict):
        broken, line = "must hold one JSON object", 1
    if broken is not None:
        raise SchemaError([problem("schema-error", f"{path.name} {broken}.", path=path.name, line=line)])
    return dict(given)


def _read(given: Mapping[str, Any], where: str, path: Path) -> TableSchema:
    found, problems = TableSchema.from_descriptor(given, strict=False, where=where, path=path)
    _refuse(problems)
    return found


def _refuse(problems: Iterable[Problem]) -> None:
    """Raises SchemaError where something is wrong: if it were left out, nobody would learn that it is not checked."""
    wrong = [one for one in problems if one.severity == "error"]
    if wrong:
        raise SchemaError(wrong)


def _of_package(path: Path, resource: str | None) -> pa.DataFrameSchema:
    findings = Findings(None)
    package = open_package(path, findings)
    report = findings.report()
    named = _chosen(package.resources, resource, path)
    own = [one for one in report.problems if one.resource == named.name and one.code in _OF_SCHEMAS]
    _refuse(replace(one, message=f"{path}: {one.message}") for one in own)
    left = [one for one in report.unchecked if one.resource == named.name]
    if named.schema is None:
        why = next((one.reason for one in left if one.what == "schema"), "it has none")
        raise UsageError(f"{path}: the schema of {named.name} cannot be used: {why}.")
    notes = [(one.what, one.reason) for one in left if one.what in named.schema.names]
    checks = read_checks(package, Findings(0))
    notes += [(one.what, PART) for one in checks if one.resource == named.name or named.name in one.needs]
    return _contract(named.schema, notes)


def _chosen(resources: list[Resource], name: str | None, path: Path) -> Resource:
    if name is None:
        having = [one for one in resources if one.schema is not None or one.schema_broken]
        if len(having) == 1:
            return having[0]
        if not having:
            raise UsageError(f"{path}: no resource of this package has a schema.")
        names = ", ".join(one.name for one in having)
        raise UsageError(f"{path}: name one of the resources of this package: {names}.")
    for one in resources:
        if one.name == name:
            return one
    near = difflib.get_close_matches(name, [one.name for one in resources], 1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(one.name for one in resources)}."
    raise UsageError(f"{path}: there is no resource {name!r}; {hint}")


def _contract(found: TableSchema, notes: Iterable[Note] = ()) -> pa.DataFrameSchema:
    """The contract of a schema; of a table of the profile as strict as the profile is, wherever its schema lies."""
    ours = house_schemas().get(found.name)
    narrow = ours is not None and replace(found, path=Path()) == replace(ours, path=Path())
    return pandera_schema(found, narrow=narrow, notes=[*notes, *([_RULES] if narrow else [])])
