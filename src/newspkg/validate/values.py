"""One exact function for each type of Table Schema: text in, value out, ValueError where the text is no value of it.

These functions decide; whatever is faster only spares them work. The values compare and hash as the standard means:
`7` and `007` are one integer, moments are compared in UTC.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import total_ordering
from typing import Any
from urllib.parse import urlsplit

from newspkg.schema import Field

__all__ = ["Duration", "Parser", "Unsupported", "fits_natively", "parser", "truths"]

Parser = Callable[[str], Any]


class Unsupported(Exception):  # noqa: N818 - no fault: a format that this version does not judge
    """A type or format of the standard that is not judged yet; the message names it."""


_INTEGER = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_YEAR = re.compile(r"-?(?:[0-9]{4}|[1-9][0-9]{4,8})")
_MONTH = re.compile(r"(-?(?:[0-9]{4}|[1-9][0-9]{4,8}))-(0[1-9]|1[0-2])")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{2}")
_DATETIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?")
_DURATION = re.compile(
    r"(-)?P(?=.)(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)W)?(?:([0-9]+)D)?"
    r"(?:T(?=.)(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+(?:\.[0-9]+)?)S)?)?"
)
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")
_UUID = re.compile(r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}")
_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")
_LONGEST_NUMBER = 4000  # digits; Python refuses to turn longer texts into integers at all


def parser(field: Field) -> Parser:
    """The exact function of a field. Raises Unsupported where its format is not judged yet."""
    make = _MAKERS.get(field.type)
    if make is None:
        raise Unsupported(f"the type {field.type}")
    return make(field.format, field.options)


def _match(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    found = pattern.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return found


def _only(format: str, known: str, type_name: str) -> None:
    if format not in known.split():
        raise Unsupported(f"the format {format!r} of the type {type_name}")


# --- text ------------------------------------------------------------------------------------------------------------


def _email(text: str) -> str:
    _match(_EMAIL, text)
    return text


def _uri(text: str) -> str:
    parts = urlsplit(text)  # raises ValueError for a broken host
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*", parts.scheme) or not (parts.netloc or parts.path):
        raise ValueError(text)
    if re.search(r"[\s<>\"{}|\\^`]", text):
        raise ValueError(text)
    return text


def _binary(text: str) -> str:
    _match(_BASE64, text)
    try:
        base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(text) from error
    return text


def _uuid(text: str) -> str:
    return _match(_UUID, text)[0]


def _string(format: str, _: Mapping[str, Any]) -> Parser:
    _only(format, "default email uri binary uuid", "string")
    known: dict[str, Parser] = {"default": str, "email": _email, "uri": _uri, "binary": _binary, "uuid": _uuid}
    return known[format]


# --- numbers ---------------------------------------------------------------------------------------------------------


def _separators(options: Mapping[str, Any]) -> tuple[str, str, bool]:
    decimal, group = options.get("decimalChar", "."), options.get("groupChar", "")
    bare = options.get("bareNumber", True) is not False
    return decimal if isinstance(decimal, str) else ".", group if isinstance(group, str) else "", bare


def _bared(text: str, bare: bool) -> str:
    """The number inside its currency or percent signs, where those are allowed."""
    if bare:
        return text
    start, end = 0, len(text)
    while start < end and text[start] not in "0123456789.+-":
        start += 1
    while end > start and text[end - 1] not in "0123456789.":
        end -= 1
    return text[start:end]


def _to_integer(text: str) -> int:
    _match(_INTEGER, text)
    if len(text) > _LONGEST_NUMBER:
        raise ValueError(text[:40])
    return int(text)


def _to_number(text: str) -> Decimal | float:
    if text in ("NaN", "INF", "-INF"):
        return float(text.replace("INF", "inf"))
    _match(_NUMBER, text)
    return Decimal(text)


def _integer(format: str, options: Mapping[str, Any]) -> Parser:
    _only(format, "default", "integer")
    _, group, bare = _separators(options)
    if not group and bare:
        return _to_integer
    return lambda text: _to_integer((_bared(text, bare)).replace(group, "") if group else _bared(text, bare))


def _number(format: str, options: Mapping[str, Any]) -> Parser:
    _only(format, "default", "number")
    decimal, group, bare = _separators(options)
    if decimal == "." and not group and bare:
        return _to_number

    def parse(text: str) -> Decimal | float:
        text = _bared(text, bare)
        if group:
            text = text.replace(group, "")
        if decimal != ".":
            if "." in text:
                raise ValueError(text)
            text = text.replace(decimal, ".")
        return _to_number(text)

    return parse


def _boolean(format: str, options: Mapping[str, Any]) -> Parser:
    _only(format, "default", "boolean")
    trues, falses = truths(options)
    values = {**dict.fromkeys(falses, False), **dict.fromkeys(trues, True)}

    def parse(text: str) -> bool:
        if text not in values:
            raise ValueError(text)
        return values[text]

    return parse


def truths(options: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The texts that mean true and those that mean false."""

    def listed(key: str, usual: list[str]) -> list[str]:
        given = options.get(key)
        return [v for v in given if isinstance(v, str)] if isinstance(given, list) else usual

    return listed("trueValues", ["true", "True", "TRUE", "1"]), listed("falseValues", ["false", "False", "FALSE", "0"])


