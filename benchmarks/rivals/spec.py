"""What every rival here is given: the package's tables as plain data, and a way to say what was found.

Each rival is one script and one process: it reads datapackage.json, makes the checks in its own idiom, runs them over
the CSV files, and prints a JSON line a finding: table, row, field, type. One that does not know rows prints a line
with a count instead. It says nothing about a clean package.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MISSING = ["", "NA"]
FIRST = 2  # the record number of the first row: the header is record 1


@dataclass(frozen=True)
class Column:
    """A field of a table: its name, its type, and its constraints by name."""

    name: str
    type: str
    limits: dict[str, Any]

    @property
    def required(self) -> bool:
        """Whether a cell may not be missing."""
        return bool(self.limits.get("required"))


@dataclass(frozen=True)
class Table:
    """A table: its file, its columns, its primary key, and (column, table it refers to, column there)."""

    name: str
    path: Path
    columns: list[Column]
    key: list[str]
    references: list[tuple[str, str, str]]

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return [column.name for column in self.columns]

    @property
    def unique(self) -> list[str]:
        """The columns besides the key whose values may not come twice."""
        return [column.name for column in self.columns if column.limits.get("unique")]


def tables(root: Path) -> list[Table]:
    """The tables of a package, in its order: parents before children."""
    found = []
    for resource in json.loads((root / "datapackage.json").read_text(encoding="utf-8"))["resources"]:
        schema = resource["schema"]
        columns = [Column(f["name"], f["type"], f.get("constraints", {})) for f in schema["fields"]]
        references = [
            (key["fields"][0], key["reference"]["resource"], key["reference"]["fields"][0])
            for key in schema.get("foreignKeys", ())
        ]
        found.append(Table(resource["name"], root / resource["path"], columns, schema["primaryKey"], references))
    return found


def say(table: str, rows: Iterable[int], field: str, kind: str) -> None:
    """Prints a finding for each of these rows, counted from 0 behind the header."""
    for row in rows:
        print(json.dumps({"table": table, "row": row + FIRST, "field": field, "type": kind}))


def say_count(table: str, field: str, kind: str, count: int) -> None:
    """Prints how many findings there are of a kind, where the tool tells no rows."""
    if count:
        print(json.dumps({"table": table, "field": field, "type": kind, "count": count}))


def root() -> Path:
    """The folder of the package, from the command line."""
    return Path(sys.argv[1])
