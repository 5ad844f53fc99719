"""Guards: expressions over whole columns that say which cells may be faulty, and what the others' values are.

A guard may doubt a good cell but never passes a bad one; `cells.judge` decides on what is doubted. Over text null is a
cell that is empty or not there; a column that has a type already is guarded as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import polars as pl

from newspkg.schema import Field, anchored
from newspkg.validate.cells import HOLDS, NO_VALUE, Column, plain_number, verdict_on
from newspkg.validate.values import truths

__all__ = [
    "doubt",
    "doubt_native",
    "dtype_of",
    "fits_column",
    "present",
    "typed",
    "typed_native",
    "unguarded",
]

Guard = Callable[[pl.Expr], pl.Expr]


def dtype_of(one: Field) -> pl.DataType:
    """The dtype of a column's typed values. Types that polars has no dtype for are kept as text that equals where the
    values equal."""
    known: dict[str, pl.DataType] = {
        "integer": pl.Int64(),
        "year": pl.Int64(),
        "number": pl.Float64(),
        "boolean": pl.Boolean(),
        "date": pl.Date(),
        "datetime": pl.Datetime("us", "UTC"),
    }
    return known.get(one.type, pl.String())


# --- from rules to guards ---------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Guards:
    """What is sound to say of a column's constraints: `guards` over the typed column. Not `whole`: there is a
    constraint without a guard, so every cell goes to the exact function."""

    guards: list[Guard] = field(default_factory=list)
    whole: bool = True


def _guards(column: Column) -> _Guards:
    if column.guards is None:
        column.guards = found = _Guards()
        for name, value in column.rules if column.parse is not None else ():
            guard = _guard(column.field, name, value)
            if guard is None:
                found.whole = False
            else:
                found.guards.append(guard)
    made: _Guards = column.guards
    return made


def _guard(one: Field, name: str, value: Any) -> Guard | None:
    """The guard of a constraint, `value` being its own; None where there is none."""
    if name == "jsonSchema":
        return None
    if name == "pattern":
        quick = _for_guard(value)
        return None if quick is None else lambda typed: typed.str.contains(quick)
    if name in ("minLength", "maxLength"):
        if one.type != "string" or value >= 2**31:  # beyond that no column can be compared with it
            return None
        if name == "minLength":
            return lambda typed: typed.str.len_chars() >= value
        return lambda typed: typed.str.len_chars() <= value
    if name in ("enum", "categories"):
        plain = one.type == "integer" and plain_number(one)
        small = plain and all(isinstance(v, int) and abs(v) < 2**62 for v in value)
        if small or (one.type == "string" and all(isinstance(v, str) for v in value)):
            return partial(among, value)
        return None
    return _bound(one, name, value)


_PLAIN = re.compile(  # what Rust reads as XML Schema does; a dot is put right on the way
    r"(?P<same>\\[-.|()\[\]{}?*+\\d]|\[(?!.*(?:&&|--|~~))(?:\\[-.|()\[\]{}?*+\\d]|[^\\\[\]])+\]|\((?!\?)|\)|\||"
    r"(?:[?*+]|\{[0-9]{1,3}(?:,[0-9]{0,3})?\})(?![?*+])|[^\\\[\](){}|?*+.^$])|(?P<dot>\.)"
)


def _for_guard(pattern: str) -> str | None:
    """A pattern for polars' engine, or None where that might read it otherwise."""
    inner = pattern.removeprefix("^")
    inner = inner[:-1] if inner.endswith("$") and not inner.endswith("\\$") else inner
    parts, at = [], 0
    while at < len(inner):
        found = _PLAIN.match(inner, at)
        if found is None:
            return None
        parts.append(found["same"] or r"[^\n\r]")
        at = found.end()
    made = anchored("".join(parts))
    try:
        pl.Series([""]).str.contains(made)
    except pl.exceptions.PolarsError:  # too large for it
        return None
    return made


def among(values: list[Any], typed: pl.Expr) -> pl.Expr:
    """Where a column has one of some values."""
    if len(values) > 8:
        return typed.is_in(values)
    guard = pl.lit(False)
    for one in values:  # a chain of equals is cheaper than is_in as long as it is short
        guard = guard | (typed == one)
    return guard


_ORDERED = (("date", "default"), ("datetime", "default"))


