"""How grave the problems of a package are, where its descriptor says otherwise than the catalogue.

`newspkg:severity` of the package or of a resource, or `severity` in the package's block, maps what it is about to what
it counts as: `error`, `warning`, or `ignore`.

    "blank-row": "warning"              a code, in all tables
    "quotes/blank-row": "warning"       in one table
    "quotes/kind/enum": "warning"       in one field; a constraint is short for constraint-error:enum
    "check-error:who speaks": "ignore"  one rule of a code: a check, a constraint, the fields of a key

The most particular entry decides. What is ignored stands in `Report.unchecked` with how often it was found.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from newspkg.package import BLOCK
from newspkg.problems import CATALOGUE, problem
from newspkg.report import Findings, cut
from newspkg.report.findings import Grade, Key
from newspkg.validate.descriptor import Package, Resource
from newspkg.validate.properties import locate, pointed, shown

__all__ = ["KEY", "Entry", "grade", "ignored", "read_severities"]

KEY = f"{BLOCK}:severity"
_GRADES: dict[str, Grade] = {"error": "error", "warning": "warning", "ignore": "ignore"}
_CONSTRAINTS = frozenset(
    (
        "required", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
        "pattern", "enum", "categories", "jsonSchema",
    )
)  # fmt: skip
_OWN = "severity-invalid"  # says what is wrong with the entries themselves
# Errors that keep something else from being read or judged: counting them as less does not bring that back.
_BLOCKING = frozenset(
    (
        "package-error", "resource-error", "dialect-error", "schema-error", "field-error", "schema-pattern",
        "schema-constraint", "schema-key", "file-missing", "compression-error", "encoding-error", "source-error",
        "unclosed-quote", "blank-header", "missing-label", "check-invalid",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: what it is about (None: whatever there is), what that counts as, and where it stands."""

    code: str
    grade: Grade
    rule: str | None = None
    resource: str | None = None
    field: str | None = None
    pointer: str = ""

    def covers(self, key: Key) -> bool:
        """Whether a finding is what the entry is about."""
        resource, code, rule, field = key
        return (
            self.code == code
            and self.rule in (None, rule)
            and self.resource in (None, resource)
            and self.field in (None, field)
        )

    @property
    def weight(self) -> tuple[bool, bool, bool]:
        """How particular it is."""
        return self.field is not None, self.resource is not None, self.rule is not None

    @property
    def what(self) -> str:
        """What a report calls it."""
        place = f" of {self.resource}" if self.resource and self.field else ""
        return f"{self.code}{f' ({cut(self.rule)})' if self.rule else ''}" + (
            f" in {cut(self.field)}{place}" if self.field else ""
        )


# --- reading ---------------------------------------------------------------------------------------------------------


def read_severities(package: Package, findings: Findings) -> list[Entry]:
    """The entries of a package that can be used; what is wrong with the others is found."""
    reader = _Reader(package, findings)
    reader.mapping(package.descriptor.get(KEY, {}), pointed([KEY]), None)
    reader.mapping(package.block.get("severity", {}), pointed([BLOCK, "severity"]), None)
    listed = package.descriptor.get("resources")
    for resource in package.resources:
        number = resource.pointer.rpartition("/")[2]
        given = listed[int(number)] if isinstance(listed, list) and number.isdigit() else None
        if isinstance(given, dict):
            reader.mapping(given.get(KEY, {}), resource.pointer + pointed([KEY]), resource)
    return list(reader.found.values())


