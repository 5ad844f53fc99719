"""JSON Schemas, offline: the constraint `jsonSchema`, and profiles of one's own.

Without a `$schema` of its own a schema is read as draft 7, the version that the standard names for its profiles.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from newspkg.report import cut
from newspkg.validate.metadata import is_moment
from newspkg.validate.texttypes import is_email, is_uri, is_uuid

__all__ = ["NotAtHand", "json_schema", "validator_of"]

Retrieve = Callable[[str], Any]  # an address -> the JSON that stands there; KeyError where it is not at hand


class NotAtHand(ValueError):  # noqa: N818 - read as the end of a sentence
    """A schema refers to something that is not at hand."""


def json_schema(given: Any) -> Callable[[Any], bool]:
    """The function that says whether a JSON value conforms to a schema.

    Raises ValueError, with the end of a sentence, where the schema is none, or refers to something outside itself.
    """

    def nothing(address: str) -> Any:
        raise KeyError(address)

    if not isinstance(given, dict):
        raise ValueError("must be an object")  # noqa: TRY004 - a fault in a descriptor, as the others are
    validator = validator_of(given, nothing)

    def conforms(value: Any) -> bool:
        try:
            return bool(validator.is_valid(value))
        except (RecursionError, OverflowError):  # nested too deeply, or a number beyond what can be divided
            return False

    return conforms


def validator_of(given: Mapping[str, Any], retrieve: Retrieve, base: str = "") -> Any:
    """A validator of the library, with every reference found. `base` is the address that references start from.

    Raises ValueError, with the end of a sentence, where the schema is none or a reference leads nowhere.
    """
    from jsonschema import Draft7Validator, SchemaError, validators
    from jsonschema_specifications import REGISTRY
    from referencing import Registry, Resource
    from referencing.exceptions import NoSuchResource, Unresolvable
    from referencing.jsonschema import DRAFT7, UnknownDialect

    def fetch(uri: str) -> Resource[Any]:
        try:
            return Resource.from_contents(retrieve(uri), default_specification=DRAFT7)
        except (KeyError, UnknownDialect) as error:
            raise NoSuchResource(ref=uri) from error  # type: ignore[call-arg]

    stated = given.get("$schema", Draft7Validator.META_SCHEMA["$id"])
    if not isinstance(stated, str) or stated.rstrip("#") not in {uri.rstrip("#") for uri in REGISTRY}:
        raise ValueError(f"states {cut(stated)} as its language, which is no version of JSON Schema")
    try:
        kind = validators.validator_for(given, default=Draft7Validator)
        kind.check_schema(given)
        resource = Resource.from_contents(given, default_specification=DRAFT7)
        uri = resource.id() or base
        registry: Registry[Any] = Registry(retrieve=fetch).combine(REGISTRY).with_resource(uri, resource)  # type: ignore[call-arg]
        registry = registry.with_resource("", resource)  # where the library starts from without an identifier
        _follow(registry.resolver(uri), given, DRAFT7)
    except SchemaError as error:
        where = cut("/".join(map(str, error.absolute_path)))
        raise ValueError(f"is no JSON Schema{f' at {where}' if where else ''}: {cut(error.message, 120)}") from error
    except Unresolvable as error:
        raise NotAtHand(f"refers to {cut(error.ref)}, which is not at hand; nothing is fetched") from error
    except RecursionError as error:
        raise ValueError("is nested too deeply") from error
    except ValueError as error:  # of an address in it
        raise ValueError(f"has an address that is none ({cut(error)})") from error
    return kind(given, registry=registry, _resolver=registry.resolver(uri), format_checker=_formats())


def _follow(resolver: Any, contents: Any, specification: Any) -> None:
    """Follows every reference once, so that none is missing when a value is judged. Raises Unresolvable."""
    seen: set[int] = set()  # what was reached, by identity: the registry keeps it alive
    left = [(resolver, contents)]
    while left:
        here, value = left.pop()
        if not isinstance(value, (dict, list)) or id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, dict):
            if isinstance(value.get("$id"), str):
                here = here.in_subresource(specification.create_resource(value))
            if isinstance(value.get("$ref"), str):
                found = here.lookup(value["$ref"])
                left.append((found.resolver, found.contents))
            left += [(here, one) for one in value.values()]
        else:
            left += [(here, one) for one in value]


_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})")


def _formats() -> Any:
    """The formats that are judged; by our own functions, so that they do not hang on which libraries are installed."""
    from jsonschema import FormatChecker

    from newspkg.validate.times import date_of

    def is_date(value: str) -> bool:
        try:
            date_of("default")(value)
        except ValueError:
            return False
        return True

    checker = FormatChecker(formats=())
    known: dict[str, Callable[[str], bool]] = {
        "date-time": is_moment,
        "date": is_date,
        "time": lambda v: _TIME.fullmatch(v) is not None,
        "email": is_email,
        "uri": is_uri,
        "uuid": is_uuid,
    }
    for name, good in known.items():
        checker.checks(name)(lambda value, good=good: not isinstance(value, str) or good(value))
    return checker
