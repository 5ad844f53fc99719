"""What a baseline came to: known problems that were set aside, and entries of it that nothing was found for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ["Aside", "Stale"]


@dataclass(frozen=True, slots=True)
class Stale:
    """Entries of one finding in a baseline that are no longer found: how many, and the keys of the first few."""

    code: str
    count: int
    rule: str | None = None
    resource: str | None = None
    field: str | None = None
    keys: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The record as plain data."""
        return {
            "code": self.code,
            "rule": self.rule,
            "resource": self.resource,
            "field": self.field,
            "count": self.count,
            "keys": list(self.keys),
        }


@dataclass(frozen=True, slots=True)
class Aside:
    """Problems that a baseline knows. `known` is how many were set aside, `counts` of which code; they are in no other
    number of the report. `stale` are its entries that are no longer found, `left` how many could not be looked for, as
    what they are about was not judged. `name` is the file, empty where there is none."""

    name: str = ""
    known: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    stale: tuple[Stale, ...] = ()
    left: int = 0

    @property
    def gone(self) -> int:
        """How many entries are stale."""
        return sum(one.count for one in self.stale)

    def as_dict(self) -> dict[str, Any]:
        """The record as plain data."""
        return {
            "file": self.name or None,
            "known": self.known,
            "counts": self.counts,
            "stale": self.gone,
            "stale_findings": [one.as_dict() for one in self.stale],
            "not_compared": self.left,
        }
