"""What can be wrong, in one place: the catalogue, the `Problem` record and the exceptions.

    PkgError                 base of everything this toolkit raises on purpose
    ├── UsageError           the call is wrong: an option, a path that is no package       (exit 2)
    ├── CannotRun            the work could not be done: unreadable, no space, no rights   (exit 3)
    └── SchemaError          a schema of the house is wrong; carries its problems          (exit 3)

A failing check never raises: it yields `Problem`s. Exceptions are for work that cannot be done at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

__all__ = [
    "CATALOGUE",
    "CannotRun",
    "Entry",
    "PkgError",
    "Problem",
    "SchemaError",
    "Severity",
    "UsageError",
    "problem",
]

Severity = Literal["error", "warning"]


class PkgError(Exception):
    """Base of all exceptions of the toolkit. The message is a sentence, a place and what to do."""


class UsageError(PkgError):
    """The call itself is wrong."""


class CannotRun(PkgError):
    """The work could not be done for a reason outside the data."""


class SchemaError(PkgError):
    """A schema cannot be used. `problems` says where and why."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(p.message for p in self.problems))


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and where.

    `row` is the record number as frictionless counts it (the header is row 1), `line` the 1-based physical line of
    the file, `path` the file; each is None where it does not apply.
    """

    code: str
    message: str
    severity: Severity = "error"
    resource: str | None = None
    field: str | None = None
    row: int | None = None
    line: int | None = None
    value: str | None = None
    path: str | None = None

    def as_dict(self) -> dict[str, object]:
        """The record as plain data, keys in the order of the fields."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the catalogue: what a code means and what to do about it."""

    title: str
    description: str
    hint: str
    severity: Severity = "error"


def problem(code: str, message: str, **place: object) -> Problem:
    """A `Problem` of a catalogued code, with the catalogue's severity unless one is given.

    Raises KeyError for a code that is not in the catalogue: a check may not invent one.
    """
    entry = CATALOGUE[code]
    place.setdefault("severity", entry.severity)
    return Problem(code=code, message=message, **place)  # type: ignore[arg-type]


# Codes are kebab-case. Where frictionless has a name for the same thing, it is used (type-error, primary-key ...).
CATALOGUE: dict[str, Entry] = {
    # --- sources: reading articles ---------------------------------------------------------------------------
    # --- build and curation ------------------------------------------------------------------------------------
    # --- schemas -------------------------------------------------------------------------------------------------
    # --- descriptor, files, cells, rows, keys --------------------------------------------------------------------
    # --- the rules of this profile --------------------------------------------------------------------------------
}
