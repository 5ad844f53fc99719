"""What the standard asks of the properties of a package or a resource that stand by themselves.

Each fault is a JSON pointer below the object, the end of a sentence, and the value. Properties that the standard does
not know are never a fault.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from newspkg.validate.properties import is_count, is_text, unsafe
from newspkg.validate.texttypes import is_email, is_uri

__all__ = ["URL", "Fault", "is_moment", "link_fault", "of_package", "of_resource", "version_of"]

Fault = tuple[str, str, Any]  # (pointer, what is wrong, the value)

URL = re.compile(r"(?:https?|ftps?)://", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|file:", re.IGNORECASE)
_MOMENT = re.compile(
    r"([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?"
    r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
_HASH = re.compile(r"[^:\s]+:[0-9A-Fa-f]+|[0-9A-Fa-f]{32}")
_LICENCE = re.compile(r"[-A-Za-z0-9._]+")
_FIRST_NAME = re.compile(r"[-a-z0-9._/]+")  # what version 1 allows as a name
_VERSION = re.compile(
    r"https?://(?:www\.)?(?:datapackage\.org/profiles/1\.|specs\.frictionlessdata\.io/|frictionlessdata\.io/schemas/)"
)


def version_of(descriptor: Mapping[str, Any]) -> int:
    """1 for a package that says it is of version 1 of the standard: by a profile of that version, or by `profile`
    where there is no `$schema`. All others are judged by version 2."""
    schema = descriptor.get("$schema")
    if schema is None:
        return 1 if isinstance(descriptor.get("profile"), str) else 2
    return 1 if isinstance(schema, str) and _VERSION.match(schema) else 2


def is_moment(value: Any) -> bool:
    """Whether a value is a date-time as RFC 3339 writes it."""
    found = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return False
    year, month, day = (int(part) for part in found.groups())
    return day <= (calendar.monthrange(year or 4, month)[1])  # the year 0 was a leap year, and calendar has none


def link_fault(value: Any) -> str | None:
    """Why a value is no address or path below the descriptor, or None where it is one."""
    if not isinstance(value, str):
        return "must be text"
    if URL.match(value):
        return None if is_uri(value) else "is no web address that can be used"
    if _SCHEME.match(value):
        return "must be an address of http, https, ftp or ftps, or a path below the package"
    return unsafe(value)


def _address_fault(value: Any) -> str | None:
    if isinstance(value, str) and URL.match(value) and is_uri(value):
        return None
    return "must be a whole web address"


def _said(good: Callable[[Any], bool], sentence: str) -> Callable[[Any], str | None]:
    return lambda value: None if good(value) else sentence


_TEXT = _said(is_text, "must be text")
_EMAIL = _said(lambda v: isinstance(v, str) and is_email(v), "must be an e-mail address")
_Simple = Mapping[str, Callable[[Any], "str | None"]]

_SOURCE: _Simple = {"title": _TEXT, "path": link_fault, "email": _EMAIL, "version": _TEXT}
_LICENSE: _Simple = {
    "name": _said(
        lambda v: isinstance(v, str) and _LICENCE.fullmatch(v) is not None, "must be an identifier such as CC-BY-4.0"
    ),
    "path": link_fault,
    "title": _TEXT,
}
_CONTRIBUTOR: _Simple = {
    **dict.fromkeys(("title", "givenName", "familyName", "organization", "role"), _TEXT),
    "path": _address_fault,
    "email": _EMAIL,
}
_BOTH: _Simple = {
    "title": _TEXT,
    "description": _TEXT,
    "homepage": _said(lambda v: isinstance(v, str) and is_uri(v) and "://" in v, "must be a web address"),
    "$schema": _TEXT,
    "profile": _TEXT,
}
_PACKAGE: _Simple = {
    **_BOTH,
    "name": _TEXT,
    "id": _TEXT,
    "version": _TEXT,
    "created": _said(is_moment, "must be a moment as RFC 3339 writes it, such as 2031-03-11T10:00:00Z"),
    "image": link_fault,
}
_RESOURCE: _Simple = {
    **_BOTH,
    "format": _TEXT,
    "mediatype": _said(
        lambda v: isinstance(v, str) and re.fullmatch(r"[^/\s]+/\S.*", v) is not None, "must look like text/csv"
    ),
    "encoding": _TEXT,
    "bytes": _said(
        lambda v: is_count(int(v) if isinstance(v, float) and v.is_integer() else v), "must be a whole number from 0"
    ),
    "hash": _said(
        lambda v: isinstance(v, str) and (v == "" or _HASH.fullmatch(v) is not None),
        "must be an algorithm, a colon and hexadecimal digits, or the 32 digits of an MD5",
    ),
}


def _simple(given: Mapping[str, Any], known: _Simple, at: str = "") -> Iterator[Fault]:
    for key, why in known.items():
        fault = why(given[key]) if key in given else None
        if fault is not None:
            yield f"{at}/{key}", fault, given[key]


def _listed(
    given: Mapping[str, Any], key: str, least: int, each: Callable[[Any, str], Iterator[Fault]]
) -> Iterator[Fault]:
    """The faults of a list of at least `least` things."""
    if key not in given:
        return
    value = given[key]
    if not isinstance(value, list):
        yield f"/{key}", "must be a list", value
    elif len(value) < least:
        yield f"/{key}", "must have at least one entry", value
    else:
        for n, one in enumerate(value):
            yield from each(one, f"/{key}/{n}")


def _an_object(value: Any, at: str) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield at, "must be an object", value
    elif not value:
        yield at, "must have at least one property", value


def _keyword(value: Any, at: str) -> Iterator[Fault]:
    if not isinstance(value, str):
        yield at, "must be text", value


def _license(value: Any, at: str) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield at, "must be an object", value
        return
    if "name" not in value and "path" not in value:
        yield at, "must have a name or a path", value
    yield from _simple(value, _LICENSE, at)


def _source(value: Any, at: str) -> Iterator[Fault]:
    yield from _an_object(value, at)
    if isinstance(value, dict):
        yield from _simple(value, _SOURCE, at)


def _titled(value: Any, at: str) -> Iterator[Fault]:
    """What version 1 asks of sources and contributors besides."""
    if isinstance(value, dict) and value and "title" not in value:
        yield at, "must have a title in version 1", value


def _contributor(value: Any, at: str) -> Iterator[Fault]:
    yield from _an_object(value, at)
    if isinstance(value, dict):
        yield from _simple(value, _CONTRIBUTOR, at)
        for pointer, fault, bad in _listed(value, "roles", 1, _keyword):
            yield at + pointer, fault, bad


def of_package(given: Mapping[str, Any], version: int) -> Iterator[Fault]:
    """What is wrong with the properties of a package, its resources aside."""
    yield from _simple(given, _PACKAGE)
    if version == 1:
        yield from _first_name(given)
    yield from _listed(given, "keywords", 1, _keyword)
    yield from _listed(given, "licenses", 1, _license)
    yield from _listed(given, "sources", 0, _source)
    yield from _listed(given, "contributors", 1, _contributor)
    if version == 1:
        yield from _first(given, ("sources", "contributors"))


def of_resource(given: Mapping[str, Any], version: int) -> Iterator[Fault]:
    """What is wrong with the properties of a resource; its name, data, dialect and schema aside."""
    yield from _simple(given, _RESOURCE)
    if version == 1:
        if given.get("name"):  # an empty name is told in either version
            yield from _first_name(given)
    elif "type" in given and given["type"] != "table":
        yield "/type", "must be table; leave it out where the resource is none", given["type"]
    yield from _listed(given, "licenses", 1, _license)
    yield from _listed(given, "sources", 0, _source)
    if version == 1:
        yield from _first(given, ("sources",))


def _first(given: Mapping[str, Any], keys: tuple[str, ...]) -> Iterator[Fault]:
    for key in keys:
        if isinstance(given.get(key), list):
            yield from _listed(given, key, 0, _titled)


def _first_name(given: Mapping[str, Any]) -> Iterator[Fault]:
    name = given.get("name")
    if isinstance(name, str) and not _FIRST_NAME.fullmatch(name):
        yield "/name", "must be of lower-case letters, digits, hyphens, dots and underscores in version 1", name
