"""A descriptor of version 1 of the standard, for readers that know no other: the same files, described in older words.

It belongs beside datapackage.json, as its paths start there. Schemas and dialects stand in it, since those in files are
of version 2. What version 1 has a way to say is said that way; the notes of an export list what it has none for:

    package      roles beyond the first; given and family names without a title; names with other signs than it allows
    dialect      header rows, comment rows, item types, sheets: all but what a CSV dialect has
    schema       fieldsMatch; unique keys of several fields; labels of missing values
    field        categories (an enum keeps their values, not labels and order); missing values of its own;
                 the type list (a string then); groups of digits in whole numbers (numbers then)
    constraints  jsonSchema; exclusive bounds (of whole numbers they become inclusive ones); lengths of lists
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from newspkg.export.model import Source, exporter
from newspkg.export.tables import write_json

__all__ = ["export_v1"]

_CSV = frozenset(
    (
        "delimiter", "lineTerminator", "quoteChar", "doubleQuote", "escapeChar", "nullSequence", "skipInitialSpace",
        "header", "commentChar", "caseSensitiveHeader", "csvddfVersion",
    )
)  # fmt: skip
_ROLES = {"creator": "author", "author": "author", "publisher": "publisher", "maintainer": "maintainer",
          "wrangler": "wrangler", "dataCurator": "wrangler", "contributor": "contributor"}  # fmt: skip
_TEXT = ("csv", "tsv")
_NO_NAME = re.compile(r"[^-a-z0-9._]+")
_EXCLUSIVE = {"exclusiveMinimum": ("minimum", 1), "exclusiveMaximum": ("maximum", -1)}


@exporter("v1", title="A descriptor of version 1 of Data Package", suffix=".json", default="datapackage.v1.json")
def export_v1(package: Source, out: Path) -> list[Path]:
    """Writes the descriptor."""
    if package.root.resolve() != package.target.absolute().parent.resolve():
        package.note("The descriptor names files as the package does: put it beside datapackage.json.")
    return [write_json(out, _Older(package).descriptor())]


class _Older:
    """A descriptor on its way to version 1."""

    def __init__(self, package: Source) -> None:
        self.package = package
        self.names = _names(package)
        self.noted: dict[tuple[str, str], list[str]] = {}  # property and what is said of it -> where

    def note(self, pointer: str, said: str) -> None:
        self.noted.setdefault((pointer.rpartition("/")[2], said), []).append(pointer)

    def tell(self) -> None:
        """Notes what was changed, each thing once however many places it is said of."""
        for (_, said), places in self.noted.items():
            more = f" and {len(places) - 1:,} more like it" if len(places) > 1 else ""
            self.package.note(f"{places[0]}{more}: {said}.")

    def descriptor(self) -> dict[str, Any]:
        """The whole of it."""
        given = deepcopy(dict(self.package.descriptor))
        given.pop("$schema", None)
        resources = [
            self.resource(one, f"/resources/{n}")
            for n, one in enumerate(given.pop("resources", ()))
            if isinstance(one, dict)
        ]
        plain = all(one["profile"] == "tabular-data-resource" for one in resources)
        self.name(given, "")
        self.people(given)
        self.origins(given, "")
        self.tell()
        return {
            "profile": "tabular-data-package" if plain else "data-package",
            **{key: value for key, value in given.items() if key != "profile"},
            "resources": resources,
        }

    # --- package

    def name(self, given: dict[str, Any], at: str) -> None:
        name = given.get("name")
        if isinstance(name, str) and _slug(name) != name:
            given["name"] = self.names.get(name) or _slug(name)
            self.note(f"{at}/name", f"{name} is called {given['name']}, as version 1 allows no other signs in names")

    def people(self, given: dict[str, Any]) -> None:
        for n, one in enumerate(given.get("contributors") or ()):
            if not isinstance(one, dict):
                continue
            at = f"/contributors/{n}"
            roles = one.pop("roles", None)
            if isinstance(roles, list) and roles:
                known = [_ROLES[role] for role in roles if isinstance(role, str) and role in _ROLES]
                one.setdefault("role", known[0] if known else "contributor")
                if len(roles) > 1 or not known:
                    self.note(f"{at}/roles", f"{', '.join(map(str, roles))} became the one role {one['role']}")
            parts = [one.pop(key, None) for key in ("givenName", "familyName")]
            name = " ".join(part for part in parts if isinstance(part, str) and part)
            if not one.get("title"):
                one["title"] = name or one.get("organization") or one.get("email") or "unnamed"
                self.note(f"{at}/title", f"is {one['title']}, as version 1 asks for a title")

    def origins(self, given: dict[str, Any], at: str) -> None:
        for n, one in enumerate(given.get("sources") or ()):
            if isinstance(one, dict) and not one.get("title"):
                one["title"] = one.get("path") or one.get("email") or "untitled"
                self.note(f"{at}/sources/{n}/title", f"is {one['title']}, as version 1 asks for a title")

    # --- resources

    def resource(self, given: dict[str, Any], at: str) -> dict[str, Any]:
        """A resource; of a table of text, or with its data in the descriptor, as a tabular one."""
        name = given.get("name")
        table = isinstance(name, str) and name in self.package
        for key in ("$schema", "type", "profile"):
            given.pop(key, None)
        format = str(given.get("format") or Path(_first(given.get("path"))).suffix.lstrip(".")).lower()
        tabular = table and ("schema" in given) and ("data" in given or format in _TEXT)
        if table and not tabular:
            why = "a table without a schema" if "schema" not in given else f"a table in {format or 'such a file'}"
            self.note(at, f"{why} is no tabular resource to version 1, but a file")
        if given.get("compression") or Path(_first(given.get("path"))).suffix in (".gz", ".zip", ".bz2", ".xz"):
            self.note(f"{at}/path", "is compressed, which version 1 does not speak of")
        self.name(given, at)
        self.origins(given, at)
        if isinstance(given.get("dialect"), (dict, str)):
            self.dialect(given, at)
        if table and "schema" in given:
            given["schema"] = self.schema(str(name), f"{at}/schema")
        return {"profile": "tabular-data-resource" if tabular else "data-resource", **given}

    def dialect(self, given: dict[str, Any], at: str) -> None:
        stated = given["dialect"]
        if isinstance(stated, str):
            stated = self.package.linked(stated)
        rest = sorted(key for key in stated if key not in _CSV and key != "$schema")
        if rest:
            self.note(f"{at}/dialect", f"{', '.join(rest)} cannot be said in version 1")
        kept = {key: value for key, value in stated.items() if key in _CSV}
        if kept:
            given["dialect"] = kept
        else:
            del given["dialect"]

    # --- schemas

    def schema(self, table: str, at: str) -> dict[str, Any]:
        """The schema of a table."""
        given = deepcopy(self.package.schema_json(table))
        given.pop("$schema", None)
        match = given.pop("fieldsMatch", None)
        match = match[0] if isinstance(match, list) and match else match
        if match not in (None, "exact"):
            self.note(f"{at}/fieldsMatch", f"{match} cannot be said: version 1 asks for all fields in their order")
        for n, one in enumerate(given.get("fields") or ()):
            if isinstance(one, dict):
                self.field(one, f"{at}/fields/{n}")
        self.missing(given, at)
        self.unique(given, at)
        self.references(given, table, at)
        return given

    def references(self, given: dict[str, Any], table: str, at: str) -> None:
        kept = []
        for n, key in enumerate(given.pop("foreignKeys", None) or ()):
            reference = key.get("reference") if isinstance(key, dict) else None
            if isinstance(reference, dict) and "package" in reference:
                self.note(f"{at}/foreignKeys/{n}", "refers to another package, which cannot be said in version 1")
                continue
            if isinstance(reference, dict):
                there = reference.get("resource") or ""
                reference["resource"] = "" if there == table else self.names.get(there, there)
            kept.append(key)
        if kept:
            given["foreignKeys"] = kept

    def missing(self, given: dict[str, Any], at: str) -> None:
        listed = given.get("missingValues")
        if isinstance(listed, list) and any(isinstance(one, dict) for one in listed):
            given["missingValues"] = [one.get("value") if isinstance(one, dict) else one for one in listed]
            self.note(f"{at}/missingValues", "the labels cannot be said in version 1")

    def unique(self, given: dict[str, Any], at: str) -> None:
        fields = {one["name"]: one for one in given.get("fields") or () if isinstance(one, dict) and "name" in one}
        for key in given.pop("uniqueKeys", None) or ():
            names = [key] if isinstance(key, str) else key
            if isinstance(names, list) and len(names) == 1 and names[0] in fields:
                fields[names[0]].setdefault("constraints", {})["unique"] = True
            else:
                self.note(f"{at}/uniqueKeys", f"{', '.join(map(str, names))} cannot be said in version 1")

    def field(self, one: dict[str, Any], at: str) -> None:
        """A field, changed in place."""
        kind = one.get("type")
        stated = one.get("constraints")
        rules: dict[str, Any] = stated if isinstance(stated, dict) else {}
        categories = one.pop("categories", None)
        ordered = one.pop("categoriesOrdered", None)
        if isinstance(categories, list) and categories:
            values = [item.get("value") if isinstance(item, dict) else item for item in categories]
            if "enum" not in rules:
                rules["enum"] = values
            if any(
                isinstance(item, dict) and item.get("label") not in (None, item.get("value")) for item in categories
            ):
                self.note(f"{at}/categories", "the labels cannot be said in version 1")
            if ordered:
                self.note(f"{at}/categoriesOrdered", "that the values have an order cannot be said in version 1")
        if one.pop("missingValues", None) is not None:
            self.note(f"{at}/missingValues", "a field has none of its own in version 1, so these cells break its type")
        if kind == "list":
            one["type"] = "string"
            for key in ("delimiter", "itemType"):
                one.pop(key, None)
            for key in ("minLength", "maxLength"):
                rules.pop(key, None)
            self.note(f"{at}/type", "a list, which version 1 has not, is a string there")
        if kind == "integer" and "groupChar" in one:
            one["type"] = "number"
            self.note(f"{at}/groupChar", "only a number has groups of digits in version 1, so the field is one there")
        self.constraints(rules, kind, at)
        if rules:
            one["constraints"] = rules
        else:
            one.pop("constraints", None)

    def constraints(self, rules: dict[str, Any], kind: Any, at: str) -> None:
        if rules.pop("jsonSchema", None) is not None:
            self.note(f"{at}/constraints/jsonSchema", "cannot be said in version 1")
        for key, (inclusive, step) in _EXCLUSIVE.items():
            bound = rules.pop(key, None)
            if bound is None:
                continue
            if kind in ("integer", "year") and isinstance(bound, int) and inclusive not in rules:
                rules[inclusive] = bound + step
            else:
                self.note(f"{at}/constraints/{key}", "cannot be said in version 1")


def _first(path: Any) -> str:
    found = path[0] if isinstance(path, list) and path else path
    return found if isinstance(found, str) else ""


def _slug(name: str) -> str:
    """A name as version 1 allows it."""
    return _NO_NAME.sub("-", name.lower()).strip("-") or "unnamed"


def _names(package: Source) -> dict[str, str]:
    """A name of version 1 for each resource; never one for two."""
    found: dict[str, str] = {}
    listed: Iterable[Mapping[str, Any]] = (
        one for one in package.descriptor.get("resources", ()) if isinstance(one, dict)
    )
    names = [str(one.get("name")) for one in listed]
    taken = {name for name in names if _slug(name) == name}
    for name in names:
        made, n = _slug(name), 1
        if made != name:
            while made in taken:
                n += 1
                made = f"{_slug(name)}-{n}"
            taken.add(made)
        found[name] = made
    return found
