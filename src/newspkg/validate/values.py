"""One exact function for each type of Table Schema: text in, value out, ValueError where the text is no value of it.

These functions decide; whatever is faster only spares them work. The values compare and hash as the standard means:
`7` and `007` are one integer, moments are compared in UTC.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from newspkg.schema import Field
from newspkg.validate.geo import is_geojson, is_topojson, point
from newspkg.validate.jsonschemas import json_schema
from newspkg.validate.texttypes import is_base64, is_email, is_uri, is_uuid
from newspkg.validate.times import (
    Duration,
    broken_pattern,
    date_of,
    datetime_of,
    duration_of,
    time_of,
    year_of,
    yearmonth_of,
)

__all__ = [
    "ITEM_TYPES",
    "Duration",
    "Parser",
    "Unsupported",
    "constraint_value",
    "fits_natively",
    "format_fault",
    "json_schema",
    "parser",
    "truths",
]

Parser = Callable[[str], Any]
ITEM_TYPES = ("string", "integer", "boolean", "number", "datetime", "date", "time")


class Unsupported(Exception):  # noqa: N818 - no fault: a format that is none of the standard's
    """A type or format that the standard does not have; the message names it."""


_INTEGER = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE]([+-]?)0*([0-9]+))?")
_NO_NUMBERS = {"nan": float("nan"), "inf": float("inf"), "-inf": float("-inf")}
_LONGEST_EXPONENT = 4  # digits
_LONGEST_NUMBER = 4000  # digits; Python refuses to turn longer texts into integers at all

_FORMATS = {
    "string": ("default", "email", "uri", "binary", "uuid"),
    "geopoint": ("default", "array", "object"),
    "geojson": ("default", "topojson"),
}
_MOMENTS = frozenset(("date", "time", "datetime"))


def format_fault(kind: str, format: str) -> str | None:
    """Why a type has no such format, as the end of a sentence, or None where it has."""
    known = _FORMATS.get(kind, ("default",))
    if format in known or kind == "any":
        return None
    if kind in _MOMENTS:
        return None if format == "any" else broken_pattern(format)
    return (
        f"is no format of the type {kind}; known are {', '.join(known)}"
        if len(known) > 1
        else (f"is no format of the type {kind}, which has none but the default")
    )


def parser(field: Field) -> Parser:
    """The exact function of a field. Raises Unsupported where its type has no such format."""
    make = _MAKERS.get(field.type)
    if make is None or format_fault(field.type, field.format):
        raise Unsupported(f"the format {field.format!r} of the type {field.type}")
    return make(field.format, field.options)


# --- text ------------------------------------------------------------------------------------------------------------


def _only(good: Callable[[str], bool]) -> Parser:
    def parse(text: str) -> str:
        if not good(text):
            raise ValueError(text[:60])
        return text

    return parse


def _string(format: str, _: Mapping[str, Any]) -> Parser:
    known = {"email": is_email, "uri": is_uri, "binary": is_base64, "uuid": is_uuid}
    return _only(known[format]) if format in known else str


# --- numbers ---------------------------------------------------------------------------------------------------------


def _text_of(options: Mapping[str, Any], key: str, usual: str) -> str:
    """A property that is text; where it is none, which is told elsewhere, the usual one."""
    value = options.get(key, usual)
    return value if isinstance(value, str) else usual


def _plain(options: Mapping[str, Any], decimal: str) -> Callable[[str], str]:
    """The function that takes from a number what its field's properties allow around and between its digits."""
    group, bare = _text_of(options, "groupChar", ""), options.get("bareNumber", True) is not False
    between = re.compile(rf"(?<=[0-9]){re.escape(group)}(?=[0-9])") if group else None
    other = decimal not in ("", ".")

    def plain(text: str) -> str:
        if not bare:
            text = _bared(text, decimal or ".")
        if between is not None:
            text = between.sub("", text)
        if other:
            if "." in text:
                raise ValueError(text[:60])
            text = text.replace(decimal, ".")
        return text

    return plain


def _bared(text: str, decimal: str) -> str:
    """A number without what stands around it, such as currencies and percent signs. A minus may stand before these."""
    digits = [n for n, sign in enumerate(text) if sign in "0123456789"]
    if not digits:
        return text.strip()
    start, end = digits[0], digits[-1] + 1
    if text[:start].endswith(decimal):
        start -= len(decimal)
    if text[end:].startswith(decimal):
        end += len(decimal)
    before = text[:start]
    sign = before[-1:] if before[-1:] in ("+", "-") else before.lstrip()[:1]
    return (sign if sign in ("+", "-") else "") + text[start:end]


def _to_integer(text: str) -> int:
    if len(text) > _LONGEST_NUMBER or not _INTEGER.fullmatch(text):
        raise ValueError(text[:60])
    return int(text)


def _to_number(text: str) -> Decimal | float:
    found = _NUMBER.fullmatch(text)
    if found:
        sign, exponent = found.groups()
        return Decimal(text) if exponent is None or len(exponent) <= _LONGEST_EXPONENT else _far(text, sign)
    if text.lower() in _NO_NUMBERS:
        return _NO_NUMBERS[text.lower()]
    raise ValueError(text[:60])


