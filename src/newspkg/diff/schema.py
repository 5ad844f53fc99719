"""What changed in a schema: fields, types, constraints, keys. Each change is of a kind of `rules.py`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from newspkg.diff.model import Change
from newspkg.diff.values import canonical
from newspkg.report import cut
from newspkg.schema import Field, TableSchema
from newspkg.schema.model import TYPES
from newspkg.validate.values import Unsupported, constraint_value, parser

__all__ = ["READING", "both_shown", "compare_schemas", "described", "renamed_fields", "shown", "windows"]

READING = frozenset().union(*(info.options for info in TYPES.values()))  # properties that say how a cell is read
_WIDER = {("integer", "number"), ("year", "number"), ("year", "integer"), ("string", "any")}
_ROOM = {"exact": 0, "equal": 1, "subset": 2, "superset": 2, "partial": 3}  # what fieldsMatch allows
_ORDERLESS = frozenset(("equal", "subset", "superset", "partial"))
_LIMITS = (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum"))
_WHOLE = ("pattern", "jsonSchema")
_WINDOW = 20  # characters before the first difference of two long texts
_SHOWN = 5  # values that a message lists


def shown(value: Any) -> str:
    """A JSON value as a message shows it."""
    return cut(json.dumps(value, ensure_ascii=False, default=str))


def windows(old: str, new: str) -> tuple[str, str]:
    """Two texts, each from a little before the first character that differs where, cut, they would look alike."""
    if cut(old) != cut(new) or old == new:
        return old, new
    first = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    start = max(first - _WINDOW, 0)
    return f"…{old[start:]}", f"…{new[start:]}"


def both_shown(old: Any, new: Any) -> tuple[str, str]:
    """Two JSON values as a message shows them, so that it is seen in what they differ."""
    if isinstance(old, str) and isinstance(new, str):
        old, new = windows(old, new)
        return shown(old), shown(new)
    a, b = windows(*(json.dumps(v, ensure_ascii=False, default=str) for v in (old, new)))
    return cut(a), cut(b)


def described(key: str, old: Any, new: Any) -> str:
    """The sentence for a property that is another one, or there on one side alone."""
    if old is None:
        return f"{key} is added: {shown(new)}"
    if new is None:
        return f"{key} is removed: it was {shown(old)}"
    was, now = both_shown(old, new)
    return f"{key} is {now}, was {was}"


def _some(values: Sequence[Any]) -> str:
    more = f" and {len(values) - _SHOWN:,} more" if len(values) > _SHOWN else ""
    return ", ".join(map(shown, values[:_SHOWN])) + more


# --- renamed fields --------------------------------------------------------------------------------------------------


def _essence(one: Field) -> str:
    """What a field is besides its name and its prose, as text to be compared."""
    parts = [one.type, one.format, one.constraints, one.categories, one.ordered, one.missing_values, one.options]
    return json.dumps(parts, sort_keys=True, default=str)


def renamed_fields(old: TableSchema, new: TableSchema) -> dict[str, str]:
    """Fields that seem to have been renamed, old name to new: of the same number of fields, at the same place, alike in
    all but name and prose. Nothing but a guess, and told as one."""
    if len(old.fields) != len(new.fields):
        return {}
    before, after = set(old.names), set(new.names)
    return {
        a.name: b.name
        for a, b in zip(old.fields, new.fields, strict=True)
        if a.name not in after and b.name not in before and _essence(a) == _essence(b)
    }


# --- a schema --------------------------------------------------------------------------------------------------------


def compare_schemas(
    resource: str, old: TableSchema, new: TableSchema, *, header: bool, renamed_resources: Mapping[str, str]
) -> Iterator[Change]:
    """All changes from one schema to another. `header` is whether the table has one; `renamed_resources` are the new
    names of resources, which foreign keys follow."""
    one = _Pair(resource, old, new, header, renamed_fields(old, new), renamed_resources)
    yield from one.whole()
    yield from one.fields()
    yield from one.keys()


class _Pair:
    """Two schemas of one table."""

    def __init__(
        self,
        resource: str,
        old: TableSchema,
        new: TableSchema,
        header: bool,
        renamed: Mapping[str, str],
        resources: Mapping[str, str],
    ) -> None:
        self.resource, self.old, self.new, self.header = resource, old, new, header
        self.renamed, self.resources = renamed, resources

    def say(self, kind: str, message: str, field: str | None = None, old: Any = None, new: Any = None) -> Change:
        return Change(kind, message, self.resource, field, old, new)

    def name(self, field: str) -> str:
        """The name in NEW of a field of OLD."""
        return self.renamed.get(field, field)

    def fields(self) -> Iterator[Change]:
        old = {self.name(f.name): f for f in reversed(self.old.fields)}
        new = {f.name: f for f in reversed(self.new.fields)}
        for name, before in reversed(old.items()):
            if name not in new:
                yield self.say("field-removed", "is removed", name, before.name)
        last = max((n for n, f in enumerate(self.new.fields) if f.name in old), default=-1)
        for n, field in enumerate(self.new.fields):
            if field.name not in old:
                yield self.added(field, before_others=n < last)
        for a, b in self.renamed.items():
            said = f"seems to be what was {shown(a)}: it has its place, its type and its constraints"
            yield self.say("field-renamed", said, b, a, b)
        yield from self.order([n for n in reversed(old) if n in new], [f for f in reversed(new) if f in old])
        for name in reversed(new):
            if name in old:
                yield from self.field(name, old[name], new[name])

    def added(self, field: Field, *, before_others: bool) -> Change:
        if field.required:
            return self.say("field-added-required", "is added, and must be filled", field.name, None, field.type)
        if before_others and not self.header:
            said = "is added before other fields of a table that has no header"
            return self.say("field-inserted", said, field.name, None, field.type)
        return self.say("field-added", f"is added, of type {field.type}", field.name, None, field.type)

    def order(self, old: list[str], new: list[str]) -> Iterator[Change]:
        if old == new:
            return
        moved = [b for a, b in zip(old, new, strict=True) if a != b]
        free = self.header and self.old.fields_match in _ORDERLESS and self.new.fields_match in _ORDERLESS
        said = f"fields stand in another order: {_some(moved)}"
        yield self.say("fields-moved" if free else "fields-reordered", said, None, old, new)

    def whole(self) -> Iterator[Change]:
        old, new = self.old, self.new
        if old.fields_match != new.fields_match:
            more = _ROOM[new.fields_match] > _ROOM[old.fields_match]
            kind = "fields-match-loosened" if more else "fields-match-tightened"
            said = f"fieldsMatch is {new.fields_match}, was {old.fields_match}"
            yield self.say(kind, said, None, old.fields_match, new.fields_match)
        if set(old.missing_values) != set(new.missing_values):
            yield self.missing(None, old.missing_values, new.missing_values)
        for name in ("title", "description"):
            a, b = getattr(old, name), getattr(new, name)
            if a != b:
                a, b = a or None, b or None
                yield self.say("metadata-changed", described(f"the schema's {name}", a, b), None, a, b)

    def missing(self, field: str | None, old: Sequence[str], new: Sequence[str]) -> Change:
        more, fewer = [v for v in new if v not in old], [v for v in old if v not in new]
        said = [f"{_some(more)} now mean{'s' * (len(more) == 1)} a missing value"] if more else []
        said += [f"{_some(fewer)} no longer mean{'s' * (len(fewer) == 1)} a missing value"] if fewer else []
        return self.say("missing-values-changed", "; ".join(said), field, list(old), list(new))

    # --- one field

    def field(self, name: str, old: Field, new: Field) -> Iterator[Change]:
        yield from self.kind(name, old, new)
        before = self.old.missing_values if old.missing_values is None else old.missing_values
        after = self.new.missing_values if new.missing_values is None else new.missing_values
        whole = old.missing_values is None and new.missing_values is None  # told of the schema
        if set(before) != set(after) and not whole:
            yield self.missing(name, before, after)
        yield from self.constraints(name, old, new)
        yield from self.categories(name, old, new)
        for key in sorted(READING & (old.options.keys() | new.options.keys())):
            a, b = old.options.get(key), new.options.get(key)
            if a != b:
                yield self.say("reading-changed", f"{key} is {_was(b)}, was {_was(a)}", name, a, b)
        prose = [(k, getattr(old, a), getattr(new, a)) for k, a in _PROSE]
        prose += [
            (k, old.options.get(k), new.options.get(k))
            for k in sorted((old.options.keys() | new.options.keys()) - READING)
        ]
        for key, a, b in prose:
            if a != b:
                a, b = (None if v == "" else v for v in (a, b))
                yield self.say("metadata-changed", described(key, a, b), name, a, b)

    def kind(self, name: str, old: Field, new: Field) -> Iterator[Change]:
        if old.type != new.type:
            pair = (old.type, new.type)
            kind = "type-widened" if pair in _WIDER else "type-narrowed" if pair[::-1] in _WIDER else "type-changed"
            yield self.say(kind, f"is of type {new.type}, was {old.type}", name, old.type, new.type)
        elif old.format != new.format:
            wide = "any" if new.type in ("date", "time", "datetime") else "default" if new.type == "string" else None
            kind = "format-replaced"
            if wide == new.format:
                kind = "format-widened"
            elif wide == old.format:
                kind = "format-narrowed"
            yield self.say(kind, f"has the format {new.format}, was {old.format}", name, old.format, new.format)

    # --- constraints

    def constraints(self, name: str, old: Field, new: Field) -> Iterator[Change]:
        a, b = dict(old.constraints), dict(new.constraints)
        for given in (a, b):
            for key in ("required", "unique"):
                if not given.get(key):
                    given.pop(key, None)  # false says the same as nothing
        if "unique" in a and "unique" not in b:
            yield self.say("unique-key-removed", "its values need no longer be unique", name, True)
        elif "unique" in b and "unique" not in a:
            yield self.say("unique-key-added", "its values must be unique", name, None, True)
        if ("enum" in a or old.categories) and ("enum" in b or new.categories):
            yield from self.vocabulary(name, old, new)
        else:
            yield from self.there(name, "enum", a.get("enum"), b.get("enum"))
            yield from self.there(name, "categories", _values(old), _values(new))
        yield from self.there(name, "required", a.get("required"), b.get("required"))
        for key in _WHOLE:
            yield from self.there(name, key, a.get(key), b.get(key))
            if key in a and key in b and a[key] != b[key]:
                was, now = both_shown(a[key], b[key])
                yield self.say("constraint-changed", f"the {key} is {now}, was {was}", name, a[key], b[key])
        for key, sign in (("minLength", 1), ("maxLength", -1)):
            yield from self.there(name, key, a.get(key), b.get(key))
            if key in a and key in b and a[key] != b[key]:
                tighter = sign * (b[key] - a[key]) > 0
                yield self.moved(name, key, a[key], b[key], tighter)
        for keys in _LIMITS:
            yield from self.limits(name, {k: a[k] for k in keys if k in a}, {k: b[k] for k in keys if k in b}, old, new)

    def there(self, name: str, key: str, old: Any, new: Any) -> Iterator[Change]:
        """A constraint that is there on one side alone."""
        if old is None and new is not None:
            yield self.say("constraint-added", f"has the new constraint {key}: {shown(new)}", name, None, {key: new})
        elif new is None and old is not None:
            said = f"no longer has the constraint {key}: {shown(old)}"
            yield self.say("constraint-removed", said, name, {key: old})

    def moved(self, name: str, key: str, old: Any, new: Any, tighter: bool) -> Change:
        kind = "constraint-tightened" if tighter else "constraint-loosened"
        return self.say(kind, f"{key} is {shown(new)}, was {shown(old)}", name, {key: old}, {key: new})

    def limits(self, name: str, a: dict[str, Any], b: dict[str, Any], old: Field, new: Field) -> Iterator[Change]:
        """One end of the range of values: minimum and exclusiveMinimum, or the two of the other end."""
        if not a or not b:
            for key in {**a, **b}:
                yield from self.there(name, key, a.get(key), b.get(key))
            return
        if a == b:
            return
        more = _compared(_strictest(old, a), _strictest(new, b))
        if more == 0:
            return  # the same bound, written otherwise
        kind = "constraint-changed" if more is None else "constraint-tightened" if more > 0 else "constraint-loosened"
        was, now = (", ".join(f"{k} {shown(v)}" for k, v in given.items()) for given in (a, b))
        yield self.say(kind, f"has the bound {now}, had {was}", name, a, b)

    def vocabulary(self, name: str, old: Field, new: Field) -> Iterator[Change]:
        """A closed list of values that was there and still is, whether as enum or as categories."""
        before, after = (_keyed(one, list(one.constraints.get("enum") or _values(one) or ())) for one in (old, new))
        for key, value in before.items():
            if key not in after:
                yield self.say("enum-value-removed", f"{shown(value)} is no longer allowed", name, value)
        for key, value in after.items():
            if key not in before:
                yield self.say("enum-value-added", f"{shown(value)} is now allowed", name, None, value)
        both = [[k for k in one if k in other] for one, other in ((before, after), (after, before))]
        if both[0] != both[1] and not (old.ordered or new.ordered):
            said = "the allowed values stand in another order"
            yield self.say("enum-reordered", said, name, list(before.values()), list(after.values()))

    def categories(self, name: str, old: Field, new: Field) -> Iterator[Change]:
        if not old.categories or not new.categories:
            return
        before, after = dict(old.categories), dict(new.categories)
        for value, label in before.items():
            if value in after and after[value] != label:
                said = f"the category {shown(value)} is labelled {shown(after[value])}, was {shown(label)}"
                yield self.say("category-relabelled", said, name, label, after[value])
        both = [v for v in before if v in after], [v for v in after if v in before]
        if old.ordered != new.ordered or (old.ordered and both[0] != both[1]):
            said = (
                "its categories have another order"
                if old.ordered and new.ordered
                else ("its categories are now ordered" if new.ordered else "its categories are no longer ordered")
            )
            yield self.say("category-order-changed", said, name, list(before), list(after))

    # --- keys

    def keys(self) -> Iterator[Change]:
        old, new = tuple(map(self.name, self.old.primary_key)), self.new.primary_key
        if set(old) != set(new):
            kind = "primary-key-removed" if not new else "primary-key-changed" if old else "primary-key-added"
            said = f"the primary key is {' + '.join(new)}" if new else "there is no primary key any more"
            said += f", was {' + '.join(old)}" if old else ", there was none"
            yield self.say(kind, said, None, list(self.old.primary_key) or None, list(new) or None)
        before = {frozenset(map(self.name, k)): k for k in self.old.unique_keys}
        after = {frozenset(k): k for k in self.new.unique_keys}
        for key, names in before.items():
            if key not in after:
                said = f"{' + '.join(names)} need no longer be unique"
                yield self.say("unique-key-removed", said, None, list(names))
        for key, names in after.items():
            if key not in before:
                yield self.say("unique-key-added", f"{' + '.join(names)} must be unique", None, None, list(names))
        yield from self.foreign()

    def foreign(self) -> Iterator[Change]:
        old = {self.reference(k.fields, k.resource, k.reference_fields, True): k for k in self.old.foreign_keys}
        new = {self.reference(k.fields, k.resource, k.reference_fields, False): k for k in self.new.foreign_keys}
        for key, one in old.items():
            if key not in new:
                text = f"{' + '.join(one.fields)} -> {one.resource or 'itself'}: {' + '.join(one.reference_fields)}"
                yield self.say("foreign-key-removed", f"the foreign key {text} is removed", None, text)
        for key, one in new.items():
            if key not in old:
                text = f"{' + '.join(one.fields)} -> {one.resource or 'itself'}: {' + '.join(one.reference_fields)}"
                yield self.say("foreign-key-added", f"the foreign key {text} is added", None, None, text)

    def reference(self, fields: Sequence[str], resource: str, other: Sequence[str], old: bool) -> object:
        """A foreign key as something that is equal where the keys are, in whatever order their parts are named."""
        names = tuple(map(self.name, fields)) if old else tuple(fields)
        target = resource or self.resource
        target = self.resources.get(target, target) if old else target
        if target == self.resource and old:
            other = tuple(map(self.name, other))
        return target, frozenset(zip(names, other, strict=True))


# --- values ----------------------------------------------------------------------------------------------------------

_PROSE = (("title", "title"), ("description", "description"), ("example", "example"), ("rdfType", "rdf_type"))


def _was(value: Any) -> str:
    return "not stated" if value is None else shown(value)


def _values(field: Field) -> list[Any] | None:
    return [value for value, _ in field.categories] or None


def _keyed(field: Field, values: Sequence[Any]) -> dict[str, Any]:
    """Values by a text that is equal where they are: `"7"` and `7` are one value of an integer field."""
    return {canonical(_typed(field, value)): value for value in values}


def _typed(field: Field, value: Any) -> Any:
    try:
        return constraint_value(field, parser(field), value)
    except (Unsupported, ValueError, ArithmeticError):
        return json.dumps(value, sort_keys=True, default=str)


def _strictest(field: Field, bounds: Mapping[str, Any]) -> tuple[Any, bool, bool] | None:
    """The bound that decides: its value, whether the value itself is excluded, whether it is a lower one."""
    found: tuple[Any, bool, bool] | None = None
    try:
        for name, given in bounds.items():
            value, lower, excluded = _typed(field, given), "inimum" in name, name.startswith("exclusive")
            if found is None or (value > found[0] if lower else value < found[0]) or (value == found[0] and excluded):
                found = (value, excluded, lower)
    except (TypeError, ArithmeticError):
        return None
    return found


def _compared(old: tuple[Any, bool, bool] | None, new: tuple[Any, bool, bool] | None) -> int | None:
    """Whether a bound allows less than before (1), more (-1) or the same (0); None where that cannot be told."""
    if old is None or new is None:
        return None
    try:
        if old[0] == new[0]:
            return int(new[1]) - int(old[1])
        greater, less = bool(old[0] < new[0]), bool(new[0] < old[0])  # as > is the negation of a partial order's <
    except (TypeError, ArithmeticError):
        return None
    if greater == less:  # durations of which neither is the longer
        return None
    return 1 if greater == new[2] else -1
