"""Columns of text become columns of values, by the validator's own judgement of each cell.

A guard (`validate/guards.py`) gives the values of cells that are surely good for a whole column at once; the exact
function of the type decides on the others, once for each distinct text. What a cell is thus never depends on how it
was read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from newspkg.problems import CannotRun, Problem
from newspkg.schema import Field, beyond_int64, item_type, loaded_dtype, words_of
from newspkg.validate.cells import Column, sentence
from newspkg.validate.columns import native_values
from newspkg.validate.guards import dtype_of, fits_column, typed, typed_native
from newspkg.validate.times import FAR_FUTURE, FAR_PAST
from newspkg.validate.values import fits_natively

__all__ = ["Fault", "LoadError", "Typer"]

_MEMO = 100_000  # texts of a column whose value is remembered
_RANGES: dict[pl.DataType, tuple[int, int]] = {pl.Int64(): (-(2**63), 2**63), pl.Int32(): (-(2**31), 2**31)}
_SIMPLE = r'^\[[ \t\n\r]*(?:"[^"\\\x00-\x1f]*"(?:[ \t\n\r]*,[ \t\n\r]*"[^"\\\x00-\x1f]*")*[ \t\n\r]*)?\]$'
_ITEMS = r'"([^"]*)"'


class LoadError(CannotRun):
    """A cell, a record or a header that is not as the schema says. `problem` says which."""

    def __init__(self, message: str, problem: Problem) -> None:
        self.problem = problem
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell without a value: its row in the chunk, why, and its text."""

    row: int
    rule: str
    text: str | None


class _NoValue(Exception):  # noqa: N818 - never leaves this module
    """A text that is no value of the column; the message is the rule that it breaks."""


