"""Cells: is the text a value of its field's type, and does the value keep the field's constraints?

For each column a cheap guard over the whole column says which cells are surely good; it may doubt a good cell but never
passes a bad one. Only what it doubts goes to the exact function, once for each distinct text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as fresh
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import polars as pl

from newspkg.report import Findings, cut
from newspkg.schema import Field, TableSchema, anchored
from newspkg.validate.values import Duration, Parser, Unsupported, fits_natively, parser, truths

__all__ = ["Column", "Fault", "Judged", "canonical", "columns_of", "dtype_of", "judge", "sentence"]

Limit = Callable[[Any], bool]


@dataclass(slots=True)
class Fault:
    """One kind of fault in one column: `rule` is `type` or the constraint's name, `rows` positions in the chunk."""

    rule: str
    rows: list[int]


@dataclass(slots=True)
class Judged:
    """A column of a chunk after judging: its typed values (null where missing or of no value), which cells are missing,
    the faults, and the rows whose cell has one."""

    values: pl.Series
    missing: pl.Series
    faults: list[Fault]
    bad: set[int]

    def lost(self) -> list[int]:
        """Rows whose cell has text but no typed value: of the wrong type, or beyond what the column can hold."""
        return (self.values.is_null() & ~self.missing).arg_true().to_list()


@dataclass(slots=True)
class Column:
    """What there is to check in a field, worked out once a table."""

    field: Field
    missing: list[str]
    parse: Parser | None  # None: the type or format is not judged
    limits: list[tuple[str, Limit]] = fresh(default_factory=list)
    shown: dict[str, str] = fresh(default_factory=dict)  # constraint -> its value for messages
    guards: list[pl.Expr] = fresh(default_factory=list)  # over the typed column, sound
    pattern: str | None = None  # anchored, for polars' engine
    slow_pattern: re.Pattern[str] | None = None  # for Python's, where polars refuses
    guarded: bool = True  # False: a constraint without a guard, so every cell goes to the exact function
    memo: dict[str, tuple[Any, tuple[str, ...]]] = fresh(default_factory=dict)


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


def columns_of(
    schema: TableSchema, resource: str, findings: Findings, say: Callable[[str, str, str, Any], None]
) -> dict[str, Column]:
    """What to check in each field.

    A constraint that is no value of its field is told by `say(pointer, constraint, message, value)` and left out; what
    is not supported is noted in `findings`.
    """
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
            _limit(column, parse, resource, findings, partial(say, f"/fields/{n}/constraints"))
        found[one.name] = column
    return found


def _cast(one: Field, parse: Parser, value: Any) -> Any:
    """A constraint's value as the field's values are; it may be written as JSON or as a cell would be."""
    if isinstance(value, str):
        return parse(value)
    if not fits_natively(one, value):
        raise ValueError(value)
    if isinstance(value, float):
        return Decimal(repr(value))
    return value if isinstance(value, (bool, int)) else parse(_json(value))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _listed(values: list[Any]) -> str:
    """A vocabulary for messages: more of it than of a value, as it is what a person needs to mend the cell."""
    return cut(f"[{', '.join(cut(_json(v)) for v in values)}]", 120)


def _key(value: Any) -> Any:
    """A value that can be looked up: equal where the values are equal."""
    return _json(value) if isinstance(value, (list, dict)) else value


def _limit(
    column: Column, parse: Parser, resource: str, findings: Findings, say: Callable[[str, str, Any], None]
) -> None:
    one = column.field
    typed = pl.col("typed")
    for name, given in one.constraints.items():
        if name in ("required", "unique"):
            continue
        column.shown[name] = _listed(given) if name == "enum" else cut(_json(given))
        if name == "jsonSchema":
            findings.leave(one.name, "the constraint jsonSchema is not judged yet", resource)
        elif name == "pattern":
            _pattern(column, given, resource, findings, say)
        elif name in ("minLength", "maxLength"):
            column.limits.append((name, _longer(given) if name == "minLength" else _shorter(given)))
            if one.type == "string" and given < 2**31:  # beyond that no column can be compared with it
                length = typed.str.len_chars()
                column.guards.append(length >= given if name == "minLength" else length <= given)
            else:
                column.guarded = False
        elif name == "enum":
            _vocabulary(column, parse, given, "enum", say)
        else:
            _bound(column, parse, name, given, say)
    if one.categories and "enum" not in one.constraints:
        column.shown["categories"] = _listed([v for v, _ in one.categories])
        _vocabulary(column, parse, [v for v, _ in one.categories], "categories", say)


def _longer(limit: int) -> Limit:
    return lambda value: len(value) >= limit


def _shorter(limit: int) -> Limit:
    return lambda value: len(value) <= limit


