"""Cells as texts that are equal where the values are: `7` and `007` of an integer, `1.0` and `1.00` of a number.

Most cells are written in the one way that such a text has, which an expression over the column sees; only the others
go to the exact function of the validator, once for each distinct text. A cell that is no value of its type is compared
as the text it is, and never equals a value.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import polars as pl

from newspkg.schema import Field
from newspkg.validate.cells import Column, plain_number
from newspkg.validate.columns import native_values
from newspkg.validate.guards import fits_column
from newspkg.validate.values import Duration, parser

__all__ = ["Canon", "canonical", "comparable", "native_texts"]

_MEMO = 100_000  # texts whose values are remembered
_PLAIN_DIGITS = 60  # digits beyond which a number is written with an exponent
_NO_VALUE = "\x01"  # stands before a text that is no value of its type
_NUMBERS = frozenset(("integer", "number", "year"))
_DAY = "[1-9][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
# Texts that surely are values, written in the one way that `canonical` writes them.
_SURE = {
    "integer": r"^(?:0|-?[1-9][0-9]{0,30})$",
    "year": r"^[1-9][0-9]{3}$",
    "number": r"^(?:0|-?[1-9][0-9]{0,25}|-?(?:0|[1-9][0-9]{0,25})\.[0-9]{0,25}[1-9])$",
    "date": f"^{_DAY}$",
    "datetime": f"^{_DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$",
    "time": "^(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$",
}


# --- one value -------------------------------------------------------------------------------------------------------


def _number(value: int | float | Decimal) -> str:
    if isinstance(value, float):
        if value != value:
            return "NaN"
        if value in (float("inf"), float("-inf")):
            return "INF" if value > 0 else "-INF"
    sign, digits, exponent = Decimal(repr(value) if isinstance(value, float) else value).as_tuple()
    assert isinstance(exponent, int), "infinities and NaN are floats"
    text = "".join(map(str, digits)).lstrip("0")
    short = text.rstrip("0")
    exponent += len(text) - len(short)
    if not short:
        return "0"
    minus = "-" if sign else ""
    if max(exponent, 0) + len(short) > _PLAIN_DIGITS or -exponent > _PLAIN_DIGITS:
        return f"{minus}{short}e{exponent}"
    if exponent >= 0:
        return f"{minus}{short}{'0' * exponent}"
    whole, part = short[:exponent] or "0", short[exponent:].rjust(-exponent, "0")
    return f"{minus}{whole}.{part}"


def _moment(value: datetime) -> str:
    return value.replace(tzinfo=None).isoformat() + "Z"


def canonical(value: Any) -> str:
    """The text of a value that is equal where two values of one field are equal."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float, Decimal)):
        return _number(value)
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, Duration):
        return repr(value)
    if isinstance(value, tuple):
        return ",".join(map(_number, value))
    return _nested(value)


def _nested(value: Any) -> str:
    """A JSON value, or a list of typed items, with numbers written in one way and keys in order."""
    if isinstance(value, dict):
        inner = (f"{json.dumps(k, ensure_ascii=False)}:{_nested(v)}" for k, v in sorted(value.items()))
        return "{" + ",".join(inner) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(_nested, value)) + "]"
    if value is None:
        return "null"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else canonical(value)


# --- a column --------------------------------------------------------------------------------------------------------


def comparable(old: Column | None, new: Column | None) -> bool:
    """Whether the cells of two columns are compared as values; else as the texts they are, but for missing ones."""
    if old is None or new is None or old.parse is None or new.parse is None:
        return False
    kinds = {old.field.type, new.field.type}
    return len(kinds) == 1 or kinds <= _NUMBERS


class Canon:
    """Makes comparable texts of the cells of one column. `invalid` counts the cells that are no value of their type."""

    def __init__(self, column: Column, dtype: pl.DataType | None) -> None:
        field = column.field
        native = dtype is not None and dtype != pl.String() and fits_column(field, dtype)
        # Values that have a type already are written as a plain field of that type writes them.
        self.field = Field(field.name, field.type) if native else field
        self.parse = parser(self.field)
        plain = self.field.format == "default" and plain_number(self.field)
        self.sure = _SURE.get(self.field.type) if plain else None
        self.memo: dict[str, str] = {}
        self.invalid = 0

    @property
    def text(self) -> bool:
        """Whether the values are the texts themselves."""
        return self.field.type in ("string", "any")

    def series(self, cells: pl.Series) -> pl.Series:
        """For each cell the text of its value where that is another than its own, else null."""
        nothing = pl.Series([None], dtype=pl.String)
        if self.text:
            return pl.repeat(None, len(cells), dtype=pl.String, eager=True)
        odd = cells.is_not_null() if self.sure is None else (~cells.str.contains(self.sure)).fill_null(False)
        if not odd.any():
            return pl.repeat(None, len(cells), dtype=pl.String, eager=True)
        counted = cells.filter(odd).value_counts(name="#")
        texts = counted.to_series(0).to_list()
        made = [self.value(text) for text in texts]
        self.invalid += sum(n for text, n in zip(made, counted["#"].to_list(), strict=True) if text[:1] == _NO_VALUE)
        found = cells.zip_with(odd, nothing).replace_strict(
            pl.Series(texts, dtype=pl.String), pl.Series(made, dtype=pl.String), default=None, return_dtype=pl.String
        )
        return found.zip_with(found.ne_missing(cells), nothing)

    def value(self, text: str) -> str:
        """The text of one cell's value."""
        found = self.memo.get(text)
        if found is None:
            try:
                found = canonical(self.parse(text))
            except (ValueError, ArithmeticError, RecursionError):
                found = _NO_VALUE + text
            if len(self.memo) >= _MEMO:
                self.memo.clear()
            self.memo[text] = found
        return found


# --- columns that have a type ----------------------------------------------------------------------------------------


def _as_text(cells: pl.Series) -> pl.Series:
    return cells.cast(pl.String)


def _floats(cells: pl.Series) -> pl.Series:
    return cells.cast(pl.String).str.strip_suffix(".0")


def _moments(cells: pl.Series) -> pl.Series:
    zone = cells.dtype.time_zone if isinstance(cells.dtype, pl.Datetime) else None
    return (cells.dt.convert_time_zone("UTC") if zone else cells).dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ")


_CASTS: Mapping[type[pl.DataType], Callable[[pl.Series], pl.Series]] = {
    pl.Categorical: _as_text,
    pl.Enum: _as_text,
    pl.Boolean: _as_text,
    pl.Date: _as_text,
}


def native_texts(field: Field | None, cells: pl.Series) -> pl.Series:
    """A column that has a type, as texts."""
    dtype = cells.dtype
    if dtype == pl.String:
        return cells
    cast = next((c for kind, c in _CASTS.items() if dtype == kind), None)
    kind = field.type if field is not None else "any"
    if cast is None and dtype.is_integer():
        cast = _as_text
    elif cast is None and dtype.is_float() and kind != "integer":
        cast = _floats
    elif cast is None and kind == "datetime" and isinstance(dtype, pl.Datetime):
        cast = _moments
    if cast is not None and (dtype != pl.Boolean or field is None or fits_column(field, dtype)):
        return cast(cells)
    texts, _ = native_values(field or Field(cells.name), cells)
    return pl.Series(cells.name, texts, dtype=pl.String)
