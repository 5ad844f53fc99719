"""Cells: is the text a value of its field's type, and does the value keep the field's constraints?

For each column a cheap guard, an expression over the whole column, says which cells are surely good; it may doubt a
good cell but never passes a bad one. Only what it doubts goes to the exact function, once for each distinct text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as fresh
from decimal import Decimal
from typing import Any

from newspkg.report import Findings, cut
from newspkg.schema import Field, TableSchema
from newspkg.schema.xsd import compile_xsd
from newspkg.validate.jsonschemas import NotAtHand
from newspkg.validate.times import FAR_FUTURE, FAR_PAST
from newspkg.validate.values import Duration, Parser, Unsupported, constraint_value, fits_natively, json_schema, parser

__all__ = [
    "HOLDS",
    "NO_VALUE",
    "Column",
    "Judged",
    "canonical",
    "columns_of",
    "judge",
    "plain_number",
    "sentence",
    "verdict_on",
]

Limit = Callable[[Any], bool]
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
    rules: list[tuple[str, Any]] = fresh(default_factory=list)  # the constraints once more, as `guards.py` reads them
    memo: dict[str, Verdict] = fresh(default_factory=dict)
    guards: Any = None  # what `guards.py` makes of the rules, once


# --- from field to column --------------------------------------------------------------------------------------------


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
            for what, why in _limit(column, parse):
                findings.leave(what, why, resource)
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


def _limit(column: Column, parse: Parser) -> Iterator[tuple[str, str]]:
    """Takes in the constraints of a field; gives those that cannot be judged, and why."""
    one = column.field
    for name, given in one.constraints.items():
        if name in ("required", "unique"):
            continue
        column.shown[name] = _listed(given) if name == "enum" else cut(_json(given))
        value = given
        if name == "jsonSchema":
            try:
                column.limits.append((name, json_schema(given)))  # a schema that is none has been told and taken out
            except NotAtHand as error:
                yield f"the constraint jsonSchema of {one.name}", f"its schema {error}"
                continue
        elif name == "pattern":
            column.limits.append((name, _matches(given)))
        elif name in ("minLength", "maxLength"):
            column.limits.append((name, _longer(given) if name == "minLength" else _shorter(given)))
        elif name == "enum":
            value = _vocabulary(column, parse, given, name)
        else:
            value = _bound(column, parse, name, given)
        column.rules.append((name, value))
    if one.categories and "enum" not in one.constraints:
        column.shown["categories"] = _listed([v for v, _ in one.categories])
        given = [v for v, _ in one.categories]
        column.rules.append(("categories", _vocabulary(column, parse, given, "categories")))


def _longer(limit: int) -> Limit:
    return lambda value: len(value) >= limit


def _shorter(limit: int) -> Limit:
    return lambda value: len(value) <= limit


def _matches(pattern: str) -> Limit:
    try:
        exact = compile_xsd(pattern)
    except ValueError:  # told where the schema was read
        exact = re.compile(pattern)
    return lambda text: exact.fullmatch(text) is not None


def _vocabulary(column: Column, parse: Parser, given: list[Any], name: str) -> list[Any]:
    values = [_key(constraint_value(column.field, parse, one)) for one in given]
    known = frozenset(values)
    column.limits.append((name, lambda value: _key(value) in known))
    return values


def plain_number(one: Field) -> bool:
    """Whether a field's numbers are written as polars reads them."""
    return not (one.options.keys() & {"groupChar", "decimalChar"}) and one.options.get("bareNumber", True) is not False


HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    "minimum": lambda value, bound: value >= bound,
    "maximum": lambda value, bound: value <= bound,
    "exclusiveMinimum": lambda value, bound: value > bound,
    "exclusiveMaximum": lambda value, bound: value < bound,
}


def _bound(column: Column, parse: Parser, name: str, given: Any) -> Any:
    bound = constraint_value(column.field, parse, given)
    holds = HOLDS[name]
    # NaN, the one value that is not itself, keeps no bound; Decimal would refuse to compare it at all.
    column.limits.append((name, lambda value: value == value and holds(value, bound)))
    return bound


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
    stored = _STORED.get(one.type, _as_text)
    values: list[Any] = []
    for n, (text, gone) in enumerate(zip(texts, missing, strict=True)):
        if gone:
            values.append(None)
            continue
        value, broken = verdicts[text]  # type: ignore[index]
        for rule in broken:
            faults.setdefault(rule, []).append(n)
        values.append(None if broken == NO_VALUE else stored(value))  # type: ignore[no-untyped-call]
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


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else canonical(value)


def _as_integer(value: int) -> int | None:
    return value if -(2**63) <= value < 2**63 else None


# The value as its column (`dtype_of`) keeps it; None where the column cannot hold it: an integer beyond 64 bits, a
# moment beyond all years of Python.
_STORED: dict[str, Callable[[Any], Any]] = {
    "integer": _as_integer,
    "year": _as_integer,
    "number": float,
    "boolean": bool,
    "date": lambda value: value,
    "datetime": lambda value: None if value is FAR_PAST or value is FAR_FUTURE else value,
}


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
