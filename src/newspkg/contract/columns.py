"""A field as a column of pandera: the dtypes it may have, and a check for each of its rules, with the rule's name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pandera.polars as pa
import polars as pl
from pandera.engines import polars_engine

from newspkg.contract.exact import Exact
from newspkg.schema import Field, anchored, polars_dtype, portable_pattern
from newspkg.schema.model import BOUNDS, LENGTHS
from newspkg.validate.cells import Column, sentence
from newspkg.validate.values import ITEM_TYPES, constraint_value

__all__ = ["FieldColumn"]

Holds = Callable[[pl.Expr], pl.Expr]

_TYPED = frozenset(("integer", "number", "boolean", "date", "datetime", "time", "year"))  # polars has a dtype for each
_WORDS = (pl.Enum, pl.Categorical)
_HOLDS: dict[str, Callable[[pl.Expr, Any], pl.Expr]] = {
    "minimum": lambda column, bound: column >= bound,
    "maximum": lambda column, bound: column <= bound,
    "exclusiveMinimum": lambda column, bound: column > bound,
    "exclusiveMaximum": lambda column, bound: column < bound,
}


class Either(polars_engine.DataType):
    """A dtype that others may stand in for: text for lists, say. `type` is the one that is usual."""

    def __init__(self, usual: pl.DataType, others: Callable[[pl.DataType], bool], shown: str) -> None:
        for name, value in {"type": usual, "others": others, "shown": shown}.items():
            object.__setattr__(self, name, value)  # the base is frozen

    def check(self, pandera_dtype: Any, data_container: Any = None) -> bool:  # noqa: ARG002 - pandera gives both
        """Whether a column may have this dtype of polars."""
        return bool(self.type == pandera_dtype or self.others(pandera_dtype))  # type: ignore[attr-defined]

    def __str__(self) -> str:
        return str(self.shown)  # type: ignore[attr-defined]

    __repr__ = __str__


class FieldColumn:
    """What pandera is told of one field. `narrow` allows the one dtype that the toolkit's loaders give, as in the
    tables of the profile; otherwise a column may also be as a file has it, or as other readers give it."""

    def __init__(self, column: Column, *, narrow: bool) -> None:
        self.field, self.column, self.narrow = column.field, column, narrow
        self.typed = self.field.type in _TYPED
        self.plain = self.field.type == "string" and self.field.format == "default"
        self.exact = None if self.typed else Exact(column)

    @property
    def dtype(self) -> pl.DataType:
        """The usual dtype: text where polars has no type for the values, or a file has its own way to write them."""
        return polars_dtype(self.field) if self.narrow or self.typed else pl.String()

    def _dtype(self) -> Any:
        one, usual = self.field, self.dtype
        if one.type == "any":
            return None
        if self.narrow:
            return usual
        if one.type == "year":
            return Either(usual, lambda found: found == pl.Int64(), "Int32 or Int64")
        if one.type == "string" and (one.vocabulary or one.categories):
            return Either(usual, lambda found: isinstance(found, _WORDS), "String, Enum or Categorical")
        if one.type == "array":
            return Either(usual, lambda found: isinstance(found, pl.List), "String with JSON, or List")
        if one.type == "list":
            kind = one.options.get("itemType", "string")
            item = polars_dtype(Field(one.name, kind if kind in ITEM_TYPES else "string"))
            lists = list(dict.fromkeys((pl.List(pl.String()), pl.List(item))))
            return Either(usual, lambda found: found in lists, " or ".join(map(str, [usual, *lists])))
        return usual

    def made(self, *, present: bool) -> pa.Column:
        """The column of pandera. `present` is whether a frame must have it."""
        one = self.field
        return pa.Column(
            self._dtype(),
            checks=list(self._checks()),
            # Not pandera's own `nullable` for numbers: to it NaN is an empty cell, to Table Schema it is a number.
            nullable=one.type in ("number", "any") or not one.required,
            required=present,
            title=one.title or None,
            description=one.description or None,
            metadata={"newspkg": {"type": one.type, "format": one.format}},
        )

    def keys(self, cells: pl.Series) -> pl.Series:
        """The column's values as they are compared with each other; null where there is none."""
        if self.exact is None:
            if self.field.type == "year":
                return cells.cast(pl.Int64)
            return cells + 0.0 if cells.dtype.is_float() else cells  # minus zero plus zero is zero
        if self.plain:
            return _text(cells)
        nested = isinstance(cells.dtype, (pl.List, pl.Array, pl.Struct, pl.Object))
        return cells if self.field.type == "any" and not nested else self.exact.keys(_text(cells))

    # --- checks

    def _checks(self) -> Iterator[pa.Check]:
        one, limits = self.field, self.field.constraints
        if one.required and one.type in ("number", "any"):
            yield self._check("required", lambda column: column.is_not_null(), empty=False)
        if self.narrow and one.type == "string" and one.vocabulary:
            pass  # the dtype is the check, and the strict reader saw to it that no word breaks another constraint
        elif self.typed:
            yield from self._of_values()
        elif self.plain:
            yield from self._of_text()
        else:
            if one.type != "any":
                yield self._exactly("type")
            for name, _ in self.column.limits:
                yield self._exactly(name)
        if limits.get("unique"):
            # Not pandera's own `unique`: to it two empty cells are the same value, and the first of two is a fault too.
            yield self._seriously("unique", lambda cells: _first(self.keys(cells)))

    def _of_values(self) -> Iterator[pa.Check]:
        one, parse = self.field, self.column.parse
        assert parse is not None, "a field whose format is unknown has been told and refused"
        for name, given in one.constraints.items():
            if name in BOUNDS:
                bound = _plain(one, constraint_value(one, parse, given))
                yield self._check(name, self._bound(name, bound))
            elif name == "enum":
                yield self._check(name, self._among([_plain(one, constraint_value(one, parse, v)) for v in given]))
        if one.categories and "enum" not in one.constraints:
            yield self._check("categories", self._among([v for v, _ in one.categories]))

    def _bound(self, name: str, bound: Any) -> Holds:
        if self.field.type != "number":
            return lambda column: _HOLDS[name](column, bound)
        # polars sorts NaN above all numbers, so it would keep every lower bound; it is to keep none.
        return lambda column: _HOLDS[name](column, bound) & column.is_not_nan()

    def _among(self, values: list[Any]) -> Holds:
        dtype = pl.Int64() if self.field.type == "year" else self.dtype
        known = pl.Series(values, dtype=dtype, strict=False).drop_nulls().implode()
        return lambda column: column.cast(dtype).is_in(known)

    def _of_text(self) -> Iterator[pa.Check]:
        one = self.field
        words = one.vocabulary or tuple(v for v, _ in one.categories)
        for name in one.constraints:
            if name in LENGTHS:  # characters, as frictionless counts them; not bytes
                yield self._check(name, self._length(name, one.constraints[name]))
            elif name == "pattern":
                quick = _pattern(one.constraints[name])
                if quick is None:
                    yield self._exactly(name)
                else:
                    yield self._check(name, lambda column, quick=quick: column.str.contains(quick))  # type: ignore[misc]
        if words:
            known = pl.Series(words, dtype=pl.String).implode()
            yield self._check("enum" if one.vocabulary else "categories", lambda column: column.is_in(known))

    @staticmethod
    def _length(name: str, limit: int) -> Holds:
        if name == "minLength":
            return lambda column: column.str.len_chars() >= limit
        return lambda column: column.str.len_chars() <= limit

    def _check(self, rule: str, holds: Holds, *, empty: bool = True) -> pa.Check:
        """A check by an expression over the column; `empty` says whether an empty cell passes."""

        def check(data: Any) -> pl.LazyFrame:
            column = pl.col(data.key)
            held = holds(column.cast(pl.String) if self.plain else column)
            frame: pl.LazyFrame = data.lazyframe.select(pl.when(column.is_null()).then(empty).otherwise(held))
            return frame

        return self._named(rule, check)

    def _exactly(self, rule: str) -> pa.Check:
        """A check by the exact function."""
        exact = self.exact
        assert exact is not None
        return self._seriously(rule, lambda cells: ~exact.faulty(_text(cells), rule))

    def _seriously(self, rule: str, holds: Callable[[pl.Series], pl.Series]) -> pa.Check:
        """A check by a function of the whole column, since no expression can say it."""

        def check(data: Any) -> pl.LazyFrame:
            cells = data.lazyframe.select(pl.col(data.key)).collect().to_series()
            return pl.LazyFrame({"held": holds(cells)}, schema={"held": pl.Boolean})

        return self._named(rule, check)

    def _named(self, rule: str, check: Callable[[Any], pl.LazyFrame]) -> pa.Check:
        given = self.field.constraints.get(rule, True)
        said = f"{self.field.name} {sentence(self.column, rule)}"
        return pa.Check(check, name=rule, error=rule, description=said, statistics={rule: given})


def _text(cells: pl.Series) -> pl.Series:
    return cells.cast(pl.String) if isinstance(cells.dtype, _WORDS) else cells


def _first(keys: pl.Series) -> pl.Series:
    """Where a key is empty or stands for the first time."""
    return keys.is_null() | keys.is_first_distinct()


def _plain(one: Field, value: Any) -> Any:
    """A constraint's value as the column's values are."""
    if one.type != "number":
        return value
    try:
        return float(value)
    except OverflowError:  # a whole number beyond all floats
        return float("inf") if Decimal(value) > 0 else float("-inf")


def _pattern(given: str) -> str | None:
    """A pattern for polars' engine, or None where that might read it otherwise, or not at all."""
    if portable_pattern(given) is not None:
        return None
    made = anchored(given)
    try:
        pl.Series([""]).str.contains(made)
    except pl.exceptions.PolarsError:  # too large for it
        return None
    return made
