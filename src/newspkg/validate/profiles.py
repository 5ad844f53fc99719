"""Profiles: the JSON Schemas that a descriptor says it follows, by `$schema` or, in version 1, by `profile`.

The standard's own profiles need no second look: the checks of this room say the same with better words. A profile of
somebody's own is a file of the package, or refers to one of the standard's; it is applied with everything it refers to
at hand, since nothing is fetched. `newspkg/profiles/` holds the standard's, and PATCHES.md there says how they differ
from the published ones.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from newspkg.report import cut
from newspkg.validate.jsonschemas import NotAtHand, validator_of
from newspkg.validate.metadata import URL, link_fault
from newspkg.validate.properties import open_plain, parse, pointed, shown

__all__ = ["Judged", "Kind", "check_profile", "is_tabular", "published"]

Kind = Literal["datapackage", "dataresource", "tabledialect", "tableschema"]

_HOME = "https://datapackage.org/profiles/"
_PUBLISHED = re.compile(
    r"https?://(?:www\.)?(?:datapackage\.org/profiles/(?P<version>[12]\.0)/(?P<name>[a-z]+)\.json"
    r"|(?:specs\.)?frictionlessdata\.io/schemas/(?P<old>[a-z-]+)\.json)#?"
)
# What version 1 called its profiles; a tabular one has the same JSON Schema and asks for a schema besides.
_OLD: dict[str, Kind] = {
    "data-package": "datapackage",
    "tabular-data-package": "datapackage",
    "data-resource": "dataresource",
    "tabular-data-resource": "dataresource",
    "csv-dialect": "tabledialect",
    "table-schema": "tableschema",
}
_CODES: dict[Kind, str] = {
    "datapackage": "package-error",
    "dataresource": "resource-error",
    "tabledialect": "dialect-error",
    "tableschema": "schema-error",
}
_INSIDE = "file:///"  # the address that a file of the package has while references are followed


@dataclass(slots=True)
class Judged:
    """`faults` are (code, JSON pointer, the end of a sentence, value); `unapplied` is what was not applied, and why."""

    faults: list[tuple[str, str, str, Any]] = field(default_factory=list)
    unapplied: tuple[str, str] | None = None


def published(address: str) -> tuple[str, Kind] | None:
    """The version and the kind of one of the standard's profiles; None for any other address or name."""
    if address in _OLD:
        return "1.0", _OLD[address]
    found = _PUBLISHED.fullmatch(address)
    if found is None:
        return None
    if found["old"] is not None:
        return ("1.0", _OLD[found["old"]]) if found["old"] in _OLD else None
    kind: Any = found["name"]
    return (found["version"], kind) if kind in _CODES else None


@cache
def _bundled(version: str, kind: str) -> Any:
    file = resources.files("newspkg") / "profiles" / version / f"{kind}.json"
    return json.loads(file.read_text(encoding="utf-8"))


def is_tabular(package: Mapping[str, Any], resource: Mapping[str, Any]) -> bool:
    """Whether a profile of version 1 says that a resource is a table."""
    stated = resource.get("profile"), package.get("profile")
    names = [v.rsplit("/", 1)[-1].removesuffix(".json") if isinstance(v, str) else "" for v in stated]
    return names[0] == "tabular-data-resource" or names[1] == "tabular-data-package"


def check_profile(given: Mapping[str, Any], kind: Kind, at: str, root: Path, told: Iterable[str]) -> Judged:
    """Judges a descriptor that stands at a JSON pointer of its file, by the profile that it names.

    `root` is the package's folder. `told` are the pointers at which something is known to be wrong: what a profile of
    the standard says of these is not said again.
    """
    key = "profile" if at or "$schema" not in given else "$schema"  # below the root `$schema` is to be ignored
    if key == "profile" and kind in ("tabledialect", "tableschema"):  # which never had one
        return Judged()
    stated = given.get(key)
    if not isinstance(stated, str):  # told elsewhere
        return Judged()
    known = published(stated)
    if known is not None and known[1] == kind:
        return Judged()
    if known is not None:
        version, other = known
        return _judge(_bundled(version, other), f"{_HOME}{version}/{other}.json", given, kind, at, root, key, told)
    if URL.match(stated):
        return Judged(unapplied=(f"{key} {cut(stated)}", "it is not fetched; save it in the package and name the file"))
    if "/" not in stated and "." not in stated:
        return Judged(unapplied=(f"{key} {cut(stated)}", "it is not among the profiles that come with this program"))
    why = link_fault(stated)
    if why is not None:
        return Judged([(_CODES[kind], f"{at}/{key}", why, stated)])
    try:
        profile = _inside(root)(f"{_INSIDE}{stated}")
    except KeyError as error:
        return Judged([(_CODES[kind], f"{at}/{key}", f"names a profile that cannot be used: {error.args[0]}", stated)])
    return _judge(profile, f"{_INSIDE}{stated}", given, kind, at, root, key, told)