def _pattern(
    column: Column, given: str, resource: str, findings: Findings, say: Callable[[str, str, Any], None]
) -> None:
    wrapped = anchored(given)
    try:
        # Alone as well as wrapped: "a)(b" would become two groups.
        pl.Series([""]).str.contains(given)
        pl.Series([""]).str.contains(wrapped)
    except pl.exceptions.PolarsError:
        pass
    else:
        column.pattern = wrapped
        return
    try:
        column.slow_pattern = re.compile(given)
    except (re.error, OverflowError, RecursionError) as error:
        if re.search(r"\\[pPiIcC]|-\[", given):  # XML Schema's own syntax, which no engine at hand reads
            findings.leave(column.field.name, f"the pattern {cut(given)!r} uses syntax that is not read here", resource)
        else:
            say("pattern", f"is no regular expression ({cut(error)})", given)


def _vocabulary(
    column: Column, parse: Parser, given: list[Any], name: str, say: Callable[[str, str, Any], None]
) -> None:
    values = []
    for n, one in enumerate(given):
        try:
            values.append(_key(_cast(column.field, parse, one)))
        except (ValueError, TypeError):
            say(
                f"{name}/{n}" if name == "enum" else "../categories",
                f"{cut(_json(one))} is not a value of type {column.field.type}",
                one,
            )
    known = frozenset(values)
    column.limits.append((name, lambda value: _key(value) in known))
    if column.field.type == "string" and all(isinstance(v, str) for v in values):
        guard = pl.lit(False)
        for one in values[:8]:  # a chain of equals is cheaper than is_in as long as it is short
            guard = guard | (pl.col("typed") == one)
        column.guards.append(guard if len(values) <= 8 else pl.col("typed").is_in(values))
    else:
        column.guarded = False


_HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    "minimum": lambda value, bound: value >= bound,
    "maximum": lambda value, bound: value <= bound,
    "exclusiveMinimum": lambda value, bound: value > bound,
    "exclusiveMaximum": lambda value, bound: value < bound,
}


def _bound(column: Column, parse: Parser, name: str, given: Any, say: Callable[[str, str, Any], None]) -> None:
    one = column.field
    try:
        bound = _cast(one, parse, given)
    except (ValueError, TypeError):
        say(name, f"{cut(_json(given))} is not a value of type {one.type}", given)
        return
    if isinstance(bound, float) and bound != bound:
        say(name, "NaN bounds nothing", given)
        return
    holds = _HOLDS[name]
    # NaN, the one value that is not itself, keeps no bound; Decimal would refuse to compare it at all.
    column.limits.append((name, lambda value: value == value and holds(value, bound)))
    typed, lower = pl.col("typed"), "inimum" in name
    if one.type == "number":
        # Strictly inside: what a float rounds to the bound is left to Decimal.
        try:
            column.guards.append(typed > float(bound) if lower else typed < float(bound))
        except OverflowError:  # a whole number beyond all floats
            column.guarded = False
    elif one.type in ("integer", "year") and isinstance(bound, int) and abs(bound) < 2**62:
        column.guards.append(_HOLDS[name](typed, bound))  # type: ignore[arg-type]
    elif isinstance(bound, (date, datetime)) and one.type in ("date", "datetime"):
        column.guards.append(_HOLDS[name](typed, pl.lit(bound, dtype=dtype_of(one))))  # type: ignore[arg-type]
    else:
        column.guarded = False


# --- judging a chunk -------------------------------------------------------------------------------------------------

_PLAIN_NUMBER = r"^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?$"


