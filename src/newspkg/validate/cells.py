"""Cells: is the text a value of its field's type, and does the value keep the field's constraints?

For each column a cheap guard, an expression over the whole column, says which cells are surely good; it may doubt a
good cell but never passes a bad one. Only what it doubts goes to the exact function, once for each distinct text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from dataclasses import field as fresh
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import polars as pl

from newspkg.report import Findings, cut
from newspkg.schema import Field, TableSchema, anchored
from newspkg.schema.xsd import compile_xsd
from newspkg.validate.values import Duration, Parser, Unsupported, constraint_value, fits_natively, json_schema, parser

__all__ = [
    "HOLDS",
    "NO_VALUE",
    "Column",
    "Judged",
    "among",
    "canonical",
    "columns_of",
    "dtype_of",
    "judge",
    "plain_number",
    "sentence",
    "verdict_on",
]

Limit = Callable[[Any], bool]
Guard = Callable[[pl.Expr], pl.Expr]
Verdict = tuple[Any, tuple[str, ...]]  # the value, and the names of what the text breaks
_MEMO = 100_000  # texts of a column whose verdict is remembered


@dataclass(slots=True)
class Judged:
    """Some cells of a column after judging, by position among them: the typed values (null where missing, of no value,
    or beyond what the column can hold), which are missing, and the faults: `type` or a constraint's name -> cells."""

    values: list[Any]
    missing: list[bool]
    faults: dict[str, list[int]]


@dataclass(slots=True)
class Column:
    """What there is to check in a field, worked out once a table."""

    field: Field
    missing: list[str]
    parse: Parser | None  # None: the type or format is not judged
    limits: list[tuple[str, Limit]] = fresh(default_factory=list)
    shown: dict[str, str] = fresh(default_factory=dict)  # constraint -> its value for messages
    guards: list[Guard] = fresh(default_factory=list)  # over the typed column, sound
    bounds: list[tuple[str, Any]] = fresh(default_factory=list)  # as values, for columns that have a type already
    guarded: bool = True  # False: a constraint without a guard, so every cell goes to the exact function
    memo: dict[str, Verdict] = fresh(default_factory=dict)


# --- from field to column --------------------------------------------------------------------------------------------


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


def columns_of(schema: TableSchema, resource: str, findings: Findings) -> dict[str, Column]:
    """What to check in each field of a schema whose bad constraints have been told and taken out (`fields.py`)."""
    found = {}
    for n, one in enumerate(schema.fields):
        if one.name in found:
            findings.leave(
                one.name, f"field {n + 1} has the name of an earlier one; the earlier one is checked", resource
            )
            continue
        missing = list(schema.missing_values if one.missing_values is None else one.missing_values)
        try:
            parse: Parser | None = parser(one)
        except Unsupported as error:
            findings.leave(one.name, f"{error} is not judged yet", resource)
            parse = None
        column = Column(one, missing, parse)
        if parse is not None:
            _limit(column, parse)
        found[one.name] = column
    return found


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _listed(values: list[Any]) -> str:
    """A vocabulary for messages: more of it than of a value, as it is what a person needs to mend the cell."""
    return cut(f"[{', '.join(cut(_json(v)) for v in values)}]", 120)


def _key(value: Any) -> Any:
    """A value that can be looked up: equal where the values are equal."""
    return canonical(value) if isinstance(value, (list, dict)) else value


def _limit(column: Column, parse: Parser) -> None:
    one = column.field
    for name, given in one.constraints.items():
        if name in ("required", "unique"):
            continue
        column.shown[name] = _listed(given) if name == "enum" else cut(_json(given))
        if name == "jsonSchema":
            column.limits.append((name, json_schema(given)))  # a schema that is none has been told and taken out
            column.guarded = False
        elif name == "pattern":
            _pattern(column, given)
        elif name in ("minLength", "maxLength"):
            column.limits.append((name, _longer(given) if name == "minLength" else _shorter(given)))
            if one.type == "string" and given < 2**31:  # beyond that no column can be compared with it
                column.guards.append(_length(name, given))
            else:
                column.guarded = False
        elif name == "enum":
            _vocabulary(column, parse, given, "enum")
        else:
            _bound(column, parse, name, given)
    if one.categories and "enum" not in one.constraints:
        column.shown["categories"] = _listed([v for v, _ in one.categories])
        _vocabulary(column, parse, [v for v, _ in one.categories], "categories")