def _bound(one: Field, name: str, bound: Any) -> Guard | None:
    holds = HOLDS[name]
    if one.type == "number" and plain_number(one):
        # Strictly inside: what a float rounds to the bound is left to Decimal.
        try:
            near = float(bound)
        except OverflowError:  # a whole number beyond all floats
            return None
        return (lambda typed: typed > near) if "inimum" in name else (lambda typed: typed < near)
    if one.type in ("integer", "year") and plain_number(one) and isinstance(bound, int) and abs(bound) < 2**62:
        return lambda typed: holds(typed, bound)  # type: ignore[return-value]
    if isinstance(bound, date) and bound.year >= 1000 and (one.type, one.format) in _ORDERED:
        # Texts of the one form that is surely good are ordered as what they say; a Z behind one only makes it larger.
        z = "Z" if name in ("exclusiveMinimum", "maximum") else ""
        edge = f"{bound:%Y-%m-%dT%H:%M:%S}{z}" if isinstance(bound, datetime) else f"{bound:%Y-%m-%d}"
        if not (isinstance(bound, datetime) and bound.microsecond):
            return lambda text: holds(text, edge)  # type: ignore[return-value]
    return None


# --- which cells are in doubt ----------------------------------------------------------------------------------------


# Texts that are surely values; others may be too.
_DAY = (
    "[1-9][0-9]{3}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_FORMS = {
    ("string", "email"): r"^[a-z0-9]+(?:[._+-][a-z0-9]+)*@[a-z0-9]+(?:[.-][a-z0-9]+)*\.[a-z]{2,}$",
    ("string", "uri"): r"^https?://[a-z0-9]+(?:[.-][a-z0-9]+)*(?:/[A-Za-z0-9._~/-]*)?$",
    ("string", "uuid"): r"^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
    ("time", "default"): f"^{_CLOCK}$",
    ("date", "default"): f"^{_DAY}$",
    ("datetime", "default"): f"^{_DAY}T{_CLOCK}Z?$",
}


def _plain_text(one: Field) -> bool:
    return one.type in ("string", "any") and one.format == "default"


