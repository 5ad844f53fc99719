"""A comparison of two versions of a package, as an object that can be shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from newspkg.diff.rules import KINDS, Step, largest

if TYPE_CHECKING:
    import polars as pl

    from newspkg.diff.versions import Verdict

__all__ = ["SORTS", "Cell", "Change", "Diff", "FieldDiff", "FileDiff", "Row", "TableDiff", "Unread"]

SORTS = ("removed", "added", "changed")  # of rows that differ


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the descriptor, a schema, or of which files and columns there are. `kind` is a key of `KINDS`,
    `old` and `new` are JSON values, None where there was or is nothing. `resource` and `field` have the name in NEW,
    where it is in NEW."""

    kind: str
    message: str
    resource: str | None = None
    field: str | None = None
    old: Any = None
    new: Any = None

    @property
    def step(self) -> Step:
        """The version step it asks for."""
        return KINDS[self.kind].step

    @property
    def breaking(self) -> bool:
        """Whether it breaks what others have built on the package."""
        return KINDS[self.kind].breaking

    def as_dict(self) -> dict[str, Any]:
        """The record as plain data."""
        return {
            "kind": self.kind,
            "step": self.step,
            "breaking": self.breaking,
            "resource": self.resource,
            "field": self.field,
            "old": self.old,
            "new": self.new,
            "message": self.message,
        }


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a changed row: its text in OLD and in NEW, None where the value is missing."""

    field: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """A row that was added, removed or changed. `key` are the cells it is known by: those of the primary key or, in a
    table without one, all that both versions have. `old_row` and `new_row` are record numbers (the header is 1).
    `cells` has what differs or, of a row that was added or removed, all that is not in the key."""

    key: Mapping[str, str | None]
    old_row: int | None
    new_row: int | None
    cells: tuple[Cell, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The record as plain data."""
        cells = [{"field": c.field, "old": c.old, "new": c.new} for c in self.cells]
        return {"key": dict(self.key), "old_row": self.old_row, "new_row": self.new_row, "cells": cells}


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """How many cells of a field differ in rows that both versions have; of these, `filled` had no value before and
    `cleared` have none now. `share` is of all rows that both versions have."""

    name: str
    changed: int
    filled: int
    cleared: int
    share: float


