"""A check of a package's own, read and found usable."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl

from newspkg.problems import Severity
from newspkg.validate.checks.sql import Expression

__all__ = ["PLACE", "Check", "Function", "Join", "Kind", "dtype_here", "share"]

Kind = Literal["row", "group", "rows", "missing", "function"]
Function = Callable[[Mapping[str, pl.DataFrame], Mapping[str, Any]], Iterable[Any]]

PLACE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")  # in a message: a doubled brace, a place for a field, a stray brace


@dataclass(frozen=True, slots=True)
class Join:
    """Another resource, joined on `own` fields that hold the values of its fields `theirs`. `fields` are those of its
    fields that the check uses, by the name it uses for them: documents.n_chars -> n_chars."""

    resource: str
    own: tuple[str, ...]
    theirs: tuple[str, ...]
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `pointer`, `path` and `line` are where it stands in the descriptor, empty for a function given in
    Python; `needs` are the fields of each resource whose values it looks at. `resource` is empty for a function that is
    given several tables.

    `at_most` is how many may break it: a whole number is a count, any other a share of those that were judged.
    """

    name: str
    kind: Kind
    pointer: str = ""
    path: str | None = None
    line: int | None = None
    resource: str = ""
    severity: Severity = "error"
    message: str = ""
    at_most: int | float = 0
    expression: Expression | None = None
    joins: tuple[Join, ...] = ()
    by: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()  # kind missing
    minimum: int | None = None
    maximum: int | None = None
    function: Function | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    needs: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def what(self) -> str:
        """What a report calls it where it was not judged."""
        return f"the check {self.name}"

    def allows(self, broken: int, judged: int) -> bool:
        """Whether so many of so many may break it."""
        limit = self.at_most if isinstance(self.at_most, int) else self.at_most * judged
        return broken <= limit

    def placeholders(self) -> list[str]:
        """The fields that the message names."""
        return [m[1] for m in PLACE.finditer(self.message) if m[1] is not None]


def share(value: int | float) -> str:
    """A limit as a message shows it."""
    return f"{value:,}" if isinstance(value, int) else f"{value * 100:.6g} %"


def dtype_here(dtype: pl.DataType) -> pl.DataType:
    """The dtype that an expression sees: moments are in UTC without saying so, as TIMESTAMP of SQL is."""
    return pl.Datetime("us") if isinstance(dtype, pl.Datetime) else dtype
