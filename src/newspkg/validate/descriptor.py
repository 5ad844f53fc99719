"""Reads `datapackage.json` and what it points at: every fault in one pass, each with its JSON pointer and line.

A fault costs what depends on it and no more: a resource with a bad schema still has its bytes and hash checked, and
the others are judged as if nothing were wrong.
"""

from __future__ import annotations

import codecs
import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from newspkg.package import BLOCK, DESCRIPTOR, PROFILE
from newspkg.problems import CannotRun, Problem, UsageError, problem
from newspkg.report import Findings, cut
from newspkg.schema import TableSchema
from newspkg.validate.properties import (
    NO_FILES,
    OF_PACKAGE,
    OF_RESOURCE,
    PROFILES,
    REMOTE,
    Check,
    is_count,
    is_text,
    lines_of,
    locate,
    no_file,
    open_plain,
    parse,
    short,
    shown,
    unsafe,
)

__all__ = ["Dialect", "Package", "Resource", "open_package"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the cells of a delimited file are told apart; the standard's defaults."""

    delimiter: str = ","
    quote: str | None = '"'
    double_quote: bool = True
    escape: str | None = None
    skip_space: bool = False
    header_rows: tuple[int, ...] = (1,)  # empty: there is no header
    header_join: str = " "
    comment_char: str | None = None
    comment_rows: frozenset[int] = frozenset()
    null: str | None = None


@dataclass(slots=True)
class Resource:
    """One entry of `resources`, as far as it can be used. `paths` are below the package's folder and safe; `data` is
    inline data. `tabular` is why it is read as a table, or empty; `schema` is None where there is none or it is bad."""

    name: str
    pointer: str
    paths: tuple[str, ...] = ()
    data: Any = None
    format: str = ""
    encoding: str = "utf-8"
    hash: str | None = None
    bytes: int | None = None
    rows: int | None = None
    tabular: bool = False
    dialect: Dialect | None = field(default_factory=Dialect)
    schema: TableSchema | None = None
    schema_broken: bool = False

    @property
    def place(self) -> str:
        """What a message calls the resource's file."""
        return self.paths[0] if self.paths else DESCRIPTOR


@dataclass
class Package:
    """A package as its descriptor states it; `block` is what it says of this toolkit's profile."""

    root: Path
    descriptor: dict[str, Any]
    resources: list[Resource]
    block: dict[str, Any]


# --- reading ---------------------------------------------------------------------------------------------------------


class _Reader:
    """One pass over a descriptor."""

    def __init__(self, root: Path, path: Path, findings: Findings) -> None:
        self.root, self.path, self.findings = root, path, findings
        self.lines: dict[str, int] = {}
        self.schemas: dict[str, tuple[TableSchema | None, list[Problem]]] = {}

    def say(self, code: str, pointer: str, message: str, *, resource: str | None = None, value: Any = None) -> None:
        text = None if value is None else shown(value)
        self.findings.add(
            problem(
                code,
                f"{pointer or '/'} {message}.",
                resource=resource,
                field=pointer or None,
                value=text,
                path=self.path.name,
                line=locate(self.lines, pointer),
            )
        )

    def properties(
        self, given: Mapping[str, Any], known: Mapping[str, tuple[Check, str]], code: str, at: str, name: str | None
    ) -> set[str]:
        """Checks the properties that stand by themselves; returns those that are bad."""
        bad = set()
        for key, (good, sentence) in known.items():
            if key in given and not good(given[key]):
                bad.add(key)
                self.say(code, f"{at}/{key}", sentence, resource=name, value=given[key])
        return bad

    def package(self) -> Package:
        try:
            raw = self.path.read_bytes()
        except OSError as error:
            raise CannotRun(f"{self.path}: cannot be read ({error.strerror}).") from error
        given, text, why, line = parse(raw)
        empty = Package(self.root, {}, [], {})
        if why is None and not isinstance(given, dict):
            why, line = "must hold one JSON object", 1
        if why is not None:
            self.findings.add(problem("package-error", f"{self.path.name} {why}.", path=self.path.name, line=line))
            return empty
        self.lines = lines_of(text)
        self.properties(given, OF_PACKAGE, "package-error", "", None)
        for key in ("$schema", "profile"):
            value = given.get(key)
            if isinstance(value, str) and not PROFILES.fullmatch(value):
                self.findings.leave(
                    f"{key} {cut(value)}",
                    "the rules of a profile of one's own are not applied, only those of the standard",
                )
        package = Package(self.root, given, [], self.block(given))
        listed = given.get("resources")
        if not isinstance(listed, list) or not listed:
            self.say("package-error", "/resources", "must be a list of at least one resource", value=listed)
            return package
        for n, one in enumerate(listed):
            found = self.resource(one, f"/resources/{n}", n)
            if found is not None:
                if found.name in {r.name for r in package.resources}:
                    self.say(
                        "package-error", f"{found.pointer}/name", "is the name of an earlier resource", value=found.name
                    )
                    continue
                package.resources.append(found)
        self.references(package)
        return package

    def block(self, given: Mapping[str, Any]) -> dict[str, Any]:
        block = given.get(BLOCK, {})
        if not isinstance(block, dict):
            self.say("package-error", f"/{BLOCK}", "must be an object", value=block)
            return {}
        block = dict(block)
        ceiling, variants = block.get("quotedShareCeiling", 0), block.get("typeVariants", {})
        if isinstance(ceiling, bool) or not isinstance(ceiling, (int, float)) or not 0 <= ceiling <= 1:
            self.say("package-error", f"/{BLOCK}/quotedShareCeiling", "must be a number from 0 to 1", value=ceiling)
            del block["quotedShareCeiling"]
        if not isinstance(variants, dict) or not all(
            isinstance(v, list) and all(map(is_text, v)) for v in variants.values()
        ):
            self.say(
                "package-error",
                f"/{BLOCK}/typeVariants",
                "must name, for a type of event, a list of types",
                value=variants,
            )
            del block["typeVariants"]
        if "profile" in block and block["profile"] != PROFILE:
            self.findings.leave(
                "the rules of the profile",
                f"the package follows version {shown(block['profile'])}; this program knows {PROFILE}",
            )
        return block

    # --- one resource

    def resource(self, given: Any, at: str, number: int) -> Resource | None:
        if not isinstance(given, dict):
            self.say("resource-error", at, "must be an object", value=given)
            return None
        name = given.get("name")
        if not isinstance(name, str) or not name:
            self.say("resource-error", f"{at}/name", "must be a text that names the resource", value=name)
            name = f"resource {number}"
        bad = self.properties(given, OF_RESOURCE, "resource-error", at, name)
        found = Resource(name, at)
        usable = {k: v for k, v in given.items() if k not in bad}
        found.hash, found.bytes, found.rows = usable.get("hash"), usable.get("bytes"), usable.get("rows")
        located = self.location(given, found)
        found.format = self.format(usable, found)
        found.encoding = self.encoding(usable, at, name)
        declared = usable.get("type") == "table" or usable.get("profile") == "tabular-data-resource"
        readable = found.format in ("csv", "tsv", "json", "inline")
        found.tabular = declared or "schema" in given or found.format in ("csv", "tsv")
        if not located:
            found.tabular = False
        elif found.tabular and not readable:
            kind = f"files of format {cut(found.format)}" if found.format else "files without a format"
            self.findings.leave("the table", f"{kind} are not read yet; csv, tsv and json are", name)
            found.tabular = False
        found.dialect = self.dialect(given, found)
        if "schema" in given:
            found.schema = self.schema(given["schema"], f"{at}/schema", found)
            found.schema_broken = found.schema is None
        return found

    def location(self, given: Mapping[str, Any], found: Resource) -> bool:
        """Sets paths or data; False where there is nothing to read."""
        at, name = found.pointer, found.name
        if ("path" in given) == ("data" in given):
            self.say(
                "resource-error",
                at,
                "must have either a path or data" + (", not both" if "path" in given else ""),
                resource=name,
            )
            return False
        if "data" in given:
            found.data = given["data"]
            if given["data"] is None:
                self.say("resource-error", f"{at}/data", "is null; data is a list, an object or a text", resource=name)
            return found.data is not None
        value = given["path"]
        paths = [value] if isinstance(value, str) else value
        if not isinstance(paths, list) or not paths or not all(isinstance(p, str) for p in paths):
            self.say("resource-error", f"{at}/path", "must be a path or a list of paths", resource=name, value=value)
            return False
        remote = [p for p in paths if REMOTE.match(p)]
        if remote and len(remote) < len(paths):
            self.say("resource-error", f"{at}/path", "mixes addresses and files", resource=name, value=value)
            return False
        if remote:
            self.findings.leave("its files", f"{cut(remote[0])} is not fetched; download it and name the file", name)
            return False
        good = True
        for n, path in enumerate(paths):
            why = unsafe(path)
            if why:
                pointer = f"{at}/path" if isinstance(value, str) else f"{at}/path/{n}"
                self.say("resource-error", pointer, why, resource=name, value=path)
                good = False
        found.paths = tuple(paths) if good else ()
        return good

    def format(self, given: Mapping[str, Any], found: Resource) -> str:
        stated = given.get("format")
        if found.data is not None:
            return "inline" if not isinstance(found.data, str) else str(stated or "").lower()
        if stated:
            return str(stated).lower()
        by_type = {"text/csv": "csv", "text/tab-separated-values": "tsv", "application/json": "json"}
        media = str(given.get("mediatype", "")).split(";")[0].strip().lower()
        if media in by_type:
            return by_type[media]
        return Path(found.paths[0]).suffix.lower().lstrip(".") if found.paths else ""

    def encoding(self, given: Mapping[str, Any], at: str, name: str) -> str:
        stated = str(given.get("encoding", "utf-8"))
        try:
            known = codecs.lookup(stated)
        except (LookupError, ValueError):
            known = None
        if known is None or known.name.replace("-", "_") in NO_FILES or not getattr(known, "_is_text_encoding", True):
            self.say(
                "encoding-error", f"{at}/encoding", "is no encoding that is known here", resource=name, value=stated
            )
            return ""
        # A byte order mark is no part of the first label.
        return {"utf-8": "utf-8-sig", "utf_8": "utf-8-sig"}.get(known.name, known.name)

    # --- dialect and schema

    def linked(self, value: Any, code: str, pointer: str, resource: str) -> tuple[Any, str] | None:
        """An object that stands here or in a file of the package, and the name of the file it stands in."""
        if isinstance(value, dict):
            return value, self.path.name
        if not isinstance(value, str):
            self.say(code, pointer, "must be an object, or a path to one", resource=resource, value=value)
            return None
        if REMOTE.match(value):
            self.findings.leave(
                pointer.rsplit("/", 1)[1], f"{cut(value)} is not fetched; save it and name the file", resource
            )
            return None
        why = unsafe(value)
        if why:
            self.say(code, pointer, why, resource=resource, value=value)
            return None
        path = self.root / value
        try:
            with open_plain(path) as file:
                raw = file.read()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            self.say(code, pointer, f"names a file that cannot be read ({reason})", resource=resource, value=value)
            return None
        given, text, broken, line = parse(raw)
        if broken is None and not isinstance(given, dict):
            broken, line = "must hold one JSON object", 1
        if broken is not None:
            self.findings.add(problem(code, f"{value} {broken}.", resource=resource, path=value, line=line))
            return None
        self.lines.update({f"{value}#{at}": n for at, n in lines_of(text).items()})
        return given, value

    def schema(self, value: Any, pointer: str, resource: Resource) -> TableSchema | None:
        found = self.linked(value, "schema-error", pointer, resource.name)
        if found is None:
            return None
        given, where = found
        inline = where == self.path.name
        prefix = pointer if inline else f"{where}#"
        schema, problems = TableSchema.from_descriptor(given, strict=False, where=where, name=resource.name)
        for one in problems:
            at = (one.field or "").removeprefix("/")
            place = f"{prefix}/{at}" if at else prefix
            line = locate(self.lines, place) or self.lines.get(f"{where}#")
            value = None if one.value is None else cut(one.value)
            self.findings.add(replace(one, resource=resource.name, line=line, message=short(one.message), value=value))
        return schema if schema.fields else None

    def dialect(self, given: Mapping[str, Any], resource: Resource) -> Dialect | None:
        """The dialect; None where it is wrong or beyond this program, which then does not read the table."""
        usual = Dialect(delimiter="\t") if resource.format == "tsv" else Dialect()
        if "dialect" not in given:
            return usual
        pointer = f"{resource.pointer}/dialect"
        linked = self.linked(given["dialect"], "dialect-error", pointer, resource.name)
        if linked is None:
            return None
        stated: dict[str, Any] = linked[0]
        before = self.findings.errors

        def wrong(key: str, sentence: str) -> None:
            self.say("dialect-error", f"{pointer}/{key}", sentence, resource=resource.name, value=stated.get(key))

        one: dict[str, str | None] = {}
        for key, default in (
            ("delimiter", usual.delimiter),
            ("quoteChar", '"'),
            ("escapeChar", None),
            ("commentChar", None),
        ):
            value = stated.get(key, default)
            if value is not None and (not isinstance(value, str) or not value):
                wrong(key, "must be a character")
            elif value is not None and (len(value) > 1 or value in "\r\n"):
                self.findings.leave(
                    "the table", f"a {key} of {cut(value)!r} is not read yet; one character is", resource.name
                )
                return None
            one[key] = value if isinstance(value, str) else None
        for key in ("doubleQuote", "skipInitialSpace", "header"):
            if not isinstance(stated.get(key, True), bool):
                wrong(key, "must be true or false")
        for key in ("headerRows", "commentRows"):
            value = stated.get(key, [1])
            if (
                not isinstance(value, list)
                or not all(is_count(v) and v >= 1 for v in value)
                or (key == "headerRows" and not value)
            ):
                wrong(key, "must be a list of row numbers from 1")
        for key in ("headerJoin", "nullSequence", "lineTerminator"):
            if not isinstance(stated.get(key, ""), str):
                wrong(key, "must be text")
        if one["escapeChar"] and "quoteChar" in stated:
            wrong("escapeChar", "excludes a quoteChar")
        if one["delimiter"] is not None and one["delimiter"] in (one["quoteChar"], one["escapeChar"]):
            wrong("delimiter", "is also the quoteChar or the escapeChar")
        if self.findings.errors > before:
            return None
        if stated.get("lineTerminator", "\n") not in ("\n", "\r\n", "\r"):
            self.findings.leave(
                "the table", f"a lineTerminator of {cut(stated['lineTerminator'])!r} is not read yet", resource.name
            )
            return None
        return Dialect(
            delimiter=one["delimiter"] or usual.delimiter,
            quote=one["quoteChar"] if not one["escapeChar"] else None,
            double_quote=stated.get("doubleQuote", True),
            escape=one["escapeChar"],
            skip_space=stated.get("skipInitialSpace", False),
            header_rows=tuple(sorted(set(stated.get("headerRows", [1])))) if stated.get("header", True) else (),
            header_join=stated.get("headerJoin", " "),
            comment_char=one["commentChar"],
            comment_rows=frozenset(stated.get("commentRows", ())),
            null=stated.get("nullSequence"),
        )

    def references(self, package: Package) -> None:
        """Foreign keys that name a resource or a field that is not there; they are taken out of the schemas."""
        by_name = {r.name: r for r in package.resources}
        for one in package.resources:
            if one.schema is None:
                continue
            kept = []
            for key in one.schema.foreign_keys:
                target = by_name.get(key.resource) if key.resource else one
                fault = None
                if target is None:
                    near = difflib.get_close_matches(key.resource, by_name, 1)
                    fault = f"there is no resource {cut(key.resource)!r}{f'; did you mean {near[0]}?' if near else ''}"
                elif target.schema is not None:
                    missing = [f for f in key.reference_fields if f not in target.schema.names]
                    fault = f"{target.name} has no field {cut(', '.join(missing))}" if missing else None
                if fault is None:
                    kept.append(key)
                else:
                    self.say(
                        "schema-key",
                        f"{one.pointer}/schema",
                        f"has a foreign key that leads nowhere: {fault}",
                        resource=one.name,
                    )
            one.schema = replace(one.schema, foreign_keys=tuple(kept))


def open_package(path: Path, findings: Findings) -> Package:
    """The package at a descriptor or in a folder. Raises UsageError where there is none, CannotRun where the descriptor
    cannot be read; a descriptor that is wrong is a finding."""
    try:
        if path.is_dir():
            root, file = path, path / DESCRIPTOR
            if not file.is_file():
                other = next((n for n in ("datapackage.yaml", "datapackage.yml") if (path / n).exists()), None)
                more = f"; there is a {other}, but YAML is not read: convert it to JSON" if other else ""
                raise UsageError(
                    f"{path}: there is no {DESCRIPTOR} in this folder{more}. Name a package's folder or its descriptor."
                )
        elif path.is_file():
            root, file = path.parent, path
            if path.suffix.lower() in (".csv", ".tsv", ".zip", ".xlsx", ".yaml", ".yml", ".parquet"):
                raise UsageError(f"{path}: is no descriptor. Name a package's folder or its {DESCRIPTOR}.")
        else:
            other = no_file(path)
            if other:
                raise UsageError(f"{path}: {other}, not a file. Name a package's folder or its {DESCRIPTOR}.")
            raise UsageError(f"{path}: there is no such file or folder. Name a package's folder or its {DESCRIPTOR}.")
    except OSError as error:
        raise CannotRun(f"{path}: cannot be read ({error.strerror}).") from error
    return _Reader(root, file, findings).package()
