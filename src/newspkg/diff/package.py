"""What changed in a descriptor: the package's properties, its resources and how their files are to be read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from newspkg.diff.model import Change, Unread
from newspkg.diff.schema import compare_schemas, described, shown
from newspkg.report import cut
from newspkg.validate.descriptor import Package, Resource

__all__ = ["compare_packages", "given_of", "paired"]

_STAMPS = ("version", "created", "lastUpdated", "last_updated")
_PROFILES = ("$schema", "profile")
_OWN = frozenset(("resources", "name", "id", "licenses", *_STAMPS, *_PROFILES))
_FILE = frozenset(("hash", "bytes", "rows"))  # what a descriptor says of bytes is compared where the bytes are
_READ = frozenset(
    ("name", "path", "url", "data", "schema", "dialect", "encoding", "format", "compression", "innerpath")
)


def given_of(package: Package, resource: Resource) -> dict[str, Any]:
    """The entry of a resource as it stands in the descriptor."""
    entry = package.descriptor["resources"][int(resource.pointer.rsplit("/", 1)[1])]
    return entry if isinstance(entry, dict) else {}


# --- which resource is which -----------------------------------------------------------------------------------------


def paired(old: Package, new: Package) -> list[tuple[Resource | None, Resource | None]]:
    """The resources of both versions: by name or, where one name has gone and another come, by the same path. In NEW's
    order, then what has been removed."""
    before, after = ({r.name: r for r in reversed(p.resources)} for p in (old, new))
    gone = {_place(r): r for r in before.values() if r.name not in after and r.paths}
    come = {_place(r): r for r in after.values() if r.name not in before and r.paths}
    was = {come[place].name: gone[place] for place in come if place in gone}
    found: list[tuple[Resource | None, Resource | None]] = [
        (before.get(one.name) or was.get(one.name), one) for one in new.resources if after[one.name] is one
    ]
    kept = {o.name for o, _ in found if o is not None}
    return found + [(one, None) for one in old.resources if before[one.name] is one and one.name not in kept]


def _place(resource: Resource) -> tuple[str, ...]:
    return resource.paths


# --- the package -----------------------------------------------------------------------------------------------------


def compare_packages(
    old: Package, new: Package, pairs: list[tuple[Resource | None, Resource | None]], unread: list[Unread]
) -> Iterator[Change]:
    """All changes of the descriptor and of the schemas; what cannot be compared is added to `unread`."""
    yield from _package(old.descriptor, new.descriptor)
    names = {o.name: n.name for o, n in pairs if o is not None and n is not None}
    for before, after in pairs:
        if before is not None and after is not None:
            yield from _resource(old, new, before, after, names, unread)
        elif after is not None:
            yield Change("resource-added", "is added", after.name, None, None, _where(after))
        elif before is not None:
            yield Change("resource-removed", "is removed", before.name, None, _where(before), None)


def _where(resource: Resource) -> Any:
    return (resource.paths[0] if len(resource.paths) == 1 else list(resource.paths)) or None


def _package(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    kinds = {"name": "name-changed", "id": "id-changed"}
    kinds |= dict.fromkeys(_STAMPS, "stamp-changed") | dict.fromkeys(_PROFILES, "profile-changed")
    for key, kind in kinds.items():
        a, b = old.get(key), new.get(key)
        if a != b:
            yield Change(kind, described(key, a, b), old=a, new=b)
    yield from _licences(None, old.get("licenses"), new.get("licenses"))
    yield from _described(None, old, new, _OWN)


def _described(
    resource: str | None, old: Mapping[str, Any], new: Mapping[str, Any], but: frozenset[str]
) -> Iterator[Change]:
    """Properties that describe: those of the standard, and one's own."""
    for key in sorted((old.keys() | new.keys()) - but):
        yield from _property(resource, key, old.get(key), new.get(key))


def _property(resource: str | None, key: str, old: Any, new: Any) -> Iterator[Change]:
    """One property; of an object, those of its properties that changed."""
    if isinstance(old, dict) and isinstance(new, dict):
        for inner in sorted(old.keys() | new.keys()):
            yield from _property(resource, f"{key}/{inner}", old.get(inner), new.get(inner))
    elif old != new:
        lists = isinstance(old, list) and isinstance(new, list)
        said = _list_said(key, old, new) if lists else described(key, old, new)
        yield Change("metadata-changed", said, resource, None, old, new)


def _list_said(key: str, old: list[Any], new: list[Any]) -> str:
    """What has come into a list, has gone, or is there under the same name and is another."""
    gone, come = [v for v in old if v not in new], [v for v in new if v not in old]
    names = {_name(v) for v in gone} & {_name(v) for v in come}
    other = [v for v in come if _name(v) in names]
    gone, come = ([v for v in some if _name(v) not in names] for some in (gone, come))
    said = [f"{len(v)} {did} ({_names(v)})" for did, v in (("added", come), ("removed", gone), ("changed", other)) if v]
    return f"{key}: {', '.join(said) or 'in another order'}"