def _inside(root: Path) -> Callable[[str], Any]:
    """The function that has the JSON of an address: a profile of the standard, or a file of the package.

    It raises KeyError, with the reason, where there is none.
    """

    def retrieve(address: str) -> Any:
        known = published(address)
        if known is not None:
            home = f"{_HOME}{known[0]}/{known[1]}.json"
            return _bundled(*known) if address == home else {"$ref": home}
        if not address.startswith(_INSIDE):
            raise KeyError("it is not at hand, and nothing is fetched")
        name = urlsplit(address).path.lstrip("/")
        why = link_fault(name)
        if why is not None:
            raise KeyError(f"{cut(name)} {why}")
        try:
            with open_plain(root / name) as file:
                value, _, broken, _ = parse(file.read())
        except (OSError, ValueError) as error:
            raise KeyError(getattr(error, "strerror", None) or str(error)) from error
        if broken is None and not isinstance(value, (dict, bool)):
            broken = "holds no JSON Schema"
        if broken is not None:
            raise KeyError(f"{cut(name)} {broken}")
        return value

    return retrieve


def _judge(
    profile: Any,
    base: str,
    given: Mapping[str, Any],
    kind: Kind,
    at: str,
    root: Path,
    key: str,
    told: Iterable[str],
) -> Judged:
    try:
        if not isinstance(profile, dict):
            raise ValueError("must be an object")  # noqa: TRY004, TRY301 - said as the other faults of a profile are
        validator = validator_of(profile, _inside(root), base)
    except NotAtHand as missing:
        return Judged(unapplied=(f"{key} {cut(given[key])}", f"it {missing}"))
    except ValueError as broken:
        return Judged([(_CODES[kind], f"{at}/{key}", f"names a profile that {broken}", given[key])])
    known = [pointer for pointer in told if pointer.startswith(at)]
    judged = Judged()
    try:
        for error in validator.iter_errors(given):
            pointer, sentence, value, standard = _fault(error, validator)
            pointer = at + pointer
            if standard and any(_related(pointer, one) for one in known):
                continue
            fault = (_code(pointer, kind), pointer, sentence, value)
            if fault not in judged.faults:
                judged.faults.append(fault)
    except (RecursionError, OverflowError):
        judged.unapplied = (f"{key} {cut(given[key])}", "it, or the descriptor, is nested too deeply")
    return judged


def _related(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")


def _code(pointer: str, kind: Kind) -> str:
    """The code of a fault, by what its pointer leads into."""
    if kind == "datapackage" and re.match(r"/resources/[0-9]", pointer):
        kind, pointer = "dataresource", pointer.split("/", 3)[-1] if pointer.count("/") > 2 else ""
    first = pointer.lstrip("/").split("/")[0]
    if kind == "dataresource" and first in ("schema", "dialect"):
        kind = "tableschema" if first == "schema" else "tabledialect"
    return _CODES[kind]


# --- violations in words ---------------------------------------------------------------------------------------------


def _fault(error: Any, validator: Any) -> tuple[str, str, Any, bool]:
    """The innermost cause of a violation: its pointer, a sentence, the value, and whether it is a rule of the standard
    itself rather than of the profile that takes these over."""
    from jsonschema.exceptions import best_match

    deepest = best_match([error]) or error
    pointer = pointed(deepest.absolute_path)
    return pointer, _sentence(deepest), deepest.instance, _of_standard(error, validator)


def _of_standard(error: Any, validator: Any) -> bool:
    """Whether the rule stands in one of the standard's profiles, which the path to it leads into by a reference."""
    resolver, contents = validator._resolver, validator.schema
    for step in error.absolute_schema_path:
        while isinstance(contents, dict) and "$ref" in contents:  # which the path does not mention
            found = resolver.lookup(contents["$ref"])
            resolver, contents = found.resolver, found.contents
        if published(resolver._base_uri) is not None:
            return True
        try:
            contents = contents[step]
        except (KeyError, IndexError, TypeError):
            return False
    return False


_SAID: dict[str, Callable[[Any], str]] = {
    "type": lambda v: f"must be of type {v if isinstance(v, str) else ' or '.join(map(str, v))}",
    "enum": lambda v: f"must be one of {shown(v)}",
    "const": lambda v: f"must be {shown(v)}",
    "pattern": lambda v: f"does not match {shown(v)}",
    "format": lambda v: f"is no {v}",
    "minItems": lambda v: f"must have at least {v} entries",
    "maxItems": lambda v: f"must have at most {v} entries",
    "minLength": lambda v: f"must have at least {v} characters",
    "maxLength": lambda v: f"must have at most {v} characters",
    "minimum": lambda v: f"must be at least {v}",
    "maximum": lambda v: f"must be at most {v}",
    "uniqueItems": lambda _: "has an entry twice",
    "contains": lambda _: "has no entry of the kind that the profile asks for",
    "not": lambda _: "is what the profile forbids",
}


def _sentence(error: Any) -> str:
    rule, value = error.validator, error.validator_value
    if rule == "required" and isinstance(error.instance, dict):
        # The library tells one property at a time and names it in its message only.
        name = next((n for n in value if error.message.startswith(repr(n))), value[0])
        return f"must have the property {cut(name)}, as the profile says"
    if rule == "additionalProperties":
        return "has a property that the profile does not allow"
    said = _SAID.get(str(rule))
    return f"{said(value) if said else f'breaks the rule {rule}'}, as the profile says"