class Typer:
    """What becomes of the cells of a field. `quick` is an expression over the text that gives the values of surely good
    cells and null for all others; None where there is no such expression. With `as_text` cells stay as they are."""

    def __init__(self, column: Column, *, as_text: bool = False) -> None:
        self.column, self.field = column, column.field
        self.free = as_text or column.parse is None  # a format that nobody knows is not judged, so it stays text
        self.dtype: pl.DataType = pl.String() if self.free else loaded_dtype(self.field)
        self.plain = self.free or (self.field.type in ("string", "any") and self.field.format == "default")
        self.store = self._store()
        self.memo: dict[str, Any] = {}

    # --- text

    def quick(self, text: pl.Expr) -> pl.Expr | None:
        """An expression over the text of cells: the values of those that are surely good, null for all others."""
        one = self.field
        if isinstance(self.dtype, pl.Enum):
            return text.cast(self.dtype, strict=False) if self.plain else None
        if self.plain:
            return None  # the text itself
        if one.type == "list" and self.dtype == pl.List(pl.String):
            delimiter = one.options.get("delimiter", ",")
            return text.str.split(delimiter if isinstance(delimiter, str) and delimiter else ",")
        if one.type == "array" and self.dtype == pl.List(pl.String):
            quotes = text.str.extract_all(_ITEMS).list.eval(pl.element().str.slice(1).str.head(-1))
            return pl.when(text.str.contains(_SIMPLE)).then(quotes)
        found = None if beyond_int64(one) else typed(self.column, text)
        if found is None:
            return None
        if one.type == "time":
            return found.str.to_time("%H:%M:%S", strict=False, cache=False)
        if self.dtype == pl.Int32():
            return found.cast(pl.Int32, strict=False)
        return found if dtype_of(one) == self.dtype else None

    def of_text(self, text: pl.Series, quick: pl.Series | None) -> tuple[pl.Series, list[Fault]]:
        """The values of a column of text, null being no cell. `quick` is what `quick` gave for it."""
        missing = self.column.missing
        gone = text.is_null()
        for one in missing:
            gone = gone | (text == one).fill_null(False)
        if self.plain and quick is None:
            return _nulled(text, gone), []
        if quick is None:
            quick = pl.Series(text.name, [None], dtype=self.dtype).new_from_index(0, len(text))
        elif missing and (gone & quick.is_not_null()).any():
            quick = _nulled(quick, gone)
        rest = quick.is_null() & ~gone
        if not rest.any():
            return quick, []
        rows = rest.arg_true().to_list()
        texts = text.filter(rest).to_list()
        return self._filled(quick, rows, texts, None)

    def _filled(
        self, into: pl.Series, rows: Sequence[int], texts: Sequence[str], natives: Sequence[Any] | None
    ) -> tuple[pl.Series, list[Fault]]:
        """A column with the values of some texts put in; `natives` as `judge` has them."""
        faults: list[Fault] = []
        places: dict[Any, int] = {}
        values: list[Any] = []
        index: list[int | None] = [None] * len(into)
        for n, (row, text) in enumerate(zip(rows, texts, strict=True)):
            try:
                if natives is not None and not self._fits(natives[n]):
                    _refuse("type")
                at = places.get(text)
                if at is None:
                    at = places[text] = len(values)
                    values.append(self.value(text))
                index[row] = at
            except _NoValue as broken:
                places.pop(text, None)
                faults.append(Fault(row, str(broken), text))
        if values:
            made = pl.Series(into.name, values, dtype=self.dtype, strict=True)
            found = made.gather(pl.Series(index, dtype=pl.UInt32))
            into = into.zip_with(into.is_not_null(), found)
        return into, faults

    def _fits(self, native: Any) -> bool:
        return native is None or isinstance(native, str) or fits_natively(self.field, native)

    def value(self, text: str) -> Any:
        """The value of a text that is not missing. Raises _NoValue, with the rule that it breaks."""
        if text in self.memo:
            return self.memo[text]
        parse = self.column.parse
        assert parse is not None, "a column that is not judged stays text"
        try:
            value = self.store(text, parse(text))
        except (ValueError, ArithmeticError) as error:
            raise _NoValue("type") from error
        if len(self.memo) < _MEMO:
            self.memo[text] = value
        return value

    # --- columns that have a type already

    def of_native(self, cells: pl.Series) -> tuple[pl.Series, list[Fault]]:
        """The values of a column of Parquet."""
        if isinstance(cells.dtype, (pl.Enum, pl.Categorical)):
            cells = cells.cast(pl.String)
        if cells.dtype == pl.String():
            return self.of_text(cells, self._run(cells))
        made = self.native_expr(pl.col(cells.name), cells.dtype)
        if made is not None:
            return pl.DataFrame([cells]).select(made.alias(cells.name)).to_series(), []
        texts, natives = native_values(self.field, cells)
        return self.of_values(texts, natives, cells.name)

    def native_expr(self, cell: pl.Expr, dtype: pl.DataType) -> pl.Expr | None:
        """The values of a column of Parquet as an expression, where none of its cells can have a fault; else None."""
        one = self.field
        if dtype == pl.String() and self.plain and self.dtype == pl.String():
            return pl.when(~cell.is_in(self.column.missing)).then(cell) if self.column.missing else cell
        if one.type in ("array", "time") and dtype == self.dtype:
            return cell
        if self.free or beyond_int64(one) or not fits_column(one, dtype):
            return None
        return cell.cast(pl.Time) if one.type == "time" else typed_native(self.column, cell, dtype)

    def of_values(
        self, texts: Sequence[str | None], natives: Sequence[Any], name: str
    ) -> tuple[pl.Series, list[Fault]]:
        """The values of cells that have both a text and a value as JSON has it."""
        missing = set(self.column.missing)
        if self.free:
            return pl.Series(name, [None if t in missing else t for t in texts], dtype=pl.String), []
        rows = [n for n, text in enumerate(texts) if text is not None and text not in missing]
        empty = pl.Series(name, [None], dtype=self.dtype).new_from_index(0, len(texts))
        return self._filled(empty, rows, [texts[n] or "" for n in rows], [natives[n] for n in rows])

    def _run(self, cells: pl.Series) -> pl.Series | None:
        quick = self.quick(pl.col(cells.name))
        return None if quick is None else pl.DataFrame([cells]).select(quick.alias(cells.name)).to_series()

    def of_cells(self, cells: pl.Series) -> tuple[pl.Series, list[Fault]]:
        """As `of_text`, with the expression worked out here."""
        return self.of_text(cells, self._run(cells))

    # --- values as columns keep them

    def _store(self) -> Callable[[str, Any], Any]:
        one, dtype = self.field, self.dtype
        if isinstance(dtype, pl.Enum):
            words = frozenset(words_of(one))
            rule = "enum" if one.vocabulary else "categories"
            return lambda text, _: text if text in words else _refuse(rule)
        if dtype in _RANGES:
            low, high = _RANGES[dtype]
            return lambda _, value: value if low <= value < high else _refuse("range")
        if dtype == pl.Float64():
            return lambda _, value: float(value)
        if isinstance(dtype, pl.List):
            return _items(one)
        if one.type == "integer":  # beyond 64 bits
            return lambda _, value: str(value)
        if dtype == pl.String():
            return lambda text, _: text
        if one.type == "datetime":
            return lambda _, value: _refuse("range") if value is FAR_PAST or value is FAR_FUTURE else value
        return lambda _, value: value

    def sentence(self, fault: Fault) -> str:
        """What is wrong with a cell."""
        if fault.rule == "range" and self.field.type == "datetime":
            return f"{self.field.name} is before year 1 or after year 9999; name the field in as_text to load it"
        if fault.rule == "range":
            bits = 32 if self.dtype == pl.Int32() else 64
            return (
                f"{self.field.name} is or has a whole number beyond {bits} bits; name the field in as_text to load it"
            )
        if fault.rule == "surrogate":
            return f"{self.field.name} has an item with half of a surrogate pair in it, which is no character"
        if fault.rule == "items":
            return f"{self.field.name} has an item that is no {item_type(self.field)}"
        return f"{self.field.name} {sentence(self.column, fault.rule)}"


