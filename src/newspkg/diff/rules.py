"""What may change from one version to the next, and what must not: one row for each kind of change.

The contract is with two people. Who *reads* the package by the names of its resources and fields must be able to read
NEW as they read OLD. Who *writes* rows for it must find that rows that were valid still are, with nothing in the cells
of fields that are new. What breaks this for one of them asks for a major version; what only adds, or allows more, for
a minor one; what corrects or describes, for a patch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["KINDS", "STEPS", "Kind", "Step", "largest"]

Step = Literal["none", "patch", "minor", "major"]
STEPS: tuple[Step, ...] = ("none", "patch", "minor", "major")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of change: the version step it asks for, its name for people, the rule behind it, and the kind that the
    same change is when it is read backwards."""

    step: Step
    title: str
    rule: str
    mirror: str

    @property
    def breaking(self) -> bool:
        """Whether it breaks what somebody has built on the package."""
        return self.step == "major"


def largest(steps: list[Step]) -> Step:
    """The largest of some steps; none where there is none."""
    return STEPS[max(map(STEPS.index, steps), default=0)]


KINDS: dict[str, Kind] = {
    # --- the package
    "name-changed": Kind("major", "package renamed", "The name MUST NOT change.", "name-changed"),
    "id-changed": Kind("patch", "id changed", "The id MAY change: each version may have one.", "id-changed"),
    "licence-added": Kind("minor", "licence added", "A licence MAY be added.", "licence-removed"),
    "licence-removed": Kind(
        "major", "licence removed", "A licence MUST NOT be withdrawn or replaced.", "licence-added"
    ),
    "profile-changed": Kind(
        "minor", "profile changed", "The profile or version of the standard MAY change.", "profile-changed"
    ),
    "metadata-changed": Kind(
        "patch", "metadata changed", "What only describes MAY change, at every level.", "metadata-changed"
    ),
    "stamp-changed": Kind(
        "none", "version or date changed", "The version and the date of creation ask for nothing.", "stamp-changed"
    ),
    # --- a resource
    "resource-added": Kind("minor", "resource added", "A resource MAY be added.", "resource-removed"),
    "resource-removed": Kind("major", "resource removed", "A resource MUST NOT be removed.", "resource-added"),
    "resource-renamed": Kind("major", "resource renamed", "A resource MUST NOT be renamed.", "resource-renamed"),
    "path-changed": Kind("major", "path changed", "The path of a resource MUST NOT change.", "path-changed"),
    "part-added": Kind("minor", "file added to a resource", "A resource MAY get further files.", "part-removed"),
    "part-removed": Kind("major", "file of a resource removed", "A file MUST NOT be removed.", "part-added"),
    "file-missing": Kind("major", "file gone", "A file MUST NOT be missing where it was not.", "file-found"),
    "file-found": Kind("minor", "file that was missing is there", "A file that was missing MAY come.", "file-missing"),
    "format-changed": Kind(
        "major", "file format or compression changed", "Format and compression MUST NOT change.", "format-changed"
    ),
    "encoding-changed": Kind("major", "encoding changed", "The encoding MUST NOT change.", "encoding-changed"),
    "dialect-changed": Kind("major", "dialect changed", "The dialect MUST NOT change.", "dialect-changed"),
    "schema-added": Kind("minor", "schema added", "A resource MAY get a schema.", "schema-removed"),
    "schema-removed": Kind("major", "schema removed", "A schema MUST NOT be removed.", "schema-added"),
    # --- the fields of a table
    "field-added": Kind("minor", "field added", "A field that may be empty MAY be added.", "field-removed"),
    "field-added-required": Kind(
        "major", "required field added", "A field that must be filled MUST NOT be added.", "field-removed"
    ),
    "field-inserted": Kind(
        "major",
        "field added before others of a table without a header",
        "In a table without a header a field MUST NOT be added before another.",
        "field-removed",
    ),
    "field-removed": Kind("major", "field removed", "A field MUST NOT be removed.", "field-added"),
    "field-renamed": Kind("major", "field renamed", "A field MUST NOT be renamed.", "field-renamed"),
    "column-lost": Kind(
        "major",
        "column gone from a file",
        "A column MUST NOT leave the file, whatever the schema says.",
        "column-gained",
    ),
    "column-gained": Kind(
        "minor", "column new in a file", "A column that is no new field MAY come into the file.", "column-lost"
    ),
    "column-relabelled": Kind(
        "major", "column relabelled", "The label of a column MUST NOT change.", "column-relabelled"
    ),
    "fields-reordered": Kind(
        "major",
        "fields in another order, where order counts",
        "Where fieldsMatch is exact, or there is no header, fields MUST NOT change places.",
        "fields-reordered",
    ),
    "fields-moved": Kind(
        "patch",
        "fields in another order",
        "Where fieldsMatch leaves the order open, fields MAY change places.",
        "fields-moved",
    ),
    "fields-match-tightened": Kind(
        "major", "fieldsMatch tightened", "fieldsMatch MUST NOT allow less.", "fields-match-loosened"
    ),
    "fields-match-loosened": Kind(
        "minor", "fieldsMatch loosened", "fieldsMatch MAY allow more.", "fields-match-tightened"
    ),
    # --- what a cell means
    "type-widened": Kind(
        "minor", "type widened", "A type MAY become one that has all its values, as integer to number.", "type-narrowed"
    ),
    "type-narrowed": Kind("major", "type narrowed", "A type MUST NOT become a narrower one.", "type-widened"),
    "type-changed": Kind("major", "type changed", "A type MUST NOT become another one.", "type-changed"),
    "format-widened": Kind(
        "minor", "field's format widened", "A format MAY become one that has all its values.", "format-narrowed"
    ),
    "format-narrowed": Kind(
        "major", "field's format narrowed", "A format MUST NOT become a narrower one.", "format-widened"
    ),
    "format-replaced": Kind(
        "major", "field's format changed", "A format MUST NOT become another one.", "format-replaced"
    ),
    "reading-changed": Kind(
        "major",
        "how a cell is read changed",
        "decimalChar, groupChar, bareNumber, trueValues, falseValues, delimiter and itemType MUST NOT change.",
        "reading-changed",
    ),
    "missing-values-changed": Kind(
        "major",
        "missing values changed",
        "The texts that mean a missing value MUST NOT change, of a table or a field.",
        "missing-values-changed",
    ),
    # --- constraints
    "constraint-added": Kind(
        "major", "constraint added", "A constraint MUST NOT be added, required among them.", "constraint-removed"
    ),
    "constraint-removed": Kind(
        "minor", "constraint removed", "A constraint MAY be removed, required among them.", "constraint-added"
    ),
    "constraint-tightened": Kind(
        "major", "constraint tightened", "A bound or a length MUST NOT allow less.", "constraint-loosened"
    ),
    "constraint-loosened": Kind(
        "minor", "constraint loosened", "A bound or a length MAY allow more.", "constraint-tightened"
    ),
    "constraint-changed": Kind(
        "major",
        "constraint changed",
        "A pattern or a jsonSchema MUST NOT change: neither can be shown to allow all that the other does.",
        "constraint-changed",
    ),
    "enum-value-added": Kind("minor", "value allowed", "An enum or categories MAY get values.", "enum-value-removed"),
    "enum-value-removed": Kind(
        "major", "value no longer allowed", "A value MUST NOT leave an enum or categories.", "enum-value-added"
    ),
    "enum-reordered": Kind(
        "patch", "values in another order", "Values without an order MAY change places.", "enum-reordered"
    ),
    "category-order-changed": Kind(
        "major",
        "order of categories changed",
        "Ordered categories MUST NOT change their order, nor whether they have one.",
        "category-order-changed",
    ),
    "category-relabelled": Kind(
        "major", "category relabelled", "The label of a category MUST NOT change.", "category-relabelled"
    ),
    # --- keys
    "primary-key-added": Kind(
        "major", "primary key added", "A primary key MUST NOT be added to a table.", "primary-key-removed"
    ),
    "primary-key-removed": Kind(
        "major", "primary key removed", "A primary key MUST NOT be removed.", "primary-key-added"
    ),
    "primary-key-changed": Kind(
        "major", "primary key changed", "A primary key MUST NOT change.", "primary-key-changed"
    ),
    "unique-key-added": Kind("major", "unique key added", "A unique key MUST NOT be added.", "unique-key-removed"),
    "unique-key-removed": Kind(
        "major", "unique key removed", "A unique key MUST NOT be removed: others join by it.", "unique-key-added"
    ),
    "foreign-key-added": Kind("major", "foreign key added", "A foreign key MUST NOT be added.", "foreign-key-removed"),
    "foreign-key-removed": Kind("minor", "foreign key removed", "A foreign key MAY be removed.", "foreign-key-added"),
    # --- data
    "rows-added": Kind("minor", "rows added", "Rows MAY be added.", "rows-removed"),
    "rows-removed": Kind("major", "rows removed", "A row with a primary key MUST NOT be removed.", "rows-added"),
    "rows-added-unkeyed": Kind(
        "minor", "rows added to a table without a key", "Rows without a key MAY be added.", "rows-removed-unkeyed"
    ),
    "rows-removed-unkeyed": Kind(
        "minor",
        "rows removed from a table without a key",
        "Rows without a key MAY be removed: a corrected row is such a row and a new one.",
        "rows-added-unkeyed",
    ),
    "cells-changed": Kind("patch", "cells changed", "Cells MAY be corrected.", "cells-changed"),
    "bytes-changed": Kind("patch", "same values, other bytes", "A file MAY be written anew.", "bytes-changed"),
    "file-changed": Kind(
        "patch", "file changed that is not compared as a table", "A file that is no table MAY change.", "file-changed"
    ),
}