@dataclass(frozen=True, slots=True)
class FileDiff:
    """The files of a resource: bytes and SHA-256 of OLD's and NEW's, in order, as if they were one; None where they
    are not there or could not be read. Data in the descriptor has no bytes, but a hash of its JSON. `why` says, of
    files whose compared values are the same, in what else they differ."""

    old_bytes: int | None = None
    old_sha256: str | None = None
    new_bytes: int | None = None
    new_sha256: str | None = None
    why: tuple[str, ...] = ()

    @property
    def same(self) -> bool | None:
        """Whether the bytes are the same; None where neither side could be read."""
        return None if self.old_sha256 is self.new_sha256 is None else self.old_sha256 == self.new_sha256

    def as_dict(self) -> dict[str, Any]:
        """The record as plain data."""
        return {
            "same": self.same,
            "old": {"bytes": self.old_bytes, "sha256": self.old_sha256},
            "new": {"bytes": self.new_bytes, "sha256": self.new_sha256},
            "why": list(self.why),
        }


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that could not be compared, and why. `open`: it may have changed, and ask for a version; else it lies
    outside of both versions alike."""

    what: str
    reason: str
    resource: str | None = None
    open: bool = True

    def as_dict(self) -> dict[str, Any]:
        """The record as plain data."""
        return {"what": self.what, "resource": self.resource, "reason": self.reason, "open": self.open}


@dataclass
class TableDiff:
    """A table that both versions have. All counts are exact; `samples` are as many rows of each sort as were asked for,
    those that come first in their file.

    `rows_old` and `rows_new` are None where the rows were not read: the files are the same, or one cannot be read.
    `key` is what rows were matched by, empty where they were compared as a whole. `duplicates` are the keys that stand
    more than once, in OLD and in NEW; `invalid` the cells that are no value of their type and were compared as text:
    {field: (in OLD, in NEW)}. `compared` are the fields whose cells were compared, `lost` the columns that only OLD's
    file has, `gained` those that only NEW's has, `relabelled` those that have another label: (field, old, new).
    """

    name: str
    old_name: str
    key: tuple[str, ...] = ()
    compared: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()
    relabelled: tuple[tuple[str, str, str], ...] = ()
    rows_old: int | None = None
    rows_new: int | None = None
    added: int = 0
    removed: int = 0
    changed: int = 0
    fields: tuple[FieldDiff, ...] = ()
    samples: dict[str, tuple[Row, ...]] = field(default_factory=lambda: dict.fromkeys(SORTS, ()))
    duplicates: tuple[int, int] = (0, 0)
    invalid: dict[str, tuple[int, int]] = field(default_factory=dict)
    file: FileDiff = field(default_factory=FileDiff)
    tabular: bool = True
    read: bool = True  # False: the rows could not be compared

    @property
    def total(self) -> int:
        """How many rows differ."""
        return self.added + self.removed + self.changed

    @property
    def both(self) -> int:
        """How many rows both versions have, changed or not."""
        return 0 if self.rows_old is None else self.rows_old - self.removed

    def share(self, n: int, *, of_new: bool = False) -> float:
        """A number of rows as a share of OLD's, or NEW's."""
        rows = self.rows_new if of_new else self.rows_old
        return n / rows if rows else 0.0

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of change of its data."""
        keyed = "" if self.key else "-unkeyed"
        found = [f"rows-added{keyed}"] if self.added else []
        found += [f"rows-removed{keyed}"] if self.removed else []
        found += ["cells-changed"] if self.changed else []
        hashed = self.file.old_sha256 is not None and self.file.new_sha256 is not None
        if not found and hashed and not self.file.same:
            if not (self.tabular and self.read):
                found = ["file-changed"]
            elif not (self.lost or self.gained or self.relabelled):  # else its bytes are other for a known reason
                found = ["bytes-changed"]
        return tuple(found)

    def as_dict(self) -> dict[str, Any]:
        """The record as plain data."""
        return {
            "resource": self.name,
            "old_resource": self.old_name,
            "table": self.tabular,
            "compared": self.read,
            "kinds": list(self.kinds),
            "key": list(self.key),
            "fields_compared": list(self.compared),
            "columns": {
                "lost": list(self.lost),
                "gained": list(self.gained),
                "relabelled": [{"field": name, "old": old, "new": new} for name, old, new in self.relabelled],
            },
            "rows": {"old": self.rows_old, "new": self.rows_new},
            "added": self.added,
            "added_share": self.share(self.added, of_new=True),
            "removed": self.removed,
            "removed_share": self.share(self.removed),
            "changed": self.changed,
            "changed_share": self.share(self.changed),
            "fields": [
                {
                    "field": one.name,
                    "changed": one.changed,
                    "filled": one.filled,
                    "cleared": one.cleared,
                    "share": one.share,
                }
                for one in self.fields
            ],
            "duplicate_keys": {"old": self.duplicates[0], "new": self.duplicates[1]},
            "invalid_cells": [{"field": name, "old": o, "new": n} for name, (o, n) in self.invalid.items()],
            "file": self.file.as_dict(),
            "samples": {sort: [row.as_dict() for row in self.samples[sort]] for sort in SORTS},
        }


