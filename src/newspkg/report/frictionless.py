"""The report in the shape that frictionless 5 writes and reads, for programs that know that shape.

Each resource is a task with its errors; what belongs to none is an error of the report. Where frictionless has no type
for a code, the nearest one stands in and the note ends with the code. Each error also has `code`, `id` and, where they
are known, `rule`, `path`, `line` and `column`; frictionless keeps such properties as they are.

What is not so with frictionless: counts in `stats` are exact although the errors that are listed are samples, which a
warning then says. `cells` is empty, as the other cells of the record are not kept. A name that frictionless would not
take is written as one that it takes, with the true one as title. No clock is read, so `seconds` is 0.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from newspkg.problems import CATALOGUE, Problem

if TYPE_CHECKING:
    from newspkg.report.model import Report, Unchecked

__all__ = ["TYPES", "as_frictionless", "type_of"]

_TAGS = {
    "metadata": [],
    "data": [],
    "file": ["#file"],
    "table": ["#table"],
    "header": ["#table", "#header"],
    "label": ["#table", "#header", "#label"],
    "row": ["#table", "#row"],
    "reference": ["#table", "#row"],
    "cell": ["#table", "#row", "#cell"],
}
_OF_KIND = {
    "metadata": "package-error resource-error schema-error field-error dialect-error control-error check-error "
    "checklist-error source-error scheme-error format-error encoding-error compression-error",
    "data": "data-error",
    "file": "file-error hash-count byte-count",
    "table": "table-error field-count row-count table-dimensions deviated-value deviated-cell required-value",
    "header": "header-error blank-header unmatched-header",
    "label": "label-error extra-label missing-label blank-label duplicate-label incorrect-label",
    "row": "row-error blank-row primary-key duplicate-row row-constraint",
    "reference": "foreign-key",
    "cell": "cell-error extra-cell missing-cell type-error constraint-error unique-error truncated-value "
    "forbidden-value sequential-value ascii-value",
}
TYPES: dict[str, str] = {name: kind for kind, names in _OF_KIND.items() for name in names.split()}
"""Error type of frictionless -> what it is about, which decides the properties it must have."""

_NEAREST = {
    "file-missing": "scheme-error",
    "unique-key": "unique-error",
    "schema-unknown-key": "schema-error",
    "schema-key": "schema-error",
    "schema-pattern": "field-error",
    "schema-constraint": "field-error",
    "schema-example": "field-error",
    "check-error": "row-constraint",  # theirs of that name is a check that cannot be used, not a row that breaks one
    "check-invalid": "check-error",
    "severity-invalid": "checklist-error",
    "byte-order-mark": "encoding-error",
    "stray-quote": "source-error",
    "unclosed-quote": "source-error",
}  # our code -> the type of the same meaning
_NAME = re.compile(r"[^-a-z0-9._/]+")


def type_of(one: Problem) -> str:
    """The type of frictionless that is nearest to a problem: its own code, where frictionless has it; for a rule of a
    profile `row-constraint`; one that asks for less where the problem has no row."""
    kind = _NEAREST.get(one.code, one.code)
    if kind == "missing-label" and one.field is None:
        return "unmatched-header"  # none of the fields has a column
    if kind not in TYPES:
        kind = "row-constraint"
    if TYPES[kind] in ("row", "reference", "cell") and one.row is None:
        return "data-error" if one.resource is None else "table-error"
    return kind


def as_frictionless(report: Report) -> dict[str, Any]:
    """The report as plain data that frictionless' own `Report.from_descriptor` reads."""
    known = _resources(report.stats)
    problems: dict[str | None, list[tuple[str, Problem]]] = {}
    for own, one in zip(report.ids, report.problems, strict=True):
        problems.setdefault(one.resource, []).append((own, one))
    concerned = [f.resource for f in report.findings] + [u.resource for u in report.unchecked]
    names = list(dict.fromkeys([*known, *(name for name in concerned if name is not None)]))
    taken: set[str] = set()
    tasks = [_task(name, known.get(name, {}), problems.get(name, []), report, taken) for name in names]
    listed = problems.get(None, [])
    warnings = _warnings(report, None, listed)
    return {
        "valid": report.valid,
        "stats": {"tasks": len(tasks), "errors": report.errors, "warnings": len(warnings), "seconds": 0.0},
        "warnings": warnings,
        "errors": _Errors({}).of(listed),
        "tasks": tasks,
    }


