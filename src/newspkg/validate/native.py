"""Values that have a type already, as in JSON and spreadsheets, as the text that a cell of their field would be.

The standard asks that a value is written natively where its format can do so: true is a boolean whatever the
`trueValues` are, and 1.5 a number whatever the `decimalChar` is. So the text is made to fit the field.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from math import isfinite
from typing import Any

from newspkg.schema import Field, TableSchema
from newspkg.validate.records import Chunk
from newspkg.validate.values import fits_natively, truths

__all__ = ["Form", "fields_at", "form_of", "lightened", "plain"]

Form = Callable[[Any], str | None]
_DIGITS = 400  # a whole number with more is left as it was written


def plain(value: Any) -> str | None:
    """A JSON value as text, whatever its field; None where it is null."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return str(value)
    if isinstance(value, float) and isfinite(value):
        return repr(value)
    return json.dumps(value, ensure_ascii=False, default=float)  # a Decimal inside a list or an object


def form_of(field: Field | None) -> Form:
    """What makes the text of a value that stands in a field, or in a column without one."""
    if field is None:
        return plain
    if field.type == "boolean":
        trues, falses = truths(field.options)
        yes, no = trues[0] if trues else "true", falses[0] if falses else "false"
        return lambda value: (yes if value else no) if isinstance(value, bool) else plain(value)
    if field.type == "integer":
        return _whole
    decimal = field.options.get("decimalChar", ".")
    if field.type == "number" and isinstance(decimal, str) and decimal != ".":
        return lambda value: (
            str(plain(value)).replace(".", decimal) if isinstance(value, (float, Decimal)) else plain(value)
        )
    return plain


def _whole(value: Any) -> str | None:
    """5.0 is a whole number."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, Decimal) and value.adjusted() < _DIGITS and value == value.to_integral_value():
        return str(int(value))
    return plain(value)


def fields_at(labels: Sequence[str] | None, width: int, schema: TableSchema | None) -> list[Field | None]:
    """The field of each column: the one of its label, else, where header and schema are equally long or there is no
    header, the one in its place."""
    fields = list(schema.fields) if schema is not None else []
    found: list[Field | None] = [None] * width
    by_place = labels is None or not any(labels) or len(labels) == len(fields)
    by_name = {one.name: one for one in reversed(fields)}
    for n in range(width):
        if labels is not None and n < len(labels) and labels[n] in by_name:
            found[n] = by_name[labels[n]]
        elif by_place and n < len(fields):
            found[n] = fields[n]
    return found


# One value of each type; that a fraction is no whole number its text tells.
_LIKE: dict[type, Any] = {bool: True, int: 1, float: 1.0, list: [], dict: {}}


def lightened(chunk: Chunk, fields: Sequence[Field | None]) -> Chunk:
    """A chunk without its native values, if each is of a type that its field has, or is text: then the text of the
    cells says all, and can be judged a column at a time."""
    if chunk.native is None:
        return chunk
    for field, column in zip(fields, zip(*chunk.native, strict=True), strict=False):
        types = set(map(type, column)) - {str, type(None)}
        if field is not None and not all(kind in _LIKE and fits_natively(field, _LIKE[kind]) for kind in types):
            return chunk
    chunk.native = None
    return chunk