class _Reader:
    """One pass over all entries of a package."""

    def __init__(self, package: Package, findings: Findings) -> None:
        self.package, self.findings = package, findings
        self.found: dict[tuple[str | None, ...], Entry] = {}

    def say(self, pointer: str, message: str, resource: Resource | None, value: Any = None) -> None:
        self.findings.add(
            problem(
                _OWN,
                f"{pointer} {message}{'' if message.endswith('?') else '.'}",
                resource=None if resource is None else resource.name,
                field=pointer,
                value=None if value is None else shown(value),
                path=self.package.file,
                line=locate(self.package.lines, pointer),
            )
        )

    def mapping(self, given: Any, at: str, owner: Resource | None) -> None:
        if not isinstance(given, dict):
            self.say(at, "must be an object: what it is about, and error, warning or ignore", owner, given)
            return
        for key, value in given.items():
            pointer = at + pointed([key])
            graded = _GRADES.get(value) if isinstance(value, str) else None
            if graded is None:
                near = difflib.get_close_matches(str(value).lower(), _GRADES, 1)
                self.say(pointer, f"must be error, warning or ignore{_meant(near)}", owner, value)
                continue
            read = next(self.read(key, owner), None)
            if read is None:
                self.say(pointer, self.fault(key, owner), owner)
                continue
            code, rule, resource, field = read
            if code == _OWN:
                self.say(pointer, f"cannot be changed: {_OWN} is about these entries themselves", owner)
            elif read in self.found:
                self.say(pointer, f"says again what stands at {self.found[read].pointer}; that one counts", owner)
            else:
                self.found[read] = Entry(code, graded, rule, resource, field, pointer)

    def read(self, key: str, owner: Resource | None) -> Iterator[tuple[str, str | None, str | None, str | None]]:
        """What a key may be about: names may have a slash in them, so every way to part it is tried."""
        known = self.package.resources if owner is None else [owner]
        ways: list[tuple[str | None, str | None, str]] = [(owner.name if owner else None, None, key)]
        for one in known:
            rest = key if owner is not None else key.removeprefix(f"{one.name}/")
            if owner is None and rest == key:
                continue
            ways.append((one.name, None, rest))
            ways += [(one.name, name, rest[len(name) + 1 :]) for name in _names(one) if rest.startswith(f"{name}/")]
        for resource, field, last in ways:
            code, colon, rule = last.partition(":")
            if code in CATALOGUE:
                yield code, rule if colon else None, resource, field
            elif last in _CONSTRAINTS:
                yield "constraint-error", last, resource, field

    def fault(self, key: str, owner: Resource | None) -> str:
        """What is wrong with a key that can be read in no way."""
        *place, last = key.split("/")
        code = last.partition(":")[0]
        if code not in CATALOGUE and last not in _CONSTRAINTS:
            near = difflib.get_close_matches(code, [*CATALOGUE, *_CONSTRAINTS], 2)
            return f"names {cut(code)!r}, which is no code of a problem{_meant(near)}"
        names = [one.name for one in self.package.resources]
        steps = place if owner is None else [owner.name, *place]
        if steps[0] not in names:
            return (
                f"names {cut(steps[0])!r}, which is no resource{_meant(difflib.get_close_matches(steps[0], names, 1))}"
            )
        fields = _names(self.package.resources[names.index(steps[0])])
        field = "/".join(steps[1:])
        near = difflib.get_close_matches(field, fields, 1)
        return f"names {cut(field)!r}, which is no field of {cut(steps[0])}{_meant(near)}"


def _names(resource: Resource) -> list[str]:
    return list(resource.schema.names) if resource.schema is not None else []


def _meant(near: Iterable[str]) -> str:
    found = " or ".join(near)
    return f"; did you mean {found}?" if found else ""


# --- applying --------------------------------------------------------------------------------------------------------


def ignored(entries: Iterable[Entry], key: Key) -> bool:
    """Whether a finding would be ignored."""
    entry = _of(sorted(entries, key=lambda e: e.weight, reverse=True), key)
    return entry is not None and entry.grade == "ignore"


def _of(ordered: Iterable[Entry], key: Key) -> Entry | None:
    return next((entry for entry in ordered if entry.covers(key)), None)


def grade(entries: list[Entry], findings: Findings) -> None:
    """Lets each finding count as its entry says; notes what is ignored, how often it was found, and where something
    that counts as less keeps the rest from being judged."""
    ordered = sorted(entries, key=lambda e: e.weight, reverse=True)
    found: dict[Entry, int] = {entry: 0 for entry in entries if entry.grade == "ignore"}
    notes: list[tuple[str, str, str | None]] = []

    def graded(key: Key, count: int) -> Grade | None:
        entry = _of(ordered, key)
        if entry is None:
            return None
        if entry.grade == "ignore":
            found[entry] += count
        if key[1] in _BLOCKING and entry.grade != "error":
            less = "is ignored" if entry.grade == "ignore" else "counts as a warning"
            why = f"{key[1]} {less} by {entry.pointer}, and what it stands in the way of is not judged for all that"
            notes.append((f"what depends on {key[1]}", why, key[0]))
        return entry.grade

    findings.regrade(graded)
    for note in notes:
        findings.leave(*note)
    for entry, count in found.items():
        times = f"{count:,} problem{'s' * (count != 1)} found" if count else "none found"
        findings.leave(entry.what, f"ignored by {entry.pointer}; {times}", entry.resource)