# --- time ------------------------------------------------------------------------------------------------------------


def _strptime(format: str, type_name: str) -> Callable[[str], datetime]:
    if "%" not in format:
        raise Unsupported(f"the format {format!r} of the type {type_name}")

    def parse(text: str) -> datetime:
        try:
            return datetime.strptime(text, format)  # noqa: DTZ007 - a cell without a zone is a value too
        except re.error as error:  # a pattern that strptime cannot make sense of
            raise ValueError(text) from error

    return parse


def _date(format: str, _: Mapping[str, Any]) -> Parser:
    if format == "default":
        return lambda text: date.fromisoformat(_match(_DATE, text)[0])
    parse = _strptime(format, "date")
    return lambda text: parse(text).date()


def _to_time(text: str) -> time:
    return time.fromisoformat(_match(_TIME, text)[0])


def _time(format: str, _: Mapping[str, Any]) -> Parser:
    if format == "default":
        return _to_time
    parse = _strptime(format, "time")
    return lambda text: parse(text).time()


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(str(moment)) from error


def _to_datetime(text: str) -> datetime:
    base, fraction, zone = _match(_DATETIME, text).groups()
    moment = datetime.fromisoformat(base + (zone or "Z").replace("Z", "+00:00"))
    return _in_utc(moment + timedelta(microseconds=int((fraction or ".0")[1:7].ljust(6, "0"))))


def _datetime(format: str, _: Mapping[str, Any]) -> Parser:
    if format == "default":
        return _to_datetime
    parse = _strptime(format, "datetime")
    return lambda text: _in_utc(parse(text))


def _year(format: str, _: Mapping[str, Any]) -> Parser:
    _only(format, "default", "year")
    return lambda text: int(_match(_YEAR, text)[0])


def _yearmonth(format: str, _: Mapping[str, Any]) -> Parser:
    _only(format, "default", "yearmonth")

    def parse(text: str) -> tuple[int, int]:
        found = _match(_MONTH, text)
        return int(found[1]), int(found[2])

    return parse


@total_ordering
class Duration:
    """Months and seconds apart, as a month has no fixed length. Ordered as XML Schema orders durations: by what they
    come to from four moments; where the four disagree, neither is less."""

    # Days before the months that follow each of the four moments, 4 years long: enough for the order to repeat.
    _STARTS = ((1696, 9), (1697, 2), (1903, 3), (1903, 7))

    def __init__(self, months: int, seconds: Decimal) -> None:
        self.months, self.seconds = months, seconds

    def _ends(self) -> list[Decimal]:
        return [_days(y, m + self.months) * 86400 - _days(y, m) * 86400 + self.seconds for y, m in self._STARTS]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Duration) and (self.months, self.seconds) == (other.months, other.seconds)

    def __hash__(self) -> int:
        return 31 * self.months + int(self.seconds)

    def __lt__(self, other: Duration) -> bool:
        return all(a < b for a, b in zip(self._ends(), other._ends(), strict=True))

    def __repr__(self) -> str:
        return f"P{self.months}MT{self.seconds.normalize():f}S"