def _length(name: str, limit: int) -> Guard:
    if name == "minLength":
        return lambda typed: typed.str.len_chars() >= limit
    return lambda typed: typed.str.len_chars() <= limit


def _longer(limit: int) -> Limit:
    return lambda value: len(value) >= limit


def _shorter(limit: int) -> Limit:
    return lambda value: len(value) <= limit


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


def _pattern(column: Column, given: str) -> None:
    try:
        exact = compile_xsd(given)
    except ValueError:  # told where the schema was read
        exact = re.compile(given)
    column.limits.append(("pattern", lambda text: exact.fullmatch(text) is not None))
    quick = _for_guard(given)
    if quick is None:
        column.guarded = False
    else:
        column.guards.append(lambda typed: typed.str.contains(quick))


def _vocabulary(column: Column, parse: Parser, given: list[Any], name: str) -> None:
    values = [_key(constraint_value(column.field, parse, one)) for one in given]
    known = frozenset(values)
    column.limits.append((name, lambda value: _key(value) in known))
    plain = column.field.type == "integer" and plain_number(column.field)
    small = plain and all(isinstance(v, int) and abs(v) < 2**62 for v in values)
    if small or (column.field.type == "string" and all(isinstance(v, str) for v in values)):
        column.guards.append(partial(among, values))
    else:
        column.guarded = False


def plain_number(one: Field) -> bool:
    """Whether a field's numbers are written as polars reads them."""
    return not (one.options.keys() & {"groupChar", "decimalChar"}) and one.options.get("bareNumber", True) is not False


def among(values: list[Any], typed: pl.Expr) -> pl.Expr:
    """Where a column has one of some values."""
    if len(values) > 8:
        return typed.is_in(values)
    guard = pl.lit(False)
    for one in values:  # a chain of equals is cheaper than is_in as long as it is short
        guard = guard | (typed == one)
    return guard


_ORDERED = (("date", "default"), ("datetime", "default"))
HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    "minimum": lambda value, bound: value >= bound,
    "maximum": lambda value, bound: value <= bound,
    "exclusiveMinimum": lambda value, bound: value > bound,
    "exclusiveMaximum": lambda value, bound: value < bound,
}


def _bound(column: Column, parse: Parser, name: str, given: Any) -> None:
    one = column.field
    bound = constraint_value(one, parse, given)
    holds = HOLDS[name]
    # NaN, the one value that is not itself, keeps no bound; Decimal would refuse to compare it at all.
    column.limits.append((name, lambda value: value == value and holds(value, bound)))
    column.bounds.append((name, bound))
    if one.type == "number" and plain_number(one):
        # Strictly inside: what a float rounds to the bound is left to Decimal.
        try:
            near = float(bound)
        except OverflowError:  # a whole number beyond all floats
            column.guarded = False
            return
        column.guards.append((lambda typed: typed > near) if "inimum" in name else (lambda typed: typed < near))
    elif one.type in ("integer", "year") and plain_number(one) and isinstance(bound, int) and abs(bound) < 2**62:
        column.guards.append(lambda typed: holds(typed, bound))  # type: ignore[arg-type,return-value]
    elif isinstance(bound, date) and bound.year >= 1000 and (one.type, one.format) in _ORDERED:
        # Texts of the one form that is surely good are ordered as what they say; a Z behind one only makes it larger.
        z = "Z" if name in ("exclusiveMinimum", "maximum") else ""
        edge = f"{bound:%Y-%m-%dT%H:%M:%S}{z}" if isinstance(bound, datetime) else f"{bound:%Y-%m-%d}"
        if isinstance(bound, datetime) and bound.microsecond:
            column.guarded = False
        else:
            column.guards.append(lambda text: holds(text, edge))  # type: ignore[arg-type,return-value]
    else:
        column.guarded = False


