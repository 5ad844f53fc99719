"""The report as an object: findings, their samples, and the forms it can be shown in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from newspkg.problems import Problem, Severity
from newspkg.report.aside import Aside
from newspkg.report.words import count

if TYPE_CHECKING:
    import polars as pl

__all__ = ["VALUES", "Finding", "Report", "Unchecked", "finding_id", "problem_ids"]

VALUES = 10  # texts of bad cells that a finding names

_KEYS = (
    "code",
    "severity",
    "resource",
    "field",
    "row",
    "line",
    "column",
    "position",
    "row_group",
    "rule",
    "value",
    "path",
    "message",
)  # of a problem, as they stand in JSON and in a frame
_INTEGERS = ("row", "line", "column", "position", "row_group")


# --- ids -------------------------------------------------------------------------------------------------------------


def finding_id(one: Problem | Finding) -> str:
    """The id of a finding, or of the finding that a problem belongs to: the first 16 hex digits of the SHA-256 of
    resource, code, rule and field, as a JSON array without spaces. No row, line or path is in it, so it stays the same
    when rows come and go."""
    parts = [one.resource, one.code, one.rule, one.field]
    return _digest(json.dumps(parts, ensure_ascii=False, separators=(",", ":")))[:16]


def problem_ids(problems: Iterable[Problem]) -> list[str]:
    """The ids of problems, in their order: the id of the finding, a hyphen, and the first 12 hex digits of the SHA-256
    of the occurrence number and the value. Equal values of one finding are numbered from 1 in the order given, the row
    number is not in it: the same bad cells have the same ids wherever they stand."""
    findings: dict[tuple[str | None, ...], str] = {}
    seen: dict[tuple[str, str | None], int] = {}
    found = []
    for one in problems:
        key = (one.resource, one.code, one.rule, one.field)
        own = findings.get(key)
        if own is None:
            own = findings[key] = finding_id(one)
        n = seen[own, one.value] = seen.get((own, one.value), 0) + 1
        found.append(f"{own}-{_digest(str(n) if one.value is None else f'{n} {one.value}')[:12]}")
    return found


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


# --- the records -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Unchecked:
    """Something that was not judged: `what` names it, `reason` says why and what would help."""

    what: str
    reason: str
    resource: str | None = None

    def as_dict(self) -> dict[str, str | None]:
        """The record as plain data."""
        return {"what": self.what, "resource": self.resource, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Finding:
    """All problems of one resource, code, rule and field.

    `count` is exact. `values` are the most frequent texts of its cells with their counts, most frequent first;
    `distinct` is how many texts there are. Where `values_complete` is False, not all cells were looked at, or there
    were too many texts: counts and `distinct` may then be too low. `message` is that of `first`, the problem with the
    earliest place; `hint` says what to do. `samples` are the problems that were kept, by place. `id` stays the same
    from run to run, see `finding_id`.
    """

    id: str
    code: str
    rule: str | None
    severity: Severity
    resource: str | None
    field: str | None
    count: int
    values: tuple[tuple[str, int], ...]
    values_complete: bool
    distinct: int
    message: str
    hint: str
    samples: tuple[Problem, ...]
    first: Problem

    def as_dict(self) -> dict[str, Any]:
        """The record as plain data; of the samples only how many there are, as the report has them all."""
        first = {key: getattr(self.first, key) for key in ("path", "row", "line", "column")}
        return {
            "id": self.id,
            "code": self.code,
            "rule": self.rule,
            "severity": self.severity,
            "resource": self.resource,
            "field": self.field,
            "count": self.count,
            "samples": len(self.samples),
            "values": [{"value": value, "count": n} for value, n in self.values],
            "values_complete": self.values_complete,
            "distinct": self.distinct,
            "first": first,
            "message": self.message,
            "hint": self.hint,
        }


@dataclass
class Report:
    """What a validation found.

    `valid` is False where there is an error, however many are kept in `problems`. `counts` is {code: exact number},
    `errors` and `warnings` are exact totals. `problems` are the samples of all `findings`, by resource, file, row and
    column. `stats` has `tables` and `rows` that were read and `resources`: for each name a mapping with what is known
    of path, labels (of the header), fields (of the schema), rows, bytes, md5 and sha256. `aside` says which problems a
    baseline has set aside, which are in none of the above; None where there was no baseline.
    """

    valid: bool
    problems: list[Problem]
    counts: dict[str, int]
    unchecked: list[Unchecked]
    stats: dict[str, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    errors: int = 0
    warnings: int = 0
    aside: Aside | None = None

    @cached_property
    def ids(self) -> list[str]:
        """The id of each problem, in their order; see `problem_ids`."""
        return problem_ids(self.problems)

    @cached_property
    def _id_of(self) -> dict[Problem, str]:
        found: dict[Problem, str] = {}
        for one, own in zip(self.problems, self.ids, strict=True):
            found.setdefault(one, own)
        return found

    def id_of(self, problem: Problem) -> str:
        """The id of a problem of this report; of several that are equal in all, the first's. Raises KeyError for one
        that is not among them."""
        return self._id_of[problem]

    def records(self) -> list[dict[str, Any]]:
        """The problems as plain data: id, code, severity, resource, field, row, line, column, position, rule, value,
        path and message."""
        return [
            {"id": own, **{key: getattr(one, key) for key in _KEYS}}
            for one, own in zip(self.problems, self.ids, strict=True)
        ]

    def frame(self) -> pl.DataFrame:
        """The problems as a polars DataFrame, one row each: the columns of `records`, and `finding`, the id of the
        finding. Row, line, column and position are Int64, all else is String."""
        import polars as pl

        columns: dict[str, list[Any]] = {"id": self.ids, "finding": [own.partition("-")[0] for own in self.ids]}
        columns |= {key: [getattr(one, key) for one in self.problems] for key in _KEYS}
        return pl.DataFrame(columns, schema={n: pl.Int64 if n in _INTEGERS else pl.String for n in columns})

    def findings_frame(self) -> pl.DataFrame:
        """The findings as a polars DataFrame, one row each. `values` is a list of {value, count}, `samples` the number
        of problems kept, `path`, `row`, `line` and `column` the place of the first."""
        import polars as pl

        text, whole = pl.String, pl.Int64
        schema: dict[str, Any] = {
            **dict.fromkeys(("id", "code", "rule", "severity", "resource", "field"), text),
            **dict.fromkeys(("count", "samples"), whole),
            "values": pl.List(pl.Struct({"value": text, "count": whole})),
            "values_complete": pl.Boolean,
            "distinct": whole,
            "path": text,
            **dict.fromkeys(("row", "line", "column"), whole),
            **dict.fromkeys(("message", "hint"), text),
        }
        rows = []
        for one in self.findings:
            row = one.as_dict()
            row |= row.pop("first")
            rows.append(row)
        return pl.DataFrame(rows, schema=schema)

    def as_json(self) -> dict[str, Any]:
        """The report as plain data: valid, problems (the samples), counts, unchecked, findings and stats; `baseline`
        where there was one."""
        return {
            "valid": self.valid,
            "problems": self.records(),
            "counts": self.counts,
            "unchecked": [one.as_dict() for one in self.unchecked],
            "findings": [one.as_dict() for one in self.findings],
            "stats": self.stats,
            **({} if self.aside is None else {"baseline": self.aside.as_dict()}),
        }

    def as_frictionless(self) -> dict[str, Any]:
        """The report as frictionless writes its own, to be read by what reads those; see `report.frictionless`."""
        from newspkg.report.frictionless import as_frictionless

        return as_frictionless(self)

    def as_text(self, limit: int = 20, *, colour: bool = False, base: str = "") -> str:
        """The report for a person: counts, findings by file (no more than `limit` of a code in a file, and `limit`
        places of a finding), what was not checked, and last the verdict. `colour` and `base` are as `dress` has them,
        which has all other formats too."""
        from newspkg.report.text import as_text

        return as_text(self, limit, colour, base)

    def verdict(self) -> str:
        """One line: valid or invalid, what was read, what is wrong, what was not checked."""
        total, rows = sum(self.counts.values()), self.stats.get("rows")
        said = []
        if rows is not None:
            said.append(f"{count(self.stats.get('tables', 0), 'table')}, {count(rows, 'row')}")
        said.append(count(total, "problem" if self.errors else "warning") if total else "no problems")
        if self.aside is not None and self.aside.known:
            said.append(f"{self.aside.known:,} known, set aside")
        if self.aside is not None and self.aside.gone:
            said.append(f"{self.aside.gone:,} in the baseline no longer found")
        if self.unchecked:
            said.append(f"{len(self.unchecked)} not checked")
        return f"{'valid' if self.valid else 'invalid'}: {'; '.join(said)}"