def _resources(stats: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    given = stats.get("resources")
    return dict(given) if isinstance(given, Mapping) else {}


def _task(
    name: str, known: Mapping[str, Any], listed: list[tuple[str, Problem]], report: Report, taken: set[str]
) -> dict[str, Any]:
    """One resource: what is known of it, and its errors."""
    labels, fields = _names(known.get("labels")), known.get("fields")
    errors = sum(f.count for f in report.findings if f.resource == name and f.severity == "error")
    warnings = _warnings(report, name, listed)
    stats: dict[str, Any] = {"errors": errors, "warnings": len(warnings), "seconds": 0.0}
    stats |= {key: known[key] for key in ("md5", "sha256", "bytes") if known.get(key) is not None}
    if fields is not None:
        stats["fields"] = fields if isinstance(fields, int) else len(fields)
    if known.get("rows") is not None:
        stats["rows"] = known["rows"]
    tabular = bool(labels or fields or "rows" in stats or any(one.row is not None for _, one in listed))
    own = _own_name(name, taken)
    return {
        "name": own,
        **({"title": name} if own != name else {}),
        "type": known.get("type") or ("table" if tabular else "file"),
        "valid": not errors,
        "place": _place(name, known, listed),
        "labels": labels,
        "stats": stats,
        "warnings": warnings,
        "errors": _Errors(known).of(listed),
    }


def _names(given: Any) -> list[str]:
    return [str(name) for name in given] if isinstance(given, (list, tuple)) else []


def _own_name(name: str, taken: set[str]) -> str:
    """A name of letters that frictionless allows, unlike all that are taken."""
    stem = _NAME.sub("-", name.lower()) or "resource"
    found, n = stem, 2
    while found in taken:
        found, n = f"{stem}-{n}", n + 1
    taken.add(found)
    return found


def _place(name: str, known: Mapping[str, Any], listed: Iterable[tuple[str, Problem]]) -> str:
    path = known.get("path")
    if isinstance(path, str) and path:
        return path
    if isinstance(path, (list, tuple)) and path:
        return ", ".join(map(str, path))
    if "path" in known:
        return "<memory>"  # frictionless' word for inline data
    return next((one.path for _, one in listed if one.path), name)


def _warnings(report: Report, name: str | None, listed: list[tuple[str, Problem]]) -> list[str]:
    """What frictionless has as texts: problems that are no errors, what was not listed, what was not judged."""
    said = [f"{_where(one)}{one.message} [{one.code}]" for _, one in listed if one.severity == "warning"]
    for finding in report.findings:
        if finding.resource == name and finding.count > len(finding.samples):
            of = f" of {finding.field}" if finding.field else ""
            said.append(f"{len(finding.samples):,} of {finding.count:,} problems {finding.code}{of} are listed.")
    return said + [_not_judged(one) for one in report.unchecked if one.resource == name]


def _not_judged(one: Unchecked) -> str:
    return f"not checked: {one.what}: {one.reason}"


def _where(one: Problem) -> str:
    parts = [f"row {one.row}"] if one.row is not None else []
    parts += [f"field {one.field}"] if one.field else []
    return f"{', '.join(parts)}: " if parts else ""


class _Errors:
    """Writes the errors of one resource; counts surplus cells and labels where their position is not in the problem."""

    def __init__(self, known: Mapping[str, Any]) -> None:
        self.labels = _names(known.get("labels"))
        self.fields = _names(known.get("fields"))
        self.met: dict[tuple[object, ...], int] = {}

    def of(self, listed: Iterable[tuple[str, Problem]]) -> list[dict[str, Any]]:
        return [self.error(own, one) for own, one in listed if one.severity == "error"]

    def error(self, own: str, one: Problem) -> dict[str, Any]:
        """One error, with all that its type must have."""
        kind = type_of(one)
        entry = CATALOGUE.get(one.code)
        found: dict[str, Any] = {
            "type": kind,
            "title": kind.replace("-", " ").title(),
            "description": entry.description if entry else one.code,
            "message": f"{_where(one)}{one.message}",
            "tags": [*_TAGS[TYPES[kind]], *([f"#{one.code}"] if one.code != kind else [])],
            "note": one.message if one.code == kind else f"{one.message} [{one.code}]",
            **self.place(kind, one),
            "code": one.code,
            "id": own,
        }
        more = {key: getattr(one, key) for key in ("rule", "path", "line", "column")}
        return found | {key: value for key, value in more.items() if value is not None}

    def place(self, kind: str, one: Problem) -> dict[str, Any]:
        """The properties of a kind of error that say where it is."""
        about = TYPES[kind]
        if about in ("header", "label"):
            found: dict[str, Any] = {"labels": self.labels, "rowNumbers": [] if one.row is None else [one.row]}
            if about == "header":
                return found
            label = "" if kind == "missing-label" else one.value or ""
            number = self.number(one.field) if kind == "missing-label" else self.label(kind, label, one)
            return found | {"label": label, "fieldName": one.field or "", "fieldNumber": one.position or number}
        if about in ("row", "cell", "reference"):
            found = {"cells": [], "rowNumber": one.row}
            if about == "cell":
                number = self.surplus(one) if kind == "extra-cell" else self.number(one.field)
                number = one.position or number
                return found | {"cell": one.value or "", "fieldName": one.field or "", "fieldNumber": number}
            return found | (_reference(one) if about == "reference" else {})
        return {}

    def number(self, field: str | None) -> int:
        """The position of a field among the labels or, without a label of its own, in the schema; 0 if unknown."""
        for names in (self.labels, self.fields):
            if field in names:
                return names.index(field) + 1
        return 0

    def label(self, kind: str, label: str, one: Problem) -> int:
        """The position of a label that is wrong; the first of those that stand twice is not."""
        places = [n for n, text in enumerate(self.labels, 1) if text == label]
        if kind == "duplicate-label":
            places = places[1:]
        n = self.nth(kind, label, one.path)
        return places[n] if n < len(places) else self.number(one.field)

    def surplus(self, one: Problem) -> int:
        """The position of a surplus cell: after the last label, one by one."""
        n = self.nth(one.path, one.row)
        return len(self.labels) + n + 1 if self.labels else 0

    def nth(self, *what: object) -> int:
        """How often this was asked before."""
        n = self.met.get(what, 0)
        self.met[what] = n + 1
        return n


def _reference(one: Problem) -> dict[str, Any]:
    """The two ends of a foreign key. Its rule is written `a + b -> table.x + y`; without one, the field is known."""
    own, _, other = (one.rule or "").partition(" -> ")
    table, _, fields = other.partition(".")
    names = own.split(" + ") if other else [one.field] if one.field else []
    value = one.value or ""
    cells = value.split(", ") if len(names) > 1 else [value]
    return {
        "fieldNames": names,
        "fieldCells": cells if len(cells) == len(names) else [value],
        "referenceName": table,
        "referenceFieldNames": fields.split(" + ") if fields else [],
    }