def _refuse(rule: str) -> Any:
    raise _NoValue(rule)


def _nulled(cells: pl.Series, gone: pl.Series) -> pl.Series:
    """A column with null where it is said."""
    if not gone.any():
        return cells
    return cells.zip_with(~gone, pl.Series(cells.name, [None], dtype=cells.dtype).new_from_index(0, len(cells)))


# --- lists -----------------------------------------------------------------------------------------------------------


def _items(one: Field) -> Callable[[str, Any], Any]:
    """What makes the list of a cell."""
    kind = item_type(one)
    if one.type == "list":
        if kind == "number":
            return lambda _, value: [float(v) for v in value]
        if kind == "integer":
            return lambda _, value: value if all(map(_fits_64, value)) else _refuse("range")
        return lambda _, value: value
    if kind == "string":
        return lambda text, value: _whole(value if all(type(v) is str for v in value) else array_texts(text))
    return lambda _, value: [None if v is None else _item(kind, v) for v in value]


def _whole(items: list[str | None]) -> list[str | None]:
    """Items that are texts: JSON can escape half of a surrogate pair, which is none."""
    for one in items:
        if one is not None and not one.isascii():
            try:
                one.encode()
            except UnicodeEncodeError:
                _refuse("surrogate")
    return items


def _item(kind: str, value: Any) -> Any:
    """An item of an array, of the type that all are said to have."""
    truth, number = isinstance(value, bool), isinstance(value, (int, float))
    if kind == "boolean" and truth:
        return value
    if kind == "number" and number and not truth:
        return float(value)
    if kind == "integer" and number and not truth and value == int(value):
        return int(value) if _fits_64(value) else _refuse("range")
    return _refuse("items")


def _fits_64(value: float) -> bool:
    return -(2**63) <= value < 2**63


_SPACE = " \t\n\r"


def array_texts(text: str) -> list[str | None]:
    """The items of a JSON array as texts: a text as it is, null as None, all else as it is written."""
    decoder = json.JSONDecoder()
    at = text.index("[") + 1
    found: list[str | None] = []
    while True:
        while text[at] in _SPACE or text[at] == ",":
            at += 1
        if text[at] == "]":
            return found
        value, end = decoder.raw_decode(text, at)
        found.append(value if value is None or isinstance(value, str) else text[at:end])
        at = end