def _days(year: int, month: int) -> int:
    """Days from a fixed day to the first of a month of the Gregorian calendar; month may be out of 1 to 12."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    shifted = year - (month <= 2)
    return 365 * shifted + shifted // 4 - shifted // 100 + shifted // 400 + (153 * ((month + 9) % 12) + 2) // 5


def _to_duration(text: str) -> Duration:
    sign, *numbers = _match(_DURATION, text).groups()
    if max((len(n) for n in numbers if n), default=0) > 15:
        raise ValueError(text)
    years, months, weeks, days, hours, minutes = (int(n or 0) for n in numbers[:6])
    seconds = Decimal(numbers[6] or 0) + 60 * minutes + 3600 * hours + 86400 * (days + 7 * weeks)
    factor = -1 if sign else 1
    return Duration(factor * (12 * years + months), factor * seconds)


def _duration(format: str, _: Mapping[str, Any]) -> Parser:
    _only(format, "default", "duration")
    return _to_duration


# --- structures ------------------------------------------------------------------------------------------------------


def _json(text: str) -> Any:
    def no_constant(name: str) -> Any:
        raise ValueError(f"{name} is no JSON")

    try:
        return json.loads(text, parse_constant=no_constant)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _of_kind(kind: type) -> Parser:
    def parse(text: str) -> Any:
        value = _json(text)
        if not isinstance(value, kind):
            raise ValueError(text)  # noqa: TRY004 - the text is no value of the type
        return value

    return parse


def _array(format: str, _: Mapping[str, Any]) -> Parser:
    _only(format, "default", "array")
    return _of_kind(list)


def _object(format: str, _: Mapping[str, Any]) -> Parser:
    _only(format, "default", "object")
    return _of_kind(dict)


def _list(format: str, options: Mapping[str, Any]) -> Parser:
    _only(format, "default", "list")
    delimiter, kind = options.get("delimiter", ","), options.get("itemType", "string")
    if not isinstance(delimiter, str) or not delimiter:
        delimiter = ","
    if kind not in ("string", "integer", "boolean", "number", "datetime", "date", "time"):
        raise Unsupported(f"the itemType {kind!r}")
    item = _MAKERS[kind]("default", {})
    return lambda text: [item(part) for part in text.split(delimiter)]


def _point(longitude: Any, latitude: Any) -> tuple[Decimal, Decimal]:
    pair = []
    for value, limit in ((longitude, 180), (latitude, 90)):
        number = _to_number(value.strip() if isinstance(value, str) else json.dumps(value))
        if not isinstance(number, Decimal) or not -limit <= number <= limit:
            raise ValueError(str(value))
        pair.append(number)
    return pair[0], pair[1]


def _geopoint(format: str, _: Mapping[str, Any]) -> Parser:
    _only(format, "default array object", "geopoint")

    def parse(text: str) -> tuple[Decimal, Decimal]:
        given: Any = text.split(",") if format == "default" else _json(text)
        if format == "object":
            named = isinstance(given, dict) and set(given) == {"lon", "lat"}
            given = [given["lon"], given["lat"]] if named else None
        if not isinstance(given, list) or len(given) != 2:
            raise ValueError(text)
        return _point(*given)

    return parse


_GEOMETRIES = frozenset(
    ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection")
)


def _geometry(value: Any) -> bool:
    """Whether a value has the outer form that RFC 7946 asks for; coordinates are only seen to be lists."""
    if not isinstance(value, dict):
        return False
    kind = value.get("type")
    if kind == "FeatureCollection":
        return isinstance(value.get("features"), list)
    if kind == "Feature":
        inner = value.get("geometry", False)
        return inner is None or (isinstance(inner, dict) and inner.get("type") != "Feature" and _geometry(inner))
    if kind == "GeometryCollection":
        return isinstance(value.get("geometries"), list)
    return isinstance(kind, str) and kind in _GEOMETRIES and isinstance(value.get("coordinates"), list)


def _geojson(format: str, _: Mapping[str, Any]) -> Parser:
    _only(format, "default topojson", "geojson")

    def parse(text: str) -> Any:
        value = _json(text)
        good = _geometry(value) if format == "default" else isinstance(value, dict) and value.get("type") == "Topology"
        if not good:
            raise ValueError(text)
        return value

    return parse


_MAKERS: dict[str, Callable[[str, Mapping[str, Any]], Parser]] = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "time": _time,
    "datetime": _datetime,
    "year": _year,
    "yearmonth": _yearmonth,
    "duration": _duration,
    "array": _array,
    "object": _object,
    "list": _list,
    "geopoint": _geopoint,
    "geojson": _geojson,
    "any": lambda _format, _options: str,
}


# --- cells of inline data, which are JSON values already -------------------------------------------------------------


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