def _sure(one: Field, text: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Which cells are surely of the type, and what the guards of the constraints look at. Null where the cell is."""
    if _plain_text(one):
        return text.is_not_null(), text
    if (one.type, one.format) in _FORMS:
        return text.str.contains(_FORMS[one.type, one.format]), text
    if one.type == "integer" and plain_number(one):
        value = text.cast(pl.Int64, strict=False)
        return value.is_not_null(), value
    if one.type == "number" and plain_number(one):
        value = text.cast(pl.Float64, strict=False)
        return value.is_not_null() & value.is_finite(), value
    if one.type == "boolean":
        trues, falses = truths(one.options)
        return among([*trues, *falses], text), text
    if one.type == "year" and one.format == "default":
        value = text.cast(pl.Int64, strict=False)
        return value.is_not_null() & (text.str.len_bytes() == 4) & (value >= 1000), value
    return pl.lit(False), text


def _typed(one: Field, text: pl.Expr) -> pl.Expr:
    """The typed values of cells that are surely of the type, null for all others."""
    if one.type in ("date", "datetime") and (one.type, one.format) in _FORMS:
        good = text.str.contains(_FORMS[one.type, one.format])
        if one.type == "date":
            return pl.when(good).then(text.str.to_date("%Y-%m-%d", strict=False, cache=False))
        clock = text.str.slice(0, 19).str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="us", strict=False, cache=False)
        return pl.when(good).then(clock.dt.replace_time_zone("UTC"))
    if one.type == "boolean":
        trues, falses = truths(one.options)
        return pl.when(among(trues, text)).then(True).when(among(falses, text)).then(False)
    sure, value = _sure(one, text)
    return pl.when(sure).then(value)


def _taken(column: Column, *, whole: bool) -> list[str]:
    """The texts for a missing value that are values of the type too; `whole`: that keep the constraints as well."""
    verdicts = ((text, verdict_on(column, text)[1]) for text in column.missing)
    return [text for text, broken in verdicts if broken != NO_VALUE and not (whole and broken)]


def doubt(column: Column, text: pl.Expr, *, empty_is_null: bool) -> pl.Expr | None:
    """Where a cell may be faulty (null counts as no), or None where none of the column can be. `empty_is_null`: null
    may also be an empty cell that is a value."""
    one = column.field
    empty = empty_is_null and "" not in column.missing
    constraints = _guards(column)
    if column.parse is None or (_plain_text(one) and constraints.whole and not constraints.guards):
        if not one.required:
            return None
        doubtful = pl.lit(False) if empty else text.is_null()
        for gone in column.missing:
            doubtful = doubtful | (text == gone)
        return doubtful

    if not constraints.whole:
        return text.is_not_null() | (one.required or empty)
    sure, value = _sure(one, text)
    for guard in constraints.guards:
        sure = sure & guard(value)
    doubtful = ~sure
    if one.required:
        for gone in _taken(column, whole=True):
            doubtful = doubtful | (text == gone)
    return doubtful | text.is_null() if one.required or empty else doubtful & text.is_not_null()


_NATIVE: dict[str, Callable[[pl.DataType], bool]] = {
    "integer": lambda dtype: dtype.is_integer() and dtype != pl.UInt64() and dtype not in (pl.Int128(), pl.UInt128()),
    "number": lambda dtype: dtype.is_integer() or dtype in (pl.Float32(), pl.Float64()),
    "boolean": lambda dtype: dtype == pl.Boolean(),
    "date": lambda dtype: dtype == pl.Date(),
    "datetime": lambda dtype: dtype == pl.Datetime,
    "time": lambda dtype: dtype == pl.Time(),
}


def fits_column(one: Field, dtype: pl.DataType) -> bool:
    """Whether a column of this type has values of the field's type and nothing else."""
    return one.type in _NATIVE and _NATIVE[one.type](dtype)


def typed_native(column: Column, cell: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """A column that fits its field, as the column of typed values is."""
    if isinstance(dtype, pl.Datetime):
        moment = cell.dt.cast_time_unit("us")
        return moment.dt.convert_time_zone("UTC") if dtype.time_zone else moment.dt.replace_time_zone("UTC")
    if column.field.type == "time":
        return cell.cast(pl.String)
    return cell.cast(dtype_of(column.field))


def doubt_native(column: Column, cell: pl.Expr, dtype: pl.DataType) -> pl.Expr | None:
    """As `doubt`, for a column of a file whose columns have types."""
    one = column.field
    if dtype == pl.String():
        return doubt(column, cell, empty_is_null=False)
    if column.parse is None:
        return cell.is_null() if one.required else None
    if not fits_column(one, dtype):
        return cell.is_not_null() | one.required
    if not all(name in HOLDS for name, _ in column.rules):
        return cell.is_not_null() | one.required
    value = typed_native(column, cell, dtype)
    sure = cell.is_not_null()
    for name, bound in column.rules:
        if isinstance(bound, (Decimal, int)) and one.type == "number" and abs(Decimal(bound)) < 2**1000:
            near = float(bound)  # strictly inside: what a float rounds to the bound is left to Decimal
            sure = sure & ((value > near) & value.is_not_nan() if "inimum" in name else value < near)
        elif one.type in ("time", "number"):
            return cell.is_not_null() | one.required
        else:
            sure = sure & HOLDS[name](value, pl.lit(bound))
    if column.rules:
        return ~sure | cell.is_null() if one.required else ~sure & cell.is_not_null()
    return cell.is_null() if one.required else None


def typed(column: Column, text: pl.Expr) -> pl.Expr | None:
    """The typed values of cells that are surely good, null for all others: missing ones, and those in doubt. None where
    they are the text itself, but for missing ones (see `present`)."""
    if column.parse is None or _plain_text(column.field):
        return None
    value = _typed(column.field, text)
    gone = _taken(column, whole=False)
    return (value if not gone else pl.when(~text.is_in(gone)).then(value)).cast(dtype_of(column.field))


def unguarded(column: Column, guarded: bool) -> list[str]:
    """The texts for a missing value that no guard doubts, so that `present` has to look for them."""
    if not guarded:
        return column.missing
    return [] if column.field.required else _taken(column, whole=True)


def present(column: Column, text: pl.Series, texts: Sequence[str], *, empty_is_null: bool) -> pl.Series:
    """A column of text with null for the cells that are one of some `texts` for a missing value."""
    if empty_is_null and "" not in column.missing:
        text = text.fill_null("")
    for gone in texts:
        some = text == gone
        if some.any():
            text = text.zip_with(~some, pl.Series([None], dtype=pl.String))
    return text
