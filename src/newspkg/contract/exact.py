"""Values that polars has no type for, judged one distinct value after the other by the validator's exact functions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl

from newspkg.schema import Field
from newspkg.validate.cells import Column, canonical
from newspkg.validate.native import plain
from newspkg.validate.values import ITEM_TYPES, Parser, parser

__all__ = ["Exact"]

_NO_VALUE = frozenset({"type"})
_MEMO = 100_000  # values whose verdict is remembered
_NESTED = (pl.List, pl.Array, pl.Struct, pl.Object)


class Exact:
    """The judge of one column. Its cells are texts as they stand in a file, or lists, or, of the type any, anything."""

    def __init__(self, column: Column) -> None:
        assert column.parse is not None, "a field whose format is unknown has been told and refused"
        self.field, self.parse, self.limits = column.field, column.parse, column.limits
        self.memo: dict[Any, tuple[Any, frozenset[str]]] = {}

    def faulty(self, cells: pl.Series, rule: str) -> pl.Series:
        """Where cells break a rule: `type`, or the name of a constraint. Empty cells break none."""
        if isinstance(cells.dtype, _NESTED):
            broken = [cell is not None and rule in self.of_nested(cell)[1] for cell in cells.to_list()]
            return pl.Series(broken, dtype=pl.Boolean)
        bad = [one for one in cells.drop_nulls().unique().to_list() if rule in self.verdict(one)[1]]
        return cells.is_in(pl.Series(bad, dtype=cells.dtype).implode()).fill_null(False)

    def keys(self, cells: pl.Series) -> pl.Series:
        """Texts that are equal where the values are; null where a cell is empty or no value."""
        if isinstance(cells.dtype, _NESTED):
            made = [None if cell is None else _key(*self.of_nested(cell)) for cell in cells.to_list()]
            return pl.Series(made, dtype=pl.String)
        known = cells.drop_nulls().unique()
        new = pl.Series([_key(*self.verdict(one)) for one in known.to_list()], dtype=pl.String)
        return cells.replace_strict(known, new, default=None, return_dtype=pl.String)

    def verdict(self, cell: Any) -> tuple[Any, frozenset[str]]:
        """The value of a cell, and the rules that it breaks."""
        known = type(cell), cell  # True and 1 are one key of a dict
        found = self.memo.get(known)
        if found is None:
            if len(self.memo) >= _MEMO:
                self.memo.clear()
            found = self.memo[known] = self.of_text(_shown(cell))
        return found

    def of_text(self, text: str) -> tuple[Any, frozenset[str]]:
        """The verdict on a cell of a file."""
        try:
            value = self.parse(text)
        except (ValueError, ArithmeticError):
            return None, _NO_VALUE
        return self.of_value(value)

    def of_nested(self, cell: Any) -> tuple[Any, frozenset[str]]:
        """The verdict on a list, or on anything else that has parts."""
        item = _item(self.field)
        if item is None or not isinstance(cell, list):
            return self.of_value(cell)
        try:
            return self.of_value([item(one) if isinstance(one, str) else one for one in cell])
        except (ValueError, ArithmeticError):
            return None, _NO_VALUE

    def of_value(self, value: Any) -> tuple[Any, frozenset[str]]:
        """The verdict on a value of the type."""
        return value, frozenset(name for name, keeps in self.limits if not keeps(value))


def _item(one: Field) -> Parser | None:
    """What makes an item of a field of type list from its text."""
    if one.type != "list":
        return None
    kind = one.options.get("itemType", "string")
    return parser(replace(one, type=kind if kind in ITEM_TYPES else "string", format="default", options={}))


def _shown(cell: Any) -> str:
    """A cell as it would stand in a file."""
    try:
        return plain(cell) or ""
    except TypeError:  # no value of JSON, such as a day
        return str(cell)


def _key(value: Any, broken: frozenset[str]) -> str | None:
    if broken == _NO_VALUE:
        return None
    return value if isinstance(value, str) else canonical(value)