def _typed(one: Field, text: pl.Expr) -> pl.Expr:
    """The typed values of cells that are surely good, null for all others."""
    plain = not (one.options.keys() & {"groupChar", "decimalChar"}) and one.options.get("bareNumber", True) is not False
    if one.type in ("string", "any") and one.format == "default":
        return text
    if one.type == "integer" and plain:
        return text.cast(pl.Int64, strict=False)
    if one.type == "number" and plain:
        return pl.when(text.str.contains(_PLAIN_NUMBER)).then(text.cast(pl.Float64, strict=False))
    if one.type == "boolean":
        trues, falses = truths(one.options)
        return pl.when(text.is_in(trues)).then(True).when(text.is_in(falses)).then(False)
    if one.type == "year":
        return pl.when(text.str.contains(r"^[0-9]{4}$")).then(text.cast(pl.Int64, strict=False))
    if one.type == "date" and one.format == "default":
        # polars also takes a sign, spaces and short years; ten bytes that begin with 1 to 9 leave none of these
        good = text.str.contains(r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$")
        return pl.when(good).then(text.str.to_date("%Y-%m-%d", strict=False, cache=False))
    if one.type == "datetime" and one.format == "default":
        good = text.str.contains(r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9]Z$")
        moment = text.str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us", strict=False, cache=False)
        return pl.when(good).then(moment.dt.replace_time_zone("UTC"))
    return pl.lit(None, dtype=pl.String)


def judge(column: Column, text: pl.Series, exempt: pl.Series | None, native: list[Any] | None = None) -> Judged:
    """Judges the cells of a column. `exempt` masks rows whose cells are not to be judged (blank rows)."""
    one = column.field
    text = text.alias("text")
    missing = _missing(text, column.missing)
    frame = pl.DataFrame([text, missing])
    required = missing if exempt is None else missing & ~exempt
    faults: list[Fault] = []
    bad: set[int] = set()
    if one.required and required.any():
        rows = required.arg_true().to_list()
        faults.append(Fault("required", rows))
        bad.update(rows)
    if column.parse is None:
        return Judged(
            frame.select(pl.when(~pl.col("missing")).then(pl.col("text"))).to_series().alias(one.name),
            missing,
            faults,
            bad,
        )
    dtype = dtype_of(one)
    frame = frame.with_columns(typed=pl.when(~pl.col("missing")).then(_typed(one, pl.col("text"))).cast(dtype))
    sure = pl.col("typed").is_not_null() if column.guarded else pl.lit(False)
    for guard in column.guards:
        sure = sure & guard
    open_rows = (
        frame.select((~pl.col("missing") & ~sure.fill_null(False)).alias("open")).to_series().arg_true().to_list()
    )
    values = frame["typed"]
    if open_rows:
        values = _exactly(column, frame, open_rows, faults, bad, dtype)
    if native is not None:
        odd = [
            i for i, v in enumerate(native) if v is not None and not isinstance(v, str) and not fits_natively(one, v)
        ]
        known = {i for fault in faults if fault.rule == "type" for i in fault.rows}
        fresh = [i for i in odd if i not in known and not missing[i]]
        if fresh:
            faults.append(Fault("type", fresh))
            bad.update(fresh)
    _match(column, frame, faults, bad)
    untyped = [i for fault in faults if fault.rule == "type" for i in fault.rows]
    if untyped:
        values = values.scatter(untyped, None)
    return Judged(values.alias(one.name), missing, faults, bad)


def _missing(text: pl.Series, values: list[str]) -> pl.Series:
    mask = text.is_null()
    for one in values[:6]:
        mask = mask | (text == one).fill_null(False)
    if len(values) > 6:
        mask = mask | text.is_in(values[6:]).fill_null(False)
    return mask.alias("missing")


_NO_VALUE = ("type",)


def _exactly(
    column: Column, frame: pl.DataFrame, rows: list[int], faults: list[Fault], bad: set[int], dtype: pl.DataType
) -> pl.Series:
    """Judges the doubtful rows one text at a time; the typed column with their values filled in."""
    by_rule: dict[str, list[int]] = {}
    good_rows: list[int] = []
    good_values: list[Any] = []
    memo = column.memo
    for row, text in zip(rows, frame["text"].gather(rows).to_list(), strict=True):
        verdict = memo.get(text)
        if verdict is None:
            verdict = _verdict(column, text)
            if len(memo) < 100_000:
                memo[text] = verdict
        value, broken = verdict
        for rule in broken:
            by_rule.setdefault(rule, []).append(row)
        if broken:
            bad.add(row)
        if broken != _NO_VALUE:
            good_rows.append(row)
            good_values.append(_storable(value, dtype))
    faults.extend(Fault(rule, found) for rule, found in by_rule.items())
    values = frame["typed"]
    if good_rows:
        values = values.scatter(good_rows, pl.Series(good_values, dtype=dtype, strict=False))
    return values


def _verdict(column: Column, text: str) -> tuple[Any, tuple[str, ...]]:
    """(value, the names of what the text breaks)."""
    assert column.parse is not None
    try:
        value = column.parse(text)
    except (ValueError, ArithmeticError):
        return None, _NO_VALUE
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


def _match(column: Column, frame: pl.DataFrame, faults: list[Fault], bad: set[int]) -> None:
    """The pattern, over the text of all cells that are not missing."""
    if column.pattern is not None:
        failing = frame.select(~pl.col("missing") & ~pl.col("text").str.contains(column.pattern)).to_series()
        rows = failing.arg_true().to_list()
    elif column.slow_pattern is not None:
        seen = {
            t: column.slow_pattern.fullmatch(t) is not None for t in frame["text"].unique().to_list() if t is not None
        }
        rows = [
            i for i, (t, gone) in enumerate(frame.select("text", "missing").iter_rows()) if not gone and not seen[t]
        ]
    else:
        return
    broken_type = {i for fault in faults if fault.rule == "type" for i in fault.rows}
    rows = [i for i in rows if i not in broken_type]
    if rows:
        faults.append(Fault("pattern", rows))
        bad.update(rows)


def sentence(column: Column, rule: str) -> str:
    """What is wrong with a cell that breaks a rule, to be said after the field's name."""
    one = column.field
    if rule == "type":
        form = "" if one.format == "default" else f" of format {one.format}"
        return f"is not a value of type {one.type}{form}"
    if rule == "required":
        return "is empty, but a value is required"
    return f"breaks the constraint {rule}: {column.shown.get(rule, '')}"