@dataclass
class Diff:
    """What differs between two versions of a package.

    `changes` are those of the descriptor, the schemas, and of files and columns that are there or not; `tables` are the
    resources that both versions have, in NEW's order. `unread` is what could not be compared. `old` and `new` are how
    the two were named. `version` says which step the changes ask for and whether NEW's version takes it. A Diff is true
    where anything differs.
    """

    old: str
    new: str
    changes: list[Change]
    tables: list[TableDiff]
    unread: list[Unread]
    version: Verdict

    def __bool__(self) -> bool:
        return bool(self.changes or any(t.kinds for t in self.tables))

    @property
    def different(self) -> bool | None:
        """Whether anything differs; None where nothing does as far as could be compared, and something could not."""
        return True if self else None if self.open else False

    @property
    def open(self) -> int:
        """How many things could not be compared, and may have changed."""
        return sum(one.open for one in self.unread)

    @property
    def breaking(self) -> bool:
        """Whether anything asks for a major version."""
        return self.step == "major"

    @property
    def kinds(self) -> dict[str, int]:
        """How often each kind of change is there: changes of the descriptor one by one, of data by table."""
        counted = Counter([c.kind for c in self.changes] + [k for t in self.tables for k in t.kinds])
        return {kind: counted[kind] for kind in KINDS if kind in counted}

    @property
    def step(self) -> Step:
        """The largest step that a change asks for."""
        return largest([KINDS[kind].step for kind in self.kinds])

    @property
    def asked_by(self) -> list[str]:
        """The kinds of change that ask for this step."""
        return [kind for kind in self.kinds if KINDS[kind].step == self.step != "none"]

    def table(self, name: str) -> TableDiff:
        """The comparison of a resource. Raises KeyError where not both versions have one of that name."""
        for one in self.tables:
            if one.name == name:
                return one
        raise KeyError(name)

    # --- as data

    def records(self) -> Iterator[dict[str, Any]]:
        """The rows that were kept, one for each row of `rows_frame`."""
        for table in self.tables:
            for sort in SORTS:
                for row in table.samples[sort]:
                    yield {"resource": table.name, "sort": sort, **row.as_dict()}

    def changes_frame(self) -> pl.DataFrame:
        """The changes of the descriptor and the schemas, one row each: kind, step, breaking, resource, field, old, new
        (the last two as JSON text) and message."""
        import json

        import polars as pl

        rows = [one.as_dict() for one in self.changes]
        for row in rows:
            row |= {k: None if row[k] is None else json.dumps(row[k], ensure_ascii=False) for k in ("old", "new")}
        text = pl.String
        schema: dict[str, Any] = {"kind": text, "step": text, "breaking": pl.Boolean}
        schema |= dict.fromkeys(("resource", "field", "old", "new", "message"), text)
        return pl.DataFrame(rows, schema=schema)

    def tables_frame(self) -> pl.DataFrame:
        """One row for each resource that both versions have: its counts."""
        import polars as pl

        names = ("rows_old", "rows_new", "added", "removed", "changed")
        rows = [
            {"resource": t.name, "key": list(t.key), **{n: getattr(t, n) for n in names}, "same_bytes": t.file.same}
            for t in self.tables
        ]
        schema: dict[str, Any] = {"resource": pl.String, "key": pl.List(pl.String), **dict.fromkeys(names, pl.Int64)}
        return pl.DataFrame(rows, schema={**schema, "same_bytes": pl.Boolean})

    def cells_frame(self) -> pl.DataFrame:
        """The cells of the rows that were kept, one row each: resource, sort (removed, added, changed), key (as JSON
        text), old_row, new_row, field, old and new."""
        import json

        import polars as pl

        rows = [
            {
                "resource": row["resource"],
                "sort": row["sort"],
                "key": json.dumps(row["key"], ensure_ascii=False),
                "old_row": row["old_row"],
                "new_row": row["new_row"],
                **cell,
            }
            for row in self.records()
            for cell in row["cells"] or [{"field": None, "old": None, "new": None}]
        ]
        text, whole = pl.String, pl.Int64
        schema: dict[str, Any] = {"resource": text, "sort": text, "key": text, "old_row": whole, "new_row": whole}
        return pl.DataFrame(rows, schema={**schema, "field": text, "old": text, "new": text})

    def as_json(self) -> dict[str, Any]:
        """The whole as plain data, always in the same order."""
        return {
            "old": self.old,
            "new": self.new,
            "different": self.different,
            "breaking": self.breaking,
            "step": self.step,
            "asked_by": self.asked_by,
            "version": self.version.as_dict(),
            "kinds": self.kinds,
            "changes": [one.as_dict() for one in self.changes],
            "resources": [one.as_dict() for one in self.tables],
            "not_compared": [one.as_dict() for one in self.unread],
        }

    # --- for people

    def as_text(self, limit: int | None = 10, *, colour: bool = False) -> str:
        """For a person: counts first, the tables with most changes first, no more than `limit` rows of a sort in a
        table (None: all that were kept)."""
        from newspkg.diff.text import as_text

        return as_text(self, limit, colour=colour)

    def as_markdown(self, limit: int | None = 10) -> str:
        """For a release note or a comment on a pull request."""
        from newspkg.diff.markdown import as_markdown

        return as_markdown(self, limit)

    def verdict(self) -> str:
        """One line: what differs, and which version that asks for."""
        from newspkg.diff.text import verdict

        return verdict(self)
