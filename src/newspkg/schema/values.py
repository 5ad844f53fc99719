"""A value in a schema (an example, a bound, a member of a vocabulary) as the value that such a cell holds."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from newspkg.schema.model import Field

__all__ = ["broken_constraints", "is_whole", "value_of"]

_EXACT = 2**53 - 1  # beyond it R, JavaScript and spreadsheets lose the last digit
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z")


def is_whole(value: object) -> bool:
    """Whether a JSON value is a whole number; true and false are none."""
    return isinstance(value, int) and not isinstance(value, bool)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(value)  # noqa: TRY004 - all of these answer one question: is it a value of the type?
    return value


def _integer(value: Any) -> int:
    if not is_whole(value) or abs(value) > _EXACT:
        raise ValueError(value)
    return int(value)


def _number(value: Any) -> float:
    if not (is_whole(value) or isinstance(value, float)) or not math.isfinite(value):
        raise ValueError(value)
    return float(value)


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(value)  # noqa: TRY004 - as above
    return value


def _date(value: Any) -> date:
    if not _DATE.fullmatch(_text(value)):
        raise ValueError(value)
    return date.fromisoformat(value)


def _datetime(value: Any) -> datetime:
    if not _MOMENT.fullmatch(_text(value)):
        raise ValueError(value)
    return datetime.fromisoformat(value)


def _year(value: Any) -> int:
    if not is_whole(value) or not 1000 <= value <= 9999:  # four digits: frictionless refuses any other number
        raise ValueError(value)
    return int(value)


def _array(value: Any) -> list[str]:
    if not isinstance(value, list):
        raise ValueError(value)  # noqa: TRY004 - as above
    return [_text(item) for item in value]


_VALUES: dict[str, Callable[[Any], Any]] = {
    "string": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "year": _year,
    "array": _array,
}


def value_of(kind: str, value: Any) -> Any:
    """A JSON value as a Python value of a type that the house uses. Raises ValueError where it is none.

    date -> date, datetime -> datetime in UTC, number -> float, array -> list of str.
    """
    return _VALUES[kind](value)


_COMPARE: tuple[tuple[str, Callable[[Any, Any], bool]], ...] = (
    ("minimum", operator.ge),
    ("maximum", operator.le),
    ("exclusiveMinimum", operator.gt),
    ("exclusiveMaximum", operator.lt),
)


def broken_constraints(field: Field, value: Any) -> Iterator[str]:
    """The names of the field's constraints that a value (as `value_of` gives it) breaks.

    The field's constraints must themselves be values of its type, as the strict reader makes sure. `required` and
    `unique` say nothing about a single value.
    """
    limits = field.constraints
    if "enum" in limits and value not in [value_of(field.type, v) for v in limits["enum"]]:
        yield "enum"
    if "pattern" in limits and not re.fullmatch(limits["pattern"], value):
        yield "pattern"
    if "minLength" in limits and len(value) < limits["minLength"]:
        yield "minLength"
    if "maxLength" in limits and len(value) > limits["maxLength"]:
        yield "maxLength"
    for name, holds in _COMPARE:
        if name in limits and not holds(value, value_of(field.type, limits[name])):
            yield name