def _name(value: Any) -> str:
    """What names a member of a list."""
    if isinstance(value, dict):
        value = value.get("title") or value.get("name") or value.get("path") or value
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _names(values: list[Any]) -> str:
    return ", ".join(cut(_name(v), 40) for v in values[:3]) + (", ..." if len(values) > 3 else "")


def _licences(resource: str | None, old: Any, new: Any) -> Iterator[Change]:
    before, after = _by_licence(old), _by_licence(new)
    for key, one in before.items():
        if key not in after:
            yield Change("licence-removed", f"the licence {key} is removed", resource, None, one, None)
    for key, one in after.items():
        if key not in before:
            yield Change("licence-added", f"the licence {key} is added", resource, None, None, one)
        elif one != before[key]:
            said = f"the licence {key} is described in other words"
            yield Change("metadata-changed", said, resource, None, before[key], one)


def _by_licence(given: Any) -> dict[str, Any]:
    """Licences by what names them: name, else path, else title."""
    found = {}
    for one in given if isinstance(given, list) else []:
        name = (one.get("name") or one.get("path") or one.get("title")) if isinstance(one, dict) else one
        found[name if isinstance(name, str) else json.dumps(one, sort_keys=True)] = one
    return found


# --- one resource ----------------------------------------------------------------------------------------------------


def _resource(
    old: Package, new: Package, a: Resource, b: Resource, names: Mapping[str, str], unread: list[Unread]
) -> Iterator[Change]:
    name = b.name
    if a.name != name:
        said = f"seems to be what was {shown(a.name)}: it has its path"
        yield Change("resource-renamed", said, name, None, a.name, name)
    was, now = given_of(old, a), given_of(new, b)
    yield from _paths(a, b)
    yield from _reading(a, b)
    yield from _licences(name, was.get("licenses"), now.get("licenses"))
    yield from _described(name, was, now, _READ | _FILE | {"licenses"})
    if a.schema_broken or b.schema_broken:
        side = "OLD" if a.schema_broken else "NEW"
        unread.append(Unread("the schema", f"that of {side} cannot be used; pkg validate says why", name))
    elif a.schema is None and b.schema is not None:
        yield Change("schema-added", "has a schema now", name)
    elif a.schema is not None and b.schema is None:
        yield Change("schema-removed", "has no schema any more", name)
    elif a.schema is not None and b.schema is not None:
        header = all(r.dialect is None or bool(r.dialect.header_rows) for r in (a, b))
        yield from compare_schemas(name, a.schema, b.schema, header=header, renamed_resources=names)


def _paths(a: Resource, b: Resource) -> Iterator[Change]:
    old, new = a.paths, b.paths
    if old == new:
        return
    if old and new and set(old) < set(new):
        come = [p for p in new if p not in old]
        yield Change("part-added", f"has further files: {', '.join(map(shown, come[:3]))}", b.name, None, None, come)
    elif old and new and set(new) < set(old):
        gone = [p for p in old if p not in new]
        yield Change("part-removed", f"has lost files: {', '.join(map(shown, gone[:3]))}", b.name, None, gone, None)
    else:
        was, now = (shown(_where(r)) if r.paths else "data in the descriptor" for r in (a, b))
        yield Change("path-changed", f"is at {now}, was at {was}", b.name, None, _where(a), _where(b))


def _reading(a: Resource, b: Resource) -> Iterator[Change]:
    """How its files are to be read, as far as that is understood."""
    if a.compression != b.compression or (a.format != b.format and "inline" not in (a.format, b.format)):
        was, now = (".".join(filter(None, (r.format, r.compression))) for r in (a, b))
        yield Change("format-changed", f"is {now or 'of no format'}, was {was or 'of none'}", b.name, None, was, now)
    if a.encoding != b.encoding:
        was, now = (r.encoding.removesuffix("-sig") for r in (a, b))
        yield Change("encoding-changed", f"is encoded as {now}, was {was}", b.name, None, was, now)
    if a.dialect is not None and b.dialect is not None and a.dialect != b.dialect and a.format == b.format:
        one, other = _plain(a.dialect), _plain(b.dialect)
        keys = [k for k in one if one[k] != other[k]]
        said = ", ".join(f"{k} {shown(other[k])}, was {shown(one[k])}" for k in keys)
        was_, now_ = ({k: d[k] for k in keys} for d in (one, other))
        yield Change("dialect-changed", f"has another dialect: {said}", b.name, None, was_, now_)


def _plain(dialect: Any) -> dict[str, Any]:
    forms: dict[type, Any] = {frozenset: sorted, tuple: list}
    return {k: forms[type(v)](v) if type(v) in forms else v for k, v in asdict(dialect).items()}