# --- single cells ----------------------------------------------------------------------------------------------------


def judge(column: Column, texts: Sequence[str | None], native: Sequence[Any] | None = None) -> Judged:
    """Judges some cells of a column exactly. None is a cell that is not there."""
    one = column.field
    empty = set(column.missing)
    missing = [text is None or text in empty for text in texts]
    faults: dict[str, list[int]] = {}
    if one.required and any(missing):
        faults["required"] = [n for n, gone in enumerate(missing) if gone]
    if column.parse is None:
        return Judged([None if gone else t for t, gone in zip(texts, missing, strict=True)], missing, faults)
    verdicts = _verdicts(column, texts, empty)
    dtype = dtype_of(one)
    values: list[Any] = []
    for n, (text, gone) in enumerate(zip(texts, missing, strict=True)):
        if gone:
            values.append(None)
            continue
        value, broken = verdicts[text]  # type: ignore[index]
        for rule in broken:
            faults.setdefault(rule, []).append(n)
        values.append(None if broken == NO_VALUE else _storable(value, dtype))
    if native is not None:
        told = set(faults.get("type", ()))
        odd = [
            n
            for n, v in enumerate(native)
            if not (v is None or isinstance(v, str) or missing[n] or n in told or fits_natively(one, v))
        ]
        for n in odd:
            faults.setdefault("type", []).append(n)
            values[n] = None
    return Judged(values, missing, faults)


NO_VALUE = ("type",)


def _verdicts(column: Column, texts: Sequence[str | None], empty: set[str]) -> dict[str, Verdict]:
    """The verdict on each distinct text that is not missing."""
    memo = column.memo
    fresh = [t for t in dict.fromkeys(texts) if t is not None and t not in empty and t not in memo]
    made = {text: verdict_on(column, text) for text in fresh}
    if len(memo) + len(made) > _MEMO:
        known = {t: memo[t] for t in dict.fromkeys(texts) if t is not None and t in memo}
        memo.clear()
        return {**known, **made}
    memo.update(made)
    return memo


def verdict_on(column: Column, text: str) -> Verdict:
    """The value of a text that is not missing, and what it breaks; `NO_VALUE` where it is none."""
    assert column.parse is not None
    try:
        value = column.parse(text)
    except (ValueError, ArithmeticError):
        return None, NO_VALUE
    return value, tuple(name for name, keeps in column.limits if not keeps(value))


def _storable(value: Any, dtype: pl.DataType) -> Any:
    """The value as its column keeps it; None where the column cannot hold it (an integer beyond 64 bits)."""
    if dtype == pl.String():
        return value if isinstance(value, str) else canonical(value)
    if dtype == pl.Int64():
        return value if -(2**63) <= value < 2**63 else None
    if dtype == pl.Float64():
        return float(value)
    return value


def canonical(value: Any) -> str:
    """Text that is equal where two values are equal."""
    if isinstance(value, (list, dict)):
        return json.dumps(value, sort_keys=True, default=str)
    if isinstance(value, tuple):
        return ",".join(f"{v.normalize():f}" if isinstance(v, Decimal) else str(v) for v in value)
    return repr(value) if isinstance(value, Duration) else str(value)


def sentence(column: Column, rule: str) -> str:
    """What is wrong with a cell that breaks a rule, to be said after the field's name."""
    one = column.field
    if rule == "type":
        form = "" if one.format == "default" else f" of format {one.format}"
        return f"is not a value of type {one.type}{form}"
    if rule == "required":
        return "is empty, but a value is required"
    return f"breaks the constraint {rule}: {column.shown.get(rule, '')}"
