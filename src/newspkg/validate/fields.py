"""What can be told of a field before a cell is read: its format, its properties, the values of its constraints.

What is wrong is left out of the field, so that no cell is blamed for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from newspkg.report import cut
from newspkg.schema import Field, TableSchema
from newspkg.schema.model import BOUNDS
from newspkg.schema.xsd import compile_xsd
from newspkg.validate.jsonschemas import NotAtHand
from newspkg.validate.properties import is_text
from newspkg.validate.texttypes import is_uri
from newspkg.validate.values import (
    ITEM_TYPES,
    Parser,
    Unsupported,
    constraint_value,
    format_fault,
    json_schema,
    parser,
)

__all__ = ["check_fields"]

Say = Callable[..., None]  # (code, pointer below the schema, the end of a sentence, value, severity=...)


def check_fields(schema: TableSchema, say: Say, note: Callable[[str, str], None]) -> TableSchema:
    """The schema without what is wrong in its fields, which `say` is told. `note(field, reason)` hears what is not
    judged."""
    return replace(schema, fields=tuple(_field(one, say, note) for one in schema.fields))


def _texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(is_text, value))


def _some(value: Any) -> bool:
    return isinstance(value, str) and value != ""


_TRUTHS: tuple[Callable[[Any], bool], str] = (_texts, "must be a list of at least one text")
_GROUP: tuple[Callable[[Any], bool], str] = (is_text, "must be text")
_BARE: tuple[Callable[[Any], bool], str] = (lambda v: isinstance(v, bool), "must be true or false")
_PROPERTIES: dict[str, dict[str, tuple[Callable[[Any], bool], str]]] = {
    "boolean": {"trueValues": _TRUTHS, "falseValues": _TRUTHS},
    "integer": {"groupChar": _GROUP, "bareNumber": _BARE},
    "number": {"groupChar": _GROUP, "bareNumber": _BARE, "decimalChar": (_some, "must be one or more characters")},
    "list": {
        "delimiter": (_some, "must be one or more characters"),
        "itemType": (lambda v: isinstance(v, str) and v in ITEM_TYPES, f"must be one of {', '.join(ITEM_TYPES)}"),
    },
}


def _field(one: Field, say: Say, note: Callable[[str, str], None]) -> Field:
    at = one.pointer
    fault = format_fault(one.type, one.format)
    if fault is not None:
        say("field-error", f"{at}/format", fault, one.format)
    if one.rdf_type is not None and not is_uri(one.rdf_type):
        say("field-error", f"{at}/rdfType", "must be a URI", one.rdf_type)
    options: Mapping[str, Any] = one.options
    for key, (good, sentence) in _PROPERTIES.get(one.type, {}).items():
        if key in options and not good(options[key]):
            say("field-error", f"{at}/{key}", sentence, options[key])
            options = {k: v for k, v in options.items() if k != key}
    one = replace(one, options=options)
    if one.categories and one.type not in ("string", "integer"):
        note(
            one.name, f"categories belong to the types string and integer; those of a field of type {one.type} are not"
        )
        one = replace(one, categories=())
    try:
        parse = parser(one)
    except Unsupported:  # told above
        return replace(one, categories=(), constraints={k: v for k, v in one.constraints.items() if k == "required"})
    one = replace(one, categories=_categories(one, say))
    constraints = {}
    for name, value in one.constraints.items():
        kept = _constraint(one, parse, name, value, say)
        if kept is not None:
            constraints[name] = kept
    return replace(one, constraints=constraints)


def _categories(one: Field, say: Say) -> tuple[tuple[Any, str], ...]:
    kept = []
    for n, (value, label) in enumerate(one.categories):
        good = (
            isinstance(value, str) if one.type == "string" else isinstance(value, int) and not isinstance(value, bool)
        )
        if good:
            kept.append((value, label))
        else:
            say("field-error", f"{one.pointer}/categories/{n}", f"is no value of type {one.type}", value)
    return tuple(kept)


def _constraint(one: Field, parse: Parser, name: str, value: Any, say: Say) -> Any:
    """The constraint as it can be used; None where it cannot."""
    at = f"{one.pointer}/constraints/{name}"
    if name == "enum":
        return _enum(one, parse, value, say)
    try:
        if name == "pattern":
            return _pattern(value, at, say)
        if name == "jsonSchema":
            json_schema(value)
        elif name in BOUNDS:
            bound = constraint_value(one, parse, value)
            if bound != bound:
                say("schema-constraint", at, "NaN bounds nothing", value)
                return None
    except NotAtHand:  # noted as not checked where the column is made ready
        return value
    except (ValueError, ArithmeticError) as error:
        say("schema-constraint", at, str(error) if name not in BOUNDS else f"is no value of type {one.type}", value)
        return None
    return value


def _pattern(value: str, at: str, say: Say) -> str | None:
    """The pattern, if any engine here reads it. Many are written for other engines than those of XML Schema, and can be
    judged all the same."""
    try:
        compile_xsd(value)
    except ValueError as error:
        try:
            re.compile(value)
        except (re.error, OverflowError, RecursionError):
            say("schema-pattern", at, str(error), value)
            return None
        reason = f"{error}; it is no pattern of XML Schema, and is judged as Python reads it"
        say("schema-pattern", at, reason, value, severity="warning")
    return value


def _enum(one: Field, parse: Parser, values: list[Any], say: Say) -> list[Any] | None:
    at, kept, seen = f"{one.pointer}/constraints/enum", [], set()
    known = {repr(v) for v, _ in one.categories}
    for n, value in enumerate(values):
        try:
            made = constraint_value(one, parse, value)
        except (ValueError, ArithmeticError):
            say("schema-constraint", f"{at}/{n}", f"is no value of type {one.type}", value)
            continue
        mark = json.dumps(made, sort_keys=True) if isinstance(made, (dict, list)) else repr(made)
        if mark in seen:
            say("schema-constraint", f"{at}/{n}", "stands there twice", value)
        elif known and repr(made) not in known:
            say("schema-constraint", f"{at}/{n}", f"is none of the field's categories: {cut(sorted(known))}", value)
        else:
            kept.append(value)
        seen.add(mark)
    return kept or None
