"""Checks as the descriptor states them: every fault of one is told before a table is read, and it is not run then."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from newspkg.package import BLOCK
from newspkg.problems import problem
from newspkg.report import Findings, cut
from newspkg.validate.checks.model import PLACE, Check, Function, Join, dtype_here
from newspkg.validate.checks.sql import FAULTS, Expression, Unfit, read, said, trial
from newspkg.validate.descriptor import Package, Resource
from newspkg.validate.guards import dtype_of
from newspkg.validate.properties import locate, shown

__all__ = ["GROUP", "KEY", "KINDS", "read_checks"]

KEY = f"{BLOCK}:checks"
GROUP = "newspkg.checks"  # the entry points of functions
_MOST = 1000  # checks of a package
_NAME, _MESSAGE = 100, 500  # characters
_LIST = 20  # fields of a list, resources joined

_EVERY = frozenset({"name", "description", "resource", "severity"})
KINDS: dict[str, frozenset[str]] = {  # what a check is told by, and the properties it may have then
    "expression": _EVERY | {"expression", "message", "with", "by", "atMost"},
    "missing": _EVERY | {"missing", "message", "atMost"},
    "rows": _EVERY | {"rows", "message"},
    "function": _EVERY | {"function", "options"},
}


def read_checks(package: Package, findings: Findings, functions: Iterable[Function] = ()) -> list[Check]:
    """The checks of a package that can be used, then the Python `functions`; what is wrong with the others is found.

    They stand at `newspkg:checks` of the package or of a resource, or at `checks` of the package's block.
    """
    reader = _Reader(package, findings)
    descriptor = package.descriptor
    if KEY in descriptor:
        reader.listed(descriptor[KEY], f"/{KEY}", None)
    if "checks" in package.block:
        reader.listed(package.block["checks"], f"/{BLOCK}/checks", None)
    listed = descriptor.get("resources")
    for resource in package.resources:
        number = resource.pointer.rpartition("/")[2]
        given = listed[int(number)] if isinstance(listed, list) and number.isdigit() else None
        if isinstance(given, dict) and KEY in given:
            reader.listed(given[KEY], f"{resource.pointer}/{KEY}", resource)
    for one in functions:
        name = cut(getattr(one, "__name__", None) or type(one).__name__, _NAME)
        reader.found.append(Check(name, "function", function=one, needs=_everything(package.resources)))
    return reader.found


def _unread(resource: Resource) -> str | None:
    """Why a resource has no typed fields to look at, or None."""
    if not resource.tabular:
        return f"{resource.name} is not read as a table"
    if resource.schema is None or not resource.schema.fields:
        return f"the schema of {resource.name} cannot be used" if resource.schema_broken else "it has no schema"
    return None


def _everything(resources: Iterable[Resource]) -> dict[str, frozenset[str]]:
    return {r.name: frozenset(r.schema.names) for r in resources if r.schema is not None and _unread(r) is None}


class _Reader:
    """One pass over all checks of a package."""

    def __init__(self, package: Package, findings: Findings) -> None:
        self.resources = {r.name: r for r in package.resources}
        self.file, self.lines = package.file, package.lines
        self.findings = findings
        self.found: list[Check] = []
        self.names: set[tuple[str, str]] = set()
        self.count = 0

    def say(
        self, pointer: str, message: str, *, resource: str | None = None, rule: str | None = None, value: Any = None
    ) -> None:
        self.findings.add(
            problem(
                "check-invalid",
                f"{pointer} {message}.",
                resource=resource,
                field=pointer,
                value=None if value is None else shown(value),
                path=self.file,
                line=locate(self.lines, pointer),
                rule=rule,
            )
        )

    def listed(self, given: Any, at: str, resource: Resource | None) -> None:
        owner = None if resource is None else resource.name
        if not isinstance(given, list):
            self.say(at, "must be a list of checks", resource=owner, value=given)
            return
        for n, one in enumerate(given):
            self.count += 1
            if self.count > _MOST:
                self.say(
                    at, f"brings the package beyond {_MOST:,} checks; those from {n} on are not run", resource=owner
                )
                return
            if not isinstance(one, dict):
                self.say(f"{at}/{n}", "must be an object", resource=owner, value=one)
                continue
            check = _One(self, one, f"{at}/{n}", resource).check()
            if check is not None:
                self.found.append(replace(check, line=locate(self.lines, check.pointer), path=self.file))


@dataclass
class _One:
    """One check while it is read."""

    reader: _Reader
    given: Mapping[str, Any]
    at: str
    resource: Resource | None
    name: str = ""
    good: bool = True

    def say(self, key: str, message: str) -> None:
        self.good = False
        owner = None if self.resource is None else self.resource.name
        value = self.given.get(key.partition("/")[0]) if key else None
        place = f"{self.at}/{key}" if key else self.at
        self.reader.say(place, message, resource=owner, rule=self.name or None, value=value)

    def check(self) -> Check | None:
        """The check, or None where it cannot be used or what it looks at was not read."""
        kinds = [key for key in KINDS if key in self.given]
        self.name = self.named()
        if len(kinds) != 1:
            got = f", not {' and '.join(kinds)}" if kinds else ""
            self.say("", f"must have one of {', '.join(KINDS)}{got}")
            return None
        kind = kinds[0]
        for key in self.given:
            if key not in KINDS[kind]:
                near = difflib.get_close_matches(key, KINDS[kind], 1)
                hint = f"; did you mean {near[0]}?" if near else f"; it has {', '.join(sorted(KINDS[kind]))}"
                self.say(cut(key), f"is no property of a check by {kind}{hint}")
        if kind != "function" or isinstance(self.given.get("resource"), str):
            self.located()
        severity = self.given.get("severity", "error")
        if severity not in ("error", "warning"):
            self.say("severity", "must be error or warning")
        if not isinstance(self.given.get("description", ""), str):
            self.say("description", "must be a text")
        if self.good and self.name:
            self.once()
        if not self.good:
            return None
        owner = self.resource.name if self.resource else ""
        base = Check(self.name, "row", pointer=self.at, resource=owner, severity=severity)
        read_kind: Callable[[Check], Check | None] = getattr(self, f"by_{kind}")
        check = read_kind(base)
        return check if self.good else None

    # --- what every check has

    def named(self) -> str:
        name = self.given.get("name", self.given.get("function"))
        if not isinstance(name, str) or not name.strip() or len(name) > _NAME or not name.isprintable():
            self.say("name", f"must be a text of one line and at most {_NAME} characters; reports call the check by it")
            return ""
        return name

    def located(self) -> None:
        """Finds the resource that the check is of."""
        stated = self.given.get("resource")
        if self.resource is not None:
            if stated not in (None, self.resource.name):
                self.say("resource", f"must be {cut(self.resource.name)}, where the check stands, or be left out")
            return
        self.resource = self.other(stated, "resource") if "resource" in self.given else None
        if "resource" not in self.given:
            self.say("resource", "must name the resource that is checked")

    def other(self, name: Any, key: str) -> Resource | None:
        """A resource by its name; says where there is none."""
        known = self.reader.resources
        if isinstance(name, str) and name in known:
            return known[name]
        near = difflib.get_close_matches(name, known, 1) if isinstance(name, str) else []
        self.say(key, f"names no resource of the package{f'; did you mean {near[0]}?' if near else ''}")
        return None

    def once(self) -> None:
        owner = self.resource.name if self.resource else ""
        if (owner, self.name) in self.reader.names:
            self.say("name", "is the name of an earlier check of the same resource")
        self.reader.names.add((owner, self.name))

    def readable(self, *resources: Resource) -> bool:
        """Whether all of these have typed fields; notes which has none, as then the check is not judged."""
        for one in resources:
            why = _unread(one)
            if why is not None:
                self.reader.findings.leave(f"the check {self.name}", why, one.name)
                self.good = False
                return False
        return True

    def message(self, known: Iterable[str]) -> str:
        message = self.given.get("message", "")
        if not isinstance(message, str) or len(message) > _MESSAGE or ("message" in self.given and not message.strip()):
            self.say("message", f"must be a text of at most {_MESSAGE} characters")
            return ""
        names = set(known)
        for found in PLACE.finditer(message):
            if found[1] is None and len(found[0]) == 1:
                self.say("message", f"has a single {found[0]}; for the sign itself it is written twice")
            elif found[1] is not None and found[1] not in names:
                near = difflib.get_close_matches(found[1], names, 1)
                hint = f"; did you mean {near[0]}?" if near else ""
                self.say("message", f"has a place for {cut(found[1])!r}, which the check does not know{hint}")
        return message

    def at_most(self) -> int | float:
        value = self.given.get("atMost", 0)
        whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63
        part = isinstance(value, float) and math.isfinite(value) and 0 <= value <= 1
        if not whole and not part:
            self.say("atMost", "must be a whole number of rows, or a share written with a point, from 0.0 to 1.0")
            return 0
        return int(value) if whole else float(value)

    def some(
        self, value: Any, key: str, known: Sequence[str] | Mapping[str, Any], *, empty: bool = False
    ) -> tuple[str, ...]:
        """A list of different fields, as given; says where it is none."""
        names = [value] if isinstance(value, str) else value
        if not isinstance(names, list) or not all(isinstance(n, str) for n in names):
            self.say(key, "must be a list of fields")
        elif len(names) > _LIST or len(set(names)) < len(names) or (not names and not empty):
            self.say(key, f"must name {'up to' if empty else 'one to'} {_LIST} different fields")
        else:
            for name in names:
                if name not in known:
                    near = difflib.get_close_matches(name, list(known), 1)
                    self.say(
                        key, f"names {cut(name)!r}, which is no field{f'; did you mean {near[0]}?' if near else ''}"
                    )
            return tuple(names)
        return ()

    # --- the kinds

    def by_rows(self, base: Check) -> Check | None:
        limits = self.given["rows"]
        if not isinstance(limits, dict) or not limits or not limits.keys() <= {"minimum", "maximum"}:
            self.say("rows", "must be an object with minimum, maximum or both")
            return None
        if not all(isinstance(v, int) and not isinstance(v, bool) and v >= 0 for v in limits.values()):
            self.say("rows", "must have whole numbers from 0")
            return None
        low, high = limits.get("minimum"), limits.get("maximum")
        if low is not None and high is not None and low > high:
            self.say("rows", "has a minimum above its maximum")
        if self.resource is not None and not self.resource.tabular:
            self.readable(self.resource)
        return replace(base, kind="rows", message=self.message(()), minimum=low, maximum=high)

    def by_missing(self, base: Check) -> Check | None:
        resource = self.resource
        if resource is None or not self.readable(resource) or resource.schema is None:
            return None
        fields = self.some(self.given["missing"], "missing", resource.schema.names)
        message = self.message(resource.schema.names)
        check = replace(base, kind="missing", message=message, at_most=self.at_most(), fields=fields)
        return replace(check, needs={resource.name: frozenset({*fields, *check.placeholders()})})

    def by_function(self, base: Check) -> Check | None:
        stated = self.given.get("resource")
        resources = [] if self.resource is None else [self.resource]
        if isinstance(stated, list) and self.resource is None:
            if not stated or len(stated) > _LIST:
                self.say("resource", f"must name one to {_LIST} resources")
            resources = [r for r in (self.other(name, "resource") for name in stated) if r is not None]
        elif stated is not None and not isinstance(stated, str):
            self.say("resource", "must name a resource, or be a list of their names")
        options = self.given.get("options", {})
        if not isinstance(options, dict):
            self.say("options", "must be an object")
        function = self.given["function"]
        if not isinstance(function, str) or not function:
            self.say("function", "must name a function that an installed package registers")
        if not self.good or not self.readable(*resources):
            return None
        found = _registered(function)
        if isinstance(found, str):
            self.say("function", found)
            return None
        needs = _everything(resources or self.reader.resources.values())
        return replace(base, kind="function", function=found, options=options, needs=needs)

    def by_expression(self, base: Check) -> Check | None:
        resource, text = self.resource, self.given["expression"]
        if not isinstance(text, str):
            self.say("expression", "must be a text, an expression of SQL")
            return None
        grouped = "by" in self.given
        joins = self.joins()
        if resource is None or not self.good or not self.readable(resource, *(r for r, _ in joins)):
            return None
        if resource.schema is None:
            return None
        known = {f.name: dtype_here(dtype_of(f)) for f in resource.schema.fields}
        origin: dict[str, tuple[str, str]] = {}
        for other, _ in joins:
            for f in other.schema.fields if other.schema else ():
                name = f"{other.name}.{f.name}"
                if name in known:
                    self.say("with", f"makes {cut(name)!r} mean two things: {resource.name} has a field of that name")
                known[name], origin[name] = dtype_here(dtype_of(f)), (other.name, f.name)
        by = self.some(self.given["by"], "by", known, empty=True) if grouped else ()
        check = replace(
            base,
            kind="group" if grouped else "row",
            message=self.message(by if grouped else known),
            at_most=self.at_most(),
            by=by,
            expression=self.expression(text, known, grouped=grouped),
        )
        if not self.good or check.expression is None:
            return None
        used = dict.fromkeys([*check.expression.fields, *by, *check.placeholders()])
        whole = tuple(
            replace(join, fields={n: origin[n][1] for n in used if origin.get(n, ("",))[0] == other.name})
            for other, join in joins
        )
        needs: dict[str, set[str]] = {resource.name: {n for n in used if n not in origin}}
        for join in whole:
            needs[resource.name].update(join.own)
            needs.setdefault(join.resource, set()).update(join.theirs, join.fields.values())
        return replace(check, joins=whole, needs={name: frozenset(fields) for name, fields in needs.items()})

    def joins(self) -> list[tuple[Resource, Join]]:
        """The resources that are joined, each with the fields on both sides."""
        given = self.given.get("with", {})
        if not isinstance(given, dict) or len(given) > _LIST:
            self.say("with", "must be an object: the name of a resource, and the fields that lead to it")
            return []
        found = []
        for name, on in given.items():
            key = f"with/{cut(name)}"
            other = self.other(name, key)
            pairs = {one: one for one in on if isinstance(one, str)} if isinstance(on, list) else on
            if other is None:
                continue
            if (
                not isinstance(pairs, dict)
                or not 0 < len(pairs) <= _LIST
                or not all(isinstance(v, str) for v in pairs.values())
            ):
                self.say(key, "must be a list of fields, or an object of fields and the other table's fields")
            elif isinstance(on, list) and len(pairs) < len(on):
                self.say(key, "must be a list of different fields")
            else:
                self.sides(key, other, pairs)
                found.append((other, Join(name, tuple(pairs), tuple(pairs.values()))))
        return found

    def sides(self, key: str, other: Resource, pairs: Mapping[str, str]) -> None:
        """Says where the fields of a join are not there, or are of types that are never the same."""
        here = self.resource.schema if self.resource else None
        there = other.schema
        if here is None or there is None:
            return
        for own, their in pairs.items():
            for schema, name, table in (
                (here, own, self.resource.name if self.resource else ""),
                (there, their, other.name),
            ):
                if name not in schema.names:
                    near = difflib.get_close_matches(name, schema.names, 1)
                    hint = f"; did you mean {near[0]}?" if near else ""
                    self.say(key, f"names {cut(name)!r}, which is no field of {cut(table)}{hint}")
            if own in here.names and their in there.names:
                one, two = dtype_of(here.field(own)), dtype_of(there.field(their))
                if one != two and not (one.is_numeric() and two.is_numeric()):
                    kinds = f"{here.field(own).type} here, {there.field(their).type} there"
                    self.say(key, f"joins {cut(own)} with {cut(their)}, whose types differ: {kinds}")

    def expression(self, text: str, known: Mapping[str, pl.DataType], *, grouped: bool) -> Expression | None:
        """The expression, tried on rows without values: whether it is one, and true or false."""
        tables = [self.resource.name if self.resource else "", *self.given.get("with", {})]
        try:
            found = read(text, known, " or ".join(tables))
            if not grouped and found.over_rows:
                raise Unfit('counts over several rows; such a check says by which field it groups them, or "by": []')  # noqa: TRY301
            if grouped and not found.over_rows:
                raise Unfit("has no aggregate such as COUNT(*) or SUM(n); without one leave by out")  # noqa: TRY301
            if not grouped and not found.fields:
                raise Unfit("names no field, so it is the same for every row")  # noqa: TRY301
            tried = trial(found.expr, {name: known[name] for name in found.fields}, grouped=grouped)["#ok"]
        except Unfit as why:
            self.say("expression", str(why))
            return None
        except FAULTS as error:
            self.say("expression", f"does not fit the types of its fields: {said(error)}")
            return None
        if grouped and isinstance(tried.dtype, pl.List):
            self.say("expression", "has a field outside of its aggregates; FIRST(field) is the first of a group")
        elif tried.dtype != pl.Boolean or len(tried) != (1 if grouped else 2):
            self.say("expression", f"must be true or false; it is {_kind(tried.dtype)}")
        return found


def _kind(dtype: pl.DataType) -> str:
    if dtype.is_numeric():
        return "a number"
    return {"String": "a text", "Date": "a date", "Null": "nothing"}.get(str(dtype), "a value of another kind")


def _registered(name: str) -> Function | str:
    """The function that an installed package registers under a name, or why there is none."""
    from importlib.metadata import entry_points

    found = list(entry_points(group=GROUP, name=name))
    if not found:
        names = sorted(entry_points(group=GROUP).names)
        there = f"those registered are {cut(', '.join(names), 200)}" if names else "none is registered"
        return f"is registered by no installed package under {GROUP}; {there}"
    if len({one.value for one in found}) > 1:
        return f"is registered by several installed packages: {cut(', '.join(sorted(one.value for one in found)), 200)}"
    try:
        function = found[0].load()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - somebody else's code: whatever it raises is told
        return f"cannot be loaded: {type(error).__name__}: {cut(error, 160)}"
    return function if callable(function) else f"is registered as {cut(found[0].value)}, which is no function"
