"""The cells of a table as they stand in its file, for forms whose readers see the file and not the package."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from newspkg.export.model import Source
from newspkg.problems import CannotRun
from newspkg.report import Findings
from newspkg.schema import TableSchema
from newspkg.validate.descriptor import Dialect, Resource
from newspkg.validate.files import open_table
from newspkg.validate.packed import Scratch

if TYPE_CHECKING:
    import polars as pl

__all__ = ["USUAL", "Raw", "raw_table"]

# Moments as every reader takes them: no 24 o'clock, no years of five figures, no fractions beyond nanoseconds.
USUAL = {
    "date": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    "time": r"^(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}$",
    "datetime": (
        r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?"
        r"(?:Z|[+-][0-9]{2}:[0-9]{2})?$"
    ),
}


@dataclass
class Raw:
    """A table's file: its format without the compression, how it is written, and its cells as text."""

    root: Path
    resource: Resource
    schema: TableSchema
    _words: dict[str, set[str]] = field(default_factory=dict, repr=False)
    _odd: set[str] = field(default_factory=set, repr=False)
    _seen: bool = False

    @property
    def format(self) -> str:
        return self.resource.format

    @property
    def packed(self) -> bool:
        return bool(self.resource.compression)

    @property
    def encoding(self) -> str:
        return self.resource.encoding

    @property
    def dialect(self) -> Dialect:
        return self.resource.dialect or Dialect()

    @property
    def plain(self) -> bool:
        """Whether any reader of CSV, or of TSV, reads it without being told how it is written."""
        usual = Dialect(delimiter="\t") if self.format == "tsv" else Dialect()
        return self.encoding in ("utf-8", "utf-8-sig", "ascii") and self.dialect == usual

    def missing(self, name: str) -> frozenset[str]:
        """The texts that mean no value in a column."""
        own = self.schema.field(name).missing_values
        return frozenset(self.schema.missing_values if own is None else own)

    def frames(self) -> Iterator[pl.DataFrame]:
        """The rows, some at a time: a column of text for each field, null where there is nothing in a cell."""
        import polars as pl

        with Scratch() as scratch:
            opened = open_table(self.root, self.resource, Findings(1), scratch)
            if opened is None:
                raise CannotRun(f"{self.resource.place}: cannot be read; pkg validate tells why.")
            labels = opened.labels if opened.labels is not None else list(self.schema.names)
            at = {label: str(n) for n, label in enumerate(labels[: opened.width])}
            wanted = [pl.col(at[name]).alias(name) for name in self.schema.names if name in at]
            for chunk in opened.reader.chunks(opened.width, []):
                yield chunk.cells.select(wanted)

    def words(self, name: str) -> set[str]:
        """The different texts of a column of truths, but those that mean no value."""
        self._look()
        return self._words.get(name, set())

    def usual(self, name: str) -> bool:
        """Whether the moments of a column are all written as every reader takes them."""
        self._look()
        return name not in self._odd

    def _look(self) -> None:
        """Goes through the truths and the moments of the table, once."""
        if self._seen:
            return
        self._seen = True
        kinds = {one.name: one.type for one in self.schema.fields if one.type == "boolean" or one.type in USUAL}
        for frame in self.frames() if kinds else ():
            for name in kinds.keys() & set(frame.columns):
                column = frame[name].drop_nulls()
                column = column.filter(~column.is_in([*self.missing(name), ""]))
                if kinds[name] == "boolean":
                    self._words.setdefault(name, set()).update(column.unique().to_list())
                elif not column.str.contains(USUAL[kinds[name]]).all():
                    self._odd.add(name)


def raw_table(source: Source, name: str) -> Raw | None:
    """The file of a table; None where it has none, or the resource is no table."""
    if name not in source:
        return None
    resource: Resource = source.package.resource(name)
    if not resource.paths:
        return None
    kept: dict[str, Raw] = source.__dict__.setdefault("_raw", {})  # each is looked through once
    if name not in kept:
        kept[name] = Raw(source.root, resource, source.schema(name))
    return kept[name]
