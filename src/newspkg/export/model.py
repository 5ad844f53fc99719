"""What an exporter is, and what it is given."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newspkg.problems import CannotRun
from newspkg.schema import Field, TableSchema

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Exporter", "Source", "exporter", "registered"]

Run = Callable[["Source", Path], list[Path]]


@dataclass(frozen=True, slots=True)
class Exporter:
    """One format. `title` is a line for lists, `suffix` how its file's name ends; a `folder` has none. `default` is the
    name that it gets where none is asked for, with {name} for the package's. `needs` are the modules without which it
    cannot run, `extra` the extra of this toolkit that brings them."""

    name: str
    title: str
    run: Run
    suffix: str = ""
    folder: bool = False
    default: str = ""
    needs: tuple[str, ...] = ()
    extra: str = ""

    def target(self, package: str) -> str:
        """The name of what is written, where none is asked for; of the package's name, what a file's name may have."""
        usual = f"{{name}}-{self.name}" if self.folder else f"{{name}}{self.suffix}"
        stem = re.sub(r"[^\w .-]", "-", package).strip(" .-")[:100] or "package"
        return (self.default or usual).replace("{name}", stem)


_FOUND: dict[str, Exporter] = {}


def exporter(
    name: str,
    *,
    title: str,
    suffix: str = "",
    folder: bool = False,
    default: str = "",
    needs: tuple[str, ...] = (),
    extra: str = "",
) -> Callable[[Run], Run]:
    """Registers a function as the exporter of a format.

    It is called with a `Source` and the path to write to: a file that is not there, or a folder that is there and
    empty. It may write more files beside a file. It returns the paths it wrote. It need not clean up: what it wrote is
    moved into place when it is done, and thrown away when it raises.
    """

    def register(run: Run) -> Run:
        _FOUND[name] = Exporter(name, title, run, suffix, folder, default, needs, extra or name)
        return run

    return register


def registered(name: str) -> Exporter:
    """The exporter of that name; its module must have been imported."""
    return _FOUND[name]


@dataclass
class Source(Mapping[str, "pl.LazyFrame"]):
    """A loaded package as exporters see it: a mapping of table names to lazy frames, in the descriptor's order, with
    its schemas and descriptor, and a place for remarks. `target` is where the export will lie in the end: while it is
    made, it lies in a folder of its own."""

    package: Any
    notes: list[str] = field(default_factory=list)
    target: Path = Path()
    _schemas: dict[str, TableSchema] = field(default_factory=dict)

    def __getitem__(self, name: str) -> pl.LazyFrame:
        frame: pl.LazyFrame = self.package[name]
        return frame

    def __iter__(self) -> Iterator[str]:
        return iter(self.package)

    def __len__(self) -> int:
        return len(self.package)

    @property
    def descriptor(self) -> Mapping[str, Any]:
        """The package's descriptor as it stands in its file."""
        found: Mapping[str, Any] = self.package.descriptor
        return found

    @property
    def root(self) -> Path:
        """The folder that its paths are relative to."""
        return Path(self.package.root)

    @property
    def name(self) -> str:
        """The package's name; `package` where it has none."""
        found = self.descriptor.get("name")
        return found if isinstance(found, str) and found else "package"

    def schema(self, name: str) -> TableSchema:
        """The schema of a table, as this toolkit reads it."""
        if name not in self._schemas:
            found: TableSchema = self.package.schema(name)
            self._schemas[name] = found
            for one in dict.fromkeys(one for one in found.names if found.names.count(one) > 1):
                self.note(f"{name}: several fields are called {one}; only the first is kept.")
        return self._schemas[name]

    def field(self, table: str, name: str) -> Field:
        """A field of a table; raises KeyError where there is none."""
        return self.schema(table).field(name)

    def resource(self, name: str) -> dict[str, Any]:
        """A resource as it stands in the descriptor, also where it has no name there; raises KeyError where there is
        none."""
        number = int(self.package.resource(name).pointer.rpartition("/")[2])
        found: dict[str, Any] = self.descriptor["resources"][number]
        return found

    def listed(self) -> Iterator[tuple[str | None, dict[str, Any]]]:
        """The resources as they stand in the descriptor, each with the name of its table; None where it is none."""
        tables = {self.package.resource(name).pointer: name for name in self}
        for n, one in enumerate(self.descriptor.get("resources", ())):
            if isinstance(one, dict):
                yield tables.get(f"/resources/{n}"), one

    def schema_json(self, name: str) -> dict[str, Any]:
        """The Table Schema of a table as it was written, read from its file where it stands in one. Of a table without
        one, its fields with their names."""
        given = self.resource(name).get("schema")
        if given is None:
            return {"fields": [{"name": one.name, "type": one.type} for one in self.schema(name).fields]}
        if isinstance(given, str):
            return self.linked(given)
        return given if isinstance(given, dict) else {}

    def linked(self, path: str) -> dict[str, Any]:
        """A JSON object in a file of the package. Raises CannotRun where it cannot be read."""
        try:
            given = json.loads((self.root / path).read_text(encoding="utf-8-sig"))
        except (OSError, ValueError) as error:
            raise CannotRun(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error}).") from error
        return given if isinstance(given, dict) else {}

    def note(self, text: str) -> None:
        """A remark for the person who exports: what was changed or left out. Said once."""
        if text not in self.notes:
            self.notes.append(text)