def _far(text: str, sign: str) -> Decimal:
    """In place of a number with a longer exponent than can be reckoned with: one as near to zero, or as far from it, as
    there is."""
    digits = text.upper().partition("E")[0]
    if not digits.strip("+-0."):
        return Decimal(0)
    edge = f"1E-{'9' * _LONGEST_EXPONENT}" if sign == "-" else f"9E{'9' * _LONGEST_EXPONENT}"
    return Decimal(f"-{edge}" if digits.startswith("-") else edge)


def _integer(_: str, options: Mapping[str, Any]) -> Parser:
    if not options.keys() & {"groupChar", "bareNumber"}:
        return _to_integer
    plain = _plain(options, ".")
    return lambda text: _to_integer(plain(text))


def _number(_: str, options: Mapping[str, Any]) -> Parser:
    if not options.keys() & {"decimalChar", "groupChar", "bareNumber"}:
        return _to_number
    plain = _plain(options, _text_of(options, "decimalChar", "."))
    return lambda text: _to_number(plain(text))


def _boolean(_: str, options: Mapping[str, Any]) -> Parser:
    trues, falses = truths(options)
    values = {**dict.fromkeys(falses, False), **dict.fromkeys(trues, True)}

    def parse(text: str) -> bool:
        if text not in values:
            raise ValueError(text[:60])
        return values[text]

    return parse


def truths(options: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The texts that mean true and those that mean false."""

    def listed(key: str, usual: list[str]) -> list[str]:
        given = options.get(key)
        return [v for v in given if isinstance(v, str)] if isinstance(given, list) else usual

    return listed("trueValues", ["true", "True", "TRUE", "1"]), listed("falseValues", ["false", "False", "FALSE", "0"])


# --- structures ------------------------------------------------------------------------------------------------------


def _json(text: str, **more: Any) -> Any:
    def no_constant(name: str) -> Any:
        raise ValueError(f"{name} is no JSON")

    try:
        return json.loads(text, parse_constant=no_constant, **more)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _structure(good: Callable[[Any], bool]) -> Parser:
    def parse(text: str) -> Any:
        value = _json(text)
        try:
            fits = good(value)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error
        if not fits:
            raise ValueError(text[:60])
        return value

    return parse


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _list(_: str, options: Mapping[str, Any]) -> Parser:
    delimiter, kind = _text_of(options, "delimiter", ",") or ",", options.get("itemType", "string")
    item = _MAKERS[kind if kind in ITEM_TYPES else "string"]("default", {})
    return lambda text: [item(part) for part in text.split(delimiter)]


def _geopoint(format: str, _: Mapping[str, Any]) -> Parser:
    def parse(text: str) -> tuple[Decimal, Decimal]:
        if format == "default":
            given: Any = [_to_number(part.strip(" ")) for part in text.split(",")]
        else:
            given = _json(text, parse_float=Decimal)
        if format == "object":
            given = [given["lon"], given["lat"]] if isinstance(given, dict) and set(given) == {"lon", "lat"} else None
        if not isinstance(given, list) or len(given) != 2:
            raise ValueError(text[:60])
        return point(*given)

    return parse


def _geojson(format: str, _: Mapping[str, Any]) -> Parser:
    return _structure(is_geojson if format == "default" else is_topojson)


_MAKERS: dict[str, Callable[[str, Mapping[str, Any]], Parser]] = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": lambda format, _: date_of(format),
    "time": lambda format, _: time_of(format),
    "datetime": lambda format, _: datetime_of(format),
    "year": lambda _format, _options: year_of,
    "yearmonth": lambda _format, _options: yearmonth_of,
    "duration": lambda _format, _options: duration_of,
    "array": lambda _format, _options: _structure(_is_list),
    "object": lambda _format, _options: _structure(_is_object),
    "list": _list,
    "geopoint": _geopoint,
    "geojson": _geojson,
    "any": lambda _format, _options: str,
}


# --- values that are JSON already: cells of inline data, and constraints ---------------------------------------------


def fits_natively(field: Field, value: Any) -> bool:
    """Whether a JSON value that is no text may stand in a field; its text form still has to be judged."""
    if field.type == "any":
        return True
    if isinstance(value, bool):
        return field.type == "boolean"
    if isinstance(value, int):
        return field.type in ("integer", "number", "year")
    if isinstance(value, float):
        return field.type == "number" or (field.type == "integer" and value.is_integer())
    if isinstance(value, list):
        return field.type == "array" or (field.type == "geopoint" and field.format == "array")
    return field.type in ("object", "geojson") or (field.type == "geopoint" and field.format == "object")


def constraint_value(field: Field, parse: Parser, value: Any) -> Any:
    """A constraint's value as the field's values are. It may be written as JSON or as a cell would be.

    Raises ValueError where it is no value of the field.
    """
    if isinstance(value, str):
        return parse(value)
    if value is None or not fits_natively(field, value):
        raise ValueError(str(value)[:60])
    if isinstance(value, float):
        return Decimal(repr(value)) if field.type == "number" else int(value)
    return value if isinstance(value, (bool, int)) else parse(json.dumps(value, ensure_ascii=False))
